"""The catalog's schema: its snapshot, its version, its promises to those who ask in SQL."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from pipeline.archive import Archive
from pipeline.archive.database import Database
from pipeline.archive.ledger import Ledger
from pipeline.archive.migrations import newest_revision, prepare
from pipeline.archive.schema import CONFIDENCE_SUFFIX, DOCUMENTS, METADATA, RECORD_TABLES
from pipeline.archive.views import VIEWS
from pipeline.errors import ArchiveError, FullDiskError, UsageError
from pipeline.records import LIST_TABLES, TABLES

SNAPSHOT = Path(__file__).parent / "snapshots" / "catalog_schema.sql"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.in_folder(tmp_path)
    prepare(database)
    yield database
    database.close()


def revision(database: Database) -> str:
    with database.reading() as connection:
        return str(connection.execute(text("SELECT version_num FROM catalog_revision")).scalar())


def ddl(database: Database) -> str:
    """What creates the catalog, in the order of the foreign keys."""
    parts = []
    for table in METADATA.sorted_tables:
        parts.append(str(CreateTable(table).compile(database.engine)).strip())
        parts.extend(
            str(CreateIndex(index).compile(database.engine)).strip()
            for index in sorted(table.indexes, key=lambda index: str(index.name))
        )
    parts.extend(f"CREATE VIEW {name} AS {question.strip()}" for name, question in VIEWS.items())
    return re.sub(r"[ \t]+\n", "\n", ";\n\n".join(parts)) + ";\n"


def test_schema_is_the_one_of_the_snapshot(database: Database) -> None:
    # A change here needs a new revision in the same commit.
    assert f"-- revision {newest_revision()}\n\n{ddl(database)}" == SNAPSHOT.read_text(encoding="utf-8")


def test_schema_created_is_the_schema_declared(database: Database) -> None:
    inspector = inspect(database.engine)
    for table in METADATA.sorted_tables:
        assert [column["name"] for column in inspector.get_columns(table.name)] == [c.name for c in table.columns]
        assert {index["name"] for index in inspector.get_indexes(table.name)} == {i.name for i in table.indexes}


def test_schema_has_a_table_for_each_of_the_contract(database: Database) -> None:
    assert tuple(RECORD_TABLES) == ("document", *LIST_TABLES)
    for name, table in RECORD_TABLES.items():
        fields = TABLES[name].__struct_fields__
        assert [c.name for c in table.columns] == [
            "document_id",
            "record_number",
            *(column for field in fields for column in (field, field + CONFIDENCE_SUFFIX)),
        ]


def test_schema_needs_no_quoting(database: Database) -> None:
    with database.reading() as connection:
        for table in METADATA.sorted_tables:
            for prefix in ("", "t."):
                columns = ", ".join(prefix + column.name for column in table.columns)
                connection.execute(text(f"SELECT {columns} FROM {table.name} t"))  # noqa: S608


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("SELECT * FROM deadlines WHERE end BETWEEN '2025-01-01' AND '2025-03-31'", "ix_deadlines_end"),
        ("SELECT * FROM deadlines WHERE start > '2025-01-01'", "ix_deadlines_start"),
        ("SELECT * FROM assignments WHERE body = 'Sở Y tế'", "ix_assignments_body"),
        ("SELECT * FROM document_references WHERE number = '1/KH-UBND'", "ix_document_references_number"),
        ("SELECT * FROM document_fields WHERE number = '1/KH-UBND'", "ix_document_fields_number"),
        ("SELECT * FROM evidence WHERE document_id = 1 AND page = 2", "ix_evidence_page"),
        ("SELECT * FROM runs WHERE sha256 = 'x'", "ix_runs_sha256"),
    ],
)
def test_schema_answers_an_analysts_questions_by_index(database: Database, question: str, index: str) -> None:
    with database.reading() as connection:
        plan = " ".join(str(row) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {question}")))
    assert index in plan


def test_schema_holds_foreign_keys(database: Database) -> None:
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text("INSERT INTO recipients (document_id, record_number) VALUES (7, 1)"))


def test_schema_is_declared_for_postgresql_too() -> None:
    from sqlalchemy.dialects import postgresql

    for table in METADATA.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


# --- the database ----------------------------------------------------------------------------------------------------


def test_database_waits_for_other_writers_and_keeps_a_log(database: Database) -> None:
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert (connection.execute(text("PRAGMA busy_timeout")).scalar() or 0) >= 30_000


def test_database_full_is_told_as_a_full_disk(database: Database) -> None:
    with pytest.raises(FullDiskError) as raised, database.writing() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar() or 0
        connection.execute(text(f"PRAGMA max_page_count = {pages + 1}"))
        connection.execute(text("UPDATE catalog_revision SET version_num = :name"), {"name": "x" * 100_000})
    assert raised.value.remedy
    assert revision(database) == newest_revision()


def test_database_damaged_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(b"This is no database, whatever its name is." * 100)
    with pytest.raises(ArchiveError, match="damaged"):
        Archive.open(tmp_path)


@pytest.mark.parametrize("url", ["nonsense", "nosuch://host/name", "postgresql+nodriver://host/name"])
def test_database_url_that_leads_nowhere(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError) as raised:
        Archive.open(tmp_path, url=url)
    assert "postgresql" in raised.value.remedy


def test_database_by_url(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", url=f"sqlite:///{tmp_path / 'elsewhere.db'}") as archive:
        assert archive.documents() == []
    assert (tmp_path / "elsewhere.db").exists()
    assert not (tmp_path / "archive" / "catalog.sqlite").exists()


def test_database_is_begun_by_many_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.archive import Archive; sys.stdin.readline(); "
        "archive = Archive.open(Path(sys.argv[1])); archive.documents(); archive.close()"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "archive")],
            stdin=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        )
        for _ in range(3)
    ]
    for process in processes:
        if process.stdin is not None:
            process.stdin.write(b"\n")
            process.stdin.close()
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    with sqlite3.connect(tmp_path / "archive" / "catalog.sqlite") as connection:
        assert connection.execute("SELECT version_num FROM catalog_revision").fetchall() == [(newest_revision(),)]
    connection.close()


def test_database_a_writers_transaction_is_all_or_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        connection.execute(text("UPDATE catalog_revision SET version_num = 'x'"))
        _ = 1 / 0
    assert revision(database) == newest_revision()
    with database.reading() as connection:
        assert connection.execute(select(DOCUMENTS)).all() == []


def test_status_is_counted_from_an_index_alone(tmp_path: Path) -> None:
    asked: list[str] = []
    with closing(Database.in_folder(tmp_path)) as database:
        prepare(database)
        event.listen(database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        assert Ledger(database).standing().came_in == 0
    (question,) = [question for question in asked if "FROM files" in question]
    with closing(sqlite3.connect(tmp_path / "catalog.sqlite")) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {question}", tuple("0" * question.count("?"))).fetchall()
    assert [step[3] for step in plan] == ["SCAN files USING COVERING INDEX ix_files_standing"]

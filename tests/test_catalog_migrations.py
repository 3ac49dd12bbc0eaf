"""Older catalogs become today's with all their rows, in SQLite and PostgreSQL; newer ones are left alone."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from pipeline.archive import Archive
from pipeline.archive.database import Database
from pipeline.archive.migrations import newest_revision, prepare
from pipeline.archive.migrations.preparing import VERSION_TABLE, VERSIONS
from pipeline.archive.schema import METADATA
from pipeline.archive.search import search
from pipeline.errors import ArchiveError, SchemaVersionError

SNAPSHOTS = Path(__file__).parent / "snapshots"
SHELVES = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    anew = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("documents", recreate=anew) as table:
        table.add_column(sa.Column("shelf", sa.String))
    {then}
"""
# Rows of the first schema: every table, and every reference between them.
FIRST_ROWS = """
INSERT INTO documents VALUES (
    7, '{sha}', 'plan.pdf', 'application/pdf', 5, 'o', 'f', 'partial', 'k', 1, 0, 0, 1, '{time}', '{time}');
INSERT INTO document_sources VALUES (7, '/in/plan.pdf', '{time}');
INSERT INTO pages VALUES (7, 1, 10, 20, 300.0, 'scan', FALSE, 0, 0.5, 'pages/0001.jpg', 2, 0.9, 'Kế hoạch thi đua');
INSERT INTO document_fields (document_id, record_number, number, number_confidence) VALUES (7, 1, '1/KH-UBND', 0.9);
INSERT INTO assignments (document_id, record_number, body, body_confidence) VALUES (7, 1, 'Sở Y tế', 0.9);
INSERT INTO deadlines (document_id, record_number, text, "end") VALUES (7, 1, 'trước ngày 15/12/2025', '2025-12-15');
INSERT INTO document_references (document_id, record_number, kind) VALUES (7, 1, 'Luật');
INSERT INTO movements (document_id, record_number, name) VALUES (7, 1, 'Thi đua yêu nước');
INSERT INTO recipients (document_id, record_number, text) VALUES (7, 1, 'Như trên');
INSERT INTO rewards (document_id, record_number, form, amount) VALUES (7, 1, 'Bằng khen', 5000000000);
INSERT INTO sections (document_id, record_number, heading, level) VALUES (7, 1, 'Mục đích', 1);
INSERT INTO subjects (document_id, record_number, kind) VALUES (7, 1, 'individual');
INSERT INTO record_values VALUES (7, 'document_fields', 1, 'number', '1/KH-UBND', '1/KH-UBND', 0.9, NULL);
INSERT INTO evidence VALUES (
    7, 'document_fields', 1, 'number', 0, '1.1', 1, 1.0, 2.0, 3.0, 4.0, '1/KH', '1/KH-UBND', 'restore', 0.9);
INSERT INTO issues VALUES (7, 1, 'ocr', 'engine-timeout', 1, 'It took too long.', 'Try again.');
INSERT INTO runs VALUES (
    3, 7, '{sha}', '/in/plan.pdf', 'partial', NULL, NULL, NULL, 1, 0, 'k', '0.1.0', '{time}', 1.5, 99.0);
""".format(sha="5" * 64, time="2025-01-02 03:04:05")


@pytest.fixture
def database(catalog_url: str) -> Iterator[Database]:
    database = Database(catalog_url)
    yield database
    database.close()


def run_script(database: Database, script: str) -> None:
    with database.writing() as connection:
        for statement in script.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)


def make_first(database: Database, folder: Path) -> None:
    """A catalog of the first revision with rows in it."""
    folder.mkdir(exist_ok=True)
    shutil.copy(VERSIONS / "r0001_first_schema.py", folder)
    prepare(database, (folder,))
    run_script(database, FIRST_ROWS)


def make_early(database: Database, folder: Path) -> None:
    """The same from before there were revisions."""
    if database.is_sqlite:
        script = (SNAPSHOTS / "catalog_before_revisions.sql").read_text(encoding="utf-8")
        run_script(database, re.sub(r"^--.*\n", "", script) + FIRST_ROWS)
    else:
        make_first(database, folder)
        run_script(
            database,
            f"DROP TABLE {VERSION_TABLE};\n"
            "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name VARCHAR, applied_at TIMESTAMP)",
        )
    run_script(database, "INSERT INTO schema_migrations VALUES (1, 'first schema', '2025-01-01 00:00:00')")


def further(folder: Path, then: str = "pass") -> tuple[Path, Path]:
    """A revision after the newest, that makes the table anew to which all others point."""
    folder.mkdir(exist_ok=True)
    before = newest_revision()
    revision = f"{int(before) + 1:04}"
    (folder / f"r{revision}_shelves.py").write_text(SHELVES.format(revision=revision, before=before, then=then))
    return VERSIONS, folder


def revision(database: Database) -> str | None:
    with database.reading() as connection:
        return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608


def columns(database: Database) -> set[str]:
    return {column["name"] for column in inspect(database.engine).get_columns("documents")}


def check_rows(database: Database) -> None:
    """Every row of the first schema is there, with its values."""
    with database.reading() as connection:
        for table in re.findall(r"INSERT INTO (\w+)", FIRST_ROWS):
            assert count(connection, table) == 1, table
        row = connection.execute(text("SELECT * FROM documents")).one()
        assert (row.id, row.sha256, row.name, row.status) == (7, "5" * 64, "plan.pdf", "partial")
        assert connection.execute(text("SELECT amount FROM rewards")).scalar() == 5_000_000_000
        assert connection.execute(text("SELECT text FROM pages")).scalar() == "Kế hoạch thi đua"


def count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one())  # noqa: S608


def differences(database: Database) -> list[object]:
    """What the catalog has that is not declared, and what is declared that it has not."""
    declared = {*METADATA.tables}
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, parents: kind != "table" or name in declared,
                "version_table": VERSION_TABLE,
            },
        )
        return list(compare_metadata(context, METADATA))


def test_migrations_make_what_is_declared(database: Database) -> None:
    prepare(database)
    assert not differences(database)
    assert revision(database) == newest_revision()
    assert inspect(database.engine).has_table("documents")


@pytest.mark.parametrize("make", [make_first, make_early])
def test_migrations_lead_from_the_first_schema_to_todays(
    database: Database, tmp_path: Path, make: Callable[[Database, Path], None]
) -> None:
    make(database, tmp_path / "first")
    prepare(database)
    assert revision(database) == newest_revision()
    assert not differences(database)
    assert not inspect(database.engine).has_table("schema_migrations")
    check_rows(database)
    with database.writing() as connection:
        connection.execute(text("DELETE FROM documents"))
        assert count(connection, "evidence") == 0
        assert count(connection, "runs") == 1


def test_migration_that_makes_a_table_anew_loses_no_row(database: Database, tmp_path: Path) -> None:
    make_first(database, tmp_path / "first")
    versions = further(tmp_path / "later")
    prepare(database, versions)
    prepare(database, versions)
    assert "shelf" in columns(database)
    check_rows(database)
    with database.reading() as connection:
        if database.is_sqlite:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_migration_that_fails_changes_nothing(database: Database, tmp_path: Path) -> None:
    make_first(database, tmp_path / "first")
    prepare(database)
    with pytest.raises(ArchiveError, match="nowhere") as raised:
        prepare(database, further(tmp_path / "later", 'op.execute("DROP TABLE nowhere")'))
    assert raised.value.remedy
    assert "shelf" not in columns(database)
    assert revision(database) == newest_revision()
    check_rows(database)


def test_migration_that_would_leave_orphans_changes_nothing(tmp_path: Path) -> None:
    with closing(Database.in_folder(tmp_path)) as database:
        make_first(database, tmp_path / "first")
        prepare(database)
        with pytest.raises(ArchiveError, match="belong to nothing"):
            prepare(database, further(tmp_path / "later", 'op.execute("DELETE FROM documents")'))
        check_rows(database)


def test_migration_a_newer_catalog_is_left_alone(database: Database, tmp_path: Path) -> None:
    prepare(database, further(tmp_path / "later"))
    with pytest.raises(SchemaVersionError, match=newest_revision()) as raised:
        prepare(database)
    assert raised.value.remedy
    assert "shelf" in columns(database)


def test_migration_others_tables_are_left_alone(database: Database) -> None:
    run_script(database, "CREATE TABLE documents (id INTEGER, title VARCHAR)")
    with pytest.raises(ArchiveError, match="did not make"):
        prepare(database)
    assert inspect(database.engine).get_table_names() == ["documents"]


def test_migration_keeps_a_copy_of_a_file(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    with closing(Database.in_folder(archive)) as database:
        make_early(database, tmp_path / "first")
    with Archive.open(archive) as opened:
        (document,) = opened.documents()
        assert document.number == "1/KH-UBND"
    copy = archive / f"catalog.sqlite.before-{newest_revision()}"
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version FROM schema_migrations").fetchall() == [(1,)]
        assert connection.execute("SELECT COUNT(*) FROM evidence").fetchone() == (1,)
    with Archive.open(archive):
        assert not list(archive.glob("*.tmp"))


def test_migration_a_new_catalog_leaves_no_copy(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive"):
        assert not list((tmp_path / "archive").glob("*before*"))


def test_revisions_are_one_line_and_named_after_their_files() -> None:
    before = None
    for path in sorted(VERSIONS.glob("r*.py")):
        source = path.read_text(encoding="utf-8")
        number = path.name[1:5]
        assert f'revision = "{number}"' in source
        assert f"down_revision = {before!r}".replace("'", '"') in source
        assert "pipeline" not in source
        before = number


def test_migration_makes_the_index_anew(database: Database, tmp_path: Path) -> None:
    make_first(database, tmp_path / "first")
    before = tmp_path / "before-keys"
    before.mkdir()
    for path in VERSIONS.glob("r000[1-5]_*.py"):
        shutil.copy(path, before)
    prepare(database, (before,))
    run_script(database, "INSERT INTO search_state VALUES (1)")
    prepare(database)
    with database.reading() as connection:
        (hit,) = search(connection, '"thi dua"')
        assert (hit.name, hit.page, hit.place) == ("plan.pdf", 1, "text")

"""Another system's database is brought in step with the catalog, again and again."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from catalog_rows import MOVEMENT_PAGES, MOVEMENT_RECORDS, fill, store, value
from command_line import call
from msgspec.structs import replace
from postgresql_server import Server
from sqlalchemy import inspect, text
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import CreateTable

from pipeline.archive import Archive
from pipeline.archive.database import Database
from pipeline.archive.identity import archive_id
from pipeline.archive.seeding import _Seeding
from pipeline.archive.tables import export_tables, frames
from pipeline.errors import ArchiveError, UsageError
from pipeline.records import Assignment


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive") as archive:
        fill(archive)
        yield archive


@pytest.fixture
def target(catalog_url: str) -> Iterator[Database]:
    database = Database(catalog_url, own=False)
    yield database
    database.close()


def url(target: Database) -> str:
    return target.url.render_as_string(hide_password=False)


def name(target: Database, table: str) -> str:
    return f"sohoa_{table}" if target.is_sqlite else f"sohoa.{table}"


def content(target: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the target, by table."""
    with target.reading() as connection:
        return {
            table.sql_name: sorted(
                (tuple(row) for row in connection.execute(text(f"SELECT * FROM {name(target, table.sql_name)}"))),  # noqa: S608
                key=repr,
            )
            for table in export_tables()
        }


def test_seed_has_the_rows_and_columns_of_the_other_formats(archive: Archive, target: Database) -> None:
    report = archive.seed(url(target))
    assert (report.written, report.unchanged, report.removed) == (3, 0, 0)
    assert set(report.tables) == {name(target, table.sql_name) for table in export_tables()}
    rows = content(target)
    with archive.database.reading() as connection:
        for table in export_tables():
            (frame,) = frames(connection, table)
            columns = inspect(target.engine).get_columns(
                name(target, table.sql_name).removeprefix("sohoa."), None if target.is_sqlite else "sohoa"
            )
            assert [column["name"] for column in columns] == list(frame.columns)
            assert len(rows[table.sql_name]) == len(frame)
    assert rows["evidence"]
    with target.reading() as connection:
        question = f'SELECT sha256, record_number, "end" FROM {name(target, "deadlines")} WHERE "end" IS NOT NULL'  # noqa: S608
        assert [row.end for row in connection.execute(text(question))] == ["2025-12-15"]


def test_seed_again_touches_nothing(archive: Archive, target: Database) -> None:
    archive.seed(url(target))
    before = content(target)
    with target.writing() as connection:
        connection.execute(text(f"UPDATE {name(target, 'pages')} SET text = 'mark'"))  # noqa: S608
    report = archive.seed(url(target))
    assert (report.written, report.unchanged, report.removed) == (0, 3, 0)
    assert {row[-1] for row in content(target)["pages"]} == {"mark"}
    fill(archive)
    assert archive.seed(url(target)).written == 3
    after = content(target)
    assert {table: rows for table, rows in after.items() if table != "documents"} == {
        table: rows for table, rows in before.items() if table != "documents"
    }


def test_seed_follows_what_is_changed_and_removed(archive: Archive, target: Database) -> None:
    archive.seed(url(target))
    # One task in the place of two, no deadline, one page in the place of two.
    fewer = replace(MOVEMENT_RECORDS, assignments=(Assignment(body=value("Sở Nội vụ")),), deadlines=())
    store(archive, "movement.pdf", MOVEMENT_PAGES[:1], fewer)
    with archive.database.writing() as connection:
        connection.execute(text("DELETE FROM documents WHERE name = 'garbled.txt'"))
    report = archive.seed(url(target))
    assert (report.written, report.unchanged, report.removed) == (1, 1, 1)
    rows = content(target)
    with Archive.open(archive.folder) as again, again.database.reading() as connection:
        for table in export_tables():
            (frame,) = frames(connection, table)
            assert len(rows[table.sql_name]) == len(frame), table.name
    assert [row[:3] for row in rows["assignments"] if row[1] == "movement.pdf"] == [
        (row[0], "movement.pdf", 1) for row in rows["documents"] if row[1] == "movement.pdf"
    ]
    assert not [row for table in rows.values() for row in table if row[1] == "garbled.txt"]


def test_seed_a_few_documents_at_a_time(archive: Archive, target: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.seed(url(target))
    before = content(target)
    monkeypatch.setattr("pipeline.archive.seeding._DOCUMENTS_AT_A_TIME", 1)
    monkeypatch.setattr("pipeline.archive.tables._ROWS_AT_A_TIME", 2)
    with target.writing() as connection:
        connection.execute(text(f"DELETE FROM {name(target, 'exported_documents')}"))  # noqa: S608
    assert archive.seed(url(target)).written == 3
    assert content(target) == before
    with archive.database.writing() as connection:
        connection.execute(text("DELETE FROM documents"))
    assert archive.seed(url(target)).removed == 3
    assert not any(content(target).values())


def test_seed_adds_columns_and_leaves_others_alone(archive: Archive, target: Database) -> None:
    archive.seed(url(target))
    with target.writing() as connection:
        connection.execute(text(f"ALTER TABLE {name(target, 'pages')} ADD COLUMN shelf VARCHAR(9)"))
        connection.execute(text(f"UPDATE {name(target, 'pages')} SET shelf = 'A1'"))  # noqa: S608
        connection.execute(text(f'ALTER TABLE {name(target, "deadlines")} DROP COLUMN "end"'))
    fill(archive)
    archive.seed(url(target))
    with target.reading() as connection:
        assert set(connection.execute(text(f"SELECT shelf FROM {name(target, 'pages')}")).scalars()) == {"A1"}  # noqa: S608
        ends = connection.execute(text(f'SELECT "end" FROM {name(target, "deadlines")}')).scalars().all()  # noqa: S608
    assert "2025-12-15" in ends


def test_seed_two_archives_into_one_database(archive: Archive, target: Database, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "other") as other:
        # The same content in both, read differently by the second, and one that the first has not.
        shared = store(other, "flood.pdf", ("Kế hoạch khác",))
        own = store(other, "other.pdf", ("Chỉ ở kho thứ hai",))
        archive.seed(url(target))
        before = content(target)
        report = other.seed(url(target))
        assert (report.written, report.unchanged, report.removed, report.held) == (1, 0, 0, 1)
        both = content(target)
        for table, rows in before.items():
            assert set(rows) <= set(both[table])
            assert {row[0] for row in both[table] if row not in rows} <= {own}
        # Neither has anything left to do, and neither takes away what is the other's.
        first = archive.seed(url(target))
        assert (first.written, first.unchanged, first.removed, first.held) == (0, 3, 0, 0)
        second = other.seed(url(target))
        assert (second.written, second.unchanged, second.removed, second.held) == (0, 1, 0, 1)
        assert content(target) == both
        # What the first lets go the second takes over.
        with archive.database.writing() as connection:
            connection.execute(text("DELETE FROM documents"))
        assert archive.seed(url(target)).removed == 3
        assert {row[0] for row in content(target)["documents"]} == {own}
        assert other.seed(url(target)).written == 1
        assert {row[0] for row in content(target)["documents"]} == {own, shared}
        assert [row[-1] for row in content(target)["pages"] if row[0] == shared] == ["Kế hoạch khác"]


def test_seed_goes_on_where_an_earlier_version_did_not_say_whose_it_is(archive: Archive, target: Database) -> None:
    archive.seed(url(target))
    with target.writing() as connection:
        connection.execute(text(f"ALTER TABLE {name(target, 'exported_documents')} DROP COLUMN archive"))
    report = archive.seed(url(target))
    assert (report.written, report.removed, report.held) == (3, 0, 0)
    assert archive.seed(url(target)).unchanged == 3


def test_archive_id_is_one_for_all_who_ask_and_moves_with_the_folder(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: archive_id(tmp_path / "archive"), range(8)))
    assert len(made) == 1
    (tmp_path / "archive").rename(tmp_path / "moved")
    assert archive_id(tmp_path / "moved") in made
    assert [path.name for path in (tmp_path / "moved").iterdir()] == ["archive-id"]
    (tmp_path / "moved" / "archive-id").write_text("?")
    with pytest.raises(ArchiveError, match="damaged"):
        archive_id(tmp_path / "moved")


def test_seed_from_a_catalog_in_postgresql(postgresql: Server, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", url=postgresql.new_database()) as archive:
        fill(archive)
        report = archive.seed(f"sqlite:///{tmp_path / 'out.db'}")
        assert report.written == 3
        with closing(sqlite3.connect(tmp_path / "out.db")) as connection:
            assert connection.execute("SELECT COUNT(*) FROM sohoa_pages").fetchone() == (4,)
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_command_seeds_a_database(archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "export", "-f", "sql", f"sqlite:///{tmp_path / 'out.db'}", "--archive", archive.folder)
    assert answer.code == 0, answer.err
    assert "sohoa_deadlines" in answer.out.split()
    assert "3 written" in answer.err
    assert call(capsys, "export", "-f", "sql", "nonsense", "-a", archive.folder).code == UsageError.exit_code


def test_seed_speaks_mysql(archive: Archive) -> None:
    # No server is asked: what it would be told is written down without an error.
    with archive.database.reading() as connection:
        made = _Seeding(connection, archive.database, "mysql", "one")
    for table, source in zip(made._tables, made._sources, strict=True):
        told = str(CreateTable(table).compile(dialect=mysql.dialect()))
        assert f"PRIMARY KEY ({', '.join(source.key)})" in told
        upsert = str(made._upsert(table, source.key).compile(dialect=mysql.dialect()))
        assert "ON DUPLICATE KEY UPDATE" in upsert

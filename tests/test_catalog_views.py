"""Ready-made views: what they count and join, in SQLite and PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from catalog_rows import fill, store, value
from sqlalchemy import text

from pipeline.archive import Archive
from pipeline.records import DocumentFields, Records


@pytest.fixture
def archive(catalog_url: str, tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive", url=catalog_url) as archive:
        fill(archive)
        yield archive


def rows(archive: Archive, question: str) -> list[tuple[object, ...]]:
    with archive.database.reading() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


def test_views_tell_what_is_due_and_when(archive: Archive) -> None:
    assert rows(archive, "SELECT source, number, due_on, body, what, text FROM deadlines_due") == [
        ("movement.pdf", "45/KH-UBND", "2025-12-15", "Phòng Nội vụ", "gửi danh sách", "trước ngày 15/12")
    ]


def test_views_count_tasks_by_body(archive: Archive) -> None:
    assert rows(archive, "SELECT body, tasks, leads, coordinates, documents FROM tasks_by_body ORDER BY body") == [
        ("Phòng Nội vụ", 1, 1, 0, 1),
        ("Phòng Nội vụ tỉnh", 1, 1, 0, 1),
        ("Phòng Y tế", 1, 0, 1, 1),
    ]


def test_views_count_movements_by_year_and_level(archive: Archive) -> None:
    question = "SELECT year, level, mentions, movements, launched, documents FROM movements_by_year ORDER BY year"
    assert rows(archive, question) == [("2021", "central", 1, 1, 0, 1), ("2024", "district", 1, 1, 1, 1)]


def test_views_follow_citations_to_the_one_document_that_is_meant(archive: Archive) -> None:
    question = "SELECT source, cited_number, cited_title, cited_source FROM citations ORDER BY record_number"
    law = ("movement.pdf", None, "Luật Thi đua, khen thưởng", None)
    assert rows(archive, question) == [("movement.pdf", "12/KH-UBND", None, "flood.pdf"), law]
    # Another plan of that number, of another year: the date tells them apart.
    other = Records(document=DocumentFields(number=value("12/KH-UBND"), date=value("2023-03-01")))
    store(archive, "older.pdf", ["Kế hoạch"], other)
    assert rows(archive, question)[0][3] == "flood.pdf"
    # One of the same year: nobody can tell.
    same = Records(document=DocumentFields(number=value("12/KH-UBND"), date=value("2025-04-01")))
    store(archive, "same-year.pdf", ["Kế hoạch"], same)
    assert rows(archive, question) == [("movement.pdf", "12/KH-UBND", None, None), law]

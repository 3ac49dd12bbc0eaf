"""A document as rows of the catalog's tables, and how rows are put there."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table, insert
from sqlalchemy.types import BigInteger

from pipeline.archive.schema import (
    EVIDENCE,
    ISSUES,
    PAGES,
    RECORD_TABLES,
    RECORD_VALUES,
)
from pipeline.document import Document, Page, Word
from pipeline.records import Record, Value

__all__ = ["PART_TABLES", "Row", "document_row", "part_rows", "put_rows"]

Row: TypeAlias = tuple[Any, ...]
"""Values in the order of the table's columns."""
PART_TABLES = (PAGES, ISSUES, *RECORD_TABLES.values(), RECORD_VALUES, EVIDENCE)
"""What belongs to a document, in an order that satisfies the foreign keys; the document's id is the first column."""


def document_row(document: Document) -> dict[str, Any]:
    """What the table of documents says of it, but for where it is kept and when it came."""
    return {
        "sha256": document.source.sha256,
        "name": document.source.name,
        "media_type": document.source.media_type,
        "size_bytes": document.source.size_bytes,
        "status": document.status,
        "page_count": len(document.pages),
        "blank_page_count": sum(page.blank for page in document.pages),
        "failed_page_count": len(document.lost_pages),
        "issue_count": len(document.issues),
    }


def part_rows(document: Document) -> Iterator[tuple[Table, list[Row]]]:
    """The rows of `PART_TABLES`, without the document's id, of the tables that have any."""
    words = document.words_by_id()
    values: list[Row] = []
    evidence: list[Row] = []
    records: list[tuple[Table, list[Row]]] = []
    for name, table in RECORD_TABLES.items():
        rows: list[Row] = []
        for number, record in enumerate(document.records.rows(name), start=1):
            rows.append((number, *_record_columns(record, table)))
            for field, value in _values(record):
                key = str(table.name), number, field
                values.append((*key, *_value_columns(value)))
                evidence.extend(
                    (*key, position, *_evidence_columns(words[word_id]))
                    for position, word_id in enumerate(value.evidence)
                    if word_id in words
                )
        records.append((table, rows))
    issues = [
        (number, issue.stage, issue.code, issue.page, issue.message, issue.remedy, issue.weight)
        for number, issue in enumerate(document.issues, start=1)
    ]
    pages = [_page_row(page) for page in document.pages]
    for table, rows in ((PAGES, pages), (ISSUES, issues), *records, (RECORD_VALUES, values), (EVIDENCE, evidence)):
        if rows:
            yield table, rows


def put_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Put rows into a table; every column has a value."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        # As they are: what SQLAlchemy does to each parameter takes longer than SQLite does to store it.
        connection.exec_driver_sql(_sqlite_insert(table), list(rows))
    else:
        names = [column.name for column in table.columns]
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


@lru_cache(maxsize=64)
def _sqlite_insert(table: Table) -> str:
    names = [f'"{column.name}"' for column in table.columns]
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608


def _page_row(page: Page) -> Row:
    said = [word for word in page.words if word.text]
    weight = sum(len(word.text) for word in said)
    return (
        page.number,
        page.width_px,
        page.height_px,
        page.dpi,
        page.origin,
        page.blank,
        page.rotation_deg,
        page.skew_deg,
        page.picture,
        len(said),
        sum(word.confidence * len(word.text) for word in said) / weight if weight else None,
        _text(page.text()),
    )


def _values(record: Record) -> Iterator[tuple[str, Value]]:
    for field in record.__struct_fields__:
        value = getattr(record, field)
        if value is not None:
            yield field, value


def _record_columns(record: Record, table: Table) -> Iterator[str | int | float | None]:
    """Each field's normal form and confidence, as the columns stand."""
    for field in record.__struct_fields__:
        value: Value | None = getattr(record, field)
        if value is None:
            yield from (None, None)
            continue
        is_number = isinstance(table.c[field].type, BigInteger)
        yield _number(value.normal) if is_number else _text(str(value.normal))
        yield value.confidence


def _number(normal: str | int) -> int | None:
    """A number, or None where the reading is none; as printed it stands in `record_values`."""
    if isinstance(normal, int):
        return normal
    return int(normal) if normal.isascii() and normal.isdigit() else None


def _value_columns(value: Value) -> Row:
    return _text(value.text), _text(str(value.normal)), value.confidence, value.doubt


def _text(text: str) -> str:
    """A text without the one character that not every database takes."""
    return text.replace("\0", "")


def _evidence_columns(word: Word) -> Row:
    box = word.box
    return (
        word.id,
        word.page,
        *((box.left, box.top, box.right, box.bottom) if box else (None, None, None, None)),
        _text(word.readings[0].text) if word.readings else "",
        _text(word.text),
        word.readings[-1].reader if word.readings else "",
        word.confidence,
    )

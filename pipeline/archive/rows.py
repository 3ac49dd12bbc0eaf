"""A document as rows of the catalog's tables."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from sqlalchemy import Table
from sqlalchemy.types import BigInteger

from pipeline.archive.schema import (
    CONFIDENCE_SUFFIX,
    DOCUMENTS,
    EVIDENCE,
    ISSUES,
    PAGES,
    RECORD_TABLES,
    RECORD_VALUES,
)
from pipeline.document import Document, Page, Word
from pipeline.records import Record, Value

__all__ = ["Row", "document_row", "part_rows"]

Row: TypeAlias = dict[str, Any]


def document_row(document: Document) -> Row:
    """What the table of documents says of it, but for where it is kept and when it came."""
    return {
        DOCUMENTS.c.sha256.name: document.source.sha256,
        DOCUMENTS.c.name.name: document.source.name,
        DOCUMENTS.c.media_type.name: document.source.media_type,
        DOCUMENTS.c.size_bytes.name: document.source.size_bytes,
        DOCUMENTS.c.status.name: document.status,
        DOCUMENTS.c.page_count.name: len(document.pages),
        DOCUMENTS.c.blank_page_count.name: sum(page.blank for page in document.pages),
        DOCUMENTS.c.failed_page_count.name: len(document.lost_pages),
        DOCUMENTS.c.issue_count.name: len(document.issues),
    }


def part_rows(document: Document, document_id: int) -> Iterator[tuple[Table, list[Row]]]:
    """The rows of all that belongs to it, in an order that satisfies the foreign keys."""
    key = {"document_id": document_id}
    yield PAGES, [key | _page_row(page) for page in document.pages]
    yield (
        ISSUES,
        [
            key
            | {"number": number, "stage": issue.stage, "code": issue.code, "page": issue.page}
            | {"message": issue.message, "remedy": issue.remedy, "weight": issue.weight}
            for number, issue in enumerate(document.issues, start=1)
        ],
    )
    words = document.words_by_id()
    values: list[Row] = []
    evidence: list[Row] = []
    for name, table in RECORD_TABLES.items():
        rows: list[Row] = []
        for number, record in enumerate(document.records.rows(name), start=1):
            record_key = key | {"record_number": number}
            rows.append(record_key | _record_row(record, table))
            for field, value in _values(record):
                value_key = record_key | {"record_table": table.name, "field": field}
                values.append(value_key | _value_row(value))
                evidence.extend(
                    value_key | {"position": position} | _evidence_row(words[word_id])
                    for position, word_id in enumerate(value.evidence)
                    if word_id in words
                )
        yield table, rows
    yield RECORD_VALUES, values
    yield EVIDENCE, evidence


def _page_row(page: Page) -> Row:
    said = [word for word in page.words if word.text]
    weight = sum(len(word.text) for word in said)
    return {
        "number": page.number,
        "width_px": page.width_px,
        "height_px": page.height_px,
        "dpi": page.dpi,
        "origin": page.origin,
        "blank": page.blank,
        "rotation_deg": page.rotation_deg,
        "skew_deg": page.skew_deg,
        "picture": page.picture,
        "word_count": len(said),
        "confidence": sum(word.confidence * len(word.text) for word in said) / weight if weight else None,
        "text": _text(page.text()),
    }


def _values(record: Record) -> Iterator[tuple[str, Value]]:
    for field in record.__struct_fields__:
        value = getattr(record, field)
        if value is not None:
            yield field, value


def _record_row(record: Record, table: Table) -> Row:
    row: Row = {column.name: None for column in table.columns if not column.primary_key}
    for field, value in _values(record):
        row[field] = _number(value.normal) if isinstance(table.c[field].type, BigInteger) else _text(str(value.normal))
        row[field + CONFIDENCE_SUFFIX] = value.confidence
    return row


def _number(normal: str | int) -> int | None:
    """A number, or None where the reading is none; as printed it stands in `record_values`."""
    if isinstance(normal, int):
        return normal
    return int(normal) if normal.isascii() and normal.isdigit() else None


def _value_row(value: Value) -> Row:
    return {
        "text": _text(value.text),
        "normal": _text(str(value.normal)),
        "confidence": value.confidence,
        "doubt": value.doubt,
    }


def _text(text: str) -> str:
    """A text without the one character that not every database takes."""
    return text.replace("\0", "")


def _evidence_row(word: Word) -> Row:
    box = word.box
    return {
        "word_id": word.id,
        "page": word.page,
        "left_px": box.left if box else None,
        "top_px": box.top if box else None,
        "right_px": box.right if box else None,
        "bottom_px": box.bottom if box else None,
        "text_read": _text(word.readings[0].text) if word.readings else "",
        "text": _text(word.text),
        "reader": word.readings[-1].reader if word.readings else "",
        "confidence": word.confidence,
    }

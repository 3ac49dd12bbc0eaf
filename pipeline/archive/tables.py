"""The catalog as tables for analysts."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, Boolean, ColumnElement, Connection, DateTime, Float, Integer, Select, case, select

from pipeline.archive.schema import (
    DOCUMENTS,
    EVIDENCE,
    ISSUES,
    PAGES,
    RECORD_TABLES,
    RECORD_VALUES,
)

__all__ = ["frames"]

_KEYS: tuple[ColumnElement[str], ...] = (DOCUMENTS.c.sha256, DOCUMENTS.c.name.label("source"))
_FACTS = (
    "media_type",
    "size_bytes",
    "status",
    "page_count",
    "blank_page_count",
    "failed_page_count",
    "issue_count",
    "added_at",
    "changed_at",
)


def frames(connection: Connection) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each table by its name: those of the contract, then `values`, `evidence`, `pages` and `issues`.

    Every table begins with the document's `sha256` and `source`; `document` has one row for each document, with what
    is known of the file beside what the document says of itself. Columns have their types also where they are empty.
    """
    for name, question in _questions():
        rows = [tuple(row) for row in connection.execute(question)]
        frame = pd.DataFrame.from_records(rows, columns=[column.name for column in question.selected_columns])
        for column in question.selected_columns:
            if isinstance(column.type, DateTime):
                frame[column.name] = pd.to_datetime(frame[column.name], utc=True)
            else:
                frame[column.name] = frame[column.name].astype(_type(column))
        yield name, frame


def _questions() -> "Iterator[tuple[str, Select[*tuple[Any, ...]]]]":
    for name, table in RECORD_TABLES.items():
        columns: list[ColumnElement[Any]] = [
            column for column in table.columns if column.name not in ("document_id", "record_number")
        ]
        if name == "document":
            facts = [DOCUMENTS.c[fact] for fact in _FACTS]
            question = select(*_KEYS, *columns, *facts)
        else:
            question = select(*_KEYS, table.c.record_number, *columns)
        question = question.join_from(DOCUMENTS, table, DOCUMENTS.c.id == table.c.document_id)
        yield name, question.order_by(DOCUMENTS.c.id, table.c.record_number)
    for name, table in (("values", RECORD_VALUES), ("evidence", EVIDENCE), ("pages", PAGES), ("issues", ISSUES)):
        columns = [_contract_name(column) for column in table.columns if column.name != "document_id"]
        question = select(*_KEYS, *columns).join_from(DOCUMENTS, table, DOCUMENTS.c.id == table.c.document_id)
        yield (
            name,
            question.order_by(DOCUMENTS.c.id, *(c for c in table.primary_key.columns if c.name != "document_id")),
        )


def _contract_name(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column that names a table names it as the contract does."""
    if getattr(column, "name", "") != "record_table":
        return column
    renamed = {table.name: name for name, table in RECORD_TABLES.items() if table.name != name}
    return case(renamed, value=column, else_=column).label("record_table")


def _type(column: ColumnElement[Any]) -> str:
    match column.type:
        case Boolean():
            return "boolean"
        case BigInteger() | Integer():
            return "Int64"
        case Float():
            return "Float64"
        case _:
            return "string"

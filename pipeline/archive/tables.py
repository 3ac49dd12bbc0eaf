"""The catalog as tables for others: their columns, their keys, and their rows a piece at a time."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    DateTime,
    Float,
    Integer,
    Row,
    Select,
    Table,
    case,
    select,
)

from pipeline.archive.schema import (
    DOCUMENTS,
    EVIDENCE,
    ISSUES,
    PAGES,
    RECORD_TABLES,
    RECORD_VALUES,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOMENTS", "ExportTable", "export_tables", "frames"]

MOMENTS = ("added_at", "changed_at")
"""Columns that tell of the archive's own doings: they differ where the same documents were digitised twice."""

_ROWS_AT_A_TIME = 5000
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


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table as it is exported.

    Attributes:
        name: as the contract has it.
        sql_name: the same where it is no word of SQL.
        source: the catalog's table that its rows come from.
        key: the columns that tell a row from all others, always.
        question: gives the rows, the documents in the order of their ids (SHA-256), whenever and wherever they came.
    """

    name: str
    sql_name: str
    source: Table
    key: tuple[str, ...]
    question: "Select[*tuple[Any, ...]]"

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        """Its columns with their types."""
        return list(self.question.selected_columns)

    def pieces(
        self, connection: Connection, question: "Select[*tuple[Any, ...]] | None" = None
    ) -> "Iterator[list[Row[*tuple[Any, ...]]]]":
        """Its rows, so many at a time that memory does not grow with the catalog; those of a narrower question."""
        asked = self.question if question is None else question
        for piece in connection.execute(asked.execution_options(yield_per=_ROWS_AT_A_TIME)).partitions():
            yield list(piece)


def export_tables() -> tuple[ExportTable, ...]:
    """Those of the contract, then `values`, `evidence`, `pages` and `issues`.

    Every table begins with the document's `sha256` and `source`; `document` has one row for each document, with what
    is known of the file beside what the document says of itself.
    """
    return (*_record_tables(), *_other_tables())


def frames(connection: Connection, table: ExportTable, without: Collection[str] = ()) -> "Iterator[pd.DataFrame]":
    """A table's rows as data frames, at least one; columns have their types also where they are empty.

    Args:
        without: columns that are left out.
    """
    import pandas as pd

    columns = [column for column in table.columns if column.name not in without]
    names = [column.name for column in columns]
    question = table.question.with_only_columns(*columns)
    some = False
    for piece in table.pieces(connection, question):
        some = True
        yield _typed(pd.DataFrame.from_records([tuple(row) for row in piece], columns=names), columns)
    if not some:
        yield _typed(pd.DataFrame.from_records([], columns=names), columns)


def _typed(frame: "pd.DataFrame", columns: list[ColumnElement[Any]]) -> "pd.DataFrame":
    import pandas as pd

    for column in columns:
        if isinstance(column.type, DateTime):
            frame[column.name] = pd.to_datetime(frame[column.name], utc=True)
        else:
            frame[column.name] = frame[column.name].astype(_type(column))
    return frame


def _record_tables() -> Iterator[ExportTable]:
    for name, table in RECORD_TABLES.items():
        columns: list[ColumnElement[Any]] = [
            column for column in table.columns if column.name not in ("document_id", "record_number")
        ]
        if name == "document":
            question = select(*_KEYS, *columns, *(DOCUMENTS.c[fact] for fact in _FACTS))
        else:
            question = select(*_KEYS, table.c.record_number, *columns)
        key = ("sha256",) if name == "document" else ("sha256", "record_number")
        sql_name = "documents" if name == "document" else table.name
        yield ExportTable(name, sql_name, table, key, _of_documents(question, table))


def _other_tables() -> Iterator[ExportTable]:
    for name, table in (("values", RECORD_VALUES), ("evidence", EVIDENCE), ("pages", PAGES), ("issues", ISSUES)):
        columns = [_contract_name(column) for column in table.columns if column.name != "document_id"]
        key = ("sha256", *(column.name for column in table.primary_key.columns if column.name != "document_id"))
        yield ExportTable(name, table.name, table, key, _of_documents(select(*_KEYS, *columns), table))


def _of_documents(question: "Select[*tuple[Any, ...]]", table: Table) -> "Select[*tuple[Any, ...]]":
    joined = question.join_from(DOCUMENTS, table, DOCUMENTS.c.id == table.c.document_id)
    return joined.order_by(DOCUMENTS.c.sha256, *(c for c in table.primary_key.columns if c.name != "document_id"))


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

"""What every table and column means, as JSON Schema for programs and as a page for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, DateTime, Float, Integer

from pipeline.archive.column_meanings import CODES, COLUMNS, TABLE_MEANINGS
from pipeline.archive.schema import CONFIDENCE_SUFFIX, NUMERIC_FIELDS
from pipeline.archive.tables import ExportTable, export_tables
from pipeline.records import LIST_TABLES, TABLES

__all__ = ["column_meaning", "data_dictionary", "json_schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_EVERYWHERE = {
    "sha256": "Id of the document: SHA-256 of the original's bytes, 64 hexadecimal digits.",
    "source": "File name of the original.",
    "record_number": "Number of the record in its document, from 1.",
}
_INTRODUCTION = """# Data dictionary

What the exports hold: `csv`, `jsonl` and `parquet` have a file for each table, `xlsx` a sheet, `sql` a table (in
PostgreSQL in the schema `sohoa`, elsewhere with `sohoa_` before its name). All have the same columns. This page and the
JSON Schema are made from the code by `sohoa schema`.

A text is null where the document does not say it. Dates are ISO 8601, as exact as the document is (`2025-03` where
no day is printed). Confidences are 0 to 1. Amounts are in dong. Boxes are in pixels of the scan, from its top left.
"""


def column_meaning(table: str, column: str) -> str:
    """What a column holds, in a sentence.

    Raises:
        KeyError: nobody has written it down.
    """
    meanings = COLUMNS[table]
    if column in meanings:
        return meanings[column]
    if column.endswith(CONFIDENCE_SUFFIX) and column.removesuffix(CONFIDENCE_SUFFIX) in meanings:
        return f"Confidence of `{column.removesuffix(CONFIDENCE_SUFFIX)}`, 0 to 1."
    return _EVERYWHERE[column]


def data_dictionary() -> str:
    """A page in Markdown: each table with its key and its columns."""
    return "\n".join((_INTRODUCTION, *_pages()))


def _pages() -> Iterator[str]:
    for table in export_tables():
        named = f"`{table.name}`" + (f" (in SQL `{table.sql_name}`)" if table.sql_name != table.name else "")
        key = ", ".join(f"`{name}`" for name in table.key)
        yield f"## {named}\n\n{TABLE_MEANINGS[table.name]} Key: {key}.\n"
        yield "| column | type | meaning |\n|---|---|---|"
        for column in table.columns:
            codes = CODES.get((table.name, column.name))
            said = f" One of {', '.join(f'`{code}`' for code in codes)}." if codes else ""
            kind = _type(column) + ("" if _is_required(table, column) else ", null")
            yield f"| `{column.name}` | {kind} | {column_meaning(table.name, column.name)}{said} |"
        yield ""


def json_schema() -> dict[str, Any]:
    """A file of `--format json` as JSON Schema; a line of each table of `--format jsonl` is under `$defs`."""
    lists = {
        name: {"type": "array", "description": TABLE_MEANINGS[name], "items": _record(name)} for name in LIST_TABLES
    }
    lists["recipients"]["items"] = {"type": ["string", "null"], "description": column_meaning("recipients", "text")}
    pages = next(table for table in export_tables() if table.name == "pages")
    shown = ("number", "width_px", "height_px", "dpi", "origin", "blank", "rotation_deg", "skew_deg", "text")
    page = {name: _property(pages, column) for name, column in _by_name(pages).items() if name in shown}
    own: dict[str, Any] = {
        "source": {"type": "string", "description": _EVERYWHERE["source"]},
        "sha256": {"type": "string", "description": _EVERYWHERE["sha256"], "pattern": "^[0-9a-f]{64}$"},
        "status": {"type": "string", "description": COLUMNS["document"]["status"], "enum": ["done", "partial"]},
        "text": {"type": "string", "description": "The whole text in reading order."},
        "pages": {"type": "array", "description": TABLE_MEANINGS["pages"], "items": _object(page)},
    }
    return {
        "$schema": _DIALECT,
        "title": "A document as Sohoa exports it",
        **_object({"document": _record("document"), **lists, **own}),
        "$defs": {table.name: _row(table) for table in export_tables()},
    }


def _row(table: ExportTable) -> dict[str, Any]:
    properties = {column.name: _property(table, column) for column in table.columns}
    return {"description": TABLE_MEANINGS[table.name], **_object(properties)}


def _record(name: str) -> dict[str, Any]:
    """A record's normal forms, without what the tables have beside them."""
    properties: dict[str, Any] = {}
    for field in TABLES[name].__struct_fields__:
        kind = "integer" if (name, field) in NUMERIC_FIELDS else "string"
        properties[field] = {"type": [kind, "null"], "description": column_meaning(name, field)} | _enum(name, field)
    return _object(properties)


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _property(table: ExportTable, column: ColumnElement[Any]) -> dict[str, Any]:
    kind = _type(column)
    said: dict[str, Any] = {"type": "string" if kind == "time" else kind}
    if not _is_required(table, column):
        said["type"] = [said["type"], "null"]
    said["description"] = column_meaning(table.name, column.name)
    if kind == "time":
        said["format"] = "date-time"
    if column.name == "confidence" or column.name.endswith(CONFIDENCE_SUFFIX):
        said |= {"minimum": 0, "maximum": 1}
    return said | _enum(table.name, column.name)


def _enum(table: str, column: str) -> dict[str, Any]:
    codes = CODES.get((table, column))
    return {"enum": [*codes, None]} if codes else {}


def _by_name(table: ExportTable) -> dict[str, ColumnElement[Any]]:
    return {column.name: column for column in table.columns}


def _is_required(table: ExportTable, column: ColumnElement[Any]) -> bool:
    """Whether every row has a value."""
    return column.name in (*table.key, "source") or getattr(column, "nullable", True) is False


def _type(column: ColumnElement[Any]) -> str:
    """A column's type, as JSON names it but for times."""
    match column.type:
        case Boolean():
            return "boolean"
        case BigInteger() | Integer():
            return "integer"
        case Float():
            return "number"
        case DateTime():
            return "time"
        case _:
            return "string"

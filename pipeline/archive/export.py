"""The way out: records in the formats that others read."""

import codecs
import re
import unicodedata
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.styles import Font

from pipeline.archive.report import ExportFormat
from pipeline.document import Document, Page
from pipeline.runner.files import write_atomically, writing_atomically

__all__ = [
    "neutral",
    "plain_document",
    "Tables",
    "write_csv",
    "write_json",
    "write_jsonl",
    "write_parquet",
    "write_tables",
    "write_xlsx",
]

# What a spreadsheet takes for the beginning of a formula, or passes over to find one; with the full-width forms.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_MOST_CELL_LETTERS = 32_767
_MOST_SHEET_ROWS = 1_048_576

Tables: TypeAlias = Iterable[tuple[str, Iterable[pd.DataFrame]]]
"""Tables by their names, each in pieces, at least one."""


def neutral(text: str) -> str:
    """A cell's text, NFC, that no spreadsheet takes for a formula.

    A text that begins with `=`, `+`, `-`, `@`, a tab or a line break, or with apostrophes before one of these, gets an
    apostrophe before it. Whoever reads the table with a program takes one apostrophe away from such texts.
    """
    text = unicodedata.normalize("NFC", text)
    return f"'{text}" if _FORMULA.match(text) else text


def plain_document(document: Document) -> dict[str, Any]:
    """A document as `--format json` gives it: the contract's object, then the file, its text and its pages."""
    return document.records.to_dict() | {
        "source": document.source.name,
        "sha256": document.source.sha256,
        "status": document.status,
        "text": document.text(),
        "pages": [_plain_page(page) for page in document.pages],
    }


def _plain_page(page: Page) -> dict[str, Any]:
    return {
        "number": page.number,
        "width_px": page.width_px,
        "height_px": page.height_px,
        "dpi": page.dpi,
        "origin": page.origin,
        "blank": page.blank,
        "rotation_deg": page.rotation_deg,
        "skew_deg": page.skew_deg,
        "text": page.text(),
    }


def write_json(path: Path, document: Document) -> Path:
    """Write one document, readable for people too.

    Raises:
        FullDiskError: no space is left.
        ArchiveError: it cannot be written.
    """
    write_atomically(path, msgspec.json.format(msgspec.json.encode(plain_document(document)), indent=2) + b"\n")
    return path


def write_tables(folder: Path, format: ExportFormat, tables: Tables) -> list[Path]:
    """Write tables in a format that has tables; gives the files."""
    match format:
        case "csv":
            return write_csv(folder, tables)
        case "jsonl":
            return write_jsonl(folder, tables)
        case "parquet":
            return write_parquet(folder, tables)
        case "xlsx":
            return [write_xlsx(folder / "records.xlsx", tables)]
        case "json":
            raise ValueError("json writes documents, not tables")


def write_csv(folder: Path, tables: Tables) -> list[Path]:
    """Write a file for each table: UTF-8 with the mark that lets Excel know it, commas, a header, empty for nothing."""
    paths: list[Path] = []
    for name, frames in tables:
        paths.append(folder / f"{name}.csv")
        with writing_atomically(paths[-1]) as file:
            file.write(codecs.BOM_UTF8)
            for part, frame in enumerate(frames):
                text = _cells(frame).to_csv(index=False, header=part == 0, lineterminator="\r\n")
                file.write(text.encode("utf-8"))
    return paths


def write_jsonl(folder: Path, tables: Tables) -> list[Path]:
    """Write a file for each table: a JSON object a line, keys and nulls always there; the texts are as they are."""
    paths: list[Path] = []
    for name, frames in tables:
        paths.append(folder / f"{name}.jsonl")
        with writing_atomically(paths[-1]) as file:
            for frame in frames:
                names = list(frame.columns)
                columns = [_plain_values(frame[column]) for column in names]
                for row in zip(*columns, strict=True):
                    file.write(msgspec.json.encode(dict(zip(names, row, strict=True))) + b"\n")
    return paths


def write_parquet(folder: Path, tables: Tables) -> list[Path]:
    """Write a file for each table, with its types; the texts are as they are."""
    paths: list[Path] = []
    for name, frames in tables:
        paths.append(folder / f"{name}.parquet")
        with writing_atomically(paths[-1]) as file, ExitStack() as closing:
            writer: pq.ParquetWriter | None = None
            for frame in frames:
                table = pa.Table.from_pandas(frame, schema=writer.schema if writer else None, preserve_index=False)
                if writer is None:
                    writer = closing.enter_context(pq.ParquetWriter(file, table.schema))
                writer.write_table(table)
    return paths


def write_xlsx(path: Path, tables: Tables) -> Path:
    """Write one file with a sheet for each table; a table longer than a sheet may be goes on in the next.

    Letters that a sheet cannot hold are left out, and a text longer than a cell may be ends in `…`.
    """
    book = Workbook(write_only=True)
    for name, frames in tables:
        parts = rows = 0
        for frame in frames:
            cells = _cells(frame)
            if not parts:
                sheet, parts = _sheet(book, name, cells.columns), 1
            for row in cells.itertuples(index=False):
                if rows == _MOST_SHEET_ROWS - 1:
                    parts, rows = parts + 1, 0
                    sheet = _sheet(book, f"{name} {parts}", cells.columns)
                sheet.append([_sheet_value(value) for value in row])
                rows += 1
    with writing_atomically(path) as file:
        book.save(file)
    return path


def _plain_values(column: "pd.Series[Any]") -> list[Any]:
    """A column's values as JSON has them: times as ISO 8601, None for nothing."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.map(lambda time: time.isoformat(), na_action="ignore")
    plain: list[Any] = column.astype(object).where(column.notna(), None).tolist()
    return plain


def _cells(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as cells: texts made neutral, times as ISO 8601."""
    cells = frame.copy()
    for column, kind in frame.dtypes.items():
        if isinstance(kind, pd.DatetimeTZDtype):
            cells[column] = frame[column].map(lambda time: time.isoformat(), na_action="ignore").astype("string")
        elif isinstance(kind, pd.StringDtype):
            cells[column] = frame[column].map(neutral, na_action="ignore").astype("string")
    return cells


def _sheet(book: Workbook, title: str, columns: Iterable[str]) -> Any:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append([_head(sheet, column) for column in columns])
    return sheet


def _head(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _sheet_value(value: Any) -> Any:
    if value is pd.NA:
        return None
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
        return value if len(value) <= _MOST_CELL_LETTERS else value[: _MOST_CELL_LETTERS - 1] + "…"
    return value.item() if hasattr(value, "item") else value

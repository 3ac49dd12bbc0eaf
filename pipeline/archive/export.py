"""The way out: records in the formats that others read."""

import io
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.styles import Font

from pipeline.document import Document, Page
from pipeline.runner.files import write_atomically

__all__ = ["neutral", "plain_document", "write_csv", "write_json", "write_parquet", "write_xlsx"]

# What a spreadsheet takes for the beginning of a formula, or passes over to find one; with the full-width forms.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_MOST_CELL_LETTERS = 32_767
_MOST_SHEET_ROWS = 1_048_576


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


def write_csv(folder: Path, frames: Iterable[tuple[str, pd.DataFrame]]) -> list[Path]:
    """Write a file for each table: UTF-8 with the mark that lets Excel know it, commas, a header, empty for nothing."""
    paths: list[Path] = []
    for name, frame in frames:
        paths.append(folder / f"{name}.csv")
        text = _cells(frame).to_csv(index=False, lineterminator="\r\n")
        write_atomically(paths[-1], text.encode("utf-8-sig"))
    return paths


def write_parquet(folder: Path, frames: Iterable[tuple[str, pd.DataFrame]]) -> list[Path]:
    """Write a file for each table, with its types; the texts are as they are."""
    paths: list[Path] = []
    for name, frame in frames:
        paths.append(folder / f"{name}.parquet")
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        write_atomically(paths[-1], buffer.getvalue())
    return paths


def write_xlsx(path: Path, frames: Iterable[tuple[str, pd.DataFrame]]) -> Path:
    """Write one file with a sheet for each table; a table longer than a sheet may be goes on in the next.

    Letters that a sheet cannot hold are left out, and a text longer than a cell may be ends in `…`.
    """
    book = Workbook(write_only=True)
    for name, frame in frames:
        cells = _cells(frame)
        for part, start in enumerate(range(0, max(len(cells), 1), _MOST_SHEET_ROWS - 1)):
            sheet = book.create_sheet(name if part == 0 else f"{name} {part + 1}")
            sheet.freeze_panes = "A2"
            sheet.append([_head(sheet, column) for column in cells.columns])
            for row in cells.iloc[start : start + _MOST_SHEET_ROWS - 1].itertuples(index=False):
                sheet.append([_sheet_value(value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    write_atomically(path, buffer.getvalue())
    return path


def _cells(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as cells: texts made neutral, times as ISO 8601."""
    cells = frame.copy()
    for column, kind in frame.dtypes.items():
        if isinstance(kind, pd.DatetimeTZDtype):
            cells[column] = frame[column].map(lambda time: time.isoformat(), na_action="ignore").astype("string")
        elif isinstance(kind, pd.StringDtype):
            cells[column] = frame[column].map(neutral, na_action="ignore").astype("string")
    return cells


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

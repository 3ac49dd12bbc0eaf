"""Rows of tables: heads told from rows, tables and rows carried on over a page break put together."""

import re

from pipeline.language.casing import starts_small
from pipeline.language.tone_marks import plain
from pipeline.segmentation.lines import PrintedLine
from pipeline.segmentation.parts import Draft

__all__ = ["TableReader"]

_COLUMN_NAMES = re.compile(
    r"\b(?:s?tt|so tt|noi dung|nhiem vu|thoi gian|don vi|co quan|chu tri|phoi hop|ghi chu|san pham|"
    r"nguoi thuc hien|thoi han|tien do|"
    r"ho ten|ho va ten|chuc vu|phan cong|phu trach|hoat dong|cong viec|dia diem|thanh phan|chi tieu|ket qua|"
    r"so luong|muc thuong)\b"
)
_INDEX_CELL = re.compile(r"[(\[]?(?:\d{1,2}|[a-zA-Z])[)\]]?")
_DAY = re.compile(r"\d{1,2}/\d{1,4}|\d{1,2}h\d{0,2}")


class TableReader:
    """Reads the rows of the tables of a text from top to bottom."""

    def __init__(self) -> None:
        self._last: Draft | None = None
        self._row: Draft | None = None
        self._bands: set[str] = set()
        self._block: int | None = None
        self._head: list[str] = []
        self._opening = False

    def read(self, line: PrintedLine, before: PrintedLine | None) -> Draft | None:
        """The passage of a row, or None where it carries on the one before it.

        Args:
            line: the row.
            before: the line above it, of a table or not.
        """
        begins = line.table != self._block or before is None
        carried = begins and self._carries_on(line, before)
        self._block = line.table
        if begins and not carried:
            self._head, self._bands, self._row = [], set(), None
        joined = _joined(line)
        draft = Draft("table-row", [line], table=line.table, cells=line.cells)
        if carried and self._last is not None:
            draft.table = self._last.table
            self._opening = True
        elif not begins and self._last is not None:
            draft.table = self._last.table
        if self._is_head(line, joined, first=begins and not carried):
            draft.kind = "table-head"
            self._head.append(joined)
        elif self._opening and joined in self._bands:
            draft.kind = "table-head"
        elif self._opening and self._is_rest(line):
            self._opening = False
            return None
        elif len(line.cells) > 1:
            self._opening, self._row = False, draft
        else:
            self._bands.add(joined)
        self._last = draft
        return draft

    def _carries_on(self, line: PrintedLine, before: PrintedLine | None) -> bool:
        """Whether a table goes on at the top of a page: as many columns, and no text between."""
        last = self._last
        if last is None or before is None or before.table is None or line.page != before.page + 1:
            return False
        return len(line.cells) == len(last.cells) or _joined(line) in self._head

    def _is_head(self, line: PrintedLine, joined: str, *, first: bool) -> bool:
        if joined and joined in self._head:
            return True
        if len(line.cells) < 2 or _DAY.search(line.string):
            return False
        last = self._last
        under_head = not first and last is not None and last.kind == "table-head" and last.lines[0].table == line.table
        if under_head and all(_INDEX_CELL.fullmatch(cell.text) for cell in line.cells if cell.text):
            return True
        if under_head and last is not None and len(last.cells) == len(line.cells):
            return any(cell.text and cell == above for cell, above in zip(line.cells, last.cells, strict=True))
        names = len(_COLUMN_NAMES.findall(line.plain))
        numbered = bool(re.match(r"\W{0,2}\d", line.string))
        return first and not numbered and (names >= 2 or (names == 1 and (bool(line.bold) or len(line.cells) == 2)))

    def _is_rest(self, line: PrintedLine) -> bool:
        """Whether the first row of a page carries on the last row of the page before, to which it is added."""
        row = self._row
        if row is None or len(row.cells) != len(line.cells) or len(line.cells) < 2:
            return False
        first = line.cells[0].text
        open_cells = [cell.text for cell in line.cells if cell.text]
        goes_on = any(starts_small(cell) for cell in open_cells) and not re.match(r"\d", first)
        if not goes_on and not re.match(r"[-–]\s?\d", first):
            return False
        row.cells = tuple(above.join((above, cell)) for above, cell in zip(row.cells, line.cells, strict=True))
        row.lines.append(line)
        return True


def _joined(line: PrintedLine) -> str:
    return plain("|".join(cell.text for cell in line.cells))

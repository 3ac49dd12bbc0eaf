"""The rows of a ruled table: each cell filled, its lines placed, the row as high as its highest cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.sample_document import Align, Table, strip_markup
from corpus.typeset import SetLine, fill, parse_lines

_PADDING_PT = 4.0
_LEADING = 1.16


@dataclass(frozen=True, slots=True)
class CellLine:
    """A line in its cell, placed from the cell's top left corner."""

    line: SetLine
    x_pt: float
    baseline_pt: float
    size_pt: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its placed lines."""

    width_pt: float
    lines: tuple[CellLine, ...]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of cells, and the row as the gold text writes it."""

    height_pt: float
    cells: tuple[Cell, ...]
    text: str


def set_table(table: Table, measure_pt: float) -> list[TableRow]:
    """Set a table across a measure: header row first, bold and centred, then the rows.

    Args:
        table: header, rows and relative column widths.
        measure_pt: the width of the whole table.
    Returns:
        The rows in order; none of them breaks over a page.
    """
    scale = measure_pt / sum(table.widths)
    widths = [width * scale for width in table.widths]
    rows = []
    if table.header:
        header = tuple(f"**{cell}**" for cell in table.header)
        centred: list[Align] = ["centre"] * len(header)
        rows.append(_row(header, widths, centred, table.size_pt))
    for cells in table.rows:
        if len(cells) == 1 and len(widths) > 1:
            rows.append(_row(cells, [measure_pt], ["left"], table.size_pt))
        else:
            rows.append(_row(cells, widths, table.align, table.size_pt))
    return rows


def _row(cells: tuple[str, ...], widths: list[float], aligns: Sequence[Align], size_pt: float) -> TableRow:
    step_pt = size_pt * _LEADING
    filled = [
        [line for part in parse_lines(cell) for line in fill(part, size_pt, width - 2 * _PADDING_PT)]
        for cell, width in zip(cells, widths, strict=True)
    ]
    height_pt = max(len(lines) for lines in filled) * step_pt + 2 * _PADDING_PT
    placed = []
    for lines, width, align in zip(filled, widths, aligns, strict=True):
        top_pt = (height_pt - len(lines) * step_pt) / 2 if align == "centre" else _PADDING_PT
        placed.append(
            Cell(
                width,
                tuple(
                    CellLine(
                        line,
                        (width - line.width_pt) / 2 if align == "centre" else _PADDING_PT,
                        top_pt + (index + 1) * step_pt - 0.25 * size_pt,
                        size_pt,
                    )
                    for index, line in enumerate(lines)
                ),
            )
        )
    text = " | ".join(" ".join(strip_markup(cell).split()) for cell in cells)
    return TableRow(height_pt, tuple(placed), text)

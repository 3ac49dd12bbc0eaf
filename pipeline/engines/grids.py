"""Ruled tables on a page's picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.document import Box
from pipeline.engines.ruled_lines import Rule, crossing_rules, rule_masks, slope_of
from pipeline.stage import Grid, GridCell, Pixels

__all__ = ["find_grids"]

_REACH_IN = 0.06  # how far pieces of one rule may stand beside each other, inches
_LEAST_WIDTH_IN = 1.2  # smallest table, inches
_LEAST_ROW_IN = 0.11  # smallest middle height of rows, inches
_LEAST_COLUMN_IN = 0.22  # smallest middle width of columns, inches
_THIN_IN = 0.014  # how far a stroke of a broken rule may lie off its middle, inches
_CLEAR_IN = 0.05  # and how far from it there is no ink, inches
_MOST_SIDES = 400
_SKEW = 0.0012  # slope from which the rules are levelled


@dataclass(frozen=True, slots=True)
class _Side:
    """A border between rows or between columns, and what draws it.

    Attributes:
        rules: those that stand there; none where the border is only inferred.
        seen: for each pixel along it whether a thin stroke is there, however short.
    """

    place: float
    rules: tuple[Rule, ...]
    seen: NDArray[np.bool_]

    def drawn(self, start: float, end: float, near: float) -> float:
        """How much of the border is drawn between two places along it, 0 to 1."""
        steps = start + (np.arange(32) + 0.5) * (end - start) / 32
        # A break may cost a rule the short stump between it and the next corner.
        stump = max(min(2.5 * near, 0.2 * (end - start)), near)
        seen = self.seen[np.clip(steps.astype(int), 0, len(self.seen) - 1)]
        covered = np.zeros(32, bool)
        for rule in self.rules:
            if min(rule.end - start, end - rule.start) < near / 2:
                continue  # it ends at this corner or begins at that
            covered |= (steps >= rule.start - stump) & (steps <= rule.end + stump)
        return max(float(covered.mean()), float(seen.mean()))


def find_grids(gray: Pixels, dpi: float) -> tuple[Grid, ...]:
    """Find tables drawn with rules, their rows, columns and merged cells.

    Args:
        gray: uint8, (height, width), 0 = ink, 255 = paper.
        dpi: its resolution.
    Returns:
        Tables from top to bottom with at least two cells, boxes in pixels of `gray`. Rules that cross no other
        rule (underlines, the line above footnotes) make none.
    Source:
        Opening with long thin elements, a usual way to separate rules from text; a missing border cell is told by
        how much of the rule between two neighbours is there. Not done: dotted rules, curved pages.
    """
    if gray.ndim != 2 or min(gray.shape) < 8:
        return ()
    across, down, ink = rule_masks(gray, dpi)
    slope = slope_of(across)
    turn = None
    if abs(slope) > _SKEW:
        turn = _level(gray.shape, slope)
        size = (gray.shape[1], gray.shape[0])
        across = np.asarray(cv2.warpAffine(across, turn, size), np.uint8)
        down = np.asarray(cv2.warpAffine(down, turn, size), np.uint8)
        ink = np.asarray(cv2.warpAffine(ink, turn, size), np.uint8)
    grids: list[Grid] = []
    for horizontals, verticals in crossing_rules(across, down, dpi):
        grid = _grid(horizontals, verticals, ink, dpi)
        if grid is not None:
            grids.append(grid if turn is None else _turned_back(grid, turn))
    return tuple(sorted(_outermost(grids), key=lambda grid: (grid.box.top, grid.box.left)))


def _level(shape: tuple[int, ...], slope: float) -> NDArray[np.float64]:
    angle = float(np.degrees(np.arctan(slope)))
    return np.asarray(cv2.getRotationMatrix2D((shape[1] / 2, shape[0] / 2), angle, 1.0), np.float64)


def _turned_back(grid: Grid, turn: NDArray[np.float64]) -> Grid:
    """The grid with its boxes' middles where they are on the picture."""
    back = np.asarray(cv2.invertAffineTransform(turn), np.float64)

    def moved(box: Box) -> Box:
        x, y = back[:, :2] @ [(box.left + box.right) / 2, (box.top + box.bottom) / 2] + back[:, 2]
        return Box(
            float(x - box.width / 2), float(y - box.height / 2), float(x + box.width / 2), float(y + box.height / 2)
        )

    cells = tuple(
        GridCell(cell.row, cell.column, cell.row_span, cell.column_span, moved(cell.box)) for cell in grid.cells
    )
    return Grid(moved(grid.box), cells)


def _grid(horizontals: Sequence[Rule], verticals: Sequence[Rule], ink: Pixels, dpi: float) -> Grid | None:
    """The cells between rules, or None where they make fewer than two."""
    near = max(dpi * _REACH_IN, 3.0)
    # A table whose outer border is missing goes as far as its other rules do.
    rows = _sides(horizontals, min(rule.start for rule in verticals), max(rule.end for rule in verticals), ink, dpi)
    columns = _sides(
        verticals, min(rule.start for rule in horizontals), max(rule.end for rule in horizontals), ink.T, dpi
    )
    if len(rows) < 2 or len(columns) < 2 or not 6 <= len(rows) * len(columns) <= _MOST_SIDES**2:
        return None
    box = Box(columns[0].place, rows[0].place, columns[-1].place, rows[-1].place)
    if box.width < _LEAST_WIDTH_IN * dpi:
        return None
    if box.height < _LEAST_ROW_IN * dpi * (len(rows) - 1) or box.width < _LEAST_COLUMN_IN * dpi * (len(columns) - 1):
        return None
    outer = [
        rows[0].drawn(box.left, box.right, near) + rows[-1].drawn(box.left, box.right, near),
        columns[0].drawn(box.top, box.bottom, near) + columns[-1].drawn(box.top, box.bottom, near),
    ]
    # A signature's strokes cross too, but they frame nothing.
    if max(outer) < 1.2:
        return None
    cells = _cells(columns, rows, near)
    return Grid(box, cells) if len(cells) > 1 else None


def _sides(rules: Sequence[Rule], low: float, high: float, ink: Pixels, dpi: float) -> list[_Side]:
    """Borders of rows or of columns: pieces of one rule taken together, and ends that no rule is drawn at."""
    near = max(dpi * _REACH_IN, 3.0)
    found: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.place):
        apart = rule.place - found[-1][-1].place if found else np.inf
        # Pieces a little off each other that take turns are one rule of a bent or leaning table.
        if apart <= near or (apart <= 2.5 * near and _beside(found[-1], rule) < 0.3 * rule.length):
            found[-1].append(rule)
        else:
            found.append([rule])
    places = [
        sum(rule.place * rule.length for rule in rules) / max(sum(rule.length for rule in rules), 1e-9)
        for rules in found
    ]
    sides = [
        _Side(place, tuple(rules), _thin_strokes(ink, place, dpi)) for place, rules in zip(places, found, strict=True)
    ]
    nothing = np.zeros(ink.shape[1], bool)
    if sides[0].place - low > 2.5 * near:
        sides.insert(0, _Side(low, (), nothing))
    if high - sides[-1].place > 2.5 * near:
        sides.append(_Side(high, (), nothing))
    return sides


def _thin_strokes(ink: Pixels, place: float, dpi: float) -> NDArray[np.bool_]:
    """Where there is ink along a row of pixels and none beside it; letters that stand there reach up or down."""
    near, far = max(round(_THIN_IN * dpi), 1), max(round(_CLEAR_IN * dpi), 3)
    middle = round(place)

    def inked(start: int, end: int) -> NDArray[np.bool_]:
        return np.asarray(ink[max(start, 0) : max(end, 0)].any(axis=0), np.bool_)

    beside = inked(middle - far, middle - far // 2) | inked(middle + far // 2 + 1, middle + far + 1)
    return np.asarray(inked(middle - near, middle + near + 1) & ~beside, np.bool_)


def _beside(rules: Sequence[Rule], other: Rule) -> float:
    """The longest stretch over which one of the rules and the other run beside each other."""
    return max(min(rule.end, other.end) - max(rule.start, other.start) for rule in rules)


def _cells(columns: Sequence[_Side], rows: Sequence[_Side], near: float) -> tuple[GridCell, ...]:
    """Cells between the sides; neighbours that no rule parts are one."""
    xs, ys = [side.place for side in columns], [side.place for side in rows]
    owner = {(row, column): (row, column) for row in range(len(ys) - 1) for column in range(len(xs) - 1)}

    def root(cell: tuple[int, int]) -> tuple[int, int]:
        while owner[cell] != cell:
            cell = owner[cell]
        return cell

    for row, column in list(owner):
        right, below = (row, column + 1), (row + 1, column)
        if right in owner and columns[column + 1].drawn(ys[row], ys[row + 1], near) < 0.5:
            owner[root(right)] = root((row, column))
        if below in owner and rows[row + 1].drawn(xs[column], xs[column + 1], near) < 0.5:
            owner[root(below)] = root((row, column))
    groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for cell in owner:
        groups.setdefault(root(cell), []).append(cell)
    cells: list[GridCell] = []
    for members in groups.values():
        for first_row, last_row, first_column, last_column in _rectangles(members):
            box = Box(xs[first_column], ys[first_row], xs[last_column + 1], ys[last_row + 1])
            cells.append(
                GridCell(first_row, first_column, last_row - first_row + 1, last_column - first_column + 1, box)
            )
    return tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))


def _rectangles(members: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """A group of cells as (first row, last row, first column, last column); one that is no rectangle, row by row."""
    rows = [row for row, _ in members]
    columns = [column for _, column in members]
    box = (min(rows), max(rows), min(columns), max(columns))
    if (box[1] - box[0] + 1) * (box[3] - box[2] + 1) == len(members):
        return [box]
    pieces: list[tuple[int, int, int, int]] = []
    for row, column in sorted(members):
        if pieces and pieces[-1][0] == row and pieces[-1][3] == column - 1:
            pieces[-1] = (row, row, pieces[-1][2], column)
        else:
            pieces.append((row, row, column, column))
    return pieces


def _outermost(grids: Sequence[Grid]) -> list[Grid]:
    """Grids that lie in no other."""
    return [
        grid
        for grid in grids
        if not any(
            other is not grid
            and other.box.left <= grid.box.left
            and other.box.top <= grid.box.top
            and other.box.right >= grid.box.right
            and other.box.bottom >= grid.box.bottom
            for other in grids
        )
    ]

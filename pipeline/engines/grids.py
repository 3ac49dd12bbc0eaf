"""Ruled tables on a page's picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.document import Box
from pipeline.stage import Grid, GridCell, Pixels

__all__ = ["find_grids"]

_RULE_IN = 0.28  # shortest piece of rule, inches: longer than any stroke of a letter
_BREAK_IN = 0.05  # longest break that is bridged, inches
_REACH_IN = 0.06  # how far pieces of one rule may stand beside each other, inches
_LEAST_WIDTH_IN = 1.2  # smallest table, inches
_LEAST_ROW_IN = 0.11  # smallest middle height of rows, inches
_LEAST_COLUMN_IN = 0.22  # smallest middle width of columns, inches
_TOUCH_IN = 0.03  # between the end of a rule and one that it meets, inches
_LOOSE_IN = 0.25  # how far one rule alone may stick out of a table, inches
_MOST_RULES = 3000
_MOST_SIDES = 400
_SKEW = 0.0012  # slope from which the rules are levelled


@dataclass(frozen=True, slots=True)
class _Rule:
    """A straight rule: where it stands across its direction, and from where to where it runs."""

    place: float
    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class _Side:
    """A border between rows or between columns, and the rules that draw it; none where it is only inferred."""

    place: float
    rules: tuple[_Rule, ...]

    def drawn(self, start: float, end: float, near: float) -> float:
        """How much of the border is drawn between two places along it, 0 to 1."""
        steps = start + (np.arange(32) + 0.5) * (end - start) / 32
        # A break may cost a rule the short stump between it and the next corner.
        stump = max(min(2.5 * near, 0.2 * (end - start)), near)
        covered = np.zeros(32, bool)
        for rule in self.rules:
            covered |= (steps >= rule.start - stump) & (steps <= rule.end + stump)
        return float(covered.mean())


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
    across, down = _rule_masks(gray, dpi)
    slope = _slope(across)
    turn = None
    if abs(slope) > _SKEW:
        turn = _level(gray.shape, slope)
        size = (gray.shape[1], gray.shape[0])
        across = np.asarray(cv2.warpAffine(across, turn, size), np.uint8)
        down = np.asarray(cv2.warpAffine(down, turn, size), np.uint8)
    grids: list[Grid] = []
    for horizontals, verticals in _crossing(across, down, dpi):
        grid = _grid(horizontals, verticals, dpi)
        if grid is not None:
            grids.append(grid if turn is None else _turned_back(grid, turn))
    return tuple(sorted(_outermost(grids), key=lambda grid: (grid.box.top, grid.box.left)))


def _rule_masks(gray: Pixels, dpi: float) -> tuple[Pixels, Pixels]:
    """Pixels that belong to long horizontal and long vertical rules."""
    window = max(int(dpi * 0.1) | 1, 3)
    ink = cv2.adaptiveThreshold(gray, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 12)
    length, gap = max(int(dpi * _RULE_IN), 5), max(int(dpi * _BREAK_IN), 3)
    masks = []
    for axis in (0, 1):
        thick = cv2.dilate(ink, np.ones((3, 1) if axis == 0 else (1, 3), np.uint8))
        rule = np.ones((1, length) if axis == 0 else (length, 1), np.uint8)
        bridge = np.ones((1, gap) if axis == 0 else (gap, 1), np.uint8)
        opened = cv2.morphologyEx(thick, cv2.MORPH_OPEN, rule)
        masks.append(np.asarray(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, bridge), np.uint8))
    return masks[0], masks[1]


def _slope(across: Pixels) -> float:
    """Middle slope of the long horizontal rules, weighted by length; down to the right is positive."""
    slopes: list[float] = []
    weights: list[float] = []
    for points in _outlines(across):
        x, y = points[:, 0].astype(np.float64), points[:, 1].astype(np.float64)
        width, height = np.ptp(x), np.ptp(y)
        if width < 0.15 * across.shape[1] or height > 0.12 * width:
            continue
        spread = x - x.mean()
        slopes.append(float((spread * (y - y.mean())).sum() / max(float((spread**2).sum()), 1e-9)))
        weights.append(float(width))
    if not slopes:
        return 0.0
    order = np.argsort(slopes)
    total = np.cumsum(np.array(weights)[order])
    return slopes[int(order[int(np.searchsorted(total, total[-1] / 2))])]


def _outlines(mask: Pixels) -> list[NDArray[np.int32]]:
    """Outer edges of the connected parts of a mask, int32 (points, 2), x before y."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [np.asarray(outline, np.int32).reshape(-1, 2) for outline in outlines]


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


def _crossing(across: Pixels, down: Pixels, dpi: float) -> list[tuple[list[_Rule], list[_Rule]]]:
    """Horizontal and vertical rules, grouped by what touches what."""
    horizontals = _rules(across, 1, dpi)
    verticals = _rules(down, 0, dpi)
    verticals = _held(verticals, horizontals, across.shape[0], dpi)
    horizontals = _held(horizontals, verticals, across.shape[1], dpi)
    if len(horizontals) < 2 or len(verticals) < 2:
        return []
    y, left, right = (np.array(values)[:, None] for values in zip(*map(_ends, horizontals), strict=True))
    x, top, bottom = (np.array(values)[None, :] for values in zip(*map(_ends, verticals), strict=True))
    reach = max(dpi * _TOUCH_IN, 2.0)
    touch = (left - reach <= x) & (x <= right + reach) & (top - reach <= y) & (y <= bottom + reach)
    groups: list[tuple[list[_Rule], list[_Rule]]] = []
    free = np.ones(len(horizontals), bool)
    while free.any():
        mine = np.zeros(len(horizontals), bool)
        mine[int(np.argmax(free))] = True
        theirs = touch[mine].any(axis=0)
        while True:
            grown = touch[:, theirs].any(axis=1) | mine
            if (grown == mine).all():
                break
            mine, theirs = grown, touch[grown].any(axis=0)
        free &= ~mine
        group = (
            [horizontals[index] for index in np.flatnonzero(mine)],
            [verticals[index] for index in np.flatnonzero(theirs)],
        )
        if group[1] and len(group[0]) + len(group[1]) >= 4:
            groups.append(group)
    return groups


def _rules(mask: Pixels, axis: int, dpi: float) -> list[_Rule]:
    """The rules of a mask that stand at a place on that axis (0 for x, 1 for y), thin ones only, longest first."""
    pieces: list[_Rule] = []
    for points in _outlines(mask):
        along, place = points[:, 1 - axis], points[:, axis]
        if np.ptp(place) <= max(0.3 * np.ptp(along), 0.1 * dpi):
            pieces.append(_Rule(float(np.median(place)), float(along.min()), float(along.max()) + 1.0))
    rules: list[_Rule] = []
    for piece in sorted(pieces, key=lambda piece: piece.start):
        # Between two breaks a rule may be too short to be seen: the pieces beyond it are still one rule.
        for index, rule in enumerate(rules):
            if abs(rule.place - piece.place) <= 0.02 * dpi and 0 <= piece.start - rule.end <= _RULE_IN * dpi:
                rules[index] = _Rule(rule.place, rule.start, piece.end)
                break
        else:
            rules.append(piece)
    return sorted(rules, key=lambda rule: -rule.length)[:_MOST_RULES]


def _held(rules: Sequence[_Rule], others: Sequence[_Rule], length: int, dpi: float) -> list[_Rule]:
    """Rules whose ends are held by crossing ones or line up with another's: a scanner's streak sticks out by itself."""
    reach, loose = max(dpi * _TOUCH_IN, 2.0), dpi * _LOOSE_IN
    kept: list[_Rule] = []
    for rule in rules:
        met = [
            other.place
            for other in others
            if other.start - reach <= rule.place <= other.end + reach
            and rule.start - reach <= other.place <= rule.end + reach
        ]
        if not met:
            continue
        sticking = ([rule.start] if min(met) - rule.start > loose else []) + (
            [rule.end] if rule.end - max(met) > loose else []
        )
        ends = [end for other in rules if other is not rule for end in (other.start, other.end)]
        if all(
            loose < end < length - loose and any(abs(end - other) <= 3 * reach for other in ends) for end in sticking
        ):
            kept.append(rule)
    return kept


def _ends(rule: _Rule) -> tuple[float, float, float]:
    return rule.place, rule.start, rule.end


def _grid(horizontals: Sequence[_Rule], verticals: Sequence[_Rule], dpi: float) -> Grid | None:
    """The cells between rules, or None where they make fewer than two."""
    near = max(dpi * _REACH_IN, 3.0)
    # A table whose outer border is missing goes as far as its other rules do.
    rows = _sides(horizontals, min(rule.start for rule in verticals), max(rule.end for rule in verticals), near)
    columns = _sides(verticals, min(rule.start for rule in horizontals), max(rule.end for rule in horizontals), near)
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


def _sides(rules: Sequence[_Rule], low: float, high: float, near: float) -> list[_Side]:
    """Borders of rows or of columns: pieces of one rule taken together, and ends that no rule is drawn at."""
    found: list[list[_Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.place):
        apart = rule.place - found[-1][-1].place if found else np.inf
        # Pieces a little off each other that take turns are one rule of a bent or leaning table.
        if apart <= near or (apart <= 2.5 * near and _beside(found[-1], rule) < 0.3 * rule.length):
            found[-1].append(rule)
        else:
            found.append([rule])
    sides = [
        _Side(
            sum(rule.place * rule.length for rule in rules) / max(sum(rule.length for rule in rules), 1e-9),
            tuple(rules),
        )
        for rules in found
    ]
    if sides[0].place - low > 2.5 * near:
        sides.insert(0, _Side(low, ()))
    if high - sides[-1].place > 2.5 * near:
        sides.append(_Side(high, ()))
    return sides


def _beside(rules: Sequence[_Rule], other: _Rule) -> float:
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

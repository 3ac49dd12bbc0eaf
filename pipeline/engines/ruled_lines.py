"""Ruled lines on a page's picture, put together from the pieces that are left of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.document import Box
from pipeline.stage import Pixels

__all__ = ["Crossing", "Rule", "crossing_rules", "rule_masks", "slope_of"]

_RULE_IN = 0.28  # shortest piece of rule, inches: longer than any stroke of a letter
_BREAK_IN = 0.05  # longest break that is bridged, inches
_PIECE_IN = 0.12  # shortest piece of a broken rule, inches
_LEAST_LINE_IN = 1.5  # and how much of such a rule is left at least, inches
_THIN_IN = 0.014  # how thick it is at most, inches
_CLEAR_IN = 0.05  # and how far from it there is no ink, inches
_TOUCH_IN = 0.03  # between the end of a rule and one that it meets, inches
_LOOSE_IN = 0.25  # how far one rule alone may stick out of a table, inches
_MOST_RULES = 3000
_FEWEST_PIECES = 6


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight rule: where it stands across its direction, and from where to where it runs."""

    place: float
    start: float
    end: float

    @property
    def length(self) -> float:
        """How long it is."""
        return self.end - self.start


Crossing = tuple[list[Rule], list[Rule]]
"""Horizontal and vertical rules of one table."""


def rule_masks(gray: Pixels, dpi: float) -> tuple[Pixels, Pixels, Pixels]:
    """Pixels that belong to long horizontal and long vertical rules, and all that are ink."""
    window = max(int(dpi * 0.1) | 1, 3)
    ink = cv2.adaptiveThreshold(gray, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 12)
    length, gap = max(int(dpi * _RULE_IN), 5), max(int(dpi * _BREAK_IN), 3)
    masks: list[Pixels] = []
    for axis in (0, 1):
        thick = cv2.dilate(ink, np.ones((3, 1) if axis == 0 else (1, 3), np.uint8))
        rule = np.ones((1, length) if axis == 0 else (length, 1), np.uint8)
        bridge = np.ones((1, gap) if axis == 0 else (gap, 1), np.uint8)
        opened = cv2.morphologyEx(thick, cv2.MORPH_OPEN, rule)
        masks.append(np.asarray(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, bridge), np.uint8))
    # A broken table has many pieces both ways; a whole one has seldom so many columns.
    if all(len(_outlines(mask)) >= _FEWEST_PIECES for mask in masks):
        masks = [mask | _broken(np.asarray(ink, np.uint8), axis, dpi) for axis, mask in enumerate(masks)]
    return masks[0], masks[1], np.asarray(ink, np.uint8)


def _broken(ink: Pixels, axis: int, dpi: float) -> Pixels:
    """Short pieces of rules that stand in line with others of their kind, thin and with nothing beside them.

    Not done: rules that lean by more than their thickness over a page.
    """
    lying = ink if axis == 0 else np.ascontiguousarray(ink.T)
    short, near, far = max(round(_PIECE_IN * dpi), 4), max(round(_THIN_IN * dpi), 1), max(round(_CLEAR_IN * dpi), 3)
    pieces = cv2.morphologyEx(
        cv2.dilate(lying, np.ones((3, 1), np.uint8)), cv2.MORPH_OPEN, np.ones((1, short), np.uint8)
    )
    # Rows of pixels that hold enough of them to be a rule of a table.
    rows = np.flatnonzero(cv2.reduce(pieces, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() >= _LEAST_LINE_IN * dpi)
    found = np.zeros_like(lying, order="C")
    for row in rows.tolist():
        beside = lying[max(row - far, 0) : max(row - near - 1, 0)].any(axis=0) | lying[
            row + near + 2 : row + far + 1
        ].any(axis=0)
        found[row] = pieces[row] & ~beside
    found = np.asarray(cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((1, short), np.uint8)), np.uint8)
    few = cv2.reduce(found, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() < _LEAST_LINE_IN * dpi
    found[few] = 0
    return np.asarray(found if axis == 0 else found.T, np.uint8)


def slope_of(across: Pixels) -> float:
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


def crossing_rules(across: Pixels, down: Pixels, dpi: float) -> list[Crossing]:
    """Horizontal and vertical rules, grouped by what touches what."""
    across_pieces, down_pieces = _pieces(across, 1, dpi), _pieces(down, 0, dpi)
    horizontals = _rules(across_pieces, down_pieces, dpi)
    verticals = _rules(down_pieces, across_pieces, dpi)
    verticals = _held(verticals, horizontals, across.shape[0], dpi)
    horizontals = _held(horizontals, verticals, across.shape[1], dpi)
    if len(horizontals) < 2 or len(verticals) < 2:
        return []
    y, left, right = (np.array(values)[:, None] for values in zip(*map(_ends, horizontals), strict=True))
    x, top, bottom = (np.array(values)[None, :] for values in zip(*map(_ends, verticals), strict=True))
    reach = max(dpi * _TOUCH_IN, 2.0)
    touch = (left - reach <= x) & (x <= right + reach) & (top - reach <= y) & (y <= bottom + reach)
    groups: list[Crossing] = []
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
    return [_filled(group, horizontals, verticals) for group in _interlocked(groups)]


def _filled(group: Crossing, horizontals: Sequence[Rule], verticals: Sequence[Rule]) -> Crossing:
    """The group with the pieces within it that stand between two breaks and touch nothing."""
    box, known = _around(group), {*group[0], *group[1]}
    across = [rule for rule in horizontals if _inside(rule, box.left, box.right, box.top, box.bottom)]
    down = [rule for rule in verticals if _inside(rule, box.top, box.bottom, box.left, box.right)]
    return (
        [*group[0], *(rule for rule in across if rule not in known)],
        [*group[1], *(rule for rule in down if rule not in known)],
    )


def _inside(rule: Rule, start: float, end: float, first: float, last: float) -> bool:
    return start <= rule.start and rule.end <= end and first <= rule.place <= last


def _interlocked(groups: Sequence[Crossing]) -> list[Crossing]:
    """Groups whose rules lie across each other are one: a table in which the corner between them is broken."""
    whole: list[tuple[Box, Crossing]] = []
    for group in groups:
        box = _around(group)
        apart: list[tuple[Box, Crossing]] = []
        for other_box, other in whole:
            if _interlock(box, other_box):
                group = (group[0] + other[0], group[1] + other[1])
                box = _around(group)
            else:
                apart.append((other_box, other))
        whole = [*apart, (box, group)]
    return [group for _, group in whole]


def _around(group: Crossing) -> Box:
    across, down = group
    return Box(
        min(rule.start for rule in across),
        min(rule.start for rule in down),
        max(rule.end for rule in across),
        max(rule.end for rule in down),
    )


def _interlock(one: Box, other: Box) -> bool:
    """Whether each of two boxes has a part of the other, and a part of its own."""
    if min(one.right, other.right) <= max(one.left, other.left) or min(one.bottom, other.bottom) <= max(
        one.top, other.top
    ):
        return False
    return not (_holds(one, other) or _holds(other, one))


def _holds(one: Box, other: Box) -> bool:
    return one.left <= other.left and one.top <= other.top and one.right >= other.right and one.bottom >= other.bottom


def _pieces(mask: Pixels, axis: int, dpi: float) -> list[Rule]:
    """The pieces of rules that stand at a place on that axis (0 for x, 1 for y), thin ones only, first ones first."""
    pieces: list[Rule] = []
    for points in _outlines(mask):
        along, place = points[:, 1 - axis], points[:, axis]
        if np.ptp(place) <= max(0.3 * np.ptp(along), 0.1 * dpi):
            pieces.append(Rule(float(np.median(place)), float(along.min()), float(along.max()) + 1.0))
    return sorted(pieces, key=lambda piece: piece.start)


def _rules(pieces: Sequence[Rule], crossing: Sequence[Rule], dpi: float) -> list[Rule]:
    """Whole rules, longest first: between two breaks one may be too short to be seen, and goes on beyond them."""
    crossed = np.array([_ends(rule) for rule in crossing]).reshape(-1, 3)
    rules: list[Rule] = []
    for piece in pieces:
        for index, rule in enumerate(rules):
            if (
                abs(rule.place - piece.place) <= 0.02 * dpi
                and 0 <= piece.start - rule.end <= _RULE_IN * dpi
                and not (_stops(rule.place, rule.end, crossed, dpi) and _stops(rule.place, piece.start, crossed, dpi))
            ):
                rules[index] = Rule(rule.place, rule.start, piece.end)
                break
        else:
            rules.append(piece)
    return sorted(rules, key=lambda rule: -rule.length)[:_MOST_RULES]


def _stops(place: float, end: float, crossed: NDArray[np.float64], dpi: float) -> bool:
    """Whether a rule ends at one that crosses it: from there to the next there is a cell that it does not part."""
    reach = max(dpi * _TOUCH_IN, 2.0)
    at, start, stop = crossed.T
    return bool(((np.abs(at - end) <= reach) & (start - reach <= place) & (place <= stop + reach)).any())


def _held(rules: Sequence[Rule], others: Sequence[Rule], length: int, dpi: float) -> list[Rule]:
    """Rules whose ends are held by crossing ones or line up with another's: a scanner's streak sticks out by itself.

    The pieces of a broken rule are held where all of it is.
    """
    kept: list[Rule] = []
    level: list[Rule] = []
    for rule in [*sorted(rules, key=lambda rule: rule.place), None]:
        if rule is not None and level and rule.place - level[-1].place <= 0.02 * dpi:
            level.append(rule)
            continue
        if level:
            whole = Rule(level[0].place, min(piece.start for piece in level), max(piece.end for piece in level))
            held = len(level) > 1 and _is_held(whole, level, rules, others, length, dpi)
            kept += (
                level if held else [piece for piece in level if _is_held(piece, [piece], rules, others, length, dpi)]
            )
        level = [rule] if rule is not None else []
    return sorted(kept, key=lambda rule: -rule.length)


def _is_held(
    rule: Rule, own: Sequence[Rule], rules: Sequence[Rule], others: Sequence[Rule], length: int, dpi: float
) -> bool:
    reach, loose = max(dpi * _TOUCH_IN, 2.0), dpi * _LOOSE_IN
    met = [
        other.place
        for other in others
        if other.start - reach <= rule.place <= other.end + reach
        and rule.start - reach <= other.place <= rule.end + reach
    ]
    if not met:
        return False
    sticking = ([rule.start] if min(met) - rule.start > loose else []) + (
        [rule.end] if rule.end - max(met) > loose else []
    )
    ends = [end for other in rules if other not in own for end in (other.start, other.end)] if sticking else []
    return all(
        loose < end < length - loose and any(abs(end - other) <= 3 * reach for other in ends) for end in sticking
    )


def _ends(rule: Rule) -> tuple[float, float, float]:
    return rule.place, rule.start, rule.end

"""The foot of a last page: recipients on the left, the signature on the right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from pipeline.page_layout.rows import Row, rows_of, split_at_gaps
from pipeline.page_layout.tokens import Token, folded

__all__ = ["Foot", "find_foot"]

_RECIPIENTS = "noinhan"
_GAP = 1.5  # between the columns of a foot, in heights of a word


@dataclass(frozen=True, slots=True)
class Foot:
    """Lines of the two columns, and the ids of all their words."""

    left: tuple[Row, ...]
    right: tuple[Row, ...]
    word_ids: frozenset[str]


def find_foot(rows: Sequence[Row], unit: float) -> Foot | None:
    """The two columns at the foot of a document, or None where this page has none.

    Args:
        rows: the page's lines from top to bottom, without head, tables, footnotes and page number.
        unit: typical height of a word.
    """
    if not rows:
        return None
    frame = (min(row.left for row in rows), max(row.right for row in rows))
    start = _recipients(rows, frame, unit)
    if start is None:
        return None
    zone = list(rows[start:])
    tokens = [token for row in zone for token in row.tokens]
    gutter = _gutter(tokens, zone[0].tokens[0], frame, unit)
    if gutter is None:
        return Foot(tuple(rows_of(tokens)), (), frozenset(token.word_id for token in tokens))
    left = [token for token in tokens if token.x < gutter]
    right = [token for token in tokens if token.x >= gutter]
    for row in reversed(rows[:start]):
        apart = min(token.top for token in right) - row.bottom if right else 0.0
        if row.left < gutter - unit or apart > 2 * unit or row.right > frame[1] + unit:
            break
        right.extend(row.tokens)
    return Foot(tuple(rows_of(left)), tuple(rows_of(right)), frozenset(token.word_id for token in (*left, *right)))


def _recipients(rows: Sequence[Row], frame: tuple[float, float], unit: float) -> int | None:
    """Index of the line that begins the list of recipients."""
    for index in range(len(rows) - 1, -1, -1):
        piece = split_at_gaps(rows[index], _GAP * unit)[0]
        text = piece.folded
        if piece.left > frame[0] + 0.3 * (frame[1] - frame[0]) or len(text) < 5:
            continue
        if len(text) <= len(_RECIPIENTS) + 3 and fuzz.ratio(_RECIPIENTS, text[: len(_RECIPIENTS)]) >= 70:
            return index
        if text.startswith(_RECIPIENTS) and len(piece.tokens) <= 8:
            return index
    return None


def _gutter(tokens: Sequence[Token], anchor: Token, frame: tuple[float, float], unit: float) -> float | None:
    """Where the fewest and least sure words are crossed between the two columns; None where one stands alone."""
    low = anchor.left + 3 * unit
    high = frame[1] - 2 * unit
    places = np.arange(low, high, 0.25 * unit)
    if not len(places):
        return None
    cost = np.zeros(len(places))
    for token in tokens:
        weight = token.confidence * min(len(token.text), 4)
        cost[(places > token.left - 0.2 * unit) & (places < token.right + 0.2 * unit)] += weight
    sure = [token for token in tokens if token.confidence >= 0.5 and len(folded(token.text)) > 1]
    best: tuple[float, float] | None = None
    least = max(float(cost.min()), 0.0)
    index = 0
    while index < len(places):
        end = index
        while end < len(places) and cost[end] <= least + 0.3:
            end += 1
        if end > index:
            middle = float(places[index] + places[end - 1]) / 2
            both = any(token.x < middle for token in sure) and any(token.x > middle for token in sure)
            width = (end - index) * 0.25
            if both and (best is None or width > best[0]):
                best = (width, middle)
        index = max(end, index + 1)
    return best[1] if best else None

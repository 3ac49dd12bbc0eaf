"""Two columns told by their shape alone, where none of the words that usually stand there was read."""

from collections.abc import Sequence
from statistics import median

from pipeline.page_layout.rows import Row
from pipeline.page_layout.tokens import Token

__all__ = ["capital_share", "find_centred_columns", "find_list_and_signature"]

_MOST_HEAD_ROWS = 8
_GAP = 0.8  # heights of a word that stay free between columns
_OFF_CENTRE = 2.5  # heights of a word by which a centred line may miss its column's middle
_CAPITAL = 0.6


def capital_share(texts: Sequence[str]) -> float:
    """The part of the letters that are capitals, 0 where there are none."""
    letters = [letter for text in texts for letter in text if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) / len(letters) if letters else 0.0


def find_centred_columns(rows: Sequence[Row], unit: float) -> tuple[int, float] | None:
    """How many of the first lines make two centred columns, and where the gap between them is; None where none do.

    Args:
        rows: the page's lines from top to bottom.
        unit: typical height of a word.
    """
    for count in range(min(_MOST_HEAD_ROWS, len(rows)), 1, -1):
        head = rows[:count]
        for gutter in _free_places(head, (0.3, 0.62), rows, unit):
            left, right = _sides(head, gutter)
            if len(left) < 2 or len(right) < 2 or not (_is_centred(left, unit) and _is_centred(right, unit)):
                continue
            beside = min(left[-1].bottom, right[-1].bottom) - max(left[0].top, right[0].top)
            titled = capital_share([left[0].text]) > _CAPITAL and capital_share([right[0].text]) > _CAPITAL
            if titled and beside > unit:
                return count, gutter
    return None


def find_list_and_signature(rows: Sequence[Row], unit: float) -> int | None:
    """Index of the first line of a list on the left that has a centred block under capitals on its right.

    Args:
        rows: the page's lines from top to bottom.
        unit: typical height of a word.
    """
    found: int | None = None
    for start in range(len(rows) - 2, -1, -1):
        foot = rows[start:]
        places = _free_places(foot, (0.35, 0.72), rows, unit)
        if not places:
            break
        for gutter in places:
            left, right = _sides(foot, gutter)
            if len(left) < 2 or len(right) < 2 or not _is_centred(right, 1.2 * unit):
                continue
            listed = max(row.left for row in left) - min(row.left for row in left) < 2.5 * unit
            begun = abs(left[0].top - right[0].top) < 3 * unit
            if listed and begun and capital_share([right[0].text]) > _CAPITAL:
                found = start
    return found


def _free_places(rows: Sequence[Row], window: tuple[float, float], page: Sequence[Row], unit: float) -> list[float]:
    """Middles of the gaps that no word of some lines stands in, within a part of the page's width."""
    frame_left, frame_right = min(row.left for row in page), max(row.right for row in page)
    width = frame_right - frame_left
    places: list[float] = []
    edge = frame_left
    for token in sorted((token for row in rows for token in row.tokens), key=lambda token: token.left):
        low, high = max(edge, frame_left + window[0] * width), min(token.left, frame_left + window[1] * width)
        if token.left - edge >= _GAP * unit and low < high:
            places.append((low + high) / 2)
        edge = max(edge, token.right)
    return places


def _sides(rows: Sequence[Row], gutter: float) -> tuple[list[Row], list[Row]]:
    """The lines left and right of a place."""
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        halves: tuple[list[Token], list[Token]] = ([], [])
        for token in row.tokens:
            halves[token.x > gutter].append(token)
        for side, half in zip(sides, halves, strict=True):
            if half:
                side.append(Row.of(half))
    return sides


def _is_centred(rows: Sequence[Row], unit: float) -> bool:
    middle = median(row.x for row in rows)
    return all(abs(row.x - middle) <= _OFF_CENTRE * unit for row in rows)

"""What stands outside the text: page numbers and footnotes."""

import re
from collections.abc import Sequence
from statistics import median

import numpy as np

from pipeline.page_layout.rows import Row, split_at_gaps
from pipeline.stage import CleanPicture

__all__ = ["find_footnotes", "find_page_number"]

_NUMBER = re.compile(r"^[\-–—.\s]*(?:trang\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?[\-–—.\s]*$", re.IGNORECASE)
_LOOKALIKE = re.compile(r"^[\dlIiOoSsŠ§ZzBqg|¡?]{1,3}$")
_NOTE = re.compile(r"^(?:[¹²³⁴⁵⁶⁷⁸⁹⁰]+|[*†'\"!?°]{1,2}|\(?\d{1,2}\)?)(?:\s|(?=[^\W\d_]))")
_SMALL = 0.9  # of the usual size of type: that of notes
_DARK = 150


def find_page_number(rows: Sequence[Row], unit: float) -> Row | None:
    """The piece of a line that is the page's number: alone at the very top or the very bottom, specks not counted."""
    if not rows:
        return None
    middle = (min(row.left for row in rows) + max(row.right for row in rows)) / 2
    top = [row for row in rows[:2] if len(row.tokens) <= 5]
    for row in (*top, rows[-1]):
        pieces = split_at_gaps(row, 2 * unit)
        numbers = [piece for piece in pieces if _NUMBER.match(piece.text)]
        others = [piece for piece in pieces if not _NUMBER.match(piece.text)]
        if len(numbers) == 1 and all(len(piece.folded) <= 1 for piece in others):
            return numbers[0]
    # A figure misread is still told by its place: one or two letters in the middle at the top.
    first = rows[0]
    if len(rows) > 2 and len(first.tokens) == 1 and abs(first.x - middle) < 4 * unit:
        apart = len(first.text) <= 2 and rows[1].top - first.bottom > 0.5 * unit
        return first if apart or _LOOKALIKE.match(first.text) else None
    return None


def find_footnotes(rows: Sequence[Row], picture: CleanPicture | None) -> list[Row]:
    """The lines of small type at the bottom under a note's mark, or under the short rule that parts notes off.

    Args:
        rows: the page's lines from top to bottom, without its number.
        picture: where the rule is looked for; without it the mark alone decides.
    """
    usual = [row.em for row in rows if len(row.tokens) >= 5]
    if len(rows) < 4 or not usual:
        return []
    large = _SMALL * median(usual[: max(len(usual) * 2 // 3, 1)])
    start = len(rows)
    while start > 0 and (rows[start - 1].em < large or len(rows[start - 1].tokens) <= 2):
        start -= 1
    for index in range(start, len(rows)):
        row = rows[index]
        if row.em >= large or len(row.tokens) < 2:
            continue
        apart = index == 0 or row.top - rows[index - 1].bottom > 0.2 * large
        ruled = index > 0 and _ruled(picture, rows[index - 1].bottom, row)
        if ruled or (apart and _NOTE.match(row.text)):
            return list(rows[index:])
    return []


def _ruled(picture: CleanPicture | None, above: float, row: Row) -> bool:
    """Whether a rule of an inch or more, but narrower than the text, stands above the beginning of a line."""
    if picture is None:
        return False
    height, width = picture.pixels.shape[:2]
    top, bottom = max(int(above) + 1, 0), min(int(row.top), height)
    left, right = max(int(row.left - 0.3 * picture.dpi), 0), min(int(row.left + 4 * picture.dpi), width)
    if bottom - top < 2 or right <= left:
        return False
    ink = picture.pixels[top:bottom, left:right] < _DARK
    # A leaning rule crosses pixel rows: columns with ink are counted over the whole strip, thick strokes left out.
    columns = ink.any(axis=0) & (ink.sum(axis=0) <= max(0.04 * picture.dpi, 3))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], columns, [False]])))
    longest = int((edges[1::2] - edges[::2]).max(initial=0))
    return 0.9 * picture.dpi <= longest <= 3.2 * picture.dpi

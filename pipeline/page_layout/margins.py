"""What stands outside the text: page numbers and footnotes."""

import re
from collections.abc import Sequence

from pipeline.page_layout.rows import Row

__all__ = ["find_footnotes", "find_page_number"]

_NUMBER = re.compile(r"^[\-–—.\s]*(?:trang\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?[\-–—.\s]*$", re.IGNORECASE)
_NOTE = re.compile(r"^(?:[¹²³⁴⁵⁶⁷⁸⁹⁰*†]|\(?\d{1,2}\)?(?=\s|[A-ZĐÀ-Ỹ]))")


def find_page_number(rows: Sequence[Row], unit: float) -> Row | None:
    """The line that is the page's number: alone at the very top or the very bottom."""
    if not rows:
        return None
    for row in (rows[0], rows[-1]):
        if len(row.tokens) <= 3 and _NUMBER.match(row.text):
            return row
    if len(rows) < 3:
        return None
    # A figure misread is still told by its place: one or two letters in the middle, well above the first line.
    middle = (min(row.left for row in rows) + max(row.right for row in rows)) / 2
    first, second = rows[:2]
    alone = len(first.text) <= 2 and second.top - first.bottom > 0.5 * unit and len(second.tokens) > 4
    return first if alone and abs(first.x - middle) < 4 * unit else None


def find_footnotes(rows: Sequence[Row], unit: float) -> list[Row]:
    """The lines of small type at the bottom that begin with a note's mark."""
    if len(rows) < 4:
        return []
    body = sorted(row.height for row in rows if len(row.tokens) >= 5)
    if not body:
        return []
    usual = body[len(body) // 2]
    start = len(rows)
    while start > 0 and (rows[start - 1].height < 0.9 * usual or len(rows[start - 1].tokens) <= 3):
        start -= 1
    for index in range(start, len(rows)):
        if _NOTE.match(rows[index].text) and rows[index].height < 0.9 * usual:
            return list(rows[index:])
    return []

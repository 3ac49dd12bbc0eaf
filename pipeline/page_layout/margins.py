"""What stands outside the text: page numbers, footnotes, stamps, specks."""

import re
from collections.abc import Sequence

from pipeline.page_layout.rows import Row
from pipeline.page_layout.tokens import Token, folded

__all__ = ["find_footnotes", "find_page_number", "specks"]

_NUMBER = re.compile(r"^[\-–—.\s]*(?:trang\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?[\-–—.\s]*$", re.IGNORECASE)
_RULE_MARKS = frozenset("|\\/_~=°—[]{}<>")
_NOTE = re.compile(r"^(?:[¹²³⁴⁵⁶⁷⁸⁹⁰*†]|\(?\d{1,2}\)?(?=\s|[A-ZĐÀ-Ỹ]))")


def specks(tokens: Sequence[Token], unit: float) -> list[Token]:
    """Marks that are no words: read without any sureness, or no letters and far too big or too small."""
    found: list[Token] = []
    for token in tokens:
        letters = folded(token.text)
        unread = token.confidence < 0.25 and len(letters) <= 2
        rule = token.confidence < 0.6 and not letters and not _RULE_MARKS.isdisjoint(token.text)
        if unread or rule:
            found.append(token)
    return found


def find_page_number(rows: Sequence[Row], unit: float) -> Row | None:
    """The line that is the page's number: alone at the very top or the very bottom."""
    for row in (*rows[:1], *reversed(rows[-1:])):
        if len(row.tokens) <= 3 and _NUMBER.match(row.text):
            return row
    return None


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

"""The head of a first page: issuer and number on the left, national title, place and date on the right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.page_layout.rows import Row, rows_of, split_at_gaps
from pipeline.page_layout.shape import capital_share, find_centred_columns
from pipeline.page_layout.tokens import Token, folded

__all__ = ["Header", "find_header"]

_TITLES = (("conghoaxahoichunghiavietnam", 72.0), ("dangcongsanvietnam", 80.0))
_MOTTO = ("doclaptudohanhphuc", 75.0)
_DATE_WORDS = ("ngay", "thang", "nam")
_NUMBER_LINE = re.compile(r"^(?:s[ốoóôồ]|ð?s6)\s*[:.]", re.IGNORECASE)
_LAST_HEAD_ROW = 14


@dataclass(frozen=True, slots=True)
class Header:
    """Lines of the two columns, and the ids of all their words."""

    left: tuple[Row, ...]
    right: tuple[Row, ...]
    word_ids: frozenset[str]


def find_header(rows: Sequence[Row], unit: float) -> Header | None:
    """The two columns at the head of a page, or None where there is no head.

    Args:
        rows: the page's lines from top to bottom, without tables.
        unit: typical height of a word.
    """
    head = rows[:_LAST_HEAD_ROW]
    title = _title(head, unit)
    motto = _motto(head, title, unit)
    anchors = [*title, *motto]
    gutter: float | None = None
    if not anchors:
        shape = find_centred_columns(head, unit)
        if shape is None:
            return None
        count, gutter = shape
        anchors = [token for row in head[:count] for token in row.tokens if token.x > gutter]
    anchors += _date(head, anchors, unit)
    # A title that was not read stands on the line above the motto.
    first = min(token.top for token in anchors) - (0.0 if title else 2.8 * unit)
    last = max(token.bottom for token in anchors)
    start = min(token.left for token in anchors)
    if gutter is None:
        gutter = start - 0.25 * unit if title else _widest_gap(head, first, last, start, unit)
    left, right = _columns(head, gutter, first, last, unit)
    if left:
        left.extend(_rest_of_left(rows, left, right, gutter, unit))
    return Header(tuple(rows_of(left)), tuple(rows_of(right)), frozenset(token.word_id for token in (*left, *right)))


def _title(head: Sequence[Row], unit: float) -> list[Token]:
    """The words of the national title or the party's name."""
    for row in head:
        for pattern, bar in _TITLES:
            found = _match(row, pattern, bar)
            if found and capital_share([token.text for token in found]) >= 0.6 and _stands_apart(row, found, unit):
                return found
    return []


def _motto(head: Sequence[Row], title: Sequence[Token], unit: float) -> list[Token]:
    """The words of the motto, under the title where there is one."""
    bottom = max((token.bottom for token in title), default=-float("inf"))
    for row in head:
        if row.y < bottom - 0.5 * unit or (title and row.y > bottom + 4 * unit):
            continue
        found = _match(row, *_MOTTO)
        if found and _stands_apart(row, found, unit):
            return found
    return []


def _widest_gap(head: Sequence[Row], first: float, last: float, start: float, unit: float) -> float:
    """The middle of the widest gap between columns, somewhat left of where the right one is known to stand."""
    spans = sorted(
        (token.left, token.right)
        for row in head
        if first <= row.y <= last
        for token in row.tokens
        if token.left < start + unit and folded(token.text)
    )
    best, middle = 0.0, start - 0.25 * unit
    right = spans[0][1] if spans else start
    for low, high in spans:
        if low - right > best and low > start - 14 * unit:
            best, middle = low - right, (low + right) / 2
        right = max(right, high)
    return middle


def _match(row: Row, pattern: str, bar: float) -> list[Token]:
    """The words of a line that spell a phrase, spaces and marks not counted; empty where none do."""
    letters: list[str] = []
    owners: list[Token] = []
    for token in row.tokens:
        text = folded(token.text)
        letters.append(text)
        owners.extend([token] * len(text))
    text = "".join(letters)
    if len(text) < 0.7 * len(pattern):
        return []
    found = fuzz.partial_ratio_alignment(pattern, text, score_cutoff=bar)
    if found is None:
        return []
    # A word of which the phrase covers only a letter or two belongs to its neighbour.
    covered: dict[Token, int] = {}
    for owner in owners[found.dest_start : found.dest_end]:
        covered[owner] = covered.get(owner, 0) + 1
    return [token for token, count in covered.items() if 2 * count >= len(folded(token.text))]


def _stands_apart(row: Row, found: Sequence[Token], unit: float) -> bool:
    """Whether a phrase ends its line and begins it, or has a gap before it: not part of a sentence."""
    ids = {token.word_id for token in found}
    words = [token for token in row.tokens if token.word_id in ids or len(folded(token.text)) > 1]
    start = next(index for index, token in enumerate(words) if token.word_id in ids)
    if any(token.word_id not in ids for token in words[start:]):
        return False
    return start == 0 or words[start].left - words[start - 1].right > 0.3 * unit


def _date(head: Sequence[Row], anchors: Sequence[Token], unit: float) -> list[Token]:
    """The words of the place-and-date line under the title, on its side of the page."""
    bottom = max(token.bottom for token in anchors)
    start = min(token.left for token in anchors)
    for row in head:
        if not bottom - 0.5 * unit < row.y < bottom + 8 * unit:
            continue
        # Blanks left for the day part the line; its pieces are gathered from the line's right end.
        ends = [
            [token for token in row.tokens if token.left >= piece.left]
            for piece in split_at_gaps(row, 0.8 * unit)
            if piece.left > start - 4 * unit
        ]
        most = max((_date_words(tokens) for tokens in ends), default=0)
        if most >= 2:
            return next(tokens for tokens in reversed(ends) if _date_words(tokens) == most)
    return []


def _date_words(tokens: Sequence[Token]) -> int:
    """How many of the words of a date stand in a short line; handwriting between them may glue them together."""
    texts = [folded(token.text) for token in tokens]
    if len(texts) > 14:
        return 0
    hits = [
        any(word in text or (len(text) <= len(word) + 1 and fuzz.ratio(word, text) >= 66) for text in texts)
        for word in _DATE_WORDS
    ]
    return sum(hits) if hits[0] or hits[1] else 0


def _columns(
    head: Sequence[Row], gutter: float, first: float, last: float, unit: float
) -> tuple[list[Token], list[Token]]:
    left: list[Token] = []
    right: list[Token] = []
    for row in head:
        if row.y > last + 0.3 * unit:
            continue
        # The issuer may begin a line above the title; what is above both is no part of the head.
        if row.y < first - 2.5 * unit or (row.y < first - 0.3 * unit and row.right > gutter + 2 * unit):
            continue
        for token in row.tokens:
            (left if token.x < gutter else right).append(token)
    return left, right


def _rest_of_left(
    rows: Sequence[Row], left: Sequence[Token], right: Sequence[Token], gutter: float, unit: float
) -> list[Token]:
    """Lines of the left column that stand lower than the date: number line, subject of a letter."""
    column = rows_of(left)
    middle = sum(row.x for row in column) / len(column)
    begin, end = min(row.left for row in column), max(row.right for row in column)
    taken = {token.word_id for token in (*left, *right)}
    top, floor = min(token.top for token in left), max(token.bottom for token in left)
    begun = False
    found: list[Token] = []
    for row in rows:
        free = [token for token in row.tokens if token.word_id not in taken]
        if not free or row.top < top:
            continue
        piece = _left_part(free, max(gutter, end) + 2 * unit, unit)
        numbered = piece is not None and _NUMBER_LINE.match(piece.text) is not None
        if (
            piece is not None
            and piece.top - floor < (0.9 if begun else 5.0 if numbered else 3.0) * unit
            and piece.right < gutter + 3 * unit
            and (abs(piece.x - middle) < 3.5 * unit or (numbered and piece.left > begin - 3 * unit))
        ):
            found.extend(piece.tokens)
            floor = max(floor, piece.bottom)
            begun = begun or len(piece.tokens) < len(free)
            continue
        begun = True
        if row.top - floor > 5 * unit:
            break
    return found


def _left_part(tokens: Sequence[Token], end: float, unit: float) -> Row | None:
    """The words of a line that end before a place, if a gap parts them from what follows."""
    part = [token for token in tokens if token.right <= end]
    rest = [token.left for token in tokens if token.right > end]
    while part and rest and min(rest) - part[-1].right < unit:
        rest.append(part.pop().left)
    return Row.of(part) if part else None

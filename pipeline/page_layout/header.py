"""The head of a first page: issuer and number on the left, national title, place and date on the right."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.page_layout.rows import Row, rows_of, split_at_gaps
from pipeline.page_layout.tokens import Token, folded

__all__ = ["Header", "find_header"]

_TITLES = (("conghoaxahoichunghiavietnam", 72.0), ("dangcongsanvietnam", 80.0))
_MOTTO = ("doclaptudohanhphuc", 75.0)
_DATE_WORDS = ("ngay", "thang", "nam")
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
    anchors = _titles(head, unit)
    if not anchors:
        return None
    frame_left = min(row.left for row in rows)
    frame_right = max(row.right for row in rows)
    date = _date(head, anchors, unit)
    if date:
        anchors = [*anchors, *date]
    gutter = min(token.left for token in anchors) - 0.25 * unit
    first = min(token.top for token in anchors)
    last = max(token.bottom for token in anchors)
    left, right = _columns(head, gutter, first, last, unit)
    taken = {token.word_id for token in (*left, *right)}
    if left:
        left.extend(_rest_of_left(rows, left, taken, (frame_left, frame_right), unit))
    left_rows, right_rows = rows_of(left), rows_of(right)
    return Header(tuple(left_rows), tuple(right_rows), frozenset(token.word_id for token in (*left, *right)))


def _titles(head: Sequence[Row], unit: float) -> list[Token]:
    """The words of the national title or the party's name, and of the motto."""
    for index, row in enumerate(head):
        for pattern, bar in _TITLES:
            found = _match(row, pattern, bar)
            if found and _is_capital(found) and _stands_apart(row, found, unit):
                motto = (_match(below, *_MOTTO) for below in head[index + 1 : index + 4])
                return [*found, *next((tokens for tokens in motto if tokens), [])]
    for row in head:
        found = _match(row, *_MOTTO)
        if found and _stands_apart(row, found, unit):
            return found
    return []


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


def _is_capital(tokens: Sequence[Token]) -> bool:
    letters = [letter for token in tokens for letter in token.text if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) >= 0.6 * len(letters)


def _stands_apart(row: Row, found: Sequence[Token], unit: float) -> bool:
    """Whether a phrase ends its line and begins it, or has a gap before it: not part of a sentence."""
    ids = {token.word_id for token in found}
    start = next(index for index, token in enumerate(row.tokens) if token.word_id in ids)
    after = [token for token in row.tokens[start:] if token.word_id not in ids and len(folded(token.text)) > 1]
    if after:
        return False
    return start == 0 or row.tokens[start].left - row.tokens[start - 1].right > 0.3 * unit


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
    """How many of the words of a date stand in a short line."""
    texts = [folded(token.text) for token in tokens]
    if len(texts) > 14:
        return 0
    return sum(
        any(text.startswith(word) or (len(text) <= len(word) + 1 and fuzz.ratio(word, text) >= 66) for text in texts)
        for word in _DATE_WORDS
    )


def _columns(
    head: Sequence[Row], gutter: float, first: float, last: float, unit: float
) -> tuple[list[Token], list[Token]]:
    left: list[Token] = []
    right: list[Token] = []
    for row in head:
        if row.y > last + 0.3 * unit:
            continue
        if row.y < first - 2.5 * unit or (row.y < first - 0.3 * unit and row.right > gutter + 2 * unit):
            continue
        for token in row.tokens:
            (left if token.x < gutter else right).append(token)
    return left, right


def _rest_of_left(
    rows: Sequence[Row], left: Sequence[Token], taken: set[str], frame: tuple[float, float], unit: float
) -> list[Token]:
    """Lines of the left column that stand lower than the date: number line, subject of a letter."""
    column = rows_of(left)
    middle = sum(row.x for row in column) / len(column)
    frame_middle = (frame[0] + frame[1]) / 2
    last = max(row.bottom for row in column)
    floor = max(token.bottom for token in left)
    begun = False
    found: list[Token] = []
    for row in rows:
        if row.y < last and all(token.word_id in taken for token in row.tokens):
            continue
        if row.top < min(token.top for token in left):
            continue
        free = [token for token in row.tokens if token.word_id not in taken]
        if not free:
            continue
        piece = split_at_gaps(Row.of(free), 1.5 * unit)[0]
        room = (0.9 if begun else 3.0) * unit
        belongs = (
            abs(piece.x - middle) < 0.08 * (frame[1] - frame[0])
            and piece.right < frame_middle + 2 * unit
            and piece.top - floor < room
        )
        if belongs:
            found.extend(piece.tokens)
            floor = max(floor, piece.bottom)
            begun = begun or len(piece.tokens) < len(free)
        else:
            begun = True
            if row.top - floor > 3 * unit:
                break
    return found

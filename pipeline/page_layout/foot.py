"""The foot of a last page: recipients on the left, signatures on the right or beside each other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from rapidfuzz import fuzz

from pipeline.page_layout.rows import Row, rows_of, split_at_gaps
from pipeline.page_layout.shape import capital_share, find_list_and_signature
from pipeline.page_layout.tokens import Token, folded

__all__ = ["Foot", "find_foot"]

_RECIPIENTS = "noinhan"
_COPIES = re.compile(r"^[-–—+*]?\s*(?:l[uưựu]u\s*[:;.,]|nh[uư] (?:tr[eê]n|đi[eề]u|k[ií]nh))", re.IGNORECASE)
_AUTHORITY = re.compile(r"^(?:KT|TM|T/M|TL|TUQ|T/L|K/T|Q)\s*[./,]\s*[^\W\d_]")
_POSITIONS = (
    "chutich",
    "phochutich",
    "giamdoc",
    "phogiamdoc",
    "tonggiamdoc",
    "hieutruong",
    "phohieutruong",
    "botruong",
    "thutruong",
    "thutuong",
    "phothutuong",
    "cuctruong",
    "phocuctruong",
    "tongcuctruong",
    "vutruong",
    "chicuctruong",
    "truongphong",
    "photruongphong",
    "truongban",
    "photruongban",
    "truongdoan",
    "totruong",
    "bithu",
    "phobithu",
    "vientruong",
    "phovientruong",
    "chanhan",
    "phochanhan",
    "chanhvanphong",
    "chanhthanhtra",
    "tongbientap",
    "photongbientap",
    "thutruongdonvi",
    "nguoilap",
    "lanhdaodonvi",
)
_GAP = 1.5  # between the columns of a foot, in heights of a word


@dataclass(frozen=True, slots=True)
class Foot:
    """Lines of the left column and of each signature, and the ids of all their words."""

    left: tuple[Row, ...]
    right: tuple[tuple[Row, ...], ...]
    word_ids: frozenset[str]


def find_foot(rows: Sequence[Row], unit: float) -> Foot | None:
    """The columns at the foot of a document, or None where this page has none.

    Args:
        rows: the page's lines from top to bottom, without head, tables, footnotes and page number.
        unit: typical height of a word.
    """
    if not rows:
        return None
    frame = (min(row.left for row in rows), max(row.right for row in rows))
    start = _recipients(rows, frame)
    signed = [index for index, row in enumerate(rows) if _signers(row, frame, unit)]
    if start is None:
        copies, shaped = _list_of_copies(rows, frame, unit), find_list_and_signature(rows, unit)
        start = copies if copies is None or shaped is None else min(copies, shaped)
    if start is None:
        found = _signatures(rows, signed, frame, unit)
        start = shaped if found is None else None
        if start is None:
            return found
    above = [index for index in signed if index < start and rows[start].top - rows[index].bottom > 4 * unit]
    beside = [index for index in signed if index not in above]
    if above and not beside:
        left = rows_of([token for row in rows[start:] for token in row.tokens])
        signatures = _signatures(rows[:start], above, frame, unit)
        if signatures is not None:
            ids = {token.word_id for row in left for token in row.tokens} | signatures.word_ids
            return Foot(tuple(left), signatures.right, frozenset(ids))
    return _two_columns(rows, start, frame, unit)


def _two_columns(rows: Sequence[Row], start: int, frame: tuple[float, float], unit: float) -> Foot:
    """Recipients on the left and a signature on the right of them."""
    tokens = [token for row in rows[start:] for token in row.tokens]
    gutter = _gutter(tokens, min(token.left for token in tokens), frame, unit)
    if gutter is None:
        return Foot(tuple(rows_of(tokens)), (), frozenset(token.word_id for token in tokens))
    left, right = _parted(rows[start:], gutter, unit)
    for row in reversed(rows[:start]):
        apart = min(token.top for token in right) - row.bottom if right else 0.0
        if row.left < gutter - unit or apart > 2 * unit:
            break
        right.extend(row.tokens)
    ids = frozenset(token.word_id for token in (*left, *right))
    return Foot(tuple(rows_of(left)), (tuple(rows_of(right)),), ids)


def _parted(rows: Sequence[Row], gutter: float, unit: float) -> tuple[list[Token], list[Token]]:
    """The words of the left and of the right column; a long line of recipients may reach under the signature."""
    margin = min(row.left for row in rows)
    beyond = [token.x for row in rows for token in row.tokens if token.x >= gutter]
    middle = median(beyond) if beyond else gutter
    left: list[Token] = []
    right: list[Token] = []
    for row in rows:
        for piece in split_at_gaps(row, unit):
            if piece.left < margin + 3 * unit and gutter < piece.right < middle:
                left.extend(piece.tokens)
                continue
            for token in piece.tokens:
                (left if token.x < gutter else right).append(token)
    return left, right


def _recipients(rows: Sequence[Row], frame: tuple[float, float]) -> int | None:
    """Index of the line that begins the list of recipients."""
    for index in range(len(rows) - 1, -1, -1):
        row = rows[index]
        text = "".join(folded(token.text) for token in row.tokens[:3])
        if row.left > frame[0] + 0.3 * (frame[1] - frame[0]) or len(text) < 5:
            continue
        if fuzz.ratio(_RECIPIENTS, text[: len(_RECIPIENTS)]) < 78 or not _is_list(rows[index:], frame):
            continue
        first = row.tokens[:2] if len(folded(row.tokens[0].text)) < 5 else row.tokens[:1]
        marked = first[-1].text.endswith((":", ".", ";", ","))
        if marked or len(first) == len(row.tokens) or row.tokens[len(first)].left - first[-1].right > row.height:
            return index
    return None


def _is_list(rows: Sequence[Row], frame: tuple[float, float]) -> bool:
    """Whether lines are short ones, not those of running text."""
    wide = sum(row.width > 0.85 * (frame[1] - frame[0]) and len(row.tokens) > 9 for row in rows)
    return wide <= 2 + len(rows) // 5


def _list_of_copies(rows: Sequence[Row], frame: tuple[float, float], unit: float) -> int | None:
    """Index of the first line of a list that ends with the copies kept, where its heading was not read."""
    for index in range(len(rows) - 1, -1, -1):
        row = rows[index]
        if row.left > frame[0] + 0.2 * (frame[1] - frame[0]) or not _COPIES.match(row.text):
            continue
        start = index
        while start > 0:
            above, below = rows[start - 1], rows[start]
            listed = above.tokens[0].text[:1] in {"-", "–", "—", "+"} and above.left < below.left + 2 * unit
            narrow = split_at_gaps(above, _GAP * unit)[0].right < frame[0] + 0.62 * (frame[1] - frame[0])
            if not (listed and narrow and below.top - above.bottom < 1.2 * unit):
                break
            start -= 1
        signed = [near for near in range(max(start - 3, 0), start) if _signers(rows[near], frame, unit)]
        return min([start, *signed])
    return None


def _signers(row: Row, frame: tuple[float, float], unit: float) -> list[Row]:
    """The pieces of a line that name an authority or a position, as they stand above a signature."""
    found: list[Row] = []
    for piece in split_at_gaps(row, _GAP * unit):
        if not _is_capital(piece):
            continue
        text = piece.folded
        named = _AUTHORITY.match(piece.text) or any(
            abs(len(text) - len(position)) <= 2 and fuzz.ratio(position, text) >= 85 for position in _POSITIONS
        )
        if named and piece.width < 0.6 * (frame[1] - frame[0]):
            found.append(piece)
    return found


def _is_capital(piece: Row) -> bool:
    return len(piece.folded) >= 4 and capital_share([piece.text]) >= 0.85


def _signatures(rows: Sequence[Row], signed: Sequence[int], frame: tuple[float, float], unit: float) -> Foot | None:
    """Signatures without recipients beside them: one on the right, or several side by side, band under band."""
    middle = (frame[0] + frame[1]) / 2
    heads = {index: _signers(rows[index], frame, unit) for index in signed}
    leading = [index for index in signed if len(heads[index]) > 1 or heads[index][0].x > middle]
    if not leading:
        return None
    start = leading[-1]
    for index in reversed(leading[:-1]):
        if all(_is_short(row, frame, unit) for row in rows[index:start]):
            start = index
    if not all(_is_short(row, frame, unit) for row in rows[start:]):
        return None
    beside = [row for row in rows[start:] if row.left < heads[start][0].left - 4 * unit]
    if len(heads[start]) == 1 and len(beside) > 1 and not any(_starts(row) for row in beside):
        return _two_columns(rows, start, frame, unit)
    bands: list[list[Row]] = []
    for index in range(start, len(rows)):
        row = rows[index]
        if not bands or (index in signed and row.top - bands[-1][-1].bottom > 1.2 * unit and _starts(row)):
            bands.append([])
        bands[-1].append(row)
    columns = [column for band in bands for column in _side_by_side(band, frame, unit)]
    ids = frozenset(token.word_id for column in columns for row in column for token in row.tokens)
    return Foot((), tuple(columns), ids)


def _starts(row: Row) -> bool:
    return _AUTHORITY.match(row.text) is not None


def _is_short(row: Row, frame: tuple[float, float], unit: float) -> bool:
    """Whether a line is no line of running text: none of its pieces is as wide as a column."""
    return all(piece.width < 0.62 * (frame[1] - frame[0]) for piece in split_at_gaps(row, _GAP * unit))


def _side_by_side(band: Sequence[Row], frame: tuple[float, float], unit: float) -> list[tuple[Row, ...]]:
    """The signatures of a band: each piece goes to the one whose first line it stands under."""
    # An authority may be lost under a seal: the line of capitals with the most pieces says how many there are.
    heads = max(
        ([piece.x for piece in split_at_gaps(row, _GAP * unit) if _is_capital(piece)] for row in band[:3]),
        key=len,
    ) or [band[0].x]
    columns: list[list[Token]] = [[] for _ in heads]
    for row in band:
        for piece in split_at_gaps(row, _GAP * unit):
            nearest = min(range(len(heads)), key=lambda index: abs(heads[index] - piece.x))
            columns[nearest].extend(piece.tokens)
    return [tuple(rows_of(column)) for column in columns if column]


def _gutter(tokens: Sequence[Token], left: float, frame: tuple[float, float], unit: float) -> float | None:
    """Where the fewest and least sure words are crossed between the two columns; None where one stands alone."""
    places = np.arange(left + 3 * unit, frame[1] - 2 * unit, 0.25 * unit)
    if not len(places):
        return None
    cost = np.zeros(len(places))
    for token in tokens:
        weight = token.confidence * min(len(token.text), 4)
        cost[(places > token.left - 0.2 * unit) & (places < token.right + 0.2 * unit)] += weight
    sure = [token for token in tokens if token.confidence >= 0.5 and len(folded(token.text)) > 1]
    if not sure:
        return None
    free = cost <= float(cost.min()) + 0.3
    edges = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]])))
    best: tuple[float, float] | None = None
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        middle = float(places[first] + places[last - 1]) / 2
        both = any(token.x < middle for token in sure) and any(token.x > middle for token in sure)
        if both and (best is None or last - first > best[0]):
            best = (float(last - first), middle)
    return best[1] if best else None

"""Tables without rules, told by a head that begins with a number column and by gaps that go all the way."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.document import Block, Cell
from pipeline.page_layout.blocks import block_box, line_of
from pipeline.page_layout.rows import Row, rows_of, split_at_gaps
from pipeline.page_layout.tokens import Token

__all__ = ["OpenTable", "find_open_table"]

_HEADS = frozenset({"stt", "tt", "sott"})
_NUMBER = re.compile(r"^\(?(?:\d{1,3}|[IVX]{1,5})[.)]?$")
_FEWEST_COLUMNS = 3
_FEWEST_NUMBERS = 2
_COLUMN_GAP = 0.8  # heights of a word, free in every row
_ROW_GAP = 4.0  # heights of a word: what is further down is another thing


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table without rules, where it begins, and the ids of its words."""

    block: Block
    top: float
    word_ids: frozenset[str]


def find_open_table(rows: Sequence[Row], unit: float) -> OpenTable | None:
    """The first table without rules, or None.

    Only where it is clear: the head begins with STT or TT, at least three columns stay apart in all its rows, and
    at least two rows are numbered.

    Args:
        rows: lines from top to bottom, ruled tables taken out.
        unit: typical height of a word.
    """
    for index, row in enumerate(rows):
        pieces = split_at_gaps(row, _COLUMN_GAP * unit)
        if pieces[0].folded not in _HEADS or len(pieces) < _FEWEST_COLUMNS:
            continue
        # A head of two lines has its number column's name between them.
        start = index
        while start > 0 and rows[start - 1].bottom > row.top - 0.6 * unit and rows[start - 1].left > pieces[0].right:
            start -= 1
        end, gutters = _extent(rows, start, unit)
        tokens = [token for held in rows[start:end] for token in held.tokens]
        numbers = [
            token
            for token in tokens
            if gutters and token.right < gutters[0] and _NUMBER.match(token.text) and token.y > row.bottom
        ]
        if len(gutters) + 1 >= _FEWEST_COLUMNS and len(numbers) >= _FEWEST_NUMBERS:
            block = _block(tokens, gutters, sorted(numbers, key=lambda token: token.y))
            return OpenTable(block, rows[start].top, frozenset(token.word_id for token in tokens))
    return None


def _extent(rows: Sequence[Row], start: int, unit: float) -> tuple[int, list[float]]:
    """Index past the last line that leaves the gaps of the head free, and the middles of the gaps."""
    end, gaps = start, _gaps([], unit)
    for index in range(start, len(rows)):
        if index > start and rows[index].top - rows[index - 1].bottom > _ROW_GAP * unit:
            break
        tokens = [token for row in rows[start : index + 1] for token in row.tokens]
        found = _gaps(tokens, unit)
        if index > start + 1 and len(found) < max(len(gaps), _FEWEST_COLUMNS - 1):
            break
        end, gaps = index + 1, found
    return end, gaps


def _gaps(tokens: Sequence[Token], unit: float) -> list[float]:
    """Middles of the strips that no word stands in."""
    middles: list[float] = []
    right: float | None = None
    for token in sorted(tokens, key=lambda token: token.left):
        if right is not None and token.left - right >= _COLUMN_GAP * unit:
            middles.append((right + token.left) / 2)
        right = token.right if right is None else max(right, token.right)
    return middles


def _block(tokens: Sequence[Token], gutters: Sequence[float], numbers: Sequence[Token]) -> Block:
    lines = rows_of(tokens)
    borders = [_border(lines, above, below) for above, below in zip([None, *numbers], numbers, strict=False)]
    held: dict[tuple[int, int], list[Token]] = {}
    for token in tokens:
        row = sum(token.y > border for border in borders)
        column = sum(token.x > gutter for gutter in gutters)
        held.setdefault((row, column), []).append(token)
    cells = tuple(
        Cell(row, column, tuple(line_of(line) for line in rows_of(words)), box=block_box(words))
        for (row, column), words in sorted(held.items())
    )
    return Block("table", cells=cells, box=block_box(tokens))


def _border(lines: Sequence[Row], above: Token | None, below: Token) -> float:
    """The widest gap between lines from one number to the next: a number may stand in the middle of its row."""
    start = above.y if above is not None else min(line.y for line in lines)
    between = [line for line in lines if start - 1e-6 <= line.y <= below.y + 1e-6]
    best, border = -float("inf"), below.top
    for upper, lower in pairwise(between):
        if lower.top - upper.bottom >= best:
            best, border = lower.top - upper.bottom, (upper.bottom + lower.top) / 2
    return border

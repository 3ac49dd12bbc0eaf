"""One page from words to blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.document import Block, BlockKind, Page
from pipeline.page_layout.blocks import block_of
from pipeline.page_layout.columns import find_open_table
from pipeline.page_layout.foot import find_foot
from pipeline.page_layout.header import find_header
from pipeline.page_layout.margins import find_footnotes, find_page_number
from pipeline.page_layout.rows import Row, rows_of
from pipeline.page_layout.spread import facing_pages
from pipeline.page_layout.stamps import (
    noise_in,
    noise_in_foot,
    rules_in,
    signature_appearance,
    stamp_in_frame,
    stamp_without_frame,
)
from pipeline.page_layout.tables import table_of, tokens_in
from pipeline.page_layout.tokens import Token, typical_height, upright_tokens
from pipeline.stage import CleanPicture

__all__ = ["lay_out"]


def lay_out(page: Page, picture: CleanPicture | None, *, tables: bool = True) -> tuple[Block, ...]:
    """The page's blocks in reading order; every word that has a box and a text is in exactly one line of them.

    Args:
        page: with words; their order and that of their engine's lines is not used.
        picture: its clean picture, whose matrix says how the words stand when the page is upright, and whose grids
            are the ruled tables.
        tables: whether tables are taken apart into cells.
    """
    tokens = upright_tokens(page, picture)
    grids = picture.grids if picture is not None else ()
    return tuple(block for half in facing_pages(tokens, grids) for block in _Sheet(half, picture, tables).blocks())


@dataclass(slots=True)
class _Sheet:
    """A page while its parts are taken off it one by one; `rows` are the lines that are left."""

    tokens: list[Token]
    picture: CleanPicture | None
    tables: bool
    unit: float = 1.0
    rows: list[Row] = field(default_factory=list)
    marks: list[list[Token]] = field(default_factory=list)
    placed: list[tuple[float, Block]] = field(default_factory=list)

    def blocks(self) -> list[Block]:
        """The parts in reading order."""
        self.unit = typical_height(self.tokens)
        self._take_grids()
        self.rows = rows_of(self.tokens)
        for find in (signature_appearance, stamp_without_frame, noise_in):
            self._mark(find(self.rows, self.unit))
        number = find_page_number(self.rows, self.unit)
        if number is not None:
            self._take(number.tokens)
        heights = (*(row.y for row in self.rows), *(y for y, _ in self.placed))
        number_first = number is not None and all(number.y <= y for y in heights)
        numbers = _blocks("page-number", [number] if number is not None else [])
        head = self._take_head()
        notes = find_footnotes(self.rows, self.picture)
        self.rows = self.rows[: len(self.rows) - len(notes)]
        self._take_open_tables()
        foot, below = self._take_foot()
        stamps = [block_of("stamp", rows_of(tokens)) for tokens in self.marks]
        return [
            *(numbers if number_first else []),
            *head,
            *self._body(self.rows, [entry for entry in self.placed if entry not in below]),
            *foot,
            *[block for _, block in below],
            *_blocks("footnote", notes),
            *([] if number_first else numbers),
            *stamps,
        ]

    def _take(self, tokens: Sequence[Token]) -> None:
        ids = {token.word_id for token in tokens}
        kept = ([token for token in row.tokens if token.word_id not in ids] for row in self.rows)
        self.rows = [Row.of(row) for row in kept if row]

    def _mark(self, tokens: list[Token]) -> None:
        """Set words aside that are no text."""
        if tokens:
            self.marks.append(tokens)
            self._take(tokens)

    def _take_grids(self) -> None:
        """Take the ruled tables off, and the stamps that have a frame."""
        if self.picture is None:
            return
        size = (float(self.picture.pixels.shape[1]), float(self.picture.pixels.shape[0]))
        for grid in self.picture.grids:
            held = tokens_in(grid, self.tokens)
            rules = rules_in(held)
            words = _without(held, rules)
            if words and stamp_in_frame(grid, words, size):
                self.marks.append(held)
            elif words and self.tables:
                self.placed.append((min(token.top for token in words), table_of(grid, words, self.picture)))
                self.marks.extend([rules] if rules else [])
            else:
                continue
            self.tokens = _without(self.tokens, held)

    def _take_open_tables(self) -> None:
        found = find_open_table(self.rows, self.unit) if self.tables else None
        while found is not None:
            self.placed.append((found.top, found.block))
            self._take([token for row in self.rows for token in row.tokens if token.word_id in found.word_ids])
            found = find_open_table(self.rows, self.unit)

    def _take_head(self) -> list[Block]:
        """The two columns of the head, and before them what stands above it."""
        header = find_header(self.rows, self.unit)
        if header is None:
            return []
        self._take([token for row in (*header.left, *header.right) for token in row.tokens])
        first = min(row.y for row in (*header.left, *header.right))
        above = [row for row in self.rows if row.y < first]
        self._take([token for row in above for token in row.tokens])
        return [
            *_blocks("body", above),
            *_blocks("header-left", header.left),
            *_blocks("header-right", header.right),
        ]

    def _take_foot(self) -> tuple[list[Block], list[tuple[float, Block]]]:
        """The columns of the foot, and the tables that stand below it."""
        foot = find_foot(self.rows, self.unit)
        if foot is None:
            return [], []
        columns = [foot.left, *foot.right]
        self._take([token for column in columns for row in column for token in row.tokens])
        noise = noise_in_foot([row for column in columns for row in column], self.unit)
        if noise:
            self.marks.append(noise)
            columns = [
                tuple(rows_of(_without([token for row in column for token in row.tokens], noise))) for column in columns
            ]
        top = min((row.top for column in columns for row in column), default=float("inf"))
        blocks = [*_blocks("foot-left", columns[0])]
        for column in columns[1:]:
            blocks.extend(_blocks("foot-right", column))
        return blocks, sorted((entry for entry in self.placed if entry[0] > top), key=lambda entry: entry[0])

    def _body(self, rows: Sequence[Row], placed: Sequence[tuple[float, Block]]) -> list[Block]:
        """The body's lines parted by the tables that stand between them."""
        blocks: list[Block] = []
        rest = list(rows)
        for top, table in sorted(placed, key=lambda entry: entry[0]):
            above = [row for row in rest if row.y < top]
            blocks.extend(_blocks("body", above))
            blocks.append(table)
            rest = rest[len(above) :]
        blocks.extend(_blocks("body", rest))
        return blocks


def _blocks(kind: BlockKind, rows: Sequence[Row]) -> list[Block]:
    return [block_of(kind, rows)] if rows else []


def _without(tokens: Sequence[Token], taken: Sequence[Token]) -> list[Token]:
    ids = {token.word_id for token in taken}
    return [token for token in tokens if token.word_id not in ids]

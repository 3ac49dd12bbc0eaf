"""One page from words to blocks."""

from collections.abc import Sequence

from pipeline.document import Block, BlockKind, Page
from pipeline.page_layout.blocks import block_of
from pipeline.page_layout.foot import find_foot
from pipeline.page_layout.header import find_header
from pipeline.page_layout.margins import find_footnotes, find_page_number
from pipeline.page_layout.rows import Row, rows_of
from pipeline.page_layout.stamps import (
    noise_in,
    noise_in_foot,
    signature_appearance,
    stamp_in_frame,
    stamp_without_frame,
)
from pipeline.page_layout.tables import table_of, tokens_in
from pipeline.page_layout.tokens import Token, typical_height, upright_tokens
from pipeline.stage import CleanPicture

__all__ = ["lay_out"]


def lay_out(page: Page, picture: CleanPicture | None, *, tables: bool = True) -> tuple[Block, ...]:
    """The page's blocks in reading order; every word that has a box and a text is in exactly one line of them."""
    free = upright_tokens(page, picture)
    unit = typical_height(free)
    stamps: list[list[Token]] = []
    placed: list[tuple[float, Block]] = []
    size = (float(picture.pixels.shape[1]), float(picture.pixels.shape[0])) if picture is not None else (0.0, 0.0)
    for grid in picture.grids if picture is not None else ():
        held = tokens_in(grid, free)
        if stamp_in_frame(grid, held, size):
            stamps.append(held)
        elif tables and held:
            placed.append((min(token.top for token in held), table_of(grid, held)))
        else:
            continue
        free = _without(free, held)
    rows = rows_of(free)
    for find in (signature_appearance, stamp_without_frame, noise_in):
        found = find(rows, unit)
        if found:
            stamps.append(found)
            rows = _rows_without(rows, frozenset(token.word_id for token in found))
    number = find_page_number(rows, unit)
    if number is not None:
        rows = _rows_without(rows, frozenset(token.word_id for token in number.tokens))
    header = find_header(rows, unit)
    if header is not None:
        rows = _rows_without(rows, header.word_ids)
    notes = find_footnotes(rows, picture)
    rows = rows[: len(rows) - len(notes)]
    foot = find_foot(rows, unit)
    if foot is not None:
        found = noise_in_foot([row for column in (foot.left, *foot.right) for row in column], unit)
        if found:
            stamps.append(found)
            foot = foot.without(frozenset(token.word_id for token in found))
            rows = _rows_without(rows, frozenset(token.word_id for token in found))
        rows = _rows_without(rows, foot.word_ids)
    top: list[Block] = []
    bottom: list[Block] = []
    if number is not None:
        at_top = all(number.y <= row.y for row in rows)
        (top if at_top else bottom).append(block_of("page-number", [number]))
    before: list[Row] = []
    if header is not None:
        first = min(row.y for row in (*header.left, *header.right))
        before = [row for row in rows if row.y < first]
        rows = rows[len(before) :]
        top.extend(_blocks("body", before))
        top.extend(_blocks("header-left", header.left))
        top.extend(_blocks("header-right", header.right))
    end: list[Block] = []
    if foot is not None:
        end.extend(_blocks("foot-left", foot.left))
        for signature in foot.right:
            end.extend(_blocks("foot-right", signature))
    end.extend(_blocks("footnote", notes))
    marks = [block_of("stamp", rows_of(held)) for held in stamps]
    return (*top, *_body(rows, placed), *end, *bottom, *marks)


def _body(rows: Sequence[Row], placed: Sequence[tuple[float, Block]]) -> list[Block]:
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


def _rows_without(rows: Sequence[Row], ids: frozenset[str]) -> list[Row]:
    left = [tuple(token for token in row.tokens if token.word_id not in ids) for row in rows]
    return [Row.of(tokens) for tokens in left if tokens]

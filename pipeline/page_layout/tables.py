"""Tables: words into the cells of ruled grids."""

from collections.abc import Sequence

from pipeline.document import Block, Cell
from pipeline.page_layout.blocks import block_box, line_of
from pipeline.page_layout.rows import rows_of
from pipeline.page_layout.tokens import Token
from pipeline.stage import Grid

__all__ = ["table_of", "tokens_in"]


def tokens_in(grid: Grid, tokens: Sequence[Token]) -> list[Token]:
    """The words whose middle lies inside a grid."""
    box = grid.box
    return [token for token in tokens if box.left <= token.x <= box.right and box.top <= token.y <= box.bottom]


def table_of(grid: Grid, tokens: Sequence[Token]) -> Block:
    """A ruled table with its words; a word goes to the cell that its middle is in, or else to the nearest one."""
    inside: list[list[Token]] = [[] for _ in grid.cells]
    for token in tokens:
        nearest = min(
            range(len(grid.cells)),
            key=lambda index: (_distance(token, grid, index), index),
        )
        inside[nearest].append(token)
    cells = tuple(
        Cell(
            cell.row,
            cell.column,
            tuple(line_of(row) for row in rows_of(held)),
            cell.row_span,
            cell.column_span,
            block_box(held),
        )
        for cell, held in zip(grid.cells, inside, strict=True)
    )
    return Block("table", cells=cells, box=block_box(tokens))


def _distance(token: Token, grid: Grid, index: int) -> float:
    box = grid.cells[index].box
    across = max(box.left - token.x, 0.0, token.x - box.right)
    down = max(box.top - token.y, 0.0, token.y - box.bottom)
    return across + down

"""Ruled tables: words into the cells of grids."""

from collections.abc import Sequence

import numpy as np

from pipeline.document import Block, Cell
from pipeline.page_layout.blocks import line_of
from pipeline.page_layout.rows import rows_of
from pipeline.page_layout.tokens import Token
from pipeline.stage import CleanPicture, Grid

__all__ = ["table_of", "tokens_in"]


def tokens_in(grid: Grid, tokens: Sequence[Token]) -> list[Token]:
    """The words whose middle lies inside a grid."""
    box = grid.box
    return [token for token in tokens if box.left <= token.x <= box.right and box.top <= token.y <= box.bottom]


def table_of(grid: Grid, tokens: Sequence[Token], picture: CleanPicture) -> Block:
    """A ruled table with its words; a word goes to the cell that its middle is in, or else to the nearest one.

    Args:
        grid: boxes in the pixels that the tokens stand in.
        tokens: the words inside it.
        picture: the picture whose pixels those are.
    """
    inside: list[list[Token]] = [[] for _ in grid.cells]
    boxes = np.array([(cell.box.left, cell.box.top, cell.box.right, cell.box.bottom) for cell in grid.cells])
    for token in tokens:
        across = np.maximum(np.maximum(boxes[:, 0] - token.x, token.x - boxes[:, 2]), 0.0)
        down = np.maximum(np.maximum(boxes[:, 1] - token.y, token.y - boxes[:, 3]), 0.0)
        inside[int(np.argmin(across + down))].append(token)
    cells = tuple(
        Cell(
            cell.row,
            cell.column,
            tuple(line_of(row) for row in rows_of(held)),
            cell.row_span,
            cell.column_span,
            picture.box_on_scan(cell.box),
        )
        for cell, held in zip(grid.cells, inside, strict=True)
    )
    return Block("table", cells=cells, box=picture.box_on_scan(grid.box))

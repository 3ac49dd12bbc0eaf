"""Lines and blocks of the document model out of lines of tokens."""

from collections.abc import Iterable, Sequence

from pipeline.document import Block, BlockKind, Box, Line, bounding_box
from pipeline.page_layout.rows import Row
from pipeline.page_layout.tokens import Token

__all__ = ["block_box", "block_of", "line_of"]


def block_box(tokens: Iterable[Token]) -> Box | None:
    """The smallest box around words, in scan pixels."""
    return bounding_box([token.box for token in tokens])


def line_of(row: Row) -> Line:
    """A printed line of the document model."""
    return Line(tuple(token.word_id for token in row.tokens), block_box(row.tokens))


def block_of(kind: BlockKind, rows: Sequence[Row]) -> Block:
    """A block of printed lines."""
    tokens = [token for row in rows for token in row.tokens]
    return Block(kind, tuple(line_of(row) for row in rows), box=block_box(tokens))

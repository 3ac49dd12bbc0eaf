"""A page: its marks, what was read of them, and their layout in reading order."""

import unicodedata
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

__all__ = [
    "Block",
    "BlockKind",
    "Box",
    "Cell",
    "Decision",
    "Line",
    "Origin",
    "Page",
    "Reading",
    "Word",
    "block_lines",
    "bounding_box",
    "line_text",
]

Origin = Literal["scan", "text-layer", "text"]
BlockKind = Literal[
    "header-left",
    "header-right",
    "body",
    "table",
    "foot-left",
    "foot-right",
    "page-number",
    "footnote",
    "stamp",
]


class Box(Struct, frozen=True):
    """A rectangle in scan pixels, origin top left; right and bottom are exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return self.bottom - self.top


class Reading(Struct, frozen=True):
    """What somebody says that a word says.

    A text with a space in it splits the mark in several tokens; an empty text says that the mark is nothing, or
    that its letters belong to the word before it.
    """

    reader: str
    text: str
    confidence: float
    alternatives: tuple[str, ...] = ()


class Word(Struct, frozen=True):
    """A mark on a page with every reading of it, the last one valid.

    `bold` and `italic` are None where nobody can tell; `size_px` is the height of its type (font size or height of
    the line's letters), 0 where nobody can tell.
    """

    id: str
    page: int
    box: Box | None
    readings: tuple[Reading, ...]
    bold: bool | None = None
    italic: bool | None = None
    size_px: float = 0.0

    @property
    def text(self) -> str:
        """The last reading's text."""
        return self.readings[-1].text if self.readings else ""

    @property
    def confidence(self) -> float:
        """The last reading's confidence, 0 to 1."""
        return self.readings[-1].confidence if self.readings else 0.0

    def read(self, reading: Reading) -> "Word":
        """The same mark with one reading more."""
        return replace(self, readings=(*self.readings, reading))


class Line(Struct, frozen=True):
    """A printed line: ids of its words from left to right."""

    word_ids: tuple[str, ...]
    box: Box | None = None


class Cell(Struct, frozen=True):
    """A cell of a table; `row` and `column` are indices from 0."""

    row: int
    column: int
    lines: tuple[Line, ...]
    row_span: int = 1
    column_span: int = 1
    box: Box | None = None


class Block(Struct, frozen=True):
    """Lines that stand together, in reading order; a table holds its cells instead, row by row."""

    kind: BlockKind
    lines: tuple[Line, ...] = ()
    cells: tuple[Cell, ...] = ()
    box: Box | None = None


class Decision(Struct, frozen=True):
    """A choice that a stage made about a page or the document, with its reason."""

    stage: str
    about: str
    choice: str
    reason: str
    measures: dict[str, float] = field(default_factory=dict)


class Page(Struct, frozen=True):
    """One page: its marks, and their layout in reading order.

    Attributes:
        width_px, height_px: size of the scan as stored; `dpi` its resolution.
        rotation_deg: quarter turns, clockwise, that made it upright; skew_deg: the angle that was taken out,
            degrees, counter-clockwise positive.
        picture: file name of the page's picture in the workspace, or None.
    """

    number: int
    width_px: int
    height_px: int
    dpi: float
    origin: Origin
    blank: bool = False
    rotation_deg: int = 0
    skew_deg: float = 0.0
    picture: str | None = None
    words: tuple[Word, ...] = ()
    blocks: tuple[Block, ...] = ()
    decisions: tuple[Decision, ...] = ()

    def words_by_id(self) -> dict[str, Word]:
        """Every word of the page by its id."""
        return {word.id: word for word in self.words}

    def text(self) -> str:
        """The page's text in reading order: a printed line a line, an empty line between blocks, NFC."""
        words = self.words_by_id()
        blocks = ("\n".join(block_lines(block, words)) for block in self.blocks)
        return "\n\n".join(text for text in blocks if text)


def line_text(line: Line, words: dict[str, Word]) -> str:
    """A line's words joined by spaces, NFC, marks that are nothing left out."""
    joined = " ".join(text for text in (words[word_id].text for word_id in line.word_ids) if text)
    return unicodedata.normalize("NFC", joined)


_BLOCK_PREFIX: dict[str, str] = {"stamp": "[stamp] ", "page-number": "[page] ", "footnote": "[footnote] "}


def block_lines(block: Block, words: dict[str, Word]) -> list[str]:
    """A block's printed lines; a table's rows with their cells joined by ` | `."""
    if block.kind == "table" and block.cells:
        rows: dict[int, list[Cell]] = {}
        for cell in block.cells:
            rows.setdefault(cell.row, []).append(cell)
        texts = (
            " | ".join(
                " ".join(filter(None, (line_text(line, words) for line in cell.lines)))
                for cell in sorted(rows[row], key=lambda cell: cell.column)
            )
            for row in sorted(rows)
        )
        return [text for text in texts if text.replace("|", "").strip()]
    prefix = _BLOCK_PREFIX.get(block.kind, "")
    printed = [text for text in (line_text(line, words) for line in block.lines) if text]
    if block.kind == "stamp":
        return [prefix + " ".join(printed)] if printed else []
    if block.kind == "footnote":
        return [prefix + text if index == 0 else text for index, text in enumerate(printed)]
    return [prefix + text for text in printed]


def bounding_box(boxes: Sequence[Box]) -> Box | None:
    """The smallest box around all of them, or None where there are none."""
    if not boxes:
        return None
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )

"""Gold text as a stage: a document whose every word was read right, to tell extraction's errors from reading's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.document import Block, BlockKind, Cell, Document, Line, Page, Reading, Word, replace
from pipeline.stage import Context, Gift

__all__ = ["GoldText"]

_READER = "gold"
_CELLS = " | "
_PREFIXES: Mapping[str, BlockKind] = {"[stamp]": "stamp", "[page]": "page-number", "[footnote]": "footnote"}


@dataclass(frozen=True, slots=True)
class GoldText:
    """Gives the pages of a gold text with their blocks and tables, in place of all stages that read.

    Args:
        pages: gold text by page number.
    """

    pages: Mapping[int, str]
    name: str = "gold-text"
    version: int = 1
    needs: frozenset[Gift] = frozenset()
    gives: frozenset[Gift] = frozenset({"pages", "pictures", "words", "blocks", "readings"})

    def document(self, document: Document, context: Context) -> Document:
        """The document with its pages."""
        pages = tuple(_PageMaker(number).page(text) for number, text in sorted(self.pages.items()))
        return replace(document, pages=pages)


@dataclass(slots=True)
class _PageMaker:
    number: int
    words: list[Word] = field(default_factory=list)

    def page(self, text: str) -> Page:
        blocks = tuple(block for lines in _parted(text) for block in self._blocks(lines))
        return Page(self.number, 0, 0, 0.0, "text", words=tuple(self.words), blocks=blocks)

    def _blocks(self, lines: Sequence[str]) -> Iterator[Block]:
        """Runs of lines of one kind: the body's, a table's rows, those that a mark opens."""
        run: list[str] = []
        kind: BlockKind = "body"
        for line in lines:
            mark = next((mark for mark in _PREFIXES if line.startswith(mark)), None)
            found: BlockKind = _PREFIXES[mark] if mark else "table" if _CELLS in line else "body"
            if run and (found != kind or mark) and not (kind == "footnote" and found == "body"):
                yield self._block(kind, run)
                run = []
            if not (run and kind == "footnote"):
                kind = found
            run.append(line.removeprefix(mark).strip() if mark else line)
        if run:
            yield self._block(kind, run)

    def _block(self, kind: BlockKind, lines: Sequence[str]) -> Block:
        if kind != "table":
            return Block(kind, tuple(self._line(line) for line in lines))
        cells = tuple(
            Cell(row, column, (self._line(text),) if text.strip() else ())
            for row, line in enumerate(lines)
            for column, text in enumerate(line.split(_CELLS.strip()))
        )
        return Block(kind, cells=cells)

    def _line(self, text: str) -> Line:
        made = [
            Word(f"{self.number}.{len(self.words) + index}", self.number, None, (Reading(_READER, token, 1.0),))
            for index, token in enumerate(text.split())
        ]
        self.words.extend(made)
        return Line(tuple(word.id for word in made))


def _parted(text: str) -> Iterator[list[str]]:
    """A page's blocks: lines between empty lines."""
    block: list[str] = []
    for line in text.splitlines():
        if line.strip():
            block.append(line.strip())
        elif block:
            yield block
            block = []
    if block:
        yield block

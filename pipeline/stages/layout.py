"""Words to lines, blocks and their reading order."""

from typing import ClassVar

from pipeline.document import Block, Decision, Page, replace
from pipeline.page_layout.page import lay_out
from pipeline.stage import Context, Gift

__all__ = ["Layout"]


class Layout:
    """Put a page's words into printed lines and blocks, in the order in which they are read.

    The words' own order is not used. A page that came with its lines (`text`) keeps them.
    """

    name: ClassVar[str] = "layout"
    version: ClassVar[int] = 2
    needs: ClassVar[frozenset[Gift]] = frozenset({"words"})
    gives: ClassVar[frozenset[Gift]] = frozenset({"blocks"})

    def page(self, page: Page, context: Context) -> Page:
        """The page with its blocks."""
        if page.origin == "text" or not page.words:
            return page
        blocks = lay_out(page, context.pictures.get(page.number), tables=context.options.layout.tables)
        return replace(page, blocks=blocks, decisions=(*page.decisions, _decision(blocks)))


def _decision(blocks: tuple[Block, ...]) -> Decision:
    counts: dict[str, float] = {}
    for block in blocks:
        counts[block.kind] = counts.get(block.kind, 0.0) + (len(block.cells) or len(block.lines))
    kinds = ", ".join(dict.fromkeys(block.kind for block in blocks))
    return Decision("layout", "blocks", kinds or "none", "lines or cells of each kind are in the measures", counts)

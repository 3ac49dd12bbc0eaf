"""The stage that parts a document into passages and finds its sections."""

from typing import ClassVar

from pipeline.document import Document, replace
from pipeline.segmentation import segment_document
from pipeline.stage import Context, Gift

__all__ = ["Segment"]


class Segment:
    """Head, grounds, numbered parts, tables, end and appendices, from blocks in reading order.

    Passages are given in reading order, and each word of a block is in exactly one of them. In a heading's passage
    `body` is what runs in after the heading, and empty where nothing does.
    """

    name: ClassVar[str] = "segment"
    version: ClassVar[int] = 2
    needs: ClassVar[frozenset[Gift]] = frozenset({"blocks"})
    gives: ClassVar[frozenset[Gift]] = frozenset({"passages"})

    def document(self, document: Document, context: Context) -> Document:
        """The document with its sections and passages."""
        sections, passages = segment_document(document, context.options.segment)
        return replace(document, sections=sections, passages=passages)

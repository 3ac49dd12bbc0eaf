"""The stage that parts a document into passages and finds its sections."""

from typing import ClassVar

from pipeline.document import Document, replace
from pipeline.segmentation import segment_document
from pipeline.segmentation.several import doubt_several, find_documents, first_alone
from pipeline.stage import Context, Gift

__all__ = ["Segment"]


class Segment:
    """Head, grounds, numbered parts, tables, end and appendices, from blocks in reading order.

    Passages are given in reading order, and each word of a block is in exactly one of them. In a heading's passage
    `body` is what runs in after the heading, and empty where nothing does. Where another document surely begins on a
    later page, the passages are those of the first alone, and a doubt names the pages of all.
    """

    name: ClassVar[str] = "segment"
    version: ClassVar[int] = 2
    needs: ClassVar[frozenset[Gift]] = frozenset({"blocks"})
    gives: ClassVar[frozenset[Gift]] = frozenset({"passages"})

    def document(self, document: Document, context: Context) -> Document:
        """The document with its sections and passages."""
        found = find_documents(document)
        sections, passages = segment_document(first_alone(document, found), context.options.segment)
        issues = (*document.issues, *doubt_several(found))
        return replace(document, sections=sections, passages=passages, issues=issues)

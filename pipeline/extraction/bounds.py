"""A bound on what the rules for tasks read, so that no text stalls them."""

from pipeline.document import Document, Passage, TracedText, replace
from pipeline.language.nlp import MAX_CHARACTERS

__all__ = ["bounded"]


def bounded(document: Document) -> Document:
    """The document with passages and cells cut at the length that no plan's reach; itself where none is longer."""
    if all(len(passage.text) <= MAX_CHARACTERS for passage in document.passages):
        return document
    return replace(document, passages=tuple(_cut(passage) for passage in document.passages))


def _cut(passage: Passage) -> Passage:
    if len(passage.text) <= MAX_CHARACTERS:
        return passage
    return replace(passage, text=_short(passage.text), cells=tuple(_short(cell) for cell in passage.cells))


def _short(text: TracedText) -> TracedText:
    return text.slice(0, MAX_CHARACTERS)

"""Whether a text is an administrative document at all, so that no records are made of an invoice or a novel."""

import re

from pipeline.document import Document

__all__ = ["is_administrative"]

_NOTATION = re.compile(r"\d?\s?[/-]\s?[^\W\d_]{1,5}\s?[/-]")


def is_administrative(document: Document) -> bool:
    """Whether anything of the prescribed form was found: national title, type, recipients or a notation."""
    kinds = {passage.kind for passage in document.passages}
    if kinds & {"national-title", "type", "recipients-head"}:
        return True
    lines = (passage.text.text for passage in document.passages if passage.kind == "number-line")
    return any(_NOTATION.search(line) for line in lines)

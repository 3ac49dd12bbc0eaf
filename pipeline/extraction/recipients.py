"""The table of recipients: the lines under Nơi nhận."""

from pipeline.document import Document, Passage
from pipeline.extraction.values import value
from pipeline.options import ExtractOptions
from pipeline.records import Recipient

__all__ = ["extract_recipients"]


def extract_recipients(document: Document, options: ExtractOptions) -> tuple[Recipient, ...]:
    """One record for each item, without its dash and its closing mark."""
    found = (_record(passage) for passage in document.passages if passage.kind == "recipient" and not passage.appendix)
    return tuple(record for record in found if record.text is not None)


def _record(passage: Passage) -> Recipient:
    text = passage.text.text
    end = len(text.rstrip(" ;.,:"))
    while end < len(text) and text[end - 2 : end] == ".." and text[end] == ".":
        end += 1
    start = passage.body_start
    while start < end and not text[start].isalnum() and text[start] not in '(“"':
        start += 1
    return Recipient(value(passage.text, start, end, reliability=0.97))

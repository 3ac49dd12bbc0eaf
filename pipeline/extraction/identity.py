"""What tells a document from every other: its number and date, checked against what it says of itself elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.document import Document, Passage
from pipeline.extraction.citations import find_citations
from pipeline.extraction.values import value
from pipeline.language.document_numbers import mend_notation, read_own_number, type_abbreviation
from pipeline.language.document_types import heading_type, types_of_abbreviation
from pipeline.language.issue_dates import read_issue_date
from pipeline.language.tone_marks import plain
from pipeline.records import Value

__all__ = ["own_mentions", "read_date", "read_number", "read_place"]

_SELF = re.compile(r"(?:kem theo|dinh kem)\b")
_MARKS = " .,:;*-–—_\"'|()"
_NEAR = 40


@dataclass(frozen=True, slots=True)
class _Mention:
    """The document's own number and date as an attachment gives them."""

    passage: Passage
    number: str
    number_span: tuple[int, int]
    iso: str | None
    date_span: tuple[int, int] | None


def read_number(
    line: Passage | None, passages: tuple[Passage, ...], kind: str | None, *, bodies: tuple[str, ...] | None = None
) -> Value | None:
    """The document's own number.

    Args:
        line: its number line, or None.
        passages: all passages; a note of an attachment (`Kèm theo Kế hoạch số …`) stands in for figures that
            cannot be read, and a note that says otherwise makes the number doubtful.
        kind: the type that the heading names, or None.
        bodies: names of the bodies in the head, from whose initials a misread notation is put right; None where
            the text is exact.
    """
    found = read_own_number(line.text.text) if line is not None else None
    own = None
    if line is not None and found is not None:
        reliability = 0.97 if found.doubt is None else 0.6
        normal = found.normal if bodies is None else mend_notation(found.normal, bodies)
        own = value(line.text, found.start, found.end, normal=normal, reliability=reliability, doubt=found.doubt)
    if own is None:
        return None
    abbreviation = type_abbreviation(str(own.normal))
    named = types_of_abbreviation()[abbreviation].name if abbreviation else None
    damaged = own.doubt is not None or (kind is not None and abbreviation is None and kind != "Công văn")
    mention = next((mention for mention in _mentions(passages, kind) if _same(str(own.normal), mention.number)), None)
    if mention is not None and damaged:
        doubt = "its own line cannot be read; taken from the note of an attachment"
        return value(mention.passage.text, *mention.number_span, normal=mention.number, reliability=0.85, doubt=doubt)
    if mention is not None and plain(mention.number) != plain(str(own.normal)) and str(own.normal)[0].isdigit():
        return _doubted(own, f"an attachment says {mention.number}")
    if kind is not None and named is not None and named != kind and kind not in _kinds(abbreviation):
        return _doubted(own, f"its notation says {named}, its heading {kind}")
    return own


def _kinds(abbreviation: str | None) -> set[str]:
    """Types that share an abbreviation with another."""
    shared = {"TT": {"Thông tư", "Thông tri"}, "L": {"Luật", "Lệnh"}}
    return shared.get(abbreviation or "", set())


def _doubted(own: Value, doubt: str) -> Value:
    return Value(own.text, own.normal, own.evidence, round(own.confidence * 0.7, 4), own.doubt or doubt)


def _mentions(passages: tuple[Passage, ...], kind: str | None) -> Iterator[_Mention]:
    """Where attachments name the document that they belong to."""
    for passage in passages:
        text = passage.text.text
        if len(text) > 400 or passage.kind in ("grounds", "recipient"):
            continue
        lead = _SELF.search(plain(text))
        if lead is None:
            continue
        for citation in find_citations(text):
            near = lead.end() <= citation.start < lead.end() + _NEAR
            if near and citation.number and citation.number_normal and kind in (None, citation.kind_name):
                yield _Mention(passage, citation.number_normal, citation.number, citation.iso, citation.date)


def own_mentions(document: Document) -> Iterator[str]:
    """The numbers by which attachments name the document that they belong to."""
    heading = next((passage for passage in document.passages if passage.kind == "type"), None)
    found = heading_type(heading.text.text) if heading is not None else None
    if found is not None:
        for mention in _mentions(document.passages, found.type.name):
            yield mention.number


def _same(own: str, mention: str) -> bool:
    """Whether two numbers have one notation, a letter of it misread."""
    first, second = (re.sub(r"^[\d.]+", "", plain(number)) for number in (own, mention))
    if first == second:
        return True
    return len(first) == len(second) and sum(a != b for a, b in zip(first, second, strict=True)) <= 2


def read_date(line: Passage | None, passages: tuple[Passage, ...], kind: str | None) -> Value | None:
    """The date of issue, from the place-and-date line; figures that cannot be read there, from an attachment's note."""
    found = read_issue_date(line.text.text) if line is not None else None
    if line is None or found is None:
        return None
    if found.doubt is not None:
        for mention in _mentions(passages, kind):
            if (
                mention.iso
                and mention.date_span
                and len(mention.iso) > len(found.iso)
                and mention.iso.startswith(found.iso)
            ):
                doubt = "its own line cannot be read; taken from the note of an attachment"
                return value(mention.passage.text, *mention.date_span, normal=mention.iso, reliability=0.8, doubt=doubt)
    reliability = 0.97 if found.doubt is None else 0.55
    return value(line.text, found.start, found.end, normal=found.iso, reliability=reliability, doubt=found.doubt)


def read_place(line: Passage | None) -> Value | None:
    """The place in the place-and-date line."""
    if line is None:
        return None
    text = line.text.text
    found = read_issue_date(text)
    day = re.search(r"\bngay(?![a-z])", plain(text))
    printed = text[: day.start() if day else found.start if found else 0]
    end = len(printed.rstrip(_MARKS))
    start = end - len(printed[:end].lstrip(_MARKS))
    if not any(char.isalpha() for char in text[start:end]):
        return None
    return value(line.text, start, end, reliability=0.95)

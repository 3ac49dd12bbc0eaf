"""The table of references: every other document cited by number, and laws by name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.document import Document, Passage
from pipeline.extraction.citations import Citation, find_citations
from pipeline.extraction.identity import own_mentions
from pipeline.extraction.values import value
from pipeline.language.document_numbers import mend_notation, read_own_number
from pipeline.language.tone_marks import plain
from pipeline.options import ExtractOptions
from pipeline.records import Reference, Value

__all__ = ["extract_references"]

_OUTSIDE = frozenset(
    {
        "parent-body",
        "issuer",
        "national-title",
        "number-line",
        "place-date",
        "type",
        "recipient",
        "recipients-head",
        "stamp",
        "signer-authority",
        "signer-position",
        "signer-name",
        "page-number",
        "urgency",
        "secrecy",
    }
)
_ATTACHED = re.compile(r"(?:kem theo|dinh kem)\b.{0,30}$")
_GROUND = re.compile(r"(?:[-+*] ?)?(?:can cu|theo|xet|thuc hien|tren co so|tiep theo|trien khai|de)\b")
_GROUNDS_HEADING = re.compile(r"(?:cac )?(?:can cu|co so phap ly|co so)\b")


@dataclass(slots=True)
class _Cited:
    """A cited document, with the best that any mention says of it."""

    kind: Value | None
    number: Value | None
    date: Value | None
    issuer: Value | None
    title: Value | None
    role: Value
    is_basis: bool


def extract_references(document: Document, options: ExtractOptions) -> tuple[Reference, ...]:
    """One record for each document that is cited, by number or, for laws, by name; the grounds win over mentions."""
    own = _own_number(document)
    exact = all(page.origin == "text-layer" for page in document.pages)
    mentions = {plain(number) for number in own_mentions(document)}
    first = _first_order(document)
    found: dict[str, _Cited] = {}
    for passage, citation in _citations(document):
        if citation.number_normal and not exact:
            mended = mend_notation(citation.number_normal)
            if citation.key == plain(citation.number_normal):
                citation.key = plain(mended)
            citation.number_normal = mended
        key = citation.key
        if (
            not key
            or key == own
            or (
                _ATTACHED.search(plain(passage.text.text[max(0, citation.start - 60) : citation.start]))
                and key in mentions
            )
        ):
            continue
        cited = _cited(passage, citation, _is_ground(passage, document, first))
        if cited is None:
            continue
        if key in found:
            _merge(found[key], cited)
        else:
            found[key] = cited
    return tuple(
        Reference(cited.kind, cited.number, cited.date, cited.issuer, cited.title, cited.role)
        for cited in found.values()
    )


def _own_number(document: Document) -> str:
    line = next((passage for passage in document.passages if passage.kind == "number-line"), None)
    if line is None:
        return ""
    found = read_own_number(line.text.text)
    return plain(found.normal) if found is not None else ""


def _citations(document: Document) -> Iterator[tuple[Passage, Citation]]:
    for passage in document.passages:
        if passage.kind in _OUTSIDE:
            continue
        for citation in find_citations(passage.text.text):
            yield passage, citation


def _is_ground(passage: Passage, document: Document, first: int) -> bool:
    """Whether a passage belongs to the grounds: before the first section, or under a heading that says so."""
    if passage.kind == "grounds":
        return True
    if passage.appendix:
        return False
    if passage.section is None:
        return passage.index < first and _GROUND.match(plain(passage.text.text)) is not None
    section = document.sections[passage.section]
    return bool(_GROUNDS_HEADING.match(plain(section.heading.text)))


def _first_order(document: Document) -> int:
    """Index of the first passage that orders something; grounds stand before it."""
    orders = (
        passage.index
        for passage in document.passages
        if passage.kind == "heading"
        or (passage.label is not None and passage.label[:1].isalnum() and passage.kind == "item")
    )
    return next(orders, len(document.passages))


def _cited(passage: Passage, citation: Citation, is_basis: bool) -> _Cited | None:
    text = passage.text

    def read(span: tuple[int, int] | None, normal: str | None = None, reliability: float = 0.93) -> Value | None:
        return value(text, *span, normal=normal, reliability=reliability) if span is not None else None

    whole = read((citation.start, citation.end), "basis" if is_basis else "mention", 0.96)
    if whole is None:
        return None
    kind = read(citation.kind, citation.kind_name)
    return _Cited(
        kind,
        read(citation.number, citation.number_normal, citation.confidence),
        read(citation.date, citation.iso),
        read(citation.issuer, None, 0.88),
        read(citation.title, None, 0.85 if citation.number else citation.confidence),
        whole,
        is_basis,
    )


def _merge(first: _Cited, again: _Cited) -> None:
    """What a later mention adds."""
    first.kind = first.kind or again.kind
    first.date = first.date or again.date
    first.issuer = first.issuer or again.issuer
    first.title = first.title or again.title
    if again.is_basis and not first.is_basis:
        first.role, first.is_basis = again.role, True

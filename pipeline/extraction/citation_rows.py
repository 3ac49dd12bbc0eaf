"""Documents cited in a row, of which the type, the issuer, the day or the attachment is printed once for all.

`các Quyết định số A ngày …, số B ngày … của X`; `các Nghị định của Chính phủ: số A …; số B …`; `Kế hoạch số A và
Công văn số B cùng ngày … của X về …`.
"""

import re
from dataclasses import dataclass
from functools import cache

from pipeline.language.document_types import cited_types
from pipeline.language.tone_marks import plain

__all__ = ["Citation", "share", "type_before"]

_JOINER = re.compile(r"\s?(?:,|va|;|cung|cung voi)?\s?(?:va\s|cac\s)?(?:so\s?[:.]?\s?)?")
_CLOSE = re.compile(r"\s?(?:,|va)?\s?")
_MAX_BEFORE = 160


@dataclass(slots=True)
class Citation:
    """A cited document: where its parts stand in the text, as (start, end), and their normal forms."""

    start: int
    end: int
    confidence: float
    kind: tuple[int, int] | None = None
    kind_name: str | None = None
    number: tuple[int, int] | None = None
    number_normal: str | None = None
    date: tuple[int, int] | None = None
    iso: str | None = None
    issuer: tuple[int, int] | None = None
    title: tuple[int, int] | None = None
    key: str = ""


@cache
def _announced() -> tuple[re.Pattern[str], dict[str, str]]:
    """A type, with or without its issuer, at the end of a text; the types' names by their letters."""
    names = {plain(kind.name): kind.name for kind in cited_types() if not kind.law}
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    issuer = r"\s(?:cua|do)\s(?P<issuer>[^:;()]{2,90}?)"
    return re.compile(rf"(?<!\w)(?P<type>{pattern})(?:{issuer})?\s?:\s?(?:so\s?[:.]?\s?)?$"), names


def type_before(text: str, bare: str, citation: Citation) -> None:
    """Give a bare number the type, and the issuer, that stand with a colon before it."""
    floor = max(0, citation.start - _MAX_BEFORE)
    pattern, names = _announced()
    match = pattern.search(bare[floor : citation.start])
    if match is None:
        return
    citation.kind = (floor + match.start("type"), floor + match.end("type"))
    citation.kind_name = names[match["type"]]
    if match["issuer"] is not None and text[floor + match.start("issuer")].isupper():
        citation.issuer = (floor + match.start("issuer"), floor + match.end("issuer"))


def share(bare: str, citations: list[Citation]) -> None:
    """Give each document of a row what is printed for one of them and meant of all."""
    for index in range(1, len(citations)):
        before, citation = citations[index - 1], citations[index]
        if citation.number is None or before.number is None:
            continue
        if not _JOINER.fullmatch(bare[before.end : citation.start]):
            continue
        if citation.kind is None and before.kind is not None:
            citation.kind, citation.kind_name = before.kind, before.kind_name
            heads = before.issuer is not None and before.issuer[1] <= before.start
            if heads and citation.issuer is None:
                citation.issuer = before.issuer
    for index in range(len(citations) - 2, -1, -1):
        first, after = citations[index], citations[index + 1]
        between = bare[first.end : after.start]
        if first.number is None or after.number is None or not _JOINER.fullmatch(between):
            continue
        if first.issuer is None and (first.title is None or first.title[1] <= first.start):
            first.issuer = after.issuer
        if first.date is None and after.date is not None and _is_common_day(bare, after):
            first.date, first.iso = after.date, after.iso
            first.title = first.title or after.title
    for index in range(1, len(citations)):
        before, citation = citations[index - 1], citations[index]
        joined = _CLOSE.fullmatch(bare[before.end : citation.start])
        attached = before.title is not None and before.title[1] <= before.start
        if joined and attached and citation.title is None:
            citation.title = before.title


def _is_common_day(bare: str, citation: Citation) -> bool:
    """Whether `cùng` stands before the day of the last of a row."""
    return citation.date is not None and bare[max(0, citation.date[0] - 5) : citation.date[0]].strip() == "cung"

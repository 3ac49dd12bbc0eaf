"""Checks on numbers and notations.

Source:
    Decree 30/2020/NĐ-CP, article 8 and appendices I and III: type, then issuer; figures below 10 with a zero before
    them; laws, decrees and circulars carry their year. The party's notation has a hyphen before the type.
"""

import re
from collections.abc import Iterator

from pipeline.document import Document
from pipeline.extraction.checks.finding import Finding, Place
from pipeline.language.document_numbers import type_abbreviation
from pipeline.language.document_types import types_of_abbreviation
from pipeline.language.tone_marks import plain
from pipeline.records import Value

__all__ = [
    "notation_of_another_issuer",
    "notation_of_another_type",
    "notation_of_the_party",
    "number_without_its_year",
    "unpadded_number",
]

_NUMBER = Place("document", 0, "number")
_SHARED = {
    "TT": ("Thông tư", "Thông tri"),
    "L": ("Luật", "Lệnh"),
    "CT": ("Chỉ thị", "Chương trình"),
    "QĐ": ("Quy định",),
    "QĐi": ("Quyết định",),
}
_HEADS = re.compile(
    r"(?:uy ban nhan dan|hoi dong nhan dan|so |bo (?!chi huy|tu lenh|phan)|phong giao duc|phong noi vu|ban to chuc)"
)
_PARTY = re.compile(r"(?:tinh uy|thanh uy|huyen uy|quan uy|thi uy|dang uy)\b")
_PARTY_NOTATION = re.compile(r"\d*-[^\W\d_]{1,5}i?/")
_STATE_NOTATION = re.compile(r"\d*/[^\W\d_]{1,5}-")
_WITH_YEAR = re.compile(r"^\d+/(?:NĐ-CP|TT-B\w+|QH\d*)$")
_YEAR_SINCE = 1997
_JOINTS = re.compile(r"[/\-.&()]")


def notation_of_another_type(document: Document) -> Iterator[Finding]:
    """The type in a notation is not the one that the heading, or the citation, names."""
    fields = document.records.document
    yield from _type_differs(fields.number, fields.type, Place("document", 0, "type"), _NUMBER)
    for row, reference in enumerate(document.records.references):
        yield from _type_differs(
            reference.number, reference.kind, Place("references", row, "kind"), Place("references", row, "number")
        )


def _type_differs(number: Value | None, kind: Value | None, at_kind: Place, at_number: Place) -> Iterator[Finding]:
    if number is None or kind is None:
        return
    abbreviation = type_abbreviation(str(number.normal))
    if abbreviation is None or number.evidence == kind.evidence:
        return
    named = types_of_abbreviation()[abbreviation].name
    allowed = {plain(name) for name in (named, *_SHARED.get(abbreviation, ()))}
    printed = plain(str(kind.normal))
    if printed in ("van ban", "cong van") or any(
        printed.startswith(name) or name.startswith(printed) for name in allowed
    ):
        return
    message = f"The notation of {number.normal} says {named}, but it is called {kind.normal}."
    yield Finding("number-type", message, (at_number, at_kind), 0.75)


def notation_of_another_issuer(document: Document) -> Iterator[Finding]:
    """No part of the notation can be made of the issuer's initials."""
    fields = document.records.document
    if fields.number is None or fields.issuer is None:
        return
    issuer = plain(str(fields.issuer.normal))
    if _HEADS.match(issuer) is None:
        return
    parts = [part for part in _JOINTS.split(str(fields.number.normal)) if part and not part.isdigit()]
    codes = parts[1:] if parts and parts[0] in types_of_abbreviation() else parts
    initials = _initials(issuer)
    if not codes or any(_is_made_of(plain(code), initials) for code in codes):
        return
    message = f"The notation of {fields.number.normal} does not go with the issuer {fields.issuer.normal}."
    yield Finding("number-issuer", message, (_NUMBER, Place("document", 0, "issuer")), 0.8)


def _initials(name: str) -> str:
    return "".join(word if len(word) > 1 and word.isupper() else word[0] for word in re.findall(r"\w+", name))


def _is_made_of(code: str, initials: str) -> bool:
    """Whether the letters of a code stand among initials in their order, the first of them first."""
    letters = [letter for letter in code.lower() if letter.isalpha()]
    if not letters or letters[0] != initials[:1]:
        return False
    rest = iter(initials)
    return all(letter in rest for letter in letters)


def notation_of_the_party(document: Document) -> Iterator[Finding]:
    """A party committee's number in the state's notation, or a state body's in the party's."""
    fields = document.records.document
    if fields.number is None or fields.issuer is None:
        return
    number, issuer = str(fields.number.normal), plain(str(fields.issuer.normal))
    of_party = _PARTY.match(issuer) is not None
    if of_party and _STATE_NOTATION.match(number):
        message = f"{fields.issuer.normal} writes numbers as 12-KH/TU, but its number reads {number}."
    elif issuer.startswith(("uy ban nhan dan", "hoi dong nhan dan")) and _PARTY_NOTATION.match(number):
        message = f"{fields.issuer.normal} writes numbers as 12/KH-UBND, but its number reads {number}."
    else:
        return
    yield Finding("number-party", message, (_NUMBER,), 0.8)


def unpadded_number(document: Document) -> Iterator[Finding]:
    """A figure below 10 without the zero that the rules put before it: perhaps a figure was not read."""
    number = document.records.document.number
    if number is not None and re.match(r"[1-9]/\D", str(number.normal)):
        yield Finding(
            "number-zero", f"The number {number.normal} lacks the zero before a figure below 10.", (_NUMBER,), 0.9
        )


def number_without_its_year(document: Document) -> Iterator[Finding]:
    """A decree or circular of later years cited without the year in its number."""
    for row, reference in enumerate(document.records.references):
        number, date = reference.number, reference.date
        if number is None or date is None or _WITH_YEAR.match(str(number.normal)) is None:
            continue
        if int(str(date.normal)[:4]) >= _YEAR_SINCE:
            message = f"{number.normal} of {date.normal} should carry its year, as in 98/2023/NĐ-CP."
            yield Finding("number-year", message, (Place("references", row, "number"),), 0.8)

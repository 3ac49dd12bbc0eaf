"""The document's own fields, from its head and its end."""

import re

from pipeline.document import Document, Passage, PassageKind, TracedText
from pipeline.extraction.identity import read_date, read_number, read_place
from pipeline.extraction.issuer import as_written, full_name
from pipeline.extraction.values import value
from pipeline.language.document_numbers import type_abbreviation
from pipeline.language.document_types import heading_type, types_of_abbreviation
from pipeline.language.offices import mend_office
from pipeline.language.person_names import is_surname, title_length
from pipeline.language.tone_marks import plain
from pipeline.options import ExtractOptions
from pipeline.records import DocumentFields, Value

__all__ = ["extract_fields"]

_MARKS = " .,:;*-–—_\"'|"
_ABOUT = re.compile(r"(?:v\s?[/\\]\s?v|ve viec)\s?[:.]?\s*")
_POSITION = re.compile(
    r"(?:pho |quyen |q\. ?)?(?:tong )?(?:chu tich|giam doc|hieu truong|bi thu|truong|chanh|bo truong"
    r"|thu truong|cuc truong|"
    r"chi cuc|vu truong|thu tuong|vien truong|chu nhiem|chi huy|chinh uy|tu lenh|thu ky|to truong"
    r"|doi truong|cuc|vu|so|phong|ban)\b"
)
_NAME = re.compile(r"(?:[^\W\d_]+\.)*\s?[^\W\d_][\w.'’]*(?:\s[^\W\d_][\w'’]*){1,5}")
_ASSISTS = re.compile(
    r"(?:(?:phe |ky )?duyet|xac nhan|y kien (?:cua|phe duyet)|nguoi (?:lap|xay dung|soan|viet|thuc hien|bao cao))\b"
)
_MAX_LEAD = 60
_DEPUTY = re.compile(r"(?<=\s)pho\s")


def extract_fields(document: Document, options: ExtractOptions) -> DocumentFields:
    """Type, number, issuer, place, date, title, signer, urgency and secrecy; what is not printed stays null."""
    passages = _own(document.passages)
    number_line = _first(passages, "number-line")
    heading = _heading_type(passages)
    named = str(heading.normal) if heading is not None else None
    exact = all(page.origin == "text-layer" for page in document.pages)
    bodies = tuple(passage.text.text for passage in passages if passage.kind in ("issuer", "parent-body"))
    number = read_number(number_line, document.passages, named, bodies=None if exact else bodies)
    kind = heading or _type(passages, number, number_line)
    dated = _first(passages, "place-date")
    issuer, parent = _bodies(passages, document)
    authority, position, name = _signer(passages, exact=exact)
    return DocumentFields(
        type=kind,
        number=number,
        issuer=issuer,
        parent_body=parent,
        place=read_place(dated),
        date=read_date(dated, document.passages, named),
        title=_title(passages, kind),
        signer_authority=authority,
        signer_position=position,
        signer_name=name,
        urgency=_printed(_first(passages, "urgency")),
        secrecy=_printed(_first(passages, "secrecy")),
    )


def _own(passages: tuple[Passage, ...]) -> list[Passage]:
    return [passage for passage in passages if not passage.appendix]


def _first(passages: list[Passage], kind: PassageKind) -> Passage | None:
    return next((passage for passage in passages if passage.kind == kind), None)


def _printed(passage: Passage | None) -> Value | None:
    if passage is None:
        return None
    start, end = _trim(passage.text.text)
    return value(passage.text, start, end, reliability=0.95)


def _trim(text: str, marks: str = _MARKS) -> tuple[int, int]:
    """Where a text begins and ends without the marks around it."""
    end = len(text.rstrip(marks))
    return len(text[:end]) - len(text[:end].lstrip(marks)), end


def _heading_type(passages: list[Passage]) -> Value | None:
    """The type that the heading names."""
    heading = _first(passages, "type")
    if heading is None:
        return None
    found = heading_type(heading.text.text) or heading_type(heading.text.text.upper())
    if found is None:
        return None
    return value(heading.text, 0, found.end, normal=found.type.name, reliability=0.5 + 0.49 * found.similarity)


def _type(passages: list[Passage], number: Value | None, number_line: Passage | None) -> Value | None:
    """The type of a document whose heading names none: told by its notation; a letter's, by its addressee."""
    abbreviation = type_abbreviation(str(number.normal)) if number is not None else None
    if number is not None and abbreviation is not None:
        doubt = None if abbreviation == "CV" else "told by the notation, not by a heading"
        kind = types_of_abbreviation()[abbreviation]
        return Value(number.text, kind.name, number.evidence, round(number.confidence * 0.8, 4), doubt)
    addressee = _first(passages, "addressee")
    source = _first(passages, "about") or addressee
    if number_line is not None and source is not None and (addressee is not None or number is not None):
        return value(source.text, 0, min(len(source.text), 12), normal="Công văn", reliability=0.9)
    return None


def _bodies(passages: list[Passage], document: Document) -> tuple[Value | None, Value | None]:
    issuers = [passage for passage in passages if passage.kind == "issuer"]
    parents = [passage for passage in passages if passage.kind == "parent-body"]
    parent_text = parents[-1].text if parents else None
    body = [passage for passage in document.passages if passage.kind not in ("parent-body", "issuer", "stamp")]
    parent = None
    if parent_text is not None:
        start, end = _trim(parent_text.text)
        parent = value(parent_text, start, end, normal=as_written(parent_text.text, body), reliability=0.93)
    if not issuers:
        return None, parent
    text = issuers[0].text
    name, further = full_name(text, parent_text, body)
    start, end = _trim(text.text)
    issuer = value(text, start, end, normal=name, reliability=0.94)
    if issuer is not None and further:
        evidence = tuple(dict.fromkeys((*issuer.evidence, *further)))
        issuer = Value(issuer.text, issuer.normal, evidence, issuer.confidence, issuer.doubt)
    return issuer, parent


def _title(passages: list[Passage], kind: Value | None) -> Value | None:
    title = _first(passages, "title")
    if title is not None:
        start, end = _trim(title.text.text, " .:;*_-–")
        start += len(title.text.text[start:]) - len(title.text.text[start:].lstrip(",;' "))
        return value(title.text, start, end, reliability=0.93)
    about = _first(passages, "about")
    if about is None or kind is None:
        return None
    lead = _ABOUT.match(plain(about.text.text))
    start, end = _trim(about.text.text)
    return value(about.text, lead.end() if lead else start, end, reliability=0.93)


def _signer(passages: list[Passage], *, exact: bool) -> tuple[Value | None, Value | None, Value | None]:
    """The first who signs: in whose place, in which post, by what name."""
    authority: list[TracedText] = []
    position: list[TracedText] = []
    name: Value | None = None
    last: Passage | None = None
    for passage in _signing(passages):
        text = _stripped(passage.text)
        if passage.kind == "signer-authority" and not position and name is None:
            authority.append(text)
        elif passage.kind == "signer-position" and name is None:
            if not position or (len(position) == 1 and _continues(text.text)):
                position.append(text)
            else:
                position.append(TracedText())
        elif passage.kind == "signer-name":
            name = _name(passage.text)
            break
        last = passage
    if name is None and last is not None:
        following = next((passage for passage in passages if passage.index == last.index + 1), None)
        if following is not None and following.kind == "paragraph" and _is_name(following.text.text):
            name = _name(following.text)
    if authority and not position:
        deputy = _DEPUTY.search(plain(authority[-1].text))
        if deputy:
            position.append(authority[-1].slice(deputy.start()))
            authority[-1] = authority[-1].slice(0, deputy.start())
    first, second = _office(authority, exact=exact), _office(position, exact=exact)
    if (
        not exact
        and first is not None
        and second is not None
        and plain(str(first.normal)).endswith(f"kt. {plain(str(second.normal))}")
    ):
        doubt = "somebody who signs in another's place is a deputy"
        second = Value(second.text, f"PHÓ {second.normal}", second.evidence, round(second.confidence * 0.7, 4), doubt)
    return first, second, name


def _signing(passages: list[Passage]) -> list[Passage]:
    """The lines of the signatures, without who approves or prepares the document where somebody else signs it."""
    lines = [passage for passage in passages if passage.kind.startswith("signer-")]
    signatures: list[list[Passage]] = []
    for index, passage in enumerate(lines):
        if not index or lines[index - 1].kind == "signer-name":
            signatures.append([])
        signatures[-1].append(passage)
    told = [signature for signature in signatures if not _only_assists(signature, passages)]
    return [passage for signature in (told or signatures) for passage in signature]


def _only_assists(signature: list[Passage], passages: list[Passage]) -> bool:
    """Whether a signature approves, confirms or prepares rather than issues."""
    leads = (*(passage.text.text for passage in signature[:1]), *(_before(signature[0], passages)))
    return any(_ASSISTS.match(plain(lead).lstrip(" .-*(")) for lead in leads)


def _before(first: Passage, passages: list[Passage]) -> tuple[str, ...]:
    before = next((passage for passage in passages if passage.index == first.index - 1), None)
    return (before.text.text,) if before is not None and len(before.text.text) < _MAX_LEAD else ()


def _is_name(text: str) -> bool:
    """Whether a line is nothing but two to six words with capitals, titles before them or not."""
    return _NAME.fullmatch(text) is not None and all(word[0].isupper() for word in re.findall(r"[^\W\d_]+", text))


def _continues(text: str) -> bool:
    """Whether a line carries on the office above it: words, and no office of its own."""
    words = [word for word in text.replace(",", "").split() if word not in ("-", "–", "&")]
    lettered = all(len(word) > 1 and word.isalpha() for word in words)
    return len(words) > 1 and lettered and not _POSITION.match(plain(text))


def _office(lines: list[TracedText], *, exact: bool) -> Value | None:
    """An office or an authority; a misread one put right where the letters allow nothing else."""
    text = TracedText.join(lines)
    if exact or not text:
        return value(text, reliability=0.95)
    mended, similarity = mend_office(text.text)
    doubt = None if similarity == 1.0 else f"put right from {text.text!r}"
    return value(text, normal=mended, reliability=0.95 * similarity, doubt=doubt)


def _stripped(text: TracedText) -> TracedText:
    letters = list(re.finditer(r"\S*(?:[^\W\d_]{2}|[TK]/[MTL]|[QP]\.)\S*", text.text))
    if not letters:
        return text.slice(0, 0)
    start, end = letters[0].start(), letters[-1].end()
    while not text.text[start].isalpha():
        start += 1
    return text.slice(start, len(text.text[:end].rstrip(" ,:;*-–—_\"'|>")))


def _name(text: TracedText) -> Value | None:
    """The name without military rank or academic title."""
    words = list(re.finditer(r"[^\s.]+\.?", text.text))
    skip = title_length([word[0] for word in words])
    if skip >= len(words):
        skip = 0
    start = words[skip].start() if words else 0
    end = len(text.text.rstrip(_MARKS))
    if re.match(r"[.\s]", text.text[start : start + 1]):
        start += 1
    known = is_surname(text.text[start:end].split()[0]) if text.text[start:end].split() else False
    printed = text.text[start:end]
    normal = printed.title() if printed.isupper() else printed
    return value(text, start, end, normal=normal, reliability=0.95 if known else 0.75)

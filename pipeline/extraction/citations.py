"""Citations in running text: type, number, date, issuer and subject of a document that is named."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.language.document_numbers import DocumentNumber, find_number
from pipeline.language.document_types import cited_types
from pipeline.language.issue_dates import IssueDate, read_issue_date
from pipeline.language.law_names import find_laws
from pipeline.language.tone_marks import plain

__all__ = ["Citation", "find_citations"]

_SO = re.compile(r"\s?(?:so|s6|s0)(?:\s?hieu)?\s?[:.]?\s?")
_DATE_LEAD = re.compile(r"[\s,(]{0,3}(?=ngay|thang \d|nam \d|\d{1,2}[/.-]\d{1,2}[/.-]\d{4})")
_ISSUER_LEAD = re.compile(r"[\s,]{0,2}(?:cua|do)\s")
_TITLE_LEAD = re.compile(r"[\s,]{0,2}(?:ve viec|v/v|ve)\s")
_VERB = (
    r"(?:quy dinh|ban hanh|phe duyet|huong dan|sua doi|bo sung|trien khai|thuc hien|to chuc|tong ket|so ket|thanh lap|kien toan|"
    r"giao|cong bo|tang cuong|day manh|phat dong|xay dung|quan ly|dieu chinh|cong nhan|khen thuong|tang|phan cong|nang cao|"
    r"kiem tra|uy quyen|bai bo|thay the|cu the hoa|quan triet|phan cap|hop nhat|chi tiet|bao dam|dam bao|phoi hop)"
)
_VERB_LEAD = re.compile(rf"[\s,]{{0,2}}(?={_VERB}\b)")
_QUOTED_LEAD = re.compile(r"\s{0,2}(?=\")")
_ISSUER_END = re.compile(
    rf"\s(?:ve viec|ve|v/v|tai|theo|da|nham|de|va cac|duoc|trong|gui|{_VERB})(?!\w)|[;.:()\"]|,(?!\s(?:thuong binh|the thao|cong nghe|tuyen giao))|$"
)
_AND_DOCUMENT = re.compile(r"(?:,|;|\sva|\scung)\s(?:cac\s|theo\s|can cu\s|thuc hien\s)?")
_CLAUSE = re.compile(
    r",\s(?=(?:uy ban|ubnd|so |phong |truong |ban |bo |cong an|hoi |doan |chi cuc|cuc |vien |to |don vi|trung tam|tinh|huyen|thanh|"
    r"dang|lien doan|chu tich|hieu truong|giam doc|toi|nay|cu the|nhu sau|de nghi|can cu|tren co so|trong do|dong thoi|nham|de "
    r"|qua do|gop phan|gan voi|theo |tu |cac van ban|va cac van ban))"
)
_ACTS = re.compile(r"(?:ban hanh|xay dung|trien khai|to chuc|de nghi|bao cao|yeu cau|huong dan|thong bao|kinh|quyet dinh|phat dong|giao|lap )")
_BRACKET_NOTE = re.compile(r"\s?\((?:sau day|goi tat|duoi day|viet tat|kem theo|trong do)")
_ATTACHED = re.compile(r"\(?(?:duoc )?(?:ban hanh )?kem theo\s?$")
_MAX_TITLE_CHARS = 600
_MAX_ISSUER_CHARS = 120


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
def _types() -> tuple[re.Pattern[str], dict[str, str], frozenset[str]]:
    names = sorted((kind.name for kind in cited_types()), key=len, reverse=True)
    pattern = "|".join(re.escape(plain(name)) for name in names)
    laws = frozenset(kind.name for kind in cited_types() if kind.law)
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), {plain(name): name for name in names}, laws


def find_citations(text: str) -> list[Citation]:
    """Every document cited in a passage, in order.

    Args:
        text: the passage, NFC.
    Returns:
        Documents cited by number, and laws by name; an issuer that stands behind the last of several belongs to
        each of them.
    """
    bare = plain(text)
    found = sorted([*_numbered(text, bare), *_laws(text, bare)], key=lambda citation: citation.start)
    kept: list[Citation] = []
    for citation in found:
        if kept and citation.start < (kept[-1].number or kept[-1].date or (0, kept[-1].start + 1))[1]:
            continue
        kept.append(citation)
    for index, citation in enumerate(kept):
        limit = kept[index + 1].start if index + 1 < len(kept) else len(text)
        _describe(text, bare, citation, limit)
    _share_issuers(bare, kept)
    return kept


def _numbered(text: str, bare: str) -> Iterator[Citation]:
    pattern, names, laws = _types()
    seen = -1
    for match in pattern.finditer(bare):
        lead = _SO.match(bare, match.end())
        announced = lead is not None and lead.end() > match.end() and "s" in lead[0]
        number = find_number(text, lead.end() if lead and announced else match.end(), announced=announced)
        if number is None or number.start - match.end() > 12:
            continue
        name = names[match[0]]
        seen = number.end
        if name in laws:
            continue
        yield _made(number, match.start(), match.span(), name)
    yield from _bare_numbers(text, bare, seen)


def _bare_numbers(text: str, bare: str, seen: int) -> Iterator[Citation]:
    """Numbers with a whole notation behind `số` or alone, whose type is not named next to them."""
    del seen
    for match in re.finditer(r"(?<![\w/.\-])\d{1,5}(?:/\d{4})?[/\-][^\W\d_]{1,6}[\-/][^\W\d_]", text):
        number = find_number(text, match.start(), announced=False)
        if number is not None and re.search(r"[A-ZĐ]{2}", number.normal):
            yield _made(number, match.start(), None, None)


def _made(number: DocumentNumber, start: int, kind: tuple[int, int] | None, name: str | None) -> Citation:
    return Citation(
        start,
        number.end,
        0.96 if kind else 0.85,
        kind,
        name,
        (number.start, number.end),
        number.normal,
        key=plain(number.normal),
    )


def _laws(text: str, bare: str) -> Iterator[Citation]:
    for law in find_laws(text):
        citation = Citation(law.start, law.end, law.confidence, kind=(law.start, law.start + len(law.kind)), kind_name=law.kind)
        citation.title = (law.start, law.end)
        citation.key = " ".join(re.findall(r"\w+", bare[law.start : law.end]))
        lead = _SO.match(bare, law.end)
        if lead is not None and lead.end() > law.end:
            number = find_number(text, lead.end(), announced=True)
            if number is not None:
                citation.number, citation.number_normal = (number.start, number.end), number.normal
                citation.end = number.end
        yield citation


def _describe(text: str, bare: str, citation: Citation, limit: int) -> None:
    """Read date, issuer and subject behind the number."""
    position = citation.end
    date = _date(text, bare, position)
    if date is not None:
        citation.date, citation.iso = (date.start, date.end), date.iso
        position = citation.end = date.end
        if bare[position : position + 1] == ")":
            position += 1
    elif citation.number is None and (year := re.match(r"\s(?:nam\s)?((?:19|20)\d\d)(?![\d/])", bare[position : position + 12])):
        citation.date, citation.iso = (position + year.start(1), position + year.end(1)), year[1]
        position = citation.end = position + year.end()
    if citation.number is None:
        return
    issuer = _ISSUER_LEAD.match(bare, position)
    if issuer is not None:
        end = _issuer_end(bare, issuer.end())
        if text[issuer.end() : issuer.end() + 1].isupper() and end > issuer.end():
            citation.issuer = (issuer.end(), end)
            position = citation.end = end
    if citation.issuer is None:
        citation.issuer = _issuer_before(text, bare, citation.start)
    if citation.title is None:
        citation.title = _title(text, bare, position) or _attached(text, bare, citation.start)
        if citation.title is not None and citation.title[0] >= position:
            citation.end = max(citation.end, min(citation.title[1], limit))


def _date(text: str, bare: str, position: int) -> IssueDate | None:
    lead = _DATE_LEAD.match(bare, position)
    if lead is None:
        return None
    return read_issue_date(text, lead.end(), anchored=True)


def _issuer_end(bare: str, start: int) -> int:
    match = _ISSUER_END.search(bare, start, start + _MAX_ISSUER_CHARS)
    end = match.start() if match else min(len(bare), start + _MAX_ISSUER_CHARS)
    joined = _types()[0]
    for conjunction in re.finditer(r"(?:,|;|\sva)\s", bare[start:end]):
        after = start + conjunction.end()
        if joined.match(bare, after):
            return start + conjunction.start()
    while end > start and bare[end - 1] in " ,;.":
        end -= 1
    return end


def _issuer_before(text: str, bare: str, start: int) -> tuple[int, int] | None:
    """The body in `… của X tại Tờ trình số …`."""
    tail = re.search(r"\s(?:tai|trong)\s(?:cac\s)?$", bare[max(0, start - 8) : start])
    if tail is None:
        return None
    end = max(0, start - 8) + tail.start()
    floor = max(0, end - _MAX_ISSUER_CHARS)
    cut = max((match.end() for match in re.finditer(r"[;:.(]\s|(?:\bcua|\bdo|^theo|^xet)\s", bare[floor:end])), default=None)
    begin = floor + cut if cut is not None else floor if floor == 0 else end
    if begin >= end or not text[begin].isupper():
        return None
    return begin, end


def _title(text: str, bare: str, position: int) -> tuple[int, int] | None:
    """The subject behind `về`, `về việc`, or as a verb phrase or a quotation."""
    lead = _TITLE_LEAD.match(bare, position) or _QUOTED_LEAD.match(bare, position) or _VERB_LEAD.match(bare, position)
    if lead is None:
        return None
    start = lead.end()
    end = _title_end(text, bare, start)
    if bare[start] == '"' and bare[start + 1 : end].rstrip().endswith('"'):
        start, end = start + 1, start + 1 + bare[start + 1 : end].rindex('"')
    return (start, end) if end - start >= 4 else None


def _title_end(text: str, bare: str, start: int) -> int:
    """Where a subject ends: at the next document of the same rank, the clause that follows, or the sentence's end."""
    limit = min(len(bare), start + _MAX_TITLE_CHARS)
    end = limit
    stop = re.search(r";|\.(?=\s|$)|:\s|\./\.", bare[start:limit])
    if stop:
        end = start + stop.start()
    note = _BRACKET_NOTE.search(bare, start, end)
    if note:
        end = note.start()
    end = min(end, _unclosed_bracket(bare, start, end))
    for match in _AND_DOCUMENT.finditer(bare, start, end):
        if _types()[0].match(bare, match.end()) and text[match.end() : match.end() + 1].isupper():
            lead = _types()[0].match(bare, match.end())
            if lead and (_SO.match(bare, lead.end()) or re.match(r"\s\d", bare[lead.end() :])):
                end = match.start()
                break
    for match in _CLAUSE.finditer(bare, start, end):
        after = bare[match.end() : match.end() + 160]
        if text[match.end()].isupper() and not _ACTS.search(after):
            continue
        if not text[match.end()].isupper() and not re.match(r"(?:cu the|nhu sau|de nghi|can cu|tren co so|trong do|dong thoi|nham|qua do|gop phan|cac van ban)", after):
            continue
        end = match.start()
        break
    while end > start and bare[end - 1] in " ,;.-":
        end -= 1
    return end


def _unclosed_bracket(bare: str, start: int, end: int) -> int:
    """Where a bracket that was opened before the subject is closed in it."""
    depth = 0
    for index in range(start, end):
        if bare[index] == "(":
            depth += 1
        elif bare[index] == ")":
            depth -= 1
            if depth < 0:
                return index
    return end


def _attached(text: str, bare: str, start: int) -> tuple[int, int] | None:
    """The subject in `X (ban hành kèm theo Quyết định số …)`: X."""
    before = bare[max(0, start - 40) : start]
    attached = re.search(r"\s?\((?:duoc )?(?:ban hanh )?kem theo\s$", before)
    if attached is None:
        return None
    end = max(0, start - 40) + attached.start()
    floor = max(0, end - 200)
    pattern = re.compile(r"(?:chuong trinh|chien luoc|de an|ke hoach|quy che|quy dinh|du an|phuong an|dieu le|bo tieu chi|huong dan)\b")
    cut = max((match.end() for match in re.finditer(r"[;:.]\s|,\s", bare[floor:end])), default=0)
    names = [match.start() + floor for match in pattern.finditer(bare[floor:end]) if text[match.start() + floor].isupper()]
    inside = [name for name in names if name >= floor + cut] or names[-1:]
    return (inside[0], end) if inside else None


def _share_issuers(bare: str, citations: list[Citation]) -> None:
    """Give the issuer and the attachment named with the last of several joined documents to each of them."""
    for index in range(len(citations) - 2, -1, -1):
        first, after = citations[index], citations[index + 1]
        between = bare[first.end : after.start]
        if first.number is None or after.number is None or not re.fullmatch(r"\s?(?:,|va|;)?\s?(?:va\s)?", between):
            continue
        if first.issuer is None and first.title is None:
            first.issuer = after.issuer
    for index in range(1, len(citations)):
        before, citation = citations[index - 1], citations[index]
        joined = re.fullmatch(r"\s?(?:,|va)?\s?", bare[before.end : citation.start])
        attached = before.title is not None and before.title[1] <= before.start
        if joined and attached and citation.title is None:
            citation.title = before.title

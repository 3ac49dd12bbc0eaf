"""Citations in running text: type, number, date, issuer and subject of a document that is named."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.extraction.citation_rows import Citation, share, type_before
from pipeline.language.document_numbers import DocumentNumber, find_number
from pipeline.language.document_types import cited_types
from pipeline.language.issue_dates import IssueDate, read_issue_date
from pipeline.language.law_names import find_laws
from pipeline.language.tone_marks import plain

__all__ = ["Citation", "find_citations"]

_SO = re.compile(r"\s?(?:so|s6|s0)(?:\s?hieu)?\s?[:.]?\s?")
_DATE_LEAD = re.compile(r"[\s,(]{0,3}(?:cung )?(?=ngay|thang \d|nam \d|\d{1,2}[/.-]\d{1,2}[/.-]\d{4})")
_OF_WHAT = re.compile(
    r"\s(?:lam viec|hoat dong|cong tac|phoi hop|ket luan|thuc hien|lien tich|lien nganh|hanh dong|khan|mat|chung"
    r"|chi tiet"
    r"|hop tac|to chuc|trien khai)(?=\sso\b)"
)
_LAW_NUMBER = re.compile(r"/\d{4}/(?:QH|UBTVQH|PL)")
_MAX_LEAD_CHARS = 12
_ISSUED_ON = re.compile(r"\s(?:ban hanh|ky|ban hanh va co hieu luc)(?=\s(?:ngay|thang)\s)")
_ASKS_ANEW = re.compile(r",\s(?:đề nghị|yêu cầu|báo cáo|thông báo|xét|giao|tổ chức|triển khai)(?!\w)")
_SMALL_ISSUER = re.compile(r"(?:liên (?:ngành|tịch|sở|bộ|cơ quan))(?!\w)")
_ISSUER_LEAD = re.compile(r"[\s,]{0,2}(?:của|cúa|do)\s")
_TITLE_LEAD = re.compile(r"[\s,]{0,2}(?:[Vv]ề việc|[Vv]/[Vv]|[Vv]ề|v/v)\s")
_VERBS = (
    "quy định|ban hành|phê duyệt|hướng dẫn|sửa đổi|bổ sung|triển khai|thực hiện|tổ chức|tổng kết"
    "|sơ kết|thành lập|kiện toàn|giao|công bố|"
    "tăng cường|đẩy mạnh|phát động|xây dựng|quản lý|điều chỉnh|công nhận|khen thưởng|tặng|phân công"
    "|nâng cao|kiểm tra|ủy quyền|uỷ quyền|"
    "bãi bỏ|thay thế|cụ thể hóa|cụ thể hoá|quán triệt|phân cấp|hợp nhất|chi tiết|bảo đảm|đảm bảo"
    "|phối hợp|thông qua|đề nghị|yêu cầu|"
    "chấn chỉnh|báo cáo|xét|thông báo|đính chính|chấp thuận|chủ trương|phát huy|đổi mới"
)
_VERB_LEAD = re.compile(rf"[\s,]{{0,2}}(?=(?:{_VERBS})(?!\w))")
_TITLE_VERB_LEAD = re.compile(rf"[\s,]{{1,2}}(?=(?:{_VERBS.replace('giao|', '')})(?!\w))", re.IGNORECASE)
_QUOTED_LEAD = re.compile(r"\s{0,2}(?=[\"“])")
_ISSUER_END = re.compile(
    rf"\s(?:[Vv]ề việc|về|v/v|V/v|tại|theo|đã|nhằm|để|và các|được|trong|gửi|là|có|cho|như|từ"
    rf"|{_VERBS})(?!\w)|[;.:()\"“]"
    r"|,(?!\s(?:Ban Bí thư|Thương binh|Thể thao|Công nghệ|Tuyên giáo|Thanh niên))"
    r"|\s(?:Quy định|Ban hành|Phê duyệt|Hướng dẫn|Sửa đổi)(?!\w)|$"
)
_ISSUER_END_AFTER_TASK = re.compile(r"\s(?:[Vv]ề việc|[Vv]ề|[Vv]/[Vv]|tại|đã)(?!\w)|[;,.:()\"“]|$")
_NAMED_BY_TASK = frozenset(
    (
        "to cong tac",
        "to giup viec",
        "ban chi dao",
        "ban to chuc",
        "hoi dong",
        "doan kiem tra",
        "doan giam sat",
        "doan cong tac",
        "ban van dong",
        "to cong tac lien nganh",
        "ban quan ly",
        "ban chi dao quoc gia",
    )
)
_AND_DOCUMENT = re.compile(r"(?:,|;|\s(?:và|cùng|hoặc|với))\s(?:các\s|theo\s|căn cứ\s|thực hiện\s)?")
_CLAUSE = re.compile(
    r",\s(?=(?P<body>[A-ZĐÂÊÔƠƯÁÀẢẠÃỦÚỤÝ])|(?P<small>cụ thể|như sau|đề nghị|căn cứ|trên cơ sở|trong đó|đồng thời|nhằm"
    r"|qua đó|góp phần|các văn bản|và các văn bản|yêu cầu|với các nội dung|với những nội dung|gồm|bao gồm))"
)
_BODY = re.compile(
    r"(?:uy ban|ubnd|so|phong|truong|ban|bo|cong an|hoi|doan|chi cuc|cuc|vien|to|don vi|trung tam|tinh"
    r"|huyen|thanh|thi|xa|phuong|dang|lien doan|"
    r"chu tich|hieu truong|giam doc|chi bo|mat tran|hoc vien|khoa|benh vien|cong ty|tong cuc|van phong"
    r"|toa an|vu|thu truong|bi thu)\b"
)
_ACTS = re.compile(
    r"\s(?:ban hành|xây dựng|triển khai|tổ chức|đề nghị|báo cáo|yêu cầu|hướng dẫn|thông báo|kính"
    r"|quyết định|phát động|giao|lập|nhận được|"
    r"thống nhất|trình|phối hợp|chỉ đạo|đã|tiếp tục|nghiêm túc|trân trọng|có ý kiến|thực hiện)(?!\w)"
)
_BRACKET_NOTE = re.compile(r"\s?\((?:sau đây|gọi tắt|dưới đây|viết tắt|kèm theo|trong đó|gọi là)")
_LAST_BRACKET = re.compile(r"\s?\(([^()]{3,120})\)$")
_MAX_TITLE_CHARS = 600
_MAX_DATE_CHARS = 90
_MAX_ISSUER_CHARS = 120


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
    share(bare, kept)
    return kept


def _numbered(text: str, bare: str) -> Iterator[Citation]:
    pattern, names, laws = _types()
    seen = -1
    for match in pattern.finditer(bare):
        of_what = _OF_WHAT.match(bare, match.end())
        after = of_what.end() if of_what is not None else match.end()
        lead = _SO.match(bare, after)
        announced = lead is not None and lead.end() > after and "s" in lead[0]
        number = find_number(text, lead.end() if lead and announced else after, announced=announced)
        if number is None or number.start - after > _MAX_LEAD_CHARS:
            continue
        name = names[match[0]]
        seen = number.end
        if name in laws and not _LAW_NUMBER.search(number.normal):
            continue
        yield _made(number, match.start(), match.span(), name)
    yield from _bare_numbers(text, bare, seen)


def _bare_numbers(text: str, bare: str, seen: int) -> Iterator[Citation]:
    """Numbers with a whole notation behind `số` or alone, whose type is not named next to them."""
    del seen
    for match in re.finditer(r"(?<![\w/.\-])\d{1,5}(?:/\d{4})?[/\-][^\W\d_]{1,6}[\-/][^\W\d_]", text):
        number = find_number(text, match.start(), announced=False)
        if number is not None and re.search(r"[A-ZĐ]{2}", number.normal):
            made = _made(number, match.start(), None, None)
            type_before(text, bare, made)
            yield made


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
        citation = Citation(
            law.start, law.end, law.confidence, kind=(law.start, law.start + len(law.kind)), kind_name=law.kind
        )
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
    elif citation.number is None and (
        year := re.match(r"\s(?:nam\s)?((?:19|20)\d\d)(?![\d/])", bare[position : position + 12])
    ):
        citation.date, citation.iso = (position + year.start(1), position + year.end(1)), year[1]
        position = citation.end = position + year.end()
    if citation.number is None:
        return
    issuer = _ISSUER_LEAD.match(text, position)
    if issuer is not None:
        end = _issuer_end(text, bare, issuer.end())
        named = text[issuer.end() : issuer.end() + 1].isupper() or _SMALL_ISSUER.match(text, issuer.end())
        if named and end > issuer.end():
            citation.issuer = (issuer.end(), end)
            position = citation.end = end
            position = _issued_on(text, bare, citation, position)
    if citation.issuer is None:
        citation.issuer = _issuer_before(text, citation.start)
    if citation.title is None:
        citation.title = _title(text, bare, position) or _attached(text, bare, citation.start)
        if citation.title is not None and citation.title[0] >= position:
            citation.end = max(citation.end, min(citation.title[1], limit))


def _issued_on(text: str, bare: str, citation: Citation, position: int) -> int:
    """Read the day in `… của X ban hành ngày …`; where what follows begins."""
    lead = _ISSUED_ON.match(bare, position)
    date = _date(text, bare, lead.end()) if lead is not None and citation.date is None else None
    if date is None:
        return position
    citation.date, citation.iso = (date.start, date.end), date.iso
    citation.end = date.end
    return date.end


def _date(text: str, bare: str, position: int) -> IssueDate | None:
    lead = _DATE_LEAD.match(bare, position)
    if lead is None:
        return None
    found = read_issue_date(text[lead.end() : lead.end() + _MAX_DATE_CHARS], anchored=True)
    if found is None:
        return None
    return IssueDate(found.start + lead.end(), found.end + lead.end(), found.iso, found.doubt)


def _issuer_end(text: str, bare: str, start: int) -> int:
    match = _ISSUER_END.search(text, start, start + _MAX_ISSUER_CHARS)
    if match is not None and plain(text[start : match.start()]).strip() in _NAMED_BY_TASK and match[0].strip():
        further = _ISSUER_END_AFTER_TASK.search(text, match.end(), start + _MAX_ISSUER_CHARS)
        match = further if match[0].strip()[0].isalpha() else match
    end = match.start() if match else min(len(text), start + _MAX_ISSUER_CHARS)
    for conjunction in re.finditer(r"(?:,|;|\svà)\s", text[start:end]):
        if _types()[0].match(bare, start + conjunction.end()):
            return start + conjunction.start()
    while end > start and text[end - 1] in " ,;.":
        end -= 1
    return end


def _issuer_before(text: str, start: int) -> tuple[int, int] | None:
    """The body in `… của X tại Tờ trình số …`."""
    floor = max(0, start - 8)
    tail = re.search(r"\s(?:tại|trong)\s(?:các\s)?$", text[floor:start])
    if tail is None:
        return None
    end = floor + tail.start()
    floor = max(0, end - _MAX_ISSUER_CHARS)
    cuts = re.finditer(r"[;:.(]\s|(?:(?<!\w)của|(?<!\w)do|^Theo|^Xét)\s", text[floor:end])
    cut = max((match.end() for match in cuts), default=0 if floor == 0 else end - floor)
    begin = floor + cut
    if begin >= end or not text[begin].isupper():
        return None
    return begin, end


def _title(text: str, bare: str, position: int) -> tuple[int, int] | None:
    """The subject behind `về`, `về việc`, or as a verb phrase or a quotation."""
    lead = (
        _TITLE_LEAD.match(text, position)
        or _QUOTED_LEAD.match(text, position)
        or _TITLE_VERB_LEAD.match(text, position)
    )
    if lead is None or _ASKS_ANEW.match(text, position):
        return None
    start = lead.end()
    end = _title_end(text, bare, start)
    quoted = bare[start : start + 1] == '"'
    if quoted and '"' in bare[start + 1 : end]:
        start, end = start + 1, start + 1 + bare[start + 1 : end].index('"')
        inner = _TITLE_LEAD.match(f" {text[start:end]}")
        start += inner.end() - 1 if inner is not None else 0
    return (start, end) if end - start >= 4 else None


def _title_end(text: str, bare: str, start: int) -> int:
    """Where a subject ends: at the next document of the same rank, the clause that follows, or the sentence's end."""
    end = min(len(bare), start + _MAX_TITLE_CHARS)
    stop = re.search(r";|\.(?=\s|$)|:\s|\./\.", bare[start:end])
    if stop:
        end = start + stop.start()
    note = _BRACKET_NOTE.search(text, start, end)
    if note:
        end = note.start()
    end = min(end, _unclosed_bracket(bare, start, end))
    for match in _AND_DOCUMENT.finditer(text, start, end):
        kind = _types()[0].match(bare, match.end())
        if (
            kind
            and text[match.end()].isupper()
            and (_SO.match(bare, kind.end()) or re.match(r"\s\d", text[kind.end() : kind.end() + 2]))
        ):
            end = match.start()
            break
    for match in _CLAUSE.finditer(text, start, end):
        if match["small"] or (_BODY.match(bare, match.end()) and _ACTS.search(text, match.end(), match.end() + 160)):
            end = match.start()
            break
    while end > start and bare[end - 1] in " ,;.-":
        end -= 1
    bracket = _LAST_BRACKET.search(text[start:end])
    if bracket and _is_short_name(plain(bracket[1]), bare[start : start + bracket.start()]):
        end = start + bracket.start()
    return end


def _is_short_name(bracketed: str, before: str) -> bool:
    """Whether a bracket repeats words of what stands before it, as a short name does."""
    words = bracketed.split()
    return len(words) > 2 and (" ".join(words[:3]) in before or " ".join(words[-3:]) in before)


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
    attached = re.search(r"\s?(?:\((?:duoc )?(?:ban hanh )?|\s(?:duoc )?ban hanh )kem theo\s(?:cac\s)?$", before)
    if attached is None:
        return None
    end = max(0, start - 40) + attached.start()
    floor = max(0, end - 200)
    pattern = re.compile(
        r"(?:chuong trinh|chien luoc|de an|ke hoach|quy che|quy dinh|du an|phuong an|dieu le|bo tieu chi|huong dan)\b"
    )
    cut = max((match.end() for match in re.finditer(r"[;:.]\s|,\s", bare[floor:end])), default=0)
    names = [
        match.start() + floor for match in pattern.finditer(bare[floor:end]) if text[match.start() + floor].isupper()
    ]
    inside = [name for name in names if name >= floor + cut] or names[-1:]
    return (inside[0], end) if inside else None

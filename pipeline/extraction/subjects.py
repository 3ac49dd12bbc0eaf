"""The table of subjects: whom the plan is for, line by line."""

import re
from collections.abc import Iterator
from functools import cache
from types import MappingProxyType

from pipeline.document import Document, Passage, Section, TracedText
from pipeline.extraction.bounds import bounded
from pipeline.extraction.task_values import inferred_value, printed_value, trimmed
from pipeline.extraction.vocabulary import words
from pipeline.language.bodies import bodies_from
from pipeline.language.nlp import analyse, fold_tones
from pipeline.options import ExtractOptions
from pipeline.records import Subject

__all__ = ["extract_subjects", "subject_kind"]

_HEADING = re.compile(
    r"^(?:về\s)?(?:(?:các\s)?đối tượng|thành phần|phạm vi|đơn vị được|người (?:dự|tham gia"
    r"|tham dự))(?!\s(?:kinh phí|và tiêu chuẩn|cụ thể của))",
    re.IGNORECASE,
)
_PART = re.compile(r"đối tượng|thành phần|phạm vi", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?P<label>(?:(?:về\s)?(?:đối tượng|thành phần|phạm vi|đơn vị được (?:kiểm tra|giám sát"
    r"|khảo sát)|số lượng (?:đơn vị|đại biểu|người)|người (?:dự|tham gia))[^:;.]{0,50}?))\s?:\s?",
    re.IGNORECASE,
)
_NO_MEMBER = tuple(fold_tones(word) for word in ("công viên", "khuôn viên", "viện", "các", "và"))
_NO_HOLDER = tuple(fold_tones(word) for word in ("tuân", "bảo", "đối"))
_HOLDER = tuple(fold_tones(word) for word in ("sĩ", "sỹ", "sư"))
_KINDS_OF_THEM = re.compile(
    r"^(?:đối với\s)?(?:tập thể|cá nhân|các |đơn vị|cán bộ|học sinh|sinh viên|giáo viên|khối|cụm"
    r"|khách mời|đại biểu|đối tượng)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"^(?:quy định|theo|như|xem)\b", re.IGNORECASE)
_IS = re.compile(r"^(?:là|gồm|bao gồm|gồm có)\s(?=\S)", re.IGNORECASE)
_TRAILING = re.compile(
    r"\s?(?:tham dự|tham gia|dự họp|cùng dự)?\s?(?:\((?:số lượng|theo|có|kèm|mỗi|nếu)[^()]*\))?\s*$", re.IGNORECASE
)
_OTHER_LABEL = re.compile(
    r"^(?:thời gian|địa điểm|nội dung|hình thức|kinh phí|số lượng(?=\s?:)|số lượng bài|tiêu chuẩn|yêu cầu"
    r"|phương pháp)\b",
    re.IGNORECASE,
)
_APPLIES = re.compile(
    r"^(?:(?:bản\s)?(?:kế\shoạch|quy\sđịnh|quy\schế|hướng\sdẫn|chương\strình|đề\sán|quyết\sđịnh|thể\slệ"
    r"|phương\sán)(?:\snày)?\s)?"
    r"(?:được\s)?áp\sdụng\s(?:đối\svới|cho)\s|^(?:các\s)?(?:đối\stượng|thành\sphần)\s(?:tham\s(?:gia|dự)|dự"
    r"|áp\sdụng|được|thụ\shưởng"
    r"|của|thi|xét)[^.;:]{0,60}?\s(?:là|gồm(?:\scó)?|bao\sgồm)\s:?\s?",
    re.IGNORECASE,
)
_FOR = re.compile(r"\b(?:cho|đối với|dành cho)\s(?P<whom>.+)$", re.IGNORECASE)
_QUANTIFIER = re.compile(
    r"(?:tất cả|toàn thể|toàn bộ|các|những|mọi|mỗi|từng|\d+\s?%|\d+(?:\s\([^()]*\))?|tối thiểu \S+|ít nhất \S+"
    r"|khoảng \d+"
    r"|đông đảo|là|gồm|bao gồm|gồm có|cùng|và)\s(?:có\s)?",
    re.IGNORECASE,
)
_BEFORE_NOUN = re.compile(
    r"(?:đối với|riêng|triển khai|áp dụng|(?:lớp|nhóm|đợt|khóa)\s\d{1,2}\s?:|về phía|dành cho|(?:khách mời|thành phần"
    r"|đối tượng)\s?:|(?:ở |tại )?(?:cấp|cụm"
    r"|điểm cầu)\s[^:;,.]{1,40}?:"
    r"|(?:cấp\s[^:;,.]{1,20}|trung ương|ở tỉnh|ở xã|ở huyện|chủ trì|mời|kính mời|mời dự|tham dự"
    r"|đại biểu mời)\s?:)\s?:?\s?"
    r"|(?:phía|bên)\s[^:;,.]{1,60}:\s",
    re.IGNORECASE,
)
_MEMBER = re.compile(
    rf"(?:(?!{'|'.join(_NO_MEMBER)})[^\W\d_]+ )?(?!{'|'.join(_NO_MEMBER)})[^\W\d_]+ {fold_tones('viên')}(?! chức)(?!\w)"
    rf"|(?!{'|'.join(_NO_HOLDER)})[^\W\d_]+ (?:{'|'.join(_HOLDER)})(?!\w| {fold_tones('đoàn')}| {fold_tones('phạm')})"
)
_KIND_OF = MappingProxyType({"persons": "individual", "groups": "collective"})
_MOST_LABELS = 5
_MOST_LEVELS = 4
_NEAR = 80


def extract_subjects(document: Document, options: ExtractOptions) -> tuple[Subject, ...]:
    """One record for each printed line that says whom the plan is for; the title where no line does."""
    document = bounded(document)
    lines = [
        line for passage in document.passages for line in _lines(document, passage) if not _ELSEWHERE.match(line.text)
    ]
    if not lines:
        lines = list(_of_title(document))
    records = [_record(line) for line in lines if line]
    seen: set[str] = set()
    distinct: list[Subject] = []
    for record in records:
        if record.text is not None and fold_tones(str(record.text.normal)) not in seen:
            seen.add(fold_tones(str(record.text.normal)))
            distinct.append(record)
    return tuple(distinct)


def subject_kind(text: str) -> str:
    """`individual`, `collective` or `other`, by the first noun."""
    start = _past_labels(text)
    folded = fold_tones(text[start:])
    if _nouns("papers").match(folded):
        return "other"
    begun = _kind_at(folded)
    if begun is not None:
        return begun
    if bodies_from(text, start) is not None:
        return "collective"
    return _first_noun(folded)


def _past_labels(text: str) -> int:
    """Where the first noun may begin: past `Đối với`, `Cấp tỉnh:`, quantifiers and numbers."""
    start = 0
    for _ in range(_MOST_LABELS):
        match = _QUANTIFIER.match(text, start) or _BEFORE_NOUN.match(text, start)
        if match is None or match.end() == start:
            break
        start = match.end()
    return start


@cache
def _nouns(*names: str) -> re.Pattern[str]:
    """The words of lists, folded, the longest first; each list is a group of its name."""
    groups = (
        f"(?P<{name}>"
        + "|".join(re.escape(fold_tones(noun)) for noun in sorted(words(name), key=len, reverse=True))
        + ")"
        for name in names
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(groups)})(?!\w)")


def _kind_at(folded: str) -> str | None:
    """The kind of the longest noun that a text begins with."""
    if _MEMBER.match(folded):
        return "individual"
    found = {name: _nouns(name).match(folded) for name in _KIND_OF}
    return max(
        ((match.end(), _KIND_OF[name]) for name, match in found.items() if match is not None), default=(0, None)
    )[1]


def _first_noun(folded: str) -> str:
    """The kind of the noun that comes first in a line that begins with none."""
    match = _nouns(*_KIND_OF).search(folded, 0, _NEAR)
    return _KIND_OF[match.lastgroup] if match is not None and match.lastgroup else "other"


def _lines(document: Document, passage: Passage) -> Iterator[TracedText]:
    if passage.appendix or passage.kind not in ("heading", "item", "paragraph"):
        return
    section = _section(document, passage)
    if section is None or _under_bodies(document, section):
        return
    body = passage.body
    stated = any(_HEADING.match(heading) for heading in _headings(document, section))
    if passage.kind == "heading":
        if stated and body:
            yield _cleaned(body)
        return
    label = _LABEL.match(body.text)
    if label is not None and (
        stated or section.kind in ("subjects", "schedule", "content") or _PART.search(section.heading.text)
    ):
        if label.end() < len(body.text):
            yield _cleaned(body.slice(label.end()))
        return
    if stated and not body.text.rstrip().endswith(":") and not _OTHER_LABEL.match(body.text) and not _orders(body.text):
        yield _cleaned(body)


def _orders(text: str) -> bool:
    """Whether a line begins with a verb, so that it says what is to be done and not for whom."""
    start = _past_labels(text)
    folded = fold_tones(text[start:])
    if _kind_at(folded) is not None or _nouns("papers").match(folded) or _APPLIES.match(text) or _IS.match(text):
        return False
    analysis = analyse(text[start : start + 80])
    return bool(len(analysis)) and 0 in analysis.marks["verbs"]


def _headings(document: Document, section: Section) -> list[str]:
    """The section's heading and those over it, up to one that names another thing."""
    chain = [section.heading.text]
    while section.parent is not None and section.parent < section.index and len(chain) < _MOST_LEVELS:
        if _OTHER_LABEL.match(chain[-1]) or not (_KINDS_OF_THEM.match(chain[-1]) or section.kind == "subjects"):
            break
        section = document.sections[section.parent]
        chain.append(section.heading.text)
    return chain


def _section(document: Document, passage: Passage) -> Section | None:
    index = passage.section
    return document.sections[index] if index is not None and 0 <= index < len(document.sections) else None


def _under_bodies(document: Document, section: Section) -> bool:
    """Whether the section stands in a part about who does what, or among aims."""
    parent = (
        document.sections[section.parent] if section.parent is not None and section.parent < section.index else None
    )
    kinds = {section.kind, parent.kind if parent is not None else section.kind}
    return bool(kinds & {"organization", "purpose", "funding"})


def _cleaned(text: TracedText) -> TracedText:
    text = trimmed(text)
    match = _APPLIES.match(text.text) or _IS.match(text.text)
    if match is not None:
        text = text.slice(match.end())
    tail = _TRAILING.search(text.text)
    return text.slice(0, tail.start()) if tail is not None and tail.start() > 8 else text


def _of_title(document: Document) -> Iterator[TracedText]:
    passage = next((passage for passage in document.passages if passage.kind in ("title", "about")), None)
    if passage is None:
        return
    match = _FOR.search(passage.text.text)
    if match is None:
        return
    whom = passage.text.slice(match.start("whom"), match.end("whom"))
    kind = subject_kind(whom.text)
    begun = _kind_at(fold_tones(whom.text[_past_labels(whom.text) :]))
    if (kind == "individual" and begun is not None) or (kind == "collective" and bodies_from(whom.text, 0) is not None):
        yield trimmed(whom)


def _record(line: TracedText) -> Subject:
    return Subject(
        kind=inferred_value(subject_kind(line.text), line, certainty=0.8), text=printed_value(line, certainty=0.85)
    )

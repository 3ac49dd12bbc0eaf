"""Who gives a reward and who gets it, as a clause says it: subject, request, passive, or behind the form."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from pipeline.document import TracedText
from pipeline.extraction.named_bodies import bodies_at, capitals_at
from pipeline.extraction.reward_phrases import NOUN, Recipients, each_of, recipients_of

__all__ = [
    "GIVE_VERB",
    "MAX_WHOM_WORDS",
    "PASSIVE",
    "PEOPLE",
    "Gift",
    "asked_before",
    "granter_behind",
    "granter_in",
    "subject_of",
    "whom_behind",
]

GIVE_VERB = (
    r"(?:trao\stặng|tặng\sthưởng|truy\stặng|khen\stặng|xét\stặng|tặng|trao\sthưởng|trao\sgiải|trao|khen\sthưởng"
    r"|thưởng"
    r"|cấp(?=\s(?:giấy|bằng|cờ))|(?:gắn|cài|đeo)(?=\s(?:huy|kỷ|huân))|gửi(?:\stặng)?(?=\s(?:thư|giấy)\s(?:khen|biểu|tuyên))|nhận|công\snhận|phong\stặng|xét\scông\snhận)"
)
PASSIVE = re.compile(
    r"(?<!\w)(?:(?:sẽ|đều|cũng|thì|còn|mới|sẽ\scòn)\s)*được\s(?P<by>(?:(?!(?<!\w)(?:được|sẽ)\s)[^.;:]){0,120}?)"
    rf"(?<!đua\s[-–]\s)(?<!đua,\s)(?<!khen\s)(?P<verb>{GIVE_VERB}|biểu\sdương|tuyên\sdương|tôn\svinh|vinh\sdanh"
    rf"|động\sviên)(?!\w)",
    re.IGNORECASE,
)
_REQUEST = re.compile(r"(?<!\w)(?:đề\snghị|trình|đề\sxuất|giới\sthiệu)\s(?:với\s)?", re.IGNORECASE)
PEOPLE = re.compile(
    r"(?:các\s|những\s|mỗi\s|\d{1,4}\s)?(?:tập\sthể|cá\snhân|học\ssinh|sinh\sviên|giáo\sviên|cán\sbộ|hội\sviên"
    r"|đoàn\sviên"
    r"|hộ|gia\sđình|người"
    r"|thí\ssinh|tác\sgiả|nhóm|lớp|công\schức|viên\schức|nhân\sviên|đảng\sviên)(?!\w)",
    re.IGNORECASE,
)
_CONSIDERED = re.compile(
    r"(?:(?:xem\sxét|bình\sxét|bình\schọn|lựa\schọn|ưu\stiên|xét|chọn|kịp\sthời|và|biểu\sdương|khen\sthưởng"
    r"|đề\snghị|trình|đề\sxuất"
    r"|các\scấp|để),?\s)*",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?<!\w)(?:đề\snghị|kiến\snghị|trình|đề\sxuất|báo\scáo|tham\smưu(?:\scho|\svới)?|giới\sthiệu)\s(?:với\s|cho\s)?"
    r"(?=[^.;]{2,140}?\s(?:xem\sxét|xét|tặng|khen|trao|quyết\sđịnh|ban\shành|biểu\sdương|công\snhận))",
    re.IGNORECASE,
)
_UNNAMED = re.compile(r"(?:các\s)?cấp\s(?:có\sthẩm\squyền|trên|thẩm\squyền)", re.IGNORECASE)
_OF = re.compile(r"^\s(?:của|cấp|do)\s", re.IGNORECASE)
_TO = re.compile(
    r"^(?:[^.;]|\.(?=\d)){0,140}?(?:(?<!\w)(?:cho|đối\svới|tới|đến|dành\scho)\s|:\s(?=\d)|:\s(?:xét\s"
    r"|trao\s)?(?:tặng|trao"
    r"|dành)?\s?(?:cho\s)?)",
    re.IGNORECASE,
)
_PIECES = re.compile(
    r"(?:\d{1,3}\s)(?:cờ|bằng(?:\skhen)?|giấy(?:\skhen)?|giải|suất|phần(?:\sthưởng)?)\s(?:cho\s"
    r"|đối\svới\s)?",
    re.IGNORECASE,
)
_BARE_COUNT = re.compile(rf"^\s?[,:(]?\s?(?=\d{{1,4}}\s{NOUN}(?!\w))", re.IGNORECASE)
MAX_WHOM_WORDS = 24


@dataclass(frozen=True, slots=True)
class Gift:
    """One form given to one kind of recipients.

    Attributes:
        form: None where only a reward is promised.
        whole: the part of the text that says it.
        granter: None where the sentence names nobody; `nobody` tells that it rules out those it is addressed to.
        listed: without a verb of giving, so that it counts only in a part about rewards.
    """

    form: TracedText | None
    whole: TracedText
    granter: TracedText | None = None
    nobody: bool = False
    count: int | None = None
    given: Recipients | None = None
    amount: int | None = None
    listed: bool = False


def subject_of(clause: TracedText, end: int) -> TracedText | None:
    """The body that a clause begins with, or that stands behind one of its first commas, before an offset."""
    for offset in _subject_offsets(clause.text, end):
        named = bodies_at(clause, offset, end)
        if named is not None and not PEOPLE.match(named[0].text):
            return named[0]
    return None


@lru_cache(maxsize=8)
def _requests(text: str) -> tuple[re.Match[str], ...]:
    return tuple(_ASKED.finditer(text))


def asked_before(text: str, end: int) -> re.Match[str] | None:
    """The last request that begins before an offset."""
    index = bisect_right(_requests(text), end, key=re.Match.end)
    return _requests(text)[index - 1] if index else None


def _subject_offsets(text: str, end: int) -> list[int]:
    """Where the subject of a clause may begin: at its start and behind its first commas."""
    return [0, *(match.end() for match in list(re.finditer(r"[,:]\s|(?<!\w)để\s", text[:end]))[:6])]


def granter_in(clause: TracedText, start: int, end: int) -> tuple[TracedText | None, bool]:
    """The body that stands between the words of considering and the verb; and whether it is nobody in particular."""
    text = clause.text
    asked = list(_REQUEST.finditer(text, start, end))
    lead = _CONSIDERED.match(text, asked[-1].end() if asked else start)
    offset = lead.end() if lead is not None else start
    if _UNNAMED.match(text, offset):
        return None, True
    named = bodies_at(clause, offset, end)
    return (named[0] if named is not None else None), False


def granter_behind(clause: TracedText, end: int) -> tuple[TracedText | None, int]:
    """The body after `của`, and where what follows it begins."""
    match = _OF.match(clause.text[end : end + 8])
    start = end + match.end() if match is not None else 0
    named = (bodies_at(clause, start) or capitals_at(clause, start)) if match is not None else None
    return named if named is not None else (None, end)


def whom_behind(clause: TracedText, start: int, stop: int) -> list[Recipients]:
    """The recipients that a stretch behind a form names, after `cho`, a colon or at once."""
    text = clause.text[start:stop]
    each = each_of(clause, start, stop)
    if each:
        return each
    bare = _BARE_COUNT.match(text)
    match = bare or _TO.match(text)
    if match is None:
        return []
    begin = start + match.end()
    pieces = _PIECES.match(clause.text, begin)
    return [
        given
        for given in recipients_of(clause, pieces.end() if pieces is not None else begin, stop)
        if len(given.whom.text.split()) <= MAX_WHOM_WORDS
    ]

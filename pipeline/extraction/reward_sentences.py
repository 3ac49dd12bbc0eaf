"""What a sentence gives: the forms of reward in it, who gives them, to whom and for what.

A form is given actively (`Chủ tịch UBND tỉnh tặng Bằng khen cho 10 tập thể …`), by request (`đề nghị X tặng …`),
passively (`tập thể … được X tặng …`), or stands in a list of rewards without a verb (`01 giải Nhất: 500.000 đồng`).
A form that somebody must already have (`đạt danh hiệu …`) is a criterion and is not given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.document import TracedText
from pipeline.extraction.named_bodies import bodies_at, capitals_at
from pipeline.extraction.reward_phrases import (
    FORM,
    NOUN,
    Recipients,
    amounts_by_noun,
    count_of,
    each_of,
    names_recipients,
    phrase_start,
    read_amount,
    recipients_of,
)
from pipeline.extraction.task_values import trimmed

__all__ = ["Gift", "gifts_of"]

_GIVE_VERB = (
    r"(?:trao\stặng|tặng\sthưởng|truy\stặng|khen\stặng|xét\stặng|tặng|trao\sthưởng|trao\sgiải|trao|khen\sthưởng"
    r"|thưởng"
    r"|cấp(?=\s(?:giấy|bằng|cờ))|nhận|công\snhận|phong\stặng|xét\scông\snhận)"
)
_GIVES = re.compile(rf"(?<!\w){_GIVE_VERB}(?!\w)", re.IGNORECASE)
_NOT_GIVING = re.compile(
    r"(?:việc|hồ\ssơ|thủ\stục|quy\strình|trình\stự|điều\skiện|danh\ssách|tờ\strình|về\sviệc|biên\sbản|công\stác"
    r"|tiêu\schuẩn"
    r"|mẫu|quy\sđịnh(?:\svề)?|đã\sđược|từng\sđược|chưa\sđược|lễ|văn\sbản|báo\scáo)"
    r"\s(?:(?:xem\sxét|bình\sxét|xét|đề\snghị|trình|tổ\schức|công\sbố)[,]?\s){0,3}(?:[^,;.]{0,40}\s)?$",
    re.IGNORECASE,
)
_ATTAINED = re.compile(
    r"(?:đạt|đoạt|giành|giành\sđược|đạt\sđược|đã\s(?:được\s)?(?:tặng|nhận|đạt|có)|từng\s\w+|có\stừ|(?:được"
    r"|đã)\stặng\sthưởng\scác)"
    r"(?:\s(?:danh\shiệu|các|từ|một\strong\scác|ít\snhất))*\s$",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"(?<!\w)(?:(?:sẽ|đều|cũng|thì)\s)*được\s(?P<by>(?:(?!(?<!\w)(?:được|sẽ)\s)[^.;:]){0,120}?)"
    rf"(?<!đua\s[-–]\s)(?<!đua,\s)(?<!khen\s)(?P<verb>{_GIVE_VERB}|biểu\sdương|tuyên\sdương|tôn\svinh|vinh\sdanh"
    rf"|động\sviên)(?!\w)",
    re.IGNORECASE,
)
_REQUEST = re.compile(r"(?<!\w)(?:đề\snghị|trình|đề\sxuất|giới\sthiệu)\s(?:với\s)?", re.IGNORECASE)
_PEOPLE = re.compile(
    r"(?:các\s|những\s|mỗi\s)?(?:tập\sthể|cá\snhân|học\ssinh|sinh\sviên|giáo\sviên|cán\sbộ|hội\sviên|đoàn\sviên"
    r"|hộ|gia\sđình|người"
    r"|thí\ssinh|tác\sgiả|nhóm|lớp|công\schức|viên\schức|nhân\sviên|đảng\sviên)(?!\w)",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"(?<!\w)đã\s(?:có\s(?:hơn\s|trên\s)?\d|được\s|tặng|trao|khen|biểu\sdương|đề\snghị|xét|tổ\schức"
    r"|công\snhận)",
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
_COUNTED_PRIZE = re.compile(r"\s?:\s?\d{1,3}\sgiải(?!\s(?:nhất|nhì|ba|khuyến|đặc|a|b|c)(?!\w))", re.IGNORECASE)
_COMES_WITH = re.compile(r"gồm|kèm|và|cùng|,", re.IGNORECASE)
_BARE_COUNT = re.compile(rf"^\s?[,:(]?\s?(?=\d{{1,4}}\s{NOUN}(?!\w))", re.IGNORECASE)
_UNIT_COUNT = re.compile(
    r"^[^.;]{0,80}?[:(]\s?(?P<count>\d{1,3})\s(?:giải|suất|phần|bằng|cờ|giấy)(?!\w)", re.IGNORECASE
)
_ADVISES = re.compile(r"(?<!\w)(?:tham\smưu(?:\scho|\svới|\sgiúp)?|giúp)\s", re.IGNORECASE)
_STARTS_WITH_VERB = re.compile(
    r"(?:kịp\sthời\s|và\s|tổ\schức\s|xem\sxét\s|đề\sxuất\s)*(?:biểu\sdương|khen|tặng|trao|tôn\svinh"
    r"|tuyên\sdương)",
    re.IGNORECASE,
)
_CHOSEN = re.compile(r"(?<!\w)(?:chọn|lựa\schọn|bình\schọn|xét\schọn|giới\sthiệu|bình\sxét)\s", re.IGNORECASE)
_COLLECTIVE_LABEL = re.compile(r"^\s?(?:[:(]|$)")
_FORMLESS = re.compile(
    r"(?P<verb>(?:biểu\sdương|khen\sthưởng|tôn\svinh|tuyên\sdương|vinh\sdanh)(?:(?:,|\svà|\shoặc)\s(?:biểu\sdương"
    r"|khen\sthưởng|tôn\svinh|động\sviên|tuyên\sdương|nhân\srộng|vinh\sdanh))*)\s"
    r"(?:kịp\sthời\s|cho\s|đối\svới\s|xứng\sđáng\s|đột\sxuất\s)*"
    rf"(?P<whom>(?:(?:những|các|mỗi|\d{{1,4}})\s(?:\w+\s){{0,2}}?)?{NOUN}(?!\w)[^.;:()]{{3,400}})",
    re.IGNORECASE,
)
_NOT_TO_GIVE = re.compile(
    r"(?:công tác|hình thức|quy định về|hồ sơ|tiêu chuẩn|nội dung|kế hoạch|quỹ|luật thi đua,"
    r"|hội đồng thi đua\s?[-,–]|ban thi đua\s?[-,–]|thi đua\s?[-,–]|thi đua,|quy chế|chế độ|chính sách|cơ chế"
    r"|biện pháp|nguyên tắc|mức|quy trình|việc|là|chi|kinh phí(?: chi)?|tiền"
    r"|căn cứ (?:để )?(?:xem xét,?\s)?(?:đánh giá,?\s)?"
    r"|cơ sở (?:để )?(?:xem xét,?\s)?(?:đánh giá,?\s)?(?:bình xét,?\s)?"
    r"|tiêu chí (?:để )?(?:xem xét,?\s)?(?:đánh giá,?\s)?|đề nghị xét,?)\s*$",
    re.IGNORECASE,
)
_MONEY_GIFT = re.compile(
    r"(?<=:\s)thưởng\s|(?<!\w)(?:được\s(?:nhà\strường\s|Ban\sTổ\schức\s)?(?:khen\s)?thưởng"
    r"|mức\s(?:tiền\s)?thưởng(?:\slà)?"
    r"|được\snhận)\s?:?\s",
    re.IGNORECASE,
)
_MONEY_ACTIVE = re.compile(r"^(?:tiền\s)?thưởng\s(?=\d)", re.IGNORECASE)
_MAX_WHOM_WORDS = 24


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


def gifts_of(sentence: TracedText) -> list[Gift]:
    """Everything that a sentence gives, clause by clause."""
    if _PAST.search(sentence.text):
        return []
    found: list[Gift] = []
    asked: TracedText | None = None
    for start, end in _clauses(sentence.text):
        clause = sentence.slice(start, end)
        gifts = list(_with_forms(clause)) or list(_without_form(clause))
        if asked is not None and _STARTS_WITH_VERB.match(clause.text):
            gifts = [
                replace(gift, granter=asked) if gift.granter is None and not gift.nobody else gift for gift in gifts
            ]
        found.extend(gifts)
        asked = _advised(clause) or asked
    return found


def _advised(clause: TracedText) -> TracedText | None:
    """The body that is advised in a clause, and so decides in the clauses that go on with a verb."""
    match = _ADVISES.search(clause.text)
    named = bodies_at(clause, match.end()) if match is not None else None
    return named[0] if named is not None else None


def _clauses(text: str) -> list[tuple[int, int]]:
    """The parts between semicolons; a sum that only speaks of the clause before stays with it."""
    bounds: list[tuple[int, int]] = []
    start = 0
    for match in re.finditer(r";\s", text):
        bounds.append((start, match.start()))
        start = match.end()
    bounds.append((start, len(text)))
    return bounds


def _with_forms(clause: TracedText) -> Iterator[Gift]:
    text = clause.text
    matches = [match for match in FORM.finditer(text) if not _is_label(text, match) and not _is_attained(text, match)]
    matches = [
        match for index, match in enumerate(matches) if index == 0 or not _is_content(text, matches[index - 1], match)
    ]
    if not matches:
        return
    passive = _passive(text, matches)
    if passive is not None:
        matches = [match for match in matches if match.start() >= passive.end("verb")]
        whom_start = phrase_start(text, 0, passive.start())
        shared = recipients_of(clause, whom_start, passive.start()) if whom_start is not None else []
        granter, nobody = _granter_in(clause, passive.start("by"), passive.start("verb"))
        given_by_verb = True
    else:
        given_by_verb, shared, granter, nobody = _active(clause, matches)
    by = granter, nobody
    for index, match in enumerate(matches):
        stop = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        asked = _asked(text, match.start()) if index else None
        if asked is not None and asked.start() >= matches[index - 1].end():
            by = _granter_in(clause, asked.end(), match.start())
        yield from _gifts(clause, match, stop, shared, by, listed=not given_by_verb)


def _is_label(text: str, match: re.Match[str]) -> bool:
    """`Giải tập thể:` heads prizes and is none."""
    kind = match["form"].casefold()
    return kind in ("giải tập thể", "giải cá nhân", "giải toàn đoàn", "giải đồng đội") and (
        _COLLECTIVE_LABEL.match(text[match.end() :]) is not None
        and match["count"] is None
        and not _COUNTED_PRIZE.match(text[match.end() :])
    )


def _is_content(text: str, before: re.Match[str], match: re.Match[str]) -> bool:
    """Whether a certificate only comes with the prize before it (`01 giải Nhất gồm Giấy chứng nhận và …`)."""
    certificate = match["form"].casefold().startswith("giấy chứng nhận")
    return certificate and _COMES_WITH.search(text[before.end() : match.start()]) is not None


def _is_attained(text: str, match: re.Match[str]) -> bool:
    return _ATTAINED.search(text[max(0, match.start() - 40) : match.start()]) is not None


def _passive(text: str, matches: list[re.Match[str]]) -> re.Match[str] | None:
    """The last `được … tặng` before a form that stands behind somebody who can get it."""
    for match in reversed(list(_PASSIVE.finditer(text, 0, matches[-1].start()))):
        if phrase_start(text, 0, match.start()) is not None:
            return match
    return None


def _active(clause: TracedText, matches: list[re.Match[str]]) -> tuple[bool, list[Recipients], TracedText | None, bool]:
    """Whether a verb gives the forms, to whom all of them go, and who gives."""
    text = clause.text
    first = matches[0].start()
    verbs = [match for match in _GIVES.finditer(text, 0, first) if not _is_noun(text, match)]
    verb = verbs[-1] if verbs else None
    shared = _whom(clause, matches[-1].end(), len(text))
    asked = _asked(text, first)
    if not shared:
        before = asked.start() if asked is not None else verb.start() if verb is not None else 0
        chosen = _CHOSEN.search(text, 0, before)
        begin = phrase_start(text, chosen.end(), before) if chosen is not None else None
        shared = recipients_of(clause, begin, before) if begin is not None else _label_whom(clause, before)
    if asked is not None:
        granter, nobody = _granter_in(clause, asked.end(), first)
        return verb is not None, shared, granter, nobody
    return verb is not None, shared, _subject(clause, verb.start() if verb is not None else first), False


def _subject(clause: TracedText, end: int) -> TracedText | None:
    """The body that a clause begins with, or that stands behind one of its first commas, before an offset."""
    for offset in _subject_offsets(clause.text, end):
        named = bodies_at(clause, offset, end)
        if named is not None and not _PEOPLE.match(named[0].text):
            return named[0]
    return None


def _label_whom(clause: TracedText, end: int) -> list[Recipients]:
    """Who stands before a colon and the verb (`Học sinh đạt …: tặng Giấy khen`)."""
    if not clause.text[:end].rstrip().endswith(":"):
        return []
    begin = phrase_start(clause.text, 0, end)
    return recipients_of(clause, begin, clause.text.rindex(":", 0, end)) if begin is not None else []


def _asked(text: str, end: int) -> re.Match[str] | None:
    """The last request that begins before an offset."""
    return next((match for match in reversed(list(_ASKED.finditer(text))) if match.end() <= end), None)


def _is_noun(text: str, verb: re.Match[str]) -> bool:
    """Whether a verb of giving is spoken of (`hồ sơ đề nghị tặng …`) and does not give."""
    return _NOT_GIVING.search(text[max(0, verb.start() - 70) : verb.start()]) is not None


def _subject_offsets(text: str, end: int) -> list[int]:
    """Where the subject of a clause may begin: at its start and behind its first commas."""
    return [0, *(match.end() for match in list(re.finditer(r"[,:]\s", text[:end]))[:6])]


def _granter_in(clause: TracedText, start: int, end: int) -> tuple[TracedText | None, bool]:
    """The body that stands between the words of considering and the verb; and whether it is nobody in particular."""
    text = clause.text
    asked = list(_REQUEST.finditer(text, start, end))
    lead = _CONSIDERED.match(text, asked[-1].end() if asked else start)
    offset = lead.end() if lead is not None else start
    if _UNNAMED.match(text, offset):
        return None, True
    named = bodies_at(clause, offset, end)
    return (named[0] if named is not None else None), False


def _gifts(
    clause: TracedText,
    match: re.Match[str],
    stop: int,
    shared: list[Recipients],
    by: tuple[TracedText | None, bool],
    *,
    listed: bool,
) -> Iterator[Gift]:
    text = clause.text
    after = text[match.end() : stop]
    counted = _UNIT_COUNT.match(after)
    count = count_of(match["count"]) or (int(counted["count"]) if counted is not None else None)
    form = clause.slice(match.start("form"), match.end("form"))
    whole = clause.slice(match.start(), stop)
    named, end = _granter_behind(clause, match.end())
    whom: list[Recipients | None] = [*(_whom(clause, end, stop) or shared)]
    sums = dict(amounts_by_noun(after))
    general = read_amount(after)
    for given in whom or [None]:
        each = sums.get(given.noun, general) if given is not None else general
        quantity = count if count is not None else None
        yield Gift(form, whole, named or by[0], by[1] and named is None, quantity, given, each, listed)


def _granter_behind(clause: TracedText, end: int) -> tuple[TracedText | None, int]:
    """The body after `của`, and where what follows it begins."""
    match = _OF.match(clause.text[end : end + 8])
    start = end + match.end() if match is not None else 0
    named = (bodies_at(clause, start) or capitals_at(clause, start)) if match is not None else None
    return named if named is not None else (None, end)


def _whom(clause: TracedText, start: int, stop: int) -> list[Recipients]:
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
        if len(given.whom.text.split()) <= _MAX_WHOM_WORDS
    ]


def _without_form(clause: TracedText) -> Iterator[Gift]:
    """`khen thưởng các tập thể có thành tích`, `tập thể … được khen thưởng`, `được thưởng 500.000 đồng`."""
    text = clause.text
    money = _MONEY_GIFT.search(text)
    amount = read_amount(text[money.end() :]) if money is not None else None
    if money is not None and amount is not None:
        begin = phrase_start(text, 0, money.start())
        if begin is not None:
            for given in recipients_of(clause, begin, money.start()):
                yield Gift(None, clause, None, False, None, given, amount)
            return
    if _MONEY_ACTIVE.match(text):
        for given in _whom(clause, 0, len(text)):
            yield Gift(None, clause, None, False, None, given, read_amount(text))
        return
    active = list(_formless(clause))
    yield from active or _formless_passive(clause)


def _formless(clause: TracedText) -> Iterator[Gift]:
    text = clause.text
    for match in _FORMLESS.finditer(text):
        if _NOT_TO_GIVE.search(text[max(0, match.start() - 60) : match.start()]) or not names_recipients(match["whom"]):
            continue
        asked = _asked(text, match.start())
        granter, nobody = _granter_in(clause, asked.end(), match.start()) if asked is not None else (None, False)
        if asked is None:
            granter = _subject(clause, match.start())
        for given in recipients_of(clause, match.start("whom"), match.end("whom")):
            if len(given.whom.text.split()) <= _MAX_WHOM_WORDS:
                yield Gift(None, clause, granter, nobody, None, given, None)


def _formless_passive(clause: TracedText) -> Iterator[Gift]:
    text = clause.text
    for match in _PASSIVE.finditer(text):
        if match["verb"].casefold() not in ("khen thưởng", "biểu dương", "tuyên dương", "tôn vinh", "vinh danh"):
            continue
        begin = phrase_start(text, 0, match.start())
        if begin is None:
            continue
        granter, nobody = _granter_in(clause, match.start("by"), match.start("verb"))
        for given in recipients_of(clause, begin, match.start()):
            if given.criteria and len(trimmed(given.whom).text.split()) <= _MAX_WHOM_WORDS:
                yield Gift(None, clause, granter, nobody, None, given, None)
        return

"""What a sentence gives: the forms of reward in it, who gives them, to whom and for what.

A form is given actively (`Chủ tịch UBND tỉnh tặng Bằng khen cho 10 tập thể …`), by request (`đề nghị X tặng …`),
passively (`tập thể … được X tặng …`), or stands in a list of rewards without a verb (`01 giải Nhất: 500.000 đồng`).
A form that somebody must already have (`đạt danh hiệu …`) is a criterion and is not given.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.document import TracedText
from pipeline.extraction.named_bodies import bodies_at
from pipeline.extraction.reward_granters import (
    GIVE_VERB,
    MAX_WHOM_WORDS,
    PASSIVE,
    Gift,
    asked_before,
    granter_behind,
    granter_in,
    subject_of,
    whom_behind,
)
from pipeline.extraction.reward_phrases import (
    FORM,
    Recipients,
    amounts_by_noun,
    count_of,
    phrase_start,
    read_amount,
    recipients_of,
    whoever,
)
from pipeline.extraction.reward_promises import without_form

__all__ = ["gifts_of"]


_GIVES = re.compile(rf"(?<!\w){GIVE_VERB}(?!\w)", re.IGNORECASE)
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
    r"(?:\s(?:danh\shiệu|các|từ|một\strong\scác|ít\snhất|trên|hơn|đủ|\d{1,3}|lượt|lần|chiếc))*\s$",
    re.IGNORECASE,
)


_PAST = re.compile(
    r"(?<!\w)đã\s(?:có\s(?:hơn\s|trên\s)?\d|được\s|tặng|trao|khen|biểu\sdương|đề\snghị|xét|tổ\schức"
    r"|công\snhận)",
    re.IGNORECASE,
)


_COUNTED_PRIZE = re.compile(r"\s?:\s?\d{1,3}\sgiải(?!\s(?:nhất|nhì|ba|khuyến|đặc|a|b|c)(?!\w))", re.IGNORECASE)
_COMES_WITH = re.compile(r"gồm|kèm|và|cùng|,", re.IGNORECASE)

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
_HOLDS = re.compile(r"(?<!\w)(?:có|gồm)\s[^:;.]{0,40}$", re.IGNORECASE)
_MATTER = re.compile(
    r"(?:các\s|những\s|mỗi\s|\d{1,3}\s)?(?:kết\squả|mức|kinh\sphí|lễ|việc|hồ\ssơ|danh\ssách|giải|cuộc|hội\s(?:thi|nghị|diễn)"
    r"|kế\shoạch|phong\strào|nội\sdung|quỹ|tiền|chương\strình|đợt|ngày|năm|ngoài|trong|khi|nếu|căn|sau|tại|theo|để|số"
    r"|tổng|từ|trên|đối\svới|qua|cơ\scấu|hình\sthức|phần|thời|và|đồng\sthời|bên\scạnh|đã|được|đề\snghị)(?!\w)|\W|(?:điều\s)?(?:\d{1,3}|\w)[.)]",
    re.IGNORECASE,
)
_NEAR = 20
_COLLECTIVE_LABEL = re.compile(r"^\s?(?:[:(]|$)")


def gifts_of(sentence: TracedText) -> list[Gift]:
    """Everything that a sentence gives, clause by clause."""
    if _PAST.search(sentence.text):
        return []
    found: list[Gift] = []
    asked: TracedText | None = None
    for start, end in _clauses(sentence.text):
        clause = sentence.slice(start, end)
        gifts = list(_with_forms(clause)) or list(without_form(clause))
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
        shared = shared or _subject_given(clause, passive.start())
        granter, nobody = granter_in(clause, passive.start("by"), passive.start("verb"))
        given_by_verb = True
    else:
        given_by_verb, shared, granter, nobody = _active(clause, matches)
    by = granter, nobody
    for index, match in enumerate(matches):
        stop = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        asked = asked_before(text, match.start()) if index else None
        if asked is not None and asked.start() >= matches[index - 1].end():
            by = granter_in(clause, asked.end(), match.start())
        yield from _gifts(clause, match, stop, shared, by, listed=not given_by_verb, alone=len(matches) == 1)


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
    for match in reversed(list(PASSIVE.finditer(text, 0, matches[-1].end()))):
        if phrase_start(text, 0, match.start()) is not None:
            return match
        directly = any(0 <= form.start() - match.end() <= _NEAR for form in matches)
        if directly and not _MATTER.match(text) and 0 < len(text[: match.start()].split()) <= MAX_WHOM_WORDS:
            return match
    return None


def _subject_given(clause: TracedText, end: int) -> list[Recipients]:
    """The subject of a passive that the words for recipients do not know (`Trạm Y tế …`, `Kế toán trưởng …`)."""
    if _MATTER.match(clause.text):
        return []
    named = bodies_at(clause, 0, end)
    return whoever(clause, 0, end, named[1] if named is not None else None)


def _active(clause: TracedText, matches: list[re.Match[str]]) -> tuple[bool, list[Recipients], TracedText | None, bool]:
    """Whether a verb gives the forms, to whom all of them go, and who gives."""
    text = clause.text
    first = matches[0].start()
    verbs = [match for match in _GIVES.finditer(text, 0, first) if not _is_noun(text, match)]
    verb = verbs[-1] if verbs else None
    shared = whom_behind(clause, matches[-1].end(), len(text))
    asked = asked_before(text, first)
    if not shared:
        before = asked.start() if asked is not None else verb.start() if verb is not None else 0
        chosen = _CHOSEN.search(text, 0, before)
        begin = phrase_start(text, chosen.end(), before) if chosen is not None else None
        shared = recipients_of(clause, begin, before) if begin is not None else _label_whom(clause, before)
    if not shared and verb is not None and verb[0].casefold() == "nhận":
        begin = phrase_start(text, 0, verb.start())
        shared = recipients_of(clause, begin, verb.start()) if begin is not None else []
    if asked is not None:
        granter, nobody = granter_in(clause, asked.end(), first)
        return verb is not None, shared, granter, nobody
    if verb is None and _HOLDS.search(text, 0, first):
        return False, shared, None, False
    return verb is not None, shared, subject_of(clause, verb.start() if verb is not None else first), False


def _label_whom(clause: TracedText, end: int) -> list[Recipients]:
    """Who stands before a colon and the verb (`Học sinh đạt …: tặng Giấy khen`)."""
    if not clause.text[:end].rstrip().endswith(":"):
        return []
    begin = phrase_start(clause.text, 0, end)
    return recipients_of(clause, begin, clause.text.rindex(":", 0, end)) if begin is not None else []


def _is_noun(text: str, verb: re.Match[str]) -> bool:
    """Whether a verb of giving is spoken of (`hồ sơ đề nghị tặng …`) and does not give."""
    return _NOT_GIVING.search(text[max(0, verb.start() - 70) : verb.start()]) is not None


def _gifts(
    clause: TracedText,
    match: re.Match[str],
    stop: int,
    shared: list[Recipients],
    by: tuple[TracedText | None, bool],
    *,
    listed: bool,
    alone: bool,
) -> Iterator[Gift]:
    text = clause.text
    after = text[match.end() : stop]
    counted = _UNIT_COUNT.match(after)
    count = count_of(match["count"]) or (int(counted["count"]) if counted is not None else None)
    form = clause.slice(match.start("form"), match.end("form"))
    whole = clause.slice(match.start(), stop)
    named, end = granter_behind(clause, match.end())
    own = whom_behind(clause, end, stop)
    whom: list[Recipients | None] = [*(own or shared)]
    # First, second and third prize are parted among those who are counted together.
    alternative = not own and alone is False and match["form"].casefold().startswith("giải")
    sums = dict(amounts_by_noun(after))
    general = read_amount(after)
    for given in whom or [None]:
        each = sums.get(given.noun, general) if given is not None else general
        if given is not None and given.quantity is not None and alternative:
            given = replace(given, quantity=None)
        quantity = count if count is not None else None
        yield Gift(form, whole, named or by[0], by[1] and named is None, quantity, given, each, listed)

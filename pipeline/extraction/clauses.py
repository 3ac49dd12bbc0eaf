"""The clause that a time belongs to: what is to be done, from its verb, without its doer and its own time."""

import re
from collections.abc import Iterator, Sequence

from pipeline.document import TracedText
from pipeline.extraction.roles import coordinators
from pipeline.extraction.sentences import Doer, doer_at_end, doer_of, refers_back
from pipeline.extraction.task_values import trimmed
from pipeline.language.nlp import Analysis, analyse
from pipeline.language.time_expressions import TimeExpression

__all__ = ["clause_of", "doer_of_clause"]

_JOINT = re.compile(r",\s(?:và\s|đồng\sthời\s|sau\sđó\s)?|\s(?:và|đồng\sthời)\s")
_EDGE = re.compile(r"^[\s,;:.(–-]+")
_CLOSING = re.compile(r"[\s,;:(–-]+$")
_DONE_BY = re.compile(
    r"[\s,;:(]*(?:(?:và\s|cơ\sbản\s|phải\s|để\s)?(?:(?:hoàn\s(?:thành|tất)|xong|kết\sthúc|thực\shiện)(?:\s(?:xong|việc))?)"
    r"|thời\s(?:gian|hạn)(?:\s(?:vận\sđộng|tổ\schức|hoàn\sthành|thực\shiện|gửi|báo\scáo|nộp))?(?:\slà)?|gửi|dự\skiến|diễn\sra)?[\s,:(]*$",
    re.IGNORECASE,
)
_TIME_WORDS = re.compile(
    r"^[\s,;]*(?:thời\s(?:gian|hạn|điểm)|hạn|tiến\sđộ)(?:\s[^\s,;:]+){0,4}\s?:?\s*$", re.IGNORECASE
)
_REPORTS = re.compile(r"(?:định\skỳ\s)?(?:tổng\shợp|gửi|sơ\skết)[^,;]{0,40}?báo\scáo", re.IGNORECASE)
_WATCHES = re.compile(r"[\s,]*(?:theo\sdõi|đôn\sđốc|hướng\sdẫn|kiểm\stra|giám\ssát)", re.IGNORECASE)
_MONTH_OR_DAY = re.compile(r"(?:tháng|ngày|quý)\s[\dIV]", re.IGNORECASE)
_PURPOSE = re.compile(r"^\s(?:để|nhằm|làm\scơ\ssở)\s", re.IGNORECASE)
_CIRCUMSTANCE = re.compile(
    r"^[\s,]*(?:căn\scứ|theo(?!\sdõi)|trên\scơ\ssở|trong\sphạm\svi|tùy|tuỳ|qua\s|từ\stình\shình|bằng\s|với\schức\snăng)",
    re.IGNORECASE,
)
_DUTY = re.compile(
    r"^[\s,:-]*(?:có\strách\snhiệm|chịu\strách\snhiệm(?:\schính)?(?:\s(?:trong\sviệc|trước\s[^,;]{0,60}?\svề\sviệc))?"
    r"|(?:làm|là)\s(?:cơ\squan|đơn\svị|bộ\sphận)?\s?(?:đầu\smối|thường\strực)|phải|cần|sẽ|được\sgiao(?:\snhiệm\svụ)?|giao(?:\scho)?|có\snhiệm\svụ)"
    r"(?:[\s,:]+|$)",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^[\s,]*chủ\strì\b[\s,]*(?:và\s)?", re.IGNORECASE)
_TO_DO = re.compile(r"^việc\s", re.IGNORECASE)
_AIMS = re.compile(r"^[\s,]*(?:phấn\sđấu|yêu\scầu|bảo\sđảm|đảm\sbảo)$", re.IGNORECASE)
_BY_RULE = re.compile(r"\stheo\s(?!dõi)", re.IGNORECASE)
_LIMITS = ("trước", "chậm", "muộn", "hạn", "đến", "hết", "xong")
_WINDOW = 600
_LONG_WORDS = 34
_ENOUGH_WORDS = 6
_FEW_WORDS = 2
_NOT_OF_THE_TASK = (
    "giao",
    "phân công",
    "quy định",
    "phụ trách",
    "phê duyệt",
    "ban hành",
    "đề ra",
    "hướng dẫn",
    "chỉ đạo",
    "quản lý",
)


def clause_of(
    sentence: TracedText, time: TimeExpression, times: Sequence[TimeExpression], doer: Doer | None
) -> TracedText:
    """What is to be done at a time.

    Args:
        sentence: the sentence that the time stands in.
        times: all times of the sentence that bind somebody, in order.
        doer: its subject, if it has one.
    Returns:
        The clause before the time, or after it where the time opens it; a recurrence within it stays in it.
    """
    text = sentence.text
    start, end = _stretch(text, time, times)
    opening = text.rfind("(", start, time.start)
    if opening > start and text.find(")", opening, time.start) < 0 and _own_clause(text, opening, time, times):
        start, opening = opening + 1, -1
    elif opening > start and text.find(")", opening, time.start) < 0:
        closing = text.find(")", time.end)
        if closing > 0 and text[closing + 1 :].lstrip().startswith(":"):
            return _stripped(sentence, _verb_of(text, closing + 1, len(text), doer), len(text))
        opening = text.find("(", start, opening + 1) if _bracketed(text, start, opening, times) else opening
        begin = _narrowed(text, _verb_of(text, start, opening, doer), opening)
        return _stripped(sentence, begin, _end_of_task(text, begin, opening))
    begin = _verb_of(text, start, time.start, doer)
    colon = text.rfind(": ", begin, time.start)
    if colon > begin and len(text[colon + 2 : time.start].split()) > _FEW_WORDS:
        begin = _verb_of(text, colon + 2, time.start, None)
    before, after = text[begin : time.start], text[time.end : end]
    if before.endswith(", ") and _verb_at(analyse(text), time.end):
        before, begin = "", time.start
    if _nothing(before) or (_AIMS.match(before.strip(" ,:")) and after.lstrip().startswith(",")):
        begin = _verb_of(text, time.end, end, doer)
        task = _stripped(sentence, begin, _without_times(text, begin, _end_of_task(text, begin, end), times))
        return task if task else _stripped(sentence, start, max(end, time.end))
    stop = time.start
    if before.rstrip().endswith(":"):
        return _stripped(sentence, begin, stop)
    if time.kind == "recurring":
        stop = _end_after(text, time.end, end)
        if stop == time.end and _DONE_BY.sub("", before).strip() and time.preposition in _LIMITS:
            stop = time.start
    elif after.strip(" .,;:)") and not _PURPOSE.match(after) and not _breaks_off(text, time.end):
        stop = _end_after(text, time.end, end)
    begin = _narrowed(text, begin, time.start)
    if stop == time.start:
        done = _DONE_BY.search(text[begin:stop])
        stop = begin + done.start() if done is not None and done.start() > 0 else stop
        stop = _end_of_task(text, begin, stop)
    return _stripped(sentence, begin, stop)


def _own_clause(text: str, opening: int, time: TimeExpression, times: Sequence[TimeExpression]) -> bool:
    """Whether brackets say more than the time and `hoàn thành`, as in `(đăng ký với Ban Tổ chức trước …)`."""
    if any(opening < other.start < time.start for other in times):
        return False
    inner = re.split(r"[;,]\s", text[opening + 1 : time.start])[-1]
    return len(_DONE_BY.sub("", inner).split()) > _FEW_WORDS + 1


def is_label(text: str, time: TimeExpression) -> bool:
    """Whether a time opens a text and a colon follows it, so that all that comes after is set for it."""
    return not text[: time.start].strip() and text[time.end :].lstrip().startswith(":")


def _bracketed(text: str, start: int, opening: int, times: Sequence[TimeExpression]) -> bool:
    """Whether an earlier time of the clause stands in brackets too (`kỳ 6 tháng (…) và kỳ 12 tháng (…)`)."""
    first = text.find("(", start, opening)
    return first >= 0 and any(first < other.start < text.find(")", first) for other in times)


def doer_of_clause(text: str, time: TimeExpression, times: Sequence[TimeExpression]) -> tuple[int, Doer] | None:
    """The subject of the time's own clause where it is not the sentence's: its offset in the sentence, and it."""
    start, _ = _stretch(text, time, times)
    start += len(text[start:]) - len(text[start:].lstrip(" ,;:-"))
    clause = text[start : start + _WINDOW]
    doer = doer_of(clause)
    if doer is None or doer.bodies.bodies[0].kind == "generic" or refers_back(clause, doer):
        return None
    return start, doer


def _stretch(text: str, time: TimeExpression, times: Sequence[TimeExpression]) -> tuple[int, int]:
    """The part of a sentence that can be about a time: between semicolons, and between its neighbours' clauses."""
    opening = text.rfind("(", 0, time.start)
    inside = opening >= 0 and text.find(")", opening, time.start) < 0
    start = text.rfind("; ", 0, opening if inside else time.start) + 1
    end = text.find("; ", time.end)
    end = len(text) if end < 0 or is_label(text, time) else end
    if start and _TIME_WORDS.match(text[start : time.start]):
        start = text.rfind("; ", 0, start - 1) + 1
    earlier = next((other for other in reversed(times) if other.end <= time.start and other.start >= start), None)
    if earlier is not None and text.count("(", start, earlier.start) > text.count(")", start, earlier.start):
        earlier = None
    later = next((other for other in times if other.start >= time.end and other.end <= end), None)
    if earlier is not None:
        joint = next(iter(_joints(text, earlier.end, time.start, strict=False)), None)
        opens = not text[start : earlier.start].strip(" ,:-") or _AIMS.match(text[start : earlier.start].strip(" ,:"))
        if joint is not None and not (opens and joint.start() > earlier.end + 1 and _same_task(text, earlier, time)):
            start = joint.end()
    if later is not None:
        joints = [joint for joint in _joints(text, time.end, later.start, strict=False) if joint.start() > time.end]
        if joints:
            end = joints[-1].start() if _is_opening(text, joints[-1].end(), later.start) else joints[0].start()
            end = max(end, time.end)
    return start, end


def _same_task(text: str, earlier: TimeExpression, later: TimeExpression) -> bool:
    """Whether no words of a task stand between two times (`hằng tuần, trước ngày 18 hằng tháng`)."""
    return len(text[earlier.end : later.start].split()) <= _FEW_WORDS


def _is_opening(text: str, joint: int, time: int) -> bool:
    """Whether a time opens what follows a comma, so that the clause of the time before ends there."""
    return not text[joint:time].strip(" ,:")


def _joints(text: str, start: int, end: int, *, strict: bool) -> Iterator[re.Match[str]]:
    """Commas and conjunctions after which a verb or, where not `strict`, nothing but a time stands."""
    analysis = analyse(text)
    for match in _JOINT.finditer(text, start, end):
        if (
            (match.start() == start and not strict)
            or (match.end() >= end and not strict)
            or _verb_at(analysis, match.end())
        ):
            yield match


def _verb_at(analysis: Analysis, offset: int) -> bool:
    return analysis.token_at(offset) in analysis.marks["verbs"]


def _verb_of(text: str, start: int, end: int, doer: Doer | None) -> int:
    """Where the task begins: past the doer, its duty, what it goes by, and those it does it with as the leader."""
    if doer is not None and doer.place != "end" and start <= doer.verb <= end:
        start = doer.verb
    elif doer is not None and doer.place != "end" and start <= doer.start < end <= doer.verb:
        return end
    start += _length(_EDGE, text[start:end])
    for _ in range(4):
        before = start
        start += _length(_DUTY, text[start:end])
        if _CIRCUMSTANCE.match(text[start:end]):
            start = _after_circumstance(text, start, end)
        led = _LEADING.match(text[start:end])
        if led and start + led.end() < end:
            start = _after_partners(text, start + led.end(), end)
        if text[start:end].casefold().startswith(("cùng ", "và cùng ")):
            start = _after_partners(text, start, end)
        if start == before:
            break
    start += _length(_TO_DO, text[start:end])
    return start


def _length(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def _after_circumstance(text: str, start: int, end: int) -> int:
    """Past `căn cứ …` and `theo chức năng, nhiệm vụ …`, to the first verb that is a task's."""
    analysis = analyse(text)
    token = analysis.token_at(start) + 2
    while token < len(analysis) and analysis.starts[token] < min(end, start + 160):
        after = analysis.marks["verbs"].get(token)
        if (
            after is not None
            and text[analysis.starts[token] : analysis.ends[after - 1]].casefold() not in _NOT_OF_THE_TASK
        ):
            return analysis.starts[token]
        token = after or token + 1
    return start


def _after_partners(text: str, start: int, end: int) -> int:
    """Past `phối hợp với X và Y` after `chủ trì`."""
    if not text[start:end].casefold().startswith(("phối hợp", "cùng ", "và cùng ")):
        return start
    partners = coordinators(text[start:end])
    if not partners:
        return start
    after = start + partners[-1].end
    rest = text[after:end]
    return after + _length(_EDGE, rest) if rest.strip(" ,.;:") else start


def _narrowed(text: str, start: int, end: int) -> int:
    """A very long clause begins after the last comma or conjunction before a verb that leaves enough of it."""
    for match in _JOINT.finditer(text, max(start, end - _WINDOW), end):
        if text.startswith("phấn đấu ", match.end()):
            return match.end()
        if _REPORTS.match(text, match.end()) and _WATCHES.match(text, start):
            return match.end()
    if len(text[start:end].split()) <= _LONG_WORDS:
        return start
    for match in _joints(text, max(start, end - _WINDOW), end, strict=True):
        words = len(text[match.end() : end].split())
        if _ENOUGH_WORDS <= words <= _LONG_WORDS:
            return match.end()
    return start


def _breaks_off(text: str, offset: int) -> bool:
    """Whether a comma, a conjunction or a bracket follows a time at once."""
    return _JOINT.match(text, offset) is not None or text.startswith(" (", offset)


def _end_after(text: str, start: int, end: int) -> int:
    """Where the clause ends that goes on after its time: at the next comma before a verb, or at what it goes by."""
    joint = next((match for match in _joints(text, start, end, strict=False) if match[0].startswith(",")), None)
    if joint is not None:
        end = joint.start()
    rule = _BY_RULE.search(text, start, end)
    return rule.start() if rule is not None else end


def _end_of_task(text: str, start: int, end: int) -> int:
    """Before the doer that is named at a task's end (`… do Phòng Kỹ thuật thực hiện`)."""
    start = max(start, end - _WINDOW)
    doer = doer_at_end(text[start:end])
    return start + doer.verb if doer is not None and doer.verb > 0 else end


def _without_times(text: str, start: int, end: int, times: Sequence[TimeExpression]) -> int:
    """Before the brackets at a task's end that say when in each turn it is done."""
    if not text[start:end].rstrip(" .;,").endswith(")"):
        return end
    opening = text.rfind("(", start, end)
    dated = _MONTH_OR_DAY.search(text, opening, end) is not None
    return opening if opening > start and (dated or any(opening < time.start < end for time in times)) else end


def _nothing(text: str) -> bool:
    return not text.strip(" ,:;.(-–") or _DONE_BY.fullmatch(text.strip()) is not None


def _stripped(text: TracedText, start: int, end: int) -> TracedText:
    inner = text.text[start:end]
    begin = start + _length(_EDGE, inner)
    right = _CLOSING.search(text.text[begin:end])
    return trimmed(text.slice(begin, begin + right.start() if right else max(begin, end)))

"""The table of deadlines: every time by which, from which or during which something is to be done."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.document import Document, Passage, Section, TracedText
from pipeline.extraction.bounds import bounded
from pipeline.extraction.clauses import clause_of, doer_of_clause
from pipeline.extraction.sentences import Doer, doer_of, sentences_of
from pipeline.extraction.task_tables import TaskRow, task_rows
from pipeline.extraction.task_times import TimeContext, accepted_times, plan_date
from pipeline.extraction.task_units import Unit
from pipeline.extraction.task_values import inferred_value, printed_value, tidy, trimmed
from pipeline.extraction.units import units_of
from pipeline.language.nlp import fold_tones
from pipeline.language.plan_dates import PlanDate
from pipeline.language.time_cells import parse_time_cell
from pipeline.language.time_expressions import TimeExpression, TimeKind, find_times
from pipeline.options import ExtractOptions
from pipeline.records import Deadline, Value

__all__ = ["extract_deadlines", "plan_period"]

_TIME_HEADING = re.compile(r"^(?:thời gian|thời điểm|thời hạn|tiến độ|ngày giờ)", re.IGNORECASE)
_PLACE = re.compile(r"địa điểm", re.IGNORECASE)
_TIME_LINE = re.compile(
    r"^(?:về\s)?(?:thời gian|thời điểm|thời hạn"
    r"|tiến độ)(?:\s[^:;.]{0,40})?\s?:\s?(?P<value>[^;]{3,200}?)(?:[;.]?\s*$)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"^(?:theo|như|xem|có|tại|cụ thể|do)\b", re.IGNORECASE)
_EVENT_TITLE = re.compile(
    r"^(?:(?:về\s(?:việc\s)?)?(?:tổ chức|kiểm tra|huấn luyện|tập huấn|hội|lễ|sinh hoạt|tham quan"
    r"|phát động|thi|giải|giao lưu|bồi dưỡng|khảo sát|tuyên truyền))",
    re.IGNORECASE,
)
_GATHERING = re.compile(
    r"^(?:tổ chức |tham mưu [^,;]{0,60}?tổ chức |khai mạc |mở )?(?:(?:các |đợt |buổi )?(?:hội (?:nghị"
    r"|thi|thảo|diễn|thao|trại)|lễ |đại hội|tập huấn|giao lưu|tọa đàm|họp |gặp mặt|kiểm tra|sinh hoạt"
    r"|tham quan|ngày hội|giải ))",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"(?<!\w)(?:(?:khép lại|kết thúc|hoàn thành|hoàn tất|xong|chấm dứt)(?: \S+){0,4}"
    r"|(?:chốt|nộp|bàn giao)(?: [^\s,;:.]+){0,12})\s$",
    re.IGNORECASE,
)
_OF_ALL = re.compile(
    r"^(?:(?:các\s)?nội dung|(?:các\s)?nhiệm vụ|tổ chức(?: thực hiện| triển khai)?$|thời gian|kế hoạch|chương trình"
    r"|tiến độ|lịch|quy mô)(?:\W|$)",
    re.IGNORECASE,
)
_TARGETS = re.compile(r"chỉ tiêu|mục tiêu cụ thể", re.IGNORECASE)
_FIGURES = re.compile(r"\d+(?:[.,]\d+)?\s?%")
_LABELLED = re.compile(r"[^:]{4,90}[^\d\s:]\s?:\s\S|.{6,60}\d\s?:\s\D")
_ANYTHING = re.compile(r"[^\W\d_]{2,}")
_NO_TIME = re.compile(r"^(?:không|chưa|theo phụ lục|xem|như trên|nt)\b", re.IGNORECASE)
_ALWAYS = re.compile(r"^(?:thường xuyên|liên tục|hằng|hàng|định kỳ|đột xuất|theo định kỳ)", re.IGNORECASE)
_THROUGHOUT = re.compile(r"^(?:trong )?(?:cả|suốt|toàn bộ)\s", re.IGNORECASE)
_MAX_LINE_WORDS = 24
_MAX_REST_WORDS = 8
_SHORT = ("day", "days", "month", "clock")
_MAX_DAY_WORDS = 16
_MAX_LOOK_BACK = 60
_MIN_WORDS = 2
_MAX_CLAUSE = 200


@dataclass(frozen=True, slots=True)
class _Found:
    """A deadline with where it stands; `rank` is lower where somebody is told to keep it."""

    index: int
    record: Deadline
    target: bool
    rank: int
    row: bool = False


def extract_deadlines(document: Document, options: ExtractOptions) -> tuple[Deadline, ...]:
    """One record for each time and task, however many bodies it binds; the plan's own time has the plan's title."""
    document = bounded(document)
    plan = plan_date(document)
    found: list[_Found] = [*_plan_lines(document, plan)]
    lined = {item.index for item in found}
    for unit in units_of(document):
        if unit.passage.index not in lined:
            found.extend(_of_unit(unit, plan))
    for row in task_rows(document):
        found.extend(_of_row(document, row, plan))
    return tuple(item.record for item in sorted(_distinct(found), key=lambda item: item.index))


def plan_period(document: Document) -> tuple[str | None, str | None] | None:
    """First and last day of the plan as a whole, from its lines of time; None where no line says them."""
    records = [found.record for found in _plan_lines(document, plan_date(document))]
    starts = sorted(str(record.start.normal) for record in records if record.start is not None)
    ends = sorted(str(record.end.normal) for record in records if record.end is not None)
    if not starts and not ends:
        return None
    return starts[0] if starts else None, ends[-1] if ends else None


def _plan_lines(document: Document, plan: PlanDate) -> Iterator[_Found]:
    """Lines `Thời gian: …` that speak of the plan as a whole."""
    title = document.records.document.title
    for passage in document.passages:
        if passage.appendix or passage.kind not in ("heading", "item", "paragraph") or not passage.body:
            continue
        value = _line_value(document, passage)
        if value is None or _ELSEWHERE.match(value.text):
            continue
        time = parse_time_cell(value.text, plan)
        if time is None:
            continue
        if _is_of_its_heading(document, passage):
            continue
        what = title
        event = time.kind == "due" and time.first is not None and title is not None
        if event and title is not None and _EVENT_TITLE.match(str(title.normal)):
            time = _as_event(time)
        yield _Found(passage.index, _record(value, time, what, None, 0.9), target=False, rank=0)


def _is_of_its_heading(document: Document, passage: Passage) -> bool:
    """Whether a run-in line of time speaks of the heading over it (`2. Lễ khai mạc`), not of the plan."""
    section = _section(document, passage)
    if passage.kind != "heading" or section is None or section.parent is None:
        return False
    over = document.sections[section.parent]
    return over.kind != "schedule" and not _OF_ALL.match(over.heading.text)


def _line_value(document: Document, passage: Passage) -> TracedText | None:
    """What a line of time says: after its run-in heading, after its label, or alone under a heading of time."""
    section = _section(document, passage)
    under_time = section is not None and _TIME_HEADING.match(section.heading.text) is not None
    if passage.kind == "heading":
        if not under_time or section is None:
            return None
        return _first_sentence(passage.body)
    match = _TIME_LINE.match(passage.body.text)
    if match is not None and (under_time or section is None or _is_plan_level(section)):
        return _first_sentence(passage.body.slice(match.start("value"), match.end("value")))
    if not under_time or section is None or len(passage.body.text.split()) > _MAX_LINE_WORDS:
        return None
    if _LABELLED.match(passage.body.text):
        return None
    found = find_times(passage.body.text)
    covered = sum(time.end - time.start for time in found)
    return trimmed(passage.body) if covered * 2 >= len(passage.body.text.strip()) else None


def _first_sentence(text: TracedText) -> TracedText:
    """A value without what follows it on its line (`… năm 2026. Địa điểm: …`)."""
    start, end = next(iter(sentences_of(text.text)), (0, len(text.text)))
    return trimmed(text.slice(start, end))


def _is_plan_level(section: Section | None) -> bool:
    return section is not None and section.kind == "schedule"


def _as_event(time: TimeExpression) -> TimeExpression:
    return replace(time, kind="event")


def _section(document: Document, passage: Passage) -> Section | None:
    index = passage.section
    return document.sections[index] if index is not None and 0 <= index < len(document.sections) else None


def _of_unit(unit: Unit, plan: PlanDate) -> Iterator[_Found]:
    targets = any(_TARGETS.search(section.heading.text) for section in unit.chain)
    told = unit.addressees is not None
    earlier = TracedText()
    for start, end in unit.sentences:
        sentence = trimmed(unit.text.slice(start, end))
        context = TimeContext(plan, purpose=unit.purpose, targets=targets, told=told)
        times = accepted_times(sentence.text, context)
        doer = doer_of(sentence.text) if times else None
        before_it = TracedText()
        for time in times:
            printed = sentence.slice(time.start, time.end)
            own = doer_of_clause(sentence.text, time, times)
            body = _bound(unit, sentence, own or ((0, doer) if doer is not None else None))
            what = clause_of(sentence, time, times, _moved(*own) if own is not None else doer)
            if time.kind == "due" and time.first is not None and time.unit in _SHORT and _GATHERING.match(what.text):
                time = _as_event(time)
            elif _is_limit(sentence.text, time):
                time = replace(time, kind="due")
            if before_it and len(what.text.split()) <= _MIN_WORDS:
                what = before_it
            before_it = what
            if earlier and (len(what.text.split()) < _MIN_WORDS or _TIME_HEADING.match(sentence.text)):
                what = earlier
            record = _record(printed, time, printed_value(what, certainty=0.68), body, 0.89 if told else 0.85)
            yield _Found(unit.passage.index, record, time.unit == "year", 0 if told else 1)
        earlier = sentence
    if unit.time_line is not None:
        line = parse_time_cell(unit.time_line.text, plan) or _measureless(unit.time_line)
        if (
            line is not None
            and line.kind in ("due", "period")
            and line.unit in _SHORT
            and _GATHERING.match(unit.text.text)
        ):
            line = _as_event(line) if line.first is not None and line.preposition not in ("từ", "trước") else line
        if line is not None:
            told_to = unit.addressees if unit.addressees is not None and unit.addressees.source == "sentence" else None
            what_value = printed_value(unit.text.slice(told_to.verb if told_to is not None else 0), certainty=0.8)
            yield _Found(
                unit.passage.index,
                _record(unit.time_line, line, what_value, _bound(unit, unit.text, None), 0.9),
                False,
                0,
            )


def _is_limit(text: str, time: TimeExpression) -> bool:
    """Whether a bare day is that by which something is to be over or handed in (`đợt một khép lại ngày …`)."""
    if time.kind != "event" or time.unit != "day" or time.preposition not in ("", "vào"):
        return False
    clause = re.split(r"[,;:]\s", text[max(0, time.start - _MAX_CLAUSE) : time.start])[-1]
    return _ENDS.search(clause) is not None


def _moved(offset: int, doer: Doer) -> Doer:
    """A clause's subject by offsets into its sentence."""
    return replace(doer, start=doer.start + offset, end=doer.end + offset, verb=doer.verb + offset)


def _measureless(text: TracedText) -> TimeExpression | None:
    """A cell or line of time that hangs on an event, recurs without a measure or goes on throughout."""
    if not _ANYTHING.search(text.text) or _NO_TIME.match(text.text):
        return None
    if _ALWAYS.match(text.text):
        return TimeExpression(0, len(text.text), "recurring", None, None, None, "cell")
    kind: TimeKind = "period" if _THROUGHOUT.match(text.text) else "due"
    return TimeExpression(0, len(text.text), kind, None, None, None, "cell")


def _bound(unit: Unit, sentence: TracedText, doer: tuple[int, Doer] | None) -> Value | None:
    """Who is bound: the subject of the time's clause or sentence, else the unit's addressees as printed."""
    if doer is not None and doer[1].bodies.bodies[0].kind != "generic":
        offset, subject = doer
        text = sentence.slice(offset + subject.start, offset + subject.end)
        return printed_value(text, tidy(text.text), certainty=0.65 if subject.guessed else 0.78)
    addressees = unit.addressees
    if addressees is None:
        return None
    text = addressees.text if addressees.text else TracedText.join(addressees.leads, ", ")
    if addressees.source == "line" and addressees.partners:
        text = TracedText.join((text, *addressees.partner_texts), "; ")
    return printed_value(text, tidy(text.text), certainty=addressees.certainty)


def _of_row(document: Document, row: TaskRow, plan: PlanDate) -> Iterator[_Found]:
    cell = trimmed(row.time)
    time = (parse_time_cell(cell.text, plan) or _measureless(cell)) if cell else None
    if time is None:
        return
    title = document.records.document.title
    if time.first is None and time.kind == "event":
        time = _on_day(document, row, time, plan)
    if row.span:
        begin, *rest = (parse_time_cell(part, plan) for part in cell.text.split("; "))
        finish = rest[-1] if rest else None
        first = (begin.first or begin.last) if begin is not None else None
        time = replace(time, kind="period", first=first, last=finish.last if finish is not None else None)
    elif row.limit and time.kind in ("event", "due") and time.unit != "clock":
        time = TimeExpression(
            time.start, time.end, "due", None if time.kind == "event" else time.first, time.last, None, time.unit
        )
    elif (
        time.kind == "due"
        and time.first is not None
        and ((time.unit in _SHORT and _GATHERING.match(row.task.text)) or (row.target and not row.task))
    ):
        time = _as_event(time)
    what = printed_value(row.task, certainty=0.93) if row.task else title
    whose = row.doers if row.doers else row.target
    body = printed_value(trimmed(whose), tidy(trimmed(whose).text), certainty=0.9) if whose else None
    yield _Found(row.passage.index, _record(_time_of_cell(cell, plan), time, what, body, 0.95), False, 0, row=True)


def _time_of_cell(cell: TracedText, plan: PlanDate) -> TracedText:
    """A cell of time is its own text; where it tells a story the time in it is."""
    found = find_times(cell.text, plan)
    rest = len(cell.text.split()) - sum(len(cell.text[time.start : time.end].split()) for time in found)
    if len(found) == 1 and rest > _MAX_REST_WORDS:
        return cell.slice(found[0].start, found[0].end)
    return cell


def _on_day(document: Document, row: TaskRow, time: TimeExpression, plan: PlanDate) -> TimeExpression:
    """A time of day gets its day from the row's column of days, the heading over it, else the plan's only day."""
    for text in (row.day.text, *_texts_before(document, row.passage)):
        days = [found for found in find_times(text, plan) if found.first and found.unit in ("day", "days")]
        if days:
            return replace(time, first=days[0].first, last=days[0].last)
    period = plan_period(document)
    if period is not None and period[0] == period[1]:
        return replace(time, first=period[0], last=period[1])
    return time


def _texts_before(document: Document, passage: Passage) -> Iterator[str]:
    """The short lines, bands and headings over a row of a table, the nearest first, up to the next heading but one."""
    headings = 0
    for earlier in reversed(document.passages[max(0, passage.index - _MAX_LOOK_BACK) : passage.index]):
        filled = [cell for cell in earlier.cells if cell]
        if earlier.kind in ("item", "paragraph", "heading") or (earlier.kind == "table-row" and len(filled) == 1):
            text = earlier.text.text
            if len(text.split()) <= _MAX_DAY_WORDS:
                yield text
        headings += earlier.kind == "heading"
        if headings > 1:
            return


def _record(
    text: TracedText, time: TimeExpression, what: Value | None, body: Value | None, certainty: float
) -> Deadline:
    sure = certainty if time.inferred is None else certainty * 0.85
    return Deadline(
        text=printed_value(text, certainty=certainty),
        kind=inferred_value(time.kind, text, certainty=certainty * 0.95),
        start=inferred_value(time.first, text, certainty=sure, doubt=time.inferred),
        end=inferred_value(time.last, text, certainty=sure, doubt=time.inferred),
        recurrence=inferred_value(time.recurrence, text, certainty=sure * 0.93),
        what=what,
        body=body,
    )


def _distinct(found: list[_Found]) -> Iterator[_Found]:
    """Each time of a task once; a target among aims gives way to the same one where somebody is told to reach it."""
    seen: set[tuple[str, ...]] = set()
    targets = [item for item in found if item.target and item.rank == 0]
    for item in found:
        if item.target and item.rank > 0:
            if any(_days(item) == _days(other) and _same_target(item, other) for other in targets):
                continue
            targets.append(item)
        whose = _normal(item.record.body) if item.row else ""
        key = (*_days(item), _normal(item.record.text), _normal(item.record.what), whose)
        if key not in seen:
            seen.add(key)
            yield item


def _same_target(left: _Found, right: _Found) -> bool:
    """Whether two targets are one said twice: the same figures, or without figures mostly the same words."""
    one, other = _normal(left.record.what), _normal(right.record.what)
    figures = set(_FIGURES.findall(one)), set(_FIGURES.findall(other))
    if figures[0] or figures[1]:
        return figures[0] == figures[1]
    words = set(one.split()), set(other.split())
    return len(words[0] & words[1]) >= 0.6 * min(len(words[0]), len(words[1]), 40)


def _days(item: _Found) -> tuple[str, ...]:
    return _normal(item.record.start), _normal(item.record.end)


def _normal(value: Value | None) -> str:
    return fold_tones(str(value.normal)) if value is not None else ""

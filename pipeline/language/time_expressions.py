"""The grammar of time: every way a plan says when, with the days that it means.

An expression is what is printed, its preposition included (`trước ngày 15/12/2025`); its days are those that the
text means, a missing year being the plan's. Not done: days of the lunar calendar, and times that hang on an
event without a measure (`sau khi có ý kiến`).
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from pipeline.language.calendar_points import Point, days_of, find_points
from pipeline.language.plan_dates import PlanDate

__all__ = ["TimeExpression", "TimeKind", "find_times"]

TimeKind = Literal["due", "period", "recurring", "event"]

_WINDOW = 48
_PREPOSITION = re.compile(
    r"(?<!\w)(?:(?:(?:chậm|muộn)\snhất|hạn\s(?:chót|cuối(?:\scùng)?))(?:\s(?:là|vào|đến|trước|trong|hết))*|trước(?:\skhi\shết)?"
    r"|(?:đến|tới)(?:\s(?:hết|trước))?|hết|trong(?:\s(?:suốt|cả|\d{1,2}|hai|ba))?|(?:kể|bắt\sđầu|tính|áp\sdụng)\stừ|từ|sau"
    r"|vào(?:\s(?:lúc|khoảng|hồi|dịp))?|lúc|hồi|khoảng)\s(?:thời\s(?:gian|điểm)\s)?$",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?<!\w)(?:(?P<half1>nửa\sđầu)|(?P<half2>nửa\s(?:cuối|sau))|(?P<ten1>thượng\stuần|(?:10|mười)\sngày\sđầu)|(?P<ten2>trung\stuần|(?:10|mười)\sngày\sgiữa)"
    r"|(?P<ten3>hạ\stuần|(?:10|mười)\sngày\scuối)|(?P<early>đầu|tuần\sđầu(?:\stiên)?)|(?P<middle>giữa)|(?P<late>cuối|tuần\scuối(?:\scùng)?)|tuần\s(?:lễ\s)?(?:thứ\s)?(?P<week>[1-5]|nhất|một|hai|ba|tư|năm)(?:\s?(?:[-–,]|và|đến)\s?(?:tuần\s)?(?P<until>[1-5]))?"
    r"|(?P<lastday>ngày\scuối(?:\scùng)?)),?\s(?:của\s)?$",
    re.IGNORECASE,
)
_RANGE_GAP = re.compile(
    r"^\s?(?:[-–—]|,?\s?(?:đến|tới)(?:\s(?:hết|trước|ngày|khoảng|cuối|đầu|giữa))*|và\skết\sthúc)\s?(?:hết\s)?$",
    re.IGNORECASE,
)
_LIST_GAP = re.compile(r"^(?:\s?[,;]\s|\s(?:và|hoặc)\s|\s?[,;]\s(?:và|hoặc)\s)(?:trong\s)?$", re.IGNORECASE)
_WEEKDAY = r"(?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\snhật)"
_CLOCK_GAP = re.compile(
    rf"^\s?,?\s?\(?(?:(?:sáng|chiều|tối|trưa)\s?,?\s?)?(?:{_WEEKDAY})?\)?\s?,?\s?(?:ngày\s|vào\s)?\(?$", re.IGNORECASE
)
_WEEKDAY_AFTER = re.compile(rf"^\s?,?\s?\(\s?{_WEEKDAY}\s?\)", re.IGNORECASE)
_WEEKDAY_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:(?:buổi\s)?(?:sáng|chiều|tối)\s)?{_WEEKDAY},?|(?:buổi\s)?(?:sáng|chiều|tối),?)\s$", re.IGNORECASE
)
_RECURRENCE_GAP = re.compile(r"^\s?(?:,|của|\()?\s?(?:(?:trước|vào|chậm\snhất(?:\slà)?)\s?)?$", re.IGNORECASE)
_NEW_TURN = re.compile(r"(?:theo\s)?định\skỳ|mỗi|ít\snhất|tối\sthiểu|cứ", re.IGNORECASE)
_DAY_OF_RECURRENCE = re.compile(
    r"^\s?[(,]?\s?(?:(?:trước|vào|chậm\snhất(?:\slà)?|hoàn\sthành\strước)\s)?$", re.IGNORECASE
)
_WEEKDAY_OF_TURN = re.compile(
    rf"^\s?\((?:vào\s|trước\s)?(?:(?:sáng|chiều|tối)\s)?(?:ngày\s)?{_WEEKDAY}(?:(?:,|\svà)\s{_WEEKDAY}){{0,5}}\)",
    re.IGNORECASE,
)
_ONWARDS = re.compile(r"^\strở\s(?:đi|về\ssau)(?!\w)", re.IGNORECASE)
_FOLLOWING_YEARS = re.compile(r"^\svà\s(?:những|các)\snăm\s(?:tiếp\stheo|sau)", re.IGNORECASE)
_LAST_TEN_DAYS = 3
_WEEKS = {"nhất": 1, "một": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5}
_UNKNOWN = PlanDate()
_DAYS_FROM = re.compile(r"(?P<count>\d{1,3})\sngày,?\s(?:(?:kể|tính)\s)?từ\s(?=ngày\s\d)", re.IGNORECASE)
_LATEST = ("trước", "chậm", "muộn", "hạn", "đến", "tới", "hết")
_EARLIEST = ("từ", "kể", "bắt", "tính", "áp", "sau")


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time printed at `start` to `end`, offsets into the text that was searched.

    Attributes:
        first, last: ISO days, None where open or unknown.
        unit: what its first point is (`day`, `month`, `year`, `recurrence` …).
        preposition: the first word of its preposition, case folded, or empty.
        inferred: why its days rest on more than the text, or None.
    """

    start: int
    end: int
    kind: TimeKind
    first: str | None
    last: str | None
    recurrence: str | None
    unit: str
    preposition: str = ""
    inferred: str | None = None


def find_times(text: str, plan: PlanDate = _UNKNOWN, *, alone: bool = False) -> list[TimeExpression]:
    """All expressions of time in a text, in order, without overlaps; years and school years without a preposition too.

    Args:
        text: running text, single-spaced, NFC.
        plan: for missing years and for times counted from the plan's own day.
        alone: whether the text is nothing but times, so that `30/6` is one without a preposition.
    """
    points = find_points(text)
    found: list[TimeExpression] = []
    index = 0
    while index < len(points):
        expression, index = _expression(text, points, index, plan, alone)
        if expression is not None and (not found or expression.start >= found[-1].end):
            found.append(expression)
    return found


def _expression(
    text: str, points: list[Point], index: int, plan: PlanDate, alone: bool
) -> tuple[TimeExpression | None, int]:
    """The expression that begins with a point, and the index of the point after it."""
    chain, after = _chain(text, points, index)
    head = chain[0]
    start, preposition, part = _left(text, head)
    end = chain[-1].end
    if head.unit == "anchor" and preposition not in ("từ", "kể", "tính", "sau", "bắt"):
        return None, index + 1
    if all(point.weak for point in chain) and not preposition and not alone:
        return None, index + 1
    if head.unit == "measure":
        first, last = _measured(text[head.start : end], plan)
        return TimeExpression(head.start, end, "due", first, last, None, "measure"), after
    if any(point.unit == "recurrence" for point in chain):
        return _recurring(text, chain, start, preposition, plan), after
    return _dated(text, chain, start, preposition, part, plan), after


def _measured(printed: str, plan: PlanDate) -> tuple[str | None, str | None]:
    """The days of so many days from a printed one; none where the days are working days or hang on an event."""
    count = _DAYS_FROM.search(printed)
    if count is None:
        return None, None
    point = next((point for point in find_points(printed[count.end() - 1 :]) if point.unit == "day"), None)
    days = days_of(point, plan.missing_year(point.month, point.day)) if point is not None and point.month else None
    if days is None:
        return None, None
    return days[0].isoformat(), (days[0] + timedelta(days=int(count["count"]))).isoformat()


def _chain(text: str, points: list[Point], index: int) -> tuple[list[Point], int]:
    """Points that make one expression: a clock with its day, a range, a list of like points, a recurrence."""
    chain = [points[index]]
    ranged = False
    while index + 1 < len(points):
        here, following = points[index], points[index + 1]
        gap = text[here.end : following.start]
        if len(gap) > _WINDOW:
            break
        if not _joins(text, chain, here, following, gap, ranged):
            break
        ranged = ranged or (bool(_RANGE_GAP.match(gap)) and {here.unit, following.unit} != {"clock"})
        chain.append(following)
        index += 1
    return chain, index + 1


def _joins(text: str, chain: list[Point], here: Point, following: Point, gap: str, ranged: bool) -> bool:
    if here.unit == "measure" or following.unit in ("measure", "school-year", "years"):
        return False
    if following.unit == "anchor":
        return False
    if here.unit == "clock":
        if following.unit == "clock":
            return bool(_RANGE_GAP.match(gap)) and len([p for p in chain if p.unit == "clock"]) < 2 + len(chain) // 3
        if following.unit == "recurrence":
            return bool(_RECURRENCE_GAP.match(gap))
        return following.unit in ("day", "days") and bool(_CLOCK_GAP.match(gap))
    if following.unit == "clock":
        return ranged is False and bool(_RANGE_GAP.match(gap)) and chain[0].unit == "clock"
    if following.unit == "recurrence":
        opens = _NEW_TURN.match(text, following.start) is not None and here.unit != "recurrence"
        return bool(_RECURRENCE_GAP.match(gap)) and here.unit != "year" and not opens and not (ranged and gap != " ")
    if here.unit == "recurrence":
        return following.unit in ("day", "month") and bool(_DAY_OF_RECURRENCE.match(gap))
    if _RANGE_GAP.match(gap) and not ranged:
        return here.unit != "years" and (gap.strip() in ("-", "–", "—") or _opens_range(text, chain[0]))
    like = here.unit == following.unit or {here.unit, following.unit} <= {"day", "days"}
    return like and here.unit in ("day", "days", "month", "quarter") and not ranged and bool(_LIST_GAP.match(gap))


def _opens_range(text: str, head: Point) -> bool:
    _, preposition, _ = _left(text, head)
    return preposition in (*_EARLIEST, "trong", "vào", "lúc", "") or head.unit == "clock"


def _left(text: str, point: Point) -> tuple[int, str, str]:
    """Where the expression begins, the first word of its preposition, and the part of the point that is meant."""
    start, preposition, part = point.start, "", ""
    for _ in range(4):
        window = text[max(0, start - _WINDOW) : start]
        if not part and point.unit in ("month", "quarter", "year", "half", "school-year"):
            match = _PART.search(window)
            if match:
                part = next((name for name, value in match.groupdict().items() if value), "week")
                if match["week"]:
                    part = f"week {match['week'].casefold()} {match['until'] or ''}"
                start -= len(match[0])
                continue
        if point.unit in ("day", "days"):
            match = _WEEKDAY_BEFORE.search(window)
            if match:
                start -= len(match[0])
                continue
        match = _PREPOSITION.search(window)
        if match is None:
            break
        start -= len(match[0])
        preposition = match[0].split()[0].casefold()
    return start, preposition, part


def _recurring(text: str, chain: list[Point], start: int, preposition: str, plan: PlanDate) -> TimeExpression:
    """A recurrence; a day or month printed beside `hằng năm` gives the days in the plan's year."""
    turns = [point for point in chain if point.unit == "recurrence"]
    turn = next((point.turn for point in turns if point.turn), None)
    several = [point for point in chain if point.unit in ("day", "days", "month", "quarter") and point.month]
    dated = next((point for point in several if not point.weak), None)
    first = last = None
    if dated is not None and turn == "yearly":
        days = days_of(dated, plan.missing_year(dated.month, dated.day))
        ending = days_of(several[-1], plan.missing_year(several[-1].month, several[-1].day))
        if days is not None and ending is not None:
            inner = text[max(chain[0].start, dated.start - 20) : dated.start] if dated is not chain[0] else ""
            latest = preposition in _LATEST or any(word in inner.casefold() for word in ("trước", "chậm nhất"))
            first, last = (None if latest else days[0].isoformat()), ending[1].isoformat()
    end = chain[-1].end
    if text[chain[0].end : end].count("(") > text[chain[0].end : end].count(")") and text[end : end + 1] == ")":
        end += 1
    weekday = _WEEKDAY_OF_TURN.match(text[end : end + _WINDOW])
    if weekday:
        end += weekday.end()
    return TimeExpression(start, end, "recurring", first, last, turn, "recurrence", preposition)


def _dated(
    text: str, chain: list[Point], start: int, preposition: str, part: str, plan: PlanDate
) -> TimeExpression | None:
    dated = [point for point in chain if point.unit not in ("clock", "anchor")]
    anchored = chain[0].unit == "anchor"
    clocked = any(point.unit == "clock" for point in chain)
    end = _right(text, chain[-1].end)
    if not dated:
        if anchored:
            return TimeExpression(start, end, "period", plan.iso, None, None, "anchor", preposition, _ANCHORED)
        single_clock = len(chain) == 1 and preposition not in ("lúc", "vào", "hồi", "từ", "trước", "bắt")
        if single_clock and not re.search(r"(?:giờ|h|g)\s?\d|:", text[chain[0].start : chain[0].end], re.IGNORECASE):
            return None
        return TimeExpression(start, end, "event", None, None, None, "clock", preposition)
    spans = _spans(dated, plan)
    if spans is None:
        return None
    (first, last), inferred = spans
    if part and len(dated) == 1:
        first, last = _narrowed(first, last, part)
    inferred_reason = _INFERRED if inferred else None
    closing = re.search(r"(?:đến|tới)", text[chain[0].end : dated[0].start]) if anchored else None
    if anchored and closing is not None:
        return TimeExpression(
            start, end, "period", plan.iso, last.isoformat(), None, "anchor", preposition, inferred_reason
        )
    unit = dated[0].unit
    ranged = len(dated) > 1 and any(
        _RANGE_GAP.match(text[left.end : right.start]) and {left.unit, right.unit} != {"clock"}
        for left, right in pairwise(chain)
    )
    if ranged:
        kind: TimeKind = "event" if clocked and first == last else "period"
        if preposition in _LATEST:
            kind = "due"
        return TimeExpression(
            start, end, kind, first.isoformat(), last.isoformat(), None, unit, preposition, inferred_reason
        )
    expression = TimeExpression(
        start, end, "event", first.isoformat(), last.isoformat(), None, unit, preposition, inferred_reason
    )
    following = _FOLLOWING_YEARS.match(text[end:])
    if following is not None and preposition not in _LATEST:
        return replace(expression, kind="period", last=None, end=end + following.end())
    if unit in ("years", "school-year"):
        return replace(expression, kind="period")
    if preposition in _LATEST:
        if preposition == "trước" and unit not in ("day", "days"):
            last = first - timedelta(days=1)
        return replace(expression, kind="due", first=None, last=last.isoformat())
    if clocked and len(chain) - len(dated) > 1:
        return expression
    if preposition in _EARLIEST:
        if clocked:
            return expression
        return replace(
            expression, kind="period", last=None if not dated[0].through or first == last else expression.last
        )
    if dated[0].through and len(dated) == 1 and first != last and unit != "days" and _is_list(dated[0]):
        return replace(expression, kind="period")
    if unit in ("day", "days"):
        return replace(expression, kind="due" if preposition == "trong" else "event")
    return replace(expression, kind="due")


_INFERRED = "the year is the plan's, not printed"
_ANCHORED = "counted from the plan's own date"


def _right(text: str, end: int) -> int:
    """Past a weekday in brackets, or `trở đi`."""
    match = _WEEKDAY_AFTER.match(text[end : end + 24]) or _ONWARDS.match(text[end : end + 12])
    return end + match.end() if match else end


def _spans(dated: list[Point], plan: PlanDate) -> tuple[tuple[date, date], bool] | None:
    """First and last day of points whose missing months and years come from the one after them, else the plan's."""
    printed = next((point.year for point in reversed(dated) if point.year), None)
    month = next((point.month for point in reversed(dated) if point.month), None)
    latest = plan.missing_year(_last_month(dated[-1]), dated[-1].last_day or dated[-1].day)
    days: list[tuple[date, date]] = []
    for point in dated:
        if point.day and point.month is None:
            if month is None:
                return None
            point = replace(point, month=month)
        own = plan.missing_year(_last_month(point), point.last_day or point.day)
        year = printed if printed is not None else own if plan.school_year else min(own or 0, latest or 0) or None
        span = days_of(point, _first_year(point, dated, year))
        if span is None:
            return None
        days.append(span)
    (first, _), (_, last) = days[0], days[-1]
    if first > last and printed is None and len(dated) > 1:
        last = _a_year_on(last)
    if first > last:
        return None
    return (first, last), printed is None


def _is_list(point: Point) -> bool:
    return any((point.last_day, point.last_month, point.last_quarter))


def _last_month(point: Point) -> int | None:
    quarter = point.last_quarter or point.quarter
    return quarter * 3 if quarter else point.last_month or point.month


def _a_year_on(day: date) -> date:
    return day.replace(year=day.year + 1, day=min(day.day, 28) if day.month == 2 else day.day)


def _first_year(point: Point, dated: list[Point], year: int | None) -> int | None:
    """A range over New Year (`từ 15/12 đến 15/01/2026`) begins in the year before."""
    last = dated[-1]
    if year is None or point is last or point.year is not None or len(dated) != 2:
        return year
    crosses = point.month is not None and last.month is not None and point.month > last.month
    return year - 1 if crosses and last.year is not None else year


def _narrowed(first: date, last: date, part: str) -> tuple[date, date]:
    """The part of a month, quarter or year that `đầu`, `giữa`, `cuối` or a week says; whole where it is vague."""
    if part == "lastday":
        return last, last
    if part.startswith("half"):
        return _half(first, last, int(part[4:]))
    if part.startswith("ten") and (last - first).days <= 31:
        third = int(part[3:])
        begin = first + timedelta(days=10 * (third - 1))
        return begin, last if third == _LAST_TEN_DAYS else begin + timedelta(days=9)
    if part.startswith("week ") and (last - first).days <= 31:
        weeks = [_WEEKS.get(number) or int(number) for number in part[5:].split()]
        begin = first + timedelta(days=7 * (weeks[0] - 1))
        return min(begin, last), min(first + timedelta(days=7 * max(weeks[-1], weeks[0]) - 1), last)
    return first, last


def _half(first: date, last: date, number: int) -> tuple[date, date]:
    """The first or second half: of a month up to its 15th day or after it, of longer spans by whole months."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months == 1:
        middle = first.replace(day=15)
    elif months % 2:
        middle = first + (last - first) // 2
    else:
        later = first.month - 1 + months // 2
        middle = date(first.year + later // 12, later % 12 + 1, 1) - timedelta(days=1)
    return (first, middle) if number == 1 else (middle + timedelta(days=1), last)

"""What a cell or line of times says as a whole."""

import re
from dataclasses import replace
from datetime import date, timedelta
from math import ceil

from pipeline.language.plan_dates import PlanDate
from pipeline.language.time_expressions import TimeExpression, find_times

__all__ = ["parse_time_cell"]

_DURATION = re.compile(r"^(?P<count>\d{1,3}(?:[.,]\d)?)\s(?:ngày|buổi)\b", re.IGNORECASE)
_ALWAYS = re.compile(r"^(?:thường\sxuyên|liên\stục|hằng\sngày|đột\sxuất)", re.IGNORECASE)
_ALL_YEAR = re.compile(r"^(?:trong\s)?(?:cả|suốt)\snăm(?:\s\d{4})?$", re.IGNORECASE)
_BARE_YEARS = re.compile(
    r"^(?:(?:các\s)?năm\s)?((?:19|20)\d\d)(?:\s?(?:[-–—,;]|đến|và)\s?(?:năm\s)?((?:19|20)\d\d))?$", re.IGNORECASE
)
_SHORT_MONTH = re.compile(r"(?<![\w/.])T\.?(?=\d{1,2}(?!\d))")
_UNKNOWN = PlanDate()


def parse_time_cell(text: str, plan: PlanDate = _UNKNOWN) -> TimeExpression | None:
    """The one time that a cell or line of times says as a whole; None where it says none.

    `Thường xuyên` recurs without a measure, `Cả năm` is the plan's year; of several times the first and the last
    day count, and a number of days printed before a beginning gives the end.
    """
    stripped = text.rstrip(" .;,")
    start = len(stripped) - len(stripped.lstrip())
    whole = stripped.strip()
    if not whole:
        return None
    blank = TimeExpression(start, len(stripped), "due", None, None, None, "cell")
    if _ALL_YEAR.match(whole):
        return replace(blank, kind="period", first=plan.day_of_year(1, 1), last=plan.day_of_year(12, 31))
    years = _BARE_YEARS.match(whole)
    if years:
        first, last = years[1], years[2] or years[1]
        return replace(
            blank, kind="period" if years[2] else "due", first=f"{first}-01-01", last=f"{last}-12-31", unit="year"
        )
    found = find_times(_SHORT_MONTH.sub("tháng ", stripped), plan, alone=True)
    if not found:
        return replace(blank, kind="recurring") if _ALWAYS.match(whole) else None
    firsts = [time.first for time in found if time.first]
    lasts = [time.last for time in found if time.last]
    kinds = {time.kind for time in found}
    merged = replace(
        found[0],
        start=start,
        end=len(stripped),
        kind=found[0].kind if len(kinds) == 1 or "recurring" in kinds else "period",
        first=min(firsts) if firsts and found[0].first else None,
        last=max(lasts) if lasts else None,
        recurrence=next((time.recurrence for time in found if time.recurrence), None),
        inferred=next((time.inferred for time in found if time.inferred), None),
    )
    if "recurring" in kinds:
        merged = replace(merged, kind="recurring")
    return _with_duration(merged, whole)


def _with_duration(time: TimeExpression, text: str) -> TimeExpression:
    match = _DURATION.match(text)
    if match is None or time.first is None or time.kind == "recurring":
        return time
    length = ceil(float(match["count"].replace(",", "."))) if "buổi" not in match[0].casefold() else 1
    last = (date.fromisoformat(time.first) + timedelta(days=max(length - 1, 0))).isoformat()
    return replace(time, kind="event", last=max(last, time.last) if time.last and time.kind != "period" else last)

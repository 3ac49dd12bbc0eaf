"""Which of the times in a task are times of the task: limits and recurrences, not dates of papers or of history."""

import re
from dataclasses import dataclass

from pipeline.document import Document
from pipeline.language.nlp import analyse
from pipeline.language.plan_dates import PlanDate
from pipeline.language.time_expressions import TimeExpression, find_times

__all__ = ["TimeContext", "accepted_times", "plan_date"]

_NUMBER_BEFORE = re.compile(
    r"(?:(?<!\w)số:?\s?\S{1,40}|[\w.&-]*\d[\w.&-]*/[\w./&-]*[A-ZĐ][\w./&-]*|\d+-[A-ZĐ]{2,}/?[A-ZĐ]*),?\s?$"
)
_PAPER_BEFORE = re.compile(
    r"(?:luật|bộ luật|pháp lệnh|hiến pháp|nghị quyết|nghị định|quyết định|thông tư|chỉ thị|công văn"
    r"|kế hoạch|hướng dẫn|thông báo|văn bản"
    r"|tờ trình|công điện|kết luận|quy định|đề án|phụ lục)\b[^.;,]{0,90}$",
    re.IGNORECASE,
)
_MADE_BEFORE = re.compile(
    r"(?:ban hành|ký|thành lập|sinh|cấp|ra đời|công bố|thông qua|khai giảng|truyền thống|giải phóng|quốc khánh)\s$",
    re.IGNORECASE,
)
_FEAST_BEFORE = re.compile(
    r"(?:chào mừng|kỷ niệm|nhân dịp|hướng tới|hưởng ứng|thành lập|lễ kỷ niệm|ngày [A-ZĐ]\w+ [^.;]{0,40})[^.;]{0,40}$",
    re.IGNORECASE,
)
_PROGRAMME = re.compile(
    r"(?:chương trình|chiến lược|đề án|kế hoạch|nghị quyết|quy hoạch|dự án|tầm nhìn|định hướng|chỉ thị"
    r"|quyết định|luật)\b(?P<rest>[^.;]*)$",
    re.IGNORECASE,
)
_AIMS = re.compile(r"\b(?:phấn đấu|đảm bảo|bảo đảm|hoàn thành|đạt|xây dựng được|chỉ tiêu)\b", re.IGNORECASE)
_DATA_BEFORE = re.compile(
    r"(?:số liệu|kỳ|mốc|niên độ|thời điểm|giai đoạn|dữ liệu|kết quả)\s?(?:\d+\s?tháng|báo cáo|thống kê"
    r"|tính|lấy|được tính|năm)?[^.;]{0,25}\(?\s?$",
    re.IGNORECASE,
)
_REPORT_OF = re.compile(
    r"(?:báo cáo|kết quả|kế hoạch|công tác|nhiệm vụ|kỳ|số liệu|đợt|phiên|họp)\s(?:công tác\s)?$", re.IGNORECASE
)
_CHECKLIST = re.compile(r"^(?:việc|công tác|kết quả|tình hình|tỷ lệ|số lượng|mức độ)\s", re.IGNORECASE)
_QUANTIFIED = re.compile(
    r"\d+(?:[.,]\d+)?\s?%|ít nhất|tối thiểu|(?:tất cả|toàn bộ|mọi|không (?:còn|để)|xóa) |trên \d"
    r"|đạt (?:tiêu chí|chuẩn|tỷ lệ)|hoàn thành",
    re.IGNORECASE,
)
_REACHED = re.compile(
    r"^,?\s(?:đạt|phấn đấu|có ít nhất|hoàn thành|tối thiểu|ít nhất|có trên|trên \d|100\s?%)", re.IGNORECASE
)
_VAGUE = re.compile(r"\svà\s(?:những|các)\snăm\s(?:tiếp\stheo|sau)", re.IGNORECASE)
_IN_FORCE = re.compile(r"có hiệu lực(?: thi hành)?,?\s?(?:từ|kể từ)?\s?$", re.IGNORECASE)
_PAID_BEFORE = re.compile(
    r"(?:nghỉ|cây|trợ cấp|phụ cấp|lương|thu nhập|học phí|tiền|ngân sách|dự toán|kinh phí)[^.;,:]{0,40}$", re.IGNORECASE
)
_IS_A_DAY = re.compile(r"\slà\s(?:ngày|dịp|năm)\s", re.IGNORECASE)
_STEP = re.compile(r"^(?:giai đoạn|bước|đợt)\s(?:\d+|[IVX]+)\s?[(:,]", re.IGNORECASE)
_IF = re.compile(r"^(?:trường hợp|nếu)\s", re.IGNORECASE)
_DAILY = re.compile(r"^(?:hằng|hàng)\sngày$", re.IGNORECASE)
_SLACK_DAYS = 31


@dataclass(frozen=True, slots=True)
class TimeContext:
    """Where the times stand.

    Attributes:
        purpose: among aims and demands, where only what is counted binds anybody.
        targets: in a part of figures to be reached.
        told: somebody is told to do it.
    """

    plan: PlanDate
    purpose: bool = False
    targets: bool = False
    told: bool = True


def plan_date(document: Document) -> PlanDate:
    """The plan's own date and the year that its title says, as far as its fields say them."""
    fields = document.records.document
    title = str(fields.title.normal) if fields.title is not None else ""
    return PlanDate.of(str(fields.date.normal) if fields.date is not None else None, title)


def accepted_times(text: str, context: TimeContext) -> list[TimeExpression]:
    """The times that limit or repeat what a text tells somebody to do, in order."""
    if context.purpose and not context.targets and not _QUANTIFIED.search(text):
        return []
    if not context.told and _CHECKLIST.match(text) and not (context.purpose and _QUANTIFIED.search(text)):
        return []
    found = find_times(text, context.plan)
    return [time for time in found if _binds(text, time, context) and not _explains(text, time, found)]


def _binds(text: str, time: TimeExpression, context: TimeContext) -> bool:
    before = text[max(0, time.start - 140) : time.start]
    if _IN_FORCE.search(before):
        return False
    printed = text[time.start : time.end]
    if _IS_A_DAY.match(text[time.end :]):
        return False
    if time.unit in ("school-year", "years", "clock", "cell"):
        return time.unit == "years" and not text[: time.start].strip() and text[time.end :].lstrip().startswith(":")
    if time.kind == "recurring":
        if _DAILY.match(printed) or _PAID_BEFORE.search(before):
            return _follows_verb(text, time.end) or _ends_verb(text, time.start)
        return context.told or not _IF.match(text)
    if _is_past(time, context.plan):
        return False
    if time.unit in ("year", "half") and not time.preposition:
        return time.unit == "year" and _REACHED.match(text[time.end :]) is not None
    if time.unit == "year" and time.preposition in ("đến", "tới", "trong", "hết", "vào") and _names_programme(before):
        return False
    if context.purpose and (_VAGUE.search(printed) or _VAGUE.match(text[time.end : time.end + 40])):
        return False
    if time.kind == "period" and _DATA_BEFORE.search(before) and not _STEP.match(text[: time.start]):
        return False
    if not time.preposition and not _stands_free(before, time):
        return False
    return not (time.unit in ("day", "days") and _MADE_BEFORE.search(before) and not _is_to_come(time, context.plan))


def _is_to_come(time: TimeExpression, plan: PlanDate) -> bool:
    """Whether a day printed with its year lies after the plan's own, so that nothing can have been made on it."""
    return time.inferred is None and time.first is not None and plan.iso is not None and time.first > plan.iso


def _explains(text: str, time: TimeExpression, found: list[TimeExpression]) -> bool:
    """Whether a month in brackets only says when in each year (`hằng năm … (đợt 1 vào tháng 3, đợt 2 vào tháng 9)`)."""
    if time.kind == "recurring" or time.inferred is None:
        return False
    opening = text.rfind("(", 0, time.start)
    inside = opening >= 0 and text.find(")", opening, time.start) < 0
    return (
        inside and any(other.kind == "recurring" and other.end <= opening for other in found) and time.unit == "month"
    )


def _follows_verb(text: str, end: int) -> bool:
    """Whether what is done follows; `hằng ngày` after a noun only describes it."""
    analysis = analyse(text)
    return analysis.token_at(end) in analysis.marks["verbs"]


def _ends_verb(text: str, start: int) -> bool:
    """Whether a bare verb stands before (`báo cáo hằng ngày`), of which a time can only say how often."""
    analysis = analyse(text)
    token = analysis.token_at(start)
    return any(analysis.marks["verbs"].get(first) == token for first in range(max(0, token - 3), token))


def _stands_free(before: str, time: TimeExpression) -> bool:
    """Whether a time without a preposition is no paper's date, no feast and no period that a report is about."""
    if time.unit in ("day", "days"):
        if time.inferred is None and _PAPER_BEFORE.search(before):
            return False
        return not (_NUMBER_BEFORE.search(before) or _FEAST_BEFORE.search(before))
    return not (_NUMBER_BEFORE.search(before) or _REPORT_OF.search(before))


def _names_programme(before: str) -> bool:
    """Whether the year belongs to the name of a programme and no aim is said between the two."""
    match = _PROGRAMME.search(before)
    return match is not None and not _AIMS.search(match["rest"])


def _is_past(time: TimeExpression, plan: PlanDate) -> bool:
    last = time.last or time.first
    if last is None or plan.year is None or (time.inferred is not None and time.unit != "year"):
        return False
    if time.last is None and time.kind == "period":
        return int(last[:4]) < plan.year
    year, month, day = plan.year, plan.month or 1, plan.day or 1
    ordinal = (int(last[:4]) - year) * 365 + (int(last[5:7]) - month) * 30 + int(last[8:10]) - day
    return ordinal < -_SLACK_DAYS

"""Points and spans of the calendar as a plan prints them, before their prepositions and partners are joined.

Every pattern has bounded repetition and begins at a word of its own, so that a text of any length is read in
linear time.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from pipeline.language.numerals import SMALL_NUMBER, number_of

__all__ = ["Point", "PointUnit", "days_of", "find_points"]

PointUnit = Literal[
    "clock",
    "day",
    "days",
    "month",
    "quarter",
    "half",
    "year",
    "school-year",
    "years",
    "anchor",
    "recurrence",
    "measure",
]

_YEAR = r"(?:19|20)\d\d"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?!\d)"
_MONTH = r"(?:0?[1-9]|1[0-2])(?!\d)"
_MONTH_WORD = r"(?:giêng|chạp|mười\smột|mười\shai|mười|một|hai|ba|tư|năm(?!\s?\d)|sáu|bảy|tám|chín)(?!\w)"
_DASH = r"\s?[-–—]\s?"
_OF_YEAR = rf"(?:\s?[/.-]\s?|,?\s(?:của\s)?năm\s)(?P<year>{_YEAR})(?!\d)"
_LIST = r"\s?(?:,|;|và|hoặc|-|–|—|đến)\s?"
_ROMAN = r"(?:IV|III|II|I|[1-4](?!\d)|một|hai|ba|bốn|tư)(?![\w])"
_EVERY = r"(?:hằng|hàng)"
_TURN = r"(?:ngày|tuần|tháng|quý|năm\shọc|năm|học\skỳ|kỳ)(?!\w)"
_SPAN = rf"(?:{SMALL_NUMBER}\s)?(?:tháng|quý|năm|tuần)(?!\w)"
_WEEKDAY = r"(?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\snhật)(?!\w)"
_LEAST = r"(?:ít\snhất|tối\sthiểu|tối\sđa|không\squá|từ)"
_ACT = (
    r"(?:lần|buổi|cuộc|đợt|kỳ|chuyên\sđề|bài|tin(?:,?\sbài)?|chuyên\smục|phóng\ssự|lớp|hội\snghị|hội\sthảo|tiết"
    r"|hoạt\sđộng|sáng\skiến|bản\stin|ca|giờ|ngày|công\strình|phần\sviệc|mô\shình|lượt)"
)
_WORKING_DAYS = rf"{SMALL_NUMBER}\s(?:\([^()]{{1,20}}\)\s)?(?:ngày|giờ|tuần|tháng)(?:\slàm\sviệc)?"

_PATTERNS: tuple[tuple[PointUnit, str], ...] = (
    (
        "days",
        rf"(?<![\w/.-])(?<!tuần\s)(?<!thứ\s)(?P<prefix>(?:các\s)?ngày\s)?(?P<first>{_DAY})(?:{_LIST}{_DAY}){{0,9}}{_LIST}(?P<last>{_DAY})"
        rf"(?:\stháng\s|\s?/\s?)(?P<month>{_MONTH})(?:{_OF_YEAR})?(?![\d/]|[.-]\d)",
    ),
    (
        "day",
        rf"(?<![\w/.-])(?P<prefix>ngày\s)?(?P<day>{_DAY})(?P<mark>\s?[/.-]\s?)(?P<month>{_MONTH})\s?[/.-]\s?"
        rf"(?P<year>{_YEAR})(?![\d/]|[.-]\d)",
    ),
    (
        "day",
        rf"(?<![\w/.-])(?<!tuần\s)(?<!thứ\s)(?P<prefix>ngày\s)?(?:(?:mồng|mùng)\s)?(?P<day>{_DAY})\stháng\s"
        rf"(?P<month>{_MONTH}|{_MONTH_WORD})(?:,?\snăm\s(?P<year>{_YEAR})(?!\d)|\s?/\s?(?P<year2>{_YEAR})(?!\d))?",
    ),
    (
        "day",
        rf"(?<![\w/.-])(?P<prefix>ngày\s)?(?P<day>{_DAY})\s?/\s?(?P<month>{_MONTH})(?![\d/]|[.-]\d|\s?/|[-–][A-ZĐ])",
    ),
    ("day", rf"(?<![\w])(?P<prefix>ngày\s)(?:(?:mồng|mùng)\s)?(?P<day>{_DAY})(?![\d/]|[.,-]\d|\s(?:làm\sviệc|kể))"),
    (
        "month",
        rf"(?<!\w)tháng\s(?P<first>{_MONTH}|{_MONTH_WORD})"
        rf"(?P<list>(?:{_LIST}(?:tháng\s)?{_MONTH}(?![\w/-]\d?\d?[/.]?\d)){{0,11}})(?:{_OF_YEAR})?(?![.,]\d)",
    ),
    ("month", rf"(?<!\w)tháng\s(?P<first>{_MONTH}|{_MONTH_WORD})(?:{_OF_YEAR})?(?![.,]\d)"),
    ("month", rf"(?<![\w/.-])(?P<first>{_MONTH})(?P<bare>\s?/\s?)(?P<year>{_YEAR})(?![\w/]|[.-]\w)"),
    (
        "quarter",
        rf"(?<!\w)quý\s(?P<first>{_ROMAN})(?P<list>(?:{_LIST}(?:quý\s)?{_ROMAN}){{0,3}})"
        rf"(?:(?:\s?[/.-]\s?|,?\s(?:của\s)?năm\s|\s)(?P<year>{_YEAR})(?!\d))?",
    ),
    ("half", rf"(?<!\w)(?:0?6|sáu)\stháng\s(?P<half>đầu|cuối)\snăm(?:\s(?P<year>{_YEAR})(?!\d))?(?!\shọc)"),
    ("school-year", rf"(?<!\w)năm\shọc\s(?P<first>{_YEAR}){_DASH}(?P<last>{_YEAR})(?!\d)"),
    (
        "years",
        rf"(?<!\w)(?:giai\sđoạn|thời\skỳ|nhiệm\skỳ|các\snăm|năm)\s(?:từ\s)?(?:năm\s)?(?P<first>{_YEAR})"
        rf"(?:\s?(?:-|–|—|đến|và|,)\s?)(?:năm\s)?(?P<last>{_YEAR})(?!\d)",
    ),
    ("year", rf"(?<!\w)(?:các\s)?năm\s(?P<year>{_YEAR})(?!\d)"),
    ("year", r"(?<=đến\s)(?:cuối\s|hết\s)năm(?:\snay)?(?!\s?\d|\shọc)(?!\w)"),
    (
        "month",
        rf"(?<![\w/.-])T\.?(?P<first>{_MONTH})(?P<list>(?:\s?[-–,]\s?T?\.?{_MONTH}){{0,5}})\s?/\s?(?P<year>{_YEAR})(?!\d)",
    ),
    (
        "clock",
        r"(?<![\w/.,-])(?P<hour>[01]?\d|2[0-4])(?:\s?(?:giờ|h|g(?=\d))\s?(?:[0-5]\d(?!\d))?(?:\s?(?:phút|ph|p)(?!\w)|[’'′])?"
        r"|:[0-5]\d(?!\d)|\.[0-5]\d(?=,?\sngày\s))(?![\wà-ỹ/])",
    ),
    (
        "anchor",
        r"(?<!\w)(?:(?:khi|ngày|lúc)\s(?:ký\s)?ban\shành\s(?:kế\shoạch|quyết\sđịnh|chỉ\sthị|văn\sbản)(?:\snày)?"
        r"|khi\s(?:kế\shoạch|quyết\sđịnh)\s(?:này\s)?(?:được\s)?ban\shành|ngày\ský(?:\sban\shành)?(?!\w)|nay(?!\w))",
    ),
    (
        "recurrence",
        rf"(?<!\w)ngày\s\d{{1,2}}\s(?:của\s)?(?:tháng\s(?:cuối|đầu)\s(?:của\s)?(?:mỗi\s|{_EVERY}\s)?(?P<turn>quý)"
        rf"(?:\s(?:tiếp\stheo|sau))?|{_EVERY}\s(?P<turn2>tháng)|mỗi\s(?P<turn3>tháng))",
    ),
    (
        "recurrence",
        rf"(?<!\w)(?:theo\s)?định\skỳ(?:\s(?!ngày\s\d)(?:{_EVERY}\s|mỗi\s|theo\s)?(?P<turn>{_SPAN}|{_TURN})(?:(?:\s(?:một|1|01)\s|\s?/\s?)lần)?"
        rf"(?:(?:,|;|\svà|\shoặc|\s?/)\s?(?:{_EVERY}\s)?(?:{_SPAN}|{_TURN})){{0,4}})?",
    ),
    (
        "recurrence",
        rf"(?<!\w)(?:{_EVERY}|từng)\s(?P<turn>{_TURN})(?!\s\d)(?:(?:,|\svà|\shoặc)\s(?:{_EVERY}\s)?(?:{_SPAN}|{_TURN})(?!\s?\d)){{0,4}}",
    ),
    (
        "recurrence",
        rf"(?<!\w)(?:{_LEAST}\s)?{SMALL_NUMBER}\s{_ACT}"
        rf"(?:\s?/\s?|\s(?:trong\s|trên\s)?(?:một\s|mỗi\s)|\strên\s)(?:0?1\s)?(?P<turn>{_SPAN}|{_TURN})",
    ),
    (
        "recurrence",
        rf"(?<!\w){_LEAST}\s{SMALL_NUMBER}\s(?:(?!triệu|tỷ|đồng)[^\W\d_]+\s){{0,3}}(?!triệu|tỷ|đồng)[^\W\d_]+"
        rf"\s?/\s?(?:0?1\s)?(?P<turn>{_SPAN}|{_TURN})",
    ),
    (
        "recurrence",
        r"(?<!\w)ngày\s\d{1,2}\s(?:của\s)?(?P<turn>tháng)\s(?:tiếp\stheo|liền\s(?:sau|kề)|kế\stiếp|liền\skề\stiếp\stheo|sau)"
        r"(?:\s(?:tháng|kỳ|của\skỳ)\sbáo\scáo)?",
    ),
    (
        "recurrence",
        rf"(?<!\w)(?:(?:(?:buổi|sáng|chiều|tối)\s){{0,2}}{_WEEKDAY},?\s)?(?:ngày|tuần)\s(?:làm\sviệc\s)?(?:đầu|cuối)(?:\s(?:tiên|cùng))?\s(?:của\s)?(?:(?:mỗi|{_EVERY}|từng)\s)?"
        rf"(?P<turn>tháng|quý|năm|tuần)(?!\s\d|\s[IVX]|\shọc|\w)",
    ),
    (
        "recurrence",
        rf"(?<!\w)mỗi\s(?:sáng|chiều|tối|đêm)\s(?P<weekday>{_WEEKDAY})(?:\s{_EVERY}\stuần)?",
    ),
    (
        "recurrence",
        rf"(?<!\w)(?:các\s)?(?:(?:ngày|buổi|sáng|chiều|tối)\s){{0,2}}(?P<weekday>{_WEEKDAY})(?:(?:,|\svà|\shoặc)\s{_WEEKDAY}){{0,5}}"
        rf"\s(?:(?:{_EVERY}|mỗi|đầu|cuối|trong|của)\s){{1,2}}tuần(?!\w)",
    ),
    (
        "recurrence",
        rf"(?<!\w)cứ\s(?P<turn>{_SPAN}|{_TURN})(?:\s(?:một|0?1|1)\slần)?",
    ),
    (
        "recurrence",
        rf"(?<!\w)(?P<turn>{SMALL_NUMBER}\s(?:tháng|tuần|quý|năm|ngày))(?:\s?/\s?|\smột\s|\s0?1\s)(?:01\s|1\s|một\s)?lần(?!\w)",
    ),
    (
        "recurrence",
        rf"(?<!\w)(?:{_LEAST}\s)?mỗi\s(?P<turn>{_SPAN}|{_TURN})(?:(?P<how>[^.;:()]{{0,60}}?\s(?:ít\snhất|tối\sthiểu)\s{SMALL_NUMBER}\s[^,.;:()]{{1,80}})"
        rf"|\s(?:{_LEAST}\s)?{SMALL_NUMBER}\s(?:{_ACT}(?!\w)|lần(?!\w)))?",
    ),
    ("recurrence", r"(?<!\w)cuối\s(?P<turn>năm\shọc|năm|quý|tháng)(?!\s(?:\d|thứ|[IVX]+(?!\w)))(?!\w)"),
    (
        "measure",
        rf"(?<!\w)(?:trong\s(?:vòng\s|thời\shạn\s|thời\sgian\s)?|(?:chậm|muộn)\snhất\s(?:là\s)?(?:sau\s|trong\s)?|sau\s|trước\s"
        rf"|không\squá\s|ít\snhất\s(?:là\s)?|tối\sthiểu\s)?{_WORKING_DAYS},?\s"
        rf"(?:(?:kể\s|tính\s)?từ(?!\sngày\s\d)|(?:sau|trước)\s(?:khi|ngày|thời|lúc|buổi|cuộc|lễ|hội|kỳ)|kể)\s"
        r"(?:(?!\s(?:phải|cần|sẽ|có\strách\snhiệm)\s)[^,.;:()]){2,120}",
    ),
    (
        "measure",
        rf"(?<!\w)(?:trong\s(?:vòng|thời\shạn)\s(?:tối\sđa\s)?|không\squá\s(?=[^.;]{{1,12}}ngày\slàm)|(?:chậm|muộn)\snhất\s(?:là\s)?(?:sau\s|trong\s|trước\s)?)"
        rf"{_WORKING_DAYS}(?!\w|\s\d)",
    ),
    (
        "measure",
        rf"(?<!\w)(?:trước|sau)\s(?:khi|ngày|thời|lúc|buổi|cuộc|lễ|hội|kỳ)\s(?!\d)[^,.;:()\d]{{2,80}}?"
        rf"\s(?:{_LEAST}\s|chậm\snhất\s)?{_WORKING_DAYS}(?!\w|\s\d)",
    ),
    (
        "measure",
        rf"(?<!\w)trước\s(?:{_LEAST}\s)?{SMALL_NUMBER}\sngày(?:\slàm\sviệc)?(?=\s?[.,;)]|$)",
    ),
    (
        "measure",
        rf"(?<!\w)(?:trước|xong\strước)\s(?:dịp\s)?Tết(?:\sNguyên\sđán|\sTrung\sthu|\sDương\slịch|\scổ\struyền)?"
        rf"(?:\s(?:Giáp|Ất|Bính|Đinh|Mậu|Kỷ|Canh|Tân|Nhâm|Quý)\s[^\W\d_]+)?(?:\snăm)?(?:\s{_YEAR})?(?!\w)",
    ),
)
_COMPILED = tuple((unit, re.compile(pattern, re.IGNORECASE)) for unit, pattern in _PATTERNS)
_ANY = re.compile(r"\d|tháng|năm|quý|tuần|ngày|kỳ|mỗi|hằng|hàng|nay|tết", re.IGNORECASE)

_MONTH_NAMES = {"giêng": 1, "chạp": 12}
_TURNS = {
    "ngày": "daily",
    "tuần": "weekly",
    "tháng": "monthly",
    "quý": "quarterly",
    "năm": "yearly",
    "năm học": "yearly",
}
_RANGE_MARK = re.compile(r"[\dIV]\s?[-–—]\s?(?:[\dIVT]|tháng|quý)|\sđến\s", re.IGNORECASE)
_MONTHS_TURN = {1: "monthly", 3: "quarterly", 6: "half-yearly", 12: "yearly"}


@dataclass(frozen=True, slots=True)
class Point:
    """Something of the calendar at `start` to `end` of a text.

    `year` is None where none is printed; `weak` marks what is a time only in a time's company (`30/6`, `ngày 5`).
    `last_…` close a list or a range that stands in one piece (`24, 25 và 26 tháng 8`, `quý I, II`); `through` marks
    the range (`20 - 25/3`).
    """

    start: int
    end: int
    unit: PointUnit
    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    last_year: int | None = None
    last_month: int | None = None
    last_day: int | None = None
    last_quarter: int | None = None
    turn: str | None = None
    weak: bool = False
    through: bool = False


def find_points(text: str) -> list[Point]:
    """Everything in a text that looks like a point of the calendar, in order, without overlaps."""
    if not _ANY.search(text):
        return []
    found = sorted(_candidates(text), key=lambda point: (point.start, -point.end))
    kept: list[Point] = []
    for point in found:
        if not kept or point.start >= kept[-1].end:
            kept.append(point)
    return kept


def days_of(point: Point, year: int | None) -> tuple[date, date] | None:
    """First and last day of a point, `year` where it prints none; None where the calendar has no such day."""
    first_year = point.year or year
    if first_year is None or point.unit in ("clock", "anchor", "recurrence", "measure"):
        return None
    try:
        return _days(point, first_year)
    except ValueError:
        return None


def _days(point: Point, year: int) -> tuple[date, date] | None:
    if point.unit in ("year", "years", "school-year"):
        return date(year, 1, 1), date(point.last_year or year, 12, 31)
    if point.quarter:
        last = point.last_quarter or point.quarter
        return date(year, point.quarter * 3 - 2, 1), _month_end(year, last * 3)
    if point.month is None:
        return None
    if point.day:
        return date(year, point.month, point.day), date(
            year, point.last_month or point.month, point.last_day or point.day
        )
    return date(year, point.month, 1), _month_end(year, point.last_month or point.month)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _candidates(text: str) -> Iterator[Point]:
    for unit, pattern in _COMPILED:
        for match in pattern.finditer(text):
            point = _point(unit, match)
            if point is not None:
                yield point


def _point(unit: PointUnit, match: re.Match[str]) -> Point | None:
    groups = match.groupdict()
    start, end = match.span()
    while end > start and text_end_is_loose(match.string[end - 1]):
        end -= 1
    point = Point(start, end, unit, year=_number(groups.get("year") or groups.get("year2")))
    point = replace(point, through=_RANGE_MARK.search(match[0]) is not None and unit in ("days", "month", "quarter"))
    if unit == "day":
        return _checked(
            replace(
                point,
                day=_number(groups.get("day")),
                month=_month(groups.get("month")),
                weak=(groups.get("prefix") is None and point.year is None) or groups.get("month") is None,
            )
        )
    if unit == "days":
        first, last = _number(groups["first"]), _number(groups["last"])
        if first is None or last is None or first >= last:
            return None
        weak = groups.get("prefix") is None and point.year is None
        return _checked(replace(point, day=first, last_day=last, month=_month(groups["month"]), weak=weak))
    if unit == "month":
        listed = re.findall(r"\d{1,2}", groups.get("list") or "")
        first = _month(groups["first"])
        last = int(listed[-1]) if listed else None
        if first is None or (last is not None and last <= first):
            return None
        return replace(point, month=first, last_month=last, weak=bool(groups.get("bare")))
    if unit == "quarter":
        listed = re.findall(_ROMAN, groups.get("list") or "", re.IGNORECASE)
        return replace(
            point, quarter=number_of(groups["first"]), last_quarter=number_of(listed[-1]) if listed else None
        )
    if unit == "half":
        early = groups["half"].casefold() == "đầu"
        return replace(point, month=1 if early else 7, last_month=6 if early else 12)
    if unit in ("years", "school-year"):
        first, last = _number(groups["first"]), _number(groups["last"])
        return (
            replace(point, year=first, last_year=last)
            if first is not None and last is not None and first < last
            else None
        )
    if unit == "recurrence":
        return replace(point, turn=_turn(groups))
    return point


def text_end_is_loose(character: str) -> bool:
    """Whether a character at the end of a match belongs to what follows."""
    return character.isspace() or character in ",;"


def _checked(point: Point) -> Point | None:
    if point.month is None:
        return point
    days = days_of(point, point.year or 2024)
    return point if days is not None else None


def _turn(groups: dict[str, str | None]) -> str | None:
    if groups.get("weekday"):
        return "weekly"
    printed = (groups.get("turn") or groups.get("turn2") or groups.get("turn3") or "").casefold().strip()
    if printed in _TURNS:
        return _TURNS[printed]
    if printed == "học kỳ":
        return "half-yearly"
    count, _, unit = printed.rpartition(" ")
    number = number_of(count) if count else None
    if number is None:
        return None
    if unit == "quý":
        return _MONTHS_TURN.get(number * 3)
    if unit == "tháng":
        return _MONTHS_TURN.get(number)
    return _TURNS.get(unit) if number == 1 else None


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _month(text: str | None) -> int | None:
    if not text:
        return None
    return _MONTH_NAMES.get(text.casefold()) or number_of(text)

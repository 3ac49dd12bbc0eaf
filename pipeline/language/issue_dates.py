"""Days on which documents were issued: in a place-and-date line, and behind the number of a cited document."""

import re
from types import MappingProxyType

from msgspec import Struct

from pipeline.language.tone_marks import plain

__all__ = ["IssueDate", "read_issue_date"]

_GAP = r"[\s.…_]{0,30}"
_MONTHS = MappingProxyType(
    {
        name: number
        for number, name in enumerate(
            ("gieng", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi", "muoi mot", "muoi hai"), 1
        )
    }
    | {"chap": 12}
)
_MONTH_NAME = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")(?=\s)"
_LONG = re.compile(
    rf"(?:ngay{_GAP}(?:(?:mong|mung)\s)?(?P<day>[^\s]{{0,6}}?)[,]?{_GAP})?thang{_GAP}(?P<month>{_MONTH_NAME}|[^\s]{{0,6}}?){_GAP}nam{_GAP}(?P<year>\d\s?\d\s?\d\s?\d|[^\s,.;]{{0,6}})"
)
_SHORT = re.compile(
    r"(?:ngay\s{0,3})?(?P<day>\d{1,2}|[.…_]{1,12})?\s?[/.-]\s?(?P<month>\d{1,2}|[.…_]{1,12})\s?[/.-]\s?(?P<year>\d{4})(?!\d)"
)
_MONTH = re.compile(r"thang\s{0,3}(?P<month>\d{1,2})\s?[/.-]\s?(?P<year>\d{4})(?!\d)")
_YEAR = re.compile(r"nam\s{0,3}(?P<year>(?:19|20)\d\d)(?!\d)")
_FIGURES = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1", "!": "1", "z": "2", "s": "5", "b": "6"})


class IssueDate(Struct, frozen=True):
    """A date in a text: its place, its ISO form (`2026`, `2026-04`, `2026-04-15`), and what is wrong with it."""

    start: int
    end: int
    iso: str
    doubt: str | None = None


def read_issue_date(text: str, start: int = 0, *, anchored: bool = False) -> IssueDate | None:
    """The first date at or behind an offset.

    Args:
        text: NFC.
        start: where to look from.
        anchored: take only a date that begins exactly there.
    Returns:
        The date with a blank day, or day and month, left off; None where there is no year.
    """
    bare = plain(text)
    found = []
    for pattern in (_LONG, _SHORT, _MONTH, _YEAR):
        match = pattern.match(bare, start) if anchored else pattern.search(bare, start)
        if match is not None and (made := _date(match)) is not None:
            found.append(made)
    return min(found, key=lambda date: (date.start, -len(date.iso)), default=None)


def _date(match: re.Match[str]) -> IssueDate | None:
    groups = match.groupdict()
    year, bad_year = _figure(groups["year"] or "", 1945, 2100)
    named = _MONTHS.get(groups.get("month") or "")
    month, bad_month = (named, False) if named else _figure(groups.get("month") or "", 1, 12)
    day, bad_day = _figure(groups.get("day") or "", 1, 31)
    if year is None or bad_year:
        return None
    iso = f"{year:04d}"
    if month is not None:
        iso += f"-{month:02d}"
        if day is not None:
            iso += f"-{day:02d}"
    bad = bad_month or bad_day
    return IssueDate(match.start(), match.end(), iso, "a figure of the date cannot be read" if bad else None)


def _figure(text: str, low: int, high: int) -> tuple[int | None, bool]:
    """A figure with misread digits put right, and whether there was something that is none."""
    bare = re.sub(r"[\s.…_,;:\-/]", "", text)
    if not bare:
        return None, False
    digits = bare if bare.isdigit() else bare.translate(_FIGURES)
    if digits.isdigit() and low <= int(digits) <= high:
        return int(digits), False
    return None, True

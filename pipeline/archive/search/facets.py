"""What a document is found by beside its text: words that say who issued it, what it is, when, what falls due when.

They are indexed with each of its pages, each kind with a letter of its own before it: `i` issuer, `t` type, `b`
body, `d` date of issue, `e` end of a deadline. A day is indexed as its year, its month and itself, so that a range
of days is a few of these.
"""

import calendar
import re
from collections.abc import Iterable, Iterator
from datetime import date

from pipeline.archive.search.words import marked_words, plain_words

__all__ = ["BREAK", "NEVER", "date_words", "name_words", "range_words"]

BREAK = "0x0"
"""Stands between names, so that no phrase reaches from one into the next."""
NEVER = "0x1"
"""No page has this word."""

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
FIRST_YEAR, LAST_YEAR = 1900, 2100


def name_words(kind: str, names: Iterable[str]) -> list[str]:
    """The words of names, each name parted from the next."""
    words: list[str] = []
    for name in names:
        found = plain_words(marked_words(name))
        if found:
            words += [*(kind + word for word in found), BREAK]
    return words


def date_words(kind: str, iso: str) -> list[str]:
    """A day, a month (`2025-03`) or a year as it is indexed; nothing for what is no date."""
    match = _DATE.fullmatch(iso)
    if match is None:
        return []
    year, month, day = match.groups()
    words = [f"{kind}y{year}"]
    if month is None:
        return [*words, f"{kind}p{year}"]
    words.append(f"{kind}m{year}{month}")
    return [*words, f"{kind}q{year}{month}" if day is None else f"{kind}d{year}{month}{day}"]


def range_words(kind: str, first: date | None, last: date | None) -> list[str]:
    """The words of which every date between two days has one, and no other date.

    A month or a year without a day counts where it may lie between them.
    """
    start = max(first or date.min, date(FIRST_YEAR, 1, 1))
    end = min(last or date.max, date(LAST_YEAR, 12, 31))
    years = range(start.year, end.year + 1) if start <= end else ()
    return list(dict.fromkeys(word for year in years for word in _year(kind, year, start, end))) or [NEVER]


def _year(kind: str, year: int, start: date, end: date) -> Iterator[str]:
    if start <= date(year, 1, 1) and date(year, 12, 31) <= end:
        yield f"{kind}y{year}"
        return
    yield f"{kind}p{year}"
    for month in range(1, 13):
        days = calendar.monthrange(year, month)[1]
        month_start, month_end = date(year, month, 1), date(year, month, days)
        if start <= month_start and month_end <= end:
            yield f"{kind}m{year}{month:02}"
        elif start <= month_end and month_start <= end:
            yield f"{kind}q{year}{month:02}"
            for day in range(max(start, month_start).day, min(end, month_end).day + 1):
                yield f"{kind}d{year}{month:02}{day:02}"

"""Checks on dates against each other: the document's, those of what it cites, deadlines, periods, days of the week."""

import re
from collections.abc import Iterator
from datetime import date

from pipeline.document import Document
from pipeline.extraction.checks.finding import Finding, Place, day_of
from pipeline.language.nlp import fold_tones

__all__ = [
    "cited_after_the_document",
    "deadline_before_the_document",
    "period_ends_before_it_starts",
    "title_of_another_year",
    "wrong_weekday",
    "year_of_a_number",
]

_DATE = Place("document", 0, "date")
_NUMBER_YEAR = re.compile(r"/((?:19|20)\d\d)/")
_TITLE_YEAR = re.compile(r"(?<!\w)năm\s((?:19|20)\d\d)(?![\d/])(?!\s?[-–])", re.IGNORECASE)
_PERIOD_YEAR = re.compile(r"giai đoạn|kỷ niệm|tổng kết|sơ kết|tầm nhìn|đến (?:hết )?năm|từ năm", re.IGNORECASE)
_WEEKDAY = re.compile(r"(?:thứ\s(?P<name>hai|ba|tư|năm|sáu|bảy|2|3|4|5|6|7)|(?P<sunday>chủ nhật))", re.IGNORECASE)
_WEEKDAYS = {"hai": 0, "2": 0, "ba": 1, "3": 1, "tư": 2, "4": 2, "năm": 3, "5": 3, "sáu": 4, "6": 4, "bảy": 5, "7": 5}
_NAMES = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")
_SUNDAY = 6


def year_of_a_number(document: Document) -> Iterator[Finding]:
    """The year in a cited number is not the year of its date."""
    for row, reference in enumerate(document.records.references):
        year = _NUMBER_YEAR.search(str(reference.number.normal)) if reference.number is not None else None
        if year is None or reference.number is None or reference.date is None:
            continue
        if str(reference.date.normal)[:4] != year[1]:
            message = f"{reference.number.normal} carries the year {year[1]}, but is dated {reference.date.normal}."
            yield Finding(
                "number-date", message, (Place("references", row, "number"), Place("references", row, "date"))
            )


def cited_after_the_document(document: Document) -> Iterator[Finding]:
    """A cited document is dated later than the one that cites it; where several are, that one's date is doubted too."""
    own = document.records.document.date
    if own is None:
        return
    later = [
        (row, reference)
        for row, reference in enumerate(document.records.references)
        if reference.date is not None and _is_later(str(reference.date.normal), str(own.normal))
    ]
    for row, reference in later:
        named = reference.number or reference.title
        what = named.normal if named is not None else "A document"
        day = reference.date.normal if reference.date is not None else ""
        message = f"{what} of {day} is cited by a document of {own.normal}."
        places = (Place("references", row, "date"), *((_DATE,) if len(later) > 1 else ()))
        yield Finding("reference-later", message, places, 0.75)


def _is_later(day: str, other: str) -> bool:
    """Whether a day, as far as both say it, comes after another."""
    length = min(len(day), len(other))
    return day[:length] > other[:length]


def deadline_before_the_document(document: Document) -> Iterator[Finding]:
    """Something is due before the day on which the document was issued."""
    own = document.records.document.date
    if own is None:
        return
    for row, deadline in enumerate(document.records.deadlines):
        end = day_of(deadline.end)
        if end is None or deadline.text is None or (deadline.kind is not None and deadline.kind.normal == "recurring"):
            continue
        if end[: len(str(own.normal))] < str(own.normal):
            message = f"“{deadline.text.text}” ends on {end}, before the document's date {own.normal}."
            places = tuple(Place("deadlines", row, field) for field in ("text", "start", "end"))
            yield Finding("deadline-earlier", message, places, 0.75)


def period_ends_before_it_starts(document: Document) -> Iterator[Finding]:
    """A period's last day comes before its first."""
    for table in ("deadlines", "movements"):
        for row, record in enumerate(document.records.rows(table)):
            start, end = getattr(record, "start", None), getattr(record, "end", None)
            if start is None or end is None:
                continue
            length = min(len(str(start.normal)), len(str(end.normal)))
            if str(start.normal)[:length] > str(end.normal)[:length]:
                message = f"A period begins on {start.normal} and ends on {end.normal}."
                yield Finding("period-order", message, (Place(table, row, "start"), Place(table, row, "end")), 0.6)


def wrong_weekday(document: Document) -> Iterator[Finding]:
    """A day of the week that its date is not (`Thứ Hai, ngày 25/8/2026`)."""
    for row, deadline in enumerate(document.records.deadlines):
        start, end = day_of(deadline.start), day_of(deadline.end)
        named = _WEEKDAY.search(deadline.text.text) if deadline.text is not None else None
        if named is None or start is None or start != end:
            continue
        weekday = _SUNDAY if named["sunday"] else _WEEKDAYS[fold_tones(named["name"])]
        found = date.fromisoformat(start).weekday()
        if found != weekday:
            message = f"{start} is a {_NAMES[found]}, not a {_NAMES[weekday]}."
            yield Finding("weekday", message, (Place("deadlines", row, "start"), Place("deadlines", row, "end")))


def title_of_another_year(document: Document) -> Iterator[Finding]:
    """The title speaks of a year that is more than one away from the document's."""
    fields = document.records.document
    if fields.title is None or fields.date is None or _PERIOD_YEAR.search(str(fields.title.normal)):
        return
    years = [int(found[1]) for found in _TITLE_YEAR.finditer(str(fields.title.normal))]
    own = int(str(fields.date.normal)[:4])
    if years and all(abs(year - own) > 1 for year in years):
        message = f"The title speaks of {years[0]}, the document is dated {fields.date.normal}."
        yield Finding("title-year", message, (_DATE, Place("document", 0, "title")), 0.75)

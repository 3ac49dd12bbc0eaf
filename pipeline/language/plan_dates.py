"""The plan's own date and year, from which a day that is printed without its year gets one."""

import re
from dataclasses import dataclass

__all__ = ["PlanDate"]

_SCHOOL_YEAR_OF = re.compile(r"năm\shọc\s((?:19|20)\d\d)\s?[-–—]", re.IGNORECASE)
_YEAR_OF = re.compile(r"năm\s((?:19|20)\d\d)(?!\s?[-–—]\s?(?:19|20)\d\d)", re.IGNORECASE)
_SCHOOL_BEGINS = 8
_SOON_DAYS = 31
_LATE_MONTH = 9
_EARLY_MONTH = 5


@dataclass(frozen=True, slots=True)
class PlanDate:
    """When the plan was issued, as far as it is printed: gives missing years and the day of `từ khi ban hành`.

    Attributes:
        for_year: the year that the plan is for, where its title says another one.
        school_year: whether that is the year in which a school year begins.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    for_year: int | None = None
    school_year: bool = False

    @staticmethod
    def of(text: str | None, title: str = "") -> "PlanDate":
        """From an ISO date that may lack day or month, and the plan's title; anything else is an unknown date."""
        match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", text or "")
        if match is None:
            return PlanDate()
        year, month, day = (int(part) if part else None for part in match.groups())
        school = _SCHOOL_YEAR_OF.search(title)
        if school is not None and int(school[1]) in (year, (year or 0) - 1):
            return PlanDate(year, month, day, int(school[1]), school_year=True)
        named = {int(found) for found in _YEAR_OF.findall(title)}
        ahead = (year or 0) + 1
        return PlanDate(year, month, day, ahead if ahead in named and year not in named else None)

    def day_of_year(self, month: int, day: int) -> str | None:
        """A day of the year that the plan is for, or None where that is unknown."""
        year = self.for_year if self.for_year and not self.school_year else self.year
        return f"{year:04d}-{month:02d}-{day:02d}" if year else None

    def missing_year(self, month: int | None, day: int | None) -> int | None:
        """The year of a day or month that is printed without one.

        A school year begins in August; a plan for the next year keeps what is due within weeks of its issue in its
        own; late in a year, the first months are the next year's.
        """
        if self.year is None or month is None:
            return self.for_year if self.for_year and not self.school_year else self.year
        if self.school_year and self.for_year is not None:
            return self.for_year if month >= _SCHOOL_BEGINS else self.for_year + 1
        distance = (month - (self.month or 1)) * 30 + (day or 28) - (self.day or 1)
        if self.for_year is not None:
            return self.year if 0 <= distance <= _SOON_DAYS else self.for_year
        late = self.month is not None and self.month >= _LATE_MONTH and month <= _EARLY_MONTH
        return self.year + 1 if late else self.year

    @property
    def iso(self) -> str | None:
        """The whole date, or None where a part of it is missing."""
        if self.year and self.month and self.day:
            return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"
        return None

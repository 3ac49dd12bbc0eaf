"""Administrative units: levels, names, and what lies in what, before and after 1 July 2025."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from pipeline.language.tone_marks import fold_officially

__all__ = [
    "DISTRICTS_UNTIL",
    "PlaceLevel",
    "Unit",
    "province_of",
    "read_units",
    "short_province",
    "successor_of",
    "unit_names",
]

PlaceLevel = Literal["province", "district", "commune"]

DISTRICTS_UNTIL = "2025-06-30"
"""The last day of districts, and of the provinces and communes that were merged."""

_CENTRAL_CITIES = frozenset(("hà nội", "hồ chí minh", "hải phòng", "đà nẵng", "cần thơ", "huế"))
_LEVELS: dict[str, PlaceLevel] = {
    "tỉnh": "province",
    "huyện": "district",
    "quận": "district",
    "thị xã": "district",
    "xã": "commune",
    "phường": "commune",
    "thị trấn": "commune",
    "đặc khu": "commune",
}
# `xã hội` is no commune, `tỉnh ủy` no province: what follows tells.
_UNIT = re.compile(
    r"(?<!\w)(thành phố|thị xã|thị trấn|đặc khu|tỉnh|huyện|quận|phường|xã)(?!\w)"
    r"(?!\s(?:hội|ủy|đoàn|viên|trưởng|vụ))(?<!hợp tác xã)(?<!thông tấn xã)"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative unit as a text names it.

    Attributes:
        kind: `tỉnh`, `xã` …; name: folded, empty where only the kind is said (`Ủy ban nhân dân tỉnh`).
    """

    kind: str
    name: str

    @property
    def level(self) -> PlaceLevel:
        """Its level; a city is a province where it is run centrally, else a district."""
        if self.kind == "thành phố":
            return "province" if self.name in _CENTRAL_CITIES or not self.name else "district"
        return _LEVELS[self.kind]

    @property
    def text(self) -> str:
        """Kind and name, folded."""
        return f"{self.kind} {self.name}".strip()

    @property
    def printed(self) -> str:
        """Kind and name as they are written."""
        return f"{self.kind} {self.name.title()}".strip()


def read_units(text: str) -> tuple[int, tuple[Unit, ...]]:
    """The units that a body's name ends with.

    Args:
        text: a name, folded, without marks between its words.
    Returns:
        Where the first of them begins, the text's length where there is none; and the units, as printed.
    """
    found = list(_UNIT.finditer(text))
    if not found:
        return len(text), ()
    ends = [match.start() for match in found[1:]] + [len(text)]
    return found[0].start(), tuple(
        Unit(match[1], text[match.end() : end].strip()) for match, end in zip(found, ends, strict=True)
    )


@cache
def _provinces() -> tuple[dict[str, str], dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """The successor of each province before July 2025, and the provinces that have a district, a commune."""
    successors: dict[str, str] = {}
    districts: dict[str, set[str]] = {}
    communes: dict[str, set[str]] = {}
    text = files("pipeline.language").joinpath("data", "admin_units.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        when, province, successor, members = fold_officially(line).split("\t")
        parts = districts if when == "before" else communes
        if when == "before":
            successors[province] = successor
        for member in members.split("; "):
            parts.setdefault(member, set()).add(province)
    return (
        successors,
        {name: frozenset(found) for name, found in districts.items()},
        {name: frozenset(found) for name, found in communes.items()},
    )


def unit_names() -> frozenset[str]:
    """Kind and name of every unit that is known, before and after 1 July 2025, folded."""
    successors, districts, communes = _provinces()
    return frozenset((*successors, *successors.values(), *districts, *communes))


def province_of(unit: Unit, date: str | None) -> Unit | None:
    """The only province in which a district or a commune of that name lies; None where there are several or none.

    Args:
        date: ISO date of the document; communes are known since 1 July 2025 only.
    """
    _, districts, communes = _provinces()
    known = districts if unit.level == "district" else communes if unit.level == "commune" else {}
    if unit.level == "commune" and date is not None and date <= DISTRICTS_UNTIL:
        return None
    found = known.get(unit.text, frozenset())
    return _unit(next(iter(found))) if len(found) == 1 else None


def successor_of(province: Unit) -> Unit | None:
    """The province into which one was merged on 1 July 2025; None where it stayed, or is not known."""
    successor = _provinces()[0].get(province.text)
    return _unit(successor) if successor is not None and successor != province.text else None


@cache
def short_province(name: str) -> Unit | None:
    """A province by its name alone: `nghệ an`."""
    known = (*_provinces()[0], *_provinces()[0].values())
    return next((_unit(text) for text in known if text.removeprefix("tỉnh ").removeprefix("thành phố ") == name), None)


def _unit(text: str) -> Unit:
    kind = "thành phố" if text.startswith("thành phố") else text.split(" ", 1)[0]
    return Unit(kind, text[len(kind) :].strip())

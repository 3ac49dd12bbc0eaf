"""The forms of a body's name: written out and folded to compare, spelled to show, its letters alone as a key."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from pipeline.language.administrative_units import Unit, read_units
from pipeline.language.casing import sentence_case
from pipeline.language.nlp import words_of
from pipeline.language.tone_marks import fold_officially, plain

__all__ = [
    "PARTY",
    "body_tables",
    "head_of",
    "is_known",
    "mended",
    "name_key",
    "placed_name",
    "shown_name",
    "slug",
    "spelling",
]

_SIMILARITY = 0.88
_MISREAD_LETTERS = 9
_ALIKE = re.compile(r"(?<=.)\bnhà trường$|\bcủa\b|\bthuộc\b|\btrực thuộc\b")
PARTY = {"tỉnh ủy": "tỉnh", "thành ủy": "thành phố", "huyện ủy": "huyện", "quận ủy": "quận", "thị ủy": "thị xã"}


def name_key(name: str) -> str:
    """A name written out and folded, its marks and `và` left out."""
    words = re.sub(r"[“”\"'’.;:]", " ", " ".join(name.split()))
    text = _abbreviated().sub(lambda match: f"{_abbreviations()[match[0]]}", words)
    text = re.sub(r"[-–—,/&()+]", " ", fold_officially(text))
    text = re.sub(r"(?<!\w)(?:tp|t p)(?!\w)", "thành phố", text)
    text = " ".join(word for word in text.split() if word not in ("và", "cùng"))
    text = " ".join(_ALIKE.sub(" ", text).split()) if len(text.split()) > 2 else text
    for written, meant in body_tables()["same"]:
        if written != meant:
            text = re.sub(rf"(?<!\w){written}(?!\w)", meant, text)
    text = re.sub(r"(?<!ủy ban )(?<!ban công tác )\bmặt trận tổ quốc\b", "ủy ban mặt trận tổ quốc", text)
    national = "|".join(body_tables()["national"])
    return re.sub(rf"({national}) việt nam(?=\s)", r"\1", text)


@cache
def body_tables() -> dict[str, Any]:
    """The lists of `body_kinds.toml` by name."""
    return tomllib.loads(files("pipeline.language").joinpath("data", "body_kinds.toml").read_text("utf-8"))


@cache
def _abbreviations() -> dict[str, str]:
    text = files("pipeline.language").joinpath("data", "abbreviations.toml").read_text("utf-8")
    return {short: str(full) for short, full in tomllib.loads(text)["full"].items()}


@cache
def _abbreviated() -> re.Pattern[str]:
    found = "|".join(re.escape(short) for short in sorted(_abbreviations(), key=len, reverse=True))
    return re.compile(rf"(?<![\w&-])(?:{found})(?![\w&])")


@cache
def _heads() -> tuple[tuple[str, str, str], ...]:
    heads = [(head, kind, level) for head, kind, level in body_tables()["kinds"]]
    return tuple(sorted(heads, key=lambda entry: -len(entry[0])))


def head_of(core: str) -> tuple[str, str] | None:
    """Kind and usual level by the longest beginning that is known."""
    return next(((kind, level) for head, kind, level in _heads() if core == head or core.startswith(f"{head} ")), None)


def mended(core: str, misread: bool) -> str:
    """A misread name as the known one that it is most like; as it is where none is, or where it was well read."""
    if not misread or len(core) < _MISREAD_LETTERS or core in _known():
        return core
    found = process.extractOne(
        plain(core), _known_plain(), scorer=Levenshtein.normalized_similarity, score_cutoff=_SIMILARITY
    )
    return _known()[found[2]] if found is not None else core


@cache
def _known() -> tuple[str, ...]:
    return tuple(sorted(_spellings()))


@cache
def _known_plain() -> tuple[str, ...]:
    return tuple(plain(name) for name in _known())


def shown_name(name: str) -> str:
    """A name written out as it was printed, without the units that it ends with."""
    words = " ".join(name.split()).strip(" .,:;")
    written = sentence_case(_abbreviated().sub(lambda match: _abbreviations()[match[0]], words))
    start, _ = read_units(fold_officially(written))
    return written[:start].strip(" ,-–")


def spelling(core: str, shown: str | None) -> str:
    """How a folded name is written: as the gazetteer has it, else as it was printed."""
    if core in _spellings():
        return _spellings()[core]
    return shown or sentence_case(core.upper())


def is_known(core: str) -> bool:
    """Whether a folded name is in the gazetteer."""
    return core in _spellings()


@cache
def _spellings() -> dict[str, str]:
    return {name_key(name): name for name in words_of()["names"]}


def placed_name(written: str, core: str, unit: Unit | None) -> str:
    """A name with its place after it; a party committee's place without its kind."""
    if unit is None or not unit.name:
        return written
    if core.endswith(tuple(PARTY)):
        name = unit.name.title()
        return written if written.casefold().endswith(unit.name) else f"{written} {name}"
    return f"{written} {unit.printed}"


def slug(parts: Iterable[str]) -> str:
    """Small letters without marks and figures, joined by dashes."""
    return "-".join(re.findall(r"[a-z\d]+", plain(" ".join(parts))))

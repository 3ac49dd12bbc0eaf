"""Text as the language model sees it: syllables, classes of numbers, punctuation."""

from __future__ import annotations

import re

from models.restoration.syllables import place_tone

SENTENCE = 0
UNKNOWN = 1
NUMBER_1 = 2
NUMBER_2 = 3
NUMBER_4 = 4
NUMBER_OTHER = 5
ROMAN = 6
CLASS_NAMES = ("<s>", "<unk>", "<n1>", "<n2>", "<n4>", "<nx>", "<roman>")

ROMANS = (
    "II",
    "III",
    "IV",
    "VI",
    "VII",
    "VIII",
    "IX",
    "XI",
    "XII",
    "XIII",
    "XIV",
    "XV",
    "XVI",
    "XVII",
    "XVIII",
    "XIX",
    "XX",
    "XXI",
    "XXII",
    "XXIII",
    "XXIV",
    "XXV",
    "I",
    "V",
    "X",
)
_ROMAN_SET = frozenset(ROMANS)
_SAME = {"“": '"', "”": '"', "„": '"', "''": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "’": "'", "‘": "'"}
PUNCTUATION = (
    ",",
    ".",
    ":",
    ";",
    "(",
    ")",
    '"',
    "-",
    "/",
    "…",
    "%",
    "+",
    "'",
    "?",
    "!",
    "&",
    "=",
    "*",
    "[",
    "]",
    "_",
    ">",
    "<",
    "°",
    "•",
    "|",
    "@",
    "#",
    "²",
    "§",
    "×",
    "½",
    "$",
    "~",
)
UNIT = re.compile(r"[^\W\d_]+|\d+|\.\.\.+|[^\w\s]|_")


def number_class(length: int) -> int:
    """Return the class of a run of digits by its length."""
    if length == 1:
        return NUMBER_1
    if length == 2:
        return NUMBER_2
    return NUMBER_4 if length == 4 else NUMBER_OTHER


def split_units(text: str) -> list[str]:
    """Return the runs of letters, runs of digits and single marks of a text."""
    return UNIT.findall(text)


def key_of(unit: str) -> str:
    """Return the name under which a unit is counted: lower case, one tone placement, one kind of quote and dash."""
    if unit[0].isdigit():
        return CLASS_NAMES[number_class(len(unit))]
    if unit in _ROMAN_SET:
        return CLASS_NAMES[ROMAN]
    if unit.startswith("..."):
        return "…"
    return place_tone(_SAME.get(unit, unit).lower())

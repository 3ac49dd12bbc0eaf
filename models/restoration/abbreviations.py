"""Đ or D in abbreviations that are in no dictionary: what readers take for D is decided by the letters around it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from models.restoration.syllables import is_syllable, strip_marks

Around = tuple[str, str]
CLEAR = 2.0
"""How much more often Đ than D has to stand between two letters to be taken for it."""
LEAST = 1.5


def count_bars(words: Iterable[tuple[str, float]]) -> dict[Around, float]:
    """Return how much more often Đ than D stands between two letters in abbreviations.

    Args:
        words: lower-case abbreviations and what each weighs.
    """
    barred: dict[Around, float] = defaultdict(float)
    plain: dict[Around, float] = defaultdict(float)
    for word, weight in words:
        bare = f" {strip_marks(word)} "
        for at, char in enumerate(word):
            if char in "dđ":
                (barred if char == "đ" else plain)[bare[at], bare[at + 2]] += weight
    return {around: weight / (plain[around] + 1.0) for around, weight in barred.items() if weight >= LEAST}


def is_abbreviation(word: str) -> bool:
    """Whether a lower-case word is letters that no syllable is made of."""
    return 1 < len(word) <= 8 and word.isalpha() and not is_syllable(word)


def put_bars(word: str, bars: Mapping[Around, float]) -> str:
    """Return a word in capitals with Đ where abbreviations mostly have it.

    Args:
        word: a word in capitals.
        bars: how much more often Đ than D stands between two letters.
    """
    bare = f" {strip_marks(word).lower()} "
    return "".join(
        "Đ" if char == "D" and bars.get((bare[at], bare[at + 2]), 0.0) >= CLEAR else char
        for at, char in enumerate(word)
    )

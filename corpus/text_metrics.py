"""How text read from a page is compared with the gold text of that page.

The rules are those of the gold text contract: a page is normalised, compared as a whole by edit distance
over characters and over words, and pages are summed, never averaged. Reading order counts: nothing is
realigned.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from rapidfuzz.distance import Levenshtein

STAMP_MARK = "[stamp]"
DROPPED_WORDS = frozenset({"[page]", "[footnote]", "|"})

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # grave, acute, tilde, hook above, dot below
_SAME_CHARACTER = str.maketrans({"–": "-", "—": "-", "“": '"', "”": '"', "’": "'", "…": "..."})


def _placements() -> dict[str, str]:
    folded: dict[str, str] = {}
    for first, second in ("oa", "oe", "uy"):
        for onset in (first, first.upper()):
            for nucleus in (second, second.upper()):
                for tone in _TONES:
                    new_style = onset + unicodedata.normalize("NFC", nucleus + tone)
                    folded[new_style] = unicodedata.normalize("NFC", onset + tone) + nucleus
    return folded


_PLACEMENTS = _placements()
# Only an open syllable has two spellings (hoà, hòa); in "hoàn" and after "q" there is one right place.
_NEW_STYLE = re.compile("(?<![qQ])(?:" + "|".join(_PLACEMENTS) + r")(?![^\W\d_])")


def fold_tone_placement(text: str) -> str:
    """Write open syllables in oa, oe and uy with the tone mark on the first vowel: hoà → hòa, uỷ → ủy."""
    return _NEW_STYLE.sub(lambda match: _PLACEMENTS[match.group()], text)


def normalise(text: str) -> str:
    """Bring the text of a page into the form in which texts are compared.

    Args:
        text: a page's text, lines separated by line breaks, with the marks of the gold format if any.
    Returns:
        One line: NFC, stamp lines and format marks dropped, white space single, dashes, quotation marks,
        ellipses and tone-mark placement each in one form.
    """
    lines = unicodedata.normalize("NFC", text).splitlines()
    words = (word for line in lines if not line.lstrip().startswith(STAMP_MARK) for word in line.split())
    joined = " ".join(word for word in words if word not in DROPPED_WORDS)
    return fold_tone_placement(joined.translate(_SAME_CHARACTER))


@dataclass(frozen=True, slots=True)
class TextScore:
    """Errors against gold size, over characters and over words; scores of pages add up."""

    characters: int = 0
    character_errors: int = 0
    words: int = 0
    word_errors: int = 0

    def __add__(self, other: TextScore) -> TextScore:
        return TextScore(
            self.characters + other.characters,
            self.character_errors + other.character_errors,
            self.words + other.words,
            self.word_errors + other.word_errors,
        )

    @property
    def cer(self) -> float:
        """Character errors per gold character; errors on an empty gold count against one character."""
        return self.character_errors / max(self.characters, 1)

    @property
    def wer(self) -> float:
        """Word errors per gold word; errors on an empty gold count against one word."""
        return self.word_errors / max(self.words, 1)

    def to_dict(self) -> dict[str, int | float]:
        """The counts and both rates, ready for JSON."""
        return {
            "characters": self.characters,
            "character_errors": self.character_errors,
            "cer": self.cer,
            "words": self.words,
            "word_errors": self.word_errors,
            "wer": self.wer,
        }


def score_page(predicted: str, gold: str) -> TextScore:
    """Compare what was read on one page with what is printed there.

    Args:
        predicted: the text read, one printed line per line; a page that was not read is the empty string.
        gold: the gold text of the same page.
    Returns:
        Levenshtein errors over characters and over white-space-separated words, with the gold's sizes.
    """
    read, printed = normalise(predicted), normalise(gold)
    read_words, printed_words = read.split(), printed.split()
    return TextScore(
        characters=len(printed),
        character_errors=Levenshtein.distance(read, printed),
        words=len(printed_words),
        word_errors=Levenshtein.distance(read_words, printed_words),
    )


def score_pages(predicted: Iterable[str], gold: Iterable[str]) -> TextScore:
    """Sum the scores of a document's pages, paired in order; a page that either side lacks is empty there."""
    total = TextScore()
    for read, printed in zip_longest(predicted, gold, fillvalue=""):
        total += score_page(read, printed)
    return total

"""The words of a text as they are indexed: with their marks, and without."""

import re
import unicodedata
from collections.abc import Iterator

from pipeline.language.tone_marks import fold_tones, plain

__all__ = ["MOST_WORDS", "located_words", "marked_words", "plain_words"]

MOST_WORDS = 50_000
"""So many words of one page are indexed. PostgreSQL finds phrases among the first 16,383 of them only."""

# What is longer is no word; its pieces stand one after the other, in what is asked too.
_WORD = re.compile(r"[^\W_]{1,64}")


def marked_words(text: str) -> list[str]:
    """Small letters with all marks; the tone of a closing oa, oe or uy always in one place (`hòa`, `hoà`)."""
    return _WORD.findall(fold_tones(unicodedata.normalize("NFC", text)))


def plain_words(marked: list[str]) -> list[str]:
    """The same words without marks, đ as d."""
    return plain(" ".join(marked)).split()


def located_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Each word of a text in NFC with its place: start, end, the word with marks."""
    for match in _WORD.finditer(text):
        folded = _WORD.findall(fold_tones(match[0]))
        if folded:
            yield match.start(), match.end(), folded[0]

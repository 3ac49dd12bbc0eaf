"""The words of a text as they are indexed: with their marks, and without."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pipeline.language.tone_marks import fold_tones, plain

__all__ = ["MOST_WORDS", "located_words", "marked_words", "pattern", "plain_words"]

MOST_WORDS = 50_000
"""So many words of one page are indexed."""

# What is longer is no word; its pieces stand one after the other, in what is asked too.
_WORD = re.compile(r"[^\W_]{1,64}")
_LETTERS = (*map(chr, range(0x61, 0x7B)), *map(chr, range(0xC0, 0x250)), *map(chr, range(0x1E00, 0x1F00)))
_ALIKE = {bare: "".join(letter for letter in _LETTERS if plain(letter) == bare) for bare in _LETTERS[:26]}


def marked_words(text: str) -> list[str]:
    """Small letters with all marks; the tone of a closing oa, oe or uy always in one place (`hòa`, `hoà`)."""
    return _WORD.findall(fold_tones(unicodedata.normalize("NFC", text)))


def plain_words(marked: list[str]) -> list[str]:
    """The same words without marks, đ as d."""
    return plain(" ".join(marked)).split()


@lru_cache(maxsize=256)
def pattern(plain_words: tuple[str, ...], *, beginning: bool) -> re.Pattern[str]:
    """Finds words that stand one after the other, whatever their marks, in a line of marked words parted by spaces.

    A pattern reads a line in a fraction of the time that taking its marks away needs.

    Args:
        beginning: of the last word only the beginning is said.
    """
    letters = (f"[{_ALIKE[letter]}]" if letter in _ALIKE else re.escape(letter) for letter in " ".join(plain_words))
    return re.compile(f" {''.join(letters)}{'' if beginning else '(?= )'}")


def located_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Each word of a text in NFC with its place: start, end, the word with marks."""
    whole = fold_tones(text)
    if len(whole) == len(text):
        yield from ((match.start(), match.end(), match[0]) for match in _WORD.finditer(whole))
        return
    # A letter has become two, such as ß.
    for match in _WORD.finditer(text):
        folded = _WORD.findall(fold_tones(match[0]))
        if folded:
            yield match.start(), match.end(), folded[0]

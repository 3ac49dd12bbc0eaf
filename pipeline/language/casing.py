"""Capitals: telling them, and bringing names printed in capitals into sentence case."""

import tomllib
from functools import cache
from importlib.resources import files

from pipeline.language.tone_marks import plain

__all__ = ["capital_share", "is_capitals", "sentence_case", "starts_capital", "starts_small"]


def capital_share(text: str) -> float:
    """Capitals among the letters, 0 to 1; 0 where there are no letters."""
    capitals = sum(char.isupper() for char in text)
    letters = capitals + sum(char.islower() for char in text)
    return capitals / letters if letters else 0.0


def is_capitals(text: str, *, share: float = 0.8, letters: int = 3) -> bool:
    """Whether a text is set in capitals, a misread letter or an abbreviation's small one forgiven."""
    return sum(char.isalpha() for char in text) >= letters and capital_share(text) >= share


def starts_small(text: str) -> bool:
    """Whether the first letter or figure is a small letter."""
    first = next((char for char in text if char.isalnum()), "")
    return first.islower()


def starts_capital(text: str) -> bool:
    """Whether the first letter or figure is a capital."""
    first = next((char for char in text if char.isalnum()), "")
    return first.isupper()


@cache
def _vocabulary() -> tuple[dict[tuple[str, ...], str], frozenset[str], frozenset[str], int]:
    data = tomllib.loads((files("pipeline.language") / "data" / "casing.toml").read_text(encoding="utf-8"))
    phrases = {tuple(phrase.lower().split()): phrase for phrase in data["phrases"]}
    return phrases, frozenset(data["small"]), frozenset(data["abbreviations"]), max(map(len, phrases))


def sentence_case(text: str) -> str:
    """A name in capitals as it is written within a sentence: `SỞ CÔNG THƯƠNG` as `Sở Công Thương`.

    Words that are not in the vocabulary count as names and keep a capital each; abbreviations stay. A text that
    is not in capitals comes back as it is, but for its first letter.
    """
    if not is_capitals(text, letters=1):
        return text[:1].upper() + text[1:]
    phrases, small, abbreviations, longest = _vocabulary()
    words = text.split()
    lowered = [word.lower() for word in words]
    written: list[str] = []
    index = 0
    while index < len(words):
        for size in range(min(longest, len(words) - index), 0, -1):
            phrase = phrases.get(tuple(word.strip(",.;:()") for word in lowered[index : index + size]))
            if phrase is not None:
                marks = [(word, part) for word, part in zip(words[index:], phrase.split(), strict=False)]
                written += [_dress(word, part) for word, part in marks]
                index += size
                break
        else:
            written.append(_word(words[index], small, abbreviations))
            index += 1
    joined = " ".join(written)
    return joined[:1].upper() + joined[1:]


def _dress(word: str, core: str) -> str:
    """The cased core with the marks that stood around the word."""
    start = len(word) - len(word.lstrip(",.;:()"))
    end = len(word.rstrip(",.;:()"))
    return word[:start] + core + word[end:]


def _word(word: str, small: frozenset[str], abbreviations: frozenset[str]) -> str:
    core = word.strip(",.;:()")
    if any(char.isdigit() for char in core) or core in abbreviations or _no_syllable(core):
        return word
    if core.lower() in small:
        return _dress(word, core.lower())
    return _dress(word, "-".join(part[:1].upper() + part[1:].lower() for part in core.split("-")))


def _no_syllable(core: str) -> bool:
    """Letters without a vowel, or joined by `&` or `.`: nothing that could be lowered."""
    letters = plain(core)
    return len(core) > 1 and (not any(vowel in letters for vowel in "aeiouy") or "&" in core)

"""Names of persons: surnames, and the ranks and titles that stand before a name."""

import tomllib
from functools import cache
from importlib.resources import files

from rapidfuzz.distance import Levenshtein

from pipeline.language.tone_marks import plain

__all__ = ["is_surname", "title_length"]


@cache
def _data() -> tuple[frozenset[str], tuple[tuple[str, ...], ...]]:
    data = tomllib.loads((files("pipeline.language") / "data" / "person_names.toml").read_text(encoding="utf-8"))
    titles = sorted((tuple(plain(title).split()) for title in data["titles"]), key=len, reverse=True)
    return frozenset(plain(name) for name in data["surnames"]), tuple(titles)


def is_surname(word: str) -> bool:
    """Whether a word, marks aside, is a surname."""
    return plain(word.strip(".,;: ")) in _data()[0]


def _is_title(words: list[str], title: tuple[str, ...]) -> bool:
    """The words of a title, a letter of a longer one misread."""
    if len(title) < 2:
        return tuple(words) == title
    return len(words) == len(title) and Levenshtein.distance(" ".join(words), " ".join(title), score_cutoff=1) <= 1


def title_length(words: list[str]) -> int:
    """How many of the first words are military ranks, academic titles or forms of address."""
    bare = [plain(word).strip(".,") for word in words]
    count = 0
    while count < len(bare):
        step = next((len(title) for title in _data()[1] if _is_title(bare[count : count + len(title)], title)), 0)
        if not step:
            break
        count += step
    return count

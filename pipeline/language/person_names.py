"""Names of persons: surnames, and the ranks and titles that stand before a name."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from rapidfuzz.distance import Levenshtein

from models.restoration.syllables import is_syllable
from pipeline.language.tone_marks import plain

__all__ = ["is_surname", "mend_name", "title_length"]

_JOINED = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-ZĐ][^\W\d_])")
_COMMONEST = ("Thị", "Văn")
_AROUND = "\"'“”„‘’«».,;:-–—_~*^|"


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


@cache
def _names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Surnames, and the usual syllables of middle and given names."""
    data = tomllib.loads((files("pipeline.language") / "data" / "person_names.toml").read_text(encoding="utf-8"))
    return tuple(dict.fromkeys(data["surnames"])), tuple(dict.fromkeys((*data["given"], *data["surnames"])))


def mend_name(words: Sequence[str]) -> list[str]:
    """A person's name, words that are no Vietnamese syllable put right where only one name is a letter away.

    Args:
        words: surname first, ranks and titles left out.
    Returns:
        As many words; one that was read together with the next keeps both, a space between them.
    """
    return [
        " ".join(_mended(part, first=index == 0 and not order) for order, part in enumerate(_JOINED.split(word)))
        for index, word in enumerate(map(_bare, words))
    ]


def _bare(word: str) -> str:
    """A word without the marks around it; a single letter may have one (`K'`)."""
    core = word.strip(_AROUND)
    return core if len(core) > 1 else word


def _mended(word: str, *, first: bool) -> str:
    letters = plain(word)
    if len(word) < 3 or is_syllable(word.lower()):
        return word
    pool = _names()[0 if first else 1]
    near = [name for name in pool if len(name) == len(word) and Levenshtein.distance(plain(name), letters) == 1]
    shared = [sum(one == other for one, other in zip(name, word, strict=True)) for name in near]
    best = [name for name, count in zip(near, shared, strict=True) if count == max(shared)]
    likely = [name for name in best if name in _COMMONEST] or best
    return likely[0] if len(likely) == 1 else word

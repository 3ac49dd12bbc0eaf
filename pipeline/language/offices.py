"""Offices as they are printed over a signature, and putting a misread one right."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from pipeline.language.tone_marks import plain

__all__ = ["mend_office", "office_names"]

_PREFIX = re.compile(r"\s*(?:(?:TM|KT|TL|TUQ|Q|P)\s*[./,]|[TK]/[MTL]\s*\.?)\s*")
_SIMILARITY = 0.74


@cache
def _offices() -> dict[str, str]:
    """Offices by their letters alone."""
    data = tomllib.loads((files("pipeline.language") / "data" / "offices.toml").read_text(encoding="utf-8"))
    printed = [*data["bases"], *data["others"]]
    for base in data["bases"]:
        printed += [f"PHÓ {base}", f"QUYỀN {base}", *(f"PHÓ {base} {added}" for added in data["deputies_add"])]
    return {re.sub(r"[^a-z]", "", plain(office)): office for office in printed}


@cache
def _words() -> frozenset[str]:
    """The words that offices are made of: where a text has no other, it was not misread."""
    return frozenset(plain(word) for office in _offices().values() for word in office.split())


def office_names() -> frozenset[str]:
    """All offices that are known, in capitals."""
    return frozenset(_offices().values())


def mend_office(text: str) -> tuple[str, float]:
    """An office with misread letters put right, where it is like one that is known.

    Args:
        text: as read, in capitals, `KT.` or `TM.` before it or not.
    Returns:
        The office, and how like it the text was: 1 where only marks differed or nothing was changed.
    """
    prefix = _PREFIX.match(text)
    lead, office = (text[: prefix.end()], text[prefix.end() :]) if prefix else ("", text)
    letters = re.sub(r"[^a-z]", "", plain(office))
    if letters in _offices():
        return lead + _offices()[letters], 1.0
    if len(letters) < 6 or all(plain(word) in _words() for word in re.findall(r"[^\W\d_]+", office)):
        return text, 1.0
    found = process.extractOne(
        letters, _offices().keys(), scorer=Levenshtein.normalized_similarity, score_cutoff=_SIMILARITY
    )
    if found is None or abs(len(found[0]) - len(letters)) > 3 or letters.startswith(found[0]):
        return text, 1.0
    return lead + _offices()[found[0]], float(found[1])

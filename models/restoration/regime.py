"""What happened to a text before it came here, found from the text itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.restoration.syllables import is_syllable, place_tone, strip_marks

Found = Literal["clean", "vie", "eng", "stripped", "foreign"]

_RUN = re.compile(r"[^\W\d_]+")
_DEEP = frozenset(
    char
    for point in (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00))
    for char in (chr(point),)
    if char in "ăĂđĐơƠưƯ"
    or (
        unicodedata.normalize("NFD", char)[0] in "aeiouyAEIOUY"
        and (
            len(unicodedata.normalize("NFD", char)) > 2
            or any(mark in unicodedata.normalize("NFD", char) for mark in "\u0309\u0323\u031b")
        )
    )
)
"""Letters that hardly any language but Vietnamese has."""
TYPED_UNKNOWN = 0.02
"""Typed text with foreign names has this share of unknown small words; a reading without confidences has more."""
_FREQUENT = """
    the of and is that for it as was with by not his but are this have from or had which one you were all she
    there would their we him been has when who will more if out up said what its about than into them only
    other time new some could these two then first any like my now over such our even most made after also did
    many off before must well back through years where much your way down should because each just state those
    people too mr how little good world make very year still see work between being under last life day same
    used both public general right against law shall section
"""
ENGLISH = frozenset(_FREQUENT.split())


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against each regime.

    Args:
        words: runs of letters looked at.
        deep: share of them with a letter that hardly any other language has.
        marked: share of them with any mark at all.
        unknown: share of the lower-case ones that are neither a syllable nor a known word.
        bare_hits: share of them that are a syllable once all marks are gone.
        english: share of them that are frequent English words.
    """

    words: int
    deep: float
    marked: float
    unknown: float
    bare_hits: float
    english: float


def gather(lines: Sequence[str], vocabulary: frozenset[str], bare: frozenset[str], limit: int = 4000) -> Evidence:
    """Look at the words of some lines.

    Args:
        lines: text.
        vocabulary: known words in lower case.
        bare: Vietnamese syllables without marks.
        limit: words after which it is enough.
    """
    words: list[str] = []
    for line in lines:
        words.extend(_RUN.findall(line))
        if len(words) >= limit:
            break
    if not words:
        return Evidence(0, 0.0, 0.0, 0.0, 0.0, 0.0)
    deep = marked = unknown = hits = english = small = 0
    for word in words:
        lower = word.lower()
        if not word.isascii():
            deep += not _DEEP.isdisjoint(word)
            marked += 1
        if word == lower and len(word) > 1:
            small += 1
            placed = place_tone(lower)
            unknown += not (placed in vocabulary or is_syllable(lower))
        hits += strip_marks(lower) in bare
        english += lower in ENGLISH
    count = len(words)
    return Evidence(count, deep / count, marked / count, unknown / max(small, 1), hits / count, english / count)


def decide(evidence: Evidence, *, machine_read: bool) -> Found:
    """Return the regime that the evidence speaks for.

    Args:
        evidence: of a document or of a part of it.
        machine_read: an engine's confidences came with the text, so it cannot be taken for typed text.
    """
    if evidence.words == 0:
        return "clean"
    if evidence.deep >= 0.12:
        return "vie" if machine_read or evidence.unknown > TYPED_UNKNOWN else "clean"
    if evidence.english >= 0.22 or evidence.bare_hits < 0.42:
        return "foreign"
    if evidence.marked <= 0.004 and evidence.bare_hits >= 0.9:
        return "stripped"
    return "eng"


def is_foreign_line(tokens: Sequence[str]) -> bool:
    """Whether a line of a Vietnamese text is English: enough words, and many of the frequent ones."""
    words = [word.lower() for token in tokens for word in _RUN.findall(token)]
    return len(words) >= 5 and sum(word in ENGLISH for word in words) >= 0.3 * len(words)

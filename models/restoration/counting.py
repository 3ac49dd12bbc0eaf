"""Text into vocabulary, unit numbers and case statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.restoration.split import read_lines
from models.restoration.syllables import Case, case_of, is_syllable
from models.restoration.units import CLASS_NAMES, PUNCTUATION, SENTENCE, UNKNOWN, key_of, split_units

ID_BITS = 14
MOSTLY = 0.7
"""Share of its uses in capitals that makes a word an abbreviation."""
STATES = 5
"""Case states: 0 start of a sentence, then after lower case, a title form, capitals, a form of its own."""


def choose_vocabulary(
    surfaces: Counter[str], *, least_syllable: int, least_other: int, least_capitals: int
) -> list[str]:
    """Return the names of the units the model knows, classes and punctuation first.

    Args:
        surfaces: how often each unit was seen.
        least_syllable: how often a well-formed syllable has to be seen.
        least_other: how often any other run of letters has to be seen.
        least_capitals: how often one that is mostly written in capitals has to be seen.
    """
    totals: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    for surface, count in surfaces.items():
        key = key_of(surface)
        totals[key] += count
        if len(surface) > 1 and surface[0].isalpha() and case_of(surface) in (Case.UPPER, Case.OWN):
            capitals[key] += count
    fixed = [*CLASS_NAMES, *PUNCTUATION]
    known = set(fixed)

    def least(word: str) -> int:
        if is_syllable(word):
            return least_syllable
        return least_capitals if capitals[word] > MOSTLY * totals[word] else least_other

    words = [
        (-count, word)
        for word, count in totals.items()
        if word not in known and word[0].isalpha() and len(word) <= 12 and count >= least(word)
    ]
    words.sort()
    return (fixed + [word for _, word in words])[: 1 << ID_BITS]


def count_surfaces(paths: Iterable[Path]) -> Counter[str]:
    """Count the units of the training part of some files."""
    surfaces: Counter[str] = Counter()
    for path in paths:
        for line in read_lines(path, held_out=False):
            surfaces.update(split_units(line))
    return surfaces


def encode(
    path: Path, vocabulary: list[str], surfaces: Iterable[str]
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
    """Turn the training part of a file into unit numbers, and count case by state and word.

    Args:
        path: text file.
        vocabulary: names in the order of their numbers.
        surfaces: units that are worth remembering (those seen in counting).
    Returns:
        Unit numbers, each line closed by ``SENTENCE``; and counts of shape (STATES, words, 3).
    """
    number = {name: index for index, name in enumerate(vocabulary)}
    ids: dict[str, int] = {surface: number.get(key_of(surface), UNKNOWN) for surface in surfaces}
    lowest_word = len(CLASS_NAMES) + len(PUNCTUATION)
    cases = {surface: int(case_of(surface)) for surface, index in ids.items() if index >= lowest_word}
    starts = {number[mark] for mark in ".!?:"}
    counts = np.zeros((STATES, len(vocabulary), 3), dtype=np.int64)
    flat = counts.reshape(-1)
    width = len(vocabulary) * 3
    blocks: list[npt.NDArray[np.uint16]] = []
    block: list[int] = [SENTENCE]
    for line in read_lines(path, held_out=False):
        state = 0
        for unit in split_units(line):
            index = ids.get(unit, UNKNOWN)
            block.append(index)
            if index >= lowest_word:
                case = cases[unit]
                if case < Case.OWN:
                    flat[state * width + index * 3 + case] += 1
                state = case + 1
            elif index in starts:
                state = 0
        block.append(SENTENCE)
        if len(block) > 1_000_000:
            blocks.append(np.array(block, dtype=np.uint16))
            block = []
    blocks.append(np.array(block, dtype=np.uint16))
    return np.concatenate(blocks), counts

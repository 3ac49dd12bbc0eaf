"""Everything that can be printed, as a tree of characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.restoration.alphabet import Alphabet
from models.restoration.syllables import Case, apply_case, is_syllable, place_tone
from models.restoration.units import CLASS_NAMES, PUNCTUATION, ROMAN, ROMANS

LONGEST_ENTRY = 12
FIRST_WORD = len(CLASS_NAMES) + len(PUNCTUATION)
FORMS = {'"': ("“", "”", '"'), "-": ("-", "–"), "'": ("'", "’"), "…": ("…", "...")}
"""Marks that are one unit to the language model and several in print, with those that print prefers first."""


class Trie(NamedTuple):
    """The tree.

    Args:
        keys, children: open-addressed map of (node * 512 + character) to a child; -1 marks an empty cell.
        entry_starts: first entry that ends in each node, shape (nodes + 1,).
        ids: unit number of each entry.
        cases: how each entry is written (``Case``; OWN for classes and marks).
        extras: ln P of the entry's form given its unit and case.
        chars: characters of each entry, shape (entries, LONGEST_ENTRY), 0 beyond its end.
        lengths: characters of each entry.
        masks: the letters that go on from each node, by their number's last six bits; made when the tree is loaded.
    """

    keys: npt.NDArray[np.int32]
    children: npt.NDArray[np.int32]
    entry_starts: npt.NDArray[np.int32]
    ids: npt.NDArray[np.int32]
    cases: npt.NDArray[np.int8]
    extras: npt.NDArray[np.float32]
    chars: npt.NDArray[np.int16]
    lengths: npt.NDArray[np.int8]
    masks: npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Entry:
    """One printed form of a unit."""

    text: str
    unit: int
    case: int
    extra: float


def make_entries(
    vocabulary: Sequence[str], own_forms: dict[str, float], capitals: frozenset[str] = frozenset()
) -> list[Entry]:
    """Return the printed forms of every unit of the vocabulary.

    Args:
        vocabulary: names in the order of their numbers.
        own_forms: forms with a case of their own (``TTg``) and ln of their share among the word's uses.
        capitals: words that are printed in capitals or in a form of their own only.
    """
    number = {name: index for index, name in enumerate(vocabulary)}
    entries: list[Entry] = []
    for index, name in enumerate(vocabulary):
        if index < len(CLASS_NAMES):
            continue
        if index < FIRST_WORD:
            forms = FORMS.get(name, (name,))
            entries.extend(Entry(form, index, Case.OWN, -0.5 if len(forms) > 1 else 0.0) for form in forms)
            continue
        for case in (Case.LOWER, Case.TITLE, Case.UPPER):
            written = apply_case(name, case)
            if (case is Case.UPPER and len(name) == 1) or (case is not Case.UPPER and name in capitals):
                continue
            entries.append(Entry(written, index, case, -0.05))
            old = _old_placement(name)
            if old:
                entries.append(Entry(apply_case(old, case), index, case, -2.3))
    entries.extend(Entry(roman, ROMAN, Case.OWN, -2.0 - 0.1 * k) for k, roman in enumerate(ROMANS[:22]))
    entries.extend(Entry(roman, ROMAN, Case.OWN, -1.5) for roman in ROMANS[22:])
    entries.extend(Entry(form, number[form.lower()], Case.OWN, extra) for form, extra in own_forms.items())
    return entries


def _old_placement(word: str) -> str:
    """Return the other spelling of a word whose tone may stand on either vowel, empty if there is none."""
    if not is_syllable(word) or len(word) < 2:
        return ""
    for first, rest in (("o", "ae"), ("u", "y")):
        if word[-1] in rest and len(word) >= 2:
            for tone in "\u0300\u0301\u0303\u0309\u0323":
                if word[-2] == unicodedata.normalize("NFC", first + tone):
                    old = word[:-2] + first + unicodedata.normalize("NFC", word[-1] + tone)
                    return old if place_tone(old) == word else ""
    return ""


def find_masks(keys: npt.NDArray[np.int32], nodes: int) -> npt.NDArray[np.uint64]:
    """Return which letters go on from each node, by the last six bits of their numbers.

    Args:
        keys: the tree's map.
        nodes: number of nodes.
    """
    masks = np.zeros(nodes, dtype=np.uint64)
    used = keys[keys >= 0]
    np.bitwise_or.at(masks, used >> 9, np.uint64(1) << (used & 63).astype(np.uint64))
    return masks


def build_trie(entries: Sequence[Entry], alphabet: Alphabet) -> tuple[Trie, list[Entry]]:
    """Build the tree; return it with the entries in its order."""
    children: dict[int, int] = {}
    ends: list[int] = []
    count = 1
    kept = [e for e in entries if len(e.text) <= LONGEST_ENTRY and all(alphabet.number(c) for c in e.text)]
    for entry in kept:
        node = 0
        for char in entry.text:
            key = node * 512 + alphabet.number(char)
            child = children.get(key)
            if child is None:
                child = children[key] = count
                count += 1
            node = child
        ends.append(node)
    order = sorted(range(len(kept)), key=ends.__getitem__)
    kept = [kept[k] for k in order]
    nodes = np.array(sorted(ends), dtype=np.int32)
    size = len(children) * 3 // 2 + 1
    keys = np.full(size, -1, dtype=np.int32)
    values = np.zeros(size, dtype=np.int32)
    for key, child in children.items():
        slot = (key * 40503 & 0xFFFFFFFF) % size
        while keys[slot] != -1:
            slot = (slot + 1) % size
        keys[slot], values[slot] = key, child
    chars = np.zeros((len(kept), LONGEST_ENTRY), dtype=np.int16)
    for row, entry in enumerate(kept):
        chars[row, : len(entry.text)] = alphabet.numbers(entry.text)
    trie = Trie(
        keys,
        values,
        np.searchsorted(nodes, np.arange(count + 1)).astype(np.int32),
        np.array([e.unit for e in kept], dtype=np.int32),
        np.array([int(e.case) for e in kept], dtype=np.int8),
        np.array([e.extra for e in kept], dtype=np.float32),
        chars,
        np.array([len(e.text) for e in kept], dtype=np.int8),
        find_masks(keys, count),
    )
    return trie, kept

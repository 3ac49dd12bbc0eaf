"""A pruned, quantised n-gram model in three hashed tables that are mapped from disk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.restoration.compiled import compiled

PROB_STEP = 0.07
"""Nats between two neighbouring levels of a stored log probability."""
BACKOFF_STEP = 0.04
BACKOFF_ZERO = 230
"""The level that stands for a back-off weight of one."""

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint32]
Marks = npt.NDArray[np.uint16]
Floats = npt.NDArray[np.float32]


@compiled
def mix(key: np.uint64) -> np.uint64:
    """Scramble a 64-bit key (splitmix64)."""
    z = key + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@compiled
def find_packed(key: np.uint64, table: Words) -> int:
    """Return the 16 bits of payload stored for a key, -1 when there are none."""
    h = mix(key)
    size = len(table)
    slot = int(np.int64(((h >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32)))
    mark = np.uint32(h & np.uint64(0xFFFF))
    if mark == 0:
        mark = np.uint32(1)
    while True:
        cell = table[slot]
        if cell == 0:
            return -1
        if (cell >> np.uint32(16)) == mark:
            return int(np.int64(cell & np.uint32(0xFFFF)))
        slot += 1
        if slot == size:
            slot = 0


@compiled
def find_last(key: np.uint64, marks: Marks, probs: Bytes) -> int:
    """Return the byte stored for a key of the highest order, -1 when there is none."""
    h = mix(key)
    size = len(marks)
    slot = int(np.int64(((h >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32)))
    mark = np.uint16(h & np.uint64(0xFFFF))
    if mark == 0:
        mark = np.uint16(1)
    while True:
        cell = marks[slot]
        if cell == 0:
            return -1
        if cell == mark:
            return int(np.int64(probs[slot]))
        slot += 1
        if slot == size:
            slot = 0


@compiled
def _weight_of(context: np.uint64, table: Words) -> float:
    """Return ln of the back-off weight of a context, 0 where it is not stored."""
    found = find_packed(context, table)
    return ((found & 255) - BACKOFF_ZERO) * BACKOFF_STEP if found >= 0 else 0.0


@compiled
def log_probability(
    w1: int,
    w2: int,
    w3: int,
    w: int,
    unigram: Floats,
    backoff: Floats,
    table2: Words,
    table3: Words,
    marks4: Marks,
    probs4: Bytes,
) -> float:
    """Return ln P(w | w1 w2 w3) with back-off; a context word of -1 is not there.

    A longer n-gram is believed only where its shorter ending is stored too: one fingerprint in some
    thousands is met by chance, and among many candidates the search would find that one.
    """
    if w3 < 0:
        return float(unigram[w])
    pair = (np.uint64(w3) << np.uint64(14)) | np.uint64(w)
    found2 = find_packed(pair, table2)
    if found2 >= 0 and w2 >= 0:
        triple = (np.uint64(w2) << np.uint64(28)) | pair
        found3 = find_packed(triple, table3)
        if found3 >= 0:
            total = 0.0
            if w1 >= 0:
                level = find_last((np.uint64(w1) << np.uint64(42)) | triple, marks4, probs4)
                if level >= 0:
                    return -level * PROB_STEP
                total = _weight_of((np.uint64(w1) << np.uint64(28)) | (triple >> np.uint64(14)), table3)
            return total - (found3 >> 8) * PROB_STEP
    total = 0.0
    if w2 >= 0:
        if w1 >= 0:
            total += _weight_of(
                (np.uint64(w1) << np.uint64(28)) | (np.uint64(w2) << np.uint64(14)) | np.uint64(w3), table3
            )
        total += _weight_of((np.uint64(w2) << np.uint64(14)) | np.uint64(w3), table2)
    if found2 >= 0:
        return total - (found2 >> 8) * PROB_STEP
    return float(total + backoff[w3] + unigram[w])


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """The tables of one model.

    Args:
        unigram: ln P(w), shape (words,).
        backoff: ln of the back-off weight of each word as a context, shape (words,).
        table2, table3: open-addressed cells of 16 bits of fingerprint, 8 of probability, 8 of back-off.
        marks4, probs4: fingerprints and probabilities of the highest order.
    """

    unigram: Floats
    backoff: Floats
    table2: Words
    table3: Words
    marks4: Marks
    probs4: Bytes

    def score(self, ids: list[int]) -> float:
        """Return the sum of ln P over a line of unit numbers, begun and ended by the sentence mark."""
        return float(score_line(np.array(ids, dtype=np.int64), *self.tables()))

    def cut(self, order: int) -> LanguageModel:
        """Return the model without its n-grams above an order of 2 or 3; for ablations."""
        nothing = np.zeros(1, dtype=np.uint32)
        no_backoff = np.uint32(BACKOFF_ZERO)
        table2, table3 = self.table2, self.table3
        if order == 2:
            table2 = np.where(table2 == 0, 0, (table2 & ~np.uint32(255)) | no_backoff).astype(np.uint32)
            table3 = nothing
        else:
            table3 = np.where(table3 == 0, 0, (table3 & ~np.uint32(255)) | no_backoff).astype(np.uint32)
        return LanguageModel(
            self.unigram, self.backoff, table2, table3, np.zeros(1, dtype=np.uint16), np.zeros(1, dtype=np.uint8)
        )

    def tables(self) -> tuple[Floats, Floats, Words, Words, Marks, Bytes]:
        """Return the arrays in the order in which the compiled functions take them."""
        return self.unigram, self.backoff, self.table2, self.table3, self.marks4, self.probs4


@compiled
def score_line(
    ids: npt.NDArray[np.int64],
    unigram: Floats,
    backoff: Floats,
    table2: Words,
    table3: Words,
    marks4: Marks,
    probs4: Bytes,
) -> float:
    """Return the sum of ln P of all but the first unit of a line."""
    total = 0.0
    for k in range(1, len(ids)):
        w1 = ids[k - 3] if k >= 3 else -1
        w2 = ids[k - 2] if k >= 2 else -1
        total += log_probability(w1, w2, ids[k - 1], ids[k], unigram, backoff, table2, table3, marks4, probs4)
    return total

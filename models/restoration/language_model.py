"""A pruned, quantised n-gram model in two static tables that are mapped from disk.

A table holds cells of which three, found from a key's hash and combined by exclusive or, give a fingerprint and a
value. A key that was never stored gives a right fingerprint by chance only (one in 2**24 for pairs, one in 2**16 for
what is longer), whatever the table's size, and 1.13 cells a key are enough.
"""

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
PAIR_WEIGHT, TRIPLE, TRIPLE_WEIGHT, QUADRUPLE = (np.uint64(kind << 56) for kind in range(1, 5))
"""What a key of the table of longer n-grams asks for: a back-off weight or a probability, and of which order."""
STEP_WORD = np.uint64(14)

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint32]
Layout = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Tables = tuple[Floats, Floats, Words, Bytes, Layout]


@compiled
def mix(key: np.uint64) -> np.uint64:
    """Scramble a 64-bit key (splitmix64)."""
    z = key + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@compiled
def cells_of(h: np.uint64, segment: int, count: int) -> tuple[np.int64, np.int64, np.int64]:
    """Return the three cells of a scrambled key.

    Args:
        h: the scrambled key.
        segment: cells of a segment, a power of two.
        count: cells in which the first one may lie; two more segments follow.
    Source:
        Binary fuse filters (Graf and Lemire, 2022).
    """
    first = np.int64(((h >> np.uint64(32)) * np.uint64(count)) >> np.uint64(32))
    mask = np.uint64(segment - 1)
    second = (first + segment) ^ np.int64((h >> np.uint64(18)) & mask)
    third = (first + 2 * segment) ^ np.int64(h & mask)
    return first, second, third


@compiled
def mark_of(h: np.uint64) -> np.uint32:
    """Return the 24 bits of a scrambled key from which its fingerprint is taken."""
    return np.uint32((h * np.uint64(0xD6E8FEB86659FD93)) >> np.uint64(40))


@compiled
def find_pair(key: np.uint64, table: Words, layout: Layout) -> int:
    """Return the byte stored for a pair of units, -1 when there is none."""
    h = mix(key)
    a, b, c = cells_of(h, layout[0], layout[1])
    cell = table[a] ^ table[b] ^ table[c]
    return int(cell & np.uint32(255)) if (cell >> np.uint32(8)) == mark_of(h) else -1


@compiled
def find_longer(key: np.uint64, table: Bytes, layout: Layout) -> int:
    """Return the byte stored for a tagged key, -1 when there is none."""
    h = mix(key)
    a, b, c = cells_of(h, layout[2], layout[3])
    a, b, c = 3 * a, 3 * b, 3 * c
    mark = mark_of(h)
    if (table[a] ^ table[b] ^ table[c]) != (mark & np.uint32(255)):
        return -1
    if (table[a + 1] ^ table[b + 1] ^ table[c + 1]) != ((mark >> np.uint32(8)) & np.uint32(255)):
        return -1
    return int(table[a + 2] ^ table[b + 2] ^ table[c + 2])


@compiled
def context_weights(w1: int, w2: int, w3: int, longer: Bytes, layout: Layout) -> tuple[float, float]:
    """Return ln of the back-off weights of the contexts (w1 w2 w3) and (w2 w3), 0 where none is stored."""
    weight3 = weight2 = 0.0
    if w2 >= 0:
        pair = (np.uint64(w2) << STEP_WORD) | np.uint64(w3)
        found = find_longer(PAIR_WEIGHT | pair, longer, layout)
        if found >= 0:
            weight2 = (found - BACKOFF_ZERO) * BACKOFF_STEP
        if w1 >= 0:
            found = find_longer(TRIPLE_WEIGHT | (np.uint64(w1) << np.uint64(28)) | pair, longer, layout)
            if found >= 0:
                weight3 = (found - BACKOFF_ZERO) * BACKOFF_STEP
    return weight3, weight2


@compiled
def log_probability(
    w1: int,
    w2: int,
    w3: int,
    w: int,
    weight3: float,
    weight2: float,
    unigram: Floats,
    backoff: Floats,
    pairs: Words,
    longer: Bytes,
    layout: Layout,
) -> float:
    """Return ln P(w | w1 w2 w3) with back-off; a context word of -1 is not there.

    A longer n-gram is looked for only where its shorter ending is stored, which training sees to.

    Args:
        w1, w2, w3: the units before.
        w: the unit.
        weight3, weight2: ln of the back-off weights of the contexts.
        unigram, backoff, pairs, longer, layout: the model.
    """
    if w3 < 0:
        return float(unigram[w])
    pair = (np.uint64(w3) << STEP_WORD) | np.uint64(w)
    found2 = find_pair(pair, pairs, layout)
    if found2 < 0:
        return float(weight3 + weight2 + backoff[w3] + unigram[w])
    if w2 >= 0:
        triple = (np.uint64(w2) << np.uint64(28)) | pair
        found3 = find_longer(TRIPLE | triple, longer, layout)
        if found3 >= 0:
            if w1 >= 0:
                found4 = find_longer(QUADRUPLE | ((np.uint64(w1) << np.uint64(42)) | triple), longer, layout)
                if found4 >= 0:
                    return -found4 * PROB_STEP
            return weight3 - found3 * PROB_STEP
    return weight3 + weight2 - found2 * PROB_STEP


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """The tables of one model.

    Args:
        unigram: ln P(w), shape (words,).
        backoff: ln of the back-off weight of each word as a context, shape (words,).
        pairs: cells of 24 bits of fingerprint and 8 of probability.
        longer: cells of 3 bytes: 16 bits of fingerprint and a level of probability or back-off.
        layout: cells of a segment and cells of the first segments, of the pairs and of the longer ones.
    """

    unigram: Floats
    backoff: Floats
    pairs: Words
    longer: Bytes
    layout: Layout

    def score(self, ids: list[int], order: int = 4) -> float:
        """Return the sum of ln P over a line of unit numbers, begun and ended by the sentence mark.

        Args:
            ids: unit numbers.
            order: longest n-grams looked at.
        """
        return float(score_line(np.array(ids, dtype=np.int64), order, *self.tables()))

    def tables(self) -> Tables:
        """Return the arrays in the order in which the compiled functions take them."""
        return self.unigram, self.backoff, self.pairs, self.longer, self.layout


@compiled
def score_line(
    ids: npt.NDArray[np.int64],
    order: int,
    unigram: Floats,
    backoff: Floats,
    pairs: Words,
    longer: Bytes,
    layout: Layout,
) -> float:
    """Return the sum of ln P of all but the first unit of a line."""
    total = 0.0
    for k in range(1, len(ids)):
        w1 = ids[k - 3] if k >= 3 and order >= 4 else -1
        w2 = ids[k - 2] if k >= 2 and order >= 3 else -1
        weight3, weight2 = context_weights(w1, w2, ids[k - 1], longer, layout)
        total += log_probability(w1, w2, ids[k - 1], ids[k], weight3, weight2, unigram, backoff, pairs, longer, layout)
    return total

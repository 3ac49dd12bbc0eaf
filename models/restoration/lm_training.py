"""Counting, smoothing, pruning and packing of the n-gram model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.restoration.counting import ID_BITS
from models.restoration.language_model import (
    BACKOFF_STEP,
    BACKOFF_ZERO,
    PAIR_WEIGHT,
    PROB_STEP,
    QUADRUPLE,
    TRIPLE,
    TRIPLE_WEIGHT,
    LanguageModel,
)
from models.restoration.static_table import build, shorten
from models.restoration.units import SENTENCE, UNKNOWN

DISCOUNT = {2: 0.55, 3: 0.65, 4: 0.75}
"""What is taken from the count of an n-gram of each order."""
MASK = np.uint64((1 << ID_BITS) - 1)

Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class Grams:
    """Distinct n-grams of one order, sorted by key, with their weighted counts."""

    keys: Keys
    counts: Counts


def _raw_keys(ids: npt.NDArray[np.uint16], order: int) -> Keys:
    """Return the packed n-grams of a stream; none reaches back over the start of a line."""
    size = len(ids) - order + 1
    keys = np.zeros(size, dtype=np.uint64)
    good = np.ones(size, dtype=bool)
    for k in range(order):
        part = ids[k : k + size]
        keys <<= np.uint64(ID_BITS)
        keys |= part.astype(np.uint64)
        if 0 < k < order - 1:
            good &= part != SENTENCE
    if order == 1:
        return keys
    # <s> <s> between two lines is no event, and <unk> is never predicted from a longer context
    good &= ~((ids[order - 2 : order - 2 + size] == SENTENCE) & (ids[order - 1 : order - 1 + size] == SENTENCE))
    if order > 2:
        good &= ids[order - 1 : order - 1 + size] != UNKNOWN
        good &= ids[:size] != UNKNOWN
    return keys[good]


def count_grams(
    streams: list[tuple[npt.NDArray[np.uint16], float]], order: int, least: float, chunk: int = 40_000_000
) -> Grams:
    """Count n-grams over weighted streams in bounded memory.

    Args:
        streams: unit numbers and the weight of each stream.
        order: length of the n-grams.
        least: n-grams with a smaller sum of weights are dropped at the end.
        chunk: units that are sorted at a time.
    """
    keys = np.zeros(0, dtype=np.uint64)
    counts = np.zeros(0, dtype=np.float32)
    for ids, weight in streams:
        for start in range(0, len(ids), chunk):
            raw = _raw_keys(ids[start : start + chunk + order - 1], order)
            raw.sort()
            first = np.flatnonzero(np.concatenate(([True], raw[1:] != raw[:-1])))
            number = np.diff(np.append(first, len(raw))).astype(np.float32) * np.float32(weight)
            keys, counts = _merge(keys, counts, raw[first], number)
    kept = counts >= least
    return Grams(keys[kept], counts[kept])


def _merge(keys_a: Keys, counts_a: Counts, keys_b: Keys, counts_b: Counts) -> tuple[Keys, Counts]:
    keys = np.concatenate((keys_a, keys_b))
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    counts = np.concatenate((counts_a, counts_b))[order]
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[first], np.add.reduceat(counts, first).astype(np.float32)


def _lookup(keys: Keys, wanted: Keys) -> npt.NDArray[np.int64]:
    """Return the place of each wanted key, -1 where it is missing."""
    place = np.searchsorted(keys, wanted)
    place[place == len(keys)] = 0
    return np.where(keys[place] == wanted, place, -1)


def _sum_by_context(
    keys: Keys, values: npt.NDArray[np.float64]
) -> tuple[Keys, npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the contexts, the sum of the values and the number of n-grams of each."""
    context = keys >> np.uint64(ID_BITS)
    first = np.flatnonzero(np.concatenate(([True], context[1:] != context[:-1])))
    return context[first], np.add.reduceat(values, first), np.diff(np.append(first, len(keys)))


@dataclass(frozen=True, slots=True)
class _Estimate:
    """The n-grams of one order with ln P of their last unit and what each is worth.

    Args:
        grams: n-grams.
        prob: ln P of the last unit after the others.
        gain: nats that the text loses if the n-gram is not stored.
    """

    grams: Grams
    prob: Floats
    gain: Floats

    def keep(self, size: int, needed: Keys) -> _Estimate:
        """Return the estimate with those n-grams that are needed, and the most worthy ones up to a number."""
        gain = self.gain.copy()
        gain[_lookup(self.grams.keys, needed)] = np.inf
        if len(gain) <= size:
            return self
        kept = np.sort(np.argpartition(-gain, size)[: max(size, len(needed))])
        return _Estimate(Grams(self.grams.keys[kept], self.grams.counts[kept]), self.prob[kept], self.gain[kept])


def _estimate(
    found: Grams, contexts: Grams, lower_keys: Keys, lower: Floats, unigram: Floats, order: int, least: float
) -> _Estimate:
    """Estimate one order by absolute discounting, interpolated with the next lower one.

    Args:
        found: n-grams of this order.
        contexts: n-grams of the next lower order with their counts.
        lower_keys, lower: ln P of the n-grams of the next lower order.
        unigram: ln P of the units.
        order: length of the n-grams.
        least: n-grams below this weighted count were dropped.
    """
    counts = found.counts.astype(np.float64)
    context, total, kinds = _sum_by_context(found.keys, counts)
    place = _lookup(contexts.keys, context)
    whole = np.maximum(np.where(place >= 0, contexts.counts[place], total), total).astype(np.float64)
    # what was dropped as too rare goes to the lower order, with what discounting takes
    discount = min(DISCOUNT[order] * least, DISCOUNT[order])
    rest = (whole - total + discount * kinds) / whole
    suffix = found.keys & _low(order - 1)
    place = _lookup(lower_keys, suffix)
    below = np.where(place >= 0, lower[place], unigram[(suffix & MASK).astype(np.int64)] - 1.0)
    at = np.searchsorted(context, found.keys >> np.uint64(ID_BITS))
    prob = np.maximum(counts - discount, 1e-3) / whole[at] + rest[at] * np.exp(below)
    prob = np.log(np.minimum(prob, 0.9999))
    return _Estimate(found, prob, counts * (prob - (np.log(rest[at]) + below)))


def _low(order: int) -> np.uint64:
    """Return the mask of the last units of a packed n-gram."""
    return np.uint64((1 << (ID_BITS * order)) - 1)


def train(
    streams: list[tuple[npt.NDArray[np.uint16], float]],
    words: int,
    sizes: tuple[int, int, int],
    least: tuple[float, float, float],
) -> LanguageModel:
    """Estimate a 4-gram model with absolute discounting, prune it and pack it.

    Args:
        streams: unit numbers and weight of each source.
        words: size of the vocabulary.
        sizes: n-grams kept of order 2, 3 and 4.
        least: smallest weighted count of order 2, 3 and 4 that is looked at.
    Source:
        Absolute discounting (Ney and others, 1994); pruning by the weighted difference of
        log probabilities (Seymore and Rosenfeld, 1996). Not done: Kneser-Ney counts, which lose under heavy pruning.
    """
    one = np.zeros(words, dtype=np.float64)
    for ids, weight in streams:
        one += np.bincount(ids, minlength=words)[:words] * weight
    unigram = np.log((one + 0.5) / (one.sum() + 0.5 * words))
    contexts = Grams(np.arange(words, dtype=np.uint64), one.astype(np.float32))
    prob = unigram
    estimates: list[_Estimate] = []
    for order in (2, 3, 4):
        found = count_grams(streams, order, least[order - 2])
        estimates.append(_estimate(found, contexts, contexts.keys, prob, unigram, order, least[order - 2]))
        contexts, prob = found, estimates[-1].prob
        print(f"order {order}: {len(found.keys)} n-grams", flush=True)
    return prune(unigram, estimates, sizes)


def prune(unigram: Floats, estimates: list[_Estimate], sizes: tuple[int, int, int]) -> LanguageModel:
    """Keep the most worthy n-grams and all endings of those that are kept, and pack them.

    Args:
        unigram: ln P of the units.
        estimates: of order 2, 3 and 4.
        sizes: n-grams kept of order 2, 3 and 4.
    """
    none = np.zeros(0, dtype=np.uint64)
    last = estimates[2].keep(sizes[2], none)
    middle = estimates[1].keep(sizes[1], np.unique(last.grams.keys & _low(3)))
    first = estimates[0].keep(sizes[0], np.unique(middle.grams.keys & _low(2)))
    return _pack(unigram, [first, middle, last])


def _pack(unigram: Floats, estimates: list[_Estimate]) -> LanguageModel:
    keys = [estimate.grams.keys for estimate in estimates]
    levels = [np.clip(np.rint(-estimate.prob / PROB_STEP), 0, 255).astype(np.uint8) for estimate in estimates]
    probs = [level.astype(np.float64) * -PROB_STEP for level in levels]
    backoff = np.zeros(len(unigram))
    context, weight = _backoff(keys[0], probs[0], unigram[(keys[0] & MASK).astype(np.int64)])
    backoff[context.astype(np.int64)] = weight
    longer_keys = [keys[1] | TRIPLE, keys[2] | QUADRUPLE]
    longer_values = [levels[1], levels[2]]
    for order, tag in ((3, PAIR_WEIGHT), (4, TRIPLE_WEIGHT)):
        below = probs[order - 3][_lookup(keys[order - 3], keys[order - 2] & _low(order - 1))]
        context, weight = _backoff(keys[order - 2], probs[order - 2], below)
        stored = np.clip(np.rint(weight / BACKOFF_STEP) + BACKOFF_ZERO, 0, 255).astype(np.uint8)
        # a weight of one is what is not stored
        longer_keys.append((context | tag)[stored != BACKOFF_ZERO])
        longer_values.append(stored[stored != BACKOFF_ZERO])
    pairs, layout2 = build(keys[0], levels[0])
    longer, layout3 = build(np.concatenate(longer_keys), np.concatenate(longer_values))
    return LanguageModel(
        unigram.astype(np.float32),
        backoff.astype(np.float32),
        pairs,
        shorten(longer),
        np.array([*layout2, *layout3], dtype=np.int64),
    )


def _backoff(keys: Keys, probs: Floats, below: Floats) -> tuple[Keys, Floats]:
    """Return the contexts of n-grams and ln of the back-off weight of each.

    Args:
        keys: n-grams.
        probs: ln P of their last unit.
        below: and the same with one unit of context less.
    """
    context, total, _ = _sum_by_context(keys, np.exp(probs))
    _, under, _ = _sum_by_context(keys, np.exp(below))
    return context, np.log(np.maximum(1 - total, 1e-4) / np.maximum(1 - under, 1e-4))

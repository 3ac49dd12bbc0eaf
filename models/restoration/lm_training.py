"""Counting, smoothing, pruning and packing of the n-gram model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.restoration.compiled import compiled
from models.restoration.counting import ID_BITS
from models.restoration.language_model import BACKOFF_STEP, BACKOFF_ZERO, PROB_STEP, LanguageModel, mix
from models.restoration.units import SENTENCE, UNKNOWN

LOAD = 0.86
"""Share of the cells of a hashed table that are filled."""
MASK = np.uint64((1 << ID_BITS) - 1)

Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.float32]


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
    grams: list[Grams] = []
    probs: list[npt.NDArray[np.float64]] = []
    lower_keys: Keys = np.arange(words, dtype=np.uint64)
    lower = unigram
    for order in (2, 3, 4):
        found = count_grams(streams, order, least[order - 2])
        discount = np.float64(0.55 if order == 2 else 0.65 if order == 3 else 0.75)
        counts = found.counts.astype(np.float64)
        context, total, kinds = _sum_by_context(found.keys, counts)
        at = np.searchsorted(context, found.keys >> np.uint64(ID_BITS))
        if order == 2:
            whole = one[context.astype(np.int64)]
        else:
            place = _lookup(grams[-1].keys, context)
            whole = np.where(place >= 0, grams[-1].counts[place], total).astype(np.float64)
        whole = np.maximum(whole, total)
        # what was dropped as too rare goes to the lower order, with what discounting takes
        rest = (whole - total + np.minimum(discount * least[order - 2], discount) * kinds) / whole
        suffix = found.keys & np.uint64((1 << (ID_BITS * (order - 1))) - 1)
        place = _lookup(lower_keys, suffix)
        below = np.where(place >= 0, lower[place], np.nan)
        missing = np.isnan(below)
        if missing.any():
            below[missing] = unigram[(suffix[missing] & MASK).astype(np.int64)] - 1.0
        cut = np.minimum(discount * least[order - 2], discount)
        prob = np.maximum(counts - cut, 1e-3) / whole[at] + rest[at] * np.exp(below)
        prob = np.log(np.minimum(prob, 0.9999))
        size = sizes[order - 2]
        if len(found.keys) > size:
            # the pruning of each order is decided against the next lower one
            gain = counts * (prob - (np.log(rest[at]) + below))
            keep = np.sort(np.argpartition(-gain, size)[:size]) if order == 4 else None
        else:
            keep = None
            gain = np.full(len(prob), np.inf)
        if order == 4 and keep is not None:
            found = Grams(found.keys[keep], found.counts[keep])
            prob = prob[keep]
        grams.append(found)
        probs.append(prob)
        if order < 4:
            lower_keys, lower = found.keys, prob
            if order == 2:
                gain2 = gain
            else:
                gain3 = gain
        print(f"order {order}: {len(found.keys)} n-grams", flush=True)
    # contexts of what is kept are kept
    need3 = np.unique(grams[2].keys >> np.uint64(ID_BITS))
    place = _lookup(grams[1].keys, need3)
    gain3[place[place >= 0]] += np.where(gain3[place[place >= 0]] > 0, 3.0, 3.0)
    keep3 = np.sort(np.argpartition(-gain3, sizes[1])[: sizes[1]]) if len(gain3) > sizes[1] else np.arange(len(gain3))
    grams[1] = Grams(grams[1].keys[keep3], grams[1].counts[keep3])
    probs[1] = probs[1][keep3]
    need2 = np.unique(grams[1].keys >> np.uint64(ID_BITS))
    place = _lookup(grams[0].keys, need2)
    gain2[place[place >= 0]] += 3.0
    keep2 = np.sort(np.argpartition(-gain2, sizes[0])[: sizes[0]]) if len(gain2) > sizes[0] else np.arange(len(gain2))
    grams[0] = Grams(grams[0].keys[keep2], grams[0].counts[keep2])
    probs[0] = probs[0][keep2]
    return _pack(unigram, grams, probs)


def _pack(unigram: npt.NDArray[np.float64], grams: list[Grams], probs: list[npt.NDArray[np.float64]]) -> LanguageModel:
    quantised = [-np.clip(np.rint(-prob / PROB_STEP), 0, 255) * PROB_STEP for prob in probs]
    backoff1 = np.zeros(len(unigram))
    context, total, _ = _sum_by_context(grams[0].keys, np.exp(quantised[0]))
    below = np.exp(unigram[(grams[0].keys & MASK).astype(np.int64)])
    _, under, _ = _sum_by_context(grams[0].keys, below)
    backoff1[context.astype(np.int64)] = _backoff(total, under)

    def lower_of(keys: Keys, order: int) -> npt.NDArray[np.float64]:
        """Return ln P of the last word of each n-gram given one word of context less."""
        suffix = keys & np.uint64((1 << (ID_BITS * (order - 1))) - 1)
        place = _lookup(grams[order - 3].keys, suffix)
        found = np.where(place >= 0, quantised[order - 3][place], 0.0)
        missing = place < 0
        if missing.any():
            rest = suffix[missing]
            context = rest >> np.uint64(ID_BITS)
            if order == 3:
                found[missing] = backoff1[context.astype(np.int64)] + unigram[(rest & MASK).astype(np.int64)]
            else:
                at = _lookup(grams[0].keys, context)
                weight = np.where(at >= 0, backoff2[at], 0.0)
                found[missing] = weight + lower_of(rest, 3)
        return found

    context, total, _ = _sum_by_context(grams[1].keys, np.exp(quantised[1]))
    _, under, _ = _sum_by_context(grams[1].keys, np.exp(lower_of(grams[1].keys, 3)))
    backoff2 = np.zeros(len(grams[0].keys))
    at = _lookup(grams[0].keys, context)
    backoff2[at[at >= 0]] = _backoff(total, under)[at >= 0]
    context, total, _ = _sum_by_context(grams[2].keys, np.exp(quantised[2]))
    _, under, _ = _sum_by_context(grams[2].keys, np.exp(lower_of(grams[2].keys, 4)))
    backoff3 = np.zeros(len(grams[1].keys))
    at = _lookup(grams[1].keys, context)
    backoff3[at[at >= 0]] = _backoff(total, under)[at >= 0]
    table2 = fill_packed(grams[0].keys, _payload(quantised[0], backoff2), int(len(grams[0].keys) / LOAD) + 1)
    table3 = fill_packed(grams[1].keys, _payload(quantised[1], backoff3), int(len(grams[1].keys) / LOAD) + 1)
    levels4 = np.rint(-quantised[2] / PROB_STEP).astype(np.uint8)
    marks4, probs4 = fill_last(grams[2].keys, levels4, int(len(grams[2].keys) / LOAD) + 1)
    return LanguageModel(unigram.astype(np.float32), backoff1.astype(np.float32), table2, table3, marks4, probs4)


def _backoff(total: npt.NDArray[np.float64], under: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.log(np.maximum(1 - total, 1e-4) / np.maximum(1 - under, 1e-4))


def _payload(prob: npt.NDArray[np.float64], backoff: npt.NDArray[np.float64]) -> npt.NDArray[np.uint32]:
    high = np.rint(-prob / PROB_STEP).astype(np.uint32)
    low = np.clip(np.rint(backoff / BACKOFF_STEP) + BACKOFF_ZERO, 0, 255).astype(np.uint32)
    return np.asarray((high << np.uint32(8)) | low, dtype=np.uint32)


@compiled
def fill_packed(keys: Keys, payload: npt.NDArray[np.uint32], size: int) -> npt.NDArray[np.uint32]:
    """Place keys and payload into an open-addressed table of a given size."""
    table = np.zeros(size, dtype=np.uint32)
    for k in range(len(keys)):
        h = mix(keys[k])
        slot = int(np.int64(((h >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32)))
        mark = np.uint32(h & np.uint64(0xFFFF))
        if mark == 0:
            mark = np.uint32(1)
        while table[slot] != 0:
            slot += 1
            if slot == size:
                slot = 0
        table[slot] = (mark << np.uint32(16)) | payload[k]
    return table


@compiled
def fill_last(
    keys: Keys, levels: npt.NDArray[np.uint8], size: int
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint8]]:
    """Place keys and one byte each into an open-addressed table of a given size."""
    marks = np.zeros(size, dtype=np.uint16)
    probs = np.zeros(size, dtype=np.uint8)
    for k in range(len(keys)):
        h = mix(keys[k])
        slot = int(np.int64(((h >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32)))
        mark = np.uint16(h & np.uint64(0xFFFF))
        if mark == 0:
            mark = np.uint16(1)
        while marks[slot] != 0:
            slot += 1
            if slot == size:
                slot = 0
        marks[slot] = mark
        probs[slot] = levels[k]
    return marks, probs

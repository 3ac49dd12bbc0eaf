"""What a reader makes of print: edits of 0-3 characters learned from printed and read lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio

from models.restoration.alphabet import Alphabet
from models.restoration.channel import Rule
from models.restoration.compiled import compiled
from models.restoration.smoothing import LONGEST, smooth
from models.restoration.syllables import strip_marks

LONG_SEGMENT = 0.03
"""Factor on the probability of an edit for each printed character after its first."""


def pair_lines(printed: Sequence[str], read: Sequence[str]) -> list[tuple[str, str]]:
    """Pair printed lines with read lines of a page, in order, leaving out what has no partner."""
    bare_printed = [strip_marks(line).lower() for line in printed]
    bare_read = [strip_marks(line).lower() for line in read]
    pairs: list[tuple[str, str]] = []
    at = 0
    for index, line in enumerate(bare_printed):
        window = range(at, min(at + 6, len(bare_read)))
        best = max(window, key=lambda k: (ratio(line, bare_read[k]), -k), default=-1)
        if best >= 0 and ratio(line, bare_read[best]) >= 55:
            pairs.append((printed[index], read[best]))
            at = best + 1
    return pairs


@compiled
def align(
    source: npt.NDArray[np.int32], read: npt.NDArray[np.int32], base: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    """Return the moves (0 both, 1 source only, 2 read only) of the cheapest alignment of two lines."""
    n, m = len(source), len(read)
    cost = np.zeros((n + 1, m + 1), dtype=np.float32)
    move = np.zeros((n + 1, m + 1), dtype=np.int8)
    for i in range(1, n + 1):
        cost[i, 0] = i
        move[i, 0] = 1
    for j in range(1, m + 1):
        cost[0, j] = j
        move[0, j] = 2
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            a, b = source[i - 1], read[j - 1]
            if a == b:
                c = 0.0
            elif base[a] == base[b]:
                c = 0.2
            elif a == 1 or b == 1:
                c = 3.0
            else:
                c = 0.9
            best = cost[i - 1, j - 1] + c
            kind = 0
            if cost[i - 1, j] + 0.75 < best:
                best = cost[i - 1, j] + 0.75
                kind = 1
            if cost[i, j - 1] + 0.75 < best:
                best = cost[i, j - 1] + 0.75
                kind = 2
            cost[i, j] = best
            move[i, j] = kind
    path = np.zeros(n + m, dtype=np.int32)
    length = 0
    i, j = n, m
    while i > 0 or j > 0:
        path[length] = move[i, j]
        if move[i, j] == 0:
            i -= 1
            j -= 1
        elif move[i, j] == 1:
            i -= 1
        else:
            j -= 1
        length += 1
    return path[:length][::-1].copy()


def _segments(source: str, read: str, moves: Iterable[int]) -> list[tuple[str, str]]:
    i = j = 0
    steps: list[tuple[str, str]] = []
    for kind in moves:
        steps.append((source[i : i + 1] if kind != 2 else "", read[j : j + 1] if kind != 1 else ""))
        i += kind != 2
        j += kind != 1
    return steps


def align_steps(source: str, read: str, alphabet: Alphabet) -> list[tuple[str, str]]:
    """Align two words one to one; a letter without a partner stands beside an empty string."""
    return _segments(source, read, align(alphabet.numbers(source), alphabet.numbers(read), _bases(alphabet)).tolist())


@lru_cache(maxsize=4)
def _bases(alphabet: Alphabet) -> npt.NDArray[np.int32]:
    return np.array([alphabet.number(strip_marks(c).lower()[:1]) for c in alphabet.chars], dtype=np.int32)


def collect_segments(pairs: Sequence[tuple[str, str]], alphabet: Alphabet) -> Counter[tuple[str, str]]:
    """Count the pairs of segments that one-to-one alignments allow."""
    base = _bases(alphabet)
    found: Counter[tuple[str, str]] = Counter()
    for source, read in pairs:
        moves = align(alphabet.numbers(source), alphabet.numbers(read), base)
        steps = _segments(source, read, moves.tolist())
        for start in range(len(steps)):
            s = o = ""
            for a, b in steps[start : start + 5]:
                s, o = s + a, o + b
                if len(s) > LONGEST or len(o) > LONGEST:
                    break
                if (len(s) > 1 or len(o) > 1) and (" " in s or " " in o):
                    break
                if s or len(o) == 1:
                    found[s, o] += 1
    return found


@compiled
def _find(key: int, keys: npt.NDArray[np.int64], values: npt.NDArray[np.int32]) -> int:
    size = len(keys)
    slot = ((key >> 29) * 7919 + (key & 0x1FFFFFFF) * 31) % size
    while keys[slot] != -1:
        if keys[slot] == key:
            return int(values[slot])
        slot += 1
        if slot == size:
            slot = 0
    return -1


@compiled
def _expect(
    source: npt.NDArray[np.int32],
    read: npt.NDArray[np.int32],
    keys: npt.NDArray[np.int64],
    values: npt.NDArray[np.int32],
    prob: npt.NDArray[np.float64],
    counts: npt.NDArray[np.float64],
) -> float:
    """Add the expected number of uses of every edit in one pair of lines; return ln of the pair's probability."""
    n, m = len(source), len(read)
    band = 8 + abs(n - m)
    forward = np.zeros((n + 1, m + 1))
    backward = np.zeros((n + 1, m + 1))
    forward[0, 0] = 1.0
    backward[n, m] = 1.0
    scale = np.zeros(n + 1)
    for i in range(n + 1):
        low = max(0, i * m // max(n, 1) - band)
        high = min(m, i * m // max(n, 1) + band)
        top = 0.0
        for j in range(low, high + 1):
            total = forward[i, j] if i + j == 0 else 0.0
            s = 0
            for a in range(min(3, i) + 1):
                if a > 0:
                    s |= source[i - a] << (9 * (a - 1))
                o = 0
                for b in range(min(3, j) + 1):
                    if b > 0:
                        o |= read[j - b] << (9 * (b - 1))
                    if a + b == 0 or (a == 0 and b != 1) or forward[i - a, j - b] == 0:
                        continue
                    unit = _find((((s << 2) | a) << 29) | (o << 2) | b, keys, values)
                    if unit >= 0:
                        total += forward[i - a, j - b] * prob[unit] * np.exp(-(scale[i] - scale[i - a]))
            forward[i, j] = total
            top = max(top, total)
        if top > 0 and top < 1e-100 and i < n:
            forward[i, low : high + 1] /= top
            scale[i:] += np.log(top)
    whole = forward[n, m]
    if whole <= 0:
        return -1e9
    for i in range(n, -1, -1):
        low = max(0, i * m // max(n, 1) - band)
        high = min(m, i * m // max(n, 1) + band)
        for j in range(high, low - 1, -1):
            if forward[i, j] == 0 or backward[i, j] == 0:
                continue
            s = 0
            for a in range(min(3, i) + 1):
                if a > 0:
                    s |= source[i - a] << (9 * (a - 1))
                o = 0
                for b in range(min(3, j) + 1):
                    if b > 0:
                        o |= read[j - b] << (9 * (b - 1))
                    if a + b == 0 or (a == 0 and b != 1) or forward[i - a, j - b] == 0:
                        continue
                    unit = _find((((s << 2) | a) << 29) | (o << 2) | b, keys, values)
                    if unit >= 0:
                        step = prob[unit] * np.exp(-(scale[i] - scale[i - a]))
                        counts[unit] += forward[i - a, j - b] * step * backward[i, j] / whole
                        backward[i - a, j - b] += step * backward[i, j]
    return float(np.log(whole) + scale[n])


def _table(units: Sequence[tuple[str, str]], alphabet: Alphabet) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    size = len(units) * 3 + 7
    keys = np.full(size, -1, dtype=np.int64)
    values = np.zeros(size, dtype=np.int32)
    for index, (s, o) in enumerate(units):
        key = (((alphabet.code(s) << 2) | len(s)) << 29) | (alphabet.code(o) << 2) | len(o)
        slot = ((key >> 29) * 7919 + (key & 0x1FFFFFFF) * 31) % size
        while keys[slot] != -1:
            slot = (slot + 1) % size
        keys[slot], values[slot] = key, index
    return keys, values


def learn_rules(pairs: Sequence[tuple[str, str]], alphabet: Alphabet, *, rounds: int = 5) -> list[Rule]:
    """Learn the cost of every edit by expectation-maximisation.

    Args:
        pairs: printed line and what was read of it.
        alphabet: the characters known.
        rounds: passes over the pairs.
    Returns:
        Edits (printed segment, read segment, cost in nats), costs up to ``MAX_COST``.
    Source:
        An improved error model for noisy channel spelling correction (Brill and Moore, 2000), with soft counts.
    """
    pairs = [(s, o) for s, o in pairs if Levenshtein.normalized_distance(s, o) < 0.5]
    found = collect_segments(pairs, alphabet)
    units = [
        (s, o)
        for (s, o), count in found.items()
        if count >= (1 if len(s) <= 1 and len(o) <= 1 else 2) and not (s == o and len(s) > 1)
    ]
    seen: Counter[str] = Counter()
    for source, _ in pairs:
        for start in range(len(source)):
            for length in (1, 2, 3):
                if start + length <= len(source):
                    seen[source[start : start + length]] += 1
    total = sum(count for segment, count in seen.items() if len(segment) == 1)
    size = np.array([seen[s] if s else total for s, _ in units], dtype=np.float64)
    keys, values = _table(units, alphabet)
    # longer segments only where single letters cannot tell the story
    plain = np.array([LONG_SEGMENT ** max(0, len(s) - 1) for s, _ in units])
    prob = np.array([found[unit] for unit in units], dtype=np.float64) / size * 0.5 * plain
    numbered = [(alphabet.numbers(s), alphabet.numbers(o)) for s, o in pairs]
    counts = np.zeros(len(units))
    for _ in range(rounds):
        counts = np.zeros(len(units))
        for source_ids, read_ids in numbered:
            _expect(source_ids, read_ids, keys, values, prob, counts)
        prob = np.maximum(counts - 0.2, 0) / size * plain
    counted = {unit: (float(c), float(n)) for unit, c, n in zip(units, counts, size, strict=True)}
    return smooth(counted, seen)

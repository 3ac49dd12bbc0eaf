"""What a reader makes of print: edits of 0-3 characters learned from printed and read lines."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio

from models.restoration.alphabet import Alphabet
from models.restoration.channel import MAX_COST, Rule
from models.restoration.compiled import compiled
from models.restoration.syllables import split_tone, strip_marks
from models.restoration.units import PUNCTUATION

LONGEST = 3
STRENGTH = 3.0
"""Print of a letter seen this often counts as much for itself as its relatives do."""
OWN_SHARE = 0.94
RELATIVE_SHARE = 0.05
GENERAL_SHARE = 0.01
"""Shares of what was seen of a letter, of its relatives (ê, ế, ề …), of letters in general: another scanner differs."""
LOOKALIKE = 0.001
LOOKALIKES = {
    "n": "m ri ii h u r",
    "m": "rn in nn ni",
    "rn": "m",
    "ni": "m",
    "in": "m",
    "h": "b li n",
    "b": "h 6",
    "l": "1 I | ! t i",
    "t": "f l r 1 i",
    "r": "t f v",
    "c": "e ¢ o ( €",
    "e": "c o",
    "o": "0 c e",
    "u": "v n ii w",
    "v": "y u w",
    "y": "v g",
    "g": "q 9 y",
    "i": "l 1 ! j f",
    "a": "o 4 n @ s",
    "s": "a 5",
    "d": "đ a cl",
    "q": "g",
    "p": "n",
    "k": "l< h",
    "K": "k",
    "I": "l 1 |",
    "II": "H 11 ll",
    "T": "1",
    "B": "8 E",
    "D": "O 0",
    "O": "0 Q",
    "S": "5 8",
    "Đ": "B P Ð",
    "C": "G",
    "G": "C 6",
    "U": "LI Ư",
    "N": "W",
    ".": ",",
    ",": ".",
    ";": ":",
    ":": ";",
    "“": "* ‘‘ ' ‘",
    "”": "* '' ’’ ' ’",
    "-": "~ _ —",
    "(": "{ [",
    ")": "} ]",
    "&": "8 6",
    "/": "1 l I",
    "1": "l I | i !",
}
"""What generally looks alike, for pairs that training never showed."""
PAIRING = 0.05
"""Factor on the probability that two likely readings of a vowel stand side by side."""
LONG_SEGMENT = 0.03
"""Factor on the probability of an edit for each printed character after its first."""
VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def vietnamese_letters() -> str:
    """Return every letter of Vietnamese print, both cases, and the Latin letters that it borrows."""
    lower = set("abcdefghijklmnopqrstuvwxyz") | set(VIETNAMESE)
    for vowel in "aăâeêioôơuưy":
        lower |= {unicodedata.normalize("NFC", vowel + tone) for tone in TONES}
    return "".join(sorted(lower | {c.upper() for c in lower}))


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


def _general(letter: str) -> dict[str, float]:
    """Return what a letter is mistaken for by any reader: itself, its base, its relatives, its other case."""
    bare = strip_marks(letter)
    general: dict[str, float] = defaultdict(float)
    general[letter] += 0.45
    general[bare] += 0.25
    lower = letter.lower()
    for other in _family(lower, bare.lower()):
        general[other if letter == lower else other.upper()] += 0.25 / len(_family(lower, bare.lower()))
    if bare.lower() in "cosuvwxzpk":
        general[bare.swapcase()] += 0.05
    return general


@lru_cache(maxsize=512)
def _family(lower: str, bare: str) -> tuple[str, ...]:
    """Return the vowels with the same base letter, those with the same shape (ê, ế, ề …) twice."""
    if bare not in "aeiouy":
        return ()
    shape = split_tone(lower)[0]
    same = [c for c in vietnamese_letters() if c.lower() == c and strip_marks(c) == bare]
    return tuple(same + [c for c in same if split_tone(c)[0] == shape])


def smooth(counted: dict[tuple[str, str], tuple[float, float]], seen: Counter[str]) -> list[Rule]:
    """Turn expected counts into costs, with relatives and general confusions standing in for what was never seen."""
    prob: defaultdict[tuple[str, str], float] = defaultdict(float)
    single: dict[str, dict[str, float]] = defaultdict(dict)
    pooled: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    pool_size: defaultdict[str, int] = defaultdict(int)
    for segment, number in seen.items():
        if len(segment) > 1:
            pool_size[_toneless(segment)] += number
    for (s, o), (count, size) in counted.items():
        if len(s) == 1:
            single[s][o] = count
        elif not s:
            prob[s, o] = max(count - 0.6, 0.0) / size
        else:
            prob[s, o] = OWN_SHARE * max(count - 0.6, 0.0) / (size + STRENGTH)
            pooled[_toneless(s)][o] += count
    for s in [s for s in seen if 1 < len(s) <= LONGEST and " " not in s and _toneless(s) in pooled]:
        key = _toneless(s)
        for o, pool in pooled[key].items():
            if pool >= 2.0:
                prob[s, o] += RELATIVE_SHARE * pool / pool_size[key]
    known = {*vietnamese_letters(), *"0123456789", *single, *PUNCTUATION}
    for letter in sorted(known):
        own = single.get(letter, {})
        lower = letter.lower()
        relatives = [c if letter == lower else c.upper() for c in _family(lower, strip_marks(lower))]
        weight = sum(seen[c] for c in relatives if c != letter)
        prior: dict[str, float] = defaultdict(float)
        for relative in relatives:
            for o, count in single.get(relative, {}).items():
                if relative != letter and o != relative and weight:
                    prior[o] += RELATIVE_SHARE * count / weight
        for o, share in _general(letter).items():
            prior[o] += GENERAL_SHARE * share
        size = seen[letter]
        lean = STRENGTH / (size + STRENGTH)
        for o in {*own, *prior}:
            value = (1 - lean) * OWN_SHARE * own.get(o, 0.0) / max(size, 1.0)
            value += (lean * 0.9 / (RELATIVE_SHARE + GENERAL_SHARE) + 1) * prior.get(o, 0.0)
            prob[letter, o] += value
    for s, looks in LOOKALIKES.items():
        for o in looks.split():
            prob[s, o] += LOOKALIKE
    # two characters read for one marked vowel mix what is read for it alone (6é, dé, uw)
    for letter in vietnamese_letters():
        if strip_marks(letter) == letter and letter not in "đĐ":
            continue
        top = sorted(((v, o) for o, v in _of(prob, letter) if len(o) == 1 and o != letter), reverse=True)[:6]
        for value_1, first in top:
            for value_2, second in top:
                pair = (letter, first + second)
                prob[pair] = max(prob.get(pair, 0.0), PAIRING * value_1 * value_2)
    # capitals that were hardly printed behave like their small letters
    small = {pair: value for pair, value in prob.items() if pair[0] and pair[0] == pair[0].lower() != pair[0].upper()}
    for (s, o), value in small.items():
        upper, read = s.upper(), o.upper()
        if len(upper) == len(s) and len(read) == len(o):
            weight_upper = 3.0 / (seen[upper] + 3.0)
            prob[upper, read] = max(prob.get((upper, read), 0.0), value * weight_upper)
    return [
        (s, o, float(-np.log(min(value, 1.0))))
        for (s, o), value in sorted(prob.items())
        if value > 0 and -np.log(min(value, 1.0)) <= (MAX_COST if o else MAX_COST - 2.0)
    ]


def _toneless(segment: str) -> str:
    """Return a segment of print with the tones of its vowels taken away."""
    return "".join(split_tone(c.lower())[0] if c == c.lower() else split_tone(c.lower())[0].upper() for c in segment)


def _of(prob: dict[tuple[str, str], float], letter: str) -> list[tuple[str, float]]:
    return [(o, value) for (s, o), value in prob.items() if s == letter]


def stripping_rules() -> list[Rule]:
    """Return the edits of text whose marks were all taken away."""
    letters = vietnamese_letters() + "0123456789" + "".join(PUNCTUATION) + "“”’–"
    return [(letter, strip_marks(letter), 0.0) for letter in sorted(set(letters))]

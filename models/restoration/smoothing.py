"""What a letter is mistaken for where training saw little of it: relatives, lookalikes, all letters."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import MutableMapping
from functools import lru_cache

import numpy as np

from models.restoration.channel import MAX_COST, Rule
from models.restoration.syllables import split_tone, strip_marks
from models.restoration.units import PUNCTUATION

LONGEST = 3
STRENGTH = 3.0
"""Print of a letter seen this often counts as much for itself as its relatives do."""
OWN_SHARE = 0.91
RELATIVE_SHARE = 0.08
GENERAL_SHARE = 0.01
RELATIVE_CAP = 100
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
MARKS_LIKE_LETTERS = "&@¢€¥£$|!?"
"""Marks that readers take letters for."""
RUNS_TOGETHER = {"ưn": "im tm rm (m um", "ươ": "uo ro wo to io"}
"""What two letters are read for together, whatever the tone of the vowel that bears it."""
PAIRING = 0.05
"""Factor on the probability that two likely readings of a vowel stand side by side."""
SHAPE_LOST = 0.02
"""How often a capital's circumflex, breve or horn is lost beside its tone (Ổ read Ỏ); training hardly shows it."""
VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def vietnamese_letters() -> str:
    """Return every letter of Vietnamese print, both cases, and the Latin letters that it borrows."""
    lower = set("abcdefghijklmnopqrstuvwxyz") | set(VIETNAMESE)
    for vowel in "aăâeêioôơuưy":
        lower |= {unicodedata.normalize("NFC", vowel + tone) for tone in TONES}
    return "".join(sorted(lower | {c.upper() for c in lower}))


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


def add_lost_shapes(prob: MutableMapping[tuple[str, str], float]) -> None:
    """Let every capital with a mark of shape and one of tone be read without the former as often as readers do."""
    for letter in vietnamese_letters():
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in parts[1:] if mark in TONES)
        if letter != letter.lower() and tone and len(parts) > len(tone) + 1:
            pair = (letter, unicodedata.normalize("NFC", parts[0] + tone))
            prob[pair] = max(prob.get(pair, 0.0), SHAPE_LOST)


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
        # a letter once read as a mark was mostly lost beside one
        if o and s.isalpha() and not any(char.isalnum() or char in MARKS_LIKE_LETTERS for char in o):
            count = max(count - 2.0, 0.0)
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
        relatives = Counter(c if letter == lower else c.upper() for c in _family(lower, strip_marks(lower)))
        del relatives[letter]
        # a letter seen a thousand times says no more about its relatives than one seen a hundred times
        weights = {c: times * min(seen[c], RELATIVE_CAP) for c, times in relatives.items()}
        whole = sum(weights.values())
        prior: dict[str, float] = defaultdict(float)
        for relative, weight in weights.items():
            for o, count in single.get(relative, {}).items():
                if o != relative:
                    prior[o] += RELATIVE_SHARE * weight / whole * count / seen[relative]
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
    for s, looks in RUNS_TOGETHER.items():
        for toned in _with_tones(s):
            for o in looks.split():
                prob[toned, o] += LOOKALIKE
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
    add_lost_shapes(prob)
    return [
        (s, o, float(-np.log(min(value, 1.0))))
        for (s, o), value in sorted(prob.items())
        if value > 0 and -np.log(min(value, 1.0)) <= (MAX_COST if o else MAX_COST - 2.0)
    ]


def _toneless(segment: str) -> str:
    """Return a segment of print with the tones of its vowels taken away."""
    return "".join(split_tone(c.lower())[0] if c == c.lower() else split_tone(c.lower())[0].upper() for c in segment)


def _with_tones(segment: str) -> list[str]:
    """Return a segment with each tone on its last vowel."""
    at = max(k for k, char in enumerate(segment) if char in "ươ")
    return [unicodedata.normalize("NFC", segment[: at + 1] + tone + segment[at + 1 :]) for tone in TONES]


def _of(prob: dict[tuple[str, str], float], letter: str) -> list[tuple[str, float]]:
    return [(o, value) for (s, o), value in prob.items() if s == letter]


def stripping_rules() -> list[Rule]:
    """Return the edits of text whose marks were all taken away."""
    letters = vietnamese_letters() + "0123456789" + "".join(PUNCTUATION) + "“”’–"
    return [(letter, strip_marks(letter), 0.0) for letter in sorted(set(letters))]

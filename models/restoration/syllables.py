"""The shape of a written Vietnamese syllable, its letters and its case."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

_ONSETS = frozenset(
    [
        "",
        "b",
        "c",
        "ch",
        "d",
        "đ",
        "g",
        "gh",
        "gi",
        "h",
        "k",
        "kh",
        "l",
        "m",
        "n",
        "ng",
        "ngh",
        "nh",
        "p",
        "ph",
        "qu",
        "r",
        "s",
        "t",
        "th",
        "tr",
        "v",
        "x",
    ]
)
_WRITTEN_RHYMES = """
    a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong
    ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung
    uô uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt uynh uyt uyn uyp uyu ư ưa ưc ưi ưm ưn ưng
    ươ ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y ych yêm yên yêng yêt yêu ynh yt
"""
_RHYMES = frozenset(_WRITTEN_RHYMES.split())
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_STOPS = ("c", "ch", "p", "t")
_NEW_STYLE = re.compile(r"(?<![qQ])([oO])([àáảãạèéẻẽẹÀÁẢÃẠÈÉẺẼẸ])$|(?<![qQ])([uU])([ỳýỷỹỵỲÝỶỸỴ])$")


class Case(IntEnum):
    """How a word is written: nguyễn, Nguyễn, NGUYỄN, or a form of its own (TTg)."""

    LOWER = 0
    TITLE = 1
    UPPER = 2
    OWN = 3


def split_tone(syllable: str) -> tuple[str, str]:
    """Return a lower-case syllable without its tone mark, and the mark (empty for level tone)."""
    tone = ""
    letters = []
    for char in unicodedata.normalize("NFD", syllable):
        if char in _TONES:
            tone = char
        else:
            letters.append(char)
    return unicodedata.normalize("NFC", "".join(letters)), tone


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether a lower-case word has the shape of a Vietnamese syllable."""
    plain, tone = split_tone(word)
    for length in (3, 2, 1, 0):
        onset, rhyme = plain[:length], plain[length:]
        if onset not in _ONSETS or len(onset) != length:
            continue
        if onset == "gi" and rhyme and ("i" + rhyme) in _RHYMES and rhyme not in _RHYMES:
            rhyme = "i" + rhyme
        if rhyme in _RHYMES:
            stopped = rhyme.endswith(_STOPS)
            return not stopped or tone in ("\u0301", "\u0323")
    return False


def strip_marks(text: str) -> str:
    """Return text without tone and vowel marks, đ as d."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.replace("đ", "d").replace("Đ", "D"))


@lru_cache(maxsize=65536)
def place_tone(word: str) -> str:
    """Return a word with the tone mark where official text mostly puts it (hoà → hòa, uỷ → ủy)."""
    found = _NEW_STYLE.search(word)
    if found is None:
        return word
    first, second = (found.group(1), found.group(2)) if found.group(1) else (found.group(3), found.group(4))
    plain, tone = "", ""
    for char in unicodedata.normalize("NFD", second):
        if char in _TONES:
            tone = char
        else:
            plain += char
    return word[:-2] + unicodedata.normalize("NFC", first + tone) + plain


def case_of(word: str) -> Case:
    """Return how a word is written; a single capital counts as a title form."""
    if word == word.lower():
        return Case.LOWER
    if word[0] != word[0].lower() and word[1:] == word[1:].lower():
        return Case.TITLE
    if word == word.upper():
        return Case.UPPER
    return Case.OWN


def apply_case(word: str, case: Case) -> str:
    """Return a lower-case word written in the given case."""
    if case is Case.TITLE:
        return word[:1].upper() + word[1:]
    if case is Case.UPPER:
        return word.upper()
    return word

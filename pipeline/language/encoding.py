"""Whether letters are Vietnamese in Unicode, or something that only looks like it.

Structure decides, not a dictionary: a Vietnamese syllable is an onset, a nucleus and a coda, with at most one tone.
"""

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["TextMeasures", "legacy_encoding", "measure_text", "tcvn3_to_unicode", "vni_to_unicode"]

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_ONSET = "(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx])?"
_NUCLEUS = (
    "(?:iêu|yêu|oai|oay|oeo|uây|uôi|ươi|ươu|uya|uyê|uyu|iê|yê|uô|ươ|oa|oă|oe|oo|uâ|uê|uơ|uy|ai|ao|au|ay|âu|ây|eo|êu"
    "|ia|ya|iu|oi|ôi|ơi|ua|ui|ưa|ưi|ưu|[aăâeêioôơuưy])"
)
_CODA = "(?:ch|ng|nh|[cmnpt])?"
_SYLLABLE = re.compile(_ONSET + _NUCLEUS + _CODA)
_MARKED = re.compile("[đ\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b]")
_WORD = re.compile(r"[^\W\d_]+")
_VIETNAMESE_LATIN = frozenset(
    unicodedata.normalize("NFC", base + tone) for base in "aăâeêioôơuưy" for tone in ["", *_TONES]
) | frozenset("bcdđghklmnpqrstvxfjwz")


@dataclass(frozen=True, slots=True)
class TextMeasures:
    """What the letters of a text say about it.

    Attributes:
        words: words of two letters or more that were judged.
        syllable_share: the part of them built like a Vietnamese syllable.
        marked_share: the part of them with a diacritic or đ.
        odd_share: the part of all printed characters that no Vietnamese text has: private use, control characters,
            letters of other alphabets or languages.
    """

    words: int
    syllable_share: float
    marked_share: float
    odd_share: float


def measure_text(text: str) -> TextMeasures:
    """Measure how much a text looks like Vietnamese in Unicode."""
    composed = unicodedata.normalize("NFC", text)
    words = [word.lower() for word in _WORD.findall(composed) if len(word) >= 2]
    built = sum(_is_syllable(word) for word in words)
    marked = sum(bool(_MARKED.search(unicodedata.normalize("NFD", word))) for word in words)
    printed = [character for character in composed if not character.isspace()]
    odd = sum(_is_odd(character) for character in printed)
    count = max(len(words), 1)
    return TextMeasures(len(words), built / count, marked / count, odd / max(len(printed), 1))


def _is_syllable(word: str) -> bool:
    decomposed = unicodedata.normalize("NFD", word)
    if sum(decomposed.count(tone) for tone in _TONES) > 1:
        return False
    toneless = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES))
    return _SYLLABLE.fullmatch(toneless) is not None


def _is_odd(character: str) -> bool:
    category = unicodedata.category(character)
    if category in ("Co", "Cc", "Cn", "Cs") or character == "\ufffd":
        return True
    return category.startswith("L") and character.lower() not in _VIETNAMESE_LATIN and not character.isascii()


def legacy_encoding(text: str) -> str | None:
    """The old encoding that a text, read as Latin letters, is written in: `TCVN3`, `VNI`, or None.

    A text is in an old encoding where reading it that way turns it from nonsense into Vietnamese; what an English
    OCR made of Vietnamese print stays nonsense either way.
    """
    plain = measure_text(text)
    if plain.words < 5:
        return None
    best, gain = None, 0.2
    for name, convert in (("TCVN3", tcvn3_to_unicode), ("VNI", vni_to_unicode)):
        read = measure_text(convert(text))
        better = read.syllable_share - plain.syllable_share
        if read.syllable_share > 0.7 and read.marked_share > 0.35 and read.odd_share < 0.02 and better > gain:
            best, gain = name, better
    return best


_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
_VNI_MARKS = {
    "ù": "\u0301",
    "ø": "\u0300",
    "û": "\u0309",
    "õ": "\u0303",
    "ï": "\u0323",
    "â": "\u0302",
    "á": "\u0302\u0301",
    "à": "\u0302\u0300",
    "å": "\u0302\u0309",
    "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
    "ê": "\u0306",
    "é": "\u0306\u0301",
    "è": "\u0306\u0300",
    "ú": "\u0306\u0309",
    "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}
_VNI_MARKS |= {letter.upper(): marks for letter, marks in _VNI_MARKS.items()}
_VNI_LETTERS = {"ñ": "đ", "ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_LETTERS |= {letter.upper(): vowel.upper() for letter, vowel in _VNI_LETTERS.items()}
_VNI_BASES = frozenset("aeouyôöAEOUYÔÖ")


def tcvn3_to_unicode(text: str) -> str:
    """Read letters of TCVN3 (TCVN 5712:1993, the `.Vn` fonts), shown as Latin-1, as the Vietnamese they stand for."""
    return text.translate(_TCVN3)


def vni_to_unicode(text: str) -> str:
    """Read letters of VNI for Windows, shown as Latin-1, as the Vietnamese they stand for: a vowel, then its mark."""
    letters: list[str] = []
    for index, character in enumerate(text):
        before = text[index - 1] if index else ""
        if character in _VNI_MARKS and before in _VNI_BASES:
            letters.append(_VNI_MARKS[character])
        else:
            letters.append(_VNI_LETTERS.get(character, character))
    return unicodedata.normalize("NFC", "".join(letters))

"""Vietnamese letters without their marks, character for character; one place for the tone where custom has two."""

import re
import unicodedata

__all__ = ["fold_officially", "fold_tones", "plain"]


def _bare(char: str) -> str:
    """The ASCII small letter under a marked one; any other character as it is."""
    if char in "đĐðÐ":
        return "d"
    base = unicodedata.normalize("NFD", char)[0]
    return base.lower() if base.isascii() else char


_PLAIN = {code: _bare(chr(code)) for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00))}
_PLAIN |= {ord(dash): "-" for dash in "‐‑‒–—−"}
_PLAIN |= {ord(quote): '"' for quote in "“”„«»″"} | {ord(quote): "'" for quote in "‘’‚′"} | {0xA0: " ", 0x2044: "/"}

_VOWELS = "àáảãạ", "èéẻẽẹ", "ỳýỷỹỵ", "òóỏõọ", "ùúủũụ"
_TONES = {
    old: new
    for first, (marked, bare), second in (
        ("òóỏõọ", ("òóỏõọ", "o"), "a"),
        ("òóỏõọ", ("òóỏõọ", "o"), "e"),
        ("ùúủũụ", ("ùúủũụ", "u"), "y"),
    )
    for old, new in (
        (marked[tone] + second, bare + {"a": _VOWELS[0], "e": _VOWELS[1], "y": _VOWELS[2]}[second][tone])
        for tone in range(len(first))
    )
}
_TONE_PAIR = re.compile("(?:" + "|".join(_TONES) + r")\b")


def plain(text: str) -> str:
    """Small letters without marks, dashes and quotation marks of one kind, every character in its place.

    Args:
        text: NFC.
    Returns:
        A text of the same length, so that a position found in it is a position in `text`.
    """
    return text.translate(_PLAIN)


def fold_tones(text: str) -> str:
    """Case folded, with the tone of a closing oa, oe or uy on its second vowel: `Hóa` and `hoá` are one."""
    return _TONE_PAIR.sub(lambda match: _TONES[match[0]], text.casefold())


_OFFICIAL = {new: old for old, new in _TONES.items()}
_MOVED_PAIR = re.compile(r"(?<!q)(?:" + "|".join(_OFFICIAL) + r")\b")


def fold_officially(text: str) -> str:
    """Case folded, with the tone of a closing oa, oe or uy where official print sets it: `hoá` and `Hóa` are `hóa`."""
    return _MOVED_PAIR.sub(lambda match: _OFFICIAL[match[0]], fold_tones(text))

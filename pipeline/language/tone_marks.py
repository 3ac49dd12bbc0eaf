"""Vietnamese letters without their marks, character for character."""

import unicodedata

__all__ = ["plain"]


def _bare(char: str) -> str:
    """The ASCII small letter under a marked one; any other character as it is."""
    if char in "đĐðÐ":
        return "d"
    base = unicodedata.normalize("NFD", char)[0]
    return base.lower() if base.isascii() else char


_PLAIN = {code: _bare(chr(code)) for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00))}
_PLAIN |= {ord(dash): "-" for dash in "‐‑‒–—−"}
_PLAIN |= {ord(quote): '"' for quote in "“”„«»″"} | {ord(quote): "'" for quote in "‘’‚′"} | {0xA0: " ", 0x2044: "/"}


def plain(text: str) -> str:
    """Small letters without marks, dashes and quotation marks of one kind, every character in its place.

    Args:
        text: NFC.
    Returns:
        A text of the same length, so that a position found in it is a position in `text`.
    """
    return text.translate(_PLAIN)

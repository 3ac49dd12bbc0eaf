"""What a word of Vietnamese print can look like, and what only a misreading looks like."""

import re
from functools import lru_cache

from models.restoration.syllables import is_syllable

__all__ = ["as_printed", "looks_printed"]

# Letters and signs that Vietnamese print has not, and what they were.
_WRITTEN = str.maketrans({"Ð": "Đ", "ð": "đ", "⁄": "/"})
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzđáàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵ")
_EDGES = " .,;:!?()[]{}\"'“”‘’…*"
_FIGURES = re.compile(r"\d[\d.,]*%?|\d{1,2}(?:h|g|giờ)\d{0,2}|\d+[a-zđ]|[A-ZĐ]{1,4}\d{1,3}|[IVX]+")
_PARTS = re.compile(r"[/\-–—&.,:]+")
_MARK_BEFORE_FIGURE = re.compile(r"^[-–—:;,.'`~_]\s?\d")
_MARK_AFTER_FIGURE = re.compile(r"\d[-–—_'`~]$")


def as_printed(text: str) -> str:
    """A text with signs that look like Vietnamese ones written as these: `Ð` (an eth) as `Đ`, `⁄` as `/`."""
    return text.translate(_WRITTEN)


@lru_cache(maxsize=65536)
def looks_printed(text: str) -> bool:
    """Whether a word could stand so in print: syllables, figures, abbreviations, with their usual signs.

    Args:
        text: one word, NFC, no white space.
    """
    if _MARK_BEFORE_FIGURE.match(text) or _MARK_AFTER_FIGURE.search(text):
        return False
    core = text.strip(_EDGES)
    if not core:
        return len(text) < 2 or text in {"...", "./.", "--"}
    parts = [part for part in _PARTS.split(core) if part]
    single = "".join(part for part in parts if len(part) == 1 and part.isalpha())
    mixed = len(single) > 1 and single[1:] != single[1:].lower() and not single.isupper()  # `b/C`
    return not mixed and all(_part_looks_printed(part) for part in parts)


def _part_looks_printed(part: str) -> bool:
    if _FIGURES.fullmatch(part):
        return True
    if not _LETTERS.issuperset(part.lower()):
        return False
    if part.isupper():
        return len(part) <= 8 or is_syllable(part.lower())
    rest = part[1:]
    if rest != rest.lower():
        return False
    return len(part) == 1 or is_syllable(part.lower())

"""Numerals as Vietnamese writes them: figures, Roman figures and words."""

__all__ = ["SMALL_NUMBER", "number_of"]

_UNITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5,
    "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10, "chục": 10,
}  # fmt: skip
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}

SMALL_NUMBER = (
    r"(?:\d{1,3}|(?:hai|ba|bốn|năm|sáu|bảy|tám|chín)\smươi(?:\s(?:mốt|hai|ba|bốn|tư|lăm|sáu|bảy|tám|chín)(?!\w))?"
    r"|mười\s(?:một|hai|ba|bốn|lăm|sáu|bảy|tám|chín)|mười|một|hai|ba|bốn|tư|năm|sáu|bảy|tám|chín)"
)
"""Pattern of a number up to three figures, or up to ninety-nine in words."""


def number_of(text: str) -> int | None:
    """The whole number that a numeral says, or None where it says none.

    Args:
        text: `08`, `XII` or words up to ninety-nine (`mười hai`, `hai mươi lăm`).
    """
    folded = text.strip().casefold()
    if not folded or len(folded) > 24:
        return None
    if folded.isascii() and folded.isdigit():
        return int(folded)
    if all(letter in _ROMAN for letter in folded):
        return _roman(folded)
    return _words(folded.split())


def _roman(letters: str) -> int | None:
    values = [_ROMAN[letter] for letter in letters]
    total = sum(
        -value if index + 1 < len(values) and value < values[index + 1] else value for index, value in enumerate(values)
    )
    return total if total > 0 else None


def _words(words: list[str]) -> int | None:
    if not 1 <= len(words) <= 3:
        return None
    if "mươi" in words:
        if words[0] not in _UNITS or words[1:2] != ["mươi"]:
            return None
        rest = _UNITS.get(words[2]) if len(words) == 3 else 0
        return None if rest is None else _UNITS[words[0]] * 10 + rest
    if len(words) == 2 and words[0] == "mười" and words[1] in _UNITS:
        return 10 + _UNITS[words[1]]
    return _UNITS.get(words[0]) if len(words) == 1 else None

"""Labels of numbered parts: I, 1, 1.1, a), (1), -, Điều 1, Phần thứ nhất."""

import re
from typing import Literal

from msgspec import Struct

from pipeline.language.casing import is_capitals
from pipeline.language.tone_marks import plain

__all__ = ["Label", "Style", "follows", "is_first", "mended_numeral", "numeral", "read_labels"]

Style = Literal[
    "part",
    "chapter",
    "division",
    "subdivision",
    "article",
    "roman",
    "capital",
    "decimal-1",
    "decimal-2",
    "decimal-3",
    "decimal-4",
    "number-bracket",
    "bracket-number",
    "letter",
    "small-roman",
    "bullet",
]

_ALPHABET = "abcdđefghijklmnopqrstuvwxyz"
_SKIPPED = frozenset("đfjwz")
_NUMERALS = tuple(
    tens + ones for tens in ("", "X", "XX") for ones in ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
)
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_ORDINAL_WORDS = {
    word: ordinal
    for ordinal, words in enumerate(
        (
            ("nhat", "mot"),
            ("hai", "nhi"),
            ("ba",),
            ("tu", "bon"),
            ("nam",),
            ("sau",),
            ("bay",),
            ("tam",),
            ("chin",),
            ("muoi",),
        ),
        start=1,
    )
    for word in words
}
_KEYWORDS: dict[str, Style] = {
    "phan": "part",
    "chuong": "chapter",
    "muc": "division",
    "tieu muc": "subdivision",
    "dieu": "article",
}
_DECIMALS: tuple[Style, ...] = ("decimal-1", "decimal-2", "decimal-3", "decimal-4")

_KEYWORD = re.compile(
    r"(phan|chuong|muc|tieu muc|dieu)(?:\s{1,3}|(?=\d|[ivxl]{1,5}[.:\s]))(?:(thu)\s{1,3}([a-z]{2,5})|(\d{1,3}[a-z]?)|"
    r"([ivxl]{1,7})|([a-h]))"
    r"(?![^\W_])\s{0,2}([.:)/]|-\s|$)?\s*"
)
_ROMAN = re.compile(r"([IVX]{1,7})\s{0,2}(?:([.)/:]|[-–—](?=\s|[^\W\d_a-z]))|(?=\s))\s*")
_DAMAGED_ROMAN = re.compile(r"([IVXLHTYl1ivx|!\]\[ỊÍÌỈĨ]{1,6})\s{0,2}(?:[.,:)/]|[-–—](?=\s))\s*(?=\S)")
_UNMARKED_ROMAN = re.compile(r"([IVXLHl1|!]{1,5})\s+(?=[^\W\d_]{2})")
_CAPITAL = re.compile(r"([A-HK])\s{0,2}([.)/]|[-–—](?=\s))\s*(?=\S)")
_DECIMAL = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})(?:\s{0,2}([.)/:,;]|[-–—](?=\s|[^\W\d_a-z][^\W\d_]))|(?=\s))\s*")
_UNMARKED = re.compile(r"[A-ZĐÀ-Ỹ][^\W\d_]+\s[^\W\d_]")
_BRACKETED = re.compile(r"\((\d{1,2}|[a-zđ]|[ivx]{1,5})\)\s*")
_LETTER = re.compile(r"([a-zđ]|[ivx]{2,4})(?:([.)])\s*|([/:]|[-–—])\s+)(?=\S)")
_BULLET = re.compile(r"([-–—](?=[-–—_]{1,2}\s)|[-–—‐‑+*•·●○▪■□◦►➢✓√~_=]|[o](?=\s+[^\W\d_a-z]))[-–—_]{0,2}\s*(?=\S)")


class Label(Struct, frozen=True):
    """One way of reading the beginning of a line as a label.

    Attributes:
        style: the kind of numbering; ordinals: its place in it, one figure for each level (`1.2` is 1, 2).
        text: as printed without the closing mark, a misread letter put right.
        end: where the text after the label begins.
        damaged: whether it was read with a letter put right, or without its mark.
        unmarked: whether it is a figure that only stands before words, as a misread label does, and many a sum.
    """

    style: Style
    ordinals: tuple[int, ...]
    text: str
    end: int
    damaged: bool = False
    unmarked: bool = False


def is_first(label: Label) -> bool:
    """Whether a list may begin with it."""
    return label.style == "bullet" or label.ordinals[-1] == 1


def follows(label: Label, last: Label) -> bool:
    """Whether it is the next one after `last` in the same list; letters may leave out đ, f, j, w and z."""
    if label.style != last.style or label.ordinals[:-1] != last.ordinals[:-1]:
        return False
    if label.style == "bullet":
        return label.text == last.text
    if label.style in ("letter", "capital"):
        between = _ALPHABET[last.ordinals[-1] : label.ordinals[-1] - 1]
        return label.ordinals[-1] > last.ordinals[-1] and set(between) <= _SKIPPED
    return label.ordinals[-1] == last.ordinals[-1] + 1


def numeral(style: Style, ordinal: int) -> str:
    """How a style writes an ordinal; empty for styles that are not figures or Roman numerals."""
    if style == "roman":
        return next((text for text in _NUMERALS if _roman_value(text) == ordinal), "")
    return str(ordinal) if style.startswith("decimal-") or style in ("number-bracket", "bracket-number") else ""


def mended_numeral(label: Label) -> Label | None:
    """The next Roman numeral's label, where a lost stroke would make it look like this one: III read as II."""
    value = label.ordinals[-1] + 1
    text = numeral("roman", value)
    letters = iter(text)
    if label.style != "roman" or not text or not all(char in letters for char in label.text):
        return None
    return Label("roman", (value,), text, label.end, True)


def read_labels(text: str) -> tuple[Label, ...]:
    """Every way of reading the beginning of a line as a label, the likeliest first; none for running text.

    Args:
        text: a line, NFC; only its beginning is looked at.
    """
    head = text[:80]
    found = [*_keyword(head, text), *_roman(head, text), *_numbers(head), *_letters(head)]
    if match := _BULLET.match(head):
        mark = "-" if match[1] in "-–—‐‑~_=" else match[1]
        if not (mark in "-·" and head[match.end() : match.end() + 1].isdigit() and match.end() == 1):
            found.append(Label("bullet", (1,), mark, match.end(), match[1] in "~_="))
    return tuple(sorted(found, key=lambda label: label.damaged))


def _keyword(head: str, text: str) -> list[Label]:
    match = _KEYWORD.match(plain(head))
    if match is None:
        return []
    style = _KEYWORDS[match[1]]
    bare = match.end() >= len(text) or is_capitals(text[match.end() :])
    if not match[7] and (style == "article" or not bare):
        return []
    if match[3]:
        ordinal = _ORDINAL_WORDS.get(match[3], 0)
    elif match[4]:
        ordinal = int(match[4].rstrip("abcdefghijklmnopqrstuvwxyz"))
    else:
        mark = match[5] or match[6]
        ordinal = _roman_value(mark.upper()) or (ord(mark) - 96 if len(mark) == 1 else 0)
    end_of_label = max(match.end(group) for group in (3, 4, 5, 6))
    return [Label(style, (ordinal,), " ".join(head[:end_of_label].split()), match.end())] if ordinal else []


def _roman(head: str, text: str) -> list[Label]:
    found: list[Label] = []
    match = _ROMAN.match(head)
    if match and (value := _roman_value(match[1])) and (match[2] or is_capitals(text[match.end() :], letters=6)):
        found.append(Label("roman", (value,), match[1], match.end(), not match[2]))
    match = _CAPITAL.match(head)
    if match:
        found.append(Label("capital", (_ALPHABET.index(match[1].lower()) + 1,), match[1], match.end()))
    match = _DAMAGED_ROMAN.match(head)
    if match is None and is_capitals(head, letters=8):
        match = _UNMARKED_ROMAN.match(head)
    if match and not any(label.style == "roman" for label in found) and not head[match.end()].isdigit():
        mended = match[1].replace("H", "II").replace("T", "I").replace("Y", "V").replace("v", "V").replace("x", "X")
        mended = re.sub(r"[l1i|!\]\[LỊÍÌỈĨ]", "I", mended)
        mended = "III" if re.fullmatch(r"I{4,6}", mended) else mended
        if (value := _roman_value(mended)) and value <= 20:
            found.append(Label("roman", (value,), mended, match.end(), True))
    return found


def _numbers(head: str) -> list[Label]:
    found: list[Label] = []
    match = _DECIMAL.match(head)
    if match and _ends_label(head, match):
        ordinals = tuple(int(part) for part in match[1].split("."))
        if match[2] == ")" and len(ordinals) == 1:
            found.append(Label("number-bracket", ordinals, match[1], match.end()))
        elif (match[2] or len(ordinals) > 1) and 0 not in ordinals:
            damaged = match[2] is not None and match[2] in ",;"
            found.append(Label(_DECIMALS[len(ordinals) - 1], ordinals, match[1], match.end(), damaged))
        elif not match[2] and 0 not in ordinals and _UNMARKED.match(head, match.end()):
            found.append(Label("decimal-1", ordinals, match[1], match.end(), True, True))
    if head.startswith(("§. ", "§, ")):
        found.append(Label("decimal-1", (8,), "8", 3, True))
    if match and match[1] == "6" and match[2] in (".", ")"):
        found.append(Label("letter", (2,), "b", match.end(), True))
    if re.match(r"[lI|]\s?\.\s?[^\W\d]", head):
        found.append(Label("decimal-1", (1,), "1", head.index(".") + 1 + (head[head.index(".") + 1] == " "), True))
    return found


def _ends_label(head: str, match: re.Match[str]) -> bool:
    """Not a date, a sum, a time of day or a fraction: what follows is a word, and near enough."""
    after = head[match.end() : match.end() + 1]
    glued = match.end() == match.end(2)
    if not after:
        return bool(match[2])
    if after in "%°/" or (after.isdigit() and (glued or match[2] not in (".", ")"))):
        return False
    if (not match[2] and "." in match[1]) or match[2] in (",", ";"):
        return after.isupper() and not glued
    return not (glued and match[2] in ("/", ":") and after.islower()) and not (glued and after in ".,;")


def _letters(head: str) -> list[Label]:
    if match := _BRACKETED.match(head):
        mark = match[1]
        if mark.isdigit():
            return [Label("bracket-number", (int(mark),), mark, match.end())]
        return _small(mark, match.end())
    if match := _LETTER.match(head):
        after = head[match.end()]
        if match[2] == "." and match.end() == match.end(2) and not after.isupper():
            return []
        return _small(match[1], match.end())
    return []


def _small(mark: str, end: int) -> list[Label]:
    found: list[Label] = []
    if len(mark) == 1:
        found.append(Label("letter", (_ALPHABET.index(mark) + 1,), mark, end))
    if set(mark) <= set("ivx") and (value := _roman_value(mark.upper())):
        found.append(Label("small-roman", (value,), mark, end))
    return found


def _roman_value(numeral: str) -> int:
    """Its value, 0 where it is no well-formed Roman numeral up to 89."""
    if not re.fullmatch(r"L?X{0,3}(?:IX|IV|V?I{0,3})|XL(?:IX|IV|V?I{0,3})", numeral):
        return 0
    values = [_ROMAN_VALUES[char] for char in numeral]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))

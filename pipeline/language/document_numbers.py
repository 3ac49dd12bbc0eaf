"""Numbers of documents: `480/KH-PGDĐT`, `05-NQ/TU`, `181/2024/NĐ-CP`, `/KH-UBND` where the number is blank."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from msgspec import Struct

from pipeline.language.document_types import types_of_abbreviation
from pipeline.language.tone_marks import plain

__all__ = ["DocumentNumber", "find_number", "mend_notation", "read_own_number", "type_abbreviation"]

_STROKE = r"\s{0,2}[/\-–]\s{0,2}"
_PART = r"[^\W_][^\W_&.]{0,13}(?:[&.][^\W_]{1,9}){0,3}"
_NOTATION = re.compile(rf"[/\-–]\s{{0,2}}{_PART}(?:{_STROKE}{_PART}){{0,5}}")
_CITED = re.compile(
    r"(?P<number>[^\W_]{1,7}(?:\.\d{1,3})?(?:\s?[/\-–]\s?(?:(?<=[/\-–]\s)(?=[A-ZĐ]))?[^\W_][^\W_&.]{0,13}(?:[&.][^\W_]{1,9}){0,3}){0,6})"
)
_UNIT_IN_BRACKETS = re.compile(r"\([^()\s]{1,12}\)")
_LEAD = re.compile(r"(?:so|s6|s0|se|s)\s{0,3}[:.;]{0,2}\s{0,3}")
_DIGITS = str.maketrans(
    {
        "Ø": "0",
        "ø": "0",
        "Ö": "0",
        "o": "0",
        "O": "0",
        "l": "1",
        "I": "1",
        "|": "1",
        "i": "1",
        "!": "1",
        "S": "5",
        "s": "5",
        "B": "8",
        "Z": "2",
    }
)


class DocumentNumber(Struct, frozen=True):
    """A number and its notation: its place in the text, its normal form, and what is wrong with it."""

    start: int
    end: int
    normal: str
    doubt: str | None = None


def read_own_number(line: str) -> DocumentNumber | None:
    """A document's own number from its number line.

    Args:
        line: the line, NFC, `Số:` included.
    Returns:
        The number; the notation alone (`/KH-UBND`) where the number is blank; None where both are.
    """
    lead = _LEAD.match(plain(line))
    start = lead.end() if lead else 0
    notation = _NOTATION.search(line, start)
    if notation is None:
        digits = re.match(r"[\s.…_]{0,40}(\d{1,6})\b", line[start:])
        if digits is None:
            return None
        return DocumentNumber(start + digits.start(1), start + digits.end(1), digits[1], "its notation is missing")
    before = line[start : notation.start()]
    year = re.search(r"(\d{1,6})\s?$", before)
    written = "".join(before.split()).strip(".…_:;,'\"*-–—~|")
    number, doubt = _figures(written)
    if year is None and number and not number[0].isdigit():
        number = ""
    begin = notation.start() if not written else start + before.index(written[0])
    mended = _mend("".join(notation[0].replace("–", "-").replace("Ð", "Đ").replace("ĐĐ", "Đ").split()))
    unit = _UNIT_IN_BRACKETS.match(line, notation.end())
    end = unit.end() if unit is not None else notation.end()
    return DocumentNumber(begin, end, number + mended + line[notation.end() : end], doubt)


def _figures(written: str) -> tuple[str, str | None]:
    """The figures before the notation, misread ones put right, and a doubt where something else was read."""
    if not written or re.fullmatch(r"\d{1,6}[a-zA-Z]?(?:\.\d{1,3})?", written):
        return written, None
    mended = written.translate(_DIGITS)
    if mended.isdigit() and any(char.isdigit() for char in written):
        return mended, "a figure of the number was put right"
    digits = re.sub(r"\D", "", written)
    if len(digits) * 2 < len(written):
        digits = ""
    return digits, "the number cannot be read" if not digits else "part of the number cannot be read"


def _mend(notation: str) -> str:
    """The type's abbreviation with its marks and case put right where that makes it one."""
    match = re.match(r"([/\-])(\d{4}/)?([^\W\d_]{1,5})(?=[/\-]|$)", notation)
    if match is None or match[3] in types_of_abbreviation():
        return notation
    like = [known for known in types_of_abbreviation() if plain(known) == plain(match[3])]
    if len(like) != 1 or not match[3].isascii():
        return notation
    return notation[: match.start(3)] + like[0] + notation[match.end(3) :]


@cache
def _codes() -> dict[str, str]:
    data = tomllib.loads((files("pipeline.language") / "data" / "notation_codes.toml").read_text(encoding="utf-8"))
    return {plain(code): code for code in data["codes"]}


def mend_notation(number: str, bodies: Iterable[str] = ()) -> str:
    """A notation whose Đ was read as D, put right where a known code or a body's initials say so.

    Args:
        number: number and notation.
        bodies: names of bodies whose initials the notation may hold.
    """
    initials = [_initials(body) for body in bodies]
    parts = re.split(r"([/\-])", number)
    return "".join(_mend_part(part, initials) if "D" in part and "Đ" not in part else part for part in parts)


def _mend_part(part: str, initials: list[str]) -> str:
    if part in types_of_abbreviation():
        return part
    if plain(part) in _codes():
        return _codes()[plain(part)]
    for letters in initials:
        found = plain(letters).find(plain(part))
        if found >= 0 and len(part) > 2:
            return letters[found : found + len(part)]
    return part


def _initials(body: str) -> str:
    words = [word for word in re.findall(r"[^\W_]+", body) if plain(word) not in ("va", "cua", "cac")]
    return "".join(word if word.isupper() and len(word) > 1 else _initial(word) for word in words)


def _initial(word: str) -> str:
    return "Đ" if word[0] in "đĐ" else plain(word[0]).upper()


def type_abbreviation(number: str) -> str | None:
    """The part of a notation that is a type's abbreviation: `KH` in `480/KH-PGDĐT` and in `12-KH/TU`."""
    for part in re.split(r"[/\-]", number)[1:]:
        if part in types_of_abbreviation():
            return part
        if not part.isdigit():
            return None
    return None


def find_number(text: str, start: int, *, announced: bool) -> DocumentNumber | None:
    """A cited document's number that begins at an offset.

    Args:
        text: NFC.
        start: where it would begin, behind `số` or the type's name.
        announced: whether `số` stands before it, so that bare figures will do.
    Returns:
        The number without spaces inside, or None.
    """
    begin = start
    while begin < len(text) and begin - start < 3 and text[begin] in " :.":
        begin += 1
    end = _scan(text, begin)
    token = text[begin:end].rstrip(".,;:&-–/")
    if not any(char.isdigit() for char in token):
        return None
    notated = bool(re.search(r"[/\-–]\s?[^\W\d_]", token))
    if not notated and not (announced and re.fullmatch(r"\d{1,6}", token)):
        return None
    if not announced and not token[0].isdigit():
        return None
    normal = "".join(token.split()).replace("–", "-").replace("—", "-")
    return DocumentNumber(begin, begin + len(token), normal)


def _scan(text: str, begin: int) -> int:
    """Where a number ends: letters, figures, strokes, hyphens; a space only next to a stroke or a hyphen in it."""
    end = begin
    limit = min(len(text), begin + 60)
    while end < limit:
        char = text[end]
        if (
            char.isalnum()
            or char in "/-–&"
            or (char == "." and text[end + 1 : end + 2].isalnum())
            or (char == " " and _spaced(text, begin, end))
        ):
            end += 1
        else:
            break
    return end


def _spaced(text: str, begin: int, space: int) -> bool:
    """Whether a space stands inside a number: `2753 /TTr-STP`, `1043/KH- UBND`."""
    before, after = text[space - 1 : space], text[space + 1 : space + 3]
    if after[:1] in ("/",) and after[1:2].isalpha():
        return "/" not in text[begin:space]
    if before in ("/", "-", "–") and space - begin > 1:
        return text[space - 2 : space - 1].isalnum() and after[:2].isupper() and "/" in text[begin:space]
    return False

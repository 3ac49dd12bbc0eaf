"""Figures that only the words around them tell from letters, and the forms that dates, times and quarters have."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.language.casing import starts_small
from pipeline.language.tone_marks import plain

__all__ = ["mend_figures"]

Lines = Sequence[Sequence[str]]

_STROKE = re.compile(r"[IlÌÍìí|!](?=$|[,;.)]*$)")
# What a Roman one stands behind: `quý I`, `hạng I`, `khu vực I`.
_NUMBERED = frozenset(
    (
        "quy",
        "hang",
        "loai",
        "nhom",
        "cap",
        "vuc",
        "bac",
        "phan",
        "chuong",
        "muc",
        "ky",
        "dot",
        "doan",
        "lop",
        "tap",
        "quyen",
    )
) | frozenset(
    (
        "thu",
        "so",
        "bang",
        "luc",
        "dieu",
        "khoan",
        "tuan",
        "vong",
        "khoa",
        "lan",
        "the",
        "ke",
        "va",
        "hoc",
        "diem",
        "vung",
        "qui",
    )
)
_CLOCK = re.compile(r"(\(?)([\dBSOIlZ]{1,2})([hg])([\dOIlSB]{2})([,;.)]*)")
_FIGURE_LIKE = str.maketrans("BSOIlZ", "850112")
_MONTH_YEAR = re.compile(r"(0?[1-9]|1[0-2])((?:19|20)\d\d)([,;.):]*)")
_QUARTER = re.compile(r"1(/(?:19|20)\d\d[,;.):]*)")
_CUT = re.compile(r"\d{1,5}/(?:\d{4}/)?[A-ZĐ]{2,}(?:-[A-ZĐ&]+)*-")
_CODE = re.compile(r"[A-ZĐ]{2,}(?:-[A-ZĐ&]+)*[,;.)]*")
_ROMAN_QUARTER = re.compile(r"(?:II|III|IV)(?:/(?:19|20)\d\d)?[,;.):]*")


def mend_figures(lines: Lines) -> list[list[str]]:
    """Figures of running text where a letter was read: `I buổi` is `1 buổi`, `Bh00` is `8h00`, `tháng 32026` `3/2026`.

    A document's number that was read in two pieces is one word again.

    Args:
        lines: the words of the printed lines of a document, in reading order.
    Returns:
        As many words a line; an empty one stands in the one before it.
    """
    found = [list(line) for line in lines]
    roman = any(
        plain(before) == "quy" and _ROMAN_QUARTER.fullmatch(word) for line in lines for before, word in pairwise(line)
    )
    last = ""
    for line in found:
        for index, word in enumerate(line):
            after = line[index + 1] if index + 1 < len(line) else ""
            line[index] = _mended(word, plain(last).strip("(\"'“"), after, first=index == 0, roman=roman)
            last = word
        _join_notations(line)
    return found


def _join_notations(line: list[str]) -> None:
    """A document's number that was read in two, `04/KH-HĐT- ĐHTĐ`."""
    for index, (word, after) in enumerate(pairwise(list(line))):
        if _CUT.fullmatch(word) and _CODE.fullmatch(after):
            line[index : index + 2] = [word + after, ""]


def _mended(word: str, before: str, after: str, *, first: bool, roman: bool) -> str:
    alone = before.rstrip("" if word.startswith("l") else ",;").isalpha() and not first
    if _STROKE.fullmatch(word) and alone and after.isalpha() and starts_small(after):
        return word if before in _NUMBERED else "1" + word[1:]
    clock = _CLOCK.fullmatch(word)
    if clock is not None and (clock[2][0].isdigit() or clock[4].isdigit()):
        hour, minute = clock[2].translate(_FIGURE_LIKE), clock[4].translate(_FIGURE_LIKE)
        return f"{clock[1]}{hour}{clock[3]}{minute}{clock[5]}" if int(hour) < 25 and int(minute) < 60 else word
    if before == "thang" and (month := _MONTH_YEAR.fullmatch(word)) is not None:
        return f"{month[1]}/{month[2]}{month[3]}"
    if before == "quy" and roman and (quarter := _QUARTER.fullmatch(word)) is not None:
        return "I" + quarter[1]
    return word

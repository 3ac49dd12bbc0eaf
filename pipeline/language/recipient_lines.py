"""The list of recipients at a document's foot: what custom prints there, and putting small misreadings of it right."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from pipeline.language.tone_marks import plain

__all__ = ["mend_recipients"]

Lines = Sequence[Sequence[str]]

_HEAD = "noi nhan"
_HEAD_LIKENESS = 75.0
_DASHES = frozenset("-–—")
_LIKE_DASHES = frozenset({"~", "_", "=", "¬", "~-", "-~", "--", "-.", ".-", "—-", "-—", "~.", "_-", "-_"})
_TO = re.compile(r"\([dđ]e$")  # folded, `(để`
_SHORT = re.compile(r"(?:[bB]/c|[tT]/(?:h|b|d|dõi|hiện)|[pP]/h|[cC]/đ|[kK]/t|[gG]/s|[đĐ]/[bch])")
# What the purposes b/c, t/h, t/b and p/h are read as: a stroke is a letter, is lost, or is one with the letter before.
_STROKE = "[/|íìịlIi1!⁄tJj]"
_PURPOSES = (
    (re.compile(rf"([bB])(?:{_STROKE}?[cCeèéê€]|{_STROKE}[oG0])"), r"\1/c"),
    (re.compile(rf"(?:[tTrf1í]?{_STROKE}[hn]|[tT][hn]|[UVƯuvY][hn])"), "t/h"),
    (re.compile(rf"(?:t{_STROKE}b|[UVƯ]b)"), "t/b"),
    (re.compile(rf"p(?:{_STROKE}[hn]|h)"), "p/h"),
    (re.compile(r"(?:t?[íl1I|!]hiện|thiện|[UV]hiện)"), "t/hiện"),
)
_MARKS = "();,.:"
_SPECKS = frozenset("'`´‘’.,*^\"“”|")
_ENDS = (";", ".", ",")
_KEPT = re.compile(r"(- ?)?L[uưựủ]u[.,:;]", re.IGNORECASE)
_COPIES = re.compile(r"\((0\d|\d{2,3})[068]\)(?=\W*$)")
_MOST_COPIES = 300
_MAIL_ROOM = re.compile(r"V[TIT1][.,;:]")


def mend_recipients(lines: Lines, heard: Lines | None = None) -> list[list[str]]:
    """The lines of a list of recipients as custom prints them, where what was read is close to it.

    Its head is `Nơi nhận:`; an item begins with a dash and, where another follows, ends with a semicolon (a colon that
    was read there is one); `(để b/c)`, `(để t/h)` … say what for; the last item is `Lưu: VT, …`.

    Args:
        lines: the words of each printed line; text that nobody doubts comes back as it is.
        heard: the same words as the engine had them, before anything was restored.
    Returns:
        As many words a line; an empty one is a speck, one with a space in it stands for two.
    Source:
        Decree 30/2020/NĐ-CP, appendix I, part II, section I, 9.
    """
    found = [list(line) for line in lines]
    voices = [list(line) for line in (heard if heard is not None else lines)]
    if found:
        _mend_head(found[0])
    dashed = sum(bool(line) and line[0] in _DASHES for line in found)
    for line, voice in zip(found, voices, strict=True):
        _mend_dash(line, dashed)
        _mend_purposes(line, voice)
        _drop_specks(line)
        _mend_kept_copy(line)
    _mend_ends(found)
    return found


def _mend_head(line: list[str]) -> None:
    said = [index for index, word in enumerate(line) if word]
    first = said[:2]
    text = plain(" ".join(line[index] for index in first)).strip(" .,:;*'\"")
    if fuzz.ratio(_HEAD, text) < _HEAD_LIKENESS or (text == _HEAD and line[first[-1]].endswith(":")):
        return
    printed = ["Nơi", "nhận:"] if len(first) == 2 else ["Nơi nhận:"]
    for index, word in zip(first, printed, strict=True):
        line[index] = word


def _mend_dash(line: list[str], dashed: int) -> None:
    """A dash that begins an item, misread or glued to its word."""
    if not line:
        return
    first = line[0]
    if first in _LIKE_DASHES:
        line[0] = "-"
    elif len(first) > 2 and first[0] in "~_" and first[1].isalpha():
        line[0] = f"- {first[1:]}" if dashed > 1 else f"-{first[1:]}"


def _mend_purposes(line: list[str], heard: Sequence[str]) -> None:
    """What a copy is for, in brackets: `(để b/c)`."""
    inside = False
    for index, word in enumerate(line):
        if _TO.fullmatch(plain(word)):
            line[index] = word[0] + "để"
            inside = True
            continue
        core = word.strip(_MARKS)
        if not core:
            continue
        alone = word.startswith("(") and ")" in word
        said = heard[index].strip(_MARKS)
        # One short form is as good as another: where the engine read one, the picture showed it.
        if (inside or alone) and _SHORT.fullmatch(said) and (core[0] == said[0] or not _SHORT.fullmatch(core)):
            line[index] = word.replace(core, said, 1)
        elif inside or (alone and core[0] in "bB"):
            line[index] = word.replace(core, _purpose(core), 1)
        inside = inside and ")" not in word


def _purpose(core: str) -> str:
    if _SHORT.fullmatch(core):
        return core
    for pattern, printed in _PURPOSES:
        match = pattern.fullmatch(core)
        if match is not None:
            return match.expand(printed)
    return core


def _drop_specks(line: list[str]) -> None:
    """A single mark behind the one that ends an item."""
    if len(line) > 2 and len(line[-1]) == 1 and line[-1] in _SPECKS and line[-2].endswith(_ENDS):
        line[-1] = ""


def _mend_kept_copy(line: list[str]) -> None:
    """`Lưu: VT, …`, the copy that is kept, and how many are made: `(100b)`."""
    place = next((index for index, word in enumerate(line[:2]) if _KEPT.fullmatch(word)), None)
    if place is None or line[0][:1] not in _DASHES:
        return
    line[place] = _KEPT.sub(r"\1Lưu:", line[place])
    if _MAIL_ROOM.fullmatch(" ".join(line[place + 1 : place + 2])) and len(line) > place + 2:
        line[place + 1] = "VT,"
    copies = _COPIES.match(line[-1])
    if copies is not None and (copies[1][0] == "0" or int(line[-1][1:].split(")")[0]) > _MOST_COPIES):
        line[-1] = f"({copies[1]}b)" + line[-1][copies.end() :]


def _mend_ends(lines: list[list[str]]) -> None:
    """Semicolons between items, where colons were read; one before a list of its own is a colon."""
    begun = False
    for line, following in zip(lines, [*lines[1:], []][: len(lines)], strict=True):
        begun = begun or _is_item(line)
        if not (begun and _is_item(following)):
            continue
        last = max((index for index, word in enumerate(line) if word), default=0)
        word = line[last]
        if len(word) > 1 and word.endswith(":") and word[-2] != ":":
            line[last] = word[:-1] + ";"


def _is_item(line: Sequence[str]) -> bool:
    return bool(line) and line[0][:1] in _DASHES

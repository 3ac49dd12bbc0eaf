"""What stands at the beginning of lines: dashes and the numbers of lists, read by what stands around them."""

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.language.casing import is_capitals, starts_capital
from pipeline.language.numbering import numeral
from pipeline.language.numerals import number_of
from pipeline.language.tone_marks import plain

__all__ = ["keeps_its_end", "mend_column_of_numbers", "mend_line_beginnings"]

Lines = Sequence[Sequence[str]]

_MARKS = ".,:;)/-–"
_LIKE_DASHES = frozenset({"~", "~-", "-~", "_", "¬", "—-", "-—"})
_GLUED = re.compile(r"([IVX1l]{1,5}|[A-HK])([.)/\-–])([A-ZĐ\u00c0-\u1ef9]{2,}.*)")
_LETTER_LABEL = re.compile(r"(?:[IVX]{1,5}|[A-HK])[.)/:\-–]?")
_ROMAN = re.compile(r"([IVXl1|H]{1,5}|V[ỊÍÌỈĨ]{1,3})([.,:;)/\-–]?)")
_RESTART = re.compile(r"(?:phan|phu luc|chuong|muc|mau|[a-hk][.)])(?!\w)")
_DASHES = frozenset("-–—+•*")
_ITEM = re.compile(r"\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zđ]|[IVX]{1,5})[.)/]")
_NUMBER = re.compile(r"\(?(\d{1,3})([.,:;)/\-–]?)")
_SHORT = 4
_LOOKALIKES = {
    "0": "oO6ó8",
    "1": "lI|!ìíi7Ì",
    "2": "Zz?",
    "3": "8ŠšSJ",
    "4": "Aa",
    "5": "SsŠš$§6",
    "6": "óòGbšŠ5$ố",
    "7": "1?/T",
    "8": "B§Š&3S",
    "9": "gq",
}
_FEWEST = 3
_FAR = 40
_MARKED = 0.4


def mend_line_beginnings(lines: Lines, heard: Lines) -> list[list[str]]:
    """Lines of running text: dashes of lists, numerals of headings in capitals, numbers of lists.

    A numeral is mended where the heading before it has the same one (II, II is II, III) and where the engine read one
    that was taken for a figure; a figure where the numbers before and after it leave one possible and it looks like
    that; a closing mark where most of the list have another.

    Args:
        lines: the words of the printed lines of a document, in reading order.
        heard: the same words as the engine had them, before anything was restored.
    Returns:
        As many words a line; one with a space in it stands for two.
    """
    found = [list(line) for line in lines]
    for line, voice in zip(found, heard, strict=True):
        if not line:
            continue
        if line[0] in _LIKE_DASHES and len(line) > 1:
            line[0] = "-"
        if _LETTER_LABEL.fullmatch(voice[0]) and any(character.isdigit() for character in line[0]):
            line[0] = voice[0]
        glued = _GLUED.fullmatch(voice[0] if _GLUED.fullmatch(voice[0]) else line[0])
        if glued is not None:
            label = glued[1].replace("1", "I").replace("l", "I") if len(line) > 1 else glued[1]
            line[0] = f"{label}{glued[2]} {glued[3]}"
    _mend_numerals(found)
    _mend_numbers(found)
    return found


def mend_column_of_numbers(cells: Sequence[str]) -> list[str]:
    """The first column of a table whose rows are counted: what stands between 4 and 6 is 5.

    Args:
        cells: what its cells say, from top to bottom; titles that span the columns among them.
    """
    found = list(cells)
    counted = [index for index, text in enumerate(cells) if len(text) <= _SHORT and " " not in text]
    values = [_value(cells[index]) for index in counted]
    steps = [(place, value - place) for place, value in enumerate(values) if value is not None]
    if len(steps) < _FEWEST:
        return found
    offset, meant = Counter(offset for _, offset in steps).most_common(1)[0]
    if meant < max(_FEWEST, 0.6 * len(counted)):
        return found
    held = [place for place, own in steps if own == offset]
    mark = _usual_mark([cells[counted[place]] for place in held])
    last = held[-1] + 1 if held[-1] == len(counted) - 2 else held[-1]
    for place in range(held[0], last + 1):
        index = counted[place]
        if cells[index]:
            found[index] = f"{place + offset}{mark if mark is not None else _mark_of(cells[index])}"
    return found


def keeps_its_end(heard: str, restored: str, following: Sequence[str]) -> bool:
    """Whether a line's last word was given another closing mark though what follows begins anew, so that it had ended.

    Args:
        heard: the word as the engine had it; restored: as it is now.
        following: the words of the next line, none where there is none.
    """
    if not heard or not restored or heard[-1] not in ".:" or restored[-1] not in ",;:.":
        return False
    anew = not following or following[0] in _DASHES or _ITEM.fullmatch(following[0]) is not None
    return anew and heard != restored and heard.rstrip(_MARKS) == restored.rstrip(_MARKS)


# --- numerals of headings


def _mend_numerals(lines: list[list[str]]) -> None:
    places: list[tuple[int, str, str]] = []
    before: str | None = None
    for index, line in enumerate(lines):
        text = plain(" ".join(line[:3]))
        if _RESTART.match(text):
            before = None
        first, *rest = line[0].split(" ") if line else [""]
        match = _ROMAN.fullmatch(first)
        words = [*rest, *line[1:]]
        if match is None or not words or not is_capitals(" ".join(words), letters=4):
            continue
        said = plain(match[1]).upper().replace("1", "I").replace("L", "I").replace("|", "I").replace("H", "II")
        if match[1].isdigit() and (before is None or said != _next(before)):
            continue
        if before is not None and said == before and _next(before) == before + "I":
            said = before + "I"
        if number_of(said) is None or numeral("roman", number_of(said) or 0) != said:
            continue
        places.append((index, said, match[2]))
        before = said
    marks = Counter(mark for _, _, mark in places if mark)
    usual, count = marks.most_common(1)[0] if marks else ("", 0)
    for index, said, mark in places:
        mark = usual if count > 1 and 2 * count >= len(places) else mark
        first, *rest = lines[index][0].split(" ")
        lines[index][0] = " ".join((said + mark, *rest))


def _next(said: str) -> str:
    return numeral("roman", (number_of(said) or 0) + 1)


# --- numbers of lists


def _mend_numbers(lines: list[list[str]]) -> None:
    """Runs of lines that count on, each beginning with a number."""
    runs: list[list[tuple[int, int]]] = []
    for index, line in enumerate(lines):
        value = _value(line[0]) if len(line) > 1 else None
        if value is None:
            continue
        run = next((run for run in runs if run[-1][1] == value - 1 and index - run[-1][0] < 3), None)
        gap = next((run for run in runs if run[-1][1] == value - 2 and index - run[-1][0] == 2), None)
        if run is not None:
            run.append((index, value))
        elif gap is not None and _looks_like(lines[index - 1][0], value - 1):
            gap.extend([(index - 1, value - 1), (index, value)])
        else:
            runs.append([(index, value)])
    for run in runs:
        if len(run) < _FEWEST:
            continue
        last, value = run[-1]
        if last + 1 < len(lines) and lines[last + 1] and _looks_like(lines[last + 1][0], value + 1):
            run.append((last + 1, value + 1))
        mark = _usual_mark([lines[index][0] for index, _ in run])
        for index, number in run:
            lines[index][0] = f"{number}{mark if mark is not None else _mark_of(lines[index][0])}"
    _mend_marks(lines)


def _mend_marks(lines: list[list[str]]) -> None:
    """A colon behind a number is a full stop where the number before it has one."""
    stops: dict[int, int] = {}
    for index, line in enumerate(lines):
        value = _value(line[0]) if len(line) > 1 and starts_capital(line[1]) else None
        if value is None:
            continue
        near = index - stops.get(value - 1, -_FAR) < _FAR
        if line[0][-1] in ":;," and near and len(line[0]) < _SHORT:
            line[0] = f"{value}."
        if line[0].endswith("."):
            stops[value] = index


def _looks_like(text: str, number: int) -> bool:
    """Whether what was read there may be that number."""
    core = text.rstrip(_MARKS)
    figures = str(number)
    return len(core) == len(figures) and all(
        sign == figure or sign in _LOOKALIKES[figure] for sign, figure in zip(core, figures, strict=True)
    )


def _value(text: str) -> int | None:
    match = _NUMBER.fullmatch(text)
    return int(match[1]) if match is not None and not text.startswith("(") else None


def _mark_of(text: str) -> str:
    return text[-1] if text and text[-1] in _MARKS else ""


def _usual_mark(texts: Sequence[str]) -> str | None:
    """The mark that closes the numbers of a list; None where that is not clear."""
    marks = Counter(_mark_of(text) for text in texts)
    bare = marks.pop("", 0)
    if not marks:
        return ""
    mark, count = marks.most_common(1)[0]
    return mark if mark in ".)" and count > 1 and count >= _MARKED * (sum(marks.values()) + bare) else None

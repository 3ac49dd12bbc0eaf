"""Numbers and days written by hand into the printed number line and date line of a first page."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np

from models.digits import FigureReader
from models.weights import WeightsError
from pipeline.document import Box
from pipeline.engines.tesseract import ReadWord
from pipeline.errors import ModelError
from pipeline.language.tone_marks import plain
from pipeline.stage import Pixels

__all__ = ["read_handwritten_figures"]

_INK = 150
_HEAD_SHARE = 0.4
# A printed figure is read with more than this; anything less may be a hand's.
_PRINTED = 0.8
# A hand's figures seldom come out as figures alone.
_WELL_FORMED = 0.4
# Below this what is read is wrong oftener than right, and nothing is said.
_LEAST = 0.4
_HAND = 0.85
_SNAP_EM = 0.3
_LINE_EM = 0.75
# The number line begins in the left half; a line of the body goes on after a number that it cites.
_LEFT_HALF = 0.5
_GOES_ON_IN = 0.2

# Advance widths in thousandths of an em of Times Roman, the type that decree 30 asks for, from Adobe's metrics.
_CAPITAL = {"I": 333, "J": 389, "F": 556, "P": 556, "S": 556, "E": 611, "L": 611, "T": 611, "Z": 611, "B": 667}
_CAPITAL |= {"C": 667, "R": 667, "M": 889, "W": 944, "&": 778, "/": 278, "-": 333, ".": 250, ":": 278}
_WIDTHS = _CAPITAL | {"ố": 500, "o": 500}
_NGAY_EM, _THANG_EM, _NAM_EM, _YEAR_EM = 1.94, 2.28, 1.72, 1.96

_NUMBER_WORD = re.compile(r"^s[o06e]?\s*[:.;]?", re.IGNORECASE)
_NOTATION = re.compile(r"/\s?[A-ZĐ][\w&.]*(?:[-/][\w&.]+)*$")
_ALL_FIGURES = re.compile(r"^\S{0,4}[:.;]?\s*\d{1,5}\s*(?:-\s*[A-ZĐ&]+\s*)?/")
_SOME_FIGURES = re.compile(r"\d+[a-z]?\s*(?:-\s*[A-ZĐ&]+\s*)?/")
_GROUNDS = re.compile(r"can cu", re.IGNORECASE)
_NGAY = re.compile(r"^ng[a-z]y", re.IGNORECASE)
_THANG = re.compile(r"th[a-z]ng", re.IGNORECASE)
_NAM = re.compile(r"n[a-z]m", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Blank:
    """A place left open in print: its columns and line, what can stand there, which ends print marks exactly."""

    left: float
    right: float
    top: float
    bottom: float
    accept: Callable[[str], bool]
    exact: tuple[bool, bool] = (False, False)


def read_handwritten_figures(pixels: Pixels, words: Sequence[ReadWord], *, dpi: float) -> list[ReadWord]:
    """The words of a first page, what was written by hand into its number and date lines read as figures.

    Only places that print leaves open are looked at, and only where Tesseract did not read sure figures there. Where
    the hand cannot be told, what Tesseract made of it is left out and the place stays open.

    Args:
        pixels: uint8 grey, (height, width), 0 = ink.
        words: all words of the page, boxes in its pixels.
        dpi: its resolution.
    Returns:
        The words, those of the two lines parted where print and hand were glued together.
    Raises:
        ModelError: the weights are missing or are not the ones in the manifest.
    """
    head = [word for word in words if word.box.top < pixels.shape[0] * _HEAD_SHARE]
    changed: dict[int, list[ReadWord]] = {}
    for mend in (_mend_number_line, _mend_date_line):
        changed |= mend(pixels, head, dpi)
    result: list[ReadWord] = []
    for word in words:
        result += changed.get(id(word), [word])
    return result


# --- the number line -------------------------------------------------------------------------------------------------


def _mend_number_line(pixels: Pixels, head: Sequence[ReadWord], dpi: float) -> dict[int, list[ReadWord]]:
    body = min(
        (one.box.top for one, after in pairwise(head) if _GROUNDS.fullmatch(_folded(f"{one.text} {after.text}"))),
        default=pixels.shape[0],
    )
    for first in head:
        if first.text[:1] not in "Ss5" or not _NUMBER_WORD.match(_folded(first.text)) or len(first.text) < 2:
            continue
        row = _row(head, first)
        if first.box.left > _LEFT_HALF * pixels.shape[1] or first.box.top > body or not _begins(first, row, dpi):
            continue
        last = next((word for word in row if _NOTATION.search(word.text)), None)
        if last is None or last.box.left - first.box.left > 3.2 * dpi or _goes_on(last, row, dpi):
            continue
        between = [word for word in row if first.box.left <= word.box.left <= last.box.left]
        text = " ".join(word.text for word in between)
        notation = _NOTATION.search(last.text)
        if notation is None or _is_printed(text, between):
            return {}
        em = _em(pixels, last, notation.group().strip())
        left = min(first.box.left + 1.38 * em, first.box.right if len(first.text) <= 3 else pixels.shape[1])
        right = last.box.left if notation.start() == 0 else last.box.right - _width(notation.group()) * em
        blank = _Blank(
            left,
            right,
            last.box.bottom - em * 1.2,
            last.box.bottom + em * 0.3,
            _is_number,
            (False, notation.start() == 0),
        )
        read = _read(pixels, blank, em)
        if read is None and notation.start() == 0 and len(between) == 2 and len(first.text) <= 3:
            return {}
        start = ReadWord(
            "Số:", replace_box(first.box, right=min(left, first.box.right)), max(first.confidence, 0.5), first.line
        )
        end_box = replace_box(last.box, left=max(right, last.box.left))
        confidence = last.confidence if notation.start() == 0 else max(last.confidence, 0.6)
        if read is None:
            end = ReadWord(notation.group(), end_box, confidence, last.line)
        else:
            joined = replace_box(end_box, left=read.box.left)
            end = ReadWord(read.text + notation.group(), joined, min(read.confidence, confidence), last.line, True)
        return {id(word): [] for word in between} | {id(between[0]): [start, end]}
    return {}


def _begins(first: ReadWord, row: Sequence[ReadWord], dpi: float) -> bool:
    """Whether no word stands near before it."""
    return not any(0 <= first.box.left - word.box.right < _GOES_ON_IN * dpi for word in row if _is_word(word))


def _goes_on(last: ReadWord, row: Sequence[ReadWord], dpi: float) -> bool:
    """Whether the next word stands near behind it."""
    return any(0 <= word.box.left - last.box.right < _GOES_ON_IN * dpi for word in row if _is_word(word))


def _is_word(word: ReadWord) -> bool:
    return any(character.isalpha() for character in word.text)


def _is_printed(text: str, words: Sequence[ReadWord]) -> bool:
    """Whether figures that Tesseract is sure of, or at least read as nothing but figures, stand before the notation."""
    least = min(word.confidence for word in words)
    if _ALL_FIGURES.search(text):
        return least >= _WELL_FORMED
    return least >= _PRINTED and _SOME_FIGURES.search(text) is not None


def _is_number(text: str) -> bool:
    return 1 <= len(text) <= 5 and text != "0"


def _em(pixels: Pixels, word: ReadWord, notation: str) -> float:
    """Pixels of an em, from the width of what is surely print."""
    if word.text == notation:
        return word.box.width / (_width(notation) - 0.03)
    box = word.box
    part = pixels[max(int(box.top), 0) : int(box.bottom) + 1, int(box.left + 0.6 * box.width) : int(box.right) + 1]
    rows = np.nonzero((part < _INK).any(axis=1))[0]
    return float(rows.max() - rows.min() + 1) / 0.676 if rows.size else box.height / 0.8


def _width(text: str) -> float:
    return sum(_WIDTHS.get(letter, 500 if letter.isdigit() or letter.islower() else 722) for letter in text) / 1000


# --- the date line ---------------------------------------------------------------------------------------------------


def _mend_date_line(pixels: Pixels, head: Sequence[ReadWord], dpi: float) -> dict[int, list[ReadWord]]:
    for first in head:
        if not _NGAY.match(_folded(first.text)):
            continue
        row = [word for word in _row(head, first) if word.box.left >= first.box.left]
        month = next((word for word in row if _THANG.search(_folded(word.text))), None)
        year = next(
            (word for word in row if month is not None and _NAM.fullmatch(_folded(word.text)) and word is not month),
            None,
        )
        if month is None or year is None or year.box.left - first.box.left > 3.2 * dpi:
            continue
        em = _date_em(row, year)
        days = _Blank(
            first.box.left + _NGAY_EM * em,
            _thang_left(month, first, em),
            *_rows(year, em),
            _is_day,
            (False, not _is_glued(month, first)),
        )
        months = _Blank(
            _thang_left(month, first, em) + _THANG_EM * em, year.box.left, *_rows(year, em), _is_month, (False, True)
        )
        words = [word for word in row if word.box.left < year.box.left]
        if _sure_figures(words, days) and _sure_figures(words, months):
            return {}
        line = first.line
        made = [ReadWord("ngày", replace_box(first.box, right=min(days.left, first.box.right)), 0.9, line)]
        made += _figures(pixels, words, days, em, line)
        inner = Box(days.right, month.box.top, min(months.left, max(month.box.right, days.right + 1)), month.box.bottom)
        made.append(ReadWord("tháng", inner, 0.9, line))
        made += _figures(pixels, words, months, em, line)
        made.append(replace(year, text="năm", confidence=max(year.confidence, 0.9)))
        return {id(word): [] for word in words} | {id(year): [], id(first): made}
    return {}


def _date_em(row: Sequence[ReadWord], year: ReadWord) -> float:
    figures = next(
        (word for word in row if re.fullmatch(r"(19|20)\d\d", word.text) and word.box.left > year.box.left), None
    )
    return figures.box.width / _YEAR_EM if figures is not None else year.box.width / _NAM_EM


def _rows(year: ReadWord, em: float) -> tuple[float, float]:
    return year.box.bottom - _LINE_EM * em - 0.45 * em, year.box.bottom + 0.35 * em


def _is_glued(month: ReadWord, first: ReadWord) -> bool:
    """Whether something was read together with what stands before the word for month."""
    found = _THANG.search(_folded(month.text))
    return month is first or (found is not None and found.start() > 0)


def _thang_left(month: ReadWord, first: ReadWord, em: float) -> float:
    if not _is_glued(month, first):
        return month.box.left
    folded = _folded(month.text)
    found = _THANG.search(folded)
    tail = len(folded) - (found.end() if found else len(folded))
    return month.box.right - (_THANG_EM + 0.5 * tail) * em


def _sure_figures(words: Sequence[ReadWord], blank: _Blank) -> bool:
    """Whether the place holds figures that Tesseract is sure of, and nothing else."""
    inside = [word for word in words if blank.left - 4 <= (word.box.left + word.box.right) / 2 <= blank.right + 4]
    return bool(inside) and all(w.confidence >= _PRINTED and blank.accept(w.text) for w in inside)


def _figures(
    pixels: Pixels, words: Sequence[ReadWord], blank: _Blank, em: float, line: tuple[int, int, int]
) -> list[ReadWord]:
    if _sure_figures(words, blank):
        return [word for word in words if blank.left - 4 <= (word.box.left + word.box.right) / 2 <= blank.right + 4]
    read = _read(pixels, blank, em)
    return [replace(read, line=line)] if read is not None else []


def _is_day(text: str) -> bool:
    return text.isdigit() and len(text) <= 2 and 1 <= int(text) <= 31


def _is_month(text: str) -> bool:
    return text.isdigit() and len(text) <= 2 and 1 <= int(text) <= 12


# --- both ------------------------------------------------------------------------------------------------------------


def _read(pixels: Pixels, blank: _Blank, em: float) -> ReadWord | None:
    """What a hand wrote into an open place, or None where nothing can be told."""
    top, bottom = max(int(blank.top), 0), min(int(blank.bottom) + 1, pixels.shape[0])
    left, right = (
        int(x) if exact else _snapped(pixels, top, bottom, x, em)
        for x, exact in zip((blank.left, blank.right), blank.exact, strict=True)
    )
    if right - left < 0.3 * em or bottom - top < 0.5 * em:
        return None
    ink = np.asarray(255 - pixels[top:bottom, left:right], np.uint8)
    ink = np.asarray(np.where(ink > 255 - _INK, ink, 0), np.uint8)
    ink = _without_leaders(ink, em)
    try:
        read = FigureReader.load().read(ink, accept=blank.accept)
    except WeightsError as error:
        raise ModelError(f"{error}", remedy="Install Sohoa again.") from error
    if read is None or read.confidence < _LEAST:
        return None
    box = Box(float(left + read.left), float(top), float(left + read.right), float(bottom))
    return ReadWord(read.text, box, _HAND * read.confidence, (0, 0, 0), True)


def _snapped(pixels: Pixels, top: int, bottom: int, x: float, em: float) -> int:
    """The column with the least ink near a reckoned one, so that print and hand are parted between letters."""
    begin, end = max(int(x - _SNAP_EM * em), 0), min(int(x + _SNAP_EM * em) + 1, pixels.shape[1])
    if begin >= end:
        return int(np.clip(round(x), 0, pixels.shape[1] - 1))
    ink = (pixels[top:bottom, begin:end] < _INK + 40).sum(axis=0).astype(np.float64)
    ink += np.abs(np.arange(begin, end) - x) / em
    return begin + int(np.argmin(ink))


def _without_leaders(ink: Pixels, em: float) -> Pixels:
    """Without the dots of a dotted line."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8), connectivity=8)
    small = [label for label in range(1, count) if max(stats[label][2], stats[label][3]) < 0.2 * em]
    return np.asarray(np.where(np.isin(labels, small), 0, ink), np.uint8)


def _row(words: Sequence[ReadWord], word: ReadWord) -> list[ReadWord]:
    """The words on the same height, from left to right."""
    middle = (word.box.top + word.box.bottom) / 2
    return sorted((w for w in words if w.box.top <= middle <= w.box.bottom), key=lambda w: w.box.left)


def replace_box(box: Box, *, left: float | None = None, right: float | None = None) -> Box:
    """A box with another left or right side, never turned inside out."""
    begin = box.left if left is None else left
    return Box(begin, box.top, max(box.right if right is None else right, begin + 1), box.bottom)


def _folded(text: str) -> str:
    return plain(unicodedata.normalize("NFC", text))

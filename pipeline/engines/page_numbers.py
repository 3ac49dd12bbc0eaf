"""The number of a page, one or two figures alone in its margin, which Tesseract takes for a speck or misreads."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from models.digits import FigureReader
from models.weights import WeightsError
from pipeline.document import Box
from pipeline.engines.crops import read_crops
from pipeline.engines.ink import find_ink
from pipeline.engines.read_words import ReadWord
from pipeline.engines.tesseract import Tesseract
from pipeline.errors import ModelError
from pipeline.stage import Pixels

__all__ = ["read_page_number"]

_MARGIN_SHARE = 0.1
_MIDDLE = (0.3, 0.7)
_LOWER_MIDDLE = (0.3, 0.97)
# Thin figures alone on the paper are often grey; nothing else is near that could be taken for them.
_FAINT = 0.86
_FIGURE_SURE = 0.6
_LOWER_SURE = 0.9
_AROUND_PX = 4
_FIGURE_IN = (0.085, 0.18)
_SPECK_IN = 0.02
_GAP_IN = 0.06
_WIDEST_IN = 0.35
_ALONE_IN = 1.0
_LINE_HEIGHT_PX = 44.0
_LEAST = 0.5
_LINE = (9_000, 1, 1)
_EXPECTED = 0.8
_NUMBER = re.compile(r"[-–]?[1-9]\d{0,2}[-–]?")
_LOOKALIKES = {
    "0": "OoQ",
    "1": "Il|¡ìíi!",
    "2": "Zz",
    "3": "",
    "4": "A",
    "5": "S$§Š",
    "6": "óòG",
    "7": "?",
    "8": "B§Š&",
    "9": "g",
}


def read_page_number(
    engine: Tesseract, pixels: Pixels, read: Sequence[ReadWord], *, dpi: float, expected: int
) -> list[ReadWord]:
    """The words of a page, with its number where it stands alone in a margin.

    Args:
        engine: the reader; it is started once more at most.
        pixels: uint8 grey, (height, width), 0 = ink, 255 = paper.
        read: the words of the first reading.
        dpi: the picture's resolution.
        expected: which page it is; a reading whose signs look like that number is that number.
    Raises:
        EngineError: as for `Tesseract.read`.
    """
    for strip, first_row, middle in _margins(pixels):
        for place in _lonely_ink(strip, middle, dpi):
            upper = first_row == 0
            here = Box(place.left, place.top + first_row, place.right, place.bottom + first_row)
            number, confidence = _figures(strip, place)
            known = [word for word in read if _meet(word.box, here)]
            due = number == str(expected)
            # A stroke alone is seldom a one, and in the lower margin lies more that is no number.
            if number and (due or ((upper or confidence >= _LOWER_SURE) and (number != "1" or known))):
                word = ReadWord(number, here, max(confidence, _EXPECTED if due else 0.0), _LINE)
                return [*(one for one in read if one not in known), word]
            if upper and not any(word.text.strip("-–. ").isdigit() for word in known):
                return _read_by_engine(engine, pixels, read, here, dpi, expected)
    return list(read)


def _margins(pixels: Pixels) -> Iterator[tuple[Pixels, int, tuple[float, float]]]:
    """The upper and the lower margin: pixels, first row, and where across it a number can stand."""
    height = max(round(_MARGIN_SHARE * pixels.shape[0]), 1)
    for first_row, middle in ((0, _MIDDLE), (pixels.shape[0] - height, _LOWER_MIDDLE)):
        yield np.ascontiguousarray(pixels[first_row : first_row + height]), first_row, middle


def _figures(strip: Pixels, place: Box) -> tuple[str, float]:
    """What the reader of figures says that stands there, and how sure it is; nothing where it is not."""
    left, top = max(int(place.left) - _AROUND_PX, 0), max(int(place.top) - _AROUND_PX, 0)
    part = strip[top : int(place.bottom) + _AROUND_PX, left : int(place.right) + _AROUND_PX]
    ink = np.asarray(np.where(find_ink(part, _FAINT) > 0, 255 - part, 0), np.uint8)
    try:
        read = FigureReader.load().read(ink, accept=lambda text: _NUMBER.fullmatch(text) is not None)
    except WeightsError as error:
        raise ModelError(f"{error}", remedy="Install Sohoa again.") from error
    return (read.text, read.confidence) if read is not None and read.confidence >= _FIGURE_SURE else ("", 0.0)


def _read_by_engine(
    engine: Tesseract, pixels: Pixels, read: Sequence[ReadWord], place: Box, dpi: float, expected: int
) -> list[ReadWord]:
    (found,) = read_crops(engine, pixels, [place], dpi=dpi, height_px=_LINE_HEIGHT_PX)
    if len(found) != 1:
        return list(read)
    word = found[0]
    if _could_be(word.text, str(expected)):
        word = replace(word, text=str(expected), confidence=max(word.confidence, _EXPECTED))
    elif not _NUMBER.fullmatch(word.text) or word.confidence < _LEAST:
        return list(read)
    return [
        *(one for one in read if not _meet(one.box, place)),
        replace(word, line=_LINE),
    ]


def _could_be(text: str, number: str) -> bool:
    """Whether every sign that was read looks like the figure that belongs there."""
    return len(text) == len(number) and all(
        sign == figure or sign in _LOOKALIKES[figure] for sign, figure in zip(text, number, strict=True)
    )


def _lonely_ink(strip: Pixels, middle: tuple[float, float], dpi: float) -> Iterator[Box]:
    """Rows of few figures in a margin with nothing beside them, from top to bottom."""
    if min(strip.shape) < 16:
        return
    ink = cv2.morphologyEx(find_ink(strip, _FAINT), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    stats = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:, :4].tolist()
    pieces = [Box(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h in stats]
    marks = sorted((box for box in pieces if box.height > _SPECK_IN * dpi), key=lambda box: box.left)
    rows: list[Box] = []
    for mark in marks:
        near = [
            row
            for row in rows
            if mark.left - row.right <= _GAP_IN * dpi and mark.top < row.bottom and row.top < mark.bottom
        ]
        if not near:
            rows.append(mark)
            continue
        rows.remove(near[0])
        row = near[0]
        rows.append(Box(row.left, min(row.top, mark.top), max(row.right, mark.right), max(row.bottom, mark.bottom)))
    for row in sorted(rows, key=lambda row: row.top):
        across = (row.left + row.right) / 2 / strip.shape[1]
        if not (middle[0] < across < middle[1] and _FIGURE_IN[0] * dpi <= row.height <= _FIGURE_IN[1] * dpi):
            continue
        beside = Box(row.left - _ALONE_IN * dpi, row.top, row.right + _ALONE_IN * dpi, row.bottom)
        alone = all(other is row or not _meet(other, beside) for other in rows)
        if row.width <= _WIDEST_IN * dpi and row.top > 0 and row.bottom < len(strip) and alone:
            yield row


def _meet(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom

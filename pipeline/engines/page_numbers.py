"""The number of a page, one or two figures alone in its upper margin, which Tesseract takes for a speck."""

import re
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from pipeline.document import Box
from pipeline.engines.crops import read_crops
from pipeline.engines.ink import find_ink
from pipeline.engines.read_words import ReadWord
from pipeline.engines.tesseract import Tesseract
from pipeline.stage import Pixels

__all__ = ["read_page_number"]

_MARGIN_SHARE = 0.1
_MIDDLE = (0.3, 0.7)
_FIGURE_IN = (0.085, 0.18)
_SPECK_IN = 0.02
_GAP_IN = 0.06
_WIDEST_IN = 0.35
_ALONE_IN = 1.0
_LINE_HEIGHT_PX = 44.0
_LEAST = 0.5
_BLOCK = 9_000
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
    """The words of a page, with its number where it stands alone in the upper margin and was not read.

    Args:
        engine: the reader; it is started once more at most.
        pixels: uint8 grey, (height, width), 0 = ink, 255 = paper.
        read: the words of the first reading.
        dpi: the picture's resolution.
        expected: which page it is; a reading whose signs look like that number is that number.
    Raises:
        EngineError: as for `Tesseract.read`.
    """
    place = _lonely_ink(pixels, read, dpi)
    if place is None:
        return list(read)
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
        replace(word, line=(_BLOCK, 1, 1)),
    ]


def _could_be(text: str, number: str) -> bool:
    """Whether every sign that was read looks like the figure that belongs there."""
    return len(text) == len(number) and all(
        sign == figure or sign in _LOOKALIKES[figure] for sign, figure in zip(text, number, strict=True)
    )


def _lonely_ink(pixels: Pixels, read: Sequence[ReadWord], dpi: float) -> Box | None:
    """The one row of few figures in the middle of the upper margin, with nothing beside it and nothing read of it."""
    height, width = pixels.shape
    strip = np.ascontiguousarray(pixels[: max(round(_MARGIN_SHARE * height), 1)])
    if min(strip.shape) < 16:
        return None
    stats = cv2.connectedComponentsWithStats(find_ink(strip), connectivity=8)[2][1:, :4].tolist()
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
        middle = (row.left + row.right) / 2 / width
        if not (_MIDDLE[0] < middle < _MIDDLE[1] and _FIGURE_IN[0] * dpi <= row.height <= _FIGURE_IN[1] * dpi):
            continue
        beside = Box(row.left - _ALONE_IN * dpi, row.top, row.right + _ALONE_IN * dpi, row.bottom)
        alone = all(other is row or not _meet(other, beside) for other in rows)
        if row.width <= _WIDEST_IN * dpi and row.bottom < len(strip) and alone:
            known = any(_meet(word.box, row) and word.text.strip("-–. ").isdigit() for word in read)
            return None if known else row
    return None


def _meet(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom

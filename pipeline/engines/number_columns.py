"""Columns of figures in ruled tables, which are read better set beside each other on one line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.document import Box
from pipeline.engines.read_words import ReadWord
from pipeline.engines.tesseract import Tesseract
from pipeline.stage import Grid, Pixels

__all__ = ["read_number_columns"]

_INK = 170
_INSET_IN = 0.025
_WIDEST_IN = 0.9
_TALLEST_IN = 0.22
_LOWEST_IN = 0.05
_FEWEST = 3
_FIGURES_SHARE = 0.3
# Set close, figures help each other; set apart, each is read for itself: gap in their heights, height in pixels.
_SETTINGS = ((1.6, 30.0), (3.2, 22.0))
_MARGIN_PX = 20
_ONE_LINE = 7
_MOST_IN_LINE = 40
_READ_WELL = 0.95


@dataclass(frozen=True, slots=True)
class _Piece:
    """The ink of a cell, in pixels of the page, and where it stands on the line."""

    box: Box
    left: float


def read_number_columns(
    engine: Tesseract, pixels: Pixels, grids: Sequence[Grid], read: Sequence[ReadWord], *, dpi: float
) -> list[ReadWord]:
    """Read once more the columns of figures in which one was lost or doubted.

    Args:
        engine: the reader; it is started twice for each such column.
        pixels: uint8 grey, (height, width), 0 = ink, rules taken off.
        grids: the tables.
        read: the words of the first reading.
        dpi: the picture's resolution.
    Returns:
        Words for the cells that were read so, at most two for each, their boxes where the ink is.
    Raises:
        EngineError: as for `Tesseract.read`.

    Not done: cells that hold more than one short line.
    """
    found: list[ReadWord] = []
    for grid in grids:
        columns = sorted({cell.column for cell in grid.cells})
        for column in columns if len(columns) > 1 else ():
            boxes = [cell.box for cell in grid.cells if cell.column == column and cell.column_span == 1]
            inks = [ink for box in boxes if (ink := _ink_of(pixels, box, dpi)) is not None]
            if len(inks) < _FEWEST or not _is_doubted(inks, read):
                continue
            inks.sort(key=lambda box: box.top)
            for start in range(0, len(inks), _MOST_IN_LINE):
                for gap, height_px in _SETTINGS:
                    found += _read_line(engine, pixels, inks[start : start + _MOST_IN_LINE], dpi, gap, height_px)
    return found


def _ink_of(pixels: Pixels, cell: Box, dpi: float) -> Box | None:
    """The box around the ink of a cell, where it is one short piece of a line."""
    inset = _INSET_IN * dpi
    top, left = max(int(cell.top + inset), 0), max(int(cell.left + inset), 0)
    part = pixels[top : max(int(cell.bottom - inset), top), left : max(int(cell.right - inset), left)]
    rows, columns = np.nonzero(part < _INK)
    if not len(rows):
        return None
    box = Box(
        float(left + columns.min()),
        float(top + rows.min()),
        float(left + columns.max() + 1),
        float(top + rows.max() + 1),
    )
    short = box.width <= _WIDEST_IN * dpi and _LOWEST_IN * dpi <= box.height <= _TALLEST_IN * dpi
    return box if short else None


def _is_doubted(inks: Sequence[Box], read: Sequence[ReadWord]) -> bool:
    """Whether a column holds figures, and one of them was lost or doubted."""
    held = [[word for word in read if _meet(word.box, ink)] for ink in inks]
    figures = sum(any(character.isdigit() for word in words for character in word.text) for words in held)
    doubted = any(len(words) != 1 or words[0].confidence < _READ_WELL for words in held)
    return doubted and figures >= _FIGURES_SHARE * len(inks)


def _read_line(
    engine: Tesseract, pixels: Pixels, inks: Sequence[Box], dpi: float, gap_share: float, height_px: float
) -> list[ReadWord]:
    height = float(np.median([ink.height for ink in inks]))
    tallest = int(max(ink.height for ink in inks))
    gap = gap_share * height
    width = int(sum(ink.width + gap for ink in inks)) + 2 * _MARGIN_PX
    line = np.full((tallest + 2 * _MARGIN_PX, width), 255, np.uint8)
    pieces: list[_Piece] = []
    left = _MARGIN_PX
    for ink in inks:
        part = pixels[int(ink.top) : int(ink.bottom), int(ink.left) : int(ink.right)]
        top = _MARGIN_PX + tallest - part.shape[0]
        line[top : top + part.shape[0], left : left + part.shape[1]] = part
        pieces.append(_Piece(ink, float(left)))
        left += int(ink.width + gap)
    scale = height_px / max(height, 1.0)
    size = (max(round(width * scale), 1), max(round(line.shape[0] * scale), 1))
    large = np.asarray(cv2.resize(line, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    answer = engine.read(large, dpi=dpi * scale, page_segmentation=_ONE_LINE)
    found: list[ReadWord] = []
    for piece in pieces:
        begin, end = piece.left - gap / 3, piece.left + piece.box.width + gap / 3
        words = [word for word in answer if word.box.right / scale > begin and word.box.left / scale < end]
        inside = len(words) == 1 and words[0].box.left / scale > begin and words[0].box.right / scale < end
        if inside:
            found.append(replace(words[0], box=piece.box))
    return found


def _meet(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom

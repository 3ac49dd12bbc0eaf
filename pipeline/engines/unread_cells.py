"""Cells of ruled tables in which ink was left unread."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.digits import FigureReader
from models.weights import WeightsError
from pipeline.document import Box
from pipeline.engines.crops import read_crops
from pipeline.engines.read_words import ReadWord
from pipeline.engines.tesseract import Tesseract
from pipeline.errors import ModelError
from pipeline.stage import Grid, Pixels

__all__ = ["read_unread_cells"]

_INK = 170
_MARGIN_IN = 0.012
_LETTER_IN = (0.05, 0.3)
_WIDEST_IN = 1.0
_NARROWEST_IN = 0.012
_NEAR_IN = 0.02
_FEWEST_LETTERS = 2
_SAME = 0.25
_STOPS = ".:;,"
_MOST_FIGURES = 3
_FIGURE_SURE = 0.85
# Roman numerals, crosses and letters of a list, for which a reader of figures knows no other name than a figure.
_SURELY_NO_FIGURES = re.compile(r"[IVXivxl×+-]+|[A-EĐa-eđ]")


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell whose ink is not all read: the piece to read, and what was read of it."""

    box: Box
    words: tuple[ReadWord, ...]


def read_unread_cells(
    engine: Tesseract, pixels: Pixels, grids: Sequence[Grid], read: Sequence[ReadWord], *, dpi: float
) -> list[ReadWord]:
    """Read cells by themselves that hold letters which no word of the first reading covers.

    Tesseract takes a figure alone in a cell for a speck, and drops words at the ends of lines in narrow columns.

    Args:
        engine: the reader.
        pixels: uint8 grey, (height, width), 0 = ink, without the tables' rules.
        grids: the tables.
        read: the words of the first reading.
        dpi: the picture's resolution.
    Returns:
        What was read besides the words of the first reading.
    Raises:
        EngineError: as for `Tesseract.read`.
    """
    cells = [cell for grid in grids for cell in _unread(grid, pixels, dpi, read)]
    if not cells:
        return []
    answers = read_crops(engine, pixels, [cell.box for cell in cells], dpi=dpi)
    found: list[ReadWord] = []
    for index, (cell, answer) in enumerate(zip(cells, answers, strict=True)):
        if len(answer) == 1 and not cell.words:
            answer = (_as_figure(pixels, answer[0], dpi),)
        # A cell's lines are lines of their own, wherever it stood on the sheet of pieces.
        found += [
            replace(word, line=(index + 1, *word.line[1:]))
            for word in answer
            if not any(_meet(word.box, known.box) for known in cell.words)
        ]
    return found


def _as_figure(pixels: Pixels, word: ReadWord, dpi: float) -> ReadWord:
    """A few signs alone in a cell, as figures where the reader of figures is sure of them."""
    core = word.text.rstrip(_STOPS)
    if len(core) > _MOST_FIGURES or _SURELY_NO_FIGURES.fullmatch(core):
        return word
    around = round(_NEAR_IN * dpi)
    top, left = max(int(word.box.top) - around, 0), max(int(word.box.left) - around, 0)
    part = pixels[top : int(word.box.bottom) + around, left : int(word.box.right) + around]
    try:
        read = FigureReader.load().read(
            np.asarray(np.where(part < _INK, 255 - part, 0), np.uint8),
            accept=lambda text: text.isdigit() and len(text) <= _MOST_FIGURES and text[0] != "0",
        )
    except WeightsError as error:
        raise ModelError(f"{error}", remedy="Install Sohoa again.") from error
    if read is None or read.confidence < _FIGURE_SURE or (core.isdigit() and word.confidence >= _FIGURE_SURE):
        return word
    stop = "." if word.text != core else ""
    return replace(word, text=read.text + stop, confidence=min(read.confidence, _FIGURE_SURE))


def _unread(grid: Grid, pixels: Pixels, dpi: float, read: Sequence[ReadWord]) -> list[_Cell]:
    top, left = max(int(grid.box.top), 0), max(int(grid.box.left), 0)
    part = pixels[top : int(grid.box.bottom) + 1, left : int(grid.box.right) + 1]
    if not part.size:
        return []
    boxes = cv2.connectedComponentsWithStats((part < _INK).astype(np.uint8), connectivity=8)[2][1:]
    x, y, width, height = (boxes[:, column].astype(np.float64) for column in range(4))
    is_letter = (height >= _LETTER_IN[0] * dpi) & (height <= _LETTER_IN[1] * dpi)
    is_letter &= (width >= _NARROWEST_IN * dpi) & (width <= _WIDEST_IN * dpi)
    middles = np.column_stack((x + width / 2 + left, y + height / 2 + top))[is_letter]
    near, margin = _NEAR_IN * dpi, _MARGIN_IN * dpi
    free = np.ones(len(middles), bool)
    held: dict[int, list[ReadWord]] = defaultdict(list)
    cells = np.array([(cell.box.left, cell.box.top, cell.box.right, cell.box.bottom) for cell in grid.cells])
    for word in read:
        index = _cell_of(word, cells)
        if index is None:
            continue
        held[index].append(word)
        # Signs of two rows are no one word: it covers what lies in its own.
        upper, lower = max(word.box.top, cells[index, 1]) - near, min(word.box.bottom, cells[index, 3]) + near
        across = (middles[:, 0] >= word.box.left - near) & (middles[:, 0] <= word.box.right + near)
        free &= ~(across & (middles[:, 1] >= upper) & (middles[:, 1] <= lower))
    middles = middles[free]
    unread: list[_Cell] = []
    for index, cell in enumerate(grid.cells):
        inner = Box(cell.box.left + margin, cell.box.top + margin, cell.box.right - margin, cell.box.bottom - margin)
        if inner.width < 4 * margin or inner.height < 4 * margin:
            continue
        across = (middles[:, 0] > inner.left + margin) & (middles[:, 0] < inner.right - margin)
        inside = int((across & (middles[:, 1] > inner.top + margin) & (middles[:, 1] < inner.bottom - margin)).sum())
        if inside >= (_FEWEST_LETTERS if held[index] else 1):
            unread.append(_Cell(inner, tuple(held[index])))
    return unread


def _cell_of(word: ReadWord, cells: NDArray[np.float64]) -> int | None:
    """Which of the cells, (n, 4) left, top, right, bottom, holds the middle of a word."""
    x, y = (word.box.left + word.box.right) / 2, (word.box.top + word.box.bottom) / 2
    holds = (cells[:, 0] <= x) & (x <= cells[:, 2]) & (cells[:, 1] <= y) & (y <= cells[:, 3])
    return int(holds.argmax()) if holds.any() else None


def _meet(one: Box, other: Box) -> bool:
    """Whether two words share so much of a place that they are the same marks."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    smaller = min(one.width * one.height, other.width * other.height)
    return across > 0 and down > 0 and across * down > _SAME * smaller

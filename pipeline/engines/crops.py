"""Several pieces of a page read in one go: cut out, set under each other on one sheet, read, and led back."""

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.document import Box
from pipeline.engines.tesseract import ReadWord, Tesseract
from pipeline.stage import Pixels

__all__ = ["read_crops"]

_GAP_PX = 24
_MARGIN_PX = 4
_ONE_BLOCK = 6
_LARGEST_SHEET_PX = 40_000_000
_TALLEST_SHEET_PX = 16_000  # Tesseract refuses pictures with a side of more than 32,767 pixels


def read_crops(
    engine: Tesseract, pixels: Pixels, boxes: Sequence[Box], *, dpi: float, height_px: float | None = None
) -> tuple[tuple[ReadWord, ...], ...]:
    """Read pieces of a picture with one start of the engine.

    Args:
        engine: the reader.
        pixels: uint8 grey, (height, width), 0 = ink, 255 = paper.
        boxes: the pieces, in its pixels; each is read with a small margin.
        dpi: the picture's resolution.
        height_px: pieces are scaled to that height, as lines read best at about 44; None leaves them as they are.
    Returns:
        For each piece its words, boxes in the picture's pixels.
    Raises:
        EngineError: as for `Tesseract.read`.
    """
    found: list[tuple[ReadWord, ...]] = []
    batch: list[_Crop] = []
    tall = wide = 0
    for box in boxes:
        crop = _Crop(pixels, box, height_px)
        tall, wide = tall + crop.height + _GAP_PX, max(wide, crop.width + 2 * _GAP_PX)
        if batch and (tall > _TALLEST_SHEET_PX or tall * wide > _LARGEST_SHEET_PX):
            found.extend(_read_sheet(engine, batch, dpi))
            batch, tall, wide = [], crop.height + _GAP_PX, crop.width + 2 * _GAP_PX
        batch.append(crop)
    if batch:
        found.extend(_read_sheet(engine, batch, dpi))
    return tuple(found)


class _Crop:
    """A piece of a picture, scaled, and the way back."""

    def __init__(self, pixels: Pixels, box: Box, height_px: float | None) -> None:
        page_height, page_width = pixels.shape
        self.left = max(int(box.left) - 2 * _MARGIN_PX, 0)
        self.top = max(int(box.top) - _MARGIN_PX, 0)
        right = min(int(box.right) + 2 * _MARGIN_PX, page_width)
        bottom = min(int(box.bottom) + _MARGIN_PX, page_height)
        piece = pixels[self.top : max(bottom, self.top + 1), self.left : max(right, self.left + 1)]
        self.scale = 1.0 if height_px is None else height_px / piece.shape[0]
        if self.scale != 1.0:
            size = (max(round(piece.shape[1] * self.scale), 1), max(round(piece.shape[0] * self.scale), 1))
            how = cv2.INTER_AREA if self.scale < 1.0 else cv2.INTER_CUBIC
            piece = np.asarray(cv2.resize(piece, size, interpolation=how), np.uint8)
        self.pixels = piece
        self.height, self.width = piece.shape

    def back(self, word: ReadWord, top: int) -> ReadWord:
        """The word where it stands on the picture, given where the piece stands on the sheet."""
        box = Box(
            (word.box.left - _GAP_PX) / self.scale + self.left,
            (word.box.top - top) / self.scale + self.top,
            (word.box.right - _GAP_PX) / self.scale + self.left,
            (word.box.bottom - top) / self.scale + self.top,
        )
        return ReadWord(word.text, box, word.confidence, word.line)


def _read_sheet(engine: Tesseract, crops: Sequence[_Crop], dpi: float) -> list[tuple[ReadWord, ...]]:
    width = max(crop.width for crop in crops) + 2 * _GAP_PX
    height = sum(crop.height + _GAP_PX for crop in crops) + _GAP_PX
    sheet = np.full((height, width), 255, np.uint8)
    tops: list[int] = []
    top = _GAP_PX
    for crop in crops:
        sheet[top : top + crop.height, _GAP_PX : _GAP_PX + crop.width] = crop.pixels
        tops.append(top)
        top += crop.height + _GAP_PX
    found: list[list[ReadWord]] = [[] for _ in crops]
    for word in engine.read(sheet, dpi=dpi, page_segmentation=_ONE_BLOCK):
        middle = (word.box.top + word.box.bottom) / 2
        index = int(np.searchsorted(tops, middle, side="right")) - 1
        if index >= 0 and middle < tops[index] + crops[index].height:
            found[index].append(crops[index].back(word, tops[index]))
    return [tuple(words) for words in found]

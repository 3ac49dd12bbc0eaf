"""Read a page's picture with Tesseract."""

import unicodedata

import numpy as np
from numpy.typing import NDArray

from pipeline.document import Box, Page, Reading, Word, replace
from pipeline.engines.tesseract import Tesseract
from pipeline.stage import Context, Gift

__all__ = ["Ocr"]


class Ocr:
    """Reads every page that has a picture but no words yet."""

    name = "ocr"
    version = 1
    needs: frozenset[Gift] = frozenset({"pages", "pictures"})
    gives: frozenset[Gift] = frozenset({"words"})

    def page(self, page: Page, context: Context) -> Page:
        """The page with its words, boxes in scan pixels.

        Raises:
            EngineError: Tesseract is missing, ran past its time or died.
        """
        picture = context.pictures.get(page.number)
        if page.words or page.blank or picture is None:
            return page
        options = context.options.ocr
        engine = Tesseract(options.language, options.timeout_s)
        read = engine.read(picture.pixels, dpi=picture.dpi, page_segmentation=options.page_segmentation)
        words = tuple(
            Word(
                f"{page.number}.{index}",
                page.number,
                _to_scan(word.box, picture.to_scan),
                (Reading("tesseract-vie", unicodedata.normalize("NFC", word.text), word.confidence),),
            )
            for index, word in enumerate(read)
        )
        return replace(page, words=words)


def _to_scan(box: Box, matrix: NDArray[np.float64]) -> Box:
    corners = np.array(
        [
            (box.left, box.top, 1.0),
            (box.right, box.top, 1.0),
            (box.left, box.bottom, 1.0),
            (box.right, box.bottom, 1.0),
        ]
    )
    points = corners @ matrix.T
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    return Box(float(left), float(top), float(right), float(bottom))

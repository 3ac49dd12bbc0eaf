"""Which words of a scan are set in bold."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.document import Box
from pipeline.stage import Pixels

__all__ = ["bold_words"]

_BOLDER = 1.2
_DOUBT = 0.1
_LOWEST_DPI = 120.0
_REGULAR_QUANTILE = 0.3
_FEWEST_WORDS = 12


def bold_words(
    pixels: Pixels, boxes: Sequence[Box], texts: Sequence[str], lines: Sequence[int], *, dpi: float
) -> tuple[bool | None, ...]:
    """Tell bold words by the width of their strokes against the page's regular print.

    Args:
        pixels: uint8 grey, (height, width), 0 = ink, 255 = paper.
        boxes: where the words stand, in its pixels.
        texts: what they say; only words with letters are judged.
        lines: the line that each word stands on; where a word alone leaves doubt, its neighbours there have a say.
        dpi: the picture's resolution.
    Returns:
        For each word whether it is bold; None where nobody can tell: no letters, too few words to compare with, or a
        resolution at which all strokes are alike.
    Source:
        The width of a stroke is its ink divided by half its edges' rise and fall along the rows. Not done: a page set
        mostly in bold, whose regular print is then not found.
    """
    judged = [index for index, text in enumerate(texts) if any(character.isalpha() for character in text)]
    if len(judged) < _FEWEST_WORDS or dpi < _LOWEST_DPI:
        return (None,) * len(texts)
    lengths = np.array([len(texts[index]) for index in judged], np.float64)
    strokes = _stroke_widths(pixels, [boxes[index] for index in judged])
    regular = float(np.quantile(np.repeat(strokes, lengths.astype(np.int64)), _REGULAR_QUANTILE))
    own = strokes / max(regular, 1e-6)
    around = _with_neighbours(own, lengths, np.array([lines[index] for index in judged]))
    doubtful = np.abs(own - _BOLDER) < _DOUBT
    found: list[bool | None] = [None] * len(texts)
    for index, width in zip(judged, np.where(doubtful, around, own).tolist(), strict=True):
        found[index] = width > _BOLDER
    return tuple(found)


def _stroke_widths(pixels: Pixels, boxes: Sequence[Box]) -> NDArray[np.float64]:
    darkness = 255.0 - pixels.astype(np.float32)
    ink = cv2.integral(darkness)
    edges = cv2.integral(np.abs(np.diff(darkness, axis=1, prepend=np.float32(0.0))))
    height, width = pixels.shape
    corners = np.array([(box.left - 1, box.top - 1, box.right + 2, box.bottom + 2) for box in boxes])
    bounded = np.clip(corners, 0, (width, height, width, height)).astype(np.int64)
    return 2.0 * _sums(ink, bounded) / np.maximum(_sums(edges, bounded), 1.0)


def _with_neighbours(
    values: NDArray[np.float64], weights: NDArray[np.float64], lines: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Weighted means over each word and the words beside it on its line."""
    total, weight = values * weights, weights.copy()
    same = (lines[1:] == lines[:-1]).astype(np.float64)
    summed = total.copy()
    summed[1:] += total[:-1] * same
    summed[:-1] += total[1:] * same
    weighed = weight.copy()
    weighed[1:] += weight[:-1] * same
    weighed[:-1] += weight[1:] * same
    return np.asarray(summed / weighed, np.float64)


def _sums(integral: cv2.typing.MatLike, boxes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sums over boxes (left, top, right, bottom)."""
    left, top, right, bottom = boxes.T
    return np.asarray(
        integral[bottom, right] - integral[top, right] - integral[bottom, left] + integral[top, left], np.float64
    )

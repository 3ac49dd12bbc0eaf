"""Which way up a page lies, and by how much it is skewed."""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.stage import Pixels

__all__ = ["Attitude", "measure_attitude", "measure_skew", "sharpness", "without_rules"]

_LONG_RULE_PX = 60
_MOST_INK_PIXELS = 60_000
_FEW_INK_PIXELS = 15_000
_FEWEST_INK_PIXELS = 200
_COARSE_STEP_DEG = 0.5
_FINE_STEP_DEG = 0.1
_SIDEWAYS = 1.2
_WORD_HEIGHT_PX = (6, 30)
_SHORTEST_WORD_PX = 10


@dataclass(frozen=True, slots=True)
class Attitude:
    """How a page lies.

    Attributes:
        marks: pieces of ink, ruled lines left out.
        sideways: pieces that are left when ink is joined along the rows, against those left when it is joined along
            the columns. Letters stand closer to each other than lines do: below 1 the lines lie, above 1 they stand.
        head_up: ink above the words' small letters against ink below them, -1 to 1. Vietnamese carries nearly all
            of its marks above: positive when the page stands on its feet. Of a page lying sideways it is measured
            after a quarter turn counter-clockwise.
        words: how many words that measure rests on.
    """

    marks: int
    sideways: float
    head_up: float
    words: int


def measure_attitude(ink: Pixels) -> Attitude:
    """Measure which way up a page lies.

    Args:
        ink: uint8 (height, width) at about 75 dpi, 0 = paper, 255 = ink.
    Returns:
        The measures; the choice is the caller's.
    """
    text = without_rules(ink)
    along_rows = _pieces(cv2.morphologyEx(text, cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8)))
    along_columns = _pieces(cv2.morphologyEx(text, cv2.MORPH_CLOSE, np.ones((5, 1), np.uint8)))
    sideways = along_rows / max(along_columns, 1)
    lying = np.ascontiguousarray(np.rot90(text)) if sideways > _SIDEWAYS else text
    head_up, words = _head_up(lying)
    return Attitude(_pieces(text), sideways, head_up, words)


def measure_skew(ink: Pixels, *, max_angle_deg: float = 5.0) -> tuple[float, float]:
    """Measure by how much a page's lines lean.

    Args:
        ink: uint8 (height, width) at about 75 dpi, 0 = paper, 255 = ink.
        max_angle_deg: largest skew searched.
    Returns:
        The angle, degrees, positive where the lines rise to the right, and how many times sharper the lines are
        parted at that angle than as the page lies.
    Source:
        Projection profile (Postl, 1986), over ink pixels only. Not done: curved lines, keystones.
    """
    y, x = np.nonzero(without_rules(ink))
    if len(y) < _FEWEST_INK_PIXELS:
        return 0.0, 1.0
    step = len(y) // _MOST_INK_PIXELS + 1
    y, x = y[::step], x[::step]
    centred = x - ink.shape[1] / 2.0

    def sharpness(angle_deg: float, every: int = 1) -> float:
        rows = np.rint(y[::every] + centred[::every] * np.tan(np.radians(angle_deg))).astype(np.int64)
        profile = np.bincount(rows - rows.min()).astype(np.float64)
        return float(np.square(np.diff(profile)).sum())

    def rank(angle_deg: float, every: int = 1) -> tuple[float, float]:
        # Near zero several angles shift no row by a pixel; of equals the smallest is meant.
        return sharpness(angle_deg, every), -abs(angle_deg)

    count = int(max_angle_deg / _COARSE_STEP_DEG)
    few = len(y) // _FEW_INK_PIXELS + 1
    coarse = max((step * _COARSE_STEP_DEG for step in range(-count, count + 1)), key=lambda angle: rank(angle, few))
    angle = max((coarse + step * _FINE_STEP_DEG for step in range(-5, 6)), key=rank)
    angle = min(max(angle, -max_angle_deg), max_angle_deg)
    return round(angle, 3), sharpness(angle) / max(sharpness(0.0), 1e-9)


def sharpness(ink: Pixels) -> float:
    """How sharply the rows of a page's ink are parted from each other; compare only pictures of one size.

    Args:
        ink: uint8 (height, width), 0 = paper, 255 = ink.
    """
    profile = np.count_nonzero(ink, axis=1).astype(np.float64)
    return float(np.square(np.diff(profile)).sum())


def without_rules(ink: Pixels) -> Pixels:
    """Ruled lines stand straight whatever the text does, so they have no say."""
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, _LONG_RULE_PX), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((_LONG_RULE_PX, 1), np.uint8))
    rules = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(rules)), np.uint8)


def _pieces(ink: cv2.typing.MatLike) -> int:
    return cv2.connectedComponents(ink, connectivity=8)[0] - 1


def _head_up(text: Pixels) -> tuple[float, int]:
    """Ink above against ink below the small letters, word by word, so that columns and skew do no harm."""
    joined = cv2.morphologyEx(text, cv2.MORPH_CLOSE, np.ones((3, 5), np.uint8))
    _, _, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    left, top, width, height = boxes[1:, :4].T
    is_word = (height >= _WORD_HEIGHT_PX[0]) & (height <= _WORD_HEIGHT_PX[1])
    is_word &= width >= np.maximum(height, _SHORTEST_WORD_PX)
    words = int(is_word.sum())
    if not words:
        return 0.0, 0
    left, top, width, height = (value[is_word][:, None] for value in (left, top, width, height))
    # Ink of a row between two columns is the difference of what is left of them.
    until = np.pad(np.cumsum(text > 0, axis=1, dtype=np.int32), ((0, 0), (1, 0)))
    row = np.arange(_WORD_HEIGHT_PX[1])[None, :]
    rows = np.minimum(top + row, len(text) - 1)
    profile = np.where(row < height, until[rows, left + width] - until[rows, left], 0)
    body = profile > 0.5 * profile.max(axis=1, keepdims=True)
    first, last = body.argmax(axis=1), row.size - 1 - body[:, ::-1].argmax(axis=1)
    above = float(profile[row < first[:, None]].sum())
    below = float(profile[row > last[:, None]].sum())
    total = above + below
    return ((above - below) / total if total > 0 else 0.0), words

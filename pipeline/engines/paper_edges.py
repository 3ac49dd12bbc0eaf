"""The sheet on a photograph: its four edges, and the sheet as if seen from straight above."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.engines.shrinking import shrink
from pipeline.stage import Pixels

__all__ = ["Sheet", "find_sheet", "rectify"]

_SIZE_PX = 640
_NEAR_SIZE = 0.13
_TEXT_PX = 11
_LEAST_CONTRAST = 22.0
_SHEET_SHARE = (0.35, 0.97)
_CORNER_TOLERANCE = 0.03
_ON_BORDER = 0.004
_MOST_ROUGHNESS = 0.004
_MIDDLE_OF_SIDE = (0.08, 0.92)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper on something darker.

    Attributes:
        corners: float64 (4, 2), pixels, clockwise from the top left.
        keystone_deg: by how much its opposite sides fail to be parallel, the larger of both pairs.
        roughness: how far its edges stray from straight lines, share of the picture's longer side.
    """

    corners: NDArray[np.float64]
    keystone_deg: float
    roughness: float


def find_sheet(pixels: Pixels) -> Sheet | None:
    """Find the sheet that lies on something darker, if all four of its edges can be seen.

    Args:
        pixels: uint8, grey (height, width) or blue-green-red (height, width, 3).
    Returns:
        The sheet; None where an edge is cut off, crooked or hard to see, so that its place would be a guess.
    Source:
        Two classes of light (Otsu, 1979), the outline of the brighter one simplified to four corners, each side
        fitted anew to the outline between them. Not done: sheets that are darker than what they lie on.
    """
    scale = _SIZE_PX / max(pixels.shape[:2])
    if scale >= 1.0 or min(pixels.shape[:2]) * scale < _SIZE_PX / 4:
        return None
    full = pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    grey = shrink(full, scale, near=_NEAR_SIZE)
    scale = max(grey.shape) / max(full.shape)
    paper = cv2.medianBlur(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((_TEXT_PX, _TEXT_PX), np.uint8)), 5)
    _, bright = cv2.threshold(paper, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    below, above = paper[bright == 0], paper[bright > 0]
    if not below.size or not above.size or float(above.mean()) - float(below.mean()) < _LEAST_CONTRAST:
        return None
    outlines = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    outline = max(outlines, key=cv2.contourArea)
    share = cv2.contourArea(outline) / paper.size
    corners = cv2.approxPolyDP(outline, _CORNER_TOLERANCE * cv2.arcLength(outline, True), True)
    if not _SHEET_SHARE[0] <= share <= _SHEET_SHARE[1] or len(corners) != 4 or not cv2.isContourConvex(corners):
        return None
    points = outline[:, 0].astype(np.float64)
    order = [int(np.abs(points - corner).sum(axis=1).argmin()) for corner in corners[:, 0]]
    sides = [_side(points, start, end) for start, end in zip(order, [*order[1:], order[0]], strict=True)]
    height, width = paper.shape
    margin = max(_ON_BORDER * _SIZE_PX, 1.5)
    if any(_on_border(side, width, height, margin) for side in sides):
        return None
    lines = [_line(side) for side in sides]
    roughness = max(_roughness(side, line) for side, line in zip(sides, lines, strict=True)) / _SIZE_PX
    if roughness > _MOST_ROUGHNESS:
        return None
    found = np.array([_crossing(lines[index - 1], lines[index]) for index in range(4)])
    slopes = [float(np.degrees(np.arctan2(line[1], line[0]))) for line in lines]
    keystone = max(_between(slopes[0], slopes[2]), _between(slopes[1], slopes[3]))
    return Sheet(_clockwise(found) / scale, keystone, roughness)


def _side(points: NDArray[np.float64], start: int, end: int) -> NDArray[np.float64]:
    """The middle of the stretch of an outline from a corner to the next."""
    count = (end - start) % len(points)
    first, last = (start + round(share * count) for share in _MIDDLE_OF_SIDE)
    return points[np.arange(first, max(last, first + 2)) % len(points)]


def _on_border(side: NDArray[np.float64], width: int, height: int, margin: float) -> bool:
    x, y = side[:, 0], side[:, 1]
    near = (x < margin) | (x > width - 1 - margin) | (y < margin) | (y > height - 1 - margin)
    return bool(near.mean() > 0.2)


def _line(side: NDArray[np.float64]) -> NDArray[np.float64]:
    """The straight line nearest to a side: its direction, then a point of it."""
    return np.asarray(cv2.fitLine(side.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01), np.float64).ravel()


def _roughness(side: NDArray[np.float64], line: NDArray[np.float64]) -> float:
    across, along, x, y = (float(value) for value in line)
    return float(np.percentile(np.abs((side[:, 0] - x) * along - (side[:, 1] - y) * across), 90))


def _crossing(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    directions = np.array([[one[0], -other[0]], [one[1], -other[1]]])
    reach = np.linalg.lstsq(directions, other[2:] - one[2:], rcond=None)[0]
    return np.asarray(one[2:] + reach[0] * one[:2], np.float64)


def _between(one_deg: float, other_deg: float) -> float:
    return abs((one_deg - other_deg + 90.0) % 180.0 - 90.0)


def _clockwise(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """From the top left on."""
    middle = corners.mean(axis=0)
    around = corners[np.argsort(np.arctan2(*(corners - middle).T[::-1]))]
    return np.asarray(np.roll(around, -int(around.sum(axis=1).argmin()), axis=0), np.float64)


def rectify(
    pixels: Pixels, corners: Sequence[Sequence[float]] | NDArray[np.float64]
) -> tuple[Pixels, NDArray[np.float64]]:
    """The sheet as if seen from straight above, and nothing around it.

    Args:
        pixels: the photograph.
        corners: (4, 2), clockwise from the top left.
    Returns:
        The sheet, as large as its edges are on the photograph in the middle, and the 3×3 matrix from its pixels to the
        photograph's.
    """
    seen = np.asarray(corners, np.float32)
    top, right, bottom, left = (float(np.linalg.norm(seen[index] - seen[index - 3])) for index in range(4))
    width, height = max(round((top + bottom) / 2), 2), max(round((right + left) / 2), 2)
    straight = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    to_photograph = cv2.getPerspectiveTransform(straight, seen)
    sheet = cv2.warpPerspective(
        pixels,
        to_photograph,
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(sheet, np.uint8), np.asarray(to_photograph, np.float64)

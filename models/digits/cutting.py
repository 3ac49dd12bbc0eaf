"""Cutting the ink of one line of handwritten figures into pieces, and joining pieces into marks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.digits.network import Grey

__all__ = ["Cutting", "Unit", "cut_line", "sheared"]

_MOST_JOINED = 4
# Shares of the tallest piece's height.
_SMALL = 0.3
_WIDE = 0.55
_WIDEST = 1.4
_SLICE = 0.27
_SLANTS = np.linspace(-0.1, 0.7, 17)
# Upright writing is likelier than ink alone says; without this a lone slanted one decides.
_UPRIGHT = 0.15


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of ink: its picture over the whole upright line, its box, and whether it was cut from a wider piece."""

    ink: Grey
    left: int
    right: int
    top: int
    bottom: int
    is_slice: bool = False

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Cutting:
    """Pieces of a line set upright, from left to right; the runs of them that can be one figure; the slant undone."""

    units: tuple[Unit, ...]
    runs: tuple[tuple[int, int], ...]
    slant: float

    def mark(self, begin: int, end: int) -> Grey:
        """The ink of a run over the whole line."""
        union = self.units[begin].ink
        for unit in self.units[begin + 1 : end]:
            union = np.maximum(union, unit.ink)
        return union

    def is_minor(self, index: int, share: float) -> bool:
        """Whether a piece is lower than a share of the tallest."""
        return self.units[index].height < share * max(unit.height for unit in self.units)


def cut_line(ink: Grey) -> Cutting:
    """Set a line upright and cut it wherever one figure may end and the next begin.

    Args:
        ink: uint8, (height, width), 255 = ink.
    Source:
        Over-segmentation as in reading cheques; cuts run from top to bottom where they meet the least ink, like seams
        (Avidan and Shamir, 2007).
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8), connectivity=8)
    tallest = max((int(stats[label][3]) for label in range(1, count)), default=0)
    kept = [label for label in range(1, count) if stats[label][3] >= _SMALL * tallest]
    if not kept:
        return Cutting((), (), 0.0)
    slant = _slant(np.isin(labels, kept))
    units: list[Unit] = []
    for label in kept:
        piece = sheared(np.asarray(np.where(labels == label, ink, 0), np.uint8), slant)
        units += _slices(piece, tallest)
    units.sort(key=lambda unit: unit.left + unit.right)
    return Cutting(tuple(units), _runs(units), slant)


def sheared(picture: Grey, slant: float) -> Grey:
    """A picture with its rows shifted so that strokes of this slant (pixels rightwards per pixel upwards) stand."""
    height, width = picture.shape
    reach = shear_margin(height)
    matrix = np.array([[1.0, slant, reach - slant * height / 2], [0.0, 1.0, 0.0]])
    moved = cv2.warpAffine(picture, matrix, (width + 2 * reach, height))
    return np.asarray(np.where(moved > 60, moved, 0), np.uint8)


def shear_margin(height: int) -> int:
    """Columns that `sheared` adds at either side."""
    return int(np.ceil(height * 0.4)) + 1


def _slant(ink: NDArray[np.bool_]) -> float:
    rows, columns = np.nonzero(ink)
    middle = ink.shape[0] / 2
    best, most = 0.0, -1.0
    for slant in _SLANTS:
        moved = np.round(columns + slant * (rows - middle)).astype(np.int64)
        filled = np.bincount(moved - moved.min()).astype(np.float64)
        gain = float((filled**2).sum()) * (1 - _UPRIGHT * abs(slant))
        if gain > most:
            best, most = float(slant), gain
    return best


def _unit(ink: Grey) -> Unit | None:
    rows, columns = np.nonzero(ink)
    if rows.size < 4:
        return None
    return Unit(ink, int(columns.min()), int(columns.max()) + 1, int(rows.min()), int(rows.max()) + 1)


def _slices(piece: Grey, tallest: int) -> list[Unit]:
    """A piece, or if it is wide its slices, narrower than most figures."""
    whole = _unit(piece)
    if whole is None:
        return []
    width = whole.right - whole.left
    if width <= _WIDE * tallest or tallest < 6:
        return [whole]
    count = min(max(round(width / (_SLICE * tallest)), 2), 12)
    part = width / count
    reach = max(round(part), 2)
    begins = np.array([round(whole.left + part * (index - 0.5)) for index in range(1, count)])
    begins = np.clip(begins, 0, piece.shape[1] - reach)
    inked = piece[whole.top : whole.bottom]
    seams = begins[:, None] + _seams(np.stack([inked[:, begin : begin + reach] for begin in begins]))
    owner = np.zeros(inked.shape, np.int64)
    for seam in seams:
        owner += np.arange(piece.shape[1])[None, :] >= seam[:, None]
    found: list[Unit | None] = []
    for index in range(count):
        alone = np.zeros_like(piece)
        alone[whole.top : whole.bottom] = np.where(owner == index, inked, 0)
        found.append(_unit(alone))
    return [replace(unit, is_slice=True) for unit in found if unit is not None]


def _seams(windows: Grey) -> NDArray[np.int64]:
    """The column of the cut in every row of every window: the path from top to bottom that meets the least ink.

    Args:
        windows: uint8, (n, height, width).
    """
    count, height, width = windows.shape
    cost = windows.astype(np.float64) / 255.0
    cost += 0.02 * np.abs(np.arange(width) - (width - 1) / 2) / width
    total = cost[:, 0]
    came = np.zeros(windows.shape, np.int64)
    padded = np.full((count, width + 2), np.inf)
    for row in range(1, height):
        padded[:, 1:-1] = total
        steps = np.stack([padded[:, :-2] + 0.15, padded[:, 1:-1], padded[:, 2:] + 0.15])
        came[:, row] = steps.argmin(axis=0) - 1
        total = steps.min(axis=0) + cost[:, row]
    seams = np.zeros((count, height), np.int64)
    seams[:, -1] = total.argmin(axis=1)
    every = np.arange(count)
    for row in range(height - 1, 0, -1):
        seams[:, row - 1] = seams[:, row] + came[every, row, seams[:, row]]
    return seams


def _runs(units: Sequence[Unit]) -> tuple[tuple[int, int], ...]:
    tallest = max((unit.height for unit in units), default=0)
    runs: list[tuple[int, int]] = []
    for begin in range(len(units)):
        for end in range(begin + 1, min(begin + _MOST_JOINED, len(units)) + 1):
            part = units[begin:end]
            width = max(unit.right for unit in part) - min(unit.left for unit in part)
            if end == begin + 1 or width <= _WIDEST * tallest:
                runs.append((begin, end))
    return tuple(runs)

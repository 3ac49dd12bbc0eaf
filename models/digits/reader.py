"""Figures written by hand on one line: cut into marks, told one by one, put together into the likeliest number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.digits.network import JUNK, normalise_mark, probabilities
from models.weights import load_arrays

__all__ = ["FigureReader", "Figures"]

Grey = NDArray[np.uint8]
_MOST_UNITS = 16
_MOST_JOINED = 4
_SMALL = 0.3
_WIDE = 0.85
_WIDEST = 1.3
_SLICE = 0.3
# A mark may be no figure only at either end, where print can be cut, or if it is small; and then at a price.
_MINOR = 0.55
_JUNK_PRICE = 0.3


@dataclass(frozen=True, slots=True)
class Figures:
    """A number as written, how sure each figure is, and where it stands from left to right, in the picture's pixels."""

    text: str
    confidence: float
    left: int
    right: int


class FigureReader:
    """Reads handwritten figures.

    Source:
        A small convolutional network over marks normalised as in MNIST (LeCun and others, 1998); over-segmentation
        and dynamic programming over the cuts, as for cheques. Not done: figures that lie over print.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = arrays

    @classmethod
    @cache
    def load(cls) -> "FigureReader":
        """The reader with the weights of this installation.

        Raises:
            WeightsError: they are missing or not the ones in the manifest.
        """
        return cls(load_arrays(Path(__file__).parent / "weights", "digits.bin"))

    def read(self, ink: Grey, *, accept: Callable[[str], bool]) -> Figures | None:
        """The likeliest acceptable number in a picture of one line.

        Args:
            ink: uint8, (height, width), 255 = ink, only what was written by hand.
            accept: tells whether a text of figures can stand here; asked of whole numbers only.
        Returns:
            None where nothing is written or nothing acceptable is at all likely.
        """
        units = _units(ink)
        if not units or len(units) > _MOST_UNITS:
            return None
        segments = _segments(units)
        if not segments:
            return None
        marks = np.stack([normalise_mark(_union(units, begin, end)) for begin, end in segments])
        told = dict(zip(segments, probabilities(marks, self._arrays), strict=True))
        best = _best(units, told, accept)
        if best is None:
            return None
        text, confidence = best
        return Figures(text, confidence, min(unit.left for unit in units), max(unit.right for unit in units))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A piece of ink: its picture over the whole line, and its box."""

    ink: Grey
    left: int
    right: int
    top: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


def _units(ink: Grey) -> list[_Unit]:
    """Connected pieces from left to right, wide ones cut where they are thinnest; specks and leaders left out."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8), connectivity=8)
    pieces = [(label, *(int(v) for v in stats[label])) for label in range(1, count)]
    tallest = max((height for _, _, _, _, height, _ in pieces), default=0)
    units: list[_Unit] = []
    for label, left, top, width, height, _ in pieces:
        if height < _SMALL * tallest:
            continue
        piece = np.where(labels == label, ink, np.uint8(0))
        if width > _WIDE * tallest:
            units += _cut(piece, left, left + width)
        else:
            units.append(_Unit(piece, left, left + width, top, top + height))
    return sorted(units, key=lambda unit: unit.left + unit.right)


def _cut(piece: Grey, left: int, right: int) -> list[_Unit]:
    """A wide piece in slices narrower than a figure, cut at columns with little ink, to be joined again later."""
    columns = (piece > 0).sum(axis=0)
    rows = int((piece > 0).any(axis=1).sum())
    count = min(max(round((right - left) / (_SLICE * max(rows, 1))), 2), 9)
    cuts = [left]
    for part in range(1, count):
        middle, reach = left + (right - left) * part // count, max((right - left) // (count * 4), 1)
        window = columns[middle - reach : middle + reach + 1]
        cuts.append(middle - reach + int(np.argmin(window)))
    cuts.append(right)
    units: list[_Unit] = []
    for begin, end in pairwise(cuts):
        strip = np.zeros_like(piece)
        strip[:, begin:end] = piece[:, begin:end]
        found = np.nonzero(strip)
        if found[0].size:
            top, bottom = int(found[0].min()), int(found[0].max()) + 1
            units.append(_Unit(strip, int(found[1].min()), int(found[1].max()) + 1, top, bottom))
    return units


def _union(units: Sequence[_Unit], begin: int, end: int) -> Grey:
    part = units[begin:end]
    top, bottom = min(unit.top for unit in part), max(unit.bottom for unit in part)
    left, right = min(unit.left for unit in part), max(unit.right for unit in part)
    union = part[0].ink
    for unit in part[1:]:
        union = np.maximum(union, unit.ink)
    return np.asarray(union[top:bottom, left:right], np.uint8)


def _segments(units: Sequence[_Unit]) -> list[tuple[int, int]]:
    """Runs of neighbouring units that can be one figure together."""
    tallest = max(unit.height for unit in units)
    runs: list[tuple[int, int]] = []
    for begin in range(len(units)):
        for end in range(begin + 1, min(begin + _MOST_JOINED, len(units)) + 1):
            part = units[begin:end]
            width = max(unit.right for unit in part) - min(unit.left for unit in part)
            if end == begin + 1 or width <= _WIDEST * tallest:
                runs.append((begin, end))
    return runs


def _may_be_junk(units: Sequence[_Unit], begin: int, end: int) -> bool:
    if end != begin + 1:
        return False
    return begin == 0 or end == len(units) or _is_minor(units, begin)


def _is_minor(units: Sequence[_Unit], index: int) -> bool:
    return units[index].height < _MINOR * max(unit.height for unit in units)


def _best(
    units: Sequence[_Unit], told: Mapping[tuple[int, int], NDArray[np.float32]], accept: Callable[[str], bool]
) -> tuple[str, float] | None:
    """The likeliest acceptable number, with the probability of its least sure figure.

    A figure made of several pieces counts once for each of them, or few wide figures would always win.
    """
    width = 24
    beams: list[list[tuple[float, str, float]]] = [[] for _ in range(len(units) + 1)]
    beams[0] = [(0.0, "", 1.0)]
    for place in range(len(units)):
        beams[place] = sorted(beams[place], reverse=True)[:width]
        for (begin, end), odds in told.items():
            if begin != place:
                continue
            choices = [int(label) for label in np.argsort(odds[:JUNK])[::-1][:4]]
            if _may_be_junk(units, begin, end):
                choices.append(JUNK)
            for score, text, least in beams[place]:
                for label in choices:
                    odd = max(float(odds[label]), 1e-6)
                    if label == JUNK:
                        # A small mark at an end is the tail of a printed letter as likely as not.
                        odd = _JUNK_PRICE * (1.0 if _is_minor(units, begin) else odd)
                    grown = text if label == JUNK else text + str(label)
                    sure = least if label == JUNK else min(least, odd)
                    beams[end].append((score + (end - begin) * float(np.log(odd)), grown, sure))
    whole = sorted(beams[-1], reverse=True)
    return next(((text, least) for _, text, least in whole if text and accept(text)), None)

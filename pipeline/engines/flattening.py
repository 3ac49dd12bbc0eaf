"""How the lines of a curved, bowed or keystoned page run, and the page with its lines made straight."""

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from pipeline.stage import Pixels

__all__ = ["Bend", "flatten", "measure_bend"]

_STRIPS = 18
_WINDOW_PX, _WINDOW_STEP_PX = 72, 24
_MOST_SHIFT_PX = 8
_LEAST_LIKENESS = 0.55
_LEAST_SPREAD = 0.02
_FEWEST_SHIFTS = 24
_POWERS = tuple((across, along) for across in (1, 2, 3, 4) for along in (0, 1, 2) if across + along <= 4)
_ROUNDS = 6
_TUNING_PX = 0.7
_RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Bend:
    """How far the lines of a page rise and fall.

    Attributes:
        weights: of the terms x^a y^b, both from -1 to 1 over the page, that add up to how far below its place in
            the page's middle a line lies; shares of the page's height.
        lean_deg: the mean slope of its lines, positive where they rise to the right.
        bow: from the highest to the lowest point of the most bent line, what all lines lean left out, share of the
            page's height, in the middle nine tenths of the page.
        explained: the part of the lines' rises and falls, what all lines lean left out, that this accounts for, 0 to 1.
        shifts: how many measured rises and falls it rests on.
    """

    weights: NDArray[np.float64]
    lean_deg: float
    bow: float
    explained: float
    shifts: int

    def below(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far lines lie below their place in the middle, share of the height, at places from -1 to 1."""
        return np.asarray(sum(w * x**a * y**b for w, (a, b) in zip(self.weights, _POWERS, strict=True)), np.float64)

    def on_bent(self, points: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
        """Where points (count, 2) of the flattened page lie on the bent one, pixels; size is width and height."""
        width, height = size
        # Beyond the page the polynomial means nothing.
        x, y = np.clip(_unit(points[:, 0] + 0.5, width), -1, 1), np.clip(_unit(points[:, 1] + 0.5, height), -1, 1)
        return np.stack((points[:, 0], points[:, 1] + self.below(x, y) * height), axis=-1)


_FLAT = Bend(np.zeros(len(_POWERS)), 0.0, 0.0, 0.0, 0)


def measure_bend(ink: Pixels) -> Bend:
    """Measure how the lines of a page run.

    Args:
        ink: uint8 (height, width) at about 75 dpi, 0 = paper, 255 = ink, ruled lines left out.
    Returns:
        The bend; a page with too few lines is flat.
    Source:
        Baselines by their slope: rows of ink in neighbouring strips are shifted against each other until they match
        (cross-correlation, as in block matching), and a polynomial whose differences from strip to strip are those
        shifts is fitted with Geman and McClure's weights. Not done: how letters are squeezed along a line.
    """
    height, width = ink.shape
    step = width / _STRIPS
    if step < 2 * _MOST_SHIFT_PX or height < 2 * _WINDOW_PX:
        return _FLAT
    edges = np.rint(np.arange(_STRIPS + 1) * step).astype(int)
    profiles = np.stack([ink[:, start:end].mean(axis=1) / 255.0 for start, end in pairwise(edges.tolist())]).astype(
        np.float32
    )
    profiles = np.asarray(cv2.GaussianBlur(profiles, (5, 1), 1.0), np.float32)
    tops = np.arange(_MOST_SHIFT_PX, height - _WINDOW_PX - _MOST_SHIFT_PX, _WINDOW_STEP_PX)
    strips, windows, found = [], [], []
    for strip in range(_STRIPS - 1):
        matched, moves = _shifts(profiles[strip], profiles[strip + 1], tops)
        strips.append(np.full(len(moves), strip))
        windows.append(tops[matched])
        found.append(moves)
    shifts = np.concatenate(found)
    if len(shifts) < _FEWEST_SHIFTS:
        return _FLAT
    left = (np.concatenate(strips) + 0.5) * step
    rows = np.concatenate(windows) + _WINDOW_PX / 2.0
    y = _unit(rows, height)
    differences = _terms(_unit(left + step, width), y) - _terms(_unit(left, width), y)
    weights = _robust_fit(differences, shifts)
    rest = shifts - differences @ weights
    trust = _trust(rest)
    lean = float(shifts @ trust) / max(float(trust.sum()), 1e-9)
    tuned = _TUNING_PX**2
    cost, level_cost = ((np.square(values) / (np.square(values) + tuned)).sum() for values in (rest, shifts - lean))
    bend = Bend(weights / height, 0.0, 0.0, float(1.0 - cost / max(level_cost, 1e-9)), len(shifts))
    lean_deg = -float(np.degrees(np.arctan(lean / step)))
    return replace(bend, lean_deg=lean_deg, bow=_bow(bend))


def _shifts(
    one: NDArray[np.float32], other: NDArray[np.float32], tops: NDArray[np.intp]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """How far down the rows of ink go from a strip to the next, pixels, window by window, and which windows match."""
    here = sliding_window_view(one, _WINDOW_PX)[tops]
    there = sliding_window_view(other, _WINDOW_PX + 2 * _MOST_SHIFT_PX)[tops - _MOST_SHIFT_PX]
    matched = (here.std(axis=1) >= _LEAST_SPREAD) & (there.std(axis=1) >= _LEAST_SPREAD)
    shifted = sliding_window_view(there, _WINDOW_PX, axis=1)
    wanted = here - here.mean(axis=1, keepdims=True)
    spread = shifted.std(axis=2) * np.sqrt(np.square(wanted).sum(axis=1) * _WINDOW_PX)[:, None]
    likeness = np.einsum("wsp,wp->ws", shifted, wanted) / np.maximum(spread, 1e-9)
    best = likeness.argmax(axis=1)
    top_likeness = likeness.max(axis=1)
    matched &= (top_likeness >= _LEAST_LIKENESS) & (best > 0) & (best < likeness.shape[1] - 1)
    likeness, best = likeness[matched], best[matched]
    row = np.arange(len(best))
    before, at, after = likeness[row, best - 1], likeness[row, best], likeness[row, best + 1]
    curve = np.minimum(before - 2 * at + after, -1e-9)
    return matched, np.asarray(best - _MOST_SHIFT_PX + 0.5 * (before - after) / curve, np.float64)


def _unit(pixels: NDArray[np.float64], length: float) -> NDArray[np.float64]:
    return np.asarray(2.0 * pixels / length - 1.0, np.float64)


def _terms(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([x**across * y**along for across, along in _POWERS], axis=-1)


def _robust_fit(terms: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    trust = np.ones(len(values))
    weights = np.zeros(terms.shape[1])
    ridge = _RIDGE * len(values) * np.eye(terms.shape[1]) * np.square(terms).mean()
    for _ in range(_ROUNDS):
        weighed = terms * trust[:, None]
        weights = np.linalg.solve(weighed.T @ terms + ridge, weighed.T @ values)
        trust = _trust(values - terms @ weights)
    return weights


def _trust(rest: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.square(_TUNING_PX**2 / (_TUNING_PX**2 + np.square(rest))), np.float64)


def _bow(bend: Bend) -> float:
    x, y = np.meshgrid(np.linspace(-0.9, 0.9, 19), np.linspace(-0.9, 0.9, 19))
    level = bend.below(x, y) - bend.weights[0] * x
    return float(np.ptp(level, axis=1).max())


def flatten(pixels: Pixels, bend: Bend) -> Pixels:
    """The page with its lines straight, of the same size.

    Args:
        pixels: uint8, (height, width) or (height, width, 3), the page that was measured, at any resolution.
        bend: its bend.
    """
    height, width = pixels.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
    rows = y + bend.below(_unit(x + 0.5, width), _unit(y + 0.5, height)) * height
    return np.asarray(
        cv2.remap(
            pixels, x.astype(np.float32), rows.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )

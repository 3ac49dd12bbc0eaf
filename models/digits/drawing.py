"""Figures and other marks as a hand draws them, to learn from and to test with."""

import random

import cv2
import numpy as np
from numpy.typing import NDArray

from models.digits.network import SIDE, normalise_mark

__all__ = ["Grey", "drawn_figure", "drawn_junk", "spoiled"]

Grey = NDArray[np.uint8]


def _stroke(points: NDArray[np.float64], width: int, side: int = 64) -> Grey:
    canvas = np.zeros((side, side), np.uint8)
    cv2.polylines(canvas, [np.round(points * side).astype(np.int32)], False, 255, width, cv2.LINE_AA)
    return canvas


def _jitter(points: list[tuple[float, float]], draw: random.Random, by: float = 0.05) -> NDArray[np.float64]:
    return np.array([(x + draw.uniform(-by, by), y + draw.uniform(-by, by)) for x, y in points])


def drawn_figure(draw: random.Random) -> tuple[Grey, int]:
    """A figure in forms that MNIST has few of."""
    width = draw.randint(3, 7)
    kind = draw.choice((1, 1, 1, 4, 4, 4, 7, 2, 2, 0))
    if kind == 1:
        reach, drop = draw.uniform(0.15, 0.5), draw.uniform(0.2, 0.65)
        points = [(0.6 - reach, 0.12 + drop), (0.62, 0.1), (0.58, 0.9)]
    elif kind == 4:
        # From the closed four of print to one that looks like a Cyrillic che.
        open_top, rise = draw.uniform(0.0, 0.25), draw.uniform(0.08, 0.45)
        left = draw.uniform(0.15, 0.25)
        first = _stroke(_jitter([(0.45 - open_top, 0.12), (left, 0.6), (draw.uniform(0.66, 0.9), 0.56)], draw), width)
        return np.maximum(first, _stroke(_jitter([(0.68, rise), (0.63, 0.95)], draw), width)), 4
    elif kind == 7:
        first = _stroke(_jitter([(0.2, 0.15), (0.8, 0.14), (0.45, 0.9)], draw), width)
        if draw.random() < 0.5:
            first = np.maximum(first, _stroke(_jitter([(0.35, 0.52), (0.78, 0.5)], draw), width))
        return first, 7
    elif kind == 2:
        loop = draw.uniform(0.0, 0.2)
        points = [(0.22, 0.35), (0.3, 0.15), (0.6, 0.1), (0.72, 0.3), (0.5, 0.6), (0.2 - loop / 2, 0.85)]
        points += [(0.12, 0.8 - loop), (0.3, 0.75), (0.55, 0.86), (0.95, 0.8)]
    else:
        turn = np.linspace(0.3, 2 * np.pi + draw.uniform(0.0, 0.6), 24)
        round_ = np.stack([0.5 + draw.uniform(0.22, 0.33) * np.cos(turn), 0.5 + 0.38 * np.sin(turn)], axis=1)
        return _stroke(round_, width), 0
    return _stroke(_jitter(points, draw), width), kind


def drawn_junk(draw: random.Random) -> Grey:
    """A mark that is no figure: a slash, dots, a dash, a printed letter, a scribble."""
    kind = draw.randrange(5)
    canvas = np.zeros((64, 64), np.uint8)
    if kind == 0:
        return _stroke(_jitter([(0.7, 0.05), (0.3, 0.95)], draw, 0.08), draw.randint(2, 5))
    if kind == 1:
        for _ in range(draw.randint(1, 5)):
            cv2.circle(canvas, (draw.randint(5, 58), draw.randint(5, 58)), draw.randint(2, 6), 255, -1, cv2.LINE_AA)
        return canvas
    if kind == 2:
        return _stroke(_jitter([(0.1, 0.5), (0.9, 0.5)], draw), draw.randint(3, 9))
    if kind == 3:
        letter = draw.choice("abcdefkmnprstvwxABCDEGHKMNPQRUVX#&?")
        font = draw.choice((cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SIMPLEX))
        cv2.putText(canvas, letter, (8, 52), font, draw.uniform(1.4, 2.0), 255, draw.randint(2, 4), cv2.LINE_AA)
        return canvas
    points = np.array([(draw.random(), draw.random()) for _ in range(draw.randint(4, 9))])
    return _stroke(points, draw.randint(2, 5))


def spoiled(picture: Grey, draw: random.Random) -> Grey:
    """Slanted, stretched, thinned or thickened, cut at an edge, scanned at a small size; normalised as when reading."""
    side = picture.shape[0]
    slant, stretch, turn = draw.uniform(-0.15, 0.55), draw.uniform(0.75, 1.3), draw.uniform(-0.15, 0.15)
    matrix = np.array([[stretch, -slant, 0.0], [turn, 1.0, 0.0]])
    matrix[:, 2] = side - matrix[:, :2] @ (side / 2, side / 2)
    work = cv2.warpAffine(picture, matrix, (side * 2, side * 2))
    if draw.random() < 0.5:
        size = draw.choice((2, 3))
        change = cv2.dilate if draw.random() < 0.5 and side > 28 else cv2.erode if side > 28 else cv2.dilate
        changed = change(work, np.ones((size, size), np.uint8))
        work = changed if changed.max() > 120 else work
    rows, columns = np.nonzero(work > 100)
    if rows.size == 0:
        return np.zeros((SIDE, SIDE), np.uint8)
    cut = work[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    height = draw.randint(14, 40)
    cut = cv2.resize(cut, (max(round(cut.shape[1] * height / cut.shape[0]), 2), height), interpolation=cv2.INTER_AREA)
    if draw.random() < 0.5:
        cut = np.where(cut > draw.randint(80, 150), 255, 0).astype(np.uint8)
    noisy = cut.astype(np.float32) + np.random.default_rng(draw.randrange(2**31)).normal(
        0, draw.uniform(0, 12), cut.shape
    )
    return normalise_mark(np.clip(noisy, 0, 255).astype(np.uint8))

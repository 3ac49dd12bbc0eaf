"""Figures, other marks and whole numbers as a hand writes them, to learn from and to test with."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.digits.network import Grey

__all__ = ["WrittenNumber", "drawn_figure", "drawn_junk", "written_number"]

_SIDE = 64
# Ink paler than this is dropped before reading, so here too.
_INK = 105

Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number on a line: the picture (255 = ink), its text, and the ink of each figure on the same canvas."""

    ink: Grey
    text: str
    figures: tuple[Grey, ...]


def _stroke(points: NDArray[np.float64], width: int) -> Grey:
    canvas = np.zeros((_SIDE + 16, _SIDE + 16), np.uint8)
    where = np.round(points * _SIDE + 8).astype(np.int32)
    cv2.polylines(canvas, [where], False, 255, width, cv2.LINE_AA)
    return canvas


def _jitter(points: Points, draw: random.Random, by: float = 0.05) -> NDArray[np.float64]:
    return np.array([(x + draw.uniform(-by, by), y + draw.uniform(-by, by)) for x, y in points])


def _round(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners cut off three times (Chaikin, 1974)."""
    for _ in range(3):
        inner = np.stack([0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]], axis=1)
        points = np.concatenate([points[:1], inner.reshape(-1, 2), points[-1:]])
    return points


def drawn_figure(draw: random.Random, figure: int | None = None, width: int | None = None) -> tuple[Grey, int]:
    """A figure in the forms that clerks write, many of which MNIST lacks.

    Args:
        draw: where chance comes from.
        figure: 0 to 9; any if left out.
        width: of the pen, in pixels of a figure 64 high.
    """
    kind = draw.randrange(10) if figure is None else figure
    pen = draw.randint(3, 9) if width is None else width
    picture = np.zeros((_SIDE + 16, _SIDE + 16), np.uint8)
    for points, is_round in _strokes(kind, draw):
        path = _jitter(points, draw, 0.035)
        picture = np.maximum(picture, _stroke(_round(path) if is_round else path, pen))
    return picture, kind


def _strokes(kind: int, draw: random.Random) -> list[tuple[Points, bool]]:
    u = draw.uniform
    if kind == 0:
        turn = np.linspace(-1.5, -1.5 + 2 * np.pi + u(-0.3, 0.6), 16)
        wide = u(0.2, 0.38)
        return [([(0.5 + wide * float(np.cos(t)), 0.5 + 0.4 * float(np.sin(t))) for t in turn], True)]
    if kind == 1:
        if draw.random() < 0.25:
            return [([(0.55, 0.08), (0.5, 0.92)], False)]
        reach, drop = u(0.1, 0.45), u(0.1, 0.7)
        strokes: list[tuple[Points, bool]] = [([(0.6 - reach, 0.12 + drop), (0.62, 0.08), (0.58, 0.92)], False)]
        if draw.random() < 0.15:
            strokes.append(([(0.4, 0.92), (0.76, 0.92)], False))
        return strokes
    if kind == 2:
        head: Points = [(0.22, 0.35), (0.3, 0.12), (0.62, 0.08), (0.74, 0.3), (0.55, 0.6)]
        if draw.random() < 0.55:
            loop = u(0.0, 0.14)
            tail: Points = [(0.3, 0.88), (0.12 - loop / 2, 0.86), (0.12, 0.76 - loop), (0.32, 0.74), (0.55, 0.88)]
            return [([*head, *tail, (u(0.7, 1.0), u(0.78, 0.9))], True)]
        return [([*head, (0.2, 0.9)], True), ([(0.2, 0.9), (u(0.7, 0.9), u(0.84, 0.92))], False)]
    if kind == 3:
        low: Points = [(0.62, 0.46), (0.82, 0.64), (0.66, 0.92), (0.4, 0.94), (0.18, u(0.72, 0.9))]
        if draw.random() < 0.35:
            return [([(0.25, 0.1), (0.75, 0.1), (0.46, 0.42)], False), ([(0.46, 0.42), *low], True)]
        return [([(0.24, 0.22), (0.36, 0.06), (0.7, 0.08), (0.74, 0.34), (0.42, 0.46), *low], True)]
    if kind == 4:
        return _four(draw)
    if kind == 5:
        body: Points = [(0.3, 0.44), (0.6, 0.36), (0.8, 0.6), (0.66, 0.92), (0.4, 0.94), (0.18, 0.8)]
        return [
            ([(0.3, 0.12), (0.27, 0.46)], False),
            (body, True),
            ([(0.28, 0.12), (u(0.65, 0.95), u(0.06, 0.14))], False),
        ]
    if kind == 6:
        end: Points = [(0.22, u(0.6, 0.8))] if draw.random() < 0.6 else []
        top: Points = [(0.78, 0.16)] if draw.random() < 0.4 else []
        body = [*top, (u(0.5, 0.72), 0.06), (0.3, 0.3), (0.18, 0.65), (0.3, 0.94), (0.62, 0.94), (0.78, 0.72)]
        return [([*body, (0.62, u(0.46, 0.56)), (0.38, u(0.52, 0.66)), *end], True)]
    if kind == 7:
        strokes = [([(0.2, u(0.1, 0.25)), (0.24, 0.12), (0.8, 0.1), (u(0.35, 0.55), 0.92)], False)]
        if draw.random() < 0.5:
            strokes.append(([(0.35, 0.52), (0.8, 0.5)], False))
        return strokes
    if kind == 8:
        gap = u(-0.08, 0.12)
        body = [(0.72 - gap, 0.2), (0.55, 0.04), (0.24, 0.1), (0.28, 0.36), (0.7, 0.6), (0.76, 0.86), (0.48, 0.98)]
        return [([*body, (0.18, 0.86), (0.26, 0.62), (0.62, 0.4), (0.74 + gap / 2, 0.18)], True)]
    gap = u(-0.02, 0.14)
    loop9: Points = [(0.72 - gap / 2, 0.18 + gap / 2), (0.55, 0.05), (0.26, 0.1), (0.2, 0.36), (0.4, 0.54)]
    loop9 += [(0.68, 0.42 + gap / 2), (0.74, 0.12 + gap)]
    tail9: Points = [(0.74, 0.5), (0.62, 0.9)] if draw.random() < 0.5 else [(0.74, 0.6), (0.64, 0.96), (0.3, 0.9)]
    return [([*loop9, *tail9], True)]


def _four(draw: random.Random) -> list[tuple[Points, bool]]:
    u = draw.uniform
    form = draw.randrange(4)
    if form == 0:
        # One stroke like an h: down, over an arch, down again.
        return [
            ([(u(0.26, 0.4), 0.1), (0.22, 0.6), (0.5, u(0.42, 0.52)), (0.66, 0.54), (0.64, 0.95)], draw.random() < 0.5)
        ]
    if form == 1:
        # Like a Cyrillic che, its stem from the very top or from lower down.
        left: Points = [(u(0.2, 0.3), u(0.06, 0.15)), (0.2, 0.5), (0.34, 0.6), (0.68, u(0.46, 0.58))]
        return [(left, True), ([(0.72, u(0.04, 0.35)), (0.66, 0.95)], False)]
    if form == 2:
        first: Points = [(u(0.3, 0.62), 0.08), (0.16, 0.62), (u(0.76, 0.95), u(0.56, 0.64))]
        return [(first, False), ([(0.64, u(0.2, 0.45)), (0.6, 0.95)], False)]
    return [([(0.62, 0.06), (0.14, 0.62), (u(0.76, 0.92), 0.62)], False), ([(0.63, 0.06), (0.62, 0.95)], False)]


def drawn_junk(draw: random.Random) -> Grey:
    """A mark that is no figure: a slash, dots, a dash, a printed letter, a scribble."""
    kind = draw.choice((0, 1, 2, 3, 3, 3, 4))
    canvas = np.zeros((_SIDE, _SIDE), np.uint8)
    if kind == 0:
        return _stroke(_jitter([(0.75, 0.02), (0.25, 0.98)], draw, 0.06), draw.randint(2, 5))
    if kind == 1:
        for _ in range(draw.randint(1, 5)):
            cv2.circle(canvas, (draw.randint(5, 58), draw.randint(5, 58)), draw.randint(2, 6), 255, -1, cv2.LINE_AA)
        return canvas
    if kind == 2:
        return _stroke(_jitter([(0.1, 0.5), (0.9, 0.5)], draw), draw.randint(3, 9))
    if kind == 3:
        letter = draw.choice("acdefghkmnprtuvwxyABCDEGHKMNPQRUVX#&?:")
        font = draw.choice((cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SIMPLEX))
        font |= cv2.FONT_ITALIC if draw.random() < 0.4 else 0
        cv2.putText(canvas, letter, (8, 48), font, draw.uniform(1.4, 2.0), 255, draw.randint(2, 4), cv2.LINE_AA)
        return canvas
    points = np.array([(draw.random(), draw.random()) for _ in range(draw.randint(4, 9))])
    return _stroke(points, draw.randint(2, 5))


def _cropped(picture: Grey) -> Grey:
    rows, columns = np.nonzero(picture > 100)
    if rows.size == 0:
        return np.full((4, 4), 255, np.uint8)
    return picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def _inked(figure: Grey, bold: int) -> Grey:
    """A figure of MNIST grown to the size of drawn ones, its pen made thinner (below 0) or thicker."""
    high = _cropped(np.asarray(cv2.resize(figure, (112, 112), interpolation=cv2.INTER_CUBIC), np.uint8))
    scale = _SIDE / max(high.shape[0], high.shape[1] * 0.7)
    size = (max(round(high.shape[1] * scale), 3), max(round(high.shape[0] * scale), 3))
    grown = np.asarray(cv2.resize(high, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    if bold == 0:
        return grown
    core = np.ones((abs(bold) + 1, abs(bold) + 1), np.uint8)
    padded = cv2.copyMakeBorder(grown, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=0)
    changed = np.asarray(cv2.erode(padded, core) if bold < 0 else cv2.dilate(padded, core), np.uint8)
    return changed if (changed > 120).sum() > 0.3 * (grown > 120).sum() else grown


def _darkened(layer: NDArray[Any]) -> Grey:
    """As dark as a scan shows even a thin pen."""
    inked = layer[layer > 30]
    if inked.size == 0:
        return np.asarray(layer, np.uint8)
    return np.clip(layer * (235.0 / float(np.percentile(inked, 65))), 0, 255).astype(np.uint8)


def written_number(draw: random.Random, sample: Callable[[int], Grey], text: str | None = None) -> WrittenNumber:
    """A number in one hand, at the size of a scan of 150 dots an inch, with bits of print at its ends now and then.

    Args:
        draw: where chance comes from.
        sample: gives a figure of MNIST at random, uint8, (28, 28).
        text: the number; any of up to four figures if left out, at times none.
    """
    if text is None:
        text = "".join(str(draw.randrange(10)) for _ in range(draw.choice((0, 1, 2, 2, 2, 3, 3, 3, 4, 4))))
    share = draw.choice((0.0, 0.5, 0.5, 1.0))
    pen, bold = draw.choice((4, 5, 6, 7, 9, 11)), draw.choice((-4, -3, -2, 0, 0, 2))
    pictures = [
        _inked(sample(int(c)), bold) if draw.random() < share else _cropped(drawn_figure(draw, int(c), pen)[0])
        for c in text
    ]
    height = draw.uniform(16, 28)
    scale, stretch, slant = height / _SIDE, draw.uniform(0.65, 1.1), draw.uniform(-0.1, 0.45)
    gap = draw.uniform(-0.1, 0.22)
    rise = draw.uniform(-0.05, 0.05)
    rows, margin = round(height * 1.7), round(height * 0.7)
    left_junk, right_junk = (draw.random() < (0.35 if text else 0.9) for _ in range(2))
    parts: list[tuple[Grey, float, float, bool]] = []
    if left_junk:
        parts.append((_cropped(drawn_junk(draw)), draw.uniform(0.5, 1.1), 0.0, False))
    parts += [(picture, draw.uniform(0.85, 1.1), slant, True) for picture in pictures]
    if right_junk:
        parts.append((_cropped(drawn_junk(draw)), draw.uniform(0.5, 1.1), 0.0, False))
    columns = round(height * (1.6 * len(parts) + 3))
    x, base = float(margin), rows * 0.82
    layers: list[tuple[Grey, bool, float, float]] = []
    for picture, size, lean, is_figure in parts:
        tall = is_figure or picture.shape[0] > 24
        factor = scale * size * (_SIDE / max(picture.shape[0], 0.6 * picture.shape[1]) if tall else 1.0)
        wide = factor * stretch
        soft = cv2.GaussianBlur(
            cv2.copyMakeBorder(picture, 6, 6, 6, 6, cv2.BORDER_CONSTANT, value=0), (0, 0), 0.4 / factor
        )
        foot = base + draw.uniform(-0.06, 0.06) * height
        matrix = np.array([[wide, -lean * factor, x + lean * factor * picture.shape[0]], [0.0, factor, 0.0]])
        matrix[1, 2] = foot - factor * picture.shape[0]
        matrix[:, 2] -= matrix[:, :2] @ (6, 6)
        layer = _darkened(cv2.warpAffine(soft, matrix, (columns, rows)))
        layers.append((layer, is_figure, x, x + wide * picture.shape[1]))
        x += wide * picture.shape[1] + height * (gap + draw.uniform(-0.06, 0.1)) + (0 if is_figure else 1)
        base += rise * height / 3
    begin = int(draw.uniform(layers[0][2], layers[0][3])) if left_junk else 0
    end = int(draw.uniform(layers[-1][2], layers[-1][3])) + 2 if right_junk else columns
    begin, end = (begin, end) if end - begin > 6 else (0, columns)
    dark, noise = draw.uniform(0.85, 1.3), np.random.default_rng(draw.randrange(2**31))
    whole: NDArray[Any] = np.zeros((rows, columns), np.float32)
    for layer, *_ in layers:
        whole = np.maximum(whole, layer)
    whole = cv2.GaussianBlur(whole, (0, 0), draw.uniform(0.2, 0.7)) * dark + noise.normal(
        0, draw.uniform(0, 10), whole.shape
    )
    ink = np.clip(whole, 0, 255).astype(np.uint8)
    ink = np.asarray(np.where(ink > _INK, ink, 0), np.uint8)[:, begin:end]
    figures = tuple(layer[:, begin:end] for layer, is_figure, *_ in layers if is_figure)
    return WrittenNumber(np.ascontiguousarray(ink), text, figures)

"""The network that tells handwritten figures, in numpy: small enough to need nothing else."""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["JUNK", "SIDE", "Grey", "normalise_mark", "probabilities"]

SIDE = 28
JUNK = 10
_INNER = 20

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]


def normalise_mark(mark: Grey, line: Grey | None = None) -> Grey:
    """A mark scaled into 20 by 20 with its centre of mass in the middle of 28 by 28, as MNIST does; and what is around.

    Args:
        mark: uint8, (height, width), 255 = ink, alone on its line.
        line: the same with all that stands on the line, or None where the mark is all.
    Returns:
        uint8, (2, 28, 28): the mark, and the other ink around it. A slice of a figure is known by the second.
    """
    rows, columns = np.nonzero(mark.any(axis=1))[0], np.nonzero(mark.any(axis=0))[0]
    pictures = np.zeros((2, SIDE, SIDE), np.uint8)
    if rows.size == 0:
        return pictures
    cut = mark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = _INNER / max(cut.shape)
    size = (max(round(cut.shape[1] * scale), 1), max(round(cut.shape[0] * scale), 1))
    small = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8)
    stretch = 255.0 / max(int(small.max()), 1)
    small = np.clip(small.astype(np.float32) * stretch, 0, 255).astype(np.uint8)
    moments = cv2.moments(small)
    mass = moments["m00"] or 1.0
    left = int(np.clip(round(SIDE / 2 - moments["m10"] / mass), 0, SIDE - size[0]))
    top = int(np.clip(round(SIDE / 2 - moments["m01"] / mass), 0, SIDE - size[1]))
    pictures[0, top : top + size[1], left : left + size[0]] = small
    if line is not None:
        others = np.asarray(np.where(mark > 0, 0, line), np.uint8)
        matrix = np.array([[scale, 0.0, left - scale * columns[0]], [0.0, scale, top - scale * rows[0]]])
        pictures[1] = cv2.warpAffine(others, matrix, (SIDE, SIDE))
    return pictures


def _convolve(x: Floats, weight: Floats, bias: Floats) -> Floats:
    """Cross-correlation with zeros around, then the rectifier: (n, in, h, w) to (n, out, h, w)."""
    reach = weight.shape[2] // 2
    padded = np.pad(x, ((0, 0), (0, 0), (reach, reach), (reach, reach)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    summed = np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True) + bias[None, :, None, None]
    return np.asarray(np.maximum(summed, 0.0), np.float32)


def _pool(x: Floats) -> Floats:
    count, channels, height, width = x.shape
    return np.asarray(x.reshape(count, channels, height // 2, 2, width // 2, 2).max(axis=(3, 5)), np.float32)


def probabilities(pictures: Grey, arrays: Mapping[str, NDArray[Any]]) -> Floats:
    """How likely each mark is each figure, or none.

    Args:
        pictures: uint8, (n, 2, 28, 28), as `normalise_mark` gives them.
        arrays: the weights by name.
    Returns:
        float32, (n, 11): the figures 0 to 9, and junk; rows add up to 1.
    """
    weights = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
    x = pictures.astype(np.float32) / 255.0
    x = _pool(_convolve(x, weights["first.weight"], weights["first.bias"]))
    x = _pool(_convolve(x, weights["second.weight"], weights["second.bias"]))
    flat = x.reshape(len(x), -1)
    hidden = np.maximum(flat @ weights["hidden.weight"].T + weights["hidden.bias"], 0.0)
    scores = hidden @ weights["out.weight"].T + weights["out.bias"]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)

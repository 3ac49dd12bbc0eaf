"""The network that tells handwritten figures, in numpy: small enough to need nothing else."""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["JUNK", "SIDE", "normalise_mark", "probabilities"]

SIDE = 28
JUNK = 10
_INNER = 20

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]


def normalise_mark(mark: Grey) -> Grey:
    """A mark scaled into 20 by 20 and put with its centre of mass in the middle of 28 by 28, as MNIST does.

    Args:
        mark: uint8, (height, width), 255 = ink, cut to its ink.
    """
    height, width = mark.shape
    scale = _INNER / max(height, width)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(mark, size, interpolation=how), np.uint8)
    peak = int(small.max())
    if peak:
        small = np.clip(small.astype(np.float32) * (255.0 / peak), 0, 255).astype(np.uint8)
    moments = cv2.moments(small)
    mass = moments["m00"] or 1.0
    left = int(np.clip(round(SIDE / 2 - moments["m10"] / mass), 0, SIDE - size[0]))
    top = int(np.clip(round(SIDE / 2 - moments["m01"] / mass), 0, SIDE - size[1]))
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = small
    return canvas


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
        pictures: uint8, (n, 28, 28), as `normalise_mark` gives them.
        arrays: the weights by name.
    Returns:
        float32, (n, 11): the figures 0 to 9, and junk; rows add up to 1.
    """
    weights = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
    x = pictures.astype(np.float32)[:, None] / 255.0
    x = _pool(_convolve(x, weights["first.weight"], weights["first.bias"]))
    x = _pool(_convolve(x, weights["second.weight"], weights["second.bias"]))
    flat = x.reshape(len(x), -1)
    hidden = np.maximum(flat @ weights["hidden.weight"].T + weights["hidden.bias"], 0.0)
    scores = hidden @ weights["out.weight"].T + weights["out.bias"]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)

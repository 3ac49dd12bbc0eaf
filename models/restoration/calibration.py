"""Posteriors of the search into confidences that can be believed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

KNOTS = 16
LEAST = 30
"""Tokens that one knot of the curve needs."""


def spread(posterior: float) -> float:
    """Return a posterior on a scale that tells 0.99 from 0.9999."""
    return float(-np.log10(max(1.0 - posterior, 1e-6)))


def fit(posteriors: Sequence[float], right: Sequence[bool]) -> npt.NDArray[np.float32]:
    """Fit a rising curve from posterior to share right.

    Args:
        posteriors: of tokens of known truth.
        right: whether each was right.
    Returns:
        Knots, shape (2, knots): spread posterior, share right.
    Source:
        Pool adjacent violators (Ayer and others, 1955), over bins of equal size.
    """
    order = np.argsort(np.asarray(posteriors), kind="stable")
    x = np.array([spread(posteriors[k]) for k in order])
    y = np.array([float(right[k]) for k in order])
    # most tokens are sure: bins grow with the number of wrong ones, not of tokens
    doubt = np.cumsum(1.0 - y + 0.02)
    bins = np.minimum((doubt / doubt[-1] * KNOTS).astype(int), KNOTS - 1)
    pools: list[list[float]] = []
    for k in range(KNOTS):
        inside = bins == k
        if inside.sum() >= LEAST:
            pools.append([float(x[inside].mean()), float(y[inside].mean()), float(inside.sum())])
            while len(pools) > 1 and pools[-2][1] > pools[-1][1]:
                x1, y1, n1 = pools.pop()
                x0, y0, n0 = pools.pop()
                pools.append([(x0 * n0 + x1 * n1) / (n0 + n1), (y0 * n0 + y1 * n1) / (n0 + n1), n0 + n1])
    if not pools:
        return np.array([[0.0, 6.0], [0.0, 1.0]], dtype=np.float32)
    return np.array([[p[0] for p in pools], [min(p[1], 0.999) for p in pools]], dtype=np.float32)


def apply(curve: npt.NDArray[np.float32] | None, posterior: float) -> float:
    """Return the confidence that a posterior stands for."""
    if curve is None:
        return min(posterior, 1.0)
    return float(np.interp(spread(posterior), curve[0], curve[1]))

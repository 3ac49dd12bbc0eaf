"""Confidences that mean what they say: a monotone map from what a reader claims to how often it is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Claim = tuple[float, bool]
Knots = tuple[tuple[float, float], ...]

_LEAST_IN_STEP = 40
_BANDS = 10


def fit_monotone(claims: Sequence[Claim]) -> Knots:
    """Fit a map that never falls.

    Args:
        claims: confidence, 0 to 1, and whether it was right.
    Returns:
        Points (confidence, share right), rising in both; between them the map is straight, beyond them level.
    Source:
        Isotonic regression by pooling adjacent violators (Ayer and others, 1955), over steps of at least 40 claims,
        each share drawn towards one half by one claim of either kind.
    """
    if not claims:
        return ()
    steps: list[list[float]] = []  # claims, sum of confidences, right ones
    for confidence, right in _by_confidence(claims):
        steps.append([float(len(right)), confidence * len(right), float(sum(right))])
        while len(steps) > 1 and (steps[-2][0] < _LEAST_IN_STEP or _share(steps[-2]) >= _share(steps[-1])):
            last = steps.pop()
            steps[-1] = [one + other for one, other in zip(steps[-1], last, strict=True)]
    if len(steps) > 1 and steps[-1][0] < _LEAST_IN_STEP:
        last = steps.pop()
        steps[-1] = [one + other for one, other in zip(steps[-1], last, strict=True)]
    return tuple((round(step[1] / step[0], 4), round(_share(step), 4)) for step in steps)


def _by_confidence(claims: Sequence[Claim]) -> list[tuple[float, list[bool]]]:
    """Claims of one confidence cannot be told apart, so they stay together."""
    grouped: dict[float, list[bool]] = {}
    for confidence, right in claims:
        grouped.setdefault(round(confidence, 3), []).append(right)
    return sorted(grouped.items())


def _share(step: Sequence[float]) -> float:
    return (step[2] + 1.0) / (step[0] + 2.0)


def apply_map(knots: Knots, confidences: Sequence[float]) -> npt.NDArray[np.float64]:
    """What confidences are worth by a map; without knots they stay as they are."""
    given = np.asarray(confidences, np.float64)
    if not knots:
        return given
    places, shares = zip(*knots, strict=True)
    return np.asarray(np.interp(given, places, shares), np.float64)


def calibration_error(confidences: Sequence[float] | npt.NDArray[np.float64], right: Sequence[bool]) -> float:
    """By how much confidences miss the share that is right, on average over ten bands of equally many claims."""
    if not len(right):
        return 0.0
    given, truth = np.asarray(confidences, np.float64), np.asarray(right, np.float64)
    order = np.argsort(given, kind="stable")
    bands = np.array_split(order, min(_BANDS, len(order)))
    return float(sum(abs(given[band].mean() - truth[band].mean()) * len(band) for band in bands) / len(order))

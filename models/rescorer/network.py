"""The rescorer's network in numpy: small enough to need nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from models.rescorer.recurrence import run_forward

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
SCALE = ".scale"
"""Ends the name of the scales of an array that is kept in 8 bits."""


def narrow(weights: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """Return weights with every matrix in 8 bits and a scale for each of its rows."""
    made: dict[str, npt.NDArray[Any]] = {}
    for name, array in weights.items():
        if array.ndim == 2:
            scale = np.maximum(np.abs(array).max(axis=1), 1e-8) / 127
            made[name] = np.rint(array / scale[:, None]).astype(np.int8)
            made[name + SCALE] = scale.astype(np.float32)
        else:
            made[name] = array.astype(np.float32)
    return made


def _widened(array: npt.NDArray[Any], scale: npt.NDArray[Any] | None) -> Floats:
    return np.asarray(array if scale is None else array * scale[:, None], dtype=np.float32)


def _gelu(x: Floats) -> Floats:
    return np.asarray(0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * (x * x * x)))), dtype=np.float32)


def _shifted(x: Floats, step: int) -> Floats:
    """Return what stands one step before each place, nothing at the edge."""
    nothing = np.zeros_like(x[:1])
    return np.concatenate((nothing, x[:-1])) if step > 0 else np.concatenate((x[1:], nothing))


class Network:
    """Says for every gap of a text which unit fits between what stands before it and what stands after it."""

    def __init__(self, weights: Mapping[str, npt.NDArray[Any]], family: Ints) -> None:
        """Take the weights.

        Args:
            weights: arrays by name, as training or ``narrow`` gives them.
            family: number of the family of each unit.
        """
        self._family = family
        self._arrays = {
            name: _widened(array, weights.get(name + SCALE))
            for name, array in weights.items()
            if not name.endswith(SCALE)
        }
        self._layers = sum(name.startswith("gates.") and name.endswith(".weight") for name in self._arrays)

    def _linear(self, name: str, x: Floats) -> Floats:
        return np.asarray(x @ self._arrays[f"{name}.weight"].T + self._arrays[f"{name}.bias"], dtype=np.float32)

    def _layer(self, number: int, x: Floats) -> Floats:
        step = 1 - 2 * (number % 2)
        mixed = self._linear(f"gates.{number}", np.concatenate((x, _shifted(x, step)), axis=1) if number < 2 else x)
        shown, _ = run_forward(mixed[:, None], x[:, None], step)
        return np.asarray(shown[:, 0])

    def asked(self, units: Ints, shown: Floats, gaps: Ints) -> Floats:
        """Return what some gaps ask for, shape (gaps, width).

        Args:
            units: unit numbers of a text.
            shown: 1 where a unit is believed with its marks, 0 where only its letters are.
            gaps: indices of the units whose gaps are meant.
        """
        full, bare = self._arrays["full.weight"], self._arrays["bare.weight"]
        x = np.asarray(bare[self._family[units]] + shown[:, None] * full[units], dtype=np.float32)
        ahead = back = x
        for number in range(0, self._layers, 2):
            ahead, back = self._layer(number, ahead), self._layer(number + 1, back)
        around = np.concatenate((_shifted(ahead, 1)[gaps], _shifted(back, -1)[gaps]), axis=1)
        return self._linear("out", _gelu(self._linear("join", around)))

    def fits(self, asked: Floats, candidates: Sequence[int]) -> Floats:
        """Return ln of how probable each candidate is, if one of them fits the gap.

        Args:
            asked: what the gap asks for, shape (width,).
            candidates: unit numbers.
        """
        index = np.asarray(candidates, dtype=np.int64)
        scores = self._arrays["full.weight"][index] @ asked + self._arrays["bias"][index]
        scores = scores - scores.max()
        return np.asarray(scores - np.log(np.exp(scores).sum()), dtype=np.float32)

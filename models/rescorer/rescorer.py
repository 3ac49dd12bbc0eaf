"""Strings in, strings out: how well words fit into their places."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.rescorer.network import Network, narrow
from models.rescorer.vocabulary import group_units
from models.restoration.units import UNKNOWN
from models.weights import WeightsError, load_arrays, write_arrays, write_manifest

SHIPPED = Path(__file__).parent / "weights"
FILE = "rescorer.bin"
_VOCABULARY, _FIRST_WORD = "vocabulary", "first_word"


class Rescorer:
    """Judges words by what stands before and after them."""

    def __init__(self, names: Sequence[str], first_word: int, weights: Mapping[str, npt.NDArray[Any]]) -> None:
        """Take the weights.

        Args:
            names: names of the units; from ``first_word`` on they are words.
            first_word: number of the first word.
            weights: the network's.
        """
        self._numbers = {name: number for number, name in enumerate(names)}
        self._network = Network(weights, group_units(names, first_word).family)

    @classmethod
    def load(cls, folder: Path | None = None) -> Rescorer:
        """Load the weights.

        Args:
            folder: folder with the weight file and its manifest; None for those shipped.
        Raises:
            WeightsError: the file is missing, changed or damaged.
        """
        arrays = load_arrays(folder or SHIPPED, FILE)
        try:
            names = bytes(arrays.pop(_VOCABULARY)).decode("utf-8").split("\n")
            first_word = int(arrays.pop(_FIRST_WORD)[0])
            families = len(group_units(names, first_word).offsets) - 1
            if len(arrays["full.weight"]) != len(names) or len(arrays["bare.weight"]) != families:
                raise WeightsError(f"{FILE} was made for other words.")
            return cls(names, first_word, arrays)
        except (KeyError, IndexError, UnicodeDecodeError) as error:
            raise WeightsError(f"{FILE} holds no rescorer.") from error

    def judge(
        self, units: Sequence[str], sure: Sequence[bool], choices: Mapping[int, Sequence[str]]
    ) -> dict[int, list[float]]:
        """Judge what may stand at some places of a text.

        Args:
            units: names of the units of the text as it is taken to be, in order.
            sure: whether each is believed with its marks.
            choices: for the index of a unit, names of what may stand there instead of it or is it.
        Returns:
            For the same indices, ln of the probability of each choice among those that are known; NaN for the others.
        """
        if not choices:
            return {}
        numbers = np.array([self._numbers.get(name, UNKNOWN) for name in units], dtype=np.int64)
        shown, gaps = np.asarray(sure, dtype=np.float32), np.array(list(choices), dtype=np.int64)
        asked = self._network.asked(numbers, shown, gaps)
        fits: dict[int, list[float]] = {}
        for asks, (index, words) in zip(asked, choices.items(), strict=True):
            known = [number for word in words if (number := self._numbers.get(word)) is not None]
            found = iter(self._network.fits(asks, known).tolist() if known else ())
            fits[index] = [next(found) if word in self._numbers else math.nan for word in words]
        return fits


def save_rescorer(folder: Path, names: Sequence[str], first_word: int, weights: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write a rescorer in 8 bits, and its manifest.

    Args:
        folder: made if it is not there.
        names: names of the units.
        first_word: number of the first word.
        weights: what training gave.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = np.frombuffer("\n".join(names).encode("utf-8"), dtype=np.uint8)
    first = np.array([first_word], dtype=np.int32)
    write_arrays(folder / FILE, {_VOCABULARY: vocabulary, _FIRST_WORD: first, **narrow(weights)})
    write_manifest(folder, (FILE,))

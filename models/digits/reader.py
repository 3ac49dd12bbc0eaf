"""Figures written by hand on one line: cut into marks, told one by one, put together into the likeliest number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.digits.cutting import Cutting, cut_line, shear_margin
from models.digits.network import JUNK, Grey, normalise_mark, probabilities
from models.weights import load_arrays

__all__ = ["FigureReader", "Figures", "likeliest"]

_MOST_UNITS = 24
_WIDTH = 60
# Compared on numbers put together by `drawing.py`: how far evidence counts, and what each figure costs.
_TEMPER = 1.0
_FIGURE_COST = 0.0
# A piece left unread costs: least where it is low, more at an end, where print can be cut, most within the number.
_MINOR = 0.55
_MINOR_COST = 0.3
_END_COST = 1.2
_INNER_COST = 4.0
# So does a slice, however low: print seldom grows together with a hand.
_SLICE_COST = 1.2


# Summed likelihood, likelihood of the best way, and that way's first and last pieces; by text and by whether the
# number is over.
Way = tuple[float, float, int, int]
Ways = dict[tuple[str, bool], Way]


@dataclass(frozen=True, slots=True)
class Figures:
    """A number as written, how likely all of it is right, and where it stands from left to right, in pixels."""

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
        cutting = cut_line(ink)
        if not cutting.units or len(cutting.units) > _MOST_UNITS:
            return None
        line = cutting.mark(0, len(cutting.units))
        marks = np.stack([normalise_mark(cutting.mark(begin, end), line) for begin, end in cutting.runs])
        best = likeliest(cutting, probabilities(marks, self._arrays), accept)
        if best is None:
            return None
        text, confidence, (begin, end) = best
        rows, columns = np.nonzero(cutting.mark(begin, end))
        straight = columns - shear_margin(ink.shape[0]) - cutting.slant * (rows - ink.shape[0] / 2)
        left, right = int(np.floor(straight.min())), int(np.ceil(straight.max())) + 1
        return Figures(text, confidence, max(left, 0), min(right, ink.shape[1]))


def likeliest(
    cutting: Cutting,
    odds: NDArray[np.float32],
    accept: Callable[[str], bool],
    *,
    temper: float = _TEMPER,
    cost: float = _FIGURE_COST,
    end_cost: float = _END_COST,
) -> tuple[str, float, tuple[int, int]] | None:
    """The likeliest acceptable number, its probability, and its first and last pieces.

    Every run of pieces is either a figure of the number or no figure. So a way to read the line is as likely as the
    product, over its figures, of the odds of each against being none; all ways to the same number add up, and its
    probability is its share among the acceptable numbers and nothing at all.

    Args:
        odds: float32, (runs, 11), of `cutting.runs`.
        temper: runs share ink, so their evidence counts less than once.
        cost: of each figure, in nats.
        end_cost: of each piece left unread at an end.
    """
    count = len(cutting.units)
    starts: list[list[tuple[int, NDArray[np.float64]]]] = [[] for _ in range(count)]
    logs = np.log(np.maximum(odds.astype(np.float64), 1e-6))
    for (begin, end), row in zip(cutting.runs, logs, strict=True):
        starts[begin].append((end, temper * (row[:JUNK] - row[JUNK]) - cost))
    minor = [cutting.is_minor(index, _MINOR) for index in range(count)]
    places: list[Ways] = [{} for _ in range(count + 1)]
    places[0] = {("", False): (0.0, 0.0, 0, 0)}
    for place in range(count):
        ways = sorted(places[place].items(), key=lambda item: item[1][0], reverse=True)[:_WIDTH]
        for (text, is_over), (total, best, begin, last) in ways:
            # The piece left out: before the number or after it, or within it.
            price = _SLICE_COST if cutting.units[place].is_slice else _MINOR_COST if minor[place] else end_cost
            _add(places[place + 1], (text, text != ""), (total - price, best - price, begin, last))
            if text and not is_over:
                price = _MINOR_COST if minor[place] else _INNER_COST
                _add(places[place + 1], (text, False), (total - price, best - price, begin, last))
            if is_over:
                continue
            for end, gains in starts[place]:
                for figure in np.argsort(gains)[::-1][:4]:
                    gain = float(gains[figure])
                    first = begin if text else place
                    _add(places[end], (text + str(figure), False), (total + gain, best + gain, first, end))
    numbers: dict[str, Way] = {}
    for (text, _), way in places[count].items():
        found = numbers.get(text)
        numbers[text] = way if found is None or way[1] > found[1] else found
    # The two states of one text hold the same ways where nothing was left out after it, so only the best counts.
    fitting = [(way[0], text, way) for text, way in numbers.items() if text and accept(text)]
    if not fitting:
        return None
    nothing = [numbers[""][0]] if "" in numbers else []
    scores = np.array([score for score, _, _ in fitting] + nothing)
    whole = float(scores.max() + np.log(np.exp(scores - scores.max()).sum()))
    score, text, way = max(fitting)
    return text, float(np.exp(score - whole)), (way[2], way[3])


def _add(
    ways: Ways,
    key: tuple[str, bool],
    way: Way,
) -> None:
    found = ways.get(key)
    if found is None:
        ways[key] = way
        return
    best = way if way[1] > found[1] else found
    ways[key] = (float(np.logaddexp(found[0], way[0])), best[1], best[2], best[3])

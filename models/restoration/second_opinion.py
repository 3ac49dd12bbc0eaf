"""Words that are in doubt after the search, put before a judge that sees what stands after them too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.restoration.beam import Search
from models.restoration.blocks import price_breaks
from models.restoration.lattice import Edges
from models.restoration.trie import FIRST_WORD
from models.restoration.units import SENTENCE

WEIGHT = 0.5
"""How much the judge counts beside the search."""
LEAST = 1e-7
"""A reading that is less probable than this is not put before the judge."""
CERTAIN = 0.9999
"""A word that is more probable than this is not in doubt."""
BELIEVED = 0.9
"""A neighbour that is more probable than this is shown with its marks."""


class Judge(Protocol):
    """Says how well words fit into their places."""

    def judge(
        self, units: Sequence[str], sure: Sequence[bool], choices: Mapping[int, Sequence[str]]
    ) -> dict[int, list[float]]:
        """Return ln P of each choice, for the index of each unit that is in doubt; NaN for a word it does not know.

        Args:
            units: names of the units of a text.
            sure: whether each is believed with its marks.
            choices: what may stand at an index.
        """
        ...


def reconsider(
    text: str, edges: Edges, found: Search, names: Sequence[str], judge: Judge, weight: float = WEIGHT
) -> Search:
    """Return the search with each word in doubt replaced by the reading that search and judge like best together.

    Args:
        text: the block.
        edges: readings of its spans.
        found: what the search found.
        names: names of the units.
        judge: who is asked.
        weight: factor on what the judge says, to be added to ln of the search's posterior.
    """
    units: list[str] = []
    sure: list[bool] = []
    choices: dict[int, list[str]] = {}
    rivals: dict[int, tuple[int, npt.NDArray[np.int64]]] = {}
    carry_on, start_anew = price_breaks(text)
    breaks = start_anew < carry_on
    end = 0
    for place, edge in enumerate(found.path.tolist()):
        begin = int(edges.starts[edge])
        if breaks[end:begin].any():
            units.append(names[SENTENCE])
            sure.append(True)
        unit, end = int(edges.units[edge]), int(edges.ends[edge])
        if unit >= FIRST_WORD and found.posterior[edge] <= CERTAIN:
            others = np.arange(edges.offsets[begin], edges.offsets[begin + 1])
            kept = (edges.ends[others] == end) & (edges.units[others] >= FIRST_WORD)
            others = others[kept & ((found.posterior[others] > LEAST) | (others == edge))]
            if len(np.unique(edges.units[others])) > 1:
                rivals[len(units)] = (place, others)
                choices[len(units)] = [names[other] for other in edges.units[others].tolist()]
        units.append(names[unit])
        sure.append(bool(found.posterior[edge] > BELIEVED))
    path, posterior = found.path.copy(), found.posterior.copy()
    for index, fits in judge.judge(units, sure, choices).items():
        place, others = rivals[index]
        judged = np.asarray(fits, dtype=np.float32)
        known = ~np.isnan(judged)
        if known.sum() < 2:
            continue
        old = found.posterior[others[known]]
        total = np.log(np.maximum(old, LEAST)) + weight * judged[known]
        shares = np.exp(total - total.max())
        posterior[others[known]] = shares * (old.sum() / shares.sum())
        best = others[int(np.argmax(posterior[others]))]
        if edges.units[best] != edges.units[path[place]]:
            path[place] = best
    return found._replace(path=path, posterior=posterior)

"""What the rescorer learns from: stretches of text whose words are partly bare, partly wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.rescorer.vocabulary import Families

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
COUNTED = 20_000_000
"""Units of each source that are counted to know how frequent words are."""
WRONG_SHARES = (0.0, 0.02, 0.06)
"""Share of words that are replaced by a relative, one of these for each stretch."""
STRANGE_SHARE = 0.005
"""Share of words that are replaced by any word."""
BARE_SHARES, BARE_ODDS = (1.0, 0.5, 0.2, 0.05), (0.15, 0.15, 0.25, 0.45)
"""Share of units shown without their marks, one of these for each stretch, and how often each is taken."""
RELATIVES = 16


class Batches:
    """Random stretches of text, with their neighbours made doubtful."""

    def __init__(
        self, streams: Sequence[tuple[npt.NDArray[np.uint16], float]], families: Families, first_word: int, seed: int
    ) -> None:
        """Count the units.

        Args:
            streams: unit numbers and share of the batches of each source.
            families: units by their form without marks.
            first_word: units from this number on are words.
            seed: seed of everything random.
        """
        self._streams = [ids for ids, _ in streams]
        shares = np.array([share for _, share in streams])
        self._shares = shares / shares.sum()
        self._rng = np.random.default_rng(seed)
        words = len(families.family)
        self.frequency = np.full(words, 1e-8)
        for ids, share in zip(self._streams, self._shares, strict=True):
            part = ids[:COUNTED]
            self.frequency += np.bincount(part, minlength=words)[:words] * (share / len(part))
        soft = self.frequency**0.75
        soft[:first_word] = 0
        self._negative = soft / soft.sum()
        self._relatives = np.empty((words, RELATIVES), dtype=np.int64)
        for unit in range(words):
            own = families.family[unit]
            members = families.members[families.offsets[own] : families.offsets[own + 1]]
            weight = np.sqrt(self.frequency[members])
            self._relatives[unit] = self._rng.choice(members, size=RELATIVES, p=weight / weight.sum())

    def draw(self, length: int, size: int) -> tuple[Ints, Ints, Floats]:
        """Return true units, units as they are seen, and whether their marks are shown; each (length, size)."""
        rng = self._rng
        true = np.empty((length, size), dtype=np.int64)
        for column, source in enumerate(rng.choice(len(self._streams), size=size, p=self._shares)):
            ids = self._streams[source]
            start = int(rng.integers(len(ids) - length + 1))
            true[:, column] = ids[start : start + length]
        seen = true.copy()
        wrong = rng.random(true.shape) < rng.choice(WRONG_SHARES, size=size)
        seen[wrong] = self._relatives[true[wrong], rng.integers(RELATIVES, size=int(wrong.sum()))]
        strange = rng.random(true.shape) < STRANGE_SHARE
        seen[strange] = rng.choice(len(self._negative), size=int(strange.sum()), p=self._negative)
        bare = rng.choice(BARE_SHARES, size=size, p=BARE_ODDS)
        return true, seen, (rng.random(true.shape) >= bare).astype(np.float32)

    def negatives(self, count: int) -> tuple[Ints, Floats]:
        """Return random words, each once, and ln of the probability with which each was to be among them."""
        chosen = np.unique(self._rng.choice(len(self._negative), size=count, p=self._negative))
        return chosen, np.log(-np.expm1(count * np.log1p(-self._negative[chosen]))).astype(np.float32)

"""Edits and their costs, ordered for looking up by what was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.restoration.alphabet import CHAR_BITS, Alphabet

MAX_COST = 9.0
"""Nats; edits that are less likely are left out."""

Rule = tuple[str, str, float]
"""Printed segment, read segment, cost in nats."""


class Rules(NamedTuple):
    """Edits grouped by the segment that was read, cheapest first.

    Args:
        keys: packed read segments with their length, sorted, shape (groups,).
        starts: first edit of each group, shape (groups + 1,).
        sources: printed segments as character numbers, shape (edits, 3).
        lengths: characters of each printed segment, shape (edits,).
        costs: nats, shape (edits,).
    """

    keys: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    sources: npt.NDArray[np.int16]
    lengths: npt.NDArray[np.int8]
    costs: npt.NDArray[np.float32]


def pack_rules(rules: Sequence[Rule], alphabet: Alphabet) -> Rules:
    """Group edits by what was read."""
    rows = sorted(
        ((alphabet.code(o) << 2) | len(o), cost, s) for s, o, cost in rules if all(alphabet.number(c) for c in s + o)
    )
    codes = np.array([row[0] for row in rows], dtype=np.int32)
    keys, starts = np.unique(codes, return_index=True)
    sources = np.zeros((len(rows), 3), dtype=np.int16)
    for index, (_, _, s) in enumerate(rows):
        sources[index, : len(s)] = [alphabet.number(c) for c in s]
    return Rules(
        keys.astype(np.int32),
        np.append(starts, len(rows)).astype(np.int32),
        sources,
        np.array([len(row[2]) for row in rows], dtype=np.int8),
        np.array([row[1] for row in rows], dtype=np.float32),
    )


def unpack_rules(rules: Rules, alphabet: Alphabet) -> list[Rule]:
    """Return the edits of a packed channel."""
    found: list[Rule] = []
    for group, key in enumerate(rules.keys.tolist()):
        length, code = key & 3, key >> 2
        read = "".join(
            alphabet.chars[(code >> (CHAR_BITS * (length - 1 - k))) & ((1 << CHAR_BITS) - 1)] for k in range(length)
        )
        for row in range(rules.starts[group], rules.starts[group + 1]):
            size = int(rules.lengths[row])
            printed = "".join(alphabet.chars[c] for c in rules.sources[row, :size].tolist())
            found.append((printed, read, float(rules.costs[row])))
    return found

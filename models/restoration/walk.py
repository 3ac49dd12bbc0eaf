"""The walk from a position of read text through the tree of what can be printed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.restoration.alphabet import NEWLINE, SPACE
from models.restoration.channel import Rules
from models.restoration.compiled import compiled
from models.restoration.trie import Trie

REACH = 15
"""Read characters that one word may cover, and one."""
CAPACITY = 512
"""Partial words remembered at one position."""
SLOTS = 2048
MOST_ENTRIES = 8000
"""Words that one walk may reach."""

Ints = npt.NDArray[np.int32]
Shorts = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float32]


class Settings(NamedTuple):
    """Weights of the search for candidates, nats unless said otherwise.

    Args:
        width: how much worse than the best a partial candidate may be.
        keep: candidates kept for each span.
        window: how much worse than the best of its span a candidate may be.
        join: cost of a space in the middle of a word.
        torn_width: as ``width``, for what goes on after such a space.
        doubt: cost above which a token is cut open.
        doubt_per_char: and what is added to that for every character.
        copy: cost of a token that is none of the known units.
        copy_letter, copy_other: and for each of its characters.
        copy_odd: and for each change between letters, digits and marks, and each letter beyond ASCII.
        digit: cost of a digit of a number.
        wrong_digit: cost of a letter that stands for a digit.
        longest_whole: tokens longer than this are always cut open.
        mark: cost of changing a mark, beyond the channel's.
        figures: cost of reading a word in two figures or more, beyond the channel's.
    """

    width: float
    keep: int
    window: float
    join: float
    torn_width: float
    doubt: float
    doubt_per_char: float
    copy: float
    copy_letter: float
    copy_other: float
    copy_odd: float
    digit: float
    wrong_digit: float
    longest_whole: int
    mark: float
    figures: float


class Scratch(NamedTuple):
    """Room for one walk, used again for every position.

    Args:
        nodes, costs: partial words at each position from the start, shape (REACH + 1, CAPACITY).
        counts: partial words at each position.
        slots: open-addressed map from node to partial word, shape (REACH + 1, SLOTS).
        best: cheapest partial word at each position.
        ends, entries, entry_costs: what was reached.
    """

    nodes: Ints
    costs: npt.NDArray[np.float32]
    counts: Ints
    slots: Ints
    best: Floats
    ends: Ints
    entries: Ints
    entry_costs: Floats


@compiled
def make_scratch() -> Scratch:
    """Make the room for walks."""
    return Scratch(
        np.zeros((REACH + 1, CAPACITY), dtype=np.int32),
        np.zeros((REACH + 1, CAPACITY), dtype=np.float32),
        np.ones(REACH + 1, dtype=np.int32),
        np.full((REACH + 1, SLOTS), -1, dtype=np.int32),
        np.zeros(REACH + 1, dtype=np.float32),
        np.zeros(MOST_ENTRIES, dtype=np.int32),
        np.zeros(MOST_ENTRIES, dtype=np.int32),
        np.zeros(MOST_ENTRIES, dtype=np.float32),
    )


@compiled
def _child(node: int, char: int, keys: Ints, children: Ints) -> int:
    key = node * 512 + char
    size = len(keys)
    slot = (key * 40503 & 0xFFFFFFFF) % size
    while True:
        found = keys[slot]
        if found == key:
            return int(children[slot])
        if found == -1:
            return -1
        slot += 1
        if slot == size:
            slot = 0


@compiled
def _push(at: int, node: int, cost: float, scratch: Scratch) -> None:
    h = (node * 2654435761 & 0xFFFFFFFF) % SLOTS
    while True:
        index = scratch.slots[at, h]
        if index < 0:
            index = scratch.counts[at]
            if index == CAPACITY:
                return
            scratch.nodes[at, index] = node
            scratch.costs[at, index] = np.inf
            scratch.slots[at, h] = index
            scratch.counts[at] += 1
        if scratch.nodes[at, index] == node:
            if cost < scratch.costs[at, index]:
                scratch.costs[at, index] = cost
                scratch.best[at] = min(scratch.best[at], cost)
            return
        h += 1
        if h == SLOTS:
            h = 0


@compiled
def walk(
    obs: Ints,
    start: int,
    groups: npt.NDArray[np.int32],
    deletions: Ints,
    rules: Rules,
    trie: Trie,
    settings: Settings,
    is_end: Shorts,
    scratch: Scratch,
) -> int:
    """Walk the trie from one position; write what was reached into the scratch and return how much that is."""
    counts, best = scratch.counts, scratch.best
    for k in range(REACH + 1):
        if counts[k] > 0:
            scratch.slots[k, :] = -1
        counts[k] = 0
        best[k] = 1e9
    _push(0, 0, 0.0, scratch)
    size = len(obs)
    found = 0
    width = settings.width
    for at in range(REACH):
        p = start + at
        if counts[at] == 0:
            continue
        torn = p < size and obs[p] == SPACE
        k = 0
        while k < counts[at]:
            node = scratch.nodes[at, k]
            cost = scratch.costs[at, k]
            k += 1
            limit = best[at] + width
            if cost > limit:
                continue
            if at > 0 and is_end[p]:
                for entry in range(trie.entry_starts[node], trie.entry_starts[node + 1]):
                    if found < MOST_ENTRIES:
                        scratch.ends[found] = p
                        scratch.entries[found] = entry
                        scratch.entry_costs[found] = cost
                        found += 1
            if torn and at > 0:
                # what goes on after a space has to be good so far
                if cost <= best[at] + settings.torn_width:
                    _push(at + 1, node, cost + settings.join, scratch)
                continue
            for length in range(4):
                if length > 0 and (p + length > size or obs[p + length - 1] == NEWLINE or at + length > REACH - 1):
                    break
                if length == 0:
                    first, last = deletions[0], deletions[1]
                else:
                    first, last = groups[p, length - 1, 0], groups[p, length - 1, 1]
                bound = best[at + length] + width
                for rule in range(first, last):
                    total = cost + rules.costs[rule]
                    if total > bound:
                        break
                    child = node
                    for c in range(rules.lengths[rule]):
                        char = rules.sources[rule, c]
                        if not (trie.masks[child] >> np.uint64(char & 63)) & np.uint64(1):
                            child = -1
                            break
                        child = _child(child, char, trie.keys, trie.children)
                        if child < 0:
                            break
                    if child >= 0:
                        _push(at + length, child, total, scratch)
                        bound = best[at + length] + width
        if torn:
            width = min(width, settings.torn_width)
    return found


@compiled
def find_groups(obs: Ints, rules: Rules) -> tuple[npt.NDArray[np.int32], Ints]:
    """Return the ranges of edits for the 1, 2 and 3 characters after each position, and of the deletions."""
    size = len(obs)
    groups = np.zeros((size + 1, 3, 2), dtype=np.int32)
    for p in range(size):
        code = 0
        for length in range(1, 4):
            if p + length > size:
                break
            code = (code << 9) | obs[p + length - 1]
            if obs[p + length - 1] == 0:
                break
            key = (code << 2) | length
            place = np.searchsorted(rules.keys, key)
            if place < len(rules.keys) and rules.keys[place] == key:
                groups[p, length - 1, 0] = rules.starts[place]
                groups[p, length - 1, 1] = rules.starts[place + 1]
    deletions = np.zeros(2, dtype=np.int32)
    if len(rules.keys) > 0 and rules.keys[0] == 0:
        deletions[0] = rules.starts[0]
        deletions[1] = rules.starts[1]
    return groups, deletions

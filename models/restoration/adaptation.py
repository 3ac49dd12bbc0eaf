"""The channel of the document at hand: re-estimated from what was decoded with confidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from models.restoration.alphabet import Alphabet
from models.restoration.channel import MAX_COST, Rule
from models.restoration.channel_training import align_steps
from models.restoration.smoothing import LONGEST

Decoded = tuple[str, str]
"""What was decided to be printed, and what was read."""

WEIGHT = 15.0
"""Number of uses in the document that count as much as the channel learned in training."""
LEAST = 1.5


def adapt(rules: Sequence[Rule], decoded: Sequence[Decoded], alphabet: Alphabet) -> list[Rule]:
    """Return the channel of a document.

    Args:
        rules: the channel learned in training.
        decoded: words decided with confidence.
        alphabet: the characters known.
    """
    uses: defaultdict[tuple[str, str], float] = defaultdict(float)
    seen: defaultdict[str, float] = defaultdict(float)
    repeated = Counter(decoded)
    for (printed, read), times in repeated.items():
        # a word that comes a hundred times says little more than one that comes ten times
        weight = float(np.sqrt(times))
        for s, o in _edits(printed, read, alphabet):
            uses[s, o] += weight
        for start in range(len(printed)):
            for length in range(1, LONGEST + 1):
                if start + length <= len(printed):
                    seen[printed[start : start + length]] += weight
    prob = {(s, o): float(np.exp(-cost)) for s, o, cost in rules}
    for (s, o), old in list(prob.items()):
        if s and seen[s]:
            prob[s, o] = old * WEIGHT / (WEIGHT + seen[s])
    for (s, o), count in uses.items():
        if s and (len(s) == 1 or count >= LEAST):
            prob[s, o] = prob.get((s, o), 0.0) + max(count - 0.3, 0.0) / (WEIGHT + seen[s])
    return [
        (s, o, float(-np.log(min(value, 1.0))))
        for (s, o), value in prob.items()
        if value > 0 and -np.log(min(value, 1.0)) <= (MAX_COST if o else MAX_COST - 2.0)
    ]


def _edits(printed: str, read: str, alphabet: Alphabet) -> list[Decoded]:
    """Return the edits of one word: single letters with what was read for them, and pairs around a change of length."""
    steps = align_steps(printed, read, alphabet)
    edits: list[Decoded] = []
    at = 0
    while at < len(steps):
        s, o = steps[at]
        nxt = at + 1
        # what has no partner joins the letter before it, or the one after it at the start
        while nxt < len(steps) and not steps[nxt][0] and len(o) < LONGEST:
            o += steps[nxt][1]
            nxt += 1
        if not s and nxt < len(steps):
            s, o = steps[nxt][0], o + steps[nxt][1]
            nxt += 1
        if s and len(o) <= LONGEST:
            edits.append((s, o))
            if not o and edits[:-1] and len(edits[-2][0]) < LONGEST:
                before = edits[-2]
                edits.append((before[0] + s, before[1]))
        at = nxt
    return edits

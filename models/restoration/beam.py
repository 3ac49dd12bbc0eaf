"""The best way through the readings of a block, and how sure it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.restoration.alphabet import IS_NEWLINE, IS_SPACE
from models.restoration.compiled import compiled
from models.restoration.language_model import context_weights, log_probability
from models.restoration.lattice import Edges
from models.restoration.units import NUMBER_1, NUMBER_OTHER, ROMAN, SENTENCE

PER_POSITION = 192
"""Partial paths remembered at one position before the weakest are dropped."""
POSITION, W1, W2, W3, STATE, TAIL, BACK, EDGE, SPACE = range(9)
"""Columns of a partial path: where it ends, its last three units, case state, kind of its last unit (``_kind``), the
path it goes on from, the edge it took (-1 at a break) and whether a space goes before that."""
FREE, WORD, DIGITS, MARK, COPIED = range(5)
"""Kinds of the last unit of a path: none before a space or the start, a word, a number, a mark, a copied token."""
LOST = -1e18

Paths = npt.NDArray[np.int32]
Scores = npt.NDArray[np.float64]


class Weights(NamedTuple):
    """Weights of the search.

    Args:
        width: partial paths that go on from each position.
        window: how much worse than the best of its position a path may be, nats.
        language: factor on the language model.
        case: factor on the model of case.
        split: cost of a space that was not read, nats.
        unit: reward for every unit, nats; balances the shorter path of a join.
        glue: cost of letters and digits printed without a space between them, nats.
        weld: cost of two abbreviations printed without a space between them, nats.
        order: longest n-grams that are looked at.
    """

    width: int
    window: float
    language: float
    case: float
    split: float
    unit: float
    glue: float
    weld: float
    order: int = 4


class Search(NamedTuple):
    """What the search found.

    Args:
        path: numbers of the edges of the best path.
        spaced: 1 where a space goes before that edge's unit though none was read.
        posterior: share of the probability that goes through each edge of the lattice, shape (edges,).
        score: ln of the best path's weight.
    """

    path: npt.NDArray[np.int32]
    spaced: npt.NDArray[np.int8]
    posterior: npt.NDArray[np.float32]
    score: float


@compiled
def _kind(unit: int, first_word: int) -> int:
    if unit >= first_word or unit == ROMAN:
        return WORD
    if unit >= NUMBER_1:
        return DIGITS if unit <= NUMBER_OTHER else MARK
    return COPIED


@compiled
def _space_cost(
    tail: int, kind: int, state: int, before: int, after: int, capitals: bool, weights: Weights
) -> tuple[float, int]:
    """Return the cost of printing two units that were read without a space between them, and whether one goes there.

    Args:
        tail, kind: kinds of the two units.
        state: case state after the first.
        before, after: characters read for each.
        capitals: whether the second is written in capitals.
        weights: weights.
    """
    if tail in (FREE, MARK) or kind == MARK:
        return 0.0, 0
    # 3b, 15h, m2, U20, QH14 are printed without a space; ngay16 lost one
    if kind == WORD and tail == DIGITS and (after <= 2 or capitals):
        return weights.glue, 0
    if kind == DIGITS and tail == WORD and (state == 3 or before <= 2):
        return weights.glue, 0
    # so are abbreviations in a row
    if kind == WORD and tail == WORD and capitals and (state == 3 or before == 1):
        return weights.weld, 0
    if kind == COPIED or tail == COPIED:
        return weights.split + 2.0, 0
    return weights.split, 1


@compiled
def _claim(
    new: float,
    target: int,
    units: tuple[int, int, int],
    state: int,
    tail: int,
    made: int,
    here: Paths,
    number: Paths,
    paths: Paths,
    scores: Scores,
) -> int:
    """Return the path with this memory that ends here, ``made`` for a new one, -1 where there is no room for it."""
    for m in range(number[target]):
        g = here[target, m]
        if (
            paths[g, W3] == units[2]
            and paths[g, W2] == units[1]
            and paths[g, W1] == units[0]
            and paths[g, STATE] == state
            and paths[g, TAIL] == tail
        ):
            return int(g)
    place = number[target]
    if place >= PER_POSITION:
        place = 0
        for m in range(1, PER_POSITION):
            if scores[here[target, m], 0] < scores[here[target, place], 0]:
                place = m
        if scores[here[target, place], 0] >= new:
            return -1
    else:
        number[target] += 1
    here[target, place] = made
    paths[made, POSITION] = target
    paths[made, W1], paths[made, W2], paths[made, W3] = units
    paths[made, STATE], paths[made, TAIL] = state, tail
    scores[made, :] = LOST
    return made


@compiled
def _add_logs(a: float, b: float) -> float:
    if a < b:
        a, b = b, a
    return a if b < a - 40.0 else a + np.log1p(np.exp(b - a))


@compiled
def search(
    kinds: npt.NDArray[np.int8],
    edges: Edges,
    carry_on: npt.NDArray[np.float32],
    start_anew: npt.NDArray[np.float32],
    case_table: npt.NDArray[np.float32],
    closing: npt.NDArray[np.int8],
    first_word: int,
    unigram: npt.NDArray[np.float32],
    backoff: npt.NDArray[np.float32],
    pairs: npt.NDArray[np.uint32],
    longer: npt.NDArray[np.uint8],
    layout: npt.NDArray[np.int64],
    weights: Weights,
) -> Search:
    """Find the best path through a block and the posterior of every edge.

    Args:
        kinds: what each character is.
        edges: readings of spans.
        carry_on, start_anew: at each line break, the cost of going on with the sentence and of beginning a new one.
        case_table: ln P(case | state, unit), shape (states, units, 3).
        closing: 1 for units after which a capital is expected, shape (units,).
        first_word: units from this number on are words.
        unigram, backoff, pairs, longer, layout: the language model.
        weights: weights.
    """
    size = len(kinds)
    room = 8192
    paths = np.zeros((room, 9), dtype=np.int32)
    scores = np.zeros((room, 2), dtype=np.float64)
    arcs = np.zeros((4 * room, 3), dtype=np.int32)
    gains = np.zeros(4 * room, dtype=np.float32)
    here = np.zeros((size + 1, PER_POSITION), dtype=np.int32)
    number = np.zeros(size + 1, dtype=np.int32)
    best = np.full(size + 1, LOST, dtype=np.float64)
    paths[0, W1], paths[0, W2], paths[0, W3] = -1, -1, SENTENCE
    paths[0, BACK], paths[0, EDGE] = -1, -1
    made, drawn, number[0] = 1, 0, 1
    final = 0
    for p in range(size + 1):
        n = number[p]
        if n == 0:
            continue
        order = np.argsort(-scores[here[p, :n], 0])
        final = here[p, order[0]]
        if p == size:
            break
        top = scores[final, 0]
        at_break = kinds[p] == IS_SPACE or kinds[p] == IS_NEWLINE
        first = 0 if at_break else edges.offsets[p]
        last = edges.offsets[p + 1] if not at_break else 2 if kinds[p] == IS_NEWLINE else 1
        for rank in range(min(n, weights.width)):
            h = here[p, order[rank]]
            score = scores[h, 0]
            if score < top - weights.window:
                break
            v1, v2, v3 = paths[h, W1], paths[h, W2], paths[h, W3]
            weight3, weight2 = (0.0, 0.0) if at_break else context_weights(v1, v2, v3, longer, layout)
            before = p - edges.starts[paths[h, EDGE]] if paths[h, EDGE] >= 0 else 99
            for step in range(first, last):
                units, state, tail = (v1, v2, v3), paths[h, STATE], FREE
                edge, space, target, gain = -1, 0, p + 1, 0.0
                if not at_break:
                    edge, target = step, edges.ends[step]
                    gain = weights.unit - np.float64(edges.costs[step])
                    # the language model can only take away from this
                    if score + gain + weights.window < best[target]:
                        continue
                    unit, case = edges.units[step], edges.cases[step]
                    tail = _kind(unit, first_word)
                    cost, space = _space_cost(paths[h, TAIL], tail, state, before, target - p, case == 2, weights)
                    gain -= cost
                    gain += weights.language * log_probability(
                        v1, v2, v3, unit, weight3, weight2, unigram, backoff, pairs, longer, layout
                    )
                    if unit >= first_word:
                        if case < 3:
                            gain += weights.case * case_table[state, unit, case]
                        state = case + 1
                    elif closing[unit]:
                        state = 0
                    units = (v2 if weights.order > 3 else -1, v3 if weights.order > 2 else -1, unit)
                elif kinds[p] == IS_NEWLINE:
                    gain = -carry_on[p] if step == 0 else -start_anew[p]
                    if step == 1:
                        units, state = (-1, -1, SENTENCE), 0
                new = score + gain
                if new + weights.window < best[target]:
                    continue
                if made + 1 >= len(paths):
                    paths = np.concatenate((paths, np.zeros_like(paths)))
                    scores = np.concatenate((scores, np.zeros_like(scores)))
                slot = _claim(new, target, units, state, tail, made, here, number, paths, scores)
                if slot < 0:
                    continue
                made = max(made, slot + 1)
                if new > scores[slot, 0]:
                    scores[slot, 0] = new
                    paths[slot, BACK], paths[slot, EDGE], paths[slot, SPACE] = h, edge, space
                    best[target] = max(best[target], new)
                scores[slot, 1] = _add_logs(scores[h, 1] + gain, scores[slot, 1])
                if drawn >= len(arcs):
                    arcs = np.concatenate((arcs, np.zeros_like(arcs)))
                    gains = np.concatenate((gains, np.zeros_like(gains)))
                arcs[drawn, 0], arcs[drawn, 1], arcs[drawn, 2] = h, slot, edge
                gains[drawn] = gain
                drawn += 1
    ends = here[paths[final, POSITION], : number[paths[final, POSITION]]]
    posterior = _posteriors(len(edges.starts), ends, arcs[:drawn], gains, scores[:made, 1])
    return _way_back(final, paths, posterior, scores[final, 0])


@compiled
def _posteriors(
    edges: int, ends: Paths, arcs: Paths, gains: npt.NDArray[np.float32], before: Scores
) -> npt.NDArray[np.float32]:
    """Return the share of the probability that goes through each edge, by going back over all arcs."""
    after = np.full(len(before), LOST, dtype=np.float64)
    whole = LOST
    for h in ends:
        after[h] = 0.0
        whole = _add_logs(whole, before[h])
    posterior = np.zeros(edges, dtype=np.float32)
    for k in range(len(arcs) - 1, -1, -1):
        rest = after[arcs[k, 1]]
        if rest < LOST / 10:
            continue
        h = arcs[k, 0]
        value = gains[k] + rest
        after[h] = _add_logs(after[h], value)
        if arcs[k, 2] >= 0:
            posterior[arcs[k, 2]] += np.float32(np.exp(min(0.0, before[h] + value - whole)))
    return posterior


@compiled
def _way_back(final: int, paths: Paths, posterior: npt.NDArray[np.float32], score: float) -> Search:
    """Return the edges of the best path, first to last."""
    length = 0
    h = final
    while h > 0:
        length += paths[h, EDGE] >= 0
        h = paths[h, BACK]
    path = np.zeros(length, dtype=np.int32)
    spaced = np.zeros(length, dtype=np.int8)
    h = final
    while h > 0:
        if paths[h, EDGE] >= 0:
            length -= 1
            path[length], spaced[length] = paths[h, EDGE], paths[h, SPACE]
        h = paths[h, BACK]
    return Search(path, spaced, posterior, score)

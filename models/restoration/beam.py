"""The best way through the readings of a block, and how sure it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.restoration.alphabet import IS_NEWLINE, IS_SPACE
from models.restoration.compiled import compiled
from models.restoration.language_model import log_probability
from models.restoration.lattice import Edges
from models.restoration.units import SENTENCE

PER_POSITION = 192
"""Partial paths remembered at one position before the weakest are dropped."""


class Weights(NamedTuple):
    """Weights of the search.

    Args:
        width: partial paths that go on from each position.
        window: how much worse than the best of its position a path may be, nats.
        language: factor on the language model.
        case: factor on the model of case.
        split: cost of a space that was not read, nats.
        glue: cost of letters and digits printed without a space between them, nats.
        unit: reward for every unit, nats; balances the shorter path of a join.
    """

    width: int
    window: float
    language: float
    case: float
    split: float
    unit: float
    glue: float


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
    table2: npt.NDArray[np.uint32],
    table3: npt.NDArray[np.uint32],
    marks4: npt.NDArray[np.uint16],
    probs4: npt.NDArray[np.uint8],
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
        unigram, backoff, table2, table3, marks4, probs4: the language model.
        weights: weights.
    """
    size = len(kinds)
    # paths, in the order of their making
    room = 8192
    h_pos = np.zeros(room, dtype=np.int32)
    h_w1 = np.zeros(room, dtype=np.int32)
    h_w2 = np.zeros(room, dtype=np.int32)
    h_w3 = np.zeros(room, dtype=np.int32)
    h_state = np.zeros(room, dtype=np.int8)
    h_tail = np.zeros(room, dtype=np.int8)
    h_score = np.zeros(room, dtype=np.float64)
    h_sum = np.zeros(room, dtype=np.float64)
    h_back = np.full(room, -1, dtype=np.int32)
    h_edge = np.full(room, -1, dtype=np.int32)
    h_space = np.zeros(room, dtype=np.int8)
    made = 0
    arc_room = 32768
    a_from = np.zeros(arc_room, dtype=np.int32)
    a_to = np.zeros(arc_room, dtype=np.int32)
    a_edge = np.zeros(arc_room, dtype=np.int32)
    a_gain = np.zeros(arc_room, dtype=np.float32)
    arcs = 0
    here = np.full((size + 1, PER_POSITION), -1, dtype=np.int32)
    number = np.zeros(size + 1, dtype=np.int32)
    h_w1[0], h_w2[0], h_w3[0] = -1, -1, SENTENCE
    made = 1
    here[0, 0] = 0
    number[0] = 1
    order_score = np.zeros(PER_POSITION, dtype=np.float64)
    final = 0
    for p in range(size + 1):
        n = number[p]
        if n == 0:
            continue
        for k in range(n):
            order_score[k] = -h_score[here[p, k]]
        order = np.argsort(order_score[:n])
        top = -order_score[order[0]]
        final = here[p, order[0]]
        if p == size:
            break
        kind = kinds[p]
        limit = min(n, weights.width)
        for rank in range(limit):
            h = here[p, order[rank]]
            score = h_score[h]
            if score < top - weights.window:
                break
            if kind in (IS_SPACE, IS_NEWLINE):
                for choice in range(2 if kind == IS_NEWLINE else 1):
                    gain = 0.0
                    w1, w2, w3, state = h_w1[h], h_w2[h], h_w3[h], h_state[h]
                    if kind == IS_NEWLINE:
                        if choice == 0:
                            gain = -carry_on[p]
                        else:
                            gain = -start_anew[p]
                            if w3 != SENTENCE:
                                gain += weights.language * log_probability(
                                    w1, w2, w3, SENTENCE, unigram, backoff, table2, table3, marks4, probs4
                                )
                            w1, w2, w3, state = -1, -1, SENTENCE, 0
                    target = p + 1
                    slot = -1
                    for m in range(number[target]):
                        g = here[target, m]
                        if h_w3[g] == w3 and h_w2[g] == w2 and h_w1[g] == w1 and h_state[g] == state:
                            slot = g
                            break
                    if slot < 0:
                        if number[target] >= PER_POSITION:
                            continue
                        if made + 1 >= room:
                            room *= 2
                            h_pos = np.concatenate((h_pos, np.zeros_like(h_pos)))
                            h_w1 = np.concatenate((h_w1, np.zeros_like(h_w1)))
                            h_w2 = np.concatenate((h_w2, np.zeros_like(h_w2)))
                            h_w3 = np.concatenate((h_w3, np.zeros_like(h_w3)))
                            h_state = np.concatenate((h_state, np.zeros_like(h_state)))
                            h_tail = np.concatenate((h_tail, np.zeros_like(h_tail)))
                            h_score = np.concatenate((h_score, np.zeros_like(h_score)))
                            h_sum = np.concatenate((h_sum, np.zeros_like(h_sum)))
                            h_back = np.concatenate((h_back, np.full_like(h_back, -1)))
                            h_edge = np.concatenate((h_edge, np.full_like(h_edge, -1)))
                            h_space = np.concatenate((h_space, np.zeros_like(h_space)))
                        slot = made
                        made += 1
                        h_pos[slot] = target
                        h_w1[slot], h_w2[slot], h_w3[slot], h_state[slot] = w1, w2, w3, state
                        h_tail[slot] = 0
                        h_score[slot] = -1e18
                        h_sum[slot] = -1e18
                        here[target, number[target]] = slot
                        number[target] += 1
                    new = score + gain
                    if new > h_score[slot]:
                        h_score[slot] = new
                        h_back[slot] = h
                        h_edge[slot] = -1
                        h_space[slot] = 0
                    total = h_sum[h] + gain
                    high = max(total, h_sum[slot])
                    h_sum[slot] = high + np.log(np.exp(total - high) + np.exp(h_sum[slot] - high))
                    if arcs + 1 >= arc_room:
                        arc_room *= 2
                        a_from = np.concatenate((a_from, np.zeros_like(a_from)))
                        a_to = np.concatenate((a_to, np.zeros_like(a_to)))
                        a_edge = np.concatenate((a_edge, np.zeros_like(a_edge)))
                        a_gain = np.concatenate((a_gain, np.zeros_like(a_gain)))
                    a_from[arcs], a_to[arcs], a_edge[arcs], a_gain[arcs] = h, slot, -1, gain
                    arcs += 1
                continue
            tail = h_tail[h]
            for e in range(edges.offsets[p], edges.offsets[p + 1]):
                unit = edges.units[e]
                gain = -np.float64(edges.costs[e])
                w1, w2, w3, state = h_w1[h], h_w2[h], h_w3[h], h_state[h]
                gain += weights.language * log_probability(
                    w1, w2, w3, unit, unigram, backoff, table2, table3, marks4, probs4
                )
                gain += weights.unit
                case = edges.cases[e]
                word = unit >= first_word
                if word:
                    if case < 3:
                        gain += weights.case * case_table[state, unit, case]
                    state = np.int8(case + 1)
                elif closing[unit]:
                    state = np.int8(0)
                space = np.int8(0)
                # tail: 0 space or start before, 1 word, 2 number, 3 mark, 4 copied
                sort = 1 if word or unit == 6 else 2 if 2 <= unit <= 5 else 4 if unit == 1 else 3
                if tail > 0 and sort != 3 and tail != 3:
                    # 3b, 15h, m2, U20, QH14 are printed without a space; ngay16 lost one
                    glued = False
                    if sort == 1 and tail == 2:
                        glued = edges.ends[e] - p <= 2 or edges.cases[e] == 2
                    elif sort == 2 and tail == 1:
                        previous = h_edge[h]
                        glued = state == 3 or (previous >= 0 and p - edges.starts[previous] <= 2)
                    if glued:
                        gain -= weights.glue
                    elif sort == 4 or tail == 4:
                        gain -= weights.split + 2.0
                    else:
                        gain -= weights.split
                        space = np.int8(1)
                target = edges.ends[e]
                new = score + gain
                # a path that is far behind what its position already has is not worth remembering
                slot = -1
                ahead = False
                for m in range(number[target]):
                    g = here[target, m]
                    if h_score[g] > new + weights.window:
                        ahead = True
                        break
                    if (
                        h_w3[g] == unit
                        and h_w2[g] == w3
                        and h_w1[g] == w2
                        and (h_state[g] == state and h_tail[g] == sort)
                    ):
                        slot = g
                        break
                if ahead:
                    continue
                if slot < 0:
                    if number[target] >= PER_POSITION:
                        worst = 0
                        for m in range(1, number[target]):
                            if h_score[here[target, m]] < h_score[here[target, worst]]:
                                worst = m
                        if h_score[here[target, worst]] >= new:
                            continue
                        place = worst
                    else:
                        place = number[target]
                        number[target] += 1
                    if made + 1 >= room:
                        room *= 2
                        h_pos = np.concatenate((h_pos, np.zeros_like(h_pos)))
                        h_w1 = np.concatenate((h_w1, np.zeros_like(h_w1)))
                        h_w2 = np.concatenate((h_w2, np.zeros_like(h_w2)))
                        h_w3 = np.concatenate((h_w3, np.zeros_like(h_w3)))
                        h_state = np.concatenate((h_state, np.zeros_like(h_state)))
                        h_tail = np.concatenate((h_tail, np.zeros_like(h_tail)))
                        h_score = np.concatenate((h_score, np.zeros_like(h_score)))
                        h_sum = np.concatenate((h_sum, np.zeros_like(h_sum)))
                        h_back = np.concatenate((h_back, np.full_like(h_back, -1)))
                        h_edge = np.concatenate((h_edge, np.full_like(h_edge, -1)))
                        h_space = np.concatenate((h_space, np.zeros_like(h_space)))
                    slot = made
                    made += 1
                    here[target, place] = slot
                    h_pos[slot] = target
                    h_w1[slot], h_w2[slot], h_w3[slot], h_state[slot] = w2, w3, unit, state
                    h_tail[slot] = sort
                    h_score[slot] = -1e18
                    h_sum[slot] = -1e18
                if new > h_score[slot]:
                    h_score[slot] = new
                    h_back[slot] = h
                    h_edge[slot] = e
                    h_space[slot] = space
                total = h_sum[h] + gain
                high = max(total, h_sum[slot])
                h_sum[slot] = high + np.log(np.exp(total - high) + np.exp(h_sum[slot] - high))
                if arcs + 1 >= arc_room:
                    arc_room *= 2
                    a_from = np.concatenate((a_from, np.zeros_like(a_from)))
                    a_to = np.concatenate((a_to, np.zeros_like(a_to)))
                    a_edge = np.concatenate((a_edge, np.zeros_like(a_edge)))
                    a_gain = np.concatenate((a_gain, np.zeros_like(a_gain)))
                a_from[arcs], a_to[arcs], a_edge[arcs], a_gain[arcs] = h, slot, e, gain
                arcs += 1
    # the way back
    after = np.full(made, -1e18, dtype=np.float64)
    whole = -1e18
    end_position = h_pos[final]
    for k in range(number[end_position]):
        h = here[end_position, k]
        after[h] = 0.0
        high = max(whole, h_sum[h])
        whole = high + np.log(np.exp(whole - high) + np.exp(h_sum[h] - high))
    posterior = np.zeros(len(edges.starts), dtype=np.float32)
    for k in range(arcs - 1, -1, -1):
        rest = after[a_to[k]]
        if rest < -1e17:
            continue
        value = a_gain[k] + rest
        h = a_from[k]
        high = max(value, after[h])
        after[h] = high + np.log(np.exp(value - high) + np.exp(after[h] - high))
        if a_edge[k] >= 0:
            posterior[a_edge[k]] += np.float32(np.exp(min(0.0, h_sum[h] + value - whole)))
    length = 0
    h = final
    while h > 0:
        if h_edge[h] >= 0:
            length += 1
        h = h_back[h]
    path = np.zeros(length, dtype=np.int32)
    spaced = np.zeros(length, dtype=np.int8)
    h = final
    while h > 0:
        if h_edge[h] >= 0:
            length -= 1
            path[length] = h_edge[h]
            spaced[length] = h_space[h]
        h = h_back[h]
    return Search(path, spaced, posterior, float(h_score[final]))

"""Every way to read a stretch of text: the edges between which the beam search chooses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.restoration.alphabet import IS_DIGIT, IS_LETTER, IS_MARK, IS_NEWLINE, IS_SPACE
from models.restoration.channel import Rules
from models.restoration.compiled import compiled
from models.restoration.trie import Trie
from models.restoration.units import NUMBER_1, NUMBER_2, NUMBER_4, NUMBER_OTHER, UNKNOWN
from models.restoration.walk import CAPACITY, REACH, SLOTS, Floats, Ints, Settings, Shorts, find_groups, walk

COPY = -1
NUMBER = -2
MENDED_NUMBER = -3


class Edges(NamedTuple):
    """Readings of spans, ordered by where they begin.

    Args:
        starts, ends: span in characters.
        entries: row of the trie's entries, or COPY, NUMBER, MENDED_NUMBER.
        units: unit number.
        cases: how it is written.
        costs: nats of channel, form and change.
        offsets: first edge that begins at each position, shape (characters + 1,).
    """

    starts: Ints
    ends: Ints
    entries: Ints
    units: Ints
    cases: Shorts
    costs: Floats
    offsets: Ints


@compiled
def _copy_cost(not_plain: Shorts, obs_class: Shorts, start: int, end: int, settings: Settings) -> float:
    total = settings.copy
    for p in range(start, end):
        kind = obs_class[p]
        if kind in (IS_LETTER, IS_DIGIT):
            total += settings.copy_letter
            # a digit inside a word, a letter that no foreign word has
            if (p > start and kind != obs_class[p - 1]) or not_plain[p] == 1:
                total += settings.copy_odd
        else:
            total += settings.copy_other
    return total


@compiled
def build_edges(
    obs: Ints,
    kinds: Shorts,
    not_plain: Shorts,
    digit_like: Shorts,
    change: Floats,
    identity: Floats,
    rules: Rules,
    trie: Trie,
    unigram: npt.NDArray[np.float32],
    settings: Settings,
) -> Edges:
    """Find the readings of every span of a block of text.

    Args:
        obs: characters as numbers.
        kinds: what each character is (letter, digit, mark, space, line break).
        not_plain: 1 for characters beyond ASCII.
        digit_like: the digit that each character may stand for, -1 for none.
        change: cost of changing anything, for each character's token.
        identity: cost of leaving it, for each character's token.
        rules: the channel.
        trie: what can be printed.
        unigram: ln P of each unit, for choosing among candidates.
        settings: weights.
    """
    size = len(obs)
    groups, deletions = find_groups(obs, rules)
    is_start = np.zeros(size + 1, dtype=np.int8)
    is_end = np.zeros(size + 1, dtype=np.int8)
    token_end = np.zeros(size + 1, dtype=np.int32)
    token_start = np.zeros(size + 1, dtype=np.int32)
    end = size
    for p in range(size - 1, -1, -1):
        if kinds[p] == IS_SPACE or kinds[p] == IS_NEWLINE:
            end = p
        token_end[p] = end
    begin = 0
    for p in range(size):
        if kinds[p] == IS_SPACE or kinds[p] == IS_NEWLINE:
            begin = p + 1
            continue
        token_start[p] = begin
        if p == begin or kinds[p] != kinds[p - 1] or kinds[p] == IS_MARK:
            is_start[p] = 1
            if p > begin:
                is_end[p] = 1
        if p + 1 == token_end[p]:
            is_end[p + 1] = 1
    room = 16384
    starts = np.zeros(room, dtype=np.int32)
    ends = np.zeros(room, dtype=np.int32)
    entries = np.zeros(room, dtype=np.int32)
    units = np.zeros(room, dtype=np.int32)
    cases = np.zeros(room, dtype=np.int8)
    costs_out = np.zeros(room, dtype=np.float32)
    offsets = np.zeros(size + 2, dtype=np.int32)
    count = 0
    nodes = np.zeros((REACH + 1, CAPACITY), dtype=np.int32)
    costs = np.zeros((REACH + 1, CAPACITY), dtype=np.float32)
    counts = np.ones(REACH + 1, dtype=np.int32)
    slots = np.full((REACH + 1, SLOTS), -1, dtype=np.int32)
    best = np.zeros(REACH + 1, dtype=np.float32)
    out_end = np.zeros(8000, dtype=np.int32)
    out_entry = np.zeros(8000, dtype=np.int32)
    out_cost = np.zeros(8000, dtype=np.float32)
    rank = np.zeros(8000, dtype=np.float32)
    kept_at = np.zeros(REACH + 1, dtype=np.int32)
    best_at = np.zeros(REACH + 1, dtype=np.float32)
    for p in range(size):
        offsets[p] = count
        if is_start[p] == 0:
            continue
        last = token_end[p]
        long_token = last - token_start[p] > 40
        if long_token and p > token_start[p]:
            continue
        if count + 9000 > room:
            room *= 2
            starts = np.concatenate((starts, np.zeros(len(starts), dtype=np.int32)))
            ends = np.concatenate((ends, np.zeros(len(ends), dtype=np.int32)))
            entries = np.concatenate((entries, np.zeros(len(entries), dtype=np.int32)))
            units = np.concatenate((units, np.zeros(len(units), dtype=np.int32)))
            cases = np.concatenate((cases, np.zeros(len(cases), dtype=np.int8)))
            costs_out = np.concatenate((costs_out, np.zeros(len(costs_out), dtype=np.float32)))
        if not long_token:
            found = walk(
                obs,
                p,
                groups,
                deletions,
                rules,
                trie,
                settings,
                is_end,
                nodes,
                costs,
                counts,
                slots,
                best,
                out_end,
                out_entry,
                out_cost,
            )
            core = last
            while core > p + 1 and kinds[core - 1] == IS_MARK:
                core -= 1
            if kinds[p] != IS_MARK and (p == token_start[p] or kinds[p - 1] == IS_MARK) and core - p > 2:
                cheapest = 1e9
                for k in range(found):
                    if out_end[k] == core or out_end[k] == last:
                        cheapest = min(cheapest, out_cost[k])
                if cheapest > settings.doubt + settings.doubt_per_char * (core - p) or (
                    core - p > settings.longest_whole
                ):
                    opened = False
                    for q in range(p + 1, core):
                        if kinds[q] != IS_DIGIT or kinds[q - 1] != IS_DIGIT:
                            is_start[q] = 1
                            is_end[q] = 1
                            opened = True
                    if opened:
                        found = walk(
                            obs,
                            p,
                            groups,
                            deletions,
                            rules,
                            trie,
                            settings,
                            is_end,
                            nodes,
                            costs,
                            counts,
                            slots,
                            best,
                            out_end,
                            out_entry,
                            out_cost,
                        )
            for k in range(REACH + 1):
                kept_at[k] = 0
                best_at[k] = 1e9
            for k in range(found):
                entry = out_entry[k]
                span = out_end[k] - p
                same = trie.lengths[entry] == span
                if same:
                    for c in range(span):
                        if trie.chars[entry, c] != obs[p + c]:
                            same = False
                            break
                out_cost[k] += -trie.extras[entry] + (identity[p] if same else change[p])
                rank[k] = out_cost[k] - 0.5 * unigram[trie.ids[entry]] - (2.0 if same else 0.0)
                best_at[span] = min(best_at[span], rank[k])
            for k in np.argsort(rank[:found]):
                span = out_end[k] - p
                if kept_at[span] >= settings.keep or rank[k] > best_at[span] + settings.window:
                    continue
                kept_at[span] += 1
                entry = out_entry[k]
                starts[count] = p
                ends[count] = out_end[k]
                entries[count] = entry
                units[count] = trie.ids[entry]
                cases[count] = trie.cases[entry]
                costs_out[count] = out_cost[k]
                count += 1
        # numbers
        q = p
        wrong = 0
        right = 0
        while q < last and (kinds[q] == IS_DIGIT or digit_like[q] >= 0):
            if kinds[q] == IS_DIGIT:
                right += 1
            else:
                wrong += 1
            q += 1
        digits = q - p
        fresh = p == token_start[p] or (kinds[p - 1] != IS_DIGIT and (kinds[p - 1] == IS_MARK or kinds[p] == IS_DIGIT))
        if fresh:
            run = p
            while run < last and kinds[run] == IS_DIGIT:
                run += 1
            for choice in range(2):
                stop = run if choice == 0 else q
                if choice == 0 and run == p:
                    continue
                if choice == 1 and (
                    wrong == 0
                    or (stop < last and kinds[stop] == IS_LETTER)
                    or (right == 0 and (digits > 2 or kinds[p] == IS_MARK))
                ):
                    continue
                length = stop - p
                cost = settings.digit * length
                if length == 4:
                    cost = settings.digit * 2.0
                bad = 0
                for c in range(p, stop):
                    if kinds[c] != IS_DIGIT:
                        bad += 1
                cost += bad * settings.wrong_digit + (change[p] if bad > 0 else identity[p])
                starts[count] = p
                ends[count] = stop
                entries[count] = NUMBER if bad == 0 else MENDED_NUMBER
                units[count] = (
                    NUMBER_1 if length == 1 else NUMBER_2 if length == 2 else NUMBER_4 if length == 4 else NUMBER_OTHER
                )
                cases[count] = 3
                costs_out[count] = cost
                count += 1
        # what is none of these
        stop_run = p + 1
        if kinds[p] != IS_MARK:
            while stop_run < last and kinds[stop_run] != IS_MARK:
                stop_run += 1
        stop_core = last
        while stop_core > p + 1 and kinds[stop_core - 1] == IS_MARK:
            stop_core -= 1
        for choice in range(3):
            stop = last if choice == 0 else stop_core if choice == 1 else stop_run
            if (choice > 0 and stop == last) or (choice == 2 and stop == stop_core):
                continue
            if long_token and choice > 0:
                continue
            starts[count] = p
            ends[count] = stop
            entries[count] = COPY
            units[count] = UNKNOWN
            cases[count] = 3
            costs_out[count] = min(_copy_cost(not_plain, kinds, p, stop, settings), 200.0) + identity[p]
            count += 1
    offsets[size] = count
    offsets[size + 1] = count
    return Edges(
        starts[:count], ends[:count], entries[:count], units[:count], cases[:count], costs_out[:count], offsets
    )

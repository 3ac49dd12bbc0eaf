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
from models.restoration.walk import (
    MOST_ENTRIES,
    REACH,
    Floats,
    Ints,
    Scratch,
    Settings,
    Shorts,
    find_groups,
    make_scratch,
    walk,
)

COPY = -1
NUMBER = -2
MENDED_NUMBER = -3
LONGEST_TOKEN = 40
"""Longer tokens are left as they are."""


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
def _find_tokens(kinds: Shorts) -> tuple[Shorts, Shorts, Ints, Ints]:
    """Return where spans may start and end, and where the token of each character ends and starts."""
    size = len(kinds)
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
    return is_start, is_end, token_end, token_start


@compiled
def _cut_open(p: int, core: int, last: int, found: int, kinds: Shorts, settings: Settings, scratch: Scratch) -> bool:
    """Whether a token is so unlike every word that it may be several."""
    if core - p <= 2:
        return False
    cheapest = 1e9
    for k in range(found):
        if scratch.ends[k] == core or scratch.ends[k] == last:
            cheapest = min(cheapest, scratch.entry_costs[k])
    if cheapest <= settings.doubt + settings.doubt_per_char * (core - p) and core - p <= settings.longest_whole:
        return False
    figures = 0
    for q in range(p, core):
        figures += kinds[q] == IS_DIGIT
    return figures < core - p


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
    is_start, is_end, token_end, token_start = _find_tokens(kinds)
    spans = np.zeros((16384, 4), dtype=np.int32)
    cases = np.zeros(16384, dtype=np.int8)
    costs = np.zeros(16384, dtype=np.float32)
    offsets = np.zeros(size + 2, dtype=np.int32)
    count = 0
    scratch = make_scratch()
    rank = np.zeros(MOST_ENTRIES, dtype=np.float32)
    for p in range(size):
        offsets[p] = count
        if is_start[p] == 0:
            continue
        last = token_end[p]
        long_token = last - token_start[p] > LONGEST_TOKEN
        if long_token and p > token_start[p]:
            continue
        if count + MOST_ENTRIES + 16 > len(spans):
            spans = np.concatenate((spans, np.zeros_like(spans)))
            cases = np.concatenate((cases, np.zeros_like(cases)))
            costs = np.concatenate((costs, np.zeros_like(costs)))
        if not long_token:
            found = walk(obs, p, groups, deletions, rules, trie, settings, is_end, scratch)
            core = last
            while core > p + 1 and kinds[core - 1] == IS_MARK:
                core -= 1
            fresh = kinds[p] != IS_MARK and (p == token_start[p] or kinds[p - 1] == IS_MARK)
            if fresh and _cut_open(p, core, last, found, kinds, settings, scratch):
                for q in range(p + 1, core):
                    if kinds[q] != IS_DIGIT or kinds[q - 1] != IS_DIGIT:
                        is_start[q] = 1
                        is_end[q] = 1
                found = walk(obs, p, groups, deletions, rules, trie, settings, is_end, scratch)
            prices = (change[p], identity[p])
            count = _put_words(
                p, found, obs, kinds, prices, trie, unigram, settings, scratch, rank, spans, cases, costs, count
            )
        count = _put_numbers(
            p, last, token_start[p], kinds, digit_like, change, identity, settings, spans, cases, costs, count
        )
        count = _put_copies(p, last, long_token, kinds, not_plain, identity, settings, spans, cases, costs, count)
    offsets[size] = count
    offsets[size + 1] = count
    return Edges(
        spans[:count, 0].copy(),
        spans[:count, 1].copy(),
        spans[:count, 2].copy(),
        spans[:count, 3].copy(),
        cases[:count],
        costs[:count],
        offsets,
    )


@compiled
def _put_words(
    p: int,
    found: int,
    obs: Ints,
    kinds: Shorts,
    prices: tuple[float, float],
    trie: Trie,
    unigram: Floats,
    settings: Settings,
    scratch: Scratch,
    rank: Floats,
    spans: Ints,
    cases: Shorts,
    costs: Floats,
    count: int,
) -> int:
    """Keep the best of the words reached from one position; return the number of edges."""
    kept = np.zeros(REACH + 1, dtype=np.int32)
    best = np.full(REACH + 1, 1e9, dtype=np.float32)
    # marks and figures that were read are seldom anything else
    alike = p + 1
    while alike < len(kinds) and kinds[alike] == kinds[p]:
        alike += 1
    for k in range(found):
        entry, end = scratch.entries[k], scratch.ends[k]
        span = end - p
        same = trie.lengths[entry] == span
        if same:
            for c in range(span):
                if trie.chars[entry, c] != obs[p + c]:
                    same = False
                    break
        cost = scratch.entry_costs[k] - trie.extras[entry] + prices[1 if same else 0]
        if not same and end <= alike:
            if kinds[p] == IS_MARK:
                cost += settings.mark
            elif kinds[p] == IS_DIGIT and span > 1:
                cost += settings.figures
        scratch.entry_costs[k] = cost
        rank[k] = cost - 0.5 * unigram[trie.ids[entry]] - (2.0 if same else 0.0)
        best[span] = min(best[span], rank[k])
    for k in np.argsort(rank[:found]):
        span = scratch.ends[k] - p
        if kept[span] >= settings.keep or rank[k] > best[span] + settings.window:
            continue
        kept[span] += 1
        entry = scratch.entries[k]
        spans[count, 0], spans[count, 1], spans[count, 2], spans[count, 3] = p, scratch.ends[k], entry, trie.ids[entry]
        cases[count], costs[count] = trie.cases[entry], scratch.entry_costs[k]
        count += 1
    return count


@compiled
def _put_numbers(
    p: int,
    last: int,
    token_start: int,
    kinds: Shorts,
    digit_like: Shorts,
    change: Floats,
    identity: Floats,
    settings: Settings,
    spans: Ints,
    cases: Shorts,
    costs: Floats,
    count: int,
) -> int:
    """Add the number that begins here, as read and with letters that stand for digits; return the number of edges."""
    if p > token_start and (kinds[p - 1] == IS_DIGIT or (kinds[p - 1] != IS_MARK and kinds[p] != IS_DIGIT)):
        return count
    run = p
    while run < last and kinds[run] == IS_DIGIT:
        run += 1
    stop = p
    right = 0
    while stop < last and (kinds[stop] == IS_DIGIT or digit_like[stop] >= 0):
        right += kinds[stop] == IS_DIGIT
        stop += 1
    wrong = stop - p - right
    if run > p:
        count = _put_number(p, run, 0, identity[p], settings, spans, cases, costs, count)
    unlike = right == 0 and (stop - p > 2 or kinds[p] == IS_MARK)
    if wrong > 0 and not unlike and not (stop < last and kinds[stop] == IS_LETTER):
        count = _put_number(p, stop, wrong, change[p], settings, spans, cases, costs, count)
    return count


@compiled
def _put_number(
    p: int,
    stop: int,
    wrong: int,
    price: float,
    settings: Settings,
    spans: Ints,
    cases: Shorts,
    costs: Floats,
    count: int,
) -> int:
    length = stop - p
    unit = NUMBER_1 if length == 1 else NUMBER_2 if length == 2 else NUMBER_4 if length == 4 else NUMBER_OTHER
    entry = NUMBER if wrong == 0 else MENDED_NUMBER
    spans[count, 0], spans[count, 1], spans[count, 2], spans[count, 3] = p, stop, entry, unit
    cases[count] = 3
    costs[count] = settings.digit * (2 if length == 4 else length) + wrong * settings.wrong_digit + price
    return count + 1


@compiled
def _put_copies(
    p: int,
    last: int,
    long_token: bool,
    kinds: Shorts,
    not_plain: Shorts,
    identity: Floats,
    settings: Settings,
    spans: Ints,
    cases: Shorts,
    costs: Floats,
    count: int,
) -> int:
    """Add what is none of the known units: the rest of the token, without its last marks, up to the next mark."""
    stop_run = p + 1
    if kinds[p] != IS_MARK:
        while stop_run < last and kinds[stop_run] != IS_MARK:
            stop_run += 1
    stop_core = last
    while stop_core > p + 1 and kinds[stop_core - 1] == IS_MARK:
        stop_core -= 1
    for choice in range(1 if long_token else 3):
        stop = last if choice == 0 else stop_core if choice == 1 else stop_run
        if (choice > 0 and stop == last) or (choice == 2 and stop == stop_core):
            continue
        spans[count, 0], spans[count, 1], spans[count, 2], spans[count, 3] = p, stop, COPY, UNKNOWN
        cases[count] = 3
        costs[count] = min(_copy_cost(not_plain, kinds, p, stop, settings), 200.0) + identity[p]
        count += 1
    return count

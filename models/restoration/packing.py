"""Counts and rules into a model that can be saved."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from models.restoration.alphabet import Alphabet
from models.restoration.channel import Rule, pack_rules
from models.restoration.language_model import LanguageModel
from models.restoration.model import Model
from models.restoration.syllables import Case, case_of
from models.restoration.trie import FIRST_WORD, build_trie, make_entries
from models.restoration.units import key_of

CASE_PRIOR = 4.0


def case_probabilities(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Return ln P(case | state, unit), smoothed by the unit's and the state's own habits.

    Args:
        counts: shape (states, units, 3).
    """
    by_unit = counts.sum(axis=0) + 0.02
    by_unit /= by_unit.sum(axis=1, keepdims=True)
    by_state = counts.sum(axis=1) + 1.0
    by_state /= by_state.sum(axis=1, keepdims=True)
    prior = 0.5 * by_unit[None, :, :] + 0.5 * by_state[:, None, :]
    smoothed = (counts + CASE_PRIOR * prior) / (counts.sum(axis=2, keepdims=True) + CASE_PRIOR)
    return np.asarray(np.log(np.maximum(smoothed, 1e-5)), dtype=np.float32)


def own_forms(surfaces: Counter[str], vocabulary: Sequence[str]) -> dict[str, float]:
    """Return words often written in a mixed case of their own, with ln of the share of that form."""
    known = set(vocabulary[FIRST_WORD:])
    totals: Counter[str] = Counter()
    for surface, count in surfaces.items():
        totals[key_of(surface)] += count
    return {
        surface: math.log(count / totals[key_of(surface)])
        for surface, count in sorted(surfaces.items())
        if count >= 100
        and surface.lower() in known
        and case_of(surface) is Case.OWN
        and count / totals[key_of(surface)] > 0.01
    }


def capitals_only(surfaces: Counter[str], vocabulary: Sequence[str]) -> frozenset[str]:
    """Return the words of several letters that are hardly ever written in small letters."""
    small: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for surface, count in surfaces.items():
        if surface[0].isalpha():
            key = key_of(surface)
            totals[key] += count
            small[key] += count * (case_of(surface) in (Case.LOWER, Case.TITLE))
    return frozenset(word for word in vocabulary[FIRST_WORD:] if len(word) > 1 and small[word] < 0.03 * totals[word])


def assemble(
    alphabet: Alphabet,
    vocabulary: Sequence[str],
    language: LanguageModel,
    case_counts: npt.NDArray[np.float64],
    surfaces: Counter[str],
    channels: Mapping[str, Sequence[Rule]],
    tables: Mapping[str, npt.NDArray[np.float32]],
) -> Model:
    """Put a model together from what was counted and learned."""
    entries = make_entries(vocabulary, own_forms(surfaces, vocabulary), capitals_only(surfaces, vocabulary))
    trie, _ = build_trie(entries, alphabet)
    return Model(
        alphabet,
        tuple(vocabulary),
        language,
        case_probabilities(case_counts),
        trie,
        {regime: pack_rules(rules, alphabet) for regime, rules in channels.items()},
        dict(tables),
    )

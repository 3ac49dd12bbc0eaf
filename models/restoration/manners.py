"""How boldly each regime is decoded: every weight of the search in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.restoration.beam import Weights
from models.restoration.walk import Settings


@dataclass(frozen=True, slots=True)
class Manner:
    """The weights of one regime.

    Args:
        settings: weights of the candidates.
        weights: weights of the search.
        change: cost of any change, nats.
        trust: how much an engine's confidence counts, 0 for not at all.
        rule: reward for keeping an upright stroke that stands alone, nats.
    """

    settings: Settings
    weights: Weights
    change: float
    trust: float
    rule: float = 10.0


_ENGLISH = Settings(
    width=10.0,
    keep=28,
    window=10.0,
    join=7.0,
    torn_width=4.0,
    doubt=4.0,
    doubt_per_char=0.5,
    copy=4.0,
    copy_letter=2.6,
    copy_other=3.0,
    copy_odd=2.0,
    digit=1.6,
    wrong_digit=3.0,
    longest_whole=8,
    mark=1.0,
    figures=3.0,
)
MANNERS: dict[str, Manner] = {
    "eng": Manner(_ENGLISH, Weights(24, 12.0, 0.9, 0.8, 6.0, 0.0, 1.5, 3.0), change=0.0, trust=0.0),
    "vie": Manner(
        _ENGLISH._replace(width=8.0, keep=12, join=8.0, copy=1.0, copy_letter=1.2, copy_other=1.5),
        Weights(12, 10.0, 0.8, 0.6, 6.0, 0.0, 1.5, 3.0),
        change=1.25,
        trust=1.0,
    ),
    "stripped": Manner(
        _ENGLISH._replace(width=1.0, doubt=1e6, longest_whole=99, join=99.0, copy=2.0),
        Weights(24, 12.0, 1.0, 0.3, 9.0, 0.0, 1.5, 3.0),
        change=0.0,
        trust=0.0,
    ),
}


def hasten(manner: Manner) -> Manner:
    """Return a manner that takes a quarter of the time, for lines that no printer ever made."""
    settings, weights = manner.settings, manner.weights
    return replace(
        manner,
        settings=settings._replace(
            width=min(settings.width, 5.0), torn_width=min(settings.torn_width, 0.5), keep=min(settings.keep, 12)
        ),
        weights=weights._replace(width=min(weights.width, 8), window=min(weights.window, 9.0)),
    )


TRUST_AT = (0.0, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.96, 0.97, 1.0)
TRUST_WRONG = (0.75, 0.6, 0.5, 0.45, 0.38, 0.3, 0.14, 0.05, 0.03, 0.01, 0.003, 0.0007)
"""Share of words that Tesseract's Vietnamese model has wrong, by its confidence."""
TYPICAL_WRONG = 0.02
"""And without regard to its confidence: what the channel's own probabilities contain already."""


def prices(manner: Manner, confidence: float) -> tuple[float, float]:
    """Return what it costs to change and to keep a token of which its reader was so sure, in nats.

    Args:
        manner: the regime's weights.
        confidence: the reader's, 0..1, negative where none was given.
    """
    if manner.trust == 0.0:
        return manner.change, 0.0
    wrong = float(np.interp(confidence, TRUST_AT, TRUST_WRONG)) if confidence >= 0 else TYPICAL_WRONG
    change = manner.trust * float(np.log(TYPICAL_WRONG / wrong))
    return manner.change + change, manner.trust * float(-np.log(1 - wrong))

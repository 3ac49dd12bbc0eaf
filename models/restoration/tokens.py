"""What the restorer hands back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Regime = Literal["auto", "clean", "vie", "eng"]
"""clean: leave alone; vie: light mending of a Vietnamese reading; eng: bold rebuilding of what an English reader made
of Vietnamese print; auto: find out from the text."""


@dataclass(frozen=True, slots=True)
class RestoredToken:
    """One token of restored text.

    Args:
        text: NFC, not empty, no white space inside.
        confidence: probability that the token is what was printed, 0..1.
        sources: indices of the tokens of the same line that it was made from.
        alternatives: other readings with their probability, best first.
    """

    text: str
    confidence: float
    sources: tuple[int, ...]
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class RestoredLine:
    """One line of restored text and the regime in which it was restored."""

    tokens: tuple[RestoredToken, ...]
    regime: str

"""Printed lines out of loose words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.page_layout.tokens import Token, folded, typical_height

__all__ = ["Row", "rows_of", "split_at_gaps"]

_MEMORY = 5  # words that a line's height is remembered over
_LOW = frozenset(".,_…․")
_RAISED = frozenset("\"'“”‘’^*°¹²³⁴⁵⁶⁷⁸⁹⁰`")


@dataclass(frozen=True, slots=True)
class Row:
    """Words on one printed line, from left to right."""

    tokens: tuple[Token, ...]

    @property
    def left(self) -> float:
        """Where its first word begins."""
        return self.tokens[0].left

    @property
    def right(self) -> float:
        """Where its last word ends."""
        return max(token.right for token in self.tokens)

    @property
    def top(self) -> float:
        """Middle of its words' tops: one tall mark does not count."""
        return float(np.median([token.top for token in self.tokens]))

    @property
    def bottom(self) -> float:
        """Middle of its words' bottoms."""
        return float(np.median([token.bottom for token in self.tokens]))

    @property
    def x(self) -> float:
        """Its middle across the page."""
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """Its middle down the page."""
        return (self.top + self.bottom) / 2

    @property
    def width(self) -> float:
        """From its first word's beginning to its last word's end."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Middle height of its words."""
        return float(np.median([token.height for token in self.tokens]))

    @property
    def text(self) -> str:
        """Its words joined by spaces."""
        return " ".join(token.text for token in self.tokens)

    @property
    def folded(self) -> str:
        """Its letters and digits without marks and spaces."""
        return folded(self.text)

    @property
    def confidence(self) -> float:
        """Mean confidence over its letters."""
        letters = sum(len(token.text) for token in self.tokens)
        return sum(token.confidence * len(token.text) for token in self.tokens) / max(letters, 1)


@dataclass(slots=True)
class _Chain:
    """A line while it is being gathered; `bands` are the heights of its words, sheared level."""

    tokens: list[Token]
    bands: list[tuple[float, float]]

    def band(self) -> tuple[float, float]:
        recent = self.bands[-_MEMORY:]
        tops = sorted(top for top, _ in recent)
        bottoms = sorted(bottom for _, bottom in recent)
        middle = len(recent) // 2
        return tops[middle], bottoms[middle]


def rows_of(tokens: Iterable[Token]) -> list[Row]:
    """Gather words into lines, from top to bottom; each word is in exactly one.

    Words are taken from left to right, each joined to the line whose height at that place it shares best, so a line
    may rise, fall or bend. What is left of the skew is measured on the first pass and taken out in a second.
    """
    found = sorted(tokens, key=lambda token: (token.left, token.top, token.right, token.bottom, token.text))
    if not found:
        return []
    unit = typical_height(found)
    chains = _chains(found, unit, 0.0)
    slope = _slope(chains)
    if abs(slope) > 0.0015:
        chains = _chains(found, unit, slope)
    rows = [Row(tuple(sorted(chain.tokens, key=lambda token: (token.left, token.top)))) for chain in chains]
    return sorted(rows, key=lambda row: (row.y - slope * row.x, row.left))


def _band(token: Token, unit: float, slope: float) -> tuple[float, float]:
    """The height that a word shares with its neighbours: small marks are widened to that of a letter."""
    top, bottom = token.top, token.bottom
    if bottom - top < 0.6 * unit:
        missing = 0.7 * unit - (bottom - top)
        marks = set(token.text)
        if marks <= _LOW:
            top -= missing
        elif marks <= _RAISED:
            bottom += missing
        else:
            top, bottom = top - missing / 2, bottom + missing / 2
    shift = slope * token.x
    return top - shift, bottom - shift


def _chains(tokens: Sequence[Token], unit: float, slope: float) -> list[_Chain]:
    chains: list[_Chain] = []
    tall: list[Token] = []
    for token in tokens:
        if token.height > 2.2 * unit and token.width < 12 * unit:
            tall.append(token)
            continue
        band = _band(token, unit, slope)
        best = max(
            ((_share(chain.band(), band), -index) for index, chain in enumerate(chains) if _may_follow(chain, token)),
            default=(0.0, 0),
        )
        if best[0] > 0.45:
            chain = chains[-best[1]]
            chain.tokens.append(token)
            chain.bands.append(band)
        else:
            chains.append(_Chain([token], [band]))
    for token in tall:
        chains.append(_Chain([token], [_band(token, unit, slope)]))
    return chains


def _may_follow(chain: _Chain, token: Token) -> bool:
    last = chain.tokens[-1]
    return last.right - token.left <= 0.5 * min(last.width, token.width)


def _share(first: tuple[float, float], second: tuple[float, float]) -> float:
    """How much of the lower of two heights both share, less how far their middles are apart."""
    overlap = min(first[1], second[1]) - max(first[0], second[0])
    lower = min(first[1] - first[0], second[1] - second[0])
    higher = max(first[1] - first[0], second[1] - second[0])
    apart = abs((first[0] + first[1]) - (second[0] + second[1])) / 2
    return overlap / max(lower, 1e-6) - 0.2 * apart / max(higher, 1e-6)


def _slope(chains: Sequence[_Chain]) -> float:
    """Middle slope of the long lines."""
    slopes: list[float] = []
    weights: list[float] = []
    for chain in chains:
        if len(chain.tokens) < 6:
            continue
        x = np.array([token.x for token in chain.tokens])
        y = np.array([token.y for token in chain.tokens])
        spread = x - x.mean()
        slopes.append(float((spread * (y - y.mean())).sum() / max((spread**2).sum(), 1e-9)))
        weights.append(float(x.max() - x.min()))
    if len(slopes) < 3:
        return 0.0
    order = np.argsort(slopes)
    total = np.cumsum(np.array(weights)[order])
    return slopes[int(order[int(np.searchsorted(total, total[-1] / 2))])]


def split_at_gaps(row: Row, gap: float) -> list[Row]:
    """The pieces of a line between gaps at least as wide as that."""
    pieces: list[list[Token]] = []
    right = -np.inf
    for token in row.tokens:
        if not pieces or token.left - right >= gap:
            pieces.append([token])
        else:
            pieces[-1].append(token)
        right = max(right, token.right)
    return [Row(tuple(piece)) for piece in pieces]

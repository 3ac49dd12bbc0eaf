"""Printed lines out of loose words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from pipeline.page_layout.tokens import Token, folded, reading_key, typical_height

__all__ = ["Row", "rows_of", "split_at_gaps"]

_MEMORY = 5  # words that a line's height is remembered over
_SHARED = 0.4  # of two heights: less is another line
_FAR = 0.01  # taken off for each height of a word between two words
_TALL = 2.2  # heights of a word: a mark that crosses lines
_SKEW = 0.0015  # slope from which lines are levelled
_LOW = frozenset(".,_…․")
_RAISED = frozenset("\"'“”‘’^*°¹²³⁴⁵⁶⁷⁸⁹⁰`")


@dataclass(frozen=True, slots=True)
class Row:
    """Words on one printed line, from left to right.

    Attributes:
        top, bottom, height: middle of those of its words, so that one tall mark does not count.
        em: middle size of its type.
    """

    tokens: tuple[Token, ...]
    left: float
    right: float
    top: float
    bottom: float
    height: float
    em: float

    @staticmethod
    def of(tokens: Iterable[Token]) -> "Row":
        """A line of these words."""
        ordered = tuple(sorted(tokens, key=reading_key))
        return Row(
            ordered,
            ordered[0].left,
            max(token.right for token in ordered),
            median(token.top for token in ordered),
            median(token.bottom for token in ordered),
            median(token.height for token in ordered),
            median(token.em for token in ordered),
        )

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
    top: float
    bottom: float

    def add(self, token: Token, band: tuple[float, float]) -> None:
        self.tokens.append(token)
        self.bands.append(band)
        recent = self.bands[-_MEMORY:]
        middle = len(recent) // 2
        self.top = sorted(top for top, _ in recent)[middle]
        self.bottom = sorted(bottom for _, bottom in recent)[middle]


def rows_of(tokens: Iterable[Token]) -> list[Row]:
    """Gather words into lines, from top to bottom; each word is in exactly one.

    Words are taken from left to right, each joined to the line whose height at that place it shares best, so a line
    may rise, fall or bend. What is left of the skew is measured on the first pass and taken out in a second.
    """
    found = sorted(tokens, key=reading_key)
    if not found:
        return []
    unit = typical_height(found)
    plain = [token for token in found if not _is_odd(token, unit)]
    chains = _chains(plain, unit, 0.0)
    slope = _slope(chains)
    if abs(slope) > _SKEW:
        chains = _chains(plain, unit, slope)
    chains = _settled(_joined(chains), unit)
    for token in (token for token in found if _is_odd(token, unit)):
        band = _band(token, unit, slope)
        if len(folded(token.text)) < 2 or not _adopted(chains, token, band, 6 * unit, unit):
            chains.append(_Chain([token], [band], *band))
    rows = [Row.of(chain.tokens) for chain in chains]
    return sorted(rows, key=lambda row: (row.y - slope * row.x, row.left))


def _is_odd(token: Token, unit: float) -> bool:
    """Whether a mark is too tall or too doubtful for others to be lined up with it."""
    if token.height > _TALL * unit and token.width < 12 * unit:
        return True
    return token.confidence < 0.6 and token.height > 0.5 * unit and not folded(token.text)


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
    for token in tokens:
        band = _band(token, unit, slope)
        best: _Chain | None = None
        most = 0.0
        for chain in chains:
            if chain.bottom <= band[0] or chain.top >= band[1]:
                continue
            last = chain.tokens[-1]
            share = _share((chain.top, chain.bottom), band)
            near = share - min(_FAR * max(token.left - last.right, 0.0) / unit, 0.25)
            if share > _SHARED and near > most and _may_follow(last, token, share):
                best, most = chain, near
        if best is None:
            chains.append(_Chain([token], [band], *band))
        else:
            best.add(token, band)
    return chains


def _may_follow(last: Token, token: Token, share: float) -> bool:
    """Whether two boxes may stand beside each other; on the same height they may overlap, boxes being careless."""
    overlap = min(last.right, token.right) - token.left
    return overlap <= 0.5 * min(last.width, token.width) or (share > 0.6 and token.x > last.x)


def _share(first: tuple[float, float], second: tuple[float, float]) -> float:
    """How much of two heights both share, 0 to 1, less how far their middles are apart."""
    overlap = min(first[1], second[1]) - max(first[0], second[0])
    lower = min(first[1] - first[0], second[1] - second[0])
    higher = max(first[1] - first[0], second[1] - second[0])
    apart = abs((first[0] + first[1]) - (second[0] + second[1])) / 2
    return (overlap / max(lower, 1e-9) + overlap / max(higher, 1e-9)) / 2 - 0.2 * apart / max(higher, 1e-9)


def _joined(chains: Sequence[_Chain]) -> list[_Chain]:
    """Pieces of one line that were begun twice, taken together."""
    done: list[_Chain] = []
    for chain in sorted(chains, key=lambda chain: reading_key(chain.tokens[0])):
        start = chain.tokens[0]
        head = chain.bands[:_MEMORY]
        band = (median(top for top, _ in head), median(bottom for _, bottom in head))
        for other in done:
            near = _share((other.top, other.bottom), band) > 0.6
            if near and other.tokens[-1].right - start.left <= 0.5 * min(other.tokens[-1].width, start.width):
                for token, one in zip(chain.tokens, chain.bands, strict=True):
                    other.add(token, one)
                break
        else:
            done.append(chain)
    return done


def _settled(chains: Sequence[_Chain], unit: float) -> list[_Chain]:
    """Words that were left alone because their box is askew, on the line that they stand beside."""
    lines = [chain for chain in chains if len(chain.tokens) > 1]
    loners = [chain for chain in chains if len(chain.tokens) == 1]
    kept = [loner for loner in loners if not _adopted(lines, loner.tokens[0], loner.bands[0], 1.2 * unit, unit)]
    return [*lines, *kept]


def _adopted(
    chains: Sequence[_Chain], token: Token, band: tuple[float, float], reach: float, unit: float
) -> _Chain | None:
    """The line that took in a mark: there is room for it there, words are beside it, and it shares most height."""
    best: _Chain | None = None
    most = 0.3
    for chain in chains:
        overlap = min(chain.bottom, band[1]) - max(chain.top, band[0])
        share = overlap / max(min(chain.bottom - chain.top, band[1] - band[0]), 1e-9)
        if share <= most:
            continue
        gaps = [max(one.left - token.right, token.left - one.right) for one in chain.tokens]
        if min(gaps) > -0.3 * unit and min(gaps) < reach:
            best, most = chain, share
    if best is not None:
        best.tokens.append(token)
        best.bands.append(band)
    return best


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
    return [row] if len(pieces) == 1 else [Row.of(piece) for piece in pieces]

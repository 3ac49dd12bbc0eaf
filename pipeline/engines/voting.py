"""Several readings of the same words: which belongs to which, and which one holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz.distance import Levenshtein

from pipeline.language.word_shapes import looks_printed

__all__ = ["Opinion", "Verdict", "aligned", "vote"]

_LEFT_OUT = 0.75
_DOUBTED_FIGURE = 0.5
_OUTVOTED_FIGURE = 0.8
_SUPPORT = 0.4
_SPECKS = "-–—_:;'`´~*|"
_ODD = 0.6  # weighs what no print looks like, `bíc` beside `b/c`, against what may stand there


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reader says that a word says, and how much that counts, 0 to 1; a guest's weight is no confidence."""

    reader: str
    text: str
    weight: float
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The reading that holds, how sure it is, 0 to 1, and what else was read."""

    reader: str
    text: str
    confidence: float
    others: tuple[str, ...] = ()


def aligned(words: Sequence[str], tokens: Sequence[str]) -> list[str | None]:
    """For each word the token that another reader has in its place, or None where it has none.

    Source:
        Needleman and Wunsch (1970), with the share of unlike letters as the cost.
    """
    rows, columns = len(words) + 1, len(tokens) + 1
    cost = np.zeros((rows, columns))
    cost[:, 0] = np.arange(rows) * _LEFT_OUT
    cost[0, :] = np.arange(columns) * _LEFT_OUT
    for i, word in enumerate(words, start=1):
        for j, token in enumerate(tokens, start=1):
            unlike = Levenshtein.normalized_distance(word.lower(), token.lower())
            cost[i, j] = min(cost[i - 1, j - 1] + unlike, cost[i - 1, j] + _LEFT_OUT, cost[i, j - 1] + _LEFT_OUT)
    found: list[str | None] = [None] * len(words)
    i, j = rows - 1, columns - 1
    while i and j:
        unlike = Levenshtein.normalized_distance(words[i - 1].lower(), tokens[j - 1].lower())
        if np.isclose(cost[i, j], cost[i - 1, j - 1] + unlike):
            if unlike < _LEFT_OUT:
                found[i - 1] = tokens[j - 1]
            i, j = i - 1, j - 1
        elif np.isclose(cost[i, j], cost[i - 1, j] + _LEFT_OUT):
            i -= 1
        else:
            j -= 1
    return found


def vote(opinions: Sequence[Opinion]) -> Verdict:
    """The text with the most weight behind it, less where no print looks so; of equal ones the earlier reader's.

    A figure on which readers differ is never trusted: its confidence stays below 0.5, or below 0.8 where all but one
    reader say the same and there are three at least.

    Args:
        opinions: at least one; the first is the first reading.
    """
    opinions = _without_specks(opinions)
    weights: dict[str, float] = {}
    for opinion in opinions:
        weights[opinion.text] = weights.get(opinion.text, 0.0) + opinion.weight
    text = max(weights, key=lambda one: weights[one] * (1.0 if looks_printed(one) else _ODD))
    said = [opinion for opinion in opinions if opinion.text == text]
    own = [opinion.weight for opinion in said if not opinion.guest]
    confidence = max(own) if own else max(opinion.weight for opinion in said)
    if own and len(own) < len(said):
        confidence = 1.0 - (1.0 - confidence) * _SUPPORT
    if len(weights) > 1 and any(character.isdigit() for one in weights for character in one):
        outvoted = len(opinions) > 2 and len(said) == len(opinions) - 1
        confidence = min(confidence, _OUTVOTED_FIGURE if outvoted else _DOUBTED_FIGURE)
    others = tuple(one for one in weights if one != text)
    return Verdict(said[0].reader, text, confidence, others)


def _without_specks(opinions: Sequence[Opinion]) -> Sequence[Opinion]:
    """The opinions, a mark that only some readers saw before or behind a figure left out: what is left of a rule."""
    texts = {opinion.text for opinion in opinions}
    if len(texts) < 2 or not any(character.isdigit() for text in texts for character in text):
        return opinions
    bare = {text: text if looks_printed(text) else text.strip(_SPECKS) for text in texts}
    found = [replace(opinion, text=bare[opinion.text]) for opinion in opinions]
    # A mark that all of them saw is one.
    return found if len(set(bare.values())) < len(texts) else opinions

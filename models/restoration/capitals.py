"""Capitals that a reader saw where none are, and words in capitals that it ran together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.restoration.beam import Search
from models.restoration.lattice import Edges
from models.restoration.syllables import Case, is_syllable, strip_marks
from models.restoration.trie import FIRST_WORD
from models.restoration.units import NUMBER_1, NUMBER_OTHER

SURE = 0.75
"""Most confidence in a word that was parted from its neighbour or written small."""
AFTER_SMALL = int(Case.LOWER) + 1
"""State of the model of case after a word in small letters."""
RARE = -7.0
"""A word is printed in capitals after a small one less often than this, in nats: `tư`, an abbreviation too, is not."""
LONGEST = 4
"""Longer words in capitals stand out from their line on purpose."""
FEWEST_LETTERS = 5
_BEFORE = frozenset((" ", "\n"))
_AFTER = frozenset((" ", "\n", ", ", "; ", ",\n", ";\n"))


def run_together(text: str, edges: Edges, found: Search, names: Sequence[str]) -> list[list[int]]:
    """Return the edges of the path that are words in capitals which stand in one token, token by token.

    Args:
        text: the block.
        edges: readings of its spans.
        found: what the search found.
        names: names of the units.
    """
    tokens: list[list[int]] = [[]]
    for edge in found.path.tolist():
        if edges.cases[edge] != Case.UPPER:
            tokens.append([])
        elif tokens[-1] and edges.starts[edge] == edges.ends[tokens[-1][-1]]:
            tokens[-1].append(edge)
        else:
            tokens.append([edge])
    return [token for token in tokens if len(token) > 1 and _are_words(text, edges, token, names)]


def _are_words(text: str, edges: Edges, token: Sequence[int], names: Sequence[str]) -> bool:
    """Whether capitals are syllables, one with a mark that no abbreviation has, and nothing clings to them."""
    start, end = int(edges.starts[token[0]]), int(edges.ends[token[-1]])
    words = [names[int(edges.units[edge])] for edge in token]
    return (
        end - start >= FEWEST_LETTERS
        and text[start:end].isalpha()
        and not text[max(start - 1, 0) : start].isalnum()
        and not text[end : end + 1].isalnum()
        and all(len(word) > 1 and is_syllable(word) for word in words)
        and any(_has_mark(word) for word in words)
    )


def find_case(
    text: str, edges: Edges, found: Search, names: Sequence[str], case_table: npt.NDArray[np.float32]
) -> dict[int, Case]:
    """Return how short words of the path were most likely printed that stand in capitals in running text.

    Args:
        text: the block.
        edges: readings of its spans.
        found: what the search found.
        names: names of the units.
        case_table: ln P(case | state, unit), shape (states, units, 3).
    Returns:
        The case of edges whose words are syllables with a mark, alone between other words; none for abbreviations.
    """
    path = found.path.tolist()
    cases: dict[int, Case] = {}
    for place, edge in enumerate(path[1:-1], 1):
        unit = int(edges.units[edge])
        if edges.cases[edge] != Case.UPPER or unit < FIRST_WORD or case_table[AFTER_SMALL, unit, Case.UPPER] > RARE:
            continue
        word, before, after = names[unit], path[place - 1], path[place + 1]
        if names[int(edges.units[after])] in (",", ";"):
            after = path[min(place + 2, len(path) - 1)]
        follows = int(edges.units[after])
        ends = names[follows] in (".", ":") and not text[edges.ends[after] : edges.ends[after] + 1].strip()
        stands_alone = (
            edges.units[before] >= FIRST_WORD
            and edges.cases[before] == Case.LOWER
            and text[edges.ends[before] : edges.starts[edge]] in _BEFORE
            and (ends or text[edges.ends[edge] : edges.starts[after]] in _AFTER)
        )
        if not (stands_alone and 1 < len(word) <= LONGEST and _has_mark(word) and is_syllable(word)):
            continue
        if ends or NUMBER_1 <= follows <= NUMBER_OTHER:
            cases[edge] = Case.LOWER
        elif follows >= FIRST_WORD and edges.cases[after] in (Case.LOWER, Case.TITLE):
            cases[edge] = max(
                (Case.LOWER, Case.TITLE),
                key=lambda case: (
                    case_table[AFTER_SMALL, unit, case] + case_table[case + 1, follows, edges.cases[after]]
                ),
            )
    return cases


def _has_mark(word: str) -> bool:
    """Whether a small word has a mark on one of its vowels."""
    return strip_marks(word) != word.replace("đ", "d")

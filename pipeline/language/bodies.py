"""Bodies: offices, collectives of offices, office holders and persons, found where a sentence names them.

A body is read from left to right: what begins it is in a closed list (`bodies.toml`), what ends it is a verb, a
small word or a mark. Co-ordinated bodies are split, a collective formula (`các sở, ban, ngành`) and a unit with
its hierarchy (`Phòng 5, Cục X, Bộ Y`) stay whole.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.language.body_grammar import BodyKind, Listing, body_list
from pipeline.language.body_names import surnames
from pipeline.language.nlp import Analysis, analyse, fold_tones, word_table

__all__ = ["Body", "BodyKind", "BodyList", "bodies_from", "body_id", "find_bodies", "is_body_list", "split_names"]


_NEVER_GIVEN = frozenset(
    fold_tones(name) for name in ("Nguyễn", "Trần", "Phạm", "Huỳnh", "Đặng", "Bùi", "Đỗ", "Lê", "Phan", "Võ")
)


@dataclass(frozen=True, slots=True)
class Body:
    """A body at `start` to `end` of a text; `generic` bodies carry nothing that makes them definite.

    `shared` are the parts of its name that are printed once for several (`các Sở: Tài chính, Nội vụ`).
    """

    start: int
    end: int
    kind: BodyKind
    shared: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class BodyList:
    """Co-ordinated bodies, and where their list ends in the text."""

    bodies: tuple[Body, ...]
    end: int


def bodies_from(text: str, start: int = 0) -> BodyList | None:
    """The bodies that begin exactly at an offset, split where they are co-ordinated; None where none begins."""
    analysis = analyse(text)
    token = analysis.token_at(start)
    if token >= len(analysis) or (analysis.starts[token] != start and text[start : analysis.starts[token]].strip()):
        return None
    found = body_list(analysis, token)
    return _bodies(analysis, found) if found.parts else None


def find_bodies(text: str) -> list[BodyList]:
    """Every list of bodies in a text, in order; a body inside another's name is not found again."""
    analysis = analyse(text)
    lists: list[BodyList] = []
    token = 0
    while token < len(analysis):
        found = body_list(analysis, token)
        if found.parts:
            lists.append(_bodies(analysis, found))
            token = found.after
        else:
            token += 1
    return lists


def is_body_list(text: str) -> bool:
    """Whether a text is bodies and nothing else."""
    stripped = text.strip().rstrip(".:;,")
    found = bodies_from(stripped) if stripped else None
    return found is not None and found.end == len(stripped)


def body_id(text: str) -> str:
    """One key for the spellings of a body: case, tone marks' place, quantifiers, punctuation and common short forms."""
    folded = fold_tones(text)
    for short, full in _short_forms():
        folded = short.sub(full, folded)
    words = re.findall(r"\w+", folded)
    while words and words[0] in ("các", "những", "đề", "nghị", "giao"):
        words.pop(0)
    return "-".join(words)


@lru_cache(maxsize=1)
def _short_forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(rf"(?<!\w){re.escape(fold_tones(short))}(?!\w)"), fold_tones(str(full)))
        for short, full in word_table("short_forms").items()
    )


def split_names(text: str) -> list[tuple[int, int]]:
    """Persons' names that stand one after the other without a mark, by their surnames: offsets of each.

    Source:
        The way with the fewest names of three or four syllables, each beginning with a surname (dynamic
        programming over syllables).
    """
    syllables = [(match.start(), match.end(), match[0]) for match in re.finditer(r"[^\W\d_]+", text)]
    if not 2 <= len(syllables) <= 60 or not all(word[0].isupper() for _, _, word in syllables):
        return []
    if re.search(r"[^\w\s,;.]", text):
        return []
    costs: list[float] = [0.0] + [float("inf")] * len(syllables)
    back = [0] * (len(syllables) + 1)
    for stop in range(2, len(syllables) + 1):
        for length in (2, 3, 4, 5):
            first = stop - length
            if first < 0 or fold_tones(syllables[first][2]) not in surnames():
                continue
            between = text[syllables[first][0] : syllables[stop - 1][1]]
            surname_last = 0.4 if fold_tones(syllables[stop - 1][2]) in _NEVER_GIVEN else 0.0
            cost = (
                costs[first]
                + surname_last
                + {2: 1.6, 3: 1.0, 4: 1.1, 5: 1.9}[length]
                + (9.0 if re.search(r"[,;.]", between) else 0.0)
            )
            if cost < costs[stop]:
                costs[stop], back[stop] = cost, first
    if costs[-1] == float("inf"):
        return []
    names: list[tuple[int, int]] = []
    stop = len(syllables)
    while stop:
        names.append((syllables[back[stop]][0], syllables[stop - 1][1]))
        stop = back[stop]
    return names[::-1]


def _bodies(analysis: Analysis, found: Listing) -> BodyList:
    def shared(token: int) -> tuple[tuple[int, int], ...]:
        return tuple((analysis.starts[index], analysis.ends[index]) for index in found.prefixes.get(token, ()))

    bodies = tuple(
        Body(analysis.starts[first], analysis.ends[after - 1], kind, shared(first))
        for first, after, kind in found.parts
    )
    return BodyList(bodies, analysis.ends[found.after - 1])

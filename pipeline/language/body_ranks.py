"""Which of two bodies is the other's superior, by what they are called."""

from typing import Literal, TypeAlias

from pipeline.language.nlp import Analysis, fold_tones, word_table

__all__ = ["BodyKind", "Part", "contains", "name_of"]

BodyKind: TypeAlias = Literal["office", "collective", "position", "person", "generic"]
Part: TypeAlias = tuple[int, int, BodyKind]
"""A body in a line: its first token, the token after it, and what it is."""


def contains(analysis: Analysis, left: Part, right: Part, position: int) -> bool:
    """Whether the right body is the superior in a hierarchy printed from the lower to the higher unit."""
    if analysis.words[position - 1] != ",":
        return False
    if right[1] - right[0] > 1 and name_of(analysis, right).startswith("công an ") and _of_police(analysis, left):
        return True
    lower, higher = _rank(analysis, left), _rank(analysis, right)
    return lower is not None and higher is not None and lower < higher and higher >= 2


def _of_police(analysis: Analysis, part: Part) -> bool:
    return name_of(analysis, part).startswith(("phòng cảnh sát ", "phòng an ninh ", "đội cảnh sát ", "đội an ninh "))


def name_of(analysis: Analysis, part: Part) -> str:
    """A body's name, its tone marks placed by one rule."""
    return fold_tones(analysis.text[analysis.starts[part[0]] : analysis.ends[part[1] - 1]])


def _rank(analysis: Analysis, part: Part) -> int | None:
    folded = name_of(analysis, part)
    ranks = [
        (len(head), int(rank))
        for head, rank in word_table("ranks").items()
        if folded == fold_tones(head) or folded.startswith(fold_tones(head) + " ")
    ]
    rank = max(ranks)[1] if ranks else -1
    return rank if rank >= 0 else None

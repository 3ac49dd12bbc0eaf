"""What a person set right: a layer of its own, applied anew whenever a document is digitised again.

A correction points at marks on the page by where they stand and what was first read there, not by ids, which another
engine or another layout may give otherwise.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from pipeline.document import Box, Issue, Page, Word

__all__ = ["Correction", "CorrectionKind", "Mark", "corrections_sha256", "find_mark", "lost", "mark_of"]

CorrectionKind: TypeAlias = Literal["word", "value"]
_LEAST_OVERLAP = 0.5


class Mark(Struct, frozen=True):
    """A word on a page, so that it is found again.

    Attributes:
        box: in scan pixels; None where the document is text.
        text: what was first read.
    """

    page: int
    word_id: str
    box: Box | None
    text: str


class Correction(Struct, frozen=True):
    """One thing that a person set right.

    Attributes:
        kind: `word` sets what a mark says, before the document is segmented; `value` sets a value of a record.
        marks: the word, or the words that the value (or, where it had none, its record) was read from.
        table, field: of the value; empty for a word.
        before: what was said before; for a value its normal form.
        after: what it says; empty where it says nothing: a mark that is no word, a value that is none.
        by: who set it right.
    """

    kind: CorrectionKind
    marks: tuple[Mark, ...]
    before: str
    after: str
    by: str
    table: str = ""
    field: str = ""


def mark_of(word: Word) -> Mark:
    """A word as a correction points at it."""
    return Mark(word.page, word.id, word.box, word.readings[0].text if word.readings else "")


def find_mark(pages: Sequence[Page], mark: Mark) -> Word | None:
    """The word that a mark means: the one that covers its box, else the one of its id that was read the same."""
    words = next((page.words for page in pages if page.number == mark.page), ())
    if mark.box is not None:
        found = max(words, key=lambda word: _overlap(word.box, mark.box), default=None)
        return found if found is not None and _overlap(found.box, mark.box) >= _LEAST_OVERLAP else None
    named = next((word for word in words if word.id == mark.word_id), None)
    return named if named is not None and mark_of(named).text == mark.text else None


def lost(stage: str, correction: Correction) -> Issue:
    """A correction that could not be applied: what it is about is no longer there."""
    where = f"`{correction.table}.{correction.field}`" if correction.table else "a word"
    return Issue(
        stage,
        "correction-lost",
        f"The correction of {where} from `{correction.before}` to `{correction.after}` finds nothing to correct.",
        "See `sohoa corrections`: make it again where it belongs now, or withdraw it.",
        correction.marks[0].page if correction.marks else None,
        "doubt",
    )


def corrections_sha256(corrections: Iterable[Correction], kind: CorrectionKind) -> str | None:
    """A key for the corrections of a kind, None where there are none."""
    chosen = [correction for correction in corrections if correction.kind == kind]
    return hashlib.sha256(msgspec.json.encode(chosen)).hexdigest() if chosen else None


def _overlap(one: Box | None, other: Box | None) -> float:
    """The common part of two boxes, of what they cover together."""
    if one is None or other is None:
        return 0.0
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (one.width * one.height + other.width * other.height - width * height)

"""A query from its strictest sense to its widest."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pipeline.archive.search.query import Query, Term

__all__ = ["Match", "Tier", "tiers"]

Match: TypeAlias = Literal["phrase as typed", "phrase", "words as typed", "words", "document"]


@dataclass(frozen=True, slots=True)
class Tier:
    """Terms that must all be on a page: some with their marks, some with any."""

    match: Match
    marked: tuple[Term, ...] = ()
    plain: tuple[Term, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """All of them."""
        return self.marked + self.plain

    @property
    def as_typed(self) -> bool:
        """Whether marks count."""
        return bool(self.marked)


def tiers(query: Query, *, as_typed: bool) -> Iterator[Tier]:
    """The senses of a query, strictest first.

    Args:
        as_typed: only those in which all words have the marks that they were typed with.
    """
    if not query.terms:
        yield Tier("document")
        return
    phrase = query.as_phrase
    if phrase is not None:
        if as_typed or phrase.is_marked:
            yield Tier("phrase as typed", marked=(phrase,))
        if not as_typed:
            yield Tier("phrase", plain=(phrase,))
    if as_typed or query.is_marked:
        marked = tuple(term for term in query.terms if as_typed or term.is_marked)
        yield Tier("words as typed", marked, tuple(term for term in query.terms if term not in marked))
    if not as_typed:
        yield Tier("words", plain=query.terms)

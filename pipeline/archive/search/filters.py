"""Which documents a search is about."""

from dataclasses import dataclass
from datetime import date

from pipeline.archive.search.facets import NEVER, name_words, range_words

__all__ = ["Filters"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on a document, all of which it must meet.

    Attributes:
        issuer, type, body: words of the issuer's name, of the type, of the name of a body that is given a task or is
            bound by a deadline; marks and letter case do not count.
        first_date, last_date: the days between which it was issued; a document that says only the month or the year
            counts where it may lie between them.
        due_first, due_last: the days between which one of its deadlines ends.
    """

    issuer: str | None = None
    type: str | None = None
    body: str | None = None
    first_date: date | None = None
    last_date: date | None = None
    due_first: date | None = None
    due_last: date | None = None

    def phrases(self) -> list[tuple[str, ...]]:
        """Phrases of which each must be among a page's facets."""
        names = (("i", self.issuer), ("t", self.type), ("b", self.body))
        return [tuple(name_words(kind, [name])[:-1]) or (NEVER,) for kind, name in names if name is not None]

    def choices(self) -> list[list[str]]:
        """Lists of words of which each must have one among a page's facets."""
        ranges = (("d", self.first_date, self.last_date), ("e", self.due_first, self.due_last))
        return [range_words(kind, first, last) for kind, first, last in ranges if first or last]

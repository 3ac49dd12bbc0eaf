"""Which of the pages that were looked up really have what is asked, and which of them are best.

Pages are ranked by BM25 with equal weights for all words: how often they have them for their length, in the head four
times as much.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, text

from pipeline.archive.search.filters import Filters
from pipeline.archive.search.packing import parts
from pipeline.archive.search.query import Term
from pipeline.archive.search.tiers import Tier
from pipeline.archive.search.words import pattern

__all__ = ["Reader"]

_WORTHS = (4.0, 1.0, 1.0)  # of a word in the head, the body, the records
# Of BM25: how soon more of the same word counts no more, and how much a page's length counts.
_SATURATION, _LENGTH = 1.2, 0.75
_ROWS_AT_A_TIME = 500
_WORDS = text("SELECT id, words FROM search_pages WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's words by part, with marks and a space around each; how many they are."""

    lines: tuple[str, ...]
    length: int


class Reader:
    """Reads pages' words, each page once."""

    def __init__(self, connection: Connection, filters: Filters) -> None:
        self._connection = connection
        self._names = [f" {' '.join(words)} " for words in filters.phrases()]
        self._days = [set(days) for days in filters.choices()]
        self._pages: dict[int, _Page | None] = {}

    def ranked(self, ids: Iterable[int], tier: Tier) -> list[int]:
        """Those that have all terms and meet all conditions, best first, newest first among equals."""
        pages = self._read(list(ids))
        mean = sum(page.length for page in pages.values()) / len(pages) if pages else 1.0
        scores = {id: _score(page, tier, mean or 1.0) for id, page in pages.items()}
        return sorted(
            (id for id, score in scores.items() if score is not None), key=lambda id: (-(scores[id] or 0), -id)
        )

    def _read(self, ids: Sequence[int]) -> dict[int, _Page]:
        """Those that meet the conditions."""
        new = [id for id in ids if id not in self._pages]
        for start in range(0, len(new), _ROWS_AT_A_TIME):
            for row in self._connection.execute(_WORDS, {"ids": new[start : start + _ROWS_AT_A_TIME]}):
                self._pages[row.id] = self._page(row.words)
        found = ((id, self._pages.get(id)) for id in ids)
        return {id: page for id, page in found if page is not None}

    def _page(self, words: bytes) -> _Page | None:
        *said, facets = (f" {part} " for part in parts(words))
        if not all(name in facets for name in self._names):
            return None
        if self._days and not all(days & set(facets.split()) for days in self._days):
            return None
        return _Page(tuple(said), sum(part.count(" ") - 1 for part in said))


def _score(page: _Page, tier: Tier, mean: float) -> float | None:
    """How well a page answers; None where it has not all terms."""
    weight = _SATURATION * (1 - _LENGTH + _LENGTH * page.length / mean)
    score = 0.0
    for terms, is_plain in ((tier.marked, False), (tier.plain, True)):
        for term in terms:
            counts = (_count(line, term, is_plain) for line in page.lines)
            count = sum(found * worth for found, worth in zip(counts, _WORTHS, strict=True))
            if not count:
                return None
            score += count * (_SATURATION + 1) / (count + weight)
    return score


def _count(line: str, term: Term, is_plain: bool) -> int:
    if is_plain:
        return len(pattern(term.plain, beginning=term.beginning).findall(line))
    wanted = " ".join(term.words)
    return line.count(f" {wanted}" if term.beginning else f" {wanted} ")

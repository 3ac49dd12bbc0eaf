"""Finding in SQLite, with FTS5.

BM25 asks how often each word is in the whole index, which takes long for words that are everywhere and tells nothing
of them; so where one of the words is on more than `_FREQUENT` pages, only the newest pages are ranked, by how often
they have the words.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, text

from pipeline.archive.search.filters import Filters
from pipeline.archive.search.packing import unpack
from pipeline.archive.search.query import Term
from pipeline.archive.search.tiers import Tier
from pipeline.archive.search.words import plain_words

__all__ = ["find"]

_FREQUENT = 10_000
_RANKED = 300
_HEAD_WEIGHT = 4.0
# Of BM25: how soon more of the same word counts no more, and how much a page's length counts.
_SATURATION, _LENGTH = 1.2, 0.75

_MATCHES = "FROM search_index WHERE search_index MATCH :match"
_BEST = text(f"SELECT rowid {_MATCHES} ORDER BY bm25(search_index, 4, 1, 1, 4, 1, 1, 0), rowid DESC LIMIT :limit")
_NEWEST = text(f"SELECT rowid {_MATCHES} ORDER BY rowid DESC LIMIT :limit")
_IS_FREQUENT = text(f"SELECT rowid {_MATCHES} LIMIT 1 OFFSET {_FREQUENT}")
_WORDS = text("SELECT id, words FROM search_pages WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))


def find(connection: Connection, tier: Tier, filters: Filters, limit: int) -> Sequence[int]:
    """Ids of pages, best first."""
    terms = [*(_expression(term, "") for term in tier.marked), *(_expression(term, "_plain") for term in tier.plain)]
    conditions = [*(f'facets : "{" ".join(words)}"' for words in filters.phrases())]
    conditions += [f"facets : ({_either(words)})" for words in filters.choices()]
    match = " AND ".join(terms + conditions)
    if not terms:
        return _ids(connection, _NEWEST, match, limit)
    if any(connection.execute(_IS_FREQUENT, {"match": term}).first() for term in terms):
        return _ranked(connection, tier, _ids(connection, _NEWEST, match, _RANKED))[:limit]
    if not conditions:
        return _ids(connection, _BEST, match, limit)
    allowed = set(_ids(connection, _NEWEST, match, _FREQUENT))
    best = _ids(connection, _BEST, " AND ".join(terms), _FREQUENT) if allowed else ()
    return [id for id in best if id in allowed][:limit]


def _ids(connection: Connection, question: object, match: str, limit: int) -> Sequence[int]:
    return connection.execute(question, {"match": match, "limit": limit}).scalars().all()  # type: ignore[call-overload,no-any-return]


def _expression(term: Term, ending: str) -> str:
    """A term as FTS5 has it; its words are letters and digits, so nothing in it needs care."""
    words = term.plain if ending else term.words
    star = " *" if term.beginning else ""
    return f'{{head{ending} body{ending} records{ending}}} : "{" ".join(words)}"{star}'


def _either(words: Iterable[str]) -> str:
    return " OR ".join(f'"{word}"' for word in words)


def _ranked(connection: Connection, tier: Tier, ids: Sequence[int]) -> list[int]:
    """Pages by how often they have the terms, newest first among equals."""
    if not ids:
        return []
    pages = {row.id: unpack(row.id, row.words) for row in connection.execute(_WORDS, {"ids": list(ids)})}
    lengths = {id: len(page.head) + len(page.body) + len(page.records) for id, page in pages.items()}
    mean = sum(lengths.values()) / len(lengths) or 1.0
    scores: dict[int, float] = {}
    for id, page in pages.items():
        weight = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[id] / mean)
        score = 0.0
        for terms, is_plain in ((tier.marked, False), (tier.plain, True)):
            for part, worth in ((page.head, _HEAD_WEIGHT), (page.body, 1.0), (page.records, 1.0)):
                line = f" {' '.join(plain_words(part) if is_plain else part)} "
                for term in terms:
                    wanted = " ".join(term.plain if is_plain else term.words)
                    count = line.count(f" {wanted}" if term.beginning else f" {wanted} ") * worth
                    score += count * (_SATURATION + 1) / (count + weight)
        scores[id] = score
    return sorted(scores, key=lambda id: (-scores[id], -id))

"""Finding in SQLite, with FTS5.

BM25 as SQLite has it asks how often each word is in the whole index, which takes long for words that are everywhere and
tells little of them. So where few pages are found all of them are ranked here, by BM25 with equal weights for all
words; so are the newest, where one of the words is on more than `_FREQUENT` pages. Else SQLite ranks.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, text

from pipeline.archive.search.filters import Filters
from pipeline.archive.search.packing import parts
from pipeline.archive.search.query import Term
from pipeline.archive.search.tiers import Tier
from pipeline.language.tone_marks import plain

__all__ = ["find"]

_FREQUENT = 10_000
_RANKED = 100
_WORTHS = (4.0, 1.0, 1.0)  # of a word in the head, the body, the records
# Of BM25: how soon more of the same word counts no more, and how much a page's length counts.
_SATURATION, _LENGTH = 1.2, 0.75

_MATCHES = "FROM search_index WHERE search_index MATCH :match"
_BEST = text(f"SELECT rowid {_MATCHES} ORDER BY bm25(search_index, 4, 1, 1, 4, 1, 1, 0), rowid DESC LIMIT :limit")
_NEWEST = text(f"SELECT rowid {_MATCHES} ORDER BY rowid DESC LIMIT :limit")
_IS_FREQUENT = text(f"SELECT rowid {_MATCHES} LIMIT 1 OFFSET {_FREQUENT}")
_WORDS = text("SELECT id, words FROM search_pages WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))


def find(
    connection: Connection, tier: Tier, filters: Filters, limit: int, before: dict[str, Sequence[int]]
) -> Sequence[int]:
    """Ids of pages, best first.

    Args:
        before: what was found for this query before; what is found for the first time is put there.
    """
    conditions = [f'facets : "{" ".join(words)}"' for words in filters.phrases()]
    conditions += [f"facets : ({_either(words)})" for words in filters.choices()]
    if tier.marked:
        # Marks only narrow: where few pages have the words with any marks, these are looked through here.
        wide = _newest(connection, _terms(Tier(tier.match, plain=tier.terms)) + conditions, _RANKED, before)
        if len(wide) < _RANKED:
            return _ranked(connection, tier, wide)[:limit]
    terms = _terms(tier)
    newest = _newest(connection, terms + conditions, _RANKED if terms else limit, before)
    if not terms:
        return newest
    if len(newest) < _RANKED or any(connection.execute(_IS_FREQUENT, {"match": term}).first() for term in terms):
        return _ranked(connection, tier, newest)[:limit]
    if not conditions:
        return _ids(connection, _BEST, " AND ".join(terms), limit)
    allowed = set(_ids(connection, _NEWEST, " AND ".join(terms + conditions), _FREQUENT))
    best = _ids(connection, _BEST, " AND ".join(terms), _FREQUENT)
    return [id for id in best if id in allowed][:limit]


def _terms(tier: Tier) -> list[str]:
    return [*(_expression(term, "") for term in tier.marked), *(_expression(term, "_plain") for term in tier.plain)]


def _newest(
    connection: Connection, parts: Sequence[str], limit: int, before: dict[str, Sequence[int]]
) -> Sequence[int]:
    match = " AND ".join(sorted(parts))
    if match not in before:
        before[match] = _ids(connection, _NEWEST, match, limit)
    return before[match]


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
    """Pages that have all terms, by how often they have them, newest first among equals."""
    if not ids:
        return []
    # Words by part, without the facets.
    pages = {row.id: parts(row.words)[:-1] for row in connection.execute(_WORDS, {"ids": list(ids)})}
    lengths = {id: sum(part.count(" ") + 1 for part in page) for id, page in pages.items()}
    mean = sum(lengths.values()) / len(lengths) or 1.0
    scores: dict[int, float] = {}
    for id, page in pages.items():
        missing = False
        weight = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[id] / mean)
        scores[id] = 0.0
        for terms, is_plain in ((tier.marked, False), (tier.plain, True)):
            lines = [f" {plain(part) if is_plain else part} " for part in page] if terms else ()
            for term in terms:
                wanted = " ".join(term.plain if is_plain else term.words)
                wanted = f" {wanted}" if term.beginning else f" {wanted} "
                count = sum(line.count(wanted) * worth for line, worth in zip(lines, _WORTHS, strict=True))
                scores[id] += count * (_SATURATION + 1) / (count + weight)
                missing = missing or not count
        if missing:
            del scores[id]
    return sorted(scores, key=lambda id: (-scores[id], -id))

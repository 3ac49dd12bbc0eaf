"""Finding in PostgreSQL, with `tsvector`s and GIN.

`ts_rank` reads every page that it ranks, so of more than `_RANKED` pages some are left unranked.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from pipeline.archive.search.filters import Filters
from pipeline.archive.search.query import Term
from pipeline.archive.search.tiers import Tier

__all__ = ["find"]

_RANKED = 500


def find(
    connection: Connection, tier: Tier, filters: Filters, limit: int, before: dict[str, Sequence[int]]
) -> Sequence[int]:
    """Ids of pages, best first."""
    asked = {
        "marked": " & ".join(_expression(term, term.words) for term in tier.marked),
        "plain": " & ".join(_expression(term, term.plain) for term in tier.plain),
        "facets": " & ".join(_facets(filters)),
    }
    asked = {column: query for column, query in asked.items() if query}
    where = " AND ".join(f"{column} @@ CAST(:{column} AS tsquery)" for column in asked)
    if not tier.terms:
        question = f"SELECT id FROM search_pages WHERE {where} ORDER BY id DESC LIMIT :limit"  # noqa: S608
        return connection.execute(text(question), asked | {"limit": limit}).scalars().all()
    rank = " + ".join(
        f"ts_rank({column}, CAST(:{column} AS tsquery), 1)" for column in ("marked", "plain") if column in asked
    )
    question = (
        f"SELECT id FROM (SELECT id, marked, plain FROM search_pages WHERE {where} LIMIT {_RANKED}) found "  # noqa: S608
        f"ORDER BY {rank} DESC, id DESC LIMIT :limit"
    )
    return connection.execute(text(question), asked | {"limit": limit}).scalars().all()


def _expression(term: Term, words: Sequence[str]) -> str:
    """A term as a tsquery; its words are letters and digits, so nothing in it needs care."""
    return "(" + " <-> ".join(f"'{word}'" for word in words) + (":*" if term.beginning else "") + ")"


def _facets(filters: Filters) -> list[str]:
    phrases = ["(" + " <-> ".join(f"'{word}'" for word in words) + ")" for words in filters.phrases()]
    return phrases + ["(" + " | ".join(f"'{word}'" for word in words) + ")" for words in filters.choices()]

"""Which pages are read to answer a query, of the many that may have what is asked.

All of them, where they are `_READ` or fewer. Of more, the newest `_READ` are read and ranked, and so are the newest
`_CHOSEN` that have all that is asked in the head and the newest `_CHOSEN` that have it three times or more. Only where
these do not suffice older ones follow, and so on to the oldest; a sense that is not the widest, of which the next
finds all pages too, ends after `_MOST_READ`.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from pipeline.archive.search import on_postgresql, on_sqlite
from pipeline.archive.search.filters import Filters
from pipeline.archive.search.keys import Need, dense_needs, filter_needs, head_needs, term_needs
from pipeline.archive.search.ranking import Reader
from pipeline.archive.search.tiers import Tier

__all__ = ["find"]

_READ = 100
_CHOSEN = 50
_MOST_READ = 300
_ABOVE_ALL = (1 << 63) - 1


def find(connection: Connection, tiers: Sequence[Tier], filters: Filters, limit: int) -> dict[int, Tier]:
    """Ids of pages, best first, each with the strictest sense in which it has what is asked.

    Args:
        tiers: the senses, each wider than those before it.
    """
    reader = Reader(connection, filters)
    conditions = filter_needs(filters)
    look_up = on_sqlite.newest if connection.dialect.name == "sqlite" else on_postgresql.newest
    read = max(_READ, limit)

    def newest(needs: Sequence[Need], most: int, below: int = _ABOVE_ALL) -> Sequence[int]:
        return look_up(connection, [*needs, *conditions], most, below)

    found: dict[int, Tier] = {}
    widest = tiers[-1]
    all_pages = newest(term_needs(widest), read + 1)
    for tier in tiers:
        if len(found) >= limit:
            break
        if len(all_pages) <= read:
            ids = reader.ranked(all_pages, tier)
        else:
            ids = _best_of_many(newest, reader, tier, read, limit + len(found), in_full=tier is widest)
        for id in ids:
            found.setdefault(id, tier)
    return dict(list(found.items())[:limit])


def _best_of_many(
    newest: Callable[..., Sequence[int]], reader: Reader, tier: Tier, read: int, limit: int, *, in_full: bool
) -> list[int]:
    needs = term_needs(tier)
    ids = newest(needs, read)
    chosen = set(ids)
    if len(ids) == read:
        for special in (head_needs(tier), dense_needs(tier)):
            if special != needs:
                chosen.update(newest(special, _CHOSEN))
    best = reader.ranked(chosen, tier)
    looked_at = len(ids)
    while len(ids) == read and len(best) < limit and (in_full or looked_at < _MOST_READ):
        ids = newest(needs, read, ids[-1])
        looked_at += len(ids)
        best += [id for id in reader.ranked(ids, tier) if id not in chosen]
    return best

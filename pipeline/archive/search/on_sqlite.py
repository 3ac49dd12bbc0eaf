"""Looking up keys in SQLite: an FTS5 table that says which pages have a key, and no more."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from pipeline.archive.search.keys import Need

__all__ = ["newest"]

_NEWEST = text(
    "SELECT rowid FROM search_index WHERE search_index MATCH :match AND rowid < :below ORDER BY rowid DESC LIMIT :limit"
)


def newest(connection: Connection, needs: Sequence[Need], limit: int, below: int) -> Sequence[int]:
    """Ids of the pages that meet all needs, newest first; of those with a lower id than `below`."""
    # Keys are letters, digits and signs of ours, so nothing in them needs care.
    match = " AND ".join("(" + " OR ".join(f'"{key}"' for key in need) + ")" for need in needs)
    return connection.execute(_NEWEST, {"match": match, "limit": limit, "below": below}).scalars().all()

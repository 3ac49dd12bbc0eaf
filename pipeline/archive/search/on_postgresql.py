"""Looking up keys in PostgreSQL: hashed, in an array with a GIN index.

GIN gathers all rows that have a key before it gives the first, so what is on many pages is looked up in the newest
documents first: a row has a key too for the window of documents that it lies in.
"""

from collections.abc import Iterable, Sequence
from zlib import crc32

from sqlalchemy import Connection, text

from pipeline.archive.search.entries import split_id
from pipeline.archive.search.keys import Need

__all__ = ["hashed_keys", "newest"]

_WINDOW_BITS = (12, 16)
# What the planner knows of arrays leads it to read the whole table, or to compile what takes a millisecond.
_BEGIN = text(
    "SELECT MAX(id), set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true) "
    "FROM search_pages WHERE id < :below"
)


def hashed_keys(id: int, keys: Iterable[str]) -> list[int]:
    """A page's keys and its windows', as they are kept; two that fall together cost a look at a page in vain."""
    document = split_id(id)[0]
    windows = (_window(bits, document >> bits) for bits in _WINDOW_BITS)
    return sorted({_hash(key) for key in (*keys, *windows)})


def newest(connection: Connection, needs: Sequence[Need], limit: int, below: int) -> Sequence[int]:
    """Ids of the pages that meet all needs, newest first; of those with a lower id than `below`."""
    last = connection.execute(_BEGIN, {"below": below}).scalar()
    if last is None:
        return []
    for bits in _WINDOW_BITS:
        window = split_id(last)[0] >> bits
        found = _look_up(connection, [*needs, (_window(bits, window), _window(bits, window - 1))], limit, below)
        if len(found) >= limit or window <= 1:
            return found
    return _look_up(connection, needs, limit, below)


def _look_up(connection: Connection, needs: Sequence[Need], limit: int, below: int) -> Sequence[int]:
    asked: dict[str, object] = {
        "below": below,
        "limit": limit,
        "all": [_hash(need[0]) for need in needs if len(need) == 1],
    }
    conditions = ["keys @> CAST(:all AS integer[])"] if asked["all"] else []
    for number, need in enumerate(need for need in needs if len(need) > 1):
        asked[f"some{number}"] = [_hash(key) for key in need]
        conditions.append(f"keys && CAST(:some{number} AS integer[])")
    # Without OFFSET it might read the newest rows one by one until enough have the keys.
    question = (
        f"SELECT id FROM (SELECT id FROM search_pages WHERE {' AND '.join(conditions)} OFFSET 0) found "  # noqa: S608
        "WHERE id < :below ORDER BY id DESC LIMIT :limit"
    )
    return connection.execute(text(question), asked).scalars().all()


def _window(bits: int, number: int) -> str:
    return f"window {bits} {number}"


def _hash(key: str) -> int:
    return crc32(key.encode()) - (1 << 31)

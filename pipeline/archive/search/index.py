"""The index is changed with the rows it is made from, in the same transaction.

Each page's words are kept, packed, in `search_pages`, to be read where a query may have found the page; its keys are
looked up in SQLite in an FTS5 table without content (to forget a page it wants the same keys again, which the words
give), in PostgreSQL in an array with a GIN index. Both are given the same keys, so that both find the same.
"""

from collections.abc import Sequence
from typing import TypeAlias

from sqlalchemy import Connection, select, text

from pipeline.archive.schema import DOCUMENTS
from pipeline.archive.search.entries import Entry, entries, page_id
from pipeline.archive.search.keys import page_keys
from pipeline.archive.search.on_postgresql import hashed_keys
from pipeline.archive.search.packing import pack, unpack

__all__ = [
    "INDEX_STATE",
    "INDEX_VERSION",
    "IndexedPage",
    "forget",
    "index_version",
    "indexed",
    "put",
    "put_pages",
    "rebuild",
]

INDEX_VERSION = 2
"""Raised when what is indexed of a page, or how, has changed: the index is then made anew."""
INDEX_STATE = "search_state"
IndexedPage: TypeAlias = tuple[int, str, bytes]
"""A page's id, its keys parted by spaces, and its words as they are kept."""

_PUT = text("INSERT INTO search_index (rowid, keys) VALUES (:id, :keys)")
_FORGET = text("INSERT INTO search_index (search_index, rowid, keys) VALUES ('delete', :id, :keys)")
_KEEP = text("INSERT INTO search_pages (id, words) VALUES (:id, :words)")
_KEEP_WITH_KEYS = text("INSERT INTO search_pages (id, words, keys) VALUES (:id, :words, CAST(:keys AS integer[]))")
_DROP_KEYS = "DROP INDEX IF EXISTS ix_search_pages_keys"
_INDEX_KEYS = text("CREATE INDEX ix_search_pages_keys ON search_pages USING GIN (keys)")
_IN_DOCUMENT = "WHERE id BETWEEN :first AND :last"


def put(connection: Connection, document_id: int) -> None:
    """Index a document's pages as they are now; what was indexed of it must have been forgotten."""
    put_pages(connection, [indexed(entry) for entry in entries(connection, document_id)])


def indexed(entry: Entry) -> IndexedPage:
    """A page as it is indexed."""
    return entry.id, " ".join(page_keys(entry)), pack(entry)


def put_pages(connection: Connection, pages: Sequence[IndexedPage]) -> None:
    """Index pages."""
    if not pages:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(_PUT, [{"id": id, "keys": keys} for id, keys, _ in pages])
        connection.execute(_KEEP, [{"id": id, "words": words} for id, _, words in pages])
    else:
        # An array as a text: the driver takes long to write a list.
        arrays = (",".join(map(str, hashed_keys(id, keys.split()))) for id, keys, _ in pages)
        rows = [
            {"id": page[0], "words": page[2], "keys": f"{{{array}}}"} for page, array in zip(pages, arrays, strict=True)
        ]
        connection.execute(_KEEP_WITH_KEYS, rows)


def forget(connection: Connection, document_id: int) -> None:
    """Take a document out of the index, whatever has become of its rows."""
    pages = {"first": page_id(document_id, 0), "last": page_id(document_id + 1, 0) - 1}
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text(f"SELECT id, words FROM search_pages {_IN_DOCUMENT}"), pages).all()  # noqa: S608
        if rows:
            connection.execute(_FORGET, [_joined_keys(unpack(row.id, row.words)) for row in rows])
    connection.execute(text(f"DELETE FROM search_pages {_IN_DOCUMENT}"), pages)  # noqa: S608


def index_version(connection: Connection) -> int | None:
    """The version of what is indexed, None where nothing is yet."""
    version: int | None = connection.execute(text("SELECT version FROM search_state")).scalar()
    return version


def rebuild(connection: Connection) -> None:
    """Make the index anew from the catalog's rows."""
    is_sqlite = connection.dialect.name == "sqlite"
    connection.execute(
        text("INSERT INTO search_index (search_index) VALUES ('delete-all')" if is_sqlite else _DROP_KEYS)
    )
    connection.execute(text("DELETE FROM search_pages"))
    for document_id in connection.execute(select(DOCUMENTS.c.id).order_by(DOCUMENTS.c.id)).scalars().all():
        put(connection, document_id)
    if not is_sqlite:
        # Of all rows at once it is made in a fraction of the time that it takes row by row.
        connection.execute(_INDEX_KEYS)
    connection.execute(text("DELETE FROM search_state"))
    connection.execute(text("INSERT INTO search_state (version) VALUES (:version)"), {"version": INDEX_VERSION})


def _joined_keys(entry: Entry) -> dict[str, object]:
    """A page as a row of the FTS5 table."""
    return {"id": entry.id, "keys": " ".join(page_keys(entry))}

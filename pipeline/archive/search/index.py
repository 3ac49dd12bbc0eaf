"""The index is changed with the rows it is made from, in the same transaction.

SQLite: an FTS5 table without content; to forget a page it wants the same words again, so these are kept, packed, in
`search_pages`. PostgreSQL: rows of `tsvector`s, made here and not by its own parser, so that both find the same.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select, text

from pipeline.archive.schema import DOCUMENTS
from pipeline.archive.search.entries import Entry, entries, page_id
from pipeline.archive.search.packing import pack, unpack
from pipeline.archive.search.words import plain_words

__all__ = ["INDEX_STATE", "INDEX_VERSION", "forget", "index_version", "page_columns", "put", "rebuild"]

INDEX_VERSION = 1
"""Raised when what is indexed of a page, or how, has changed: the index is then made anew."""
INDEX_STATE = "search_state"

_COLUMNS = "head, body, records, head_plain, body_plain, records_plain, facets"
_GAP = 8  # between the parts of a page, so that no phrase reaches from one into the next
_PUT = text(
    f"INSERT INTO search_index (rowid, {_COLUMNS}) VALUES "  # noqa: S608 - names of our own
    "(:id, :head, :body, :records, :head_plain, :body_plain, :records_plain, :facets)"
)
_FORGET = text(
    f"INSERT INTO search_index (search_index, rowid, {_COLUMNS}) VALUES "  # noqa: S608 - names of our own
    "('delete', :id, :head, :body, :records, :head_plain, :body_plain, :records_plain, :facets)"
)
_KEEP = text("INSERT INTO search_pages (id, words) VALUES (:id, :words)")
_PUT_VECTORS = text(
    "INSERT INTO search_pages (id, marked, plain, facets) VALUES "
    "(:id, CAST(:marked AS tsvector), CAST(:plain AS tsvector), CAST(:facets AS tsvector))"
)
_IN_DOCUMENT = "WHERE id BETWEEN :first AND :last"


def put(connection: Connection, document_id: int) -> None:
    """Index a document's pages as they are now; what was indexed of it must have been forgotten."""
    found = list(entries(connection, document_id))
    if not found:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(_PUT, [page_columns(entry) for entry in found])
        connection.execute(_KEEP, [{"id": entry.id, "words": pack(entry)} for entry in found])
    else:
        connection.execute(_PUT_VECTORS, [_vectors(entry) for entry in found])


def forget(connection: Connection, document_id: int) -> None:
    """Take a document out of the index, whatever has become of its rows."""
    pages = {"first": page_id(document_id, 0), "last": page_id(document_id + 1, 0) - 1}
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text(f"SELECT id, words FROM search_pages {_IN_DOCUMENT}"), pages).all()  # noqa: S608
        if rows:
            connection.execute(_FORGET, [page_columns(unpack(row.id, row.words)) for row in rows])
    connection.execute(text(f"DELETE FROM search_pages {_IN_DOCUMENT}"), pages)  # noqa: S608


def index_version(connection: Connection) -> int | None:
    """The version of what is indexed, None where nothing is yet."""
    version: int | None = connection.execute(text("SELECT version FROM search_state")).scalar()
    return version


def rebuild(connection: Connection) -> None:
    """Make the index anew from the catalog's rows."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO search_index (search_index) VALUES ('delete-all')"))
    connection.execute(text("DELETE FROM search_pages"))
    for document_id in connection.execute(select(DOCUMENTS.c.id).order_by(DOCUMENTS.c.id)).scalars().all():
        put(connection, document_id)
    connection.execute(text("DELETE FROM search_state"))
    connection.execute(text("INSERT INTO search_state (version) VALUES (:version)"), {"version": INDEX_VERSION})


def page_columns(entry: Entry) -> dict[str, object]:
    """A page as a row of the FTS5 table."""
    columns: dict[str, object] = {"id": entry.id, "facets": " ".join(entry.facets)}
    for name in ("head", "body", "records"):
        words = getattr(entry, name)
        columns[name] = " ".join(words)
        columns[f"{name}_plain"] = " ".join(plain_words(words))
    return columns


def _vectors(entry: Entry) -> dict[str, object]:
    marked = list(_placed(entry.head, entry.body, entry.records))
    bare = list(_placed(*(plain_words(words) for words in (entry.head, entry.body, entry.records))))
    return {
        "id": entry.id,
        "marked": _vector(marked),
        "plain": _vector(bare),
        "facets": _vector((word, place, "") for place, word in enumerate(entry.facets, start=1)),
    }


def _placed(head: list[str], body: list[str], records: list[str]) -> Iterator[tuple[str, int, str]]:
    """Each word with its place and its weight: the head counts most."""
    start = 1
    for words, weight in ((head, "A"), (body, ""), (records, "")):
        for place, word in enumerate(words, start=start):
            yield word, place, weight
        start += len(words) + _GAP


def _vector(words: Iterable[tuple[str, int, str]]) -> str:
    """A tsvector as PostgreSQL writes it; a word is letters and digits, so nothing in it needs care."""
    places: dict[str, list[str]] = {}
    for word, place, weight in words:
        places.setdefault(word, []).append(f"{place}{weight}")
    return " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())

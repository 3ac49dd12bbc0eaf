"""A document made ready for the archive by the worker that read it: who stores it only has to put it in its place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Table

from pipeline.archive.body_rows import body_rows
from pipeline.archive.rows import Row, document_row, part_rows
from pipeline.archive.schema import EVIDENCE, PAGES, RECORD_TABLES, RECORD_VALUES
from pipeline.archive.search.entries import Entry, page_entries, values_by_page
from pipeline.archive.search.index import IndexedPage, indexed
from pipeline.document import Document, Issue, Status
from pipeline.errors import ArchiveError
from pipeline.runner.files import write_atomically

__all__ = ["DOCUMENT_FILE", "PREPARED_FILE", "Prepared", "discard", "prepare", "prepared", "read_prepared"]

DOCUMENT_FILE = "document.json"
PREPARED_FILE = "prepared"


class Prepared(Struct, frozen=True, array_like=True):
    """What the catalog is to know of a document.

    Attributes:
        sha256: of its original.
        row: of the table of documents, but for where it is kept and when it came.
        parts: rows of `PART_TABLES` by the table's name, in the order of these; without the document's id.
        bodies, mentions: see `body_rows`.
        index: the pages as they are found, with their numbers in the place of their ids.
        pictures: of its pages, by their ways in the document's folder.
    """

    sha256: str
    status: Status
    pages: int
    blank_pages: int
    lost_pages: int
    issues: tuple[Issue, ...]
    pictures: tuple[str, ...]
    row: dict[str, Any]
    parts: dict[str, list[Row]]
    bodies: list[tuple[int, Row]]
    mentions: list[Row]
    index: list[IndexedPage]


def prepared(document: Document) -> Prepared:
    """A document as the catalog takes it."""
    bodies, mentions = body_rows(document)
    parts = {str(table.name): rows for table, rows in part_rows(document)}
    return Prepared(
        document.source.sha256,
        document.status,
        len(document.pages),
        sum(page.blank for page in document.pages),
        len(document.lost_pages),
        document.issues,
        tuple(sorted({page.picture for page in document.pages if page.picture})),
        document_row(document),
        parts,
        bodies,
        mentions,
        [indexed(entry) for entry in _entries(parts)],
    )


def _entries(parts: dict[str, list[Row]]) -> Iterator[Entry]:
    """The pages of a document as they are found, made of its rows."""
    own = next(_named(RECORD_TABLES["document"], parts), {})
    first_pages = {
        (row["record_table"], row["record_number"], row["field"]): row["page"]
        for row in _named(EVIDENCE, parts)
        if row["position"] == 0
    }
    values = sorted(
        ((row["record_table"], row["record_number"], row["field"]), row["text"], row["normal"])
        for row in _named(RECORD_VALUES, parts)
    )
    bound = [(row["body"], None) for row in _named(RECORD_TABLES["assignments"], parts)]
    bound += [(row["body"], row["end"]) for row in _named(RECORD_TABLES["deadlines"], parts)]
    return page_entries(
        0,
        own,
        values_by_page((key[0], key[2], text, normal, first_pages.get(key)) for key, text, normal in values),
        bound,
        sorted((row["number"], row["text"]) for row in _named(PAGES, parts)),
    )


def _named(table: Table, parts: dict[str, list[Row]]) -> Iterator[dict[str, Any]]:
    """A table's rows, their values by the columns' names."""
    names = [column.name for column in table.columns][1:]
    return (dict(zip(names, row, strict=True)) for row in parts.get(table.name, ()))


def prepare(document: Document, folder: Path) -> None:
    """Leave a document in a folder as the archive keeps it, and as the catalog takes it.

    Raises:
        FullDiskError: no space is left.
        ArchiveError: it cannot be written.
    """
    write_atomically(folder / DOCUMENT_FILE, msgspec.json.encode(document), lasting=False)
    write_atomically(folder / PREPARED_FILE, msgspec.msgpack.encode(prepared(document)), lasting=False)


def discard(folder: Path) -> None:
    """Remove what `prepare` left."""
    for name in (DOCUMENT_FILE, PREPARED_FILE):
        (folder / name).unlink(missing_ok=True)


def read_prepared(folder: Path) -> Prepared:
    """What `prepare` left.

    Raises:
        ArchiveError: it is not there or is damaged.
    """
    path = folder / PREPARED_FILE
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Prepared)
    except (OSError, msgspec.DecodeError) as error:
        raise ArchiveError(
            f"{path} cannot be read: {error}.", remedy="Run the same command again: what is done is kept."
        ) from error

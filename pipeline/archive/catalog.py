"""The catalog: what is known of documents, their records and their runs, in SQL."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, tuple_, update

from pipeline.archive.body_rows import put_bodies
from pipeline.archive.body_schema import BODY_MENTIONS
from pipeline.archive.database import Database
from pipeline.archive.ledger import Run, note_begun, note_ends
from pipeline.archive.lost_connections import done_again
from pipeline.archive.names import source_path
from pipeline.archive.prepared import Prepared, prepared
from pipeline.archive.report import DocumentRow
from pipeline.archive.rows import PART_TABLES, put_rows
from pipeline.archive.schema import DOCUMENT_SOURCES, DOCUMENTS, RECORD_TABLES, RUNS
from pipeline.archive.search.entries import page_id
from pipeline.archive.search.index import forget, put_pages
from pipeline.document import Document, Status

__all__ = ["Catalog", "Placed", "Stored"]

_FIELDS = RECORD_TABLES["document"]
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """A document that is there: its folder and original, how it stands, the key of the work that made it."""

    sha256: str
    name: str
    status: Status
    work_key: str
    folder: PurePosixPath
    original: PurePosixPath
    pages: int
    blank_pages: int
    failed_pages: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A document whose original and folder are where they are kept, and the key of the work that made it."""

    document: Prepared
    original: PurePosixPath
    folder: PurePosixPath
    work_key: str


class Catalog:
    """Questions and answers about what is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @done_again
    def stored(self, sha256: str) -> Stored | None:
        """The document with that content, or None."""
        return self.stored_of([sha256]).get(sha256)

    @done_again
    def stored_of(self, sha256s: Sequence[str]) -> dict[str, Stored]:
        """The documents with those contents that are there."""
        found: dict[str, Stored] = {}
        with self._database.reading() as connection:
            for start in range(0, len(sha256s), _CHUNK):
                some = DOCUMENTS.c.sha256.in_(sha256s[start : start + _CHUNK])
                for row in connection.execute(select(DOCUMENTS).where(some)):
                    found[row.sha256] = Stored(
                        row.sha256,
                        row.name,
                        row.status,
                        row.work_key,
                        PurePosixPath(row.folder),
                        PurePosixPath(row.original),
                        row.page_count,
                        row.blank_page_count,
                        row.failed_page_count,
                    )
        return found

    @done_again
    def store(self, placed: Sequence[Placed], runs: Sequence[Run], begun: Sequence[Path] = ()) -> None:
        """Put documents in the place of what was known of them, and note what became of files, all or nothing.

        Args:
            begun: files whose turn has come.
            runs: of these documents, and of files of which nothing is stored.
        Raises:
            FullDiskError: no space is left.
            ArchiveError: the database cannot be written.
        """
        now = datetime.now(UTC)
        stored = {one.document.sha256 for one in placed}
        with self._database.writing() as connection:
            for sha256 in sorted(stored):
                self._database.hold(connection, sha256)
            note_begun(connection, begun)
            ids = _put(connection, placed, now)
            came = {(ids[run.sha256], source_path(run.path)) for run in runs if run.sha256 in stored}
            _remember_sources(connection, came, now)
            _remember_runs(connection, runs, now)

    @done_again
    def put_back(self, document: Document, original: PurePosixPath, folder: PurePosixPath, work_key: str) -> None:
        """Enter a document that the archive keeps, of which the catalog has lost how it came.

        Raises:
            FullDiskError: no space is left.
            ArchiveError: the database cannot be written.
        """
        with self._database.writing() as connection:
            self._database.hold(connection, document.source.sha256)
            _put(connection, [Placed(prepared(document), original, folder, work_key)], datetime.now(UTC))

    @done_again
    def remember_source(self, sha256: str, path: str) -> None:
        """Note a further path under which a stored document came."""
        with self._database.reading() as connection:
            document_id = _ids(connection, [sha256]).get(sha256)
            known = select(DOCUMENT_SOURCES.c.path).where(
                DOCUMENT_SOURCES.c.document_id == document_id, DOCUMENT_SOURCES.c.path == path
            )
            if document_id is None or connection.execute(known).first() is not None:
                return
        with self._database.writing() as connection:
            self._database.hold(connection, sha256)
            _remember_sources(connection, {(document_id, path)}, datetime.now(UTC))

    def documents(self) -> list[DocumentRow]:
        """All documents, in the order they came."""
        return self._rows()

    def probable_duplicates(self, ids: Collection[str] | None = None) -> list[list[DocumentRow]]:
        """Documents that have number, notation and issuer in common, in groups.

        A number without figures (a draft's) tells nothing, so it makes no group.

        Args:
            ids: only groups that one of these is in.
        """
        number, issuer = func.lower(_FIELDS.c.number), func.lower(_FIELDS.c.issuer)
        told = _FIELDS.c.number.between("0", ":")  # begins with a figure; ":" is what follows "9"
        keys = select(number, issuer).where(told, _FIELDS.c.issuer.is_not(None)).group_by(number, issuer)
        common = keys.having(func.count() > 1)
        groups: dict[tuple[str, str], list[DocumentRow]] = {}
        for row in self._rows(told & tuple_(number, issuer).in_(common)):
            groups.setdefault(((row.number or "").lower(), (row.issuer or "").lower()), []).append(row)
        return [group for group in groups.values() if ids is None or any(row.id in ids for row in group)]

    def _rows(self, condition: ColumnElement[bool] | None = None) -> list[DocumentRow]:
        columns = [_FIELDS.c[name] for name in ("type", "number", "date", "issuer", "title")]
        question = (
            select(DOCUMENTS, *columns)
            .join_from(DOCUMENTS, _FIELDS, DOCUMENTS.c.id == _FIELDS.c.document_id, isouter=True)
            .order_by(DOCUMENTS.c.id)
        )
        if condition is not None:
            question = question.where(condition)
        with self._database.reading() as connection:
            rows = connection.execute(question).all()
        return [
            DocumentRow(
                row.sha256,
                row.name,
                row.status,
                row.page_count,
                row.issue_count,
                row.added_at.replace(tzinfo=UTC) if row.added_at.tzinfo is None else row.added_at,
                row.type,
                row.number,
                row.date,
                row.issuer,
                row.title,
            )
            for row in rows
        ]

    def by_beginning(self, beginning: str) -> Sequence[tuple[str, str]]:
        """Ids that begin so, with the documents' names."""
        return self._matching(DOCUMENTS.c.sha256.startswith(beginning, autoescape=True))

    def by_path(self, path: str, name: str) -> Sequence[tuple[str, str]]:
        """Ids of documents that came under that path, or else under that name."""
        came = select(DOCUMENT_SOURCES.c.document_id).where(DOCUMENT_SOURCES.c.path == path)
        return self._matching(DOCUMENTS.c.id.in_(came)) or self._matching(DOCUMENTS.c.name == name)

    def _matching(self, condition: ColumnElement[bool]) -> Sequence[tuple[str, str]]:
        question = select(DOCUMENTS.c.sha256, DOCUMENTS.c.name).where(condition).order_by(DOCUMENTS.c.id)
        with self._database.reading() as connection:
            return [(row.sha256, row.name) for row in connection.execute(question)]


def _put(connection: Connection, placed: Sequence[Placed], now: datetime) -> dict[str, int]:
    """Write documents' rows in the place of those that were there; gives their ids."""
    rows = {
        one.document.sha256: one.document.row
        | {"original": str(one.original), "folder": str(one.folder), "work_key": one.work_key, "changed_at": now}
        for one in placed
    }
    ids = _ids(connection, rows)
    for sha256, document_id in ids.items():
        forget(connection, document_id)
        for table in (BODY_MENTIONS, *reversed(PART_TABLES)):
            connection.execute(delete(table).where(table.c.document_id == document_id))
        # The name that it first came under stays.
        changed = {name: value for name, value in rows[sha256].items() if name != "name"}
        connection.execute(update(DOCUMENTS).where(DOCUMENTS.c.id == document_id).values(changed))
    new = [row | {"added_at": now} for sha256, row in rows.items() if sha256 not in ids]
    if new:
        in_order = insert(DOCUMENTS).returning(DOCUMENTS.c.sha256, DOCUMENTS.c.id, sort_by_parameter_order=True)
        ids |= {row.sha256: row.id for row in connection.execute(in_order, new)}
    for table in PART_TABLES:
        put_rows(
            connection,
            table,
            [(ids[one.document.sha256], *row) for one in placed for row in one.document.parts.get(table.name, ())],
        )
    mentions = {ids[one.document.sha256]: one.document.mentions for one in placed}
    put_bodies(connection, (body for one in placed for body in one.document.bodies), mentions)
    put_pages(
        connection,
        [
            (page_id(ids[one.document.sha256], number), keys, words)
            for one in placed
            for number, keys, words in one.document.index
        ],
    )
    return ids


def _ids(connection: Connection, sha256s: Iterable[str]) -> dict[str, int]:
    """The ids of the documents with these contents that are there."""
    question = select(DOCUMENTS.c.sha256, DOCUMENTS.c.id).where(DOCUMENTS.c.sha256.in_(list(sha256s)))
    return {row.sha256: row.id for row in connection.execute(question)}


def _remember_sources(connection: Connection, came: Collection[tuple[int, str]], now: datetime) -> None:
    """Note the paths under which documents, by their ids, came."""
    key = DOCUMENT_SOURCES.c.document_id, DOCUMENT_SOURCES.c.path
    known = select(*key).where(key[0].in_([id for id, _ in came]), key[1].in_([path for _, path in came]))
    new = sorted(set(came) - {(row.document_id, row.path) for row in connection.execute(known)})
    if new:
        connection.execute(
            insert(DOCUMENT_SOURCES), [{"document_id": id, "path": path, "added_at": now} for id, path in new]
        )


def _remember_runs(connection: Connection, runs: Sequence[Run], now: datetime) -> None:
    if not runs:
        return
    ids = _ids(connection, [run.sha256 for run in runs if run.sha256 is not None])
    rows = [
        {
            "document_id": ids.get(run.sha256 or ""),
            "sha256": run.sha256,
            "path": source_path(run.path),
            "status": run.status,
            "error_code": run.error_code,
            "message": run.message,
            "remedy": run.remedy,
            "page_count": run.pages,
            "failed_page_count": run.failed_pages,
            "work_key": run.work_key,
            "program_version": run.program_version,
            "ended_at": now,
            "wall_s": run.wall_s,
            "peak_memory_mb": run.peak_memory_mb,
        }
        for run in runs
    ]
    connection.execute(insert(RUNS), rows)
    note_ends(connection, runs)

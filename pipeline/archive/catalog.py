"""The catalog: what is known of documents, their records and their runs, in SQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, tuple_, update

from pipeline.archive.body_rows import put_bodies
from pipeline.archive.database import Database
from pipeline.archive.ledger import Run, note_end
from pipeline.archive.names import source_path
from pipeline.archive.report import DocumentRow
from pipeline.archive.rows import document_row, part_rows
from pipeline.archive.schema import DOCUMENT_SOURCES, DOCUMENTS, RECORD_TABLES, RUNS
from pipeline.archive.search.index import forget, put
from pipeline.document import Document, Status

__all__ = ["Catalog", "Stored"]

_FIELDS = RECORD_TABLES["document"]


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


class Catalog:
    """Questions and answers about what is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stored(self, sha256: str) -> Stored | None:
        """The document with that content, or None."""
        with self._database.reading() as connection:
            row = connection.execute(select(DOCUMENTS).where(DOCUMENTS.c.sha256 == sha256)).one_or_none()
        if row is None:
            return None
        return Stored(
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

    def store(self, document: Document, original: PurePosixPath, folder: PurePosixPath, run: Run) -> None:
        """Put a document in the place of what was known of it, all or nothing.

        Raises:
            FullDiskError: no space is left.
            ArchiveError: the database cannot be written.
        """
        now = datetime.now(UTC)
        with self._database.writing() as connection:
            self._database.hold(connection, document.source.sha256)
            document_id = _put(connection, document, original, folder, run.work_key, now)
            _remember_source(connection, document_id, source_path(run.path), now)
            _remember_run(connection, run, document_id, now)

    def put_back(self, document: Document, original: PurePosixPath, folder: PurePosixPath, work_key: str) -> None:
        """Enter a document that the archive keeps, of which the catalog has lost how it came.

        Raises:
            FullDiskError: no space is left.
            ArchiveError: the database cannot be written.
        """
        with self._database.writing() as connection:
            self._database.hold(connection, document.source.sha256)
            _put(connection, document, original, folder, work_key, datetime.now(UTC))

    def remember_run(self, run: Run) -> None:
        """Note what became of a file of which nothing is stored."""
        with self._database.writing() as connection:
            document_id = _id(connection, run.sha256) if run.sha256 is not None else None
            _remember_run(connection, run, document_id, datetime.now(UTC))

    def remember_source(self, sha256: str, path: str) -> None:
        """Note a further path under which a stored document came."""
        with self._database.reading() as connection:
            document_id = _id(connection, sha256)
            known = select(DOCUMENT_SOURCES.c.path).where(
                DOCUMENT_SOURCES.c.document_id == document_id, DOCUMENT_SOURCES.c.path == path
            )
            if document_id is None or connection.execute(known).first() is not None:
                return
        with self._database.writing() as connection:
            self._database.hold(connection, sha256)
            _remember_source(connection, document_id, path, datetime.now(UTC))

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


def _put(
    connection: Connection,
    document: Document,
    original: PurePosixPath,
    folder: PurePosixPath,
    work_key: str,
    now: datetime,
) -> int:
    """Write a document's rows in the place of those that were there; gives its id."""
    row = document_row(document) | {
        "original": str(original),
        "folder": str(folder),
        "work_key": work_key,
        "changed_at": now,
    }
    document_id = _id(connection, document.source.sha256)
    if document_id is None:
        row["added_at"] = now
        document_id = connection.execute(insert(DOCUMENTS).values(row).returning(DOCUMENTS.c.id)).scalar_one()
        parts = list(part_rows(document, document_id))
    else:
        forget(connection, document_id)
        parts = list(part_rows(document, document_id))
        for table, _ in reversed(parts):
            connection.execute(delete(table).where(table.c.document_id == document_id))
        # The name that it first came under stays.
        del row["name"]
        connection.execute(update(DOCUMENTS).where(DOCUMENTS.c.id == document_id).values(row))
    for table, rows in parts:
        if rows:
            connection.execute(insert(table), rows)
    put_bodies(connection, document, document_id)
    put(connection, document_id)
    return document_id


def _id(connection: Connection, sha256: str) -> int | None:
    return connection.execute(select(DOCUMENTS.c.id).where(DOCUMENTS.c.sha256 == sha256)).scalar_one_or_none()


def _remember_source(connection: Connection, document_id: int, path: str, now: datetime) -> None:
    key = DOCUMENT_SOURCES.c.document_id == document_id, DOCUMENT_SOURCES.c.path == path
    if connection.execute(select(DOCUMENT_SOURCES.c.path).where(*key)).first() is None:
        connection.execute(insert(DOCUMENT_SOURCES).values(document_id=document_id, path=path, added_at=now))


def _remember_run(connection: Connection, run: Run, document_id: int | None, now: datetime) -> None:
    connection.execute(
        insert(RUNS).values(
            document_id=document_id,
            sha256=run.sha256,
            path=source_path(run.path),
            status=run.status,
            error_code=run.error_code,
            message=run.message,
            remedy=run.remedy,
            page_count=run.pages,
            failed_page_count=run.failed_pages,
            work_key=run.work_key,
            program_version=run.program_version,
            ended_at=now,
            wall_s=run.wall_s,
            peak_memory_mb=run.peak_memory_mb,
        )
    )
    note_end(connection, run)

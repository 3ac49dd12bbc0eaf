"""Seeding other systems' databases: the catalog's tables, kept in step with the catalog."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Double,
    Float,
    Insert,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    inspect,
    select,
    tuple_,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.schema import CreateColumn, CreateSchema
from sqlalchemy.types import TypeEngine

from pipeline.archive.database import Database
from pipeline.archive.schema import DOCUMENTS
from pipeline.archive.tables import ExportTable, export_tables
from pipeline.errors import UsageError

__all__ = ["SCHEMA", "SeedReport", "seed"]

SCHEMA = "sohoa"
"""The schema of PostgreSQL that holds the tables; elsewhere their names begin with it and `_`."""

_DIALECTS = ("postgresql", "sqlite", "mysql", "mariadb")
_DOCUMENTS_AT_A_TIME = 40
_LONGEST_KEY = 64


class SeedReport(Struct, frozen=True):
    """How many documents were written, were there as they are, and were taken away; the tables by name.

    Attributes:
        held: documents that were left as they are, because another archive brought them and keeps them in step.
    """

    written: int
    unchanged: int
    removed: int
    tables: tuple[str, ...]
    held: int = 0


def seed(catalog: Connection, url: str, archive: str) -> SeedReport:
    """Bring a database's tables in step with the catalog.

    Rows are told by keys that stay: the document's SHA-256 and the number of the record in it. What is new is
    inserted, what has changed is updated, what is gone is removed, what is as it was is not touched; done again it
    does nothing. A document's rows change all at once. Columns that a newer version has are added; others of the same
    tables are left alone.

    Several archives may fill the same tables: each document belongs to the archive that brought it first, and no other
    changes it or takes it away. Where two archives have the same content, the second leaves it be, and takes it over
    once the first has let it go.

    Args:
        catalog: a transaction that reads; see `Database.reading(lasting=True)`.
        archive: what tells the archive from others; see `pipeline.archive.identity`.
        url: the database to fill: PostgreSQL, SQLite, MySQL or MariaDB (the last two were tried on no server), as
            SQLAlchemy writes it.
    Raises:
        UsageError: the URL leads nowhere, or to a kind of database that cannot be kept in step.
        ArchiveError: the database cannot be written.
    """
    target = Database(url, own=False)
    try:
        backend = target.url.get_backend_name()
        if backend not in _DIALECTS:
            raise UsageError(
                f"Databases of the kind {backend} cannot be filled.",
                remedy="Export csv or parquet and load that, or give a database of PostgreSQL, SQLite or MySQL.",
            )
        return _Seeding(catalog, target, backend, archive).run()
    finally:
        target.close()


class _Seeding:
    """One pass over the documents, in the order of their ids, a few at a time."""

    def __init__(self, catalog: Connection, target: Database, backend: str, archive: str) -> None:
        self._catalog = catalog
        self._archive = archive
        self._target = target
        self._backend = backend
        self._sources = export_tables()
        metadata = MetaData(schema=SCHEMA if backend == "postgresql" else None)
        prefix = "" if backend == "postgresql" else f"{SCHEMA}_"
        self._tables = [_target_table(source, metadata, prefix) for source in self._sources]
        self._state = Table(
            f"{prefix}exported_documents",
            metadata,
            Column("sha256", String(_LONGEST_KEY), primary_key=True),
            Column("fingerprint", String(_LONGEST_KEY), nullable=False),
            Column("archive", String(_LONGEST_KEY)),
        )
        self._form = ";".join(f"{table.name}({','.join(table.columns.keys())})" for table in self._tables)

    def run(self) -> SeedReport:
        with self._target.writing() as connection:
            self._hold(connection)
            self._make_tables(connection)
        written = unchanged = removed = held = 0
        after, more = "", True
        while more:
            question = select(DOCUMENTS.c.sha256, DOCUMENTS.c.id, DOCUMENTS.c.changed_at)
            rows = self._catalog.execute(
                question.where(DOCUMENTS.c.sha256 > after).order_by(DOCUMENTS.c.sha256).limit(_DOCUMENTS_AT_A_TIME)
            ).all()
            more = len(rows) == _DOCUMENTS_AT_A_TIME
            wanted = {row.sha256: (row.id, self._fingerprint(row.changed_at)) for row in rows}
            last = rows[-1].sha256 if more else None
            with self._target.writing() as connection:
                self._hold(connection)
                there, others = self._there(connection, after, last)
                gone = [sha256 for sha256 in there if sha256 not in wanted]
                mine = [sha256 for sha256 in wanted if sha256 not in others]
                changed = [sha256 for sha256 in mine if there.get(sha256) != wanted[sha256][1]]
                self._remove(connection, gone)
                if changed:
                    self._write(connection, [wanted[sha256][0] for sha256 in changed], changed)
                    states = [
                        {"sha256": sha256, "fingerprint": wanted[sha256][1], "archive": self._archive}
                        for sha256 in changed
                    ]
                    connection.execute(self._upsert(self._state), states)
            written, removed = written + len(changed), removed + len(gone)
            unchanged += len(mine) - len(changed)
            held += len(wanted) - len(mine)
            after = last or after
        return SeedReport(written, unchanged, removed, tuple(table.fullname for table in self._tables), held)

    def _hold(self, connection: Connection) -> None:
        """Let one archive at a time fill a database; SQLite sees to it by itself."""
        if self._backend == "postgresql":
            self._target.hold(connection, self._state.fullname)

    def _fingerprint(self, changed_at: object) -> str:
        """Tells a document's rows, as this version exports them, from earlier ones."""
        return hashlib.sha256(f"{changed_at} {self._form}".encode()).hexdigest()

    def _there(self, connection: Connection, after: str, last: str | None) -> tuple[dict[str, str], set[str]]:
        """Documents of the target between two ids: this archive's own with their fingerprints, and those of others."""
        state = self._state.c
        question = select(state.sha256, state.fingerprint, state.archive).where(state.sha256 > after)
        if last is not None:
            question = question.where(state.sha256 <= last)
        rows = connection.execute(question).all()
        # An earlier version did not say whose they are, for then there was but one archive: they are written anew.
        own = {
            row.sha256: row.fingerprint if row.archive else "" for row in rows if row.archive in (None, self._archive)
        }
        return own, {row.sha256 for row in rows if row.sha256 not in own}

    def _remove(self, connection: Connection, gone: Sequence[str]) -> None:
        if gone:
            for table in (*reversed(self._tables), self._state):
                connection.execute(delete(table).where(table.c.sha256.in_(gone)))

    def _write(self, connection: Connection, ids: Sequence[int], sha256s: Sequence[str]) -> None:
        """Put some documents' rows in the place of those that are there."""
        for source, table in zip(self._sources, self._tables, strict=True):
            keys = [table.c[name] for name in source.key]
            stale = {tuple(row) for row in connection.execute(select(*keys).where(table.c.sha256.in_(sha256s)))}
            question = source.question.where(DOCUMENTS.c.id.in_(ids))
            for piece in source.pieces(self._catalog, question):
                rows = [row._asdict() for row in piece]
                stale.difference_update(tuple(row[name] for name in source.key) for row in rows)
                connection.execute(self._upsert(table, source.key), rows)
            for part in _parts(sorted(stale)):
                connection.execute(delete(table).where(tuple_(*keys).in_(part)))

    def _upsert(self, table: Table, key: Sequence[str] = ("sha256",)) -> Insert:
        """An insertion that updates the row with the same key."""
        values = [column.name for column in table.columns if column.name not in key]
        if self._backend in ("mysql", "mariadb"):
            made = mysql.insert(table)
            return made.on_duplicate_key_update({name: made.inserted[name] for name in values})
        dialect = postgresql if self._backend == "postgresql" else sqlite
        upsert = dialect.insert(table)
        return upsert.on_conflict_do_update(  # type: ignore[no-any-return]
            index_elements=list(key), set_={name: upsert.excluded[name] for name in values}
        )

    def _make_tables(self, connection: Connection) -> None:
        """Make what is missing: the schema, tables, columns."""
        if self._backend == "postgresql":
            connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
        inspector = inspect(connection)
        for table in (*self._tables, self._state):
            if not inspector.has_table(table.name, table.schema):
                table.create(connection)
                continue
            there = {column["name"] for column in inspector.get_columns(table.name, table.schema)}
            preparer = connection.dialect.identifier_preparer
            for column in table.columns:
                if column.name not in there:
                    added = CreateColumn(column).compile(dialect=connection.dialect)
                    connection.exec_driver_sql(f"ALTER TABLE {preparer.format_table(table)} ADD COLUMN {added}")


def _target_table(source: ExportTable, metadata: MetaData, prefix: str) -> Table:
    columns = [
        Column(column.name, _target_type(column, column.name in source.key), primary_key=column.name in source.key)
        for column in source.columns
    ]
    for column in columns:
        column.autoincrement = False
    return Table(prefix + source.sql_name, metadata, *columns)


def _target_type(column: ColumnElement[Any], is_key: bool) -> TypeEngine[Any]:
    match column.type:
        case Float():
            return Double()
        case Boolean() | DateTime() | BigInteger() | Integer():
            return column.type
        case _:
            # MySQL wants to know how long a key may be.
            return String(_LONGEST_KEY) if is_key else Text()


def _parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(keys), 200):
        yield keys[start : start + 200]

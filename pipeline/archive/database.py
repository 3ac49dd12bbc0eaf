"""The catalog's database: how it is reached, and what its errors mean."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.errors import ArchiveError, FullDiskError, UsageError

__all__ = ["Database"]

_WAIT_S = 60.0
_WRITES = {"writes": True}
_POSTGRESQL_DISK_FULL = "53100"
# A quota or a bound on the file's size that is reached shows as an error of writing.
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY_CODE = 0xFF


class Database:
    """An engine with the settings that the archive counts on: foreign keys, and writers that wait for each other."""

    def __init__(self, url: str | URL) -> None:
        """Reach a database; nothing is opened before the first transaction.

        Args:
            url: as SQLAlchemy writes it.
        Raises:
            UsageError: it is no URL, or the driver for it is not installed.
        """
        try:
            self.url = make_url(url)
            sqlite = self.url.get_backend_name() == "sqlite"
            self.engine: Engine = create_engine(self.url, connect_args={"timeout": _WAIT_S} if sqlite else {})
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise UsageError(
                f"The catalog's database cannot be reached: {error}.",
                remedy="Write the URL as SQLAlchemy does, for example postgresql+psycopg://user@host/name, "
                "and install its driver (pip install psycopg).",
            ) from error
        if sqlite:
            event.listen(self.engine, "connect", _set_up_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @classmethod
    def in_folder(cls, folder: Path) -> "Database":
        """The SQLite database of an archive."""
        return cls(URL.create("sqlite", database=str(folder / "catalog.sqlite")))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads.

        Raises:
            ArchiveError: the database cannot be read.
        """
        with self._translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes, all or nothing; others' writers are waited for.

        Raises:
            FullDiskError: no space is left.
            ArchiveError: the database cannot be written.
        """
        with self._translated(), self.engine.connect().execution_options(**_WRITES) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._meaning(error) from error

    def _meaning(self, error: DBAPIError) -> ArchiveError:
        place = self.url.render_as_string(hide_password=True)
        extended = getattr(error.orig, "sqlite_errorcode", 0)
        code = extended & _PRIMARY_CODE
        if extended in _FULL or getattr(error.orig, "sqlstate", None) == _POSTGRESQL_DISK_FULL:
            return FullDiskError(
                f"No space is left for the catalog {place}.",
                remedy="Free some space, then run the same command again: what is done is kept.",
            )
        if code in _BUSY:
            return ArchiveError(
                f"The catalog {place} is being written by another process.",
                remedy="Wait until it has finished, then run the same command again.",
            )
        if code in _DAMAGED:
            return ArchiveError(
                f"The catalog {place} is damaged or is no catalog: {error.orig}.",
                remedy="Put back a copy, or move it away and run the originals again.",
            )
        return ArchiveError(
            f"The catalog {place} cannot be used: {error.orig}.",
            remedy="Check that the database can be reached, and that you may read and write it.",
        )


def _set_up_sqlite(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    # The driver's own transactions leave schema changes outside; `_begin_sqlite` begins them instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that begins by reading and then writes fails at once when another writes; so writers say so first.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

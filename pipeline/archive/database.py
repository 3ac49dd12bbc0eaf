"""The catalog's database: how it is reached, and what its errors mean."""

import errno
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.errors import ArchiveError, FullDiskError, LostCatalogError, UsageError

__all__ = ["Database"]

_WAIT_S = 60.0
_WRITES = {"writes": True}
_MIGRATES = {"writes": True, "migrates": True}
# SQLite answers so without being told.
_SNAPSHOT = {"isolation_level": "REPEATABLE READ"}
# Any number does, as long as no other program that shares the database takes it.
_MIGRATION_LOCK = 7_640_201_873_542_911_406
_POSTGRESQL_DISK_FULL = "53100"
# Connections broken (class 08), the server stopped, crashed, or not up yet.
_POSTGRESQL_LOST = ("08", "57P01", "57P02", "57P03")
# A quota or a bound on the file's size that is reached shows as an error of writing.
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY_CODE = 0xFF
# What it says of broken connections we say ourselves; who has set up logging hears it all the same.
logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())


class Database:
    """An engine with the settings that the archive counts on: foreign keys, and writers that wait for each other."""

    def __init__(self, url: str | URL, *, own: bool = True) -> None:
        """Reach a database; nothing is opened before the first transaction.

        Args:
            url: as SQLAlchemy writes it.
            own: whether it is a catalog; another's file keeps the journal that it has.
        Raises:
            UsageError: it is no URL, or the driver for it is not installed.
        """
        try:
            self.url = _with_driver(make_url(url))
            sqlite = self.is_sqlite
            self.engine: Engine = create_engine(self.url, connect_args={"timeout": _WAIT_S} if sqlite else {})
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as error:
            # A port that is no number may be the end of a password with a mark in it that parts a URL.
            said = "its URL is not well-formed" if isinstance(error, ValueError) else error
            raise UsageError(
                f"The catalog's database cannot be reached: {said}.",
                remedy="Write the URL as SQLAlchemy does, for example postgresql://user@host/name, "
                "and install its driver (pip install 'sohoa[postgres]').",
            ) from error
        # Rows by the thousand in one statement: the way to a server and back takes longer than a row.
        self.engine.dialect.use_insertmanyvalues_wo_returning = self.url.get_backend_name() == "postgresql"
        if sqlite:
            event.listen(self.engine, "connect", _set_up_sqlite if own else _set_up_foreign_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @classmethod
    def in_folder(cls, folder: Path) -> "Database":
        """The SQLite database of an archive."""
        return cls(URL.create("sqlite", database=str(folder / "catalog.sqlite")))

    @contextmanager
    def reading(self, *, lasting: bool = False) -> Iterator[Connection]:
        """A transaction that only reads.

        Args:
            lasting: all its questions are answered as of the first, whatever is written in the meantime.
        Raises:
            ArchiveError: the database cannot be read.
        """
        options = _SNAPSHOT if lasting and not self.is_sqlite else {}
        with self._translated(), self._connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes, all or nothing; others' writers are waited for.

        Raises:
            FullDiskError: no space is left.
            ArchiveError: the database cannot be written.
        """
        with self._translated(), self._connect().execution_options(**_WRITES) as connection, connection.begin():
            yield connection

    def hold(self, connection: Connection, name: str) -> None:
        """Make all others who hold that name wait until the transaction is over; in SQLite one writes at a time."""
        if not self.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction that changes the schema; one at a time, others wait. Foreign keys are checked at its end.

        Raises:
            FullDiskError: no space is left.
            ArchiveError: the database cannot be written, or a row would be left without the one that it belongs to.
        """
        with self._translated(), self._connect().execution_options(**_MIGRATES) as connection:
            try:
                with connection.begin():
                    if not self.is_sqlite:
                        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                    yield connection
                    self._check_foreign_keys(connection)
            finally:
                if self.is_sqlite:
                    connection.connection.cursor().execute("PRAGMA foreign_keys=ON")

    def _check_foreign_keys(self, connection: Connection) -> None:
        orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first() if self.is_sqlite else None
        if orphan is not None:
            raise ArchiveError(
                f"The catalog {self._place()} cannot be migrated: rows of `{orphan[0]}` would belong to nothing.",
                remedy="It is left as it was; report this to those who maintain Sohoa.",
            )

    def back_up(self, ending: str) -> Path | None:
        """Copy a SQLite file to one beside it, as it was before the transaction that is under way.

        Args:
            ending: what is added to the file's name.
        Returns:
            The copy; None where the database is no file.
        Raises:
            FullDiskError: no space is left.
            ArchiveError: it cannot be written.
        """
        if not self.is_sqlite or not self.url.database or self.url.database == ":memory:":
            return None
        source = Path(self.url.database)
        target = source.with_name(source.name + ending)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            with (
                closing(sqlite3.connect(source, timeout=_WAIT_S)) as catalog,
                closing(sqlite3.connect(temporary)) as copy,
            ):
                catalog.backup(copy)
            temporary.replace(target)
        except (sqlite3.Error, OSError) as error:
            raise self._meaning(error) from error
        finally:
            temporary.unlink(missing_ok=True)
        return target

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite; PostgreSQL otherwise."""
        return self.url.get_backend_name() == "sqlite"

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _connect(self) -> Connection:
        try:
            return self.engine.connect()
        except OSError as error:
            # pg8000 lets through what the system says while a connection is made to a server that is going down.
            raise self._lost(error) from error

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            meaning = self._meaning(error.orig or error)
            if isinstance(meaning, LostCatalogError):
                # What else is in the pool leads to the same server.
                self.engine.dispose()
            raise meaning from error

    def _place(self) -> str:
        """The database as it may be told to anybody: drivers take passwords among their settings too."""
        return self.url.set(query={}).render_as_string(hide_password=True)

    def _meaning(self, error: BaseException) -> ArchiveError:
        """What an error of the driver, or of the file system, means."""
        place = self._place()
        extended = getattr(error, "sqlite_errorcode", 0)
        code = extended & _PRIMARY_CODE
        if (
            extended in _FULL
            or _postgresql_code(error) == _POSTGRESQL_DISK_FULL
            or getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        ):
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
                f"The catalog {place} is damaged or is no catalog: {_said(error)}.",
                remedy="Put back a copy, or move it away and make it anew from the archive with `sohoa rebuild`.",
            )
        if self._is_lost(error):
            return self._lost(error)
        return ArchiveError(
            f"The catalog {place} cannot be used: {_said(error)}.",
            remedy="Check that the database can be reached, and that you may read and write it.",
        )

    def _lost(self, error: BaseException) -> LostCatalogError:
        return LostCatalogError(
            f"The catalog {self._place()} cannot be reached: {_said(error)}.",
            remedy="See that its server is up, then run the same command again: what is done is kept.",
        )

    def _is_lost(self, error: BaseException) -> bool:
        """Whether an error means that the server, or the way to it, is gone."""
        if self.is_sqlite:
            return False
        code, driver = _postgresql_code(error), self.engine.dialect.dbapi
        if code is not None:
            return code.startswith(_POSTGRESQL_LOST)
        # Without a server's word on it, it is the driver's: pg8000 and psycopg have a kind each for what is no answer.
        return driver is not None and isinstance(error, (driver.InterfaceError, driver.OperationalError))


def _with_driver(url: URL) -> URL:
    """The URL with the driver that comes with Sohoa where it names none."""
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+pg8000")
    return url


def _said(error: BaseException) -> str:
    """What an error says, in one line."""
    told = error.args[0] if error.args else None
    said = told.get("M") if isinstance(told, dict) else error
    return " ".join(str(said).split()).rstrip(".")


def _postgresql_code(error: BaseException) -> str | None:
    """The SQLSTATE of a server's error, as pg8000 or psycopg gives it."""
    told = error.args[0] if error.args else None
    found = told.get("C") if isinstance(told, dict) else getattr(error, "sqlstate", None)
    return found if isinstance(found, str) else None


def _set_up_sqlite(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    _set_up_foreign_sqlite(connection, entry)
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _set_up_foreign_sqlite(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    # The driver's own transactions leave schema changes outside; `_begin_sqlite` begins them instead.
    connection.isolation_level = None


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that begins by reading and then writes fails at once when another writes; so writers say so first.
    options = connection.get_execution_options()
    writes = options.get("writes", False)
    if options.get("migrates", False):
        # A table that is made anew would take the rows with it that point to it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

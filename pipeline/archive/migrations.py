"""The schema's version, and how an older catalog becomes one of today."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, inspect, select

from pipeline.archive.database import Database
from pipeline.archive.schema import METADATA, SCHEMA_MIGRATIONS
from pipeline.errors import SchemaVersionError

__all__ = ["MIGRATIONS", "Migration", "prepare", "schema_version"]


@dataclass(frozen=True, slots=True)
class Migration:
    """A step to the next version: its name, and what it does to a catalog of the version before."""

    version: int
    name: str
    apply: Callable[[Connection], None]


def _nothing(connection: Connection) -> None:
    """The first version has no predecessor."""


MIGRATIONS: tuple[Migration, ...] = (Migration(1, "first schema", _nothing),)


def schema_version(migrations: tuple[Migration, ...] = MIGRATIONS) -> int:
    """The version that this program writes."""
    return migrations[-1].version


def prepare(database: Database, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Create the catalog, or bring it to this program's version, in one transaction.

    Raises:
        SchemaVersionError: a newer program made it.
        ArchiveError: it cannot be read or written.
    """
    with database.reading() as connection:
        if _version(connection) == schema_version(migrations):
            return
    with database.writing() as connection:
        version = _version(connection)
        if version > schema_version(migrations):
            raise SchemaVersionError(
                f"The catalog has version {version} of the schema, this program knows {schema_version(migrations)}.",
                remedy="Install the newer version of Sohoa that made it.",
            )
        if version == 0:
            METADATA.create_all(connection)
        for migration in migrations:
            if migration.version > version:
                if version > 0:
                    migration.apply(connection)
                connection.execute(
                    insert(SCHEMA_MIGRATIONS).values(
                        version=migration.version, name=migration.name, applied_at=datetime.now(UTC)
                    )
                )


def _version(connection: Connection) -> int:
    """The version of the catalog, 0 where there is none yet."""
    if not inspect(connection).has_table(SCHEMA_MIGRATIONS.name):
        return 0
    return connection.execute(select(func.max(SCHEMA_MIGRATIONS.c.version))).scalar() or 0

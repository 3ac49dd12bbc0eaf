"""How a catalog is begun, recognised, and brought to this program's revision with Alembic."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from pipeline.archive.database import Database
from pipeline.archive.search.index import INDEX_STATE, INDEX_VERSION, index_version, rebuild
from pipeline.archive.views import create_views, drop_views
from pipeline.errors import ArchiveError, SchemaVersionError

__all__ = ["VERSIONS", "VERSION_TABLE", "newest_revision", "prepare"]

VERSIONS = Path(__file__).parent / "versions"
# A name of our own: in a database that others use too, `alembic_version` may be theirs.
VERSION_TABLE = "catalog_revision"
_FIRST = "0001"
# What was kept before there were revisions.
_EARLY_VERSION_TABLE = "schema_migrations"
_EARLY_VERSION = 1
_EARLY_COLUMNS = frozenset({"sha256", "work_key", "folder", "original"})


def newest_revision(versions: Sequence[Path] = (VERSIONS,)) -> str:
    """The revision that this program writes."""
    return max(_known(versions))


def prepare(database: Database, versions: Sequence[Path] = (VERSIONS,)) -> None:
    """Create the catalog, or bring it to this program's revision, in one transaction.

    A catalog in a SQLite file that is to be changed is copied before, to a file beside it that ends in the revision
    that it becomes: `catalog.sqlite.before-0002`.

    Args:
        versions: folders with revisions.
    Raises:
        SchemaVersionError: a newer program made it.
        FullDiskError: no space is left for it or for its copy.
        ArchiveError: it cannot be read or written, or is no catalog.
    """
    newest = newest_revision(versions)
    with database.reading() as connection:
        if _revision(connection) == newest and not _is_other_index(connection):
            return
    with database.migrating() as connection:
        # Another process may have done it in the meantime.
        found = _revision(connection)
        if found == newest:
            if _is_other_index(connection):
                rebuild(connection)
            return
        if found is not None and found not in _known(versions):
            raise SchemaVersionError(
                f"The catalog has revision {found} of the schema, this program knows those up to {newest}.",
                remedy="Install the newer version of Sohoa that made it.",
            )
        early = found is None and _is_early(connection)
        if found is not None or early:
            database.back_up(f".before-{newest}")
        drop_views(connection)
        _upgrade(connection, versions, stamp_first=early)
        if newest >= newest_revision():
            create_views(connection)
            if _is_other_index(connection):
                rebuild(connection)


def _is_other_index(connection: Connection) -> bool:
    """Whether there is an index for searching, of another version than this program makes."""
    return inspect(connection).has_table(INDEX_STATE) and index_version(connection) != INDEX_VERSION


def _known(versions: Sequence[Path]) -> frozenset[str]:
    """The revisions, by the names of their files."""
    return frozenset(path.name[1:5] for folder in versions for path in folder.glob("r[0-9][0-9][0-9][0-9]_*.py"))


def _revision(connection: Connection) -> str | None:
    """The catalog's revision, None where there is none yet."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return found


def _is_early(connection: Connection) -> bool:
    """Whether it is a catalog from before there were revisions, which is the first one.

    Raises:
        SchemaVersionError: a newer program made it.
        ArchiveError: there are tables of the same name that are not ours.
    """
    inspector = inspect(connection)
    if not inspector.has_table("documents"):
        return False
    if not {column["name"] for column in inspector.get_columns("documents")} >= _EARLY_COLUMNS:
        raise ArchiveError(
            "The database has a table `documents` that Sohoa did not make.",
            remedy="Give the catalog a database (in PostgreSQL, a schema) of its own.",
        )
    if inspector.has_table(_EARLY_VERSION_TABLE):
        version = connection.execute(text(f"SELECT MAX(version) FROM {_EARLY_VERSION_TABLE}")).scalar()  # noqa: S608
        if version != _EARLY_VERSION:
            raise SchemaVersionError(
                f"The catalog has version {version} of a schema that this program does not know.",
                remedy="Install the version of Sohoa that made it.",
            )
    return True


def _upgrade(connection: Connection, versions: Sequence[Path], *, stamp_first: bool) -> None:
    # Alembic takes a while to import, and most commands find nothing to do.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _escaped(VERSIONS.parent))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(_escaped, versions)))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    if stamp_first:
        command.stamp(config, _FIRST)
        connection.execute(text(f"DROP TABLE IF EXISTS {_EARLY_VERSION_TABLE}"))
    command.upgrade(config, "head")


def _escaped(path: Path) -> str:
    """A path as Alembic's configuration wants it."""
    return str(path).replace("%", "%%")

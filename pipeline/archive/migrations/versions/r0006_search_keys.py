"""Search by keys: phrases by pairs of words, beginnings by their letters. The program fills the index in anew."""

from alembic import op

revision = "0006"
down_revision = "0005"

_SQLITE = (
    "DROP TABLE search_index",
    """
    CREATE VIRTUAL TABLE search_index USING fts5(
        keys, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '_=^#!@'"
    )
    """,
)
_POSTGRESQL = (
    "DROP TABLE search_pages",
    "CREATE TABLE search_pages (id BIGINT PRIMARY KEY, words BYTEA NOT NULL, keys INTEGER[] NOT NULL)",
    # Neither can be pressed further.
    "ALTER TABLE search_pages ALTER COLUMN words SET STORAGE EXTERNAL, ALTER COLUMN keys SET STORAGE EXTERNAL",
    "ALTER TABLE search_pages SET (toast_tuple_target = 128)",
    "CREATE INDEX ix_search_pages_keys ON search_pages USING GIN (keys)",
)


def upgrade() -> None:
    """Put the new tables, empty, in the place of the old."""
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)

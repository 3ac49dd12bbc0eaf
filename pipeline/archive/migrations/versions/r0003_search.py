"""Full-text search: an FTS5 table in SQLite, `tsvector`s in PostgreSQL. What is indexed is put in by the program."""

from alembic import op

revision = "0003"
down_revision = "0002"

_SQLITE = (
    """
    CREATE VIRTUAL TABLE search_index USING fts5(
        head, body, records, head_plain, body_plain, records_plain, facets,
        content='', tokenize='unicode61 remove_diacritics 0'
    )
    """,
    "CREATE TABLE search_pages (id INTEGER PRIMARY KEY, words BLOB NOT NULL)",
)
_POSTGRESQL = (
    """
    CREATE TABLE search_pages (
        id BIGINT PRIMARY KEY, marked TSVECTOR NOT NULL, plain TSVECTOR NOT NULL, facets TSVECTOR NOT NULL
    )
    """,
    "CREATE INDEX ix_search_pages_marked ON search_pages USING GIN (marked)",
    "CREATE INDEX ix_search_pages_plain ON search_pages USING GIN (plain)",
    "CREATE INDEX ix_search_pages_facets ON search_pages USING GIN (facets)",
)


def upgrade() -> None:
    """Make the index, empty, and the table that tells what version of it is filled in."""
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
    op.execute("CREATE TABLE search_state (version INTEGER PRIMARY KEY)")

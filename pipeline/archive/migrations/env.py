"""Alembic's way into the catalog: revisions run in the transaction that `prepare` has begun."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
)
context.run_migrations()

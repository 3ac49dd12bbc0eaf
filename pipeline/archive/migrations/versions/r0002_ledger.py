"""The ledger: how every file that came in stands, and what each stage did; the weight of an issue."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# Of each path the last run, then the paths whose content was there before they came.
_FROM_RUNS = """
    INSERT INTO files (path, sha256, state, attempts, may_retry, needs_person, error_code, message, remedy,
                       page_count, failed_page_count, wall_s, peak_memory_mb, work_key, registered_at, changed_at)
    SELECT runs.path, runs.sha256, runs.status, 1, :failed, :refused, runs.error_code, runs.message, runs.remedy,
           runs.page_count, runs.failed_page_count, runs.wall_s, runs.peak_memory_mb, runs.work_key,
           runs.ended_at, runs.ended_at
    FROM runs JOIN (SELECT path, MAX(id) AS last FROM runs GROUP BY path) latest ON runs.id = latest.last
    WHERE runs.status {status}
"""
_FROM_SOURCES = """
    INSERT INTO files (path, sha256, state, attempts, page_count, blank_page_count, failed_page_count, work_key,
                       registered_at, changed_at)
    SELECT document_sources.path, documents.sha256, documents.status, 1, documents.page_count,
           documents.blank_page_count, documents.failed_page_count, documents.work_key,
           document_sources.added_at, document_sources.added_at
    FROM document_sources JOIN documents ON documents.id = document_sources.document_id
    WHERE document_sources.path NOT IN (SELECT path FROM files)
      AND documents.id = (SELECT MAX(other.document_id) FROM document_sources other
                          WHERE other.path = document_sources.path)
"""


def upgrade() -> None:
    """Make the ledger and fill it from what the catalog knows."""
    op.create_table(
        "files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("path_bytes", sa.LargeBinary),
        sa.Column("sha256", sa.String(64)),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("may_retry", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("needs_person", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("error_code", sa.String),
        sa.Column("message", sa.String),
        sa.Column("remedy", sa.String),
        sa.Column("page_count", sa.Integer, server_default="0", nullable=False),
        sa.Column("blank_page_count", sa.Integer, server_default="0", nullable=False),
        sa.Column("failed_page_count", sa.Integer, server_default="0", nullable=False),
        sa.Column("wall_s", sa.Float, server_default="0", nullable=False),
        sa.Column("peak_memory_mb", sa.Float, server_default="0", nullable=False),
        sa.Column("work_key", sa.String(64)),
        sa.Column("owner", sa.String),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.UniqueConstraint("path", name="uq_files_path"),
    )
    op.create_index("ix_files_sha256", "files", ["sha256"])
    op.create_index("ix_files_state", "files", ["state"])
    op.create_table(
        "stage_states",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("page", sa.Integer, nullable=False, comment="0 for the whole document"),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("wall_s", sa.Float),
        sa.Column("peak_memory_mb", sa.Float),
        sa.Column("error_code", sa.String),
        sa.Column("message", sa.String),
        sa.Column("remedy", sa.String),
        sa.PrimaryKeyConstraint("sha256", "stage", "page", name="pk_stage_states"),
    )
    op.add_column("issues", sa.Column("weight", sa.String, server_default="loss", nullable=False))
    connection = op.get_bind()
    for status, failed, refused in (
        ("= 'failed'", True, False),
        ("= 'refused'", False, True),
        ("= 'partial'", False, True),
        ("= 'done'", False, False),
    ):
        statement = sa.text(_FROM_RUNS.format(status=status))
        connection.execute(statement, {"failed": failed, "refused": refused})
    connection.execute(sa.text(_FROM_SOURCES))

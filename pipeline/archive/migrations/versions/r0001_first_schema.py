"""The first schema: documents, their pages and records, the evidence for each value, and the runs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_RECORDS = {
    "assignments": ("body", "role", "task", "deadline"),
    "deadlines": ("text", "kind", "start", "end", "recurrence", "what", "body"),
    "document_fields": (
        *("type", "number", "issuer", "parent_body", "place", "date", "title"),
        *("signer_authority", "signer_position", "signer_name", "urgency", "secrecy"),
    ),
    "document_references": ("kind", "number", "date", "issuer", "title", "role"),
    "movements": ("name", "role", "level", "launched_by", "start", "end"),
    "recipients": ("text",),
    "rewards": ("form", "granted_by", "recipients", "quantity", "amount", "criteria"),
    "sections": ("label", "heading", "level", "kind"),
    "subjects": ("kind", "text"),
}
_NUMERIC = {("sections", "level"), ("rewards", "quantity"), ("rewards", "amount")}
_INDEXES = {
    "assignments": ("body",),
    "deadlines": ("end", "start"),
    "document_fields": ("date", "issuer", "number"),
    "document_references": ("number",),
    "document_sources": ("path",),
    "issues": ("code",),
    "movements": ("name",),
    "rewards": ("form",),
    "runs": ("document_id", "path", "sha256"),
    "sections": ("kind",),
}


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("media_type", sa.String, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("original", sa.String, nullable=False),
        sa.Column("folder", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("work_key", sa.String(64), nullable=False),
        sa.Column("page_count", sa.Integer, nullable=False),
        sa.Column("blank_page_count", sa.Integer, nullable=False),
        sa.Column("failed_page_count", sa.Integer, nullable=False),
        sa.Column("issue_count", sa.Integer, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("sha256", name="uq_documents_sha256"),
    )
    for table, fields in _RECORDS.items():
        columns: list[sa.Column[object]] = []
        for field in fields:
            columns.append(sa.Column(field, sa.BigInteger if (table, field) in _NUMERIC else sa.String))
            columns.append(sa.Column(f"{field}_confidence", sa.Float))
        _create_part(table, ("record_number",), sa.Column("record_number", sa.Integer, nullable=False), *columns)
    _create_part(
        "document_sources",
        ("path",),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    )
    _create_part(
        "issues",
        ("number",),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("page", sa.Integer),
        sa.Column("message", sa.String, nullable=False),
        sa.Column("remedy", sa.String, nullable=False),
    )
    _create_part(
        "pages",
        ("number",),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("width_px", sa.Integer, nullable=False),
        sa.Column("height_px", sa.Integer, nullable=False),
        sa.Column("dpi", sa.Float, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("blank", sa.Boolean, nullable=False),
        sa.Column("rotation_deg", sa.Integer, nullable=False),
        sa.Column("skew_deg", sa.Float, nullable=False),
        sa.Column("picture", sa.String),
        sa.Column("word_count", sa.Integer, nullable=False),
        sa.Column("confidence", sa.Float),
        sa.Column("text", sa.String, nullable=False),
    )
    _create_part(
        "record_values",
        ("record_table", "record_number", "field"),
        sa.Column("record_table", sa.String, nullable=False),
        sa.Column("record_number", sa.Integer, nullable=False),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("normal", sa.String, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("doubt", sa.String),
    )
    _create_evidence()
    _create_runs()
    for table, names in _INDEXES.items():
        for name in names:
            op.create_index(f"ix_{table}_{name}", table, [name])
    op.create_index("ix_evidence_page", "evidence", ["document_id", "page"])


def _create_part(table: str, key: tuple[str, ...], *columns: "sa.Column[object]") -> None:
    """Make a table whose rows belong to a document."""
    op.create_table(
        table,
        sa.Column("document_id", sa.Integer, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("document_id", *key, name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], f"fk_{table}_documents", ondelete="CASCADE"),
    )


def _create_evidence() -> None:
    value = ["document_id", "record_table", "record_number", "field"]
    op.create_table(
        "evidence",
        sa.Column("document_id", sa.Integer, nullable=False),
        sa.Column("record_table", sa.String, nullable=False),
        sa.Column("record_number", sa.Integer, nullable=False),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("word_id", sa.String, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("left_px", sa.Float),
        sa.Column("top_px", sa.Float),
        sa.Column("right_px", sa.Float),
        sa.Column("bottom_px", sa.Float),
        sa.Column("text_read", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("reader", sa.String, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint(*value, "position", name="pk_evidence"),
        sa.ForeignKeyConstraint(
            value, [f"record_values.{name}" for name in value], "fk_evidence_record_values", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["document_id", "page"], ["pages.document_id", "pages.number"], "fk_evidence_pages", ondelete="CASCADE"
        ),
    )


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("document_id", sa.Integer),
        sa.Column("sha256", sa.String(64)),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("error_code", sa.String),
        sa.Column("message", sa.String),
        sa.Column("remedy", sa.String),
        sa.Column("page_count", sa.Integer, nullable=False),
        sa.Column("failed_page_count", sa.Integer, nullable=False),
        sa.Column("work_key", sa.String(64), nullable=False),
        sa.Column("program_version", sa.String, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wall_s", sa.Float, nullable=False),
        sa.Column("peak_memory_mb", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], "fk_runs_documents", ondelete="SET NULL"),
    )

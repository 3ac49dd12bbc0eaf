"""Bodies: each once for all documents, with place, superior and days, and where records name it.

Documents that are there name their bodies when they are stored anew, as they are with a new version of a stage.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "bodies",
        sa.Column("body_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("level", sa.String),
        sa.Column("place", sa.String),
        sa.Column("superior_id", sa.String),
        sa.Column("valid_from", sa.String),
        sa.Column("valid_to", sa.String),
        sa.PrimaryKeyConstraint("body_id", name="pk_bodies"),
        sa.ForeignKeyConstraint(["superior_id"], ["bodies.body_id"], name="fk_bodies_bodies"),
    )
    for column in ("kind", "place", "superior_id"):
        op.create_index(f"ix_bodies_{column}", "bodies", [column])
    op.create_table(
        "body_mentions",
        sa.Column("document_id", sa.Integer, nullable=False),
        sa.Column("record_table", sa.String, nullable=False),
        sa.Column("record_number", sa.Integer, nullable=False),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("body_id", sa.String, nullable=False),
        sa.PrimaryKeyConstraint(
            "document_id", "record_table", "record_number", "field", "position", name="pk_body_mentions"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_body_mentions_documents", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.body_id"], name="fk_body_mentions_bodies"),
    )
    op.create_index("ix_body_mentions_body_id", "body_mentions", ["body_id"])

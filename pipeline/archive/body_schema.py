"""The tables of bodies: each body once for all documents, and where records name it."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from pipeline.archive.schema import METADATA

__all__ = ["BODIES", "BODY_MENTIONS"]

BODIES = Table(
    "bodies",
    METADATA,
    Column("body_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False, index=True),
    Column("level", String),
    Column("place", String, index=True),
    Column("superior_id", ForeignKey("bodies.body_id"), index=True),
    Column("valid_from", String),
    Column("valid_to", String),
)

BODY_MENTIONS = Table(
    "body_mentions",
    METADATA,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("record_table", String, primary_key=True),
    Column("record_number", Integer, primary_key=True, autoincrement=False),
    Column("field", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("body_id", ForeignKey("bodies.body_id"), nullable=False, index=True),
)

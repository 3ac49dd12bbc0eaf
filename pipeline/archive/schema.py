"""The catalog's tables, those of the records derived from `pipeline/records.py`."""

from msgspec.structs import fields
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)

from pipeline.records import TABLES

__all__ = [
    "CONFIDENCE_SUFFIX",
    "DOCUMENT_SOURCES",
    "DOCUMENTS",
    "EVIDENCE",
    "ISSUES",
    "METADATA",
    "NUMERIC_FIELDS",
    "PAGES",
    "RECORD_TABLES",
    "RECORD_VALUES",
    "RUNS",
]

CONFIDENCE_SUFFIX = "_confidence"
METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# The contract's names but for two: `references` is a word of SQL, and `document` is easily taken for `documents`.
_SQL_NAMES = {"document": "document_fields", "references": "document_references"}
# Amounts pass 2^31 dong, so numbers are big integers.
NUMERIC_FIELDS = frozenset({("sections", "level"), ("rewards", "quantity"), ("rewards", "amount")})
_INDEXED_FIELDS = frozenset(
    {
        ("document", "number"),
        ("document", "date"),
        ("document", "issuer"),
        ("references", "number"),
        ("sections", "kind"),
        ("assignments", "body"),
        ("deadlines", "start"),
        ("deadlines", "end"),
        ("movements", "name"),
        ("rewards", "form"),
    }
)

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("original", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("status", String, nullable=False),
    Column("work_key", String(64), nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("blank_page_count", Integer, nullable=False),
    Column("failed_page_count", Integer, nullable=False),
    Column("issue_count", Integer, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)


def _document_id() -> Column[int]:
    return Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)


DOCUMENT_SOURCES = Table(
    "document_sources",
    METADATA,
    _document_id(),
    Column("path", String, primary_key=True, index=True),
    Column("added_at", DateTime(timezone=True), nullable=False),
)

PAGES = Table(
    "pages",
    METADATA,
    _document_id(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("dpi", Float, nullable=False),
    Column("origin", String, nullable=False),
    Column("blank", Boolean, nullable=False),
    Column("rotation_deg", Integer, nullable=False),
    Column("skew_deg", Float, nullable=False),
    Column("picture", String),
    Column("word_count", Integer, nullable=False),
    Column("confidence", Float),
    Column("text", String, nullable=False),
)


def _record_table(name: str) -> Table:
    columns: list[Column[object]] = []
    for field in fields(TABLES[name]):
        kind = BigInteger if (name, field.name) in NUMERIC_FIELDS else String
        columns.append(Column(field.name, kind, index=(name, field.name) in _INDEXED_FIELDS))
        columns.append(Column(field.name + CONFIDENCE_SUFFIX, Float))
    number: Column[int] = Column("record_number", Integer, primary_key=True, autoincrement=False)
    return Table(_SQL_NAMES.get(name, name), METADATA, _document_id(), number, *columns)


RECORD_TABLES = {name: _record_table(name) for name in TABLES}

RECORD_VALUES = Table(
    "record_values",
    METADATA,
    _document_id(),
    Column("record_table", String, primary_key=True),
    Column("record_number", Integer, primary_key=True, autoincrement=False),
    Column("field", String, primary_key=True),
    Column("text", String, nullable=False),
    Column("normal", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("doubt", String),
)

EVIDENCE = Table(
    "evidence",
    METADATA,
    Column("document_id", Integer, primary_key=True, autoincrement=False),
    Column("record_table", String, primary_key=True),
    Column("record_number", Integer, primary_key=True, autoincrement=False),
    Column("field", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("word_id", String, nullable=False),
    Column("page", Integer, nullable=False),
    Column("left_px", Float),
    Column("top_px", Float),
    Column("right_px", Float),
    Column("bottom_px", Float),
    Column("text_read", String, nullable=False),
    Column("text", String, nullable=False),
    Column("reader", String, nullable=False),
    Column("confidence", Float, nullable=False),
    ForeignKeyConstraint(
        ["document_id", "record_table", "record_number", "field"],
        [
            "record_values.document_id",
            "record_values.record_table",
            "record_values.record_number",
            "record_values.field",
        ],
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(["document_id", "page"], ["pages.document_id", "pages.number"], ondelete="CASCADE"),
    Index("ix_evidence_page", "document_id", "page"),
)

ISSUES = Table(
    "issues",
    METADATA,
    _document_id(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("stage", String, nullable=False),
    Column("code", String, nullable=False, index=True),
    Column("page", Integer),
    Column("message", String, nullable=False),
    Column("remedy", String, nullable=False),
    Column("weight", String, nullable=False, server_default="loss"),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("document_id", ForeignKey("documents.id", ondelete="SET NULL"), index=True),
    Column("sha256", String(64), index=True),
    Column("path", String, nullable=False, index=True),
    Column("status", String, nullable=False),
    Column("error_code", String),
    Column("message", String),
    Column("remedy", String),
    Column("page_count", Integer, nullable=False),
    Column("failed_page_count", Integer, nullable=False),
    Column("work_key", String(64), nullable=False),
    Column("program_version", String, nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    Column("wall_s", Float, nullable=False),
    Column("peak_memory_mb", Float, nullable=False),
)

"""The ledger's tables: files, and what each stage did."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Float, Index, Integer, LargeBinary, String, Table, false

from pipeline.archive.schema import METADATA

__all__ = ["FILES", "STAGE_STATES"]

FILES = Table(
    "files",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("path", String, nullable=False, unique=True),
    Column("path_bytes", LargeBinary),
    Column("sha256", String(64), index=True),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("may_retry", Boolean, nullable=False, server_default=false()),
    Column("needs_person", Boolean, nullable=False, server_default=false()),
    Column("error_code", String),
    Column("message", String),
    Column("remedy", String),
    Column("page_count", Integer, nullable=False, server_default="0"),
    Column("blank_page_count", Integer, nullable=False, server_default="0"),
    Column("failed_page_count", Integer, nullable=False, server_default="0"),
    Column("wall_s", Float, nullable=False, server_default="0"),
    Column("peak_memory_mb", Float, nullable=False, server_default="0"),
    Column("work_key", String(64)),
    Column("owner", String),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    # All that `sohoa status` counts, so that it reads no row.
    Index(
        "ix_files_standing",
        *("state", "owner", "may_retry", "needs_person", "page_count", "blank_page_count", "failed_page_count"),
    ),
)

# Keyed by content and not by document, for what failed has no document.
STAGE_STATES = Table(
    "stage_states",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("stage", String, primary_key=True),
    Column("page", Integer, primary_key=True, autoincrement=False, comment="0 for the whole document"),
    Column("position", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("wall_s", Float),
    Column("peak_memory_mb", Float),
    Column("error_code", String),
    Column("message", String),
    Column("remedy", String),
)

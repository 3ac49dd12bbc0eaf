"""The layer of corrections in the catalog: kept by content, so that no re-run and no removal takes one away."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, Column, DateTime, Integer, String, Table, insert, select, update

from pipeline.archive.database import Database
from pipeline.archive.schema import METADATA
from pipeline.corrections import Correction, Mark
from pipeline.errors import UsageError

__all__ = ["CORRECTIONS", "CorrectionLayer", "StoredCorrection"]

CORRECTIONS = Table(
    "corrections",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("record_table", String, nullable=False),
    Column("field", String, nullable=False),
    Column("marks", String, nullable=False, comment="JSON: page, word, box and first reading of each word"),
    Column("before", String, nullable=False),
    Column("after", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
)


class StoredCorrection(Struct, frozen=True):
    """A correction with its number, the content that it is about, and when it was made and perhaps withdrawn."""

    id: int
    sha256: str
    correction: Correction
    made_at: datetime
    withdrawn_at: datetime | None


class CorrectionLayer:
    """What persons set right; nothing in it is ever changed but that a correction can be withdrawn."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, sha256: str, correction: Correction) -> int:
        """Keep a correction; gives its number."""
        row = _row(sha256, correction, datetime.now(UTC), None)
        with self._database.writing() as connection:
            number = connection.execute(insert(CORRECTIONS).values(row).returning(CORRECTIONS.c.id)).scalar_one()
        return int(number)

    def put_back(self, kept: Sequence[StoredCorrection]) -> None:
        """Enter corrections that the catalog has lost; they get new numbers."""
        rows = [_row(one.sha256, one.correction, one.made_at, one.withdrawn_at) for one in kept]
        if rows:
            with self._database.writing() as connection:
                connection.execute(insert(CORRECTIONS), rows)

    def withdraw(self, number: int) -> str:
        """Let a correction no longer be applied; gives the SHA-256 of the content that it is about.

        Raises:
            UsageError: there is none of that number, or it was withdrawn.
        """
        place = CORRECTIONS.c.id == number, CORRECTIONS.c.withdrawn_at.is_(None)
        with self._database.writing() as connection:
            sha256 = connection.execute(select(CORRECTIONS.c.sha256).where(*place)).scalar()
            if sha256 is None:
                raise UsageError(
                    f"There is no correction {number} that is applied.",
                    remedy="See `sohoa corrections` for their numbers.",
                )
            connection.execute(update(CORRECTIONS).where(*place).values(withdrawn_at=datetime.now(UTC)))
        return str(sha256)

    def stored(self, sha256: str | None = None) -> list[StoredCorrection]:
        """All corrections, of one content or of all, withdrawn ones too, in the order in which they were made."""
        question = select(CORRECTIONS).order_by(CORRECTIONS.c.id)
        if sha256 is not None:
            question = question.where(CORRECTIONS.c.sha256 == sha256)
        with self._database.reading() as connection:
            rows = connection.execute(question).all()
        return [
            StoredCorrection(
                row.id,
                row.sha256,
                Correction(
                    row.kind,
                    msgspec.json.decode(row.marks, type=tuple[Mark, ...]),
                    row.before,
                    row.after,
                    row.made_by,
                    row.record_table,
                    row.field,
                ),
                row.made_at,
                row.withdrawn_at,
            )
            for row in rows
        ]

    def applied(self) -> dict[str, tuple[Correction, ...]]:
        """The corrections that are not withdrawn, by the SHA-256 of the content."""
        by_content: dict[str, tuple[Correction, ...]] = {}
        for stored in self.stored():
            if stored.withdrawn_at is None:
                by_content[stored.sha256] = (*by_content.get(stored.sha256, ()), stored.correction)
        return by_content


def _row(
    sha256: str, correction: Correction, made_at: datetime, withdrawn_at: datetime | None
) -> dict[str, str | datetime | None]:
    return {
        "sha256": sha256,
        "kind": correction.kind,
        "record_table": correction.table,
        "field": correction.field,
        "marks": msgspec.json.encode(correction.marks).decode(),
        "before": correction.before,
        "after": correction.after,
        "made_by": correction.by,
        "made_at": made_at,
        "withdrawn_at": withdrawn_at,
    }

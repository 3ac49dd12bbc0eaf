"""The tables of records: what a digitised plan is turned into.

Each class is one table, each attribute one column, in the order of the contract. Every value carries the text as
printed, its normal form, the words it was read from and a confidence.
"""

from typing import Any

import msgspec
from msgspec import Struct

__all__ = [
    "LIST_TABLES",
    "TABLES",
    "Assignment",
    "Deadline",
    "DocumentFields",
    "Movement",
    "Recipient",
    "Record",
    "Records",
    "Reference",
    "Reward",
    "SectionRecord",
    "Subject",
    "Value",
]


class Value(Struct, frozen=True):
    """One value of a record.

    Attributes:
        text: as printed, line breaks removed; for a value that follows from others, their text.
        normal: the normal form that is compared and exported.
        evidence: ids of the words that it was read from; never empty.
        confidence: 0 to 1.
        doubt: why the confidence is low, or None.
    """

    text: str
    normal: str | int
    evidence: tuple[str, ...]
    confidence: float
    doubt: str | None = None


class Record(Struct, frozen=True):
    """One row of a table."""


class DocumentFields(Record, frozen=True):
    """The document's own fields."""

    type: Value | None = None
    number: Value | None = None
    issuer: Value | None = None
    parent_body: Value | None = None
    place: Value | None = None
    date: Value | None = None
    title: Value | None = None
    signer_authority: Value | None = None
    signer_position: Value | None = None
    signer_name: Value | None = None
    urgency: Value | None = None
    secrecy: Value | None = None


class Reference(Record, frozen=True):
    """Another document that this one cites."""

    kind: Value | None = None
    number: Value | None = None
    date: Value | None = None
    issuer: Value | None = None
    title: Value | None = None
    role: Value | None = None


class SectionRecord(Record, frozen=True):
    """A heading of the body."""

    label: Value | None = None
    heading: Value | None = None
    level: Value | None = None
    kind: Value | None = None


class Assignment(Record, frozen=True):
    """A body that is given a task."""

    body: Value | None = None
    role: Value | None = None
    task: Value | None = None
    deadline: Value | None = None


class Deadline(Record, frozen=True):
    """A time by which, from which or during which something is to be done."""

    text: Value | None = None
    kind: Value | None = None
    start: Value | None = None
    end: Value | None = None
    recurrence: Value | None = None
    what: Value | None = None
    body: Value | None = None


class Movement(Record, frozen=True):
    """An emulation movement (phong trào thi đua) or campaign."""

    name: Value | None = None
    role: Value | None = None
    level: Value | None = None
    launched_by: Value | None = None
    start: Value | None = None
    end: Value | None = None


class Reward(Record, frozen=True):
    """A form of reward, who grants it, to whom, and for what."""

    form: Value | None = None
    granted_by: Value | None = None
    recipients: Value | None = None
    quantity: Value | None = None
    amount: Value | None = None
    criteria: Value | None = None


class Subject(Record, frozen=True):
    """Whom the plan is for."""

    kind: Value | None = None
    text: Value | None = None


class Recipient(Record, frozen=True):
    """A line under Nơi nhận."""

    text: Value | None = None


class Records(Struct, frozen=True):
    """All records of a document."""

    document: DocumentFields = DocumentFields()
    references: tuple[Reference, ...] = ()
    sections: tuple[SectionRecord, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    movements: tuple[Movement, ...] = ()
    rewards: tuple[Reward, ...] = ()
    subjects: tuple[Subject, ...] = ()
    recipients: tuple[Recipient, ...] = ()

    def rows(self, table: str) -> tuple[Record, ...]:
        """The rows of a table by its name; `document` has one."""
        rows = getattr(self, table)
        return rows if isinstance(rows, tuple) else (rows,)

    def to_dict(self) -> dict[str, Any]:
        """The normal forms, keyed and ordered as in the contract; recipients as a list of texts."""
        plain: dict[str, Any] = {"document": plain_record(self.document)}
        for table in LIST_TABLES:
            plain[table] = [plain_record(row) for row in self.rows(table)]
        plain["recipients"] = [row["text"] for row in plain["recipients"]]
        return plain


def plain_record(record: Record) -> dict[str, str | int | None]:
    """A record's normal forms by column, None where there is no value."""
    values = ((name, getattr(record, name)) for name in record.__struct_fields__)
    return {name: value.normal if value is not None else None for name, value in values}


TABLES: dict[str, type[Record]] = {
    "document": DocumentFields,
    "references": Reference,
    "sections": SectionRecord,
    "assignments": Assignment,
    "deadlines": Deadline,
    "movements": Movement,
    "rewards": Reward,
    "subjects": Subject,
    "recipients": Recipient,
}
LIST_TABLES = tuple(name for name in TABLES if name != "document")

if tuple(TABLES) != tuple(field.name for field in msgspec.structs.fields(Records)):  # pragma: no cover
    raise TypeError("the tables and the attributes of Records differ")

"""The bodies that a document's records name, each by its identity."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.language.bodies import bodies_from
from pipeline.language.canonical_bodies import CanonicalBody, Surroundings, canonical_body
from pipeline.records import Records, Value

__all__ = ["NAMING_FIELDS", "NamedBody", "bodies_of_records"]

NAMING_FIELDS = (
    ("document", "issuer"),
    ("document", "parent_body"),
    ("references", "issuer"),
    ("assignments", "body"),
    ("deadlines", "body"),
    ("movements", "launched_by"),
    ("rewards", "granted_by"),
    ("recipients", "text"),
)
"""Tables and fields of records in which bodies are named."""
_POORLY_READ = 0.75
_MAX_NAMES = 200


@dataclass(frozen=True, slots=True)
class NamedBody:
    """A body that a record's field names; `number` counts the table's records, `position` the field's bodies from 0."""

    table: str
    number: int
    field: str
    position: int
    name: str
    body: CanonicalBody


def bodies_of_records(records: Records) -> Iterator[NamedBody]:
    """Every body that a document's records name, as far as it can be told which it is.

    Args:
        records: of one document; its own issuer, superior and date tell what names without a place mean.
    """
    own = records.document
    around = Surroundings(_text(own.issuer), _text(own.parent_body), _text(own.date))
    for table, field in NAMING_FIELDS:
        for number, record in enumerate(records.rows(table), start=1):
            value = getattr(record, field)
            if value is None:
                continue
            poor = value.confidence < _POORLY_READ
            context = around if field != "parent_body" else Surroundings(date=around.date)
            found = ((name, canonical_body(name, context, misread=poor)) for name in _names(str(value.normal), field))
            known = [(name, body) for name, body in found if body is not None]
            for position, (name, body) in enumerate(known[:_MAX_NAMES]):
                yield NamedBody(table, number, field, position, name, body)


def _names(text: str, field: str) -> list[str]:
    """The names in a value: a body's own field may hold several, a header's only one."""
    if field in ("issuer", "parent_body"):
        return [text]
    names: list[str] = []
    for part in text.split(";"):
        listed = bodies_from(part.strip())
        if listed is None or len(listed.bodies) < 2:
            names.append(part.strip())
            continue
        stripped = part.strip()
        for body in listed.bodies:
            shared = " ".join(stripped[start:end] for start, end in body.shared)
            names.append(f"{shared} {stripped[body.start : body.end]}".strip())
    return names


def _text(value: Value | None) -> str | None:
    return str(value.normal) if value is not None else None

"""What a check has to say: which values contradict which rule."""

from dataclasses import dataclass

from pipeline.records import Records, Value

__all__ = ["Finding", "Place", "day_of", "value_at"]

_PARTS_OF_A_DAY = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A value of the records: table, row by its index (0 for the document's fields), field."""

    table: str
    row: int
    field: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that failed.

    Attributes:
        code: the check's name.
        message: what contradicts what, with the values, a sentence.
        places: the values that are doubted.
        factor: by which their confidence is multiplied, 0 to 1.
    """

    code: str
    message: str
    places: tuple[Place, ...]
    factor: float = 0.7


def value_at(records: Records, place: Place) -> Value | None:
    """The value at a place; None where there is none."""
    rows = records.rows(place.table)
    found = getattr(rows[place.row], place.field) if place.row < len(rows) else None
    return found if isinstance(found, Value) else None


def day_of(value: Value | None) -> str | None:
    """The normal form of a whole day (`2026-03-12`); None for a part of one."""
    if value is None:
        return None
    parts = str(value.normal).split("-")
    return str(value.normal) if len(parts) == _PARTS_OF_A_DAY else None

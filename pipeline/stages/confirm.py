"""Values of records as a person set them right, after everything else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.corrections import Correction, CorrectionKind, find_mark, lost
from pipeline.document import Document, Issue, replace
from pipeline.records import Record, Records, Value
from pipeline.stage import Context, Gift

__all__ = ["Confirm"]


@dataclass(frozen=True, slots=True)
class Confirm:
    """The last stage."""

    name: str = "confirm"
    version: int = 1
    needs: frozenset[Gift] = frozenset({"records"})
    gives: frozenset[Gift] = frozenset({"records"})
    applies: CorrectionKind = "value"

    def document(self, document: Document, context: Context) -> Document:
        """Put corrected values in the place of those that were read; one without its record becomes a doubt."""
        missed: list[Issue] = []
        for correction in context.corrections:
            if correction.kind != self.applies:
                continue
            changed = _corrected(document, correction)
            if changed is None:
                missed.append(lost(self.name, correction))
            else:
                document = replace(document, records=changed)
        return replace(document, issues=(*document.issues, *missed))


def _corrected(document: Document, correction: Correction) -> Records | None:
    """The records with a corrected value; None where no record was read from what the correction points at."""
    words = [find_mark(document.pages, mark) for mark in correction.marks]
    ids = tuple(word.id for word in words if word is not None)
    rows = document.records.rows(correction.table)
    found = _best(rows, correction.field, set(ids))
    if found is None:
        return None
    old: Value | None = getattr(rows[found], correction.field)
    new: Value | None = None
    if correction.after:
        like = old.normal if old is not None else ""
        normal = int(correction.after) if isinstance(like, int) and correction.after.isdigit() else correction.after
        text = old.text if old is not None else correction.after
        new = Value(text, normal, old.evidence if old is not None else ids, 1.0)
    values: dict[str, Any] = {correction.field: new}
    changed = [*rows[:found], replace(rows[found], **values), *rows[found + 1 :]]
    table = changed[0] if correction.table == "document" else tuple(changed)
    return replace(document.records, **{correction.table: table})


def _best(rows: Sequence[Record], field: str, ids: set[str]) -> int | None:
    """The row whose value, or else whose record, was read from most of these words."""
    shares: list[tuple[int, int, int]] = []
    for index, row in enumerate(rows):
        own = getattr(row, field)
        whole = {word for name in row.__struct_fields__ for word in (_evidence(getattr(row, name)))}
        shares.append((len(ids & set(_evidence(own))), len(ids & whole), -index))
    best = max(shares, default=(0, 0, 0))
    return -best[2] if best[1] else None


def _evidence(value: Value | None) -> tuple[str, ...]:
    return value.evidence if value is not None else ()

"""Checks on the movement that a document launches.

Source:
    What a plan that launches an emulation movement has to say: subjects, first and last day, forms of reward, two
    grounds each with number and date, and a day before the end by which files are handed in.
"""

from collections.abc import Iterator

from pipeline.document import Document
from pipeline.extraction.checks.finding import Finding, Place, day_of
from pipeline.records import Movement

__all__ = ["files_after_the_end", "incomplete_movement"]

_MIN_GROUNDS = 2


def _launched(document: Document) -> Iterator[tuple[int, Movement]]:
    for row, movement in enumerate(document.records.movements):
        if movement.role is not None and movement.role.normal == "launches":
            yield row, movement


def incomplete_movement(document: Document) -> Iterator[Finding]:
    """A launched movement of which something is not said that such a document has to say."""
    records = document.records
    grounds = [
        reference for reference in records.references if reference.role is not None and reference.role.normal == "basis"
    ]
    dated = [reference for reference in grounds if reference.date is not None and (reference.number or reference.title)]
    for row, movement in _launched(document):
        lacking = [
            what
            for what, there in (
                ("its first day", movement.start),
                ("its last day", movement.end),
                ("its subjects", records.subjects),
                ("a form of reward", any(reward.form is not None for reward in records.rewards)),
                ("two grounds with number and date", len(dated) >= _MIN_GROUNDS),
            )
            if not there
        ]
        name = movement.name.normal if movement.name is not None else "A movement"
        if lacking:
            message = f"“{name}” is launched, but the records lack {', '.join(lacking)}."
            yield Finding("movement-incomplete", message, (Place("movements", row, "role"),), 0.9)


def files_after_the_end(document: Document) -> Iterator[Finding]:
    """The day by which files are handed in comes after the movement's last day."""
    for row, movement in _launched(document):
        end = day_of(movement.end)
        if end is None:
            continue
        for index, deadline in enumerate(document.records.deadlines):
            due = day_of(deadline.end)
            what = str(deadline.what.normal).casefold() if deadline.what is not None else ""
            if due is not None and due > end and "hồ sơ" in what and "khen thưởng" in what:
                message = f"Files are due on {due}, after the movement's end on {end}."
                places = (Place("movements", row, "end"), Place("deadlines", index, "end"))
                yield Finding("movement-files", message, places, 0.85)

"""The bodies that documents' records name, as rows, and how they are put into the catalog."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.archive.body_schema import BODIES, BODY_MENTIONS
from pipeline.archive.rows import Row, put_rows
from pipeline.archive.schema import RECORD_TABLES
from pipeline.document import Document

if TYPE_CHECKING:
    from pipeline.language.canonical_bodies import CanonicalBody

__all__ = ["body_rows", "put_bodies"]

_BODY_ID = 0


def body_rows(document: Document) -> tuple[list[tuple[int, Row]], list[Row]]:
    """The bodies that a document's records name.

    Returns:
        Each body once with how many are above it, as a row of `bodies`; then what names them, as rows of
        `body_mentions` without the document's id.
    """
    # Telling bodies apart takes a model of language, which only they need who read documents.
    from pipeline.extraction.bodies_of_records import bodies_of_records

    named = list(bodies_of_records(document.records))
    mentions = [
        (
            str(RECORD_TABLES[found.table].name),
            found.number,
            found.field,
            found.position,
            _text(found.name),
            found.body.body_id,
        )
        for found in named
    ]
    return _with_superiors(found.body for found in named), mentions


def put_bodies(
    connection: Connection, bodies: Iterable[tuple[int, Row]], mentions: Mapping[int, Sequence[Row]]
) -> None:
    """Enter bodies, and what names them.

    A body that is there already stays as it was first entered.

    Args:
        mentions: by the document's id.
    """
    # Superiors first, and in one order for all writers, so that none waits for another that waits for it.
    rows: dict[str, Row] = {}
    depths: dict[str, int] = {}
    for depth, row in bodies:
        rows.setdefault(row[_BODY_ID], row)
        depths[row[_BODY_ID]] = max(depth, depths.get(row[_BODY_ID], 0))
    if rows:
        upsert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        names = [column.name for column in BODIES.columns]
        connection.execute(
            upsert(BODIES).on_conflict_do_nothing(),
            [dict(zip(names, rows[id], strict=True)) for id in sorted(rows, key=lambda id: (depths[id], id))],
        )
    put_rows(connection, BODY_MENTIONS, [(id, *row) for id, found in mentions.items() for row in found])


def _with_superiors(bodies: "Iterable[CanonicalBody]") -> list[tuple[int, Row]]:
    """Each body and each of its superiors once, with how many are above it."""
    found: dict[str, tuple[int, Row]] = {}
    for body in bodies:
        chain = [body]
        while chain[-1].superior is not None:
            chain.append(chain[-1].superior)
        for depth, member in enumerate(reversed(chain)):
            before = found.get(member.body_id)
            if before is None:
                found[member.body_id] = depth, _row(member)
            elif before[0] < depth:
                found[member.body_id] = depth, before[1]
    return sorted(found.values(), key=lambda body: (body[0], body[1][_BODY_ID]))


def _row(body: "CanonicalBody") -> Row:
    return (
        body.body_id,
        _text(body.name),
        body.kind,
        body.level,
        body.place,
        body.superior.body_id if body.superior is not None else None,
        body.valid_from,
        body.valid_to,
    )


def _text(text: str) -> str:
    """A text without the one character that not every database takes."""
    return text.replace("\0", "")

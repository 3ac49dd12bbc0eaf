"""Writing the bodies that a document's records name."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.archive.body_schema import BODIES, BODY_MENTIONS
from pipeline.archive.schema import RECORD_TABLES
from pipeline.document import Document
from pipeline.extraction.bodies_of_records import bodies_of_records
from pipeline.language.canonical_bodies import CanonicalBody

__all__ = ["put_bodies"]


def put_bodies(connection: Connection, document: Document, document_id: int) -> None:
    """Enter the bodies of a document's records, and what names them in the place of what did before.

    A body that is there already stays as it was first entered.
    """
    connection.execute(delete(BODY_MENTIONS).where(BODY_MENTIONS.c.document_id == document_id))
    named = list(bodies_of_records(document.records))
    bodies = _with_superiors(found.body for found in named)
    if not bodies:
        return
    rows = [
        {
            "body_id": body.body_id,
            "name": _text(body.name),
            "kind": body.kind,
            "level": body.level,
            "place": body.place,
            "superior_id": body.superior.body_id if body.superior is not None else None,
            "valid_from": body.valid_from,
            "valid_to": body.valid_to,
        }
        for body in bodies
    ]
    upsert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(upsert(BODIES).on_conflict_do_nothing(), rows)
    connection.execute(
        insert(BODY_MENTIONS),
        [
            {
                "document_id": document_id,
                "record_table": RECORD_TABLES[found.table].name,
                "record_number": found.number,
                "field": found.field,
                "position": found.position,
                "name": _text(found.name),
                "body_id": found.body.body_id,
            }
            for found in named
        ],
    )


def _with_superiors(bodies: Iterable[CanonicalBody]) -> list[CanonicalBody]:
    """Each body once, its superiors before it, in one order for all writers."""
    found: dict[str, CanonicalBody] = {}
    depths: dict[str, int] = {}
    for body in bodies:
        chain = [body]
        while chain[-1].superior is not None:
            chain.append(chain[-1].superior)
        for depth, member in enumerate(reversed(chain)):
            found.setdefault(member.body_id, member)
            depths[member.body_id] = max(depth, depths.get(member.body_id, 0))
    return sorted(found.values(), key=lambda body: (depths[body.body_id], body.body_id))


def _text(text: str) -> str:
    """A text without the one character that not every database takes."""
    return text.replace("\0", "")

"""What is indexed of each page: its document's head, its text, the values that its text does not show, the facets."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, select

from pipeline.archive.schema import EVIDENCE, PAGES, RECORD_TABLES, RECORD_VALUES
from pipeline.archive.search.facets import date_words, name_words
from pipeline.archive.search.words import MOST_WORDS, marked_words, plain_words

__all__ = [
    "Entry",
    "entries",
    "head_text",
    "page_entries",
    "page_id",
    "page_values",
    "split_id",
    "values_by_page",
]

_PAGE_BITS = 16
_HEAD = ("type", "number", "title", "issuer")
# Values that are codes of ours and no words of the document.
_CODES = {
    *(("document_references", "role"), ("sections", "level"), ("sections", "kind"), ("assignments", "role")),
    *(("deadlines", "kind"), ("deadlines", "recurrence"), ("movements", "role"), ("movements", "level")),
    ("subjects", "kind"),
}
_FIELDS = RECORD_TABLES["document"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as it is indexed: words with marks, by part, and the facets."""

    id: int
    head: list[str]
    body: list[str]
    records: list[str]
    facets: list[str]


def page_id(document_id: int, page: int) -> int:
    """The number of a page among those of all documents."""
    return (document_id << _PAGE_BITS) + page


def split_id(id: int) -> tuple[int, int]:
    """A document's id and the number of its page."""
    return id >> _PAGE_BITS, id & ((1 << _PAGE_BITS) - 1)


def head_text(type_: str | None, number: str | None, title: str | None, issuer: str | None) -> str:
    """What a document says that it is, in one line."""
    return " · ".join(part for part in (type_, number, title, issuer) if part)


def entries(connection: Connection, document_id: int) -> Iterator[Entry]:
    """The pages of a document as the catalog has them now."""
    fields = connection.execute(select(_FIELDS).where(_FIELDS.c.document_id == document_id)).first()
    pages = select(PAGES.c.number, PAGES.c.text).where(PAGES.c.document_id == document_id).order_by(PAGES.c.number)
    return page_entries(
        document_id,
        {name: getattr(fields, name) for name in (*_HEAD, "date")} if fields is not None else {},
        page_values(connection, document_id),
        _bound(connection, document_id),
        connection.execute(pages).all(),
    )


def page_entries(
    document_id: int,
    fields: Mapping[str, str | None],
    values: Mapping[int, Sequence[str]],
    bound: Iterable[tuple[str | None, str | None]],
    pages: Iterable[Sequence[Any]],
) -> Iterator[Entry]:
    """The pages of a document.

    Args:
        fields: the document's own.
        values: those of its records, by the page that they begin on.
        bound: who is given a task or bound by a deadline, and the deadline's end.
        pages: number and text of each, in order.
    """
    facets = _facets(bound)
    if fields:
        facets += name_words("i", [fields["issuer"] or ""]) + name_words("t", [fields["type"] or ""])
        facets += date_words("d", fields["date"] or "")
    head = marked_words(head_text(*(fields[name] for name in _HEAD))) if fields else []
    for number, text in pages:
        if number >= 1 << _PAGE_BITS:
            return
        body = marked_words(text)[:MOST_WORDS]
        shown = f" {' '.join(plain_words(body))} "
        unseen: list[str] = []
        for value in values.get(number, ()):
            words = marked_words(value)
            if words and f" {' '.join(plain_words(words))} " not in shown:
                unseen += words
        yield Entry(page_id(document_id, number), head, body, unseen[:MOST_WORDS], facets[:MOST_WORDS])
        # The head is found on the first page, and only there.
        head = []


def page_values(connection: Connection, document_id: int) -> dict[int, list[str]]:
    """The values of a document's records, as printed and in their normal form, by the page that they begin on."""
    question = (
        select(RECORD_VALUES.c.record_table, RECORD_VALUES.c.field, RECORD_VALUES.c.text, RECORD_VALUES.c.normal)
        .add_columns(EVIDENCE.c.page)
        .join_from(
            RECORD_VALUES,
            EVIDENCE,
            and_(
                *(
                    RECORD_VALUES.c[name] == EVIDENCE.c[name]
                    for name in ("document_id", "record_table", "record_number", "field")
                ),
                EVIDENCE.c.position == 0,
            ),
            isouter=True,
        )
        .where(RECORD_VALUES.c.document_id == document_id)
        .order_by(RECORD_VALUES.c.record_table, RECORD_VALUES.c.record_number, RECORD_VALUES.c.field)
    )
    return values_by_page(tuple(row) for row in connection.execute(question))


def values_by_page(values: Iterable[tuple[str, str, str, str, int | None]]) -> dict[int, list[str]]:
    """Values as printed and in their normal form, by the page that they begin on.

    Args:
        values: table, field, text, normal form and page of each.
    """
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for table, field, text, normal, page in values:
        if (table, field) not in _CODES:
            found[page or 1] |= {text: None, normal: None}
    return {page: list(of_page) for page, of_page in found.items()}


def _bound(connection: Connection, document_id: int) -> Iterator[tuple[str | None, str | None]]:
    """Who is given a task or bound by a deadline, and the deadline's end."""
    for name in ("assignments", "deadlines"):
        table = RECORD_TABLES[name]
        columns = [table.c.body] if name == "assignments" else [table.c.body, table.c.end]
        own = select(*columns).where(table.c.document_id == document_id).order_by(table.c.record_number)
        for row in connection.execute(own):
            yield row.body, row.end if name == "deadlines" else None


def _facets(bound: Iterable[tuple[str | None, str | None]]) -> list[str]:
    """Who is given a task or bound by a deadline, and when deadlines end."""
    bodies: dict[str, None] = {}
    ends: dict[str, None] = {}
    for body, end in bound:
        if body:
            bodies[body] = None
        if end:
            ends |= dict.fromkeys(date_words("e", end))
    return name_words("b", bodies) + list(ends)

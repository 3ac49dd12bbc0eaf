"""Finding pages: those first that have the words as they were typed and one after the other."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, TypeAlias

from msgspec import Struct
from sqlalchemy import Connection, Row, select

from pipeline.archive.schema import DOCUMENTS, PAGES, RECORD_TABLES
from pipeline.archive.search.candidates import find
from pipeline.archive.search.entries import head_text, page_values, split_id
from pipeline.archive.search.filters import Filters
from pipeline.archive.search.query import Query, Term
from pipeline.archive.search.snippets import Snippet, beginning, snippet
from pipeline.archive.search.tiers import Match, Tier, tiers
from pipeline.errors import UsageError

__all__ = ["Hit", "search"]

Place: TypeAlias = Literal["text", "records", "head"]
_ROWS_AT_A_TIME = 50
_FIELDS = RECORD_TABLES["document"]


class Hit(Struct, frozen=True):
    """A page on which it was found.

    Attributes:
        id: SHA-256 of the document's original.
        name: of the original.
        page: its number.
        match: `phrase` where the words stand one after the other, `words` where they stand apart, `document` where
            nothing was asked but the filters; `… as typed` where they have the marks that they were typed with.
        place: whether `snippet` is of the page's text, of its records' values, or of what the document says it is.
        snippet: the place in one line.
        marks: start and end of what was found in it.
    """

    id: str
    name: str
    page: int
    match: Match
    place: Place
    snippet: str
    marks: tuple[tuple[int, int], ...] = ()
    type: str | None = None
    number: str | None = None
    title: str | None = None
    issuer: str | None = None
    date: str | None = None


def search(
    connection: Connection, query: str, filters: Filters | None = None, *, as_typed: bool = False, limit: int = 20
) -> list[Hit]:
    """Pages with all words of a query, best first.

    Pages with the words as they were typed, one after the other, come first; then such with other marks (`thi dua`
    for `thi đua`); then those where they stand apart, again as typed first. Within each of these they are ranked by
    BM25. Of many pages not all are ranked, but those that have all words in the head or three times, and the newest:
    see `pipeline.archive.search.candidates`.

    Args:
        query: see `Query.parse`; empty, where the filters alone say what is wanted: then the newest come first.
        as_typed: only words with the marks that they were typed with.
        limit: so many pages at most.
    Raises:
        UsageError: neither words nor filters were given.
    """
    asked = Query.parse(query)
    conditions = filters or Filters()
    if not asked.terms and not conditions.phrases() and not conditions.choices():
        raise UsageError("The query has no words.", remedy="Give a word, a phrase in quotation marks, or a filter.")
    found = find(connection, list(tiers(asked, as_typed=as_typed)), conditions, limit)
    return list(_hits(connection, asked, found))


def _hits(connection: Connection, asked: Query, found: dict[int, Tier]) -> Iterator[Hit]:
    rows = {key: row for part in _parts(list(found)) for key, row in _rows(connection, part)}
    for id, tier in found.items():
        row = rows.get(split_id(id))
        # A document that was removed by other hands is still in the index.
        if row is not None:
            place, shown = _shown(connection, row, asked, tier)
            yield Hit(
                row.sha256,
                row.name,
                row.page,
                tier.match,
                place,
                shown.text,
                shown.marks,
                *(row.type, row.number, row.title, row.issuer, row.date),
            )


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _ROWS_AT_A_TIME] for start in range(0, len(ids), _ROWS_AT_A_TIME))


def _rows(connection: Connection, ids: Sequence[int]) -> Iterator[tuple[tuple[int, int], "Row[tuple[Any, ...]]"]]:
    """Pages and what is known of their documents, by document and number."""
    wanted = {split_id(id) for id in ids}
    columns = [_FIELDS.c[name] for name in ("type", "number", "title", "issuer", "date")]
    question = (
        select(DOCUMENTS.c.sha256, DOCUMENTS.c.name, PAGES.c.document_id, PAGES.c.number.label("page"), PAGES.c.text)
        .add_columns(*columns)
        .join_from(PAGES, DOCUMENTS, PAGES.c.document_id == DOCUMENTS.c.id)
        .join(_FIELDS, _FIELDS.c.document_id == DOCUMENTS.c.id, isouter=True)
        # Of pairs, SQLite would look through all pages; so some pages too many are read.
        .where(PAGES.c.document_id.in_({document for document, _ in wanted}))
        .where(PAGES.c.number.in_({page for _, page in wanted}))
    )
    for row in connection.execute(question):
        if (row.document_id, row.page) in wanted:
            yield (row.document_id, row.page), row


def _shown(connection: Connection, row: "Row[tuple[object, ...]]", asked: Query, tier: Tier) -> tuple[Place, Snippet]:
    """Where on the page it was found; what all words are on comes before what some are on."""
    terms: Sequence[Term] = tier.terms or asked.terms
    head = head_text(row.type, row.number, row.title, row.issuer)
    if not terms:
        return "head", beginning(head or row.name)
    texts: tuple[tuple[Place, Callable[[], str]], ...] = (
        ("text", lambda: str(row.text)),
        ("records", lambda: " · ".join(page_values(connection, row.document_id).get(row.page, ()))),
        ("head", lambda: head),
    )
    for as_typed in (True, False):
        for place, text in texts:
            found = snippet(text(), terms, as_typed=as_typed and tier.as_typed)
            if found is not None:
                return place, found
    return "head", beginning(head or row.name)

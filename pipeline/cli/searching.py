"""The command that finds pages: search."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import ArchiveFolder, Catalog, add, open_archive
from pipeline.cli.terminal import console, harmless, is_drawn, print_table, tell, write

if TYPE_CHECKING:
    from pipeline.archive.search import Hit

__all__ = ["add_to"]

_SHOWN_ID = 12
_OPEN, _CLOSE = "«", "»"


def add_to(app: typer.Typer) -> None:
    """Give the program this command."""
    add(app, "search", search)


def search(
    query: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORDS]",
            help='Words, "a phrase" in quotation marks, the beginn* of a word; all must be on the page.',
            show_default=False,
        ),
    ] = None,
    issuer: Annotated[
        str | None, typer.Option("--issuer", metavar="WORDS", help="Only what this body issued.", show_default=False)
    ] = None,
    type_: Annotated[
        str | None, typer.Option("--type", metavar="WORDS", help="Only this type of document.", show_default=False)
    ] = None,
    body: Annotated[
        str | None,
        typer.Option("--body", metavar="WORDS", help="Only documents that give this body a task.", show_default=False),
    ] = None,
    date_from: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], metavar="DAY", help="Only what was issued on this day or later."),
    ] = None,
    date_to: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], metavar="DAY", help="Only what was issued on this day or before."),
    ] = None,
    due_from: Annotated[
        datetime | None,
        typer.Option(
            "--due-from", formats=["%Y-%m-%d"], metavar="DAY", help="Only with a deadline on this day or later."
        ),
    ] = None,
    due_to: Annotated[
        datetime | None,
        typer.Option(
            "--due-to", formats=["%Y-%m-%d"], metavar="DAY", help="Only with a deadline on this day or before."
        ),
    ] = None,
    as_typed: Annotated[
        bool, typer.Option("--as-typed", help="Only words with exactly the marks that you type.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=1000, metavar="N", help="So many pages at most.")
    ] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: a list with an object for each page.")] = False,
    archive: ArchiveFolder = Path("archive"),
    catalog: Catalog = None,
) -> None:
    """Find pages by their text and their records' values.

    Marks may be left out: `phong trao thi dua` finds `phong trào thi đua`. Pages with the words as you typed them,
    one after the other, come first. Days are written 2025-12-31.
    """
    from pipeline.archive.search import Filters

    days = [None if day is None else day.date() for day in (date_from, date_to, due_from, due_to)]
    filters = Filters(issuer, type_, body, *days)
    with open_archive(archive, catalog) as opened:
        hits = opened.search(" ".join(query or ()), filters, as_typed=as_typed, limit=limit)
    if as_json:
        _print_json(hits)
    else:
        _print_table(hits)
    if not hits:
        tell("Nothing was found.")


def _print_json(hits: "list[Hit]") -> None:
    import msgspec

    write(msgspec.json.format(msgspec.json.encode(hits), indent=2).decode())


def _print_table(hits: "list[Hit]") -> None:
    if is_drawn():
        _draw(hits)
        return
    from pipeline.tables import TextTable

    rows = tuple(
        (hit.id[:_SHOWN_ID], str(hit.page), hit.number or "", hit.date or "", hit.name, _marked(hit)) for hit in hits
    )
    print_table(TextTable("pages", ("id", "page", "number", "date", "file", "found"), rows))


def _marked(hit: "Hit") -> str:
    """The snippet with marks that survive a pipe."""
    text = hit.snippet
    for start, end in reversed(hit.marks):
        text = f"{text[:start]}{_OPEN}{text[start:end]}{_CLOSE}{text[end:]}"
    return text


def _draw(hits: "list[Hit]") -> None:
    """A line for the document and one for the place, with colours."""
    from rich.text import Text

    for hit in hits:
        head = Text(f"{hit.id[:_SHOWN_ID]}  page {hit.page}  ", style="dim")
        named = " · ".join(part for part in (hit.number or hit.name, hit.date, hit.issuer) if part)
        head.append(harmless(named, one_line=True), style="bold")
        shown, end = Text(), 0
        for start, stop in hit.marks:
            shown.append(harmless(hit.snippet[end:start], one_line=True))
            shown.append(harmless(hit.snippet[start:stop], one_line=True), style="bold yellow")
            end = stop
        shown.append(harmless(hit.snippet[end:], one_line=True))
        console().print(head, shown, "", sep="\n")

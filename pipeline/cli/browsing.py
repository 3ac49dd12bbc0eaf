"""Commands that read the archive: list, show, text, records, export."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli.arguments import ArchiveFolder, Catalog, DocumentName, add, open_archive
from pipeline.cli.terminal import print_table, tell, write, write_line
from pipeline.errors import DocumentNotFoundError, UsageError

if TYPE_CHECKING:
    from pipeline.document import Document

__all__ = ["add_to"]

_SHOWN_ID = 12
_DEFAULT_ARCHIVE = Path("archive")


def add_to(app: typer.Typer) -> None:
    """Give the program these commands."""
    add(app, "list", list_documents)
    add(app, "show", show)
    add(app, "text", text)
    add(app, "records", records)
    add(app, "export", export)


def list_documents(archive: ArchiveFolder = _DEFAULT_ARCHIVE, catalog: Catalog = None) -> None:
    """List the documents of the archive: id, how each stands, and what it says that it is."""
    from pipeline.tables import TextTable

    with open_archive(archive, catalog) as opened:
        rows = opened.documents()
    columns = ("id", "status", "pages", "issues", "type", "number", "date", "issuer", "title", "file")
    print_table(
        TextTable(
            "documents",
            columns,
            tuple(
                (
                    row.id[:_SHOWN_ID],
                    row.status,
                    str(row.pages),
                    str(row.issues),
                    *(found or "" for found in (row.type, row.number, row.date, row.issuer, row.title)),
                    row.name,
                )
                for row in rows
            ),
        )
    )


def show(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="DOC",
            help="The document: its id, a unique beginning of it, or the original's path.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show every document of the archive.")] = False,
    table: Annotated[
        list[str] | None,
        typer.Option("--table", "-t", metavar="NAME", help="Only this table of records; may be repeated."),
    ] = None,
    evidence: Annotated[
        bool,
        typer.Option("--evidence", "-e", help="Show for every value the page, line and box that it comes from."),
    ] = False,
    archive: ArchiveFolder = _DEFAULT_ARCHIVE,
    catalog: Catalog = None,
) -> None:
    """Show a document's records as tables, each with its confidence (0 to 1).

    Values of low confidence are coloured: look at the paper before you rely on them.
    """
    from pipeline.records import TABLES

    unknown = [wanted for wanted in table or () if wanted not in TABLES]
    if unknown:
        raise UsageError(f"There is no table `{unknown[0]}`.", remedy=f"The tables are: {', '.join(TABLES)}.")
    if (name is None) != every:
        raise UsageError("Say which document to show.", remedy="Name one (see `sohoa list`), or give --all.")
    with open_archive(archive, catalog) as opened:
        ids = [row.id for row in opened.documents()] if name is None else [opened.find(name)]
        for id_ in ids:
            _show(id_, opened.document(id_), tuple(table or TABLES), evidence)


def _show(id_: str, document: "Document", tables: tuple[str, ...], evidence: bool) -> None:
    from pipeline.tables import evidence_table, record_table

    blank = sum(page.blank for page in document.pages)
    counted = f"{len(document.pages)} pages" + (f", {blank} of them blank" if blank else "")
    write_line(f"{document.source.name} · {id_[:_SHOWN_ID]} · {document.status} · {counted}")
    for issue in document.issues:
        where = f"page {issue.page}: " if issue.page is not None else ""
        write_line(f"  {where}{issue.message} What to do: {issue.remedy}")
    write("")
    for table in tables:
        made = evidence_table(document, table) if evidence else record_table(document, table)
        if made.rows:
            print_table(made)


def text(
    name: DocumentName,
    page: Annotated[int | None, typer.Option("--page", "-p", min=1, metavar="N", help="Only this page.")] = None,
    archive: ArchiveFolder = _DEFAULT_ARCHIVE,
    catalog: Catalog = None,
) -> None:
    """Print a document's text in reading order: a printed line a line, an empty line between blocks."""
    with open_archive(archive, catalog) as opened:
        document = opened.document(opened.find(name))
    if page is None:
        write(document.text())
        return
    if page > len(document.pages):
        raise DocumentNotFoundError(
            f"{document.source.name} has no page {page}.", remedy=f"It has {len(document.pages)} pages."
        )
    write(document.pages[page - 1].text())


def records(name: DocumentName, archive: ArchiveFolder = _DEFAULT_ARCHIVE, catalog: Catalog = None) -> None:
    """Print a document's records as JSON: one object with a key for each table."""
    import json

    with open_archive(archive, catalog) as opened:
        document = opened.document(opened.find(name))
    write(json.dumps(document.records.to_dict(), ensure_ascii=False, indent=2))


def export(
    target: Annotated[
        str,
        typer.Argument(metavar="DIR|URL", help="Folder to write into, made if need be; with --format sql a database."),
    ],
    format_: Annotated[
        Literal["json", "jsonl", "csv", "parquet", "xlsx", "sql"],
        typer.Option(
            "--format",
            "-f",
            help="json: a file for each document; jsonl, csv, parquet: one for each table; xlsx: one, a sheet for each "
            "table; sql: tables in another database, kept in step.",
        ),
    ] = "json",
    reproducible: Annotated[
        bool,
        typer.Option(
            "--reproducible",
            help="Leave out when a document came and was stored: the same documents then give the same files, to the "
            "byte, whichever machines they were digitised on (not xlsx, nor sql, which keeps both).",
        ),
    ] = False,
    archive: ArchiveFolder = _DEFAULT_ARCHIVE,
    catalog: Catalog = None,
) -> None:
    """Write the records of all documents into a folder or a database, and print what was written.

    With --format sql the tables of a database (postgresql://…, sqlite:///…) are brought in step with the
    archive: what is new is added, what has changed is changed, what is gone is removed. In PostgreSQL they are in the
    schema `sohoa`; elsewhere their names begin with `sohoa_`. Several archives may fill the same tables: a document
    belongs to the one that brought it first, and no other changes it.
    """
    with open_archive(archive, catalog) as opened:
        if format_ == "sql":
            report = opened.seed(target)
            written = list(report.tables)
            tell(f"Documents: {report.written} written, {report.unchanged} as they were, {report.removed} removed.")
            if report.held:
                tell(f"{report.held} were left as they are: another archive brought them and keeps them in step.")
        else:
            written = [str(path) for path in opened.export(Path(target), format_, moments=not reproducible)]
    for name in written:
        write_line(name)

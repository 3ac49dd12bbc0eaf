"""Commands for what a person sets right: correct, corrections, withdraw."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import ArchiveFolder, Catalog, Config, DocumentName, Settings, add, load, open_archive
from pipeline.cli.digitising import tell_report
from pipeline.cli.terminal import print_table, write
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.corrections import Correction
    from pipeline.document import Document

__all__ = ["add_to"]

_SHOWN_ID = 12


def add_to(app: typer.Typer) -> None:
    """Give the program these commands."""
    add(app, "correct", correct)
    add(app, "corrections", corrections)
    add(app, "withdraw", withdraw)


def correct(
    name: DocumentName,
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A value, as TABLE.FIELD (deadlines.end), or a word, as PAGE:WORD (2:Pai) or by its id.",
        ),
    ],
    after: Annotated[str, typer.Argument(metavar="TEXT", help="What it says; an empty text: nothing.")],
    row: Annotated[int, typer.Option("--row", "-r", min=1, metavar="N", help="Which row of the table.")] = 1,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who sets it right; the name you are logged in with.")
    ] = None,
    archive: ArchiveFolder = Path("archive"),
    catalog: Catalog = None,
    config: Config = None,
    settings: Settings = None,
) -> None:
    """Set a value or a word right, for good.

    What was read is kept beside it. A corrected word is read anew by all that follows; a corrected value stands as it
    is, with confidence 1. Corrections survive every later run: they are applied again, and one that no longer finds
    its place is told as a doubt.
    """
    options = load(config, settings)
    with open_archive(archive, catalog) as opened:
        id_ = opened.find(name)
        document = opened.document(id_)
        person = by or getpass.getuser()
        if what.partition(".")[0].isalpha():
            correction = _value(document, what, row, after, person)
        else:
            correction = _word(document, what, after, person)
        number = opened.correct(id_, correction)
        report = opened.refresh(id_, options)
    write(f"Correction {number} is kept.")
    tell_report(report)


def corrections(
    name: Annotated[str | None, typer.Argument(metavar="[DOC]", help="Only those in one document.")] = None,
    archive: ArchiveFolder = Path("archive"),
    catalog: Catalog = None,
) -> None:
    """List what persons set right: what, from what to what, by whom and when."""
    from pipeline.tables import TextTable

    with open_archive(archive, catalog) as opened:
        found = opened.corrections(opened.find(name) if name is not None else None)
    rows = tuple(
        (
            str(one.id),
            one.sha256[:_SHOWN_ID],
            _named(one.correction),
            one.correction.before,
            one.correction.after,
            one.correction.by,
            f"{one.made_at:%Y-%m-%d %H:%M}",
            f"{one.withdrawn_at:%Y-%m-%d %H:%M}" if one.withdrawn_at is not None else "",
        )
        for one in found
    )
    columns = ("number", "id", "what", "before", "after", "by", "made_at", "withdrawn_at")
    print_table(TextTable("corrections", columns, rows))


def withdraw(
    number: Annotated[int, typer.Argument(metavar="N", help="The correction's number: see `sohoa corrections`.")],
    archive: ArchiveFolder = Path("archive"),
    catalog: Catalog = None,
    config: Config = None,
    settings: Settings = None,
) -> None:
    """Let a correction no longer be applied; what was read stands again. The correction itself stays on record."""
    options = load(config, settings)
    with open_archive(archive, catalog) as opened:
        report = opened.refresh(opened.withdraw(number), options)
    tell_report(report)


def _named(correction: "Correction") -> str:
    if correction.kind == "value":
        return f"{correction.table}.{correction.field}"
    mark = correction.marks[0]
    return f"word {mark.word_id} on page {mark.page}"


def _word(document: "Document", what: str, after: str, by: str) -> "Correction":
    from pipeline.corrections import Correction, mark_of

    page, colon, text = what.partition(":")
    words = document.words_by_id()
    if colon and page.isdigit():
        found = [word for word in words.values() if word.page == int(page) and word.text == text]
    else:
        found = [words[what]] if what in words else []
    if len(found) != 1:
        others = f": {', '.join(word.id for word in found)}" if found else ""
        raise UsageError(
            f"{len(found) or 'No'} words answer to `{what}`{others}.",
            remedy="Write the word as it is read now after its page's number (2:Pai), or one of the ids.",
        )
    return Correction("word", (mark_of(found[0]),), found[0].text, after, by)


def _value(document: "Document", what: str, row: int, after: str, by: str) -> "Correction":
    from pipeline.corrections import Correction, mark_of
    from pipeline.records import TABLES

    table, _, field = what.partition(".")
    kind = TABLES.get(table)
    if kind is None or field not in kind.__struct_fields__:
        fields = f"; {table} has {', '.join(kind.__struct_fields__)}" if kind is not None else ""
        raise UsageError(
            f"There is no value `{what}`.", remedy=f"Write TABLE.FIELD, with a table of {', '.join(TABLES)}{fields}."
        )
    rows = document.records.rows(table)
    if row > len(rows):
        raise UsageError(f"`{table}` has {len(rows)} rows.", remedy="See `sohoa show DOC` for the rows.")
    record = rows[row - 1]
    values = [value for name in kind.__struct_fields__ if (value := getattr(record, name)) is not None]
    value = getattr(record, field)
    ids = value.evidence if value is not None else tuple(dict.fromkeys(id_ for one in values for id_ in one.evidence))
    words = document.words_by_id()
    marks = tuple(mark_of(words[id_]) for id_ in ids if id_ in words)
    return Correction("value", marks, str(value.normal) if value is not None else "", after, by, table, field)

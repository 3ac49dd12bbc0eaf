"""Commands about how the work stands: status, retry, rebuild."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import (
    Address,
    ArchiveFolder,
    Catalog,
    Config,
    EngineName,
    Jobs,
    Settings,
    add,
    batch_of,
    load,
    open_archive,
)
from pipeline.cli.digitising import describe_duplicates, tell_report
from pipeline.cli.terminal import print_table, tell, write, write_line

if TYPE_CHECKING:
    from pipeline.archive import Archive
    from pipeline.archive.ledger import FileStanding, FileState, Standing
    from pipeline.archive.report import DocumentRow

__all__ = ["add_to"]

_ENDED: "tuple[FileState, ...]" = ("done", "partial", "refused", "failed")
_GOING_ON: "tuple[FileState, ...]" = ("waiting", "working", "interrupted")


def add_to(app: typer.Typer) -> None:
    """Give the program these commands."""
    add(app, "status", status)
    add(app, "retry", retry)
    add(app, "rebuild", rebuild)


def status(
    document: Annotated[
        str | None,
        typer.Argument(metavar="[DOC]", help="One document: what each stage did with each of its pages."),
    ] = None,
    archive: ArchiveFolder = Path("archive"),
    catalog: Catalog = None,
    files: Annotated[bool, typer.Option("--files", help="Name every file that is not done, and what to do.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The same for programs.")] = False,
) -> None:
    """Show how everything that came in stands.

    Whatever was given to a run is done, partial, refused or failed, or a run is still at it; what a run left when it
    was stopped is interrupted. `sohoa retry` takes up what is interrupted and what may end better another time.
    """
    with open_archive(archive, catalog) as opened:
        if document is not None:
            _one(opened, opened.find(document), as_json=as_json)
            return
        standing = opened.standing()
        if as_json:
            _as_json(standing, list(opened.unfinished()) if files else [], opened.probable_duplicates())
            return
        _tell(standing)
        for file in opened.unfinished() if files else ():
            write_line(f"{file.state} {file.path}" + (f": {file.message}" if file.message else ""))
            if file.remedy:
                write_line(f"    What to do: {file.remedy}")
        for group in opened.probable_duplicates():
            write_line(describe_duplicates(group))


def retry(
    archive: ArchiveFolder = Path("archive"),
    catalog: Catalog = None,
    jobs: Jobs = None,
    engine: EngineName = "local",
    address: Address = None,
    config: Config = None,
    settings: Settings = None,
) -> None:
    """Take up what was interrupted, and what failed in a way that may pass.

    Time or memory that ran out, a program that crashed, a file that was not there: such files and pages are tried
    again, up to runner.attempts times; pages that were read well are kept. What was refused is not: see `sohoa status
    --files` for what to do about it.
    """
    from pipeline.cli.progress import following

    options = load(config, settings, jobs)
    with open_archive(archive, catalog) as opened, following() as on_event:
        report = opened.retry(options, on_event=on_event, batch=batch_of(engine, address))
    if not report.files:
        write("There is nothing to try again.")
        return
    tell_report(report)


def rebuild(archive: ArchiveFolder = Path("archive"), catalog: Catalog = None) -> None:
    """Make a catalog that was lost or damaged anew from what the archive keeps, without reading any scan again.

    Move a damaged catalog.sqlite away first, or name an empty database with --catalog. What the catalog knows already
    stays as it is.
    """
    with open_archive(archive, catalog, create=True) as opened:
        entered = opened.rebuild(tell)
    write(f"{entered} documents entered. Run their files again to note where they came from.")


def _tell(standing: "Standing") -> None:
    counts = standing.files
    ended = " + ".join(f"{counts.get(state, 0)} {state}" for state in _ENDED)
    going_on = "".join(f" + {counts[state]} {state}" for state in _GOING_ON if counts.get(state))
    write(f"{standing.came_in} files = {ended}{going_on}")
    read = standing.pages - standing.blank_pages - standing.failed_pages
    write(
        f"{standing.pages} pages = {read} read + {standing.blank_pages} blank + {standing.failed_pages} with an issue"
    )
    if standing.may_retry:
        write(f"{standing.may_retry} can be tried again: sohoa retry")
    if standing.needs_person:
        write(f"{standing.needs_person} need a person: sohoa status --files")


def _one(archive: "Archive", id_: str, *, as_json: bool) -> None:
    from pipeline.tables import TextTable

    files, stages = archive.stages_of(id_)
    if as_json:
        _write_json({"id": id_, "files": [_plain(file) for file in files], "stages": stages})
        return
    for file in files:
        attempts = f"{file.attempts} attempt" + ("s" if file.attempts != 1 else "")
        write_line(
            f"{file.state} {file.path} · {attempts} · {file.wall_s:.1f} s · at most {file.peak_memory_mb:.0f} MB"
        )
    rows = tuple(
        (
            at.stage,
            str(at.page or ""),
            at.state,
            str(at.attempts),
            f"{at.wall_s:.2f}" if at.wall_s is not None else "",
            f"{at.peak_memory_mb:.0f}" if at.peak_memory_mb is not None else "",
            f"{at.message} {at.remedy}" if at.message else "",
        )
        for at in stages
    )
    columns = ("stage", "page", "state", "attempts", "seconds", "memory_mb", "message")
    print_table(TextTable("stages", columns, rows))


def _as_json(standing: "Standing", named: "list[FileStanding]", alike: "list[list[DocumentRow]]") -> None:
    _write_json(
        {
            "came_in": standing.came_in,
            "settled": standing.settled,
            "files": dict(standing.files),
            "pages": standing.pages,
            "blank_pages": standing.blank_pages,
            "failed_pages": standing.failed_pages,
            "may_retry": standing.may_retry,
            "needs_person": standing.needs_person,
            "named": [_plain(file) for file in named],
            "probable_duplicates": alike,
        }
    )


def _plain(file: "FileStanding") -> dict[str, object]:
    from dataclasses import asdict

    from pipeline.archive.names import source_path

    return asdict(file) | {"path": source_path(file.path)}


def _write_json(what: object) -> None:
    import msgspec

    write(msgspec.json.format(msgspec.json.encode(what), indent=2).decode())

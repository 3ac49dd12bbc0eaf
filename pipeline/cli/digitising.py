"""The command that does the work: run."""

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
    Quality,
    Settings,
    add,
    batch_of,
    load,
    open_archive,
)
from pipeline.cli.terminal import print_table, write_line
from pipeline.errors import NOT_ALL_DONE_EXIT_CODE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.archive import FileReport, IntakeReport
    from pipeline.archive.report import DocumentRow, Result

__all__ = ["add_to", "describe_duplicates", "tell_report"]

_SHOWN_ID = 12
_NAMED_SKIPPED = 3


def add_to(app: typer.Typer) -> None:
    """Give the program this command."""
    add(app, "run", run)


def run(
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT", help="Files, or folders that are searched with all folders in them."),
    ],
    archive: ArchiveFolder = Path("archive"),
    catalog: Catalog = None,
    jobs: Jobs = None,
    quality: Quality = None,
    force: Annotated[bool, typer.Option("--force", help="Do again what has been done before.")] = False,
    engine: EngineName = "local",
    address: Address = None,
    config: Config = None,
    settings: Settings = None,
) -> None:
    """Digitise scans into the archive.

    Reads PDF, TIFF, PNG and JPEG, and .txt that another OCR program made. A file that was digitised before is not
    done again. Every file and page is accounted for at the end: done, partial (something on a page went wrong),
    refused (the file cannot be read as it is), failed, or already in the archive. The exit code is 0 only if all
    documents are done, 10 otherwise.
    """
    from pipeline.cli.progress import following

    options = load(config, settings, jobs, quality)
    with open_archive(archive, catalog, create=True) as opened, following() as on_event:
        report = opened.intake(inputs, options, on_event=on_event, force=force, batch=batch_of(engine, address))
        alike = opened.probable_duplicates({file.id for file in report.files if file.id is not None})
    tell_report(report, alike)


def tell_report(report: "IntakeReport", alike: "Sequence[Sequence[DocumentRow]]" = ()) -> None:
    """Tell what became of every file, and leave with 10 unless all are done.

    Args:
        alike: documents that are probably the same, to be told too.
    """
    from pipeline.tables import TextTable

    rows = tuple(
        (file.result, str(file.pages), f"{file.wall_s:.1f}", (file.id or "")[:_SHOWN_ID], str(file.path))
        for file in report.files
    )
    print_table(TextTable("files", ("result", "pages", "seconds", "id", "file"), rows))
    for file in report.files:
        for line in _problems(file):
            write_line(line)
    for line in _skipped(report):
        write_line(line)
    for group in alike:
        write_line(describe_duplicates(group))
    write_line(_count(report))
    if not report.all_done or not report.files:
        raise typer.Exit(NOT_ALL_DONE_EXIT_CODE)


def describe_duplicates(group: "Sequence[DocumentRow]") -> str:
    """A line on documents of other content but one number and issuer."""
    ids = ", ".join(f"{row.id[:_SHOWN_ID]} ({row.name})" for row in group)
    return f"Probably the same document, {group[0].number} of {group[0].issuer}: {ids}"


def _problems(file: "FileReport") -> list[str]:
    lines: list[str] = []
    if file.message is not None:
        lines.append(f"{file.result} {file.path}: {file.message}")
        lines.append(f"    What to do: {file.remedy}")
    for issue in file.issues:
        where = f", page {issue.page}" if issue.page is not None else ""
        found = file.status if issue.weight == "loss" else "doubtful"
        lines.append(f"{found} {file.path}{where}: {issue.message}")
        lines.append(f"    What to do: {issue.remedy}")
    return lines


def _skipped(report: "IntakeReport") -> list[str]:
    """A line for each reason, with the first files that it holds for."""
    by_reason: dict[str, list[str]] = {}
    for skipped in report.skipped:
        by_reason.setdefault(skipped.reason, []).append(str(skipped.path))
    lines: list[str] = []
    for reason, paths in by_reason.items():
        more = f" and {len(paths) - _NAMED_SKIPPED} more" if len(paths) > _NAMED_SKIPPED else ""
        lines.append(f"skipped ({reason}): {', '.join(paths[:_NAMED_SKIPPED])}{more}")
    return lines


def _count(report: "IntakeReport") -> str:
    results: tuple[Result, ...] = ("done", "partial", "refused", "failed", "already")
    counted = [f"{count} {result}" for result in results if (count := report.count(result))]
    read = report.pages - report.blank_pages - report.failed_pages
    pages = f"{report.pages} pages: {read} read, {report.blank_pages} blank, {report.failed_pages} with an issue"
    skipped = f" {len(report.skipped)} skipped." if report.skipped else ""
    memory_mb = max((file.peak_memory_mb for file in report.files), default=0.0)
    took = f"{report.wall_s:.0f} s" + (f", at most {memory_mb:.0f} MB in a worker" if memory_mb else "")
    return f"{len(report.files)} files: {', '.join(counted) or 'none'}.{skipped} {pages}. {took}."

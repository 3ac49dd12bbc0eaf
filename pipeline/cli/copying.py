"""The command that makes a searchable copy: pdf."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import ArchiveFolder, Catalog, DocumentName, add, open_archive
from pipeline.cli.terminal import tell, write_line
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.archive import Archive

__all__ = ["add_to", "stay_outside"]

_DISTRIBUTION = "sohoa"


def add_to(app: typer.Typer) -> None:
    """Give the program this command."""
    add(app, "pdf", pdf)


def pdf(
    name: DocumentName,
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The PDF to write.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    archive: ArchiveFolder = Path("archive"),
    catalog: Catalog = None,
) -> None:
    """Write a searchable copy of a document: PDF/A-2b, the pages as they are, the restored text unseen over them.

    The text can be selected, copied and found with its diacritics in any viewer. Pages that have a text of their own
    keep that. The original is never changed; a digital signature holds for the original alone.
    """
    from pipeline.searchable import write_searchable_copy

    with open_archive(archive, catalog) as opened:
        stay_outside(opened, target)
        id_ = opened.find(name)
        report = write_searchable_copy(
            opened.document(id_), opened.original(id_), target, tool=_program_name(), force=force
        )
    write_line(str(target))
    for note in report.notes:
        tell(note)


def stay_outside(archive: "Archive", target: Path) -> None:
    """Refuse to write among the archive's own files.

    Raises:
        UsageError: the target is one of them, or would be.
    """
    if target.resolve().is_relative_to(archive.folder.resolve()):
        raise UsageError(
            f"{target} lies in the archive, which keeps its own files only.", remedy="Choose a place outside it."
        )


def _program_name() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"Sohoa {version(_DISTRIBUTION)}"
    except PackageNotFoundError:
        return "Sohoa"

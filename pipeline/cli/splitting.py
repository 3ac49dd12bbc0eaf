"""The command that parts a scan of several documents: split."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import ArchiveFolder, Catalog, DocumentName, add, open_archive
from pipeline.cli.copying import stay_outside
from pipeline.cli.terminal import tell, write_line
from pipeline.errors import UnsupportedInputError, UsageError

if TYPE_CHECKING:
    from pipeline.document import Document
    from pipeline.segmentation.several import PageRange

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Give the program this command."""
    add(app, "split", split)


def split(
    name: DocumentName,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the PDFs are written; made if need be.")],
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="PAGES",
            help="Pages on which further documents begin, for example 4,7; by default where that is sure.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
    archive: ArchiveFolder = Path("archive"),
    catalog: Catalog = None,
) -> None:
    """Write each document of a scan that holds several to a PDF of its own, for `sohoa run FOLDER`.

    A document begins on a page that bears a whole head (issuer, number, place and date, type) after the signature or
    the recipients of what comes before. Appendices and forms stay with the document that they are attached to. Pages
    look as they did, pictures lose nothing; the original is never changed.
    """
    from pipeline.searchable.parts import write_parts
    from pipeline.segmentation.several import find_documents, sure_ranges

    with open_archive(archive, catalog) as opened:
        stay_outside(opened, folder)
        id_ = opened.find(name)
        document = opened.document(id_)
        if not document.source.media_type.startswith(("application/pdf", "image/")):
            raise UnsupportedInputError(
                f"{document.source.name} is a text: it has no pages to copy.",
                remedy="Cut the text file where the next document begins, and run its parts.",
            )
        found = find_documents(document)
        ranges = sure_ranges(found) if at is None else _ranges(document, at)
        doubtful = [part for part in found if part.confidence == "doubtful"] if at is None else []
        if len(ranges) < 2:
            raise _one(document, doubtful)
        report = write_parts(
            document, opened.original(id_), [(part.first, part.last) for part in ranges], folder, force
        )
    for target in report.files:
        write_line(str(target))
    for note in report.notes:
        tell(note)
    for part in doubtful:
        tell(f"Another document may begin on page {part.first}: look there, and name all beginnings with --at.")


def _ranges(document: "Document", at: str) -> "Sequence[PageRange]":
    """The ranges that begin on the pages a person names, and on the first.

    Raises:
        UsageError: what is named are no pages after the first.
    """
    from pipeline.segmentation.several import PageRange

    count = len(document.pages)
    try:
        starts = sorted({int(word) for word in at.replace(",", " ").split()})
    except ValueError as error:
        raise UsageError(f"--at {at} names no pages.", remedy="Give numbers of pages, for example --at 4,7.") from error
    if not starts or starts[0] < 2 or starts[-1] > count:
        raise UsageError(
            f"--at {at} does not fit a document of {count} page{'s' if count != 1 else ''}.",
            remedy="Name pages after the first on which a document begins, for example --at 4,7.",
        )
    bounds = [1, *starts, count + 1]
    return [PageRange(first, after - 1) for first, after in pairwise(bounds)]


def _one(document: "Document", doubtful: "Sequence[PageRange]") -> UsageError:
    if doubtful:
        pages = ",".join(str(part.first) for part in doubtful)
        return UsageError(
            f"No second document surely begins in {document.source.name}; one may on page {pages.replace(',', ', ')}.",
            remedy=f"Look there; if one does, give --at {pages}.",
        )
    return UsageError(
        f"{document.source.name} holds one document, as far as can be told.",
        remedy="If it holds several, name the pages on which further ones begin, for example --at 4,7.",
    )

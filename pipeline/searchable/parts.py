"""Write parts of a document's pages to files of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from pipeline.archive.names import safe_stem
from pipeline.document import Document
from pipeline.errors import UsageError
from pipeline.runner.files import writing_atomically
from pipeline.searchable.copy import keep_pages_alone, taken_apart

__all__ = ["PartsReport", "write_parts"]


@dataclass(frozen=True, slots=True)
class PartsReport:
    """The files that were written, in order, and what their reader should know, a sentence each."""

    files: tuple[Path, ...]
    notes: tuple[str, ...]


def write_parts(
    document: Document, original: Path, ranges: Sequence[tuple[int, int]], folder: Path, force: bool = False
) -> PartsReport:
    """Write ranges of a document's pages as PDFs, named after it with their page numbers.

    Pages of a PDF look as they did, without programs and forms in them, and keep the text that they have; pictures
    are embedded without loss. The same pages give the same bytes.

    Args:
        original: the file that was read, only read again.
        ranges: numbers of each part's first and last page.
        folder: where they are written, each there whole or not at all; made if need be.
        force: write over files that are there.
    Raises:
        UsageError: `folder` is a file, or one of the files is there.
        DamagedInputError, EncryptedInputError: the original cannot be taken apart.
        FullDiskError: no space is left.
        ArchiveError: a file cannot be written.
    Not done: outlines, names of destinations and digital signatures do not come along.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file.", remedy="Name a folder, which is made if need be.")
    width = len(str(len(document.pages)))
    stem = safe_stem(document.source.name)
    targets = [folder / f"{stem}-p{first:0{width}d}-{last:0{width}d}.pdf" for first, last in ranges]
    for target in targets:
        if target.exists() and (target.samefile(original) or not target.is_file()):
            raise UsageError(f"{target} is no file to write over.", remedy="Choose another folder.")
        if target.exists() and not force:
            raise UsageError(f"{target} is already there.", remedy="Choose another folder, or give --force.")
    with taken_apart(document, original) as pdf:
        notes = keep_pages_alone(pdf, document, original)
        for target, (first, last) in zip(targets, ranges, strict=True):
            _write(pdf, first, last, target)
    return PartsReport(tuple(targets), tuple(notes))


def _write(pdf: pikepdf.Pdf, first: int, last: int, target: Path) -> None:
    with pikepdf.new() as part:
        part.pages.extend(pdf.pages[first - 1 : last])
        part.remove_unreferenced_resources()
        with writing_atomically(target) as file:
            part.save(file, deterministic_id=True)

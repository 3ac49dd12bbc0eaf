"""Make the searchable copy of a document: its pages as they are, and its restored text over them, unseen."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Dictionary

from pipeline.document import Document, Page
from pipeline.errors import DamagedInputError, EncryptedInputError, UnsupportedInputError, UsageError
from pipeline.runner.files import new_file, sync_folder, translate_write_errors
from pipeline.runner.source import identify
from pipeline.searchable.conformance import Description, declare, obstacles, tidy
from pipeline.searchable.content import inherited, own_resources, silence
from pipeline.searchable.font import InvisibleFont
from pipeline.searchable.picture_pages import add_picture_pages
from pipeline.searchable.text_layer import Frame, text_layer

__all__ = ["CopyReport", "keep_pages_alone", "taken_apart", "write_searchable_copy"]

_FONT = "/SohoaText"
_LETTER_PT = (612.0, 792.0)
_PDF_VERSION = "1.7"
_MOST_UNPACKED_BYTES = 64 << 20
_FEW_CHARACTERS = 300
_MOST_ODD_LETTERS = 0.03
_STRANGE = (TypeError, ValueError, AttributeError, KeyError, IndexError)


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What became of a copy.

    Attributes:
        page_count: its pages.
        word_count: words that were laid over them.
        archival: whether it says of itself that it is PDF/A-2b.
        notes: what its reader should know, a sentence each.
    """

    page_count: int
    word_count: int
    archival: bool
    notes: tuple[str, ...]


def write_searchable_copy(
    document: Document, original: Path, target: Path, *, tool: str = "Sohoa", force: bool = False
) -> CopyReport:
    """Write a document as PDF/A-2b whose pages look like the original's and whose restored text can be found.

    Pages of a PDF are copied as they are, pictures are embedded without loss. Every page that was read from its
    picture gets the restored words, invisible and in reading order; a page whose own text was trusted keeps that and
    gets none. Text that the original brought and that was not trusted is silenced in the copy, for a search that finds
    another program's misreadings is worse than one that finds nothing. The same document gives the same bytes.

    Args:
        original: the file that was read, only read again.
        target: the file to write, there whole or not at all.
        tool: what made it, with its version.
        force: write over a file that is there.
    Raises:
        UnsupportedInputError: the document is a text, and has no pages to show.
        UsageError: `target` is there, or is the original itself.
        DamagedInputError, EncryptedInputError: the original cannot be taken apart.
        FullDiskError: no space is left.
        ArchiveError: `target` cannot be written.
    """
    if not document.source.media_type.startswith(("application/pdf", "image/")):
        raise UnsupportedInputError(
            f"{document.source.name} is a text: it has no pages to show.",
            remedy="Run the scan or the PDF that the text was read from, and make the copy of that.",
        )
    _check_target(document, original, target, force)
    with taken_apart(document, original) as pdf:
        return _write(pdf, document, original, target, tool)


@contextmanager
def taken_apart(document: Document, original: Path) -> Iterator[pikepdf.Pdf]:
    """A document's original, opened for what is made of its pages; an empty PDF where it is a picture.

    Raises:
        DamagedInputError, EncryptedInputError: the original cannot be taken apart, there or later in the block.
    """
    try:
        with _bounded(), _opened(document, original) as pdf:
            yield pdf
    except pikepdf.PasswordError as error:
        raise EncryptedInputError(
            f"{document.source.name} needs a password.",
            remedy="Save a copy without the password, for example with `qpdf --decrypt`, and run that.",
        ) from error
    except pikepdf.PdfError as error:
        raise _damaged(document, f"cannot be taken apart: {error}") from error
    except _STRANGE as error:
        # Inside a PDF anything may stand in the place of anything else, which shows where it is used.
        raise _damaged(document, "is put together as no PDF should be.") from error


@contextmanager
def _bounded() -> Iterator[None]:
    """Let no stream of a file become more, unpacked, than a page can need; pictures are not unpacked at all."""
    most = _MOST_UNPACKED_BYTES
    before = pikepdf.settings.get_qpdf_limits()
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=most, png_max_memory=most, run_length_max_memory=most, tiff_max_memory=most
    )
    try:
        yield
    finally:
        pikepdf.settings.set_qpdf_limits(
            flate_max_memory=before["flate_max_memory"],
            png_max_memory=before["png_max_memory"],
            run_length_max_memory=before["run_length_max_memory"],
            tiff_max_memory=before["tiff_max_memory"],
        )


def _damaged(document: Document, what: str) -> DamagedInputError:
    return DamagedInputError(
        f"{document.source.name} {what}", remedy="Print it to a new PDF, run that, and make the copy of it."
    )


def _check_target(document: Document, original: Path, target: Path, force: bool) -> None:
    if not target.exists():
        return
    if target.is_dir():
        raise UsageError(f"{target} is a folder.", remedy="Name the file to write, for example copy.pdf.")
    if target.is_file() and (target.samefile(original) or identify(target).sha256 == document.source.sha256):
        raise UsageError(
            f"{target} is the original, which is never written over.", remedy="Choose another name for the copy."
        )
    if not force:
        raise UsageError(f"{target} is already there.", remedy="Choose another name, or give --force.")


def _opened(document: Document, original: Path) -> pikepdf.Pdf:
    if document.source.media_type == "application/pdf":
        return pikepdf.open(original)
    return pikepdf.new()


def keep_pages_alone(pdf: pikepdf.Pdf, document: Document, original: Path) -> list[str]:
    """Make what was opened show the document's pages and do nothing else; what a reader should know of it."""
    notes: list[str] = []
    if document.source.media_type == "application/pdf":
        if len(pdf.pages) != len(document.pages):
            raise _damaged(document, f"is damaged: it has {len(pdf.pages)} or {len(document.pages)} pages.")
        notes += tidy(pdf)
    else:
        lost = add_picture_pages(pdf, original, document.pages)
        notes += [f"Page {number} cannot be shown: its picture is damaged." for number in lost]
    return notes


def _write(pdf: pikepdf.Pdf, document: Document, original: Path, target: Path, tool: str) -> CopyReport:
    notes = keep_pages_alone(pdf, document, original)
    word_count = _lay_text(pdf, document.pages, notes)
    against = obstacles(pdf)
    if against:
        notes.append(f"The copy is no PDF/A: {', '.join(against)}. It can be searched all the same.")
    description = Description(_title(document), f"{document.source.name} (SHA-256 {document.source.sha256})", tool)
    declare(pdf, description, conforms=not against)
    _save(pdf, target)
    return CopyReport(len(document.pages), word_count, not against, tuple(notes))


def _lay_text(pdf: pikepdf.Pdf, pages: tuple[Page, ...], notes: list[str]) -> int:
    """Give every page that was read from its picture its words; how many there are."""
    font = InvisibleFont()
    written: list[tuple[Any, Any, str]] = []
    count = 0
    silenced: list[int] = []
    for page, paper in zip(pages, list(pdf.pages), strict=True):
        if page.origin == "text-layer":
            continue
        resources = own_resources(paper)
        if silence(pdf, paper, resources, seen_too=_is_misleading(page)):
            silenced.append(page.number)
        name = _free_name(resources)
        content, words = text_layer(page, _frame(paper), font, name) if page.width_px else (b"", 0)
        if words:
            # Laid under the page, the text meets no state that the page's own operators leave behind.
            paper.contents_add(content, prepend=True)
            written.append((paper, resources, name))
            count += words
    if written:
        embedded = font.embed(pdf)
        for _, resources, name in written:
            if "/Font" not in resources:
                resources["/Font"] = Dictionary()
            resources["/Font"][name] = embedded
    if silenced:
        where = f"pages {', '.join(map(str, silenced))}" if len(silenced) > 1 else f"page {silenced[0]}"
        notes.append(f"Another program's invisible text was left out on {where}.")
    return count


def _is_misleading(page: Page) -> bool:
    """Whether the letters that are seen on a page read from its picture say what is not printed, or say it twice.

    A few sound letters over a scan, as a digital signature leaves them, may be found.
    """
    judged = next((one.measures for one in page.decisions if one.about == "text-layer"), {})
    few = judged.get("characters", float("inf")) < _FEW_CHARACTERS
    return not (few and judged.get("odd_share", 1.0) <= _MOST_ODD_LETTERS)


def _free_name(resources: Any) -> str:
    taken = set(resources.get("/Font", Dictionary()).keys())
    name, number = _FONT, 1
    while name in taken:
        number += 1
        name = f"{_FONT}{number}"
    return name


def _frame(paper: pikepdf.Page) -> Frame:
    """The box of a page that viewers show, and its turn."""
    media = _box(inherited(paper.obj, "/MediaBox", None)) or (0.0, 0.0, *_LETTER_PT)
    crop = _box(inherited(paper.obj, "/CropBox", None)) or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right <= left or top <= bottom:
        left, bottom, right, top = media
    return Frame(left, bottom, right, top, int(inherited(paper.obj, "/Rotate", 0)) % 360)


def _box(array: Any) -> tuple[float, float, float, float] | None:
    if not isinstance(array, pikepdf.Array) or len(array) != 4:
        return None
    x0, y0, x1, y1 = (float(value) for value in array)
    box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return box if box[2] > box[0] and box[3] > box[1] else None


def _title(document: Document) -> str:
    """The document's type, number and subject as its records give them, else its file's name."""
    fields = document.records.document
    found = [str(value.normal) for value in (fields.type, fields.number, fields.title) if value is not None]
    return " ".join(found) or document.source.name


def _save(pdf: pikepdf.Pdf, target: Path) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    with translate_write_errors(target):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with new_file(temporary) as file:
                pdf.save(
                    file,
                    force_version=_PDF_VERSION,
                    object_stream_mode=pikepdf.ObjectStreamMode.generate,
                    deterministic_id=True,
                    encryption=False,
                )
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
            sync_folder(target.parent)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()

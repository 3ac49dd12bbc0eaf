"""Make the sample scans from the sample documents: ``python -m corpus.build OUT``.

For every folder of ``corpus/documents`` this writes ``OUT/scans/<id>/`` with the scan, its gold text and records, the
text that Tesseract's English model makes of it, and the same document as a born-digital PDF; and, where the recipe
asks for them, the pages in other formats under ``OUT/variants/``. ``--documents`` names another folder of documents:
the held-out ones are made by ``python -m corpus.build corpus/held_out --documents corpus/held_out/documents``. The
same inputs give the same bytes, but for ``wrecked.txt``, which depends on the installed Tesseract.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
from PIL import Image

from corpus.layout import LaidPage, lay_out
from corpus.pdf_variants import write_mixed, write_ocr_layer, write_signed
from corpus.render import draw_page, write_born_digital
from corpus.sample_document import load_document
from corpus.spoil import Recipe, spoil_page, turn

DOCUMENTS = Path(__file__).parent / "documents"
_DATED = time.gmtime(1_735_689_600)  # a fixed day, since a PDF that carries the hour of its making never repeats


PictureVariant = Literal["tiff", "png", "jpeg"]
PdfVariant = Literal["mixed", "signed", "ocr-layer"]


class Build(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a document is scanned, and in which further forms it is kept.

    ``signature`` is what the digital signature of the variant ``signed`` shows.
    """

    recipe: Recipe
    variants: tuple[PictureVariant, ...] = ()
    pdf_variants: tuple[PdfVariant, ...] = ()
    signature: tuple[str, ...] = ()


def load_build(folder: Path) -> Build:
    """Read the ``scan.json`` of a sample document.

    Args:
        folder: the document's folder.
    Returns:
        Recipe and variants.
    """
    return msgspec.json.decode((folder / "scan.json").read_bytes(), type=Build)


def scan_pages(pages: Sequence[LaidPage], recipe: Recipe) -> list[tuple[Image.Image, str]]:
    """Draw and spoil the pages of a document.

    Args:
        pages: laid-out pages.
        recipe: how the scan goes wrong.
    Returns:
        For each page of the scan the upright picture and its gold text; the text of a blank back is empty.
    """
    drawn = [draw_page(page, recipe.dpi) for page in pages]
    scans: list[tuple[Image.Image, str]] = []
    for index, (page, sheet) in enumerate(zip(pages, drawn, strict=True)):
        number = index + 1
        back = drawn[index + 1] if index + 1 < len(drawn) else drawn[index - 1]
        gold = page.gold_text()
        if number == 1 and recipe.arrival_stamp is not None:
            gold += f"\n{recipe.arrival_stamp.gold_line}\n"
        scans.append((spoil_page(sheet, recipe, number, back), gold))
        if number in recipe.blank_after:
            blank = Image.new("RGB", sheet.size, "white")
            # The stamp is on the first sheet's face alone, whichever number its back gets.
            scans.append((spoil_page(blank, recipe, 100 + number, sheet), ""))
    return scans


def write_pdf(pictures: Sequence[Image.Image], recipe: Recipe, path: Path) -> None:
    """Write pictures as an image-only PDF: JPEG, or CCITT group 4 where they are bilevel."""
    first, *others = pictures
    quality = {} if first.mode == "1" else {"quality": recipe.jpeg_quality}
    first.save(
        path,
        "PDF",
        save_all=True,
        append_images=others,
        resolution=recipe.dpi,
        **quality,
        creationDate=_DATED,
        modDate=_DATED,
        producer="Sohoa sample scans",
    )


def write_variants(pictures: Sequence[Image.Image], build: Build, stem: Path) -> None:
    """Write the pages as one TIFF, or one PNG or JPEG a page."""
    dpi = (build.recipe.dpi, build.recipe.dpi)
    stem.parent.mkdir(parents=True, exist_ok=True)
    for kind in build.variants:
        if kind == "tiff":
            # Copies, since Pillow keeps the options of an earlier save on the picture.
            first, *others = (picture.copy() for picture in pictures)
            compression = "group4" if first.mode == "1" else "tiff_deflate"
            first.save(stem.with_suffix(".tif"), save_all=True, append_images=others, dpi=dpi, compression=compression)
            continue
        ending = {"png": "png", "jpeg": "jpg"}[kind]
        for number, picture in enumerate(pictures, 1):
            path = stem.with_name(f"{stem.name}-page{number}.{ending}")
            picture.save(path, dpi=dpi, quality=build.recipe.jpeg_quality, optimize=True)


def write_pdf_variants(build: Build, target: Path, wrecked: Sequence[str], stem: Path) -> None:
    """Write the PDFs whose text layer is not, or not on every page, the text that is printed."""
    scan = target / "source.pdf"
    for kind in build.pdf_variants:
        path = stem.with_name(f"{stem.name}-{kind}.pdf")
        if kind == "mixed":
            write_mixed(scan, target / "born-digital.pdf", path)
        elif kind == "signed":
            write_signed(scan, build.signature, path)
        else:
            write_ocr_layer(scan, wrecked, path)


def read_wrecked(picture: Image.Image) -> str:
    """Read a scan with Tesseract's English model, which garbles Vietnamese as archives' old OCR did.

    Args:
        picture: an upright scan.
    Returns:
        What Tesseract made of it, stripped.
    Raises:
        FileNotFoundError: Tesseract is not installed.
        subprocess.CalledProcessError: Tesseract failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        picture.save(path, dpi=picture.info.get("dpi", (200, 200)))
        done = subprocess.run(
            ["tesseract", str(path), "stdout", "-l", "eng"],  # noqa: S607 - found on the path, as its users expect
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    return done.stdout.strip()


def build_document(folder: Path, out: Path) -> int:
    """Build everything that is made of one sample document.

    Args:
        folder: its folder under ``documents``.
        out: where ``scans`` and ``variants`` are.
    Returns:
        The size of the scan in bytes.
    """
    build = load_build(folder)
    pages = lay_out(load_document(folder / "document.json"))
    target = out / "scans" / folder.name
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    scans = scan_pages(pages, build.recipe)
    turned = [turn(picture, build.recipe.turned_deg.get(number, 0)) for number, (picture, _) in enumerate(scans, 1)]
    write_pdf(turned, build.recipe, target / "source.pdf")
    write_variants(turned, build, out / "variants" / folder.name)
    for number, (_, gold) in enumerate(scans, 1):
        (target / f"page{number}.gold.txt").write_text(gold, encoding="utf-8")
    shutil.copyfile(folder / "gold.json", target / "gold.json")
    wrecked = [read_wrecked(picture) for picture, _ in scans]
    (target / "wrecked.txt").write_text("\n\f".join(f"{page}\n" for page in wrecked), encoding="utf-8")
    write_born_digital(pages, target / "born-digital.pdf")
    write_pdf_variants(build, target, wrecked, out / "variants" / folder.name)
    return (target / "source.pdf").stat().st_size


def main() -> None:
    """Build all documents of a folder, or those named."""
    parser = argparse.ArgumentParser(description="Make the sample scans from the sample documents.")
    parser.add_argument("out", type=Path, help="folder that gets scans/ and variants/")
    parser.add_argument("ids", nargs="*", help="documents to build; all where none is named")
    parser.add_argument("--documents", type=Path, default=DOCUMENTS, help="where the documents' folders are")
    arguments = parser.parse_args()
    for folder in sorted(path.parent for path in arguments.documents.glob("*/document.json")):
        if not arguments.ids or folder.name in arguments.ids:
            size = build_document(folder, arguments.out)
            print(f"{folder.name}: {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

"""PDF files whose text layer cannot be taken at its word, made from a sample's scan and its born-digital twin."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from corpus.typeset import font_path

_INVISIBLE = 3
_FONT = "Tinos-layer"


def write_mixed(scan: Path, born_digital: Path, path: Path) -> None:
    """Join the first page as a scan, with number and seal, to the further pages as they left the word processor.

    Args:
        scan: the image-only PDF.
        born_digital: the PDF with a true text layer, of as many pages.
        path: the PDF to write.
    """
    with pikepdf.open(scan) as pictures, pikepdf.open(born_digital) as texts, pikepdf.new() as mixed:
        mixed.pages.append(pictures.pages[0])
        for page in list(texts.pages)[1:]:
            mixed.pages.append(page)
        mixed.save(path, deterministic_id=True)


def write_signed(scan: Path, appearance: Sequence[str], path: Path) -> None:
    """Add to a scan what the appearance of a digital signature leaves there: a few lines of text on page 1.

    Args:
        scan: the image-only PDF.
        appearance: the printed lines of the signature.
        path: the PDF to write.
    """

    def draw(canvas: Canvas, width_pt: float, height_pt: float) -> None:
        canvas.setFont(_FONT, 7)
        for index, line in enumerate(appearance):
            canvas.drawString(width_pt - 190, height_pt - 18 - 8 * index, line)

    _overlay(scan, {0: draw}, path)


def write_ocr_layer(scan: Path, pages: Sequence[str], path: Path) -> None:
    """Lay text that some OCR made invisibly over a scan, as scanners' own software does.

    Args:
        scan: the image-only PDF.
        pages: the text of each page, right or wrong.
        path: the PDF to write.
    """

    def layer(text: str) -> Callable[[Canvas, float, float], None]:
        def draw(canvas: Canvas, _width_pt: float, height_pt: float) -> None:
            lines = canvas.beginText(60, height_pt - 60)
            lines.setFont(_FONT, 9)
            lines.setTextRenderMode(_INVISIBLE)
            for line in text.splitlines():
                lines.textLine(line)
            canvas.drawText(lines)

        return draw

    _overlay(scan, {index: layer(text) for index, text in enumerate(pages) if text.strip()}, path)


def _overlay(scan: Path, drawings: dict[int, Callable[[Canvas, float, float], None]], path: Path) -> None:
    pdfmetrics.registerFont(TTFont(_FONT, str(font_path("Regular"))))
    with pikepdf.open(scan) as document:
        for index, draw in drawings.items():
            page = document.pages[index]
            width_pt, height_pt = (float(side) for side in page.mediabox[2:])
            buffer = io.BytesIO()
            canvas = Canvas(buffer, pagesize=(width_pt, height_pt), invariant=1)
            draw(canvas, width_pt, height_pt)
            canvas.save()
            buffer.seek(0)
            with pikepdf.open(buffer) as layer:
                form = document.copy_foreign(layer.pages[0].as_form_xobject())
            # Named by hand, since names that pikepdf makes up differ from run to run.
            page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name.TextLayer)
            page.contents_add(b"q /TextLayer Do Q")
        document.save(path, deterministic_id=True)

"""Draws the README's picture: a scanned page with the words that its records were read from, and the records beside it.

.venv/bin/python docs/figure.py corpus/scans/s01-launching-plan/source.pdf docs/scan-and-records.png
"""

import sys
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from corpus.typeset import font_at
from pipeline import digitize
from pipeline.document import Box, Document
from pipeline.records import LIST_TABLES, Value

DPI = 100
TEXT_WIDTH_PX = 980
COLOURS = {"document": "#1f6feb", "references": "#8250df", "sections": "#1a7f37", "movements": "#cf222e"}


def boxes(document: Document, value: Value, page: int) -> list[Box]:
    """The boxes of a value's words on a page."""
    words = document.words_by_id()
    return [box for word_id in value.evidence if words[word_id].page == page and (box := words[word_id].box)]


def values(document: Document) -> list[tuple[str, str, Value]]:
    """Table, label and value of what the picture shows of page 1."""
    shown: list[tuple[str, str, Value]] = []
    for name in document.records.document.__struct_fields__:
        value = getattr(document.records.document, name)
        if value is not None and boxes(document, value, 1):
            shown.append(("document", name, value))
    keys = {"references": "number", "sections": "heading", "movements": "name"}
    for table in LIST_TABLES:
        for row in document.records.rows(table) if table in keys else ():
            value = getattr(row, keys[table]) or getattr(row, "title", None)
            if value is not None and boxes(document, value, 1):
                shown.append((table, table, value))
    return shown


def draw(document: Document, scan: Path) -> Image.Image:
    """The picture."""
    with pypdfium2.PdfDocument(scan) as pdf:
        page_image = pdf[0].render(scale=DPI / 72).to_pil().convert("RGB")
    scale = page_image.width / document.pages[0].width_px
    picture = Image.new("RGB", (page_image.width + TEXT_WIDTH_PX, page_image.height), "white")
    picture.paste(page_image)
    pen = ImageDraw.Draw(picture)
    small, bold = (font_at(style, 18) for style in ("Regular", "Bold"))
    left, top, last = page_image.width + 28, 24, ""
    for table, label, value in values(document):
        if table != last:
            top += 10 if last else 0
            pen.text((left, top), table, font=bold, fill=COLOURS[table])
            top, last = top + 28, table
        text = str(value.normal)
        column = left + (170 if table == "document" else 0)
        if table == "document":
            pen.text((left, top), label, font=small, fill="#57606a")
        for line in wrapped(text, small, picture.width - column - 90):
            pen.text((column, top), line, font=small, fill="#1f2328")
            top += 22
        pen.text((picture.width - 60, top - 22), f"{value.confidence:.2f}", font=small, fill="#57606a")
        top += 3
        for box in boxes(document, value, 1):
            area = [box.left * scale - 1, box.top * scale - 1, box.right * scale + 1, box.bottom * scale + 1]
            pen.rectangle(area, outline=COLOURS[table], width=2)
    return picture


def wrapped(text: str, font: ImageFont.FreeTypeFont, width_px: float) -> list[str]:
    """A text in lines that fit."""
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:3])
    draw(digitize(source), source).save(target, optimize=True)

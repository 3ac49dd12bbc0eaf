"""What the tests of searchable copies share: documents with words at places, and readers of what was written."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
from numpy.typing import NDArray

from pipeline.document import Block, Box, Decision, Document, Line, Page, Reading, Word, replace
from pipeline.engines.pdf import PdfFile
from pipeline.engines.pdf_text import LayerWord
from pipeline.runner.source import identify

ROOT = Path(__file__).parent.parent
SCAN = ROOT / "corpus" / "scans" / "s01-launching-plan" / "source.pdf"
BORN_DIGITAL = SCAN.with_name("born-digital.pdf")
DPI = 200.0
LINES = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Số: 27/KH-UBND ngày 05 tháng 9 năm 2031",
    "Đẩy mạnh phong trào thi đua yêu nước, ưu tiên vùng khó khăn",
)


def document_of(path: Path, pages: Sequence[Page], media_type: str = "application/pdf") -> Document:
    """A document that was read from that file."""
    return Document(replace(identify(path), media_type=media_type), tuple(pages))


def page_as_printed(path: Path, index: int) -> Page:
    """A page as if every word of its text layer had been read from a picture of it."""
    number = index + 1
    file = PdfFile(path)
    try:
        facts, layer = file.facts(index), file.text_layer(index, dpi=DPI)
    finally:
        file.close()
    words = tuple(
        Word(f"{number}.{place}", number, word.box, (Reading("restored", word.text, 0.9),))
        for place, word in enumerate(layer.words)
    )
    size = (round(facts.width_pt * DPI / 72), round(facts.height_pt * DPI / 72))
    return Page(number, *size, DPI, "scan", words=words, blocks=(_block(words),))


def _block(words: Sequence[Word]) -> Block:
    lines: list[list[Word]] = []
    for word in words:
        before = lines[-1][-1].box if lines else None
        assert word.box is not None
        if (
            before is None
            or word.box.left < before.left
            or word.box.top > before.bottom
            or word.box.bottom < before.top
        ):
            lines.append([])
        lines[-1].append(word)
    return Block("body", tuple(Line(tuple(word.id for word in line)) for line in lines))


def page_with_lines(width_px: int, height_px: int, *, number: int = 1, lines: Sequence[str] = LINES) -> Page:
    """A page with lines of words one below another, 40 pixels high each, of 18 pixels a letter."""
    words: list[Word] = []
    printed: list[Line] = []
    for row, text in enumerate(lines):
        left, ids = 60.0, []
        for token in text.split():
            right = left + 18 * len(token)
            box = Box(left, 100.0 + 90 * row, right, 140.0 + 90 * row)
            words.append(Word(f"{number}.{len(words)}", number, box, (Reading("restored", token, 0.9),)))
            ids.append(words[-1].id)
            left = right + 14
        printed.append(Line(tuple(ids)))
    blocks = (Block("body", tuple(printed)),)
    return Page(number, width_px, height_px, DPI, "scan", words=tuple(words), blocks=blocks)


def judged(page: Page, *, characters: float, odd_share: float) -> Page:
    """The page with what `ingest` said of the text that it brought along."""
    measures = {"characters": characters, "odd_share": odd_share}
    return replace(page, decisions=(Decision("ingest", "text-layer", "scan", "for a test", measures),))


def read_back(path: Path, index: int = 0, *, dpi: float = DPI) -> tuple[LayerWord, ...]:
    """The words that PDFium finds on a page, in the file's order, boxes in pixels."""
    file = PdfFile(path)
    try:
        return file.text_layer(index, dpi=dpi).words
    finally:
        file.close()


def found_text(path: Path, index: int = 0) -> str:
    """All the text that PDFium finds on a page."""
    with pypdfium2.PdfDocument(path) as pdf:
        return str(pdf[index].get_textpage().get_text_range())


def look(path: Path, index: int = 0, *, dpi: float = 60.0) -> NDArray[np.uint8]:
    """What a page looks like."""
    file = PdfFile(path)
    try:
        return file.render(index, dpi=dpi).pixels
    finally:
        file.close()


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / (one.width * one.height + other.width * other.height - shared)


def pictures(path: Path) -> list[bytes]:
    """The streams of a file's pictures, undecoded, sorted."""
    with pikepdf.open(path) as pdf:
        return sorted(
            item.read_raw_bytes()
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == pikepdf.Name.Image
        )

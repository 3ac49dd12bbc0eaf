"""Drawing laid-out pages as pictures at a resolution, and as a born-digital PDF with a text layer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from corpus.layout import LaidPage, PlacedWord
from corpus.office_marks import INK_BLUE, draw_seal, draw_signature
from corpus.typeset import Style, font_at, font_path, width_pt

# Glyphs stand on whole pixels, one by one: drawn larger and shrunk, they are where the layout put them.
_OVERSAMPLING = 2


def draw_page(page: LaidPage, dpi: float, *, signed: bool = True) -> Image.Image:
    """Draw a page as it leaves the printer and the office: ink on white, signed and sealed.

    Args:
        page: what stands where.
        dpi: resolution.
        signed: whether signature and seal are drawn.
    Returns:
        RGB picture of the whole page.
    """
    dpi, asked_dpi = dpi * _OVERSAMPLING, dpi
    scale = dpi / 72
    picture = Image.new("RGB", (round(page.width_pt * scale), round(page.height_pt * scale)), "white")
    draw = ImageDraw.Draw(picture)
    for word in page.words:
        font = font_at(word.style, round(word.size_pt * scale, 2))
        fill = INK_BLUE if word.style == "Hand" else (15, 15, 15)
        for index, char in enumerate(word.text):
            x = (word.x_pt + width_pt(word.text[:index], word.style, word.size_pt)) * scale
            draw.text((x, word.baseline_pt * scale), char, fill=fill, font=font, anchor="ls")
    for rule in page.rules:
        ends = tuple(value * scale for value in (rule.x0_pt, rule.y0_pt, rule.x1_pt, rule.y1_pt))
        draw.line(ends, fill=(25, 25, 25), width=max(round(rule.width_pt * scale), 1))
    if signed:
        for place in page.signatures:
            x, y = place.x_pt * scale, place.y_pt * scale
            draw_signature(picture, (x + 8 * scale, y), dpi, seed=sum(map(ord, place.seal[0])))
            draw_seal(picture, (x - 42 * scale, y + 7 * scale), dpi, *place.seal)
    size = tuple(round(side * asked_dpi / 72) for side in (page.width_pt, page.height_pt))
    return picture.resize((size[0], size[1]), Image.Resampling.BOX)


def write_born_digital(pages: Sequence[LaidPage], path: Path) -> None:
    """Write pages as a PDF whose text layer is the printed text, the same bytes on every run.

    Args:
        pages: laid-out pages.
        path: the PDF to write.
    """
    canvas = Canvas(str(path), invariant=1)
    styles: tuple[Style, ...] = ("Regular", "Bold", "Italic", "BoldItalic", "Hand")
    for style in styles:
        pdfmetrics.registerFont(TTFont(f"Tinos-{style}", str(font_path(style))))
    for page in pages:
        canvas.setPageSize((page.width_pt, page.height_pt))
        for index, word in enumerate(page.words):
            # A real space follows every word, so that readers need not guess it from the gap.
            text = word.text if _glued_to_next(page.words, index) else f"{word.text} "
            canvas.setFont(f"Tinos-{word.style}", word.size_pt)
            canvas.drawString(word.x_pt, page.height_pt - word.baseline_pt, text)
        for rule in page.rules:
            canvas.setLineWidth(rule.width_pt)
            canvas.line(rule.x0_pt, page.height_pt - rule.y0_pt, rule.x1_pt, page.height_pt - rule.y1_pt)
        canvas.showPage()
    canvas.save()


def _glued_to_next(words: Sequence[PlacedWord], index: int) -> bool:
    if index + 1 == len(words):
        return False
    word, following = words[index], words[index + 1]
    end_pt = word.x_pt + width_pt(word.text, word.style, word.size_pt)
    return following.baseline_pt == word.baseline_pt and abs(following.x_pt - end_pt) < 0.3

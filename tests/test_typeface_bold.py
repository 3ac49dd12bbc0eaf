"""Bold words told from regular ones on a scan."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw
from printed_pages import LINES, font

from pipeline.document import Box
from pipeline.engines.typeface import bold_words
from pipeline.stage import Pixels


def set_page(styles: tuple[str, ...]) -> tuple[Pixels, list[Box], list[str], list[int], list[bool]]:
    """A page whose lines are set in the styles by turns, its words' boxes, texts and lines, and which are bold."""
    image = Image.new("L", (1240, 900), 255)
    draw = ImageDraw.Draw(image)
    boxes, texts, lines, bold = [], [], [], []
    for number, line in enumerate(LINES * 2):
        style = styles[number % len(styles)]
        face, left, top = font(29, style), 100.0, 40 + 50 * number
        for text in line.split():
            draw.text((left, top), text, fill=0, font=face)
            width = draw.textlength(text, font=face)
            boxes.append(Box(left, top, left + width, top + 36))
            texts.append(text)
            lines.append(number)
            bold.append(style.startswith("Bold"))
            left += width + 8
    return np.asarray(image, np.uint8), boxes, texts, lines, bold


@pytest.mark.parametrize("styles", [("Regular", "Bold", "Italic"), ("Italic", "Regular", "BoldItalic", "Regular")])
@pytest.mark.parametrize("blur", [0.0, 0.7])
def test_typeface_bold_lines_are_told(styles: tuple[str, ...], blur: float) -> None:
    pixels, boxes, texts, lines, bold = set_page(styles)
    if blur:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), blur), np.uint8)
    found = bold_words(pixels, boxes, texts, lines, dpi=150)
    told = [(is_bold, was) for is_bold, was in zip(found, bold, strict=True) if is_bold is not None]
    assert len(told) > 0.95 * len(bold)
    assert sum(is_bold == was for is_bold, was in told) > 0.95 * len(told)


def test_typeface_a_page_without_bold_has_none() -> None:
    pixels, boxes, texts, lines, _ = set_page(("Regular",))
    assert not any(bold_words(pixels, boxes, texts, lines, dpi=150))


def test_typeface_nobody_can_tell() -> None:
    pixels, boxes, texts, lines, _ = set_page(("Regular", "Bold"))
    assert set(bold_words(pixels, boxes, texts, lines, dpi=96)) == {None}
    assert bold_words(pixels, boxes[:5], texts[:5], lines[:5], dpi=150) == (None,) * 5
    assert bold_words(pixels, [], [], [], dpi=150) == ()
    figures = bold_words(pixels, boxes, ["12/3", *texts[1:]], lines, dpi=150)
    assert figures[0] is None
    assert figures[1] is False

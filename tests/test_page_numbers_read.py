"""A page's number in its upper margin is found where it stands alone, and nothing else is taken for one."""

import numpy as np
import pytest
from PIL import ImageDraw
from printed_pages import LINES, font, page_image

from pipeline.document import Box
from pipeline.engines.page_numbers import read_page_number
from pipeline.engines.read_words import ReadWord
from pipeline.engines.tesseract import Tesseract
from pipeline.stage import Pixels

DPI = 150


def page(text: str = "6", left: int = 612, top: int = 60) -> Pixels:
    image = page_image(LINES, dpi=DPI, mode="L")
    ImageDraw.Draw(image).text((left, top), text, fill=0, font=font(29))
    return np.asarray(image, np.uint8)


def saying(monkeypatch: pytest.MonkeyPatch, text: str, confidence: float = 0.9) -> list[Pixels]:
    shown: list[Pixels] = []

    def read(self: Tesseract, pixels: Pixels, *, dpi: float, page_segmentation: int = 3) -> tuple[ReadWord, ...]:
        shown.append(pixels)
        return (ReadWord(text, Box(30, 30, 50, 60), confidence, (1, 1, 1)),)

    monkeypatch.setattr(Tesseract, "read", read)
    monkeypatch.setattr("pipeline.engines.page_numbers._figures", lambda strip, place: ("", 0.0))
    return shown


def numbers(pixels: Pixels, expected: int = 6, read: tuple[ReadWord, ...] = ()) -> list[str]:
    return [word.text for word in read_page_number(Tesseract(), pixels, read, dpi=DPI, expected=expected)]


def test_page_number_alone_in_the_margin_is_read() -> None:
    engine = Tesseract.load("vie", 60.0, "auto")
    (word,) = read_page_number(engine, page(), (), dpi=DPI, expected=6)
    assert word.text == "6"
    assert abs((word.box.left + word.box.right) / 2 - 619) < 12 and 50 < word.box.top < word.box.bottom < 100


@pytest.mark.parametrize(
    ("said", "confidence", "expected", "found"),
    [
        ("6", 0.9, 6, ["6"]),
        ("7", 0.9, 6, ["7"]),
        ("7", 0.3, 6, []),
        ("§", 0.3, 8, ["8"]),
        ("§", 0.9, 6, []),
        ("I2", 0.6, 12, ["12"]),
        ("M", 0.9, 6, []),
        ("06", 0.9, 6, []),
    ],
)
def test_page_number_must_look_like_one(
    monkeypatch: pytest.MonkeyPatch, said: str, confidence: float, expected: int, found: list[str]
) -> None:
    saying(monkeypatch, said, confidence)
    assert numbers(page(), expected) == found


def test_page_number_is_not_sought_elsewhere_or_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = saying(monkeypatch, "6")
    known = ReadWord("6", Box(610, 62, 628, 92), 0.96, (1, 1, 1))
    assert numbers(page(), read=(known,)) == ["6"]
    assert numbers(page(left=150)) == []
    assert numbers(page("một dòng chữ dài ở lề", left=480)) == []
    assert numbers(np.full((1754, 1240), 255, np.uint8)) == []
    assert shown == []
    wrong = ReadWord("ó", Box(610, 62, 628, 92), 0.4, (1, 1, 1))
    assert numbers(page(), read=(wrong,)) == ["6"]


@pytest.mark.parametrize(("top", "left"), [(60, 612), (1660, 612), (1660, 1100)])
def test_page_number_is_read_by_its_figures(monkeypatch: pytest.MonkeyPatch, top: int, left: int) -> None:
    shown: list[Pixels] = []
    monkeypatch.setattr(Tesseract, "read", lambda *_, **__: shown.append(page()) or ())
    wrong = ReadWord("§", Box(left - 2, top + 2, left + 16, top + 32), 0.4, (1, 1, 1))
    assert numbers(page("8", left, top), expected=8, read=(wrong,)) == ["8"]
    assert shown == []


def test_page_number_in_the_lower_margin_is_no_stroke() -> None:
    pixels = page("", 0, 0).copy()
    pixels[1665:1690, 615:618] = 0
    assert numbers(pixels, expected=4) == []

"""Cells of ruled tables in which letters were left unread are read by themselves, and nothing is read twice."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from printed_pages import font

from pipeline.document import Box
from pipeline.engines.read_words import ReadWord
from pipeline.engines.tesseract import Tesseract
from pipeline.engines.unread_cells import read_unread_cells
from pipeline.stage import Grid, GridCell, Pixels

DPI = 150.0
GRID = Grid(
    Box(100, 100, 700, 400),
    tuple(
        GridCell(row, column, 1, 1, Box(100 + 300 * column, 100 + 150 * row, 400 + 300 * column, 250 + 150 * row))
        for row in range(2)
        for column in range(2)
    ),
)


def sheet(*spots: tuple[int, int, str]) -> Pixels:
    image = Image.new("L", (900, 600), 255)
    for left, top, text in spots:
        ImageDraw.Draw(image).text((left, top), text, fill=0, font=font(27))
    return np.asarray(image, np.uint8)


def word(text: str, left: float, top: float, right: float, bottom: float) -> ReadWord:
    return ReadWord(text, Box(left, top, right, bottom), 0.95, (1, 1, 1))


def found(pixels: Pixels, *read: ReadWord) -> list[tuple[str, int, int]]:
    """What is read besides, and the row and column of the cell where it stands."""
    words = read_unread_cells(Tesseract.load("vie", 60.0, "auto"), pixels, (GRID,), read, dpi=DPI)
    return [(one.text, int(one.box.top >= 250), int(one.box.left >= 400)) for one in words]


def saying(monkeypatch: pytest.MonkeyPatch, text: str, confidence: float) -> None:
    """Every piece is read as this one word, where its ink is."""
    answer = ReadWord(text, Box(240, 150, 260, 180), confidence, (1, 1, 1))
    monkeypatch.setattr("pipeline.engines.unread_cells.read_crops", lambda *_, **__: [(answer,)])


def test_unread_cells_one_sign_in_a_tall_cell_is_enough() -> None:
    assert found(sheet((240, 160, "9"))) == [("9", 0, 0)]
    ((text, *where),) = found(sheet((240, 310, "x")))
    assert (text.lower(), *where) == ("x", 1, 0)
    assert found(sheet()) == []


def test_unread_cells_words_are_found_beside_those_that_were_read() -> None:
    pixels = sheet((420, 150, "Phòng Nội"), (420, 190, "vụ tỉnh"))
    known = word("Phòng", 418, 148, 500, 184), word("Nội", 506, 148, 550, 180)
    assert [text for text, *_ in found(pixels, *known)] == ["vụ", "tỉnh"]
    assert found(pixels, *known, word("vụ", 418, 190, 455, 222), word("tỉnh", 460, 190, 510, 222)) == []


def test_unread_cells_a_word_over_two_rows_covers_its_own() -> None:
    assert found(sheet((240, 200, "3"), (240, 270, "4")), word("3", 238, 200, 262, 298)) == [("4", 1, 0)]


@pytest.mark.parametrize(
    ("said", "confidence", "expected"), [("§.", 0.4, "8."), ("7", 0.95, "7"), ("x", 0.3, "x"), ("B", 0.5, "B")]
)
def test_unread_cells_signs_alone_are_read_as_figures_unless_they_are_sure(
    monkeypatch: pytest.MonkeyPatch, said: str, confidence: float, expected: str
) -> None:
    saying(monkeypatch, said, confidence)
    assert [text for text, *_ in found(sheet((243, 150, "8")))] == [expected]

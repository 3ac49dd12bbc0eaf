"""Lonely figures in the column of a table are read again, set beside each other, and lead back to their cells."""

import numpy as np
from PIL import Image, ImageDraw
from printed_pages import font

from pipeline.document import Box
from pipeline.engines.number_columns import read_number_columns
from pipeline.engines.read_words import ReadWord
from pipeline.engines.tesseract import Tesseract
from pipeline.stage import Grid, GridCell, Pixels

DPI = 150
ROW_PX = 50
COLUMN_PX = 90


def table(texts: list[str]) -> tuple[Pixels, Grid]:
    image = Image.new("L", (600, ROW_PX * len(texts)), 255)
    draw = ImageDraw.Draw(image)
    for row, text in enumerate(texts):
        draw.text((COLUMN_PX / 2, ROW_PX * (row + 0.5)), text, fill=0, font=font(27), anchor="mm")
        draw.text((120, ROW_PX * (row + 0.5)), "Trồng cây xanh quanh nhà", fill=0, font=font(27), anchor="lm")
    cells = tuple(
        GridCell(row, column, 1, 1, Box(left, ROW_PX * row, right, ROW_PX * (row + 1)))
        for row in range(len(texts))
        for column, (left, right) in enumerate(((0, COLUMN_PX), (COLUMN_PX, 600)))
    )
    return np.asarray(image, np.uint8), Grid(Box(0, 0, 600, ROW_PX * len(texts)), cells)


def word(text: str, row: int, confidence: float) -> ReadWord:
    middle = ROW_PX * (row + 0.5)
    return ReadWord(text, Box(COLUMN_PX / 2 - 9, middle - 10, COLUMN_PX / 2 + 9, middle + 10), confidence, (1, 1, row))


def test_number_columns_with_a_doubt_are_read_cell_by_cell() -> None:
    pixels, grid = table(["2", "3", "4", "15", "6"])
    read = [word("2", 0, 0.96), word("a0", 1, 0.3), word("4", 2, 0.96)]
    found = read_number_columns(Tesseract.load("vie", 60.0, "auto"), pixels, [grid], read, dpi=DPI)
    by_row: dict[int, set[str]] = {}
    for one in found:
        assert one.box.right <= COLUMN_PX
        by_row.setdefault(int(one.box.top // ROW_PX), set()).add(one.text)
    assert all(text in by_row[row] for row, text in enumerate(["2", "3", "4", "15", "6"]))


def test_number_columns_that_were_read_well_or_hold_words_are_left_alone() -> None:
    pixels, grid = table(["1", "2", "3"])
    engine = Tesseract("vie", 60.0, "/nowhere")  # any reading would fail
    well = [word(str(row + 1), row, 0.97) for row in range(3)]
    assert read_number_columns(engine, pixels, [grid], well, dpi=DPI) == []
    assert read_number_columns(engine, pixels, [grid], [word("ab", row, 0.5) for row in range(3)], dpi=DPI) == []
    assert read_number_columns(engine, pixels, [], well, dpi=DPI) == []

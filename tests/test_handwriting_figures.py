"""Numbers and days that a hand wrote into printed lines."""

import random
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from corpus.typeset import font_at
from models.digits import FigureReader
from models.digits.cutting import cut_line
from models.digits.drawing import drawn_figure, drawn_junk, written_number
from models.digits.network import SIDE, normalise_mark, probabilities
from pipeline.document import Box
from pipeline.engines.handwriting import read_handwritten_figures
from pipeline.engines.tesseract import ReadWord
from pipeline.stage import Pixels

DPI = 150.0
TYPE_PX = 27


def hand(figure: int, height_px: int, seed: int = 0) -> Pixels:
    """A figure drawn by hand, white on black, cut to its ink."""
    picture, _ = drawn_figure(random.Random(10 * seed + figure), figure, 6)
    rows, columns = np.nonzero(picture > 100)
    cut = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    width = max(round(cut.shape[1] * height_px / cut.shape[0]), 2)
    return np.asarray(cv2.resize(cut, (width, height_px), interpolation=cv2.INTER_AREA), np.uint8)


class Sheet:
    """A page with a line of print into which a hand writes."""

    def __init__(self) -> None:
        self.image = Image.new("L", (1240, 1754), 255)
        self.pen = ImageDraw.Draw(self.image)
        self.words: list[ReadWord] = []
        self.top = 180

    def print(self, text: str, left: int, *, style: str = "Regular", read: str | None = None) -> int:
        """Print a word, and say what was read of it; returns where it ends."""
        font = font_at(style, TYPE_PX)  # type: ignore[arg-type]
        self.pen.text((left, self.top), text, font=font, fill=0)
        box = self.pen.textbbox((left, self.top), text, font=font)
        self.words.append(ReadWord(read or text, Box(*map(float, box)), 0.95, (1, 1, 1)))
        return round(left + font.getlength(text))

    def write(self, figures: str, left: int) -> int:
        """Write figures by hand; returns where they end."""
        for figure in figures:
            ink = hand(int(figure), 24)
            height, width = ink.shape
            area = (left, self.top + 2, left + width, self.top + 2 + height)
            self.image.paste(Image.fromarray(255 - np.asarray(ink)), area)
            left += width + 3
        return left

    def glue(self, first: int, text: str, confidence: float) -> None:
        """Let the words from `first` on be read as one, as Tesseract does when a hand runs into print."""
        part = self.words[first:]
        box = Box(part[0].box.left, part[0].box.top, part[-1].box.right, part[-1].box.bottom)
        self.words[first:] = [ReadWord(text, box, confidence, (1, 1, 1))]

    def read(self) -> list[ReadWord]:
        """What is read of it at last."""
        return read_handwritten_figures(np.array(self.image, np.uint8), self.words, dpi=DPI)


def texts(words: Sequence[ReadWord]) -> list[str]:
    return [word.text for word in words]


def test_handwriting_is_read_between_number_word_and_notation() -> None:
    sheet = Sheet()
    end = sheet.print("Số:", 200)
    sheet.print("/KH-UBND", sheet.write("147", end + 4) + 6)
    read = sheet.read()
    assert texts(read) == ["Số:", "147/KH-UBND"]
    assert read[1].by_hand and 0.3 < read[1].confidence < 0.9
    assert read[1].box.left < sheet.words[1].box.left


def test_handwriting_is_parted_from_print_that_it_was_glued_to() -> None:
    sheet = Sheet()
    end = sheet.print("Số:", 200)
    sheet.print("/KH-PGDĐT", sheet.write("714", end + 3) + 4)
    sheet.glue(0, "Số:7I#/KH-PGDĐT", 0.2)
    assert texts(sheet.read()) == ["Số:", "714/KH-PGDĐT"]


def test_handwriting_fills_day_and_month() -> None:
    sheet = Sheet()
    end = sheet.print("ngày", 700, style="Italic")
    end = sheet.print("tháng", sheet.write("14", end + 6) + 8, style="Italic")
    end = sheet.print("năm", sheet.write("10", end + 6) + 8, style="Italic")
    sheet.print("2025", end + 8, style="Italic")
    read = sheet.read()
    assert texts(read) == ["ngày", "14", "tháng", "10", "năm", "2025"]
    assert [word.by_hand for word in read] == [False, True, False, True, False, False]


def test_handwriting_leaves_open_places_open() -> None:
    sheet = Sheet()
    sheet.print("/KH-UBND", sheet.print("Số:", 200) + 90)
    end = sheet.print("ngày", 700, style="Italic")
    end = sheet.print("tháng", end + 60, style="Italic")
    end = sheet.print("năm", end + 60, style="Italic")
    sheet.print("2025", end + 8, style="Italic")
    assert texts(sheet.read()) == ["Số:", "/KH-UBND", "ngày", "tháng", "năm", "2025"]


def test_handwriting_leaves_sure_print_alone() -> None:
    sheet = Sheet()
    sheet.print("85/KH-UBND", sheet.print("Số:", 200) + 8)
    end = sheet.print("ngày", 700, style="Italic")
    end = sheet.print("28", end + 8, style="Italic")
    end = sheet.print("tháng", end + 8, style="Italic")
    end = sheet.print("9", end + 8, style="Italic")
    sheet.print("năm", end + 8, style="Italic")
    assert sheet.read() == sheet.words


@pytest.mark.parametrize(("printed", "confidence"), [("12-KH/TU", 0.85), ("1563/QĐ-SYT", 0.5), ("07/KH-UBND", 0.9)])
def test_handwriting_leaves_print_alone_that_reads_as_figures(printed: str, confidence: float) -> None:
    sheet = Sheet()
    sheet.print(printed, sheet.print("Số:", 200) + 8)
    sheet.words[-1] = replace(sheet.words[-1], confidence=confidence)
    assert sheet.read() == sheet.words


@pytest.mark.parametrize("before, after", [("theo", ""), ("", "ngày"), ("Căn cứ", "")])
def test_handwriting_leaves_numbers_alone_that_are_cited(before: str, after: str) -> None:
    sheet = Sheet()
    start = 200
    for part in before.split():
        start = sheet.print(part, start) + 8
    if before == "Căn cứ":
        sheet.top, start = sheet.top + 60, 200
    end = sheet.print("303/2025/NĐ-CP", sheet.print("số", start) + 8)
    sheet.words[-1] = replace(sheet.words[-1], confidence=0.3)
    sheet.print(after, end + 8)
    assert sheet.read() == sheet.words


def test_handwriting_elsewhere_is_not_touched() -> None:
    sheet = Sheet()
    sheet.top = 1500
    sheet.print("/KH-UBND", sheet.write("147", sheet.print("Số:", 200) + 4) + 6)
    assert sheet.read() == sheet.words


@pytest.mark.parametrize("figure", range(10))
def test_figures_drawn_by_hand_are_told(figure: int) -> None:
    ink = np.zeros((40, 60), np.uint8)
    drawn = hand(figure, 26)
    ink[7:33, 10 : 10 + drawn.shape[1]] = drawn[:, :50]
    read = FigureReader.load().read(ink, accept=lambda text: len(text) == 1)
    assert read is not None and read.text == str(figure)
    assert read.left >= 9


def test_figures_must_be_acceptable() -> None:
    ink = np.zeros((40, 60), np.uint8)
    drawn = hand(7, 26)
    ink[7:33, 10 : 10 + drawn.shape[1]] = drawn
    reader = FigureReader.load()
    assert reader.read(ink, accept=lambda text: False) is None
    assert reader.read(np.zeros((40, 60), np.uint8), accept=lambda text: True) is None


def test_figures_that_stand_close_are_parted() -> None:
    draw = random.Random(11)
    right = 0
    texts_written = ("996", "28", "1134", "560", "83", "402", "996", "75", "317", "62")
    for text in texts_written:
        ink, left = np.zeros((44, 140), np.uint8), 8
        for figure in text:
            drawn = hand(int(figure), 26, draw.randrange(1000))
            height, width = drawn.shape
            ink[8 : 8 + height, left : left + width] = np.maximum(ink[8 : 8 + height, left : left + width], drawn)
            left += width + 1
        read = FigureReader.load().read(ink, accept=lambda text: len(text) < 5)
        right += read is not None and read.text == text
    assert right >= 8


def test_figures_come_with_a_confidence_between_nothing_and_all() -> None:
    draw = random.Random(3)
    for _ in range(20):
        number = written_number(draw, lambda figure: np.zeros((28, 28), np.uint8))
        read = FigureReader.load().read(number.ink, accept=lambda text: len(text) < 5)
        assert read is None or (0.0 <= read.confidence <= 1.0 and 0 <= read.left < read.right <= number.ink.shape[1])


def test_cutting_sets_slanted_strokes_upright() -> None:
    ink = np.zeros((40, 60), np.uint8)
    for x in (15, 30):
        cv2.line(ink, (x, 35), (x + 15, 5), 255, 3)
    cutting = cut_line(ink)
    assert cutting.slant == pytest.approx(0.5, abs=0.11)
    assert [unit.right - unit.left < 12 for unit in cutting.units] == [True, True]


def test_cutting_bears_specks_and_nothing() -> None:
    assert cut_line(np.zeros((20, 20), np.uint8)).runs == ()
    speck = np.zeros((20, 40), np.uint8)
    speck[9:11, 5:35] = 255
    assert len(cut_line(speck).units) == 1


def test_marks_show_what_stands_around() -> None:
    line = np.zeros((30, 60), np.uint8)
    line[5:25, 10:14] = 255
    mark = line.copy()
    line[5:25, 18:22] = 255
    pictures = normalise_mark(mark, line)
    assert pictures.shape == (2, SIDE, SIDE)
    assert pictures[0].any() and pictures[1].any()
    assert not (np.minimum(pictures[0], pictures[1]) > 0).any()


def test_network_tells_most_junk_from_figures() -> None:
    draw = random.Random(5)
    pictures = np.stack([normalise_mark(drawn_junk(draw)) for _ in range(60)])
    odds = probabilities(pictures, FigureReader.load()._arrays)
    assert pictures.shape == (60, 2, SIDE, SIDE)
    assert odds.sum(axis=1) == pytest.approx(1.0, abs=1e-4)
    assert (odds.argmax(axis=1) == 10).mean() > 0.7

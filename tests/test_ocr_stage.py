"""What `ocr` makes of what the engine says, and of what it does not."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import ImageDraw
from printed_pages import LINES, OnePicture, context_of, font, page_image, page_pixels

from pipeline.document import Box, Page, Reading, Word
from pipeline.engines.tesseract import ReadWord, Tesseract
from pipeline.errors import EngineTimeoutError, InputError
from pipeline.options import OcrOptions, Options
from pipeline.stage import CleanPicture, Context, Pixels
from pipeline.stages.clean import Clean
from pipeline.stages.ocr import Ocr

IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def prepared(pixels: Pixels, to_scan: np.ndarray = IDENTITY, **options: object) -> Context:
    context = context_of(Path("scan.pdf"), Options(ocr=OcrOptions(**options)))  # type: ignore[arg-type]
    context.pictures[1] = CleanPicture(pixels, 150.0, to_scan)
    return context


def scan_page() -> Page:
    return Page(1, 1240, 1754, 150.0, "scan")


def saying(monkeypatch: pytest.MonkeyPatch, *answers: tuple[ReadWord, ...]) -> list[Pixels]:
    """Tesseract gives these answers one after the other; what it was shown is kept."""
    shown: list[Pixels] = []
    left = list(answers)

    def read(self: Tesseract, pixels: Pixels, *, dpi: float, page_segmentation: int = 3) -> tuple[ReadWord, ...]:
        shown.append(pixels)
        return left.pop(0) if left else ()

    monkeypatch.setattr(Tesseract, "read", read)
    return shown


def word(text: str, left: float, confidence: float, line: int = 1, *, top: float = 100.0) -> ReadWord:
    return ReadWord(text, Box(left, top, left + 40, top + 20), confidence, (1, 1, line))


def test_ocr_reads_a_scan_back_to_its_pixels() -> None:
    context = context_of(Path("scan.pdf"))
    scan = np.ascontiguousarray(np.rot90(page_pixels(dpi=200), 2))
    context.source = OnePicture(scan, 200.0)
    page = Clean().page(Page(1, scan.shape[1], scan.shape[0], 200.0, "scan"), context)
    page = Ocr().page(page, context)
    text = " ".join(word.text for word in page.words)
    expected = set(" ".join(LINES).split())
    assert len(expected & set(text.split())) > 0.9 * len(expected)
    assert [word.id for word in page.words] == [f"1.{index}" for index in range(len(page.words))]
    first = page.words[0]
    assert first.box is not None
    piece = scan[int(first.box.top) : int(first.box.bottom), int(first.box.left) : int(first.box.right), 0]
    assert piece.min() < 100
    assert first.box.top > scan.shape[0] / 2, "the page lay on its head, so its first word stands below"
    assert 20 < first.size_px < 60
    assert first.readings[0].reader == "tesseract-vie"


def test_ocr_leaves_blank_and_worded_pages_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = saying(monkeypatch)
    context = prepared(np.full((100, 100), 255, np.uint8))
    blank = Page(1, 100, 100, 150.0, "scan", blank=True)
    worded = Page(1, 100, 100, 150.0, "text-layer", words=(Word("1.0", 1, None, (Reading("text", "a", 1.0),)),))
    assert Ocr().page(blank, context) is blank
    assert Ocr().page(worded, context) is worded
    without_picture = Page(2, 100, 100, 150.0, "scan")
    assert Ocr().page(without_picture, context) is without_picture
    assert shown == []


def test_ocr_boxes_follow_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    saying(monkeypatch, (word("kế", 10, 0.99),))
    turned = np.array([[0.0, 2.0, 0.0], [-2.0, 0.0, 500.0]])
    page = Ocr().page(scan_page(), prepared(np.full((300, 300), 255, np.uint8), turned))
    assert page.words[0].box == Box(200.0, 400.0, 240.0, 480.0)
    assert page.words[0].size_px == pytest.approx(40.0)


def test_ocr_doubtful_lines_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = (word("tồ", 10, 0.6), word("chức", 60, 0.95), word("rõ", 10, 0.97, line=2, top=200))
    scale = 44.0 / 28.0
    again = (
        ReadWord("tổ", Box(24 + 8 * scale, 30, 24 + 48 * scale, 60), 0.9, (1, 1, 1)),
        ReadWord("chúc", Box(24 + 58 * scale, 30, 24 + 98 * scale, 60), 0.5, (1, 1, 1)),
    )
    shown = saying(monkeypatch, first, again)
    page = Ocr().page(scan_page(), prepared(np.full((300, 300), 255, np.uint8)))
    assert len(shown) == 2
    assert shown[1].shape[0] == 44 + 2 * 24
    mended, kept, clear = page.words
    assert mended.readings == (
        Reading("tesseract-vie", "tồ", 0.6),
        Reading("tesseract-vie-line", "tổ", 0.9, ("tồ",)),
    )
    assert kept.readings == (Reading("tesseract-vie", "chức", 0.95, ("chúc",)),)
    assert clear.readings == (Reading("tesseract-vie", "rõ", 0.97),)
    assert page.decisions[-1].measures == {"lines": 2.0, "doubtful": 1.0, "figures": 0.0, "cells": 0.0}


def test_ocr_agreement_is_surer_and_a_doubted_figure_is_never_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    scale = 44.0 / 28.0
    first = (word("tổ", 10, 0.6), word("50,35", 60, 0.8))
    again = (
        ReadWord("tổ", Box(24 + 8 * scale, 30, 24 + 48 * scale, 60), 0.9, (1, 1, 1)),
        ReadWord("90,35", Box(24 + 58 * scale, 30, 24 + 98 * scale, 60), 0.95, (1, 1, 1)),
    )
    saying(monkeypatch, first, again)
    same, figure = Ocr().page(scan_page(), prepared(np.full((300, 300), 255, np.uint8))).words
    assert same.readings == (Reading("tesseract-vie", "tổ", 0.9),)
    assert figure.text == "90,35"
    assert figure.confidence == 0.5
    assert figure.readings[-1].alternatives == ("50,35",)


def test_ocr_second_look_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = saying(monkeypatch, (word("tồ", 10, 0.2),))
    page = Ocr().page(scan_page(), prepared(np.full((300, 300), 255, np.uint8), second_look=0.0))
    assert len(shown) == 1
    assert [w.text for w in page.words] == ["tồ"]


def test_ocr_specks_are_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    saying(monkeypatch, (word("~", 10, 0.03), word("-", 60, 0.9), word("l", 110, 0.05)))
    page = Ocr().page(scan_page(), prepared(np.full((300, 300), 255, np.uint8), second_look=0.0))
    assert [w.text for w in page.words] == ["-", "l"]


def test_ocr_what_is_left_of_rules_and_strokes_is_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    page, context = read_table()
    inside = [ReadWord(sign, Box(200, 600, 204, 620), 0.7, (1, 1, 9)) for sign in ("|", "_", "__", "-", "|a")]
    outside = [word("|", 10, 0.7), word("_", 60, 0.7), word("^`", 110, 0.85), word("|", 160, 0.95)]
    saying(monkeypatch, (*inside, *outside))
    page = Ocr().page(page, context)
    assert [w.text for w in page.words] == ["-", "|a", "_", "|"]


def test_ocr_a_page_without_words_is_for_an_eye(monkeypatch: pytest.MonkeyPatch) -> None:
    saying(monkeypatch, (word("~", 10, 0.03),))
    with pytest.raises(InputError, match="No words were read on page 1"):
        Ocr().page(scan_page(), prepared(np.full((300, 300), 255, np.uint8)))


def test_ocr_the_signers_lines_have_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    freed = replace(word("GIÁM", 10, 0.5), overprinted=True)
    monkeypatch.setattr("pipeline.stages.ocr.read_overprinted", lambda *given, **named: ([freed], 1))
    shown = saying(monkeypatch, (word("lÁM", 10, 0.5),))
    page = Ocr().page(scan_page(), prepared(np.full((300, 300), 255, np.uint8)))
    assert page.words[0].readings == (Reading("tesseract-vie-line", "GIÁM", 0.5),)
    assert page.decisions[-1].about == "signer's lines"
    assert len(shown) == 1


def test_ocr_text_is_composed(monkeypatch: pytest.MonkeyPatch) -> None:
    saying(monkeypatch, (word("ke\u0302\u0301", 10, 0.99),))
    page = Ocr().page(scan_page(), prepared(np.full((300, 300), 255, np.uint8)))
    assert page.words[0].text == "kế"


def table_scan(texts: list[list[str]]) -> Pixels:
    image = page_image(LINES[:3], dpi=150, mode="L")
    draw = ImageDraw.Draw(image)
    for row in range(len(texts) + 1):
        draw.line((150, 500 + 70 * row, 1050, 500 + 70 * row), fill=0, width=2)
    for column in range(4):
        draw.line((150 + 300 * column, 500, 150 + 300 * column, 500 + 70 * len(texts)), fill=0, width=2)
    for row, cells in enumerate(texts):
        for column, text in enumerate(cells):
            draw.text((165 + 300 * column, 518 + 70 * row), text, fill=0, font=font(27))
    return np.asarray(image, np.uint8)


TABLE = [["Số thứ tự", "Nội dung", "Đơn vị"], ["1", "Thi đua", "Phòng Nội vụ"], ["2", "Khen thưởng", "Văn phòng"]]


def read_table(monkeypatch: pytest.MonkeyPatch | None = None) -> tuple[Page, Context]:
    context = context_of(Path("scan.pdf"))
    scan = table_scan(TABLE)
    context.source = OnePicture(scan, 150.0)
    page = Clean().page(Page(1, scan.shape[1], scan.shape[0], 150.0, "scan"), context)
    return page, context


def test_ocr_every_cell_of_a_ruled_table_is_read() -> None:
    page, context = read_table()
    assert len(context.pictures[1].grids) == 1
    page = Ocr().page(page, context)
    for row, cells in enumerate(TABLE):
        for column, text in enumerate(cells):
            inside = [
                w.text
                for w in page.words
                if w.box is not None
                and 150 + 300 * column < (w.box.left + w.box.right) / 2 < 450 + 300 * column
                and 500 + 70 * row < (w.box.top + w.box.bottom) / 2 < 570 + 70 * row
            ]
            assert " ".join(inside).strip("'|,.") == text


def test_ocr_silent_cells_are_read_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    page, context = read_table()
    all_but_one = tuple(
        ReadWord("x", Box(155 + 300 * column, 505 + 70 * row, 445 + 300 * column, 565 + 70 * row), 0.99, (1, 1, row))
        for row in range(3)
        for column in range(3)
        if (row, column) != (1, 2)
    )
    shown = saying(monkeypatch, all_but_one, (ReadWord("Phòng", Box(40, 36, 100, 60), 0.9, (1, 1, 1)),))
    page = Ocr().page(page, context)
    assert len(shown) == 2
    assert shown[1].shape[1] < 400
    assert page.words[-1].text == "Phòng"
    box = page.words[-1].box
    assert box is not None
    assert 750 < box.left < 1050 and 570 < box.top < 640


def test_ocr_rules_are_erased_but_nothing_outside_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    page, context = read_table()
    pixels = context.pictures[1].pixels.copy()
    cv2.line(pixels, (200, 1200), (900, 1200), 0, 2)
    context.pictures[1] = replace(context.pictures[1], pixels=pixels)
    shown = saying(monkeypatch, (word("kế", 10, 0.99),))
    Ocr().page(page, context)
    assert shown[0][500:712, 300].min() > 200
    assert shown[0][535, 152:448].min() < 100, "the letters in the cell stay"
    assert shown[0][1200, 300] == 0


@pytest.mark.parametrize("ground", [slice(None), slice(500, 571)], ids=["grey paper", "a shaded row"])
def test_ocr_grey_grounds_are_no_rules(monkeypatch: pytest.MonkeyPatch, ground: slice) -> None:
    page, context = read_table()
    pixels = context.pictures[1].pixels.copy()
    pixels[ground] = np.minimum(pixels[ground], 195)
    context.pictures[1] = replace(context.pictures[1], pixels=pixels)
    shown = saying(monkeypatch, (word("kế", 10, 0.99),))
    Ocr().page(page, context)
    assert shown[0][535, 152:448].min() < 100, "the letters in the cell stay"
    assert shown[0][535, 320:440].max() == 195, "so does the ground"
    assert shown[0][501:712, 400].min() > 190, "the rules are gone"


def test_ocr_engine_failures_are_the_pages_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(self: Tesseract, pixels: Pixels, **options: object) -> tuple[ReadWord, ...]:
        raise EngineTimeoutError("Tesseract ran past 1 s and was stopped.", remedy="Give it more time.")

    monkeypatch.setattr(Tesseract, "read", hang)
    with pytest.raises(EngineTimeoutError):
        Ocr().page(scan_page(), prepared(np.full((300, 300), 255, np.uint8)))

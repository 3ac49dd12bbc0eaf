"""PDF files: pages as pictures, their facts and their text layers."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from printed_pages import LINES, page_image, write_pdf
from reportlab.pdfgen.canvas import Canvas

from pipeline.engines.pdf import PdfFile
from pipeline.errors import (
    DamagedInputError,
    EmptyInputError,
    EncryptedInputError,
    MissingInputError,
    OversizedInputError,
)

_OPEN: list[PdfFile] = []


def opened(path: Path, **bounds: float) -> PdfFile:
    _OPEN.append(PdfFile(path, **bounds))  # type: ignore[arg-type]
    return _OPEN[-1]


@pytest.fixture(autouse=True)
def _close_all() -> Iterator[None]:
    yield
    while _OPEN:
        _OPEN.pop().close()


def test_pdf_text_layer_gives_the_words_as_printed(tmp_path: Path) -> None:
    file = opened(write_pdf(tmp_path / "plan.pdf", [LINES]))
    layer = file.text_layer(0, dpi=150)
    assert layer.text == " ".join(LINES)
    assert layer.invisible_share == 0.0
    assert all(28.5 < word.size_px < 30 for word in layer.words)
    assert not any(word.bold or word.italic for word in layer.words)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_pdf_word_boxes_stand_on_the_ink(tmp_path: Path, rotation: int) -> None:
    file = opened(write_pdf(tmp_path / "plan.pdf", [LINES[:1]], rotation=rotation))
    pixels = file.render(0, dpi=150).pixels[:, :, 0]
    facts = file.facts(0)
    assert (facts.width_pt < facts.height_pt) == (rotation in (0, 180))
    covered = np.zeros(pixels.shape, bool)
    for word in file.text_layer(0, dpi=150).words:
        left, top = int(word.box.left) - 1, int(word.box.top) - 1
        covered[top : int(word.box.bottom) + 3, left : int(word.box.right) + 3] = True
    ink = pixels < 128
    assert ink.sum() > 500
    assert (ink & covered).sum() / ink.sum() > 0.98


def test_pdf_bold_and_italic_follow_the_font(tmp_path: Path) -> None:
    file = opened(write_pdf(tmp_path / "plan.pdf", [LINES[:3]], styles=("Bold", "Italic", "Regular")))
    words = file.text_layer(0, dpi=150).words
    counts = [len(line.split()) for line in LINES[:3]]
    assert [word.bold for word in words] == [True] * counts[0] + [False] * (counts[1] + counts[2])
    assert [word.italic for word in words] == [False] * counts[0] + [True] * counts[1] + [False] * counts[2]


def test_pdf_invisible_text_is_told(tmp_path: Path) -> None:
    file = opened(write_pdf(tmp_path / "scan.pdf", [LINES], picture=page_image(), render_mode=3))
    assert file.text_layer(0, dpi=150).invisible_share == 1.0


def test_pdf_raised_figure_is_a_superscript_and_soft_hyphen_is_nothing(tmp_path: Path) -> None:
    write_pdf(tmp_path / "font.pdf", [["x"]])  # registers the font
    canvas = Canvas(str(tmp_path / "plan.pdf"), pagesize=(595, 842))
    text = canvas.beginText(72, 700)
    text.setFont("Tinos-Regular", 14)
    text.textOut("kế hoạch")
    text.setFont("Tinos-Regular", 8)
    text.setRise(5)
    text.textOut("12")
    text.setRise(0)
    text.setFont("Tinos-Regular", 14)
    text.textOut(" nghiên\u00adcứu 12")
    canvas.drawText(text)
    canvas.save()
    assert opened(tmp_path / "plan.pdf").text_layer(0, dpi=150).text == "kế hoạch¹² nghiêncứu 12"


def test_pdf_letters_set_wide_stay_one_word(tmp_path: Path) -> None:
    write_pdf(tmp_path / "font.pdf", [["x"]])
    canvas = Canvas(str(tmp_path / "plan.pdf"), pagesize=(595, 842))
    text = canvas.beginText(72, 700)
    text.setFont("Tinos-Regular", 14)
    text.setCharSpace(1.5)
    text.textOut("Kế hoạch")
    canvas.drawText(text)
    canvas.save()
    assert opened(tmp_path / "plan.pdf").text_layer(0, dpi=150).text == "Kế hoạch"


def test_pdf_facts_of_a_scan(tmp_path: Path) -> None:
    facts = opened(write_pdf(tmp_path / "scan.pdf", [[]], picture=page_image(dpi=200))).facts(0)
    assert facts.picture_share == pytest.approx(1.0, abs=0.01)
    assert facts.picture_dpi == pytest.approx(200, rel=0.01)
    assert facts.character_count == 0


def test_pdf_render_has_the_size_asked_for(tmp_path: Path) -> None:
    raster = opened(write_pdf(tmp_path / "plan.pdf", [LINES])).render(0, dpi=72)
    assert raster.pixels.shape == (842, 595, 3)
    assert raster.dpi == 72
    assert raster.pixels.dtype == np.uint8


def test_pdf_render_keeps_within_the_bound(tmp_path: Path) -> None:
    file = opened(write_pdf(tmp_path / "plan.pdf", [LINES]), max_page_megapixels=1)
    raster = file.render(0, dpi=600)
    assert raster.pixels.shape[0] * raster.pixels.shape[1] <= 1.01e6
    assert raster.dpi < 110


def test_pdf_huge_page_is_refused(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "huge.pdf"), pagesize=(14_000, 14_000))
    canvas.drawString(72, 72, "x")
    canvas.save()
    with pytest.raises(OversizedInputError, match="194 x 194 inches"):
        opened(tmp_path / "huge.pdf", max_page_megapixels=50).render(0, dpi=200)


def test_pdf_picture_that_cannot_be_decoded_is_no_blank_page(tmp_path: Path) -> None:
    write_pdf(tmp_path / "base.pdf", [[]])
    with pikepdf.open(tmp_path / "base.pdf") as document:
        image = pikepdf.Stream(document, b"\xff\xd8\xff\xe0 no jpeg at all")
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = 1000, 1400, 8
        image.ColorSpace, image.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
        page = document.pages[0]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        page.Contents = pikepdf.Stream(document, b"q 595 0 0 842 0 0 cm /Im0 Do Q")
        document.save(tmp_path / "scan.pdf")
    with pytest.raises(DamagedInputError, match="Page 1"):
        opened(tmp_path / "scan.pdf").render(0, dpi=150)


def test_pdf_with_a_password_is_refused(tmp_path: Path) -> None:
    write_pdf(tmp_path / "plan.pdf", [LINES])
    with pikepdf.open(tmp_path / "plan.pdf") as document:
        document.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(EncryptedInputError) as caught:
        opened(tmp_path / "locked.pdf")
    assert "password" in caught.value.remedy


def test_pdf_without_a_user_password_is_read(tmp_path: Path) -> None:
    write_pdf(tmp_path / "plan.pdf", [LINES[:1]])
    with pikepdf.open(tmp_path / "plan.pdf") as document:
        document.save(tmp_path / "owned.pdf", encryption=pikepdf.Encryption(owner="a", user=""))
    assert opened(tmp_path / "owned.pdf").text_layer(0, dpi=150).text == LINES[0]


def test_pdf_broken_missing_pageless_or_too_long(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nno objects")
    with pytest.raises(DamagedInputError):
        opened(tmp_path / "broken.pdf")
    with pytest.raises(MissingInputError):
        opened(tmp_path / "nowhere.pdf")
    pikepdf.new().save(tmp_path / "empty.pdf")
    with pytest.raises((EmptyInputError, DamagedInputError)):
        opened(tmp_path / "empty.pdf")
    write_pdf(tmp_path / "long.pdf", [LINES[:1]] * 3)
    with pytest.raises(OversizedInputError, match="3 pages"):
        opened(tmp_path / "long.pdf", max_pages=2)


def test_pdf_many_threads_get_the_same_pages(tmp_path: Path) -> None:
    file = opened(write_pdf(tmp_path / "plan.pdf", [LINES[:2], LINES[2:4]]))
    expected = [file.render(index, dpi=72).pixels.sum() for index in (0, 1)]
    sums: list[tuple[int, int]] = []

    def work(index: int) -> None:
        for _ in range(5):
            sums.append((index, int(file.render(index, dpi=72).pixels.sum())))
            file.text_layer(index, dpi=72)

    threads = [threading.Thread(target=work, args=(index % 2,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sums) == 20
    assert all(total == expected[index] for index, total in sums)

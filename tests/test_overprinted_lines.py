"""The signer's lines under a seal: found, freed of its ring, read again, and nothing made up."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw
from printed_pages import LINES, font

from pipeline.document import Box
from pipeline.engines.overprinted import Seal, erase_rings, find_seals, read_overprinted
from pipeline.engines.tesseract import ReadWord, Tesseract
from pipeline.stage import Pixels

DPI = 150.0
MIDDLE = (745, 760)
RADIUS = 104


def foot(
    position: str | None = "HIỆU TRƯỞNG", name: str | None = "Đặng Thùy Linh", *, ring: bool = True, pen: bool = True
) -> Pixels:
    """The lower part of a last page, its seal and its signature as black as its print."""
    image = Image.new("L", (1240, 1400), 255)
    draw = ImageDraw.Draw(image)
    for index, line in enumerate(LINES):
        draw.text((150, 130 + 46 * index), line, fill=0, font=font(29))
    draw.text((150, 610), "Nơi nhận:", fill=0, font=font(25, "BoldItalic"))
    draw.text((150, 645), "- Các trường trên địa bàn;", fill=0, font=font(23))
    draw.text((150, 675), "- Lưu: VT.", fill=0, font=font(23))
    if position:
        draw.text((750, 632), position, fill=0, font=font(29, "Bold"))
    if name:
        draw.text((770, 832), name, fill=0, font=font(29, "Bold"))
    pixels = np.array(image, np.uint8)
    if ring:
        cv2.circle(pixels, MIDDLE, RADIUS, 0, 5, cv2.LINE_AA)
    if pen:
        waves = np.array([(x, 760 + 35 * np.sin(x / 17.0)) for x in range(800, 1000, 4)], np.int32)
        cv2.polylines(pixels, [waves], False, 0, 4, cv2.LINE_AA)
    return pixels


HEAD = (
    ReadWord("Nơi", Box(150, 614, 193, 634), 0.95, (5, 1, 1)),
    ReadWord("nhận:", Box(200, 614, 262, 638), 0.95, (5, 1, 1)),
)


def texts(words: list[ReadWord]) -> list[str]:
    return [word.text for word in words]


def test_overprinted_lines_are_read_through_a_black_seal() -> None:
    words, lines = read_overprinted(Tesseract(), foot(), HEAD, dpi=DPI)
    assert lines == 2
    assert len({"HIỆU", "TRƯỞNG", "Đặng", "Thùy", "Linh"} & set(texts(words))) >= 3, texts(words)
    assert len(words) == 2 + 5
    assert all(word.overprinted for word in words[2:])
    name = next(word for word in words if word.text == "Linh")
    assert 880 < name.box.left < 980 and 825 < name.box.top < 850


@pytest.mark.parametrize(("ring", "pen"), [(True, True), (False, True), (True, False)])
def test_overprinted_seals_and_strokes_alone_make_no_words(ring: bool, pen: bool) -> None:
    words, lines = read_overprinted(Tesseract(), foot(None, None, ring=ring, pen=pen), HEAD, dpi=DPI)
    assert (texts(words), lines) == (["Nơi", "nhận:"], 0)


def says(monkeypatch: pytest.MonkeyPatch, *answer: tuple[str, float]) -> list[Pixels]:
    """Tesseract reads every piece alike: these words, one after the other."""
    shown: list[Pixels] = []

    def read(self: Tesseract, pixels: Pixels, *, dpi: float, page_segmentation: int = 3) -> tuple[ReadWord, ...]:
        shown.append(pixels)
        return tuple(
            ReadWord(text, Box(40 + 90 * index, 30, 120 + 90 * index, 65), confidence, (1, 1, 1))
            for index, (text, confidence) in enumerate(answer)
        )

    monkeypatch.setattr(Tesseract, "read", read)
    return shown


def test_overprinted_pages_without_recipients_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = says(monkeypatch, ("HIỆU", 0.99))
    read = (ReadWord("Nơi", Box(150, 614, 193, 634), 0.95, (5, 1, 1)),)
    assert read_overprinted(Tesseract(), foot(), read, dpi=DPI) == (list(read), 0)
    assert shown == []


def test_overprinted_lines_that_were_read_well_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = says(monkeypatch, ("HIỆU", 0.99))
    read = (*HEAD, ReadWord("HIỆU TRƯỞNG", Box(750, 630, 960, 662), 0.9, (6, 1, 1)))
    words, lines = read_overprinted(Tesseract(), foot(name=None, ring=False, pen=False), read, dpi=DPI)
    assert (words, lines) == (list(read), 0)
    assert shown == []


def test_overprinted_all_lines_take_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = says(monkeypatch, ("HIỆU", 0.9), ("TRƯỞNG", 0.9))
    words, lines = read_overprinted(Tesseract(), foot(), HEAD, dpi=DPI)
    assert len(shown) == 1
    assert (texts(words[2:]), lines) == (["HIỆU", "TRƯỞNG"], 1)


@pytest.mark.parametrize(
    "answer",
    [(("HIỆU", 0.3), ("TRƯỞNG", 0.4)), (("~", 0.99), ("—", 0.99), ("|", 0.9)), (("x", 0.99), ("I", 0.99))],
)
def test_overprinted_doubtful_answers_are_no_words(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[tuple[str, float], ...]
) -> None:
    says(monkeypatch, *answer)
    assert read_overprinted(Tesseract(), foot(), HEAD, dpi=DPI) == (list(HEAD), 0)


def test_overprinted_worse_answers_leave_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, ("TRƯỞ", 0.9))
    first = (*HEAD, ReadWord("TRƯỞNG", Box(860, 635, 950, 660), 0.75, (6, 1, 1)))
    words, lines = read_overprinted(Tesseract(), foot(name=None, ring=False, pen=False), first, dpi=DPI)
    assert (words, lines) == (list(first), 0)


def test_overprinted_a_word_that_was_surer_at_first_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    # A first answer tells where the engine's words land on the page.
    says(monkeypatch, ("HIỆI", 0.7), ("TRƯỞNG", 0.9))
    answer, _ = read_overprinted(Tesseract(), foot(name=None), HEAD, dpi=DPI)
    place = next(word.box for word in answer if word.text == "HIỆI")
    words, _ = read_overprinted(Tesseract(), foot(name=None), (*HEAD, ReadWord("HIỆU", place, 0.8, (6, 1, 1))), dpi=DPI)
    assert texts(words[2:]) == ["HIỆU", "TRƯỞNG"]


def test_overprinted_words_within_a_seal_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch)
    seal_word = ReadWord("TRƯỜNG", Box(750, 740, 830, 756), 0.9, (7, 1, 1))
    beside = ReadWord("Linh", Box(930, 740, 990, 760), 0.9, (7, 1, 1))
    words, _ = read_overprinted(Tesseract(), foot(), (*HEAD, seal_word, beside), dpi=DPI)
    assert words == [*HEAD, beside]


def test_find_seals_fits_the_outer_ring() -> None:
    seals = find_seals(foot(), DPI)
    assert len(seals) == 1
    found = seals[0]
    assert (found.x, found.y) == pytest.approx(MIDDLE, abs=1.5)
    assert found.radius_px == pytest.approx(RADIUS, abs=1.5)
    assert 3 <= found.ring_px <= 7
    assert find_seals(foot(ring=False), DPI) == []


def test_erase_rings_leaves_the_strokes_that_cross_them() -> None:
    pixels = np.full((400, 400), 255, np.uint8)
    cv2.circle(pixels, (200, 200), 100, 0, 5)
    pixels[195:206, 250:390] = 0
    bare = erase_rings(pixels, [Seal(200.0, 200.0, 100.0, 5.0)])
    assert bare[195:206, 250:390].max() == 0
    assert (bare[:190] < 128).sum() < 0.02 * (pixels[:190] < 128).sum()
    assert bare.shape == pixels.shape

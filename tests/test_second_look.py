"""Doubtful words and figures are read again, by Tesseract and by guests, and each reading is led back to its word."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from printed_pages import LINES, page_image

from pipeline.document import Box, Reading
from pipeline.engines import line_readers
from pipeline.engines.line_readers import AsterOcr, TrueOcr, cut_out
from pipeline.engines.read_words import ReadWord
from pipeline.engines.second_look import SecondLook
from pipeline.engines.tesseract import Tesseract
from pipeline.errors import EngineCrashError
from pipeline.stage import Pixels

PAGE = np.full((400, 1000), 255, np.uint8)


class Guest:
    """A reader that says what it is told, and keeps what it was shown."""

    def __init__(self, *says: str, name: str = "trueocr") -> None:
        self.name = name
        self.says = says
        self.shown: list[tuple[int, ...]] = []

    def read_lines(self, pieces: Sequence[Pixels]) -> list[str]:
        self.shown += [piece.shape for piece in pieces]
        return list(self.says)


def word(text: str, place: int, confidence: float = 0.97) -> ReadWord:
    return ReadWord(text, Box(20 + 80 * place, 100, 90 + 80 * place, 120), confidence, (1, 1, 1))


def look(
    monkeypatch: pytest.MonkeyPatch, line: list[ReadWord], *guests: Guest, least: float = 0.85
) -> tuple[list[tuple[Reading, ...]], list[Pixels]]:
    shown: list[Pixels] = []

    def silent(self: Tesseract, pixels: Pixels, *, dpi: float, page_segmentation: int = 3) -> tuple[ReadWord, ...]:
        shown.append(pixels)
        return ()

    monkeypatch.setattr(Tesseract, "read", silent)
    _, found = SecondLook(Tesseract(), guests, least).readings(PAGE, [line], dpi=150)
    return [found[id(one)] for one in line], shown


def test_second_look_cuts_out_doubtful_words_with_their_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    line = [word("a", place, 0.5 if place in (4, 6) else 0.97) for place in range(10)]
    guest = Guest("a a a a a")
    readings, shown = look(monkeypatch, line, guest)
    assert len(shown) == 1
    assert [shape[1] for shape in guest.shown] == pytest.approx([5 * 80], abs=12)
    assert [len(one) for one in readings] == [1] * 10
    assert readings[4][0].confidence > 0.5, "a guest agrees"


def test_second_look_asks_guests_for_every_figure_and_keeps_the_signs_around_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = [word("ngày", 0), word("(15/7),", 1), word("số", 2), word("5.908;", 3)]
    readings, shown = look(monkeypatch, line, Guest("15/7", "9.908"))
    assert shown == [], "Tesseract itself had no doubt"
    assert readings[1] == (Reading("tesseract-vie", "(15/7),", pytest.approx(0.988)),)
    assert readings[3] == (Reading("tesseract-vie", "5.908;", 0.5, ("9.908;",)),)
    third, _ = look(monkeypatch, line, Guest("15/7", "9.908"), Guest("15/7", "9.908", name="asterocr"))
    assert third[3][-1].text == "9.908;" and third[3][0].text == "5.908;"


def at(text: str, left: float, right: float, confidence: float = 0.4) -> ReadWord:
    return ReadWord(text, Box(left, 100, right, 120), confidence, (1, 1, 1))


def cut_again(monkeypatch: pytest.MonkeyPatch, line: list[ReadWord], *second: ReadWord) -> list[str]:
    """A line as it stands at last, after its doubtful words were read a second time like this."""
    monkeypatch.setattr("pipeline.engines.second_look.read_crops", lambda *_, **__: [second])
    (now,), found = SecondLook(Tesseract(), (), 0.85).readings(PAGE, [line], dpi=150)
    return [found[id(one)][-1].text for one in now]


def test_second_look_cuts_words_otherwise_where_both_readings_show_the_same_marks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hoach = at("hoạch", 60, 130, 0.95)
    assert cut_again(monkeypatch, [at("hoạ", 60, 98), at("ch", 99, 130)], hoach) == ["hoạch"]
    assert cut_again(monkeypatch, [at("kếhoạch", 20, 130)], at("kế", 20, 50, 0.95), hoach) == ["kế", "hoạch"]
    assert cut_again(monkeypatch, [at("TTg", 60, 98), at("ch", 99, 130)], hoach, hoach) != ["hoạch", "hoạch"]
    by_hand = [replace(at("hoạ", 60, 98), by_hand=True), at("ch", 99, 130)]
    assert cut_again(monkeypatch, by_hand, hoach) == ["hoạ", "ch"]


def test_second_look_cuts_nothing_off_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    number = at("7619/QĐ-BCA", 20, 200, 0.5)
    assert cut_again(monkeypatch, [number], at("7619/", 20, 75, 0.95), at("QĐ-BCA", 80, 200, 0.95)) == ["7619/QĐ-BCA"]
    assert cut_again(monkeypatch, [number], at("19/QĐ-BCA", 40, 200, 0.7)) == ["7619/QĐ-BCA"]


def test_second_look_leaves_hands_and_signers_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    line = [
        ReadWord("17", Box(20, 100, 60, 120), 0.5, (1, 1, 1), by_hand=True),
        ReadWord("GIÁM", Box(100, 100, 160, 120), 0.5, (1, 1, 1), overprinted=True),
    ]
    readings, _ = look(monkeypatch, line, Guest("71 GIẢM"))
    assert [one[-1].text for one in readings] == ["17", "GIÁM"]
    assert [one[-1].reader for one in readings] == ["handwritten-figures", "tesseract-vie-line"]


def test_second_look_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    readings, shown = look(monkeypatch, [word("tồ", 0, 0.2)], least=0.0)
    assert shown == [] and readings == [(Reading("tesseract-vie", "tồ", 0.2),)]


def test_line_readers_only_those_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_readers, "_is_installed", lambda name: False)
    assert line_readers.line_readers("best") == ()
    monkeypatch.setattr(line_readers, "_is_installed", lambda name: True)
    monkeypatch.setattr(line_readers, "_loaded", lambda name: Guest(name=name))
    assert [reader.name for reader in line_readers.line_readers("best")] == ["trueocr", "asterocr"]
    assert [reader.name for reader in line_readers.line_readers("standard")] == ["trueocr"]
    assert line_readers.line_readers("fast") == ()


@pytest.mark.parametrize("kind", [TrueOcr, AsterOcr])
def test_line_readers_that_are_broken_say_so(
    monkeypatch: pytest.MonkeyPatch, kind: type[TrueOcr] | type[AsterOcr]
) -> None:
    monkeypatch.setattr(line_readers.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EngineCrashError, match=kind.name) as caught:
        kind()
    assert "pip install" in caught.value.remedy


@pytest.mark.parametrize("kind", [TrueOcr, AsterOcr])
def test_line_readers_read_lines_long_and_short(kind: type[TrueOcr] | type[AsterOcr]) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip(kind.name)
    page = np.asarray(page_image(LINES[:1], mode="L"), np.uint8)
    ink = np.argwhere(page < 128)
    (top, left), (bottom, right) = ink.min(axis=0).tolist(), ink.max(axis=0).tolist()
    line = cut_out(page, Box(left, top, right, bottom))
    wide, tiny = kind().read_lines([np.hstack([line, line]), np.full((1, 1), 255, np.uint8)])
    words = LINES[0].split()
    assert sum(one in wide.split() for one in words) >= 0.7 * len(words)
    assert len(tiny) <= 2

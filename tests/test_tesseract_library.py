"""Tesseract inside the process: it reads what the program reads, and says what went wrong."""

import threading
from pathlib import Path

import numpy as np
import pytest
from printed_pages import LINES, page_image

from pipeline.engines import tesseract, tesseract_library
from pipeline.engines.read_words import ReadWord
from pipeline.engines.tesseract import Tesseract
from pipeline.errors import EngineCrashError, EngineTimeoutError, MissingEngineError
from pipeline.stage import Pixels

pytest.importorskip("tesserocr")


def library(timeout_s: float = 60.0) -> Tesseract:
    return Tesseract.load("vie", timeout_s, "library")


def page() -> Pixels:
    return np.asarray(page_image(LINES, mode="L"), np.uint8)


def test_tesseract_library_reads_like_the_program() -> None:
    program = Tesseract.load("vie", 60.0, "program")
    assert program.folder == "" and library().folder
    ours, theirs = library().read(page(), dpi=150), program.read(page(), dpi=150)
    same = sum(a.text == b.text and a.line == b.line for a, b in zip(ours, theirs, strict=True))
    assert same >= 0.97 * len(theirs)
    assert all(abs(a.box.left - b.box.left) <= 3 for a, b in zip(ours, theirs, strict=True))


def test_tesseract_library_is_used_by_several_threads_at_once() -> None:
    engine, pixels = library(), page()
    found: list[tuple[ReadWord, ...]] = []
    threads = [threading.Thread(target=lambda: found.append(engine.read(pixels, dpi=150))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert found[0] == found[1] == found[2] != ()


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (30, 20_000)])
def test_tesseract_library_reads_nothing_on_odd_shapes(shape: tuple[int, int]) -> None:
    assert library().read(np.full(shape, 255, np.uint8), dpi=150) == ()


def test_tesseract_library_gives_up_in_time_and_reads_on() -> None:
    with pytest.raises(EngineTimeoutError, match="ran past"):
        library(0.05).read(page(), dpi=150)
    assert len(library().read(page(), dpi=150)) > 10


def test_tesseract_library_says_what_it_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(EngineCrashError, match="failed to read"):
        library().read(np.full((20, 33_000), 255, np.uint8), dpi=150)
    (tmp_path / "vie.traineddata").write_bytes(b"no data at all")
    with pytest.raises(EngineCrashError, match="cannot load"):
        Tesseract("vie", 10.0, str(tmp_path)).read(page(), dpi=150)


def test_tesseract_load_takes_what_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tesseract, "is_installed", lambda: False)
    assert Tesseract.load("vie", 60.0, "auto").folder == ""
    with pytest.raises(MissingEngineError, match="library is not there"):
        Tesseract.load("vie", 60.0, "library")
    monkeypatch.undo()
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert tesseract_library.data_folder("vie") is None
    assert Tesseract.load("vie", 60.0, "auto").folder == ""
    (tmp_path / "vie.traineddata").touch()
    assert Tesseract.load("vie", 60.0, "auto").folder == str(tmp_path)
    assert tesseract_library.data_folder("vie+eng") is None

"""Tesseract as the engine, and programs in its place that hang, crash and lie on command."""

import os
import stat
import time
from pathlib import Path

import numpy as np
import pytesseract
import pytest
from printed_pages import LINES, page_image

from pipeline.document import Box
from pipeline.engines.crops import read_crops
from pipeline.engines.tesseract import ReadWord, Tesseract, installed_languages
from pipeline.errors import EngineCrashError, EngineTimeoutError, FullDiskError, MissingEngineError
from pipeline.stage import Pixels

BLANK = np.full((60, 200), 255, np.uint8)
HEADER = "level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\tleft\\ttop\\twidth\\theight\\tconf\\ttext\\n"


def fake(folder: Path, script: str) -> str:
    """A program that poses as Tesseract: `$2` is the beginning of its answer's file name."""
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def answering(folder: Path, rows: str) -> str:
    return fake(folder, f"printf '{HEADER}{rows}' > \"$2.tsv\"")


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]
    def put(command: str) -> None:
        monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", command)

    return put


def grey(lines: tuple[str, ...]) -> Pixels:
    return np.asarray(page_image(lines, mode="L"), np.uint8)


def test_tesseract_reads_words_with_boxes_and_confidence() -> None:
    pixels = grey(LINES[:2])
    words = Tesseract().read(pixels, dpi=150)
    text = " ".join(word.text for word in words)
    assert "phong trào thi đua" in text
    assert all(0 <= word.confidence <= 1 for word in words)
    first = words[0]
    assert pixels[int(first.box.top) : int(first.box.bottom), int(first.box.left) : int(first.box.right)].min() < 100
    assert len({word.line for word in words}) == 2


def test_tesseract_runs_in_one_thread(use, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rows = "5\\t1\\t1\\t1\\t1\\t1\\t1\\t2\\t3\\t4\\t90\\t$OMP_THREAD_LIMIT"
    use(fake(tmp_path, f'printf "{HEADER}{rows}\\n" > "$2.tsv"'))
    assert [word.text for word in Tesseract().read(BLANK, dpi=150)] == ["1"]


def test_tesseract_answer_becomes_words(use, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rows = (
        "4\\t1\\t1\\t1\\t1\\t0\\t0\\t0\\t9\\t9\\t-1\\t\\n"
        "5\\t1\\t1\\t1\\t1\\t1\\t10\\t20\\t30\\t40\\t87.5\\tkế\\n"
        '5\\t1\\t1\\t1\\t1\\t2\\t50\\t20\\t30\\t40\\t-1\\t"hoạch\\n'
        "5\\t1\\t1\\t1\\t1\\t3\\t90\\t20\\t30\\t40\\t95\\t \\n"
    )
    use(answering(tmp_path, rows))
    assert Tesseract().read(BLANK, dpi=150) == (
        ReadWord("kế", Box(10, 20, 40, 60), 0.875, (1, 1, 1)),
        ReadWord('"hoạch', Box(50, 20, 80, 60), 0.0, (1, 1, 1)),
    )


def test_tesseract_that_hangs_is_killed(use, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    use(fake(tmp_path, f"echo $$ > {tmp_path}/pid\ntrap '' TERM\nwhile :; do sleep 0.05; done"))
    before = time.monotonic()
    with pytest.raises(EngineTimeoutError) as caught:
        Tesseract(timeout_s=0.5).read(BLANK, dpi=150)
    assert time.monotonic() - before < 10
    assert "ocr.timeout_s" in caught.value.remedy
    pid = int((tmp_path / "pid").read_text())
    state = Path(f"/proc/{pid}/stat")
    deadline = time.monotonic() + 5
    while state.exists() and state.read_text().split()[2] != "Z" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_tesseract_that_crashes_says_so(use, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    use(fake(tmp_path, "echo 'it hurts' >&2; exit 3"))
    with pytest.raises(EngineCrashError, match="status 3: it hurts"):
        Tesseract().read(BLANK, dpi=150)


def test_tesseract_killed_by_a_signal_is_a_crash(use, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    use(fake(tmp_path, "kill -SEGV $$"))
    with pytest.raises(EngineCrashError):
        Tesseract().read(BLANK, dpi=150)


@pytest.mark.parametrize(
    "script",
    [
        "exit 0",
        'printf "no table at all" > "$2.tsv"',
        'printf "" > "$2.tsv"',
        f'printf "{HEADER}5\\t1\\t1\\t1\\t1\\t1\\twide\\t2\\t3\\t4\\t90\\tkế\\n" > "$2.tsv"',
        f'printf "{HEADER}5\\t1\\t1\\n" > "$2.tsv"',
        'printf "\\377\\376" > "$2.tsv"',
    ],
    ids=["silent", "prose", "empty", "words for numbers", "short row", "not UTF-8"],
)
def test_tesseract_that_lies_is_a_crash(use, tmp_path: Path, script: str) -> None:  # type: ignore[no-untyped-def]
    use(fake(tmp_path, script))
    with pytest.raises(EngineCrashError):
        Tesseract().read(BLANK, dpi=150)


def test_tesseract_that_reads_nothing_gives_no_words(use, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    use(answering(tmp_path, ""))
    assert Tesseract().read(BLANK, dpi=150) == ()


def test_tesseract_missing_tells_how_to_install(use, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    use(str(tmp_path / "nowhere"))
    with pytest.raises(MissingEngineError) as caught:
        Tesseract().read(BLANK, dpi=150)
    assert "apt-get install" in caught.value.remedy


def test_tesseract_missing_language_is_named() -> None:
    with pytest.raises(MissingEngineError, match="tlh"):
        Tesseract("tlh").read(BLANK, dpi=150)


def test_tesseract_lists_its_languages() -> None:
    assert "vie" in installed_languages()


def test_tesseract_without_room_for_its_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(self: Path, data: bytes) -> int:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_bytes", no_space)
    with pytest.raises(FullDiskError, match="No space left"):
        Tesseract().read(BLANK, dpi=150)


def test_crops_are_read_each_for_itself_and_led_back() -> None:
    pixels = grey(LINES[:4])
    size = round(14 / 72 * 150)
    tops = [135 + 1.6 * size * index for index in (2, 0)]
    boxes = [Box(140, top - 4, 1000, top + 1.4 * size) for top in tops]
    found = read_crops(Tesseract(), pixels, boxes, dpi=150, height_px=44)
    assert ["triển" in " ".join(word.text for word in words) for words in found] == [True, False]
    assert "thi đua" in " ".join(word.text for word in found[1])
    for words, box in zip(found, boxes, strict=True):
        assert all(box.top - 8 <= word.box.top and word.box.bottom <= box.bottom + 8 for word in words)
        assert abs(words[0].box.left - 150) < 6


def test_crops_fill_several_sheets_where_one_would_be_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    sheets: list[tuple[int, ...]] = []

    def count(self: Tesseract, pixels: Pixels, *, dpi: float, page_segmentation: int = 3) -> tuple[ReadWord, ...]:
        sheets.append(pixels.shape)
        return ()

    monkeypatch.setattr(Tesseract, "read", count)
    monkeypatch.setattr("pipeline.engines.crops._LARGEST_SHEET_PX", 20_000)
    boxes = [Box(0, 0, 200, 60)] * 3
    assert read_crops(Tesseract(), BLANK, boxes, dpi=150) == ((), (), ())
    assert len(sheets) == 3
    assert read_crops(Tesseract(), BLANK, [], dpi=150) == ()

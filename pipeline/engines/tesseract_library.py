"""Tesseract inside this process, by tesserocr: no start, no picture file, its models loaded once.

Which reading a page gets must not hang on luck, so the library reads with the program's settings and trained data.
"""

import importlib.util
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.document import Box
from pipeline.engines.read_words import ReadWord
from pipeline.errors import EngineCrashError, EngineTimeoutError
from pipeline.stage import Pixels

if TYPE_CHECKING:
    from tesserocr import PyTessBaseAPI  # type: ignore[import-untyped, import-not-found, unused-ignore]

__all__ = ["data_folder", "is_installed", "read_inside"]

_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
_SETTINGS = {
    "debug_file": os.devnull,
    "textord_tabfind_find_tables": "0",
    # Paragraphs are nobody's business here, and telling them by their words takes a thirtieth of the time.
    "paragraph_text_based": "0",
}

_idle: dict[tuple[str, str], list["PyTessBaseAPI"]] = defaultdict(list)
_lock = threading.Lock()


def is_installed() -> bool:
    """Whether tesserocr is there."""
    return importlib.util.find_spec("tesserocr") is not None


def data_folder(language: str) -> str | None:
    """The folder with the trained data of all languages joined by `+`, or None where there is none."""
    named = os.environ.get("TESSDATA_PREFIX")
    for folder in (named,) if named else _FOLDERS:
        if all((Path(folder) / f"{name}.traineddata").is_file() for name in language.split("+")):
            return folder
    return None


def read_inside(
    pixels: Pixels, *, folder: str, language: str, dpi: float, page_segmentation: int, timeout_s: float
) -> tuple[ReadWord, ...]:
    """Read a picture in this process.

    Args:
        pixels: uint8 grey, (height, width), 0 = ink, 255 = paper.
        folder: where the trained data is.
        language: its name, several joined by `+`.
        dpi: the picture's resolution.
        page_segmentation: Tesseract's `--psm`.
        timeout_s: seconds after which the reading is given up, between two words.
    Returns:
        Its words in Tesseract's order, those without a letter left out.
    Raises:
        EngineTimeoutError: it ran past the time limit.
        EngineCrashError: it could not read the picture, or its trained data.
    """
    height, width = pixels.shape
    started = time.monotonic()
    with _borrowed(folder, language) as api:
        api.SetPageSegMode(page_segmentation)
        api.SetVariable("user_defined_dpi", str(round(dpi)))
        api.SetImageBytes(np.ascontiguousarray(pixels).tobytes(), width, height, 1, width)
        if not api.Recognize(max(round(timeout_s * 1000), 1)):
            if time.monotonic() - started >= timeout_s:
                raise EngineTimeoutError(
                    f"Tesseract ran past {timeout_s:g} s and was stopped.",
                    remedy="Give it more time with --set ocr.timeout_s=300, or leave the page out.",
                )
            raise EngineCrashError(
                "Tesseract failed to read the picture.",
                remedy="Look at the page's picture; if it is a page, try another --set ocr.page_segmentation.",
            )
        return tuple(_words(api))


@contextmanager
def _borrowed(folder: str, language: str) -> Iterator["PyTessBaseAPI"]:
    """A reader that nobody else uses meanwhile; it is kept for the next page unless it failed."""
    key = (folder, language)
    with _lock:
        api = _idle[key].pop() if _idle[key] else None
    if api is None:
        api = _started(folder, language)
    try:
        yield api
        api.Clear()
    except BaseException:
        api.End()
        raise
    with _lock:
        _idle[key].append(api)


def _started(folder: str, language: str) -> "PyTessBaseAPI":
    import tesserocr

    # A page on each core is faster than a page on all cores.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)
    try:
        return tesserocr.PyTessBaseAPI(path=folder, lang=language, variables=_SETTINGS)
    except RuntimeError as error:
        raise EngineCrashError(
            f"Tesseract cannot load its trained data for {language} in {folder}.",
            remedy="Install tesseract-ocr-vie again, or use the program with --set ocr.engine=program.",
        ) from error


def _words(api: "PyTessBaseAPI") -> Iterator[ReadWord]:
    """The words as Tesseract's own table has them: blocks, paragraphs and lines counted from 1."""
    from tesserocr import RIL, iterate_level

    found = api.GetIterator()
    block = paragraph = line = 0
    for word in iterate_level(found, RIL.WORD) if found is not None else ():
        if word.IsAtBeginningOf(RIL.BLOCK):
            block, paragraph, line = block + 1, 0, 0
        if word.IsAtBeginningOf(RIL.PARA):
            paragraph, line = paragraph + 1, 0
        if word.IsAtBeginningOf(RIL.TEXTLINE):
            line += 1
        box = word.BoundingBox(RIL.WORD)
        if box is None or word.Empty(RIL.WORD):
            continue
        text = word.GetUTF8Text(RIL.WORD).strip()
        if text:
            confidence = min(max(float(word.Confidence(RIL.WORD)) / 100.0, 0.0), 1.0)
            yield ReadWord(text, Box(*box), confidence, (block, paragraph, line))

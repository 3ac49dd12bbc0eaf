"""Tesseract: the reader that always works, one thread each; inside this process where tesserocr is installed."""

import csv
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2

from pipeline.document import Box
from pipeline.engines.read_words import ReadWord
from pipeline.engines.tesseract_library import data_folder, is_installed, read_inside
from pipeline.errors import EngineCrashError, EngineTimeoutError, FullDiskError, MissingEngineError
from pipeline.stage import Pixels

__all__ = ["ReadWord", "Tesseract"]

_INSTALL = "Install it with: sudo apt-get install tesseract-ocr tesseract-ocr-vie"
_WORD_LEVEL = "5"
_MORE_SETTINGS = " -c textord_tabfind_find_tables=0 -c paragraph_text_based=0"  # as the library's


@dataclass(frozen=True, slots=True)
class Tesseract:
    """Tesseract with a language and a time limit.

    Args:
        language: name of the trained data, several joined by `+`.
        timeout_s: wall-clock seconds after which a reading is given up and its process killed.
        folder: where the trained data is that the library in this process reads with; empty for the program, in a
            child process of its own for every picture.
    """

    language: str = "vie"
    timeout_s: float = 120.0
    folder: str = ""

    @classmethod
    def load(cls, language: str, timeout_s: float, engine: Literal["auto", "library", "program"]) -> "Tesseract":
        """Tesseract as a library of this process or as the program.

        Args:
            engine: `auto` takes the library where it and the trained data are found, else the program.
        Raises:
            MissingEngineError: the library is asked for, but it or the trained data is not there.
        """
        folder = data_folder(language) if engine != "program" and is_installed() else None
        if folder is None and engine == "library":
            raise MissingEngineError(
                "Tesseract's library is not there.", remedy=f"Install it with: pip install tesserocr. {_INSTALL}"
            )
        return cls(language, timeout_s, folder or "")

    def read(self, pixels: Pixels, *, dpi: float, page_segmentation: int = 3) -> tuple[ReadWord, ...]:
        """Read a picture.

        Args:
            pixels: uint8 grey, (height, width), 0 = ink, 255 = paper.
            dpi: its resolution, which Tesseract scales some of its measures by.
            page_segmentation: Tesseract's `--psm`.
        Returns:
            Its words in Tesseract's order, those without a letter left out.
        Raises:
            MissingEngineError: the program or the language is not installed.
            EngineTimeoutError: it ran past the time limit and was killed.
            EngineCrashError: it died, or its answer is no table of words.
            FullDiskError: there is no room for the picture that it is given.
        """
        if self.folder:
            return read_inside(
                pixels,
                folder=self.folder,
                language=self.language,
                dpi=dpi,
                page_segmentation=page_segmentation,
                timeout_s=self.timeout_s,
            )
        with tempfile.TemporaryDirectory(prefix="sohoa-ocr-") as folder:
            picture = Path(folder) / "page.pgm"
            try:
                picture.write_bytes(cv2.imencode(".pgm", pixels)[1].tobytes())
            except OSError as error:
                raise FullDiskError(
                    f"The picture for Tesseract cannot be written: {error.strerror}.",
                    remedy=f"Make room in {tempfile.gettempdir()}, or set TMPDIR to a folder that has some.",
                ) from error
            settings = {
                "--psm": page_segmentation,
                "--dpi": round(dpi),
                "-c": "tessedit_create_tsv=1",
            }
            config = " ".join(f"{name} {value}" for name, value in settings.items())
            return tuple(_words(self._run(picture, config + _MORE_SETTINGS)))

    def _run(self, picture: Path, config: str) -> str:
        import pytesseract  # it brings pandas with it, which takes a third of a second that the library does without

        # A page on each core is faster than a page on all cores; pytesseract hands our environment on.
        os.environ["OMP_THREAD_LIMIT"] = "1"
        try:
            answer = pytesseract.pytesseract.run_and_get_output(
                str(picture), extension="tsv", lang=self.language, config=config, timeout=self.timeout_s
            )
        except pytesseract.TesseractNotFoundError as error:
            raise MissingEngineError("Tesseract is not installed.", remedy=_INSTALL) from error
        except pytesseract.TesseractError as error:
            missing = self._missing_languages()
            if missing:
                raise MissingEngineError(
                    f"Tesseract's language {', '.join(sorted(missing))} is not installed.", remedy=_INSTALL
                ) from error
            raise EngineCrashError(
                f"Tesseract failed with status {error.status}: {' '.join(str(error.message).split())[:200]}",
                remedy="Look at the page's picture; if it is a page, try another --set ocr.page_segmentation.",
            ) from error
        except RuntimeError as error:
            raise EngineTimeoutError(
                f"Tesseract ran past {self.timeout_s:g} s and was stopped.",
                remedy="Give it more time with --set ocr.timeout_s=300, or leave the page out.",
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise EngineCrashError(
                f"Tesseract left no readable answer: {error}",
                remedy="Run the file again; if it happens again, run `sohoa doctor`.",
            ) from error
        return str(answer)

    def _missing_languages(self) -> frozenset[str]:
        """Languages that are asked for but not installed; none where a broken program cannot say."""
        try:
            return frozenset(self.language.split("+")) - installed_languages()
        except MissingEngineError:
            return frozenset()


def installed_languages() -> frozenset[str]:
    """Names of the trained data that Tesseract finds.

    Raises:
        MissingEngineError: Tesseract is not installed.
    """
    import pytesseract

    try:
        return frozenset(pytesseract.get_languages())
    except pytesseract.TesseractNotFoundError as error:
        raise MissingEngineError("Tesseract is not installed.", remedy=_INSTALL) from error


def _words(table: str) -> Iterator[ReadWord]:
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    try:
        for row in rows:
            if row["level"] != _WORD_LEVEL:
                continue
            text = row["text"].strip()
            if not text:
                continue
            left, top, width, height = (int(row[key]) for key in ("left", "top", "width", "height"))
            yield ReadWord(
                text,
                Box(left, top, left + width, top + height),
                min(max(float(row["conf"]) / 100.0, 0.0), 1.0),
                (int(row["block_num"]), int(row["par_num"]), int(row["line_num"])),
            )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EngineCrashError(
            "Tesseract's answer is no table of words.", remedy="Run `sohoa doctor` to see which Tesseract answers."
        ) from error
    if rows.fieldnames is None or "text" not in rows.fieldnames:
        raise EngineCrashError(
            "Tesseract's answer is no table of words.", remedy="Run `sohoa doctor` to see which Tesseract answers."
        )

"""Other engines that give a second opinion on pieces of a line: trueocr and asterocr, where they are installed.

Both bring their weights in their packages and run on ONNX Runtime, in this process, one thread each.
"""

import importlib.util
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.document import Box
from pipeline.errors import EngineCrashError
from pipeline.stage import Pixels

__all__ = ["AsterOcr", "LineReader", "TrueOcr", "cut_out", "line_readers"]

_INSTALL = "Install it again with: pip install 'sohoa[engines]', or read without it: --set ocr.quality=fast"
_TYPE_PX = 32
_STEP_PX = 4
_WIDEST = 20.0  # pieces wider than that many heights are read in parts: trueocr squeezes them, asterocr breaks down
_PAPER = 200
_MARGIN = 0.12


class LineReader(Protocol):
    """Something that reads pieces of lines."""

    name: str

    def read_lines(self, pieces: Sequence[Pixels]) -> list[str]:
        """What each piece says, NFC.

        Args:
            pieces: uint8 grey, (height, width), a line or a part of one each, 0 = ink.
        Raises:
            EngineCrashError: it failed.
        """


def line_readers(quality: Literal["fast", "standard", "best"]) -> tuple[LineReader, ...]:
    """The readers that are installed and quick enough for that quality, loaded once a process.

    Raises:
        EngineCrashError: one is installed but cannot be loaded.
    """
    names = {"fast": (), "standard": (TrueOcr.name,), "best": (TrueOcr.name, AsterOcr.name)}[quality]
    return tuple(_loaded(name) for name in names if _is_installed(name))


def cut_out(pixels: Pixels, box: Box) -> Pixels:
    """A piece of a page with a small margin.

    Args:
        pixels: uint8 grey, (height, width).
        box: the piece, in its pixels.
    """
    margin = _MARGIN * box.height
    top, bottom = max(int(box.top - margin), 0), min(int(box.bottom + margin) + 1, pixels.shape[0])
    left, right = max(int(box.left - 2 * margin), 0), min(int(box.right + 2 * margin) + 1, pixels.shape[1])
    return pixels[min(top, pixels.shape[0] - 1) : max(bottom, 1), min(left, pixels.shape[1] - 1) : max(right, 1)]


class TrueOcr:
    """The recogniser of trueocr (Apache-2.0): small and quick, many pieces at a time."""

    name = "trueocr"

    def __init__(self) -> None:
        try:
            from trueocr.recognizer import (  # type: ignore[import-untyped, import-not-found, unused-ignore]
                Recognizer,
            )

            self._recogniser: Any = Recognizer(_package("trueocr") / "models", threads=1)
        except (ImportError, OSError, RuntimeError, ValueError, KeyError) as error:
            raise _broken(self.name, error) from error

    def read_lines(self, pieces: Sequence[Pixels]) -> list[str]:
        """What each piece says."""
        parts = [_parted(piece) for piece in pieces]
        try:
            read = iter(self._recogniser.predict([part for several in parts for part in several]))
        except (RuntimeError, ValueError, cv2.error) as error:
            raise _broken(self.name, error) from error
        return [_nfc(" ".join(next(read).text for _ in several)) for several in parts]


class AsterOcr:
    """The network of asterocr (MIT): slower, and surer of marks."""

    name = "asterocr"

    def __init__(self) -> None:
        try:
            import onnxruntime  # type: ignore[import-untyped, import-not-found, unused-ignore]
            from asterocr.vocab import (  # type: ignore[import-untyped, import-not-found, unused-ignore]
                default_vocab,
            )

            settings = onnxruntime.SessionOptions()
            settings.intra_op_num_threads = settings.inter_op_num_threads = 1
            settings.enable_cpu_mem_arena = False
            self._session: Any = onnxruntime.InferenceSession(
                str(_package("asterocr") / "assets" / "asternet.onnx"), settings, providers=["CPUExecutionProvider"]
            )
            self._letters: dict[int, str] = default_vocab.idx2char
            self._blank = int(default_vocab.blank_idx)
        except (ImportError, OSError, RuntimeError, ValueError, AttributeError) as error:
            raise _broken(self.name, error) from error

    def read_lines(self, pieces: Sequence[Pixels]) -> list[str]:
        """What each piece says."""
        return [_nfc(" ".join(self._read(part) for part in _parted(piece))) for piece in pieces]

    def _read(self, piece: Pixels) -> str:
        height, width = piece.shape
        columns = max(round(width * _TYPE_PX / height / _STEP_PX), 8) * _STEP_PX
        how = cv2.INTER_AREA if height > _TYPE_PX else cv2.INTER_LINEAR
        grey = cv2.resize(piece, (columns, _TYPE_PX), interpolation=how).astype(np.float32) / 127.5 - 1.0
        try:
            (scores,) = self._session.run(None, {"images": np.repeat(grey[None, None], 3, axis=1)})
        except (RuntimeError, ValueError) as error:
            raise _broken(self.name, error) from error
        best = np.asarray(scores)[:, 0].argmax(axis=1)
        kept = best[(best != self._blank) & (np.diff(best, prepend=-1) != 0)]
        return "".join(self._letters.get(int(index), "") for index in kept)


@cache
def _loaded(name: str) -> LineReader:
    return TrueOcr() if name == TrueOcr.name else AsterOcr()


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None and importlib.util.find_spec("onnxruntime") is not None


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ImportError(f"No module named {name}")
    return Path(found.origin).parent


def _broken(name: str, error: Exception) -> EngineCrashError:
    return EngineCrashError(f"{name} failed: {' '.join(str(error).split())[:200]}", remedy=_INSTALL)


def _parted(piece: Pixels) -> list[Pixels]:
    """A piece in parts that are not too wide, cut in the widest gaps near where they have to be."""
    height, width = piece.shape
    count = int(np.ceil(width / (_WIDEST * height)))
    if count < 2:
        return [np.ascontiguousarray(piece)]
    empty = _gap_widths(np.asarray((piece > _PAPER).all(axis=0), np.bool_))
    reach = width // (3 * count)
    cuts = [0]
    for number in range(1, count):
        middle = number * width // count
        near = empty[middle - reach : middle + reach]
        cuts.append(middle - reach + int(near.argmax()) if near.size else middle)
    return [np.ascontiguousarray(piece[:, a:b]) for a, b in zip(cuts, [*cuts[1:], width], strict=True) if b > a]


def _gap_widths(empty: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For every column how deep it lies within a gap, 0 where there is ink."""
    forth = np.zeros(len(empty))
    back = np.zeros(len(empty))
    for index in range(1, len(empty)):
        forth[index] = (forth[index - 1] + 1) * empty[index]
        back[-index - 1] = (back[-index] + 1) * empty[-index - 1]
    return np.minimum(forth, back)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))

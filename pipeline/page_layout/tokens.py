"""Words as marks on an upright page, and what their letters fold to."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.document import Box, Page, Word
from pipeline.stage import CleanPicture

__all__ = ["Token", "folded", "typical_height", "upright_tokens"]


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it stands on the upright page.

    Attributes:
        left, top, right, bottom: its box on the upright page; the unit is that of the clean picture where there is
            one, else scan pixels.
        em: size of its type, told from the height of its box and the letters in it.
    """

    word_id: str
    text: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float
    box: Box
    em: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def x(self) -> float:
        """Its middle across the page."""
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """Its middle down the page."""
        return (self.top + self.bottom) / 2


_Matrix: TypeAlias = NDArray[np.float64]
_FOLDS = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})


def folded(text: str) -> str:
    """Lower case letters and digits without their marks, everything else dropped: `Nơi nhận:` → `noinhan`."""
    bare = unicodedata.normalize("NFD", text.translate(_FOLDS)).lower()
    return "".join(letter for letter in bare if letter.isalnum() and not unicodedata.combining(letter))


def upright_tokens(page: Page, picture: CleanPicture | None) -> list[Token]:
    """The page's words with a box and a text, turned upright, in an order that does not depend on the words' own.

    Args:
        page: its words' boxes are in scan pixels.
        picture: the page's clean picture, whose matrix says how the scan was turned; without it only the quarter
            turns are known.
    """
    to_upright = _to_upright(page, picture)
    turned = np.abs(to_upright[:, :2])
    # A word's box in the scan is the box around its upright box turned: solving gives the upright one back.
    shrink = np.abs(np.linalg.inv(to_upright[:, :2]))
    tight = page.origin == "scan"
    tokens = [
        _token(word, word.box, (to_upright, turned, shrink), tight=tight)
        for word in page.words
        if word.box and word.text
    ]
    return sorted(tokens, key=lambda token: (token.left, token.top, token.right, token.bottom, token.text))


def _token(word: Word, box: Box, turn: tuple[_Matrix, _Matrix, _Matrix], *, tight: bool) -> Token:
    to_upright, turned, shrink = turn
    center = to_upright[:, :2] @ [(box.left + box.right) / 2, (box.top + box.bottom) / 2] + to_upright[:, 2]
    outer = turned @ [box.width, box.height]
    size = np.linalg.solve(shrink, [box.width, box.height])
    if size.min() < 0.3 * outer.min():
        size = outer
    return Token(
        word.id,
        word.text,
        word.confidence,
        float(center[0] - size[0] / 2),
        float(center[1] - size[1] / 2),
        float(center[0] + size[0] / 2),
        float(center[1] + size[1] / 2),
        box,
        # A text layer's boxes are as high as the type, whatever the letters.
        float(size[1]) / (ink_height(word.text) if tight else 1.0),
    )


def ink_height(text: str) -> float:
    """How high the ink of letters is, in sizes of their type: `na` 0.46, `Đáp` 0.9."""
    top, bottom = 0.2, 0.2
    for letter in unicodedata.normalize("NFD", text):
        rise, drop = _reach(letter)
        top, bottom = max(top, rise), min(bottom, drop)
    if any(unicodedata.combining(letter) for letter in unicodedata.normalize("NFD", text)):
        top = _marked_top(text, top)
    return max(top - bottom, 0.2)


@cache
def _reach(letter: str) -> tuple[float, float]:
    """How far a letter of a book face reaches above and, negative, below the line that it stands on."""
    if letter in "gpqy":
        return 0.46, -0.22
    if letter in "jQ;()[]{}/|@$":
        return 0.7, -0.2
    if letter in ",":
        return 0.1, -0.14
    if letter in "-–—~=+":
        return 0.3, 0.2
    if letter == "\u0323":  # dot below
        return 0.0, -0.2
    if letter in ".…_:":
        return (0.46 if letter == ":" else 0.1), 0.0
    if letter in "\"'“”‘’^*°":
        return 0.68, 0.42
    if letter in "acemnorsuvwxz":
        return 0.46, 0.0
    return 0.67, 0.0


def _marked_top(text: str, top: float) -> float:
    """How far letters with marks reach above the line: a mark, or a tone over a hat, on small or capital letters."""
    for letter in text:
        marks = [mark for mark in unicodedata.normalize("NFD", letter)[1:] if mark not in "\u0323\u031b"]
        if marks:
            top = max(top, (0.88 if letter.isupper() else 0.68) + 0.13 * (len(marks) - 1))
    return top


def _to_upright(page: Page, picture: CleanPicture | None) -> NDArray[np.float64]:
    if picture is not None:
        full = np.vstack([picture.to_scan, [0.0, 0.0, 1.0]])
        return np.asarray(np.linalg.inv(full)[:2], dtype=np.float64)
    width, height = float(page.width_px), float(page.height_px)
    turns: dict[int, list[list[float]]] = {
        90: [[0.0, -1.0, height], [1.0, 0.0, 0.0]],
        180: [[-1.0, 0.0, width], [0.0, -1.0, height]],
        270: [[0.0, 1.0, 0.0], [-1.0, 0.0, width]],
    }
    return np.array(turns.get(page.rotation_deg % 360, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))


def typical_height(tokens: Iterable[Token]) -> float:
    """The middle height of words that were read surely; the yardstick of everything on the page."""
    found: Sequence[Token] = list(tokens)
    sure = [token.height for token in found if token.confidence >= 0.6 and len(token.text) > 1]
    heights = sure or [token.height for token in found]
    return max(float(np.median(heights)), 1e-6) if heights else 1.0

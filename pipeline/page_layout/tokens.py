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

__all__ = ["Token", "folded", "reading_key", "typical_height", "upright_tokens"]


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
_DOT_BELOW, _HORN = "\u0323", "\u031b"
_REACHES = (
    ("acemnorsuvwxz", (0.46, 0.0)),
    ("gpqy", (0.46, -0.22)),
    ("jQ()[]{}/|@$", (0.7, -0.2)),
    (",", (0.1, -0.14)),
    (";", (0.46, -0.14)),
    (".…_", (0.1, 0.0)),
    (":", (0.46, 0.0)),
    ("-–—~=+", (0.3, 0.2)),
    ("\"'“”‘’^*°", (0.68, 0.42)),
)
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
    marks = [(word, word.box) for word in page.words if word.box is not None and word.text]
    if not marks:
        return []
    edges = np.array([(box.left, box.top, box.right, box.bottom) for _, box in marks])
    middles, turns = _upright(page, picture, (edges[:, :2] + edges[:, 2:]) / 2)
    sizes = _upright_sizes(edges[:, 2:] - edges[:, :2], turns)
    tight = page.origin == "scan"
    tokens = [
        _token(word, box, middle, size, tight=tight)
        for (word, box), middle, size in zip(marks, middles.tolist(), sizes.tolist(), strict=True)
    ]
    return sorted(tokens, key=reading_key)


def reading_key(token: Token) -> tuple[float, float, float, float, str, str]:
    """From left to right, ties broken by what does not depend on the order of the words."""
    return (token.left, token.top, token.right, token.bottom, token.text, token.word_id)


def _upright_sizes(outer: _Matrix, turns: _Matrix) -> _Matrix:
    """Widths and heights of upright boxes from those of the boxes around them on the scan, (words, 2).

    Args:
        turns: (words, 2, 2), the linear part of the way to the upright page at each word.
    """
    # A word's box in the scan is the box around its upright box turned: solving gives the upright one back.
    there = np.abs(np.linalg.inv(turns))
    sizes = np.linalg.solve(there, outer[:, :, None])[:, :, 0]
    loose = np.einsum("wij,wj->wi", np.abs(turns), outer)
    bad = sizes.min(axis=1) < 0.3 * loose.min(axis=1)
    sizes[bad] = loose[bad]
    return np.asarray(sizes, np.float64)


def _token(word: Word, box: Box, middle: Sequence[float], size: Sequence[float], *, tight: bool) -> Token:
    (x, y), (width, height) = middle, size
    return Token(
        word.id,
        word.text,
        word.confidence,
        x - width / 2,
        y - height / 2,
        x + width / 2,
        y + height / 2,
        box,
        # A text layer's boxes are as high as the type, whatever the letters.
        height / (ink_height(word.text) if tight else 1.0),
    )


def _upright(page: Page, picture: CleanPicture | None, points: _Matrix) -> tuple[_Matrix, _Matrix]:
    """Points of the scan (words, 2) on the upright page, and the linear part of the way there, (words, 2, 2)."""
    if picture is not None:
        found = picture.on_picture(points)
        return found, np.asarray(np.linalg.inv(picture.turns(found)), np.float64)
    width, height = float(page.width_px), float(page.height_px)
    ways: dict[int, list[list[float]]] = {
        90: [[0.0, -1.0, height], [1.0, 0.0, 0.0]],
        180: [[-1.0, 0.0, width], [0.0, -1.0, height]],
        270: [[0.0, 1.0, 0.0], [-1.0, 0.0, width]],
    }
    way = np.array(ways.get(page.rotation_deg % 360, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))
    return points @ way[:, :2].T + way[:, 2], np.broadcast_to(way[:, :2], (len(points), 2, 2))


def ink_height(text: str) -> float:
    """How high the ink of letters is, in sizes of their type: `na` 0.46, `Đáp` 0.9."""
    top, bottom = 0.2, 0.2
    for letter in unicodedata.normalize("NFC", text):
        rise, drop = _reach(letter)
        top, bottom = max(top, rise), min(bottom, drop)
    return max(top - bottom, 0.2)


@cache
def _reach(letter: str) -> tuple[float, float]:
    """How far a letter of a book face reaches above and, negative, below the line that it stands on."""
    parts = unicodedata.normalize("NFD", letter)
    bare, marks = parts[0], parts[1:]
    rise, drop = next((reach for letters, reach in _REACHES if bare in letters), (0.67, 0.0))
    if _DOT_BELOW in marks:
        drop = min(drop, -0.2)
    above = [mark for mark in marks if mark not in {_DOT_BELOW, _HORN}]
    if above:
        rise = (0.88 if bare.isupper() else 0.68) + 0.13 * (len(above) - 1)
    return rise, drop


def typical_height(tokens: Iterable[Token]) -> float:
    """The middle height of words that were read surely; the yardstick of everything on the page."""
    found: Sequence[Token] = list(tokens)
    sure = [token.height for token in found if token.confidence >= 0.6 and len(token.text) > 1]
    heights = sure or [token.height for token in found]
    return max(float(np.median(heights)), 1e-6) if heights else 1.0

"""Setting type: fonts and their widths, styled words, lines that fit a measure. All lengths are in points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

Style = Literal["Regular", "Bold", "Italic", "BoldItalic", "Hand"]

FONT_FOLDER = Path(__file__).parent / "fonts"
_FONT_FILES = {
    "Regular": "Tinos-Regular.ttf",
    "Bold": "Tinos-Bold.ttf",
    "Italic": "Tinos-Italic.ttf",
    "BoldItalic": "Tinos-BoldItalic.ttf",
    "Hand": "Arimo-Italic.ttf",
}
_MEASURED_SIZE = 1000
# A no-break space is a glyph here: it holds open what was left blank to be written in.
_SPACES = re.compile(r"([ \n]+)")
_MARKUP = re.compile(r"(\*\*|__|\^\^)")
_HYPHEN_BREAK = re.compile(r"(?<=[^\W_]-)(?=[^\W\d_])")


def font_path(style: Style) -> Path:
    """Where the file of a style lies: a Times-like face, kept here so that every build sets the same lines."""
    return FONT_FOLDER / _FONT_FILES[style]


@cache
def font_at(style: Style, size_px: float) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels, without complex shaping, which Vietnamese does not need."""
    return ImageFont.truetype(font_path(style), size_px, layout_engine=ImageFont.Layout.BASIC)


@cache
def width_pt(text: str, style: Style, size_pt: float) -> float:
    """The advance width of a text."""
    return font_at(style, _MEASURED_SIZE).getlength(text) * size_pt / _MEASURED_SIZE


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of one style."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Glued:
    """What stands together without a break; ``joined`` when no space parts it from what stands before."""

    pieces: tuple[Piece, ...]
    joined: bool = False

    @property
    def text(self) -> str:
        """The characters."""
        return "".join(piece.text for piece in self.pieces)

    def width_pt(self, size_pt: float) -> float:
        """The width of all pieces."""
        return sum(width_pt(piece.text, piece.style, size_pt) for piece in self.pieces)


def parse(markup: str) -> list[Glued]:
    """Split marked-up text into unbreakable, styled words; a long notation may break after its hyphen."""
    return [word for line in parse_lines(markup) for word in line]


def parse_lines(markup: str) -> list[list[Glued]]:
    """Split marked-up text at its line breaks into lists of words, as ``parse`` does; styles run on."""
    lines: list[list[list[Piece]]] = [[[]]]
    bold = italic = hand = False
    for part in _MARKUP.split(markup):
        match part:
            case "**":
                bold = not bold
            case "__":
                italic = not italic
            case "^^":
                hand = not hand
            case _:
                for chunk in _SPACES.split(part):
                    if chunk.strip():
                        lines[-1][-1].append(Piece(chunk, _style(bold, italic, hand)))
                    elif "\n" in chunk:
                        lines.append([[]])
                    elif chunk:
                        lines[-1].append([])
    return [[glued for pieces in words if pieces for glued in _at_hyphens(pieces)] for words in lines]


def _style(bold: bool, italic: bool, hand: bool) -> Style:
    if hand:
        return "Hand"
    if bold:
        return "BoldItalic" if italic else "Bold"
    return "Italic" if italic else "Regular"


def _at_hyphens(pieces: Sequence[Piece]) -> Iterator[Glued]:
    group: list[Piece] = []
    joined = False
    for piece in pieces:
        first, *rest = _HYPHEN_BREAK.split(piece.text)
        group.append(Piece(first, piece.style))
        for more in rest:
            yield Glued(tuple(group), joined)
            joined, group = True, [Piece(more, piece.style)]
    yield Glued(tuple(group), joined)


@dataclass(frozen=True, slots=True)
class SetLine:
    """Words on one line, with its natural width and whether it ends the paragraph."""

    words: tuple[Glued, ...]
    width_pt: float
    last: bool

    @property
    def text(self) -> str:
        """The line as printed."""
        words = (word.text if word.joined or not index else f" {word.text}" for index, word in enumerate(self.words))
        return "".join(words).replace("\u00a0", " ")

    @property
    def gaps(self) -> int:
        """The spaces that may stretch."""
        return sum(not word.joined for word in self.words[1:])


def fill(words: Sequence[Glued], size_pt: float, measure_pt: float, first_indent_pt: float = 0.0) -> list[SetLine]:
    """Break words into lines, each as full as it can be.

    Args:
        words: from ``parse``.
        size_pt: type size.
        measure_pt: the width of a line.
        first_indent_pt: what the first line gives up of it.
    Returns:
        At least one word a line, so that a word wider than the measure stands alone.
    """
    lines: list[SetLine] = []
    current: list[Glued] = []
    used, room = 0.0, measure_pt - first_indent_pt
    for word in words:
        space = 0.0 if word.joined or not current else width_pt(" ", "Regular", size_pt)
        width = word.width_pt(size_pt)
        if current and used + space + width > room:
            lines.append(SetLine(tuple(current), used, last=False))
            current, used, space, room = [], 0.0, 0.0, measure_pt
        current.append(word)
        used += space + width
    if current:
        lines.append(SetLine(tuple(current), used, last=True))
    return lines

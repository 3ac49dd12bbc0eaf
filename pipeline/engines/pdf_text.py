"""The text layer of a PDF page: words with boxes, type size, bold and italic."""

import ctypes
import unicodedata
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.document import Box

__all__ = ["LayerWord", "TextLayer", "read_text_layer"]

_ITALIC_FLAG = 1 << 6
_FORCE_BOLD_FLAG = 1 << 18
_BOLD_WEIGHT = 600
_INVISIBLE = 3
_STROKED = 2
_SOFT_HYPHEN = "\u00ad"
_HYPHEN_BREAKS = {"\ufffe", "\x02"}  # what PDFium, by its version, says for a hyphen at the end of a line
_DROPPED = {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\x00"}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"}


@dataclass(frozen=True, slots=True)
class LayerWord:
    """A word of a text layer; `invisible` where it is drawn so that nobody sees it, as OCR layers are."""

    text: str
    box: Box
    size_px: float
    bold: bool
    italic: bool
    invisible: bool


@dataclass(frozen=True, slots=True)
class TextLayer:
    """What a file says is printed on a page."""

    words: tuple[LayerWord, ...]

    @property
    def text(self) -> str:
        """All words, joined by spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def invisible_share(self) -> float:
        """The part of the words that nobody sees, 0 to 1."""
        return sum(word.invisible for word in self.words) / len(self.words) if self.words else 0.0


@dataclass(frozen=True, slots=True)
class _Style:
    size_px: float
    bold: bool
    italic: bool
    invisible: bool


@dataclass(frozen=True, slots=True)
class _Character:
    text: str
    box: Box
    baseline: float
    style: _Style


def read_text_layer(page: Any, scale: float) -> TextLayer:
    """Read a page's text layer; the caller holds PDFium's lock.

    Args:
        page: a pypdfium2 page.
        scale: pixels to a point.
    Returns:
        Its words in the file's order, NFC; words parted by white space or by a gap that is one.
    """
    text_page = page.get_textpage()
    try:
        reader = _Reader(page, text_page, scale)
        return TextLayer(tuple(reader.words()))
    finally:
        text_page.close()


class _Reader:
    """Walks over the characters of a page and cuts them into words."""

    def __init__(self, page: Any, text_page: Any, scale: float) -> None:
        self._page = page
        self._raw = text_page.raw
        self._count = max(text_page.count_chars(), 0)
        self._scale = scale
        self._to_device = _device_matrix(page, scale)
        self._styles: dict[int, _Style] = {}

    def words(self) -> list[LayerWord]:
        words: list[LayerWord] = []
        current: list[_Character] = []
        pending_space = False
        for index in range(self._count):
            code = pdfium.FPDFText_GetUnicode(self._raw, index)
            text = chr(code) if code <= 0x10FFFF else "\ufffd"
            if text in _DROPPED:
                continue
            generated = pdfium.FPDFText_IsGenerated(self._raw, index) == 1
            if text.isspace():
                # A space that the file has is one; one that PDFium guessed is judged by the gap.
                if not generated or text in "\r\n":
                    _finish(words, current)
                    pending_space = False
                else:
                    pending_space = True
                continue
            character = self._character(index, text)
            if character is None:
                continue
            if current and _parted(current[-1], character, guessed_space=pending_space):
                _finish(words, current)
            pending_space = False
            current.append(character)
        _finish(words, current)
        return words

    def _character(self, index: int, text: str) -> _Character | None:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        if not pdfium.FPDFText_GetCharBox(self._raw, index, left, right, bottom, top):
            return None
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(self._raw, index, x, y)
        box = self._box(left.value, bottom.value, right.value, top.value)
        _, baseline = self._point(x.value, y.value)
        text = "-" if text in _HYPHEN_BREAKS else _LIGATURES.get(text, text)
        return _Character(text, box, baseline, self._style(index))

    def _point(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self._to_device
        return a * x + c * y + e, b * x + d * y + f

    def _box(self, left: float, bottom: float, right: float, top: float) -> Box:
        x0, y0 = self._point(left, bottom)
        x1, y1 = self._point(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _style(self, index: int) -> _Style:
        item = pdfium.FPDFText_GetTextObject(self._raw, index)
        key = ctypes.cast(item, ctypes.c_void_p).value or 0
        if key not in self._styles:
            self._styles[key] = self._new_style(index, item)
        return self._styles[key]

    def _new_style(self, index: int, item: Any) -> _Style:
        matrix = pdfium.FS_MATRIX()
        size = pdfium.FPDFText_GetFontSize(self._raw, index)
        if pdfium.FPDFText_GetMatrix(self._raw, index, matrix):
            size *= (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
        flags = ctypes.c_int()
        buffer = ctypes.create_string_buffer(128)
        pdfium.FPDFText_GetFontInfo(self._raw, index, buffer, 128, flags)
        name = buffer.value.decode("utf-8", "replace").lower()
        mode = pdfium.FPDFTextObj_GetTextRenderMode(item) if item else 0
        weight = pdfium.FPDFText_GetFontWeight(self._raw, index)
        bold = "bold" in name or "black" in name or bool(flags.value & _FORCE_BOLD_FLAG)
        return _Style(
            size_px=size * self._scale,
            bold=bold or weight >= _BOLD_WEIGHT or mode == _STROKED,
            italic="italic" in name or "oblique" in name or bool(flags.value & _ITALIC_FLAG),
            invisible=mode == _INVISIBLE,
        )


def _device_matrix(page: Any, scale: float) -> tuple[float, float, float, float, float, float]:
    """The matrix from the page's own points, origin bottom left and unturned, to pixels as it is looked at."""
    left, bottom, right, top = page.get_cropbox()
    turn = page.get_rotation()
    if turn == 90:
        return 0.0, scale, scale, 0.0, -bottom * scale, -left * scale
    if turn == 180:
        return -scale, 0.0, 0.0, scale, right * scale, -bottom * scale
    if turn == 270:
        return 0.0, -scale, -scale, 0.0, top * scale, right * scale
    return scale, 0.0, 0.0, -scale, -left * scale, top * scale


def _parted(before: _Character, after: _Character, *, guessed_space: bool) -> bool:
    """Whether a word ends between two characters."""
    size = max(before.style.size_px, after.style.size_px, 1.0)
    gap = after.box.left - before.box.right
    if abs(after.baseline - before.baseline) > 0.6 * size or gap < -1.5 * size:
        return True
    return gap > (0.12 if guessed_space else 0.5) * size


def _finish(words: list[LayerWord], characters: list[_Character]) -> None:
    if not characters:
        return
    body = max(character.style.size_px for character in characters)
    ground = max(character.baseline for character in characters)
    text = "".join(_as_printed(character, body, ground) for character in characters)
    text = unicodedata.normalize("NFC", text.removesuffix(_SOFT_HYPHEN)).replace(_SOFT_HYPHEN, "")
    main = max(
        (character.style for character in characters),
        key=lambda style: sum(character.style == style for character in characters),
    )
    if text:
        boxes = [character.box for character in characters]
        box = Box(
            min(box.left for box in boxes),
            min(box.top for box in boxes),
            max(box.right for box in boxes),
            max(box.bottom for box in boxes),
        )
        words.append(LayerWord(text, box, body, main.bold, main.italic, main.invisible))
    characters.clear()


def _as_printed(character: _Character, body_px: float, ground: float) -> str:
    """A small raised figure beside larger letters is the mark of a footnote: written as a superscript."""
    raised = ground - character.baseline > 0.15 * body_px
    small = character.style.size_px < 0.8 * body_px
    if character.text.isdigit() and raised and small:
        return character.text.translate(_SUPERSCRIPTS)
    return character.text

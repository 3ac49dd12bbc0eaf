"""Where the words of a page stand on the paper, as the operators of an invisible text."""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pipeline.document import Block, Line, Page, Word
from pipeline.searchable.font import ASCENT, DESCENT, UNITS, InvisibleFont

__all__ = ["Frame", "text_layer"]

Matrix = NDArray[np.float64]
_OWN_BAND_SHARE = 0.5
_LEAST_SIZE_PT = 1.0
_LEAST_WIDTH_PT = 0.05
_UPSIDE_DOWN = 180


@dataclass(frozen=True, slots=True)
class Frame:
    """A page's paper in the file's own coordinates: its visible box in points, and its turn.

    Attributes:
        left, bottom, right, top: the box that is seen, before the page is turned.
        rotation_deg: quarter turns, clockwise, by which the file has it shown.
    """

    left: float
    bottom: float
    right: float
    top: float
    rotation_deg: int = 0

    def from_scan(self, width_px: float, height_px: float) -> Matrix:
        """The matrix (3, 3) from pixels of the scan, as the page is looked at, to the file's points."""
        across, down = self.right - self.left, self.top - self.bottom
        if self.rotation_deg in (90, 270):
            across, down = down, across
        shown = np.diag([across / max(width_px, 1e-6), down / max(height_px, 1e-6), 1.0])
        turned = {
            90: [[0.0, 1.0, self.left], [1.0, 0.0, self.bottom], [0.0, 0.0, 1.0]],
            180: [[-1.0, 0.0, self.right], [0.0, 1.0, self.bottom], [0.0, 0.0, 1.0]],
            270: [[0.0, -1.0, self.right], [-1.0, 0.0, self.top], [0.0, 0.0, 1.0]],
        }
        unturned = [[1.0, 0.0, self.left], [0.0, -1.0, self.top], [0.0, 0.0, 1.0]]
        return np.asarray(np.array(turned.get(self.rotation_deg, unturned)) @ shown, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A word where it stood when its page was turned upright and levelled; pixels."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def text_layer(page: Page, frame: Frame, font: InvisibleFont, font_name: str) -> tuple[bytes, int]:
    """Write a page's words as text that nobody sees, in reading order.

    The words of a line share size and baseline, so that a selection runs smoothly over it, and each is stretched to
    the width of its box. Lines of a page that was turned or leaning turn and lean likewise.

    Args:
        page: with words whose boxes are in scan pixels.
        frame: the page in the file that is written.
        font_name: the font's name among the page's resources, with its slash.
    Returns:
        The operators, and how many words they write.
    """
    level = _Levelling(page)
    scale = _points_per_pixel(page, frame)
    to_file = frame.from_scan(page.width_px, page.height_px) @ level.back @ np.diag([1 / scale, -1 / scale, 1.0])
    written: list[str] = []
    count = 0
    for line in _lines(page):
        marks = level.marks(line)
        if marks:
            count += len(marks)
            operators = _whole_line_operators if page.rotation_deg % 360 == _UPSIDE_DOWN else _line_operators
            written += operators(marks, scale, font, font_name)
    if not written:
        return b"", 0
    (a, c, e), (b, d, f) = to_file[0], to_file[1]
    head = f"q {a:.6f} {b:.6f} {c:.6f} {d:.6f} {e:.4f} {f:.4f} cm BT 3 Tr"
    return "\n".join([head, *written, "ET Q"]).encode("ascii"), count


class _Levelling:
    """From pixels of the scan to those of the page turned upright with its lines level, and back."""

    def __init__(self, page: Page) -> None:
        width, height = float(page.width_px), float(page.height_px)
        turns = {
            90: [[0.0, -1.0, height], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
            180: [[-1.0, 0.0, width], [0.0, -1.0, height], [0.0, 0.0, 1.0]],
            270: [[0.0, 1.0, 0.0], [-1.0, 0.0, width], [0.0, 0.0, 1.0]],
        }
        self._quarter = page.rotation_deg % 180 == 90
        angle = math.radians(page.skew_deg)
        self._cos, self._sin = math.cos(angle), math.sin(angle)
        level = np.array([[self._cos, -self._sin, 0.0], [self._sin, self._cos, 0.0], [0.0, 0.0, 1.0]])
        self._forth = level @ np.array(turns.get(page.rotation_deg % 360, np.eye(3)))
        self.back = np.asarray(np.linalg.inv(self._forth), dtype=np.float64)

    def marks(self, words: Sequence[Word]) -> list[_Mark]:
        """The words of a line that say something and have a place."""
        marks: list[_Mark] = []
        gained = 0.0  # letters that the last word has taken up from words after it
        for word in words:
            mark = self._mark(word)
            if mark is None:
                continue
            if mark.text:
                marks.append(mark)
                gained = len(mark.text) - len(_read_before(word)) if len(word.readings) > 1 else 0.0
                continue
            read = len(_read_before(word))
            if marks and 0 < read <= 2 * gained and mark.left - marks[-1].right < mark.bottom - mark.top:
                before = marks.pop()
                marks.append(_Mark(before.text, before.left, before.top, max(before.right, mark.right), before.bottom))
                gained -= read
        return marks

    def _mark(self, word: Word) -> _Mark | None:
        box = word.box
        if box is None or box.width <= 0 or box.height <= 0:
            return None
        x, y, _ = self._forth @ (box.left + box.width / 2, box.top + box.height / 2, 1.0)
        width, height = (box.height, box.width) if self._quarter else (box.width, box.height)
        # A leaning word's box is the upright one around it; its own sides follow from those.
        cos, sin = self._cos, abs(self._sin)
        if sin > 0:
            double = max(cos * cos - sin * sin, 0.1)
            own_width, own_height = (width * cos - height * sin) / double, (height * cos - width * sin) / double
            width, height = max(own_width, 0.2 * width), max(own_height, 0.2 * height)
        return _Mark(_written(word.text), x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _written(text: str) -> str:
    """The text as it is written: NFC, single spaces, no control characters."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cs"))


def _read_before(word: Word) -> str:
    """What a word said before its last reading."""
    return next((reading.text for reading in reversed(word.readings[:-1]) if reading.text), "")


def _lines(page: Page) -> Iterator[list[Word]]:
    """Words line by line in reading order, those that stand in no block at the end."""
    words = page.words_by_id()
    for block in page.blocks:
        for line in _block_lines(block):
            found = [words.pop(id_) for id_ in line.word_ids if id_ in words]
            if found:
                yield found
    line_left: list[Word] = []
    for word in words.values():
        if line_left and not _follows(line_left[-1], word):
            yield line_left
            line_left = []
        line_left.append(word)
    if line_left:
        yield line_left


def _block_lines(block: Block) -> Iterator[Line]:
    if block.kind == "table" and block.cells:
        for cell in sorted(block.cells, key=lambda cell: (cell.row, cell.column)):
            yield from cell.lines
    else:
        yield from block.lines


def _follows(before: Word, after: Word) -> bool:
    """Whether a word stands to the right of another on the same line, as far as boxes tell."""
    one, other = before.box, after.box
    if one is None or other is None:
        return False
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return other.left >= one.left and shared > 0.5 * min(one.height, other.height)


def _points_per_pixel(page: Page, frame: Frame) -> float:
    area = (frame.right - frame.left) * (frame.top - frame.bottom)
    return float((area / max(page.width_px * page.height_px, 1)) ** 0.5)


def _line_operators(marks: list[_Mark], scale: float, font: InvisibleFont, font_name: str) -> list[str]:
    """A line's operators; coordinates are points of the levelled page, y upwards."""
    band = _band(marks)
    written: list[str] = []
    at_x = at_y = size_now = 0.0
    for index, mark in enumerate(marks):
        x, y, size = _place(mark, band if _within(mark, band) else (mark.top, mark.bottom), scale)
        if size != size_now:
            written.append(f"{font_name} {size:.2f} Tf")
            size_now = size
        written.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm" if index == 0 else f"{x - at_x:.2f} {y - at_y:.2f} Td")
        # What is written is rounded, and steps add up.
        at_x = round(x, 2) if index == 0 else at_x + round(x - at_x, 2)
        at_y = round(y, 2) if index == 0 else at_y + round(y - at_y, 2)
        natural = max(font.width(mark.text), 1) * size / UNITS
        stretch = 100 * max((mark.right - mark.left) * scale, _LEAST_WIDTH_PT) / natural
        # The space after the last word parts lines that a viewer would take for one.
        written.append(f"{stretch:.2f} Tz <{font.encode(mark.text + ' ')}> Tj")
    return written


def _whole_line_operators(marks: list[_Mark], scale: float, font: InvisibleFont, font_name: str) -> list[str]:
    """The same as one text, its words all stretched alike: PDFium sorts texts of a line by where they begin on paper.

    On a page that is upside down it would give the words last to first.
    """
    x, y, size = _place(marks[0], _band(marks), scale)
    natural = max(sum(font.width(mark.text) for mark in marks), 1) * size / UNITS
    stretch = max(sum(mark.right - mark.left for mark in marks) * scale, _LEAST_WIDTH_PT) / natural
    unit = size * stretch / UNITS
    parts = [f"<{font.encode(marks[0].text)}>"]
    at_x = x + font.width(marks[0].text) * unit
    for mark in marks[1:]:
        # Set after the word, the space ends where the next begins.
        back = (at_x + font.width(" ") * unit - mark.left * scale) / unit
        parts.append(f"{back:.0f} <{font.encode(' ')}><{font.encode(mark.text)}>")
        at_x += (font.width(" ") - round(back) + font.width(mark.text)) * unit
    parts.append(f"<{font.encode(' ')}>")
    placed = f"{font_name} {size:.2f} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm"
    return [f"{placed} {100 * stretch:.2f} Tz [{' '.join(parts)}] TJ"]


def _band(marks: list[_Mark]) -> tuple[float, float]:
    """Where the letters of a line begin and end, as most of its words have it."""
    wordy = [mark for mark in marks if any(letter.isalnum() for letter in mark.text)] or marks
    return median(mark.top for mark in wordy), median(mark.bottom for mark in wordy)


def _place(mark: _Mark, band: tuple[float, float], scale: float) -> tuple[float, float, float]:
    """Where a word's baseline begins and the size of its type, in points."""
    top, bottom = band
    size = max((bottom - top) * scale * UNITS / (ASCENT - DESCENT), _LEAST_SIZE_PT)
    return mark.left * scale, -bottom * scale - size * DESCENT / UNITS, size


def _within(mark: _Mark, band: tuple[float, float]) -> bool:
    """Whether a word stands on its line, and not above it like a stamp's figure."""
    top, bottom = band
    shared = min(mark.bottom, bottom) - max(mark.top, top)
    return shared >= _OWN_BAND_SHARE * min(mark.bottom - mark.top, max(bottom - top, 1e-6))

"""Read the signer's lines again where a seal or a signature runs through them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.document import Box
from pipeline.engines.crops import read_crops
from pipeline.engines.ink import find_ink
from pipeline.engines.tesseract import ReadWord, Tesseract
from pipeline.stage import Pixels

__all__ = ["Seal", "erase_rings", "find_seals", "read_overprinted"]

_SEAL_RADII_IN = (0.45, 0.95)
_RING_EDGES_PX = (-1.0, 0.0, 1.0)
_SAME_WORD = 0.7
_RING_SHARE = 0.55
_MOST_CIRCLES = 4
_MARKS_IN = 0.055
_WORD_GAP_IN = 0.1
_CUT_OFF_IN = 0.05
_LETTER_IN = (0.05, 0.26)
_WIDEST_LETTERS_IN = 1.2
_ROW_OVERLAP = 0.4
_GAP_IN = 0.3
_FEWEST_LETTERS = 4
_AREA_LEFT = 0.42
_AREA_RIGHT = 0.985
_ABOVE_HEAD_IN = 0.25
_BELOW_HEAD_IN = 3.6
_READ_WELL = 0.8
_SURE = 0.6
_SURE_SHARE = 0.5
_LEAST = 0.15
_DASHES = ("-", "–")
_SPECKS = "`´'‘’\"“”°^~_|›‹»«<>,;:=*•·…—–- "
_LINE_HEIGHT_PX = 48.0
_BLOCK = 10_000
_HEAD_FIRST = frozenset({"nơi", "noi", "nời"})
_HEAD_SECOND = frozenset({"nhận", "nhân", "nhan"})


@dataclass(frozen=True, slots=True)
class Seal:
    """A round seal: the middle, the radius and the thickness of its outer ring, in pixels."""

    x: float
    y: float
    radius_px: float
    ring_px: float


def read_overprinted(
    engine: Tesseract, pixels: Pixels, read: Sequence[ReadWord], *, dpi: float
) -> tuple[list[ReadWord], int]:
    """Read the lines right of the recipients again where they hold letters but no sure words.

    Rings of seals and strokes much larger than letters are taken off first, and what stands within a seal alone is
    not read: only lines of letters that reach beyond it.

    Args:
        engine: the reader; it is started once more at most.
        pixels: uint8 grey, (height, width), 0 = ink, 255 = paper.
        read: the words of the first reading.
        dpi: the picture's resolution.
    Returns:
        The words, those of a line that was read better instead of the first ones and without what was read within
        seals, and how many lines were read better.
    Raises:
        EngineError: as for `Tesseract.read`.

    Not done: names stamped in coloured script, which the engine reads nothing of; pages without the recipients' head.
    """
    area = _signers_area(pixels, read, dpi)
    if area is None:
        return list(read), 0
    left, top = int(area.left), int(area.top)
    piece = pixels[top : int(area.bottom), left : int(area.right)]
    here = [_moved(word, -left, -top) for word in read]
    seals = find_seals(piece, dpi)
    versions = [erase_rings(piece, seals, edge_px) for edge_px in (_RING_EDGES_PX if seals else _RING_EDGES_PX[:1])]
    whole = _rows(versions[-1], seals, dpi)
    words = [
        word
        for word, moved in zip(read, here, strict=True)
        if not any(_is_within(moved.box, seal) for seal in seals) or any(_is_on(moved, row) for row in whole)
    ]
    rows = [row for row in whole if not _is_read(row, here)]
    answers = _read_versions(engine, versions, rows, dpi) if rows else []
    mended = 0
    for number, (row, answer) in enumerate(zip(rows, answers, strict=True)):
        found = [_moved(word, left, top) for word in answer]
        old = [word for word, moved in zip(read, here, strict=True) if _is_on(moved, row)]
        found = [max((word, *_same(word, [old])), key=lambda one: one.confidence) for word in found]
        if not _is_sure(found) or _worth(found) <= _worth(old):
            continue
        mended += 1
        words = [word for word in words if word not in old]
        words.extend(replace(word, line=(_BLOCK, 1, number), overprinted=True) for word in found)
    return words, mended


def _read_versions(
    engine: Tesseract, versions: Sequence[Pixels], rows: Sequence[Box], dpi: float
) -> list[list[ReadWord]]:
    """What each row says in the version that is read best, every word as the version surest of it has it."""
    height = versions[0].shape[0]
    boxes = [_lowered(row, height * index) for row in rows for index in range(len(versions))]
    answers = read_crops(engine, np.vstack(versions), boxes, dpi=dpi, height_px=_LINE_HEIGHT_PX)
    found: list[list[ReadWord]] = []
    for first in range(0, len(boxes), len(versions)):
        row = [
            _words([_moved(word, 0.0, -float(height * index)) for word in answers[first + index]])
            for index in range(len(versions))
        ]
        best = max(row, key=_worth)
        found.append([max((word, *_same(word, row)), key=lambda one: one.confidence) for word in best])
    return found


def _same(word: ReadWord, versions: Sequence[Sequence[ReadWord]]) -> list[ReadWord]:
    """The words that other readings of the row have at the same place."""
    found = []
    for version in versions:
        for other in version:
            shared = min(word.box.right, other.box.right) - max(word.box.left, other.box.left)
            if shared >= _SAME_WORD * max(word.box.width, other.box.width):
                found.append(other)
    return found


def _lowered(box: Box, down: float) -> Box:
    return Box(box.left, box.top + down, box.right, box.bottom + down)


# --- where -----------------------------------------------------------------------------------------------------------


def _signers_area(pixels: Pixels, read: Sequence[ReadWord], dpi: float) -> Box | None:
    """The part of the page right of the recipients' head, or None where no such head was read."""
    height, width = pixels.shape
    for first, second in pairwise(read):
        is_head = first.text.lower() in _HEAD_FIRST and second.text.lower().rstrip(":.;,") in _HEAD_SECOND
        if is_head and first.box.left < width / 2:
            top = max(first.box.top - _ABOVE_HEAD_IN * dpi, 0.0)
            bottom = min(first.box.bottom + _BELOW_HEAD_IN * dpi, height)
            return Box(_AREA_LEFT * width, top, _AREA_RIGHT * width, bottom)
    return None


def find_seals(pixels: Pixels, dpi: float) -> list[Seal]:
    """Find the outer rings of round seals.

    Args:
        pixels: uint8 grey, (height, width), 0 = ink, 255 = paper.
        dpi: its resolution; seals are about 36 mm wide.
    Returns:
        Those whose ring has ink most of the way round.
    Source:
        The circular Hough transform by gradients (Yuen et al., 1990), of OpenCV; then the circle of least squares.
    """
    least, most = (round(radius * dpi) for radius in _SEAL_RADII_IN)
    if min(pixels.shape) < 2 * least:
        return []
    circles = cv2.HoughCircles(
        cv2.GaussianBlur(pixels, (5, 5), 0),
        cv2.HOUGH_GRADIENT,
        1.0,
        minDist=least,
        param1=100,
        param2=40,
        minRadius=least,
        maxRadius=most,
    )
    if circles is None:
        return []
    ink = find_ink(pixels)
    seals = [Seal(float(x), float(y), float(radius), 1.0) for x, y, radius in np.reshape(circles, (-1, 3)).tolist()]
    fitted = (_fitted(ink, seal, dpi) for seal in seals[:_MOST_CIRCLES])
    return [seal for seal in fitted if seal is not None]


def _fitted(ink: Pixels, seal: Seal, dpi: float) -> Seal | None:
    """The circle through the outermost ink near it in every direction, or None where there is not enough."""
    for slack_in in (0.1, 0.05, 0.03):
        steps = round(2 * np.pi * seal.radius_px)
        angles = np.arange(steps) * (2 * np.pi / steps)
        first = max(seal.radius_px - slack_in * dpi, 1.0)
        distances = np.arange(first, seal.radius_px + slack_in * dpi)
        x = np.rint(seal.x + np.outer(np.cos(angles), distances)).astype(int)
        y = np.rint(seal.y + np.outer(np.sin(angles), distances)).astype(int)
        inside = (x >= 0) & (y >= 0) & (x < ink.shape[1]) & (y < ink.shape[0])
        marked = inside & (ink[np.clip(y, 0, ink.shape[0] - 1), np.clip(x, 0, ink.shape[1] - 1)] > 0)
        rows = np.nonzero(marked.any(axis=1))[0]
        if len(rows) < _RING_SHARE * steps:
            return None
        # The column where most directions have ink is the ring; its middle is what a circle is laid through.
        ring = int(np.argmax(cv2.blur(marked.mean(axis=0)[None, :].astype(np.float32), (5, 1))[0]))
        nearest = np.abs(np.arange(len(distances)) - ring)[None, :] + np.where(marked, 0, len(distances) * 2)
        columns = nearest[rows].argmin(axis=1)
        points_x = seal.x + np.cos(angles[rows]) * distances[columns]
        points_y = seal.y + np.sin(angles[rows]) * distances[columns]
        system = np.column_stack((2 * points_x, 2 * points_y, np.ones(len(rows))))
        middle_x, middle_y, rest = np.linalg.lstsq(system, points_x**2 + points_y**2, rcond=None)[0]
        radius = float(np.sqrt(max(rest + middle_x**2 + middle_y**2, 1.0)))
        seal = Seal(float(middle_x), float(middle_y), radius, _thickness(marked[rows], columns))
    return seal if _SEAL_RADII_IN[0] * dpi < seal.radius_px < _SEAL_RADII_IN[1] * dpi else None


def _thickness(marked: NDArray[np.bool_], columns: NDArray[np.intp]) -> float:
    """The usual length of the stretch of ink that each row's column is in."""
    places = np.arange(marked.shape[1])[None, :]
    after = np.where(~marked & (places > columns[:, None]), places, marked.shape[1]).min(axis=1)
    before = np.where(~marked & (places < columns[:, None]), places, -1).max(axis=1)
    return float(np.median(after - before - 1))


def erase_rings(pixels: Pixels, seals: Sequence[Seal], edge_px: float = 1.0) -> Pixels:
    """Whiten the rings of seals but leave the strokes that cross them.

    Args:
        pixels: uint8 grey, (height, width), 0 = ink, 255 = paper.
        seals: the seals on it.
        edge_px: what is taken off beyond a ring's thickness on either side.
    Returns:
        The picture, same shape.
    """
    ink = find_ink(pixels)
    for seal in seals:
        pixels = np.where(_ring(ink, seal, edge_px), np.uint8(255), pixels)
    return pixels


def _ring(ink: Pixels, seal: Seal, edge_px: float) -> NDArray[np.bool_]:
    height, width = ink.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across, down = x - np.float32(seal.x), y - np.float32(seal.y)
    distance = np.sqrt(across**2 + down**2)
    thick = max(seal.ring_px / 2 + edge_px, 1.0)
    near = np.abs(distance - seal.radius_px) <= thick
    crossing = np.ones_like(near)
    for beyond in (-thick - 1.5, thick + 1.5):
        factor = (seal.radius_px + beyond) / np.maximum(distance, 1.0)
        beside = cv2.remap(
            ink,
            np.asarray(seal.x + across * factor, np.float32),
            np.asarray(seal.y + down * factor, np.float32),
            cv2.INTER_NEAREST,
        )
        crossing &= beside > 0
    return np.asarray(near & ~crossing, np.bool_)


# --- rows of letters -------------------------------------------------------------------------------------------------


def _rows(pixels: Pixels, seals: Sequence[Seal], dpi: float) -> list[Box]:
    """The rows of letters that reach beyond the seals and are whole."""
    ink = find_ink(pixels)
    boxes = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:]
    heights, widths = boxes[:, cv2.CC_STAT_HEIGHT], boxes[:, cv2.CC_STAT_WIDTH]
    is_letter = (heights >= _LETTER_IN[0] * dpi) & (heights <= _LETTER_IN[1] * dpi)
    is_letter &= widths <= _WIDEST_LETTERS_IN * dpi
    letters = [Box(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h in boxes[is_letter, :4].tolist()]
    outside = [letter for letter in letters if not any(_is_within(letter, seal) for seal in seals)]
    rows: list[list[Box]] = []
    for letter in sorted(outside, key=lambda box: box.left):
        near = [row for row in rows if _emptiness(ink, row, letter) <= _GAP_IN * dpi]
        best = max(near, key=lambda row: _shared(row, letter), default=None)
        if best is None or _shared(best, letter) < _ROW_OVERLAP:
            rows.append([letter])
        else:
            best.append(letter)
    found = [_widened(_around(row, dpi), ink, dpi) for row in rows if len(row) >= _FEWEST_LETTERS]
    return [row for row in found if row.left > _CUT_OFF_IN * dpi and row.top > 0]


def _shared(row: Sequence[Box], letter: Box) -> float:
    last = row[-4:]
    top = float(np.median([box.top for box in last]))
    bottom = float(np.median([box.bottom for box in last]))
    return (min(bottom, letter.bottom) - max(top, letter.top)) / max(min(bottom - top, letter.height), 1.0)


def _emptiness(ink: Pixels, row: Sequence[Box], letter: Box) -> float:
    """The longest stretch without any ink between a row and a letter right of it."""
    left, right = int(row[-1].right), int(letter.left)
    if right <= left:
        return 0.0
    marked = ink[int(letter.top) : int(letter.bottom) + 1, left:right].any(axis=0)
    edges = np.concatenate(([-1], np.nonzero(marked)[0], [right - left]))
    return float(np.diff(edges).max() - 1)


def _around(row: Sequence[Box], dpi: float) -> Box:
    top, bottom = np.median([box.top for box in row]), np.median([box.bottom for box in row])
    marks = _MARKS_IN * dpi
    return Box(row[0].left, float(top) - marks, max(box.right for box in row), float(bottom) + marks)


def _widened(row: Box, ink: Pixels, dpi: float) -> Box:
    """The row with the letters at its ends that hang together with a seal or a signature."""
    marks = _MARKS_IN * dpi
    band = ink[max(int(row.top + marks), 0) : int(row.bottom - marks)]
    step = round(_WORD_GAP_IN * dpi)
    left, right = int(row.left), int(row.right)
    while (nearer := np.nonzero(band[:, max(left - step, 0) : left].any(axis=0))[0]).size:
        left = max(left - step, 0) + int(nearer[0])
    while (nearer := np.nonzero(band[:, right : right + step].any(axis=0))[0]).size:
        right += int(nearer[-1]) + 1
    return Box(left - 3.0, row.top, right + 3.0, row.bottom)


def _is_within(box: Box, seal: Seal) -> bool:
    corners = ((box.left, box.top), (box.right, box.top), (box.left, box.bottom), (box.right, box.bottom))
    return all(np.hypot(x - seal.x, y - seal.y) <= seal.radius_px + 2 for x, y in corners)


# --- which reading ---------------------------------------------------------------------------------------------------


def _is_read(row: Box, read: Sequence[ReadWord]) -> bool:
    """Whether sure words cover the row."""
    sure = [word for word in read if _is_on(word, row) and word.confidence >= _READ_WELL]
    covered = sum(min(word.box.right, row.right) - max(word.box.left, row.left) for word in sure)
    return covered >= 0.75 * row.width


def _is_on(word: ReadWord, row: Box) -> bool:
    x, y = (word.box.left + word.box.right) / 2, (word.box.top + word.box.bottom) / 2
    return row.left <= x <= row.right and row.top <= y <= row.bottom


def _words(answer: Sequence[ReadWord]) -> list[ReadWord]:
    """The words of a row, bare of the specks that remains of a ring make; dashes between words stay."""
    bare = [
        word if word.text in _DASHES else replace(word, text=word.text.strip(_SPECKS).lstrip("."))
        for word in answer
        if word.confidence >= _LEAST
    ]
    words = [word for word in bare if word.text in _DASHES or _letters(word) > 1 or _is_short_form(word)]
    while words and words[-1].text in _DASHES:
        words.pop()
    while words and words[0].text in _DASHES:
        words.pop(0)
    return words


def _is_short_form(word: ReadWord) -> bool:
    return _letters(word) == 1 and word.text.endswith(".")


def _is_sure(words: Sequence[ReadWord]) -> bool:
    """Whether at least half of its letters were read well, so that it is print and no pen stroke."""
    sure = sum(_letters(word) for word in words if word.confidence >= _SURE)
    return sure >= max(_SURE_SHARE * sum(map(_letters, words)), _FEWEST_LETTERS)


def _worth(words: Sequence[ReadWord]) -> float:
    return sum(word.confidence * _letters(word) for word in words if _letters(word) > 1)


def _letters(word: ReadWord) -> int:
    return sum(unicodedata.category(character) in {"Lu", "Ll"} for character in word.text)


def _moved(word: ReadWord, across: float, down: float) -> ReadWord:
    box = word.box
    return replace(word, box=Box(box.left + across, box.top + down, box.right + across, box.bottom + down))

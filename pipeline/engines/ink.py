"""Paper, print and coloured ink of a page, told apart by OpenCV."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.engines.shrinking import shrink
from pipeline.stage import Pixels

__all__ = [
    "Inks",
    "Paper",
    "even_light",
    "find_ink",
    "has_colour",
    "measure_paper",
    "separate_inks",
    "take_off_ghosts",
    "take_off_specks",
    "whiten_border",
]

_CHROMA = 20
_HINT_OF_CHROMA = 16
_HINT_SHARE = 0.00005
_INK_LEVEL_PERCENTILE = 25
_LOWEST_INK_LEVEL = 140.0
_AROUND_PX = 21
_DARKEST_INK = 110
_SMALLEST_STROKE_PX = 40
_PAPER_SCALE = 8
_INK = 0.72
_FAINTEST = 0.12
_SMALLEST_GHOST_PX = 6
_GAP_RANGE = (0.2, 0.7)
_GAP_WIDTH = 0.14
_MOST_IN_GAP = 0.008
_LEAST_GHOST = 0.03
_LEAST_PRINT = 0.15
_REACH_OF_LETTERS_PX = 7
_SPECK_IN = 0.02
_SPECK_AREA_IN = 0.00026
_LETTER_IN = (0.06, 0.25)
_FEWEST_SPECKS = 500
_SPECKS_A_LETTER = 0.4
_LEAST_SPECK_DPI = 180.0
_SPECK_CELL_IN = 0.25
_EVENLY = 0.8
_SAMPLE = 6
_DARK_BORDER = 70
_BORDER_SCALE = 4


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper of a page.

    Attributes:
        colour: its blue, green and red, 0 to 255.
        unevenness: the part of its light that is lost from the brightest to the darkest places, 0 to 1.
    """

    colour: tuple[float, float, float]
    unevenness: float


@dataclass(frozen=True, slots=True)
class Inks:
    """A page with its coloured ink taken off.

    Attributes:
        grey: uint8 (height, width), coloured ink whitened where that was asked for.
        red_share, blue_share: the part of the page that such ink covers, 0 to 1.
    """

    grey: Pixels
    red_share: float
    blue_share: float


def measure_paper(pixels: Pixels) -> Paper:
    """Measure the paper under the print.

    Args:
        pixels: uint8, grey (height, width) or blue-green-red (height, width, 3).
    Returns:
        Its colour and how unevenly it is lit, dark borders left out.
    """
    ground = _ground(pixels)
    colour = ground.reshape(-1, ground.shape[2]).astype(np.float64) if ground.ndim == 3 else ground.reshape(-1, 1)
    light = colour.mean(axis=1)
    page = light > _DARK_BORDER
    if not page.any():
        return Paper((255.0, 255.0, 255.0), 0.0)
    dark, bright = np.percentile(light[page], (5, 95))
    middle = np.median(colour[page], axis=0)
    blue, green, red = (float(value) for value in (middle if len(middle) == 3 else np.repeat(middle, 3)))
    return Paper((blue, green, red), float((bright - dark) / max(bright, 1.0)))


def has_colour(pixels: Pixels) -> bool:
    """Whether there may be coloured ink on a page: a small picture of it is looked through, with a lower bar.

    Args:
        pixels: uint8 (height, width, 3), blue-green-red, at about 100 dpi.
    """
    blue, green, red = (cv2.blur(channel, (3, 3)) for channel in _on_white(pixels, measure_paper(pixels)))
    chroma = cv2.max(cv2.subtract(red, cv2.max(blue, green)), cv2.subtract(blue, red))
    return cv2.countNonZero(cv2.inRange(chroma, _HINT_OF_CHROMA, 255)) > _HINT_SHARE * chroma.size


def _on_white(pixels: Pixels, paper: Paper) -> tuple[Pixels, Pixels, Pixels]:
    """The channels of a picture as they would be if its paper were white."""
    blue, green, red = (
        np.asarray(cv2.convertScaleAbs(channel, alpha=255.0 / max(value, 80.0)), np.uint8)
        for channel, value in zip(cv2.split(pixels), paper.colour, strict=True)
    )
    return blue, green, red


def separate_inks(pixels: Pixels, paper: Paper, *, keep_blue_above: float) -> Inks:
    """Take red and blue ink off a page, so that seals and signatures do not run through the print.

    Args:
        pixels: uint8 (height, width, 3), blue-green-red.
        paper: its paper; colours are judged against it.
        keep_blue_above: blue ink in that upper part of the page stays, 0 to 1: numbers and days are written in there.
    Returns:
        The page in grey. Black print under coloured ink stays, because it is dark in every channel.
    """
    blue, green, red = _on_white(pixels, paper)
    grey = np.asarray(cv2.cvtColor(cv2.merge((blue, green, red)), cv2.COLOR_BGR2GRAY), np.uint8)
    # Scanners and compression put coloured fringes around black letters: over a few pixels they cancel out, and
    # what is left of them has black beside it everywhere, which a seal or a pen has not.
    soft_blue, soft_green, soft_red = (cv2.blur(channel, (3, 3)) for channel in (blue, green, red))
    brightest = cv2.max(cv2.max(blue, green), red)
    away_from_black = cv2.inRange(cv2.erode(brightest, np.ones((5, 5), np.uint8)), _DARKEST_INK + 1, 255)
    core = np.asarray(away_from_black, np.uint8)
    is_red = _large(cv2.subtract(soft_red, cv2.max(soft_blue, soft_green)), soft_red, core)
    is_blue = _large(cv2.subtract(soft_blue, soft_red), soft_blue, core)
    red_share, blue_share = (cv2.countNonZero(ink) / ink.size for ink in (is_red, is_blue))
    is_blue[: round(keep_blue_above * is_blue.shape[0])] = 0
    cleaned = _take_off(_take_off(grey, red, is_red), blue, is_blue)
    return Inks(cleaned, red_share, blue_share)


def _large(chroma: cv2.typing.MatLike, channel: cv2.typing.MatLike, core: Pixels) -> Pixels:
    """Where there is coloured ink in pieces larger than a speck, 1 or 0."""
    coloured = cv2.bitwise_and(cv2.inRange(chroma, _CHROMA + 1, 255), cv2.inRange(channel, _DARKEST_INK + 1, 255))
    inner = _places(cv2.bitwise_and(coloured, core))
    large = np.zeros(coloured.shape, np.uint8)
    if len(inner) < _SMALLEST_STROKE_PX:
        return large
    count, found = cv2.connectedComponents(coloured, connectivity=8)
    labels = found.ravel()
    # Little of a page is coloured, so the rest is not looked at.
    places = _places(coloured)
    large.ravel()[places] = (np.bincount(labels[inner], minlength=count) >= _SMALLEST_STROKE_PX)[labels[places]]
    return large


def _places(mask: cv2.typing.MatLike) -> NDArray[np.intp]:
    """Indices of what is not 0 in the flattened mask; numpy finds them far more quickly among truth values."""
    return np.flatnonzero(mask > 0)


def _take_off(grey: Pixels, channel: Pixels, is_ink: Pixels) -> Pixels:
    """The page seen through a filter of the ink's colour, where there is such ink, brought up to paper white."""
    if not is_ink.any():
        return grey
    # The edge of a stroke has less colour than its middle, so the neighbourhood counts.
    around = cv2.dilate(is_ink, np.ones((_AROUND_PX, _AROUND_PX), np.uint8))
    level = max(float(np.percentile(channel.ravel()[_places(is_ink)], _INK_LEVEL_PERCENTILE)), _LOWEST_INK_LEVEL)
    filtered = cv2.convertScaleAbs(channel, alpha=255.0 / level)
    return np.asarray(cv2.copyTo(cv2.max(filtered, grey), around, grey.copy()), np.uint8)


def even_light(grey: Pixels) -> Pixels:
    """Divide a page by its paper, so that shadows and yellowed paper turn white."""
    ground = cv2.resize(_ground(grey), (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, np.maximum(ground, 1), scale=250.0), np.uint8)


def take_off_ghosts(grey: Pixels) -> tuple[Pixels, float]:
    """Whiten print that shines through from the other side, where it stands clearly apart from the page's own print.

    Args:
        grey: uint8 (height, width).
    Returns:
        The page, and the part of its ink that was whitened, 0 to 1; 0 where no clear gap parts faint from strong pieces
        of ink. What stands close to the page's own letters stays.
    """
    ground = cv2.resize(_ground(grey), (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    contrast = cv2.bitwise_not(cv2.divide(grey, np.maximum(ground, 1), scale=255.0))
    ink = (contrast > _FAINTEST * 255).astype(np.uint8)
    count, found = cv2.connectedComponents(ink, connectivity=8)
    labels = np.asarray(found, np.int32)
    inked = _places(ink)
    of_piece, of_contrast = labels.ravel()[inked], contrast.ravel()[inked]
    strongest = np.zeros(count, np.uint8)
    np.maximum.at(strongest, of_piece, of_contrast)
    sizes = np.bincount(of_piece, minlength=count)
    sizes[sizes < _SMALLEST_GHOST_PX] = 0
    level = _gap(np.bincount(strongest, weights=sizes, minlength=256).astype(np.float64))
    if level is None:
        return grey, 0.0
    ghosts = strongest < level
    ghosts[0] = False
    share = float(sizes[ghosts].sum() / max(sizes.sum(), 1))
    # A ghost that runs into a letter is one piece with it, so what is faint goes unless strong ink is near.
    strong = ((contrast >= level) & ~ghosts[labels]).astype(np.uint8)
    letters = cv2.dilate(strong, np.ones((_REACH_OF_LETTERS_PX, _REACH_OF_LETTERS_PX), np.uint8))
    return np.where(letters > 0, grey, cv2.max(grey, ground)), share


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The pieces of ink of a page: how many are specks and letters, which are specks, how evenly these are strewn."""

    specks: int
    letters: int
    labels: NDArray[np.int32]
    is_speck: NDArray[np.bool_]
    evenness: float


def take_off_specks(pixels: Pixels, dpi: float) -> tuple[Pixels, int]:
    """Whiten dust, where so much is strewn so evenly over a page that it cannot be its dots and marks.

    Args:
        pixels: uint8, grey (height, width) or blue-green-red (height, width, 3).
        dpi: its resolution; below 180 a letter's dot is no larger than dust, and all stays.
    Returns:
        The page, and how many specks were whitened; 0 where there are few, or where they gather in lines as the crumbs
        of faded print do.
    """
    height = pixels.shape[0]
    if dpi < _LEAST_SPECK_DPI or min(height // _SAMPLE, pixels.shape[1]) < 2 * _PAPER_SCALE:
        return pixels, 0
    # A band across its middle tells whether it is worth looking at all of it.
    band = pixels[height // 2 - height // (2 * _SAMPLE) : height // 2 + height // (2 * _SAMPLE)]
    if _pieces(band, dpi).specks * _SAMPLE < _FEWEST_SPECKS:
        return pixels, 0
    pieces = _pieces(pixels, dpi)
    few = pieces.specks < max(_FEWEST_SPECKS, _SPECKS_A_LETTER * pieces.letters)
    if few or pieces.evenness < _EVENLY:
        return pixels, 0
    specks = pieces.is_speck[pieces.labels].astype(np.uint8)
    others = ((pieces.labels > 0) & (specks == 0)).astype(np.uint8)
    rim = np.ones((3, 3), np.uint8)
    dust = (specks > 0) | ((cv2.dilate(specks, rim) > 0) & (cv2.dilate(others, rim) == 0))
    ground = cv2.resize(_ground(pixels), (pixels.shape[1], height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.where(dust[..., None] if pixels.ndim == 3 else dust, ground, pixels), np.uint8), pieces.specks


def _pieces(pixels: Pixels, dpi: float) -> _Pieces:
    grey = pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    _, labels, boxes, middles = cv2.connectedComponentsWithStats(find_ink(grey), connectivity=8)
    across, down = boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]
    small = (np.maximum(across, down) <= _SPECK_IN * dpi) & (boxes[:, cv2.CC_STAT_AREA] <= _SPECK_AREA_IN * dpi**2)
    small[0] = False
    letters = int(((down >= _LETTER_IN[0] * dpi) & (down <= _LETTER_IN[1] * dpi)).sum())
    specks = int(small.sum())
    # Dust lies in the margins too: as many cells of the page hold some as chance would have it.
    rows, columns = (max(int(length / (_SPECK_CELL_IN * dpi)), 1) for length in grey.shape)
    x, y = middles[small].T
    held = np.unique((y * rows / grey.shape[0]).astype(int) * columns + (x * columns / grey.shape[1]).astype(int)).size
    expected = rows * columns * (1.0 - np.exp(-specks / (rows * columns)))
    return _Pieces(specks, letters, np.asarray(labels, np.int32), small, float(held / max(expected, 1.0)))


def _gap(weights: NDArray[np.float64]) -> int | None:
    """The contrast between faint and strong ink, 0 to 255, or None where one goes over into the other."""
    share = np.cumsum(weights) / max(float(weights.sum()), 1.0)
    width = round(_GAP_WIDTH * 255)
    starts = np.arange(round(_GAP_RANGE[0] * 255), round(_GAP_RANGE[1] * 255) - width)
    between = share[starts + width] - share[starts]
    best = int(np.argmin(between))
    below, above = float(share[starts[best]]), 1.0 - float(share[starts[best] + width])
    clear = between[best] < _MOST_IN_GAP and below > _LEAST_GHOST and above > _LEAST_PRINT
    return int(starts[best] + width // 2) if clear else None


def find_ink(grey: Pixels, share: float = _INK) -> Pixels:
    """Where ink is: darker than that share of the paper around it.

    Args:
        grey: uint8 (height, width).
        share: of the paper's light, 0 to 1.
    Returns:
        uint8 (height, width), 255 = ink, 0 = paper.
    """
    ground = cv2.resize(_ground(grey), (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.compare(grey, cv2.convertScaleAbs(ground, alpha=share), cv2.CMP_LT), np.uint8)


def whiten_border(grey: Pixels) -> tuple[Pixels, float]:
    """Whiten what is dark from the edge inwards: the scanner's bed around the paper.

    Args:
        grey: uint8 (height, width).
    Returns:
        The page, and the part of it that was whitened, 0 to 1.
    """
    small = shrink(grey, 1.0 / _BORDER_SCALE)
    dark = cv2.morphologyEx((small < _DARK_BORDER).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    height, width = small.shape
    touching = [
        index
        for index, (left, top, across, down, _) in enumerate(boxes.tolist())
        if index and (left <= 1 or top <= 1 or left + across >= width - 1 or top + down >= height - 1)
    ]
    if not touching:
        return grey, 0.0
    border = cv2.dilate(np.isin(labels, touching).astype(np.uint8), np.ones((5, 5), np.uint8))
    mask = cv2.resize(border, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_NEAREST)
    return np.where(mask > 0, np.uint8(255), grey), float(border.mean())


def _ground(pixels: Pixels) -> Pixels:
    """The paper without its print, at an eighth of the size."""
    small = shrink(pixels, 1.0 / _PAPER_SCALE)
    return np.asarray(cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 11), np.uint8)

"""The noise that makes bad scans of good pages: what paper, copiers, scanners and cameras do, by a seed.

Each step is a function of one picture; ``spoil_page`` applies those that a recipe asks for, in the order in which
they happen to a sheet: ink on paper, paper on glass, light, optics, sensor, binarisation.
"""

from __future__ import annotations

from typing import Any, Literal

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image

from corpus.office_marks import draw_arrival_stamp

Pixels = npt.NDArray[np.uint8]
Mode = Literal["colour", "grey", "bilevel"]


class ArrivalStamp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The stamp of the office that received the document, on its first page; place as shares of the page."""

    office: str
    number: str
    date: str
    x: float = 0.1
    y: float = 0.2

    @property
    def gold_line(self) -> str:
        """The stamp as the gold text writes it."""
        return f"[stamp] {self.office} ĐẾN Số: {self.number} Ngày: {self.date}"


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the scan of one document goes wrong.

    ``max_skew_deg`` bounds each page's random skew; ``blur_px``, ``noise`` (standard deviation, grey levels) and
    ``speckle`` (share of pixels) are of the finished scan; ``fade``, ``bleed``, ``shadow`` and ``paper`` run from 0,
    not at all, to 1. ``turned_deg`` turns single pages by number, clockwise; ``blank_after`` puts an empty back
    behind them.
    """

    seed: int
    dpi: int = 200
    mode: Mode = "grey"
    jpeg_quality: int = 50
    max_skew_deg: float = 0.6
    blur_px: float = 0.6
    noise: float = 4.0
    speckle: float = 0.0
    fade: float = 0.0
    bleed: float = 0.0
    shadow: float = 0.0
    paper: float = 0.0
    photographed: bool = False
    copied: int = 0
    arrival_stamp: ArrivalStamp | None = None
    turned_deg: dict[int, int] = {}
    blank_after: tuple[int, ...] = ()


def spoil_page(page: Image.Image, recipe: Recipe, number: int, back: Image.Image | None = None) -> Image.Image:
    """Scan one page badly.

    Args:
        page: RGB picture of the clean sheet at the recipe's resolution.
        recipe: what goes wrong.
        number: page number, from 1; with the recipe's seed it decides every random choice.
        back: what is printed on the other side, for bleed-through.
    Returns:
        A picture in mode RGB, L or 1, by the recipe, upright; the same for the same arguments.
    """
    random = np.random.default_rng([recipe.seed, number])
    sheet = page.copy()
    if recipe.arrival_stamp is not None and number == 1:
        stamp = recipe.arrival_stamp
        corner = (stamp.x * sheet.width, stamp.y * sheet.height)
        draw_arrival_stamp(sheet, corner, recipe.dpi, stamp.office, stamp.number, stamp.date)
    pixels: Pixels = np.asarray(sheet, dtype=np.uint8)
    for _ in range(recipe.copied):
        pixels = photocopy(pixels, random)
    if recipe.bleed and back is not None:
        pixels = bleed_through(pixels, np.asarray(back.convert("L"), dtype=np.uint8), recipe.bleed)
    if recipe.fade:
        pixels = fade(pixels, recipe.fade)
    if recipe.paper:
        pixels = tint_paper(pixels, recipe.paper, random)
    skew_deg = float(random.uniform(0.35, 1.0) * recipe.max_skew_deg * random.choice([-1, 1]))
    pixels = skew(pixels, skew_deg)
    if recipe.photographed:
        pixels = photograph(pixels, random)
    if recipe.shadow:
        pixels = cast_shadow(pixels, recipe.shadow, random)
    pixels = blur(pixels, recipe.blur_px)
    if recipe.mode != "colour":
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.uint8)
    pixels = add_noise(pixels, recipe.noise, random)
    if recipe.mode == "bilevel":
        pixels = binarise(pixels, random)
    pixels = add_speckle(pixels, recipe.speckle, random)
    finished = Image.fromarray(pixels)
    return finished.convert("1", dither=Image.Dither.NONE) if recipe.mode == "bilevel" else finished


def turn(page: Image.Image, clockwise_deg: int) -> Image.Image:
    """Turn a scan by a multiple of 90 degrees, as a feeder does with a sheet put in the wrong way."""
    turns = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    return page.transpose(turns[clockwise_deg]) if clockwise_deg else page


def photocopy(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """Copy a sheet on a worn machine: strokes thicken or break, contrast hardens, dust and streaks stay."""
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (0, 0), 0.9).astype(np.float32)
    toner = _smooth_field(grey.shape, random, cells=6) * 26
    hardened = 255 / (1 + np.exp(-(grey + toner - 150) / 16))
    for _ in range(3):
        column = int(random.integers(0, grey.shape[1]))
        hardened[:, column : column + 2] -= 60 * float(random.uniform(0.2, 0.7))
    return cv2.cvtColor(_to_pixels(hardened), cv2.COLOR_GRAY2RGB).astype(np.uint8)


def bleed_through(pixels: Pixels, back: Pixels, strength: float) -> Pixels:
    """Let the print of the back shine through, mirrored, blurred and faint."""
    height, width = pixels.shape[:2]
    mirrored = cv2.resize(np.ascontiguousarray(back[:, ::-1]), (width, height))
    soft = cv2.GaussianBlur(mirrored, (0, 0), 1.6).astype(np.float32)
    veil = 1 - strength * 0.55 * (1 - soft / 255)
    return _to_pixels(pixels.astype(np.float32) * veil[..., None])


def fade(pixels: Pixels, strength: float) -> Pixels:
    """Bleach the ink towards the paper."""
    lightened = 255 - (255 - pixels.astype(np.float32)) * (1 - 0.8 * strength)
    return _to_pixels(lightened)


def tint_paper(pixels: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Age the paper: yellow, with soft stains."""
    height, width = pixels.shape[:2]
    stains = _smooth_field((height, width), random, cells=5)
    tone = np.array([0.02, 0.07, 0.22], dtype=np.float32) * strength
    veil = 1 - tone * (0.8 + 0.5 * stains[..., None])
    return _to_pixels(pixels.astype(np.float32) * veil)


def skew(pixels: Pixels, angle_deg: float) -> Pixels:
    """Lay the sheet askew on the glass; what lies beside it is white."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1.0)
    return cv2.warpAffine(
        pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,) * 3
    ).astype(np.uint8)


def photograph(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """See the sheet from a camera over a dark table, a little from the side."""
    inset = random.uniform(0.012, 0.04, size=(4, 2)).astype(np.float32)
    return keystone(pixels, inset, (62, 50, 40))


def keystone(pixels: Pixels, inset: npt.NDArray[np.float32], table: tuple[int, int, int]) -> Pixels:
    """See the sheet from the side: its corners move inwards, the table shows around it.

    Args:
        pixels: the sheet, (height, width, 3).
        inset: how far each corner moves, (4, 2), clockwise from the top left, as shares of width and height.
        table: the table's colour.
    """
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], dtype=np.float32)
    moved = corners + inset * np.array([width, height], dtype=np.float32) * inward
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return cv2.warpPerspective(
        pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=table
    ).astype(np.uint8)


def curl(pixels: Pixels, bow: float) -> Pixels:
    """Bow the sheet like the page of a book: lines sag in the middle and crowd together towards the left edge.

    Args:
        pixels: the sheet.
        bow: how far the middle of a line sags, as a share of the height.
    """
    height, width = pixels.shape[:2]
    across = np.linspace(0.0, 1.0, width, dtype=np.float32)[None, :]
    along = np.arange(height, dtype=np.float32)[:, None]
    # Towards the foot of the page the paper lies flatter.
    strength = np.float32(bow * height) * (1.0 - 0.5 * along / height)
    rows = along - strength * (4.0 * across * (1.0 - across) - 0.5)
    columns = (across + np.float32(2.0 * bow) * across * (1.0 - across)) * np.float32(width - 1)
    white = (255,) * 3
    columns = np.ascontiguousarray(np.broadcast_to(columns, rows.shape))
    return cv2.remap(pixels, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=white).astype(
        np.uint8
    )


def cast_shadow(pixels: Pixels, strength: float, random: np.random.Generator) -> Pixels:
    """Light the sheet unevenly: a gradient across it and the soft edge of a shadow."""
    height, width = pixels.shape[:2]
    angle = float(random.uniform(0, 2 * np.pi))
    across = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :] * np.float32(np.cos(angle))
    along = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None] * np.float32(np.sin(angle))
    slope = across + along
    edge = 1 / (1 + np.exp(-(slope - float(random.uniform(0.1, 0.3))) * 18))
    light = 1 - strength * (0.35 * (slope + 0.5) + 0.3 * edge)
    return _to_pixels(pixels.astype(np.float32) * light[..., None])


def blur(pixels: Pixels, sigma_px: float) -> Pixels:
    """Defocus, by a Gaussian."""
    return cv2.GaussianBlur(pixels, (0, 0), sigma_px).astype(np.uint8) if sigma_px > 0 else pixels


def add_noise(pixels: Pixels, deviation: float, random: np.random.Generator) -> Pixels:
    """Add the sensor's noise, grey, a little softened as scanners do."""
    if deviation <= 0:
        return pixels
    noise = cv2.GaussianBlur(random.normal(0, deviation * 1.6, pixels.shape[:2]).astype(np.float32), (0, 0), 0.6)
    return _to_pixels(pixels.astype(np.float32) + (noise[..., None] if pixels.ndim == 3 else noise))


def add_speckle(pixels: Pixels, share: float, random: np.random.Generator) -> Pixels:
    """Scatter dust: dark grains of one to three pixels on the paper, light ones in the ink."""
    grains = int(share * pixels.shape[0] * pixels.shape[1])
    speckled = pixels.copy()
    for dark in (True, False):
        ys, xs = random.integers(0, pixels.shape[0], grains), random.integers(0, pixels.shape[1], grains)
        sizes = random.integers(1, 4, grains)
        for y, x, size in zip(ys, xs, sizes, strict=True):
            speckled[y : y + (size + 1) // 2, x : x + size] = 20 if dark else 250
    return speckled


def break_rules(pixels: Pixels, share: float, dpi: float, random: np.random.Generator) -> Pixels:
    """Let ruled lines, of tables and under headings, come out in pieces, as thin rules of a weak copy do.

    Args:
        pixels: the sheet, (height, width, 3).
        share: how much of each rule is gone.
        dpi: resolution of the sheet.
        random: where the gaps are.
    """
    ink = np.where(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) < 160, 255, 0).astype(np.uint8)
    # Nothing printed is so long and so thin: half an inch without a break.
    length = max(round(dpi / 2), 3)
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    rules = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8)) > 0
    # Gaps of an eighth of an inch and a little more or less; a rule that is crossed is broken there too.
    size = (max(round(pixels.shape[1] * 8 / dpi), 1), max(round(pixels.shape[0] * 8 / dpi), 1))
    chances = cv2.resize(
        random.uniform(0, 1, (size[1], size[0])).astype(np.float32),
        (pixels.shape[1], pixels.shape[0]),
        interpolation=cv2.INTER_NEAREST,
    )
    return np.where((rules & (chances < share))[..., None], np.uint8(255), pixels)


def binarise(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """Cut grey to black and white at one level, as fax machines and old scanners do."""
    level = float(random.uniform(150, 180))
    black_and_white: Pixels = np.where(pixels > level, 255, 0).astype(np.uint8)
    return black_and_white


def _smooth_field(shape: tuple[int, ...], random: np.random.Generator, cells: int) -> npt.NDArray[np.float32]:
    coarse = random.uniform(-1, 1, (cells, cells)).astype(np.float32)
    return cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC).astype(np.float32)


def _to_pixels(values: npt.NDArray[Any]) -> Pixels:
    clipped: Pixels = np.clip(values, 0, 255).astype(np.uint8)
    return clipped

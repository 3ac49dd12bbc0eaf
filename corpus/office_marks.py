"""The marks that an office leaves on paper: round seal, signature, arrival stamp. Drawn, never photographed."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from corpus.typeset import font_at

SEAL_RED = (206, 32, 40)
INK_BLUE = (30, 48, 150)
_SEAL_DIAMETER_PT = 102.0


def draw_seal(page: Image.Image, centre_px: tuple[float, float], dpi: float, around: str, middle: str) -> None:
    """Press a round red seal on a page, over whatever stands there.

    Args:
        page: RGB picture, changed in place.
        centre_px: centre of the seal.
        dpi: resolution of the page.
        around: text along the upper rim, in capitals.
        middle: text in the middle, lines parted by line breaks.
    """
    diameter = round(_SEAL_DIAMETER_PT * dpi / 72)
    scale = diameter / 200
    seal = Image.new("L", (diameter, diameter), 0)
    draw = ImageDraw.Draw(seal)
    draw.ellipse((2, 2, diameter - 3, diameter - 3), outline=255, width=max(round(5 * scale), 1))
    inner = 0.32 * diameter
    middle_px = diameter / 2
    draw.ellipse((middle_px - inner, middle_px - inner, middle_px + inner, middle_px + inner), outline=255, width=1)
    _around_rim(seal, around, 0.41 * diameter, font_size_px=17 * scale)
    _star(draw, (middle_px, diameter * 0.905), 7 * scale)
    lines = middle.split("\n")
    font = font_at("Bold", round(15 * scale, 1))
    for index, line in enumerate(lines):
        y = middle_px + (index - (len(lines) - 1) / 2) * 19 * scale
        draw.text((middle_px, y), line, fill=255, font=font, anchor="mm")
    tilted = seal.rotate(7, Image.Resampling.BICUBIC)
    corner = (round(centre_px[0] - middle_px), round(centre_px[1] - middle_px))
    _stamp(page, tilted, corner, SEAL_RED)


def _around_rim(seal: Image.Image, text: str, radius_px: float, font_size_px: float) -> None:
    font = font_at("Bold", round(font_size_px, 1))
    widths = [font.getlength(char) for char in text]
    room = 2 * math.pi * radius_px * 0.82
    stretch = min(1.15, room / sum(widths))
    angle = -sum(widths) * stretch / radius_px / 2
    middle = seal.width / 2
    side = math.ceil(font_size_px * 2)
    for char, width in zip(text, widths, strict=True):
        turn = width * stretch / radius_px
        at = angle + turn / 2
        tile = Image.new("L", (side, side), 0)
        ImageDraw.Draw(tile).text((side / 2, side / 2), char, fill=255, font=font, anchor="mm")
        tile = tile.rotate(-math.degrees(at), Image.Resampling.BICUBIC)
        x, y = middle + radius_px * math.sin(at), middle - radius_px * math.cos(at)
        seal.paste(255, (round(x - side / 2), round(y - side / 2)), tile)
        angle += turn


def _star(draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float) -> None:
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.4
        angle = math.pi * corner / 5
        points.append((centre[0] + reach * math.sin(angle), centre[1] - reach * math.cos(angle)))
    draw.polygon(points, fill=255)


def draw_signature(page: Image.Image, centre_px: tuple[float, float], dpi: float, seed: int) -> None:
    """Sign a page with a scribble in blue ink.

    Args:
        page: RGB picture, changed in place.
        centre_px: middle of the signature.
        dpi: resolution of the page.
        seed: the same seed signs the same way.
    """
    random = np.random.default_rng(seed)
    width, height = 118 * dpi / 72, 44 * dpi / 72
    knots = 15
    x = np.linspace(-0.5, 0.5, knots) * width + random.normal(0, width * 0.06, knots)
    y = random.normal(0, 1, knots) * height * 0.28 * np.linspace(1.5, 0.5, knots)
    fine = np.linspace(0, knots - 1, 400)
    kernel = np.hanning(49) / np.hanning(49).sum()
    path_x, path_y = (
        np.convolve(np.pad(np.interp(fine, np.arange(knots), axis), 24, mode="edge"), kernel, mode="valid")
        for axis in (x, y)
    )
    points = [(centre_px[0] + dx, centre_px[1] + dy) for dx, dy in zip(path_x, path_y, strict=True)]
    ink = Image.new("L", page.size, 0)
    ImageDraw.Draw(ink).line(points, fill=230, width=max(round(1.6 * dpi / 72), 2), joint="curve")
    box = ink.getbbox()
    if box:
        _stamp(page, ink.crop(box), (box[0], box[1]), INK_BLUE)


def draw_arrival_stamp(
    page: Image.Image, corner_px: tuple[float, float], dpi: float, office: str, number: str, date: str
) -> None:
    """Put the stamp of the receiving office on a page: ĐẾN, with number and day written in.

    Args:
        page: RGB picture, changed in place.
        corner_px: top left corner of the stamp.
        dpi: resolution of the page.
        office: who received it.
        number: arrival number.
        date: day of arrival.
    """
    unit = dpi / 72
    width, height = round(132 * unit), round(62 * unit)
    stamp = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(stamp)
    draw.rectangle((1, 1, width - 2, height - 2), outline=255, width=max(round(1.3 * unit), 1))
    small, large = font_at("Bold", round(8 * unit, 1)), font_at("Bold", round(15 * unit, 1))
    draw.text((width / 2, 11 * unit), office, fill=255, font=small, anchor="mm")
    draw.text((24 * unit, 38 * unit), "ĐẾN", fill=255, font=large, anchor="mm")
    draw.text((50 * unit, 30 * unit), "Số:", fill=255, font=small, anchor="lm")
    draw.text((50 * unit, 47 * unit), "Ngày:", fill=255, font=small, anchor="lm")
    hand = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(hand)
    written = font_at("Hand", round(11 * unit, 1))
    pen.text((72 * unit, 29 * unit), number, fill=235, font=written, anchor="lm")
    pen.text((76 * unit, 46 * unit), date, fill=235, font=written, anchor="lm")
    corner = (round(corner_px[0]), round(corner_px[1]))
    _stamp(page, stamp.rotate(1.5, Image.Resampling.BICUBIC), corner, SEAL_RED)
    _stamp(page, hand.rotate(3, Image.Resampling.BICUBIC), corner, INK_BLUE)


def _stamp(page: Image.Image, mask: Image.Image, corner: tuple[int, int], colour: tuple[int, int, int]) -> None:
    """Multiply a colour into the page under a mask, as ink does: what was dark stays dark."""
    box = (*corner, corner[0] + mask.width, corner[1] + mask.height)
    under = np.asarray(page.crop(box), dtype=np.float32)
    strength = np.asarray(mask, dtype=np.float32)[..., None] / 255 * 0.88
    tint = 1 - strength * (1 - np.asarray(colour, dtype=np.float32) / 255)
    page.paste(Image.fromarray((under * tint).astype(np.uint8)), corner)

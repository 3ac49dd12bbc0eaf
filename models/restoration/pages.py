"""Pages made from text, spoiled and read again: what the channel learns from.

Every page is drawn in a Times-like font, spoiled as a scanner does, and read by Tesseract in each
language; the printed lines and the read lines are kept side by side.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/share/texmf/fonts"))
FONT_FAMILIES: tuple[tuple[str, str, str, str], ...] = (
    (
        "LiberationSerif-Regular.ttf",
        "LiberationSerif-Bold.ttf",
        "LiberationSerif-Italic.ttf",
        "LiberationSerif-BoldItalic.ttf",
    ),
    ("texgyretermes-regular.otf", "texgyretermes-bold.otf", "texgyretermes-italic.otf", "texgyretermes-bolditalic.otf"),
    ("FreeSerif.ttf", "FreeSerifBold.ttf", "FreeSerifItalic.ttf", "FreeSerifBoldItalic.ttf"),
)
LANGUAGES = ("eng", "vie")
READ_DPI = 300
"""Resolution at which the pages of a scan's file are mostly drawn for a reader."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One printed page and what each language of the engine made of it.

    Args:
        printed: the lines drawn, top to bottom.
        readings: for each language, lines of (token, engine confidence 0..1).
    """

    printed: tuple[str, ...]
    readings: dict[str, tuple[tuple[tuple[str, float], ...], ...]]


def find_fonts() -> list[tuple[Path, ...]]:
    """Return the installed font families as (regular, bold, italic, bold italic) paths."""
    found = {path.name: path for folder in FONT_FOLDERS for path in sorted(folder.rglob("*.[to]tf"))}
    return [tuple(found[name] for name in family) for family in FONT_FAMILIES if all(n in found for n in family)]


def _wrap(text: str, font: ImageFont.FreeTypeFont, width_px: float) -> list[str]:
    lines: list[str] = []
    current = ""
    for word in text.split():
        longer = f"{current} {word}" if current else word
        if current and font.getlength(longer) > width_px:
            lines.append(current)
            current = word
        else:
            current = longer
    if current:
        lines.append(current)
    return lines


def draw_page(
    paragraphs: Iterator[str], family: Sequence[Path], dpi: int, rng: random.Random
) -> tuple[Image.Image, list[str]]:
    """Draw paragraphs until an A4 page is full.

    Args:
        paragraphs: text to draw; taken one by one as long as there is room.
        family: regular, bold, italic and bold italic font files.
        dpi: dots per inch of the picture.
        rng: source of chance.
    Returns:
        The page (mode L, 0 = ink) and its printed lines, top to bottom.
    """
    width, height = int(8.27 * dpi), int(11.69 * dpi)
    page = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(page)
    left, right = int(1.1 * dpi), width - int(0.7 * dpi)
    y = int(0.8 * dpi)
    points = rng.choice((12, 13, 13, 13.5, 14, 14))
    leading = points / 72 * dpi * rng.uniform(1.15, 1.5)
    printed: list[str] = []
    while y < height - 0.9 * dpi:
        text = next(paragraphs)
        style = rng.choices((0, 1, 2, 3), (70, 14, 12, 4))[0]
        if len(text) < 90 and rng.random() < 0.25:
            text, style = text.upper(), 1
        font = ImageFont.truetype(str(family[style]), size=max(8, round(points / 72 * dpi)))
        indent = int(0.4 * dpi) if rng.random() < 0.7 else 0
        lines = _wrap(text, font, right - left - indent)
        for number, line in enumerate(lines, start=1):
            if y >= height - 0.9 * dpi:
                break
            x: float = left + (indent if number == 1 else 0)
            words = line.split()
            room = right - x - font.getlength(line)
            justified = number < len(lines) and len(words) > 1 and 0 <= room < 0.3 * (right - left)
            gap = font.getlength(" ") + (room / (len(words) - 1) if justified else 0.0)
            for word in words:
                pen.text((x, y), word, font=font, fill=rng.randint(0, 40))
                x += font.getlength(word) + gap
            printed.append(line)
            y += int(leading)
        y += int(leading * rng.choice((0.0, 0.2, 0.4)))
    return page, printed


def spoil(page: Image.Image, dpi: int, rng: random.Random) -> Image.Image:
    """Skew, blur, soil and perhaps threshold a page, as a scanner does."""
    hard = rng.random()
    noise = np.random.default_rng(rng.getrandbits(32))
    if rng.random() < 0.7:
        page = page.rotate(rng.uniform(-0.6, 0.6), resample=Image.Resampling.BICUBIC, fillcolor=255)
    scale = dpi / 250
    page = page.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.75 + 0.35 * hard) * scale))
    if rng.random() < 0.25:
        kind = ImageFilter.MinFilter(3) if dpi >= 220 and rng.random() < 0.6 else ImageFilter.MaxFilter(3)
        if dpi >= 220:
            page = page.filter(kind)
    pixels = np.asarray(page, dtype=np.float32)
    pixels = 235 - (255 - pixels) * rng.uniform(0.6, 0.92)
    pixels += noise.normal(0, rng.uniform(2, 8 + 12 * hard), pixels.shape).astype(np.float32)
    if rng.random() < 0.35:
        pixels = np.where(pixels < rng.uniform(120, 175), 0.0, 255.0).astype(np.float32)
        specks = noise.random(pixels.shape) < rng.uniform(0, 4e-4)
        pixels[specks] = 255 - pixels[specks]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def resample(page: Image.Image, dpi: int, rng: random.Random) -> tuple[Image.Image, int]:
    """Compress a page as a scanner's file does and enlarge it to the resolution that a reader asks for.

    Args:
        page: the picture.
        dpi: its dots per inch.
        rng: source of chance.
    Returns:
        The picture and its dots per inch from now on.
    """
    buffer = io.BytesIO()
    page.save(buffer, format="JPEG", quality=rng.randint(35, 80))
    page = Image.open(buffer).convert("L")
    wanted = max(dpi, READ_DPI)
    size = (page.width * wanted // dpi, page.height * wanted // dpi)
    return page.resize(size, resample=Image.Resampling.BILINEAR), wanted


def read_picture(
    page: Image.Image, language: str, dpi: int, segmentation: int
) -> tuple[tuple[tuple[str, float], ...], ...]:
    """Read a page with Tesseract.

    Args:
        page: the picture.
        language: Tesseract's name of the language (``eng``, ``vie``).
        dpi: dots per inch.
        segmentation: Tesseract's page segmentation mode.
    Returns:
        Lines of (token, confidence 0..1).
    """
    buffer = io.BytesIO()
    page.save(buffer, format="PNG", compress_level=1, dpi=(dpi, dpi))
    command = ["tesseract", "stdin", "stdout", "-l", language, "--psm", str(segmentation), "--dpi", str(dpi), "tsv"]
    done = subprocess.run(
        command,
        input=buffer.getvalue(),
        capture_output=True,
        check=True,
        timeout=180,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    lines: dict[tuple[str, str, str], list[tuple[str, float]]] = {}
    for row in csv.DictReader(io.StringIO(done.stdout.decode("utf-8")), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row["text"] or "").strip()
        if row["level"] == "5" and text:
            lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(
                (text, max(0.0, float(row["conf"])) / 100)
            )
    return tuple(tuple(line) for line in lines.values())


def make_pages(paragraphs: Iterator[str], count: int, seed: int, out: Path, *, resampled: float = 0.0) -> None:
    """Draw, spoil and read pages, one JSON object a line.

    Args:
        paragraphs: endless text to draw from.
        count: number of pages.
        seed: seed of everything random.
        out: file that is written (appended page by page).
        resampled: share of the pages that are compressed and enlarged before they are read.
    """
    fonts = find_fonts()
    with out.open("w", encoding="utf-8") as stream:
        for index in range(count):
            rng = random.Random(f"{seed}/{index}")
            dpi = rng.choice((150, 200, 200, 250, 300, 300))
            page, printed = draw_page(paragraphs, rng.choice(fonts), dpi, rng)
            page = spoil(page, dpi, rng)
            segmentation = rng.choice((4, 6))
            if resampled and rng.random() < resampled:
                page, dpi = resample(page, dpi, rng)
            readings = {language: read_picture(page, language, dpi, segmentation) for language in LANGUAGES}
            stream.write(json.dumps({"printed": printed, "readings": readings}, ensure_ascii=False) + "\n")
            stream.flush()


def load_pages(path: Path) -> list[ReadPage]:
    """Read the pages that ``make_pages`` wrote."""
    pages: list[ReadPage] = []
    for row in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(row)
        readings = {
            language: tuple(tuple((str(t), float(c)) for t, c in line) for line in lines)
            for language, lines in raw["readings"].items()
        }
        pages.append(ReadPage(tuple(raw["printed"]), readings))
    return pages

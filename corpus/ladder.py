"""A degradation ladder: ``python -m corpus.ladder OUT`` spoils sample pages in one way at a time, at three strengths.

``OUT/<spoiling>/<rung>/`` gets a scan of the pages and their gold text, rung 1 the mildest; ``OUT/none/0/`` the same
pages unspoilt. ``docs/ladder.py`` reads them and draws the curves.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from corpus import spoil
from corpus.build import DOCUMENTS, write_pdf
from corpus.layout import lay_out
from corpus.office_marks import draw_arrival_stamp, draw_seal, draw_signature
from corpus.render import draw_page
from corpus.sample_document import load_document
from corpus.spoil import Pixels, Recipe

DPI = 200
SEED = 2026
# A first page, a list in a table, and the foot with signature and seal.
PAGES = (("s01-launching-plan", 1), ("s04-reward-decision", 3), ("s05-letter", 2))
_DARK_TABLE, _LIGHT_TABLE = (62, 50, 40), (205, 198, 188)
_JPEG_QUALITY = 85

Random = np.random.Generator
Step = Callable[[Pixels, Pixels, float, Random], Pixels]


@dataclass(frozen=True, slots=True)
class Spoiling:
    """One way to spoil a page: what its strength is measured in, three strengths, and how it is done.

    ``step`` takes the page, its back, the strength and a source of chance; None where the strength is the JPEG
    quality, or the resolution, of the file itself.
    """

    unit: str
    strengths: tuple[float, float, float]
    step: Step | None = None


def _keystone(table: tuple[int, int, int]) -> Step:
    def step(page: Pixels, back: Pixels, strength: float, random: Random) -> Pixels:
        # One side is nearer to the camera than the other; the corners differ a little besides.
        shape = np.array([[1.0, 0.5], [0.8, 0.4], [0.15, 0.3], [0.25, 0.2]], np.float32)
        inset = strength * shape * random.uniform(0.8, 1.2, shape.shape)
        return spoil.keystone(page, inset.astype(np.float32), table)

    return step


def _seals(page: Pixels, back: Pixels, strength: float, random: Random) -> Pixels:
    sheet = Image.fromarray(page)
    for _ in range(int(strength)):
        centre = (random.uniform(0.25, 0.75) * sheet.width, random.uniform(0.15, 0.5) * sheet.height)
        draw_seal(sheet, centre, DPI, "CƠ QUAN NHẬN VĂN BẢN", "ĐÃ\nNHẬN")
    return np.asarray(sheet, np.uint8)


def _stamps(page: Pixels, back: Pixels, strength: float, random: Random) -> Pixels:
    sheet = Image.fromarray(page)
    for _ in range(int(strength)):
        corner = (random.uniform(0.08, 0.55) * sheet.width, random.uniform(0.05, 0.5) * sheet.height)
        draw_arrival_stamp(sheet, corner, DPI, "UBND XÃ BÌNH AN", "128", "03/4/2025")
    return np.asarray(sheet, np.uint8)


def _pens(page: Pixels, back: Pixels, strength: float, random: Random) -> Pixels:
    """Strokes of a blue pen across the print, as where somebody signs or ticks what he has read."""
    sheet = Image.fromarray(page)
    for _ in range(int(strength)):
        centre = (random.uniform(0.2, 0.8) * sheet.width, random.uniform(0.08, 0.5) * sheet.height)
        draw_signature(sheet, centre, DPI, int(random.integers(1 << 30)))
    return np.asarray(sheet, np.uint8)


def _black_seals(page: Pixels, back: Pixels, strength: float, random: Random) -> Pixels:
    """Seals that a bilevel scan made as black as the print under them."""
    return _bilevel(_seals(page, back, strength, random), back, 0.6, random)


def _grey_stamps(page: Pixels, back: Pixels, strength: float, random: Random) -> Pixels:
    """Stamps of receipt whose colour a grey scan has lost."""
    grey = cv2.cvtColor(_stamps(page, back, strength, random), cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)


def _copies(page: Pixels, back: Pixels, strength: float, random: Random) -> Pixels:
    for _ in range(int(strength)):
        page = spoil.photocopy(page, random)
    return page


def _bilevel(page: Pixels, back: Pixels, strength: float, random: Random) -> Pixels:
    grey = cv2.cvtColor(spoil.blur(page, strength), cv2.COLOR_RGB2GRAY).astype(np.uint8)
    return np.asarray(cv2.cvtColor(spoil.binarise(grey, random), cv2.COLOR_GRAY2RGB), np.uint8)


def _grey(page: Pixels, back: Pixels, strength: float, random: Random) -> Pixels:
    """Dull grey paper under faded ink, as a copier on its last toner leaves it."""
    dull = 255.0 - (255.0 - spoil.fade(page, 0.55).astype(np.float32)) * 0.8
    return np.asarray(np.clip(dull * (1.0 - strength), 0, 255), np.uint8)


def _turn(page: Pixels, back: Pixels, strength: float, random: Random) -> Pixels:
    return np.ascontiguousarray(np.rot90(page, -int(strength) // 90))


SPOILINGS: Mapping[str, Spoiling] = {
    "skew": Spoiling("degrees", (1.0, 3.0, 5.0), lambda page, back, by, random: spoil.skew(page, by)),
    "turn": Spoiling("degrees", (90, 180, 270), _turn),
    "keystone-dark-table": Spoiling("share", (0.03, 0.07, 0.12), _keystone(_DARK_TABLE)),
    "keystone-light-table": Spoiling("share", (0.03, 0.07, 0.12), _keystone(_LIGHT_TABLE)),
    "curl": Spoiling("share of height", (0.006, 0.015, 0.03), lambda page, back, by, random: spoil.curl(page, by)),
    "shadow": Spoiling("strength", (0.5, 0.9, 1.3), lambda page, back, by, random: spoil.cast_shadow(page, by, random)),
    "grey-paper": Spoiling("share", (0.2, 0.4, 0.6), _grey),
    "blur": Spoiling("px", (1.2, 1.8, 2.4), lambda page, back, by, random: spoil.blur(page, by)),
    "noise": Spoiling("grey levels", (12, 28, 45), lambda page, back, by, random: spoil.add_noise(page, by, random)),
    "specks": Spoiling(
        "share", (0.0005, 0.002, 0.005), lambda page, back, by, random: spoil.add_speckle(page, by, random)
    ),
    "fading": Spoiling("strength", (0.6, 0.85, 1.05), lambda page, back, by, random: spoil.fade(page, by)),
    "bleed-through": Spoiling(
        "strength", (0.2, 0.5, 0.9), lambda page, back, by, random: spoil.bleed_through(page, back[..., 0], by)
    ),
    "seals": Spoiling("seals", (1, 3, 6), _seals),
    "stamps": Spoiling("stamps", (1, 2, 3), _stamps),
    "blue-pen": Spoiling("strokes", (1, 3, 6), _pens),
    "black-seals": Spoiling("seals", (1, 2, 4), _black_seals),
    "grey-stamps": Spoiling("stamps", (1, 2, 3), _grey_stamps),
    "broken-rules": Spoiling(
        "share of rules", (0.15, 0.4, 0.7), lambda page, back, by, random: spoil.break_rules(page, by, DPI, random)
    ),
    "photocopies": Spoiling("copies", (1, 3, 5), _copies),
    "bilevel": Spoiling("px of blur", (0.6, 1.1, 1.6), _bilevel),
    "low-resolution": Spoiling("dpi", (100, 87, 72)),
    "jpeg": Spoiling("quality", (25, 12, 6)),
}


def spoil_sheet(page: Image.Image, back: Image.Image, name: str, rung: int) -> Image.Image:
    """One page of a rung.

    Args:
        page: RGB picture of the clean sheet at ``DPI``.
        back: what is printed on its other side.
        name: a key of ``SPOILINGS``.
        rung: 1 to 3.
    Returns:
        RGB picture; the same for the same arguments. What the file's own resolution and quality do is not in it.
    """
    spoiling = SPOILINGS[name]
    if spoiling.step is None:
        return page
    random = np.random.default_rng([SEED, *name.encode(), page.width])
    pixels: Pixels = np.asarray(page, np.uint8)
    return Image.fromarray(spoiling.step(pixels, np.asarray(back, np.uint8), spoiling.strengths[rung - 1], random))


def _scan(sheet: Image.Image, random: Random) -> Image.Image:
    """What every scanner adds: a little blur, a little noise."""
    pixels: npt.NDArray[Any] = spoil.blur(np.asarray(sheet, np.uint8), 0.5)
    return Image.fromarray(spoil.add_noise(pixels, 3.0, random))


def build(out: Path) -> None:
    """Write the ladder.

    Args:
        out: folder for it, made if need be.
    """
    (out / "read.json").unlink(missing_ok=True)
    sheets: list[tuple[Image.Image, Image.Image, str]] = []
    for name, number in PAGES:
        pages = lay_out(load_document(DOCUMENTS / name / "document.json"))
        back = pages[number] if number < len(pages) else pages[number - 2]
        sheets.append((draw_page(pages[number - 1], DPI), draw_page(back, DPI), pages[number - 1].gold_text()))
    _write(out / "none" / "0", [page for page, _, _ in sheets], [gold for *_, gold in sheets])
    for name, spoiling in SPOILINGS.items():
        for rung, strength in enumerate(spoiling.strengths, 1):
            spoilt = [spoil_sheet(page, back, name, rung) for page, back, _ in sheets]
            dpi = int(strength) if name == "low-resolution" else DPI
            quality = int(strength) if name == "jpeg" else _JPEG_QUALITY
            _write(out / name / str(rung), spoilt, [gold for *_, gold in sheets], dpi=dpi, quality=quality)


def _write(
    folder: Path, pages: list[Image.Image], golds: list[str], dpi: int = DPI, quality: int = _JPEG_QUALITY
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    scans = []
    for page in pages:
        size = (page.width * dpi // DPI, page.height * dpi // DPI)
        scans.append(_scan(page if dpi == DPI else page.resize(size, Image.Resampling.BOX), random))
    write_pdf(scans, Recipe(SEED, dpi=dpi, mode="colour", jpeg_quality=quality), folder / "source.pdf")
    for number, gold in enumerate(golds, 1):
        (folder / f"page{number}.gold.txt").write_text(gold, encoding="utf-8")


def main() -> None:
    """Build the ladder in the folder that is named."""
    parser = argparse.ArgumentParser(description="Spoil sample pages in one way at a time, at three strengths each.")
    parser.add_argument("out", type=Path, help="folder that gets <spoiling>/<rung>/source.pdf with gold text")
    build(parser.parse_args().out)


if __name__ == "__main__":
    main()

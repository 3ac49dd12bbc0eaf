"""Make a page's picture ready for reading: every operation only where the page's own measures ask for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.document import Decision, Page, replace
from pipeline.engines.flattening import Bend, flatten, measure_bend
from pipeline.engines.grids import find_grids
from pipeline.engines.ink import (
    Paper,
    even_light,
    find_ink,
    has_colour,
    measure_paper,
    separate_inks,
    take_off_ghosts,
    take_off_specks,
    whiten_border,
)
from pipeline.engines.levelling import Attitude, measure_attitude, measure_skew, sharpness, without_rules
from pipeline.engines.paper_edges import find_sheet, rectify
from pipeline.engines.shrinking import shrink
from pipeline.errors import FullDiskError, InputError
from pipeline.options import CleanOptions
from pipeline.stage import CleanPicture, Context, Gift, Mesh, Pixels

__all__ = ["Clean"]

_RENDER_DPI = 300.0
_MEASURE_DPI = 75.0
_LARGEST_GROWTH = 2.5
_SIDEWAYS = 1.3
_ON_ITS_HEAD = -0.08
_FEWEST_WORDS = 30
_FEWEST_MARKS = 100
_LEAST_SKEW_DEG = 0.6
_LEAST_SKEW_GAIN = 1.5
_SAME_LEAN_DEG = 0.4
_SAME_LEAN = 0.25
_LEAST_KEYSTONE_DEG = 0.8
_MOST_BENDS = 2
_LEAST_BOW = 0.005
_LEAST_EXPLAINED = 0.22
_UNEVEN = 0.15
_GREY_PAPER = 200.0
_COLOURED_SHARE = 0.0002
_KEEP_BLUE_ABOVE = 0.33
_BORDER_SHARE = 0.002
_BLANK_WORDS = 3
_DARK_PAPER = 90.0
_MOST_BLANK_INK = 0.08
_FAINT_INK = 0.88
_FAINT_WORDS = 25
_JPEG_QUALITY = 78
_NEAR_PICTURE_DPI = 0.15

Matrix = NDArray[np.float64]


class Clean:
    """Turns, levels and whitens a page and brings it to the resolution that reads best; recognises blank pages."""

    name = "clean"
    version = 3
    needs: frozenset[Gift] = frozenset({"pages"})
    gives: frozenset[Gift] = frozenset({"pictures"})

    def page(self, page: Page, context: Context) -> Page:
        """The page with what was found out about its picture; puts the picture itself into `context.pictures`.

        Raises:
            InputError: the page cannot be opened, or shows neither paper nor print.
            FullDiskError: there is no room for its review picture.
        """
        if page.origin == "text" or context.source is None:
            return page
        options = context.options.clean
        raster = context.source.render(page.number - 1, dpi=min(page.dpi, _RENDER_DPI))
        small = shrink(raster.pixels, min(options.picture_dpi / raster.dpi, 1.0), near=_NEAR_PICTURE_DPI)
        page = replace(page, picture=_keep_picture(page, small, context))
        work = _Work(raster.pixels, raster.dpi, _scaling(page.dpi / raster.dpi))
        if small.ndim == 3 and not has_colour(small):
            work.pixels = _grey(raster.pixels)  # all that follows takes a third of the time
            work.decide("coloured ink", "left", "the page is black and white")
        if page.origin == "text-layer":
            context.pictures[page.number] = _as_it_is(work, options)
            return page
        if "perspective" not in options.leave_out:
            _straighten(work)
        ink = find_ink(whiten_border(work.measured())[0])
        attitude = measure_attitude(ink)
        if _is_blank(page.number, ink, attitude, work):
            return replace(page, blank=True, decisions=(*page.decisions, *work.decisions))
        rotation_deg = 0
        if "orientation" not in options.leave_out:
            rotation_deg, ink = _turn(work, attitude, ink)
        skew_deg = _level(work, ink, options) if "skew" not in options.leave_out else 0.0
        picture = _whiten(work, options)
        context.pictures[page.number] = picture
        return replace(page, rotation_deg=rotation_deg, skew_deg=skew_deg, decisions=(*page.decisions, *work.decisions))


@dataclass(slots=True)
class _Work:
    """A page's picture on its way, the matrix from its pixels to the scan's, and what was decided about it.

    Of a sheet that was rectified, the matrix leads to the rectified sheet, and `seen` (3, 3) from there to the scan.
    """

    pixels: Pixels
    dpi: float
    to_scan: Matrix
    decisions: list[Decision] = field(default_factory=list)
    seen: Matrix | None = None

    def at(self, dpi: float) -> Pixels:
        """The picture at about that resolution, or as it is where it is near enough."""
        scale = min(dpi / self.dpi, _LARGEST_GROWTH)
        if 0.97 <= scale <= 1.03:
            return self.pixels
        height, width = self.pixels.shape[:2]
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        how = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(self.pixels, size, interpolation=how), np.uint8)

    def measured(self) -> Pixels:
        """The picture in grey at about the resolution of the measures, made so quickly rather than finely."""
        scale = min(_MEASURE_DPI / self.dpi, 1.0)
        return _grey(self.at(_MEASURE_DPI)) if scale == 1.0 else shrink(_grey(self.pixels), scale)

    def decide(self, about: str, choice: str, reason: str, **measures: float) -> None:
        """Note a choice and what it rests on."""
        rounded = {name: round(float(value), 4) for name, value in measures.items()}
        self.decisions.append(Decision("clean", about, choice, reason, rounded))


def _keep_picture(page: Page, small: Pixels, context: Context) -> str | None:
    """Write the page's picture for review, as it lies in the file; its name in the workspace."""
    if context.workspace is None:
        return None
    name = Path("pages") / f"{page.number:04d}.jpg"
    encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1]
    try:
        (context.workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (context.workspace / name).write_bytes(encoded.tobytes())
    except OSError as error:
        raise FullDiskError(
            f"The picture of page {page.number} cannot be written: {error.strerror}.",
            remedy=f"Make room where {context.workspace} stands, and run again.",
        ) from error
    return name.as_posix()


def _as_it_is(work: _Work, options: CleanOptions) -> CleanPicture:
    """The picture of a page whose words are known: its rules still say where the tables are."""
    grey = _grey(work.at(options.read_dpi))
    scale = grey.shape[0] / work.pixels.shape[0]
    dpi = work.dpi * scale
    return CleanPicture(grey, dpi, _compose(work.to_scan, _scaling(1.0 / scale)), find_grids(grey, dpi))


def _is_blank(number: int, ink: Pixels, attitude: Attitude, work: _Work) -> bool:
    """Whether nothing is printed: no words in strong ink, and not so many in faint ink that it could be faded print.

    Print that shines through from the other side is faint and is mirrored, so that its marks do not stand above.

    Raises:
        InputError: there are no words, but the page is dark or strewn with ink, which no blank paper is.
    """
    measures = {"words": attitude.words, "marks": attitude.marks, "ink_share": float(ink.mean()) / 255.0}
    if attitude.words > _BLANK_WORDS:
        return False
    seen = work.measured()
    measures["light"] = float(np.median(seen))
    grey = whiten_border(seen)[0]
    faint = measure_attitude(find_ink(grey, _FAINT_INK))
    measures["faint_words"] = faint.words
    dark = measures["light"] < _DARK_PAPER
    if faint.words > _FAINT_WORDS and not dark:
        work.decide("blank", "printed", "faint words stand on it", **measures)
        return False
    if dark or measures["ink_share"] > _MOST_BLANK_INK:
        raise InputError(
            f"Page {number} shows no words, but is too dark or too noisy to be blank paper.",
            remedy="Look at the page, and scan it again if something stands on it.",
        )
    work.decide("blank", "blank", "no words stand on it", **measures)
    return True


def _turn(work: _Work, attitude: Attitude, ink: Pixels) -> tuple[int, Pixels]:
    """Stand the page on its feet; quarter turns, clockwise, that it took, and its ink turned likewise."""
    measures = {"sideways": attitude.sideways, "head_up": attitude.head_up, "words": attitude.words}
    sideways = attitude.sideways > _SIDEWAYS and attitude.marks >= _FEWEST_MARKS
    upside_down = attitude.head_up < _ON_ITS_HEAD and attitude.words >= _FEWEST_WORDS
    rotation_deg = (90 if upside_down else 270) if sideways else (180 if upside_down else 0)
    if rotation_deg == 0:
        work.decide("orientation", "0", "its lines lie and their marks stand above", **measures)
        return 0, ink
    height, width = work.pixels.shape[:2]
    turned_back: dict[int, Matrix] = {
        90: np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, float(height)]]),
        180: np.array([[-1.0, 0.0, float(width)], [0.0, -1.0, float(height)]]),
        270: np.array([[0.0, -1.0, float(width)], [1.0, 0.0, 0.0]]),
    }
    quarters = rotation_deg // 90
    work.pixels = np.ascontiguousarray(np.rot90(work.pixels, -quarters))
    work.to_scan = _compose(work.to_scan, turned_back[rotation_deg])
    reason = "its lines stand upright" if sideways else "the marks of its letters hang below"
    work.decide("orientation", str(rotation_deg), reason, **measures)
    return rotation_deg, np.ascontiguousarray(np.rot90(ink, -quarters))


def _level(work: _Work, ink: Pixels, options: CleanOptions) -> float:
    """Turn the page by the angle of its lines where that parts them more sharply; the angle that was taken out."""
    angle_deg, gain = measure_skew(ink, max_angle_deg=options.max_skew_deg)
    if abs(angle_deg) < _LEAST_SKEW_DEG or gain < _LEAST_SKEW_GAIN:
        work.decide("skew", "left", "straight enough to read", angle_deg=angle_deg, gain=gain)
        return 0.0
    lean_deg = measure_bend(without_rules(ink)).lean_deg
    if abs(lean_deg - angle_deg) > _SAME_LEAN_DEG + _SAME_LEAN * abs(angle_deg):
        work.decide("skew", "left", "its lines lean otherwise", angle_deg=angle_deg, gain=gain, lean_deg=lean_deg)
        return 0.0
    height, width = work.pixels.shape[:2]
    forth = cv2.getRotationMatrix2D((width / 2.0, height / 2.0), -angle_deg, 1.0)
    work.pixels = np.asarray(
        cv2.warpAffine(work.pixels, forth, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )
    work.to_scan = _compose(work.to_scan, cv2.invertAffineTransform(forth))
    work.decide("skew", "levelled", "its lines lean", angle_deg=angle_deg, gain=gain)
    return angle_deg


def _whiten(work: _Work, options: CleanOptions) -> CleanPicture:
    """Bring the page to the reading resolution; take coloured ink, dark borders and shadows off where there are any."""
    if "specks" not in options.leave_out:
        work.pixels, specks = take_off_specks(work.pixels, work.dpi)
        if specks:
            work.decide("specks", "taken off", "more dust is strewn over it than it has letters' marks", specks=specks)
    pixels = work.at(options.read_dpi)
    scale = pixels.shape[0] / work.pixels.shape[0]
    paper = measure_paper(pixels)
    grey = _grey(pixels)
    if pixels.ndim == 3 and "coloured ink" not in options.leave_out:
        inks = separate_inks(pixels, paper, keep_blue_above=_KEEP_BLUE_ABOVE)
        shares = {"red_share": inks.red_share, "blue_share": inks.blue_share}
        if inks.red_share + inks.blue_share > _COLOURED_SHARE:
            grey = inks.grey
            work.decide("coloured ink", "taken off", "seals, stamps or pens have colour", **shares)
        else:
            work.decide("coloured ink", "left", "all its ink is black", **shares)
    light = float(np.mean(paper.colour))
    reason = _why_even_light(work, paper, light)
    if reason and "light" not in options.leave_out:
        grey = even_light(grey)
        work.decide("light", "evened", reason, unevenness=paper.unevenness, light=light)
    whitened, border_share = whiten_border(grey)
    if border_share > _BORDER_SHARE and "border" not in options.leave_out:
        grey = whitened
        work.decide("border", "whitened", "the scanner's bed shows", border_share=border_share)
    if "ghosts" not in options.leave_out:
        cleaner, ghost_share = take_off_ghosts(grey)
        if ghost_share > 0:
            grey = cleaner
            work.decide("ghosts", "taken off", "faint ink stands clearly apart from the print", share=ghost_share)
    dpi = work.dpi * scale
    to_scan = _compose(work.to_scan, _scaling(1.0 / scale))
    grey, bends = _flatten(work, grey, dpi) if "lines" not in options.leave_out else (grey, [])
    grids = find_grids(grey, dpi)
    if work.seen is None and not bends:
        return CleanPicture(grey, dpi, to_scan, grids)
    mesh = Mesh.of((grey.shape[1], grey.shape[0]), _way(work, bends, to_scan, (grey.shape[1], grey.shape[0])))
    return CleanPicture(grey, dpi, mesh.nearest_affine(), grids, mesh)


def _why_even_light(work: _Work, paper: Paper, light: float) -> str:
    """Why the light of a page is to be evened; empty where it is not."""
    if paper.unevenness > _UNEVEN:
        return "its paper is lit unevenly"
    if light < _GREY_PAPER:
        return "its paper is grey"
    # Without the dark table around it a sheet measures as even, however the lamp stood.
    return "it was photographed" if work.seen is not None else ""


def _way(work: _Work, bends: Sequence[Bend], to_scan: Matrix, size: tuple[int, int]) -> Callable[[Matrix], Matrix]:
    """From the pixels of the finished picture to the scan's."""

    def way(points: Matrix) -> Matrix:
        for bend in reversed(bends):
            points = bend.on_bent(points, size)
        points = points @ to_scan[:, :2].T + to_scan[:, 2]
        if work.seen is None:
            return points
        return np.asarray(cv2.perspectiveTransform(points[None], work.seen)[0], np.float64)

    return way


def _straighten(work: _Work) -> None:
    """Take a sheet that was photographed from the side off the table it lies on, as if seen from above."""
    sheet = find_sheet(work.pixels)
    if sheet is None:
        return
    measures = {"keystone_deg": sheet.keystone_deg, "roughness": sheet.roughness}
    if sheet.keystone_deg < _LEAST_KEYSTONE_DEG:
        work.decide("perspective", "left", "it was seen from straight above", **measures)
        return
    scaling = np.vstack((work.to_scan, [0.0, 0.0, 1.0]))
    work.pixels, to_photograph = rectify(work.pixels, sheet.corners)
    work.seen, work.to_scan = scaling @ to_photograph, _scaling(1.0)
    work.decide("perspective", "rectified", "its sides run together and all four are seen", **measures)


def _flatten(work: _Work, grey: Pixels, dpi: float) -> tuple[Pixels, list[Bend]]:
    """Straighten the lines of a page that is curved or was seen from the side, where that parts them more sharply."""
    bends: list[Bend] = []
    ink = _small_ink(grey, dpi)
    for _ in range(_MOST_BENDS):
        bend = measure_bend(ink)
        measures = {"bow": bend.bow, "explained": bend.explained}
        if bend.bow < _LEAST_BOW or bend.explained < _LEAST_EXPLAINED:
            if not bends:
                work.decide("lines", "left", "they run straight", **measures)
            break
        flat = flatten(grey, bend)
        flat_ink = _small_ink(flat, dpi)
        measures["gain"] = sharpness(flat_ink) / max(sharpness(ink), 1e-9)
        if measures["gain"] < _LEAST_SKEW_GAIN:
            if not bends:
                work.decide("lines", "left", "they would be parted no better", **measures)
            break
        work.decide("lines", "straightened", "they are curved or run together", **measures)
        bends.append(bend)
        grey, ink = flat, flat_ink
    return grey, bends


def _small_ink(grey: Pixels, dpi: float) -> Pixels:
    """Where ink is, at the resolution of the measures, ruled lines left out."""
    scale = min(_MEASURE_DPI / dpi, 1.0)
    return without_rules(find_ink(shrink(grey, scale)))


def _grey(pixels: Pixels) -> Pixels:
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def _scaling(factor: float) -> Matrix:
    return np.array([[factor, 0.0, 0.0], [0.0, factor, 0.0]])


def _compose(after: Matrix, before: cv2.typing.MatLike) -> Matrix:
    """The matrix that does `before`, then `after`."""
    below = np.array([[0.0, 0.0, 1.0]])
    return np.asarray((np.vstack((after, below)) @ np.vstack((before, below)))[:2], np.float64)

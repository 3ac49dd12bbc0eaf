"""What `clean` makes of pages as scanners and phones leave them."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from printed_pages import LINES, OnePicture, context_of, page_pixels

from pipeline.document import Box, Page
from pipeline.errors import FullDiskError, InputError
from pipeline.options import CleanOptions, Options
from pipeline.stage import CleanPicture, Context, Pixels
from pipeline.stages.clean import Clean

DPI = 200.0
PAGE = page_pixels(dpi=DPI)


def cleaned(pixels: Pixels, dpi: float = DPI, **options: float) -> tuple[Page, CleanPicture | None, Context]:
    context = context_of(Path("scan.pdf"), Options(clean=CleanOptions(**options)))  # type: ignore[arg-type]
    context.source = OnePicture(pixels, dpi)
    page = Page(1, pixels.shape[1], pixels.shape[0], dpi, "scan")
    page = Clean().page(page, context)
    return page, context.pictures.get(1), context


def choices(page: Page) -> dict[str, str]:
    return {decision.about: decision.choice for decision in page.decisions}


def ink_box(pixels: Pixels) -> Box:
    y, x = np.nonzero(pixels < 128)
    return Box(float(x.min()), float(y.min()), float(x.max() + 1), float(y.max() + 1))


def turned(pixels: Pixels, angle_deg: float) -> Pixels:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1.0)
    return np.asarray(cv2.warpAffine(pixels, matrix, (width, height), borderValue=(255, 255, 255)), np.uint8)


def test_clean_brings_a_page_to_the_reading_resolution() -> None:
    page, picture, _ = cleaned(PAGE)
    assert picture is not None
    assert picture.dpi == pytest.approx(150, abs=0.2)
    assert picture.pixels.ndim == 2
    assert not page.blank
    assert (page.rotation_deg, page.skew_deg) == (0, 0.0)
    assert choices(page)["orientation"] == "0"
    assert choices(page)["skew"] == "left"
    assert choices(page)["coloured ink"] == "left"


@pytest.mark.parametrize(("dpi", "expected"), [(100.0, 150.0), (40.0, 100.0)])
def test_clean_brings_a_low_resolution_up_within_reason(dpi: float, expected: float) -> None:
    _, picture, _ = cleaned(page_pixels(dpi=dpi), dpi)
    assert picture is not None
    assert picture.dpi == pytest.approx(expected, rel=0.01)
    assert picture.to_scan[0, 0] == pytest.approx(dpi / expected, rel=0.01)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_clean_stands_a_page_on_its_feet_and_knows_the_way_back(quarters: int) -> None:
    scan = np.ascontiguousarray(np.rot90(PAGE, quarters))
    page, picture, _ = cleaned(scan)
    assert page.rotation_deg == quarters * 90
    assert picture is not None
    assert picture.pixels.shape[0] > picture.pixels.shape[1]
    box = ink_box(picture.pixels)
    corners = np.array([[box.left, box.top, 1.0], [box.right, box.bottom, 1.0]]) @ picture.to_scan.T
    expected = ink_box(np.ascontiguousarray(scan[:, :, 0]))
    found = (*corners.min(axis=0), *corners.max(axis=0))
    assert found == pytest.approx((expected.left, expected.top, expected.right, expected.bottom), abs=3)


@pytest.mark.parametrize("angle_deg", [-3.0, 1.5])
def test_clean_levels_a_skewed_page(angle_deg: float) -> None:
    scan = turned(PAGE, angle_deg)
    page, picture, _ = cleaned(scan)
    assert page.skew_deg == pytest.approx(angle_deg, abs=0.2)
    assert choices(page)["skew"] == "levelled"
    assert picture is not None
    spot = np.argwhere(scan[:, :, 0] < 60)[0]
    back = np.vstack((picture.to_scan, [0, 0, 1]))
    x, y, _ = np.linalg.inv(back) @ [spot[1] + 0.5, spot[0] + 0.5, 1.0]
    assert picture.pixels[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].min() < 140


@pytest.mark.parametrize("angle_deg", [0.0, 0.3, -0.4])
def test_clean_leaves_a_page_that_is_straight_enough(angle_deg: float) -> None:
    page, _, _ = cleaned(turned(PAGE, angle_deg))
    assert page.skew_deg == 0.0


def test_clean_takes_a_seal_off() -> None:
    scan = PAGE.copy()
    cv2.circle(scan, (1000, 1800), 150, (60, 40, 225), 8)
    page, picture, _ = cleaned(scan)
    assert choices(page)["coloured ink"] == "taken off"
    assert picture is not None
    assert picture.pixels[int(1800 * 0.75), int(850 * 0.75)] > 200


def test_clean_evens_a_shadow_and_whitens_the_scanners_bed() -> None:
    scan = (PAGE * np.linspace(1.0, 0.4, PAGE.shape[1])[None, :, None]).astype(np.uint8)
    scan[:, :50] = 5
    page, picture, _ = cleaned(scan)
    assert choices(page)["light"] == "evened"
    assert choices(page)["border"] == "whitened"
    assert picture is not None
    assert np.median(picture.pixels) > 230


def test_clean_reads_grey_pages_too() -> None:
    page, picture, _ = cleaned(np.ascontiguousarray(PAGE[:, :, 0]))
    assert picture is not None
    assert "coloured ink" not in choices(page)


def blank_back() -> Pixels:
    """The back of a page: paper, specks, punch holes, a dark edge, and the print of the front shining through."""
    rng = np.random.default_rng(7)
    paper = np.full(PAGE.shape, 244, np.int16)
    paper[:, :, :] -= (255 - PAGE[:, ::-1, :].astype(np.int16)) // 14
    for y, x in rng.integers(100, 1500, (60, 2)):
        paper[y : y + 2, x : x + 2] = 60
    result = paper.astype(np.uint8)
    for y in (900, 1400):
        cv2.circle(result, (40, y), 25, (70, 70, 70), -1)
    result[:, -12:] = 15
    return result


def test_clean_knows_the_blank_back_of_a_page() -> None:
    page, picture, _ = cleaned(blank_back())
    assert page.blank
    assert picture is None
    assert choices(page)["blank"] == "blank"
    assert "words" in page.decisions[-1].measures


@pytest.mark.parametrize("shade", [255, 235, 128])
def test_clean_knows_pages_of_one_shade(shade: int) -> None:
    page, _, _ = cleaned(np.full((800, 600, 3), shade, np.uint8))
    assert page.blank


NOISE = np.random.default_rng(11).integers(0, 256, (200, 150), np.uint8)


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(np.zeros((1600, 1200), np.uint8), id="black"),
        pytest.param(np.full((1600, 1200), 60, np.uint8), id="dark"),
        pytest.param(np.repeat(np.repeat(NOISE, 8, 0), 8, 1), id="coarse noise"),
        pytest.param(np.where(np.tile(NOISE, (8, 8)) < 128, 0, 255).astype(np.uint8), id="black and white noise"),
    ],
)
def test_clean_asks_for_an_eye_where_there_is_neither_paper_nor_print(picture: Pixels) -> None:
    with pytest.raises(InputError, match="Page 1 shows no words"):
        cleaned(picture)


def test_clean_does_not_call_white_print_on_black_blank() -> None:
    page, picture, _ = cleaned(np.ascontiguousarray(255 - PAGE))
    assert not page.blank
    assert picture is not None


def test_clean_does_not_call_a_short_page_blank() -> None:
    page, picture, _ = cleaned(page_pixels(LINES[:1], dpi=DPI))
    assert not page.blank
    assert picture is not None


def test_clean_does_not_call_a_faded_page_blank() -> None:
    faded = (255 - (255 - PAGE.astype(np.int16)) // 5).astype(np.uint8)
    page, _, _ = cleaned(faded)
    assert not page.blank
    assert choices(page)["blank"] == "printed"


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (3, 200)])
def test_clean_survives_pictures_that_are_no_pages(size: tuple[int, int]) -> None:
    page, _, _ = cleaned(np.full((*size, 3), 230, np.uint8))
    assert page.number == 1


def test_clean_keeps_a_picture_for_review(tmp_path: Path) -> None:
    context = context_of(Path("scan.pdf"), workspace=tmp_path)
    context.source = OnePicture(PAGE, DPI)
    page = Clean().page(Page(7, PAGE.shape[1], PAGE.shape[0], DPI, "scan"), context)
    assert page.picture == "pages/0007.jpg"
    with Image.open(tmp_path / page.picture) as kept:
        size = kept.size
    assert size == (PAGE.shape[1] // 2, PAGE.shape[0] // 2)  # near enough to 110 dpi, and whole pixels
    digital = Clean().page(Page(8, 1, 1, 150.0, "text-layer"), context)
    assert digital.picture == "pages/0008.jpg"
    assert not digital.blank


def test_clean_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", no_space)
    context = context_of(Path("scan.pdf"), workspace=tmp_path)
    context.source = OnePicture(PAGE, DPI)
    with pytest.raises(FullDiskError, match="No space left"):
        Clean().page(Page(1, 10, 10, DPI, "scan"), context)


def test_clean_leaves_text_alone() -> None:
    page = Page(1, 0, 0, 0.0, "text")
    assert Clean().page(page, context_of(Path("plan.txt"))) is page

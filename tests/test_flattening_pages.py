"""Curved lines and sheets seen from the side: measured where they are, left alone where they are not."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed_pages import OnePicture, context_of, page_pixels

from corpus.spoil import curl, keystone, skew
from pipeline.document import Box, Page
from pipeline.engines.flattening import flatten, measure_bend
from pipeline.engines.ink import find_ink
from pipeline.engines.levelling import measure_skew, sharpness, without_rules
from pipeline.engines.paper_edges import find_sheet, rectify
from pipeline.stage import CleanPicture, Mesh, Pixels
from pipeline.stages.clean import Clean

PAGE = page_pixels(dpi=75)
LARGE = page_pixels(dpi=150)
INSET = np.array([[0.1, 0.06], [0.08, 0.05], [0.02, 0.03], [0.03, 0.02]], np.float32)


def ink(pixels: Pixels) -> Pixels:
    return without_rules(find_ink(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)))


def cleaned(pixels: Pixels) -> tuple[Page, CleanPicture]:
    context = context_of(Path("scan.pdf"))
    context.source = OnePicture(pixels, 150.0)
    page = Clean().page(Page(1, pixels.shape[1], pixels.shape[0], 150.0, "scan"), context)
    return page, context.pictures[1]


def choices(page: Page) -> dict[str, str]:
    return {decision.about: decision.choice for decision in page.decisions}


def test_measure_bend_finds_none_on_a_straight_page() -> None:
    assert measure_bend(ink(PAGE)).explained < 0.15


@given(st.floats(-4.0, 4.0))
@settings(max_examples=10, deadline=None)
def test_measure_bend_takes_no_skew_for_a_bend(angle_deg: float) -> None:
    leaning = ink(skew(PAGE, angle_deg))
    found = measure_bend(leaning)
    assert found.explained < 0.22
    assert found.lean_deg == pytest.approx(measure_skew(leaning)[0], abs=0.5)


def test_flatten_parts_the_lines_of_a_curved_page_again() -> None:
    curved = curl(PAGE, 0.02)
    bend = measure_bend(ink(curved))
    assert bend.explained > 0.5
    assert bend.bow > 0.01
    assert sharpness(ink(flatten(curved, bend))) > 2 * sharpness(ink(curved))


def test_measure_bend_of_nothing_is_flat() -> None:
    for shape in ((800, 600), (10, 600), (800, 3)):
        assert measure_bend(np.zeros(shape, np.uint8)).bow == 0.0


def test_find_sheet_finds_the_corners_that_were_moved() -> None:
    height, width = LARGE.shape[:2]
    found = find_sheet(keystone(LARGE, INSET, (60, 50, 40)))
    assert found is not None
    assert found.keystone_deg > 2.0
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) + INSET * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    assert np.abs(found.corners - corners * (width, height)).max() < 6
    sheet, back = rectify(keystone(LARGE, INSET, (60, 50, 40)), found.corners)
    assert sheet.mean() > 220
    assert np.abs(cv2.perspectiveTransform(np.zeros((1, 1, 2)), back)[0, 0] - found.corners[0]).max() < 1


def test_find_sheet_does_not_guess() -> None:
    assert find_sheet(LARGE) is None
    cut_off = keystone(LARGE, INSET, (60, 50, 40))[:, LARGE.shape[1] // 8 :]
    assert find_sheet(np.ascontiguousarray(cut_off)) is None
    assert find_sheet(np.full((900, 700), 120, np.uint8)) is None
    assert find_sheet(np.zeros((1, 3000, 3), np.uint8)) is None


def test_clean_rectifies_a_photograph_and_knows_the_way_back() -> None:
    scan = keystone(LARGE, INSET, (60, 50, 40))
    page, picture = cleaned(scan)
    assert choices(page)["perspective"] == "rectified"
    assert way_back_error(picture, scan) < 3


def test_clean_evens_the_light_of_a_photograph_however_slight_its_shadow() -> None:
    shaded = (LARGE * np.linspace(1.0, 0.92, LARGE.shape[1])[None, :, None]).astype(np.uint8)
    assert "light" not in choices(cleaned(shaded)[0])
    assert choices(cleaned(keystone(shaded, INSET, (60, 50, 40)))[0])["light"] == "evened"


def test_clean_straightens_curved_lines_and_knows_the_way_back() -> None:
    scan = curl(LARGE, 0.015)
    page, picture = cleaned(scan)
    assert choices(page)["lines"] == "straightened"
    assert way_back_error(picture, scan) < 3
    straight, _ = cleaned(LARGE)
    assert choices(straight)["lines"] == "left"


def way_back_error(picture: CleanPicture, scan: Pixels) -> float:
    """How far the nearest ink of the scan is from where ink of the picture is said to be, pixels, for most of it."""
    y, x = np.nonzero(picture.pixels < 90)
    points = picture.on_scan(np.stack((x, y), axis=-1)[::97].astype(float))
    assert np.abs(picture.on_picture(points) - np.stack((x, y), axis=-1)[::97]).max() < 0.5
    away = cv2.distanceTransform((scan.min(axis=2) > 140).astype(np.uint8), cv2.DIST_L2, 3)
    places = np.clip(np.rint(points).astype(int), 0, (scan.shape[1] - 1, scan.shape[0] - 1))
    return float(np.percentile(away[places[:, 1], places[:, 0]], 95))


def test_mesh_of_an_affine_way_is_that_way() -> None:
    matrix = np.array([[0.9, 0.1, 5.0], [-0.1, 1.1, 7.0]])
    mesh = Mesh.of((100, 70), lambda points: points @ matrix[:, :2].T + matrix[:, 2])
    assert mesh.nearest_affine() == pytest.approx(matrix)
    bent, plain = (CleanPicture(np.zeros((70, 100), np.uint8), 150.0, matrix, mesh=found) for found in (mesh, None))
    points = np.array([[3.0, 4.0], [99.0, 69.0]])
    assert bent.on_scan(points) == pytest.approx(plain.on_scan(points))
    assert bent.turns(points) == pytest.approx(np.asarray(plain.turns(points)))
    assert bent.box_on_scan(Box(1, 2, 30, 40)).left == pytest.approx(plain.box_on_scan(Box(1, 2, 30, 40)).left)

"""Which way up a page lies, by how much it leans, and what ink is on it."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed_pages import LINES, page_pixels

from pipeline.engines.ink import even_light, find_ink, measure_paper, separate_inks, whiten_border
from pipeline.engines.levelling import measure_attitude, measure_skew
from pipeline.stage import Pixels

PAGE = page_pixels(dpi=75)
INK = find_ink(np.ascontiguousarray(PAGE[:, :, 0]))


def turned(pixels: Pixels, angle_deg: float) -> Pixels:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1.0)
    return np.asarray(cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def test_attitude_of_an_upright_page() -> None:
    attitude = measure_attitude(INK)
    assert attitude.sideways < 0.8
    assert attitude.head_up > 0.1
    assert attitude.words > 100
    assert attitude.marks > 200


def test_attitude_of_a_page_on_its_head() -> None:
    attitude = measure_attitude(np.ascontiguousarray(np.rot90(INK, 2)))
    assert attitude.sideways < 0.8
    assert attitude.head_up < -0.1


@pytest.mark.parametrize(("quarters", "head_up"), [(1, False), (3, True)])
def test_attitude_of_a_page_on_its_side(quarters: int, head_up: bool) -> None:
    attitude = measure_attitude(np.ascontiguousarray(np.rot90(INK, quarters)))
    assert attitude.sideways > 1.3
    assert (attitude.head_up > 0.1) == head_up
    assert (attitude.head_up < -0.1) != head_up


def test_attitude_is_not_led_by_rules() -> None:
    ruled = INK.copy()
    for x in range(20, ruled.shape[1], 40):
        ruled[40:840, x : x + 2] = 255
    assert measure_attitude(ruled).sideways < 1.0


def test_attitude_of_nothing_says_nothing() -> None:
    attitude = measure_attitude(np.zeros((800, 600), np.uint8))
    assert (attitude.marks, attitude.words, attitude.head_up) == (0, 0, 0.0)
    assert measure_skew(np.zeros((800, 600), np.uint8)) == (0.0, 1.0)


@given(st.floats(-4.5, 4.5))
@settings(max_examples=15, deadline=None)
def test_skew_is_measured_to_a_quarter_of_a_degree(angle_deg: float) -> None:
    found, gain = measure_skew(find_ink(turned(np.ascontiguousarray(PAGE[:, :, 0]), angle_deg)))
    assert found == pytest.approx(angle_deg, abs=0.25)
    assert gain >= 1.0


def test_skew_of_a_straight_page_is_nothing() -> None:
    assert measure_skew(INK) == (0.0, 1.0)


def test_skew_search_keeps_its_bound() -> None:
    found, _ = measure_skew(find_ink(turned(np.ascontiguousarray(PAGE[:, :, 0]), 6.0)), max_angle_deg=2.0)
    assert abs(found) <= 2.0


# --- ink


def stamped() -> tuple[Pixels, Pixels]:
    """A page and the same page under a red ring and blue strokes, above and below its upper third."""
    plain = page_pixels(LINES * 2)
    page = plain.copy()
    cv2.circle(page, (500, 700), 120, (60, 40, 225), 6)
    cv2.line(page, (300, 200), (700, 230), (200, 60, 40), 4)
    cv2.line(page, (300, 1000), (700, 1060), (200, 60, 40), 4)
    return plain, np.minimum(page, np.where(plain < 90, plain, 255)).astype(np.uint8)


def test_ink_of_seals_and_pens_is_taken_off_and_print_stays() -> None:
    plain, page = stamped()
    inks = separate_inks(page, measure_paper(page), keep_blue_above=0.33)
    assert inks.red_share > 0.001
    assert inks.blue_share > 0.0005
    ring = np.zeros(plain.shape[:2], np.uint8)
    cv2.circle(ring, (500, 700), 120, 255, 4)
    free = (ring > 0) & (plain[:, :, 0] > 250)
    assert np.percentile(inks.grey[free], 10) > 200
    assert (inks.grey[plain[:, :, 0] < 60] < 140).mean() > 0.97
    assert inks.grey[1030, 500] > 200, "a pen below the head of the page is taken off"
    assert inks.grey[215, 500] < 150, "a number written into the head stays"


def test_ink_fringes_of_black_print_are_no_colour() -> None:
    page = page_pixels(LINES * 3)
    fringed = page.copy()
    fringed[:, 1:, 2] = page[:, :-1, 2]  # the red picture lies a pixel beside the others
    inks = separate_inks(fringed, measure_paper(fringed), keep_blue_above=0.33)
    assert inks.red_share < 0.0005


def test_ink_on_coloured_paper_is_judged_against_the_paper() -> None:
    page = (page_pixels(LINES * 3).astype(np.float64) * np.array([1.0, 0.85, 0.75])).astype(np.uint8)
    paper = measure_paper(page)
    assert paper.colour == pytest.approx((255, 216, 191), abs=3)
    inks = separate_inks(page, paper, keep_blue_above=0.0)
    assert inks.blue_share < 0.001
    assert np.median(inks.grey) > 250


def test_light_is_evened() -> None:
    grey = np.ascontiguousarray(page_pixels(LINES * 3)[:, :, 0])
    shade = np.linspace(1.0, 0.35, grey.shape[1])
    shadowed = (grey * shade).astype(np.uint8)
    assert measure_paper(shadowed).unevenness > 0.4
    assert measure_paper(grey).unevenness < 0.05
    evened = even_light(shadowed)
    assert measure_paper(evened).unevenness < 0.1
    assert (evened[grey < 60] < 120).mean() > 0.95


def test_border_of_the_scanner_is_whitened_and_print_stays() -> None:
    grey = np.ascontiguousarray(page_pixels(LINES * 3)[:, :, 0])
    bedded = grey.copy()
    bedded[:, :60] = 10
    bedded[1700:, :] = 20
    whitened, share = whiten_border(bedded)
    assert share == pytest.approx(0.08, abs=0.02)
    assert whitened[:, :60].min() == 255
    assert np.array_equal(whitened[120:1600, 100:], grey[120:1600, 100:])
    same, none = whiten_border(grey)
    assert none == 0.0
    assert same is grey


def test_paper_of_a_black_page_is_not_invented() -> None:
    paper = measure_paper(np.zeros((400, 300, 3), np.uint8))
    assert paper.unevenness == 0.0

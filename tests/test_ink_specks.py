"""Dust on a page: taken off where it is strewn all over, and never the dots and marks of the page's own letters."""

import numpy as np
import pytest
from printed_pages import LINES, page_pixels

from corpus.spoil import add_speckle, blur
from pipeline.engines.ink import take_off_specks
from pipeline.stage import Pixels

DPI = 200.0
PAGE = blur(page_pixels(LINES * 4, dpi=DPI), 0.5)


def dusty(share: float) -> Pixels:
    return add_speckle(PAGE, share, np.random.default_rng(3))


@pytest.mark.parametrize("grey", [False, True])
def test_dust_strewn_over_a_page_is_taken_off_and_print_is_not(grey: bool) -> None:
    scan, plain = dusty(0.002), PAGE
    if grey:
        scan, plain = (np.ascontiguousarray(pixels[:, :, 0]) for pixels in (scan, plain))
    cleaned, specks = take_off_specks(scan, DPI)
    assert specks > 4000
    margin = slice(0, round(0.8 * DPI))
    assert (scan[margin] < 100).mean() > 0.001
    assert (cleaned[margin] < 100).mean() < 0.1 * (scan[margin] < 100).mean()  # grains that touch may stay
    # A light grain in a letter is no dust; but for those the print is as it was.
    printed = (plain < 90) & (scan < 90)
    assert (cleaned[printed] < 110).mean() > 0.997


def test_dots_commas_and_marks_below_stay_on_a_page_with_little_dust() -> None:
    for pixels in (PAGE, dusty(0.00005)):
        cleaned, specks = take_off_specks(pixels, DPI)
        assert specks == 0
        assert cleaned is pixels


def test_dots_marks_below_and_full_stops_stay_under_dust() -> None:
    lines = ("ạ ẹ ị ọ ụ ĩ i . , ; : ặ ậ ệ ộ ợ ự " * 3,) * 30
    plain = blur(page_pixels(lines, dpi=DPI), 0.5)
    cleaned, specks = take_off_specks(add_speckle(plain, 0.003, np.random.default_rng(5)), DPI)
    assert specks > 4000
    assert (cleaned[plain < 60] < 140).mean() > 0.985


def test_crumbs_of_faded_print_are_no_dust() -> None:
    random = np.random.default_rng(1)
    crumbled = np.where(random.random(PAGE.shape[:2])[..., None] < 0.6, np.uint8(255), PAGE)
    cleaned, specks = take_off_specks(crumbled, DPI)
    assert specks == 0
    assert cleaned is crumbled


def test_low_resolutions_are_left_alone() -> None:
    small = add_speckle(page_pixels(dpi=100.0), 0.01, np.random.default_rng(3))
    assert take_off_specks(small, 100.0)[1] == 0

"""Print that shines through from the other side: taken off where it stands apart, and nothing else."""

import numpy as np
import pytest
from printed_pages import LINES, page_pixels

from corpus.spoil import bleed_through, blur, fade
from pipeline.engines.ink import take_off_ghosts
from pipeline.stage import Pixels

PAGE = page_pixels(LINES[: len(LINES) // 2])
BACK = np.ascontiguousarray(page_pixels(LINES)[:, :, 0])


def grey(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, :, 0])


@pytest.mark.parametrize("strength", [0.6, 0.9])
def test_ghosts_of_the_other_side_are_taken_off(strength: float) -> None:
    shone = grey(blur(bleed_through(PAGE, BACK, strength), 0.6))
    cleaned, share = take_off_ghosts(shone)
    assert share > 0.1
    plain = grey(blur(PAGE, 0.6))
    assert np.abs(cleaned[plain < 110].astype(int) - shone[plain < 110]).max() <= 2
    unprinted = slice(370, None)
    assert plain[unprinted].min() == 255
    assert shone[unprinted].min() < 210
    assert cleaned[unprinted].min() > 240


@pytest.mark.parametrize(
    "pixels",
    [
        pytest.param(PAGE, id="clean"),
        pytest.param(fade(PAGE, 0.8), id="faded"),
        pytest.param(blur(PAGE, 1.5), id="blurred"),
        pytest.param(np.full((300, 200, 3), 230, np.uint8), id="empty"),
    ],
)
def test_pages_without_ghosts_are_left_alone(pixels: Pixels) -> None:
    before = grey(pixels)
    cleaned, share = take_off_ghosts(before)
    assert share == 0.0
    assert cleaned is before

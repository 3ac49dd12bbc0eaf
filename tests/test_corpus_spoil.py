"""Bad scans by a seed: the same every time, and bad in the way that was asked for."""

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from corpus.spoil import (
    ArrivalStamp,
    Recipe,
    add_noise,
    add_speckle,
    binarise,
    bleed_through,
    blur,
    cast_shadow,
    fade,
    photocopy,
    photograph,
    skew,
    spoil_page,
    tint_paper,
    turn,
)

EVERYTHING = Recipe(
    seed=7,
    dpi=60,
    mode="colour",
    speckle=0.0002,
    fade=0.3,
    bleed=0.3,
    shadow=0.4,
    paper=0.5,
    photographed=True,
    copied=1,
    arrival_stamp=ArrivalStamp("UBND XÃ BÌNH AN", "12", "03/4/2025"),
)


def sheet(width: int = 240, height: int = 320) -> Image.Image:
    page = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(page)
    for y in range(40, height - 40, 16):
        draw.line((30, y, width - 30, y), fill=(20, 20, 20), width=4)
    return page


def pixels() -> Any:
    return np.asarray(sheet(), dtype=np.uint8)


@pytest.mark.parametrize("mode", ["colour", "grey", "bilevel"])
def test_spoil_page_repeats_for_a_seed(mode: str) -> None:
    recipe = msgspec.structs.replace(EVERYTHING, mode=mode)
    first, second = (spoil_page(sheet(), recipe, 1, sheet()) for _ in range(2))
    assert first.mode == {"colour": "RGB", "grey": "L", "bilevel": "1"}[mode]
    assert first.size == sheet().size
    assert first.tobytes() == second.tobytes()


@given(st.integers(0, 2**32 - 1), st.integers(1, 50))
@settings(max_examples=15, deadline=None)
def test_spoil_page_differs_by_seed_and_page(seed: int, number: int) -> None:
    recipe = Recipe(seed=seed, dpi=60)
    here = spoil_page(sheet(), recipe, number).tobytes()
    assert here != spoil_page(sheet(), recipe, number + 1).tobytes()
    assert here != spoil_page(sheet(), msgspec.structs.replace(recipe, seed=seed + 1), number).tobytes()


def test_spoil_page_leaves_the_sheet_alone() -> None:
    page = sheet()
    spoil_page(page, EVERYTHING, 1, page)
    assert page.tobytes() == sheet().tobytes()


def test_spoil_page_stamps_the_first_page_alone() -> None:
    plain = Recipe(seed=1, dpi=60, mode="colour", max_skew_deg=0, blur_px=0, noise=0)
    stamped = msgspec.structs.replace(plain, arrival_stamp=EVERYTHING.arrival_stamp)
    assert spoil_page(sheet(), stamped, 1).tobytes() != spoil_page(sheet(), plain, 1).tobytes()
    assert spoil_page(sheet(), stamped, 2).tobytes() == spoil_page(sheet(), plain, 2).tobytes()


def test_recipe_refuses_what_it_does_not_know() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"seed": 1, "creases": 3}', type=Recipe)


@pytest.mark.parametrize("angle_deg", [-1.5, 2.0])
def test_skew_turns_lines_by_the_angle(angle_deg: float) -> None:
    ink = np.argwhere(skew(pixels(), angle_deg)[..., 0] < 128)
    first = ink[ink[:, 0] < 48]
    slope = np.polyfit(first[:, 1], first[:, 0], 1)[0]
    assert np.degrees(np.arctan(-slope)) == pytest.approx(angle_deg, abs=0.7)


def test_fade_bleaches_ink_and_not_paper() -> None:
    faded = fade(pixels(), 0.5)
    assert faded.min() > pixels().min() + 50
    assert faded.max() == 255


def test_binarise_and_noise_and_speckle_do_what_they_say() -> None:
    random = np.random.default_rng(3)
    grey = pixels()[..., 0]
    assert set(np.unique(binarise(blur(grey, 1.5), random))) <= {0, 255}
    assert add_noise(grey, 0.0, random) is grey
    flat = np.full((200, 200), 128, dtype=np.uint8)
    assert 3 < add_noise(flat, 5.0, random).std() < 8
    white = np.full((200, 200), 255, dtype=np.uint8)
    assert 0 < (add_speckle(white, 0.001, random) < 128).sum() < 400
    assert (add_speckle(white, 0.0, random) == white).all()


def test_bleed_through_darkens_where_the_back_is_printed() -> None:
    back = np.full((320, 240), 255, dtype=np.uint8)
    back[100:120, :60] = 0  # on the left of the back, so on the right seen from the front
    white = np.full((320, 240, 3), 255, dtype=np.uint8)
    shone = bleed_through(white, back, 0.5)
    assert shone[110, 210].max() < 240
    assert shone[110, 30].min() == 255


@pytest.mark.parametrize("step", [photocopy, photograph])
def test_paper_steps_keep_shape_and_type(step: Any) -> None:
    result = step(pixels(), np.random.default_rng(5))
    assert result.shape == pixels().shape
    assert result.dtype == np.uint8
    assert (result != pixels()).any()


def test_shadow_and_tint_only_darken() -> None:
    random = np.random.default_rng(9)
    assert (cast_shadow(pixels(), 0.6, random) <= pixels()).all()
    tinted = tint_paper(pixels(), 0.6, random).astype(int)
    assert (tinted <= pixels()).all()
    assert tinted[0, 0, 2] < tinted[0, 0, 0]  # paper yellows: blue goes first


@pytest.mark.parametrize(("clockwise_deg", "corner"), [(90, (-1, 0)), (180, (-1, -1)), (270, (0, -1)), (0, (0, 0))])
def test_turn_is_clockwise(clockwise_deg: int, corner: tuple[int, int]) -> None:
    page = Image.new("L", (40, 60), 255)
    page.putpixel((0, 0), 0)
    turned = turn(page, clockwise_deg)
    assert turned.size == ((60, 40) if clockwise_deg in (90, 270) else (40, 60))
    assert turned.getpixel((corner[0] % turned.width, corner[1] % turned.height)) == 0

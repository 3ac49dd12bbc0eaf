"""Broken rules: about the share asked for is gone, and nothing that is no rule is touched."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from corpus.ladder import SPOILINGS, spoil_sheet
from corpus.spoil import break_rules

DPI = 200


def ruled() -> Image.Image:
    page = Image.new("RGB", (1000, 800), "white")
    draw = ImageDraw.Draw(page)
    for y in range(100, 701, 100):
        draw.line((100, y, 900, y), fill="black", width=2)
    draw.rectangle((450, 130, 470, 170), fill="black")
    return page


@pytest.mark.parametrize("share", [0.15, 0.4, 0.7])
def test_spoil_break_rules_takes_off_about_the_share_of_rules(share: float) -> None:
    whole = np.asarray(ruled())
    broken = break_rules(whole, share, DPI, np.random.default_rng(1))
    rules, pieces = (int((one[100:102, :, 0] < 128).sum()) for one in (whole, broken))
    letters = slice(130, 171), slice(450, 471)
    assert rules == 2 * 801
    assert abs(1 - pieces / rules - share) < 0.15
    assert (broken[letters] == whole[letters]).all()


def test_spoil_every_rung_spoils_more_than_the_one_before() -> None:
    page = ruled()
    for name in ("broken-rules", "specks", "blue-pen", "grey-stamps"):
        changed = [np.mean(np.asarray(spoil_sheet(page, page, name, rung)) != np.asarray(page)) for rung in (1, 2, 3)]
        assert 0 < changed[0] < changed[2], name
        assert len(SPOILINGS[name].strengths) == 3

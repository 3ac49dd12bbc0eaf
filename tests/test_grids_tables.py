"""Tables drawn by hand: what the finder of ruled grids makes of rules, broken, leaning or of no table at all."""

import time

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.spoil import break_rules
from pipeline.engines.grids import find_grids
from pipeline.stage import Pixels

DPI = 150.0
XS = (150, 220, 700, 1090)
YS = (300, 360, 470, 530, 640)


def paper(height: int = 1754, width: int = 1240) -> Pixels:
    return np.full((height, width), 255, np.uint8)


def rule(page: Pixels, start: tuple[int, int], end: tuple[int, int]) -> None:
    cv2.line(page, start, end, 0, 2)


def ruled(xs: tuple[int, ...] = XS, ys: tuple[int, ...] = YS) -> Pixels:
    page = paper()
    for x in xs:
        rule(page, (x, ys[0]), (x, ys[-1]))
    for y in ys:
        rule(page, (xs[0], y), (xs[-1], y))
    return page


def write(page: Pixels, text: str, place: tuple[int, int]) -> None:
    cv2.putText(page, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 2, cv2.LINE_AA)


def leaning(page: Pixels, angle_deg: float) -> Pixels:
    turn = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), angle_deg, 1.0)
    return np.asarray(cv2.warpAffine(page, turn, page.shape[::-1], borderValue=255), np.uint8)


def spans(page: Pixels) -> list[tuple[int, int, int, int]]:
    (grid,) = find_grids(page, DPI)
    return [(cell.row, cell.column, cell.row_span, cell.column_span) for cell in grid.cells]


def full(rows: int = 4, columns: int = 3) -> list[tuple[int, int, int, int]]:
    return [(row, column, 1, 1) for row in range(rows) for column in range(columns)]


def test_find_grids_gives_every_cell_with_its_box() -> None:
    (grid,) = find_grids(ruled(), DPI)
    assert [(cell.row, cell.column, cell.row_span, cell.column_span) for cell in grid.cells] == full()
    box = grid.cells[4].box
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((220, 360, 700, 470), abs=3)


def test_find_grids_joins_cells_that_no_rule_parts() -> None:
    page = ruled()
    page[364:467, 215:226] = 255  # cells (1, 0) and (1, 1)
    page[525:536, 705:1086] = 255  # cells (2, 2) and (3, 2)
    expected = [cell for cell in full() if cell[:2] not in {(1, 0), (1, 1), (2, 2), (3, 2)}]
    assert spans(page) == sorted([*expected, (1, 0, 1, 2), (2, 2, 2, 1)])


@pytest.mark.parametrize("angle_deg", [-1.5, -0.6, 0.4, 1.2, 2.0])
def test_find_grids_bears_a_leaning_table(angle_deg: float) -> None:
    page = ruled()
    write(page, "Noi dung cong viec", (240, 430))
    assert spans(leaning(page, angle_deg)) == full()


def test_find_grids_bears_broken_rules() -> None:
    page = ruled()
    for x in range(200, 1080, 90):
        page[295:645, x : x + 5] = 255
    for y in range(355, 600, 75):
        page[y : y + 5, 140:1100] = 255
    assert spans(page) == full()


def test_find_grids_closes_a_table_without_outer_rules() -> None:
    page = ruled()
    page[:, 140:160] = 255
    page[:, 1080:1100] = 255
    assert spans(page) == full()


def test_find_grids_tells_two_tables_apart() -> None:
    page = cv2.bitwise_and(ruled(), ruled(ys=(800, 860, 930)))
    first, second = find_grids(np.asarray(page, np.uint8), DPI)
    assert (len(first.cells), len(second.cells)) == (12, 6)
    assert first.box.bottom < second.box.top


def test_find_grids_takes_underlines_and_text_for_no_table() -> None:
    page = paper()
    rule(page, (240, 170), (420, 170))
    rule(page, (700, 170), (1000, 170))
    rule(page, (150, 1500), (450, 1500))
    for y in range(250, 1450, 36):
        write(page, "HELLI THE PLAN IS TO FILL THE TITLE LINE HERE", (150, y))
    assert find_grids(page, DPI) == ()


def test_find_grids_takes_strokes_that_cross_for_no_table() -> None:
    page = paper()
    for start, end in (((700, 900), (1000, 940)), ((760, 820), (770, 1010)), ((720, 960), (960, 955))):
        rule(page, start, end)
    rule(page, (900, 830), (905, 990))
    assert find_grids(page, DPI) == ()


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (40, 40)])
def test_find_grids_bears_a_picture_that_is_no_page(shape: tuple[int, int]) -> None:
    assert find_grids(np.zeros(shape, np.uint8), DPI) == ()


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(110, 300), min_size=2, max_size=6),
    st.lists(st.integers(40, 200), min_size=2, max_size=9),
    st.sampled_from([100.0, 150.0, 200.0]),
)
def test_find_grids_counts_rows_and_columns(widths: list[int], heights: list[int], dpi: float) -> None:
    scale = dpi / DPI
    xs = tuple(int(scale * (40 + sum(widths[:index]))) for index in range(len(widths) + 1))
    ys = tuple(int(scale * (40 + sum(heights[:index]))) for index in range(len(heights) + 1))
    page = paper(ys[-1] + 40, xs[-1] + 40)
    for x in xs:
        rule(page, (x, ys[0]), (x, ys[-1]))
    for y in ys:
        rule(page, (xs[0], y), (xs[-1], y))
    (grid,) = find_grids(page, dpi)
    assert len(grid.cells) == len(widths) * len(heights)


def test_find_grids_is_quick_on_a_table_of_two_thousand_cells() -> None:
    xs = tuple(range(60, 1181, 56))
    ys = tuple(range(30, 1731, 17))
    begun = time.process_time()
    (grid,) = find_grids(ruled(xs, ys), DPI)
    assert len(grid.cells) == 2000
    assert time.process_time() - begun < 5


def test_find_grids_leaves_a_heading_across_a_low_row_whole() -> None:
    ys = (300, 360, 400, 470, 530)
    page = ruled(ys=ys)
    page[363:398, 153:1088] = 255
    write(page, "LOP 1", (170, 392))
    assert spans(page) == sorted([*(cell for cell in full() if cell[0] != 1), (1, 0, 1, 3)])


@pytest.mark.parametrize("share", [0.1, 0.15, 0.2])
def test_find_grids_follows_rules_that_come_out_in_pieces(share: float) -> None:
    ys = tuple(range(300, 1501, 60))
    page = ruled(ys=ys)
    for row, y in enumerate(ys[:-1]):
        write(page, f"{row + 1}", (170, y + 38))
        write(page, "Noi dung cong viec", (240, y + 38))
    broken = break_rules(np.repeat(page[..., None], 3, axis=2), share, DPI, np.random.default_rng(7))[..., 0]
    (grid,) = find_grids(np.ascontiguousarray(broken), DPI)
    whole = {(round(cell.box.left, -1), round(cell.box.top, -1)) for cell in grid.cells}
    assert len(whole) >= 0.85 * 3 * (len(ys) - 1)

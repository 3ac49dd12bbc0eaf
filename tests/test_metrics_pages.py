"""Figures, lines of head and foot, invented words and tables: what is counted, and that nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.page_measures import PageScore, find_tables, framing_lines, score_layout, table_likeness

GOLD = """SỞ NỘI VỤ
Số: 15/KH-SNV

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Hà Nội, ngày 05 tháng 3 năm 2025

Thực hiện trước ngày 30/4/2025, kinh phí 1.200.000 đồng.
STT | Việc | Hạn
I. Phần chung
1 | Rà soát | 12/5
2 | Báo cáo |

Nơi nhận:
- Như trên;

GIÁM ĐỐC
Lê An

[page] 2
"""
CELLS = st.lists(st.lists(st.text("ab1", max_size=3), min_size=1, max_size=4), min_size=1, max_size=5)


def test_score_layout_of_gold_is_full_marks() -> None:
    found = score_layout({1: GOLD}, {1: GOLD})
    assert (found.numbers, found.numbers_right) == (9, 9)
    assert (found.lines, found.lines_right) == (8, 8)
    assert (found.foreign, found.invented) == (0, 0)
    assert (found.cells, found.cells_read, found.cells_right, found.tables) == (10, 10, 10, 1)
    assert found.table_likeness == pytest.approx(1.0)


def test_score_layout_counts_what_went_wrong() -> None:
    read = GOLD.replace("15/KH", "16/KH").replace("Rà soát", "Rà soat").replace("Lê An", "Lê An\nxq")
    found = score_layout({1: read}, {1: GOLD})
    assert (found.numbers_right, found.lines_right, found.cells_right) == (8, 7, 9)
    assert (found.foreign, found.invented) == (3, 1)
    assert 0.9 < found.table_likeness < 1.0


def test_score_layout_counts_a_page_that_was_not_read() -> None:
    found = score_layout({}, {1: GOLD})
    assert (found.numbers, found.numbers_right, found.lines_right, found.cells_read) == (9, 0, 0, 0)
    assert found.cell_f1 == 0.0


def test_framing_lines_are_those_of_head_and_foot() -> None:
    assert framing_lines(GOLD)[0] == "SỞ NỘI VỤ"
    assert framing_lines(GOLD)[-1] == "Lê An"
    assert framing_lines("KẾ HOẠCH\n\nI. MỤC ĐÍCH\n") == []


def test_find_tables_keeps_bands_and_empty_cells() -> None:
    (table,) = find_tables(GOLD)
    assert table[1] == ["I. Phần chung"]
    assert table[3] == ["2", "Báo cáo", ""]


@given(CELLS, CELLS)
def test_table_likeness_is_a_likeness(one: list[list[str]], other: list[list[str]]) -> None:
    assert table_likeness(one, one) == 1.0
    assert 0.0 <= table_likeness(one, other) <= 1.0
    assert table_likeness(one, other) == pytest.approx(table_likeness(other, one))


def test_page_scores_add_up() -> None:
    one = score_layout({1: GOLD}, {1: GOLD})
    assert one + PageScore() == one
    assert (one + one).numbers == 2 * one.numbers

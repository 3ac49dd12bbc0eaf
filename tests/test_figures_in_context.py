"""Figures read as letters are told by what stands around them, and letters stay letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.figures_in_context import mend_figures


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("tổ chức ít nhất I buổi mỗi tháng", "tổ chức ít nhất 1 buổi mỗi tháng"),
        ("mỗi tháng, Ì năm", "mỗi tháng, 1 năm"),
        ("số 04/KH-HĐT- ĐHTĐ ngày", "số 04/KH-HĐT-ĐHTĐ ngày"),
        ("chọn Ì người", "chọn 1 người"),
        ("từ Bh00 ngày 5/6", "từ 8h00 ngày 5/6"),
        ("trong tháng 32026, các", "trong tháng 3/2026, các"),
        ("quý II/2025 và quý 1/2026.", "quý II/2025 và quý I/2026."),
    ],
)
def test_figures_in_context_are_read(read: str, printed: str) -> None:
    assert [" ".join(filter(None, line)) for line in mend_figures([read.split()])] == [printed]


@pytest.mark.parametrize(
    "text",
    [
        "quý I năm 2025",
        "đơn vị hạng I trở lên",
        "khu vực I và II",
        "I. MỤC ĐÍCH",
        "quý 1/2026",
        "mã số 32026",
        "Bh99",
        "l",
    ],
)
def test_figures_in_context_leave_what_may_stand_so(text: str) -> None:
    assert [" ".join(filter(None, line)) for line in mend_figures([text.split()])] == [text]


@given(st.lists(st.lists(st.text("IlB0h18/-ĐHT,a", max_size=5), max_size=5)))
def test_figures_in_context_keep_their_words(lines: list[list[str]]) -> None:
    assert [len(line) for line in mend_figures(lines)] == [len(line) for line in lines]

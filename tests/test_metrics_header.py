"""The header fields that other systems report, scored under their names."""

from typing import Any

import pytest

from corpus.header_fields import HEADER_FIELDS, NOT_SCORED, province_of, score_header

GOLD: dict[str, Any] = {
    "document": {"type": "Kế hoạch", "number": "12/KH-SYT", "issuer": "Sở Y tế tỉnh Đồng Nai", "urgency": None},
    "recipients": ["Như trên", "Các đơn vị trực thuộc", "Lưu: VT"],
}


def test_header_counts_thirteen_fields() -> None:
    assert len(HEADER_FIELDS) + len(NOT_SCORED) == 13


def test_header_is_all_exact_or_absent_for_the_gold_itself() -> None:
    scores = score_header(GOLD, GOLD)
    assert tuple(scores) == HEADER_FIELDS
    assert scores["recipients"].exact == 3
    assert all(found.wrong + found.missing + found.invented == 0 for found in scores.values())


def test_header_tells_wrong_missing_and_invented() -> None:
    read = {
        "document": {"type": "Kế hoạch", "number": "13/KH-SYT", "issuer": None, "urgency": "KHẨN"},
        "recipients": ["Các đơn vị trực thuộc", "Lưu: VT", "Trang tin"],
    }
    scores = score_header(read, GOLD)
    assert (scores["code"].wrong, scores["sender"].missing, scores["priority"].invented) == (1, 1, 1)
    assert (scores["recipients"].exact, scores["recipients"].missing, scores["recipients"].invented) == (2, 1, 1)
    assert scores["first recipient"].wrong == 1
    assert scores["province"].missing == 1


@pytest.mark.parametrize(
    ("document", "province"),
    [
        ({"issuer": "Ủy ban nhân dân tỉnh Đồng Nai"}, "Đồng Nai"),
        ({"issuer": "Trường THPT A", "parent_body": "UBND thành phố Hồ Chí Minh"}, "Hồ Chí Minh"),
        ({"issuer": "Sở Nội vụ tỉnh Bà Rịa - Vũng Tàu"}, "Bà Rịa Vũng Tàu"),
        ({"issuer": "Bộ Y tế"}, None),
    ],
)
def test_header_province_is_the_one_that_a_body_is_named_after(document: dict[str, str], province: str | None) -> None:
    assert province_of(document) == province

"""What the lines of heads and signatures say where they were read with small errors, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.frame_lines import mend_issuers, mend_national_title, mend_signature
from pipeline.language.person_names import mend_name

LISTS = st.lists(st.lists(st.text(st.characters(categories=("L", "N", "P")), max_size=8), max_size=6))


def lines(*texts: str) -> list[list[str]]:
    return [text.split() for text in texts]


def said(found: list[list[str]]) -> list[str]:
    return [" ".join(word for word in line if word) for line in found]


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("CỘNG HÒA XÃ HỘI CHÚ NGHĨA VIỆT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (", Đệc lập – Tự do – Hạnh Phúc '", "Độc lập – Tự do – Hạnh Phúc"),
        ("Độclập - Tự do - Hạnh phúc", "Độc lập - Tự do - Hạnh phúc"),
        ("ĐẢNG CỌNG SẢN VIỆT NAM", "ĐẢNG CỘNG SẢN VIỆT NAM"),
        ("Lai Châu, ngày 24 tháng 7 năm 2025", "Lai Châu, ngày 24 tháng 7 năm 2025"),
    ],
)
def test_frame_lines_national_title_is_the_one_that_is_always_printed(read: str, printed: str) -> None:
    assert said(mend_national_title(lines(read))) == [printed]


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("ỦY BAN NHÂN DẪN", "ỦY BAN NHÂN DÂN"),
        ('"TỈNH HÀ TỈNH', "TỈNH HÀ TĨNH"),
        ("SỞ LAO ĐỘNG -", "SỞ LAO ĐỘNG -"),
        ("UBND XÃ TÂN LẬP", "UBND XÃ TÂN LẬP"),
        ("THỦ TRƯỞNG CƠ QUAN", "THỦ TRƯỞNG CƠ QUAN"),
        ("V/v tổ chức hội nghị -", "V/v tổ chức hội nghị -"),
        ("PHƯƠNG TIỆN PHÒNG CHÁY", "PHƯƠNG TIỆN PHÒNG CHÁY"),
    ],
)
def test_frame_lines_issuers_get_marks_where_only_one_name_has_these_letters(read: str, printed: str) -> None:
    assert said(mend_issuers(lines(read))) == [printed]


def test_frame_lines_signatures_are_read_as_custom_has_them() -> None:
    read = lines("KT, TỎ TRƯỞN", "PHÓ'TÔ TRƯỞNG -", "Thiếu tá Quách Tñị Hồng Vân")
    assert said(mend_signature(read)) == ["KT. TỔ TRƯỞNG", "PHÓ TỔ TRƯỞNG", "Thiếu tá Quách Thị Hồng Vân"]
    assert said(mend_signature(lines("KT CHỦ TỊCH", "KTX LAO ĐỘNG"))) == ["KT. CHỦ TỊCH", "KTX LAO ĐỘNG"]
    right = ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH THƯỜNG TRỰC", "KHU CÔNG NGHỆ CAO HÒA LẠC", "Y Blang Niê"]
    assert said(mend_signature(lines(*right))) == right


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("Trịnh Xhắc Duẩn", "Trịnh Khắc Duẩn"),
        ("„Cao Xxan Thưởng", "Cao Xuân Thưởng"),
        ("ThạckVăn Hậu", "Thạch Văn Hậu"),
        ("K' Brêm Ksor", "K' Brêm Ksor"),
        ("Quàng Văn Tiện", "Quàng Văn Tiện"),
    ],
)
def test_frame_lines_names_are_mended_where_one_name_is_near(read: str, printed: str) -> None:
    assert " ".join(mend_name(read.split())) == printed


@given(LISTS)
def test_frame_lines_keep_their_words(texts: list[list[str]]) -> None:
    for mend in (mend_issuers, mend_national_title, mend_signature):
        assert [len(line) for line in mend(texts)] == [len(line) for line in texts]

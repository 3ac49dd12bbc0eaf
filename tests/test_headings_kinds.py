"""What kind of part a heading announces."""

import pytest

from pipeline.language.document_types import heading_type
from pipeline.language.headings import heading_kind, mend_heading


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("MỤC ĐÍCH, YÊU CẦU", "purpose"),
        ("CHỈ TIÊU PHẤN ĐẤU", "purpose"),
        ("NỘI DUNG VÀ HÌNH THỨC", "content"),
        ("GIẢI PHÁP VÀ PHÂN CÔNG NHIỆM VỤ", "content"),
        ("ĐỐI TƯỢNG, PHẠM VI", "subjects"),
        ("THỜI GIAN, HÌNH THỨC VÀ THÀNH PHẦN", "schedule"),
        ("HÌNH THỨC KHEN THƯỞNG", "rewards"),
        ("KINH PHÍ THỰC HIỆN", "funding"),
        ("BAN TỔ CHỨC HỘI THI", "organization"),
        ("TỔ CHỨC THỰC HIỆN", "organization"),
        ("PHƯƠNG PHÁP KIỂM TRA", "other"),
        ("CHẾ ĐỘ BÁO CÁO", "other"),
        ("MUC DICH, YEU CAU", "purpose"),
        ("TÔ CHÚC THUC HIÊN", "organization"),
        ("KHEN THUÖNG", "rewards"),
    ],
)
def test_headings_take_the_kind_named_first(heading: str, kind: str) -> None:
    assert heading_kind(heading, None).kind == kind


@pytest.mark.parametrize(
    ("heading", "parent", "kind"),
    [
        ("Sở Nội vụ", "organization", "organization"),
        ("Hội đồng Thi đua - Khen thưởng huyện", "organization", "organization"),
        ("Công tác tham mưu, triển khai thực hiện", "content", "content"),
        ("Thời gian tổ chức", "content", "schedule"),
        ("Tăng cường nguồn lực, hỗ trợ kinh phí cho cơ sở", "content", "funding"),
        ("Hình thức", "schedule", "schedule"),
        ("Chế độ báo cáo", "organization", "organization"),
    ],
)
def test_headings_of_parts_take_their_own_kind_or_their_parents(heading: str, parent: str, kind: str) -> None:
    assert heading_kind(heading, parent).kind == kind  # type: ignore[arg-type]


def test_headings_are_mended_only_in_words_of_the_genre() -> None:
    assert mend_heading("NỌI DUNG THI ĐUA") == "NỘI DUNG THI ĐUA"
    assert mend_heading("Muc đích") == "Mục đích"
    assert mend_heading("Nội dung, yêu cầu") == "Nội dung, yêu cầu"
    assert mend_heading("Trồng cây gây rừng") == "Trồng cây gây rừng"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("KẾ HOẠCH", "Kế hoạch"),
        ("K Ế  H O Ạ C H", "Kế hoạch"),
        ("KÉ HOACH", "Kế hoạch"),
        ("A644 KẾ HOẠCH", "Kế hoạch"),
        ("QUYẾT ĐỊNH:", "Quyết định"),
        ("HƯỚNG DẪN LIÊN NGÀNH", "Hướng dẫn"),
        ("KẾ HOẠCH TỔ CHỨC HỘI THI", "Kế hoạch"),
    ],
)
def test_types_are_told_in_heading_lines(line: str, name: str) -> None:
    found = heading_type(line)
    assert found is not None and found.type.name == name


@pytest.mark.parametrize(
    "line", ["HỘI ĐỒNG NHÂN DÂN", "Kế hoạch được thực hiện trong năm nay.", "ỦY BAN NHÂN DÂN", "", "1234"]
)
def test_types_are_not_told_in_other_lines(line: str) -> None:
    assert heading_type(line) is None

"""Movements, rewards and subjects of plans written for the tests."""

import pytest

from pipeline.extraction.movements import extract_movements, level_of
from pipeline.extraction.reward_phrases import read_amount
from pipeline.extraction.rewards import extract_rewards
from pipeline.extraction.subjects import extract_subjects, subject_kind
from pipeline.records import plain_record
from tests.task_plans import OPTIONS, plan


def test_movements_reads_names_years_and_launchers():
    body = """
II. NỘI DUNG
- Hưởng ứng phong trào thi đua “Dạy hay, học tốt” giai đoạn 2021 - 2025 do Bộ Giáo dục và Đào tạo phát động.
- Tham gia các phong trào thi đua của địa phương.
"""
    title = "Phát động phong trào thi đua “Mỗi lớp một tủ sách” năm học 2025 - 2026"
    rows = [plain_record(record) for record in extract_movements(plan(body, title), OPTIONS)]
    assert [(row["name"], row["role"], row["start"], row["end"]) for row in rows] == [
        ("Mỗi lớp một tủ sách", "launches", "2025", "2026"),
        ("Dạy hay, học tốt", "names", "2021", "2025"),
    ]
    assert (rows[1]["launched_by"], rows[1]["level"]) == ("Bộ Giáo dục và Đào tạo", "central")
    assert rows[0]["launched_by"] == "Phòng Giáo dục và Đào tạo huyện Mường Khê"


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ("Thủ tướng Chính phủ", "central"),
        ("Ủy ban nhân dân tỉnh Hòa An", "province"),
        ("UBND xã Tân Lập", "commune"),
        ("Trường THPT Hòa An", "unit"),
    ],
)
def test_movements_knows_the_level_of_a_launcher(body, level):
    assert level_of(body) == level


def test_rewards_reads_forms_granters_recipients_and_sums():
    body = """
V. KHEN THƯỞNG
- Tặng Giấy khen của Chủ tịch Ủy ban nhân dân huyện cho 05 tập thể và 12 cá nhân có thành tích xuất sắc.
- Giải thưởng hội thi: 01 giải Nhất 2.000.000 đồng; 02 giải Nhì, mỗi giải 1.500.000 đồng.
"""
    rows = [plain_record(record) for record in extract_rewards(plan(body), OPTIONS)]
    assert [(row["form"], row["recipients"], row["quantity"], row["amount"]) for row in rows] == [
        ("Giấy khen", "05 tập thể", 5, None),
        ("Giấy khen", "12 cá nhân", 12, None),
        ("giải Nhất", None, 1, 2_000_000),
        ("giải Nhì", None, 2, 1_500_000),
    ]
    assert rows[0]["granted_by"] == "Chủ tịch Ủy ban nhân dân huyện"
    assert rows[1]["criteria"] == "có thành tích xuất sắc"


def test_rewards_reads_a_promise_without_a_form():
    body = """
IV. TỔ CHỨC THỰC HIỆN
1. Các trường học
- Kịp thời khen thưởng những tập thể, cá nhân có nhiều đóng góp cho thư viện.
"""
    (row,) = [plain_record(record) for record in extract_rewards(plan(body), OPTIONS)]
    assert (row["form"], row["granted_by"]) == (None, "Các trường học")
    assert (row["recipients"], row["criteria"]) == ("những tập thể, cá nhân", "có nhiều đóng góp cho thư viện")


@pytest.mark.parametrize(
    ("text", "amount"),
    [("500.000 đồng", 500_000), ("1,5 triệu đồng", 1_500_000), ("300 nghìn đồng", 300_000), ("05 giải", None)],
)
def test_reward_phrases_reads_sums(text, amount):
    assert read_amount(text) == amount


def test_subjects_reads_lines_and_their_kinds():
    body = """
II. ĐỐI TƯỢNG
- Là học sinh lớp 4, lớp 5 các trường tiểu học.
- Các trường tiểu học trên địa bàn huyện.
"""
    rows = [plain_record(record) for record in extract_subjects(plan(body), OPTIONS)]
    assert [(row["kind"], row["text"]) for row in rows] == [
        ("individual", "học sinh lớp 4, lớp 5 các trường tiểu học"),
        ("collective", "Các trường tiểu học trên địa bàn huyện"),
    ]


def test_subjects_takes_the_title_where_no_line_says_them():
    found = extract_subjects(plan("I. NỘI DUNG\n- Tổ chức tham quan.", "Tổ chức tham quan cho học sinh lớp 5"), OPTIONS)
    assert [plain_record(record)["text"] for record in found] == ["học sinh lớp 5"]


@pytest.mark.parametrize(
    ("text", "kind"), [("học sinh", "individual"), ("tập thể, cá nhân", "collective"), ("các văn bản", "other")]
)
def test_subjects_goes_by_the_first_noun(text, kind):
    assert subject_kind(text) == kind


def test_rewards_reads_tables_of_forms():
    body = """
V. KHEN THƯỞNG
TT | Hình thức | Cấp khen thưởng | Số lượng | Mức thưởng (đồng)
1 | Giấy khen | Chủ tịch UBND huyện | 04 tập thể | 1.500.000
2 | Giấy khen | Chủ tịch UBND huyện | 09 cá nhân | 600.000
"""
    rows = [plain_record(record) for record in extract_rewards(plan(body), OPTIONS)]
    assert [(row["form"], row["granted_by"], row["recipients"], row["quantity"], row["amount"]) for row in rows] == [
        ("Giấy khen", "Chủ tịch UBND huyện", "04 tập thể", 4, 1_500_000),
        ("Giấy khen", "Chủ tịch UBND huyện", "09 cá nhân", 9, 600_000),
    ]


def test_movements_reads_lists_weeks_and_campaigns_but_no_general_talk():
    body = """
II. NỘI DUNG
- Thực hiện các phong trào “Đọc sách mỗi ngày”, “Tủ sách ấm áp” và Tuần lễ học tập suốt đời năm 2025.
- Ra quân chiến dịch làm sạch thư viện; đẩy mạnh các phong trào thi đua khác.
"""
    rows = [plain_record(record)["name"] for record in extract_movements(plan(body), OPTIONS)]
    assert rows == ["Đọc sách mỗi ngày", "Tủ sách ấm áp", "Tuần lễ học tập suốt đời", "làm sạch thư viện"]

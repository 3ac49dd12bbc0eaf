"""Assignments and deadlines of plans written for the tests, and what no reader of records may do."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.document import replace
from pipeline.extraction.assignments import extract_assignments
from pipeline.extraction.deadlines import extract_deadlines
from pipeline.extraction.movements import extract_movements
from pipeline.extraction.rewards import extract_rewards
from pipeline.extraction.roles import role_of
from pipeline.extraction.subjects import extract_subjects
from pipeline.extraction.task_tables import column_role
from pipeline.options import SegmentOptions
from pipeline.segmentation import segment_document
from tests.conftest import build_document
from tests.task_plans import OPTIONS, assignments, deadlines, plan


def test_assignments_gives_a_headings_bullets_to_its_body():
    body = """
IV. TỔ CHỨC THỰC HIỆN
1. Các trường tiểu học
- Bố trí phòng đọc trước ngày 30/10/2025.
- Phối hợp với Hội Khuyến học xã vận động sách.
2. Thư viện huyện
- Tham mưu Ủy ban nhân dân huyện cấp thêm sách.
"""
    assert assignments(body) == [
        ("Các trường tiểu học", "lead", "Bố trí phòng đọc trước ngày 30/10/2025", "trước ngày 30/10/2025"),
        ("Các trường tiểu học", "coordinate", "Phối hợp với Hội Khuyến học xã vận động sách", None),
        ("Hội Khuyến học xã", "coordinate", "Phối hợp với Hội Khuyến học xã vận động sách", None),
        ("Thư viện huyện", "advise", "Tham mưu Ủy ban nhân dân huyện cấp thêm sách", None),
    ]


def test_assignments_reads_sentences_with_lead_partners_and_receiver():
    body = """
IV. TỔ CHỨC THỰC HIỆN
1. Giao Bộ phận Thư viện chủ trì, phối hợp với Công đoàn ngành và các trường học
tổ chức ngày hội sách;
báo cáo kết quả về Ủy ban nhân dân huyện (qua Văn phòng) trước ngày 15/12/2025.
2. Đề nghị Trung tâm Văn hóa huyện cho mượn sân khấu.
"""
    rows = assignments(body)
    assert [(row[0], row[1]) for row in rows] == [
        ("Bộ phận Thư viện", "lead"),
        ("Công đoàn ngành", "coordinate"),
        ("Các trường học", "coordinate"),
        ("Ủy ban nhân dân huyện", "report_to"),
        ("Trung tâm Văn hóa huyện", "lead"),
    ]
    assert {row[3] for row in rows[:4]} == {"trước ngày 15/12/2025"}


def test_assignments_reads_tables_with_leads_partners_and_times():
    body = """
IV. PHÂN CÔNG
STT | Nội dung công việc | Đơn vị chủ trì | Đơn vị phối hợp | Thời gian hoàn thành
1 | Kiểm kê sách | Thư viện huyện | Các trường tiểu học, Sở Tài chính | Tháng 10/2025
2 | Tập huấn nhân viên | Phòng Nội vụ | | 20/11/2025
"""
    assert assignments(body) == [
        ("Thư viện huyện", "lead", "Kiểm kê sách", "Tháng 10/2025"),
        ("Các trường tiểu học", "coordinate", "Kiểm kê sách", "Tháng 10/2025"),
        ("Sở Tài chính", "coordinate", "Kiểm kê sách", "Tháng 10/2025"),
        ("Phòng Nội vụ", "lead", "Tập huấn nhân viên", "20/11/2025"),
    ]
    found = deadlines(body)
    assert [(row["text"], row["kind"], row["start"], row["end"]) for row in found] == [
        ("Tháng 10/2025", "due", "2025-10-01", "2025-10-31"),
        ("20/11/2025", "due", None, "2025-11-20"),
    ]
    assert found[0]["body"] == "Thư viện huyện; Các trường tiểu học, Sở Tài chính"


def test_assignments_gives_the_items_of_a_lead_in_to_its_subject():
    body = """
III. NỘI DUNG
1. Các trường học trên địa bàn thực hiện các việc sau:
- Mở cửa thư viện ngoài giờ.
- Theo dõi, đôn đốc việc mượn trả.
2. Mua thêm sách mới.
"""
    assert [(row[0], row[1], row[2]) for row in assignments(body)] == [
        ("Các trường học trên địa bàn", "lead", "Mở cửa thư viện ngoài giờ"),
        ("Các trường học trên địa bàn", "monitor", "Theo dõi, đôn đốc việc mượn trả"),
    ]


def test_assignments_reads_lines_under_a_group():
    body = """
III. NHIỆM VỤ
1. Xây dựng tủ sách lớp học
- Vận động quyên góp sách.
- Đóng kệ sách.
- Đơn vị chủ trì: Đoàn Thanh niên.
- Đơn vị phối hợp: Hội Phụ nữ xã.
- Thời gian thực hiện: Quý IV/2025.
"""
    rows = assignments(body)
    assert {(row[0], row[1]) for row in rows} == {("Đoàn Thanh niên", "lead"), ("Hội Phụ nữ xã", "coordinate")}
    assert {row[2] for row in rows} == {"Vận động quyên góp sách", "Đóng kệ sách"}
    assert {row[3] for row in rows} == {"Quý IV/2025"}


def test_assignments_leaves_aims_and_closing_alone_but_for_difficulties():
    body = """
I. MỤC ĐÍCH, YÊU CẦU
- Các trường học nâng cao văn hóa đọc.
Trên đây là Kế hoạch nâng cao chất lượng thư viện, đề nghị các trường thực hiện. Trong quá
trình thực hiện, nếu có khó khăn, vướng mắc, các trường báo cáo Phòng Giáo dục và Đào tạo để giải quyết./.
"""
    assert [(row[0], row[1]) for row in assignments(body)] == [
        ("Các trường", "lead"),
        ("Phòng Giáo dục và Đào tạo", "report_to"),
    ]


@pytest.mark.parametrize(
    ("task", "role"),
    [
        ("Xây dựng kế hoạch chi tiết", "lead"),
        ("Thường xuyên phối hợp với nhà trường kiểm tra", "coordinate"),
        ("Chủ trì, phối hợp với các đơn vị tổ chức hội thi", "lead"),
        ("Chủ động phối hợp, tham mưu xây dựng kế hoạch của đơn vị", "lead"),
        ("Tham mưu cấp có thẩm quyền bổ sung kinh phí", "advise"),
        ("Rà soát, đề xuất sửa đổi quy chế", "advise"),
        ("Tăng cường kiểm tra các cơ sở", "monitor"),
        ("Chịu trách nhiệm giúp Ủy ban nhân dân huyện theo dõi, đôn đốc việc thực hiện", "monitor"),
    ],
)
def test_roles_goes_by_the_first_operative_verb(task, role):
    assert role_of(task) == role


@pytest.mark.parametrize(
    ("head", "role"),
    [
        ("STT", "serial"),
        ("Nội dung thực hiện", "task"),
        ("Đơn vị chủ trì", "lead"),
        ("Cơ quan phối hợp", "partner"),
        ("Chủ trì, phối hợp", "both"),
        ("Thời hạn hoàn thành", "limit"),
        ("Thời gian", "time"),
        ("Sản phẩm", "other"),
        ("Họ và tên", "other"),
        ("Đơn vị được kiểm tra", "target"),
    ],
)
def test_task_tables_knows_columns_by_their_heads(head, role):
    assert column_role(head) == role


def test_deadlines_reads_the_plans_own_time_with_its_title():
    body = """
II. THỜI GIAN, ĐỊA ĐIỂM
1. Thời gian: từ 8 giờ 00 ngày 14/11/2025.
2. Địa điểm: Hội trường huyện.
"""
    (row,) = deadlines(body, title="Tổ chức hội thi kể chuyện theo sách")
    assert row["text"] == "từ 8 giờ 00 ngày 14/11/2025"
    assert (row["kind"], row["start"], row["end"]) == ("event", "2025-11-14", "2025-11-14")
    assert (row["what"], row["body"]) == ("Tổ chức hội thi kể chuyện theo sách", None)


def test_deadlines_leaves_out_dates_of_papers_feasts_data_and_names():
    body = """
III. NỘI DUNG
1. Các trường thực hiện Công văn số 45/PGDĐT ngày 12/8/2025 của Phòng.
2. Các trường tổ chức thi đua chào mừng ngày 20/11.
3. Các trường thực hiện Chương trình phát triển văn hóa đọc đến năm 2030.
4. Các trường báo cáo số liệu (tính từ ngày 01/01/2025 đến ngày 31/8/2025).
5. Các trường thực hiện nhiệm vụ năm 2025.
"""
    assert deadlines(body) == []


def test_deadlines_says_who_is_bound_and_to_what():
    body = """
IV. TỔ CHỨC THỰC HIỆN
1. Các trường học xây dựng kế hoạch của đơn vị (hoàn thành trước ngày
30/9/2025). Định kỳ hằng tháng báo cáo kết quả về Phòng Giáo dục và Đào tạo.
"""
    first, second = deadlines(body)
    assert (first["text"], first["kind"], first["end"]) == ("trước ngày 30/9/2025", "due", "2025-09-30")
    assert (first["what"], first["body"]) == ("xây dựng kế hoạch của đơn vị", "Các trường học")
    assert (second["kind"], second["recurrence"], second["body"]) == ("recurring", "monthly", "Các trường học")


LETTER = """Dear Sir,
I am writing about the invoice of 12 May. The garden was lovely and the children played until dusk.
We shall meet on Monday to discuss the price of apples, 3 boxes at 20 each.
Yours faithfully, John Smith"""


STORY = """Chiều hôm ấy trời mưa. Bà cụ ngồi bên bếp lửa kể chuyện ngày xưa cho đàn cháu nghe.
Con mèo nằm ngủ. Ngoài sân gió thổi, lá rụng đầy. Ngày mai chúng tôi về quê, ai cũng vui."""


INVOICE = """HÓA ĐƠN BÁN HÀNG
STT | Tên hàng | Số lượng | Đơn giá | Thành tiền
1 | Gạo tẻ | 10 | 18.000 | 180.000
Tổng cộng: 180.000 đồng"""


@pytest.mark.parametrize("text", [LETTER, STORY, INVOICE])
def test_task_records_invents_nothing_in_what_is_no_plan(text):
    document = build_document(text)
    sections, passages = segment_document(document, SegmentOptions())
    document = replace(document, sections=sections, passages=passages)
    for extract in (extract_assignments, extract_deadlines, extract_movements, extract_rewards, extract_subjects):
        assert extract(document, OPTIONS) == ()


PIECES = st.sampled_from(
    [
        *(
            "1. ",
            "- ",
            "a) ",
            "II. TỔ CHỨC THỰC HIỆN\n",
            "Sở Nội vụ ",
            "các trường ",
            "chủ trì, phối hợp với ",
            "báo cáo ",
        ),
        *(
            "trước ngày 5/9",
            "(",
            ")",
            ":",
            ";\n",
            ". ",
            " | ",
            "phong trào thi đua “",
            "”",
            "khen thưởng ",
            "Bằng khen ",
        ),
        *("Thời gian: ", "Đối tượng: ", "hằng năm ", "\n", "\n\n", "\f", "Trên đây là ", "giao "),
    ]
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.lists(PIECES | st.text(max_size=8), max_size=60))
def test_task_records_gives_evidence_for_whatever_it_finds(pieces):
    document = build_document("".join(pieces))
    sections, passages = segment_document(document, SegmentOptions())
    document = replace(document, sections=sections, passages=passages)
    known = {word.id for page in document.pages for word in page.words}
    for extract in (extract_assignments, extract_deadlines, extract_movements, extract_rewards, extract_subjects):
        for record in extract(document, OPTIONS):
            for name in record.__struct_fields__:
                value = getattr(record, name)
                if value is not None:
                    assert value.evidence and set(value.evidence) <= known
                    assert 0 <= value.confidence <= 1


def test_task_records_takes_linear_time_on_a_long_line_and_deep_numbers():
    long_line = "Sở Nội vụ chủ trì, phối hợp với các đơn vị báo cáo trước ngày 5/9 " * 15_000
    numbers = "\n".join(f"{'1.' * (index % 9 + 1)} Các trường học báo cáo" for index in range(2_000))
    for text in (long_line, numbers):
        document = plan(f"I. NỘI DUNG\n{text}")
        started = time.process_time()
        for extract in (extract_assignments, extract_deadlines, extract_movements, extract_rewards, extract_subjects):
            extract(document, OPTIONS)
        assert time.process_time() - started < 30


def test_assignments_spells_out_offices_that_share_their_head():
    body = """
IV. TỔ CHỨC THỰC HIỆN
1. Các Sở: Tài chính, Nội vụ và Y tế phối hợp với Ngân hàng thương mại và VNPT Hòa An cấp kinh phí.
"""
    assert [(row[0], row[1]) for row in assignments(body)] == [
        ("Sở Tài chính", "coordinate"),
        ("Sở Nội vụ", "coordinate"),
        ("Sở Y tế", "coordinate"),
        ("Ngân hàng thương mại", "coordinate"),
        ("VNPT Hòa An", "coordinate"),
    ]


def test_assignments_names_the_doer_at_the_end_of_an_item():
    body = """
II. NỘI DUNG
1. Giới thiệu sách mới - Thư viện huyện thực hiện.
2. Lịch cụ thể do Tổ trưởng tổ công tác phân công.
3. Trang trí hội trường (Đoàn Thanh niên)
"""
    assert [(row[0], row[1]) for row in assignments(body)] == [
        ("Thư viện huyện", "lead"),
        ("Tổ trưởng tổ công tác", "lead"),
        ("Đoàn Thanh niên", "lead"),
    ]


def test_assignments_lets_a_subject_run_on_and_another_take_over():
    body = """
IV. TỔ CHỨC THỰC HIỆN
- Trường Tiểu học Hòa Lạc xây dựng kế hoạch. Hội Khuyến học xã vận động sách.
- Tham mưu cấp trên hỗ trợ kinh phí.
"""
    assert [(row[0], row[1], row[2]) for row in assignments(body)] == [
        ("Trường Tiểu học Hòa Lạc", "lead", "Trường Tiểu học Hòa Lạc xây dựng kế hoạch"),
        ("Hội Khuyến học xã", "lead", "Hội Khuyến học xã vận động sách"),
        ("Trường Tiểu học Hòa Lạc", "advise", "Tham mưu cấp trên hỗ trợ kinh phí"),
    ]


def test_deadlines_gives_a_timetable_the_day_of_its_heading():
    body = """
II. CHƯƠNG TRÌNH
NGÀY 1: THỨ SÁU, NGÀY 14/11/2025
Thời gian | Nội dung | Người phụ trách
7h00 - 7h30 | Đón đại biểu | Ban Tổ chức
7h30 - 9h00 | Kể chuyện theo sách | Cô Lò Thị Mây
"""
    rows = deadlines(body)
    assert [(row["text"], row["kind"], row["start"], row["end"]) for row in rows] == [
        ("7h00 - 7h30", "event", "2025-11-14", "2025-11-14"),
        ("7h30 - 9h00", "event", "2025-11-14", "2025-11-14"),
    ]
    assert [row["what"] for row in rows] == ["Đón đại biểu", "Kể chuyện theo sách"]


def test_deadlines_counts_a_target_once_where_somebody_is_told():
    body = """
I. MỤC ĐÍCH, YÊU CẦU
1. Bảo đảm ít nhất 60% lớp có tủ sách trong năm 2025.
II. TỔ CHỨC THỰC HIỆN
1. Các trường tiểu học xây dựng tủ sách ở ít nhất 60% số lớp trong năm 2025.
"""
    (row,) = deadlines(body)
    assert (row["text"], row["body"]) == ("trong năm 2025", "Các trường tiểu học")

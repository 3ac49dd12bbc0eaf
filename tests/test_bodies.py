import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.bodies import bodies_from, body_id, find_bodies, is_body_list, split_names
from pipeline.language.nlp import MAX_CHARACTERS, analyse, fold_tones, pipeline

OFFICES = [
    "Sở Nội vụ",
    "Sở Giáo dục và Đào tạo",
    "Công an tỉnh",
    "UBND huyện Mường Khê",
    "Phòng Tài chính - Kế hoạch",
    "Trường THPT Hòa Lạc 2",
    "Đoàn Thanh niên",
    "Hội Liên hiệp Phụ nữ tỉnh",
    "Ban Giám hiệu",
    "Văn phòng UBND tỉnh",
    "Đài Phát thanh và Truyền hình tỉnh",
    "Bộ Chỉ huy quân sự tỉnh",
]
COLLECTIVES = [
    "các sở, ban, ngành",
    "các đơn vị, địa phương",
    "các phòng chuyên môn",
    "các trường học trên địa bàn huyện",
]


def _split(text):
    found = bodies_from(text)
    return [text[body.start : body.end] for body in found.bodies] if found else None


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("Công an tỉnh và các địa phương tổ chức tuần tra", ["Công an tỉnh", "các địa phương"]),
        ("các bộ, ngành liên quan và các địa phương xây dựng", ["các bộ, ngành liên quan", "các địa phương"]),
        (
            "các sở, ban, ngành, đoàn thể và Ủy ban nhân dân cấp xã thực hiện",
            ["các sở, ban, ngành, đoàn thể", "Ủy ban nhân dân cấp xã"],
        ),
        ("Các Khoa và Bộ môn trực thuộc triển khai", ["Các Khoa và Bộ môn trực thuộc"]),
        ("Phòng 7, Cục Cảnh sát giao thông, Bộ Công an chủ trì", ["Phòng 7, Cục Cảnh sát giao thông, Bộ Công an"]),
        ("Sở Văn hóa, Thể thao và Du lịch chủ trì", ["Sở Văn hóa, Thể thao và Du lịch"]),
        ("phòng Quản lý đô thị tổ chức", ["phòng Quản lý đô thị"]),
        ("Phòng Tổ chức - Hành chính phát hành", ["Phòng Tổ chức - Hành chính"]),
        ("Thầy Trần Bình An và cô Lê Thị Hoa phụ trách", ["Thầy Trần Bình An", "cô Lê Thị Hoa"]),
        ("Phó Hiệu trưởng Lê Văn Dũng báo cáo", ["Phó Hiệu trưởng Lê Văn Dũng"]),
        (
            "Chánh Văn phòng Sở, Trưởng phòng Kế hoạch - Tài chính thi hành",
            ["Chánh Văn phòng Sở", "Trưởng phòng Kế hoạch - Tài chính"],
        ),
        ("UBND các huyện, thành phố báo cáo", ["UBND các huyện, thành phố"]),
        ("Tổ Khoa học xã hội tổ chức", ["Tổ Khoa học xã hội"]),
        ("lãnh đạo các đơn vị quan tâm chỉ đạo", ["lãnh đạo các đơn vị"]),
    ],
)
def test_bodies_splits_coordination_and_keeps_formulae(text, bodies):
    assert _split(text) == bodies


@pytest.mark.parametrize(
    "text",
    ["tổ chức thực hiện", "tham mưu cho cấp trên", "Kinh phí thực hiện", "", "2025", "lãnh đạo, chỉ đạo thực hiện"],
)
def test_bodies_finds_none_where_none_begins(text):
    assert bodies_from(text) is None


@given(st.lists(st.sampled_from(OFFICES), min_size=1, max_size=5, unique=True))
def test_bodies_splits_what_was_joined(offices):
    joined = ", ".join(offices[:-1]) + (" và " if len(offices) > 1 else "") + offices[-1]
    assert _split(joined) == offices
    assert is_body_list(joined)


@given(
    st.sampled_from(OFFICES),
    st.sampled_from(COLLECTIVES),
    st.sampled_from(["chủ trì", "phối hợp với", "căn cứ", "tham mưu"]),
)
def test_bodies_ends_at_the_verb(office, collective, verb):
    text = f"{office} và {collective} {verb} việc được giao"
    assert _split(text) == [office, collective]
    found = bodies_from(text)
    assert found is not None and text[found.end :].startswith(f" {verb}")


@given(st.text(max_size=200))
def test_bodies_keeps_offsets_on_arbitrary_text(text):
    for listed in find_bodies(text):
        assert all(0 <= body.start < body.end <= listed.end <= len(text) for body in listed.bodies)
    split_names(text)
    body_id(text)


def test_bodies_tells_persons_apart_by_their_surnames():
    text = "Trần Minh Hải Lê Thị Ngọc Nguyễn Lê Hoàng Anh"
    assert [text[start:end] for start, end in split_names(text)] == [
        "Trần Minh Hải",
        "Lê Thị Ngọc",
        "Nguyễn Lê Hoàng Anh",
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("UBND tỉnh", "Ủy ban nhân dân tỉnh"),
        ("Các Sở", "sở"),
        ("Sở GD&ĐT", "Sở Giáo dục và Đào tạo"),
        ("Phòng Văn hoá", "phòng văn hóa"),
    ],
)
def test_bodies_gives_one_id_to_spellings(left, right):
    assert body_id(left) == body_id(right)


def test_nlp_tokenizer_keeps_offsets_and_text():
    text = "Sở  GD&ĐT\tgửi 01 bản; trước 5/9."
    doc = pipeline()(text)
    assert doc.text == text
    assert all(text[token.idx : token.idx + len(token.text)] == token.text for token in doc)


@given(st.text(max_size=300))
def test_nlp_analysis_covers_any_text(text):
    found = analyse(text)
    assert found.text == text
    assert found.token_at(len(text)) == len(found)


def test_nlp_folds_the_place_of_tone_marks():
    assert fold_tones("HÓA Uỷ thuý quý") == fold_tones("hoá ủy thúy quý")


@pytest.mark.parametrize("unit", ["Sở ", "các ", "Phòng A, ", "và Sở ", "Chủ tịch ", "trực thuộc các ", "Nguyễn "])
def test_bodies_takes_linear_time(unit):
    started = time.process_time()
    find_bodies(unit * (MAX_CHARACTERS // len(unit)))
    assert time.process_time() - started < 10


def test_bodies_cuts_off_what_no_passage_has():
    assert len(analyse("a" * (MAX_CHARACTERS * 3)).text) == MAX_CHARACTERS

"""Record comparison: keys, one-to-one matching, fields, sums over documents."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.record_metrics import DOCUMENT_FIELDS, TABLE_FIELDS, fold, match_records, score_document, similarity
from corpus.record_scores import RecordScores

GOLD: dict[str, Any] = {
    "document": {
        "type": "Kế hoạch",
        "number": "07/KH-TH",
        "issuer": "Trường Tiểu học Bình Minh",
        "parent_body": None,
        "place": "Sông Thao",
        "date": "2024-09-05",
        "title": "Tổ chức ngày hội đọc sách",
        "signer_authority": None,
        "signer_position": "HIỆU TRƯỞNG",
        "signer_name": "Đỗ Minh Hạ",
        "urgency": None,
        "secrecy": None,
    },
    "references": [
        {"kind": "Luật", "number": None, "date": "2019", "issuer": None, "title": "Luật Giáo dục", "role": "basis"},
        {
            "kind": "Kế hoạch",
            "number": "15/KH-PGDĐT",
            "date": "2024-08-20",
            "issuer": "Phòng GDĐT",
            "title": "nhiệm vụ năm học",
            "role": "basis",
        },
    ],
    "sections": [
        {"label": "I", "heading": "MỤC ĐÍCH, YÊU CẦU", "level": 1, "kind": "purpose"},
        {"label": "II", "heading": "NỘI DUNG", "level": 1, "kind": "content"},
        {"label": "III", "heading": "KINH PHÍ", "level": 1, "kind": "funding"},
        {"label": "IV", "heading": "TỔ CHỨC THỰC HIỆN", "level": 1, "kind": "organization"},
    ],
    "assignments": [
        {"body": "Thư viện", "role": "lead", "task": "Chuẩn bị sách và kệ trưng bày", "deadline": "trước ngày 20/9"},
        {"body": "Thư viện", "role": "coordinate", "task": "Mời phụ huynh cùng tham dự", "deadline": None},
        {"body": "Tổ Văn phòng", "role": "lead", "task": "Mời phụ huynh cùng tham dự", "deadline": None},
    ],
    "deadlines": [
        {
            "text": "trước ngày 20/9",
            "kind": "due",
            "start": None,
            "end": "2024-09-20",
            "recurrence": None,
            "what": "Chuẩn bị sách và kệ trưng bày",
            "body": "Thư viện",
        },
    ],
    "movements": [
        {
            "name": "Mỗi tuần một cuốn sách",
            "role": "launches",
            "level": "unit",
            "launched_by": None,
            "start": "2024",
            "end": "2025",
        },
    ],
    "rewards": [
        {
            "form": "giải Nhất",
            "granted_by": None,
            "recipients": "học sinh",
            "quantity": 1,
            "amount": 300000,
            "criteria": None,
        },
        {
            "form": "giải Nhì",
            "granted_by": None,
            "recipients": "học sinh",
            "quantity": 2,
            "amount": 200000,
            "criteria": None,
        },
    ],
    "subjects": [{"kind": "individual", "text": "Học sinh khối 4, khối 5"}],
    "recipients": ["Phòng GDĐT (để báo cáo)", "Lưu: VT"],
}
TABLES = sorted(TABLE_FIELDS)


def altered(table: str, index: int, **changes: Any) -> dict[str, Any]:
    document = copy.deepcopy(GOLD)
    document[table][index].update(changes)
    return document


def test_score_document_of_gold_is_perfect() -> None:
    scores = score_document(GOLD, GOLD)
    assert scores.identified == scores.document_count == 1
    for score in scores.tables.values():
        assert (score.counts.precision, score.counts.recall, score.counts.f1, score.macro_f1) == (1, 1, 1, 1)
        assert all(one.accuracy == 1 for one in score.fields.values())
    assert all(one.accuracy == 1 for one in scores.document.values())
    assert scores.mission_sections.counts.gold == 3
    assert scores.mission_sections.counts.f1 == 1


@settings(deadline=None)
@given(st.sampled_from(TABLES), st.randoms(use_true_random=False))
def test_score_document_ignores_the_order_of_records(table: str, random: Any) -> None:
    shuffled = copy.deepcopy(GOLD)
    random.shuffle(shuffled[table])
    assert score_document(shuffled, GOLD) == score_document(GOLD, GOLD)


@settings(deadline=None)
@given(st.sampled_from(TABLES), st.integers(0, 9))
def test_score_document_dropped_record_lowers_recall_only(table: str, choice: int) -> None:
    reduced = copy.deepcopy(GOLD)
    reduced[table].pop(choice % len(reduced[table]))
    scores = score_document(reduced, GOLD).tables
    whole = len(GOLD[table])
    assert scores[table].counts.precision == 1
    assert scores[table].counts.recall == pytest.approx((whole - 1) / whole)
    assert all(scores[other].counts.f1 == 1 for other in TABLES if other != table)


@settings(deadline=None)
@given(st.sampled_from(TABLES), st.integers(0, 9))
def test_score_document_repeated_record_lowers_precision_only(table: str, choice: int) -> None:
    padded = copy.deepcopy(GOLD)
    padded[table].append(copy.deepcopy(padded[table][choice % len(padded[table])]))
    counts = score_document(padded, GOLD).tables[table].counts
    whole = len(GOLD[table])
    assert counts.recall == 1
    assert counts.precision == pytest.approx(whole / (whole + 1))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(TABLES), st.integers(0, 9)), max_size=8))
def test_score_document_mirrored_swaps_precision_and_recall(drops: list[tuple[str, int]]) -> None:
    reduced = copy.deepcopy(GOLD)
    for table, choice in drops:
        if reduced[table]:
            reduced[table].pop(choice % len(reduced[table]))
    forward, backward = score_document(reduced, GOLD).tables, score_document(GOLD, reduced).tables
    for table in TABLES:
        assert forward[table].counts.matched == backward[table].counts.matched
        assert forward[table].counts.f1 == backward[table].counts.f1


@pytest.mark.parametrize(
    ("table", "index", "changes", "matches"),
    [
        ("references", 1, {"number": "16/KH-PGDĐT"}, False),
        ("references", 1, {"number": "15/kh-pgdđt", "title": "khác hẳn"}, True),
        ("references", 0, {"title": "Luật giáo dục."}, True),
        ("references", 0, {"number": "43/2019/QH14"}, False),
        ("sections", 0, {"heading": "Mục đích yêu cầu"}, True),
        ("sections", 0, {"heading": "MỤC ĐÍCH"}, False),
        ("assignments", 0, {"task": "Chuẩn bị sách, kệ để trưng bày"}, True),
        ("assignments", 0, {"task": "Việc khác"}, False),
        ("assignments", 0, {"body": "Đoàn đội"}, False),
        ("deadlines", 0, {"end": "2024-09-21"}, False),
        ("deadlines", 0, {"start": "2024-09-20"}, False),
        ("deadlines", 0, {"text": "Trước ngày 20/9."}, True),
        ("movements", 0, {"name": "mỗi tuần 1 cuốn sách"}, True),
        ("rewards", 0, {"granted_by": "Hiệu trưởng"}, False),
        ("rewards", 0, {"form": "giải Ba"}, False),
        ("subjects", 0, {"kind": "collective"}, True),
        ("subjects", 0, {"text": "Giáo viên"}, False),
    ],
)
def test_match_records_by_key_fields(table: str, index: int, changes: dict[str, Any], matches: bool) -> None:
    counts = score_document(altered(table, index, **changes), GOLD).tables[table].counts
    assert counts.matched == len(GOLD[table]) - (not matches)


def test_match_records_finds_the_most_pairs() -> None:
    gold = [{"text": "hội đồng thi đua khen thưởng"}, {"text": "hội đồng thi đua khen thưởng cấp"}]
    # The first prediction fits both and the first gold best; the second fits that alone: best-first strands it.
    predicted = [{"text": "hội đồng thi đua khen thưởng"}, {"text": "hội đồng thi đua khen thư"}]
    assert match_records("recipients", predicted, gold) == [(1, 0), (0, 1)]


def test_match_records_prefers_the_pair_whose_fields_agree() -> None:
    gold = [{"body": "Sở A", "task": "x", "role": role} for role in ("lead", "report_to")]
    assert match_records("assignments", gold[::-1], gold) == [(1, 0), (0, 1)]


def test_score_document_tells_wrong_missing_and_invented_fields() -> None:
    wrong = score_document(altered("assignments", 0, role="advise"), GOLD).tables["assignments"].fields["role"]
    missing = score_document(altered("assignments", 0, deadline=None), GOLD).tables["assignments"].fields["deadline"]
    invented = score_document(altered("assignments", 1, deadline="hằng tháng"), GOLD)
    assert (wrong.exact, wrong.wrong) == (2, 1)
    assert (missing.missing, missing.absent, missing.exact) == (1, 2, 0)
    assert invented.tables["assignments"].fields["deadline"].invented == 1


def test_score_document_header_fields_one_by_one() -> None:
    document = copy.deepcopy(GOLD)
    document["document"] |= {"number": "08/KH-TH", "urgency": "KHẨN", "place": None}
    document["document"]["issuer"] = "TRƯỜNG TIỂU HỌC BÌNH MINH"
    scores = score_document(document, GOLD)
    assert scores.document["number"].wrong == scores.document["urgency"].invented == 1
    assert scores.document["place"].missing == scores.document["issuer"].exact == 1
    assert scores.identified == 0


def test_score_document_mission_section_needs_heading_and_kind() -> None:
    scores = score_document(altered("sections", 1, kind="other"), GOLD)
    assert scores.tables["sections"].counts.f1 == 1
    assert scores.mission_sections.counts == type(scores.mission_sections.counts)(3, 2, 2)


def test_score_document_of_nothing_finds_nothing() -> None:
    scores = score_document({}, GOLD)
    assert all(score.counts.recall == 0 and score.macro_f1 == 0 for score in scores.tables.values())


def test_record_scores_sum_micro_and_macro() -> None:
    empty = {"document": {}, "assignments": []}
    scores = score_document(GOLD, GOLD) + score_document({}, GOLD) + score_document(empty, empty)
    table = scores.tables["assignments"]
    assert scores.document_count == 3
    assert table.counts.recall == 0.5
    assert table.counts.f1 == pytest.approx(2 / 3)
    assert table.macro_f1 == 0.5  # the document in which neither side has any does not count


def test_record_scores_start_from_nothing_and_go_to_json() -> None:
    scores = RecordScores() + score_document(GOLD, GOLD)
    assert scores == score_document(GOLD, GOLD)
    shown = json.loads(json.dumps(scores.to_dict()))
    assert set(shown["tables"]) == set(TABLE_FIELDS)
    assert set(shown["document"]) == set(DOCUMENT_FIELDS)
    assert shown["tables"]["rewards"]["fields"]["amount"]["accuracy"] == 1


@settings(deadline=None)
@given(st.text(), st.text())
def test_similarity_is_symmetric_and_within_bounds(first: str, second: str) -> None:
    assert similarity(first, second) == similarity(second, first)
    assert 0 <= similarity(first, second) <= 1
    assert similarity(first, first) == 1


@settings(deadline=None)
@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)

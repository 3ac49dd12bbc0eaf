"""Numbers of documents, and the days on which they were issued."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.document_numbers import find_number, mend_notation, read_own_number, type_abbreviation
from pipeline.language.issue_dates import read_issue_date


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Số: 480/KH-PGDĐT", "480/KH-PGDĐT"),
        ("Số:2753 /TTr-STP", "2753/TTr-STP"),
        ("Số:       /KH-UBND", "/KH-UBND"),
        ("Số: ...../KH-UBND", "/KH-UBND"),
        ("Số 12-KH/TU", "12-KH/TU"),
        ("Số: 05/2025/QĐ-UBND", "05/2025/QĐ-UBND"),
        ("Số: 1563/QĐÐ-SYT", "1563/QĐ-SYT"),
        ("Số: 08/QD-UBND", "08/QĐ-UBND"),
    ],
)
def test_own_number_is_read_with_its_notation(line: str, number: str) -> None:
    found = read_own_number(line)
    assert found is not None and found.normal == number


def test_own_number_says_where_it_cannot_be_read() -> None:
    mended = read_own_number("Số: 1l5/KH-UBND")
    lost = read_own_number("Số: zđ¿4j_ /QĐ-UBND")
    assert mended is not None and mended.normal == "115/KH-UBND" and mended.doubt
    assert lost is not None and lost.normal == "/QĐ-UBND" and lost.doubt
    assert read_own_number("Số:") is None


def test_numbers_are_cited_in_every_notation() -> None:
    for number in ("181/2024/NĐ-CP", "05-NQ/TU", "163/2024/QH15", "21.4/GĐN", "30.6/GĐN-ĐQ&V", "YBB-SA032/26-LR", "02"):
        found = find_number(f"{number} ngày 01/02/2024", 0, announced=True)
        assert found is not None and found.normal == number
    assert find_number("15 ngày", 0, announced=False) is None


def test_notations_are_mended_by_known_codes_and_initials() -> None:
    assert mend_notation("312/KH-PGDDT") == "312/KH-PGDĐT"
    assert mend_notation("12/KH-DHTN", ["Trường Đại học Tân Nguyên"]) == "12/KH-ĐHTN"
    assert mend_notation("41/HD-SNV") == "41/HD-SNV"
    assert type_abbreviation("480/KH-PGDĐT") == "KH"
    assert type_abbreviation("12-KH/TU") == "KH"
    assert type_abbreviation("77/SNV-TĐKT") is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("An Sơn, ngày 16 tháng 12 năm 2024", "2024-12-16"),
        ("An Sơn, ngày    tháng 4 năm 2026", "2026-04"),
        ("An Sơn, ngày … tháng … năm 2026", "2026"),
        ("ngày 27/8/2025", "2025-08-27"),
        ("tháng 4 năm 2026", "2026-04"),
        ("năm 2025", "2025"),
        ("ngày44tháng 02 năm 2026", "2026-02"),
    ],
)
def test_issue_dates_keep_what_is_printed(text: str, iso: str) -> None:
    found = read_issue_date(text)
    assert found is not None and found.iso == iso


@given(st.dates(min_value=date(1946, 1, 1), max_value=date(2099, 12, 31)))
def test_issue_dates_are_read_back(day: date) -> None:
    long = f"ngày {day.day:02d} tháng {day.month} năm {day.year}"
    for text in (long, f"ngày {day.day}/{day.month}/{day.year}"):
        found = read_issue_date(text)
        assert found is not None and found.iso == day.isoformat() and found.doubt is None


@given(st.text(max_size=200))
def test_numbers_and_dates_never_fail(text: str) -> None:
    found = read_own_number(text)
    assert found is None or 0 <= found.start <= found.end <= len(text)
    dated = read_issue_date(text)
    assert dated is None or 0 <= dated.start <= dated.end <= len(text)

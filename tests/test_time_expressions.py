import time
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.calendar_points import find_points
from pipeline.language.numerals import number_of
from pipeline.language.plan_dates import PlanDate
from pipeline.language.time_cells import parse_time_cell
from pipeline.language.time_expressions import find_times

PLAN = PlanDate.of("2025-10-24")
DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))
WORDS = ["", "một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai"]


@pytest.mark.parametrize(
    ("text", "printed", "kind", "first", "last", "recurrence"),
    [
        ("gửi trước ngày 15/12/2025.", "trước ngày 15/12/2025", "due", None, "2025-12-15", None),
        ("chậm nhất ngày 20 hằng tháng", "chậm nhất ngày 20 hằng tháng", "recurring", None, None, "monthly"),
        ("trong quý I/2026", "trong quý I/2026", "due", "2026-01-01", "2026-03-31", None),
        ("vào tháng 3, tháng 9", "vào tháng 3, tháng 9", "due", "2025-03-01", "2025-09-30", None),
        (
            "từ ngày 01/3 đến ngày 30/6/2026",
            "từ ngày 01/3 đến ngày 30/6/2026",
            "period",
            "2026-03-01",
            "2026-06-30",
            None,
        ),
        (
            "từ khi ban hành Kế hoạch đến hết năm 2025",
            "từ khi ban hành Kế hoạch đến hết năm 2025",
            "period",
            "2025-10-24",
            "2025-12-31",
            None,
        ),
        ("giai đoạn 2021-2025", "giai đoạn 2021-2025", "period", "2021-01-01", "2025-12-31", None),
        ("xong trước 30/11", "trước 30/11", "due", None, "2025-11-30", None),
        ("08 giờ 00 ngày 12/5/2026", "08 giờ 00 ngày 12/5/2026", "event", "2026-05-12", "2026-05-12", None),
        ("định kỳ 6 tháng, năm báo cáo", "định kỳ 6 tháng, năm", "recurring", None, None, "half-yearly"),
        ("hằng năm", "hằng năm", "recurring", None, None, "yearly"),
        ("hằng năm (trước ngày 10/12)", "hằng năm (trước ngày 10/12)", "recurring", None, "2025-12-10", "yearly"),
        ("ít nhất 01 lần/quý", "ít nhất 01 lần/quý", "recurring", None, None, "quarterly"),
        ("đến năm 2030 đạt", "đến năm 2030", "due", None, "2030-12-31", None),
        ("từ 15/12 đến 15/01/2026", "từ 15/12 đến 15/01/2026", "period", "2025-12-15", "2026-01-15", None),
        (
            "các ngày 24, 25 và 26 tháng 8 năm 2026",
            "các ngày 24, 25 và 26 tháng 8 năm 2026",
            "event",
            "2026-08-24",
            "2026-08-26",
            None,
        ),
        ("tuần 2 tháng 3/2026", "tuần 2 tháng 3/2026", "due", "2026-03-08", "2026-03-14", None),
        ("6 tháng đầu năm 2026", "6 tháng đầu năm 2026", "due", "2026-01-01", "2026-06-30", None),
        (
            "trong 05 ngày làm việc kể từ ngày nhận hồ sơ, trả lời",
            "trong 05 ngày làm việc kể từ ngày nhận hồ sơ",
            "due",
            None,
            None,
            None,
        ),
        ("7h00 - 7h15", "7h00 - 7h15", "event", None, None, None),
    ],
)
def test_time_expressions_reads_every_way_of_saying_when(text, printed, kind, first, last, recurrence):
    (found,) = find_times(text, PLAN)
    assert text[found.start : found.end] == printed
    assert (found.kind, found.first, found.last, found.recurrence) == (kind, first, last, recurrence)


@pytest.mark.parametrize(
    ("cell", "kind", "first", "last"),
    [
        ("Thường xuyên", "recurring", None, None),
        ("Cả năm", "period", "2025-01-01", "2025-12-31"),
        ("1,5 ngày (bắt đầu từ 13h30 thứ Hai ngày 06/7/2026)", "event", "2026-07-06", "2026-07-07"),
        ("01 buổi, từ 7 giờ 30 ngày 14/11/2025", "event", "2025-11-14", "2025-11-14"),
        ("Quý IV/2025", "due", "2025-10-01", "2025-12-31"),
    ],
)
def test_time_expressions_reads_a_whole_cell(cell, kind, first, last):
    found = parse_time_cell(cell, PLAN)
    assert found is not None
    assert (found.start, found.end) == (0, len(cell))
    assert (found.kind, found.first, found.last) == (kind, first, last)


@pytest.mark.parametrize(
    "text", ["", "không có thời gian", "đường 3/2", "Theo quy định", "Nghị quyết số 05-NQ/TU", "ngày 31/02/2026"]
)
def test_time_expressions_finds_nothing_where_nothing_is_said(text):
    assert find_times(text, PLAN) == []


def test_time_expressions_says_that_a_year_is_the_plans():
    (found,) = find_times("trước ngày 05/11", PLAN)
    assert found.inferred is not None
    assert find_times("trước ngày 05/11", PlanDate()) == []


def _day(day, style):
    return {
        0: f"ngày {day.day}/{day.month}/{day.year}",
        1: f"ngày {day.day:02d}/{day.month:02d}/{day.year}",
        2: f"ngày {day.day:02d} tháng {day.month:02d} năm {day.year}",
        3: f"{day.day:02d}-{day.month:02d}-{day.year}",
        4: f"ngày {day.day} tháng {WORDS[day.month]} năm {day.year}",
        5: f"{day.day}.{day.month}.{day.year}",
    }[style]


@given(
    day=DAYS,
    style=st.integers(0, 5),
    preposition=st.sampled_from(["trước", "chậm nhất là", "đến hết", "Hết", "muộn nhất vào"]),
)
def test_time_expressions_parses_back_a_generated_limit(day, style, preposition):
    printed = f"{preposition} {_day(day, style)}"
    (found,) = find_times(f"Gửi báo cáo {printed} để tổng hợp", PLAN)
    assert (found.kind, found.first, found.last) == ("due", None, day.isoformat())
    assert f"Gửi báo cáo {printed} để tổng hợp"[found.start : found.end] == printed


@given(
    first=DAYS,
    days=st.integers(0, 400),
    styles=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    word=st.sampled_from(["đến", "tới", "đến hết"]),
)
def test_time_expressions_parses_back_a_generated_period(first, days, styles, word):
    last = first + timedelta(days=days)
    printed = f"từ {_day(first, styles[0])} {word} {_day(last, styles[1])}"
    (found,) = find_times(printed, PLAN)
    assert (found.kind, found.first, found.last) == ("period", first.isoformat(), last.isoformat())
    assert (found.start, found.end) == (0, len(printed))


@given(
    month=st.integers(1, 12),
    year=st.integers(2024, 2030),
    style=st.sampled_from(["{m}/{y}", "{m:02d}/{y}", "{m} năm {y}", "{w} năm {y}"]),
)
def test_time_expressions_parses_back_a_generated_month(month, year, style):
    printed = "trong tháng " + style.format(m=month, y=year, w=WORDS[month])
    (found,) = find_times(printed, PLAN)
    following = date(year + month // 12, month % 12 + 1, 1)
    assert (found.first, found.last) == (date(year, month, 1).isoformat(), (following - timedelta(days=1)).isoformat())
    assert (found.start, found.end) == (0, len(printed))


@given(
    quarter=st.integers(1, 4),
    year=st.integers(2024, 2030),
    style=st.sampled_from(["quý {r}/{y}", "Quý {r} năm {y}", "quý {n}/{y}"]),
)
def test_time_expressions_parses_back_a_generated_quarter(quarter, year, style):
    printed = style.format(r=["I", "II", "III", "IV"][quarter - 1], n=quarter, y=year)
    (found,) = find_times(printed, PLAN)
    assert found.first == date(year, quarter * 3 - 2, 1).isoformat()
    assert found.last is not None and found.last.startswith(f"{year}-{quarter * 3:02d}-3")


@given(st.text(alphabet="ngàythángnămquýtừđếntrướchằng0123456789/-., ()IV", max_size=120))
def test_time_expressions_never_crashes_or_overlaps(text):
    found = find_times(text, PLAN)
    assert all(0 <= time.start < time.end <= len(text) for time in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    for one in found:
        if one.first and one.last:
            assert one.first <= one.last
    parse_time_cell(text, PLAN)


@pytest.mark.parametrize("unit", ["ngày 1/2, ", "từ tháng 3 ", "1/", "quý I, ", "định kỳ ", "trong 05 ngày kể từ "])
def test_time_expressions_takes_linear_time(unit):
    started = time.process_time()
    find_times(unit * (100_000 // len(unit)), PLAN)
    assert time.process_time() - started < 20


@given(st.integers(1, 99))
def test_numerals_reads_figures_and_roman(number):
    assert number_of(str(number)) == number
    roman = "".join(
        ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"][number // 10]
        + ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][number % 10]
    )
    assert number_of(roman) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("mười hai", 12), ("năm", 5), ("hai mươi lăm", 25), ("ba mươi", 30), ("", None), ("nhiều", None)],
)
def test_numerals_reads_words(text, number):
    assert number_of(text) == number


def test_calendar_points_do_not_overlap():
    points = find_points("từ 24, 25 và 26 tháng 8 năm 2026 đến quý IV/2026, hằng năm")
    assert [point.unit for point in points] == ["days", "quarter", "recurrence"]


TURNS = {"tuần": "weekly", "tháng": "monthly", "quý": "quarterly", "năm": "yearly", "học kỳ": "half-yearly"}
WEEKDAYS = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"]


@given(
    turn=st.sampled_from(list(TURNS)),
    form=st.sampled_from(["mỗi {} {:02d} buổi", "mỗi {} ít nhất {} lần", "hằng {}", "định kỳ mỗi {}"]),
    count=st.integers(1, 9),
)
def test_time_expressions_parses_back_a_generated_recurrence(turn, form, count):
    printed = form.format(turn, count)
    (found,) = find_times(f"Họp giao ban {printed}; gửi biên bản", PLAN)
    assert (found.kind, found.recurrence, found.first, found.last) == ("recurring", TURNS[turn], None, None)
    assert f"Họp giao ban {printed}; gửi biên bản"[found.start : found.end] == printed


@given(
    count=st.integers(1, 20),
    act=st.sampled_from(["lần", "chuyên mục", "hội nghị", "tin, bài"]),
    turn=st.sampled_from(["tuần", "tháng", "quý", "năm"]),
)
def test_time_expressions_parses_back_a_generated_count_in_a_turn(count, act, turn):
    printed = f"ít nhất {count:02d} {act}/{turn}"
    (found,) = find_times(f"đăng {printed} trên trang thông tin", PLAN)
    assert (found.kind, found.recurrence) == ("recurring", TURNS[turn])
    assert f"đăng {printed} trên trang thông tin"[found.start : found.end] == printed


@given(
    day=st.sampled_from(WEEKDAYS),
    form=st.sampled_from(["vào {} hằng tuần", "mỗi sáng {}", "vào chiều {} cuối tuần", "sáng {} đầu tuần"]),
)
def test_time_expressions_parses_back_a_generated_weekday(day, form):
    printed = form.format(day)
    (found,) = find_times(f"báo cáo {printed}", PLAN)
    assert (found.kind, found.recurrence) == ("recurring", "weekly")
    assert f"báo cáo {printed}"[found.start : found.end] == printed


@given(
    count=st.integers(1, 90),
    working=st.booleans(),
    form=st.sampled_from(
        [
            "trong vòng {} kể từ khi nhận hồ sơ",
            "chậm nhất {} sau khi kết thúc đợt kiểm tra",
            "ít nhất {} trước khi tổ chức hội nghị",
            "trước khi đoàn làm việc {}",
            "trong thời hạn {}",
        ]
    ),
)
def test_time_expressions_reads_a_measure_that_hangs_on_an_event(count, working, form):
    printed = form.format(f"{count:02d} ngày" + (" làm việc" if working else ""))
    (found,) = find_times(f"gửi văn bản {printed}", PLAN)
    assert (found.kind, found.first, found.last, found.unit) == ("due", None, None, "measure")
    assert f"gửi văn bản {printed}"[found.start : found.end] == printed


@given(day=DAYS, count=st.integers(1, 90))
def test_time_expressions_counts_days_from_a_printed_day(day, count):
    (found,) = find_times(f"rà soát trong thời gian {count} ngày, kể từ {_day(day, 1)}", PLAN)
    assert (found.first, found.last) == (day.isoformat(), (day + timedelta(days=count)).isoformat())


@given(
    first=st.integers(1, 3),
    year=st.integers(2024, 2030),
    form=st.sampled_from(["Từ quý {} đến quý {} năm {}", "từ quý {} - {}/{}", "Quý {} - Quý {}/{}"]),
)
def test_time_expressions_parses_back_generated_quarters(first, year, form):
    roman = ["", "I", "II", "III", "IV"]
    found = parse_time_cell(form.format(roman[first], roman[first + 1], year), PLAN)
    assert found is not None
    starts = {1: "01-01", 2: "04-01", 3: "07-01"}[first]
    ends = {1: "06-30", 2: "09-30", 3: "12-31"}[first]
    assert (found.kind, found.first, found.last) == ("period", f"{year}-{starts}", f"{year}-{ends}")


@pytest.mark.parametrize(
    ("issued", "title", "printed", "last"),
    [
        ("2025-09-05", "Hoạt động năm học 2025 - 2026", "trước ngày 15/3", "2026-03-15"),
        ("2026-02-05", "Hoạt động năm học 2025 - 2026", "trước ngày 15/5", "2026-05-15"),
        ("2025-12-20", "Công tác năm 2026", "trước ngày 20/6", "2026-06-20"),
        ("2025-12-01", "Công tác năm 2026", "trước ngày 15/12", "2025-12-15"),
        ("2025-11-20", "Phòng, chống rét", "trước ngày 15/01", "2026-01-15"),
        ("2025-03-20", "Phòng, chống rét", "trước ngày 15/01", "2025-01-15"),
    ],
)
def test_time_expressions_takes_a_missing_year_from_the_plan(issued, title, printed, last):
    (found,) = find_times(printed, PlanDate.of(issued, title))
    assert found.last == last
    assert found.inferred is not None


@pytest.mark.parametrize(
    ("cell", "kind", "first", "last"),
    [
        ("2026 - 2028", "period", "2026-01-01", "2028-12-31"),
        ("T10/2025", "due", "2025-10-01", "2025-10-31"),
        ("Tuần 1, tháng 10", "due", "2025-10-01", "2025-10-07"),
        ("Dịp 20/11", "event", "2025-11-20", "2025-11-20"),
        ("từ 00 giờ 00 ngày 16/02/2026 đến 24 giờ 00 ngày 22/02/2026", "period", "2026-02-16", "2026-02-22"),
        ("Từ nay đến cuối năm", "period", "2025-10-24", "2025-12-31"),
    ],
)
def test_time_expressions_reads_the_short_forms_of_cells(cell, kind, first, last):
    found = parse_time_cell(cell, PLAN)
    assert found is not None
    assert (found.kind, found.first, found.last) == (kind, first, last)


@pytest.mark.parametrize("text", ["trợ cấp 500 triệu đồng/năm", "hằng tháng 1.565.000 đồng", "khai thác 5 tấn/năm"])
def test_time_expressions_takes_no_sum_for_a_date(text):
    assert [time for time in find_times(text, PLAN) if time.kind != "recurring" or "/" in text] == []

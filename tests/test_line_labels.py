"""Numbers and dashes that begin lines are read by what stands around them, and never where nothing speaks for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.line_labels import keeps_its_end, mend_column_of_numbers, mend_line_beginnings

LINES = st.lists(st.lists(st.text("1IVl.:;-~aĐÔ9§", max_size=4), max_size=4))


def mended(text: str, heard: str | None = None) -> list[str]:
    lines = [line.split() for line in text.splitlines()]
    voices = [line.split() for line in (heard or text).splitlines()]
    return [" ".join(line) for line in mend_line_beginnings(lines, voices)]


def test_line_labels_numerals_count_on() -> None:
    read = "1. MỤC ĐÍCH\nvà yêu cầu\nII YÊU CẦU CHUNG\nII. TỔ CHỨC\nVỊ, KINH PHÍ CHI"
    heard = read.replace("1. M", "I. M")
    assert mended(read, heard) == ["I. MỤC ĐÍCH", "và yêu cầu", "II. YÊU CẦU CHUNG", "III. TỔ CHỨC", "VI. KINH PHÍ CHI"]
    anew = "I. MỤC ĐÍCH\nPHỤ LỤC\nI. DANH SÁCH\nA. PHẦN CHUNG\nI. NỘI DUNG"
    assert mended(anew) == anew.splitlines()
    assert mended("1.MỤC ĐÍCH CHUNG", "I.MỤC ĐÍCH CHUNG") == ["I. MỤC ĐÍCH CHUNG"]


def test_line_labels_numbers_of_a_list_count_on() -> None:
    read = "1. Ông A\n2 Ông B\n8 Ông C\n4. Ông D\n§ Bà E"
    assert mended(read) == ["1. Ông A", "2. Ông B", "3. Ông C", "4. Ông D", "5. Bà E"]
    assert mended("1. Một\nxa\nxa\n2: Hai") == ["1. Một", "xa", "xa", "2. Hai"]


@pytest.mark.parametrize(
    "text",
    [
        "- Một là\n2025: Hai",
        "15; Luật Đất đai",
        "7 người\n9 người",
        "1 tổ\n2 đội",
        "khoản 2\n3: Ba",
        "1) Một\n2) Hai\n3) Ba",
    ],
)
def test_line_labels_without_a_list_nothing_is_changed(text: str) -> None:
    assert mended(text) == text.splitlines()


def test_line_labels_a_column_of_numbers_has_no_gap() -> None:
    read = ["TT", "4.", "a0", "6.", 'œ1"', "§.", "9:", "10.", "11:", "Our Courses", "12.", "13.", "21."]
    counted = ["TT", "4.", "5.", "6.", "7.", "8.", "9.", "10.", "11.", "Our Courses", "12.", "13.", "14."]
    assert mend_column_of_numbers(read[1:]) == counted[1:]
    for other in (["5", "7", "8", "20"], ["I", "II", "III"], ["1.", "x", "3."], ["2019", "2020", "2021", "x"]):
        assert mend_column_of_numbers(other) == other


def test_line_labels_what_ended_keeps_its_full_stop() -> None:
    assert keeps_its_end("viên.", "viên,", ["-", "Hai"])
    assert keeps_its_end("hoạch:", "hoạch;", [])
    assert not keeps_its_end("viên.", "viên,", ["và", "các"])
    assert not keeps_its_end("viên,", "viên.", ["-", "Hai"])


@given(LINES)
def test_line_labels_keep_their_words(lines: list[list[str]]) -> None:
    found = mend_line_beginnings(lines, lines)
    assert [len(line) for line in found] == [len(line) for line in lines]
    assert len(mend_column_of_numbers([" ".join(line) for line in lines])) == len(lines)

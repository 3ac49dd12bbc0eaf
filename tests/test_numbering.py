"""Labels of numbered parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.numbering import follows, is_first, mended_numeral, numeral, read_labels


@pytest.mark.parametrize(
    ("line", "style", "ordinals", "text", "rest"),
    [
        ("I. MỤC ĐÍCH", "roman", (1,), "I", "MỤC ĐÍCH"),
        ("V.TỔ CHỨC", "roman", (5,), "V", "TỔ CHỨC"),
        ("I- MỤC ĐÍCH", "roman", (1,), "I", "MỤC ĐÍCH"),
        ("1. Mục đích", "decimal-1", (1,), "1", "Mục đích"),
        ("2.3. Sở Y tế", "decimal-2", (2, 3), "2.3", "Sở Y tế"),
        ("2.3 Sở Y tế", "decimal-2", (2, 3), "2.3", "Sở Y tế"),
        ("5. 100% chi bộ", "decimal-1", (5,), "5", "100% chi bộ"),
        ("1) Nội dung", "number-bracket", (1,), "1", "Nội dung"),
        ("(2) Nội dung", "bracket-number", (2,), "2", "Nội dung"),
        ("đ) Việc khác", "letter", (5,), "đ", "Việc khác"),
        ("A. PHẦN CHUNG", "capital", (1,), "A", "PHẦN CHUNG"),
        ("Điều 12. Hiệu lực", "article", (12,), "Điều 12", "Hiệu lực"),
        ("Phần thứ hai", "part", (2,), "Phần thứ hai", ""),
        ("Chương IV", "chapter", (4,), "Chương IV", ""),
        ("- Nâng cao", "bullet", (1,), "-", "Nâng cao"),
        ("-_ Nâng cao", "bullet", (1,), "-", "Nâng cao"),
    ],
)
def test_numbering_reads_every_style(line: str, style: str, ordinals: tuple[int, ...], text: str, rest: str) -> None:
    label = read_labels(line)[0]
    assert (label.style, label.ordinals, label.text) == (style, ordinals, text)
    assert line[label.end :] == rest
    assert not label.damaged


@pytest.mark.parametrize(
    "line",
    [
        "14/6/2026, gửi báo cáo",
        "2026. Trong đó",
        "1.5 tỷ đồng",
        "đ/c Nguyễn",
        "- 2026",
        "7h00 - 7h15",
        "01 lần/tháng",
        "Mục tiêu chung",
    ],
)
def test_numbering_takes_no_date_sum_or_word_for_a_label(line: str) -> None:
    assert not [label for label in read_labels(line) if not label.damaged and label.style != "bullet"]


@pytest.mark.parametrize(
    ("line", "text"),
    [("I11. NỘI DUNG", "III"), ("Il. NỘI DUNG", "II"), ("TV. TỔ CHỨC", "IV"), ("IlIl- KHEN THƯỞNG", "III")],
)
def test_numbering_puts_misread_numerals_right(line: str, text: str) -> None:
    assert text in [label.text for label in read_labels(line) if label.style == "roman"]


def test_numbering_lets_letters_follow_with_and_without_the_marked_one() -> None:
    d, marked, e, g = (read_labels(f"{letter}) Việc")[0] for letter in "dđeg")
    assert follows(marked, d) and follows(e, d) and follows(e, marked) and follows(g, e)
    assert not follows(g, d)
    assert is_first(read_labels("a) Việc")[0]) and not is_first(d)


def test_numbering_mends_a_numeral_that_lost_a_stroke() -> None:
    mended = mended_numeral(read_labels("II. NỘI DUNG")[0])
    assert mended is not None and mended.text == "III" and mended.damaged
    assert mended_numeral(read_labels("1. Nội dung")[0]) is None


@given(st.integers(1, 29), st.sampled_from([". ", ") ", "/ "]))
def test_numbering_reads_back_what_it_writes(ordinal: int, mark: str) -> None:
    for style in ("roman", "decimal-1"):
        written = numeral(style, ordinal)  # type: ignore[arg-type]
        assert ordinal in [label.ordinals[-1] for label in read_labels(f"{written}{mark}NỘI DUNG THI ĐUA")]


@given(st.text(max_size=300))
def test_numbering_never_reads_past_the_line(line: str) -> None:
    assert all(0 < label.end <= len(line) for label in read_labels(line))

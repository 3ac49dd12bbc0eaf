"""Text comparison: what counts as the same, what as an error, and that scores add up."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.text_metrics import TextScore, fold_tone_placement, normalise, score_page, score_pages

WORDS = st.text(st.sampled_from("aăâbcdđeêghioôơpquưyàáảãạếộữ0123/-"), min_size=1, max_size=7)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CỘNG HOÀ  XÃ HỘI\nCHỦ NGHĨA", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA"),
        ("uỷ ban, Uỷ ban, ỦY BAN, UỶ BAN", "ủy ban, Ủy ban, ỦY BAN, ỦY BAN"),
        ("khoẻ khoắn, xoá, hoàn, quý, thuý", "khỏe khoắn, xóa, hoàn, quý, thúy"),
        ("Độc lập – Tự do — Hạnh phúc", "Độc lập - Tự do - Hạnh phúc"),
        ("“Dạy tốt” ’25", '"Dạy tốt" \'25'),
        ("hoàn thành…", "hoàn thành..."),
        ("[page] 2\n1 | Mở đầu | \n[footnote] 1 Ghi chú", "2 1 Mở đầu 1 Ghi chú"),
        ("[stamp] ĐẾN Số: 12 Ngày: 3/5\nKẾ HOẠCH", "KẾ HOẠCH"),
        ("  \n ", ""),
    ],
)
def test_normalise_folds_what_the_contract_names(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_normalise_keeps_what_is_an_error() -> None:
    assert normalise("Kế hoạch") != normalise("Ke hoach")
    assert normalise("kế hoạch") != normalise("KẾ HOẠCH")
    assert normalise("a|b") == "a|b"


def test_fold_tone_placement_leaves_closed_syllables() -> None:
    assert fold_tone_placement("hoàng, toán, loét, suýt, quỳ") == "hoàng, toán, loét, suýt, quỳ"


@settings(deadline=None)
@given(LINES)
def test_normalise_is_idempotent_and_blind_to_line_breaks(lines: list[str]) -> None:
    once = normalise("\n".join(lines))
    assert normalise(once) == once
    assert normalise(" ".join(lines)) == once


@settings(deadline=None)
@given(LINES)
def test_normalise_reads_decomposed_text_alike(lines: list[str]) -> None:
    page = "\n".join(lines)
    assert normalise(unicodedata.normalize("NFD", page)) == normalise(page)


@settings(deadline=None)
@given(LINES)
def test_score_page_of_gold_is_free_of_errors(lines: list[str]) -> None:
    page = "\n".join(lines)
    score = score_page(page, page)
    assert (score.character_errors, score.word_errors) == (0, 0)
    assert score.words == len(page.split()) - page.split().count("|")


def test_score_page_counts_characters_and_words() -> None:
    score = score_page("Ke hoạch số 1", "Kế hoạch số 12")
    assert score == TextScore(characters=14, character_errors=2, words=4, word_errors=2)
    assert score.cer == pytest.approx(2 / 14)
    assert score.wer == pytest.approx(0.5)


def test_score_page_counts_reading_order() -> None:
    assert score_page("hai một", "một hai").word_errors == 2


@settings(deadline=None)
@given(LINES)
def test_score_page_unread_is_all_errors(lines: list[str]) -> None:
    score = score_page("", "\n".join(lines))
    assert score.cer == 1.0
    assert score.wer == 1.0


def test_score_page_of_empty_gold_counts_what_was_invented() -> None:
    assert score_page("abc", "").character_errors == 3
    assert score_page("", "").cer == 0.0


@settings(deadline=None)
@given(LINES, LINES, LINES)
def test_score_pages_add_up_in_any_grouping(first: list[str], second: list[str], third: list[str]) -> None:
    gold = ["\n".join(page) for page in (first, second, third)]
    read = gold[1:] + gold[:1]
    parts = [score_page(*pair) for pair in zip(read, gold, strict=True)]
    assert score_pages(read, gold) == parts[0] + (parts[1] + parts[2]) == (parts[0] + parts[1]) + parts[2]


def test_score_pages_counts_a_page_that_was_not_read() -> None:
    assert score_pages(["một"], ["một", "hai"]) == score_page("một", "một") + score_page("", "hai")


def test_text_score_to_dict_has_counts_and_rates() -> None:
    assert TextScore(10, 1, 4, 1).to_dict() == {
        "characters": 10,
        "character_errors": 1,
        "cer": 0.1,
        "words": 4,
        "word_errors": 1,
        "wer": 0.25,
    }

"""Which reading of a word holds, and which token of another reader is the same word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines.voting import Opinion, aligned, vote

TOKENS = st.lists(st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=8), max_size=6)


def mine(text: str, confidence: float) -> Opinion:
    return Opinion("tesseract-vie", text, confidence)


def guest(text: str, weight: float = 0.5, reader: str = "trueocr") -> Opinion:
    return Opinion(reader, text, weight, guest=True)


@given(TOKENS, TOKENS)
def test_voting_aligned_tokens_keep_their_order(words: list[str], tokens: list[str]) -> None:
    found = aligned(words, tokens)
    assert len(found) == len(words)
    left = iter(tokens)
    assert all(token in left for token in found if token is not None)


@given(TOKENS)
def test_voting_same_words_are_aligned_with_themselves(words: list[str]) -> None:
    assert aligned(words, words) == words


def test_voting_a_word_left_out_or_split_moves_no_other() -> None:
    assert aligned(["Kế", "hoạch", "năm", "2024"], ["Kê", "năm", "2024"]) == ["Kê", None, "năm", "2024"]
    assert aligned(["trong", "12"], ["tr", "ong", "12"]) == ["ong", "12"]
    assert aligned(["xyz"], ["abc"]) == [None]


@pytest.mark.parametrize(
    ("opinions", "text", "low", "high"),
    [
        ([mine("tồ", 0.6)], "tồ", 0.6, 0.6),
        ([mine("tồ", 0.6), mine("tổ", 0.7)], "tổ", 0.7, 0.7),
        ([mine("tồ", 0.6), mine("tổ", 0.4), guest("tổ")], "tổ", 0.7, 0.8),
        ([mine("tồ", 0.9), guest("tổ")], "tồ", 0.9, 0.9),
        ([mine("tồ", 0.7), guest("tổ"), guest("tổ", reader="asterocr")], "tổ", 0.5, 0.5),
        ([mine("tổ", 0.9), guest("tổ")], "tổ", 0.95, 0.97),
    ],
)
def test_voting_most_weight_holds(opinions: list[Opinion], text: str, low: float, high: float) -> None:
    verdict = vote(opinions)
    assert verdict.text == text
    assert low - 1e-9 <= verdict.confidence <= high + 1e-9
    assert set(verdict.others) == {opinion.text for opinion in opinions} - {text}


def test_voting_a_figure_that_readers_doubt_is_never_trusted() -> None:
    alone = vote([mine("50,35", 0.99), guest("90,35")])
    assert (alone.text, alone.confidence) == ("50,35", 0.5)
    decided = vote([mine("90,35", 0.7), guest("50,35", 0.45), guest("50,35", 0.6, "asterocr")])
    assert decided.text == "50,35" and decided.confidence <= 0.8
    outvoted = vote([mine("50,35", 0.99), guest("50,35"), guest("90,35", 0.6, "asterocr")])
    assert outvoted.text == "50,35" and outvoted.confidence == 0.8
    agreed = vote([mine("50,35", 0.9), guest("50,35")])
    assert agreed.confidence > 0.9


def test_voting_what_no_print_looks_like_weighs_less() -> None:
    assert vote([mine("b/c);", 0.6), mine("bíc);", 0.7)]).text == "b/c);"
    assert vote([mine("xã", 0.6), mine("xä", 0.87)]).text == "xã"
    assert vote([mine("bíc);", 0.4), mine("tồ", 0.3)]).text == "tồ"
    assert vote([mine("xã", 0.3), mine("xä", 0.9)]).text == "xä"


def test_voting_a_mark_before_a_figure_needs_every_reader() -> None:
    assert vote([mine("8h00", 0.1), mine("-8h00", 0.9)]).text == "8h00"
    assert vote([mine(":1.500.000", 0.7), mine("-1.500.000", 0.9)]).text == "1.500.000"
    assert vote([mine("-5", 0.7), mine("-5", 0.9)]).text == "-5"
    assert vote([mine("-5%", 0.7), mine("-6%", 0.9)]).confidence == 0.5

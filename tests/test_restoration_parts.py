"""The parts of the restoration, each on its own: syllables, units, split, channel, calibration, metrics, regimes."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.restoration.abbreviations import count_bars, put_bars
from models.restoration.adaptation import adapt
from models.restoration.alphabet import Alphabet
from models.restoration.blocks import cut_blocks, fill_confidences, put_back_spaces
from models.restoration.calibration import apply, fit
from models.restoration.channel import pack_rules, unpack_rules
from models.restoration.channel_training import learn_rules, pair_lines
from models.restoration.counting import choose_vocabulary
from models.restoration.language_model import LanguageModel, find_longer, find_pair
from models.restoration.lm_training import train
from models.restoration.metrics import Errors, comparable, mended_and_harmed, misplaced_words
from models.restoration.regime import Evidence, decide, is_foreign_line
from models.restoration.smoothing import stripping_rules, vietnamese_letters
from models.restoration.split import is_held_out
from models.restoration.static_table import build, shorten
from models.restoration.syllables import Case, apply_case, case_of, is_syllable, place_tone, strip_marks
from models.restoration.tokens import RestoredLine, RestoredToken
from models.restoration.units import key_of, split_units


@pytest.mark.parametrize(
    "word", ["nghiêng", "gì", "giếng", "quốc", "quyết", "huỳnh", "khuỷu", "ngoằn", "thuở", "ỷ", "yếu", "quỳnh"]
)
def test_syllables_of_vietnamese_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["thcs", "hello", "bát1", "tềc", "xyz", "ng"])
def test_syllables_of_other_kinds_are_not(word: str) -> None:
    assert not is_syllable(word)


def test_syllables_with_a_stop_take_two_tones_only() -> None:
    assert is_syllable("các") and is_syllable("cạc")
    assert not is_syllable("càc") and not is_syllable("cảc")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hoà", "hòa"),
        ("uỷ", "ủy"),
        ("UỶ", "ỦY"),
        ("Toà", "Tòa"),
        ("quý", "quý"),
        ("hoàn", "hoàn"),
        ("khoẻ", "khỏe"),
    ],
)
def test_syllables_have_one_place_for_the_tone(old: str, new: str) -> None:
    assert place_tone(old) == new
    assert place_tone(new) == new


@given(st.text(max_size=30))
def test_syllables_lose_all_marks(text: str) -> None:
    bare = strip_marks(text)
    assert "đ" not in bare and "Đ" not in bare
    assert strip_marks(bare) == bare


@pytest.mark.parametrize(
    ("word", "case"),
    [
        ("nước", Case.LOWER),
        ("Nước", Case.TITLE),
        ("NƯỚC", Case.UPPER),
        ("TTg", Case.OWN),
        ("Ý", Case.TITLE),
    ],
)
def test_case_is_recognised(word: str, case: Case) -> None:
    assert case_of(word) is case
    if case is not Case.OWN:
        assert apply_case(word.lower(), case) == word


def test_units_part_letters_digits_and_marks() -> None:
    assert split_units("Số: 12/KH-UBND (3b)...") == ["Số", ":", "12", "/", "KH", "-", "UBND", "(", "3", "b", ")", "..."]
    assert [key_of(u) for u in ["2024", "7", "XIV", "–", "”", "Uỷ"]] == ["<n4>", "<n1>", "<roman>", "-", '"', "ủy"]


def test_split_holds_out_one_line_in_fifty() -> None:
    share = sum(is_held_out(f"dòng thứ {k}") for k in range(20_000)) / 20_000
    assert 0.016 < share < 0.024


def _alphabet() -> Alphabet:
    return Alphabet.of(vietnamese_letters() + "".join(map(chr, range(33, 127))) + "¢€“”")


def test_channel_learns_what_a_reader_does() -> None:
    printed = ["của các bộ đã được cử", "hội nghị của bộ", "các hội của đội"] * 30
    bare = str.maketrans("đáãượệịử", "daauoeiu")
    read = [line.replace("ủ", "ti").replace("ộ", "6").translate(bare) for line in printed]
    costs = {(s, o): cost for s, o, cost in learn_rules(list(zip(printed, read, strict=True)), _alphabet())}
    assert costs["ủ", "ti"] < 1.0
    assert costs["ộ", "6"] < 0.5
    assert costs["ộ", "ộ"] > 2.0
    assert costs["c", "c"] < 0.5
    assert ("Ộ", "6") in costs


def test_channel_packs_and_unpacks() -> None:
    alphabet = _alphabet()
    rules = [("ủ", "ti", 1.0), ("ươ", "uo", 0.5), ("", "'", 6.0), ("n", "", 7.0), ("á", "a", 0.25)]
    assert sorted(unpack_rules(pack_rules(rules, alphabet), alphabet)) == sorted(rules)


def test_channel_follows_the_document() -> None:
    alphabet = _alphabet()
    rules = [*stripping_rules(), ("ủ", "i", 6.0), ("ủ", "u", 0.1)]
    adapted = {(s, o): c for s, o, c in adapt(rules, [("của", "cia"), ("chủ", "chi")] * 200, alphabet)}
    assert adapted["ủ", "i"] < 1.5


def test_pages_pair_printed_with_read_lines() -> None:
    printed = ["Điều 1. Phạm vi điều chỉnh", "Thông tư này quy định", "việc tổ chức thi"]
    read = ["rubbish ~~", "Diéu 1. Pham vi diéu chinh", "viéc t6 chitc thi"]
    assert pair_lines(printed, read) == [(printed[0], read[1]), (printed[2], read[2])]


def test_vocabulary_starts_with_classes_and_keeps_common_words() -> None:
    from collections import Counter

    seen = Counter({"Nước": 9, "nước": 3, "xyzzy": 20, "UBND": 20})
    names = choose_vocabulary(seen, least_syllable=5, least_other=40, least_capitals=10)
    assert names[0] == "<s>" and "nước" in names and "ubnd" in names and "xyzzy" not in names


def _small_model() -> tuple[LanguageModel, int]:
    rng = np.random.default_rng(3)
    words = 60
    stream: list[int] = [0]
    for _ in range(4000):
        first = int(rng.integers(45, 55))
        stream += [first, first + 1, 58 if first % 2 else 59, 0]
    return train([(np.array(stream, dtype=np.uint16), 1.0)], words, (400, 400, 400), (1.0, 1.0, 1.0)), words


def test_language_model_is_a_distribution() -> None:
    model, words = _small_model()
    for context in ([0, 50], [0, 51, 52], [0, 47, 48]):
        total = sum(np.exp(model.score([*context, word]) - model.score(context)) for word in range(words))
        assert total == pytest.approx(1.0, abs=0.12)


def test_language_model_knows_what_follows() -> None:
    model, _ = _small_model()
    assert model.score([0, 47, 48, 58, 0]) > model.score([0, 47, 48, 59, 0]) + 2


def test_abbreviations_get_the_bar_that_others_have_there() -> None:
    bars = count_bars([("hđnd", 3.0), ("hđt", 3.0), ("tđkt", 3.0), ("ubnd", 9.0), ("hdv", 3.0)])
    assert put_bars("HDNV", bars) == "HĐNV"
    assert put_bars("TDK", bars) == "TĐK"
    assert put_bars("UBND", bars) == "UBND"
    assert put_bars("HDV", bars) == "HDV"


@pytest.mark.parametrize("size", [0, 1, 2, 7, 300, 20_000])
def test_static_table_gives_back_every_value(size: int) -> None:
    rng = np.random.default_rng(size)
    keys = np.unique(rng.integers(0, 1 << 58, size, dtype=np.uint64))
    values = rng.integers(0, 256, len(keys)).astype(np.uint8)
    table, layout = build(keys, values)
    twice = np.array([*layout, *layout], dtype=np.int64)
    short = shorten(table)
    assert [find_pair(key, table, twice) for key in keys] == values.tolist()
    assert [find_longer(key, short, twice) for key in keys] == values.tolist()


def test_static_table_finds_nothing_that_was_never_stored() -> None:
    keys = np.arange(5000, dtype=np.uint64)
    table, layout = build(keys, np.zeros(5000, dtype=np.uint8))
    twice = np.array([*layout, *layout], dtype=np.int64)
    strange = range(1 << 40, (1 << 40) + 20_000)
    assert sum(find_pair(np.uint64(key), table, twice) >= 0 for key in strange) == 0
    assert sum(find_longer(np.uint64(key), shorten(table), twice) >= 0 for key in strange) <= 4


def test_static_table_refuses_a_key_twice() -> None:
    with pytest.raises(ValueError, match="more than once"):
        build(np.array([5, 5], dtype=np.uint64), np.zeros(2, dtype=np.uint8))


def test_calibration_rises_and_tells_the_truth() -> None:
    rng = np.random.default_rng(5)
    claimed = rng.uniform(0.3, 1.0, 6000)
    right = rng.uniform(size=6000) < claimed**2
    curve = fit(claimed.tolist(), right.tolist())
    grid = [apply(curve, p) for p in np.linspace(0, 1, 50)]
    assert grid == sorted(grid)
    assert apply(curve, 0.7) == pytest.approx(0.49, abs=0.08)
    assert apply(None, 0.7) == 0.7


def test_metrics_follow_the_contract_of_comparison() -> None:
    assert comparable("[stamp] ĐẾN\nUỷ  ban – “A”… | b") == 'Ủy ban - "A"... b'
    errors = Errors()
    errors.add("một hai ba bốn", "một hai bà")
    assert errors.wer == pytest.approx(0.5)
    assert errors.char_edits == 5


def test_metrics_tell_what_is_out_of_place_from_what_was_misread() -> None:
    truth = ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"]
    assert misplaced_words(truth, truth) == 0
    assert misplaced_words(truth, [*truth[:3], "bôn", "nằm", *truth[5:]]) == 0
    assert misplaced_words(truth, [*truth[5:], *truth[:5]]) == 10
    assert misplaced_words(truth, [*truth[:5], "%", "ee", *truth[5:]]) == 0
    assert misplaced_words(truth, truth[:6]) == 4


def test_metrics_count_mended_and_harmed_words() -> None:
    assert mended_and_harmed("a b c d", "a x c d", "a b c y") == (1, 1)
    assert mended_and_harmed("a b c d", "a b c d", "a b c d") == (0, 0)


@pytest.mark.parametrize(
    ("evidence", "machine_read", "regime"),
    [
        (Evidence(100, 0.55, 0.8, 0.0, 0.98, 0.0), False, "clean"),
        (Evidence(100, 0.55, 0.8, 0.0, 0.98, 0.0), True, "vie"),
        (Evidence(100, 0.45, 0.8, 0.05, 0.95, 0.0), False, "vie"),
        (Evidence(100, 0.0, 0.2, 0.35, 0.8, 0.0), True, "eng"),
        (Evidence(100, 0.0, 0.0, 0.0, 0.98, 0.0), False, "stripped"),
        (Evidence(100, 0.0, 0.0, 0.8, 0.2, 0.4), False, "foreign"),
        (Evidence(0, 0.0, 0.0, 0.0, 0.0, 0.0), False, "clean"),
    ],
)
def test_regime_follows_the_evidence(evidence: Evidence, machine_read: bool, regime: str) -> None:
    assert decide(evidence, machine_read=machine_read) == regime


def test_regime_sees_english_lines() -> None:
    assert is_foreign_line(["The", "plan", "was", "made", "by", "the", "office", "and", "sent", "to", "them"])
    assert not is_foreign_line(["Ké", "hoach", "s6", "5", "ctia", "Uy", "ban", "nhan", "dan"])


@settings(max_examples=50)
@given(st.lists(st.lists(st.text("abđ", max_size=4), max_size=6), max_size=6))
def test_blocks_hold_every_token_once(lines: list[list[str]]) -> None:
    blocks = cut_blocks(lines, fill_confidences(lines, None))
    found = [(t.line, t.index, t.text) for block in blocks for t in block.tokens]
    assert found == [(i, k, t) for i, line in enumerate(lines) for k, t in enumerate(line) if t]
    for block in blocks:
        for token in block.tokens:
            assert block.text[token.start : token.end] == token.text


@given(st.lists(st.sampled_from(["Kế", "hoạch", "số"]), max_size=5), st.sampled_from([" ", "  ", "\t"]))
def test_blocks_put_white_space_back(tokens: list[str], gap: str) -> None:
    raw = gap + gap.join(tokens) + gap
    line = RestoredLine(tuple(RestoredToken(t, 1.0, (k,)) for k, t in enumerate(tokens)), "eng")
    assert put_back_spaces(raw, tokens, line) == raw
    assert unicodedata.is_normalized("NFC", raw)

"""The restorer: wrecked sentences are read, right ones are left alone, nothing makes it fall."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.restoration import Restorer
from models.weights import WeightsError

RIGHT = [
    "Căn cứ Kế hoạch số 45/KH-UBND ngày 12 tháng 3 năm 2024 của Ủy ban nhân dân huyện về phong trào thi đua yêu nước;",
    "Các trường học tổ chức phát động thi đua, gửi báo cáo về Phòng Giáo dục và Đào tạo trước ngày 20/11/2024.",
    "Nơi nhận: Như trên; Lưu: VT, TĐKT (02b).",
    "3. Khen thưởng: mỗi đơn vị đề nghị không quá 03 tập thể, 05 cá nhân.",
]
WRECKED = [
    (
        "Ké hoach phat déng phong trao thi dua yéu nuéc nam hoc 2024 - 2025",
        "Kế hoạch phát động phong trào thi đua yêu nước năm học 2024 - 2025",
    ),
    (
        "Cac don vi gi bao cdo vé Phong Gido duc va Dao tao trudc ngay 15 thang 5",
        "Các đơn vị gửi báo cáo về Phòng Giáo dục và Đào tạo trước ngày 15 tháng 5",
    ),
    (
        "Can ctr Quyét dinh s6 18/QD-UBND ngay 05/01/2024 ctia Uy ban nhan dan tinh",
        "Căn cứ Quyết định số 18/QĐ-UBND ngày 05/01/2024 của Ủy ban nhân dân tỉnh",
    ),
]


HOSTILE = "aảbđeễgh tnouCĐS69¢&@./-,\x00\ud800\u0301中"


@pytest.fixture(scope="module")
def restorer() -> Restorer:
    return Restorer.load()


@pytest.mark.parametrize(("wrecked", "printed"), WRECKED)
def test_restorer_rebuilds_what_an_english_reader_made(restorer: Restorer, wrecked: str, printed: str) -> None:
    assert restorer.restore_text(wrecked, regime="eng") == printed
    assert restorer.restore_text(wrecked) == printed


def test_restorer_puts_marks_back(restorer: Restorer) -> None:
    bare = "Uy ban nhan dan huyen phat dong phong trao thi dua yeu nuoc trong toan the can bo, cong chuc"
    assert restorer.restore_text(bare) == (
        "Ủy ban nhân dân huyện phát động phong trào thi đua yêu nước trong toàn thể cán bộ, công chức"
    )


@pytest.mark.parametrize("line", RIGHT)
@pytest.mark.parametrize("regime", ["auto", "clean", "vie"])
def test_restorer_leaves_right_text_alone(restorer: Restorer, line: str, regime: str) -> None:
    assert restorer.restore_text(line, regime=regime) == line  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    [
        "The committee shall publish its report within thirty days after the end of the year.",
        "def main(argv): return 0 if argv else 1  # nothing to see here",
        "https://example.org/ke-hoach?id=12 gửi về vanthu@example.org",
        "委员会应在年底后三十天内发布报告。",
    ],
)
def test_restorer_leaves_foreign_text_alone(restorer: Restorer, line: str) -> None:
    assert restorer.restore_text(line) == line


def test_restorer_parts_merged_tokens(restorer: Restorer) -> None:
    (line,) = restorer.restore_lines([["Ké", "hoach", "ban", "hanh", "ngay16", "thang", "5"]], regime="eng")
    assert [token.text for token in line.tokens] == ["Kế", "hoạch", "ban", "hành", "ngày", "16", "tháng", "5"]
    assert [token.sources for token in line.tokens] == [(0,), (1,), (2,), (3,), (4,), (4,), (5,), (6,)]


@pytest.mark.parametrize(
    ("wrecked", "printed"),
    [
        ("- Nhu trén; - Luu: VT, DTTP (100b).", "- Như trên; - Lưu: VT, ĐTTP (100b)."),
        ("| 1 | Truéng Tiéu hoc | 25 hoc sinh |", "| 1 | Trường Tiểu học | 25 học sinh |"),
        ("phong ngtra toi pham ma tuy", "phòng ngừa tội phạm ma túy"),
    ],
)
def test_restorer_knows_abbreviations_figures_and_rules(restorer: Restorer, wrecked: str, printed: str) -> None:
    assert restorer.restore_text(wrecked, regime="eng") == printed


def test_restorer_counts_both_places_of_a_tone_as_one_reading(restorer: Restorer) -> None:
    (line,) = restorer.restore_lines([["phong", "chéng", "ma", "tuy", "trong", "trudng", "hoc"]], regime="eng")
    assert line.tokens[3].text == "túy"
    assert line.tokens[3].confidence > 0.9


def test_restorer_lets_a_sure_engine_have_its_word(restorer: Restorer) -> None:
    line = ["Các", "đơn", "vị", "tô", "chức", "thực", "hiện", "kế", "hoạch"]
    unsure = [0.96] * 3 + [0.5] + [0.96] * 5
    (mended,) = restorer.restore_lines([line], [unsure], regime="vie")
    assert mended.tokens[3].text == "tổ"
    assert [token.text for token in mended.tokens[4:]] == line[4:]


def test_restorer_gives_alternatives_that_sum_to_one_at_most(restorer: Restorer) -> None:
    for wrecked, _ in WRECKED:
        (line,) = restorer.restore_lines([wrecked.split()], regime="eng")
        for token in line.tokens:
            assert 0.0 <= token.confidence <= 1.0
            assert token.text not in [text for text, _ in token.alternatives]
            shares = [share for _, share in token.alternatives]
            assert shares == sorted(shares, reverse=True)
            assert sum(shares) <= 1.0 + 1e-3


def test_restorer_keeps_blank_lines_and_white_space(restorer: Restorer) -> None:
    text = "  Kế hoạch  số 5\n\n\tNơi nhận:\n"
    assert restorer.restore_text(text, regime="clean") == text
    assert restorer.restore_text("\n\n") == "\n\n"
    assert restorer.restore_text("") == ""


def test_restorer_gives_as_many_lines_as_it_got(restorer: Restorer) -> None:
    lines = [["Ké", "hoach"], [], ["s6", "12"], []]
    restored = restorer.restore_lines(lines, regime="eng")
    assert [bool(line.tokens) for line in restored] == [True, False, True, False]


def test_restorer_is_the_same_every_time(restorer: Restorer) -> None:
    lines = [wrecked.split() for wrecked, _ in WRECKED]
    assert restorer.restore_lines(lines, regime="eng") == restorer.restore_lines(lines, regime="eng")


def test_restorer_needs_its_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="manifest"):
        Restorer.load(tmp_path)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=120), regime=st.sampled_from(["auto", "clean", "vie", "eng"]))
def test_restorer_survives_any_text(text: str, regime: str) -> None:
    restorer = _shared()
    restored = restorer.restore_text(text, regime=regime)  # type: ignore[arg-type]
    assert restored.count("\n") == text.count("\n")


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.lists(st.text(HOSTILE, max_size=9), max_size=9), max_size=5),
    regime=st.sampled_from(["auto", "vie", "eng"]),
)
def test_restorer_accounts_for_every_token(lines: list[list[str]], regime: str) -> None:
    restored = _shared().restore_lines(lines, regime=regime)  # type: ignore[arg-type]
    assert len(restored) == len(lines)
    for line, result in zip(lines, restored, strict=True):
        real = {index for index, token in enumerate(line) if token.split()}
        assert {index for token in result.tokens for index in token.sources} == real
        for token in result.tokens:
            assert token.text and not any(char.isspace() for char in token.text)
            assert token.text == unicodedata.normalize("NFC", token.text)


def test_restorer_survives_very_long_lines(restorer: Restorer) -> None:
    for piece in ("x", "é6", "Ké hoach ", "é6" * 60):
        text = piece * (200_000 if piece == "x" else 1_500)
        restored = restorer.restore_text(text, regime="eng")
        assert restored.count("\n") == 0
        if " " not in text:
            assert restored == text


_RESTORERS: list[Restorer] = []


def _shared() -> Restorer:
    if not _RESTORERS:
        _RESTORERS.append(Restorer.load())
    return _RESTORERS[0]


def test_restorer_adapts_to_a_text_without_losing_a_line(restorer: Restorer) -> None:
    lines = [wrecked.split() for wrecked, _ in WRECKED] * 4
    adapted = restorer.restore_lines(lines, regime="eng", adapt_to_text=True)
    assert [" ".join(token.text for token in line.tokens) for line in adapted] == [p for _, p in WRECKED] * 4


def test_restorer_streams_lines_one_for_one(restorer: Restorer) -> None:
    lines = [WRECKED[k % 3][0] for k in range(2100)]
    streamed = restorer.restore_stream(iter(lines), regime="clean")
    assert list(streamed) == lines


def test_restorer_leaves_an_english_line_in_a_wreck_alone(restorer: Restorer) -> None:
    english = "The office of the committee will have been closed for most of that year."
    text = "\n".join([*(wrecked for wrecked, _ in WRECKED), english])
    assert restorer.restore_text(text).split("\n")[-1] == english

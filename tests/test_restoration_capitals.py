"""Capitals that a reader of print saw where none are, and words in capitals that it ran together."""

import pytest

from models.restoration import RestoredToken, Restorer

AS_PRINTED = [
    "Bộ trưởng BỘ TÀI CHÍNH giao các đơn vị theo Đề án 02-ĐA/TƯ thực hiện",
    "báo cáo cấp TƯ và địa phương theo hướng dẫn của UBND tỉnh và TTg",
    "các đơn vị thuộc HĐND tỉnh, ĐHQGHCM và ĐTN cùng tham gia",
    "SỐ LIỆU VỀ KẾT QUẢ THỰC HIỆN",
]


@pytest.fixture(scope="module")
def restorer() -> Restorer:
    return Restorer.load()


def read(restorer: Restorer, *lines: str, regime: str = "vie") -> list[tuple[RestoredToken, ...]]:
    """Lines as an engine gives them that is sure of every word."""
    words = [line.split() for line in lines]
    restored = restorer.restore_lines(words, [[0.96] * len(line) for line in words], regime=regime)  # type: ignore[arg-type]
    return [line.tokens for line in restored]


def text(tokens: tuple[RestoredToken, ...]) -> str:
    return " ".join(token.text for token in tokens)


@pytest.mark.parametrize(
    ("seen", "printed", "mended"),
    [
        ("một SỐ nội dung về thi đua", "một số nội dung về thi đua", "số"),
        ("các đơn vị VỀ việc triển khai kế hoạch", "các đơn vị về việc triển khai kế hoạch", "về"),
        ("phối hợp với các SỞ, ngành liên quan", "phối hợp với các sở, ngành liên quan", "sở,"),
        ("theo Nghị định SỐ 98/2023/NĐ-CP của Chính phủ", "theo Nghị định số 98/2023/NĐ-CP của Chính phủ", "số"),
        ("phong trào thi đua ở cơ SỞ.", "phong trào thi đua ở cơ sở.", "sở."),
    ],
)
def test_capitals_alone_between_small_words_are_written_small(
    restorer: Restorer, seen: str, printed: str, mended: str
) -> None:
    (tokens,) = read(restorer, seen)
    assert text(tokens) == printed
    (found,) = [token for token in tokens if token.text == mended]
    assert found.confidence <= 0.75


@pytest.mark.parametrize(
    ("seen", "printed"),
    [
        ("BỘTÀICHÍNH", "BỘ TÀI CHÍNH"),
        ("KẾHOẠCH THỰCHIỆN", "KẾ HOẠCH THỰC HIỆN"),
        ("CỘNGHÒAXÃHỘICHỦNGHĨAVIỆTNAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    ],
)
def test_capitals_run_together_are_parted(restorer: Restorer, seen: str, printed: str) -> None:
    (tokens,) = read(restorer, seen)
    assert text(tokens) == printed
    assert all(token.confidence <= 0.75 for token in tokens)
    assert {token.sources for token in tokens} == {(index,) for index in range(len(seen.split()))}


@pytest.mark.parametrize("line", AS_PRINTED)
def test_abbreviations_codes_and_headings_keep_their_capitals(restorer: Restorer, line: str) -> None:
    assert text(read(restorer, line)[0]) == line


@pytest.mark.parametrize("line", ["một SỐ nội dung về thi đua", "BỘTÀICHÍNH"])
def test_exact_text_keeps_its_capitals(restorer: Restorer, line: str) -> None:
    assert text(read(restorer, line, regime="clean")[0]) == line

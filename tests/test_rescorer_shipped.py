"""The weights that are shipped know which word fits into a place."""

import pytest

from models.rescorer import Rescorer


@pytest.fixture(scope="module")
def rescorer() -> Rescorer:
    return Rescorer.load()


@pytest.mark.parametrize(
    ("sentence", "place", "choices"),
    [
        ("ban hành kế hoạch tuyên truyền phòng cháy chữa cháy", 2, ["ke", "kê", "kế", "kể", "kẻ"]),
        ("trường hợp vắng mặt phải báo cáo lãnh đạo phòng", 4, ["phai", "phải", "phái"]),
        ("các em nhỏ chơi bóng đá trên sân cỏ", 5, ["da", "dạ", "đá", "đa"]),
        ("tổ chức hội nghị tổng kết vào cuối năm", 5, ["kết", "kệt", "ket"]),
    ],
)
def test_rescorer_finds_the_word_that_fits(rescorer: Rescorer, sentence: str, place: int, choices: list[str]) -> None:
    units = sentence.split()
    fits = rescorer.judge(units, [True] * len(units), {place: choices})[place]
    known = {choice: fit for choice, fit in zip(choices, fits, strict=True) if fit == fit}
    assert max(known, key=lambda choice: known[choice]) == units[place]


def test_rescorer_reads_neighbours_without_their_marks_too(rescorer: Rescorer) -> None:
    units = ["uy", "ban", "nhân", "dân", "tinh", "ban", "hanh", "ke", "hoach"]
    fits = rescorer.judge(units, [False] * len(units), {2: ["nhân", "nhẫn", "nhạn"], 3: ["dân", "dẫn", "đàn"]})
    assert [max(range(3), key=row.__getitem__) for row in fits.values()] == [0, 0]

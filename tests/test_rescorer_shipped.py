"""The weights that are shipped know which word fits into a place."""

import pytest

from models.rescorer import Rescorer
from models.rescorer.evaluate import stripped_alone
from models.restoration import Restorer
from models.restoration.model import load_model
from models.restoration.restorer import SHIPPED
from models.restoration.syllables import strip_marks


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


@pytest.mark.parametrize(
    "sentence",
    [
        "Sau cơn mưa lớn, đoạn đê phía đông bị sạt lở nghiêm trọng.",
        "Em bé khóc đòi mẹ mua cho con búp bê bằng vải.",
    ],
)
def test_rescorer_helps_the_restorer_to_put_marks_back(rescorer: Rescorer, sentence: str) -> None:
    restorer = Restorer.load(judge=rescorer)
    assert restorer.restore_text(strip_marks(sentence)) == sentence
    assert restorer.restore_text(sentence) == sentence


def test_rescorer_is_measured_alone(rescorer: Rescorer) -> None:
    lines = ["Tổ chức hội nghị tổng kết công tác phòng cháy, chữa cháy và triển khai nhiệm vụ năm sau."]
    assert stripped_alone(rescorer, load_model(SHIPPED).vocabulary, lines) == 1.0

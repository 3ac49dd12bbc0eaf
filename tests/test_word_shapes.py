"""Which words Vietnamese print can have, and which only a misreading is."""

import pytest

from pipeline.language.word_shapes import as_printed, looks_printed


@pytest.mark.parametrize(
    "word",
    [
        "b/c);",
        "8h00",
        "1.500.000",
        "GD&ĐT",
        "12/2024/NĐ-CP",
        "Đ/c",
        "C04",
        "(02b).",
        "85%",
        "I.",
        "nghiêng,",
        "2024-2025",
        "-",
    ],
)
def test_word_shapes_of_print_are_known(word: str) -> None:
    assert looks_printed(word)


@pytest.mark.parametrize("word", ["bíc);", "Uh);", "b/C);", "-7h30", "xä", "l6", "5Š,", "vỀ", "ĐÄK", "1.500.000-", "~"])
def test_word_shapes_of_misreadings_are_told(word: str) -> None:
    assert not looks_printed(word)


def test_word_shapes_letters_that_look_alike_are_written_as_vietnamese() -> None:
    assert as_printed("(Ð/c ðến 1⁄2026)") == "(Đ/c đến 1/2026)"

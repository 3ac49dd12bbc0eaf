"""What passages of every kind of issuer are turned into: floors for each round of passages and each table."""

import time
from functools import cache

import pytest
from record_passages import FOLDER, Tally, compare, passages

from pipeline.document import Span, TracedText
from pipeline.extraction.movement_names import named_movements
from pipeline.extraction.reward_sentences import gifts_of
from pipeline.language.nlp import MAX_CHARACTERS

ROUNDS = sorted(path.stem for path in FOLDER.glob("round*.txt"))
DEMANDS = [
    (name, table)
    for name in ROUNDS
    for table in dict.fromkeys(table for passage in passages(FOLDER / f"{name}.txt") for table in passage.demanded)
]
F1_FLOOR = 0.95
FIELDS_FLOOR = 0.95


@cache
def measured(name: str) -> tuple[dict[str, Tally], list[str]]:
    sums: dict[str, Tally] = {}
    differences: list[str] = []
    for passage in passages(FOLDER / f"{name}.txt"):
        differences += compare(passage, passage.digitised(), sums)
    return sums, differences


@pytest.mark.parametrize(("name", "table"), DEMANDS)
def test_passages_give_their_records(name: str, table: str) -> None:
    sums, differences = measured(name)
    tally = sums[table]
    told = [line for line in differences if f" {table}" in line]
    assert tally.f1 >= F1_FLOOR, told
    assert tally.fields >= FIELDS_FLOOR, told


@pytest.mark.parametrize(
    "piece",
    [
        "tặng Bằng khen cho 01 tập thể, ",
        "được đề nghị xét, ",
        "phong trào thi đua “Sạch ",
        "1.000.000 đồng đối với mỗi ",
        "khen thưởng các tập thể có ",
        "01 giải Nhất (một) ",
        "các phong trào: A; ",
    ],
)
def test_passages_cannot_stall_a_pattern(piece: str) -> None:
    text = (piece * (MAX_CHARACTERS // len(piece) + 1))[:MAX_CHARACTERS]
    start = time.process_time()
    gifts_of(TracedText(text, (Span(0, len(text), "1.0", 1.0),)))
    list(named_movements(text))
    assert time.process_time() - start < 3

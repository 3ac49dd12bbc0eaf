"""Assignments and deadlines of many passages, each in the phrasing of its kind of issuer."""

from functools import lru_cache

import pytest

from corpus.record_metrics import match_records, score_document
from corpus.record_scores import RecordScores
from pipeline.records import Value
from tests.task_passages import Passage, passages_of, read_records, score_passage

FILES = ("first.txt", "second.txt", "third.txt", "fourth.txt", "fifth.txt")
PLAIN_WORDS = ("sixth.txt", "seventh.txt")
TABLES = ("assignments", "deadlines")


@lru_cache(maxsize=1)
def everything() -> RecordScores:
    total = RecordScores()
    for file in FILES:
        for passage in passages_of(file):
            total += score_passage(passage, wrapped=False)[0]
    return total


@pytest.mark.parametrize(("table", "least"), [("assignments", 0.87), ("deadlines", 0.94)])
def test_task_passages_gives_the_records_of_every_kind_of_issuer(table, least):
    assert everything().tables[table].counts.f1 >= least


@pytest.mark.parametrize(
    ("table", "field", "least"),
    [
        ("assignments", "role", 0.96),
        ("assignments", "deadline", 0.96),
        ("deadlines", "kind", 0.96),
        ("deadlines", "recurrence", 0.98),
        ("deadlines", "what", 0.88),
        ("deadlines", "body", 0.85),
    ],
)
def test_task_passages_fills_the_fields_of_the_records(table, field, least):
    assert everything().tables[table].fields[field].accuracy >= least


@pytest.mark.parametrize(("table", "least"), [("assignments", 0.78), ("deadlines", 0.92)])
def test_task_passages_reads_tasks_told_in_words_that_no_list_holds(table, least):
    total = RecordScores()
    for file in PLAIN_WORDS:
        for passage in passages_of(file):
            total += score_passage(passage, wrapped=False)[0]
    assert total.tables[table].counts.f1 >= least


def judged(passage: Passage) -> list[tuple[Value, bool]]:
    """Every value of a passage with whether it is right."""
    document, found = read_records(passage, wrapped=False)
    values: list[tuple[Value, bool]] = []
    for table in TABLES:
        pairs = dict(match_records(table, found[table], passage.gold[table]))
        for index, record in enumerate(document.records.rows(table)):
            truth = passage.gold[table][pairs[index]] if index in pairs else None
            scores = score_document({table: [found[table][index]]}, {table: [truth] if truth is not None else []})
            for name, score in scores.tables[table].fields.items():
                value = getattr(record, name)
                if value is not None:
                    values.append((value, bool(score.exact)))
    return values


def test_task_passages_is_right_nine_times_in_ten_where_it_is_sure():
    values = [pair for file in FILES for passage in passages_of(file) for pair in judged(passage)]
    sure = [right for value, right in values if value.confidence >= 0.9]
    weak = [right for value, right in values if value.confidence < 0.7]
    assert len(sure) > 80
    assert sum(sure) >= 0.9 * len(sure)
    assert sum(weak) / len(weak) < sum(sure) / len(sure)


@pytest.mark.parametrize(
    "body",
    [
        "Năm 2024, Sở Y tế đã phối hợp với Công an tỉnh kiểm tra 40 cơ sở, hoàn thành trước ngày 30/11/2024.",
        "Ngày 27/02 hằng năm là ngày truyền thống của ngành Y tế.",
        "Mức phụ cấp hằng tháng của nhân viên y tế thôn thực hiện theo quy định hiện hành.",
        "Quyết định này có hiệu lực thi hành từ ngày 01/01/2026.",
    ],
)
def test_task_passages_gives_nothing_for_what_is_no_task(body):
    passage = Passage("none", "department", "2025-06-02", ("I. NỘI DUNG", body))
    assert read_records(passage)[1] == {"assignments": [], "deadlines": []}

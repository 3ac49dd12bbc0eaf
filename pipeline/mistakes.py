"""A list of what was got wrong, that a person can work through: records first, then words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rapidfuzz.distance import Levenshtein

from corpus.record_metrics import DOCUMENT_FIELDS, TABLE_FIELDS, key_fields, match_records, records_of
from corpus.text_metrics import normalise
from pipeline.evaluation import DocumentScore, Evaluation

__all__ = ["mistakes"]

_CONTEXT_WORDS = 2


def mistakes(evaluation: Evaluation) -> Iterator[str]:
    """Lines of Markdown: for each document its wrong, missing and invented values and records, and misread words."""
    for found in evaluation.documents:
        lines = [*_of_records(found), *_of_text(found)]
        yield f"# {found.gold.name} ({found.status})"
        yield from lines or ["", "nothing wrong"]
        yield ""


def _of_records(found: DocumentScore) -> Iterator[str]:
    if found.gold.records is None:
        return
    plain: Mapping[str, Any] = found.document.records.to_dict() if found.document is not None else {}
    lines = list(_of_fields(plain.get("document") or {}, found.gold.records.get("document") or {}, DOCUMENT_FIELDS))
    if lines:
        yield from ["", "## document", *lines]
    for table in TABLE_FIELDS:
        lines = list(_of_table(table, records_of(plain, table), records_of(found.gold.records, table)))
        if lines:
            yield from ["", f"## {table}", *lines]


def _of_table(table: str, predicted: Sequence[Mapping[str, Any]], gold: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    pairs = match_records(table, predicted, gold)
    for index, record in enumerate(gold):
        if index not in {column for _, column in pairs}:
            yield f"- missing: {_shown(record)}"
    for index, record in enumerate(predicted):
        if index not in {row for row, _ in pairs}:
            yield f"- invented: {_shown(record)}"
    for row, column in pairs:
        wrong = list(_of_fields(predicted[row], gold[column], TABLE_FIELDS[table], indent="    "))
        if wrong:
            yield f"- in {_shown({name: gold[column].get(name) for name in key_fields(table, gold[column])})}:"
            yield from wrong


def _of_fields(
    predicted: Mapping[str, Any], gold: Mapping[str, Any], comparisons: Mapping[str, Any], indent: str = ""
) -> Iterator[str]:
    for name, compare in comparisons.items():
        read, printed = predicted.get(name), gold.get(name)
        if printed in (None, "") and read not in (None, ""):
            yield f"{indent}- {name} invented: {read}"
        elif printed not in (None, "") and read in (None, ""):
            yield f"{indent}- {name} missing: {printed}"
        elif printed not in (None, "") and compare(read, printed) == 0:
            yield f"{indent}- {name}: {read} ≠ {printed}"


def _shown(record: Mapping[str, Any]) -> str:
    return " · ".join(f"{name}={value}" for name, value in record.items() if value is not None)


def _of_text(found: DocumentScore) -> Iterator[str]:
    if found.text is None:
        return
    read = {page.number: page.text() for page in found.document.pages} if found.document is not None else {}
    for number, printed in found.gold.pages.items():
        lines = list(_of_page(normalise(read.get(number, "")).split(), normalise(printed).split()))
        if lines:
            yield from ["", f"## text of page {number}", *lines]


def _of_page(read: Sequence[str], printed: Sequence[str]) -> Iterator[str]:
    for step in Levenshtein.opcodes(printed, read):
        if step.tag == "equal":
            continue
        before = " ".join(printed[max(step.src_start - _CONTEXT_WORDS, 0) : step.src_start])
        after = " ".join(printed[step.src_end : step.src_end + _CONTEXT_WORDS])
        wanted = " ".join(printed[step.src_start : step.src_end])
        got = " ".join(read[step.dest_start : step.dest_end])
        yield f"- {before} [{got} ≠ {wanted}] {after}"

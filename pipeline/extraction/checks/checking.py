"""Run the checks on a document's records, lower the confidence of what they doubt, and say why."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from msgspec import structs

from pipeline.document import Document, Issue, replace
from pipeline.extraction.checks.dates import (
    cited_after_the_document,
    deadline_before_the_document,
    period_ends_before_it_starts,
    title_of_another_year,
    wrong_weekday,
    year_of_a_number,
)
from pipeline.extraction.checks.finding import Finding, Place, value_at
from pipeline.extraction.checks.launches import files_after_the_end, incomplete_movement
from pipeline.extraction.checks.numbers import (
    notation_of_another_issuer,
    notation_of_another_type,
    notation_of_the_party,
    number_without_its_year,
    unpadded_number,
)
from pipeline.extraction.checks.signatures import deputy_who_is_none
from pipeline.extraction.checks.sums import row_product, sum_of_rewards, total_of_a_column
from pipeline.records import Record, Records, Value

__all__ = ["CHECKS", "checked"]

Check = Callable[[Document], Iterator[Finding]]

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "number-type": notation_of_another_type,
        "number-issuer": notation_of_another_issuer,
        "number-party": notation_of_the_party,
        "number-zero": unpadded_number,
        "number-year": number_without_its_year,
        "number-date": year_of_a_number,
        "reference-later": cited_after_the_document,
        "deadline-earlier": deadline_before_the_document,
        "period-order": period_ends_before_it_starts,
        "weekday": wrong_weekday,
        "title-year": title_of_another_year,
        "row-product": row_product,
        "column-total": total_of_a_column,
        "reward-total": sum_of_rewards,
        "movement-incomplete": incomplete_movement,
        "movement-files": files_after_the_end,
        "signer-deputy": deputy_who_is_none,
    }
)
"""Every check by its name, which is also the code of what it finds (`check-number-type`)."""

_REMEDY = "Compare the values with the page; correct what was read wrong, or leave what the document itself says."


def checked(document: Document, *, skip: tuple[str, ...] = ()) -> Document:
    """The document with the confidence of doubtful values lowered and an issue for each failed check.

    Args:
        document: with its records; no text, normal form or evidence of a value is ever changed.
        skip: names of checks to leave out.
    """
    findings = [finding for name, check in CHECKS.items() if name not in skip for finding in check(document)]
    if not findings:
        return document
    pages = {word_id: word.page for word_id, word in document.words_by_id().items()}
    issues = [_issue(document.records, finding, pages) for finding in findings]
    return replace(document, records=_doubted(document.records, findings), issues=(*document.issues, *issues))


def _issue(records: Records, finding: Finding, pages: Mapping[str, int]) -> Issue:
    found = (value_at(records, place) for place in finding.places)
    page = next((pages[value.evidence[0]] for value in found if value is not None and value.evidence[0] in pages), None)
    return Issue("extract", f"check-{finding.code}", finding.message, _REMEDY, page, "doubt")


def _doubted(records: Records, findings: list[Finding]) -> Records:
    """The records with each doubted value's confidence lowered by the gravest finding."""
    gravest: dict[Place, Finding] = {}
    for finding in findings:
        for place in finding.places:
            if place not in gravest or finding.factor < gravest[place].factor:
                gravest[place] = finding
    tables: dict[str, Record | tuple[Record, ...]] = {}
    for table in {place.table for place in gravest}:
        rows = [
            _doubted_row(
                row,
                {place.field: found for place, found in gravest.items() if (place.table, place.row) == (table, index)},
            )
            for index, row in enumerate(records.rows(table))
        ]
        tables[table] = rows[0] if table == "document" else tuple(rows)
    return structs.replace(records, **tables)


def _doubted_row(row: Record, findings: Mapping[str, Finding]) -> Record:
    changed = {
        field: _doubted_value(value, finding)
        for field, finding in findings.items()
        if isinstance(value := getattr(row, field), Value)
    }
    return structs.replace(row, **changed) if changed else row


def _doubted_value(value: Value, finding: Finding) -> Value:
    """The value with a lower confidence; one that was already doubted for a reason of its own keeps that."""
    if value.doubt is not None:
        return value
    return structs.replace(value, confidence=round(value.confidence * finding.factor, 4), doubt=finding.message)

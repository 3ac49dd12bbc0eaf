"""What a gold file must look like: a check of its form, for gold and for predictions alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

_PARTIAL_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")

Check = Callable[[Any], str | None]


def _text(found: Any) -> str | None:
    if not isinstance(found, str) or not found.strip():
        return "is not a text"
    if found != unicodedata.normalize("NFC", found):
        return "is not NFC"
    return "has a line break or double space" if found != " ".join(found.split()) else None


def _day(found: Any) -> str | None:
    if not isinstance(found, str) or len(found) != 10:
        return "is not a day"
    return _partial_date(found)


def _partial_date(found: Any) -> str | None:
    if not isinstance(found, str) or not _PARTIAL_DATE.fullmatch(found):
        return "is not a date"
    year, month, day = (*map(int, found.split("-")), 1, 1)[:3]
    try:
        date(year, month, day)
    except ValueError:
        return "is no day of the calendar"
    return None


def _count(found: Any) -> str | None:
    whole = isinstance(found, int) and not isinstance(found, bool)
    return None if whole and found > 0 else "is not a whole number above 0"


def _one_of(*terms: str) -> Check:
    return lambda found: None if found in terms else f"is none of {', '.join(terms)}"


def _or_null(check: Check) -> Check:
    return lambda found: None if found is None else check(found)


_TEXT_OR_NULL = _or_null(_text)

DOCUMENT: Mapping[str, Check] = MappingProxyType(
    {
        "type": _TEXT_OR_NULL,
        "number": _TEXT_OR_NULL,
        "issuer": _TEXT_OR_NULL,
        "parent_body": _TEXT_OR_NULL,
        "place": _TEXT_OR_NULL,
        "date": _or_null(_partial_date),
        "title": _TEXT_OR_NULL,
        "signer_authority": _TEXT_OR_NULL,
        "signer_position": _TEXT_OR_NULL,
        "signer_name": _TEXT_OR_NULL,
        "urgency": _TEXT_OR_NULL,
        "secrecy": _TEXT_OR_NULL,
    }
)

TABLES: Mapping[str, Mapping[str, Check]] = MappingProxyType(
    {
        "references": {
            "kind": _text,
            "number": _TEXT_OR_NULL,
            "date": _or_null(_partial_date),
            "issuer": _TEXT_OR_NULL,
            "title": _TEXT_OR_NULL,
            "role": _one_of("basis", "mention"),
        },
        "sections": {
            "label": _TEXT_OR_NULL,
            "heading": _text,
            "level": _count,
            "kind": _one_of(
                "purpose", "content", "subjects", "schedule", "rewards", "funding", "organization", "other"
            ),
        },
        "assignments": {
            "body": _text,
            "role": _one_of("lead", "coordinate", "advise", "monitor", "report_to"),
            "task": _text,
            "deadline": _TEXT_OR_NULL,
        },
        "deadlines": {
            "text": _text,
            "kind": _one_of("due", "period", "recurring", "event"),
            "start": _or_null(_day),
            "end": _or_null(_day),
            "recurrence": _or_null(_one_of("monthly", "quarterly", "yearly", "half-yearly", "weekly", "daily")),
            "what": _text,
            "body": _TEXT_OR_NULL,
        },
        "movements": {
            "name": _text,
            "role": _one_of("launches", "names"),
            "level": _or_null(_one_of("central", "province", "district", "commune", "sector", "unit")),
            "launched_by": _TEXT_OR_NULL,
            "start": _or_null(_partial_date),
            "end": _or_null(_partial_date),
        },
        "rewards": {
            "form": _TEXT_OR_NULL,
            "granted_by": _TEXT_OR_NULL,
            "recipients": _TEXT_OR_NULL,
            "quantity": _or_null(_count),
            "amount": _or_null(_count),
            "criteria": _TEXT_OR_NULL,
        },
        "subjects": {"kind": _one_of("collective", "individual", "other"), "text": _text},
    }
)


def problems(gold: Any) -> list[str]:
    """Everything in which a record file departs from the contract.

    Args:
        gold: the decoded JSON of a gold file or of a prediction.
    Returns:
        One line for each departure, naming table, row number, field and value; empty when there is none.
    """
    if not isinstance(gold, dict):
        return ["the file is not an object"]
    expected = {"document", *TABLES, "recipients"}
    found = [f"{key}: missing" for key in sorted(expected - gold.keys())]
    found += [f"{key}: not a key of the contract" for key in sorted(gold.keys() - expected)]
    if "document" in gold:
        found += _record_problems("document", gold["document"], DOCUMENT)
    for table, checks in TABLES.items():
        for number, record in enumerate(gold.get(table, []), 1):
            place = f"{table} {number}"
            found += _record_problems(place, record, checks)
            found += _order_problems(place, record)
    for number, line in enumerate(gold.get("recipients", []), 1):
        complaint = _text(line)
        if complaint:
            found.append(f"recipients {number}: {line!r} {complaint}")
    return found


def _record_problems(place: str, record: Any, checks: Mapping[str, Check]) -> Iterator[str]:
    if not isinstance(record, dict):
        yield f"{place}: not an object"
        return
    for name in sorted(checks.keys() ^ record.keys()):
        yield f"{place}.{name}: {'missing' if name in checks else 'not a field of the contract'}"
    for name in checks.keys() & record.keys():
        complaint = checks[name](record[name])
        if complaint:
            yield f"{place}.{name}: {record[name]!r} {complaint}"


def _order_problems(place: str, record: Any) -> Iterator[str]:
    if isinstance(record, dict):
        start, end = record.get("start"), record.get("end")
        if isinstance(start, str) and isinstance(end, str) and start[: len(end)] > end[: len(start)]:
            yield f"{place}: starts on {start}, after its end {end}"

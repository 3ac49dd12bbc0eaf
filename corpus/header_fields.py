"""The thirteen header fields that other systems for such documents report, under their names, scored from our records.

Eleven of them are fields of the contract or follow from its recipients; the province is told by the names of the
issuer and of the body over it, by the same rule on both sides; the day of receipt is in no gold and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from corpus.record_metrics import DOCUMENT_FIELDS, Comparison, match_records, records_of, text, value
from corpus.record_scores import FieldScore

__all__ = ["HEADER_FIELDS", "NOT_SCORED", "province_of", "score_header"]

Record = Mapping[str, Any]

_OF_DOCUMENT: Mapping[str, str] = MappingProxyType(
    {
        "type": "type",
        "title": "title",
        "code": "number",
        "date": "date",
        "sender": "issuer",
        "priority": "urgency",
        "security": "secrecy",
        "signer": "signer_name",
        "signer's title": "signer_position",
    }
)
HEADER_FIELDS = (*_OF_DOCUMENT, "recipients", "first recipient", "province")
"""Their names, in the order in which they are reported."""

NOT_SCORED = ("receiver date",)
"""What no gold holds."""

_PROVINCE = re.compile(r"(?<!\w)(?:[Tt]ỉnh|[Tt]hành phố|TP\.?)\s(?P<rest>.+)")
_MAX_SYLLABLES = 4


def province_of(document: Record) -> str | None:
    """The province or centrally run city that the issuer, or the body over it, is named after; None where none is.

    Args:
        document: the document's own fields in the form of a gold file.
    """
    for field in ("issuer", "parent_body"):
        match = _PROVINCE.search(str(document.get(field) or ""))
        words = re.findall(r"\w+", match["rest"])[:_MAX_SYLLABLES] if match is not None else []
        small = next((index for index, word in enumerate(words) if not word[0].isupper()), len(words))
        if small:
            return " ".join(words[:small])
    return None


def score_header(predicted: Record, gold: Record) -> dict[str, FieldScore]:
    """How the header fields of one document came out.

    Args:
        predicted: a mapping in the form of a gold file; empty for what could not be read.
        gold: the gold file's mapping.
    Returns:
        A score for each of `HEADER_FIELDS`; of the recipients each line counts.
    """
    guess, truth = predicted.get("document") or {}, gold.get("document") or {}
    scores = {
        name: _score(DOCUMENT_FIELDS.get(field, value), guess.get(field), truth.get(field))
        for name, field in _OF_DOCUMENT.items()
    }
    found, wanted = records_of(predicted, "recipients"), records_of(gold, "recipients")
    right = len(match_records("recipients", found, wanted))
    scores["recipients"] = FieldScore(exact=right, missing=len(wanted) - right, invented=len(found) - right)
    first = (rows[0]["text"] if rows else None for rows in (found, wanted))
    scores["first recipient"] = _score(text, *first)
    scores["province"] = _score(text, province_of(guess), province_of(truth))
    return scores


def _score(compare: Comparison, guess: Any, truth: Any) -> FieldScore:
    if truth is None:
        return FieldScore(absent=1) if guess is None else FieldScore(invented=1)
    if guess is None:
        return FieldScore(missing=1)
    return FieldScore(exact=1) if compare(guess, truth) > 0 else FieldScore(wrong=1)

"""How predicted records are compared with gold records.

Both sides are plain mappings in the form of a gold file: ``document`` and one list for each table. A predicted
record matches a gold record when the key fields of their table agree; one gold record matches at most one
prediction; the further fields of each matched pair are then scored one by one.

The contract compares every text by similarity. Three kinds of value are compared more strictly, because a near
miss is a different thing: document numbers and labels (equal after folding), terms of a closed list, and dates
and amounts (equal).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from rapidfuzz.distance import Levenshtein

from corpus.record_scores import Counts, FieldScore, RecordScores, TableScore

Record = Mapping[str, Any]
Comparison = Callable[[Any, Any], float]

TEXT_SIMILARITY = 0.85
LONG_TEXT_SIMILARITY = 0.70
HEADING_SIMILARITY = 0.90
MISSION_KINDS = frozenset({"purpose", "content", "subjects", "rewards", "organization"})


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Bring a value into the form in which values are compared.

    Args:
        text: any text.
    Returns:
        NFC, case folded, without punctuation, runs of white space as one space.
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    kept = "".join(char for char in folded if not unicodedata.category(char).startswith("P"))
    return " ".join(kept.split())


def similarity(first: str, second: str) -> float:
    """Edit similarity of two folded texts, 0 to 1: one less the Levenshtein distance over the longer length."""
    return Levenshtein.normalized_similarity(fold(first), fold(second))


def _text(threshold: float) -> Comparison:
    def compare(first: Any, second: Any) -> float:
        found = similarity(str(first), str(second))
        return found if found >= threshold else 0.0

    return compare


def _identifier(first: Any, second: Any) -> float:
    return float(fold(str(first)) == fold(str(second)))


def _value(first: Any, second: Any) -> float:
    return float(first == second)


text, long_text, heading = _text(TEXT_SIMILARITY), _text(LONG_TEXT_SIMILARITY), _text(HEADING_SIMILARITY)
identifier, value = _identifier, _value

DOCUMENT_FIELDS: Mapping[str, Comparison] = MappingProxyType(
    {
        "type": identifier,
        "number": identifier,
        "issuer": text,
        "parent_body": text,
        "place": text,
        "date": value,
        "title": text,
        "signer_authority": text,
        "signer_position": text,
        "signer_name": text,
        "urgency": text,
        "secrecy": text,
    }
)

TABLE_FIELDS: Mapping[str, Mapping[str, Comparison]] = MappingProxyType(
    {
        "references": {
            "kind": identifier,
            "number": identifier,
            "date": value,
            "issuer": text,
            "title": text,
            "role": value,
        },
        "sections": {"label": identifier, "heading": heading, "level": value, "kind": value},
        "assignments": {"body": text, "role": value, "task": long_text, "deadline": text},
        "deadlines": {
            "text": text,
            "kind": value,
            "start": value,
            "end": value,
            "recurrence": value,
            "what": long_text,
            "body": text,
        },
        "movements": {
            "name": text,
            "role": value,
            "level": value,
            "launched_by": text,
            "start": value,
            "end": value,
        },
        "rewards": {
            "form": text,
            "granted_by": text,
            "recipients": text,
            "quantity": value,
            "amount": value,
            "criteria": text,
        },
        "subjects": {"kind": value, "text": text},
        "recipients": {"text": text},
    }
)

_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sections": ("heading",),
        "assignments": ("body", "task"),
        "deadlines": ("start", "end", "text"),
        "movements": ("name",),
        "rewards": ("form", "granted_by"),
        "subjects": ("text",),
        "recipients": ("text",),
    }
)


def key_fields(table: str, gold: Record) -> tuple[str, ...]:
    """The fields by which a record of a table is recognised; a reference without a number goes by its title."""
    if table == "references":
        return ("title",) if _absent(gold.get("number")) else ("number",)
    return _KEYS[table]


def match_records(table: str, predicted: Sequence[Record], gold: Sequence[Record]) -> list[tuple[int, int]]:
    """Pair predicted with gold records, one to one: as many pairs as possible, the most alike first.

    Args:
        table: a name in ``TABLE_FIELDS``.
        predicted: the table's predicted records.
        gold: the table's gold records.
    Returns:
        Pairs (index of the prediction, index of the gold record), by gold index.
    Source:
        Augmenting paths (Kuhn 1955, Berge 1957), begun from the best-first pairing. Not done: the sum of
        likeness is not maximised among pairings of equal size.
    """
    likeness = _likeness(table, predicted, gold)
    order = sorted(likeness, key=lambda pair: (-likeness[pair], pair))
    choices: dict[int, list[int]] = {}
    for row, column in order:
        choices.setdefault(column, []).append(row)
    owner: dict[int, int] = {}
    for row, column in order:
        if row not in owner and column not in owner.values():
            owner[row] = column
    for column in choices:
        if column not in owner.values():
            _augment(column, choices, owner, set())
    return sorted(owner.items(), key=lambda pair: pair[1])


def _augment(column: int, choices: Mapping[int, list[int]], owner: dict[int, int], tried: set[int]) -> bool:
    for row in choices[column]:
        if row not in tried:
            tried.add(row)
            if row not in owner or _augment(owner[row], choices, owner, tried):
                owner[row] = column
                return True
    return False


def _likeness(table: str, predicted: Sequence[Record], gold: Sequence[Record]) -> dict[tuple[int, int], float]:
    fields = TABLE_FIELDS[table]
    likeness: dict[tuple[int, int], float] = {}
    for column, truth in enumerate(gold):
        keys = key_fields(table, truth)
        for row, guess in enumerate(predicted):
            if table == "references" and key_fields(table, guess) != keys:
                continue
            agreement = [_agreement(fields[name], guess.get(name), truth.get(name)) for name in keys]
            if min(agreement) > 0:
                likeness[row, column] = _weight(fields, keys, agreement, guess, truth)
    return likeness


def _weight(
    fields: Mapping[str, Comparison],
    keys: tuple[str, ...],
    agreement: Sequence[float],
    guess: Record,
    truth: Record,
) -> float:
    others = [name for name in fields if name not in keys]
    further = sum(_agreement(fields[name], guess.get(name), truth.get(name)) for name in others)
    return sum(agreement) / len(agreement) + (further / len(others) if others else 0.0)


def records_of(document: Record, table: str) -> list[Record]:
    """A table's records; a row that is a bare string, as recipients are, becomes a record with that text."""
    return [{"text": row} if isinstance(row, str) else row for row in document.get(table) or ()]


def score_document(predicted: Record, gold: Record) -> RecordScores:
    """Compare all records of one document.

    Args:
        predicted: a mapping in the form of a gold file; keys it lacks count as null or empty.
        gold: the gold file's mapping.
    Returns:
        The scores of this document; add those of several documents for the sum.
    """
    guess_document, truth_document = predicted.get("document") or {}, gold.get("document") or {}
    document = {
        name: _score_field(compare, guess_document.get(name), truth_document.get(name))
        for name, compare in DOCUMENT_FIELDS.items()
    }
    identity = [document[name] for name in ("type", "number", "date")]
    return RecordScores(
        document_count=1,
        identified=int(all(score.exact + score.absent for score in identity)),
        document=document,
        tables={
            table: _score_table(table, records_of(predicted, table), records_of(gold, table)) for table in TABLE_FIELDS
        },
        mission_sections=_score_missions(records_of(predicted, "sections"), records_of(gold, "sections")),
    )


def _score_table(table: str, predicted: Sequence[Record], gold: Sequence[Record]) -> TableScore:
    pairs = match_records(table, predicted, gold)
    fields: dict[str, FieldScore] = {}
    for name, compare in TABLE_FIELDS[table].items():
        total = FieldScore()
        for row, column in pairs:
            total += _score_field(compare, predicted[row].get(name), gold[column].get(name))
        fields[name] = total
    return TableScore((Counts(len(gold), len(predicted), len(pairs)),), fields)


def _score_missions(predicted: Sequence[Record], gold: Sequence[Record]) -> TableScore:
    counts = Counts()
    for kind in sorted(MISSION_KINDS):
        guesses = [record for record in predicted if record.get("kind") == kind]
        truths = [record for record in gold if record.get("kind") == kind]
        counts += Counts(len(truths), len(guesses), len(match_records("sections", guesses, truths)))
    return TableScore((counts,))


def _score_field(compare: Comparison, guess: Any, truth: Any) -> FieldScore:
    if _absent(truth):
        return FieldScore(absent=1) if _absent(guess) else FieldScore(invented=1)
    if _absent(guess):
        return FieldScore(missing=1)
    return FieldScore(exact=1) if compare(guess, truth) > 0 else FieldScore(wrong=1)


def _agreement(compare: Comparison, guess: Any, truth: Any) -> float:
    if _absent(guess) or _absent(truth):
        return float(_absent(guess) and _absent(truth))
    return compare(guess, truth)


def _absent(found: Any) -> bool:
    return found is None or (isinstance(found, str) and not found.strip())

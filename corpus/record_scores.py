"""Counts that add up over documents, and the rates read off them: fields, tables, whole collections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldScore:
    """How often one field of matched records was right, and in which way it was not.

    ``absent`` counts pairs in which both sides are null; they say nothing and enter no rate.
    """

    exact: int = 0
    wrong: int = 0
    missing: int = 0
    invented: int = 0
    absent: int = 0

    def __add__(self, other: FieldScore) -> FieldScore:
        return FieldScore(
            self.exact + other.exact,
            self.wrong + other.wrong,
            self.missing + other.missing,
            self.invented + other.invented,
            self.absent + other.absent,
        )

    @property
    def accuracy(self) -> float:
        """Share that is exact wherever either side has a value; 1 where neither ever has."""
        judged = self.exact + self.wrong + self.missing + self.invented
        return self.exact / judged if judged else 1.0

    def to_dict(self) -> dict[str, int | float]:
        """The counts and the accuracy, ready for JSON."""
        return {
            "exact": self.exact,
            "wrong": self.wrong,
            "missing": self.missing,
            "invented": self.invented,
            "absent": self.absent,
            "accuracy": self.accuracy,
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """Records in the gold, records predicted, and pairs matched one to one."""

    gold: int = 0
    predicted: int = 0
    matched: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.gold + other.gold, self.predicted + other.predicted, self.matched + other.matched)

    @property
    def precision(self) -> float:
        """Matched per predicted; 1 where nothing is predicted, since then nothing is wrong."""
        return self.matched / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Matched per gold; 1 where there is nothing to find."""
        return self.matched / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where both sides are empty."""
        records = self.gold + self.predicted
        return 2 * self.matched / records if records else 1.0


@dataclass(frozen=True, slots=True)
class TableScore:
    """One table over documents: the counts of each document, and the fields of all matched pairs."""

    documents: tuple[Counts, ...] = ()
    fields: Mapping[str, FieldScore] = field(default_factory=dict)

    def __add__(self, other: TableScore) -> TableScore:
        return TableScore(self.documents + other.documents, add_fields(self.fields, other.fields))

    @property
    def counts(self) -> Counts:
        """The sum over documents (micro)."""
        return sum(self.documents, Counts())

    @property
    def macro_f1(self) -> float:
        """F1 averaged over the documents in which either side has records; 1 where there is none."""
        rates = [counts.f1 for counts in self.documents if counts.gold or counts.predicted]
        return sum(rates) / len(rates) if rates else 1.0

    def to_dict(self) -> dict[str, Any]:
        """Counts, rates and fields, ready for JSON."""
        counts = self.counts
        return {
            "gold": counts.gold,
            "predicted": counts.predicted,
            "matched": counts.matched,
            "precision": counts.precision,
            "recall": counts.recall,
            "f1": counts.f1,
            "macro_f1": self.macro_f1,
            "fields": {name: score.to_dict() for name, score in self.fields.items()},
        }


def add_fields(first: Mapping[str, FieldScore], second: Mapping[str, FieldScore]) -> dict[str, FieldScore]:
    """Add field scores by name; a name that only one side has is kept."""
    names = dict.fromkeys([*first, *second])
    return {name: first.get(name, FieldScore()) + second.get(name, FieldScore()) for name in names}


@dataclass(frozen=True, slots=True)
class RecordScores:
    """Everything that is measured on records, for one document or, added up, for many.

    ``mission_sections`` holds the sections of the five mission kinds (purpose, content, subjects, rewards,
    organization): one counts as found when its heading and its kind are both right.
    ``identified`` counts documents whose type, number and date are all exact.
    """

    document_count: int = 0
    identified: int = 0
    document: Mapping[str, FieldScore] = field(default_factory=dict)
    tables: Mapping[str, TableScore] = field(default_factory=dict)
    mission_sections: TableScore = field(default_factory=TableScore)

    def __add__(self, other: RecordScores) -> RecordScores:
        names = dict.fromkeys([*self.tables, *other.tables])
        return RecordScores(
            self.document_count + other.document_count,
            self.identified + other.identified,
            add_fields(self.document, other.document),
            {name: self.tables.get(name, TableScore()) + other.tables.get(name, TableScore()) for name in names},
            self.mission_sections + other.mission_sections,
        )

    def to_dict(self) -> dict[str, Any]:
        """All counts and rates, ready for JSON."""
        return {
            "documents": self.document_count,
            "identified": self.identified,
            "document": {name: score.to_dict() for name, score in self.document.items()},
            "tables": {name: score.to_dict() for name, score in self.tables.items()},
            "mission_sections": self.mission_sections.to_dict(),
        }

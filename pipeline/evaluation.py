"""How good is it: documents with gold digitised and compared, for each document and in sum.

Gold lies beside its original: `page<k>.gold.txt` (the text of a page), `gold.json` (the records), or both. The
measures are defined once, in `corpus`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from corpus.page_measures import PageScore, score_layout
from corpus.record_metrics import DOCUMENT_FIELDS, TABLE_FIELDS, match_records, records_of, score_document
from corpus.record_scores import Counts, FieldScore, RecordScores
from corpus.text_metrics import TextScore, score_page
from pipeline.document import Document, Status
from pipeline.errors import MissingInputError, UnsupportedInputError
from pipeline.word_claims import CalibrationCheck, WordClaim, check_calibration, word_claims

__all__ = [
    "DocumentScore",
    "Evaluation",
    "GoldDocument",
    "document_counts",
    "find_gold",
    "identity",
    "score",
]

_PAGE_GOLD = re.compile(r"page(\d+)\.gold\.txt")
_ENDINGS = (".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".txt")
IDENTITY_FIELDS = ("type", "number", "date")


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A document whose truth is known.

    Attributes:
        name: its folder below the folder that was searched.
        original: the file to digitise.
        pages: gold text by page number; empty where there is none.
        records: the gold records, or None.
    """

    name: str
    original: Path
    pages: Mapping[int, str] = field(default_factory=dict)
    records: Mapping[str, Any] | None = None

    @property
    def group(self) -> str:
        """The first part of its name, by which sums are also given."""
        return self.name.split("/", 1)[0] if "/" in self.name else ""


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """How one document came out.

    Attributes:
        status: how its digitisation ended; what could not be read counts as missing.
        seconds: from its start to its end.
        text: errors of its text, None where there is no gold text.
        layout: its figures, lines of head and foot, invented words and tables, likewise.
        records: None where there are no gold records.
        confidences: (confidence, right) for every value that was compared.
        words: every word of its text that was compared.
    """

    gold: GoldDocument
    status: Status
    pages: int
    seconds: float
    text: TextScore | None
    layout: PageScore | None
    records: RecordScores | None
    confidences: tuple[tuple[float, bool], ...] = ()
    document: Document | None = None
    words: tuple[WordClaim, ...] = ()


def find_gold(folder: Path) -> list[GoldDocument]:
    """Every document with gold in a folder and the folders below it, sorted by name.

    Raises:
        MissingInputError: there is no such folder, or no gold in it.
        UnsupportedInputError: a gold file cannot be understood.
    """
    if not folder.is_dir():
        raise MissingInputError(f"{folder} is no folder.", remedy="Name a folder with gold, for example corpus/scans.")
    found = [
        gold
        for place in sorted({folder, *(path.parent for path in folder.rglob("*gold*"))})
        if (gold := _gold_in(place, folder)) is not None
    ]
    if not found:
        raise MissingInputError(
            f"There is no gold in {folder}.",
            remedy="Put page1.gold.txt, page2.gold.txt … or gold.json beside each original (source.pdf).",
        )
    return found


def _gold_in(place: Path, root: Path) -> GoldDocument | None:
    files = sorted(path for path in place.iterdir() if path.is_file())
    pages = {int(match[1]): _text(path) for path in files if (match := _PAGE_GOLD.fullmatch(path.name))}
    records = next((_records(path) for path in files if re.fullmatch(r"(.*\.)?gold\.json", path.name)), None)
    if not pages and records is None:
        return None
    originals = [path for path in files if path.suffix.lower() in _ENDINGS and not path.name.endswith(".gold.txt")]
    sources = [path for path in originals if path.stem == "source"] or originals
    if not sources:
        raise MissingInputError(f"{place} has gold but no original.", remedy="Put the original there as source.pdf.")
    original = min(sources, key=lambda path: (_ENDINGS.index(path.suffix.lower()), path.name))
    name = place.relative_to(root).as_posix() if place != root else place.absolute().name
    return GoldDocument(name, original, dict(sorted(pages.items())), records)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnsupportedInputError(f"{path} cannot be read: {error}.", remedy="Save it as UTF-8 text.") from error


def _records(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnsupportedInputError(
            f"{path} cannot be read: {error}.", remedy="Write it as one JSON object with the tables of records."
        ) from error


def score(
    gold: GoldDocument, document: Document | None, *, status: Status, seconds: float = 0.0, text: bool = True
) -> DocumentScore:
    """Compare a document with its gold.

    Args:
        document: None where it could not be digitised; then all of its gold is missing.
        status: how its digitisation ended.
        seconds: how long it took.
        text: whether its text was read and is to be compared.
    """
    read = {page.number: page.text() for page in document.pages} if document is not None else {}
    text_score: TextScore | None = None
    layout: PageScore | None = None
    if gold.pages and text:
        layout = score_layout(read, gold.pages)
        scores = [score_page(read.get(number, ""), printed) for number, printed in gold.pages.items()]
        text_score = sum(scores, TextScore())
    words = tuple(word_claims(document, gold.pages)) if document is not None and layout is not None else ()
    records: RecordScores | None = None
    confidences: list[tuple[float, bool]] = []
    if gold.records is not None:
        records = score_document(document.records.to_dict() if document is not None else {}, gold.records)
        if document is not None:
            confidences = list(_confidences(document, gold.records))
    return DocumentScore(
        gold, status, len(read), seconds, text_score, layout, records, tuple(confidences), document, words
    )


def document_counts(fields: Mapping[str, FieldScore]) -> Counts:
    """The document's own fields counted like records: a field is matched where it is exact."""
    total = Counts()
    for found in fields.values():
        gold, predicted = found.exact + found.wrong + found.missing, found.exact + found.wrong + found.invented
        total += Counts(gold, predicted, found.exact)
    return total


def identity(scores: RecordScores) -> dict[str, int]:
    """In how many documents the type, the number and the date are right, a value rightly left out included."""
    return {name: scores.document[name].exact + scores.document[name].absent for name in IDENTITY_FIELDS}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Documents compared with their gold."""

    documents: tuple[DocumentScore, ...]

    def groups(self) -> Iterator[tuple[str, "Evaluation"]]:
        """The documents by the first folder of their names, and all of them under `all`."""
        names = sorted({found.gold.group for found in self.documents} - {""})
        if len(names) > 1:
            for name in names:
                yield name, Evaluation(tuple(found for found in self.documents if found.gold.group == name))
        yield "all", self

    @property
    def text(self) -> TextScore | None:
        """The sum over all pages with gold text, None where there is none."""
        found = [document.text for document in self.documents if document.text is not None]
        return sum(found, TextScore()) if found else None

    @property
    def layout(self) -> PageScore | None:
        """The sum over all pages with gold text, None where there is none."""
        found = [document.layout for document in self.documents if document.layout is not None]
        return sum(found, PageScore()) if found else None

    @property
    def worst_text(self) -> DocumentScore | None:
        """The document whose characters came out worst, None where there is no gold text."""
        found = [document for document in self.documents if document.text is not None]
        return max(found, key=lambda document: document.text.cer if document.text else 0.0, default=None)

    @property
    def records(self) -> RecordScores | None:
        """The sum over all documents with gold records, None where there is none."""
        found = [document.records for document in self.documents if document.records is not None]
        return sum(found, RecordScores()) if found else None

    def calibration(self) -> CalibrationCheck | None:
        """How good the words' confidences are, None where no text was compared."""
        documents = [found.words for found in self.documents if found.words]
        return check_calibration(documents) if documents else None

    def word_reliability(
        self, edges: Sequence[float] = (0.0, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98)
    ) -> list[tuple[float, int, float, float]]:
        """For each band of the words' confidence: its lower edge, how many words, the share right, their mean worth."""
        words = [claim for document in self.documents for claim in document.words]
        bands: list[tuple[float, int, float, float]] = []
        for lower, upper in zip(edges, [*edges[1:], 2.0], strict=True):
            held = [claim for claim in words if lower <= claim.confidence < upper]
            count = max(len(held), 1)
            right, worth = sum(claim.right for claim in held) / count, sum(claim.chance for claim in held) / count
            bands.append((lower, len(held), right, worth))
        return bands

    def reliability(self, edges: Sequence[float] = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)) -> list[tuple[float, int, float]]:
        """For each band of confidence, from its lower edge to the next: the edge, how many values, the share right."""
        values = [pair for document in self.documents for pair in document.confidences]
        bands: list[tuple[float, int, float]] = []
        for lower, upper in zip(edges, [*edges[1:], 2.0], strict=True):
            right = [is_right for confidence, is_right in values if lower <= confidence < upper]
            bands.append((lower, len(right), sum(right) / len(right) if right else 0.0))
        return bands


def _confidences(document: Document, gold: Mapping[str, Any]) -> Iterator[tuple[float, bool]]:
    """Every value's confidence, and whether gold has it; a value of a record that gold lacks is wrong."""
    truth = gold.get("document") or {}
    for name, compare in DOCUMENT_FIELDS.items():
        value = getattr(document.records.document, name)
        if value is not None:
            wanted = truth.get(name)
            yield value.confidence, wanted is not None and compare(value.normal, wanted) > 0
    plain = document.records.to_dict()
    for table, comparisons in TABLE_FIELDS.items():
        wanted_rows = records_of(gold, table)
        matched = dict(match_records(table, records_of(plain, table), wanted_rows))
        for index, row in enumerate(document.records.rows(table)):
            wanted_row = wanted_rows[matched[index]] if index in matched else {}
            for name, compare in comparisons.items():
                value = getattr(row, name)
                if value is not None:
                    wanted = wanted_row.get(name)
                    yield value.confidence, wanted is not None and compare(value.normal, wanted) > 0

"""Records from gold text, from scans and by the baseline, side by side: where reading errs, and where the grammar does.

make bench-records DATA=FOLDER, a folder of originals with page<k>.gold.txt and gold.json beside them. A document
without gold text (a born-digital one) is read from its file in both columns. SCANS=no leaves the slow column out.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from plain_records import plain_records

from corpus.record_metrics import score_document
from corpus.record_scores import Counts, RecordScores
from pipeline.document import Document
from pipeline.evaluation import DocumentScore, Evaluation, GoldDocument, document_counts, find_gold, score
from pipeline.gold_text import GoldText
from pipeline.options import Options, RunnerOptions
from pipeline.runner import run_batch, run_document
from pipeline.stage import Context
from pipeline.stages.extract import Extract
from pipeline.stages.segment import Segment

ROOT = Path(__file__).parent.parent.parent
TEN_PAGES = 10


@dataclass
class Column:
    """One way of getting records: the scores of each document."""

    name: str
    scores: dict[str, RecordScores] = field(default_factory=dict)

    def total(self) -> RecordScores:
        return sum(self.scores.values(), RecordScores())


def counts(scores: RecordScores) -> Iterator[tuple[str, Counts]]:
    yield "document fields", document_counts(scores.document)
    yield "mission sections", scores.mission_sections.counts
    for name, table in scores.tables.items():
        yield name, table.counts


def from_text(gold: GoldDocument) -> Document:
    return run_document(gold.original, Options(), stages=lambda: (GoldText(gold.pages), Segment(), Extract()))


def cpu_of_ten_pages(golds: list[GoldDocument]) -> tuple[float, int]:
    """CPU seconds from text to records of one document of ten pages, put together from what there is."""
    texts = [text for gold in golds for text in gold.pages.values()]
    while len(texts) < TEN_PAGES:
        texts += texts
    pages = dict(enumerate(texts[:TEN_PAGES], start=1))
    context = Context(golds[0].original, Options())
    document = GoldText(pages).document(from_text(golds[0]), context)
    begun = time.process_time()
    Extract().document(Segment().document(document, context), context)
    return time.process_time() - begun, len(pages)


@pytest.mark.benchmark
def test_records_by_every_way(capsys: pytest.CaptureFixture[str]) -> None:
    golds = [gold for gold in find_gold(Path(os.environ.get("DATA") or ROOT / "corpus" / "scans")) if gold.records]
    text, scan, plain = Column("gold text"), Column("scans"), Column("baseline")
    judged: list[DocumentScore] = []
    for gold in golds:
        document = from_text(gold) if gold.pages else run_document(gold.original, Options())
        judged.append(score(gold, document, status=document.status, text=False))
        text.scores[gold.name] = judged[-1].records or RecordScores()
        plain.scores[gold.name] = score_document(
            plain_records("\n".join(gold.pages.values()) or document.text()), gold.records or {}
        )
    columns = [text, plain]
    if os.environ.get("SCANS") != "no":
        by_path = {gold.original: gold for gold in golds}
        for outcome in run_batch(list(by_path), Options(runner=RunnerOptions(jobs=1))):
            read = score(by_path[outcome.path], outcome.document, status=outcome.status)
            scan.scores[read.gold.name] = read.records or RecordScores()
        columns.insert(1, scan)
    texts = [gold for gold in golds if gold.pages]
    with capsys.disabled():
        print("\n" + "\n".join(report(columns)))
        print("\n| confidence from | values | share right |\n|---|---|---|")
        for edge, found, right in Evaluation(tuple(judged)).reliability():
            print(f"| {edge:.2f} | {found} | {right:.3f} |")
        if texts:
            seconds, pages = cpu_of_ten_pages(texts)
            print(f"\ntext to records, {pages} pages in one document: {seconds:.2f} CPU-s")
    assert judged


def report(columns: list[Column]) -> Iterator[str]:
    """Precision, recall and F1 of every table by every way, then F1 by document."""
    yield "| table | " + " | ".join(f"{column.name}: P | R | F1" for column in columns) + " |"
    yield "|---|" + "---|" * 3 * len(columns)
    totals = [dict(counts(column.total())) for column in columns]
    for name in totals[0]:
        cells = [f"{found[name].precision:.3f} | {found[name].recall:.3f} | {found[name].f1:.3f}" for found in totals]
        yield f"| {name} | " + " | ".join(cells) + " |"
    for column in columns:
        yield f"\nF1 by document, {column.name}\n"
        names = [name for name, _ in counts(column.total())]
        yield "| document | " + " | ".join(names) + " |"
        yield "|---|" + "---|" * len(names)
        for document, scores in column.scores.items():
            cells = [f"{found.f1:.3f}" if found.gold or found.predicted else "" for _, found in counts(scores)]
            yield f"| {document} | " + " | ".join(cells) + " |"

"""`sohoa ablate`: every variant is a setting that exists, and its row says what is lost."""

from pathlib import Path
from typing import get_args

import pytest

from pipeline.cli import ablating, evaluating
from pipeline.document import Block, Document, Line, Page, Reading, Source, Word
from pipeline.evaluation import Evaluation, GoldDocument, score
from pipeline.options import CleanOperation, Options, load_options


def test_ablate_variants_are_settings() -> None:
    names = [name for name, _ in ablating._VARIANTS]
    assert len(names) == len(set(names))
    assert set(ablating._OPERATIONS) == set(get_args(CleanOperation))
    for _, setting in ablating._VARIANTS:
        assert load_options(None, [setting]) != Options()


def test_ablate_prints_a_row_for_each_variant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def evaluated(folder: Path, options: Options) -> Evaluation:
        read = "kế hoạch năm" if options.clean.leave_out else "kế hoạch năm 2025"
        words = tuple(Word(f"1.{i}", 1, None, (Reading("x", text, 0.9),)) for i, text in enumerate(read.split()))
        page = Page(1, 9, 9, 200.0, "scan", words=words, blocks=(Block("body", (Line(tuple(w.id for w in words)),)),))
        document = Document(Source("a.pdf", "0", 1, "application/pdf"), (page,))
        gold = GoldDocument("a", folder / "a.pdf", {1: "kế hoạch năm 2025"})
        return Evaluation((score(gold, document, status="done"),))

    monkeypatch.setattr(evaluating, "evaluate_folder", evaluated)
    ablating.ablate(Path("x"), only=["skew"])
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split("\t")[:3] == ["as it is", "0.00 %", "0.00 %"] for line in lines)
    assert any(line.split("\t")[0] == "without skew" and line.split("\t")[3] == "25.00 %" for line in lines)

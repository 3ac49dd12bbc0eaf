"""Restoration adds readings; it never overwrites, and it keeps lines and marks."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import BuildDocument

from models.restoration import RestoredLine, RestoredToken
from pipeline.document import Document, Page, Word, replace
from pipeline.options import load_options
from pipeline.stage import Context
from pipeline.stages import restore
from pipeline.stages.restore import Restore


class FakeRestorer:
    """Answers each line from a table, and keeps what it was asked."""

    def __init__(self, answers: dict[str, list[RestoredToken]]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str]] = []

    def restore_lines(
        self,
        lines: Sequence[Sequence[str]],
        confidences: Sequence[Sequence[float]] | None = None,
        *,
        regime: str = "auto",
    ) -> list[RestoredLine]:
        self.asked += [(" ".join(line), regime) for line in lines]
        return [
            RestoredLine(
                tuple(
                    self.answers.get(" ".join(line))
                    or [RestoredToken(text, 1.0, (index,), ()) for index, text in enumerate(line)]
                ),
                regime,
            )
            for line in lines
        ]


def restored(
    monkeypatch: pytest.MonkeyPatch, document: Document, fake: FakeRestorer, *settings: str
) -> tuple[Document, dict[str, Word]]:
    monkeypatch.setattr(restore, "load_restorer", lambda: fake)
    result = Restore().document(document, Context(Path("plan.txt"), load_options(settings=settings)))
    return result, result.words_by_id()


def test_restore_adds_a_reading_and_keeps_the_first(
    monkeypatch: pytest.MonkeyPatch, document_of: BuildDocument
) -> None:
    fake = FakeRestorer(
        {"ké hoach": [RestoredToken("kế", 0.9, (0,), (("kẻ", 0.1),)), RestoredToken("hoạch", 0.95, (1,), ())]}
    )
    result, words = restored(monkeypatch, document_of("ké hoach\nsố 5"), fake)
    assert result.text() == "kế hoạch\nsố 5"
    assert [reading.text for reading in words["1.0"].readings] == ["ké", "kế"]
    assert words["1.0"].readings[-1].alternatives == ("kẻ",)
    assert len(words["1.2"].readings) == 1


def test_restore_keeps_marks_over_joins_and_splits(monkeypatch: pytest.MonkeyPatch, document_of: BuildDocument) -> None:
    fake = FakeRestorer(
        {
            "ngay16 k e": [
                RestoredToken("ngày", 0.9, (0,), ()),
                RestoredToken("16", 0.8, (0,), ()),
                RestoredToken("kế", 0.7, (1, 2), ()),
            ]
        }
    )
    result, words = restored(monkeypatch, document_of("ngay16 k e"), fake)
    assert result.text() == "ngày 16 kế"
    assert [words[f"1.{index}"].text for index in range(3)] == ["ngày 16", "kế", ""]
    assert words["1.0"].confidence == pytest.approx(0.8)


def test_restore_leaves_a_pdfs_own_text_and_stamps_alone(
    monkeypatch: pytest.MonkeyPatch, document_of: BuildDocument
) -> None:
    document = document_of("kế hoạch\n\n[stamp] ĐẾN So 5\f[page] 2\nphong trao")

    def origin(page: Page) -> Page:
        return replace(page, origin="text-layer") if page.number == 2 else replace(page, origin="scan")

    fake = FakeRestorer({})
    restored(monkeypatch, replace(document, pages=tuple(map(origin, document.pages))), fake)
    assert fake.asked == [("kế hoạch", "vie")]


def test_restore_does_nothing_when_told_so(monkeypatch: pytest.MonkeyPatch, document_of: BuildDocument) -> None:
    fake = FakeRestorer({})
    document = document_of("ké hoach")
    result, _ = restored(monkeypatch, document, fake, "restore.regime=clean")
    assert fake.asked == [] and result == document


def test_restore_takes_the_regime_from_the_options(monkeypatch: pytest.MonkeyPatch, document_of: BuildDocument) -> None:
    fake = FakeRestorer({})
    result, _ = restored(monkeypatch, document_of("ké hoach"), fake, "restore.regime=eng")
    assert fake.asked == [("ké hoach", "eng")]
    assert result.decisions[-1].choice == "eng"


def test_restore_reads_lists_by_what_stands_around_them_but_leaves_clean_text_alone(
    monkeypatch: pytest.MonkeyPatch, document_of: BuildDocument
) -> None:
    text = "1. Ông An\n2 Ông Ba\n8 Ông Can\n4. Ông Du"
    result, words = restored(monkeypatch, document_of(text), FakeRestorer({}))
    assert result.text() == "1. Ông An\n2. Ông Ba\n3. Ông Can\n4. Ông Du"
    counted = next(word for word in words.values() if word.text == "3.")
    assert counted.readings[-1].alternatives == ("8",)
    assert counted.confidence < 0.8
    clean = FakeRestorer({})
    monkeypatch.setattr(
        clean, "restore_lines", lambda lines, *_, **__: [RestoredLine((), "clean") for _ in lines], raising=True
    )
    left, _ = restored(monkeypatch, document_of(text), clean)
    assert left.text() == text

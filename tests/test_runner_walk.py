"""One document in this process: order, trail, issues, and what is not done twice."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_stages import NOTHING, FakeExtract, FakeIngest, FakeOcr, FakeRestore, fake_stages
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Document, Page, replace
from pipeline.errors import (
    DamagedInputError,
    EngineCrashError,
    MissingEngineError,
    MissingInputError,
    ModelError,
    StageError,
    UnsupportedInputError,
)
from pipeline.options import ExtractOptions, OcrOptions, Options, RunnerOptions
from pipeline.runner import check_order, run_document, stages, work_key
from pipeline.stage import Context, Gift, Stage


def write(folder: Path, text: str) -> Path:
    path = folder / "plan.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_walk_takes_a_document_through_all_stages(tmp_path: Path) -> None:
    document = run_document(write(tmp_path, "một\nhai ba\nblank"), Options(), stages=fake_stages)
    assert document.status == "done"
    assert document.text() == "MỘT\n\nHAI BA"
    assert document.source.name == "plan.txt"
    assert document.source.size_bytes == len("một\nhai ba\nblank".encode())
    assert [reading.reader for reading in document.pages[1].words[0].readings] == ["ocr", "restore"]
    assert document.records.document.number is not None


def test_walk_writes_the_trail(tmp_path: Path) -> None:
    document = run_document(write(tmp_path, "slow\nslow"), Options(), stages=fake_stages)
    assert [(step.stage, step.version) for step in document.trail] == [
        ("ingest", 1),
        ("ocr", 1),
        ("restore", 1),
        ("extract", 1),
    ]
    assert document.trail[1].wall_s > 0.5
    assert document.trail[1].cpu_s < document.trail[1].wall_s
    again = run_document(tmp_path / "plan.txt", Options(ocr=OcrOptions(timeout_s=1.0)), stages=fake_stages)
    changed = [a.options_sha256 != b.options_sha256 for a, b in zip(document.trail, again.trail, strict=True)]
    assert changed == [False, True, False, False]


@pytest.mark.parametrize("threads", [1, 3])
def test_walk_an_error_on_a_page_leaves_the_others(tmp_path: Path, threads: int) -> None:
    path = write(tmp_path, "one\nengine\nthree\nfour\nengine")
    document = run_document(path, Options(), stages=fake_stages, threads=threads)
    assert document.status == "partial"
    assert [(issue.stage, issue.code, issue.page) for issue in document.issues] == [
        ("ocr", "engine-timeout", 2),
        ("ocr", "engine-timeout", 5),
    ]
    assert document.issues[0].remedy == "Try again."
    assert [page.number for page in document.pages] == [1, 2, 3, 4, 5]
    assert document.text() == "ONE\n\nTHREE\n\nFOUR"


@pytest.mark.parametrize(
    ("text", "error"),
    [("refuse", DamagedInputError), ("one\nno-engine", MissingEngineError), ("one\n#no-model", ModelError)],
)
def test_walk_what_no_page_can_help_is_raised(tmp_path: Path, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        run_document(write(tmp_path, text), Options(), stages=fake_stages)


@pytest.mark.parametrize("threads", [1, 2])
def test_walk_a_bug_is_not_hidden(tmp_path: Path, threads: int) -> None:
    with pytest.raises(KeyError, match="a bug"):
        run_document(write(tmp_path, "one\ntwo\nbug\nfour"), Options(), stages=fake_stages, threads=threads)


def test_walk_a_document_stage_that_fails_keeps_what_was_there(tmp_path: Path) -> None:
    document = run_document(write(tmp_path, "one\n#engine"), Options(), stages=fake_stages)
    assert [(issue.stage, issue.code) for issue in document.issues] == [
        ("restore", "engine-timeout"),
        ("extract", "stage-left-out"),
    ]
    assert document.text() == "one"


def test_walk_tells_progress_by_stage_and_page(tmp_path: Path) -> None:
    told: list[tuple[str, int | None]] = []
    run_document(
        write(tmp_path, "one\ntwo"),
        Options(),
        stages=fake_stages,
        progress=lambda stage, page: told.append((stage, page)),
    )
    assert told == [("ingest", None), ("ocr", 1), ("ocr", 2), ("restore", None), ("extract", None)]


@dataclass
class Look:
    """Notes what it sees while it works on pages; says so of the whole document."""

    name: str = "look"
    version: int = 1
    needs: frozenset[Gift] = frozenset({"words"})
    gives: frozenset[Gift] = NOTHING
    seen: Callable[[Page, Context], None] = lambda page, context: None

    def page(self, page: Page, context: Context) -> Page:
        self.seen(page, context)
        return page


def test_walk_drops_a_pages_picture_before_the_next(tmp_path: Path) -> None:
    held: list[list[int]] = []
    look = Look(seen=lambda page, context: held.append(sorted(context.pictures)))
    run_document(write(tmp_path, "one\ntwo\nthree"), Options(), stages=lambda: (FakeIngest(), FakeOcr(), look))
    assert held == [[1], [2], [3]]


def test_walk_works_on_so_many_pages_at_a_time(tmp_path: Path) -> None:
    barrier = threading.Barrier(3, timeout=20)
    look = Look(seen=lambda page, context: barrier.wait() and None)
    path = write(tmp_path, "\n".join(["one"] * 6))
    document = run_document(path, Options(), stages=lambda: (FakeIngest(), FakeOcr(), look), threads=3)
    assert [page.number for page in document.pages] == [1, 2, 3, 4, 5, 6]


class Closable:
    """A source that knows whether it was closed."""

    page_count = 1
    closed = False

    def close(self) -> None:
        self.closed = True


@dataclass
class OpenIngest(FakeIngest):
    """Opens a source, and may break after it."""

    source: Closable | None = None
    error: Exception | None = None

    def document(self, document: Document, context: Context) -> Document:
        context.source = self.source  # type: ignore[assignment]
        if self.error is not None:
            raise self.error
        return super().document(document, context)


@pytest.mark.parametrize("error", [None, DamagedInputError("No.", remedy="Scan it."), KeyError("a bug")])
def test_walk_closes_the_source_in_any_case(tmp_path: Path, error: Exception | None) -> None:
    source = Closable()
    ingest = OpenIngest(source=source, error=error)
    path = write(tmp_path, "one")
    if error is None:
        run_document(path, Options(), stages=lambda: (ingest,))
    else:
        with pytest.raises(type(error)):
            run_document(path, Options(), stages=lambda: (ingest,))
    assert source.closed


def test_walk_a_page_that_could_not_be_opened_is_not_worked_on(tmp_path: Path) -> None:
    from pipeline.document import Issue

    class Half(FakeIngest):
        def document(self, document: Document, context: Context) -> Document:
            document = super().document(document, context)
            return replace(document, issues=(Issue("ingest", "input-damaged", "Broken.", "Scan it.", 1),))

    document = run_document(write(tmp_path, "engine\ntwo"), Options(), stages=lambda: (Half(), FakeOcr()))
    assert [issue.code for issue in document.issues] == ["input-damaged"]
    assert document.text() == "two"


def test_walk_refuses_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnsupportedInputError):
        run_document(tmp_path / "pipe", Options(), stages=fake_stages)
    with pytest.raises(UnsupportedInputError):
        run_document(tmp_path, Options(), stages=fake_stages)
    with pytest.raises(MissingInputError):
        run_document(tmp_path / "nowhere", Options(), stages=fake_stages)


# --- order -----------------------------------------------------------------------------------------------------------


def test_order_the_real_stages_fit_together() -> None:
    order = stages()
    check_order(order)
    assert [stage.name for stage in order] == [
        *("ingest", "clean", "ocr", "layout", "restore", "correct", "segment", "extract", "confirm"),
    ]
    assert {gift for stage in order for gift in stage.gives} >= {"pages", "words", "passages", "records"}
    names = {field for field in Options.__struct_fields__ if field != "runner"}
    # What a person set right is no option of a stage.
    assert {stage.name for stage in order} == names | {"correct", "confirm"}


@given(st.permutations(fake_stages()))
def test_order_only_one_order_of_the_stages_works(order: list[Stage]) -> None:
    names = [stage.name for stage in order]
    if names == ["ingest", "ocr", "restore", "extract"]:
        check_order(order)
    else:
        with pytest.raises(StageError, match="needs"):
            check_order(order)


def test_order_is_checked_before_the_file_is_opened(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="needs words"):
        run_document(tmp_path / "nowhere", Options(), stages=lambda: (FakeIngest(), FakeRestore()))
    with pytest.raises(StageError, match="twice"):
        check_order((FakeIngest(), FakeIngest()))


def test_order_a_stage_works_on_pages_or_on_documents() -> None:
    class Neither:
        name, version, needs, gives = "neither", 1, NOTHING, NOTHING

    with pytest.raises(StageError, match="either"):
        check_order((Neither(),))


def test_work_key_knows_versions_and_the_stages_options_and_no_others() -> None:
    key = work_key(fake_stages(), Options())
    assert key == work_key(fake_stages(), Options(runner=RunnerOptions(jobs=7)))
    assert key != work_key(fake_stages(), Options(ocr=OcrOptions(language="eng")))
    assert key != work_key((FakeIngest(), FakeOcr(), FakeRestore(), FakeExtract(version=2)), Options())


# --- taking up an earlier result -------------------------------------------------------------------------------------


def counting(order: tuple[Stage, ...], told: list[str]) -> dict[str, object]:
    return {"stages": lambda: order, "progress": lambda stage, page: told.append(stage)}


def test_resume_does_only_what_changed_and_what_follows(tmp_path: Path) -> None:
    path = write(tmp_path, "một hai\nengine")
    known = run_document(path, Options(), stages=fake_stages)
    told: list[str] = []
    order = (FakeIngest(), FakeOcr(), FakeRestore(), FakeExtract())
    same = run_document(path, Options(), known=known, **counting(order, told))  # type: ignore[arg-type]
    assert same == known
    assert told == []
    newer = (FakeIngest(), FakeOcr(), FakeRestore(), FakeExtract(version=2))
    again = run_document(path, Options(), known=known, **counting(newer, told))  # type: ignore[arg-type]
    assert told == ["extract"]
    assert again.pages == known.pages
    assert again.records == known.records
    assert again.issues == known.issues
    assert [step.version for step in again.trail] == [1, 1, 1, 2]
    assert again.trail[:3] == known.trail[:3]


def test_resume_takes_back_the_readings_of_a_changed_stage(tmp_path: Path) -> None:
    path = write(tmp_path, "một hai")
    known = run_document(path, Options(), stages=fake_stages)
    told: list[str] = []
    newer = (FakeIngest(), FakeOcr(), FakeRestore(version=2), FakeExtract())
    again = run_document(path, Options(), known=known, **counting(newer, told))  # type: ignore[arg-type]
    assert told == ["restore", "extract"]
    assert again.pages == known.pages
    assert again.records == known.records


def test_resume_begins_anew_where_pixels_are_needed(tmp_path: Path) -> None:
    path = write(tmp_path, "một hai")
    known = run_document(path, Options(), stages=fake_stages)
    told: list[str] = []
    newer = (FakeIngest(), FakeOcr(version=2), FakeRestore(), FakeExtract())
    run_document(path, Options(), known=known, **counting(newer, told))  # type: ignore[arg-type]
    assert told == ["ingest", "ocr", "restore", "extract"]
    told.clear()
    path.write_text("other", encoding="utf-8")
    order = (FakeIngest(), FakeOcr(), FakeRestore(), FakeExtract())
    run_document(path, Options(extract=ExtractOptions()), known=known, **counting(order, told))  # type: ignore[arg-type]
    assert told == ["ingest", "ocr", "restore", "extract"]


def test_resume_a_stage_that_failed_is_tried_again(tmp_path: Path) -> None:
    class Broken(FakeExtract):
        def document(self, document: Document, context: Context) -> Document:
            raise EngineCrashError("It died.", remedy="Again.")

    path = write(tmp_path, "one")
    known = run_document(path, Options(), stages=lambda: (FakeIngest(), FakeOcr(), FakeRestore(), Broken()))
    assert [issue.code for issue in known.issues] == ["engine-crash"]
    order = (FakeIngest(), FakeOcr(), FakeRestore(), FakeExtract(version=2))
    again = run_document(path, Options(), known=known, stages=lambda: order)
    assert again.status == "done"
    assert again.records.document.number is not None


def test_resume_does_not_count_on_what_a_failed_stage_should_have_given(tmp_path: Path) -> None:
    path = write(tmp_path, "one\n#engine")
    known = run_document(path, Options(), stages=fake_stages)
    told: list[str] = []
    newer = (FakeIngest(), FakeOcr(), FakeRestore(), FakeExtract(version=2))
    again = run_document(path, Options(), known=known, **counting(newer, told))  # type: ignore[arg-type]
    assert told == ["restore"]
    assert [issue.code for issue in again.issues] == ["engine-timeout", "stage-left-out"]


# --- the public way in -----------------------------------------------------------------------------------------------


def test_digitize_is_cheap_to_import() -> None:
    code = (
        "import sys, pipeline; from pipeline import digitize; "
        "heavy = {'numpy', 'cv2', 'pandas', 'spacy', 'sqlalchemy', 'msgspec'} & set(sys.modules); "
        "assert not heavy, heavy; "
        "from pipeline import Document; import pipeline.document; assert Document is pipeline.document.Document"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)


def test_digitize_refuses_as_the_runner_does(tmp_path: Path) -> None:
    from pipeline import digitize

    with pytest.raises(MissingInputError):
        digitize(tmp_path / "nowhere.pdf")
    with pytest.raises(AttributeError):
        import pipeline

        pipeline.nothing  # type: ignore[attr-defined]  # noqa: B018

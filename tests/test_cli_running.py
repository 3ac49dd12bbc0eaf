"""`sohoa run` accounts for every file and page, and its exit code says whether all is well."""

from pathlib import Path

import pytest
from command_line import call

from pipeline.archive import Archive, FileReport, IntakeReport, SkippedFile
from pipeline.archive.report import DocumentRow, Result
from pipeline.cli.progress import PageCount, following
from pipeline.document import Issue
from pipeline.runner import Event

DONE = FileReport(Path("a.pdf"), "done", "done", "ab" * 32, pages=4, blank_pages=1, wall_s=2.0, peak_memory_mb=412.3)
PARTIAL = FileReport(
    Path("b.pdf"),
    "partial",
    "partial",
    "cd" * 32,
    pages=2,
    failed_pages=1,
    issues=(Issue("ocr", "engine-timeout", "Tesseract ran past 120 s.", "Give it more time.", 2),),
)
REFUSED = FileReport(
    Path("c.pdf"), "refused", "refused", error_code="input-empty", message="c.pdf is empty.", remedy="Scan it again."
)
ALREADY = FileReport(Path("d.pdf"), "already", "done", "ef" * 32, pages=3)
STALE = FileReport(Path("e.pdf"), "already", "partial", "01" * 32, pages=1, failed_pages=1)


class FakeArchive:
    def __init__(self, report: IntakeReport) -> None:
        self.report = report
        self.asked: dict[str, object] = {}

    def __enter__(self) -> "FakeArchive":
        return self

    def __exit__(self, *error: object) -> None: ...

    def intake(self, inputs: list[Path], options: object, **more: object) -> IntakeReport:
        self.asked = {"inputs": inputs, "options": options, **more}
        return self.report

    def probable_duplicates(self, ids: set[str]) -> list[list[DocumentRow]]:
        return []


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> FakeArchive:
    fake = FakeArchive(
        IntakeReport(
            (DONE, PARTIAL, REFUSED, ALREADY), tuple(SkippedFile(Path(f"{n}.doc"), "no scan") for n in range(5)), 9.0
        )
    )
    monkeypatch.setattr(Archive, "open", lambda *_, **__: fake)
    return fake


def test_every_file_and_page_is_accounted_for(capsys: pytest.CaptureFixture[str], archive: FakeArchive) -> None:
    answer = call(capsys, "run", "folder")
    lines = answer.out.splitlines()
    assert lines[0] == "# files (4)"
    assert lines[1].split("\t") == ["result", "pages", "seconds", "id", "file"]
    assert [line.split("\t")[0] for line in lines[2:6]] == ["done", "partial", "refused", "already"]
    assert lines[2].split("\t") == ["done", "4", "2.0", "abababababab", "a.pdf"]
    assert "partial b.pdf, page 2: Tesseract ran past 120 s." in lines
    assert "refused c.pdf: c.pdf is empty." in lines
    assert lines.count("    What to do: Scan it again.") == lines.count("    What to do: Give it more time.") == 1
    assert "skipped (no scan): 0.doc, 1.doc, 2.doc and 2 more" in lines
    assert lines[-1] == (
        "4 files: 1 done, 1 partial, 1 refused, 1 already. 5 skipped. "
        "9 pages: 7 read, 1 blank, 1 with an issue. 9 s, at most 412 MB in a worker."
    )


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ((DONE,), 0),
        ((DONE, ALREADY), 0),
        ((DONE, STALE), 10),
        ((PARTIAL,), 10),
        ((DONE, REFUSED), 10),
        ((), 10),
    ],
)
def test_the_exit_code_is_0_only_if_all_are_done(
    capsys: pytest.CaptureFixture[str], archive: FakeArchive, files: tuple[FileReport, ...], code: int
) -> None:
    archive.report = IntakeReport(files)
    assert call(capsys, "run", "folder").code == code


def test_arguments_are_handed_on(capsys: pytest.CaptureFixture[str], archive: FakeArchive) -> None:
    call(capsys, "run", "a", "b", "--force", "--jobs", "3", "--set", "ocr.timeout_s=7")
    assert archive.asked["inputs"] == [Path("a"), Path("b")]
    assert archive.asked["force"] is True
    options = archive.asked["options"]
    assert (options.runner.jobs, options.ocr.timeout_s) == (3, 7.0)  # type: ignore[attr-defined]


def test_pages_left_are_guessed_from_those_that_are_known() -> None:
    count = PageCount()
    assert (count.done, count.total) == (0, 0)
    count.hear(Event(Path("a"), 1, 4))
    assert count.total == 0
    count.hear(Event(Path("a"), 1, 4, "ingest", pages=6))
    assert (count.done, count.total) == (0, 24)
    count.hear(Event(Path("a"), 1, 4, "ocr", 1, pages_done=2, pages=6))
    count.hear(Event(Path("b"), 2, 4, "ingest", pages=2))
    assert (count.done, count.total) == (2, 16)
    count.hear(Event(Path("a"), 1, 4, pages_done=6, pages=6, status="done"))
    assert (count.done, count.files_done) == (6, 1)


def test_a_refused_file_leaves_no_pages_to_wait_for() -> None:
    count = PageCount()
    count.hear(Event(Path("a"), 1, 2, status="refused"))
    count.hear(Event(Path("b"), 2, 2, "ingest", pages=4))
    assert (count.done, count.total) == (0, 4)
    count.hear(Event(Path("b"), 2, 2, pages_done=1, pages=4, status="partial"))
    assert (count.done, count.total) == (4, 4)


@pytest.mark.parametrize("results", [["done", "already", "failed"]])
def test_without_a_terminal_each_file_is_a_line(capsys: pytest.CaptureFixture[str], results: list[Result]) -> None:
    with following() as hear:
        for number, status in enumerate(results, start=1):
            hear(Event(Path(f"{number}.pdf"), number, 3))
            hear(Event(Path(f"{number}.pdf"), number, 3, pages=2, status=status))
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "[1/3] done 1.pdf, 2 pages",
        "[2/3] already 2.pdf, 2 pages",
        "[3/3] failed 3.pdf, 2 pages",
    ]

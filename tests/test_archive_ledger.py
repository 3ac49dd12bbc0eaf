"""The ledger: whatever came in is done, partial, refused or failed, and what can be tried again is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from fake_stages import FakeExtract, FakeIngest, FakeOcr, FakeRestore, fake_stages
from test_archive_intake import OPTIONS, write

from pipeline.archive import Archive, IntakeReport
from pipeline.archive.ledger import FileState
from pipeline.document import Document, Issue, replace
from pipeline.options import Options, RunnerOptions
from pipeline.stage import Context, Stage

WAITING = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from fake_stages import fake_stages
from pipeline.archive import Archive
from pipeline.options import Options, RunnerOptions
if __name__ == "__main__":
    with Archive.open(Path(sys.argv[2])) as archive:
        archive.intake([Path(sys.argv[3])], Options(runner=RunnerOptions(jobs=1)), stages=fake_stages)
"""


class Doubting(FakeExtract):
    """Finds something that a person should look at in whatever is read."""

    def document(self, document: Document, context: Context) -> Document:
        doubt = Issue("extract", "check", "It does not add up.", "Look at it.", weight="doubt")
        return replace(super().document(document, context), issues=(*document.issues, doubt))


def doubting() -> tuple[Stage, ...]:
    return FakeIngest(), FakeOcr(), FakeRestore(), Doubting()


@pytest.fixture
def archive(tmp_path: Path, catalog_url: str) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive", url=catalog_url) as archive:
        yield archive


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def intake(archive: Archive, *paths: Path, options: Options = OPTIONS) -> IntakeReport:
    return archive.intake(list(paths), options, stages=fake_stages)


def states(archive: Archive) -> dict[str, FileState]:
    return {file.path.name: file.state for file in archive.files()}


def test_ledger_accounts_for_whatever_came_in(archive: Archive, inputs: Path) -> None:
    write(inputs, a="một\nblank", b="một\nengine", c="refuse", d="no-engine", e="một\nblank", f="bug")
    intake(archive, inputs, inputs / "missing.pdf")
    standing = archive.standing()
    assert standing.files == {"done": 2, "partial": 1, "refused": 2, "failed": 2}
    assert standing.came_in == 7
    assert standing.settled
    assert (standing.pages, standing.blank_pages, standing.failed_pages) == (7, 2, 2)
    files = {file.path.name: file for file in archive.files()}
    assert files["a.txt"].attempts == 1
    assert {name for name, file in files.items() if file.may_retry} == {"b.txt", "d.txt", "f.txt", "missing.pdf"}
    assert {name for name, file in files.items() if file.needs_person} == {"c.txt"}
    assert files["b.txt"].error_code == "engine-timeout"
    assert all(file.remedy for file in files.values() if file.state != "done")
    assert standing.may_retry == 4
    assert standing.needs_person == 1


def test_ledger_notes_every_stage_of_every_page(archive: Archive, inputs: Path) -> None:
    (path,) = write(inputs, plan="một\nengine\nba")
    report = intake(archive, path)
    files, stages = archive.stages_of(report.files[0].id or "")
    assert [file.path for file in files] == [path]
    assert [(at.stage, at.page, at.state, at.attempts) for at in stages if at.stage != "ocr"] == [
        ("ingest", None, "done", 1),
        ("restore", None, "done", 1),
        ("extract", None, "done", 1),
    ]
    assert {at.page: (at.state, at.error_code) for at in stages if at.stage == "ocr"} == {
        1: ("done", None),
        2: ("failed", "engine-timeout"),
        3: ("done", None),
    }


def test_retry_takes_up_what_failed_and_keeps_good_pages(archive: Archive, inputs: Path) -> None:
    sign = inputs.parent / "sign"
    write(inputs, plan=f"một\nawaits {sign}\nba", broken="refuse", good="một")
    intake(archive, inputs)
    assert states(archive) == {"plan.txt": "partial", "broken.txt": "refused", "good.txt": "done"}
    report = archive.retry(OPTIONS, stages=fake_stages)
    assert [(file.path.name, file.result) for file in report.files] == [("plan.txt", "partial")]
    sign.touch()
    events: list[tuple[str, int | None]] = []
    report = archive.retry(OPTIONS, stages=fake_stages, on_event=lambda event: events.append((event.stage, event.page)))
    assert [(file.path.name, file.result, file.failed_pages) for file in report.files] == [("plan.txt", "done", 0)]
    assert [page for stage, page in events if stage == "ocr"] == [2]
    id_ = report.files[0].id or ""
    assert archive.document(id_).text() == f"MỘT\n\nAWAITS {str(sign).upper()}\n\nBA"
    assert archive.picture(id_, 1) is not None
    assert archive.standing().files == {"done": 2, "refused": 1}
    assert archive.retry(OPTIONS, stages=fake_stages).files == ()


def test_retry_gives_up_after_the_attempts_allowed(archive: Archive, inputs: Path) -> None:
    write(inputs, plan="một\nbug", twice="engine")
    options = Options(runner=RunnerOptions(jobs=1, attempts=2))
    intake(archive, inputs, options=options)
    assert len(archive.retry(options, stages=fake_stages).files) == 2
    assert archive.retry(options, stages=fake_stages).files == ()
    standing = archive.standing()
    assert standing.files == {"partial": 1, "failed": 1}
    assert standing.needs_person == 2
    # Other content under the same path is another matter.
    write(inputs, twice="engine\nengine")
    intake(archive, inputs, options=options)
    assert [file.attempts for file in archive.files() if file.path.name == "twice.txt"] == [1]


def test_retry_reads_the_archives_copy_where_the_file_is_gone(archive: Archive, inputs: Path) -> None:
    sign = inputs.parent / "sign"
    (path,) = write(inputs, plan=f"một\nawaits {sign}")
    intake(archive, path)
    path.rename(inputs / "elsewhere.txt")
    sign.touch()
    report = archive.retry(OPTIONS, stages=fake_stages)
    assert [file.result for file in report.files] == ["done"]
    assert states(archive) == {"plan.txt": "done"}
    assert archive.document(report.files[0].id or "").source.name == "plan.txt"


def test_retry_settles_every_file_with_a_content(archive: Archive, inputs: Path) -> None:
    # Two files with one content: one is gone when it is tried again, the other too, or neither.
    sign = inputs.parent / "sign"
    write(inputs, **dict.fromkeys(("a", "b", "c"), f"một\nawaits {sign}"), other="engine")
    intake(archive, inputs)
    assert states(archive) == {"a.txt": "partial", "b.txt": "partial", "c.txt": "partial", "other.txt": "failed"}
    (inputs / "a.txt").unlink()
    (inputs / "b.txt").unlink()
    sign.touch()
    archive.retry(OPTIONS, stages=fake_stages)
    assert states(archive) == {"a.txt": "done", "b.txt": "done", "c.txt": "done", "other.txt": "failed"}
    standing = archive.standing()
    assert standing.settled
    assert (standing.pages, standing.failed_pages, standing.needs_person, standing.may_retry) == (7, 1, 0, 1)
    assert [file.path.name for file in archive.unfinished()] == ["other.txt"]
    assert [row.pages for row in archive.documents()] == [2]


def test_ledger_a_file_renamed_after_it_failed_is_settled_under_both_names(archive: Archive, inputs: Path) -> None:
    sign = inputs.parent / "sign"
    (path,) = write(inputs, plan=f"awaits {sign}")
    intake(archive, inputs)
    path.rename(inputs / "renamed.txt")
    sign.touch()
    intake(archive, inputs)
    assert states(archive) == {"plan.txt": "done", "renamed.txt": "done"}
    assert archive.standing().settled


def test_ledger_every_file_with_a_doubtful_content_needs_a_person(archive: Archive, inputs: Path) -> None:
    write(inputs, plan="một")
    archive.intake([inputs], OPTIONS, stages=doubting)
    write(inputs, again="một", other="hai")
    report = archive.intake([inputs], OPTIONS, stages=doubting)
    assert [file.result for file in report.files] == ["already", "done", "already"]
    assert states(archive) == dict.fromkeys(("plan.txt", "again.txt", "other.txt"), "done")
    assert sorted(file.path.name for file in archive.unfinished()) == ["again.txt", "other.txt", "plan.txt"]
    assert archive.standing().needs_person == 3


def test_ledger_a_further_file_of_a_sure_content_needs_nobody(archive: Archive, inputs: Path) -> None:
    write(inputs, plan="một")
    intake(archive, inputs)
    write(inputs, again="một")
    intake(archive, inputs)
    assert archive.standing().needs_person == 0
    assert list(archive.unfinished()) == []


def test_ledger_tells_of_files_by_state(archive: Archive, inputs: Path) -> None:
    write(inputs, a="một", b="một\nengine", c="refuse")
    intake(archive, inputs)
    found = {state: [file.path.name for file in archive.files(state)] for state in get_args(FileState)}
    assert {state: names for state, names in found.items() if names} == {
        "done": ["a.txt"],
        "partial": ["b.txt"],
        "refused": ["c.txt"],
    }
    assert [file.path.name for file in archive.files("refused", "done")] == ["a.txt", "c.txt"]


def test_ledger_tells_a_run_that_is_gone_from_one_at_work(tmp_path: Path, inputs: Path) -> None:
    write(inputs, a="một", b="hang", c="ba")
    script = tmp_path / "waiting.py"
    script.write_text(WAITING, encoding="utf-8")
    command = [sys.executable, str(script), str(Path(__file__).parent), str(tmp_path / "archive"), str(inputs)]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)})
    with Archive.open(tmp_path / "archive") as archive:
        deadline_s = time.monotonic() + 60
        while states(archive).get("b.txt") != "working" and time.monotonic() < deadline_s:
            time.sleep(0.05)
        assert states(archive) == {"a.txt": "done", "b.txt": "working", "c.txt": "waiting"}
        assert not archive.standing().settled
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)
        assert states(archive) == {"a.txt": "done", "b.txt": "interrupted", "c.txt": "interrupted"}
        assert archive.standing().may_retry == 2
        (inputs / "b.txt").unlink()
        report = archive.retry(OPTIONS, stages=fake_stages)
        assert {file.path.name: file.result for file in report.files} == {"b.txt": "refused", "c.txt": "done"}
        assert archive.standing().settled


def test_ledger_the_same_file_renamed_moved_and_changed(archive: Archive, inputs: Path) -> None:
    (path,) = write(inputs, plan="một")
    intake(archive, inputs)
    path.rename(inputs / "renamed.txt")
    intake(archive, inputs)
    (inputs / "renamed.txt").write_text("hai", encoding="utf-8")
    intake(archive, inputs)
    assert states(archive) == {"plan.txt": "done", "renamed.txt": "done"}
    assert len(archive.documents()) == 2
    assert archive.standing().settled


def test_ledger_keeps_names_that_are_no_text_apart(tmp_path: Path, inputs: Path) -> None:
    names = [b"a\xff.txt", b"a\xfe.txt"]
    for number, name in enumerate(names):
        (inputs / os.fsdecode(name)).write_text(f"trang {number}\nengine", encoding="utf-8")
    with Archive.open(tmp_path / "archive") as archive:
        intake(archive, inputs)
        assert sorted(os.fsencode(file.path.name) for file in archive.files()) == sorted(names)
        assert len(archive.retry(OPTIONS, stages=fake_stages).files) == 2

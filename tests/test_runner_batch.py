"""One bad document costs itself alone: real processes that crash, hang, eat and lie."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from fake_stages import FakeOcr, fake_stages

from pipeline.errors import StageError
from pipeline.options import Options, RunnerOptions
from pipeline.runner import Event, Outcome, run_batch


def options(**runner: float) -> Options:
    settings: dict[str, float] = {"jobs": 2, "document_timeout_s": 60.0, "page_timeout_s": 60.0} | runner
    return Options(runner=RunnerOptions(**settings))  # type: ignore[arg-type]


def write(folder: Path, **texts: str) -> list[Path]:
    paths = []
    for name, text in texts.items():
        path = folder / f"{name}.txt"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def run(paths: list[Path], chosen: Options | None = None, **more: object) -> dict[str, Outcome]:
    outcomes = list(run_batch(paths, chosen or options(), stages=fake_stages, **more))  # type: ignore[arg-type]
    assert len(outcomes) == len(paths)
    return {outcome.path.stem: outcome for outcome in outcomes}


def test_batch_a_death_on_a_page_costs_the_page(tmp_path: Path) -> None:
    paths = write(
        tmp_path, segv="one\nsegv\nthree", exits="exit\ntwo", bug="one\ntwo\nbug", good="one\ntwo", last="one"
    )
    found = run(paths)
    assert {name: outcome.status for name, outcome in found.items()} == {
        "segv": "partial",
        "exits": "partial",
        "bug": "partial",
        "good": "done",
        "last": "done",
    }
    segv = found["segv"].document
    assert segv is not None
    assert segv.text() == "ONE\n\nTHREE"
    assert [(issue.code, issue.page, issue.stage) for issue in segv.issues] == [("page-crash", 2, "ocr")]
    assert "SIGSEGV" in segv.issues[0].message
    assert segv.issues[0].remedy
    bug = found["bug"].document
    assert bug is not None
    assert "a bug" in bug.issues[0].message


def test_batch_several_deaths_are_told_apart(tmp_path: Path) -> None:
    (path,) = write(tmp_path, bad="one\nsegv\nthree\nexit\nfive")
    document = run([path])["bad"].document
    assert document is not None
    assert sorted(issue.page or 0 for issue in document.issues) == [2, 4]
    assert document.text() == "ONE\n\nTHREE\n\nFIVE"


def test_batch_gives_up_a_document_that_dies_on_every_page(tmp_path: Path) -> None:
    bad, good = write(tmp_path, bad="\n".join(["segv"] * 12), good="one")
    found = run([bad, good])
    assert found["bad"].status == "failed"
    assert found["bad"].error_code == "document-crash"
    assert found["good"].status == "done"


def test_batch_a_death_in_a_document_stage_keeps_the_text(tmp_path: Path) -> None:
    (path,) = write(tmp_path, bad="one\ntwo\n#segv")
    outcome = run([path])["bad"]
    assert outcome.status == "partial"
    assert outcome.document is not None
    assert outcome.document.text() == "one\n\ntwo"
    assert [(issue.stage, issue.code) for issue in outcome.document.issues] == [
        ("restore", "stage-crash"),
        ("extract", "stage-left-out"),
    ]


def test_batch_a_page_that_hangs_is_ended_with_its_programs(tmp_path: Path) -> None:
    (path,) = write(tmp_path, bad="one\nchild-601\nthree")
    start = time.monotonic()
    outcome = run([path], options(page_timeout_s=1.5))["bad"]
    assert time.monotonic() - start < 30
    assert outcome.document is not None
    assert [(issue.code, issue.page) for issue in outcome.document.issues] == [("page-timeout", 2)]
    assert not sleepers(601)


def sleepers(seconds: int) -> list[int]:
    """Processes of ours that still sleep for the fake engine's sake."""
    return [
        one.pid
        for one in psutil.process_iter(["cmdline", "uids"])
        if one.info["cmdline"] == ["sleep", str(seconds)] and one.info["uids"].real == os.getuid()
    ]


def test_batch_a_document_has_its_time_and_no_more(tmp_path: Path) -> None:
    bad, good = write(tmp_path, bad="one\nhang", good="one")
    found = run([bad, good], options(document_timeout_s=3.0))
    assert found["bad"].status == "failed"
    assert found["bad"].error_code == "document-timeout"
    assert found["bad"].remedy is not None
    assert "document_timeout_s" in found["bad"].remedy
    assert found["good"].status == "done"


def test_batch_a_page_that_eats_memory_is_stopped(tmp_path: Path) -> None:
    bad, good = write(tmp_path, bad="one\nmemory\nthree", good="one")
    found = run([bad, good], options(memory_mb=600))
    assert found["bad"].document is not None
    assert [(issue.code, issue.page) for issue in found["bad"].document.issues] == [("page-memory", 2)]
    assert found["bad"].peak_memory_mb > 600
    assert found["good"].status == "done"
    assert 0 < found["good"].peak_memory_mb < 600


def test_batch_the_systems_refusal_of_memory_is_told_as_such(tmp_path: Path) -> None:
    (path,) = write(tmp_path, bad="memory-error\ntwo")
    document = run([path])["bad"].document
    assert document is not None
    assert [(issue.code, issue.page) for issue in document.issues] == [("page-memory", 1)]


def test_batch_foreseen_errors_cost_a_page_or_the_file(tmp_path: Path) -> None:
    paths = write(
        tmp_path,
        engine="one\nengine\nthree",
        refused="refuse",
        dead="refuse-by-death",
        none="no-engine",
        missing="",
        unread="engine\nblank",
    )
    (tmp_path / "missing.txt").unlink()
    found = run(paths)
    assert {name: (outcome.status, outcome.error_code) for name, outcome in found.items()} == {
        "engine": ("partial", None),
        "refused": ("refused", "input-damaged"),
        "dead": ("failed", "document-crash"),
        "none": ("failed", "engine-missing"),
        "missing": ("refused", "input-missing"),
        "unread": ("failed", "engine-timeout"),
    }
    assert all(outcome.message and outcome.remedy for outcome in found.values() if outcome.error_code)
    assert found["unread"].document is not None


def test_batch_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    (path,) = write(tmp_path, bad="one\ndisk")
    outcome = run([path])["bad"]
    assert (outcome.status, outcome.error_code) == ("failed", "archive-full")


def test_batch_tells_every_page_and_every_end(tmp_path: Path) -> None:
    paths = write(tmp_path, a="one\ntwo\nthree", b="one")
    events: list[Event] = []
    run(paths, on_event=events.append)
    for path, pages in zip(paths, (3, 1), strict=True):
        mine = [event for event in events if event.path == path]
        assert mine[0].status is None
        assert mine[0].pages is None
        assert mine[-1].status == "done"
        assert mine[-1].pages == mine[-1].pages_done == pages
        assert {event.page for event in mine if event.stage == "ocr"} == set(range(1, pages + 1))
        assert [event.pages_done for event in mine] == sorted(event.pages_done for event in mine)
        assert {event.documents for event in mine} == {2}
    assert {event.number for event in events} == {1, 2}


def test_batch_keeps_what_a_stopped_run_had_done(tmp_path: Path) -> None:
    (path,) = write(tmp_path, doc="one\ntwo\nhang\nfour")
    workspace = tmp_path / "work"
    stop = options(jobs=1, document_timeout_s=4.0)
    outcome = run([path], stop, workspace_for=lambda path: workspace)["doc"]
    assert outcome.status == "failed"
    path.write_text("one\ntwo\nthree\nfour", encoding="utf-8")
    outcome = run([path], options(jobs=1), workspace_for=lambda path: workspace)["doc"]
    assert outcome.status == "done"
    assert outcome.document is not None
    assert outcome.document.text() == "ONE\n\nTWO\n\nTHREE\n\nFOUR"
    assert (workspace / "read.log").read_text().split() == ["1", "2", "3", "3", "4"]
    assert not (workspace / "finished").exists()
    assert (workspace / "pages" / "0001.png").exists()


def test_batch_leaves_no_process_behind_when_nobody_listens(tmp_path: Path) -> None:
    paths = write(tmp_path, good="one", bad="hang", more="hang")
    for outcome in run_batch(paths, options(), stages=fake_stages):
        assert outcome.status == "done"
        break
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and workers():
        time.sleep(0.1)
    assert not workers()


def workers() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "spawn_main" in " ".join(one.cmdline())]


def test_batch_recycles_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = write(tmp_path, a="one", b="one", c="one")
    pids: set[int] = set()
    monkeypatch.setattr("pipeline.runner.batch._DOCUMENTS_A_WORKER", 2)
    for _ in run_batch(
        paths, options(jobs=1), stages=fake_stages, on_event=lambda event: pids.update(pids_of_workers())
    ):
        pass
    assert len(pids) == 2


def pids_of_workers() -> list[int]:
    return [worker.pid for worker in workers()]


def impossible_stages() -> tuple[FakeOcr]:
    return (FakeOcr(),)


def test_batch_checks_the_order_before_anything_else(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="needs pages"):
        list(run_batch(write(tmp_path, a="one"), options(), stages=impossible_stages))


def test_batch_a_document_left_alone_gets_all_cores(tmp_path: Path) -> None:
    # Each begins with one of the two cores; the pages that wait for each other go on when the other document is done.
    long, short = write(tmp_path, long="meet\nmeet\nthree", short="one\ntwo")
    found = run([long, short], options(jobs=2), workspace_for=lambda path: tmp_path / f"work-{path.stem}")
    assert {name: outcome.status for name, outcome in found.items()} == {"long": "done", "short": "done"}


def test_batch_one_document_has_all_cores(tmp_path: Path) -> None:
    (path,) = write(tmp_path, doc="meet\nmeet")
    assert run([path], options(jobs=2), workspace_for=lambda path: tmp_path / "work")["doc"].status == "done"


ORPHANS = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[1]]
from fake_stages import fake_stages
from pipeline.options import Options, RunnerOptions
from pipeline.runner import run_batch

if __name__ == "__main__":
    options = Options(runner=RunnerOptions(jobs=1))
    list(run_batch([Path(sys.argv[2])], options, stages=fake_stages))
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_batch_leaves_no_process_behind_when_the_program_is_ended(tmp_path: Path, end: signal.Signals) -> None:
    (path,) = write(tmp_path, doc=f"child-{700 + end}")
    script = tmp_path / "orphans.py"
    script.write_text(ORPHANS, encoding="utf-8")
    command = [sys.executable, str(script), str(Path(__file__).parent), str(path)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        until(lambda: bool(sleepers(700 + end)))
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(end)
        process.wait(timeout=20)
    assert len(family) >= 2
    until(lambda: not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE])


def until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def test_batch_one_worker_serves_many_documents(tmp_path: Path) -> None:
    paths = write(tmp_path, **{f"d{number}": f"page {number}" for number in range(6)})
    start = time.monotonic()
    found = run(paths, options(jobs=1))
    assert all(outcome.status == "done" for outcome in found.values())
    assert time.monotonic() - start < 30
    assert {outcome.document.text() for outcome in found.values() if outcome.document} == {
        f"PAGE {number}" for number in range(6)
    }


def test_batch_notes_what_each_stage_did_with_each_page(tmp_path: Path) -> None:
    paths = write(tmp_path, mixed="one\nsegv\nengine\nslow", gone="refuse-by-death", whole="one\n#bug")
    found = run(paths, options(jobs=1))

    def told(name: str) -> dict[tuple[str, int | None], tuple[str, int, str | None]]:
        return {(at.stage, at.page): (at.state, at.attempts, at.error_code) for at in found[name].stages}

    assert told("mixed") == {
        ("ingest", None): ("done", 2, None),
        ("ocr", 1): ("done", 1, None),
        ("ocr", 2): ("failed", 1, "page-crash"),
        ("ocr", 3): ("failed", 1, "engine-timeout"),
        ("ocr", 4): ("done", 1, None),
        ("restore", None): ("done", 1, None),
        ("extract", None): ("done", 1, None),
    }
    slow = next(at for at in found["mixed"].stages if at.page == 4)
    assert slow.wall_s is not None
    assert slow.wall_s >= 0.3
    assert slow.peak_memory_mb is not None
    assert slow.peak_memory_mb > 10
    crash = next(at for at in found["mixed"].stages if at.page == 2)
    assert crash.message is not None
    assert "SIGSEGV" in crash.message
    assert crash.remedy
    assert told("gone") == {("ingest", None): ("failed", 1, "document-crash")}
    assert told("whole")["restore", None] == ("failed", 1, "stage-crash")
    assert told("whole")["extract", None] == ("left-out", 0, "stage-left-out")

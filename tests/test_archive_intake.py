"""The way in: every file accounted for, nothing done twice, nothing half-written."""

import errno
import hashlib
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fake_stages import FakeExtract, FakeIngest, FakeOcr, FakeRestore, fake_stages

from pipeline.archive import Archive, IntakeReport
from pipeline.archive.files import ArchiveFiles
from pipeline.archive.inputs import expand
from pipeline.errors import ArchiveError, DocumentNotFoundError, FullDiskError
from pipeline.options import OcrOptions, Options, RunnerOptions
from pipeline.runner import Event
from pipeline.stage import Stage

OPTIONS = Options(runner=RunnerOptions(jobs=2, document_timeout_s=60.0, page_timeout_s=30.0))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive") as archive:
        yield archive


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def write(folder: Path, **texts: str) -> list[Path]:
    paths = []
    for name, text in texts.items():
        path = folder / f"{name}.txt"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def intake(archive: Archive, *paths: Path, options: Options = OPTIONS, **more: Any) -> IntakeReport:
    return archive.intake(list(paths), options, **({"stages": fake_stages} | more))


def sql(archive: Archive, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(archive.folder / "catalog.sqlite")) as connection:
        return connection.execute(question).fetchall()


def tree(archive: Archive) -> list[str]:
    """What is stored: every file below originals and documents."""
    return sorted(
        str(path.relative_to(archive.folder))
        for name in ("originals", "documents")
        for path in (archive.folder / name).rglob("*")
        if path.is_file()
    )


def test_intake_accounts_for_every_file_and_page(archive: Archive, inputs: Path) -> None:
    write(inputs, a="một\nhai\nblank", b="một\nengine", c="refuse", d="no-engine", e="một\nhai\nblank")
    (inputs / "notes.doc").write_bytes(b"x")
    (inputs / "deep").mkdir()
    write(inputs / "deep", f="ba")
    events: list[Event] = []
    missing = inputs / "missing.pdf"
    report = intake(archive, inputs, missing, on_event=events.append)
    assert [
        (file.path.name, file.result, file.pages, file.blank_pages, file.failed_pages) for file in report.files
    ] == [
        ("a.txt", "done", 3, 1, 0),
        ("b.txt", "partial", 2, 0, 1),
        ("c.txt", "refused", 0, 0, 0),
        ("d.txt", "failed", 0, 0, 0),
        ("e.txt", "already", 3, 1, 0),
        ("f.txt", "done", 1, 0, 0),
        ("missing.pdf", "refused", 0, 0, 0),
    ]
    assert [skipped.path.name for skipped in report.skipped] == ["notes.doc"]
    assert report.pages == 9
    assert not report.all_done
    assert all(file.remedy for file in report.files if file.result in ("refused", "failed"))
    ends = {event.path.name: event.status for event in events if event.status is not None}
    assert ends == {file.path.name: file.result for file in report.files}
    assert {event.documents for event in events} == {7}
    assert sorted({event.number for event in events}) == [1, 2, 3, 4, 5, 6, 7]
    runs = sql(archive, "SELECT status, error_code, remedy IS NOT NULL FROM runs ORDER BY status, error_code")
    assert runs == [
        ("done", None, 0),
        ("done", None, 0),
        ("failed", "engine-missing", 1),
        ("partial", None, 0),
        ("refused", "input-damaged", 1),
        ("refused", "input-missing", 1),
    ]
    assert not list((archive.folder / "work").glob("*-*/finished/*"))


def test_intake_keeps_the_original_untouched(archive: Archive, inputs: Path) -> None:
    (path,) = write(inputs, plan="một\nhai")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    report = intake(archive, path)
    assert report.files[0].id == sha256
    original = archive.original(sha256)
    assert original == archive.folder / "originals" / sha256[:2] / f"{sha256}.txt"
    assert original.read_bytes() == path.read_bytes()
    assert not original.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    picture = archive.picture(sha256, 1)
    assert picture is not None
    assert picture.read_bytes() == b"picture"
    assert archive.picture(sha256, 9) is None
    assert archive.document(sha256).text() == "MỘT\n\nHAI"


def test_intake_the_same_content_again_does_nothing(archive: Archive, inputs: Path) -> None:
    first, second = write(inputs, one="một", two="một\nengine")
    intake(archive, first, second)
    before = tree(archive), sql(archive, "SELECT * FROM documents"), sql(archive, "SELECT * FROM runs")
    elsewhere = inputs / "deep" / "other name.txt"
    elsewhere.parent.mkdir()
    first.rename(elsewhere)
    report = intake(archive, elsewhere, second, options=Options(runner=RunnerOptions(jobs=1)))
    assert [(file.result, file.status, len(file.issues)) for file in report.files] == [
        ("already", "done", 0),
        ("already", "partial", 1),
    ]
    assert (tree(archive), sql(archive, "SELECT * FROM documents"), sql(archive, "SELECT * FROM runs")) == before
    assert archive.find(str(elsewhere)) == archive.find("one.txt")


def newer_extract() -> tuple[Stage, ...]:
    return FakeIngest(), FakeOcr(), FakeRestore(), FakeExtract(version=2)


def test_intake_a_changed_stage_redoes_itself_and_what_follows(archive: Archive, inputs: Path) -> None:
    (path,) = write(inputs, plan="một\nhai")
    events: list[Event] = []
    id = intake(archive, path).files[0].id or ""
    report = intake(archive, path, stages=newer_extract, on_event=events.append)
    assert report.files[0].result == "done"
    assert {event.stage for event in events} == {"", "extract"}
    assert archive.picture(id, 2) is not None
    assert len(list((archive.folder / "documents" / id[:2] / id).iterdir())) == 1
    assert sql(archive, "SELECT COUNT(*) FROM documents") == [(1,)]
    events.clear()
    report = intake(
        archive, path, stages=newer_extract, on_event=events.append, options=Options(ocr=OcrOptions(language="eng"))
    )
    assert {event.stage for event in events} >= {"ingest", "ocr"}
    events.clear()
    report = intake(archive, path, stages=newer_extract, on_event=events.append, force=True)
    assert report.files[0].result == "done"
    assert {event.stage for event in events} >= {"ingest", "ocr"}
    assert sql(archive, "SELECT COUNT(*) FROM runs") == [(4,)]


def test_intake_an_earlier_result_that_cannot_be_read_is_made_anew(archive: Archive, inputs: Path) -> None:
    (path,) = write(inputs, plan="một")
    id = intake(archive, path).files[0].id or ""
    for kept in (archive.folder / "documents").rglob("document.json"):
        kept.write_text('{"source": "of another shape"}')
    assert intake(archive, path, stages=newer_extract).files[0].result == "done"
    assert archive.document(id).text() == "MỘT"


def test_intake_what_was_refused_is_tried_again(archive: Archive, inputs: Path) -> None:
    (path,) = write(inputs, plan="refuse")
    assert intake(archive, path).files[0].result == "refused"
    assert intake(archive, path).files[0].result == "refused"
    assert archive.documents() == []
    assert tree(archive) == []
    assert sql(archive, "SELECT status, document_id FROM runs") == [("refused", None), ("refused", None)]


def test_intake_a_failure_leaves_the_document_that_was_there(archive: Archive, inputs: Path) -> None:
    (path,) = write(inputs, plan="một")
    id = intake(archive, path).files[0].id or ""
    report = intake(archive, path, stages=deadly_extract)
    assert report.files[0].result == "failed"
    assert archive.document(id).text() == "MỘT"
    assert sql(archive, "SELECT status, document_id FROM runs ORDER BY id") == [("done", 1), ("failed", 1)]


class DeadlyIngest(FakeIngest):
    def document(self, document: Any, context: Any) -> Any:
        os._exit(1)


def deadly_extract() -> tuple[Stage, ...]:
    return DeadlyIngest(version=2), FakeOcr(), FakeRestore(), FakeExtract()


def test_intake_reaches_from_value_to_pixel_in_sql(archive: Archive, inputs: Path) -> None:
    (path,) = write(inputs, plan="207/KH-UBND một\nhai")
    intake(archive, path)
    rows = sql(
        archive,
        """
        SELECT f.number, round(f.number_confidence, 2), v.text, e.page, e.word_id, e.text_read, p.picture
        FROM document_fields f
        JOIN record_values v USING (document_id, record_number)
        JOIN evidence e USING (document_id, record_table, record_number, field)
        JOIN pages p ON p.document_id = e.document_id AND p.number = e.page
        WHERE v.record_table = 'document_fields' AND v.field = 'number'
        """,
    )
    assert rows == [("207/KH-UBND", 0.9, "207/KH-UBND", 1, "1.0", "207/KH-UBND", "pages/0001.png")]


def test_intake_removing_a_document_removes_all_of_it(archive: Archive, inputs: Path) -> None:
    intake(archive, *write(inputs, plan="một\nengine"))
    with closing(sqlite3.connect(archive.folder / "catalog.sqlite")) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM documents")
        connection.commit()
    for table in ("pages", "issues", "evidence", "record_values", "document_fields", "document_sources"):
        assert sql(archive, f"SELECT COUNT(*) FROM {table}") == [(0,)]  # noqa: S608
    assert sql(archive, "SELECT document_id FROM runs") == [(None,)]


# --- names -----------------------------------------------------------------------------------------------------------


def test_find_takes_ids_beginnings_and_paths(archive: Archive, inputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = write(inputs, one="một", two="hai")
    intake(archive, first, second)
    ids = [row.id for row in archive.documents()]
    for id in ids:
        assert archive.find(id) == archive.find(id.upper()) == id
        assert archive.find(id[:16]) == id
    one = hashlib.sha256(first.read_bytes()).hexdigest()
    assert archive.find(str(first)) == archive.find("one.txt") == one
    first.unlink()
    assert archive.find(str(first)) == one
    monkeypatch.chdir(inputs)
    assert archive.find("one.txt") == one
    with pytest.raises(DocumentNotFoundError, match="No document"):
        archive.find("nothing.pdf")
    with pytest.raises(DocumentNotFoundError, match="No document"):
        archive.find("%")
    with pytest.raises(DocumentNotFoundError):
        archive.document("0" * 64)


def test_find_names_the_candidates(archive: Archive, inputs: Path) -> None:
    paths = []
    for number in range(17):
        (inputs / str(number)).mkdir()
        paths += write(inputs / str(number), plan=f"trang {number}")
    intake(archive, *paths)
    with pytest.raises(DocumentNotFoundError, match=r"17 documents answer to `plan\.txt`"):
        archive.find("plan.txt")
    ids = [row.id for row in archive.documents()]
    shared = next(id[0] for id in ids if sum(other[0] == id[0] for other in ids) > 1)
    with pytest.raises(DocumentNotFoundError, match=shared):
        archive.find(shared)


def test_intake_takes_hostile_names(archive: Archive, inputs: Path) -> None:
    names = [b"b\xff\xfe.txt", "kế hoạch; rm -rf $(x) '\"\n.txt".encode(), b"..txt", b"-n.t\xc3\xa9xt", b"%s%n{0}.txt"]
    for number, name in enumerate(names):
        (inputs / os.fsdecode(name)).write_text(f"trang {number}", encoding="utf-8")
    report = intake(archive, *(inputs / os.fsdecode(name) for name in names))
    assert [file.result for file in report.files] == ["done"] * 5
    assert all(set(path) <= set("abcdefghijklmnopqrstuvwxyz0123456789./") for path in tree(archive))
    for name in names:
        assert archive.find(str(inputs / os.fsdecode(name)))
    written = archive.export(inputs.parent / "out", "json")
    assert len(written) == 5
    assert all(path.parent == inputs.parent / "out" and path.is_file() for path in written)


def test_intake_tells_of_hostile_names_that_are_refused(archive: Archive, inputs: Path) -> None:
    refused, missing, dead = (inputs / os.fsdecode(name) for name in (b"r\xff.txt", b"m\xff.txt", b"d\xff.txt"))
    refused.write_text("refuse", encoding="utf-8")
    dead.write_text("refuse-by-death", encoding="utf-8")
    report = intake(archive, refused, missing, dead)
    assert [file.result for file in report.files] == ["refused", "refused", "failed"]
    assert sql(archive, "SELECT COUNT(*) FROM runs WHERE path LIKE '%?.txt'") == [(3,)]


def test_expand_sorts_and_leaves_out_with_reasons(tmp_path: Path) -> None:
    for name in ("b/2.pdf", "b/1.PDF", "a/x.tiff", "a/.hidden.pdf", "a/y.docx", "c", "archive/z.pdf"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(b"x")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    found = expand([tmp_path / "in", tmp_path / "in" / "a" / "y.docx"], besides=tmp_path / "in" / "archive")
    assert [str(path.relative_to(tmp_path / "in")) for path in found.files] == [
        "a/x.tiff",
        "b/1.PDF",
        "b/2.pdf",
        "a/y.docx",
    ]
    assert {str(one.path.relative_to(tmp_path / "in")): one.reason for one in found.skipped} == {
        "a/.hidden.pdf": "hidden",
        "a/y.docx": "ending .docx is not read",
        "c": "has no ending",
        "archive": "the archive itself",
        "loop": "a link to a folder",
    }


def test_open_without_creating_needs_an_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no archive"):
        Archive.open(tmp_path / "nowhere", create=False)
    with pytest.raises(ArchiveError, match="no archive"):
        Archive.open(tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []
    Archive.open(tmp_path / "new").close()
    with Archive.open(tmp_path / "new", create=False) as archive:
        assert archive.documents() == []


# --- full disks, crashes, crowds -------------------------------------------------------------------------------------


def no_space(*args: Any, **named: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("target", ["pipeline.archive.files.os.fsync", "pathlib.Path.rename", "pathlib.Path.chmod"])
def test_intake_a_full_disk_leaves_nothing_half_written(
    archive: Archive, inputs: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    (path,) = write(inputs, plan="một")
    with monkeypatch.context() as patch:
        patch.setattr(target, no_space)
        with pytest.raises(FullDiskError) as raised:
            intake(archive, path)
    assert "space" in raised.value.remedy
    assert archive.documents() == []
    assert not [name for name in tree(archive) if "documents" in name or "tmp" in name]
    assert intake(archive, path).files[0].result == "done"


def test_intake_a_full_disk_under_the_catalog_takes_the_folder_back(
    archive: Archive, inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = write(inputs, one="một", two="hai")
    intake(archive, first)
    before = [name for name in tree(archive) if "documents" in name]

    def full(*args: Any, **named: Any) -> None:
        raise FullDiskError("No space is left.", remedy="Free some.")

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.archive.catalog._remember_runs", full)
        with pytest.raises(FullDiskError):
            intake(archive, second)
        with pytest.raises(FullDiskError):
            intake(archive, first, force=True)
    assert [name for name in tree(archive) if "documents" in name] == before
    assert [row.name for row in archive.documents()] == ["one.txt"]
    assert archive.document(archive.find("one.txt")).text() == "MỘT"
    assert intake(archive, second).files[0].result == "done"


def test_intake_a_worker_without_space_stops_the_run(archive: Archive, inputs: Path) -> None:
    first, second = write(inputs, one="một", two="disk")
    with pytest.raises(FullDiskError):
        intake(archive, first, second, options=Options(runner=RunnerOptions(jobs=1)))
    assert [row.name for row in archive.documents()] == ["one.txt"]


LIMITED = """
import resource, sys
from pathlib import Path
sys.path[:0] = [sys.argv[1]]
from fake_stages import fake_stages
from pipeline.archive import Archive
from pipeline.errors import FullDiskError
from pipeline.options import Options

if __name__ == "__main__":
    with Archive.open(Path(sys.argv[2])) as archive:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
        try:
            archive.intake([Path(sys.argv[3])], Options(), stages=fake_stages)
        except FullDiskError as error:
            sys.exit(error.exit_code)
"""


@pytest.mark.parametrize("limit", [2_000, 300_000])
def test_intake_within_a_real_bound_on_files(tmp_path: Path, inputs: Path, limit: int) -> None:
    # A file may not grow past the bound: the lower one stops the worker, the higher one the catalog.
    (path,) = write(inputs, plan="\n".join(f"trang {number}" for number in range(400)))
    script = tmp_path / "limited.py"
    script.write_text(LIMITED, encoding="utf-8")
    command = [
        sys.executable,
        str(script),
        str(Path(__file__).parent),
        str(tmp_path / "archive"),
        str(path),
        str(limit),
    ]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(root)}, timeout=120, check=False)
    assert done.returncode == FullDiskError.exit_code
    with Archive.open(tmp_path / "archive") as archive:
        assert archive.documents() == []
        assert not [name for name in tree(archive) if "documents" in name or "tmp" in name]
        assert intake(archive, path).files[0].result == "done"
        assert archive.documents()[0].pages == 400


CROWD = """
import sys
import time
from pathlib import Path
sys.path[:0] = [sys.argv[1]]
from fake_stages import fake_stages
from pipeline.archive import Archive
from pipeline.options import Options, RunnerOptions

if __name__ == "__main__":
    with Archive.open(Path(sys.argv[2])) as archive:
        report = archive.intake([Path(sys.argv[3])], Options(runner=RunnerOptions(jobs=1)), stages=fake_stages)
    sys.exit(0 if report.all_done else 1)
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_intake_takes_up_what_was_done_when_it_was_ended(tmp_path: Path, inputs: Path, end: signal.Signals) -> None:
    (path,) = write(inputs, plan="\n".join(["slow"] * 12))
    script = tmp_path / "crowd.py"
    script.write_text(CROWD, encoding="utf-8")
    command = [sys.executable, str(script), str(Path(__file__).parent), str(tmp_path / "archive"), str(path)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        deadline_s = time.monotonic() + 60
        while len(list((tmp_path / "archive").glob("work/*/finished/*.json"))) < 3:
            assert time.monotonic() < deadline_s
            time.sleep(0.05)
        process.send_signal(end)
        assert process.wait(timeout=30) != 0
    events: list[Event] = []
    with Archive.open(tmp_path / "archive") as archive:
        assert archive.documents() == []
        assert intake(archive, path, on_event=events.append).files[0].result == "done"
        assert archive.document(archive.find("plan.txt")).text().split() == ["SLOW"] * 12
        assert archive.picture(archive.find("plan.txt"), 1) is not None
    assert len([event for event in events if event.stage == "ocr"]) <= 9


def test_intake_by_two_processes_at_once(tmp_path: Path, inputs: Path) -> None:
    write(inputs, **{f"d{number}": f"trang {number}\nslow" for number in range(4)})
    script = tmp_path / "crowd.py"
    script.write_text(CROWD, encoding="utf-8")
    command = [sys.executable, str(script), str(Path(__file__).parent), str(tmp_path / "archive"), str(inputs)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    processes = [subprocess.Popen(command, env=environment) for _ in range(2)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    with Archive.open(tmp_path / "archive") as archive:
        rows = archive.documents()
        assert sorted(row.name for row in rows) == ["d0.txt", "d1.txt", "d2.txt", "d3.txt"]
        for row in rows:
            assert len(list((archive.folder / "documents" / row.id[:2] / row.id).iterdir())) == 1
            assert archive.picture(row.id, 2) is not None
        assert not [path for path in (archive.folder / "work").iterdir() if path.is_dir()]


def test_intake_a_file_that_changes_meanwhile_is_not_stored(
    archive: Archive, inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = write(inputs, plan="một")

    def change(event: Event) -> None:
        if event.stage == "extract":
            path.write_text("hai", encoding="utf-8")

    report = intake(archive, path, on_event=change)
    assert report.files[0].result == "refused"
    assert report.files[0].error_code == "input-damaged"
    assert archive.documents() == []
    assert tree(archive) == []


def test_open_an_archive_whose_document_is_gone_says_what_to_do(archive: Archive, inputs: Path) -> None:
    id = intake(archive, *write(inputs, plan="một")).files[0].id or ""
    for path in (archive.folder / "documents").rglob("document.json"):
        path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ArchiveError, match="cannot be read") as raised:
        archive.document(id)
    assert "--force" in raised.value.remedy
    assert intake(archive, inputs / "plan.txt", force=True).files[0].result == "done"
    assert archive.document(id).text() == "MỘT"


def test_claims_a_second_process_leaves_the_firsts_work_alone(tmp_path: Path) -> None:
    # Claims are held by process, so another process has to try; it works in a folder beside the first's.
    first = ArchiveFiles(tmp_path)
    first.prepare()
    sha256 = hashlib.sha256(b"plan").hexdigest()
    held = first.claim(sha256, "0" * 64)
    held.mkdir()
    claim = (
        f"import pipeline.archive.files as f; from pathlib import Path; a = f.ArchiveFiles(Path({str(tmp_path)!r})); "
    )
    claim += f"w = a.claim({sha256!r}, '0' * 64); w.mkdir(); a.forget_work({sha256!r}); print(w.name, w.exists())"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    answer = subprocess.run([sys.executable, "-c", claim], env=environment, capture_output=True, text=True, check=True)
    name, exists = answer.stdout.split()
    assert name.startswith(held.name + "-")
    assert exists == "False"
    assert held.exists()
    first.forget_work(sha256)
    first.close()
    assert not held.exists()

"""Where the archive stands: full, read-only, damaged, under a clock that goes back; and files that do not stay put."""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fake_stages import fake_stages
from test_archive_intake import OPTIONS, write
from test_faults import check, complete, documents, orphans, start

from pipeline.archive import Archive
from pipeline.errors import ArchiveError

HERE = Path(__file__).parent
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{HERE.parent}:{HERE}"}
# Mounts are this script's own: nobody else sees them, and they are gone when it ends.
DISK = """
import json, subprocess, sys
from pathlib import Path

from fake_stages import fake_stages
from pipeline.archive import Archive
from pipeline.errors import ArchiveError
from pipeline.options import Options, RunnerOptions

fault, disk, beside, inputs = sys.argv[1], *map(Path, sys.argv[2:])


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def bounded(more_kb):
    used = int(subprocess.run(["df", "-k", "--output=used", disk], capture_output=True, text=True).stdout.split()[1])
    mount("-o", f"remount,size={used + more_kb}k", disk)


if __name__ == "__main__":
    mount("-t", "tmpfs", "none", disk)
    folder, catalog = (beside, disk) if fault == "catalog" else (disk / "archive", beside)
    url = f"sqlite:///{catalog / 'catalog.sqlite'}"
    options = Options(runner=RunnerOptions(jobs=1))
    first, *others = sorted(inputs.iterdir())
    with Archive.open(folder, url=url) as archive:
        archive.intake([first], options, stages=fake_stages)
    if fault == "read-only":
        mount("-o", "remount,ro", disk)
    else:
        bounded(700)
    try:
        with Archive.open(folder, url=url) as archive:
            archive.intake(others, options, stages=fake_stages)
        told = None
    except ArchiveError as error:
        told = [type(error).__name__, error.message, error.remedy, error.exit_code]
    mount("-o", "remount,rw,size=64m", disk)
    with Archive.open(folder, url=url) as archive:
        between = {row.name: archive.document(row.id).text() for row in archive.documents()}
        left = [str(path) for path in folder.rglob("*.tmp")]
        report = archive.intake([inputs], options, stages=fake_stages)
        standing = archive.standing()
        print(json.dumps({
            "told": told,
            "between": between,
            "left": left,
            "results": {file.path.name: file.result for file in report.files},
            "files": standing.files,
            "settled": standing.settled,
            "pages": standing.pages,
            "texts": {row.name: archive.document(row.id).text() for row in archive.documents()},
            "originals": {row.id: archive.original(row.id).read_bytes().decode()[:6] for row in archive.documents()},
            "work": [path.name for path in (folder / "work").iterdir() if path.is_dir()],
        }))
"""


def sha256s(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def can_mount() -> bool:
    """Whether this user may have mounts of its own."""
    return (
        shutil.which("unshare") is not None
        and not subprocess.run(
            ["unshare", "-rm", "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, check=False
        ).returncode
    )


@pytest.mark.skipif(not can_mount(), reason="no mounts of one's own here")
@pytest.mark.parametrize("fault", ["files", "catalog", "read-only"])
def test_faults_a_disk_that_takes_no_more(tmp_path: Path, fault: str) -> None:
    for name in ("disk", "beside", "in"):
        (tmp_path / name).mkdir()
    # Originals fill the disk of the files, pages that of the catalog.
    for number in range(6):
        pages = "\n".join(f"tài liệu {number} trang {page} " + "chữ " * 400 for page in range(30))
        write(tmp_path / "in", **{f"d{number}": f"{pages}\n#{'x' * 250_000}"})
    before = sha256s(tmp_path / "in")
    script = tmp_path / "disk.py"
    script.write_text(DISK, encoding="utf-8")
    told = subprocess.run(
        [
            "unshare",
            "-rm",
            sys.executable,
            str(script),
            fault,
            *(str(tmp_path / at) for at in ("disk", "beside", "in")),
        ],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert told.returncode == 0, told.stderr[-3000:]
    found = json.loads(told.stdout)
    kind, message, remedy, code = found["told"]
    assert kind == ("ArchiveError" if fault == "read-only" else "FullDiskError"), message
    assert code == 6
    assert ("space" if fault != "read-only" else "write") in remedy
    # What was done before is whole, and nothing half-done is there.
    assert "d0.txt" in found["between"]
    assert len(found["between"]) < 6
    assert found["between"].items() <= found["texts"].items()
    assert found["left"] == [] or fault == "read-only"
    assert set(found["results"].values()) == {"done", "already"}
    assert (found["files"], found["settled"], found["pages"]) == ({"done": 6}, True, 180)
    assert set(found["originals"]) == set(before.values())
    assert found["work"] == []
    assert sha256s(tmp_path / "in") == before


# --- a damaged catalog ------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "in").mkdir()
    said = {f"d{number}": f"một {number}\n" + "\n".join(["hai ba"] * 20) for number in range(3)}
    write(tmp_path / "in", **said)
    with Archive.open(tmp_path / "archive") as archive:
        archive.intake([tmp_path / "in"], OPTIONS, stages=fake_stages)
        with archive.database.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    yield tmp_path


def use(archive: Archive, inputs: Path) -> None:
    """What people do with an archive."""
    archive.standing()
    list(archive.unfinished())
    archive.probable_duplicates()
    for row in archive.documents():
        archive.stages_of(row.id)
    archive.search("hai")
    archive.intake([inputs], OPTIONS, stages=fake_stages)


@pytest.mark.parametrize("fill", [lambda size: bytes(size), lambda size: random.Random(size).randbytes(size)])
def test_faults_a_damaged_page_of_the_catalog_is_told_and_mended(filled: Path, fill: Callable[[int], bytes]) -> None:
    catalog = filled / "archive" / "catalog.sqlite"
    whole = catalog.read_bytes()
    size = int.from_bytes(whole[16:18], "big")
    pages = len(whole) // size
    told = Counter[str]()
    for page in sorted({0, 1, *random.Random(3).sample(range(2, pages), 14), pages - 1}):
        for path in catalog.parent.glob("catalog.sqlite*"):
            path.unlink()
        catalog.write_bytes(whole[: page * size] + fill(size) + whole[(page + 1) * size :])
        try:
            with Archive.open(filled / "archive") as archive:
                use(archive, filled / "in")
            told["not seen"] += 1
        except ArchiveError as error:
            assert "damaged" in error.message, error.message
            assert "sohoa rebuild" in error.remedy
            told["damaged"] += 1
    assert told["damaged"] >= 6, told
    for path in catalog.parent.glob("catalog.sqlite*"):
        path.unlink()
    with Archive.open(filled / "archive") as archive:
        assert archive.rebuild() == 3
        assert {row.pages for row in archive.documents()} == {21}
        report = archive.intake([filled / "in"], OPTIONS, stages=fake_stages)
        assert [file.result for file in report.files] == ["already"] * 3
        assert archive.standing().files == {"done": 3}
        assert archive.standing().pages == 63
        assert len(archive.search("hai", limit=100)) == 60


# --- the clock, and files that do not stay put ------------------------------------------------------------------------


def set_clock(patch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let the archive's clock differ from the machine's."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + by

    real_ns = time.time_ns
    patch.setattr("pipeline.archive.files.time.time_ns", lambda: real_ns() + int(by.total_seconds() * 1e9))
    for module in ("catalog", "ledger", "corrections"):
        patch.setattr(f"pipeline.archive.{module}.datetime", Clock)


def test_faults_a_clock_that_is_set_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    sign = tmp_path / "sign"
    first, late = write(tmp_path / "in", first="một", late=f"hai\nawaits {sign}")
    hashes = sha256s(tmp_path / "in")
    with Archive.open(tmp_path / "archive") as archive:
        archive.intake([tmp_path / "in"], OPTIONS, stages=fake_stages)
        assert archive.seed(f"sqlite:///{tmp_path / 'out.db'}").written == 2
        before = {row.name: row.added_at for row in archive.documents()}
        set_clock(monkeypatch, timedelta(days=-365))
        sign.touch()
        assert [file.result for file in archive.retry(OPTIONS, stages=fake_stages).files] == ["done"]
        (new,) = write(tmp_path / "in", new="ba")
        report = archive.intake([tmp_path / "in"], OPTIONS, stages=fake_stages)
        assert [file.result for file in report.files] == ["already", "already", "done"]
        assert archive.intake([first], OPTIONS, force=True, stages=fake_stages).all_done
        # What was done last counts, whatever time it was.
        assert archive.document(archive.find(str(late))).text().startswith("HAI\n\nAWAITS")
        assert {row.name: row.added_at for row in archive.documents() if row.name in before} == before
        assert archive.standing().files == {"done": 3}
        assert archive.seed(f"sqlite:///{tmp_path / 'out.db'}").written == 3
        texts = {row.id: archive.document(row.id).text() for row in archive.documents()}
        assert sorted(texts) == sorted({**hashes, "new": hashlib.sha256(new.read_bytes()).hexdigest()}.values())
        assert all(len(list(path.iterdir())) == 1 for path in (tmp_path / "archive" / "documents").glob("??/*"))
    with Archive.open(tmp_path / "archive", url=f"sqlite:///{tmp_path / 'anew.sqlite'}") as archive:
        assert archive.rebuild() == 3
        assert {row.id: archive.document(row.id).text() for row in archive.documents()} == texts


def test_faults_files_that_are_renamed_moved_and_changed(tmp_path: Path) -> None:
    inputs = tmp_path / "in"
    (inputs / "deep").mkdir(parents=True)
    plan, other = write(inputs, plan="một\nhai", other="ba")
    ids = sha256s(inputs)
    with Archive.open(tmp_path / "archive") as archive:

        def again() -> list[str]:
            return [file.result for file in archive.intake([inputs], OPTIONS, stages=fake_stages).files]

        assert again() == ["done", "done"]
        renamed = plan.rename(inputs / "renamed.txt")
        assert again() == ["already", "already"]
        moved = renamed.rename(inputs / "deep" / "renamed.txt")
        assert again() == ["already", "already"]
        moved.write_text("một\nhai\nbốn", encoding="utf-8")
        # The content that went from here comes back under the name of another.
        other.write_text("một\nhai", encoding="utf-8")
        assert Counter(again()) == {"done": 1, "already": 1}
        rows = {row.id: row for row in archive.documents()}
        assert set(rows) == {*ids.values(), hashlib.sha256(moved.read_bytes()).hexdigest()}
        assert sum(row.pages for row in rows.values()) == 2 + 1 + 3
        assert archive.find(str(other)) == ids["plan.txt"]
        assert archive.find(str(moved)) == hashlib.sha256(moved.read_bytes()).hexdigest()
        for id_ in rows:
            assert hashlib.sha256(archive.original(id_).read_bytes()).hexdigest() == id_
        standing = archive.standing()
        assert standing.settled
        assert standing.files == {"done": 4}
        assert again() == ["already", "already"]
        assert len(archive.documents()) == 3


# --- ended by hand, and two at once -----------------------------------------------------------------------------------


def test_faults_ctrl_c_ends_within_seconds_and_the_next_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "strikes").mkdir()
    (tmp_path / "in").mkdir()
    sign = tmp_path / "sign"
    write(tmp_path / "in", a="một", b=f"hai\nholds {sign}\nholds {sign}", c="ba")
    url = f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    with Archive.open(tmp_path / "archive", url=url) as archive:
        process = start(tmp_path, url, tmp_path / "in")
        deadline_s = time.monotonic() + 120
        while archive.standing().files.get("done", 0) < 2 and time.monotonic() < deadline_s:
            time.sleep(0.05)
        began_s = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        took_s = time.monotonic() - began_s
        assert process.returncode not in (0, -9)
        assert took_s < 10, took_s
        deadline_s = time.monotonic() + 10
        while orphans(tmp_path / "archive") and time.monotonic() < deadline_s:
            time.sleep(0.05)
        assert not orphans(tmp_path / "archive")
        assert archive.standing().files == {"done": 2, "interrupted": 1}
        sign.touch()
        assert archive.intake([tmp_path / "in"], OPTIONS, stages=fake_stages).all_done
        assert archive.standing().files == {"done": 3}


@pytest.mark.timeout(300)
def test_faults_two_runs_at_once_of_which_one_is_killed(tmp_path: Path) -> None:
    texts = documents(tmp_path / "in", 12, seed=9, slow=True)
    inputs, url = tmp_path / "in", f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    hashes = sha256s(inputs)
    (tmp_path / "strikes").mkdir()
    killed, other = (start(tmp_path, url, inputs) for _ in range(2))
    with Archive.open(tmp_path / "archive", url=url) as archive:
        deadline_s = time.monotonic() + 120
        while archive.standing().files.get("done", 0) < 3 and time.monotonic() < deadline_s:
            time.sleep(0.02)
        killed.kill()
    for process in (killed, other):
        _, told = process.communicate(timeout=240)
    assert (killed.returncode, other.returncode) == (-9, 0), told.decode()
    assert complete(tmp_path, url, inputs, most=1) == 0
    check(tmp_path, url, inputs, texts, hashes)

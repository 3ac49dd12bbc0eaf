"""Whatever is killed, and whenever: nothing is lost, nothing is there twice, and the next run completes.

`make faults` kills some hundred times at random; here every boundary between stages, and every step of storing a
document, is struck once, and a handful of random moments.
"""

import hashlib
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest
from fault_stages import PLAN, STORING
from postgresql_server import Server
from test_archive_intake import write

from pipeline.archive import Archive
from pipeline.errors import ArchiveError

HERE = Path(__file__).parent
STAGES = ("ingest", "ocr", "restore", "extract")
# A worker that dies before its document's pages are counted costs the attempt, so `retry` has to take it up.
BOUNDARIES = [
    f"{stage}.{when}.{victim}" for stage in STAGES for when in ("before", "after") for victim in ("worker", "parent")
]
STEPS = [f"{step}.{when}.self" for step in STORING for when in ("before", "after")]
KILLS = int(os.environ.get("KILLS", "200"))


def documents(folder: Path, count: int, seed: int, slow: bool = False) -> dict[str, str]:
    """Files with the text that is to come of them."""
    choose = random.Random(seed)
    folder.mkdir()
    texts = {}
    for number in range(count):
        lines = [f"tài liệu {number} trang {page}" for page in range(1, choose.randint(2, 5))]
        if slow and number % 3 < 2:
            lines.append(("slow", "program")[number % 3])
        write(folder, **{f"d{number:03}": "\n".join(lines)})
        texts[f"d{number:03}.txt"] = "\n\n".join(lines).upper()
    return texts


def start(tmp_path: Path, url: str, inputs: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(HERE / "fault_stages.py"), str(tmp_path / "archive"), url, str(inputs)]
    environment = os.environ | {"PYTHONPATH": f"{HERE.parent}:{HERE}", PLAN: str(tmp_path / "strikes")}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)


def check(tmp_path: Path, url: str, inputs: Path, texts: dict[str, str], hashes: dict[str, str]) -> None:
    """No page lost, none twice, originals intact, everything accounted for, nothing left lying about."""
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in inputs.iterdir()} == hashes
    with Archive.open(tmp_path / "archive", url=url) as archive:
        standing = archive.standing()
        assert standing.settled
        assert standing.files == {"done": len(texts)}
        assert standing.pages == sum(text.count("\n\n") + 1 for text in texts.values())
        rows = archive.documents()
        assert sorted(row.name for row in rows) == sorted(texts)
        for row in rows:
            assert archive.document(row.id).text() == texts[row.name]
            assert hashlib.sha256(archive.original(row.id).read_bytes()).hexdigest() == row.id == hashes[row.name]
            assert len(list((archive.folder / "documents" / row.id[:2] / row.id).iterdir())) == 1
        kept = [path for path in (archive.folder / "originals").rglob("*") if path.is_file()]
        assert len(kept) == len(texts)
        assert not [path for path in (archive.folder / "work").iterdir() if path.is_dir()]


def orphans(archive: Path) -> list[psutil.Process]:
    """Processes of a run that is gone."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if str(archive) in " ".join(process.cmdline()):
                found.append(process)
    return found


def complete(tmp_path: Path, url: str, inputs: Path, most: int) -> int:
    """Run until a run comes to its end by itself; how many did not."""
    for killed in range(most):
        process = start(tmp_path, url, inputs)
        _, told = process.communicate(timeout=240)
        if process.returncode == 0:
            return killed
        assert process.returncode == -9, told.decode()
    pytest.fail(f"{most} runs did not come to an end.")


@pytest.mark.timeout(600)
def test_faults_at_every_boundary(tmp_path: Path) -> None:
    texts = documents(tmp_path / "in", 12, seed=1)
    inputs, url = tmp_path / "in", f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in inputs.iterdir()}
    (tmp_path / "strikes").mkdir()
    strikes = [*BOUNDARIES, *STEPS, "ocr.before.engine", "restore.before.engine"]
    for name in strikes:
        (tmp_path / "strikes" / name).touch()
    killed = complete(tmp_path, url, inputs, most=len(strikes) + 1)
    assert not list((tmp_path / "strikes").iterdir())
    assert killed >= len(STEPS)
    check(tmp_path, url, inputs, texts, hashes)


def spent_s(process: psutil.Process) -> float:
    """The processor time that a run and all that it started have taken."""
    total = 0.0
    with suppress(psutil.Error):
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                total += sum(one.cpu_times())
    return total


def strike_at_random(process: subprocess.Popen[bytes], choose: random.Random, server: Server | None) -> str | None:
    """Kill the run, one of its workers or their programs, or restart the server; tells which, or None if it had ended.

    Moments are drawn by the processor time of the run, so that a busy machine does not put all at its beginning: one in
    eight is before there are workers, the others are once there are.
    """
    run = psutil.Process(process.pid)
    early = choose.random() < 0.125
    family: list[psutil.Process] = []
    with suppress(psutil.Error):
        while process.poll() is None and not early and not family:
            time.sleep(0.02)
            family = members(run)
        after_s = spent_s(run) + choose.uniform(0.0, 1.5 if early else 2.5)
        deadline_s = time.monotonic() + choose.uniform(0.0, 30.0)
        while process.poll() is None and spent_s(run) < after_s and time.monotonic() < deadline_s:
            time.sleep(0.02)
        if process.poll() is not None:
            return None
        if server is not None and choose.random() < 0.15:
            server.stop(choose.choice(("fast", "immediate")))
            server.start()
            return "server"
        family = members(run)
        if family and choose.random() < 0.7:
            victim = choose.choice(family)
            is_program = victim.name() in ("sh", "dash", "bash")
            victim.kill()
            return "program" if is_program else "worker"
        run.kill()
        return "run"
    return None


def members(run: psutil.Process) -> list[psutil.Process]:
    """The workers of a run and their programs."""
    return [one for one in run.children(recursive=True) if "resource_tracker" not in " ".join(one.cmdline())]


def kill_at_random(
    tmp_path: Path, url_of: Callable[[int], str], kills: int, seed: int, count: int, server: Server | None = None
) -> Counter[str]:
    """Kill runs and workers until there were so many, then let a run complete; who was killed how often."""
    choose = random.Random(seed)
    struck: Counter[str] = Counter()
    round_ = 0
    while sum(struck.values()) < kills:
        round_ += 1
        texts = documents(tmp_path / f"in{round_}", count, seed + round_, slow=True)
        inputs, url = tmp_path / f"in{round_}", url_of(round_)
        place = tmp_path / f"round{round_}"
        (place / "strikes").mkdir(parents=True)
        hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in inputs.iterdir()}
        ended = False
        while not ended and sum(struck.values()) < kills:
            process = start(place, url, inputs)
            while process.poll() is None and sum(struck.values()) < kills:
                victim = strike_at_random(process, choose, server)
                if victim is not None:
                    struck[victim] += 1
            _, told = process.communicate(timeout=240)
            # A run that begins while its server is away says so and ends; one that is at work waits.
            lost = server is not None and "LostCatalogError" in told.decode()
            assert process.returncode in (0, -9) or lost, told.decode()
            ended = process.returncode == 0
        complete(place, url, inputs, most=2)
        check(place, url, inputs, texts, hashes)
        print(f"round {round_}: {dict(struck)}", flush=True)
        deadline_s = time.monotonic() + 20
        while orphans(place / "archive") and time.monotonic() < deadline_s:
            time.sleep(0.1)
        assert not orphans(place / "archive")
    return struck


@pytest.mark.timeout(600)
def test_faults_at_random_moments(tmp_path: Path) -> None:
    struck = kill_at_random(tmp_path, lambda number: f"sqlite:///{tmp_path}/catalog{number}.sqlite", 8, seed=7, count=9)
    assert sum(struck.values()) == 8


@pytest.mark.faults
@pytest.mark.timeout(7200)
def test_faults_in_the_long_run(tmp_path: Path) -> None:
    kills = KILLS - KILLS // 4
    struck = kill_at_random(
        tmp_path, lambda number: f"sqlite:///{tmp_path}/catalog{number}.sqlite", kills, seed=11, count=30
    )
    assert sum(struck.values()) == kills
    print(f"{kills} strikes on SQLite: {dict(struck)}")


@pytest.mark.faults
@pytest.mark.timeout(7200)
def test_faults_in_the_long_run_on_postgresql(postgresql: Server, tmp_path: Path) -> None:
    kills = KILLS // 4
    struck = kill_at_random(tmp_path, lambda _: postgresql.new_database(), kills, seed=12, count=30, server=postgresql)
    assert sum(struck.values()) == kills
    print(f"{kills} strikes on PostgreSQL: {dict(struck)}")


def test_faults_a_damaged_catalog_says_what_to_do_and_is_made_anew(tmp_path: Path) -> None:
    texts = documents(tmp_path / "in", 4, seed=3)
    inputs, catalog = tmp_path / "in", tmp_path / "catalog.sqlite"
    url = f"sqlite:///{catalog}"
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in inputs.iterdir()}
    (tmp_path / "strikes").mkdir()
    assert complete(tmp_path, url, inputs, most=1) == 0
    with closing(sqlite3.connect(catalog)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    whole = bytearray(catalog.read_bytes())
    # Every page but the first, which says that it is a database.
    whole[size:] = bytes(len(whole) - size)
    catalog.write_bytes(whole)
    with pytest.raises(ArchiveError) as raised, Archive.open(tmp_path / "archive", url=url) as archive:
        archive.documents()
    assert "damaged" in raised.value.message
    assert "sohoa rebuild" in raised.value.remedy
    catalog.rename(tmp_path / "damaged.sqlite")
    with Archive.open(tmp_path / "archive", url=url) as archive:
        assert archive.rebuild() == len(texts)
        assert {row.name: row.status for row in archive.documents()} == dict.fromkeys(texts, "done")
    events = tmp_path / "strikes" / "ingest.before.worker"
    events.touch()  # would strike if anything were digitised again
    assert complete(tmp_path, url, inputs, most=1) == 0
    assert events.exists()
    check(tmp_path, url, inputs, texts, hashes)

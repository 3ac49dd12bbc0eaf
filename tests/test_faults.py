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
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest
from fault_stages import PLAN, STORING
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
        if slow and number % 3 == 0:
            lines.append("slow")
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


def strike_at_random(process: subprocess.Popen[bytes], choose: random.Random, within_s: float) -> str | None:
    """Kill the run or one of its workers at some moment; which it was, or None where it had ended."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(choose.uniform(0.0, within_s))
        return None
    with suppress(psutil.Error):
        whole = psutil.Process(process.pid)
        family = [one for one in whole.children(recursive=True) if "resource_tracker" not in " ".join(one.cmdline())]
        if family and choose.random() < 0.6:
            choose.choice(family).kill()
            return "worker"
        whole.kill()
        return "run"
    return None


def kill_at_random(tmp_path: Path, url: str, kills: int, seed: int, count: int) -> Counter[str]:
    """Kill runs and workers until there were so many, then let a run complete; who was killed how often."""
    choose = random.Random(seed)
    (tmp_path / "strikes").mkdir()
    struck: Counter[str] = Counter()
    round_ = 0
    while sum(struck.values()) < kills:
        round_ += 1
        texts = documents(tmp_path / f"in{round_}", count, seed + round_, slow=True)
        inputs = tmp_path / f"in{round_}"
        place = tmp_path / f"round{round_}"
        (place / "strikes").mkdir(parents=True)
        hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in inputs.iterdir()}
        ended = False
        while not ended and sum(struck.values()) < kills:
            process = start(place, url.format(round=round_), inputs)
            while process.poll() is None and sum(struck.values()) < kills:
                victim = strike_at_random(process, choose, within_s=4.0)
                if victim is not None:
                    struck[victim] += 1
            if sum(struck.values()) < kills:
                process.wait(timeout=120)
            else:
                process.wait(timeout=240)
            ended = process.returncode == 0
            if process.stderr is not None:
                process.stderr.close()
        complete(place, url.format(round=round_), inputs, most=2)
        check(place, url.format(round=round_), inputs, texts, hashes)
        deadline_s = time.monotonic() + 20
        while orphans(place / "archive") and time.monotonic() < deadline_s:
            time.sleep(0.1)
        assert not orphans(place / "archive")
    return struck


@pytest.mark.timeout(600)
def test_faults_at_random_moments(tmp_path: Path) -> None:
    struck = kill_at_random(tmp_path, f"sqlite:///{tmp_path}/catalog{{round}}.sqlite", kills=8, seed=7, count=9)
    assert sum(struck.values()) == 8


@pytest.mark.faults
@pytest.mark.timeout(7200)
def test_faults_in_the_long_run(tmp_path: Path) -> None:
    struck = kill_at_random(tmp_path, f"sqlite:///{tmp_path}/catalog{{round}}.sqlite", KILLS, seed=11, count=30)
    print(f"\n{sum(struck.values())} kills: {dict(struck)}")


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

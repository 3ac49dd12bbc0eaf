"""Whose a folder of work is: a process of another machine, or of another container, is never taken for a dead one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.archive.files import ArchiveFiles
from pipeline.archive.owners import is_gone, lives, own_mark, this_process

DEAD = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
DEAD_PID = int(DEAD.stdout)


def test_owner_is_gone_only_where_it_would_be_seen() -> None:
    place = own_mark().rpartition(".")[0]
    assert not is_gone(own_mark())
    assert is_gone(f"{place}.{DEAD_PID}")
    assert not is_gone(f"other-{place}.{DEAD_PID}")
    assert not is_gone(f"{place}1.{DEAD_PID}")
    assert not is_gone(f"{place}.x")


def test_owner_lives_until_its_process_ends_and_elsewhere_for_all_we_know() -> None:
    machine, pid, started = this_process().rsplit(":", 2)
    assert lives(this_process())
    assert not lives(f"{machine}:{pid}:{int(started) - 1}")
    assert not lives(f"{machine}:{DEAD_PID}:1")
    assert lives(f"other-{machine}:{DEAD_PID}:1")
    assert not lives(None)


@pytest.mark.parametrize("before", ["", "gpu-", "a-b-"])
def test_sweep_leaves_the_work_of_other_machines(tmp_path: Path, before: str) -> None:
    files = ArchiveFiles(tmp_path)
    files.prepare()
    claimed = "f" * 64 + "-" + "0" * 16
    place = own_mark().rpartition(".")[0]
    mine, dead, alive, theirs = (
        tmp_path / "work" / f"{claimed}-{name}"
        for name in (own_mark(), f"{place}.{DEAD_PID}", f"{place}.{os.getppid()}", f"{before}x{place}.{DEAD_PID}")
    )
    for folder in (mine, dead, alive, theirs, tmp_path / "work" / claimed):
        folder.mkdir()
    files.sweep(lambda sha256: None)
    assert {path for path in (tmp_path / "work").iterdir() if path.is_dir()} == {
        *(mine, alive, theirs),
        tmp_path / "work" / claimed,
    }

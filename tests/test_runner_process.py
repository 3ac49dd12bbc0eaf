"""A worker is measured with all that it started."""

import subprocess
import sys
import time

import psutil
import pytest

from pipeline.runner.process import _descendants

# A process that starts another from a thread of its own, which starts a third.
FAMILY = (
    "import subprocess, sys, threading, time\n"
    "start = lambda: subprocess.run(['sh', '-c', 'sleep 60; true'], check=False)\n"
    "threading.Thread(target=start, daemon=True).start()\n"
    "time.sleep(60)\n"
)


@pytest.mark.parametrize("told", [True, False], ids=["kernel", "all-processes"])
def test_process_knows_what_it_started_from_any_thread(told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    family = subprocess.Popen([sys.executable, "-c", FAMILY])
    try:
        deadline_s = time.monotonic() + 30
        while len(psutil.Process(family.pid).children(recursive=True)) < 2 and time.monotonic() < deadline_s:
            time.sleep(0.05)
        expected = sorted(child.pid for child in psutil.Process(family.pid).children(recursive=True))
        assert len(expected) == 2
        if not told:

            def silent(path: object) -> object:
                raise FileNotFoundError

            monkeypatch.setattr("pipeline.runner.process.Path.iterdir", silent)
        assert sorted(_descendants(family.pid)) == expected
    finally:
        for child in psutil.Process(family.pid).children(recursive=True):
            child.kill()
        family.kill()
        family.wait()


def test_process_that_is_gone_started_nothing() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert _descendants(process.pid) == []

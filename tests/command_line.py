"""How tests call `sohoa`: in this process where that is enough, in a process of its own where it is not."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.cli import main

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Answer:
    """What a command said and its exit code."""

    code: int
    out: str
    err: str


def call(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Answer:
    """Call `sohoa` in this process."""
    capsys.readouterr()
    code = 0
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    captured = capsys.readouterr()
    return Answer(code, captured.out, captured.err)


def command(*arguments: str | Path) -> list[str]:
    """The command line that calls `sohoa` from the sources."""
    return [sys.executable, "-m", "pipeline", *map(str, arguments)]


def environment(**more: str) -> Mapping[str, str]:
    """This process's environment, with the sources on the path and a plain terminal."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_THREAD_LIMIT": "1", "NO_COLOR": "1", **more}


def spawn(*arguments: str | Path, cwd: Path, timeout_s: float = 240.0, stdin: str = "", **more: str) -> Answer:
    """Call `sohoa` in a process of its own; further names are variables of its environment."""
    told = subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(**more),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    return Answer(told.returncode, told.stdout, told.stderr)

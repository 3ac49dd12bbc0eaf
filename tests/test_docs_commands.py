"""The commands in the documentation work as they stand there."""

import re
import subprocess
from pathlib import Path

import pytest
from command_line import ROOT, command, environment

DOCUMENTS = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if path.exists()]
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[str]:
    """The lines of console blocks that begin with `$ sohoa`, continued lines joined, as they are typed."""
    found: list[str] = []
    for block in _BLOCK.findall(text):
        joined = block.replace("\\\n", " ")
        found += [line.removeprefix("$ ") for line in joined.splitlines() if line.startswith("$ sohoa ")]
    return found


def test_commands_are_found_in_console_blocks_only() -> None:
    text = (
        "```console\n$ sohoa run a.pdf\nall done\n$ make run\n```\n\n$ sohoa no\n"
        "```bash\n$ sohoa no\n```\n```console\n$ sohoa text \\\n    ab | head -3\n```\n"
    )
    assert commands(text) == ["sohoa run a.pdf", "sohoa text      ab | head -3"]


def test_the_readme_shows_how_to_begin() -> None:
    shown = commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert any(line.startswith("sohoa run ") for line in shown)
    assert any(line.startswith("sohoa show ") for line in shown)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("document", DOCUMENTS, ids=[path.name for path in DOCUMENTS])
def test_commands_of_a_document_work_one_after_the_other(document: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "sohoa"
    program.write_text(f'#!/bin/sh\nexec {" ".join(command())} "$@"\n')
    program.chmod(0o755)
    work = tmp_path / "work"
    (work / "corpus").mkdir(parents=True)
    (work / "corpus" / "scans").symlink_to(ROOT / "corpus" / "scans")
    for line in commands(document.read_text(encoding="utf-8")):
        told = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=work,
            env={**environment(), "PATH": f"{program.parent}:{environment()['PATH']}"},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert told.returncode in (0, 141), f"{document.name}: {line}\n{told.stderr or told.stdout}"
        assert "Traceback" not in told.stderr

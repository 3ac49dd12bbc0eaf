"""One place tells errors: what happened, what to do, the right exit code; no traceback unless it is asked for."""

import os
import subprocess
from pathlib import Path

import pytest
from command_line import call, command, environment, spawn

from pipeline import errors
from pipeline.archive import Archive
from pipeline.errors import SohoaError

COMMANDS = ["run", "list", "show", "text", "records", "export", "restore", "evaluate", "doctor", "config"]


def every_kind(kind: type[SohoaError] = SohoaError) -> list[type[SohoaError]]:
    own = [child for child in kind.__subclasses__() if child.__module__ == errors.__name__]
    return [kind, *(found for child in own for found in every_kind(child))]


def break_archive(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Archive, "open", fail)


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)
def test_a_foreseen_error_is_told_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: type[SohoaError]
) -> None:
    break_archive(monkeypatch, kind("It broke.", remedy="Mend it."))
    answer = call(capsys, "list")
    assert (answer.code, answer.out, answer.err) == (kind.exit_code, "", "It broke.\nWhat to do: Mend it.\n")


def test_an_unforeseen_error_is_short_and_says_where_to_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SOHOA_DEBUG", raising=False)
    break_archive(monkeypatch, ZeroDivisionError("by zero"))
    answer = call(capsys, "list")
    assert answer.code == 1
    assert "ZeroDivisionError: by zero" in answer.err
    assert "--debug" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("arguments", [["--debug", "list"], ["list", "--debug"]])
def test_debug_shows_the_traceback_wherever_it_stands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setenv("SOHOA_DEBUG", "")
    break_archive(monkeypatch, ZeroDivisionError("by zero"))
    answer = call(capsys, *arguments)
    assert answer.code == 1
    assert "Traceback" in answer.err


def test_ctrl_c_exits_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    break_archive(monkeypatch, KeyboardInterrupt())
    answer = call(capsys, "list")
    assert answer.code == 130
    assert "run the same command again" in answer.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], name: str) -> None:
    answer = call(capsys, name, "--help")
    assert answer.code == 0
    assert f"Usage: sohoa {name}" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 100
    if name not in ("doctor", "config", "restore", "evaluate"):
        assert "--archive" in answer.out


def test_every_command_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    out = call(capsys, "--help").out
    positions = [out.index(f"\n  {name} ") for name in COMMANDS]
    assert positions == sorted(positions)
    assert "sohoa run SCAN.pdf" in out


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "--version")
    assert answer.code == 0
    assert answer.out.startswith("sohoa ")


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "nothing")
    assert answer.code == 2
    assert "nothing" in answer.err


def test_a_wrong_option_is_refused_before_any_work(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    answer = call(capsys, "run", tmp_path, "--archive", archive, "--set", "ocr.speed=1")
    assert answer.code == 2
    assert "speed" in answer.err
    assert not archive.exists()


def test_help_needs_nothing_heavy(tmp_path: Path) -> None:
    probe = (
        "import sys\nfrom pipeline.cli import main\n"
        "try:\n    main(['run', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'cv2', 'numpy', 'pandas', 'spacy', 'sqlalchemy', 'msgspec', 'numba'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [command()[0], "-c", probe], env=environment(), cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-1] == "[]"


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb") as closed:
        told = subprocess.run(
            command("config"), env=environment(), cwd=tmp_path, stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert told.stderr == b""
    assert told.returncode == 141


def test_messages_are_utf8_whatever_the_locale(tmp_path: Path) -> None:
    answer = spawn("run", "--help", cwd=tmp_path, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert answer.code == 0
    wrong = spawn("text", "kế-hoạch.pdf", cwd=tmp_path, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert wrong.code == 6
    assert "Traceback" not in wrong.err

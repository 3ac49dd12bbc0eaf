"""The doctor finds what is missing on a bare system and says what to type."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
from command_line import ROOT, call

from pipeline import doctor
from pipeline.doctor import PACKAGES, Finding, commands, examine


def found(findings: list[Finding], part: str) -> Finding:
    return next(finding for finding in findings if part in finding.part)


def put_program(folder: Path, text: str) -> None:
    program = folder / "tesseract"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)


def test_every_dependency_is_looked_at() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(PACKAGES) == {re.match(r"[\w-]+", wanted)[0] for wanted in project["dependencies"]}  # type: ignore[index]


def test_nothing_is_missing_here(tmp_path: Path) -> None:
    findings = list(examine(tmp_path))
    assert [finding for finding in findings if finding.state == "missing"] == []
    assert commands(findings) == []


def test_a_missing_tesseract_is_installed_with_its_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    findings = list(doctor._tesseract(("vie", "chi_sim")))
    assert {finding.state for finding in findings} == {"missing"}
    monkeypatch.setattr(doctor.shutil, "which", lambda _: "/usr/bin/apt-get")
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 1000)
    assert commands(findings) == [
        "sudo apt-get update && sudo apt-get install -y tesseract-ocr tesseract-ocr-vie tesseract-ocr-chi-sim"
    ]
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 0)
    assert commands(findings)[0].startswith("apt-get update && apt-get install -y")


def test_without_apt_the_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    assert commands([Finding("Tesseract", "missing", "", apt=("tesseract-ocr",))]) == [
        "# with this system's own package manager, under its names for: tesseract-ocr"
    ]


@pytest.mark.parametrize(
    ("answers", "part", "state"),
    [
        ("echo tesseract 5.3.0; echo vie", "Tesseract", "ok"),
        ("echo tesseract v5.5.2; echo vie", "Tesseract", "ok"),
        ("echo tesseract 4.1.1; echo vie", "Tesseract", "warning"),
        ("echo nonsense", "Tesseract", "missing"),
        ("exit 3", "Tesseract", "missing"),
        ("echo tesseract 5.3.0; echo eng", "language vie", "missing"),
        ("echo tesseract 5.3.0; echo vie", "language vie", "ok"),
    ],
)
def test_tesseract_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: str, part: str, state: str
) -> None:
    put_program(tmp_path, answers)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert found(list(doctor._tesseract(("vie",))), part).state == state


def test_a_tesseract_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_program(tmp_path, "exec sleep 60")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(doctor, "_PROGRAM_TIMEOUT_S", 0.5)
    assert found(list(doctor._tesseract(("vie",))), "Tesseract").state == "missing"


def test_a_missing_package_is_installed_with_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", {"not-a-package": "not_a_module", "msgspec": "msgspec"})
    findings = list(doctor._packages())
    assert [finding.state for finding in findings] == ["missing", "ok"]
    assert commands(findings) == [f"{sys.executable} -m pip install not-a-package"]


def test_a_missing_system_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file: No such file')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    finding = doctor._opencv()
    assert (finding.state, finding.found) == ("missing", "libGL.so.1 is missing")
    assert finding.apt == ("libgl1", "libglib2.0-0")


def test_weights_are_compared_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import models
    from models.weights import write_manifest

    folder = tmp_path / "thing" / "weights"
    folder.mkdir(parents=True)
    (folder / "a.bin").write_bytes(b"right")
    write_manifest(folder, ["a.bin"])
    monkeypatch.setattr(models, "__path__", [str(tmp_path)])
    assert [finding.state for finding in doctor._weights()] == ["ok"]
    (folder / "a.bin").write_bytes(b"wrong")
    finding = next(doctor._weights())
    assert (finding.part, finding.state) == ("weights of thing", "missing")
    assert "a.bin" in finding.found
    (folder / "a.bin").unlink()
    assert next(doctor._weights()).state == "missing"
    (folder / "manifest.json").write_text("{}")
    assert next(doctor._weights()).state == "missing"
    (folder / "manifest.json").unlink()
    assert next(doctor._weights()).state == "missing"


def test_a_folder_that_cannot_be_written_to_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._folder("archive", tmp_path / "a" / "b").state == "ok"
    monkeypatch.setattr(doctor.os, "access", lambda *_: False)
    assert doctor._folder("archive", tmp_path / "a" / "b").state == "missing"
    monkeypatch.undo()
    (tmp_path / "file").write_text("")
    assert doctor._folder("archive", tmp_path / "file" / "b").state == "missing"


def test_a_full_disk_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = doctor.shutil.disk_usage(tmp_path)._replace(free=2**20)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)
    assert doctor._folder("archive", tmp_path).state == "warning"


def test_doctor_prints_what_to_type(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing = Finding("Tesseract", "missing", "not on the PATH", "Install it.", apt=("tesseract-ocr",))
    monkeypatch.setattr(doctor, "examine", lambda *_: iter([Finding("Python", "ok", "3.12"), missing]))
    answer = call(capsys, "doctor", "--archive", tmp_path)
    assert answer.code == 4
    assert "missing Tesseract: not on the PATH. Install it." in answer.out
    assert "1 of 2 are missing." in answer.out
    assert "tesseract-ocr" in answer.out.splitlines()[-1]


def test_doctor_is_content(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answer = call(capsys, "doctor", "--archive", tmp_path)
    assert answer.code == 0
    assert answer.out.endswith("Everything that Sohoa needs is here.\n")


def test_config_prints_a_file_that_is_read_back(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from pipeline.options import Options, load_options

    (tmp_path / "sohoa.toml").write_text(call(capsys, "config").out, encoding="utf-8")
    assert load_options(tmp_path / "sohoa.toml") == Options()

"""The wheel holds all that a user needs, and needs no compiler."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from pipeline.archive.migrations.preparing import VERSIONS

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True
    )
    return next(folder.glob("sohoa-*.whl"))


@pytest.mark.slow
def test_wheel_contents(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in ("pipeline/default.toml", "pipeline/py.typed", "models/restoration/weights/manifest.json"):
        assert needed in names
    revisions = {f"pipeline/archive/migrations/versions/{path.name}" for path in VERSIONS.glob("r*.py")}
    assert revisions | {"pipeline/archive/migrations/env.py"} <= names
    assert any(name.startswith("pipeline/language/data/") for name in names)
    assert not any(name.startswith(("tests/", "corpus/scans/", "notebooks/")) for name in names)


@pytest.mark.slow
def test_wheel_digitises_in_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", str(wheel)], check=True, capture_output=True)
    scan = next((ROOT / "corpus" / "scans").glob("*/source.pdf"))
    # The dependencies come from here by path, which leaves an editable installation of the tree out.
    clean = {
        "PATH": f"{environment / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": sysconfig.get_paths()["purelib"],
        "HOME": str(tmp_path),
    }
    work = tmp_path / "work"
    work.mkdir()
    command = environment / "bin" / "sohoa"
    where = subprocess.run(
        [python, "-c", "import pipeline, models, corpus; print(pipeline.__file__, models.__file__, corpus.__file__)"],
        check=True,
        capture_output=True,
        text=True,
        cwd=work,
        env=clean,
    ).stdout
    assert where.count(str(environment)) == 3
    ran = subprocess.run([command, "run", str(scan)], capture_output=True, text=True, cwd=work, env=clean, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    shown = subprocess.run(
        [command, "records", str(scan)], capture_output=True, text=True, cwd=work, env=clean, check=True
    )
    assert '"sections"' in shown.stdout


@pytest.mark.slow
def test_wheel_dependencies_are_wheels(wheel: Path) -> None:
    resolved = subprocess.run(
        [
            sys.executable,
            *("-m", "pip", "install", "--dry-run", "--ignore-installed", "--only-binary", ":all:", "-q", str(wheel)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if "Temporary failure in name resolution" in resolved.stderr or "Network is unreachable" in resolved.stderr:
        pytest.skip("no package index can be reached")
    assert resolved.returncode == 0, resolved.stderr

"""What Sohoa needs, what of it is here, and what to type for the rest.

Every check stands on its own, imports nothing heavy, and never fails: it finds.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

__all__ = ["PACKAGES", "Finding", "commands", "examine"]

State = Literal["ok", "missing", "warning"]
MINIMUM_PYTHON = (3, 11)
OLDEST_TESSERACT = 5
ROOM_MB = 500
_PROGRAM_TIMEOUT_S = 30.0

# Distribution → the module that it brings.
PACKAGES = MappingProxyType(
    {
        "alembic": "alembic",
        "msgspec": "msgspec",
        "numba": "numba",
        "numpy": "numpy",
        "opencv-python": "cv2",
        "openpyxl": "openpyxl",
        "pandas": "pandas",
        "pikepdf": "pikepdf",
        "pillow": "PIL",
        "psutil": "psutil",
        "pyarrow": "pyarrow",
        "pypdfium2": "pypdfium2",
        "pytesseract": "pytesseract",
        "rapidfuzz": "rapidfuzz",
        "rich": "rich",
        "spacy": "spacy",
        "sqlalchemy": "sqlalchemy",
        "tesserocr": "tesserocr",
        "typer": "typer",
    }
)

_MORE_READERS = MappingProxyType(
    {
        "trueocr": "gives every figure a second reader",
        "asterocr": "gives --quality best a third reader",
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        part: what was looked at.
        state: `missing` is in the way of digitising, `warning` is not.
        found: what is there, or what is wrong.
        remedy: what to type or do, empty where nothing is to be done.
        apt: Debian's and Ubuntu's packages that bring it.
        pip: Python packages that bring it.
    """

    part: str
    state: State
    found: str
    remedy: str = ""
    apt: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()


def examine(archive: Path, languages: Sequence[str] = ("vie",)) -> Iterator[Finding]:
    """Look at everything that `sohoa run` needs.

    Args:
        archive: the folder that documents would go to; need not exist.
        languages: trained data that Tesseract must have.
    """
    yield _python()
    yield from _packages()
    yield from _more_readers()
    yield _opencv()
    yield from _tesseract(languages)
    yield from _weights()
    yield _cores()
    yield _folder("archive", archive)
    yield _folder("temporary folder", Path(tempfile.gettempdir()))


def commands(findings: Sequence[Finding]) -> list[str]:
    """What to type, one command a line, to get everything that is missing."""
    apt = list(dict.fromkeys(package for finding in findings for package in finding.apt))
    pip = list(dict.fromkeys(package for finding in findings for package in finding.pip))
    typed: list[str] = []
    if apt and shutil.which("apt-get"):
        sudo = "" if os.geteuid() == 0 else "sudo "
        typed.append(f"{sudo}apt-get update && {sudo}apt-get install -y {' '.join(apt)}")
    elif apt:
        typed.append(f"# with this system's own package manager, under its names for: {' '.join(apt)}")
    if pip:
        typed.append(f"{sys.executable} -m pip install {' '.join(pip)}")
    return typed


def _python() -> Finding:
    found = f"{platform.python_version()} in {sys.prefix}"
    if sys.version_info[:2] >= MINIMUM_PYTHON:
        return Finding("Python", "ok", found)
    wanted = ".".join(map(str, MINIMUM_PYTHON))
    return Finding("Python", "missing", found, f"Install Python {wanted} or newer.", apt=("python3", "python3-venv"))


def _packages() -> Iterator[Finding]:
    for name, module in PACKAGES.items():
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        if importlib.util.find_spec(module) is None:
            yield Finding(f"Python package {name}", "missing", "not installed", "Install it with pip.", pip=(name,))
        else:
            yield Finding(f"Python package {name}", "ok", version or "of unknown version")


def _more_readers() -> Iterator[Finding]:
    """What reads more or faster where it is installed; nothing is wrong without it."""
    for name, gain in _MORE_READERS.items():
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = f"not installed; pip install 'sohoa[engines]' {gain}"
        yield Finding(f"extra engine {name}", "ok", found)


def _opencv() -> Finding:
    """OpenCV's wheel leans on two system libraries that a bare system lacks."""
    part = "system libraries of OpenCV"
    if importlib.util.find_spec("cv2") is None:
        return Finding(part, "warning", "cannot be tried without opencv-python")
    told = _ask([sys.executable, "-c", "import cv2; print(cv2.__version__)"])
    if told.status == 0:
        return Finding(part, "ok", f"OpenCV {told.text.strip()} loads")
    library = re.search(r"ImportError: (\S+\.so\S*):", told.text)
    found = f"{library[1]} is missing" if library else "OpenCV does not load"
    return Finding(part, "missing", found, "Install the libraries.", apt=("libgl1", "libglib2.0-0"))


def _tesseract(languages: Sequence[str]) -> Iterator[Finding]:
    program = shutil.which("tesseract")
    if program is None:
        yield Finding("Tesseract", "missing", "not on the PATH", "Install it.", apt=("tesseract-ocr",))
        data = tuple(f"tesseract-ocr-{language.replace('_', '-')}" for language in languages)
        yield Finding("Tesseract's languages", "missing", ", ".join(languages), "Install them.", apt=data)
        return
    told = _ask([program, "--version"])
    version = re.search(r"tesseract v?((\d+)\S*)", told.text)
    if told.status != 0 or version is None:
        found = f"{program} does not answer"
        yield Finding("Tesseract", "missing", found, "Install it anew.", apt=("tesseract-ocr",))
    elif int(version[2]) < OLDEST_TESSERACT:
        yield Finding("Tesseract", "warning", f"{version[1]} in {program}", "Version 5 reads better: install it.")
    else:
        yield Finding("Tesseract", "ok", f"{version[1]} in {program}")
    told = _ask([program, "--list-langs"])
    there = set(told.text.split())
    for language in languages:
        part = f"Tesseract's language {language}"
        if language in there:
            yield Finding(part, "ok", "installed")
        else:
            package = f"tesseract-ocr-{language.replace('_', '-')}"
            yield Finding(part, "missing", "not installed", "Install it.", apt=(package,))


def _weights() -> Iterator[Finding]:
    """Every trained model is what its manifest says, byte for byte."""
    remedy = "Install Sohoa anew: its weights come with it."
    if importlib.util.find_spec("numpy") is None:
        yield Finding("weights", "warning", "cannot be tried without numpy")
        return
    import models
    from models.weights import MANIFEST, WeightsError, read_manifest

    manifests = sorted(Path(place) for folder in models.__path__ for place in Path(folder).glob(f"*/*/{MANIFEST}"))
    if not manifests:
        yield Finding("weights", "missing", "none were found", remedy)
    for manifest in manifests:
        part = f"weights of {manifest.parent.parent.name}"
        try:
            wanted = read_manifest(manifest.parent)
        except WeightsError as error:
            yield Finding(part, "missing", str(error).rstrip("."), remedy)
            continue
        wrong = [name for name, sha256 in wanted.items() if _sha256(manifest, name) != sha256]
        if wrong:
            yield Finding(part, "missing", f"{', '.join(wrong)} missing or not as the manifest says", remedy)
        else:
            yield Finding(part, "ok", "as the manifest says")


def _sha256(manifest: Path, name: str) -> str:
    try:
        with manifest.with_name(name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _cores() -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory_gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    found = f"{cores} cores, {memory_gb:.0f} GB of memory"
    if memory_gb < 1.5 * cores:
        fewer = max(int(memory_gb / 1.5), 1)
        return Finding("machine", "warning", found, f"Use fewer workers at a time: sohoa run --jobs {fewer}")
    return Finding("machine", "ok", found)


def _folder(part: str, folder: Path) -> Finding:
    """A folder, or the nearest one above it that exists, can be written to and has room."""
    there = folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Finding(part, "missing", f"{there} cannot be written to", "Name another folder, or ask for the right.")
    free_mb = shutil.disk_usage(there).free // 2**20
    found = f"{folder}, {free_mb:,} MB free"
    if free_mb < ROOM_MB:
        return Finding(part, "warning", found, f"Make room: {ROOM_MB} MB at least.")
    return Finding(part, "ok", found)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    text: str


def _ask(command: Sequence[str]) -> _Answer:
    """What a program says, whatever it says."""
    try:
        told = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PROGRAM_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return _Answer(-1, str(error))
    return _Answer(told.returncode, told.stdout + told.stderr)

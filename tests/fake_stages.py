"""Stages that do on command what real ones do by accident; a text file's lines are the pages and the commands."""

import ctypes
import errno
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline.document import Block, Document, Line, Page, Reading, Word, replace
from pipeline.errors import DamagedInputError, EngineCrashError, EngineTimeoutError, MissingEngineError, ModelError
from pipeline.records import DocumentFields, Records, Value
from pipeline.stage import Context, Gift, Stage

NOTHING: frozenset[Gift] = frozenset()


@dataclass
class FakeIngest:
    """Refuses a file that says `refuse`, else makes a page of each line; `#` lines are commands for document stages."""

    name: str = "ingest"
    version: int = 1
    needs: frozenset[Gift] = NOTHING
    gives: frozenset[Gift] = frozenset({"pages"})

    def document(self, document: Document, context: Context) -> Document:
        lines = context.path.read_text(encoding="utf-8").splitlines()
        if lines[:1] == ["refuse"]:
            raise DamagedInputError(f"{context.path.name} is broken.", remedy="Scan it again.")
        if lines[:1] == ["refuse-by-death"]:
            os._exit(3)
        pages = tuple(
            Page(number, 100, 100, 100.0, "scan", blank=line == "blank")
            for number, line in enumerate((line for line in lines if not line.startswith("#")), start=1)
        )
        return replace(document, pages=pages)


@dataclass
class FakeOcr:
    """Reads a page's line, or does what it says."""

    name: str = "ocr"
    version: int = 1
    needs: frozenset[Gift] = frozenset({"pages"})
    gives: frozenset[Gift] = frozenset({"words", "blocks"})

    def page(self, page: Page, context: Context) -> Page:
        lines = [line for line in context.path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        text = lines[page.number - 1]
        with context.lock:
            context.pictures[page.number] = None  # type: ignore[assignment]
        if context.workspace is not None:
            with (context.workspace / "read.log").open("a") as log:
                log.write(f"{page.number}\n")
            (context.workspace / "pages").mkdir(exist_ok=True)
            (context.workspace / "pages" / f"{page.number:04d}.png").write_bytes(b"picture")
        if text == "meet":
            meet(context, page.number)
        if text.startswith("awaits ") and not Path(text.removeprefix("awaits ")).exists():
            raise EngineTimeoutError("It did not come.", remedy="Wait for it.")
        if text.startswith("holds "):
            hold_until(Path(text.removeprefix("holds ")))
        do(text)
        if not text or text == "blank":
            return page
        words = tuple(
            Word(f"{page.number}.{index}", page.number, None, (Reading("ocr", token, 0.5),))
            for index, token in enumerate(text.split())
        )
        block = Block("body", (Line(tuple(word.id for word in words)),))
        return replace(page, words=words, blocks=(block,), picture=f"pages/{page.number:04d}.png")


@dataclass
class FakeRestore:
    """Reads every word again in capitals; does what a line that begins with # says."""

    name: str = "restore"
    version: int = 1
    needs: frozenset[Gift] = frozenset({"words"})
    gives: frozenset[Gift] = frozenset({"readings"})

    def document(self, document: Document, context: Context) -> Document:
        for line in context.path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                do(line[1:])
        pages = tuple(
            replace(page, words=tuple(word.read(Reading("restore", word.text.upper(), 0.9)) for word in page.words))
            for page in document.pages
        )
        return replace(document, pages=pages)


@dataclass
class FakeExtract:
    """Gives the first word as the document's number."""

    name: str = "extract"
    version: int = 1
    needs: frozenset[Gift] = frozenset({"readings"})
    gives: frozenset[Gift] = frozenset({"records"})
    seen: list[str] = field(default_factory=list)

    def document(self, document: Document, context: Context) -> Document:
        self.seen.append(context.path.name)
        words = [word for page in document.pages for word in page.words]
        if not words:
            return document
        number = Value(words[0].text, words[0].text, (words[0].id,), words[0].confidence)
        return replace(document, records=Records(document=DocumentFields(number=number)))


def meet(context: Context, page: int) -> None:
    """Wait until another page of the document has come here too."""
    if context.workspace is None:
        raise ValueError("pages meet in the workspace")
    (context.workspace / f"met-{page}").touch()
    deadline_s = time.monotonic() + 20
    while len(list(context.workspace.glob("met-*"))) < 2:
        if time.monotonic() > deadline_s:
            raise EngineTimeoutError("Nobody came.", remedy="Give it more threads.")
        time.sleep(0.02)


def hold_until(sign: Path) -> None:
    """Wait for somebody to make a file, as long as it takes."""
    while not sign.exists():
        time.sleep(0.05)


def do(command: str) -> None:
    """Misbehave as told; any other text is no command."""
    actions: dict[str, Callable[[], object]] = {
        "exit": lambda: os._exit(3),
        "segv": lambda: ctypes.string_at(0),
        "hang": lambda: time.sleep(600),
        "slow": lambda: time.sleep(0.3),
        "program": run_program,
        "memory": eat_memory,
        "memory-error": lambda: raise_error(MemoryError()),
        "bug": lambda: raise_error(KeyError("a bug")),
        "disk": lambda: raise_error(OSError(errno.ENOSPC, "No space left on device")),
        "engine": lambda: raise_error(EngineTimeoutError("It took too long.", remedy="Try again.")),
        "no-engine": lambda: raise_error(MissingEngineError("It is not there.", remedy="Install it.")),
        "no-model": lambda: raise_error(ModelError("It is not there.", remedy="Install it.")),
    }
    if command.startswith("child-"):
        os.system(f"sleep {int(command.removeprefix('child-'))}")  # noqa: S605
    if command in actions:
        actions[command]()


def run_program() -> None:
    """Have a program do the work, as an engine does; it may be killed."""
    if subprocess.run(["sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"], check=False).returncode:
        raise EngineCrashError("The engine was killed.", remedy="Try again.")


def raise_error(error: BaseException) -> None:
    raise error


def eat_memory() -> None:
    """More and more, slowly enough to be seen."""
    held = []
    while True:
        held.append(np.ones(8 * 2**20, dtype=np.uint8))
        time.sleep(0.002)


def fake_stages() -> tuple[Stage, ...]:
    return FakeIngest(), FakeOcr(), FakeRestore(), FakeExtract()

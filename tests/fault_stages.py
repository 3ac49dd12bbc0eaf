"""Stages and a run that are struck where a plan says so: each file in the plan's folder is one strike, done once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

from fake_stages import fake_stages

from pipeline.archive import Archive
from pipeline.archive.catalog import Catalog
from pipeline.archive.files import ArchiveFiles
from pipeline.document import Document, Page
from pipeline.errors import EngineCrashError
from pipeline.options import Options, RunnerOptions
from pipeline.runner.order import is_page_stage
from pipeline.stage import Context, DocumentStage, PageStage, Stage

PLAN = "SOHOA_TEST_STRIKES"
# What the run itself does with a finished document, in its order.
STORING = {
    "keep_original": ArchiveFiles,
    "clear": ArchiveFiles,
    "place": ArchiveFiles,
    "secure_names": ArchiveFiles,
    "store": Catalog,
    "forget_others": ArchiveFiles,
    "forget_work": ArchiveFiles,
}


def strike(at: str) -> None:
    """Do what the plan says for a place, if nobody has done it yet."""
    for victim in ("worker", "parent", "engine"):
        try:
            Path(os.environ[PLAN], f"{at}.{victim}").unlink()
        except FileNotFoundError:
            continue
        if victim == "engine":
            program = subprocess.Popen(["sleep", "600"])
            program.kill()
            program.wait()
            raise EngineCrashError("The engine was killed.", remedy="Try again.")
        os.kill(os.getpid() if victim == "worker" else os.getppid(), signal.SIGKILL)


class _Struck:
    def __init__(self, stage: Stage) -> None:
        self.name, self.version, self.needs, self.gives = stage.name, stage.version, stage.needs, stage.gives


class _StruckPages(_Struck):
    def __init__(self, stage: PageStage) -> None:
        super().__init__(stage)
        self._page = stage.page

    def page(self, page: Page, context: Context) -> Page:
        strike(f"{self.name}.before")
        page = self._page(page, context)
        strike(f"{self.name}.after")
        return page


class _StruckDocument(_Struck):
    def __init__(self, stage: DocumentStage) -> None:
        super().__init__(stage)
        self._document = stage.document

    def document(self, document: Document, context: Context) -> Document:
        strike(f"{self.name}.before")
        document = self._document(document, context)
        strike(f"{self.name}.after")
        return document


def struck_stages() -> tuple[Stage, ...]:
    return tuple(_StruckPages(stage) if is_page_stage(stage) else _StruckDocument(stage) for stage in fake_stages())


def _struck(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def wrapper(*arguments: Any, **more: Any) -> Any:
        for when in ("before", "after"):
            mark = Path(os.environ[PLAN], f"{name}.{when}.self")
            if when == "after":
                result = call(*arguments, **more)
            if mark.exists():
                mark.unlink()
                os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapper


def run(arguments: Sequence[str]) -> None:
    """Take in a folder, then try again whatever can be; arguments: archive, catalog's URL, inputs."""
    for name, owner in STORING.items():
        setattr(owner, name, _struck(name, getattr(owner, name)))
    options = Options(runner=RunnerOptions(jobs=2, attempts=1000))
    folder, url, inputs = arguments
    with Archive.open(Path(folder), url=url) as archive:
        archive.intake([Path(inputs)], options, stages=struck_stages)
        while archive.retry(options, stages=struck_stages).files:
            pass


if __name__ == "__main__":
    run(sys.argv[1:])

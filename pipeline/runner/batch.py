"""Many documents, each in a process that can be stopped."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipeline.document import Status
from pipeline.errors import InputError, SohoaError
from pipeline.options import Options
from pipeline.runner.order import StageFactory, stages
from pipeline.runner.outcome import Event, Outcome
from pipeline.runner.walk import run_document

__all__ = ["run_batch"]


def run_batch(
    paths: Sequence[Path],
    options: Options,
    *,
    workspace_for: Callable[[Path], Path | None] = lambda path: None,
    known_for: Callable[[Path], Path | None] = lambda path: None,
    on_event: Callable[[Event], None] = lambda event: None,
    stages: StageFactory = stages,
) -> Iterator[Outcome]:
    """Take documents through all stages, whatever becomes of any of them."""
    for number, path in enumerate(paths, start=1):
        on_event(Event(path, number, len(paths)))
        yield _one(path, options, workspace_for(path), stages)


def _one(path: Path, options: Options, workspace: Path | None, stages: StageFactory) -> Outcome:
    start = time.monotonic()
    try:
        document = run_document(path, options, workspace=workspace, stages=stages)
    except SohoaError as error:
        status: Status = "refused" if isinstance(error, InputError) else "failed"
        return Outcome(path, status, None, error.code, error.message, error.remedy, time.monotonic() - start)
    return Outcome(path, document.status, document, wall_s=time.monotonic() - start)

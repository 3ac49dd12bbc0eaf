"""What a run tells: events on the way, one outcome for each document."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

from pipeline.document import Document, Status
from pipeline.runner.stage_log import StageState

__all__ = ["Event", "Outcome", "Prepare"]

Prepare: TypeAlias = Callable[[Document, Path], None]
"""What a worker does with a document in the end: puts what is made of it into the folder of its work. A function that
can be imported."""


class Event(Struct, frozen=True):
    """Something that a person who waits wants to know.

    Attributes:
        path: the document's file.
        number, documents: which document of how many, counted from 1 in the order they were given.
        stage: the stage that has just finished with a page or with the whole document; empty in a document's first
            event (it has begun) and in its last (`status` says how it ended).
        page: number of the page that the stage has finished with, None for a document.
        pages_done: pages that have been through all stages that work page by page.
        pages: how many there are, None until `ingest` has counted them.
        status: how the document ended, only in its last event.
    """

    path: Path
    number: int
    documents: int
    stage: str = ""
    page: int | None = None
    pages_done: int = 0
    pages: int | None = None
    status: Status | Literal["already"] | None = None


class Outcome(Struct, frozen=True):
    """How a document ended.

    Attributes:
        status: `done` or `partial` with a document; `refused` (the file cannot be digitised as it is) or `failed`
            (the program could not) without one, then `error_code`, `message` and `remedy` say why and what to do. A
            document of which no page could be read is `failed` too, and is there.
        document: None also where it was prepared; `folder` is where what was made of it lies then.
        wall_s: seconds from its start to its end.
        peak_memory_mb: the most that its worker and the worker's own programs held at a time, 0 where none was used.
        stages: what was tried in this run, with each page and the whole; what an earlier run had done is not in it.
    """

    path: Path
    status: Status
    document: Document | None = None
    error_code: str | None = None
    message: str | None = None
    remedy: str | None = None
    wall_s: float = 0.0
    peak_memory_mb: float = 0.0
    stages: tuple[StageState, ...] = ()
    folder: Path | None = None

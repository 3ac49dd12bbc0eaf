"""What the runner and a worker say to each other: small messages over a pipe, results by file."""

from typing import Literal, TypeAlias

from msgspec import Struct

from pipeline.corrections import Correction
from pipeline.document import Issue, Status
from pipeline.options import Options

__all__ = ["Begun", "Broke", "Ended", "Finished", "FromWorker", "Grow", "Job", "PageDone", "Pages", "Stop", "ToWorker"]


class Job(Struct, frozen=True, tag=True):
    """A document to be worked on.

    Attributes:
        path: the original, as the bytes of its path, which need not be text.
        workspace: folder for the pages' pictures, or None where nobody will look at them.
        result: file that the document is to be written to.
        finished: folder of the pages that an earlier attempt finished, and where this one leaves its own.
        known: file with the result of an earlier run on this path, or None.
        skips: pages and stages that ended an earlier attempt.
        threads: pages at a time.
        again: try again what the earlier result lost, and keep its good pages.
        corrections: what a person set right in this document.
    """

    path: bytes
    options: Options
    workspace: str | None
    result: str
    finished: str
    known: str | None
    skips: tuple[Issue, ...]
    threads: int
    again: bool = False
    corrections: tuple[Correction, ...] = ()


class Grow(Struct, frozen=True, tag=True):
    """So many pages may be worked on at a time from now on."""

    threads: int


class Stop(Struct, frozen=True, tag=True):
    """No more documents."""


class Begun(Struct, frozen=True, tag=True):
    """A stage begins with a page or a document."""

    stage: str
    page: int | None


class Ended(Struct, frozen=True, tag=True):
    """It has finished, after so many seconds."""

    stage: str
    page: int | None
    wall_s: float = 0.0


class Broke(Struct, frozen=True, tag=True):
    """It was ended by an error that nobody foresaw; the worker will not go on."""

    stage: str
    page: int | None
    cause: Literal["crash", "memory", "disk"]
    text: str


class Pages(Struct, frozen=True, tag=True):
    """So many pages there are."""

    count: int


class PageDone(Struct, frozen=True, tag=True):
    """A page has been through all stages that work page by page."""

    page: int


class Finished(Struct, frozen=True, tag=True):
    """The document is in the result file or was prepared, or why there is none; the worker waits for the next.

    Attributes:
        losses: what is lost of the document.
        unread: none of its pages could be read.
    """

    status: Status
    error_code: str | None = None
    message: str | None = None
    remedy: str | None = None
    peak_memory_mb: float = 0.0
    losses: tuple[Issue, ...] = ()
    unread: bool = False


ToWorker: TypeAlias = Job | Grow | Stop
FromWorker: TypeAlias = Begun | Ended | Broke | Pages | PageDone | Finished

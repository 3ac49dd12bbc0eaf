"""How files stand, as it is noted and as it is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from pipeline.document import Issue, Status
from pipeline.runner.stage_log import StageState

__all__ = ["FileStanding", "FileState", "Run", "Standing"]

FileState: TypeAlias = Literal["waiting", "working", "interrupted", "done", "partial", "refused", "failed"]
_ENDED = get_args(Status)


@dataclass(frozen=True, slots=True)
class Run:
    """What became of one file at one time.

    Attributes:
        losses: what could not be done, of a document that is partial.
        doubtful: whether a person should look at the document although it is done.
        most_attempts: from so many attempts on, what failed is not taken up again of itself.
    """

    path: Path
    sha256: str | None
    status: Status
    work_key: str
    program_version: str
    error_code: str | None = None
    message: str | None = None
    remedy: str | None = None
    pages: int = 0
    blank_pages: int = 0
    failed_pages: int = 0
    wall_s: float = 0.0
    peak_memory_mb: float = 0.0
    losses: tuple[Issue, ...] = ()
    doubtful: bool = False
    stages: tuple[StageState, ...] = ()
    most_attempts: int = 3


@dataclass(frozen=True, slots=True)
class FileStanding:
    """How one file stands.

    Attributes:
        state: `waiting` and `working` while a run is at it, `interrupted` where that run is gone, else how it ended.
        may_retry: whether `sohoa retry` takes it up.
        needs_person: whether it takes a person to get further, or to look at it.
    """

    path: Path
    sha256: str | None
    state: FileState
    attempts: int
    may_retry: bool
    needs_person: bool
    error_code: str | None
    message: str | None
    remedy: str | None
    pages: int
    failed_pages: int
    wall_s: float
    peak_memory_mb: float
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How all files stand: how many there are in each state, and their pages; whatever came in is in one of them."""

    files: Mapping[FileState, int]
    pages: int
    blank_pages: int
    failed_pages: int
    may_retry: int
    needs_person: int

    @property
    def came_in(self) -> int:
        """Every file that was ever given to a run."""
        return sum(self.files.values())

    @property
    def settled(self) -> bool:
        """Whether all that came in is done, partial, refused or failed."""
        return self.came_in == sum(self.files.get(state, 0) for state in _ENDED)

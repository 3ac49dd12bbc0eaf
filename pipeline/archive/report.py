"""What the archive tells: what became of every file, and which documents there are."""

from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

from pipeline.document import Issue, Status

__all__ = ["DocumentRow", "ExportFormat", "FileReport", "IntakeReport", "Result", "SkippedFile"]

Result: TypeAlias = Literal["done", "partial", "refused", "failed", "already"]
ExportFormat: TypeAlias = Literal["json", "jsonl", "csv", "parquet", "xlsx"]


class SkippedFile(Struct, frozen=True):
    """A file of a folder that was not tried, and why."""

    path: Path
    reason: str


class FileReport(Struct, frozen=True):
    """What became of one file.

    Attributes:
        result: how it ended; `already` where the same content had been through the same stages before.
        status: how the document stands in the archive now: its `done` or `partial` also where the result is `already`.
        id: SHA-256 of the content, None where it could not be read.
        pages, blank_pages, failed_pages: how many there are, how many of them are blank, how many had an issue.
        issues: what went wrong on the way.
        error_code, message, remedy: why it was refused or failed, and what to do.
        wall_s, peak_memory_mb: what it took, 0 where nothing was done.
    """

    path: Path
    result: Result
    status: Status
    id: str | None = None
    pages: int = 0
    blank_pages: int = 0
    failed_pages: int = 0
    issues: tuple[Issue, ...] = ()
    error_code: str | None = None
    message: str | None = None
    remedy: str | None = None
    wall_s: float = 0.0
    peak_memory_mb: float = 0.0


class IntakeReport(Struct, frozen=True):
    """What became of all files, in the order they were given."""

    files: tuple[FileReport, ...]
    skipped: tuple[SkippedFile, ...] = ()
    wall_s: float = 0.0

    def count(self, result: Result) -> int:
        """How many files ended like that."""
        return sum(file.result == result for file in self.files)

    @property
    def pages(self) -> int:
        """Pages of all files that could be opened."""
        return sum(file.pages for file in self.files)

    @property
    def failed_pages(self) -> int:
        """Pages that had an issue."""
        return sum(file.failed_pages for file in self.files)

    @property
    def blank_pages(self) -> int:
        """Pages with nothing on them."""
        return sum(file.blank_pages for file in self.files)

    @property
    def all_done(self) -> bool:
        """Whether every file's document is in the archive and had no issue."""
        return all(file.status == "done" for file in self.files)


class DocumentRow(Struct, frozen=True):
    """A document in a list: its id (SHA-256 of the original), how it stands, and what it says that it is."""

    id: str
    name: str
    status: Status
    pages: int
    issues: int
    added_at: datetime
    type: str | None = None
    number: str | None = None
    date: str | None = None
    issuer: str | None = None
    title: str | None = None

"""A document on its way through workers: what was heard of it, and what is to be done when one dies."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from pipeline.corrections import Correction
from pipeline.document import Document, Issue, Status
from pipeline.options import Options
from pipeline.runner.outcome import Event, Outcome
from pipeline.runner.protocol import Begun, Broke, Ended, Finished, FromWorker, Job, PageDone, Pages
from pipeline.runner.source import printable
from pipeline.runner.stage_log import StageLog
from pipeline.runner.verdict import Cause, Failure, failure, lost

__all__ = ["Attempt", "Place"]

_MOST_LOSSES = 5
_Tell = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document is worked on; asked for when its turn has come.

    Attributes:
        temporary: the folder where the caller gives none; it is cleared away.
    """

    path: Path
    temporary: Path
    workspace_for: Callable[[Path], Path | None]
    known_for: Callable[[Path], Path | None]
    corrections_for: Callable[[Path], tuple[Correction, ...]] = lambda path: ()


@dataclass(slots=True)
class Attempt:
    """One document of a batch, over as many workers as it takes.

    Attributes:
        is_prepared: whether its worker makes something of the document in its workspace, and does not send it back.
        workspace: the folder that the caller gave, who looks after it, or None.
        skips: pages and stages that ended a worker.
        alone: one page at a time from now on, so that a page that ends the worker is known for it.
        finished: a worker's last word on it.
    """

    path: Path
    number: int
    documents: int
    options: Options
    place: Place
    again: bool = False
    is_prepared: bool = False
    workspace: Path | None = None
    known: Path | None = None
    corrections: tuple[Correction, ...] = ()
    skips: tuple[Issue, ...] = ()
    alone: bool = False
    finished: Finished | None = None
    failure: Failure | None = None
    threads: int = 1
    began_s: float | None = None
    peak_memory_mb: float = 0.0
    pages: int | None = None
    pages_done: set[int] = field(default_factory=set)
    log: StageLog = field(default_factory=StageLog)
    broke: Broke | None = None

    def begin(self, tell: _Tell) -> None:
        """Start the clock, which runs on over all attempts."""
        if self.began_s is None:
            self.began_s = time.monotonic()
            self.workspace = self.place.workspace_for(self.path)
            self.known = self.place.known_for(self.path)
            self.corrections = self.place.corrections_for(self.path)
            tell(self._event())
        self.log.open.clear()
        self.broke = None

    def job(self, threads: int) -> Job:
        """What a worker is to do."""
        self.threads = 1 if self.alone else max(threads, 1)
        return Job(
            os.fsencode(self.path),
            self.options,
            str(self.workspace) if self.workspace is not None else None,
            str(self._result),
            str(self._finished_pages),
            str(self.known) if self.known is not None else None,
            self.skips,
            self.threads,
            self.again,
            self.corrections,
        )

    def may_grow_to(self, threads: int) -> bool:
        """Whether it would be the better for so many threads; notes that it has them."""
        if self.alone or threads <= self.threads:
            return False
        self.threads = threads
        return True

    def hear(self, message: FromWorker, tell: _Tell) -> None:
        """Take in what a worker says."""
        match message:
            case Begun(stage, page):
                self.log.begun(stage, page)
            case Ended(stage, page, wall_s):
                self.log.ended(stage, page, wall_s)
                tell(self._event(stage, page))
            case Broke():
                self.broke = message
            case Pages(count):
                self.pages = count
                tell(self._event())
            case PageDone(page):
                self.pages_done.add(page)
                tell(self._event("", page))
            case Finished():
                self.finished = message

    def judge(self, memory_mb: float, *, dead: bool) -> Cause | None:
        """Whether the worker must be given up, and why."""
        self.peak_memory_mb = max(self.peak_memory_mb, memory_mb)
        self.log.seen(memory_mb)
        if self.broke is not None:
            return self.broke.cause
        if dead:
            return "crash"
        if memory_mb > self.options.runner.memory_mb:
            return "memory"
        if self._spent_s() > self.options.runner.document_timeout_s or self._overdue() is not None:
            return "timeout"
        return None

    def fall(self, cause: Cause, last_words: str) -> bool:
        """Take in a worker's end.

        Returns:
            Whether another worker is to take the document up again.
        """
        detail = self.broke.text if self.broke is not None else last_words if cause == "crash" else ""
        suspects = self._suspects()
        stage, page = suspects[0] if len(suspects) == 1 else ("", None)
        out_of_time = self._spent_s() > self.options.runner.document_timeout_s
        hopeless = out_of_time or cause == "disk" or len(self.skips) >= _MOST_LOSSES
        # Before the pages are counted there is nothing to go on with.
        if not hopeless and self.pages is not None and suspects:
            if stage:
                self.skips = (*self.skips, lost(stage, page, cause, detail))
                return True
            self.alone = True
            return True
        self.failure = failure(printable(self.path.name), cause, stage, detail)
        return False

    def outcome(self, tell: _Tell) -> Outcome:
        """How it ended; clears away what only the way there needed."""
        finished = self.finished or Finished("failed")
        worked = self.failure is None and self.finished is not None and finished.error_code is None
        document = self._document() if worked and not self.is_prepared else None
        status, error_code, message, remedy = self._ending(finished, worked)
        self.peak_memory_mb = max(self.peak_memory_mb, finished.peak_memory_mb)
        # What was prepared may still be lost before it is kept: the pages that it was made of stay until then.
        if document is not None or status == "refused":
            shutil.rmtree(self._finished_pages, ignore_errors=True)
        if self.workspace is None:
            shutil.rmtree(self._folder, ignore_errors=True)
        tell(self._event(status=status))
        return Outcome(
            self.path,
            status,
            document,
            error_code,
            message,
            remedy,
            self._spent_s(),
            round(self.peak_memory_mb, 1),
            self.log.states(self._losses(finished.losses if worked else ())),
            self.workspace if worked and self.is_prepared else None,
        )

    def _losses(self, of_document: tuple[Issue, ...]) -> list[Issue]:
        """What the stages could not do; where the document was given up, that is said of what was open."""
        losses = [*self.skips, *of_document]
        if self.failure is not None:
            code, message, remedy = self.failure.code, self.failure.message, self.failure.remedy
            losses += [Issue(stage, code, message, remedy, page) for stage, page in self.log.open]
        return losses

    def _document(self) -> Document:
        document = msgspec.json.decode(self._result.read_bytes(), type=Document)
        self._result.unlink()
        return document

    def _ending(self, finished: Finished, worked: bool) -> tuple[Status, str | None, str | None, str | None]:
        if self.failure is not None:
            return "failed", self.failure.code, self.failure.message, self.failure.remedy
        if worked and finished.unread:
            wrong = {issue.page: issue for issue in finished.losses if issue.page is not None}
            first = wrong[min(wrong)]
            return "failed", first.code, first.message, first.remedy
        return finished.status, finished.error_code, finished.message, finished.remedy

    def _suspects(self) -> list[tuple[str, int | None]]:
        """What the worker was at when it died: the one page that broke or was overdue, else all that were open."""
        if self.broke is not None:
            return [(self.broke.stage, self.broke.page)]
        overdue = self._overdue()
        return [overdue] if overdue is not None else list(self.log.open)

    def _overdue(self) -> tuple[str, int | None] | None:
        """The page that has been in a stage for longer than a page may."""
        latest_s = time.monotonic() - self.options.runner.page_timeout_s
        late = [(begun_s, at) for at, begun_s in self.log.open.items() if at[1] is not None and begun_s < latest_s]
        return min(late)[1] if late else None

    def _spent_s(self) -> float:
        return time.monotonic() - self.began_s if self.began_s is not None else 0.0

    def _event(self, stage: str = "", page: int | None = None, status: Status | None = None) -> Event:
        return Event(self.path, self.number, self.documents, stage, page, len(self.pages_done), self.pages, status)

    @property
    def _folder(self) -> Path:
        return self.workspace if self.workspace is not None else self.place.temporary

    @property
    def _result(self) -> Path:
        return self._folder / "result.json"

    @property
    def _finished_pages(self) -> Path:
        return self._folder / "finished"

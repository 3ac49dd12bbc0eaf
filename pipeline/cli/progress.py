"""Progress on stderr: a bar over pages with the time left on a terminal, a line for each file elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from pipeline.cli.terminal import harmless, tell

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from pipeline.runner import Event

__all__ = ["PageCount", "following"]


class PageCount:
    """How many pages are done, and how many there will be, guessed for files that have not been opened yet."""

    def __init__(self) -> None:
        self._done: dict[int, int] = {}
        self._pages: dict[int, int] = {}
        self._ended: set[int] = set()
        self._documents = 0

    def hear(self, event: "Event") -> None:
        """Take in what happened."""
        self._documents = event.documents
        if event.pages is not None:
            self._pages[event.number] = event.pages
        self._done[event.number] = max(self._done.get(event.number, 0), event.pages_done)
        if event.status is not None:
            self._ended.add(event.number)
            self._pages[event.number] = self._done[event.number] = self._pages.get(event.number, 0)

    @property
    def done(self) -> int:
        """Pages that have been through, or that nobody will try any more."""
        return sum(self._done.values())

    @property
    def total(self) -> int:
        """Pages of the files that were opened, and as many again, on average, for each of the others."""
        known = sum(self._pages.values())
        unopened = self._documents - len(self._pages)
        return known + round(unopened * known / len(self._pages)) if self._pages else 0

    @property
    def files_done(self) -> int:
        """Files that have ended, however they ended."""
        return len(self._ended)


class _Listener(Protocol):
    def __call__(self, event: "Event") -> None: ...


@contextmanager
def following() -> Iterator[Callable[["Event"], None]]:
    """Show what a run tells for as long as it lasts; gives the function to tell it to."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("pages"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        yield _bars(progress)


def _lines() -> _Listener:
    count = PageCount()

    def hear(event: "Event") -> None:
        count.hear(event)
        if event.status is not None:
            pages = f", {event.pages} pages" if event.pages is not None else ""
            name = harmless(str(event.path), one_line=True)
            tell(f"[{count.files_done}/{event.documents}] {event.status} {name}{pages}")

    return hear


def _bars(progress: "Progress") -> _Listener:
    count = PageCount()
    whole = progress.add_task("all files", total=None)
    tasks: dict[int, TaskID] = {}

    def hear(event: "Event") -> None:
        count.hear(event)
        if event.status is not None:
            if event.number in tasks:
                progress.remove_task(tasks.pop(event.number))
        else:
            if event.number not in tasks:
                tasks[event.number] = progress.add_task(harmless(event.path.name, one_line=True), total=None)
            progress.update(tasks[event.number], completed=event.pages_done, total=event.pages)
        progress.update(whole, completed=count.done, total=count.total or None)

    return hear

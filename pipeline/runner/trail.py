"""The trail: which stage did its work in what time, written by the runner and by nobody else."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.document import Step
from pipeline.errors import SohoaError
from pipeline.options import Options
from pipeline.runner.order import stage_options_sha256
from pipeline.stage import Stage

__all__ = ["Trail", "Watch"]


class Watch(Protocol):
    """Somebody who looks on; called from any thread."""

    def begun(self, stage: str, page: int | None) -> None:
        """A stage begins with a page or a document."""

    def ended(self, stage: str, page: int | None) -> None:
        """It has finished, well or with a foreseen error."""

    def counted(self, pages: int) -> None:
        """So many pages there are."""

    def page_done(self, page: int) -> None:
        """A page has been through all stages that work page by page."""


@dataclass(slots=True)
class _Times:
    wall_s: float = 0.0
    cpu_s: float = 0.0


@dataclass(slots=True)
class Trail:
    """Adds up each stage's time over pages and threads.

    With several threads a stage's wall time is the sum over the pages and so may pass the document's own. Its
    processor time is that of this process alone: programs that it starts are not counted.
    """

    watch: Watch
    times: dict[str, _Times] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def at(self, stage: str, page: int | None) -> Iterator[None]:
        """Time a stage with a page or a document; an error that nobody foresaw leaves it unfinished."""
        self.watch.begun(stage, page)
        wall_s, cpu_s = time.perf_counter(), time.thread_time()
        try:
            yield
        except SohoaError:
            self._add(stage, time.perf_counter() - wall_s, time.thread_time() - cpu_s)
            self.watch.ended(stage, page)
            raise
        self._add(stage, time.perf_counter() - wall_s, time.thread_time() - cpu_s)
        self.watch.ended(stage, page)

    def _add(self, stage: str, wall_s: float, cpu_s: float) -> None:
        with self.lock:
            times = self.times.setdefault(stage, _Times())
            times.wall_s += wall_s
            times.cpu_s += cpu_s

    def steps(self, order: Sequence[Stage], options: Options) -> tuple[Step, ...]:
        """One entry for each of the stages, in their order."""
        return tuple(
            Step(
                stage.name,
                stage.version,
                stage_options_sha256(stage, options),
                round(self.times.get(stage.name, _Times()).wall_s, 6),
                round(self.times.get(stage.name, _Times()).cpu_s, 6),
            )
            for stage in order
        )

"""The trail: which stage did its work in what time, written by the runner and by nobody else."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol

from pipeline.corrections import Correction
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

    def ended(self, stage: str, page: int | None, wall_s: float = 0.0) -> None:
        """It has finished, well or with a foreseen error, or gets on with a page."""

    def broke(self, stage: str, page: int | None, error: BaseException) -> None:
        """It was ended by an error that nobody foresaw."""

    def counted(self, pages: int) -> None:
        """So many pages there are."""

    def page_done(self, page: int) -> None:
        """A page has been through all stages that work page by page."""


@dataclass(slots=True)
class Trail:
    """Adds up each stage's time over pages and threads.

    With several threads a stage's wall time is the sum over the pages and so may pass the document's own. Its
    processor time is that of this process alone: programs that it starts are not counted.
    """

    watch: Watch
    times: dict[str, tuple[float, float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, stage: str, page: int | None) -> "_Stretch":
        """For a `with` statement around a stage's work on a page or a document."""
        return _Stretch(self, stage, page)

    def add(self, stage: str, wall_s: float, cpu_s: float) -> None:
        """Add to a stage's times."""
        with self.lock:
            wall_before_s, cpu_before_s = self.times.get(stage, (0.0, 0.0))
            self.times[stage] = (wall_before_s + wall_s, cpu_before_s + cpu_s)

    def steps(
        self, order: Sequence[Stage], options: Options, corrections: Sequence[Correction] = ()
    ) -> tuple[Step, ...]:
        """One entry for each of the stages, in their order."""
        steps: list[Step] = []
        for stage in order:
            wall_s, cpu_s = self.times.get(stage.name, (0.0, 0.0))
            key = stage_options_sha256(stage, options, corrections)
            steps.append(Step(stage.name, stage.version, key, round(wall_s, 6), round(cpu_s, 6)))
        return tuple(steps)


class _Stretch:
    """A stage's work on a page or a document, timed and told."""

    def __init__(self, trail: Trail, stage: str, page: int | None) -> None:
        self._trail = trail
        self._stage = stage
        self._page = page
        self._began = (0.0, 0.0)

    def __enter__(self) -> None:
        self._trail.watch.begun(self._stage, self._page)
        self._began = time.perf_counter(), time.thread_time()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        began_wall_s, began_cpu_s = self._began
        wall_s = time.perf_counter() - began_wall_s
        self._trail.add(self._stage, wall_s, time.thread_time() - began_cpu_s)
        if error is None or isinstance(error, SohoaError):
            self._trail.watch.ended(self._stage, self._page, round(wall_s, 6))
        else:
            self._trail.watch.broke(self._stage, self._page, error)

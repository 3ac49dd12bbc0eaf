"""Many documents, each in a process that can be stopped."""

import os
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import Protocol

from pipeline.corrections import Correction
from pipeline.options import Options
from pipeline.runner.attempt import Attempt, Place
from pipeline.runner.order import StageFactory, check_order, stages
from pipeline.runner.outcome import Event, Outcome, Prepare
from pipeline.runner.process import WorkerProcess

__all__ = ["Batch", "core_count", "run_batch"]

_TICK_S = 0.2
_DOCUMENTS_A_WORKER = 1000
_LARGEST_IDLE_SHARE = 0.5


class Batch(Protocol):
    """Takes many documents through all stages, on one machine or many; see `run_batch`."""

    def __call__(
        self,
        paths: Sequence[Path],
        options: Options,
        *,
        workspace_for: Callable[[Path], Path | None],
        known_for: Callable[[Path], Path | None],
        corrections_for: Callable[[Path], tuple[Correction, ...]],
        on_event: Callable[[Event], None],
        again: bool,
        stages: StageFactory,
        prepare: Prepare | None,
    ) -> Generator[Outcome, None, None]:
        """An outcome for each path, as they come."""


def core_count() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


def run_batch(
    paths: Sequence[Path],
    options: Options,
    *,
    workspace_for: Callable[[Path], Path | None] = lambda path: None,
    known_for: Callable[[Path], Path | None] = lambda path: None,
    corrections_for: Callable[[Path], tuple[Correction, ...]] = lambda path: (),
    on_event: Callable[[Event], None] = lambda event: None,
    again: bool = False,
    stages: StageFactory = stages,
    prepare: Prepare | None = None,
) -> Generator[Outcome, None, None]:
    """Take documents through all stages, whatever becomes of any of them.

    Every document is worked on in a process that has its bounds in time and memory: past them it is ended, with
    everything that it started. Where a worker's death can be laid to one page, or to one stage after the pages, the
    document is taken up again by another worker without that page or stage, which becomes an issue; the pages that
    were done are kept. Nothing is ever tried again in this process.

    The processes are spawned, so a script that calls this does so under `if __name__ == "__main__":`.

    Args:
        workspace_for: asked when a document's turn has come: the folder for its page pictures, or None where
            nobody will look at them. What a run that was stopped left in it is taken up.
        known_for: likewise: the file with an earlier result on the same content, or None.
        corrections_for: likewise: what a person set right in that content.
        on_event: told, in this thread, what happens.
        again: try again what earlier results lost; the pages that they read well are kept.
        stages: gives the stages, in order; a function that can be imported.
        prepare: done by the worker with each document; what it makes is left in the document's workspace, and the
            document itself is not sent back. There must be a workspace then.
    Returns:
        An outcome for each path, as they come.
    Raises:
        StageError: a stage is given less than it needs.
    """
    check_order(tuple(stages()))
    if not paths:
        return
    with tempfile.TemporaryDirectory(prefix="sohoa-") as temporary:
        batch = _Batch(options, stages, prepare, on_event, Path(temporary))
        for number, path in enumerate(paths, start=1):
            place = Place(path, Path(temporary) / str(number), workspace_for, known_for, corrections_for)
            batch.waiting.append(Attempt(path, number, len(paths), options, place, again, prepare is not None))
        try:
            yield from batch.run()
        finally:
            batch.close()


class _Batch:
    """Deals documents to workers, and cores to documents."""

    def __init__(
        self,
        options: Options,
        stages: StageFactory,
        prepare: Prepare | None,
        on_event: Callable[[Event], None],
        temporary: Path,
    ) -> None:
        self.waiting: deque[Attempt] = deque()
        self._options = options.runner
        self._jobs = options.runner.jobs or core_count()
        self._stages = stages
        self._prepare = prepare
        self._on_event = on_event
        self._temporary = temporary
        self._idle: list[WorkerProcess] = []
        self._busy: dict[WorkerProcess, Attempt] = {}
        self._spawned = 0

    def run(self) -> Iterator[Outcome]:
        """Outcomes as they come."""
        while self.waiting or self._busy:
            self._deal()
            wait([handle for worker in self._busy for handle in (worker.connection, worker.sentinel)], _TICK_S)
            for worker, attempt in list(self._busy.items()):
                outcome = self._look(worker, attempt)
                if outcome is not None:
                    yield outcome

    def close(self) -> None:
        """End all workers: those with a document at once, the others in good order."""
        for worker in self._busy:
            worker.kill()
        for worker in self._idle:
            worker.stop()
        self._busy, self._idle = {}, []

    def _deal(self) -> None:
        """Give waiting documents to workers, and cores that nobody uses to the documents in work."""
        while self.waiting and len(self._busy) < self._jobs:
            attempt = self.waiting.popleft()
            worker = self._idle.pop() if self._idle else self._spawn()
            attempt.begin(self._on_event)
            self._busy[worker] = attempt
            sharers = min(self._jobs, len(self._busy) + len(self.waiting))
            worker.start(attempt.job(self._jobs // sharers))
        if not self.waiting and self._busy:
            for worker, attempt in self._busy.items():
                share = self._jobs // len(self._busy)
                if attempt.may_grow_to(share):
                    worker.grow(share)

    def _spawn(self) -> WorkerProcess:
        self._spawned += 1
        log = self._temporary / f"worker-{self._spawned}.log"
        return WorkerProcess(self._stages, log, self._options.memory_mb, self._jobs, self._prepare)

    def _look(self, worker: WorkerProcess, attempt: Attempt) -> Outcome | None:
        """Hear a worker, and judge it: its document's outcome once there is one."""
        dead = bool(wait([worker.sentinel], 0))
        for message in worker.messages():
            attempt.hear(message, self._on_event)
        if attempt.finished is not None and not dead:
            del self._busy[worker]
            self._retire_or_keep(worker)
            return attempt.outcome(self._on_event)
        memory_mb = worker.memory_mb()
        cause = attempt.judge(memory_mb, dead=dead)
        if cause is None:
            return None
        worker.kill()
        del self._busy[worker]
        if attempt.fall(cause, worker.last_words()):
            self.waiting.appendleft(attempt)
            return None
        return attempt.outcome(self._on_event)

    def _retire_or_keep(self, worker: WorkerProcess) -> None:
        """Recycle a worker that has done much or holds much, so that nothing builds up in it."""
        swollen = worker.memory_mb() > _LARGEST_IDLE_SHARE * self._options.memory_mb
        if worker.documents >= _DOCUMENTS_A_WORKER or swollen:
            worker.stop()
        else:
            self._idle.append(worker)

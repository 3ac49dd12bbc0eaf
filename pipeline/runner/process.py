"""A worker as the runner sees it: a process group that can be fed, watched and ended."""

import math
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil  # type: ignore[import-untyped, unused-ignore]

from pipeline.runner.order import StageFactory
from pipeline.runner.outcome import Prepare
from pipeline.runner.protocol import FromWorker, Grow, Job, Stop, ToWorker
from pipeline.runner.worker import serve

__all__ = ["WorkerProcess"]

_SPAWN = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold
_LONGEST_LAST_WORDS = 300
_STOP_S = 5.0
_MEASURE_EVERY_S = 0.15  # looking through all processes takes longer than hearing what a worker says


class WorkerProcess:
    """A spawned process with a pipe to it and a log of what it said last."""

    def __init__(
        self, stages: StageFactory, log: Path, memory_mb: int, maximum_threads: int, prepare: Prepare | None = None
    ) -> None:
        # Matrices are small: a second thread for them waits more than it saves. Numpy reads this when it is loaded.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self.connection, theirs = _SPAWN.Pipe()
        self._log = log
        self._process = _SPAWN.Process(
            target=serve, args=(theirs, stages, str(log), memory_mb, maximum_threads, prepare), daemon=True
        )
        self._process.start()
        theirs.close()
        self._decoder = msgspec.json.Decoder(FromWorker)
        self._memory_mb = 0.0
        self._measured_s = -math.inf
        self.documents = 0

    @property
    def pid(self) -> int:
        """Its process id, which is its group's and session's too."""
        return self._process.pid or 0

    @property
    def sentinel(self) -> int:
        """Ready when it has died."""
        return self._process.sentinel

    def send(self, message: ToWorker) -> None:
        """Tell it something; a worker that has died hears nothing, and its death is seen elsewhere."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send_bytes(msgspec.json.encode(message))

    def start(self, job: Job) -> None:
        """Give it a document."""
        self.documents += 1
        self.send(job)

    def grow(self, threads: int) -> None:
        """Let its document have more threads."""
        self.send(Grow(threads))

    def messages(self) -> Iterator[FromWorker]:
        """What it has said since; ends where it has died."""
        with suppress(EOFError, ConnectionResetError):
            while self.connection.poll():
                yield self._decoder.decode(self.connection.recv_bytes())

    def memory_mb(self) -> float:
        """What it and its programs hold, resident, as of a moment ago; 0 when it has died."""
        if time.monotonic() < self._measured_s + _MEASURE_EVERY_S:
            return self._memory_mb
        self._memory_mb = self._measure_memory_mb()
        self._measured_s = time.monotonic()
        return self._memory_mb

    def _measure_memory_mb(self) -> float:
        total = 0
        with suppress(psutil.Error):
            for pid in (self.pid, *_descendants(self.pid)):
                with suppress(psutil.Error):
                    total += psutil.Process(pid).memory_info().rss
        return total / 2**20

    def last_words(self) -> str:
        """How it died, as far as anyone can tell: a signal's name, or the last line that it wrote."""
        code = self._process.exitcode
        if code == -signal.SIGKILL:
            return "it was killed, perhaps by the system for want of memory"
        if code is not None and code < 0:
            return f"signal {signal.Signals(-code).name}"
        lines: list[str] = []
        with suppress(OSError):
            lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        last = f": {lines[-1][:_LONGEST_LAST_WORDS]}" if lines else ""
        return f"exit code {code}{last}"

    def kill(self) -> None:
        """End it and everything that it started, at once."""
        programs: list[psutil.Process] = []
        with suppress(psutil.Error):
            programs = psutil.Process(self.pid).children(recursive=True)
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(self.pid) == self.pid:
                os.killpg(self.pid, signal.SIGKILL)
        self._process.kill()
        for program in programs:
            with suppress(psutil.Error):
                program.kill()
        self._process.join()
        self.connection.close()

    def stop(self) -> None:
        """Let it go home, and end it if it will not."""
        self.send(Stop())
        self._process.join(_STOP_S)
        self.kill()


def _descendants(pid: int) -> list[int]:
    """The processes that a process and those that it started have started."""
    try:
        # What the kernel says of these few takes a fraction of the time that looking through all processes does.
        found = [
            int(child)
            for thread in Path(f"/proc/{pid}/task").iterdir()
            for child in (thread / "children").read_text().split()
        ]
    except OSError:  # it has gone, or the kernel does not say
        with suppress(psutil.Error):
            return [child.pid for child in psutil.Process(pid).children(recursive=True)]
        return []
    return found + [further for child in found for further in _descendants(child)]

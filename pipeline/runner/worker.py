"""The inside of a worker: a process of its own that digitises one document after the other."""

import faulthandler
import gc
import os
import queue
import resource
import signal
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import cv2
import msgspec

from pipeline.document import Document, Status
from pipeline.errors import InputError, SohoaError
from pipeline.runner.files import NO_SPACE, write_atomically
from pipeline.runner.order import StageFactory
from pipeline.runner.outcome import Prepare
from pipeline.runner.protocol import (
    Begun,
    Broke,
    Ended,
    Finished,
    FromWorker,
    Grow,
    Job,
    PageDone,
    Pages,
    Stop,
    ToWorker,
)
from pipeline.runner.resume import FinishedPages, read_document
from pipeline.runner.slots import Slots
from pipeline.runner.source import printable
from pipeline.runner.walk import walk
from pipeline.stage import Stage

__all__ = ["serve"]

_LONGEST_TEXT = 2000
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


class _Mouth:
    """Says what happens to the runner; safe from any thread."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def say(self, message: FromWorker) -> None:
        """Send one message."""
        with self._lock:
            self._connection.send_bytes(msgspec.json.encode(message))

    def begun(self, stage: str, page: int | None) -> None:
        """A stage begins."""
        self.say(Begun(stage, page))

    def ended(self, stage: str, page: int | None, wall_s: float = 0.0) -> None:
        """It has finished."""
        self.say(Ended(stage, page, wall_s))

    def broke(self, stage: str, page: int | None, error: BaseException) -> None:
        """It was ended by an error that nobody foresaw."""
        text = printable(f"{type(error).__name__}: {error}"[:_LONGEST_TEXT])
        if isinstance(error, MemoryError):
            self.say(Broke(stage, page, "memory", text))
        elif isinstance(error, OSError) and error.errno in NO_SPACE:
            self.say(Broke(stage, page, "disk", text))
        else:
            self.say(Broke(stage, page, "crash", text))

    def counted(self, pages: int) -> None:
        """So many pages there are."""
        self.say(Pages(pages))

    def page_done(self, page: int) -> None:
        """A page is done."""
        self.say(PageDone(page))


class _Ear:
    """Hears the runner in a thread of its own, so that a job can be given more threads while it runs."""

    def __init__(self, connection: Connection, maximum_threads: int) -> None:
        self.jobs: queue.SimpleQueue[tuple[Job, Slots] | None] = queue.SimpleQueue()
        self._connection = connection
        self._maximum = maximum_threads
        threading.Thread(target=self._listen, name="ear", daemon=True).start()

    def _listen(self) -> None:
        decoder = msgspec.json.Decoder(ToWorker)
        slots = Slots(1)
        while True:
            try:
                message = decoder.decode(self._connection.recv_bytes())
            except (EOFError, OSError):
                # The runner is gone, or wants this worker to be: nothing may go on that nobody waits for.
                os.killpg(0, signal.SIGKILL)
                return
            if isinstance(message, Grow):
                slots.grow(message.threads)
            elif isinstance(message, Stop):
                self.jobs.put(None)
            else:
                slots = Slots(message.threads, maximum=self._maximum)
                self.jobs.put((message, slots))


def serve(
    connection: Connection,
    stages: StageFactory,
    log: str,
    memory_mb: int,
    maximum_threads: int,
    prepare: Prepare | None = None,
) -> None:
    """Work on documents until the runner closes the pipe or ends this process.

    Args:
        prepare: does with each document what is to be done in the end; without it the document is sent back.
        log: file that takes what this process and its programs write on standard output and error.
        memory_mb: the bound that the runner watches; the system's own bound is set above it.
    """
    os.setsid()
    _redirect(log)
    _bound_memory(memory_mb)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    cv2.setNumThreads(1)  # pages are what is shared out among the cores
    mouth = _Mouth(connection)
    ear = _Ear(connection, maximum_threads)
    # What is loaded once stays: looking through it for garbage took a sixth of the start.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 100)
    order = tuple(stages())
    gc.freeze()
    while (task := ear.jobs.get()) is not None:
        job, slots = task
        _forget_peak_memory()
        mouth.say(_work(job, order, mouth, slots, prepare))


def _work(job: Job, order: tuple[Stage, ...], mouth: _Mouth, slots: Slots, prepare: Prepare | None) -> Finished:
    try:
        document = walk(
            Path(os.fsdecode(job.path)),
            job.options,
            order,
            mouth,
            slots,
            workspace=Path(job.workspace) if job.workspace is not None else None,
            known=read_document(Path(job.known)) if job.known is not None else None,
            skips=job.skips,
            finished=FinishedPages(Path(job.finished)),
            again=job.again,
            corrections=job.corrections,
        )
        if prepare is not None:
            prepare(document, Path(job.result).parent)
        else:
            write_atomically(Path(job.result), msgspec.json.encode(document), lasting=False)
    except SohoaError as error:
        status: Status = "refused" if isinstance(error, InputError) else "failed"
        return Finished(status, error.code, printable(error.message), printable(error.remedy), _peak_memory_mb())
    return Finished(
        document.status, peak_memory_mb=_peak_memory_mb(), losses=document.losses, unread=_is_unread(document)
    )


def _is_unread(document: Document) -> bool:
    """Whether something was lost of every page that is not blank."""
    lost = document.lost_pages
    return bool(lost) and all(page.blank or page.number in lost for page in document.pages)


def _redirect(log: str) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    faulthandler.enable()


def _bound_memory(memory_mb: int) -> None:
    """Let the system refuse what would outrun the runner's watch; address space is asked for long before it is used."""
    bound = max(2 * memory_mb, memory_mb + 2048) * 2**20
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if hard == resource.RLIM_INFINITY or bound < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))


def _forget_peak_memory() -> None:
    with suppress(OSError):  # not every kernel lets a process forget
        Path("/proc/self/clear_refs").write_text("5")


def _peak_memory_mb() -> float:
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

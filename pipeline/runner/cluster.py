"""Many documents on many machines: Ray deals them out, and each is worked on as on one machine.

The process that begins the run keeps the ledger, claims documents and stores what comes of them; a task on some
machine of the cluster digitises one document in a worker with its bounds in time and memory. Files are reached by the
same paths everywhere: the inputs and the archive lie in a folder that all machines share.
"""

import os
import socket
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.corrections import Correction
from pipeline.document import Document
from pipeline.errors import ClusterError, MissingEngineError
from pipeline.options import Options
from pipeline.runner.batch import run_batch
from pipeline.runner.order import StageFactory, check_order, stages
from pipeline.runner.outcome import Event, Outcome, Prepare
from pipeline.runner.source import printable
from pipeline.runner.stage_log import StageState
from pipeline.runner.verdict import failure

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["run_on_cluster"]

# A task whose machine is lost is begun again on another one; a document that kills its worker is dealt with there.
_MOST_LOST_MACHINES = 3
# So many documents for each core are handed out at a time: enough that none waits, few enough that none is forgotten.
_AHEAD = 2
_WAIT_S = 0.5
_KNOCK_S = 10.0


class _Told(msgspec.Struct, frozen=True):
    """An outcome on its way between machines; the document itself comes beside it."""

    status: str
    error_code: str | None
    message: str | None
    remedy: str | None
    wall_s: float
    peak_memory_mb: float
    stages: tuple[StageState, ...]
    folder: str | None


def run_on_cluster(
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
    address: str | None = None,
) -> Generator[Outcome, None, None]:
    """Take documents through all stages on the machines of a Ray cluster; what `run_batch` does on one.

    Args:
        workspace_for, known_for, corrections_for, again, stages, prepare: as for `run_batch`. Folders must be the
            same on all machines.
        on_event: told when a document begins and when it ends.
        address: of the cluster, as Ray writes it (`auto`, `ray://host:10001`); None begins one on this machine.
    Returns:
        An outcome for each path, as they come.
    Raises:
        MissingEngineError: Ray is not installed.
        ClusterError: the cluster cannot be reached, or is lost.
        StageError: a stage is given less than it needs.
    """
    check_order(tuple(stages()))
    if not paths:
        return
    with _cluster(address, options.runner.jobs) as ray:
        task = ray.remote(num_cpus=1, max_retries=_MOST_LOST_MACHINES)(_digitise)
        waiting = deque(enumerate(paths, start=1))
        in_hand: dict[Any, tuple[int, Path, float]] = {}
        try:
            while waiting or in_hand:
                room = _AHEAD * max(int(ray.cluster_resources().get("CPU", 1)), 1)
                while waiting and len(in_hand) < room:
                    number, path = waiting.popleft()
                    workspace, known = workspace_for(path), known_for(path)
                    on_event(Event(path, number, len(paths)))
                    reference = task.remote(
                        os.fsencode(path),
                        msgspec.json.encode(options),
                        str(workspace) if workspace is not None else None,
                        str(known) if known is not None else None,
                        msgspec.json.encode(corrections_for(path)),
                        again,
                        stages,
                        prepare,
                    )
                    in_hand[reference] = number, path, time.monotonic()
                ready, _ = ray.wait(list(in_hand), num_returns=1, timeout=_WAIT_S)
                for reference in ready:
                    number, path, began_s = in_hand.pop(reference)
                    outcome = _result(ray, reference, path, time.monotonic() - began_s)
                    pages = len(outcome.document.pages) if outcome.document is not None else None
                    on_event(Event(path, number, len(paths), "", None, pages or 0, pages, outcome.status))
                    yield outcome
        except ray.exceptions.RayError as error:
            raise ClusterError(
                f"The cluster was lost: {error}.",
                remedy="See that its head is up, then run the same command again: what is done is kept.",
            ) from error
        finally:
            for reference in in_hand:
                ray.cancel(reference, force=True)


def _digitise(
    path: bytes,
    options: bytes,
    workspace: str | None,
    known: str | None,
    corrections: bytes,
    again: bool,
    stages: StageFactory,
    prepare: Prepare | None,
) -> tuple[bytes, bytes | None]:
    """One document, in a task on some machine: its outcome and the document, both as JSON."""
    here = Path(os.fsdecode(path))
    chosen = msgspec.json.decode(options, type=Options)
    one = msgspec.structs.replace(chosen, runner=msgspec.structs.replace(chosen.runner, jobs=1))
    (outcome,) = run_batch(
        [here],
        one,
        workspace_for=lambda _: Path(workspace) if workspace is not None else None,
        known_for=lambda _: Path(known) if known is not None else None,
        corrections_for=lambda _: msgspec.json.decode(corrections, type=tuple[Correction, ...]),
        again=again,
        stages=stages,
        prepare=prepare,
    )
    told = _Told(
        outcome.status,
        outcome.error_code,
        outcome.message,
        outcome.remedy,
        outcome.wall_s,
        outcome.peak_memory_mb,
        outcome.stages,
        str(outcome.folder) if outcome.folder is not None else None,
    )
    document = msgspec.json.encode(outcome.document) if outcome.document is not None else None
    return msgspec.json.encode(told), document


def _result(ray: Any, reference: Any, path: Path, waited_s: float) -> Outcome:
    """What came of a document; a task that was lost more often than allowed is a failure of that document alone."""
    try:
        told, document = ray.get(reference)
    except (ray.exceptions.WorkerCrashedError, ray.exceptions.NodeDiedError, ray.exceptions.OutOfMemoryError) as error:
        why = failure(printable(path.name), "crash", "", f"its machine or task was lost: {type(error).__name__}")
        return Outcome(path, "failed", None, why.code, why.message, why.remedy, waited_s)
    found = msgspec.json.decode(told, type=_Told)
    return Outcome(
        path,
        found.status,  # type: ignore[arg-type]
        msgspec.json.decode(document, type=Document) if document is not None else None,
        found.error_code,
        found.message,
        found.remedy,
        found.wall_s,
        found.peak_memory_mb,
        found.stages,
        Path(found.folder) if found.folder is not None else None,
    )


def _knock(address: str | None) -> None:
    """See that somebody listens at an address, for Ray itself tries for minutes.

    Raises:
        OSError: nobody does.
    """
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK_S):
            return


@contextmanager
def _cluster(address: str | None, jobs: int) -> "Iterator[Any]":
    """Ray, connected; disconnected at the end."""
    # Nothing is told to anybody outside, and the driver's own environment is the workers'.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
    except ModuleNotFoundError as error:
        raise MissingEngineError(
            "Ray is not installed.", remedy="Install it with `pip install 'sohoa[ray]'`, or leave out --engine ray."
        ) from error
    import ray.exceptions

    try:
        _knock(address)
        if address is None:
            ray.init(num_cpus=jobs or None, include_dashboard=False, log_to_driver=False, configure_logging=False)
        else:
            ray.init(address=address, log_to_driver=False, configure_logging=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise ClusterError(
            f"The cluster {address or 'on this machine'} cannot be reached: {error}.",
            remedy="Begin one with `ray start --head`, and name it with --address, for example ray://host:10001.",
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()

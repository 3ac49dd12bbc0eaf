"""Processes that are at work on an archive, perhaps on several machines that share it: who they are, and who lives."""

import os
import platform
from pathlib import Path

__all__ = ["is_gone", "lives", "own_mark", "this_process"]


def this_process() -> str:
    """This process, so that others can tell whether it lives."""
    return f"{platform.node()}:{os.getpid()}:{_started(os.getpid())}"


def lives(owner: str | None) -> bool:
    """Whether a process lives, as far as can be told: one of another machine is taken to."""
    if owner is None:
        return False
    machine, pid, started = owner.rsplit(":", 2)
    return machine != platform.node() or _started(int(pid)) == started


def own_mark() -> str:
    """What marks a folder as this process's own, to be removed when it is gone: machine, processes it counts among, id.

    Containers may have one name and each processes of their own, so the name alone does not tell whose an id is.
    """
    return f"{platform.node()}.{_namespace()}.{os.getpid()}"


def is_gone(mark: str) -> bool:
    """Whether the process of a mark is surely gone: what cannot be seen from here is not."""
    place, _, pid = mark.rpartition(".")
    seen = place == f"{platform.node()}.{_namespace()}" and pid.isdigit()
    return seen and not Path("/proc", pid).exists()


def _namespace() -> int:
    """The number of the set of processes that this one sees."""
    try:
        return Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return 0


def _started(pid: int) -> str:
    """When a process began, in ticks since the machine did, which no change of the clock moves; empty if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""

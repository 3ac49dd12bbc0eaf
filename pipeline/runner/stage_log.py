"""What each stage did with each page: how often it was tried, how long it took, what it held, how it ended."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from msgspec import Struct

from pipeline.document import Issue

__all__ = ["StageLog", "StageState"]

_At: TypeAlias = tuple[str, int | None]


class StageState(Struct, frozen=True):
    """How a stage stands with a page or with the whole document.

    Attributes:
        page: its number, None for a stage that needs the whole document.
        state: `done`; `failed` where it could not do its work; `left-out` where it was not tried.
        attempts: how often it was begun, over all workers of this run.
        wall_s: seconds of its last attempt, None where it ended its worker.
        peak_memory_mb: the most that its worker, with the worker's programs, was seen to hold meanwhile. Pages that
            are worked on at the same time share it. None where it was over before anyone looked.
        error_code, message, remedy: why it failed, and what to do.
    """

    stage: str
    page: int | None
    state: Literal["done", "failed", "left-out"]
    attempts: int
    wall_s: float | None = None
    peak_memory_mb: float | None = None
    error_code: str | None = None
    message: str | None = None
    remedy: str | None = None


@dataclass(slots=True)
class _Entry:
    attempts: int = 0
    wall_s: float | None = None
    peak_memory_mb: float | None = None
    ended: bool = False


@dataclass(slots=True)
class StageLog:
    """Notes of one document's way; `open` are the stages and pages that a worker is at, with when it began them."""

    open: dict[_At, float] = field(default_factory=dict)
    _entries: dict[_At, _Entry] = field(default_factory=dict)

    def begun(self, stage: str, page: int | None) -> None:
        """A worker begins."""
        self.open[stage, page] = time.monotonic()
        entry = self._entries.setdefault((stage, page), _Entry())
        entry.attempts += 1
        entry.ended = False

    def ended(self, stage: str, page: int | None, wall_s: float) -> None:
        """It has finished, well or not; what was never begun is progress within a stage and is not noted."""
        if self.open.pop((stage, page), None) is None:
            return
        entry = self._entries[stage, page]
        entry.wall_s = wall_s
        entry.ended = True

    def seen(self, memory_mb: float) -> None:
        """What the worker holds now."""
        for at in self.open:
            entry = self._entries[at]
            entry.peak_memory_mb = max(entry.peak_memory_mb or 0.0, memory_mb)

    def states(self, losses: Iterable[Issue]) -> tuple[StageState, ...]:
        """Everything that was tried, and what the losses say was not, in the order in which it was begun."""
        reasons = {(loss.stage, loss.page): loss for loss in losses}
        states = [
            _state(at, entry, reasons.get(at), "done" if entry.ended else "failed")
            for at, entry in self._entries.items()
        ]
        states += [_state(at, _Entry(), loss, "left-out") for at, loss in reasons.items() if at not in self._entries]
        return tuple(states)


def _state(at: _At, entry: _Entry, loss: Issue | None, state: Literal["done", "failed", "left-out"]) -> StageState:
    stage, page = at
    memory_mb = round(entry.peak_memory_mb, 1) if entry.peak_memory_mb is not None else None
    if loss is None:
        return StageState(stage, page, state, entry.attempts, entry.wall_s, memory_mb)
    return StageState(
        stage,
        page,
        "failed" if entry.attempts else state,
        entry.attempts,
        entry.wall_s,
        memory_mb,
        loss.code,
        loss.message,
        loss.remedy,
    )

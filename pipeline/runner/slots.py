"""How many pages may be worked on at a time, a number that may grow while the work goes on."""

import threading
from types import TracebackType

__all__ = ["Slots"]


class Slots:
    """A semaphore whose size can be raised: `with slots:` holds one of them."""

    def __init__(self, count: int, *, maximum: int | None = None) -> None:
        self.maximum = max(count, maximum or count, 1)
        self._count = max(count, 1)
        self._held = 0
        self._changed = threading.Condition()

    def grow(self, count: int) -> None:
        """Allow as many as `count` at a time, never fewer than before and never more than the maximum."""
        with self._changed:
            self._count = min(max(self._count, count), self.maximum)
            self._changed.notify_all()

    def __enter__(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._held < self._count)
            self._held += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._changed:
            self._held -= 1
            self._changed.notify()

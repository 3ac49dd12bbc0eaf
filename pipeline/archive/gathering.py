"""Work beside other work: what has gathered while the last of it was done is done together."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, TypeVar

__all__ = ["Gathering"]

_Item = TypeVar("_Item")
_Done = TypeVar("_Done")


class Gathering(Generic[_Item, _Done]):
    """Hands items to a function in a thread of its own, as many at a time as there are; use it in a `with` statement.

    At the end of the statement everything has been worked on, however it ends.
    """

    def __init__(self, work: Callable[[list[_Item]], Sequence[_Done]], *, most: int) -> None:
        """Nothing is done yet.

        Args:
            most: so many items may wait; who brings more waits.
        """
        self._work = work
        self._most = most
        self._items: deque[_Item] = deque()
        self._changed = threading.Condition()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="gathering")
        self._turns: deque[Future[Sequence[_Done]]] = deque()

    def __enter__(self) -> "Gathering[_Item, _Done]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._executor.shutdown(wait=True)

    def put(self, item: _Item) -> None:
        """Bring an item."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._items) < self._most)
            self._items.append(item)
        self._turns.append(self._executor.submit(self._turn))

    def done(self) -> Iterator[_Done]:
        """What came of items, as far as it is known; raises what the function raised."""
        while self._turns and self._turns[0].done():
            yield from self._turns.popleft().result()

    def all_done(self) -> Iterator[_Done]:
        """What came of all items that are left; waits for it."""
        while self._turns:
            yield from self._turns.popleft().result()

    def _turn(self) -> Sequence[_Done]:
        with self._changed:
            items = list(self._items)
            self._items.clear()
            self._changed.notify()
        return self._work(items) if items else ()

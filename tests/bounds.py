"""Bounds that tests hold work to."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def bounded_time(most_s: float) -> Iterator[None]:
    """Of this process alone, however busy the machine is."""
    start_s = time.process_time()
    yield
    assert time.process_time() - start_s < most_s

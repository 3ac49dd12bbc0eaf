"""What is done when the catalog's server goes away in the middle of a run: wait for it, and go on."""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from pipeline.errors import LostCatalogError

__all__ = ["done_again"]

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")
_WAIT_S = 60.0
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 2.0


def done_again(transaction: Callable[_Given, _Answer]) -> Callable[_Given, _Answer]:
    """A function that is one transaction, done again while its server is away, for a minute.

    Done twice it must do no harm: where the answer to a commit was lost, nobody knows whether it counted.

    Raises:
        LostCatalogError: the server did not come back.
    """

    @wraps(transaction)
    def patient(*given: _Given.args, **named: _Given.kwargs) -> _Answer:
        deadline_s = time.monotonic() + _WAIT_S
        pause_s = 0.0
        while True:
            try:
                return transaction(*given, **named)
            except LostCatalogError:
                if time.monotonic() + pause_s > deadline_s:
                    raise
            # A connection that was lying idle while the server was restarted is replaced at once.
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S) or _FIRST_PAUSE_S

    return patient

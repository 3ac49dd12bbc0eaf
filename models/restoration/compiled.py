"""Compiling of inner loops, with the result cached on disk wherever that is possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile a function of numbers and arrays.

    The machine code is kept beside the module or in the user's cache folder; where neither can be
    written the function is compiled anew in every process.
    """
    try:
        return cast(Function, numba.njit(cache=True, nogil=True, fastmath=False)(function))
    except RuntimeError:
        return cast(Function, numba.njit(nogil=True)(function))

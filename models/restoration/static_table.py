"""Static tables from keys to bytes, built once and never changed: three cells that give a key's value."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.restoration.compiled import compiled
from models.restoration.language_model import cells_of, mark_of, mix

Keys = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]


def plan(keys: int, attempt: int = 0) -> tuple[int, int]:
    """Return the cells of a segment and of all segments but the last two.

    Args:
        keys: keys that are to be stored.
        attempt: how often building has failed; every attempt takes more room.
    Source:
        Binary fuse filters (Graf and Lemire, 2022).
    """
    keys = max(keys, 2)
    segment = 1 << max(1, int(np.floor(np.log(keys) / np.log(3.33) + 2.25)) - attempt // 4)
    share = max(1.125, 0.875 + 0.25 * np.log(1e6) / np.log(keys)) + 0.02 * attempt
    segments = max(1, int(np.ceil(keys * share / segment)) - 2) + attempt // 8
    return segment, segments * segment


@compiled
def _order(keys: Keys, segment: int, count: int) -> tuple[int, npt.NDArray[np.uint32], npt.NDArray[np.int8]]:
    """Return how many keys could be laid one after another, in which order, and by which of their cells."""
    size = count + 2 * segment
    users = np.zeros(size, dtype=np.uint32)
    which = np.zeros(size, dtype=np.uint32)
    for k in range(len(keys)):
        for used in cells_of(mix(keys[k]), segment, count):
            users[used] += np.uint32(1)
            which[used] ^= np.uint32(k)
    alone = np.zeros(size, dtype=np.int64)
    waiting = 0
    for cell in range(size):
        if users[cell] == 1:
            alone[waiting] = cell
            waiting += 1
    laid = np.zeros(len(keys), dtype=np.uint32)
    by = np.zeros(len(keys), dtype=np.int8)
    done = 0
    while waiting > 0:
        waiting -= 1
        cell = alone[waiting]
        if users[cell] != 1:
            continue
        k = which[cell]
        laid[done] = k
        for place, other in enumerate(cells_of(mix(keys[k]), segment, count)):
            if other == cell:
                by[done] = place
            users[other] -= np.uint32(1)
            which[other] ^= k
            if users[other] == 1:
                alone[waiting] = other
                waiting += 1
        done += 1
    return done, laid, by


@compiled
def _fill(
    keys: Keys, values: Bytes, segment: int, count: int, laid: npt.NDArray[np.uint32], by: npt.NDArray[np.int8]
) -> npt.NDArray[np.uint32]:
    table = np.zeros(count + 2 * segment, dtype=np.uint32)
    for at in range(len(laid) - 1, -1, -1):
        k = laid[at]
        h = mix(keys[k])
        cells = cells_of(h, segment, count)
        rest = np.uint32((mark_of(h) << np.uint32(8)) | np.uint32(values[k]))
        for place in range(3):
            if place != by[at]:
                rest ^= table[cells[place]]
        table[cells[by[at]]] = rest
    return table


def build(keys: Keys, values: Bytes) -> tuple[npt.NDArray[np.uint32], tuple[int, int]]:
    """Build the table of distinct keys.

    Args:
        keys: distinct keys.
        values: the byte of each key.
    Returns:
        Cells of 24 bits of fingerprint above 8 of value; cells of a segment and of all but the last two.
    Raises:
        ValueError: the keys are not distinct.
    """
    for attempt in range(40):
        segment, count = plan(len(keys), attempt)
        done, laid, by = _order(keys, segment, count)
        if done == len(keys):
            return _fill(keys, values, segment, count, laid, by), (segment, count)
    raise ValueError("A key stands more than once among the keys of a table.")


def shorten(table: npt.NDArray[np.uint32]) -> Bytes:
    """Return the cells as three bytes each: the low two of the fingerprint, then the value."""
    cells = np.empty((len(table), 3), dtype=np.uint8)
    cells[:, 0] = (table >> np.uint32(8)) & np.uint32(255)
    cells[:, 1] = (table >> np.uint32(16)) & np.uint32(255)
    cells[:, 2] = table & np.uint32(255)
    return cells.reshape(-1)

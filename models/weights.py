"""Weight files: named arrays in one file, mapped from disk, their hash checked against a manifest."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MAGIC = b"SOHOAW01"
ALIGNMENT = 64
MANIFEST = "manifest.json"

Array = npt.NDArray[Any]


class WeightsError(Exception):
    """A weight file is missing, damaged or not the one that the manifest names."""


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write named arrays into one file.

    Args:
        path: the file, replaced at once if it is there: who has it mapped keeps what was in it.
        arrays: arrays of plain numbers; the order is kept.
    """
    table: dict[str, dict[str, object]] = {}
    offset = 0
    for name, array in arrays.items():
        table[name] = {"dtype": array.dtype.str, "shape": list(array.shape), "offset": offset}
        offset += -(-array.nbytes // ALIGNMENT) * ALIGNMENT
    header = json.dumps(table, sort_keys=False).encode("utf-8")
    start = -(-(len(MAGIC) + 8 + len(header)) // ALIGNMENT) * ALIGNMENT
    unfinished = path.with_name(f"{path.name}.part")
    with unfinished.open("wb") as stream:
        stream.write(MAGIC + struct.pack("<Q", len(header)) + header)
        stream.write(b"\0" * (start - stream.tell()))
        for array in arrays.values():
            stream.write(np.ascontiguousarray(array).tobytes())
            stream.write(b"\0" * (-stream.tell() % ALIGNMENT))
    unfinished.replace(path)


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(f"Cannot read the weight file {path.name}: {error.strerror}.") from error


def write_manifest(folder: Path, names: Iterable[str]) -> None:
    """Record size and SHA-256 of some files of a folder."""
    files = {name: {"sha256": _hash(folder / name), "bytes": (folder / name).stat().st_size} for name in sorted(names)}
    (folder / MANIFEST).write_text(json.dumps({"files": files}, indent=2) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, str]:
    """Return the SHA-256 that each weight file of a folder should have.

    Raises:
        WeightsError: there is no manifest, or it is no manifest.
    """
    try:
        raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {str(name): str(entry["sha256"]) for name, entry in raw["files"].items()}
    except OSError as error:
        raise WeightsError(f"No weights in {folder}: {MANIFEST} cannot be read.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"{folder / MANIFEST} is not a manifest of weights.") from error


def load_arrays(folder: Path, name: str) -> dict[str, Array]:
    """Map the arrays of a weight file into memory, read-only.

    Args:
        folder: folder with the file and its manifest.
        name: the file's name.
    Returns:
        The arrays by name.
    Raises:
        WeightsError: the file is missing, not in the manifest, changed, or damaged.
    """
    wanted = read_manifest(folder).get(name)
    if wanted is None:
        raise WeightsError(f"{name} is not in the manifest of {folder}.")
    path = folder / name
    if _hash(path) != wanted:
        raise WeightsError(f"{name} is not the file that the manifest names (SHA-256 differs); install it again.")
    prefix = len(MAGIC) + 8
    with path.open("rb") as stream:
        begins = stream.read(prefix)
    if len(begins) < prefix or not begins.startswith(MAGIC):
        raise WeightsError(f"{name} is not a weight file.")
    raw = np.memmap(path, dtype=np.uint8, mode="r")
    length = struct.unpack("<Q", begins[len(MAGIC) :])[0]
    try:
        table = json.loads(bytes(raw[prefix : prefix + length]))
        start = -(-(prefix + length) // ALIGNMENT) * ALIGNMENT
        arrays: dict[str, Array] = {}
        for key, entry in table.items():
            dtype = np.dtype(entry["dtype"])
            if dtype.kind not in "iuf":
                raise WeightsError(f"{name} holds something other than numbers.")
            shape = tuple(int(side) for side in entry["shape"])
            begin = start + int(entry["offset"])
            size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
            if begin + size > len(raw):
                raise WeightsError(f"{name} ends too early.")
            arrays[key] = raw[begin : begin + size].view(np.ndarray).view(dtype).reshape(shape)
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{name} is damaged.") from error
    return arrays

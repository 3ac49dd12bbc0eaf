"""Which lines of a text are for training and which are held out for testing."""

from __future__ import annotations

import hashlib
import lzma
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HELD_OUT_SHARE = 50
"""One line in this many is held out."""


def is_held_out(line: str) -> bool:
    """Whether a line belongs to the test part, decided by its hash alone."""
    digest = hashlib.blake2b(line.encode("utf-8", "replace"), digest_size=4).digest()
    return int.from_bytes(digest, "little") % HELD_OUT_SHARE == 0


def read_lines(path: Path, *, held_out: bool) -> Iterator[str]:
    """Yield the NFC lines of one part of a text file.

    Args:
        path: UTF-8 text, plain or compressed (``.xz``).
        held_out: True for the test part, False for the training part.
    Yields:
        Non-empty lines without surrounding white space.
    """
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as stream:
        for raw in stream:
            line = unicodedata.normalize("NFC", raw.strip())
            if line and is_held_out(line) == held_out:
                yield line


@cache
def held_out_lines(path: Path) -> tuple[str, ...]:
    """Return the test part of a text file, read once a process."""
    return tuple(read_lines(path, held_out=True))

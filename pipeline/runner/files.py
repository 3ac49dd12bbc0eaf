"""Writing files so that they are there whole or not at all."""

import errno
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import ArchiveError, FullDiskError

__all__ = [
    "NO_SPACE",
    "new_file",
    "sync",
    "sync_folder",
    "translate_write_errors",
    "write_atomically",
    "writing_atomically",
]

_SYNCS_AT_A_TIME = 16
NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def translate_write_errors(path: Path) -> Iterator[None]:
    """Say what to do when `path` cannot be written.

    Raises:
        FullDiskError: no space is left.
        ArchiveError: it cannot be written for another reason.
    """
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise FullDiskError(
                f"No space is left to write {path}.",
                remedy="Free some space or choose another place, then run the same command again: "
                "what is done is kept.",
            ) from error
        raise ArchiveError(
            f"{path} cannot be written: {error.strerror or error}.",
            remedy="Check that the folder exists and that you may write in it.",
        ) from error


def write_atomically(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Write a file by way of a temporary one beside it; nothing half-written is ever seen under its name.

    Args:
        lasting: wait until it has reached the disk; what can be made again need not.
    Raises:
        FullDiskError: no space is left.
        ArchiveError: it cannot be written for another reason.
    """
    with writing_atomically(path, lasting=lasting) as file:
        file.write(content)


@contextmanager
def writing_atomically(path: Path, *, lasting: bool = True) -> Iterator[BinaryIO]:
    """A file to be written piece by piece; it has its name when all of it is there, and is gone if that fails.

    Args:
        lasting: wait until it has reached the disk; what can be made again need not.
    Raises:
        FullDiskError: no space is left.
        ArchiveError: it cannot be written for another reason.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with translate_write_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with new_file(temporary) as file:
                yield file
                if lasting:
                    file.flush()
                    os.fsync(file.fileno())
            temporary.replace(path)
            if lasting:
                sync_folder(path.parent)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()


def new_file(path: Path) -> BinaryIO:
    """A file that was not there before, open to be written; a link that somebody left in its place is not followed."""
    path.unlink(missing_ok=True)
    return path.open("xb")


def sync_folder(folder: Path) -> None:
    """Let a folder's entries reach the disk, so that a rename survives a power cut."""
    _sync(folder)


def sync(paths: Iterable[Path]) -> None:
    """Let files and folders reach the disk, several at a time: a file system writes those down together."""
    with ThreadPoolExecutor(_SYNCS_AT_A_TIME, thread_name_prefix="sync") as executor:
        for _ in executor.map(_sync, paths):
            pass


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

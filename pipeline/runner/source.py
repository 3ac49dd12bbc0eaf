"""Who a file is: its name, size and the SHA-256 of its bytes."""

import hashlib
import stat
from pathlib import Path

from pipeline.document import Source
from pipeline.errors import MissingInputError, UnsupportedInputError

__all__ = ["identify", "printable"]

_UNKNOWN = "application/octet-stream"


def printable(text: str) -> str:
    """A text that can be written: what stands for bytes of a file's name that are no text becomes `?`."""
    return text.encode("utf-8", "replace").decode()


def identify(path: Path) -> Source:
    """The file's identity; what it is remains for `ingest` to say.

    Raises:
        MissingInputError: it is not there, or cannot be read by this user.
        UnsupportedInputError: it is no file.
    """
    digest = hashlib.sha256()
    size_bytes = 0
    shown = printable(str(path))
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnsupportedInputError(f"{shown} is no file.", remedy="Give a file, or a folder of files.")
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size_bytes += len(block)
    except OSError as error:
        raise MissingInputError(
            f"{shown} cannot be read: {error.strerror or error}.",
            remedy="Check that the path is right and that you may read the file.",
        ) from error
    return Source(printable(path.name), digest.hexdigest(), size_bytes, _UNKNOWN)

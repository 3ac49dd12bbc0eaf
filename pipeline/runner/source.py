"""Who a file is: its name, size and the SHA-256 of its bytes."""

import hashlib
from pathlib import Path

from pipeline.document import Source
from pipeline.errors import MissingInputError

__all__ = ["identify"]

_UNKNOWN = "application/octet-stream"


def identify(path: Path) -> Source:
    """The file's identity; what it is remains for `ingest` to say.

    Raises:
        MissingInputError: it is not there, is no file, or cannot be read by this user.
    """
    digest = hashlib.sha256()
    size_bytes = 0
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size_bytes += len(block)
    except OSError as error:
        raise MissingInputError(
            f"{path} cannot be read: {error.strerror or error}.",
            remedy="Check that the path is right and that you may read the file.",
        ) from error
    return Source(path.name, digest.hexdigest(), size_bytes, _UNKNOWN)

"""What tells an archive from all others, wherever its folder is moved and whatever becomes of its catalog."""

import os
import uuid
from pathlib import Path

from pipeline.errors import ArchiveError
from pipeline.runner.files import new_file, translate_write_errors

__all__ = ["archive_id"]

_FILE = "archive-id"
_LETTERS = 32


def archive_id(folder: Path) -> str:
    """An archive's id, 32 letters, kept in its folder; made when it is first asked for.

    Raises:
        FullDiskError: no space is left.
        ArchiveError: it cannot be written, or is damaged.
    """
    path = folder / _FILE
    if not path.exists():
        _make(path)
    with translate_write_errors(path):
        found = path.read_text(encoding="ascii", errors="replace").strip()
    if len(found) != _LETTERS or not found.isalnum():
        raise ArchiveError(
            f"{path} is damaged.",
            remedy="Put back a copy, or remove it: the next export then begins anew as another archive.",
        )
    return found


def _make(path: Path) -> None:
    """Write a new id, unless somebody else is faster."""
    made = uuid.uuid4().hex
    temporary = path.with_name(f".{path.name}.{made}.tmp")
    with translate_write_errors(path):
        try:
            with new_file(temporary) as file:
                file.write(f"{made}\n".encode())
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(temporary, path)
            except FileExistsError:
                return
        finally:
            temporary.unlink(missing_ok=True)

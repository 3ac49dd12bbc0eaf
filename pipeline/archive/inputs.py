"""Which files a command means."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.archive.report import SkippedFile

__all__ = ["ENDINGS", "Inputs", "expand"]

ENDINGS = frozenset({".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".txt", ".bmp", ".webp"})


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files to be tried, each once, and the files of folders that are not."""

    files: tuple[Path, ...]
    skipped: tuple[SkippedFile, ...]


def expand(inputs: Iterable[Path], *, besides: Path | None = None) -> Inputs:
    """Files as given, folders as the files in them.

    A file that is named is tried whatever its ending is; of a folder's files, those with an ending that is read.
    Folders are searched to the bottom and in sorted order; links to folders are not followed.

    Args:
        besides: a folder that is never searched: the archive itself.
    """
    files: dict[Path, None] = {}
    skipped: list[SkippedFile] = []
    own = besides.resolve() if besides is not None else None
    for given in inputs:
        if not given.is_dir():
            files.setdefault(given)
            continue
        for folder, folders, names in os.walk(given, onerror=lambda error: skipped.append(_unreadable(error))):
            folders.sort()
            here = Path(folder)
            if own is not None and here.resolve() == own:
                folders.clear()
                skipped.append(SkippedFile(here, "the archive itself"))
                continue
            links = (here / name for name in folders if (here / name).is_symlink())
            skipped.extend(SkippedFile(link, "a link to a folder") for link in links)
            for name in sorted(names):
                reason = _reason(here / name)
                if reason is None:
                    files.setdefault(here / name)
                else:
                    skipped.append(SkippedFile(here / name, reason))
    return Inputs(tuple(files), tuple(skipped))


def _reason(path: Path) -> str | None:
    """Why a folder's file is not tried, or None."""
    if path.name.startswith((".", "~$")):
        return "hidden"
    if path.name.lower().endswith(".gold.txt"):
        return "gold text, no document"
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        return f"ending {ending} is not read" if ending else "has no ending"
    return None


def _unreadable(error: OSError) -> SkippedFile:
    return SkippedFile(Path(error.filename or ""), f"cannot be searched: {error.strerror}")

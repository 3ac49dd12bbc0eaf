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
    Folders are searched to the bottom and in sorted order; links to folders are not followed, nor links to files
    outside the folder that was given, for whoever filled it chose them, not whoever reads it.

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
        whole = given.resolve()
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
                reason = _reason(here / name, whole)
                if reason is None:
                    files.setdefault(here / name)
                else:
                    skipped.append(SkippedFile(here / name, reason))
    return Inputs(tuple(files), tuple(skipped))


def _reason(path: Path, whole: Path) -> str | None:
    """Why a folder's file is not tried, or None.

    Args:
        whole: the folder that was given, without links.
    """
    if path.name.startswith((".", "~$")):
        return "hidden"
    if path.name.lower().endswith(".gold.txt"):
        return "gold text, no document"
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        return f"ending {ending} is not read" if ending else "has no ending"
    if path.is_symlink() and not _real(path).is_relative_to(whole):
        return "a link to a file outside the folder"
    return None


def _real(path: Path) -> Path:
    """Where a link ends; where a ring of links begins."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # Python before 3.13 has an error of its own for a ring
        return path.absolute()


def _unreadable(error: OSError) -> SkippedFile:
    return SkippedFile(Path(error.filename or ""), f"cannot be searched: {error.strerror}")

"""File names made of names that strangers gave."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from pipeline.runner.source import printable

__all__ = ["distinct_names", "safe_stem", "source_path"]

# What some file system or shell minds, control characters, and marks that turn a name around or hide in it.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f\\/:*?"<>|\ufffd\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff]')
_LONGEST_BYTES = 200
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
_NAMELESS = "document"


def safe_stem(name: str) -> str:
    """A file's name without its ending, NFC, with `_` for whatever could do harm; never empty."""
    stem = PurePosixPath(unicodedata.normalize("NFC", name).replace("/", "_")).stem
    stem = _FORBIDDEN.sub("_", stem).strip(" .")
    if _RESERVED.fullmatch(stem):
        stem += "_"
    return stem.encode()[:_LONGEST_BYTES].decode(errors="ignore").strip(" .") or _NAMELESS


def distinct_names(documents: Iterable[tuple[str, str]], ending: str) -> dict[str, str]:
    """A file name for each document, by its id.

    The first document of a name has it for good; those that came later carry the beginning of their id after it.
    Names that differ only in letter case are the same, for some file systems know no difference.

    Args:
        documents: ids (SHA-256) and names, in the order in which they came.
        ending: with its dot.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for id, name in documents:
        stem = safe_stem(name)
        letters = 8
        chosen = stem
        while chosen.casefold() in taken:
            chosen = f"{stem}-{id[:letters]}"
            letters += 8
        taken.add(chosen.casefold())
        names[id] = chosen + ending
    return names


def source_path(path: Path) -> str:
    """A path as it is remembered: absolute, and text even where the system's is none."""
    return printable(str(path.absolute()))

"""Sohoa: scanned Vietnamese administrative plans in, records that can be trusted out."""

import importlib
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.document import Document
    from pipeline.options import Options

__all__ = ["Document", "digitize"]


def digitize(
    path: str | PathLike[str], *, options: "Options | None" = None, workspace: str | PathLike[str] | None = None
) -> "Document":
    """Digitise one file in this process.

    Args:
        path: a PDF, TIFF, PNG or JPEG, or a `.txt` that somebody else's OCR made; it is only read.
        options: what to do otherwise than by default.
        workspace: folder for the pages' pictures; without one none are kept.
    Returns:
        The document with its text, records and evidence; its `status` is `partial` where a page had an issue.
    Raises:
        InputError: the file cannot be digitised as it is.
        MissingEngineError: a program that reads is not installed.
        ModelError: weights are missing or are not the ones in the manifest.
    """
    from pipeline.options import Options
    from pipeline.runner import core_count, run_document

    place = None if workspace is None else Path(workspace)
    return run_document(Path(path), options or Options(), workspace=place, threads=core_count())


def __getattr__(name: str) -> object:
    """`Document` on first use, so that importing the package costs nothing."""
    if name == "Document":
        return importlib.import_module("pipeline.document").Document
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

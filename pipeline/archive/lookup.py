"""The document that a name means."""

import re
from pathlib import Path

from pipeline.archive.catalog import Catalog
from pipeline.archive.names import source_path
from pipeline.errors import DocumentNotFoundError
from pipeline.runner.source import identify

__all__ = ["find_document"]

_ID = re.compile("[0-9a-f]{64}")
_BEGINNING = re.compile("[0-9a-f]{1,64}")
_SHOWN_LETTERS = 12
_MOST_CANDIDATES = 5


def find_document(catalog: Catalog, name: str) -> str:
    """The id of the document that answers to a name: an id, a unique beginning of one, a path, a file name.

    Raises:
        DocumentNotFoundError: none answers to it, or several do.
    """
    lowered = name.lower()
    if _ID.fullmatch(lowered) and catalog.stored(lowered) is not None:
        return lowered
    path = Path(name)
    if path.is_file():
        sha256 = identify(path).sha256
        if catalog.stored(sha256) is not None:
            return sha256
    found = catalog.by_path(source_path(path), path.name)
    if not found and _BEGINNING.fullmatch(lowered):
        found = catalog.by_beginning(lowered)
    if len(found) == 1:
        return found[0][0]
    if found:
        candidates = ", ".join(f"{sha256[:_SHOWN_LETTERS]} ({file})" for sha256, file in found[:_MOST_CANDIDATES])
        more = " and others" if len(found) > _MOST_CANDIDATES else ""
        raise DocumentNotFoundError(
            f"{len(found)} documents answer to `{name}`: {candidates}{more}.",
            remedy="Write more letters of the id that you mean.",
        )
    raise DocumentNotFoundError(
        f"No document answers to `{name}`.", remedy="See `sohoa list` for the documents and their ids."
    )

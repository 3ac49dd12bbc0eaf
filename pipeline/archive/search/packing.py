"""A page's words as they are kept."""

import zlib

from pipeline.archive.search.entries import Entry

__all__ = ["pack", "parts", "unpack"]

_PARTS = ("head", "body", "records", "facets")


def pack(entry: Entry) -> bytes:
    """All words of a page."""
    return zlib.compress("\n".join(" ".join(getattr(entry, part)) for part in _PARTS).encode(), 6)


def parts(packed: bytes) -> list[str]:
    """Head, body, records and facets, each with its words in one line."""
    return zlib.decompress(packed).decode().split("\n")


def unpack(id: int, packed: bytes) -> Entry:
    """The page whose words were packed."""
    return Entry(id, *(part.split() for part in parts(packed)))

"""References."""

from pipeline.document import Document
from pipeline.options import ExtractOptions
from pipeline.records import Reference

__all__ = ["extract_references"]


def extract_references(document: Document, options: ExtractOptions) -> tuple[Reference, ...]:
    """None yet."""
    return ()

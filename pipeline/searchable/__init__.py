"""The searchable copy: PDF/A with the untouched pages and the restored text invisibly over them."""

from pipeline.searchable.copy import CopyReport, write_searchable_copy

__all__ = ["CopyReport", "write_searchable_copy"]

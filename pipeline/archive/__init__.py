"""What is kept: originals, page pictures, documents and the catalog of their records."""

from pipeline.archive.archive import Archive
from pipeline.archive.report import DocumentRow, ExportFormat, FileReport, IntakeReport, SkippedFile

__all__ = ["Archive", "DocumentRow", "ExportFormat", "FileReport", "IntakeReport", "SkippedFile"]

"""The stage that reads the records from a parted document."""

from typing import ClassVar

from pipeline.document import Document, replace
from pipeline.extraction.fields import extract_fields
from pipeline.extraction.recipients import extract_recipients
from pipeline.extraction.references import extract_references
from pipeline.extraction.sections import extract_sections
from pipeline.records import Records
from pipeline.stage import Context, Gift

__all__ = ["Extract"]


class Extract:
    """Every table of records, each from the passages and sections alone."""

    name: ClassVar[str] = "extract"
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[Gift]] = frozenset({"passages"})
    gives: ClassVar[frozenset[Gift]] = frozenset({"records"})

    def document(self, document: Document, context: Context) -> Document:
        """The document with its records."""
        options = context.options.extract
        records = Records(
            document=extract_fields(document, options),
            references=extract_references(document, options),
            sections=extract_sections(document, options),
            recipients=extract_recipients(document, options),
        )
        return replace(document, records=records)

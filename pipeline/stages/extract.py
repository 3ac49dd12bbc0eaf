"""The stage that reads the records from a parted document."""

from typing import ClassVar

from pipeline.document import Document, replace
from pipeline.extraction.administrative import is_administrative
from pipeline.extraction.assignments import extract_assignments
from pipeline.extraction.checks import checked
from pipeline.extraction.deadlines import extract_deadlines
from pipeline.extraction.fields import extract_fields
from pipeline.extraction.movements import extract_movements
from pipeline.extraction.recipients import extract_recipients
from pipeline.extraction.references import extract_references
from pipeline.extraction.rewards import extract_rewards
from pipeline.extraction.sections import extract_sections
from pipeline.extraction.subjects import extract_subjects
from pipeline.records import Records
from pipeline.stage import Context, Gift

__all__ = ["Extract"]


class Extract:
    """Every table of records, checked, from passages and sections; none for what is no administrative document."""

    name: ClassVar[str] = "extract"
    version: ClassVar[int] = 2
    needs: ClassVar[frozenset[Gift]] = frozenset({"passages"})
    gives: ClassVar[frozenset[Gift]] = frozenset({"records"})

    def document(self, document: Document, context: Context) -> Document:
        """The document with its records."""
        options = context.options.extract
        if not is_administrative(document):
            return replace(document, records=Records())
        document = replace(document, records=Records(document=extract_fields(document, options)))
        records = Records(
            document=document.records.document,
            references=extract_references(document, options),
            sections=extract_sections(document, options),
            assignments=extract_assignments(document, options),
            deadlines=extract_deadlines(document, options),
            movements=extract_movements(document, options),
            rewards=extract_rewards(document, options),
            subjects=extract_subjects(document, options),
            recipients=extract_recipients(document, options),
        )
        document = replace(document, records=records)
        return checked(document) if options.checks else document

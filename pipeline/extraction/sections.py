"""The table of sections: the headings of the main body."""

from pipeline.document import Document, Section
from pipeline.extraction.values import derived, value
from pipeline.language.headings import mend_heading
from pipeline.options import ExtractOptions
from pipeline.records import SectionRecord

__all__ = ["extract_sections"]


def extract_sections(document: Document, options: ExtractOptions) -> tuple[SectionRecord, ...]:
    """One record for each heading of the body, in order; those of appendices are left out."""
    return tuple(_record(section) for section in document.sections if not section.appendix and section.heading)


def _record(section: Section) -> SectionRecord:
    read = section.heading.confidence()
    reliability = min(1.0, section.confidence / read) if read else section.confidence
    mended = mend_heading(section.heading.text)
    heading = value(section.heading, normal=mended, reliability=reliability)
    return SectionRecord(
        label=value(section.label, reliability=reliability) if section.label is not None else None,
        heading=heading,
        level=derived(heading, section.level) if heading is not None else None,
        kind=derived(heading, section.kind) if heading is not None else None,
    )

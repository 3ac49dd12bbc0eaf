"""The model that flows through the stages: immutable, and never overwritten.

A `Word` is a mark on the page. It is made once, keeps its id and its box, and gathers readings; what it says is
the last of them. Everything above it (lines, blocks, passages, records) points at words by id.

One origin of coordinates: pixels of the scan, top left. `number` counts from 1, `index` from 0.
"""

from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.page import (
    Block,
    BlockKind,
    Box,
    Cell,
    Decision,
    Line,
    Origin,
    Page,
    Reading,
    Word,
    block_lines,
    bounding_box,
    line_text,
)
from pipeline.records import Records
from pipeline.traced import Span, TracedText

__all__ = [
    "Block",
    "BlockKind",
    "Box",
    "Cell",
    "Decision",
    "Document",
    "Issue",
    "Line",
    "Origin",
    "Page",
    "Passage",
    "PassageKind",
    "Reading",
    "Section",
    "SectionKind",
    "Source",
    "Span",
    "Status",
    "Step",
    "TracedText",
    "Word",
    "block_lines",
    "bounding_box",
    "line_text",
    "replace",
]

Status = Literal["done", "partial", "refused", "failed"]
SectionKind = Literal["purpose", "content", "subjects", "schedule", "rewards", "funding", "organization", "other"]
PassageKind = Literal[
    "parent-body",
    "issuer",
    "national-title",
    "number-line",
    "about",
    "place-date",
    "urgency",
    "secrecy",
    "type",
    "title",
    "addressee",
    "grounds",
    "heading",
    "item",
    "paragraph",
    "table-head",
    "table-row",
    "closing",
    "recipients-head",
    "recipient",
    "signer-authority",
    "signer-position",
    "signer-name",
    "appendix-head",
    "footnote",
    "page-number",
    "stamp",
]


class Issue(Struct, frozen=True):
    """Something that went wrong, or that a person should look at.

    Attributes:
        weight: `loss` where something could not be done, which makes the document partial; `doubt` where all was done
            but a check failed or a page was read badly, so that a person should look: the document is done.
    """

    stage: str
    code: str
    message: str
    remedy: str
    page: int | None = None
    weight: Literal["loss", "doubt"] = "loss"


class Section(Struct, frozen=True):
    """A numbered or bold heading with what stands under it.

    `label` is as printed without its closing mark; `parent` and the passages' `section` are indices into
    `Document.sections`; sections of appendices are marked and are no records.
    """

    index: int
    label: TracedText | None
    heading: TracedText
    level: int
    kind: SectionKind
    parent: int | None = None
    appendix: bool = False
    confidence: float = 1.0


class Passage(Struct, frozen=True):
    """A logical unit of the document, whole over line and page breaks.

    Attributes:
        kind: the part it plays; every word of the document is in exactly one passage.
        text: all of it, label included, lines joined by single spaces.
        label: `1`, `a`, `-`, `Điều 1` … as printed without its closing mark, or None.
        body_start: where the text begins in `text` after label and, in a run-in heading, after the heading.
        section: index of the section that it stands in, or that it heads; None outside the body.
        depth: nesting of items under their section's heading, 0 for its own paragraphs and first items.
        page: number of the page that it begins on.
        table, row, cells: for `table-head` and `table-row`, which table of the document, which row of it, and
            the cells from left to right, a cell that spans rows repeated in each of them.
        bold: most of it is set in bold; None where nobody can tell.
    """

    index: int
    kind: PassageKind
    text: TracedText
    page: int
    label: str | None = None
    body_start: int = 0
    section: int | None = None
    depth: int = 0
    appendix: bool = False
    table: int | None = None
    row: int | None = None
    cells: tuple[TracedText, ...] = ()
    bold: bool | None = None

    @property
    def body(self) -> TracedText:
        """The text without label and run-in heading."""
        return self.text.slice(self.body_start)


class Source(Struct, frozen=True):
    """The original: the name it came under, the SHA-256 of its bytes, its size and what it is."""

    name: str
    sha256: str
    size_bytes: int
    media_type: str


class Step(Struct, frozen=True):
    """An entry of the trail that the runner writes: which stage, of which version, did its work in what time."""

    stage: str
    version: int
    options_sha256: str
    wall_s: float
    cpu_s: float


class Document(Struct, frozen=True):
    """A document on its way through the stages."""

    source: Source
    pages: tuple[Page, ...] = ()
    sections: tuple[Section, ...] = ()
    passages: tuple[Passage, ...] = ()
    records: Records = field(default_factory=Records)
    issues: tuple[Issue, ...] = ()
    decisions: tuple[Decision, ...] = ()
    trail: tuple[Step, ...] = ()

    @property
    def status(self) -> Status:
        """`done`, or `partial` where anything was lost on the way."""
        return "partial" if self.losses else "done"

    @property
    def losses(self) -> tuple[Issue, ...]:
        """What could not be done."""
        return tuple(issue for issue in self.issues if issue.weight == "loss")

    @property
    def lost_pages(self) -> frozenset[int]:
        """Numbers of the pages on which something could not be done."""
        return frozenset(issue.page for issue in self.losses if issue.page is not None)

    def text(self) -> str:
        """The text of all pages in reading order, pages separated by an empty line."""
        return "\n\n".join(text for text in (page.text() for page in self.pages) if text)

    def words_by_id(self) -> dict[str, Word]:
        """Every word of the document by its id."""
        return {word.id: word for page in self.pages for word in page.words}

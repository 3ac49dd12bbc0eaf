"""A sample document as data: the parts of a page by decree 30, with what is printed in each.

Text carries a small markup: ``**bold**``, ``__italic__``, and ``^^12^^`` for what was written in by hand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

Align = Literal["justify", "left", "centre"]


class HeaderLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One printed line of a header column; ``rule`` is the length of the rule under it, as a share of the line."""

    text: str
    size_pt: float = 13.0
    rule: float = 0.0
    gap_pt: float = 0.0
    boxed: bool = False


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="text", tag_field="kind"):
    """A paragraph; ``rule`` draws a short rule under it, as a share of the text width.

    ``footnote`` goes to the foot of the page on which its mark, the footnote's first character, is printed.
    """

    text: str
    align: Align = "justify"
    indent_pt: float = 30.0
    hanging_pt: float = 0.0
    size_pt: float | None = None
    gap_pt: float = 4.0
    rule: float = 0.0
    footnote: str = ""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="table", tag_field="kind"):
    """A ruled table; a row of one cell in a table of more columns is a band across all of them."""

    widths: tuple[float, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: tuple[Align, ...]
    size_pt: float = 12.0


class Break(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="break", tag_field="kind"):
    """What follows begins a new page, turned where ``landscape`` is set."""

    landscape: bool = False


class Foot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The end of the main document: recipients on the left, authority, position and name on the right."""

    recipients_label: str
    recipients: tuple[str, ...]
    authority: tuple[str, ...]
    name: str
    seal: tuple[str, str]


class SampleDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is printed, in reading order; ``annex`` follows the foot."""

    left: tuple[HeaderLine, ...]
    right: tuple[HeaderLine, ...]
    body: tuple[Text | Table | Break, ...]
    foot: Foot
    annex: tuple[Text | Table | Break, ...] = ()
    size_pt: float = 14.0
    leading: float = 1.2


def load_document(path: Path) -> SampleDocument:
    """Read a sample document.

    Args:
        path: a ``document.json``.
    Returns:
        The document.
    Raises:
        msgspec.ValidationError: the file is not of this form.
    """
    return msgspec.json.decode(path.read_bytes(), type=SampleDocument)


def plain_text(document: SampleDocument) -> str:
    """All printed text of a document in reading order, without markup, one paragraph or cell per line."""
    lines = [line.text for line in (*document.left, *document.right)]
    lines += _block_lines(document.body)
    foot = document.foot
    lines += [foot.recipients_label, *foot.recipients, *foot.authority, foot.name]
    lines += _block_lines(document.annex)
    return "\n".join(strip_markup(line.replace("\n", " ")) for line in lines if line)


def _block_lines(blocks: tuple[Text | Table | Break, ...]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Text):
            lines += [block.text, block.footnote]
        elif isinstance(block, Table):
            lines += [cell for row in (block.header, *block.rows) for cell in row]
    return lines


def strip_markup(text: str) -> str:
    """The printed characters alone."""
    return text.replace("**", "").replace("__", "").replace("^^", "")

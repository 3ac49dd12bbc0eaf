"""The whole document: its parts found, its passages put in order, its sections told."""

import re

from pipeline.document import Document, Passage, PassageKind, Section, replace
from pipeline.language.casing import is_capitals
from pipeline.language.document_types import heading_type
from pipeline.language.numbering import read_labels
from pipeline.options import SegmentOptions
from pipeline.segmentation.ending import read_ending
from pipeline.segmentation.flow import read_flow
from pipeline.segmentation.header import Head, read_head
from pipeline.segmentation.lines import PrintedLine, join_lines, read_lines
from pipeline.segmentation.parts import Draft, is_addressee
from pipeline.segmentation.sections import find_sections
from pipeline.segmentation.shapes import Part

__all__ = ["segment_document"]

_CLOSING = re.compile(r"(?:tren day la|can cu ke hoach nay|de nghi cac|yeu cau cac|trong qua trinh)\b")
_ATTACHED = re.compile(r"\(?\s*(?:kem theo|ban hanh kem theo|dinh kem)\b")
_GROUNDS = re.compile(r"(?:can cu|thuc hien|theo de nghi|xet|tiep tuc thuc hien|trien khai thuc hien|theo)\b")
_PROMULGATING = frozenset({"Quyết định", "Thông tư", "Nghị định", "Nghị quyết"})
_OWN_NUMBER = re.compile(r"s[o06e]?\s{0,2}[:.]\s{0,2}\S{0,10}\s{0,3}[/-]\s?[a-z]{2,4}\s?[/-]\s?[a-z\d&-]{2,20}")
_MAX_HEAD_LINES = 16
_FORMULAE = frozenset({"quyet dinh", "quyet nghi", "nghi dinh", "chi thi", "thong tu"})


def segment_document(document: Document, options: SegmentOptions) -> tuple[tuple[Section, ...], tuple[Passage, ...]]:
    """Part a document into passages and find its sections.

    Args:
        document: with pages whose blocks are in reading order.
        options: how like the vocabulary a misread heading must be.
    Returns:
        Sections and passages, both in reading order; every word of the document's blocks is in one passage.
    """
    lines = read_lines(document)
    flow = [line for line in lines if line.hint not in ("page-number", "stamp", "footnote")]
    drafts = _furniture([line for line in lines if line.hint in ("page-number", "stamp", "footnote")])
    drafts += _main(flow)
    _find_number_line(drafts)
    drafts.sort(key=lambda draft: (draft.lines[0].order, draft.kind == "page-number"))
    return _finish(drafts, options)


def _furniture(lines: list[PrintedLine]) -> list[Draft]:
    """Page numbers, stamps and footnotes, each a passage."""
    drafts: list[Draft] = []
    for line in lines:
        last = drafts[-1] if drafts else None
        same = last is not None and last.kind == line.hint and last.lines[-1].page == line.page
        marked = re.match(r"[⁰¹²³⁴-⁹*]|\[?\d{1,3}\]?\s", line.string)
        if (line.hint == "footnote" and same and last is not None and not marked) or (
            line.hint == "stamp" and same and last is not None and not line.opens
        ):
            last.lines.append(line)
        elif line.hint in ("footnote", "stamp", "page-number"):
            drafts.append(Draft(_furniture_kind(line.hint), [line]))
    return drafts


def _furniture_kind(hint: str) -> PassageKind:
    return "footnote" if hint == "footnote" else "stamp" if hint == "stamp" else "page-number"


def _find_number_line(drafts: list[Draft]) -> None:
    """A number line that was written or stamped over, and so was taken for a stamp."""
    kinds = {draft.kind for draft in drafts}
    if "number-line" in kinds or not kinds & {"type", "national-title"}:
        return
    for draft in drafts:
        line = draft.lines[0]
        if draft.kind == "stamp" and line.page == 1 and _OWN_NUMBER.fullmatch(line.plain.strip()):
            draft.kind = "number-line"
            return


def _main(lines: list[PrintedLine]) -> list[Draft]:
    """Head, body, end and what is attached."""
    head = read_head(lines)
    ending = read_ending(lines, head.end)
    drafts = list(head.drafts)
    body = lines[head.end : ending.start]
    if body and is_addressee(body[0].plain):
        body = _addressee(body, drafts)
    start = len(drafts)
    read_flow(body, drafts)
    _mark_closing(drafts[start:])
    for draft in drafts[:start]:
        draft.owner = None
    drafts += ending.drafts
    _attachments(lines[ending.end :], drafts, head)
    return drafts


def _addressee(body: list[PrintedLine], drafts: list[Draft]) -> list[PrintedLine]:
    """Kính gửi with the lines that name to whom; what is left of the body."""
    draft = Draft("addressee", [body[0]])
    index = 1
    while index < len(body) and len(draft.lines) < 30 and _still_addressed(body[index], draft, body[index - 1]):
        draft.lines.append(body[index])
        index += 1
    drafts.append(draft)
    return body[index:]


def _still_addressed(line: PrintedLine, draft: Draft, before: PrintedLine) -> bool:
    text = line.plain.strip()
    if re.match(r"[-–+*•]", text):
        return before.string.rstrip()[-1:] not in "."
    if before.string.rstrip()[-1:] == ".":
        return False
    if before.string.rstrip()[-1:] in ":;":
        return len(line.string) < 90 and line.fill < 0.9 and not _GROUNDS.match(text)
    return line.string[:1].islower() or (line.fill < 0.6 and not line.opens)


def _mark_closing(drafts: list[Draft]) -> None:
    """The last unnumbered paragraphs, from the closing formula on."""
    index = len(drafts)
    while index > 0 and drafts[index - 1].label is None and drafts[index - 1].kind == "paragraph":
        index -= 1
    tail = drafts[index:]
    for place, draft in enumerate(tail):
        if _CLOSING.match(draft.lines[0].plain) and (
            draft.lines[0].plain.startswith("tren day") or place == len(tail) - 1
        ):
            for closing in tail[place:]:
                closing.kind = "closing"
            return


def _attachments(lines: list[PrintedLine], drafts: list[Draft], head: Head) -> None:
    """What follows the signature: appendices, or the text that the document promulgates, which is body."""
    start = 0
    while start < len(lines):
        end = start + 1
        while end < len(lines) and not _begins_attachment(lines, end):
            end += 1
        chunk = lines[start:end]
        promulgated = head.type is not None and head.type.type.name in _PROMULGATING and _is_promulgated(chunk)
        size = _attachment_head(chunk)
        drafts += [Draft("appendix-head", [line], appendix=not promulgated) for line in chunk[:size]]
        read_flow(chunk[size:], drafts, appendix=not promulgated)
        start = end


def _begins_attachment(lines: list[PrintedLine], index: int) -> bool:
    line = lines[index]
    if line.table is not None or len(line.string) > 60:
        return False
    if re.match(r"phu luc(?:\s+(?:[ivx]{1,5}|\d{1,2}|so\s?\d{1,2}))?\s*[:.]?\s*$", line.plain):
        return True
    return line.page != lines[index - 1].page and bool(re.match(r"(?:phu luc|mau so|bieu so|bieu mau)\b", line.plain))


def _attachment_head(chunk: list[PrintedLine]) -> int:
    """How many of its first lines name the attachment and what it is attached to."""
    first = chunk[:_MAX_HEAD_LINES]
    tables = next((index for index, line in enumerate(first) if line.table is not None), len(first))
    noted = next((index for index in range(tables) if _ATTACHED.match(first[index].plain)), None)
    if noted is not None:
        while noted + 1 < tables and not first[noted].string.rstrip(" .").endswith(")"):
            noted += 1
        return noted + 1
    size = 0
    while size < tables and (is_capitals(first[size].string, share=0.7) or (size == 0 and first[size].fill < 0.75)):
        if size and any(label.ordinals == (1,) and not label.damaged for label in read_labels(first[size].string)):
            break
        size += 1
    return size


def _is_promulgated(chunk: list[PrintedLine]) -> bool:
    first = chunk[:_MAX_HEAD_LINES]
    named = any(heading_type(line.string) is not None for line in first)
    return named and any(_ATTACHED.match(line.plain) for line in first)


def _finish(drafts: list[Draft], options: SegmentOptions) -> tuple[tuple[Section, ...], tuple[Passage, ...]]:
    """Texts, sections and passages from the drafts."""
    parts = [Part(draft, join_lines(draft.lines)) for draft in drafts]
    sections = find_sections(parts, options)
    _mark_grounds(parts, bool(sections))
    tables: dict[int, int] = {}
    rows: dict[int, int] = {}
    passages: list[Passage] = []
    for index, part in enumerate(parts):
        passage = _passage(index, part)
        if part.draft.table is not None:
            table = tables.setdefault(part.draft.table, len(tables))
            rows[table] = rows.get(table, -1) + 1
            passage = replace(passage, table=table, row=rows[table], cells=part.draft.cells)
        passages.append(passage)
    return sections, tuple(passages)


def _mark_grounds(parts: list[Part], has_sections: bool) -> None:
    """What stands between the head and the first section, or begins with the words of a ground."""
    subject = any(part.draft.kind in ("type", "number-line") for part in parts)
    for part in parts:
        draft = part.draft
        if (
            part.section is not None
            or draft.kind in ("closing", "recipients-head", "signer-authority")
            or draft.appendix
        ):
            break
        if draft.kind not in ("paragraph", "item") or not subject:
            continue
        bare = draft.lines[0].plain
        if bare.strip(" :.") in _FORMULAE:
            break
        numbered = draft.label is not None and draft.label.style != "bullet"
        if numbered and not _GROUNDS.match(part.own_plain):
            break
        if draft.lines[0].string.startswith("(") or not any(char.isalnum() for char in bare):
            continue
        if has_sections or _GROUNDS.match(bare.lstrip("-–+* ")):
            draft.kind = "grounds"
        elif not has_sections:
            break


def _passage(index: int, part: Part) -> Passage:
    draft = part.draft
    first = draft.lines[0]
    known = [line for line in draft.lines if line.bold is not None]
    letters = sum(len(line.text) for line in known)
    bold = sum(len(line.text) for line in known if line.bold) * 2 > letters if known else None
    start = part.body_start if part.body_start is not None else draft.label.end if draft.label else 0
    return Passage(
        index,
        draft.kind,
        part.text,
        first.page,
        label=draft.label.text if draft.label is not None else None,
        body_start=start,
        section=part.section,
        depth=part.depth,
        appendix=draft.appendix,
        bold=bold,
    )

"""Running text: lines put together to paragraphs, items and table rows, each under the item that it belongs to."""

import re
from functools import cache

from pipeline.language.bodies import bodies_from
from pipeline.language.casing import is_capitals, starts_small
from pipeline.language.headings import is_day
from pipeline.language.nlp import words_of
from pipeline.language.numbering import read_labels
from pipeline.segmentation.lines import PrintedLine
from pipeline.segmentation.outline import Outline, Spot
from pipeline.segmentation.parts import Draft, ends_paragraph, goes_on
from pipeline.segmentation.renumbering import renumber
from pipeline.segmentation.tables import TableReader

__all__ = ["read_flow"]

_MAX_PARAGRAPH_LINES = 400
_FIRST_LINE_INDENT = 0.08
_MAX_BODY_NAME = 120
_MAX_DAMAGED = 60
_MAX_UNMARKED = 90
_CITED = re.compile(
    r"\b(?:dieu|khoan|muc|diem|so|ngay|thang|nam|lan|thu|phan|chuong|phu luc|quy|khoa|lop|cum|tiet|cap)\s*$"
)
_JOINS = re.compile(r"(?:va|cua|cho|tai|voi|tren|trong|theo|doi voi|gan voi|den nam|giai doan|nam hoc)\b")
_POINT = re.compile(r"\b(?:diem|muc)\s*$")
_GROUND = re.compile(
    r"(?:Căn cứ|Theo đề nghị|Xét đề nghị|Xét tờ trình|Thực hiện (?:Nghị|Quyết|Kế|Chỉ|Công|Luật|Thông|Chương))(?!\w)"
)
_BODY_NAME = re.compile(
    r"(?:de nghi |giao )?(?:cac |uy ban|ubnd|so |phong |cong an|bo |ban |vien |toa an|chi cuc|cuc |hoi |doan |truong |"
    r"van phong|trung tam|lien doan|ngan hang|benh vien|to |khoa |dai |bao )"
)
_TASK = re.compile(
    r"(?:Chủ trì|Phối hợp|Chỉ đạo|Tổ chức|Thực hiện|Xây dựng|Tham mưu|Hướng dẫn|Theo dõi|Triển khai|"
    r"Tăng cường|Căn cứ|Đẩy mạnh|Kiểm tra|"
    r"Tiếp tục|Quản lý|Bố trí|Cân đối|Chịu trách nhiệm|Có trách nhiệm|Là cơ quan|Là đầu mối|Nâng cao|"
    r"Tuyên truyền|Vận động)(?!\w)"
)


def read_flow(lines: list[PrintedLine], drafts: list[Draft], *, appendix: bool = False) -> None:
    """Add the passages of running text to the drafts.

    Args:
        lines: lines without page numbers, stamps and footnotes, in reading order.
        drafts: those of the whole document so far; new ones are added at the end.
        appendix: whether the lines are an appendix's.
    """
    outline = Outline()
    current: Draft | None = None
    tables = TableReader()
    begun = len(drafts)
    roman = _has_roman_parts(lines)
    for index, line in enumerate(lines):
        if line.table is not None:
            current = None
            row = tables.read(line, lines[index - 1] if index else None)
            if row is not None:
                row.owner, row.appendix = outline.item, appendix
                drafts.append(row)
            continue
        if not any(char.isalnum() for char in line.string):
            current = None
            drafts.append(Draft("paragraph", [line], owner=outline.item, appendix=appendix))
            continue
        labels = tuple(label for label in read_labels(line.string) if line.scanned or not label.unmarked)
        capital = roman and line.scanned and bool(labels) and is_capitals(line.string[labels[0].end :], letters=5)
        spot = outline.find(labels, scanned=line.scanned, roman=capital)
        starts = current is None or _starts(line, lines[index - 1], current, spot)
        if starts:
            label = spot.label if spot and _fits(spot, line, current) else None
            current = Draft("paragraph", [line], label=label, owner=outline.item, appendix=appendix)
            if label is not None and spot is not None:
                current.kind = "item"
                outline.put(spot, current)
            drafts.append(current)
        elif current is not None:
            current.lines.append(line)
    renumber(drafts[begun:])


def _has_roman_parts(lines: list[PrintedLine]) -> bool:
    """Whether the parts in capitals are numbered in Roman numerals, not in figures."""
    romans = figures = 0
    for line in lines:
        for label in read_labels(line.string)[:1]:
            if label.ordinals[-1] > 1 and not label.damaged and is_capitals(line.string[label.end :], letters=5):
                romans += label.style == "roman"
                figures += label.style == "decimal-1"
    return romans > figures


def _fits(spot: Spot, line: PrintedLine, current: Draft | None) -> bool:
    if spot.label.unmarked and (len(line.string) > _MAX_UNMARKED or (spot.fit < 1.0 and spot.label.ordinals != (1,))):
        return False
    if spot.label.damaged and spot.label.style != "bullet":
        if spot.label.style.startswith("decimal-") or spot.label.style == "letter":
            first = spot.label.ordinals == (1,) and (len(line.string) > _MAX_DAMAGED or ends_paragraph(line.string))
            return spot.fit >= 0.95 and not first
        capital = is_capitals(line.string[spot.label.end :], share=0.6, letters=4)
        return capital and spot.fit >= (0.3 if spot.label.style == "roman" else 0.9)
    return spot.fit >= 0.2 or current is None


def _starts(line: PrintedLine, before: PrintedLine, current: Draft, spot: Spot | None) -> bool:
    """Whether a line begins a passage of its own."""
    if len(current.lines) >= _MAX_PARAGRAPH_LINES:
        return True
    if current.label is not None and spot is None and not current.lines[0].string[current.label.end :].strip():
        if len(current.lines) > 1:
            return _ended(line, before)
        return len(line.string) > 90 or (line.fill > 0.9 and not is_capitals(line.string))
    ended = _ended(line, before, first=len(current.lines) == 1) and not _is_flush(line, before, current)
    if spot is not None and spot.label.style == "article" and spot.fit >= 0.9 and _is_heading_like(current, line):
        return True
    if spot is not None:
        speck = spot.label.style == "bullet" and line.scanned and _is_flush(line, before, current)
        return _label_starts(line, before, spot, ended) and not (speck and not ends_paragraph(before.string))
    if starts_small(line.string) or not _can_begin(line.string):
        return False
    if is_day(line.string) and (line.opens or ends_paragraph(before.string) or before.fill < 0.9):
        return True
    if _is_heading_like(current, line) or _is_task_of_body(current, line, before):
        return True
    if is_capitals(line.string, letters=6) and not is_capitals(before.string, share=0.6):
        return ended or (ends_paragraph(before.string) and len(line.string.split()) > 1)
    if is_capitals(line.string, letters=6) and is_capitals(before.string, letters=6) and len(current.lines) < 6:
        if not ends_paragraph(before.string) and _JOINS.match(line.plain):
            return False
        left = current.label is not None and 1.0 - before.fill > 0.35 and not before.is_centred
        return ended and (ends_paragraph(before.string) or left)
    return ended


def _label_starts(line: PrintedLine, before: PrintedLine, spot: Spot, ended: bool) -> bool:
    label = spot.label
    cited = _POINT if label.style in ("letter", "small-roman") else _CITED
    if label.style != "bullet" and cited.search(before.plain) and not ended:
        return False
    if label.style == "bullet":
        after = line.string[label.end : label.end + 1]
        if label.damaged:
            return ended
        return ended or line.opens or after.isupper() or (ends_paragraph(before.string) and not after.isdigit())
    if not _fits(spot, line, None if ended else Draft("paragraph")):
        return ended and _can_begin(line.string)
    if label.unmarked:
        return ended or ends_paragraph(before.string)
    if spot.fit >= 0.9:
        if ended or ends_paragraph(before.string) or line.opens:
            return True
        text = line.string[label.end :]
        return not starts_small(text) and not (label.style == "decimal-1" and text[:1].isdigit())
    return ended and (spot.fit >= 0.5 or ends_paragraph(before.string))


def _ended(line: PrintedLine, before: PrintedLine, *, first: bool = False) -> bool:
    """Whether the paragraph ended with the line before: by its mark, its shortness or the next line's indent.

    Args:
        first: whether the line before is the paragraph's first, which may be indented where nobody can tell.
    """
    closes = ends_paragraph(before.string)
    if not closes and goes_on(before.string):
        return False
    if line.page != before.page:
        return closes or (before.fill < 0.7 and not before.string.rstrip().endswith((",", "-", "–")))
    if line.bold is not None and before.bold is not None and line.bold != before.bold and not starts_small(line.string):
        return closes or before.fill < 0.9 or (line.indent or 0.0) > 0.02
    if line.indent is not None and before.indent is not None and line.gap is not None and before.gap is not None:
        if line.indent - before.indent > 0.025 and line.indent > 0.025 and before.indent < 0.6:
            return closes or before.gap > 0.03 or before.indent < 0.02
        if closes and _GROUND.match(line.string):
            return True
        room = before.gap - _first_word_share(line)
        if room > 0.03:
            return True
        return closes and (line.opens or before.gap > 0.04)
    if before.fill <= 0.0:
        return True
    room = 1.0 - before.fill - _first_word_share(line)
    if closes and _GROUND.match(line.string):
        return True
    if room > (0.14 if closes or not first else 0.14 + _FIRST_LINE_INDENT):
        return True
    if closes:
        return line.opens or room > 0.02 or before.string.rstrip().endswith((";", ":", "./."))
    return line.opens and room > 0.05


def _is_flush(line: PrintedLine, before: PrintedLine, current: Draft) -> bool:
    """Whether a line begins at the left edge under a paragraph whose first line is indented, and carries it on."""
    start = current.lines[0].indent
    if line.indent is None or start is None or before.gap is None or line.page != before.page:
        return False
    under = start - line.indent > 0.025 and -0.015 < line.indent < 0.02
    return under and before.gap < (0.03 if ends_paragraph(before.string) else 0.2)


def _first_word_share(line: PrintedLine) -> float:
    """How much of a full line its first word takes, with the space before it."""
    length = len(line.string)
    first = len(line.string.split(maxsplit=1)[0]) + 1
    width = line.fill - max(line.indent or 0.0, 0.0)
    return width * first / length if length else 0.0


def _can_begin(text: str) -> bool:
    first = text[:1]
    return first.isupper() or first.isdigit() or first in "“\"'‘(*[.-–—+•…"


def _is_heading_like(current: Draft, line: PrintedLine) -> bool:
    """Whether a heading in capitals has ended because the next line is not in capitals."""
    head = current.lines[0]
    text = head.string[current.label.end if current.label else 0 :]
    if not is_capitals(text, share=0.85, letters=5) or ":" in text[:-1]:
        return False
    return not is_capitals(line.string, share=0.6) and not starts_small(line.string)


@cache
def _verbs() -> frozenset[str]:
    return frozenset(words_of()["verbs"])


def _is_task_of_body(current: Draft, line: PrintedLine, before: PrintedLine) -> bool:
    """Whether a numbered line that is a body's name ends here because a task begins."""
    label = current.label
    if label is None or label.style == "bullet" or ends_paragraph(before.string) or len(current.lines) > 4:
        return False
    if is_capitals(line.string) or before.plain.rstrip().endswith((" va", ",")):
        return False
    if not _BODY_NAME.match(current.lines[0].plain, label.end):
        return False
    words = line.string.split(maxsplit=2)
    if _TASK.match(line.string) or " ".join(words[:2]).casefold() in _verbs():
        return True
    name = " ".join([current.lines[0].string[label.end :], *(above.string for above in current.lines[1:])]).rstrip()
    if len(name) > _MAX_BODY_NAME:
        return False
    found = bodies_from(f"{name} {line.string[:_MAX_BODY_NAME]}")
    return found is not None and found.end == len(name)

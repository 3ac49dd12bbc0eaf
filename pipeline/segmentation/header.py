"""The head of a document: who issues it, its number, place and date, its type and its subject."""

import re
from dataclasses import dataclass

from pipeline.document import PassageKind
from pipeline.language.casing import is_capitals, starts_small
from pipeline.language.document_types import HeadingType, heading_type
from pipeline.language.headings import heading_kind, is_day
from pipeline.language.numbering import Label, read_labels
from pipeline.segmentation.head_bodies import tell_bodies
from pipeline.segmentation.lines import PrintedLine
from pipeline.segmentation.parts import Draft, is_addressee, is_national, is_noise, place_date

__all__ = ["Head", "read_head"]

_MAX_HEAD_LINES = 60
_MAX_TITLE_LINES = 14
_SURE_KIND = 0.95
_NUMBER = re.compile(
    r"[-*\s]{0,3}(?:so|s6|s0|se|s)\s{0,3}[:.;]|so\s{0,3}(?=\d|/|-)|so\s{0,2}$"
    r"|[^\W_]{1,3}\s?[:;]\s?\S{1,8}\s?[/-]\s?[a-z]{1,4}\s?[/-]"
)
_NOTATION = re.compile(r"\s{0,6}[^\s/]{0,10}\s{0,6}[-/]\s{0,2}[a-z]{1,8}(?:\s?[-/]\s?[a-z\d&.]{1,14}){0,4}(?=\s|$)")
_ABOUT = re.compile(r"[^a-z]{0,3}(?:v\s?[/\\il|1]\s?v\b|v\s?/\s|ve viec\b)")
_URGENCY = re.compile(r"(?:hoa toc(?: hen gio)?|thuong khan|khan)\s?[.!:]?(?:\s.{0,12})?$")
_SECRECY = re.compile(r"(?:tuyet mat|toi mat|mat)\s?[.!]?$")
_GROUNDS = re.compile(r"[-–+*\s]{0,3}(?:can cu\b|theo de nghi|xet de nghi|xet to trinh|xet thay)")
_OPENING = re.compile(
    r"(?:thuc hien|trien khai|nham|de |tiep tuc|xet|theo|nam hoc|sau khi|can cu|tren co so|phat huy|huong ung|"
    r"chao mung|hom nay|hien nay|"
    r"vua qua|thuc trang|ke tu|tu ngay|trong (?:thoi gian|nhung nam|khong khi|nam)|ngay \d)"
)
_CITES = re.compile(
    r"(?:ke hoach|quyet dinh|cong van|van ban|chi thi|nghi quyet|huong dan|chuong trinh|thong tu|thong bao|nghi dinh)"
    r"(?: lien tich)? so\s?[:.]?\s?\d"
)
_DAY = r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}"
_PERIOD_NOTE = re.compile(rf"\(\s?{_DAY}\s?-\s?{_DAY}\s?\)\W{{0,2}}")
_ISSUING = re.compile(
    r"(?:uy ban nhan dan|ubnd|truong|ban|so|phong|bo|hoi|lien doan|doan|cong doan|tinh uy|thanh uy|huyen uy|"
    r"dang uy|ban thuong vu|"
    r"chu tich|giam doc|hieu truong|cong an|chi bo|bo truong|thu tuong|thong doc|tong giam doc|cuc truong|"
    r"vien truong|chanh|quoc hoi|"
    r"hoi dong|thuong truc)\b"
)
_CONNECTOR = re.compile(
    r"(?:\b(?:va|cua|ve|trong|tai|voi|cho|cac|nhung|den|tu|theo|giai doan|nam hoc|doi voi|-|,))\s*$|[,–-]$"
)


@dataclass(slots=True)
class Head:
    """What the head holds, and where what follows it begins among the lines."""

    drafts: list[Draft]
    end: int
    type: HeadingType | None = None
    is_letter: bool = False


def read_head(lines: list[PrintedLine]) -> Head:
    """Read the head of a document.

    Args:
        lines: the document's lines without page numbers, stamps and footnotes.
    Returns:
        Drafts of its passages; none, and an end of 0, where the document has no such head.
    """
    limit, found = _find_type(lines)
    if found is None:
        limit = _letter_end(lines)
    drafts: list[Draft] = []
    for line in lines[:limit]:
        for part in _columns(line):
            _place(part, drafts)
    kinds = {draft.kind for draft in drafts}
    if found is None:
        notated = any(draft.kind == "number-line" and _has_notation(draft.lines[0]) for draft in drafts)
        if not (notated or "national-title" in kinds) or not kinds & {"number-line", "place-date", "about"}:
            return Head([], 0)
        return Head(tell_bodies(drafts), limit, is_letter="number-line" in kinds)
    type_line = lines[limit]
    if found.end < len(type_line.string.rstrip(" .:")) - 2:
        drafts += [Draft("type", [type_line.part(0, found.end)]), Draft("title", [type_line.part(found.end)])]
    else:
        drafts.append(Draft("type", [type_line]))
    end = _read_title(lines, limit + 1, drafts)
    return Head(tell_bodies(drafts), end, found)


def _find_type(lines: list[PrintedLine]) -> tuple[int, HeadingType | None]:
    """The line that names the type: after number and national title where there are any, the likest."""
    best: tuple[float, int, HeadingType] | None = None
    bonus = 0.0
    for index, line in enumerate(lines[:_MAX_HEAD_LINES]):
        if line.table is not None:
            break
        if is_national(line.plain) is not None or _NUMBER.match(line.plain):
            bonus = 0.5
            continue
        if _begins_text(line) or is_addressee(line.plain):
            break
        found = heading_type(line.string)
        if found is not None and (best is None or found.similarity + bonus > best[0]):
            best = (found.similarity + bonus, index, found)
            if best[0] >= 1.4:
                break
    if best is None or (bonus and best[0] < bonus):
        return 0, None
    return best[1], best[2]


def _begins_text(line: PrintedLine) -> bool:
    """Whether a line can be no line of a head: grounds, a numbered part, a long sentence."""
    if _GROUNDS.match(line.plain) and len(line.string) > 25:
        return True
    labels = read_labels(line.string)
    if labels and not labels[0].damaged and labels[0].style in ("roman", "article", "chapter", "part"):
        return labels[0].ordinals == (1,) and len(line.string) > labels[0].end
    return len(line.string) > 200


def _letter_end(lines: list[PrintedLine]) -> int:
    """Where the head of a document without a type line ends."""
    seen = False
    previous: PassageKind | None = None
    for index, line in enumerate(lines[:_MAX_HEAD_LINES]):
        if is_addressee(line.plain) or _begins_text(line) or line.table is not None:
            return index
        kinds = [_kind(part) for part in _columns(line)]
        if any(kind is not None for kind in kinds):
            seen = True
            previous = kinds[-1]
        elif (previous == "about" and line.fill < 0.75) or (seen and len(line.string) <= 6):
            continue
        elif not is_capitals(line.string, share=0.75) and (len(line.string) > 60 or (seen and line.fill > 0.75)):
            return index
    return min(len(lines), _MAX_HEAD_LINES) if seen else 0


def _columns(line: PrintedLine) -> list[PrintedLine]:
    """A line that runs over both columns of the head, parted."""
    text = line.plain
    national = is_national(text)
    if national is not None and national > 3:
        return [line.part(0, national), line.part(national)]
    if number := _NUMBER.match(text):
        dated = place_date(text)
        if dated and dated.start() >= number.end():
            notation = _NOTATION.match(text, number.end())
            start = notation.end() if notation and notation.end() <= dated.end("place") else dated.start()
            if notation is None and (blank := re.match(r"[\s.…_]*", text[number.end() :])):
                start = number.end() + blank.end()
            return [line.part(0, start), line.part(start)]
    if (about := _ABOUT.match(text)) and (dated := place_date(text)) and dated.start() > about.end():
        return [line.part(0, dated.start()), line.part(dated.start())]
    return [line]


def _kind(line: PrintedLine) -> PassageKind | None:
    """The part that a line of the head plays by its own words, or None."""
    text = line.plain.strip()
    if is_national(text) is not None:
        return "national-title"
    if _NUMBER.match(text) or re.match(r"\d{1,5}\s?[-/]\s?[a-z]{2,3}\s?[-/]", text):
        return "number-line"
    if _ABOUT.match(text):
        return "about"
    bare = text.strip(" .:*-_[]()|")
    if _URGENCY.match(bare) and is_capitals(line.string):
        return "urgency"
    if _SECRECY.match(bare) and is_capitals(line.string):
        return "secrecy"
    dated = place_date(text)
    if dated and dated.start() <= 3 and len(text) < 90:
        return "place-date"
    return None


def _place(line: PrintedLine, drafts: list[Draft]) -> None:
    """Put a line of the head into the passage that it belongs to."""
    if not line.text:
        return
    kind = _kind(line)
    last = drafts[-1] if drafts else None
    if (kind is None and last is not None and last.kind == "about" and not _closes_about(line)) or (
        kind is None and last is not None and last.kind == "number-line" and _is_notation(line)
    ):
        last.lines.append(line)
    elif kind is None:
        seen = {draft.kind for draft in drafts}
        named = line.hint != "header-right" and is_capitals(line.string, share=0.7, letters=2)
        early = "place-date" not in seen and "number-line" not in seen
        drafts.append(Draft("issuer" if named and (early or line.hint == "header-left") else "paragraph", [line]))
    else:
        drafts.append(Draft(kind, [line]))


def _closes_about(line: PrintedLine) -> bool:
    return is_capitals(line.string, share=0.9, letters=8) or line.hint == "header-right"


def _has_notation(line: PrintedLine) -> bool:
    return bool(re.search(r"[/-]\s?[^\W\d_]", line.string))


def _is_notation(line: PrintedLine) -> bool:
    return bool(_NOTATION.fullmatch(line.plain.strip())) and len(line.string) < 30


def _read_title(lines: list[PrintedLine], start: int, drafts: list[Draft]) -> int:
    """Add the subject under the type; where what follows it begins."""
    title = drafts[-1] if drafts[-1].kind == "title" else Draft("title")
    if not title.lines:
        drafts.append(title)
    index = start
    while index < len(lines) and len(title.lines) < _MAX_TITLE_LINES:
        line = lines[index]
        if not any(char.isalnum() for char in line.string):
            if title.lines:
                break
            drafts.insert(-1, Draft("paragraph", [line]))
        elif title.lines and len(line.string) <= 3 and is_noise(line):
            drafts.insert(-1, Draft("stamp", [line]))
        elif title.lines and _kind(line) in ("place-date", "number-line"):
            drafts.append(Draft(_kind(line) or "paragraph", [line]))
        elif _ends_title(line, title.lines, lines[index + 1] if index + 1 < len(lines) else None):
            break
        else:
            title.lines.append(line)
        index += 1
    if not title.lines:
        drafts.remove(title)
    if index < len(lines) and title.lines and _PERIOD_NOTE.fullmatch(lines[index].plain):
        title.lines.append(lines[index])
        index += 1
    while index < len(lines) and lines[index].string.startswith("(") and title.lines:
        note = Draft("paragraph", [lines[index]])
        while ")" not in lines[index].string and index + 1 < len(lines) and len(note.lines) < 4:
            index += 1
            note.lines.append(lines[index])
        drafts.append(note)
        index += 1
    return index


def _ends_title(line: PrintedLine, title: list[PrintedLine], after: PrintedLine | None) -> bool:
    if line.table is not None or is_addressee(line.plain) or _GROUNDS.match(line.plain) or line.string.startswith("("):
        return True
    labels = read_labels(line.string)
    if any(not label.damaged and (label.ordinals == (1,) or label.style == "bullet") for label in labels):
        return bool(title) or labels[0].style in ("roman", "article", "chapter", "part", "bullet")
    if not title:
        return False
    if is_day(line.string):
        return True
    last = title[-1]
    if _is_flush(line, last):
        return True
    if is_capitals(line.string, letters=6) and not is_capitals(last.string) and _begins_part(line, labels):
        return True
    if starts_small(line.string) or _CONNECTOR.search(last.plain):
        return False
    if last.bold and line.bold is False:
        return True
    if last.bold and line.bold and last.page == line.page:
        return False
    above = " ".join(part.string for part in title[-2:])
    if is_capitals(last.string) and is_capitals(above, letters=8) and not is_capitals(line.string):
        return line.fill >= 0.75 or len(title) > 1
    if line.italic and not last.italic:
        return True
    if line.is_centred and line.fill < 0.97:
        return bool(_OPENING.match(line.plain)) and last.string.rstrip().endswith(".")
    if line.is_centred is False and line.gap is not None and line.gap < 0.06 and last.is_centred:
        return True
    if not line.string[:1].isalpha() and line.string[:1] not in '“"':
        return False
    wraps = after is not None and starts_small(after.string)
    if _OPENING.match(line.plain) and _CITES.search(line.plain):
        return True
    opening = bool(_OPENING.match(line.plain)) or (wraps and line.fill >= 0.85 and bool(_ISSUING.match(line.plain)))
    return (
        (opening and (line.fill >= 0.72 or line.opens))
        or (line.opens and line.fill >= 0.8)
        or (line.fill >= 0.93 and wraps)
    )


def _begins_part(line: PrintedLine, labels: tuple[Label, ...]) -> bool:
    """Whether a line in capitals under a subject in small letters is the issuer's formula or a heading."""
    if _ISSUING.match(line.plain):
        return True
    if any(label.style == "roman" and not label.damaged for label in labels):
        return True
    found = heading_kind(line.string, None)
    return found.named and found.confidence > _SURE_KIND


def _is_flush(line: PrintedLine, last: PrintedLine) -> bool:
    """Whether a line fills the body's width or is indented, while the one above it is centred."""
    if line.indent is None or line.gap is None or last.gap is None or not last.is_centred:
        return False
    return line.gap < 0.03 and (line.indent > 0.05 or (line.indent < 0.03 and last.gap > 0.08))

"""Which labelled or set-off passages are headings, and what each passage stands under."""

import re
from dataclasses import dataclass

from pipeline.document import Section, Span, TracedText
from pipeline.language.casing import is_capitals, starts_capital, starts_small
from pipeline.language.headings import heading_kind
from pipeline.language.tone_marks import plain
from pipeline.options import SegmentOptions
from pipeline.segmentation.parts import Draft

__all__ = ["Part", "find_sections"]

_KEYWORDS = ("part", "chapter", "division", "subdivision")
_MAX_RUN_IN_WORDS = 15
_MAX_BOLD_REST_WORDS = 6
_MAX_HEADING_WORDS = 45
_MAX_CAPITAL_WORDS = 60
_LEAD_IN = re.compile(
    r"(?:sau(?: day)?|nhu|gom|bao gom|cu the|la|rang|lien quan|tren cac linh vuc|theo|cho phu hop|nhu sau|"
    r"duoi day|nham|de|"
    r"voi|va|cac noi dung|cac nhiem vu|cac cong viec)\s*$"
)
_FORMULA = re.compile(r"(?:quyet dinh|quyet nghi|nghi dinh|chi thi|kinh gui|noi nhan|phe duyet|xac nhan)\s*[:.]?$")
_TABLE_TITLE = re.compile(r"(?:bang|bieu|phu luc|danh sach|danh muc|don vi tinh|ghi chu|hinh|so do)\b")
_COLUMNS = re.compile(r"(?:s?tt|so tt|so thu tu)\b")
_COLUMN_NAMES = re.compile(
    r"\b(?:noi dung|nhiem vu|thoi gian|don vi|chu tri|phoi hop|ghi chu|san pham|nguoi thuc hien|phu trach|"
    r"ho va ten|chuc vu)\b"
)
_PERSON = re.compile(r"(?:Ông|Bà|Thầy|Cô|Đồng chí|Đ/c)\s(?=[A-ZĐÀ-Ỹ])")
_GROUND = re.compile(r"[-–+*\s]{0,3}(?:can cu|theo de nghi|xet de nghi|xet to trinh)\b")
_FURNITURE = ("page-number", "stamp", "footnote")


@dataclass(slots=True, eq=False)
class Part:
    """A passage with its text while sections are sought.

    Attributes:
        section: index of the section that it heads or stands in; depth as in `Passage`.
        body_start: where the text after a heading begins, None where it is no heading.
    """

    draft: Draft
    text: TracedText
    section: int | None = None
    depth: int = 0
    body_start: int | None = None

    @property
    def start(self) -> int:
        """Where the text after the label begins."""
        return self.draft.label.end if self.draft.label is not None else 0

    @property
    def own_plain(self) -> str:
        """The text after the label, without marks."""
        return plain(self.own)

    @property
    def own(self) -> str:
        """The text after the label."""
        return self.text.text[self.start :]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a numbered passage looks: `heading`, `run-in`, `maybe` a run-in, or `text`; where its heading ends."""

    looks: str
    end: int
    confidence: float


def find_sections(parts: list[Part], options: SegmentOptions) -> tuple[Section, ...]:
    """Tell headings from numbered sentences, and give every passage its section and depth.

    Args:
        parts: the whole document's, in order; headings become `heading`, and all that stand in a section know it.
        options: how like the vocabulary a misread heading must be.
    """
    bold = _bold_words(parts)
    shapes = _shapes(parts, bold)
    headings = _numbered(parts, shapes) | _set_off(parts, bold)
    return _Builder(parts, headings, options).build()


def _bold_words(parts: list[Part]) -> dict[str, bool]:
    return {
        word.id: word.bold
        for part in parts
        for line in part.draft.lines
        for word in line.words
        if word.bold is not None
    }


def _bold_until(part: Part, bold: dict[str, bool]) -> int:
    """Where the bold beginning of a passage ends, in its text; its label's end where it does not begin in bold."""
    end = part.start
    for span in part.text.spans:
        if span.end <= part.start:
            continue
        if not bold.get(span.word_id, False):
            break
        end = span.end
    return end


def _shapes(parts: list[Part], bold: dict[str, bool]) -> dict[int, _Shape]:
    following = _following(parts)
    return {
        index: _shape(part, following[index], parts, bold)
        for index, part in enumerate(parts)
        if part.draft.kind == "item" and part.draft.label is not None and part.draft.label.style != "bullet"
    }


def _following(parts: list[Part]) -> list[int | None]:
    """For each passage the next one that is no page number, stamp or footnote."""
    found: list[int | None] = [None] * len(parts)
    after: int | None = None
    for index in range(len(parts) - 1, -1, -1):
        found[index] = after
        if parts[index].draft.kind not in _FURNITURE:
            after = index
    return found


def _governs(part: Part, after: int | None, parts: list[Part]) -> bool:
    """Whether something stands under a passage."""
    if after is None:
        return False
    next_draft = parts[after].draft
    if next_draft.kind == "item":
        return next_draft.owner is part.draft
    if next_draft.kind == "paragraph" and not any(char.isalpha() for char in parts[after].text.text[:2]):
        return parts[after].text.text[:1] in "“\"'‘("
    return next_draft.kind in ("paragraph", "table-head", "table-row")


def _is_parent(part: Part, after: int | None, parts: list[Part]) -> bool:
    """Whether the next passage's label says that it stands under this one's: 2.1 after 2."""
    label = part.draft.label
    child = parts[after].draft.label if after is not None else None
    if label is None or child is None or not label.style.startswith("decimal-"):
        return False
    return len(child.ordinals) == len(label.ordinals) + 1 and child.ordinals[:-1] == label.ordinals


def _shape(part: Part, after: int | None, parts: list[Part], bold: dict[str, bool]) -> _Shape:
    own = part.own.rstrip()
    label = part.draft.label
    end = part.start + len(own)
    words = len(own.split())
    if not own or label is None:
        keyword = label is not None and label.style in _KEYWORDS
        return _Shape("heading" if keyword else "text", end, 0.8)
    governs = _governs(part, after, parts)
    colon = _run_in_colon(own)
    misread = not colon and part.draft.lines[0].scanned and _run_in_colon(own.replace(";", ":", 1))
    bold_end = _bold_until(part, bold)
    if label.style in _KEYWORDS:
        return _Shape("heading", end, 0.97)
    if is_capitals(own, share=0.75, letters=4) and words <= _MAX_CAPITAL_WORDS:
        return _Shape("heading", end, 0.97)
    if _PERSON.match(own) and not colon and not (after is not None and parts[after].draft.kind == "item" and governs):
        return _Shape("bare", end, 0.8)
    if colon and is_capitals(own[:colon], share=0.85, letters=5):
        return _Shape("run-in", part.start + colon, 0.95)
    if bold_end >= end - 1 and governs:
        return _Shape("heading", end, 0.96)
    told = bold_end - part.start
    if 0 < told < end - 1 - part.start and _closes(own[:told], own[told:]):
        stop = int(colon or misread)
        named = stop > told and len(own[told:stop].split()) <= _MAX_BOLD_REST_WORDS
        return _Shape("run-in", part.start + stop if named else bold_end, 0.93)
    if colon and own[colon + 1 :].strip():
        return _Shape("maybe", part.start + colon, 0.85)
    if misread and starts_capital(own) and own[misread + 1 :].strip():
        return _Shape("misread", part.start + misread, 0.7)
    last = own[-1]
    if last not in ".;,!?…" and _is_parent(part, after, parts):
        return _Shape("heading", end, 0.93)
    if last in ".;,!?…" or words > _MAX_HEADING_WORDS:
        short = last == "." and words <= 8 and governs and not own[:-1].count(".") and label.style != "letter"
        return _Shape("short" if short else "text", end, 0.7)
    if last == ":" and (_LEAD_IN.search(plain(own[:-1])) or words > _MAX_RUN_IN_WORDS):
        return _Shape("text", end, 0.9)
    return _Shape("heading" if governs else "bare", end, 0.9)


def _run_in_colon(own: str) -> int:
    """Where the colon stands that ends a run-in heading; 0 where there is none."""
    colon = own.find(":")
    while 0 < colon < 200 and not own[colon + 1 : colon + 2].isspace() and colon + 1 < len(own):
        colon = own.find(":", colon + 1)
    if not 0 < colon < 200:
        return 0
    head = own[:colon]
    if len(head.split()) > _MAX_RUN_IN_WORDS or re.search(r"[.;?!]\s", head) or _LEAD_IN.search(plain(head)):
        return 0
    return colon


def _closes(head: str, rest: str) -> bool:
    """Whether a bold beginning is set off from what follows: by its colon, period or dash."""
    return len(head.split()) <= _MAX_HEADING_WORDS and (head.rstrip()[-1:] in ":.-–" or rest.lstrip()[:1] in ":.-–")


def _numbered(parts: list[Part], shapes: dict[int, _Shape]) -> dict[int, _Shape]:
    """Headings among the numbered passages, each list judged as a whole."""
    place = {id(parts[index].draft): index for index in shapes}
    headings: dict[int, _Shape] = {}
    for index in shapes:
        siblings = [place[id(draft)] for draft in parts[index].draft.siblings if id(draft) in place]
        if not siblings or siblings[0] != index:
            continue
        looks = [shapes[sibling].looks for sibling in siblings]
        if _is_table(siblings[0], parts):
            continue
        sure = sum(look in ("heading", "run-in") for look in looks)
        regular = (
            all(look in ("heading", "run-in", "maybe", "misread", "short") for look in looks)
            and len(looks) > 1
            and looks.count("misread") * 2 < len(looks)
        )
        weak = looks.count("bare") > looks.count("heading") and not any(
            shapes[sibling].confidence > 0.9 for sibling in siblings
        )
        mostly = sure * 3 >= len(looks) * 2 and sure > 1
        for sibling, look in zip(siblings, looks, strict=True):
            short = look == "short" and (regular or mostly)
            bare = look == "bare" and mostly and len(parts[sibling].own.split()) <= _MAX_RUN_IN_WORDS
            if (
                (look in ("heading", "run-in") and not weak)
                or (look in ("maybe", "misread") and regular)
                or short
                or bare
            ):
                headings[sibling] = shapes[sibling]
    return headings


def _is_table(first: int, parts: list[Part]) -> bool:
    """Whether a list is a table whose rules were not seen: the line above it names columns."""
    above = parts[first - 1] if first else None
    if above is None or above.draft.kind not in ("paragraph", "table-head") or above.draft.label is not None:
        return False
    bare = plain(above.text.text)
    return bool(_COLUMNS.match(bare)) or (
        above.draft.kind == "paragraph" and len(bare.split()) <= 16 and len(_COLUMN_NAMES.findall(bare)) >= 3
    )


def _set_off(parts: list[Part], bold: dict[str, bool]) -> dict[int, _Shape]:
    """Unnumbered headings: lines in capitals, or in bold where text is not."""
    plain_share = sum(not value for value in bold.values()) / len(bold) if bold else 0.0
    following = _following(parts)
    headings: dict[int, _Shape] = {}
    for index, part in enumerate(parts):
        text = part.text.text.rstrip()
        if part.draft.kind != "paragraph" or (
            not _governs(part, following[index], parts) and not _before_item(following[index], parts)
        ):
            continue
        words = len(text.split())
        bare = plain(text)
        if words > 30 or len(text) < 4 or text[-1] in ".;,…" or starts_small(text) or text.startswith("("):
            continue
        after = following[index]
        if _FORMULA.fullmatch(bare) or _TABLE_TITLE.match(bare):
            continue
        if after is not None and _GROUND.match(plain(parts[after].text.text)):
            continue
        if is_capitals(text, share=0.75, letters=6) and words >= 2:
            headings[index] = _Shape("heading", len(text), 0.85)
        elif plain_share > 0.5 and words <= 20 and _bold_until(part, bold) >= len(text) - 1 and text[-1] != ":":
            headings[index] = _Shape("heading", len(text), 0.75)
    return headings


def _before_item(after: int | None, parts: list[Part]) -> bool:
    return after is not None and parts[after].draft.kind == "item"


class _Builder:
    """Sections in order, each under the one that its label or its place puts it under."""

    def __init__(self, parts: list[Part], headings: dict[int, _Shape], options: SegmentOptions) -> None:
        self._parts = parts
        self._headings = headings
        self._options = options
        self._sections: list[Section] = []
        self._of_draft: dict[int, int] = {}
        self._depths: dict[int, int] = {}
        self._loose: int | None = None
        self._loose_place = -1
        self._place = {id(part.draft): index for index, part in enumerate(parts)}

    def build(self) -> tuple[Section, ...]:
        """Sections, with the passages' own attributes set on the way."""
        for index, part in enumerate(self._parts):
            if index in self._headings:
                self._head(index, part, self._headings[index])
            elif part.draft.kind in ("item", "paragraph", "table-head", "table-row"):
                part.section = self._section_of(part.draft)
                part.depth = self._depth(part.draft)
        return tuple(self._sections)

    def _head(self, index: int, part: Part, shape: _Shape) -> None:
        draft = part.draft
        label = draft.label
        parent = self._section_of(draft) if label is not None else self._loose_parent(draft)
        if label is not None and label.style in ("roman", *_KEYWORDS):
            parent = self._owner_section(draft)
            self._loose = None
        parent_section = self._sections[parent] if parent is not None else None
        heading = part.text.slice(part.start, shape.end)
        heading = heading.slice(0, len(heading.text.rstrip(" .:;-–")))
        found = heading_kind(
            heading.text, parent_section.kind if parent_section else None, similarity=self._options.heading_similarity
        )
        number = len(self._sections)
        self._sections.append(
            Section(
                number,
                _label_text(part),
                heading,
                parent_section.level + 1 if parent_section else 1,
                found.kind,
                parent,
                draft.appendix,
                round(shape.confidence * found.confidence * heading.confidence(), 4),
            )
        )
        draft.kind = "heading"
        part.section = number
        after = part.text.text[shape.end :]
        part.body_start = shape.end + len(after) - len(after.lstrip(" :.-–"))
        self._of_draft[id(draft)] = number
        if label is None:
            self._loose, self._loose_place = number, index
        elif self._loose is not None and parent != self._loose:
            self._loose = None

    def _owner_section(self, draft: Draft) -> int | None:
        owner = draft.owner
        while owner is not None:
            if id(owner) in self._of_draft:
                return self._of_draft[id(owner)]
            owner = owner.owner
        return None

    def _loose_parent(self, draft: Draft) -> int | None:
        """What an unnumbered heading stands under: as the last one, where that one holds the numbered parts since."""
        owner = self._owner_section(draft)
        above = owner
        while above is not None and above != self._loose:
            above = self._sections[above].parent
        return self._sections[above].parent if above is not None else owner

    def _section_of(self, draft: Draft) -> int | None:
        """The section over a passage; an unnumbered one that was opened since counts as well."""
        section = self._owner_section(draft)
        if self._loose is None:
            return section
        loose = self._sections[self._loose]
        began = self._place[id(draft.siblings[0])] if draft.siblings else self._place[id(draft)]
        inside = loose.parent == section and loose.appendix == draft.appendix and began > self._loose_place
        return self._loose if inside else section

    def _depth(self, draft: Draft) -> int:
        owner = draft.owner
        if owner is None or id(owner) in self._of_draft:
            depth = 0
        elif draft.label is None:
            above = self._depths.get(id(owner), 0)
            numbered = owner.label is not None and owner.label.style != "bullet"
            leads = numbered and owner.lines[-1].string.rstrip().endswith(":")
            depth = above + 1 if leads else above if numbered else 0
        else:
            depth = self._depths.get(id(owner), 0) + 1
        self._depths[id(draft)] = depth
        return depth


def _label_text(part: Part) -> TracedText | None:
    """The label as printed without its closing mark; a mended one still knows its word."""
    label = part.draft.label
    if label is None:
        return None
    found = part.text.text.find(label.text, 0, label.end)
    if found >= 0:
        return part.text.slice(found, found + len(label.text))
    ids = part.text.evidence(0, label.end)
    confidence = part.text.confidence(0, label.end) * 0.8
    return TracedText(label.text, (Span(0, len(label.text), ids[0], confidence),)) if ids else None

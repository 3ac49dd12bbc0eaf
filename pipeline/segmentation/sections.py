"""Which labelled or set-off passages are headings, and what each passage stands under."""

import re

from pipeline.document import Section, Span, TracedText
from pipeline.language.casing import is_capitals, starts_small
from pipeline.language.headings import heading_kind, is_day
from pipeline.language.tone_marks import plain
from pipeline.options import SegmentOptions
from pipeline.segmentation.parts import Draft
from pipeline.segmentation.shapes import (
    KEYWORDS,
    MAX_RUN_IN_WORDS,
    Part,
    Shape,
    bold_until,
    bold_words,
    broken_heading,
    following_parts,
    governs,
    read_shapes,
)

__all__ = ["find_sections"]

_FORMULA = re.compile(r"(?:quyet dinh|quyet nghi|nghi dinh|chi thi|kinh gui|noi nhan|phe duyet|xac nhan)\s*[:.]?$")
_TABLE_TITLE = re.compile(r"(?:bang|bieu|phu luc|danh sach|danh muc|don vi tinh|ghi chu|hinh|so do)\b")
_COLUMNS = re.compile(r"(?:s?tt|so tt|so thu tu)\b")
_COLUMN_NAMES = re.compile(
    r"\b(?:noi dung|nhiem vu|thoi gian|don vi|chu tri|phoi hop|ghi chu|san pham|nguoi thuc hien|phu trach|"
    r"ho va ten|chuc vu)\b"
)
_GROUND = re.compile(r"[-–+*\s]{0,3}(?:can cu|theo de nghi|xet de nghi|xet to trinh)\b")
_STEP = re.compile(
    r"(?:buoc|hoat dong|nhiem vu|noi dung|giai doan|chuyen de|dot|hop phan|du an|tieu du an|nhom|tieu chi|phan|"
    r"muc tieu|vong|ngay|nhom nhiem vu|phong trao)\s(?:thu\s|so\s)?(?:\d{1,2}|[ivx]{1,4})\s?[:.-]\s?[^\W\d_]"
)
_MAX_STEP_WORDS = 20


def find_sections(parts: list[Part], options: SegmentOptions) -> tuple[Section, ...]:
    """Tell headings from numbered sentences, and give every passage its section and depth.

    Args:
        parts: the whole document's, in order; headings become `heading`, and all that stand in a section know it.
        options: how like the vocabulary a misread heading must be.
    """
    bold = bold_words(parts)
    shapes = read_shapes(parts, bold)
    headings = _numbered(parts, shapes) | _set_off(parts, bold)
    return _Builder(parts, headings, options).build()


def _numbered(parts: list[Part], shapes: dict[int, Shape]) -> dict[int, Shape]:
    """Headings among the numbered passages, each list judged as a whole."""
    place = {id(parts[index].draft): index for index in shapes}
    headings: dict[int, Shape] = {}
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
        plainly = looks.count("heading")
        for sibling, look in zip(siblings, looks, strict=True):
            if look == "text" and plainly > 1 and plainly * 2 >= len(looks):
                broken = broken_heading(parts[sibling])
                if broken is not None:
                    headings[sibling] = broken
                continue
            short = look in ("short", "lead") and (regular or mostly)
            bare = look == "bare" and mostly and len(parts[sibling].own.split()) <= MAX_RUN_IN_WORDS
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


def _set_off(parts: list[Part], bold: dict[str, bool]) -> dict[int, Shape]:
    """Unnumbered headings: lines in capitals, or in bold where text is not."""
    plain_share = sum(not value for value in bold.values()) / len(bold) if bold else 0.0
    following = following_parts(parts)
    headings: dict[int, Shape] = {}
    for index, part in enumerate(parts):
        text = part.text.text.rstrip()
        if part.draft.kind != "paragraph" or (
            not governs(part, following[index], parts) and not _before_item(following[index], parts)
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
        if is_day(text) or (_STEP.match(bare) and words <= _MAX_STEP_WORDS):
            headings[index] = Shape("heading", len(text), 0.7)
        elif is_capitals(text, share=0.75, letters=6) and words >= 2:
            headings[index] = Shape("heading", len(text), 0.85)
        elif plain_share > 0.5 and words <= 20 and bold_until(part, bold) >= len(text) - 1 and text[-1] != ":":
            headings[index] = Shape("heading", len(text), 0.75)
    return headings


def _before_item(after: int | None, parts: list[Part]) -> bool:
    return after is not None and parts[after].draft.kind == "item"


class _Builder:
    """Sections in order, each under the one that its label or its place puts it under."""

    def __init__(self, parts: list[Part], headings: dict[int, Shape], options: SegmentOptions) -> None:
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

    def _head(self, index: int, part: Part, shape: Shape) -> None:
        draft = part.draft
        label = draft.label
        parent = self._section_of(draft) if label is not None else self._loose_parent(draft)
        if label is not None and label.style in ("roman", *KEYWORDS):
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

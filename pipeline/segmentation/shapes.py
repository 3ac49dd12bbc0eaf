"""How passages look that may be headings: where the heading ends, and how sure that is."""

import re
from dataclasses import dataclass

from pipeline.document import TracedText
from pipeline.language.bodies import is_body_list
from pipeline.language.casing import is_capitals, starts_capital
from pipeline.language.tone_marks import plain
from pipeline.segmentation.lines import join_lines
from pipeline.segmentation.parts import Draft, ends_paragraph, goes_on

__all__ = [
    "KEYWORDS",
    "MAX_RUN_IN_WORDS",
    "Part",
    "Shape",
    "bold_until",
    "bold_words",
    "broken_heading",
    "following_parts",
    "governs",
    "read_shapes",
]

KEYWORDS = ("part", "chapter", "division", "subdivision")
"""Styles of labels that make what follows them a heading."""
MAX_RUN_IN_WORDS = 15
"""A heading that text runs into is no longer."""

_MAX_BOLD_REST_WORDS = 6
_MAX_HEADING_WORDS = 45
_MAX_CAPITAL_WORDS = 60
_LEAD_IN = re.compile(
    r"(?:sau(?: day)?|nhu|gom|bao gom|cu the|la|rang|lien quan|tren cac linh vuc|theo|cho phu hop|nhu sau|"
    r"duoi day|nham|de|"
    r"voi|va|cac noi dung|cac nhiem vu|cac cong viec)\s*$"
)
_PERSON = re.compile(r"(?:Ông|Bà|Thầy|Cô|Đồng chí|Đ/c)\s(?=[A-ZĐÀ-Ỹ])")
_COUNTED = re.compile(r"(?:[^\W\d_]+\s){1,3}(?:so |thu )?(?:\d{1,2}|[ivx]{1,4})$")
_MAX_HEADING_LINES = 3
_MAX_LEAD_WORDS = 8
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
class Shape:
    """How a numbered passage looks, and where its heading ends.

    `heading` and `run-in` are sure; `maybe` and `misread` are run-ins, `short`, `lead` and `bare` headings, only where
    most of their list are headings; `text` is none.
    """

    looks: str
    end: int
    confidence: float


def bold_words(parts: list[Part]) -> dict[str, bool]:
    """Whether a word is bold, by its id, for the words of which that can be told."""
    return {
        word.id: word.bold
        for part in parts
        for line in part.draft.lines
        for word in line.words
        if word.bold is not None
    }


def bold_until(part: Part, bold: dict[str, bool]) -> int:
    """Where the bold beginning of a passage ends, in its text; its label's end where it does not begin in bold."""
    end = part.start
    for span in part.text.spans:
        if span.end <= part.start:
            continue
        if not bold.get(span.word_id, False):
            break
        end = span.end
    return end


def read_shapes(parts: list[Part], bold: dict[str, bool]) -> dict[int, Shape]:
    """How the numbered passages look, by their index."""
    following = following_parts(parts)
    return {
        index: _shape(part, following[index], parts, bold)
        for index, part in enumerate(parts)
        if part.draft.kind == "item" and part.draft.label is not None and part.draft.label.style != "bullet"
    }


def following_parts(parts: list[Part]) -> list[int | None]:
    """For each passage the next one that is no page number, stamp or footnote."""
    found: list[int | None] = [None] * len(parts)
    after: int | None = None
    for index in range(len(parts) - 1, -1, -1):
        found[index] = after
        if parts[index].draft.kind not in _FURNITURE:
            after = index
    return found


def governs(part: Part, after: int | None, parts: list[Part]) -> bool:
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


def _shape(part: Part, after: int | None, parts: list[Part], bold: dict[str, bool]) -> Shape:
    own = part.own.rstrip()
    label = part.draft.label
    end = part.start + len(own)
    words = len(own.split())
    if not own or label is None:
        keyword = label is not None and label.style in KEYWORDS
        return Shape("heading" if keyword else "text", end, 0.8)
    is_over = governs(part, after, parts)
    colon = _run_in_colon(own)
    misread = 0
    if not colon and ";" in own and part.draft.lines[0].scanned and not is_body_list(own):
        misread = _run_in_colon(own.replace(";", ":", 1))
    bold_end = bold_until(part, bold)
    if label.style in KEYWORDS:
        return Shape("heading", end, 0.97)
    if is_capitals(own, share=0.75, letters=4) and words <= _MAX_CAPITAL_WORDS:
        return Shape("heading", end, 0.97)
    if _PERSON.match(own) and not colon and not (after is not None and parts[after].draft.kind == "item" and is_over):
        return Shape("bare", end, 0.8)
    if colon and is_capitals(own[:colon], share=0.85, letters=5):
        return Shape("run-in", part.start + colon, 0.95)
    if bold_end >= end - 1 and is_over:
        return Shape("heading", end, 0.96)
    told = bold_end - part.start
    if 0 < told < end - 1 - part.start and _closes(own[:told], own[told:]):
        stop = int(colon or misread)
        named = stop > told and len(own[told:stop].split()) <= _MAX_BOLD_REST_WORDS
        return Shape("run-in", part.start + stop if named else bold_end, 0.93)
    if colon and own[colon + 1 :].strip():
        return Shape("maybe", part.start + colon, 0.85)
    if misread and starts_capital(own) and own[misread + 1 :].strip():
        return Shape("misread", part.start + misread, 0.7)
    last = own[-1]
    if last not in ".;,!?…" and _is_parent(part, after, parts):
        return Shape("heading", end, 0.93)
    if last in ".;,!?…" or words > _MAX_HEADING_WORDS:
        short = last == "." and words <= 8 and is_over and not own[:-1].count(".") and label.style != "letter"
        return Shape("short" if short else "text", end, 0.7)
    if last == ":" and (_LEAD_IN.search(plain(own[:-1])) or words > MAX_RUN_IN_WORDS):
        return Shape("lead" if is_over and words <= _MAX_LEAD_WORDS else "text", end, 0.7)
    return Shape("heading" if is_over else "bare", end, 0.9)


def broken_heading(part: Part) -> Shape | None:
    """The heading of a passage to which the text under it was added because the heading nearly fills its line."""
    lines = part.draft.lines
    for count in range(1, min(_MAX_HEADING_LINES, len(lines) - 1) + 1):
        before = lines[count - 1].string
        if ends_paragraph(before) or before.count(":"):
            return None
        if lines[count].string[:1].isupper() and not goes_on(before):
            end = len(join_lines(lines[:count]).text)
            return Shape("heading", end, 0.7) if end > part.start else None
    return None


def _run_in_colon(own: str) -> int:
    """Where the colon stands that ends a run-in heading; 0 where there is none."""
    colon = own.find(":")
    while 0 < colon < 200 and colon + 1 < len(own) and _is_inner(own, colon):
        colon = own.find(":", colon + 1)
    if not 0 < colon < 200:
        return 0
    head = own[:colon]
    if len(head.split()) > MAX_RUN_IN_WORDS or re.search(r"[.;?!]\s", head) or _LEAD_IN.search(plain(head)):
        return 0
    return colon


def _is_inner(own: str, colon: int) -> bool:
    """Whether a colon stands within a time, or after a counted noun that names what follows (`Hoạt động 1: …`)."""
    return not own[colon + 1].isspace() or bool(_COUNTED.fullmatch(plain(own[:colon])))


def _closes(head: str, rest: str) -> bool:
    """Whether a bold beginning is set off from what follows: by its colon, period or dash."""
    return len(head.split()) <= _MAX_HEADING_WORDS and (head.rstrip()[-1:] in ":.-–" or rest.lstrip()[:1] in ":.-–")

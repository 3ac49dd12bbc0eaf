"""Several documents in one scan: on which pages each of them begins and ends."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import msgspec
from rapidfuzz.distance import Levenshtein

from pipeline.document import Document, Issue, Page, block_lines
from pipeline.language.document_numbers import read_own_number
from pipeline.language.tone_marks import plain
from pipeline.segmentation.ending import read_ending
from pipeline.segmentation.header import Head, read_head
from pipeline.segmentation.lines import PrintedLine, read_lines
from pipeline.segmentation.parts import is_addressee, is_national, place_date

__all__ = ["PageRange", "Sign", "doubt_several", "find_documents", "first_alone", "sure_ranges"]

Confidence = Literal["sure", "doubtful"]
Sign = Literal["foot-before", "national-title", "number", "place-date", "issuer", "type", "own-foot", "page-numbers"]

_STAGE = "segment"
_CODE = "several-documents"
_MAX_TOP_LINES = 24
_LONG_LINE_CHARS = 90
_SHORT_LINE_CHARS = 60
_ATTACHED_LINES = 10
_NOTE_LINES = 4
_LEAST_SURE = 5
_LEAST_SURE_UNNUMBERED = 6
_LEAST_DOUBTFUL = 4
_MISREAD_LETTERS = 2
_NUMBER_LINE = re.compile(r"\W{0,3}(?:so|s6|s0|se|s)\s{0,3}[:.;]")
_ATTACHED = re.compile(
    r"[\[(*\s]{0,3}(?:(?:ban hanh )?kem theo|ban hanh theo|dinh kem|gui kem|trich(?: tu)?)\b|\(\s*theo\b.{0,40}\bso\b"
)
_ATTACHMENT = re.compile(
    r"\W{0,3}(?:phu luc|phu bieu|bieu mau|bieu so|bieu \d|mau(?: so| bieu)?\s?[:.]?\s?[\divx]|mau\W*$)"
)
_FURNITURE = frozenset({"page-number", "stamp", "footnote"})


@dataclass(frozen=True, slots=True)
class PageRange:
    """Pages that are one document.

    Attributes:
        first, last: numbers of its pages, both included.
        confidence: `sure` where enough independent signs say that a document begins on its first page; `doubtful`
            where a person should look, and what is there still counts as part of the document before it.
        signs: what says so; empty for the first document.
    """

    first: int
    last: int
    confidence: Confidence = "sure"
    signs: frozenset[Sign] = frozenset()

    def __str__(self) -> str:
        return f"page {self.first}" if self.first == self.last else f"pages {self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class _Part:
    """The lines of some pages, the head and the foot that they have, and the number in the head.

    `number` is its figures with its notation, without marks; None where its figures are blank or not read.
    `is_signed` tells a form, which names nobody, from a document.
    """

    lines: list[PrintedLine]
    head: Head
    kinds: frozenset[str]
    has_foot: bool
    is_signed: bool
    number: str | None

    @classmethod
    def of(cls, lines: list[PrintedLine]) -> "_Part":
        head = read_head(lines)
        foot = {draft.kind for draft in read_ending(lines, head.end).drafts}
        kinds = frozenset(draft.kind for draft in head.drafts if draft.lines)
        signed = foot >= {"signer-position", "signer-name"}
        return cls(lines, head, kinds, "recipients-head" in foot or signed, signed, _number(head))

    @property
    def is_dated(self) -> bool:
        """Whether the day in its head is filled in."""
        lines = [line.plain for draft in self.head.drafts if draft.kind == "place-date" for line in draft.lines]
        return any((found := place_date(line)) is not None and found["day"].strip("._…").isdigit() for line in lines)


def find_documents(document: Document) -> tuple[PageRange, ...]:
    """The documents of a scan, in order; one range of all pages where there is no sign of a second.

    A later page begins a document if a whole head stands at its top, after the signature or the recipients of what
    comes before. The head of an appendix or of a form, which says what it is attached to or leaves number and day
    blank, and a head with the number of the document that it stands in are no such heads.

    Args:
        document: with pages whose blocks are in reading order.

    Not done: a document that begins below the end of another on one page; pages in a wrong order.
    """
    numbers = [page.number for page in document.pages]
    if not numbers:
        return ()
    found = [PageRange(numbers[0], numbers[-1])]
    seen = [index for index, page in enumerate(document.pages) if index and _may_begin(page)]
    if not seen:
        return tuple(found)
    lines = read_lines(document)
    flow: list[list[PrintedLine]] = [[] for _ in numbers]
    places = {number: index for index, number in enumerate(numbers)}
    for line in lines:
        if line.hint not in _FURNITURE:
            flow[places[line.page]].append(line)
    printed = _printed_numbers(lines, places)
    starts = [0, *(index for index in seen if _has_head_at_top(flow[index]))]
    parts = [
        _Part.of([line for page in flow[index:after] for line in page])
        for index, after in pairwise([*starts, len(numbers)])
    ]
    before, attached = parts[0], False
    for (earlier, index), own in zip(pairwise(starts), parts[1:], strict=True):
        signs = _signs(before, own)
        if printed.get(index + 1) == 2 and printed.get(index, 1) == 1:
            signs.add("page-numbers")
        attached = attached or any(_begins_attached(page) for page in flow[earlier + 1 : index + 1])
        goes_on = index in printed and printed[index] == printed.get(index - 1, -1) + 1
        confidence = _confidence(signs, before, own, attached=attached, goes_on=goes_on)
        if confidence is not None:
            found[-1] = replace(found[-1], last=numbers[index - 1])
            found.append(PageRange(numbers[index], numbers[-1], confidence, frozenset(signs)))
        if confidence == "sure":
            before, attached = own, False
        elif own.has_foot:
            before = replace(before, has_foot=True)
    return tuple(found)


def first_alone(document: Document, found: tuple[PageRange, ...]) -> Document:
    """The document with the pages before the first one on which another surely begins."""
    start = next((part.first for part in found[1:] if part.confidence == "sure"), None)
    if start is None:
        return document
    return msgspec.structs.replace(document, pages=tuple(page for page in document.pages if page.number < start))


def doubt_several(found: tuple[PageRange, ...]) -> tuple[Issue, ...]:
    """The doubt that tells a person of several documents; nothing where there is one."""
    later = found[1:]
    if not later:
        return ()
    sure = tuple(part for part in later if part.confidence == "sure")
    if sure:
        whole = sure_ranges(found)
        message = f"The scan holds {len(whole)} documents: {_listed(whole)}. The records are those of {whole[0]} alone."
        remedy = "Write a file of each with `sohoa split DOC FOLDER`, then `sohoa run FOLDER`."
    else:
        message = f"Another document may begin on page {later[0].first}. The records are those of all pages."
        start = later[0].first
        remedy = f"Look there; if one does, `sohoa split DOC FOLDER --at {start}`, then `sohoa run FOLDER`."
    doubtful = [str(part.first) for part in later if part.confidence == "doubtful"]
    if sure and doubtful:
        message += f" Others may begin on page {', '.join(doubtful)}."
    return (Issue(_STAGE, _CODE, message, remedy, (sure or later)[0].first, "doubt"),)


def sure_ranges(found: tuple[PageRange, ...]) -> tuple[PageRange, ...]:
    """The documents that surely are: doubtful ones are part of those before them."""
    whole: list[PageRange] = []
    for part in found:
        if part.confidence == "sure" or not whole:
            whole.append(part)
        else:
            whole[-1] = replace(whole[-1], last=part.last)
    return tuple(whole)


def _may_begin(page: Page) -> bool:
    """Whether a national title or a number line stands among a page's first lines."""
    words = page.words_by_id()
    texts: list[str] = []
    for block in page.blocks:
        if block.kind not in _FURNITURE and not block.cells:
            texts += block_lines(block, words)
        if len(texts) >= _MAX_TOP_LINES:
            break
    return any(_is_anchor(plain(text)) for text in texts[:_MAX_TOP_LINES])


def _is_anchor(text: str) -> bool:
    return is_national(text) is not None or _NUMBER_LINE.match(text) is not None


def _has_head_at_top(lines: list[PrintedLine]) -> bool:
    """Whether only the short lines of a head stand above the national title or the number line."""
    for line in lines[:_MAX_TOP_LINES]:
        if line.table is not None:
            return False
        if _is_anchor(line.plain):
            # A sentence of a body that goes on over the page may begin so as well.
            kinds = {draft.kind for draft in read_head(lines).drafts}
            return bool(kinds & {"national-title", "number-line"}) and bool(kinds & {"place-date", "issuer", "type"})
        if len(line.string) > _LONG_LINE_CHARS:
            return False
    return False


def _begins_attached(lines: list[PrintedLine]) -> bool:
    """Whether a page's first lines say that it is an appendix, a form, or attached to something."""
    return any(_is_attached(line) for line in lines[:_ATTACHED_LINES])


def _is_attached(line: PrintedLine) -> bool:
    if line.table is not None:
        return False
    return _ATTACHED.match(line.plain) is not None or (
        len(line.string) <= _SHORT_LINE_CHARS and _ATTACHMENT.match(line.plain) is not None
    )


def _signs(before: _Part, own: _Part) -> set[Sign]:
    """What says that the lines are a document of their own; the places of a number and a day may be blank."""
    signs: set[Sign] = set()
    if before.has_foot:
        signs.add("foot-before")
    if "national-title" in own.kinds:
        signs.add("national-title")
    if own.number is not None and not _is_same(own.number, before.number):
        signs.add("number")
    if "place-date" in own.kinds:
        signs.add("place-date")
    if "issuer" in own.kinds:
        signs.add("issuer")
    addressed = any(is_addressee(line.plain) for line in own.lines[own.head.end : own.head.end + 1])
    if "type" in own.kinds or "about" in own.kinds or addressed:
        signs.add("type")
    if own.has_foot:
        signs.add("own-foot")
    return signs


def _confidence(signs: set[Sign], before: _Part, own: _Part, *, attached: bool, goes_on: bool) -> Confidence | None:
    """How sure it is that a document begins here; None where none does.

    Args:
        attached: whether appendices or forms have begun before it.
        goes_on: whether its page number follows the one before.
    """
    if not own.head.drafts or any(_is_attached(line) for line in own.lines[: own.head.end + _NOTE_LINES]):
        return None
    repeated = own.number is not None and _is_same(own.number, before.number)
    filled = "number" in signs or own.is_dated or own.is_signed
    if "foot-before" in signs and not goes_on and not repeated:
        # Against a number that nobody read, a repeated head is told from a new one by what stands under it.
        told = before.number is not None or "own-foot" in signs
        if "number" in signs and told and len(signs) >= _LEAST_SURE:
            return "sure"
        named = own.is_signed and "number-line" in own.kinds
        if named and {"national-title", "type"} <= signs and len(signs) >= _LEAST_SURE_UNNUMBERED:
            return "sure"
    if not filled and (attached or goes_on):
        return None
    if repeated and not {"foot-before", "own-foot", "type"} <= signs:
        return None
    if "foot-before" in signs:
        whole = "national-title" in signs and ("own-foot" in signs or filled)
        return "doubtful" if whole and len(signs) >= _LEAST_DOUBTFUL and "number-line" in own.kinds else None
    whole = "number" in signs and "national-title" in signs and bool(before.head.drafts)
    return "doubtful" if whole and len(signs) >= _LEAST_SURE else None


def _number(head: Head) -> str | None:
    """The number in a head as it can be compared; None where its figures are blank or its notation is missing."""
    for draft in head.drafts:
        if draft.kind == "number-line" and draft.lines:
            found = read_own_number(" ".join(line.string for line in draft.lines))
            if found is not None and found.normal[:1].isdigit() and not found.normal.isdigit():
                return plain(found.normal)
    return None


def _is_same(own: str, other: str | None) -> bool:
    """Whether two numbers are one: the same figures, and notations that differ by misread letters at most."""
    if other is None:
        return False
    figures, others = (re.match(r"\d+", text) for text in (own, other))
    if figures is None or others is None or figures[0] != others[0]:
        return False
    return Levenshtein.distance(own, other) <= _MISREAD_LETTERS


def _printed_numbers(lines: list[PrintedLine], places: dict[int, int]) -> dict[int, int]:
    """The page numbers that are printed on the pages, by the pages' indices."""
    printed: dict[int, int] = {}
    for line in lines:
        found = re.search(r"\d{1,3}", line.string) if line.hint == "page-number" else None
        if found is not None:
            printed[places[line.page]] = int(found[0])
    return printed


def _listed(ranges: tuple[PageRange, ...]) -> str:
    *most, last = (str(part) for part in ranges)
    return f"{', '.join(most)} and {last}" if most else last

"""Where the parts of a document stand on its pages, by the layout of decree 30/2020/NĐ-CP, appendix I.

The result is drawn by others: words with their places, rules, and the marks of an office (seal, signature),
together with the page's gold text in the order of the gold text contract. Lengths are in points, from the top
left corner of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.sample_document import Break, Foot, HeaderLine, SampleDocument, Table, Text
from corpus.table_layout import TableRow, set_table
from corpus.typeset import Glued, SetLine, Style, fill, parse, parse_lines, width_pt

A4_PT = (595.28, 841.89)
MARGIN_TOP_PT, MARGIN_BOTTOM_PT = 57.0, 57.0
MARGIN_LEFT_PT, MARGIN_RIGHT_PT = 85.0, 48.0
_HEADER_OUTDENT_PT = 22.0
_LEFT_SHARE = 0.43
_SIGNATURE_PT = 74.0
_PAGE_NUMBER_PT = 36.0
_FOOTNOTE_SIZE_PT, _FOOTNOTE_STEP_PT = 10.5, 12.5


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """Characters of one style, standing on a baseline."""

    text: str
    x_pt: float
    baseline_pt: float
    style: Style
    size_pt: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    x0_pt: float
    y0_pt: float
    x1_pt: float
    y1_pt: float
    width_pt: float = 0.6


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """Where the signature and, over about a third of it on the left, the seal stand."""

    x_pt: float
    y_pt: float
    seal: tuple[str, str]


@dataclass(slots=True)
class LaidPage:
    """One page: what is drawn, and its gold text as blocks of printed lines."""

    width_pt: float
    height_pt: float
    words: list[PlacedWord] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    signatures: list[SignaturePlace] = field(default_factory=list)
    blocks: list[list[str]] = field(default_factory=list)

    @property
    def landscape(self) -> bool:
        """Whether the page is turned."""
        return self.width_pt > self.height_pt

    def gold_text(self) -> str:
        """The gold text: printed lines, an empty line between blocks."""
        return "\n\n".join("\n".join(block) for block in self.blocks if block) + "\n"


def lay_out(document: SampleDocument) -> list[LaidPage]:
    """Set a document on its pages.

    Args:
        document: what is printed.
    Returns:
        The pages in order.
    """
    flow = _Flow(document.size_pt, document.leading)
    flow.header(document.left, document.right)
    flow.blocks(document.body)
    flow.foot(document.foot)
    flow.blocks(document.annex)
    flow.close_page()
    return flow.pages


class _Flow:
    """A cursor that goes down the pages and opens a new one when a page is full."""

    def __init__(self, size_pt: float, leading: float) -> None:
        self.size_pt, self.leading = size_pt, leading
        self.pages: list[LaidPage] = []
        self.y_pt = 0.0
        self._footnotes: list[SetLine] = []
        self._open(landscape=False)

    @property
    def page(self) -> LaidPage:
        return self.pages[-1]

    @property
    def measure_pt(self) -> float:
        return self.page.width_pt - MARGIN_LEFT_PT - MARGIN_RIGHT_PT

    def _open(self, landscape: bool) -> None:
        self.close_page()
        width, height = A4_PT[::-1] if landscape else A4_PT
        self.pages.append(LaidPage(width, height))
        self.y_pt = MARGIN_TOP_PT
        body: list[str] = []
        self.page.blocks.append(body)
        if len(self.pages) > 1:
            number = str(len(self.pages))
            x_pt = (width - width_pt(number, "Regular", 13)) / 2
            self.page.words.append(PlacedWord(number, x_pt, _PAGE_NUMBER_PT + 8, "Regular", 13))
            body.append(f"[page] {number}")

    def _need(self, height_pt: float) -> None:
        if self.y_pt + height_pt > self._bottom_pt:
            self._open(self.page.landscape)

    @property
    def _bottom_pt(self) -> float:
        notes_pt = len(self._footnotes) * _FOOTNOTE_STEP_PT + (_FOOTNOTE_STEP_PT if self._footnotes else 0.0)
        return self.page.height_pt - MARGIN_BOTTOM_PT - notes_pt

    def close_page(self) -> None:
        """Print the footnotes that the page has gathered, under a short rule."""
        if not self._footnotes:
            return
        y_pt = self._bottom_pt + _FOOTNOTE_STEP_PT / 2
        self.page.rules.append(Rule(MARGIN_LEFT_PT, y_pt, MARGIN_LEFT_PT + 140, y_pt))
        block: list[str] = []
        for line in self._footnotes:
            y_pt += _FOOTNOTE_STEP_PT
            self._draw(line, MARGIN_LEFT_PT, y_pt, _FOOTNOTE_SIZE_PT)
            block.append(f"[footnote] {line.text}")
        self.page.blocks.append(block)
        self._footnotes = []

    def _draw(self, line: SetLine, x_pt: float, baseline_pt: float, size_pt: float, stretch_pt: float = 0.0) -> None:
        space = width_pt(" ", "Regular", size_pt) + stretch_pt
        for index, word in enumerate(line.words):
            if index and not word.joined:
                x_pt += space
            for piece in word.pieces:
                self.page.words.append(PlacedWord(piece.text, x_pt, baseline_pt, piece.style, size_pt))
                x_pt += width_pt(piece.text, piece.style, size_pt)

    def header(self, left: Sequence[HeaderLine], right: Sequence[HeaderLine]) -> None:
        x_pt = MARGIN_LEFT_PT - _HEADER_OUTDENT_PT
        whole_pt = self.measure_pt + 1.6 * _HEADER_OUTDENT_PT
        left_pt = whole_pt * _LEFT_SHARE
        top_pt = self.y_pt
        body = self.page.blocks.pop()
        bottoms = []
        for lines, start_pt, column_pt in ((left, x_pt, left_pt), (right, x_pt + left_pt, whole_pt - left_pt)):
            self.y_pt = top_pt
            block: list[str] = []
            self.page.blocks.append(block)
            for line in lines:
                self._header_line(line, start_pt + column_pt / 2, column_pt, block)
            bottoms.append(self.y_pt)
        self.page.blocks.append(body)
        self.y_pt = max(bottoms) + 8

    def _header_line(self, line: HeaderLine, centre_pt: float, column_pt: float, block: list[str]) -> None:
        self.y_pt += line.gap_pt
        for set_line in fill(parse(line.text), line.size_pt, column_pt):
            self.y_pt += line.size_pt * 1.16
            x_pt = centre_pt - set_line.width_pt / 2
            self._draw(set_line, x_pt, self.y_pt - line.size_pt * 0.22, line.size_pt)
            block.append(set_line.text)
            if line.boxed:
                self._box(x_pt - 6, self.y_pt - line.size_pt * 1.22, set_line.width_pt + 12, line.size_pt * 1.4)
                self.y_pt += 4
        if line.rule:
            half_pt = set_line.width_pt * line.rule / 2
            self.y_pt += 2
            self.page.rules.append(Rule(centre_pt - half_pt, self.y_pt, centre_pt + half_pt, self.y_pt))
            self.y_pt += 3

    def _box(self, x_pt: float, y_pt: float, width: float, height: float) -> None:
        right, bottom = x_pt + width, y_pt + height
        corners = ((x_pt, y_pt), (right, y_pt), (right, bottom), (x_pt, bottom), (x_pt, y_pt))
        for (x0, y0), (x1, y1) in pairwise(corners):
            self.page.rules.append(Rule(x0, y0, x1, y1, 1.2))

    def blocks(self, blocks: Sequence[Text | Table | Break]) -> None:
        for block in blocks:
            if isinstance(block, Break):
                self._open(block.landscape)
            elif isinstance(block, Table):
                self._table(block)
            else:
                self._text(block)

    def _text(self, text: Text) -> None:
        size_pt = text.size_pt or self.size_pt
        step_pt = size_pt * self.leading
        parts = parse_lines(text.text)
        centred = text.align == "centre"
        hanging_pt = 0.0 if centred else text.hanging_pt
        measure_pt = self.measure_pt * 0.88 if centred else self.measure_pt - hanging_pt
        first_indent_pt = 0.0 if centred else text.indent_pt
        lines = [line for words in parts for line in fill(words, size_pt, measure_pt, first_indent_pt)]
        if all(_all_bold(words) for words in parts):
            self._need(step_pt * (len(lines) + 2))
        self.y_pt += text.gap_pt / 2
        for index, line in enumerate(lines):
            note = fill(parse(text.footnote), _FOOTNOTE_SIZE_PT, self.measure_pt)
            marked = bool(note) and text.footnote[0] in line.text
            self._need(step_pt + (len(note) + 1) * _FOOTNOTE_STEP_PT * marked)
            if marked:
                self._footnotes += note
            self.y_pt += step_pt
            indent_pt = hanging_pt + (0.0 if index else text.indent_pt)
            stretch_pt = 0.0
            if centred:
                x_pt = MARGIN_LEFT_PT + (self.measure_pt - line.width_pt) / 2
            else:
                x_pt = MARGIN_LEFT_PT + indent_pt
                if text.align == "justify" and not line.last and line.gaps:
                    room_pt = measure_pt - (0.0 if index else text.indent_pt) - line.width_pt
                    stretch_pt = max(room_pt, 0.0) / line.gaps
            self._draw(line, x_pt, self.y_pt - step_pt * 0.25, size_pt, stretch_pt)
            self.page.blocks[-1].append(line.text)
        if text.rule:
            half_pt = self.measure_pt * text.rule / 2
            middle_pt = MARGIN_LEFT_PT + self.measure_pt / 2
            self.y_pt += 2
            self.page.rules.append(Rule(middle_pt - half_pt, self.y_pt, middle_pt + half_pt, self.y_pt))
            self.y_pt += 6
        self.y_pt += text.gap_pt / 2

    def _table(self, table: Table) -> None:
        rows = set_table(table, self.measure_pt)
        self.y_pt += 6
        self._need(sum(row.height_pt for row in rows[:2]))
        for row in rows:
            self._need(row.height_pt)
            self._row(row)
        self.y_pt += 8

    def _row(self, row: TableRow) -> None:
        top_pt, bottom_pt = self.y_pt, self.y_pt + row.height_pt
        x_pt = MARGIN_LEFT_PT
        right_pt = x_pt + sum(cell.width_pt for cell in row.cells)
        for y_pt in (top_pt, bottom_pt):
            self.page.rules.append(Rule(x_pt, y_pt, right_pt, y_pt, 0.7))
        self.page.rules.append(Rule(x_pt, top_pt, x_pt, bottom_pt, 0.7))
        for cell in row.cells:
            for line in cell.lines:
                self._draw(line.line, x_pt + line.x_pt, top_pt + line.baseline_pt, line.size_pt)
            x_pt += cell.width_pt
            self.page.rules.append(Rule(x_pt, top_pt, x_pt, bottom_pt, 0.7))
        self.y_pt = bottom_pt
        self.page.blocks[-1].append(row.text)

    def foot(self, foot: Foot) -> None:
        small_pt, half_pt = 11.0, self.measure_pt * 0.5
        left = [(line, fill(parse(line), small_pt, half_pt - 8)) for line in foot.recipients]
        left_height_pt = 15 + sum(len(lines) for _, lines in left) * small_pt * 1.17
        right_height_pt = len(foot.authority) * 16.5 + _SIGNATURE_PT + 17
        self.y_pt += 6
        self._need(max(left_height_pt, right_height_pt))
        top_pt = self.y_pt
        recipients: list[str] = []
        self.page.blocks.append(recipients)
        label = fill(parse(foot.recipients_label), 12, half_pt)[0]
        self._draw(label, MARGIN_LEFT_PT, top_pt + 12, 12)
        recipients.append(label.text)
        y_pt = top_pt + 15
        for _, lines in left:
            for line in lines:
                y_pt += small_pt * 1.17
                self._draw(line, MARGIN_LEFT_PT, y_pt - 2.5, small_pt)
                recipients.append(line.text)
        self._signature(foot, top_pt, MARGIN_LEFT_PT + self.measure_pt * 0.76)
        self.y_pt = top_pt + max(left_height_pt, right_height_pt)

    def _signature(self, foot: Foot, top_pt: float, centre_pt: float) -> None:
        block: list[str] = []
        self.page.blocks.append(block)
        y_pt = top_pt - 3.5
        for text in foot.authority:
            y_pt = self._centred(parse(f"**{text}**"), centre_pt, y_pt, block)
        self.page.signatures.append(SignaturePlace(centre_pt, y_pt + 3.5 + _SIGNATURE_PT / 2, foot.seal))
        self._centred(parse(f"**{foot.name}**"), centre_pt, y_pt + _SIGNATURE_PT + 1, block)
        # A new block, so that what follows the foot is not taken for a part of it.
        self.page.blocks.append([])

    def _centred(self, words: list[Glued], centre_pt: float, baseline_pt: float, block: list[str]) -> float:
        for line in fill(words, self.size_pt, self.measure_pt * 0.52):
            baseline_pt += 16.5
            self._draw(line, centre_pt - line.width_pt / 2, baseline_pt, self.size_pt)
            block.append(line.text)
        return baseline_pt


def _all_bold(words: Sequence[Glued]) -> bool:
    return all(piece.style in ("Bold", "BoldItalic") for word in words for piece in word.pieces)

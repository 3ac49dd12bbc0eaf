"""The document's printed lines in reading order, with what their place on the page tells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.document import Block, BlockKind, Box, Cell, Document, Line, Page, TracedText, Word, bounding_box
from pipeline.language.casing import is_capitals, starts_small
from pipeline.language.numbering import read_labels
from pipeline.language.tone_marks import plain

__all__ = ["PrintedLine", "join_lines", "read_lines"]

_UNWRAPPED_CHARS = 170
_FEW_LINES = 8
_WRAPPED_SHARE = 0.05
_FRAMED_LINES = 4
_CAPITAL_EXCESS = 0.35
_PAGE_NUMBER = re.compile(
    r"[-–—\[(|.\s]{0,3}(?:trang\s{0,2})?(\d{1,3})(?:\s{0,2}/\s{0,2}\d{1,3})?[-–—\])|.\s`'~*]{0,3}"
)
_FOOTNOTE_MARK = re.compile(r"(?<=[^\W\d_][.,;:)”\"]|[^\W\d_]{2})[⁰¹²³⁴-⁹]{1,3}(?=[.,;:)…”\"]{0,2}$)")
_FOOTNOTE = re.compile(r"[⁰¹²³⁴-⁹]|[\[(]?\d{1,3}[\])]?[\s.]|\d{1,2}[^\W\d_]|\*{1,3}\s|[?'\"”’°]\s?[^\W\d_]")
_SQUARE_UNIT = re.compile(r"(?:^|\d)[kcdh]?m[²³]")


@dataclass(slots=True)
class PrintedLine:
    """A printed line.

    Attributes:
        fill: its length as a share of a full line, 0 to 1; 1 where lines are not wrapped.
        indent: how far it begins right of the body's left edge, as a share of the body's width; None where
            nobody can tell.
        gap: how far it ends before the body's right edge, as a share of the body's width; None likewise.
        opens: whether it is the first of its block; top: whether it is the first of the page's body.
        cells, table, row: for a row of a table.
        order: its place in the document; scanned: whether a machine read it; plain: its text without marks.
    """

    text: TracedText
    page: int
    hint: BlockKind = "body"
    opens: bool = False
    box: Box | None = None
    bold: bool | None = None
    italic: bool | None = None
    size_px: float = 0.0
    fill: float = 1.0
    indent: float | None = None
    gap: float | None = None
    cells: tuple[TracedText, ...] = ()
    table: int | None = None
    row: int | None = None
    words: tuple[Word, ...] = ()
    order: int = 0
    scanned: bool = False
    plain: str = field(default="")

    def __post_init__(self) -> None:
        self.plain = plain(self.text.text)

    @property
    def string(self) -> str:
        """What it says."""
        return self.text.text

    @property
    def is_centred(self) -> bool | None:
        """Whether it stands in the middle of the body; None where nobody can tell."""
        if self.indent is None or self.gap is None:
            return None
        return abs(self.indent - self.gap) < 0.12 and min(self.indent, self.gap) > 0.04

    def part(self, start: int, end: int | None = None) -> "PrintedLine":
        """The line that a part of it would be; of its place on the page nothing is known."""
        return PrintedLine(
            self.text.slice(start, end),
            self.page,
            self.hint,
            self.opens,
            bold=self.bold,
            size_px=self.size_px,
            fill=0.0,
            order=self.order,
        )


def read_lines(document: Document) -> list[PrintedLine]:
    """Every line of every page, tables row by row; page numbers that the layout missed are told apart."""
    lines: list[PrintedLine] = []
    tables = 0
    for page in document.pages:
        on_page: list[PrintedLine] = []
        words = page.words_by_id()
        for block in page.blocks:
            if block.kind == "table" and block.cells:
                on_page.extend(_rows(block, words, page, tables))
                tables += 1
            else:
                on_page.extend(_block_lines(block, words, page))
        _find_page_numbers(on_page, page)
        _measure(on_page)
        lines.extend(on_page)
    for order, line in enumerate(lines):
        line.order = order
    _piped_rows(lines, tables)
    _fill(lines)
    return lines


def _framed(cells: list[Cell], words: dict[str, Word]) -> list[Line]:
    """Running text in a frame that was taken for a row of a table: its lines; none for a true row."""
    if not cells:
        return []
    longest = max(cells, key=lambda cell: len(cell.lines))
    others = [line for cell in cells if cell is not longest for line in cell.lines]
    own = sum(len(line.word_ids) for line in longest.lines)
    if (
        not others
        and len(longest.lines) == 1
        and _is_part(" ".join(words[key].text for key in longest.lines[0].word_ids))
    ):
        return list(longest.lines)
    if len(longest.lines) < _FRAMED_LINES or sum(len(line.word_ids) for line in others) * 5 > own:
        return []
    if not any(_is_part(" ".join(words[word_id].text for word_id in line.word_ids)) for line in longest.lines):
        return []
    return [*longest.lines, *others]


def _is_part(text: str) -> bool:
    """Whether a line begins a numbered part in capitals."""
    return any(label.style == "roman" and is_capitals(text[label.end :], letters=5) for label in read_labels(text))


def _block_lines(block: Block, words: dict[str, Word], page: Page) -> Iterator[PrintedLine]:
    opens = True
    hint = block.kind
    for line in block.lines:
        made = _line(line, words, page, hint)
        if opens and made is not None and hint == "footnote" and not _FOOTNOTE.match(made.string):
            hint = made.hint = "body"
        if made is not None:
            made.opens = opens
            opens = False
            yield made


def _line(line: Line, words: dict[str, Word], page: Page, hint: BlockKind) -> PrintedLine | None:
    marks = tuple(words[word_id] for word_id in line.word_ids if words[word_id].text)
    text = TracedText.of_words(marks)
    if not text:
        return None
    box = line.box or bounding_box([word.box for word in marks if word.box is not None])
    sizes = sorted(word.size_px for word in marks)
    return PrintedLine(
        text,
        page.number,
        hint,
        box=_upright(box, page),
        bold=_mostly(marks, "bold"),
        italic=_mostly(marks, "italic"),
        size_px=sizes[len(sizes) // 2],
        words=marks,
        scanned=page.origin != "text-layer",
    )


def _upright(box: Box | None, page: Page) -> Box | None:
    """A box of the scan as it lies once the page has been turned upright."""
    if box is None or page.rotation_deg % 360 == 0:
        return box
    width, height = page.width_px, page.height_px
    if page.rotation_deg % 360 == 90:
        return Box(height - box.bottom, box.left, height - box.top, box.right)
    if page.rotation_deg % 360 == 180:
        return Box(width - box.right, height - box.bottom, width - box.left, height - box.top)
    return Box(box.top, width - box.right, box.bottom, width - box.left)


def _mostly(words: tuple[Word, ...], trait: str) -> bool | None:
    """Whether most letters of the words that can be told have the trait; None where none can be told."""
    known = [(word, getattr(word, trait)) for word in words if getattr(word, trait) is not None]
    if not known:
        return None
    letters = sum(len(word.text) for word, _ in known)
    return sum(len(word.text) for word, has in known if has) * 2 > letters


def _rows(block: Block, words: dict[str, Word], page: Page, table: int) -> Iterator[PrintedLine]:
    """A table's rows; a cell that spans rows stands in each of them, its words belong to the first."""
    height = max(cell.row + cell.row_span for cell in block.cells)
    for row in range(height):
        cells = sorted((cell for cell in block.cells if cell.row <= row < cell.row + cell.row_span), key=_column)
        framed = _framed([cell for cell in cells if cell.row == row], words)
        if framed:
            yield from filter(None, (_line(line, words, page, "body") for line in framed))
            continue
        texts = [
            TracedText.of_words(words[word_id] for line in cell.lines for word_id in line.word_ids) for cell in cells
        ]
        own = TracedText.join(text for cell, text in zip(cells, texts, strict=True) if cell.row == row)
        if own:
            boxes = [cell.box for cell in cells if cell.box is not None]
            marks = tuple(
                words[word_id] for cell in cells if cell.row == row for line in cell.lines for word_id in line.word_ids
            )
            made = PrintedLine(
                own, page.number, "table", row == 0, _upright(bounding_box(boxes), page), bold=_mostly(marks, "bold")
            )
            made.cells, made.table, made.row = tuple(texts), table, row
            yield made


def _column(cell: Cell) -> int:
    return cell.column


def _piped_rows(lines: list[PrintedLine], tables: int) -> None:
    """Rows of tables written as text, cells parted by ` | `."""
    table: int | None = None
    previous: PrintedLine | None = None
    row = 0
    for line in lines:
        if line.hint in ("page-number", "stamp", "footnote") or line.table is not None:
            continue
        if " | " in f" {line.string} " and line.string.count("|") <= 40:
            if table is None or previous is None or previous.table is None:
                table, row = tables, 0
                tables += 1
            line.cells = tuple(_split(line.text))
            line.hint, line.table, line.row = "table", table, row
            row += 1
        previous = line


def _split(text: TracedText) -> Iterator[TracedText]:
    start = 0
    for match in re.finditer(r"\|", text.text):
        yield text.slice(start, match.start())
        start = match.end()
    yield text.slice(start)


def _find_page_numbers(lines: list[PrintedLine], page: Page) -> None:
    """The first or last line of a page that is nothing but a number near the page's own."""
    for line in (lines[:1] + lines[-1:]) if len(lines) > 1 else ():
        match = _PAGE_NUMBER.fullmatch(line.plain)
        misread = line is lines[0] and page.number > 1 and len(line.string) <= 3 and not line.string.isalpha()
        if line.hint == "body" and ((match and 0 < int(match[1]) <= page.number + 2) or misread):
            line.hint = "page-number"


def _measure(lines: list[PrintedLine]) -> None:
    """Indents and gaps against the edges of the page's body."""
    body = [line.box for line in lines if line.hint in ("body", "table") and line.box is not None]
    if len(body) < 3:
        return
    lefts = sorted(box.left for box in body)
    rights = sorted(box.right for box in body)
    left, right = lefts[len(lefts) // 10], rights[-1 - len(rights) // 10]
    width = right - left
    if width <= 0:
        return
    for line in lines:
        if line.box is not None:
            line.indent = (line.box.left - left) / width
            line.gap = (right - line.box.right) / width
            line.fill = min(1.0, (line.box.right - left) / width)


def _fill(lines: list[PrintedLine]) -> None:
    """Shares of a full line by counting characters, where there are no boxes: a page's, or the document's.

    Where hardly a line begins with a small letter, every paragraph stands on a line of its own, and none is full.
    """
    counted = [line for line in lines if line.box is None and line.hint == "body" and len(line.text) > 30]
    small = sum(starts_small(line.string) and line.string[1:2].isalpha() for line in counted)
    if len(counted) >= _FEW_LINES and small < _WRAPPED_SHARE * len(counted):
        counted = []
    everywhere = _full_length(counted)
    by_page: dict[int, list[PrintedLine]] = {}
    for line in counted:
        by_page.setdefault(line.page, []).append(line)
    full_of = {page: _full_length(on_page) for page, on_page in by_page.items() if len(on_page) >= _FEW_LINES}
    for line in lines:
        if line.box is None:
            full = full_of.get(line.page, everywhere)
            line.fill = min(1.0, _length(line) / full) if 0 < full <= _UNWRAPPED_CHARS else 0.0


def _length(line: PrintedLine) -> float:
    """A line's length in small letters; capitals are wider."""
    return len(line.text) + _CAPITAL_EXCESS * sum(char.isupper() for char in line.string)


def _full_length(lines: list[PrintedLine]) -> float:
    lengths = sorted(_length(line) for line in lines)
    return lengths[len(lengths) * 9 // 10] if lengths else 0.0


def join_lines(lines: list[PrintedLine]) -> TracedText:
    """Lines as one text: a number broken at its hyphen or stroke put together, footnote marks dropped."""
    parts: list[TracedText] = []
    for line in lines:
        text = _without_footnote_marks(line.text)
        if parts and _broken_number(parts[-1].text, text.text):
            parts[-1] = TracedText.join((parts[-1], text), separator="")
        else:
            parts.append(text)
    return TracedText.join(parts)


def _broken_number(before: str, after: str) -> bool:
    last = before[-40:].rsplit(maxsplit=1)[-1] if before.strip() else ""
    first = after[:40].split(maxsplit=1)[0] if after.strip() else ""
    if len(last) > 1 and last[-1] in "-–/" and (last[-2].isalnum()) and first[:1].isalnum():
        return any(char.isdigit() or char == "/" for char in last) or last[:-1].isupper()
    return len(first) > 1 and first[0] in "-–/" and first[1].isalpha() and "/" in last and any(map(str.isdigit, last))


def _without_footnote_marks(text: TracedText) -> TracedText:
    if not re.search(r"[⁰¹²³⁴-⁹]", text.text):
        return text
    parts: list[TracedText] = []
    start = 0
    for token in re.finditer(r"\S+", text.text):
        mark = _FOOTNOTE_MARK.search(token[0])
        if mark and not _SQUARE_UNIT.search(token[0]):
            parts.append(text.slice(start, token.start() + mark.start()))
            start = token.start() + mark.end()
            if start < len(text) and not text.text[start].isspace():
                continue
    parts.append(text.slice(start))
    joined = parts[0]
    for part in parts[1:]:
        glue = "" if part.text[:1] in '.,;:)…”"' else " "
        joined = TracedText.join((joined, part), separator=glue)
    return joined

"""What a page's text is worth beyond its letters: figures, the lines of head and foot, invented words, tables.

Gold text in, read text in, counts out; pages add up. Where blocks and tables stand is told by the gold text's own
form: an empty line between blocks, cells joined by a bar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from rapidfuzz.distance import Levenshtein

from corpus.text_metrics import STAMP_MARK, normalise

_BAR = " | "
_AROUND_NUMBERS = "()[]{}.,;:!?/\"'"
_PAGE_NUMBER = "[page]"
_HEAD_WORDS = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ĐẢNG CỘNG SẢN VIỆT NAM")
_FOOT_WORDS = "nơi nhận"
_MOST_LINES_BETWEEN_ROWS = 2


class PageScore(msgspec.Struct, frozen=True):
    """Counts over pages; scores add up.

    Attributes:
        pages: pages compared.
        numbers, numbers_right: words with a figure in the gold, page numbers left out, and those of them that were
            read exactly.
        lines, lines_right: printed lines of the head's and the foot's columns, and those read exactly.
        foreign: words read that no gold page of the document has, misread ones among them.
        invented: those of them that stand where nothing is printed.
        cells, cells_read, cells_right: cells of tables in the gold, in what was read, and exact in their row and
            column.
        tables: tables in the gold; `table_likeness`: the sum of their likenesses, 0 to 1 each.
    """

    pages: int = 0
    numbers: int = 0
    numbers_right: int = 0
    lines: int = 0
    lines_right: int = 0
    foreign: int = 0
    invented: int = 0
    cells: int = 0
    cells_read: int = 0
    cells_right: int = 0
    tables: int = 0
    table_likeness: float = 0.0

    def __add__(self, other: PageScore) -> PageScore:
        return PageScore(*(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__))

    @property
    def cell_f1(self) -> float:
        """Of the tables' cells; 1 where there are none on either side."""
        total = self.cells + self.cells_read
        return 2 * self.cells_right / total if total else 1.0

    def to_dict(self) -> dict[str, int | float]:
        """The counts, ready for JSON."""
        return dict(msgspec.structs.asdict(self))


def score_layout(read: Mapping[int, str], gold: Mapping[int, str]) -> PageScore:
    """Compare a document's pages with their gold texts.

    Args:
        read: text read, by page number; a page that is missing was not read.
        gold: gold text by page number.
    """
    known = {word for text in gold.values() for word in normalise(text).split()}
    return sum((_score_page(read.get(number, ""), text, known) for number, text in gold.items()), PageScore())


def _score_page(read: str, gold: str, known: set[str]) -> PageScore:
    printed, found = normalise(gold).split(), normalise(read).split()
    numbers = Counter(_numbers(gold))
    numbers_right = (numbers & Counter(_numbers(read))).total()
    lines = Counter(framing_lines(gold))
    lines_right = (lines & Counter(filter(None, map(normalise, _lines(read))))).total()
    tables, tables_read = find_tables(gold), find_tables(read)
    matched = [(table, _likest(table, tables_read)) for table in tables]
    return PageScore(
        1,
        numbers.total(),
        numbers_right,
        lines.total(),
        lines_right,
        sum(word not in known for word in found),
        sum(word not in known for word in _standing_for_nothing(found, printed)),
        sum(len(row) for table in tables for row in table),
        sum(len(row) for table in tables_read for row in table),
        sum(_cells_right(table, other) for table, other in matched),
        len(tables),
        sum(table_likeness(table, other) for table, other in matched),
    )


def _numbers(text: str) -> Iterator[str]:
    """Dates, document numbers, amounts and the like: words that hold a figure, without the marks around them.

    Page numbers and the raised figures that point at footnotes are none.
    """
    lines = (line for line in text.splitlines() if not line.startswith(_PAGE_NUMBER))
    for word in normalise("\n".join(lines)).split():
        bare = word.strip(_AROUND_NUMBERS)
        if any(character.isdecimal() for character in bare):
            yield bare


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not line.startswith(STAMP_MARK)]


def framing_lines(gold: str) -> list[str]:
    """The normalised lines of the two columns of the head and of the foot, by the blocks of a gold text."""
    blocks = [_lines(block) for block in gold.replace("\r\n", "\n").split("\n\n")]
    blocks = [block for block in blocks if block]
    framing: list[list[str]] = []
    for index, block in enumerate(blocks):
        folded = normalise("\n".join(block)).upper()
        if any(words in folded for words in _HEAD_WORDS) and len(block) <= 6:
            framing += blocks[max(index - 1, 0) : index + 1]
        if folded.lower().startswith(_FOOT_WORDS):
            framing += blocks[index : index + 2]
    return [line for block in framing for line in map(normalise, block) if line]


def _standing_for_nothing(read: Sequence[str], printed: Sequence[str]) -> list[str]:
    """Words read beyond those printed, by the alignment of both."""
    extra: list[str] = []
    for step in Levenshtein.opcodes(printed, read):
        if step.tag == "insert":
            extra += read[step.dest_start : step.dest_end]
    return extra


# --- tables


Table = list[list[str]]


def find_tables(text: str) -> list[Table]:
    """The tables of a page: runs of lines with bars, the bands between them included; cells normalised."""
    tables: list[Table] = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        rows: list[list[str]] = []
        bands: list[list[str]] = []
        for line in _lines(block):
            if _BAR in f" {line} ":
                near = rows and len(bands) <= _MOST_LINES_BETWEEN_ROWS
                if rows and not near:
                    tables.append(rows)
                    rows = []
                rows += bands if near else []
                rows.append([normalise(cell) for cell in f" {line} ".split(_BAR)])
                bands = []
            elif rows:
                bands.append([normalise(line)])
        if rows:
            tables.append(rows)
    return tables


def _likest(table: Table, others: Sequence[Table]) -> Table:
    return max(others, key=lambda other: table_likeness(table, other), default=[])


def table_likeness(one: Table, other: Table) -> float:
    """How alike two tables are, 0 to 1: 1 less the edit distance of their rows and cells over the larger size.

    Source:
        TEDS (Zhong and others, 2020) for tables that are rows of cells: a row is aligned with a row, in it a cell
        with a cell, and a cell that differs costs its normalised edit distance. Not done: spans.
    """
    size = max(sum(len(row) + 1 for row in table) for table in (one, other)) if one and other else 0
    return max(1.0 - _distance(one, other) / size, 0.0) if size else float(not one and not other)


def _distance(one: Table, other: Table) -> float:
    """Edit distance over rows, a row counting as itself and its cells."""
    costs = [0.0]
    for row in other:
        costs.append(costs[-1] + 1 + len(row))
    for row in one:
        above, costs = costs, [costs[0] + 1 + len(row)]
        for column, candidate in enumerate(other):
            costs.append(
                min(
                    above[column] + _row_distance(row, candidate),
                    above[column + 1] + 1 + len(row),
                    costs[-1] + 1 + len(candidate),
                )
            )
    return costs[-1]


def _row_distance(one: Sequence[str], other: Sequence[str]) -> float:
    costs = [float(count) for count in range(len(other) + 1)]
    for cell in one:
        above, costs = costs, [costs[0] + 1]
        for column, candidate in enumerate(other):
            changed = Levenshtein.normalized_distance(cell, candidate)
            costs.append(min(above[column] + changed, above[column + 1] + 1, costs[-1] + 1))
    return costs[-1]


def _cells_right(table: Table, read: Table) -> int:
    """Cells that are exact in the same column of the row that answers theirs; rows answer each other in order."""
    best = [0] * (len(read) + 1)
    for row in table:
        above, best = best, [0]
        for index, candidate in enumerate(read):
            same = sum(cell == found for cell, found in zip(row, candidate, strict=False))
            best.append(max(above[index] + same, above[index + 1], best[-1]))
    return best[-1]

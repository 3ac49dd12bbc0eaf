"""Tables for people: the records of a document with their confidence, and where each value stands on the paper.

A table is plain text until it is printed: on a terminal it is drawn with labels in Vietnamese, into a pipe it goes
as tab-separated lines under the contract's column names, so that nothing is cut by the width of a window.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeline.document import Document, Line, Page, Word, bounding_box
from pipeline.records import TABLES, Record, Value

if TYPE_CHECKING:
    from rich.console import JustifyMethod
    from rich.table import Table

__all__ = ["LOW_CONFIDENCE", "SURE_CONFIDENCE", "TextTable", "drawn", "evidence_table", "lines", "record_table"]

LOW_CONFIDENCE, SURE_CONFIDENCE = 0.6, 0.85

_TITLES = MappingProxyType(
    {
        "documents": "Kho văn bản",
        "files": "Tệp",
        "document": "Văn bản",
        "references": "Văn bản viện dẫn",
        "sections": "Đề mục",
        "assignments": "Phân công nhiệm vụ",
        "deadlines": "Thời hạn",
        "movements": "Phong trào thi đua",
        "rewards": "Khen thưởng",
        "subjects": "Đối tượng",
        "recipients": "Nơi nhận",
    }
)
_LABELS = MappingProxyType(
    {
        "amount": "Số tiền (đồng)",
        "body": "Cơ quan, đơn vị",
        "confidence": "Tin cậy",
        "criteria": "Tiêu chuẩn",
        "date": "Ngày",
        "deadline": "Thời hạn",
        "doubt": "Nghi vấn",
        "end": "Đến",
        "field": "Trường",
        "file": "Tệp",
        "form": "Hình thức",
        "granted_by": "Cấp khen",
        "heading": "Đề mục",
        "id": "Mã",
        "issuer": "Cơ quan ban hành",
        "issues": "Lỗi",
        "kind": "Loại",
        "label": "Số mục",
        "launched_by": "Cơ quan phát động",
        "level": "Cấp",
        "name": "Tên",
        "number": "Số, ký hiệu",
        "pages": "Số trang",
        "parent_body": "Cơ quan chủ quản",
        "place": "Địa danh",
        "printed": "Nguyên văn",
        "quantity": "Số lượng",
        "recipients": "Đối tượng được khen",
        "recurrence": "Chu kỳ",
        "result": "Kết quả",
        "role": "Vai trò",
        "row": "Dòng",
        "seconds": "Giây",
        "secrecy": "Độ mật",
        "signer_authority": "Thẩm quyền ký",
        "signer_name": "Người ký",
        "signer_position": "Chức vụ người ký",
        "start": "Từ",
        "status": "Tình trạng",
        "task": "Nhiệm vụ",
        "text": "Nội dung",
        "title": "Trích yếu",
        "type": "Loại văn bản",
        "urgency": "Độ khẩn",
        "value": "Giá trị",
        "what": "Việc",
        "where": "Vị trí trên bản quét",
    }
)
_NUMBERS = frozenset({"amount", "confidence", "issues", "level", "pages", "quantity", "row", "seconds"})


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of plain text.

    Attributes:
        name: in the contract or the command that prints it.
        columns: names of the columns.
        rows: as many cells each as there are columns.
        confidences: for each row and column 0 to 1, None where nothing was read; empty where none applies.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    confidences: tuple[tuple[float | None, ...], ...] = ()


def record_table(document: Document, name: str) -> TextTable:
    """One table of a document's records; the document's own fields stand one below the other.

    Args:
        document: with records.
        name: of the table, as in the contract.
    Returns:
        A row for each record, with the columns in which any has a value, the lowest confidence of its values and
        their doubts.
    """
    rows = document.records.rows(name)
    if name == "document":
        pairs = [(field, value) for field, value in _values(rows[0]) if value is not None]
        return TextTable(
            name,
            ("field", "value", "confidence"),
            tuple((field, str(value.normal), f"{value.confidence:.2f}") for field, value in pairs),
            tuple((None, value.confidence, value.confidence) for _, value in pairs),
        )
    fields = [field for field in TABLES[name].__struct_fields__ if any(getattr(row, field) for row in rows)]
    doubted = any(value is not None and value.doubt for row in rows for _, value in _values(row))
    columns = (*fields, "confidence", *(("doubt",) if doubted else ()))
    cells: list[tuple[str, ...]] = []
    confidences: list[tuple[float | None, ...]] = []
    for row in rows:
        values = [getattr(row, field) for field in fields]
        lowest = min((value.confidence for value in values if value is not None), default=0.0)
        doubts = "; ".join(dict.fromkeys(value.doubt for value in values if value is not None and value.doubt))
        cells.append((*map(_normal, values), f"{lowest:.2f}", *((doubts,) if doubted else ())))
        sure = [value.confidence if value is not None else None for value in values]
        confidences.append((*sure, lowest, *((None,) if doubted else ())))
    return TextTable(name, columns, tuple(cells), tuple(confidences))


def evidence_table(document: Document, name: str) -> TextTable:
    """Every value of a table with what is printed, and the page, line and box that it was read from.

    Boxes are left,top right,bottom in scan pixels; a line counts from 1 in the page's reading order.
    """
    places = _places(document)
    cells: list[tuple[str, ...]] = []
    confidences: list[tuple[float | None, ...]] = []
    for number, row in enumerate(document.records.rows(name), start=1):
        for field, value in _values(row):
            if value is None:
                continue
            where = _where(value.evidence, places)
            confidence = f"{value.confidence:.2f}"
            cells.append((str(number), field, _normal(value), value.text, confidence, where, value.doubt or ""))
            confidences.append((None, None, value.confidence, None, value.confidence, None, None))
    columns = ("row", "field", "value", "printed", "confidence", "where", "doubt")
    return TextTable(name, columns, tuple(cells), tuple(confidences))


def lines(table: TextTable) -> Iterator[str]:
    """The table for a pipe: a line with its name, one with its columns, one for each row, parted by tabs."""
    yield f"# {table.name} ({len(table.rows)})"
    if table.rows:
        yield "\t".join(table.columns)
    for row in table.rows:
        yield "\t".join(" ".join(cell.split()) for cell in row)


def drawn(table: TextTable) -> "Table":
    """The table for a terminal: labels in Vietnamese, doubtful values in colour, long texts wrapped, never cut."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    label = f"{_TITLES[table.name]} · " if table.name in _TITLES else ""
    title = f"{label}{table.name} ({len(table.rows)})"
    picture = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in table.columns:
        justify: JustifyMethod = "right" if column in _NUMBERS else "left"
        picture.add_column(_LABELS.get(column, column), justify=justify, overflow="fold")
    for index, row in enumerate(table.rows):
        sure = table.confidences[index] if table.confidences else (None,) * len(row)
        shown = [_LABELS.get(cell, cell) if table.columns[at] == "field" else cell for at, cell in enumerate(row)]
        picture.add_row(*(Text(cell, style=_style(confidence)) for cell, confidence in zip(shown, sure, strict=True)))
    return picture


def _style(confidence: float | None) -> str:
    if confidence is None or confidence >= SURE_CONFIDENCE:
        return ""
    return "yellow" if confidence >= LOW_CONFIDENCE else "red"


def _values(row: Record) -> Iterator[tuple[str, Value | None]]:
    for field in row.__struct_fields__:
        yield field, getattr(row, field)


def _normal(value: Value | None) -> str:
    return "" if value is None else str(value.normal)


@dataclass(frozen=True, slots=True)
class _Place:
    page: int
    line: int
    word: Word


def _places(document: Document) -> dict[str, _Place]:
    """Where every word stands that is in a line."""
    places: dict[str, _Place] = {}
    for page in document.pages:
        words = page.words_by_id()
        for number, line in enumerate(_printed(page), start=1):
            places.update((word_id, _Place(page.number, number, words[word_id])) for word_id in line.word_ids)
    return places


def _printed(page: Page) -> Iterator[Line]:
    for block in page.blocks:
        yield from block.lines
        for cell in block.cells:
            yield from cell.lines


def _where(evidence: Sequence[str], places: dict[str, _Place]) -> str:
    by_line: dict[tuple[int, int], list[Word]] = {}
    for place in (places[word_id] for word_id in evidence if word_id in places):
        by_line.setdefault((place.page, place.line), []).append(place.word)
    parts: list[str] = []
    for (page, line), words in by_line.items():
        box = bounding_box([word.box for word in words if word.box is not None])
        corners = f" ({box.left:.0f},{box.top:.0f} {box.right:.0f},{box.bottom:.0f})" if box is not None else ""
        parts.append(f"page {page} line {line}{corners}")
    return "; ".join(parts)

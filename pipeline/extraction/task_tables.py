"""Tables of tasks: what a row gives to whom, with whom and by when, by the heads of its columns."""

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.document import Document, Passage, TracedText
from pipeline.extraction.task_values import body_text, trimmed
from pipeline.language.bodies import bodies_from, is_body_list, split_names
from pipeline.language.nlp import analyse, fold_tones

__all__ = ["ColumnRole", "TaskRow", "column_role", "doers_of", "task_rows"]

ColumnRole = Literal[
    "serial", "task", "lead", "partner", "both", "time", "limit", "begin", "finish", "target", "day", "other"
]

_ROLES: tuple[tuple[ColumnRole, str], ...] = (
    ("serial", r"^(?:stt|tt|số tt|số thứ tự|#|no)\.?$"),
    ("target", r"được (?:kiểm tra|giám sát|thanh tra|khảo sát)|đối tượng (?:kiểm tra|giám sát)"),
    ("both", r"chủ trì.{0,6}phối hợp|phối hợp.{0,6}chủ trì"),
    ("partner",
        r"phối hợp|(?:đơn vị|cơ quan|lực lượng|bộ phận|phòng, ban) (?:cùng |hỗ trợ|tham gia|liên quan)"
        r"|^(?:cùng )?tham gia$"),
    ("begin", r"^(?:thời gian |ngày |thời điểm )?bắt đầu(?: thực hiện)?$|^từ ngày$|^khởi công$"),
    ("finish", r"^(?:thời gian |ngày |thời điểm )?kết thúc$|^đến ngày$"),
    ("limit", r"thời hạn|hạn (?:hoàn thành|cuối|chót)|hoàn thành|tiến độ|thời gian (?:hoàn thành|báo cáo|trình)"),
    ("day", r"^(?:thứ,? ?/?ngày|ngày|thứ|ngày,? ?/?tháng)$"),
    ("time", r"thời gian|thời điểm|lộ trình|^giờ|^tháng$|^tuần$|ngày thực hiện|^buổi"),
    ("other",
        r"sản phẩm|kết quả|ghi chú|kinh phí|số lượng|địa điểm|điểm|tiêu chí|hình thức|văn bản|căn cứ|mức"
        r"|đơn vị tính|thành phần|đối tượng"),
    ("lead",
        r"chủ trì|phụ trách|trách nhiệm|tham mưu|phân công|người|cá nhân|đơn vị|cơ quan|bộ phận|đầu mối"
        r"|lực lượng|thực hiện$|tổ chức$|phòng, ban|khoa, phòng|thành viên"),
    ("task", r"nội dung|nhiệm vụ|công việc|hoạt động|giải pháp|chương trình|chuyên đề|việc|hạng mục|đề mục"),
)  # fmt: skip
_TASK_FIRST = re.compile(
    r"^(?:nội dung|nhiệm vụ|công việc|hoạt động|hạng mục|giải pháp|chuyên đề|tên (?:nhiệm vụ|công việc"
    r"|hoạt động|nội dung))"
)
_NAMES = re.compile(
    r"họ (?:và )?tên|tên (?:tập thể|cá nhân|đơn vị)|tập thể|chức (?:vụ|danh)|công tác$|năm sinh|điện thoại|chữ ký"
)
_PERSONS = re.compile(r"họ (?:và )?tên", re.IGNORECASE)
_RESPONSIBLE = re.compile(
    r"chủ trì|phụ trách|chịu trách nhiệm|tham mưu|phân công|thực hiện|tổ chức|đầu mối|trách nhiệm"
)
_WITH = re.compile(
    r"(?:\s?(?:là\s)?(?:chủ trì|thường trực))?(?:[;.,(]\s?)?(?:và\s)?(?:(?:đơn vị"
    r"|cơ quan)\s)?phối hợp(?:\s(?:với|cùng|thực hiện))?\s?:?\s?",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:(?:đơn vị|cơ quan|bộ phận)\s)?(?:chủ trì|thực hiện|phụ trách|đầu mối)\s?[:\-]\s?", re.IGNORECASE
)
_SEPARATOR = re.compile(r"[\s,;.+•]*(?:(?:[-–/]|và|cùng)\s)?[\s,;.]*", re.IGNORECASE)
_MAX_BODY = 160
_SHORT_TAIL = 3
_FEW_CELLS = 2
_SLASH = re.compile(r"\s?/\s?(?=[A-ZĐ])")


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A row of a table of tasks.

    Attributes:
        doers: whom it is given to and with whom, as printed; leads, partners: each of them.
        limit: whether the time is one by which it is to be done.
        target: who is visited or inspected.
        span: whether the time is a beginning, with its end where that is said.
    """

    passage: Passage
    task: TracedText
    doers: TracedText
    leads: tuple[TracedText, ...]
    partners: tuple[TracedText, ...]
    time: TracedText
    limit: bool
    target: TracedText
    day: TracedText
    span: bool = False


def column_role(head: str) -> ColumnRole:
    """What a column holds, by its head."""
    folded = " ".join(head.casefold().split())
    if _TASK_FIRST.search(folded):
        return "task"
    if _NAMES.search(folded) and not _RESPONSIBLE.search(folded):
        return "other"
    return next((role for role, pattern in _ROLES if re.search(pattern, folded)), "other")


def task_rows(document: Document) -> tuple[TaskRow, ...]:
    """The rows of every table whose head names a task, a doer or a time; rows broken by a page are one."""
    rows: list[TaskRow] = []
    columns: tuple[ColumnRole, ...] = ()
    for passages in _tables(document):
        heads = [passage for passage in passages if passage.kind == "table-head"]
        if heads:
            columns = _columns(heads, [passage for passage in passages if passage.kind == "table-row"])
        merged = _merged(document, [passage for passage in passages if passage.kind == "table-row"], columns)
        rows.extend(row for row in (_row(passage, cells, columns) for passage, cells in merged) if row is not None)
    return tuple(rows)


def _tables(document: Document) -> list[list[Passage]]:
    """The tables' passages; a table that goes on over a page under the same head is one."""
    tables: list[list[Passage]] = []
    current: int | None = None
    for passage in document.passages:
        if passage.kind not in ("table-head", "table-row"):
            continue
        if passage.table != current or not tables:
            current = passage.table
            if tables and passage.kind == "table-head" and _same_head(tables[-1], passage):
                continue
            tables.append([])
        elif passage.kind == "table-head" and any(earlier.kind == "table-row" for earlier in tables[-1]):
            continue
        tables[-1].append(passage)
    return tables


def _same_head(table: list[Passage], head: Passage) -> bool:
    first = next((passage for passage in table if passage.kind == "table-head"), None)
    same = first is not None and fold_tones(first.text.text) == fold_tones(head.text.text)
    return same and (first is not None and first.section == head.section)


def _columns(heads: list[Passage], rows: list[Passage]) -> tuple[ColumnRole, ...]:
    """What each column holds, by its head; where none names a doer, the first one in which bodies stand."""
    width = max(len(head.cells) for head in heads)
    full = [head for head in heads if len(head.cells) == width]
    texts = [" ".join(dict.fromkeys(head.cells[index].text for head in full)) for index in range(width)]
    roles = [column_role(text) for text in texts]
    if "task" in roles and not {"lead", "both"} & set(roles):
        named = next((index for index, text in enumerate(texts) if _PERSONS.search(text)), None)
        if named is None:
            named = next(
                (index for index, role in enumerate(roles) if role == "other" and _of_bodies(rows, index)), None
            )
        roles = ["lead" if index == named else role for index, role in enumerate(roles)]
    if "day" in roles and not {"time", "limit", "begin"} & set(roles):
        roles = ["time" if role == "day" else role for role in roles]
    return tuple(roles)


def _of_bodies(rows: list[Passage], index: int) -> bool:
    """Whether nearly every cell of a column is bodies and nothing else."""
    cells = [row.cells[index].text for row in rows if index < len(row.cells) and row.cells[index]]
    named = sum(is_body_list(cell) for cell in cells)
    return len(cells) >= _FEW_CELLS and named * 4 >= len(cells) * 3


def _merged(
    document: Document, passages: list[Passage], columns: tuple[ColumnRole, ...]
) -> list[tuple[Passage, tuple[TracedText, ...]]]:
    """Rows with their cells: the rest of a row after a page break joined to it, doers of merged cells repeated."""
    merged: list[tuple[Passage, tuple[TracedText, ...]]] = []
    for passage in passages:
        if len(passage.cells) != len(columns) or _is_band(passage, columns):
            continue
        if merged and _goes_on(merged[-1], passage, columns):
            first, cells = merged[-1]
            joined = tuple(TracedText.join((left, right)) for left, right in zip(cells, passage.cells, strict=True))
            merged[-1] = (first, joined)
            continue
        cells = passage.cells
        if merged and _is_text(document, passage):
            cells = tuple(
                above if role in ("lead", "both", "day") and not cell else cell
                for role, cell, above in zip(columns, cells, merged[-1][1], strict=True)
            )
        merged.append((passage, cells))
    return merged


def _is_text(document: Document, passage: Passage) -> bool:
    """Whether the page came as text, in which nobody can tell a merged cell from an empty one."""
    return any(page.number == passage.page and page.origin == "text" for page in document.pages)


def _is_band(passage: Passage, columns: tuple[ColumnRole, ...]) -> bool:
    """Whether a row is a heading within the table: one cell filled, and no figure of its own before it."""
    filled = {role: cell.text.strip() for role, cell in zip(columns, passage.cells, strict=True) if cell.text.strip()}
    if {"time", "limit", "begin", "lead", "both", "partner"} & set(filled) or len(columns) < 3:
        return False
    return not filled.get("serial", "").rstrip(".)").isdigit() and len(set(filled) - {"serial", "other"}) <= 1


def _goes_on(above: tuple[Passage, tuple[TracedText, ...]], passage: Passage, columns: tuple[ColumnRole, ...]) -> bool:
    first, _ = above
    if passage.page == first.page:
        return False
    by_role = {role: cell.text.strip() for role, cell in zip(columns, passage.cells, strict=True)}
    if "serial" in by_role:
        return not by_role["serial"]
    if by_role.get("time", "")[:1] in ("-", "–"):
        return True
    task = by_role.get("task", "")
    return not by_role.get("lead") and not by_role.get("time") and task[:1].islower()


def _row(passage: Passage, cells: tuple[TracedText, ...], columns: tuple[ColumnRole, ...]) -> TaskRow | None:
    def cell(*roles: ColumnRole) -> TracedText:
        return next((text for role, text in zip(columns, cells, strict=True) if role in roles and text), TracedText())

    lead_cell = cell("lead", "both")
    leads, partners = doers_of(lead_cell)
    slash = _SLASH.search(lead_cell.text) if cell("both") else None
    if slash is not None:
        leads, partners = _bodies(lead_cell.slice(0, slash.start())), _bodies(lead_cell.slice(slash.end()))
    elif cell("both") and not partners and len(leads) > 1:
        leads, partners = leads[:1], leads[1:]
    partner_cell = cell("partner")
    if partner_cell:
        others, more = doers_of(partner_cell)
        known = {fold_tones(lead.text) for lead in leads}
        partners = (*partners, *(other for other in (*others, *more) if fold_tones(other.text) not in known))
    begin, finish = trimmed(cell("begin")), trimmed(cell("finish"))
    time = cell("time") or TracedText.join([part for part in (begin, finish) if part], "; ") or cell("limit")
    row = TaskRow(
        passage,
        trimmed(cell("task")),
        TracedText.join((trimmed(lead_cell), trimmed(partner_cell)), "; "),
        leads,
        partners,
        time,
        bool(cell("limit")) and not cell("time") and not begin,
        cell("target"),
        cell("day"),
        bool(begin),
    )
    return row if row.task or row.target else None


def doers_of(cell: TracedText) -> tuple[tuple[TracedText, ...], tuple[TracedText, ...]]:
    """Leads and partners of a cell."""
    if not cell or len(cell.text) > 4 * _MAX_BODY:
        return (), ()
    match = _WITH.search(cell.text)
    if match is not None and match.start() > 0:
        return _bodies(cell.slice(0, match.start())), _bodies(cell.slice(match.end()))
    if match is not None and match.end() < len(cell.text) and match.start() == 0:
        return (), _bodies(cell.slice(match.end()))
    return _bodies(cell), ()


def _bodies(cell: TracedText) -> tuple[TracedText, ...]:
    """The bodies of a cell one by one; words between separators that no rule knows are a body too."""
    label = _LABEL.match(cell.text)
    cell = trimmed(cell.slice(label.end() if label else 0))
    names = split_names(cell.text)
    if names:
        return tuple(cell.slice(start, end) for start, end in names)
    parts: list[TracedText] = []
    position = _SEPARATOR.match(cell.text)
    start = position.end() if position else 0
    while start < len(cell.text) and len(parts) < 40:
        found = bodies_from(cell.text, start)
        if found is not None:
            parts.extend(body_text(cell, body) for body in found.bodies)
            end = found.end
            bracket = re.match(r"\s?\([^()]{0,120}\)", cell.text[end:])
            if bracket:
                end += bracket.end()
            rest = re.match(r"[^,;]*", cell.text[end:])
            if (
                rest
                and rest[0].strip()
                and not _SEPARATOR.fullmatch(rest[0])
                and bodies_from(cell.text, end + 1) is None
                and _belongs_to_name(rest[0])
            ):
                parts[-1] = cell.slice(found.bodies[-1].start, end + rest.end())
                end += rest.end()
        else:
            chunk = re.match(r"[^,;]+", cell.text[start:])
            end = start + (chunk.end() if chunk else 1)
            if not parts or (cell.text[start].isupper() and 0 not in analyse(cell.text[start:end]).marks["verbs"]):
                parts.append(trimmed(cell.slice(start, end)))
        separator = _SEPARATOR.match(cell.text, end)
        start = max(separator.end() if separator else end, end)
        if start == end and found is None:
            start += 1
    return tuple(_without_dash(part) for part in parts if part and len(part.text) <= _MAX_BODY)


def _belongs_to_name(rest: str) -> bool:
    """Whether unknown words after a body are few and no verb begins them, so that they are part of its name."""
    if not 1 <= len(rest.split()) <= 5:
        return False
    if len(rest.split()) <= _SHORT_TAIL:
        return True
    analysis = analyse(rest.strip())
    return 0 not in analysis.marks["verbs"] and 0 not in analysis.marks["stops"]


def _without_dash(part: TracedText) -> TracedText:
    """Without a bullet before it."""
    match = re.match(r"[-–+•*]\s", part.text)
    return part.slice(match.end()) if match else part

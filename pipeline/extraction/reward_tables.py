"""Rewards told by rows of a table: forms, numbers, sums and granters in columns."""

import re
from collections.abc import Iterator

from pipeline.document import Document, Passage, TracedText
from pipeline.extraction.reward_phrases import FORM, Recipients, count_of, read_amount, recipients_of
from pipeline.extraction.task_values import inferred_value, printed_value, tidy, trimmed
from pipeline.records import Reward

__all__ = ["table_rewards"]

_COLUMNS = (
    ("amount", re.compile(r"mức|trị giá|giá trị|tiền|số tiền", re.IGNORECASE)),
    ("count", re.compile(r"số lượng|số giải|^sl$|cơ cấu", re.IGNORECASE)),
    (
        "granter",
        re.compile(r"cấp khen|cấp tặng|cơ quan|thẩm quyền|đơn vị (?:khen|tặng|trao)|cấp (?:quyết|trao)", re.IGNORECASE),
    ),
    ("form", re.compile(r"hình thức|danh hiệu|^giải|loại giải|tên giải|phần thưởng|khen thưởng", re.IGNORECASE)),
    ("criteria", re.compile(r"tiêu chuẩn|tiêu chí|thành tích|điều kiện", re.IGNORECASE)),
    ("whom", re.compile(r"đối tượng|tập thể|cá nhân", re.IGNORECASE)),
)
_TOTAL_COLUMN = re.compile(r"thành tiền|tổng|cộng", re.IGNORECASE)
_SHORT_PRIZE = re.compile(r"(?:Nhất|Nhì|Ba|Tư|Khuyến\s[Kk]hích|Đặc\s[Bb]iệt|[A-C])")
_MAX_DIGITS = 12


def table_rewards(document: Document) -> Iterator[Reward]:
    """Rows of tables whose heads name a form of reward and a sum or a number."""
    columns: list[str] = []
    table: int | None = None
    for passage in document.passages:
        begins = passage.kind == "table-row" and passage.table != table
        table = passage.table if passage.kind in ("table-head", "table-row") else table
        if passage.kind == "table-head" or begins:
            columns = _columns(passage)
        elif passage.kind == "table-row" and _is_of_rewards(columns) and len(passage.cells) == len(columns):
            yield from _row(dict(zip(columns, passage.cells, strict=True)))


def _is_of_rewards(columns: list[str]) -> bool:
    return "form" in columns and bool({"amount", "count", "granter", "whom", "criteria"} & set(columns))


def _columns(head: Passage) -> list[str]:
    named: list[str] = []
    for cell in head.cells:
        roles = () if _TOTAL_COLUMN.search(cell.text) else _COLUMNS
        role = next((role for role, pattern in roles if role not in named and pattern.search(cell.text)), "")
        named.append(role)
    return named


def _row(cells: dict[str, TracedText]) -> Iterator[Reward]:
    form = trimmed(cells["form"])
    match = FORM.search(form.text)
    short = _SHORT_PRIZE.fullmatch(form.text)
    if match is None and short is None:
        return
    own_count = count_of(match["count"]) if match is not None else None
    if match is not None and match["count"]:
        form = form.slice(match.start("form"))
    normal = f"giải {form.text}" if short is not None else None
    count, money = cells.get("count", TracedText()), cells.get("amount", TracedText())
    granter = trimmed(cells.get("granter", TracedText()))
    criteria = trimmed(cells.get("criteria", TracedText()))
    named = recipients_of(count, 0, len(count.text)) or recipients_of(cells.get("whom", TracedText()), 0, 400)
    whom: list[Recipients | None] = [*named]
    digits = re.sub(r"\D", "", money.text)
    amount = read_amount(money.text) or (int(digits) if 4 <= len(digits) <= _MAX_DIGITS else None)
    figure = re.match(r"\s?(\d{1,4})(?!\d)", count.text)
    for given in whom or [None]:
        quantity = given.quantity if given is not None and given.quantity is not None else own_count
        quantity = quantity or (int(figure[1]) if figure is not None else None)
        for_what = criteria if criteria else given.criteria if given is not None else TracedText()
        yield Reward(
            form=printed_value(form, normal, certainty=0.88),
            granted_by=printed_value(granter, tidy(granter.text), certainty=0.87),
            recipients=printed_value(given.whom, certainty=0.82) if given is not None else None,
            quantity=inferred_value(quantity, count if count else form, certainty=0.87),
            amount=inferred_value(amount, money if money else form, certainty=0.88),
            criteria=printed_value(for_what, certainty=0.8),
        )

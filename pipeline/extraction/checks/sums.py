"""Checks on sums: rows of number times price, totals of columns, what is said to be the whole of the rewards."""

import re
from collections.abc import Iterator, Sequence

from pipeline.document import Document, Passage
from pipeline.extraction.checks.finding import Finding, Place
from pipeline.extraction.reward_phrases import read_amount
from pipeline.records import Value

__all__ = ["row_product", "sum_of_rewards", "total_of_a_column"]

_COUNT = re.compile(r"số lượng|số giải|số suất|^sl$", re.IGNORECASE)
_PRICE = re.compile(r"đơn giá|mức (?:thưởng|chi|tiền)|trị giá|định mức", re.IGNORECASE)
_WHOLE = re.compile(r"thành tiền|tổng (?:tiền|cộng|số tiền)|^cộng", re.IGNORECASE)
_TOTAL_ROW = re.compile(r"^\W*(?:tổng(?:\scộng|\ssố|\stiền)?|cộng)\W*$", re.IGNORECASE)
_TOTAL_SAID = re.compile(
    r"tổng\s(?:giá\strị\s|số\s|mức\s|kinh\sphí\s)?(?:các\s)?(?:giải\sthưởng|tiền\sthưởng|khen\sthưởng|phần\sthưởng)[^.;:]{0,60}?(?::|là)?\s"
    r"(?=\d)",
    re.IGNORECASE,
)
_MAX_FIGURES = 13
_MIN_ROWS = 2


def _figure(text: str) -> int | None:
    """A whole number that fills a cell, its thousands parted by points or spaces."""
    bare = re.sub(r"\s?(?:đồng|đ|vnđ|vnd)\.?$", "", text.strip(), flags=re.IGNORECASE)
    if not re.fullmatch(r"\d{1,3}(?:[.\s]\d{3})+|\d+", bare):
        return None
    digits = re.sub(r"\D", "", bare)
    return int(digits) if len(digits) <= _MAX_FIGURES else None


def _tables(document: Document) -> Iterator[tuple[Passage, list[Passage]]]:
    """Each table's head with its rows."""
    head: Passage | None = None
    rows: list[Passage] = []
    for passage in document.passages:
        begins = passage.kind == "table-row" and (head is None or passage.table != head.table)
        if passage.kind == "table-head" or begins:
            if head is not None and rows:
                yield head, rows
            head, rows = passage, []
        elif passage.kind == "table-row" and head is not None and passage.table == head.table:
            rows.append(passage)
    if head is not None and rows:
        yield head, rows


def _column(head: Passage, pattern: re.Pattern[str]) -> int | None:
    return next((index for index, cell in enumerate(head.cells) if pattern.search(cell.text)), None)


def row_product(document: Document) -> Iterator[Finding]:
    """A row whose whole is not its number times its price."""
    for head, rows in _tables(document):
        columns = [_column(head, pattern) for pattern in (_COUNT, _PRICE, _WHOLE)]
        if any(column is None for column in columns):
            continue
        for row in rows:
            figures = [
                _figure(row.cells[column].text) if column is not None and column < len(row.cells) else None
                for column in columns
            ]
            count, price, whole = figures
            if count is None or price is None or whole is None or count * price == whole:
                continue
            message = f"A row says {count} times {price} makes {whole}; it makes {count * price}."
            yield Finding("row-product", message, _in_passages(document, [row]), 0.8)


def total_of_a_column(document: Document) -> Iterator[Finding]:
    """A total that is not the sum of the rows over it."""
    for head, rows in _tables(document):
        column = _column(head, _WHOLE)
        if column is None or len(rows) <= _MIN_ROWS:
            continue
        last = rows[-1]
        if not any(_TOTAL_ROW.match(cell.text) for cell in last.cells) or column >= len(last.cells):
            continue
        said = _figure(last.cells[column].text)
        parts = [_figure(row.cells[column].text) if column < len(row.cells) else None for row in rows[:-1]]
        known = [part for part in parts if part is not None]
        if said is None or len(known) < len(parts) or sum(known) == said:
            continue
        message = f"A column's total says {said}, its rows make {sum(known)}."
        yield Finding("column-total", message, _in_passages(document, rows), 0.85)


def _in_passages(document: Document, passages: Sequence[Passage]) -> tuple[Place, ...]:
    """The numbers and sums of rewards that were read from some passages."""
    words = {span.word_id for passage in passages for span in passage.text.spans}
    words |= {span.word_id for passage in passages for cell in passage.cells for span in cell.spans}
    return tuple(
        Place("rewards", row, field)
        for row, reward in enumerate(document.records.rewards)
        for field in ("quantity", "amount")
        if isinstance(value := getattr(reward, field), Value) and words & set(value.evidence)
    )


def sum_of_rewards(document: Document) -> Iterator[Finding]:
    """What is said to be the whole of the rewards is not what their numbers and sums make."""
    priced = [
        (row, int(reward.quantity.normal) * int(reward.amount.normal))
        for row, reward in enumerate(document.records.rewards)
        if reward.quantity is not None and reward.amount is not None
    ]
    if len(priced) < _MIN_ROWS or any(
        reward.amount is not None and reward.quantity is None for reward in document.records.rewards
    ):
        return
    for passage in document.passages:
        match = _TOTAL_SAID.search(passage.text.text) if not passage.appendix else None
        said = read_amount(passage.text.text[match.end() :]) if match is not None else None
        made = sum(whole for _, whole in priced)
        if said is not None and said != made:
            message = f"The rewards are said to make {said} đồng, their numbers and sums make {made}."
            places = tuple(Place("rewards", row, field) for row, _ in priced for field in ("quantity", "amount"))
            yield Finding("reward-total", message, places, 0.85)
            return

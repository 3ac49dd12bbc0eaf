"""Passages written for the tests, in the formulae of real offices, with the records that the contract demands of them.

A file holds passages headed by `=== name`. A passage is the gold text of one page: whole after `@full`, else the body
of a plan of the issuer named in `@issuer | title`. Then come tables: `>> movements` and one row a line, its fields in
the order of the contract and parted by ` | `, `-` for null, `?` for a field that is not judged. A table that is not
named is not judged; one without rows must stay empty. `>> document` has `field=value` lines; the others are null.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.gold_schema import DOCUMENT, TABLES
from corpus.record_metrics import DOCUMENT_FIELDS, TABLE_FIELDS, match_records, records_of
from pipeline.document import Document
from pipeline.gold_text import GoldText
from pipeline.options import Options
from pipeline.runner import run_document
from pipeline.stages.extract import Extract
from pipeline.stages.segment import Segment

FOLDER = Path(__file__).parent
_STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
_FOOT = "\n\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n\n"
FRAMES: Mapping[str, tuple[str, str]] = {
    "province": (
        f"ỦY BAN NHÂN DÂN\nTỈNH HÀ NAM\nSố: 118/KH-UBND\n\n{_STATE}Hà Nam, ngày 12 tháng 3 năm 2026\n",
        "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nTrần Văn Hải",
    ),
    "commune": (
        f"ỦY BAN NHÂN DÂN\nXÃ PHÚ LỘC\nSố: 27/KH-UBND\n\n{_STATE}Phú Lộc, ngày 12 tháng 3 năm 2026\n",
        "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nTrần Văn Hải",
    ),
    "district": (
        f"ỦY BAN NHÂN DÂN\nHUYỆN TÂN KỲ\nSố: 64/KH-UBND\n\n{_STATE}Tân Kỳ, ngày 12 tháng 3 năm 2024\n",
        "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nTrần Văn Hải",
    ),
    "department": (
        f"UBND TỈNH HÀ NAM\nSỞ Y TẾ\nSố: 305/KH-SYT\n\n{_STATE}Hà Nam, ngày 12 tháng 3 năm 2026\n",
        "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\nTrần Văn Hải",
    ),
    "school": (
        f"SỞ GIÁO DỤC VÀ ĐÀO TẠO HÀ NAM\nTRƯỜNG THPT TRẦN CAO VÂN\nSố: 41/KH-THPTTCV\n\n{_STATE}"
        "Phủ Lý, ngày 12 tháng 3 năm 2026\n",
        "HIỆU TRƯỞNG\nTrần Văn Hải",
    ),
    "union": (
        f"HỘI NÔNG DÂN TỈNH HÀ NAM\nBAN CHẤP HÀNH\nSố: 33-KH/HNDT\n\n{_STATE}Hà Nam, ngày 12 tháng 3 năm 2026\n",
        "TM. BAN THƯỜNG VỤ\nCHỦ TỊCH\nTrần Văn Hải",
    ),
    "party": (
        "TỈNH ỦY HÀ NAM\n*\nSố 52-KH/TU\n\nĐẢNG CỘNG SẢN VIỆT NAM\nHà Nam, ngày 12 tháng 3 năm 2025\n",
        "T/M BAN THƯỜNG VỤ\nPHÓ BÍ THƯ\nTrần Văn Hải",
    ),
    "company": (
        "TẬP ĐOÀN CÔNG NGHIỆP PHƯƠNG BẮC\nCÔNG TY CỔ PHẦN XI MĂNG TÂN LONG\nSố: 88/KH-XMTL\n\n"
        f"{_STATE}Hà Nam, ngày 12 tháng 3 năm 2026\n",
        "TỔNG GIÁM ĐỐC\nTrần Văn Hải",
    ),
    "ministry": (
        f"BỘ NỘI VỤ\nSố: 410/KH-BNV\n\n{_STATE}Hà Nội, ngày 12 tháng 3 năm 2026\n",
        "KT. BỘ TRƯỞNG\nTHỨ TRƯỞNG\nTrần Văn Hải",
    ),
}


@dataclass(frozen=True)
class Passage:
    """A passage: its text as of one page, and the rows by table that are demanded of it."""

    name: str
    text: str
    demanded: Mapping[str, tuple[Mapping[str, Any], ...]]

    def digitised(self) -> Document:
        """The document that the program makes of it."""
        stages = (GoldText({1: self.text}), Segment(), Extract())
        return run_document(Path(__file__), Options(), stages=lambda: stages)


def passages(path: Path) -> Iterator[Passage]:
    """The passages of a file."""
    for part in ("\n" + path.read_text(encoding="utf-8")).split("\n=== ")[1:]:
        head, _, rest = part.partition("\n")
        text, *tables = rest.strip("\n").split("\n>> ")
        yield Passage(head, _page(text), dict(_table(table) for table in tables))


def _page(text: str) -> str:
    marker, _, body = text.partition("\n")
    if marker == "@full":
        return body
    issuer, _, title = marker.removeprefix("@").partition(" | ")
    head, signature = FRAMES[issuer.strip()]
    if body[:1].isdigit() or (body[:1] == "-" and "Căn cứ" not in body[:12]):
        body = f"II. NỘI DUNG THỰC HIỆN\n{body}"
    return f"{head}\nKẾ HOẠCH\n{title}\n\n{body}{_FOOT}{signature}\n"


def _table(text: str) -> tuple[str, tuple[Mapping[str, Any], ...]]:
    name, *lines = [line for line in text.split("\n") if line.strip()]
    name = name.strip()
    if name == "document":
        given = dict(line.split("=", 1) for line in lines)
        return name, ({field: _value(given.get(field, "-")) for field in DOCUMENT},)
    if name == "recipients":
        return name, tuple({"text": line.strip()} for line in lines)
    rows = []
    for line in lines:
        cells = [_value(cell.strip()) for cell in line.split(" | ")]
        fields = tuple(TABLES[name])
        if len(cells) != len(fields):
            raise ValueError(f"{line!r} has {len(cells)} fields, {name} has {len(fields)}")
        row: dict[str, Any] = dict(zip(fields, cells, strict=True))
        for field in ("quantity", "amount", "level") if name in ("rewards", "sections") else ():
            if field in row and row[field] not in (None, "?"):
                row[field] = int(row[field])
        rows.append(row)
    return name, tuple(rows)


def _value(cell: str) -> str | None:
    return None if cell == "-" else cell


@dataclass
class Tally:
    """Counts of one table: rows demanded, found and paired, and fields right and judged."""

    gold: int = 0
    found: int = 0
    paired: int = 0
    right: int = 0
    judged: int = 0

    @property
    def f1(self) -> float:
        """F1 of the rows."""
        return 2 * self.paired / (self.gold + self.found) if self.gold + self.found else 1.0

    @property
    def fields(self) -> float:
        """Share of right fields in paired rows."""
        return self.right / self.judged if self.judged else 1.0


def compare(passage: Passage, document: Document, sums: dict[str, Tally]) -> Iterator[str]:
    """Add a passage's counts to the sums; every difference, as a line."""
    plain = document.records.to_dict()
    for table, wanted in passage.demanded.items():
        tally = sums.setdefault(table, Tally())
        if table == "document":
            yield from _document(passage.name, plain["document"], wanted[0], tally)
            continue
        found = records_of(plain, table)
        pairs = match_records(table, found, wanted)
        tally.gold += len(wanted)
        tally.found += len(found)
        tally.paired += len(pairs)
        for row, column in pairs:
            for field, alike in TABLE_FIELDS[table].items():
                guess, truth = found[row].get(field), wanted[column].get(field)
                if truth == "?" or (guess is None and truth is None):
                    continue
                tally.judged += 1
                right = guess is not None and truth is not None and alike(guess, truth) > 0
                tally.right += right
                if not right:
                    yield f"{passage.name[:6]} {table}.{field}: {guess!r} for {truth!r}"
        for index, row in enumerate(wanted):
            if index not in {column for _, column in pairs}:
                yield f"{passage.name[:6]} {table} MISSED {list(row.values())}"
        for index, row in enumerate(found):
            if index not in {row for row, _ in pairs}:
                yield f"{passage.name[:6]} {table} INVENTED {list(row.values())}"


def _document(name: str, plain: Mapping[str, Any], wanted: Mapping[str, Any], tally: Tally) -> Iterator[str]:
    for field, alike in DOCUMENT_FIELDS.items():
        guess, truth = plain.get(field), wanted.get(field)
        if truth == "?":
            continue
        tally.gold += truth is not None
        tally.found += guess is not None
        right = guess is not None and truth is not None and alike(guess, truth) > 0
        tally.paired += right
        if not right and not (guess is None and truth is None):
            yield f"{name[:6]} document.{field}: {guess!r} for {truth!r}"

"""Passages of plans written for the tests, with the tasks and times that are in them, and how they are measured.

A file holds many. `## 3 university 2025-10-02` opens one: its number, the kind of issuer, the plan's date. Its lines
follow as they are printed, cells parted by ` | `; then a line for each record, values parted by ` ¦ `, `-` for none:
`A body ¦ role ¦ task ¦ deadline` and `D text ¦ kind ¦ start ¦ end ¦ recurrence ¦ what ¦ body`. `@3` is the whole third
line without its label and closing mark, `first words … last words` all from the ones to the others.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.record_metrics import match_records, score_document
from corpus.record_scores import RecordScores
from pipeline.document import Document, Source
from pipeline.gold_text import GoldText
from pipeline.options import Options
from pipeline.records import plain_record
from pipeline.stage import Context
from pipeline.stages.extract import Extract
from pipeline.stages.segment import Segment

__all__ = ["Passage", "passages_of", "read_records", "score_passage"]

_FOLDER = Path(__file__).parent
_LABEL = re.compile(r"^(?:[-+*•]|[IVX]+[.-]|\d+(?:\.\d+)*[.)-]|[a-zđ]\)|\([a-z0-9]+\)|Điều \d+\.)\s+")
_ISSUERS: Mapping[str, tuple[str, str, str, str]] = {
    "province": ("ỦY BAN NHÂN DÂN\nTỈNH HÀ SƠN", "15/KH-UBND", "Hà Sơn", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"),
    "letter": ("ỦY BAN NHÂN DÂN\nTỈNH HÀ SƠN", "815/UBND-NL", "Hà Sơn", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"),
    "decision": ("ỦY BAN NHÂN DÂN\nTHÀNH PHỐ HÀ SƠN", "2015/QĐ-UBND", "Hà Sơn", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"),
    "district": ("ỦY BAN NHÂN DÂN\nHUYỆN YÊN KHÊ", "62/KH-UBND", "Yên Khê", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH"),
    "commune": ("ỦY BAN NHÂN DÂN\nXÃ PHÚ LÂM", "31/KH-UBND", "Phú Lâm", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH"),
    "ward": ("ỦY BAN NHÂN DÂN\nPHƯỜNG BẾN ĐÁ", "44/KH-UBND", "Bến Đá", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH"),
    "department": ("UBND TỈNH HÀ SƠN\nSỞ Y TẾ", "120/KH-SYT", "Hà Sơn", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"),
    "ministry": ("BỘ NỘI VỤ", "77/KH-BNV", "Hà Nội", "KT. BỘ TRƯỞNG\nTHỨ TRƯỞNG"),
    "agency": ("BỘ TÀI CHÍNH\nCỤC THỐNG KÊ", "207/QĐ-CTK", "Hà Nội", "CỤC TRƯỞNG"),
    "university": ("BỘ GIÁO DỤC\nTRƯỜNG ĐẠI HỌC HÀ SƠN", "301/KH-ĐHHS", "Hà Sơn", "KT. HIỆU TRƯỞNG\nPHÓ HIỆU TRƯỞNG"),
    "school": ("SỞ GIÁO DỤC VÀ ĐÀO TẠO HÀ SƠN\nTRƯỜNG THPT YÊN KHÊ", "18/KH-THPTYK", "Yên Khê", "HIỆU TRƯỞNG"),
    "hospital": ("SỞ Y TẾ HÀ SƠN\nBỆNH VIỆN ĐA KHOA TỈNH", "210/KH-BV", "Hà Sơn", "GIÁM ĐỐC"),
    "party": ("ĐẢNG BỘ TỈNH HÀ SƠN\nĐẢNG ỦY XÃ PHÚ LÂM", "25-KH/ĐU", "Phú Lâm", "T/M BAN THƯỜNG VỤ\nPHÓ BÍ THƯ"),
    "youth": ("TỈNH ĐOÀN HÀ SƠN\nBAN THƯỜNG VỤ", "91-KH/TĐTN-PT", "Hà Sơn", "TM. BAN THƯỜNG VỤ\nPHÓ BÍ THƯ"),
    "women": ("HỘI LIÊN HIỆP PHỤ NỮ VIỆT NAM\nTỈNH HÀ SƠN", "52/KH-BTV", "Hà Sơn", "TM. BAN THƯỜNG VỤ\nCHỦ TỊCH"),
    "front": ("ỦY BAN MTTQ VIỆT NAM\nTỈNH HÀ SƠN", "33/KH-MTTQ-BTT", "Hà Sơn", "TM. BAN THƯỜNG TRỰC\nCHỦ TỊCH"),
    "union": ("LIÊN ĐOÀN LAO ĐỘNG\nTỈNH HÀ SƠN", "70/KH-LĐLĐ", "Hà Sơn", "TM. BAN THƯỜNG VỤ\nPHÓ CHỦ TỊCH"),
    "army": ("BỘ CHỈ HUY QUÂN SỰ TỈNH HÀ SƠN\nTRUNG ĐOÀN 812", "140/KH-E812", "Hà Sơn", "TRUNG ĐOÀN TRƯỞNG"),
    "police": ("BỘ CÔNG AN\nCÔNG AN TỈNH HÀ SƠN", "410/KH-CAT-PC08", "Hà Sơn", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"),
    "company": ("TỔNG CÔNG TY THAN ĐÔNG SƠN\nCÔNG TY THAN MỎ HẠC", "12/KH-TMH", "Đông Sơn", "GIÁM ĐỐC"),
}  # fmt: skip
_HEAD = """{issuer}
Số: {number}

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
{place}, ngày {day} tháng {month} năm {year}

{type}
Triển khai công tác {year}

Căn cứ Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022;
Thực hiện chương trình công tác đã đề ra, đơn vị ban hành văn bản với các nội dung như sau:

"""
_FOOT = """
Nơi nhận:
- Như trên;
- Lưu: VT.

{signer}
Nguyễn Văn Bình
"""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage with its records in the form of a gold file."""

    name: str
    issuer: str
    date: str
    lines: tuple[str, ...]
    gold: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)


def passages_of(file: str) -> list[Passage]:
    """The passages of a file of this folder."""
    text = (_FOLDER / file).read_text(encoding="utf-8")
    return [_passage(file, part) for part in re.split(r"^## ", text, flags=re.M)[1:]]


def read_records(passage: Passage, *, wrapped: bool = True) -> tuple[Document, dict[str, list[dict[str, Any]]]]:
    """The passage's document and its records, read from a document that is made around it."""
    issuer, number, place, signer = _ISSUERS[passage.issuer]
    year, month, day = passage.date.split("-")
    kind = {"decision": "QUYẾT ĐỊNH", "agency": "QUYẾT ĐỊNH", "letter": "CÔNG VĂN"}.get(passage.issuer, "KẾ HOẠCH")
    head = _HEAD.format(issuer=issuer, number=number, place=place, day=day, month=month, year=year, type=kind)
    body = "\n".join(_printed(line) if wrapped else line for line in passage.lines)
    foot = _FOOT.format(signer=signer)
    text = head + foot + "\n" + body if passage.lines[0].startswith("PHỤ LỤC") else head + body + "\n" + foot
    document = Document(Source(f"{passage.name}.txt", "0" * 64, len(text), "text/plain"))
    context = Context(Path(f"{passage.name}.txt"), Options())
    for stage in (GoldText({1: text}), Segment(), Extract()):
        document = stage.document(document, context)
    records = document.records
    return document, {
        "assignments": [plain_record(row) for row in records.assignments],
        "deadlines": [plain_record(row) for row in records.deadlines],
    }


def score_passage(passage: Passage, *, wrapped: bool = True) -> tuple[RecordScores, dict[str, list[dict[str, Any]]]]:
    """How the passage's records compare with its gold, and the records."""
    _, found = read_records(passage, wrapped=wrapped)
    return score_document(found, passage.gold), found


def errors_of(passage: Passage, found: Mapping[str, list[dict[str, Any]]]) -> Iterator[str]:
    """What was missed, invented, or got wrong in a field, a line each."""
    for table in ("assignments", "deadlines"):
        gold = passage.gold[table]
        pairs = match_records(table, found[table], gold)
        for row, truth in enumerate(gold):
            if row not in {column for _, column in pairs}:
                yield f"{passage.name} {table} MISSED {_shown(truth)}"
        for row, guess in enumerate(found[table]):
            if row not in {index for index, _ in pairs}:
                yield f"{passage.name} {table} INVENTED {_shown(guess)}"
        for row, column in pairs:
            scores = score_document({table: [found[table][row]]}, {table: [gold[column]]}).tables[table].fields
            for name, score in scores.items():
                if score.wrong or score.missing or score.invented:
                    yield f"{passage.name} {table} {name}: {found[table][row][name]!r} for {gold[column][name]!r}"


def _shown(record: Mapping[str, Any]) -> str:
    return " ¦ ".join(str(value) for value in record.values() if value is not None)


def _printed(line: str) -> str:
    return line if " | " in line else "\n".join(textwrap.wrap(line, 92, break_on_hyphens=False))


def _passage(file: str, text: str) -> Passage:
    head, *lines = text.strip().split("\n")
    number, issuer, date = head.split()
    printed = tuple(line for line in lines if " ¦ " not in line)
    gold: dict[str, list[dict[str, Any]]] = {"assignments": [], "deadlines": []}
    for line in lines:
        if " ¦ " not in line:
            continue
        values = [None if value.strip() == "-" else value.strip() for value in line[2:].split("¦")]
        if line.startswith("A "):
            body, role, task, deadline = values
            row = {"body": body, "role": role, "task": _quoted(task, printed), "deadline": deadline}
            gold["assignments"].append(row)
        else:
            names = ("text", "kind", "start", "end", "recurrence", "what", "body")
            gold["deadlines"].append(dict(zip(names, values, strict=True)))
            gold["deadlines"][-1]["what"] = _quoted(gold["deadlines"][-1]["what"], printed)
    return Passage(f"{file.removesuffix('.txt')}-{number}", issuer, date, printed, gold)


def _quoted(value: str | None, lines: tuple[str, ...]) -> str | None:
    if value is None:
        return None
    if value.startswith("@"):
        return _LABEL.sub("", lines[int(value[1:]) - 1]).rstrip(" .;:/")
    if " … " not in value:
        return value
    first, last = value.split(" … ")
    whole = " ".join(lines)
    if first not in whole or last not in whole.split(first, 1)[1]:
        raise ValueError(f"not in the passage: {value}")
    return first + whole.split(first, 1)[1].split(last, 1)[0] + last

"""What underthesea's named entities and plain regular expressions make of a text: the baseline beside the grammar."""

import re
from typing import Any

__all__ = ["plain_records"]

_TYPES = "KẾ HOẠCH|QUYẾT ĐỊNH|THÔNG BÁO|CHỈ THỊ|HƯỚNG DẪN|NGHỊ QUYẾT|TỜ TRÌNH|BÁO CÁO|CHƯƠNG TRÌNH|QUY CHẾ|THÔNG TƯ"
_NUMBER = r"\d{1,5}(?:/\d{4})?[/-][A-ZĐ]{1,6}(?:[-/][A-ZĐ&]{1,12})*"
_DATE = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}"
_KINDS = (
    ("purpose", r"mục đích|yêu cầu|mục tiêu|chỉ tiêu"),
    ("subjects", r"đối tượng|phạm vi|thành phần"),
    ("schedule", r"thời gian|tiến độ|lộ trình|địa điểm"),
    ("rewards", r"khen thưởng|giải thưởng"),
    ("funding", r"kinh phí"),
    ("organization", r"tổ chức thực hiện|phân công|trách nhiệm"),
    ("content", r"nội dung|nhiệm vụ|giải pháp|biện pháp|tiêu chí"),
)
_FORMS = r"Bằng khen|Giấy khen|Cờ thi đua|Huân chương [A-ZĐ]\w+ \w+|Kỷ niệm chương|[Gg]iải (?:Nhất|Nhì|Ba|Khuyến khích)"
_OFFICE = re.compile(
    r"(?:Sở|Phòng|Ban|Hội|Công an|Ủy ban|UBND|Trường|Đoàn|Văn phòng|Bộ|Các)"
    r"(?: (?:và )?[A-ZĐÀ-Ỹ]\w*| nhân dân| tỉnh| huyện| xã)*"
)
_LINE = re.compile(r"(?:([IVX]{1,5})\.|(\d{1,2}(?:\.\d{1,2})*)\.|([a-z])\))\s+(\S.{2,120})")


def plain_records(text: str) -> dict[str, Any]:
    """The records of a document in the form of a gold file.

    Args:
        text: pages in reading order, a printed line a line.
    """
    lines = [line.strip() for line in text.splitlines()]
    recipients = _recipients(lines)
    return {
        "document": _fields(text, lines),
        "references": [
            {"kind": match[1], "number": match[2], "role": "basis" if match.start() < len(text) // 4 else "mention"}
            for match in re.finditer(
                rf"(Kế hoạch|Quyết định|Công văn|Nghị quyết|Nghị định|Thông tư) số ({_NUMBER})", text
            )
        ],
        "sections": [section for line in lines if (section := _section(line)) is not None],
        "assignments": [
            {"body": body, "role": _role(item), "task": item.lstrip("-+ ").rstrip(".;")}
            for item in _items(lines)
            if re.search(r"chủ trì|phối hợp|tham mưu|thực hiện|giao", item)
            for body in _bodies(item)
        ],
        "deadlines": [
            {"text": match[0], "kind": "due", "end": _iso(match[2])}
            for match in re.finditer(rf"((?:trước|đến)\s+(?:ngày\s+)?)({_DATE})", text)
        ],
        "movements": [
            {"name": match[1], "role": "names"}
            for match in re.finditer(r"[Pp]hong trào(?: thi đua)? “([^”]{3,90})”", text)
        ],
        "rewards": [{"form": match[0]} for match in re.finditer(_FORMS, text)],
        "subjects": [
            {"kind": "collective", "text": line}
            for line in _under(lines, r"ĐỐI TƯỢNG|THÀNH PHẦN")
            if line.startswith("-")
        ],
        "recipients": recipients,
    }


def _items(lines: list[str]) -> list[str]:
    """Lines put together until one ends as an item does."""
    items: list[str] = []
    for line in filter(None, lines):
        if items and not items[-1].endswith((".", ";", ":")) and line[0].islower():
            items[-1] += f" {line}"
        else:
            items.append(line)
    return items


def _fields(text: str, lines: list[str]) -> dict[str, str | None]:
    kind = re.search(rf"^({_TYPES})$", text, re.MULTILINE)
    number = re.search(rf"Số:\s*(\S*{_NUMBER})", text)
    placed = re.search(r"^(\D{2,30}), ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", text, re.MULTILINE)
    title = None
    if kind is not None:
        after = [line for line in text[kind.end() :].splitlines()[1:4] if line]
        title = after[0] if after else None
    return {
        "type": kind[1].capitalize() if kind else None,
        "number": number[1] if number else None,
        "issuer": lines[1].capitalize() if len(lines) > 1 else None,
        "parent_body": lines[0].capitalize() if lines else None,
        "place": placed[1] if placed else None,
        "date": f"{placed[4]}-{int(placed[3]):02}-{int(placed[2]):02}" if placed else None,
        "title": title,
        "signer_name": _last_person(lines),
    }


def _last_person(lines: list[str]) -> str | None:
    for line in reversed(lines):
        if 2 <= len(line.split()) <= 5 and line.istitle() and _entities(line, {"PER"}):
            return line
    return None


def _section(line: str) -> dict[str, Any] | None:
    match = _LINE.fullmatch(line)
    if match is None or line.endswith((".", ";", ",")):
        return None
    level = 1 if match[1] else 2 + (match[2] or "").count(".") if match[2] else 3
    heading = match[4].rstrip(":")
    kind = next((kind for kind, words in _KINDS if re.search(words, heading.lower())), "other")
    return {"label": match[1] or match[2] or match[3], "heading": heading, "level": level, "kind": kind}


def _bodies(line: str) -> list[str]:
    named = [match[0] for match in _OFFICE.finditer(line[:400])]
    return [*named, *(entity for entity in _entities(line[:400], {"ORG", "PER"}) if entity not in named)]


def _role(line: str) -> str:
    return "coordinate" if "phối hợp" in line and "chủ trì" not in line else "advise" if "tham mưu" in line else "lead"


def _recipients(lines: list[str]) -> list[str]:
    return [line.lstrip("- ").rstrip(";.") for line in _under(lines, r"Nơi nhận") if line.startswith("-")]


def _under(lines: list[str], head: str) -> list[str]:
    start = next((index for index, line in enumerate(lines) if re.search(head, line)), None)
    found: list[str] = []
    for line in lines[start + 1 :] if start is not None else ():
        if line and not line.startswith(("-", "+")):
            break
        found.append(line)
    return found


def _iso(date: str) -> str:
    day, month, year = re.findall(r"\d+", date)
    return f"{year}-{int(month):02}-{int(day):02}"


def _entities(text: str, kinds: set[str]) -> list[str]:
    from underthesea import ner

    found: list[str] = []
    for token, _, _, tag in ner(text):
        if tag[:2] == "B-" and tag[2:] in kinds:
            found.append(token)
        elif tag[:2] == "I-" and tag[2:] in kinds and found:
            found[-1] += f" {token}"
    return found

"""Phrases of rewards: forms, sums of money, and to whom and for what something is given."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.document import TracedText
from pipeline.extraction.task_values import trimmed
from pipeline.language.numerals import number_of

__all__ = ["FORM", "Recipients", "amounts_by_noun", "count_of", "names_recipients", "read_amount", "recipients_of"]

FORM = re.compile(
    r"(?<!\w)(?:(?P<count>\d{1,4}|một|hai|ba|bốn|năm|mười)\s)?(?P<form>Huân\schương(?:\s(?:Sao vàng"
    r"|Hồ Chí Minh|Độc lập|Quân công|Lao động|Bảo vệ Tổ quốc|Chiến công"
    r"|Đại đoàn kết dân tộc|Dũng cảm|Hữu nghị))?(?:\shạng\s(?:Nhất|Nhì|Ba)|\scác\shạng)?"
    r"|Huy\schương(?:\s(?:Vàng|Bạc|Đồng|Hữu nghị))?|Bằng\s(?:Lao động sáng tạo|Tuổi trẻ sáng tạo"
    r"|Tổ quốc ghi công)|Cờ\s(?:thi\sđua|truyền\sthống"
    r"|đơn vị)(?:\sxuất sắc)?"
    r"|Bằng\skhen|Giấy\skhen|Kỷ\sniệm\schương|Thư\skhen|Giấy\schứng\snhận"
    r"|danh\shiệu\s[“\"][^”\"]{3,80}[”\"]|danh\shiệu\s(?:Anh hùng Lao động"
    r"|Chiến sĩ thi đua(?: toàn quốc| cơ sở)?|Lao động tiên tiến|Tập thể lao động (?:xuất sắc"
    r"|tiên tiến)|Gia đình văn hóa)"
    r"|Chiến\ssĩ\sthi\sđua(?:\stoàn\squốc|\scơ\ssở)|Tập\sthể\s[Ll]ao\sđộng\s(?:xuất\ssắc|tiên\stiến)"
    r"|[Gg]iải\s(?:thưởng\s[“\"][^”\"]{3,80}[”\"]|[Nn]hất|[Nn]hì|[Bb]a(?!\s(?:giải|tháng))|[Tt]ư"
    r"|[Kk]huyến\skhích|[Đđ]ặc\sbiệt|[Tt]riển\svọng|[Tt]ập\sthể|[Tt]oàn\sđoàn|[A-C](?!\w)))(?!\w)"
)
"""What is given; `count` is how many of it."""

_NOUN = (
    r"(?:tập\sthể|cá\snhân|đơn\svị|cụm|khối|lớp|tổ|nhóm|đội|học\ssinh|sinh\sviên|giáo\sviên|cán\sbộ"
    r"|đồng\schí|đảng\sviên|đoàn\sviên|hội\sviên"
    r"|tác\sgiả|thí\ssinh|gia\sđình|hộ|doanh\snghiệp|trường|chi\sbộ|tổ\schức\sđảng|người|công\strình"
    r"|mô\shình|công\snhân)"
)
_IS_NOUN = re.compile(_NOUN, re.IGNORECASE)
_COUNTED = re.compile(rf"(?<!\w)(?P<count>\d{{1,4}})\s(?P<noun>{_NOUN})(?!\w)", re.IGNORECASE)
_STOP = re.compile(
    r"(?:,|;)?\s(?:mức\s(?:tiền\s)?(?:thưởng|khen)|kèm\s|trị\sgiá|với\s(?:số|mức)\stiền|mỗi\s(?:tập|cá"
    r"|giải|suất|phần)|số\stiền|nhân\s(?:dịp|kỷ niệm)|theo\squy\sđịnh)"
    r"|\s?\((?:có|kèm|theo|danh)[^()]*\)|[;:]|\.(?!\d)|\s(?:01|02|03|\d)\s(?:giải|suất)\s",
    re.IGNORECASE,
)
_CRITERIA = re.compile(
    r"(?<!\w)(?:có\s(?!tên|liên)|đạt\s|dẫn\sđầu|tiêu\sbiểu|xuất\ssắc|điển\shình|hoàn\sthành"
    r"|thực\shiện\stốt|đoạt\s|được\s)",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?<![\d.])(?P<number>\d{1,3}(?:[.\s]\d{3})+|\d+(?:,\d+)?)\s?(?P<unit>triệu(?:\sđồng)?|tỷ\sđồng"
    r"|nghìn\sđồng|ngàn\sđồng|đồng|vnđ|vnd|đ)(?!\w)",
    re.IGNORECASE,
)
_EACH = re.compile(rf"^\s?(?:/|đối\svới|cho|một)\s?(?:mỗi\s)?(?P<noun>{_NOUN})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who may get it, how many of them, and for what."""

    whom: TracedText
    quantity: int | None
    criteria: TracedText

    @property
    def noun(self) -> str:
        """What they are, folded: `tập thể`, `cá nhân` …"""
        match = _IS_NOUN.search(self.whom.text)
        return match[0].casefold() if match is not None else ""


def names_recipients(text: str) -> bool:
    """Whether a phrase names persons or bodies that can be rewarded."""
    return _IS_NOUN.search(text) is not None


def count_of(text: str | None) -> int | None:
    """A printed count, or None."""
    return number_of(text) if text else None


def recipients_of(sentence: TracedText, start: int, end: int) -> list[Recipients]:
    """The recipients that a phrase names: each counted kind by itself, else the phrase up to what they did.

    Args:
        sentence: with the phrase from `start` to `end`, which may run on past it.
    """
    stop = _STOP.search(sentence.text, start, end)
    if stop is not None:
        end = stop.start()
    counted = list(_COUNTED.finditer(sentence.text, start, end))
    begin = counted[-1].end() if counted else start
    match = _CRITERIA.search(sentence.text, begin, end)
    criteria = trimmed(sentence.slice(match.start(), end)) if match is not None else TracedText()
    if counted:
        return [Recipients(sentence.slice(*piece.span()), int(piece["count"]), criteria) for piece in counted]
    whom = trimmed(sentence.slice(start, match.start() if match is not None else end))
    return [Recipients(whom, None, criteria)] if whom and names_recipients(whom.text) else []


def read_amount(text: str) -> int | None:
    """The first sum of money in a text, in đồng; None where there is none."""
    match = _AMOUNT.search(text)
    return _sum(match) if match is not None else None


def amounts_by_noun(text: str) -> Iterator[tuple[str, int]]:
    """Sums that are said to go to each of a kind: (`tập thể`, 1500000)."""
    for match in _AMOUNT.finditer(text):
        each = _EACH.match(text[match.end() : match.end() + 40])
        if each is not None:
            yield each["noun"].casefold(), _sum(match)


def _sum(match: re.Match[str]) -> int:
    unit = match["unit"].casefold()
    factor = 1
    for word, value in (("tỷ", 1_000_000_000), ("triệu", 1_000_000), ("nghìn", 1_000), ("ngàn", 1_000)):
        if unit.startswith(word):
            factor = value
    digits = match["number"]
    if "," in digits:
        return round(float(digits.replace(",", ".")) * factor)
    return int(re.sub(r"\D", "", digits)) * factor

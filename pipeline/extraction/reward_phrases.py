"""Phrases of rewards: forms, sums of money, and to whom and for what something is given."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.document import TracedText
from pipeline.extraction.task_values import trimmed
from pipeline.language.numerals import number_of

__all__ = [
    "FORM",
    "NOUN",
    "Recipients",
    "amounts_by_noun",
    "count_of",
    "each_of",
    "names_recipients",
    "phrase_start",
    "read_amount",
    "recipients_of",
    "whoever",
]

_NUMERAL = r"\d{1,4}|[Mm]ột|[Hh]ai|[Bb]a|[Bb]ốn|[Nn]ăm|[Ss]áu|[Bb]ảy|[Tt]ám|[Cc]hín|[Mm]ười"
FORM = re.compile(
    rf"(?<!\w)(?:(?P<count>{_NUMERAL})(?:\s\([^()\d]{{1,16}}\))?\s)?(?P<form>Huân\schương(?:\s(?:Sao [Vv]àng"
    r"|Hồ Chí Minh|Độc lập|Quân công|Lao động|Bảo vệ Tổ quốc|Chiến công"
    r"|Đại đoàn kết dân tộc|Dũng cảm|Hữu nghị))?(?:\shạng\s(?:Nhất|Nhì|Ba|nhất|nhì|ba))?(?:\scác\shạng)?"
    r"|Huy\schương(?:\s(?:Vàng|Bạc|Đồng|Hữu nghị|vàng|bạc|đồng))?|Bằng\s(?:Lao động sáng tạo"
    r"|[Tt]uổi trẻ sáng tạo|Tổ quốc ghi công)"
    r"|[Cc]ờ\s(?:thi\sđua|truyền\sthống|đơn\svị|dẫn\sđầu|luân\slưu|luân\schuyển|danh\sdự|nhất)"
    r"(?:\s(?:xuất sắc|thi đua))?(?:\s(?:toàn diện))?"
    r"|[Cc]úp\s(?:vô\sđịch|luân\slưu|vàng|bạc|đồng|lưu\sniệm|Vàng|Bạc|Đồng)|(?:[Gg]iấy|[Tt]hư)\s(?:biểu|tuyên)\sdương"
    r"|[Bb]ằng\skhen|[Gg]iấy\skhen|[Tt]hư\skhen|[Gg]iấy\schứng\snhận(?!\s(?:đăng|quyền|đủ|huấn|kết|an\stoàn|kiểm"
    r"|đầu))"
    r"|(?:[Kk]ỷ\sniệm\schương|[Hh]uy\shiệu)(?:\s[“\"][^“”\"]{3,120}[”\"])?"
    r"|danh\shiệu\s[“\"][^”\"]{3,80}[”\"]"
    r"|(?:danh\shiệu\s)?(?:Anh\shùng\sLao\sđộng|Chiến\ssĩ\sthi\sđua(?:\stoàn\squốc|\scơ\ssở|\scấp\s(?:tỉnh|bộ"
    r"|cơ\ssở))"
    r"|[Tt]ập\sthể\s[Ll]ao\sđộng\s(?:xuất\ssắc|tiên\stiến)|Lao\sđộng\stiên\stiến|Chiến\ssĩ\stiên\stiến"
    r"|Đơn\svị\s(?:quyết\sthắng"
    r"|tiên\stiến))"
    r"|[Gg]iải\s(?:thưởng\s[“\"][^”\"]{3,80}[”\"]|(?:[Nn]hất|[Nn]hì|[Bb]a(?!\s(?:giải|tháng))|[Tt]ư|NHẤT|NHÌ|BA"
    r"|[Kk]huyến\skhích|[Đđ]ặc\sbiệt|[Tt]riển\svọng|[Pp]hong\strào|[Pp]hụ|[Xx]uất\ssắc|[Cc]huyên\sđề"
    r"|[Vv]àng|[Bb]ạc|[Đđ]ồng(?!\s(?:bộ|thời|hành|loạt|đội|hạng))|[Tt]ập\sthể|[Tt]oàn\sđoàn|[Cc]á\snhân"
    r"|[Đđ]ồng\sđội|[A-C](?!\w))"
    r"(?:\s(?:toàn\sđoàn|toàn\scuộc|tập\sthể|cá\snhân|đồng\sđội|xuất\ssắc|tiêu\sbiểu))?"
    r"|[“\"][^“”\"]{3,60}[”\"]|(?(count)[A-ZĐÀ-Ỹ]\w+(?:\s[^\W\d_A-Z]+){0,4}?"
    r"(?=\s?(?:[,:;.(]|$)|\s(?:trị\sgiá|mức|mỗi|cho|kèm|và|gồm|với|được)(?!\w))|(?!)))"
    r"|(?:(?<=[:;,]\s)|(?<=\A))(?:Nhất|Nhì|Ba|Tư|Khuyến\skhích|Đặc\sbiệt)(?=\s?[:(]\s?\d))(?!\w)"
)
"""What is given; `count` is how many of it."""

NOUN = (
    r"(?:tập\sthể|cá\snhân|đơn\svị|cụm|khối|lớp|tổ(?!\sthi)|nhóm|đội|học\ssinh|sinh\sviên|học\sviên|giáo\sviên"
    r"|giảng\sviên|nhà\sgiáo|cán\sbộ|công\schức|viên\schức|nhân\sviên|người|công\snhân|nông\sdân|phụ\snữ|thanh\sniên"
    r"|đồng\schí|đảng\sviên|đoàn\sviên|hội\sviên|đội\sviên|chiến\ssĩ|vận\sđộng\sviên|thành\sviên|quần\schúng"
    r"|tác\sgiả|nhóm\stác\sgiả|thí\ssinh|gia\sđình|hộ\sgia\sđình|hộ|doanh\snghiệp|doanh\snhân|trường|nhà\strường"
    r"|chi\sbộ|chi\sđoàn"
    r"|chi\shội|liên\sđội|đảng\sbộ|tổ\schức|cơ\squan|cơ\ssở|công\sđoàn|địa\sphương|xã|phường|thôn|bản|ấp|khu\sphố"
    r"|tổ\sdân\sphố|khu\sdân\scư|phòng|khoa|công\strình|mô\shình|sáng\skiến|tác\sphẩm|sản\sphẩm|bài|bài\sdự\sthi"
    r"|điển\shình|gương(?!\smẫu)|em|cấp\shội|cựu\schiến\sbinh|nghệ\snhân|trẻ\sem|thầy|cô|phóng\sviên|đề\stài|đại\sbiểu"
    r"|dân\squân|già\slàng|tiết\smục|gian\shàng|hợp\stác\sxã|tổ\shợp\stác|trang\strại|chi\snhánh|phân\sxưởng"
    r"|câu\slạc\sbộ|bác\ssĩ|y\ssĩ|điều\sdưỡng|lái\sxe|tiểu\sthương|ngư\sdân|xóm|buôn|làng|dòng\shọ|đại\sđội|trung\sđội"
    r"|tiểu\sđội|tiểu\sđoàn|ý\stưởng|giải\spháp|chủ\shộ|chuyên\sgia|nhà\s(?:báo|văn|thơ|khoa\shọc|tài\strợ)"
    r"|(?:(?!công|khuôn|viện)[^\W\d_]+\s)?(?!công|khuôn|viện)[^\W\d_]+\sviên"
    r"|(?!tuân|bảo|đối)[^\W\d_]+\s(?:sĩ|sỹ|sư(?!\s(?:đoàn|phạm))|thủ(?!\s(?:tục|trưởng|đô|tướng|công|quỹ))))"
)
_QUANTIFIER = r"(?:các|những|mỗi|mọi|tất\scả(?:\scác)?|toàn\sthể|một\ssố|từng|\d{1,4})\s"
_LABEL_BEFORE = re.compile(r"[^:.;]{1,40}:\s")
_AT_MOST = re.compile(r"\s?(?:đối với|riêng|với|không quá|tối đa|khoảng|chọn|có)?\s?", re.IGNORECASE)
_IS_NOUN = re.compile(rf"(?<!\w){NOUN}(?!\w)", re.IGNORECASE)
_SMALL = "một|hai|ba|bốn|sáu|bảy|tám|chín|mười"
_IN_WORDS = re.compile(rf"(?P<count>{_SMALL})\s(?={NOUN}(?!\w))", re.IGNORECASE)
_ONE_KIND = rf"(?:{_QUANTIFIER}|(?:{_SMALL})\s)?{NOUN}(?!\w)"
_PHRASE = re.compile(_ONE_KIND, re.IGNORECASE)
_QUANTIFIED = re.compile(rf"(?<!\w){_QUANTIFIER}{NOUN}(?!\w)", re.IGNORECASE)
_CHAIN = re.compile(rf"{_ONE_KIND}(?:(?:\s|,\s|\s(?:và|hoặc)\s){_ONE_KIND})*", re.IGNORECASE)
_COUNTED = re.compile(rf"(?<![\w./])(?P<count>\d{{1,4}})\s(?P<noun>{NOUN})(?!\w)", re.IGNORECASE)
_MINIMUM = re.compile(r"(?:mỗi|mức|hạng|thứ|top|từ|trên|dưới|nhất|đa)\s$", re.IGNORECASE)
_STOP = re.compile(
    r"(?:,|;)?\s(?:mức\s(?:tiền\s)?(?:thưởng|khen)|kèm\s|kèm\stheo|trị\sgiá|với\s(?:số|mức)\stiền"
    r"|(?:và\s)?(?:tiền|phần)\sthưởng|mỗi\s(?:tập|cá"
    r"|giải|suất|phần|đơn|gia|học|hộ|mô|lớp|nhóm|đội|chi|sản|bài|tác|công|thôn|người|em)|số\stiền|nhân\s(?:dịp"
    r"|kỷ niệm)|theo\s(?:quy|đúng|thẩm|phân)|tại\s(?:hội|lễ"
    r"|buổi|đại)"
    r"|vào\sdịp|nhằm\s|để\s|đồng\sthời|làm\scơ\ssở)"
    r"|\s?\((?:có|kèm|theo|danh|nếu)[^()]*\)|[;:]|\.(?!\d)|\s(?:01|02|03|\d)\s(?:giải|suất)\s|,?\s(?:và"
    r"|hoặc)?\s?(?:đề\snghị"
    r"|tặng|trao|xét|biểu\sdương|khen\sthưởng)\s",
    re.IGNORECASE,
)
_CRITERIA = re.compile(
    r"(?<!\w)(?:(?:đã\s)?(?:có\s(?!tên|liên)|đạt\s|đoạt\s|giành\s|lập\s|hoàn\sthành|thực\shiện|tham\sgia"
    r"|tích\scực|tự\snguyện"
    r"|làm\stốt|chấp\shành|đóng\sgóp|triển\skhai|tổ\schức\s(?:tốt|thực|triển)|vượt|được\s|khắc\sphục|không\s"
    r"|gương\smẫu"
    r"|phát\shuy|hoạt\sđộng\s(?:tốt|hiệu|xuất)|giúp|hiến\s|cứu\s|phát\shiện|tố\sgiác|(?<!động\s)(?<!tác\s)(?<!lượng\s)bảo\svệ\s(?!viên)|ủng\shộ"
    r"|(?:giữ|bảo\sđảm|bảo\stoàn)\s|về\s(?:đích|nhất|nhì|trước|sớm)|chưa\s|luôn\s|nhiều\snăm\s|liên\stục"
    r"|kịp\sthời|dũng\scảm|mưu\strí|nhiệt\stình|năng\snổ|nộp\s|hưởng\sứng|vận\sđộng\s(?!viên)|(?<!người\s)đứng\s(?:đầu|thứ|nhất)"
    r"|(?:tăng|giảm|vượt)\s|lọt\s|góp\s|thu\s(?:gom|hút)|kê\skhai|sản\sxuất\s(?=giỏi|tốt)|cải\stiến|sáng\stác\s|sáng\schế|học\s(?:giỏi|tốt)|chạy\s|trồng\s|quyên\sgóp|tiết\skiệm"
    r"|tiến\sbộ)|dẫn\sđầu|(?!giải|thứ|hạng)[^\W\d_]+\s(?:[^\W\d_]+\s)?nhất(?!\strí|\sđịnh)"
    r"|đặc\sbiệt\s(?=xuất|tiêu)|tiêu\sbiểu|xuất\ssắc"
    r"|điển\shình|nổi\sbật|tốt\s|giỏi|ưu\stú"
    r"|hay(?!\s(?:nhất\s)?(?:cá|tập))"
    r"|đẹp|là\s|xếp\s)",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?<![\d.])(?P<number>\d{1,3}(?:[.\s]\d{3})+|\d+(?:,\d+)?)(?:,-)?\s?(?:\([^()\d]{3,60}\)\s?)?"
    r"(?P<unit>triệu(?:\sđồng)?|tỷ\sđồng"
    r"|nghìn(?:\sđồng)?|ngàn(?:\sđồng)?|đồng|vnđ|vnd|đ)(?!\w)",
    re.IGNORECASE,
)
_EACH = re.compile(rf"^\s?(?:/|đối\svới|cho|một|dành\scho)\s?(?:mỗi\s|các\s|01\s)?(?P<noun>{NOUN})", re.IGNORECASE)
_EACH_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:mỗi|đối\svới|cho|các)\s)?(?P<noun>{NOUN})\s?(?::|là|được\sthưởng|được|thưởng|trị\sgiá|mức|,)?"
    r"(?:\s(?:thưởng|mức|số|tiền|là|kèm|theo|trị|giá)){0,4}\s?:?\s?$",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(?<!\w)(?:tổng|kinh phí|ngân sách|dự toán)[^.;]{0,60}$", re.IGNORECASE)

_EACH_OF_THEM = re.compile(
    rf"\s?(?:/|đối\svới|cho|dành\scho)\s?(?:(?:mỗi|một|01)\s)(?P<noun>{NOUN})(?!\w)", re.IGNORECASE
)
_JOINT = re.compile(r"(?:,\s?(?:và|cùng)?|\s(?:và|cùng|hoặc))\s?$")
_MAX_COUNTED_WORDS = 14


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
    return number_of(text.casefold()) if text else None


def phrase_start(text: str, start: int, end: int) -> int | None:
    """Where a phrase of recipients begins: at the start or behind a comma, else where the first is counted."""
    label = _LABEL_BEFORE.match(text, start, end)
    most = _AT_MOST.match(text, label.end(), end) if label is not None else None
    if label is not None and most is not None and _PHRASE.match(text, most.end(), end):
        start = label.end()
    openings = [
        start,
        *(match.end() for match in re.finditer(r"[,:–-]\s|(?<!\w)(?:đối với|dành cho|cho)\s", text[start:end])),
    ]
    for opening in openings:
        at = opening if opening == start else start + opening
        lead = _AT_MOST.match(text, at, end)
        at = lead.end() if lead is not None else at
        if _PHRASE.match(text, at, end):
            return at
    found = _QUANTIFIED.search(text, start, end)
    return found.start() if found is not None else None


def whoever(sentence: TracedText, start: int, end: int, named: int | None) -> list[Recipients]:
    """The subject of a sentence that says it is given something, whatever it is called.

    Args:
        named: where the name of a body that it begins with ends.
    """
    match = _CRITERIA.search(sentence.text, named or min(start + 2, end), end)
    whom = trimmed(sentence.slice(start, match.start() if match is not None else end))
    criteria = trimmed(sentence.slice(match.start(), end)) if match is not None else TracedText()
    return [Recipients(whom, None, criteria)] if whom else []


def recipients_of(sentence: TracedText, start: int, end: int) -> list[Recipients]:
    """The recipients that a phrase names: each counted kind by itself, else the phrase up to what they did.

    Args:
        sentence: with the phrase from `start` to `end`, which may run on past it.
    """
    text = sentence.text
    counted = [
        piece
        for piece in _COUNTED.finditer(text, start, end)
        if not _MINIMUM.search(text[max(start, piece.start() - 8) : piece.start()])
    ]
    stop = _STOP.search(text, start, end)
    if stop is not None:
        counted = [piece for piece in counted if piece.start() < stop.start() or _joined(text, counted, piece)]
        end = stop.start() if not counted or counted[-1].end() <= stop.start() else end
    if counted and counted[0].start() > start + 60 and _CRITERIA.search(text, start, counted[0].start()):
        counted = []
    if counted:
        first = _uncounted(sentence, start, counted[0].start())
        others = _each_counted(sentence, counted, end)
        if first is not None and not first.criteria:
            first = replace(first, criteria=others[-1].criteria)
        return [first, *others] if first is not None else others
    nouns = _CHAIN.match(text, start, end)
    match = _CRITERIA.search(text, nouns.end() if nouns is not None else min(start + 2, end), end)
    criteria = trimmed(sentence.slice(match.start(), end)) if match is not None else TracedText()
    whom = trimmed(sentence.slice(start, match.start() if match is not None else end))
    in_words = _IN_WORDS.match(whom.text)
    return (
        [Recipients(whom, count_of(in_words["count"]) if in_words is not None else None, criteria)]
        if whom and names_recipients(whom.text)
        else []
    )


def each_of(sentence: TracedText, start: int, end: int) -> list[Recipients]:
    """The kinds of `2.000.000 đồng đối với mỗi tập thể, 1.000.000 đồng đối với mỗi cá nhân …`, with what they did."""
    text = sentence.text
    kinds = [
        each
        for money in _AMOUNT.finditer(text, start, end)
        if (each := _EACH_OF_THEM.match(text, money.end(), end)) is not None
    ]
    if not kinds:
        return []
    stop = _STOP.search(text, kinds[-1].end(), end)
    limit = stop.start() if stop is not None else end
    match = _CRITERIA.search(text, kinds[-1].end(), limit)
    criteria = trimmed(sentence.slice(match.start(), limit)) if match is not None else TracedText()
    return [Recipients(sentence.slice(*kind.span("noun")), None, criteria) for kind in kinds]


def _uncounted(sentence: TracedText, start: int, end: int) -> Recipients | None:
    """Those without a number who stand in one row before the counted (`đơn vị đạt giải Nhất và 05 cá nhân …`)."""
    joint = _JOINT.search(sentence.text[start:end].rstrip() + " ") if end > start else None
    nouns = _CHAIN.match(sentence.text, start, end) if joint is not None else None
    if joint is None or nouns is None:
        return None
    stop = start + joint.start()
    match = _CRITERIA.search(sentence.text, nouns.end(), stop) if nouns.end() <= stop else None
    whom = trimmed(sentence.slice(start, match.start() if match is not None else stop))
    criteria = trimmed(sentence.slice(match.start(), stop)) if match is not None else TracedText()
    return Recipients(whom, None, criteria) if whom and len(whom.text.split()) <= _MAX_COUNTED_WORDS else None


def _joined(text: str, counted: list[re.Match[str]], piece: re.Match[str]) -> bool:
    """Whether a counted kind stands in one row with the one before it, each with its own sum."""
    index = counted.index(piece)
    if index == 0:
        return False
    between = text[counted[index - 1].end() : piece.start()]
    return len(between) < 90 and _AMOUNT.search(between) is not None and not re.search(r"[;.]\s", between)


def _each_counted(sentence: TracedText, counted: list[re.Match[str]], end: int) -> list[Recipients]:
    """Each counted kind with its words and what it did; what the last did holds for those that say nothing."""
    found: list[Recipients] = []
    for index, piece in enumerate(counted):
        limit = counted[index + 1].start() if index + 1 < len(counted) else end
        stop = _STOP.search(sentence.text, piece.end(), limit)
        limit = stop.start() if stop is not None else limit
        match = _CRITERIA.search(sentence.text, piece.end(), limit)
        whom = _without_joint(sentence.slice(piece.start(), match.start() if match is not None else limit))
        criteria = _without_joint(sentence.slice(match.start(), limit)) if match is not None else TracedText()
        if len(whom.text.split()) > _MAX_COUNTED_WORDS:
            whom = sentence.slice(*piece.span())
        found.append(Recipients(whom, int(piece["count"]), criteria))
    last = found[-1].criteria
    return [given if given.criteria else replace(given, criteria=last) for given in found]


def _without_joint(text: TracedText) -> TracedText:
    """Without the comma or `và` that leads to the next of a row."""
    joint = _JOINT.search(text.text)
    return trimmed(text.slice(0, joint.start() if joint is not None else None))


def read_amount(text: str) -> int | None:
    """The first sum of money in a text that is no total, in đồng; None where there is none."""
    match = next(
        (
            match
            for match in _AMOUNT.finditer(text)
            if not _TOTAL.search(text[max(0, match.start() - 80) : match.start()])
        ),
        None,
    )
    return _sum(match) if match is not None else None


def amounts_by_noun(text: str) -> Iterator[tuple[str, int]]:
    """Sums that are said to go to each of a kind: (`tập thể`, 1500000)."""
    last = 0
    for match in _AMOUNT.finditer(text):
        each = _EACH.match(text[match.end() : match.end() + 40]) or _EACH_BEFORE.search(
            text[max(last, match.start() - 60) : match.start()]
        )
        if each is not None:
            yield each["noun"].casefold(), _sum(match)
        last = match.end()


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

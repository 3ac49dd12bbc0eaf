"""Names of movements in a text: quoted, designated by their own words, or known to the whole country."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.language.nlp import fold_tones

__all__ = ["NamedMovement", "SCHOOL_YEAR", "named_movements"]

_QUOTE = r"[“\"«'‘]"
_UNQUOTE = r"[”\"»'’]"
_QUOTED = rf"{_QUOTE}\s?(?P<quoted>[^“”\"«»]{{3,160}}?)\s?{_UNQUOTE}"
_DESIGNATED = (
    r"(?:toàn dân|toàn quốc|cả nước|năm học \d{4}|đền ơn|xóa (?:đói|nhà)|bình dân học vụ|dạy tốt"
    r"|lao động (?:giỏi|sáng tạo)|mỗi |tuổi trẻ"
    r"|phụ nữ |nông dân |cựu chiến binh |người tốt|nói không|lập thành tích|chung (?:tay|sức)"
    r"|thực hành tiết kiệm|học tập và làm theo"
    r"|xây dựng (?:nông thôn mới|trường học)|giỏi việc|hai giỏi|thanh niên |vì |không ai|(?-i:[A-ZĐÂÊÔƠƯÁÀẢÃẠ]))"
)
_END = (
    r"(?=\s?(?:[.;:()“”\"/]|,(?!\s(?:chống|ứng phó|vệ sinh lao|thực phẩm|chữa cháy))|$|\s(?:gắn với|gắn liền|để"
    r"|nhằm|do"
    r"|tại|theo|trên|của|được|đã"
    r"|sẽ|đến|trong|ở|và các|và cuộc|và Tuần|và Tháng|[-–] Tháng|và phong trào|và phát động|và tổ chức"
    r"|và triển khai|từ ngày"
    r"|từ tháng|ngày \d|thi đua toàn"
    r"|về việc|với|cho|vào|năm (?:19|20)\d\d|giai đoạn|lần thứ|khi|qua|thông qua|đồng thời|có hiệu quả|hiệu quả"
    r"|là|như|này|nói trên|nêu trên|(?:trên\s)?toàn (?:tỉnh|thành phố|huyện|xã|phường)"
    r"|(?:tỉnh|huyện|thành phố|thị xã|quận|phường|xã|thị trấn|đặc khu)"
    r"(?:\s(?-i:[A-ZĐÂÊÔƠƯÁÀẢÝ])[^\W\d_]*){1,5}(?=\s?(?:[.;:()”\"]|$|\s(?:năm|giai đoạn|lần thứ|như|từ|do)\s)))\b))"
)
_LETTERS = r"(?:[^.;:,()“”\"]|(?<=phòng),(?=\schống)|(?<=ngừa),(?=\sứng phó))"
_HEAD = re.compile(
    r"(?P<head>phong\strào(?:\sthi\sđua)?(?:\syêu\snước)?(?:\sđặc\sbiệt|\scao\sđiểm)?"
    r"|(?<=phát\sđộng\s)thi\sđua(?:\sđặc\sbiệt)?|cuộc\svận\sđộng|chiến\sdịch"
    r"|đợt\s(?:thi\sđua|cao\sđiểm)(?:\scao\sđiểm)?(?:\sđặc\sbiệt)?)(?:\s|:\s)",
    re.IGNORECASE,
)
_NAMED_TIME = re.compile(
    r"(?<!\w)(?P<name>(?:Tuần\slễ|Tháng(?=\s(?:[Hh]ành động|cao điểm|[Cc]ông nhân|[Tt]hanh niên"
    r"|[Nn]hân đạo|[Kk]huyến học|[Aa]n toàn|[Cc]huyển đổi"
    r"|hưởng ứng|phát động|thi đua|văn hóa|tuyên truyền|vì|Vì)))\s(?:[^.;:,()“”\"]"
    r"|(?<=ngừa),(?=\sứng phó)|(?<=phòng),(?=\schống)|(?<=sinh),(?=\sthực phẩm)|(?<=toàn),(?=\svệ sinh)"
    r"|(?<=cháy),(?=\schữa)){4,110}?"
    r"|Tháng\s(?:Công nhân"
    r"|Thanh niên|Nhân đạo"
    r"|công nhân|thanh niên))" + _END
)
_QUOTED_TIME = re.compile(rf"{_QUOTE}\s?(?P<name>(?:Tuần\slễ|Tháng)\s[^“”\"]{{4,120}}?)\s?{_UNQUOTE}")
_NEXT = re.compile(
    rf"\s?(?:,|;|và|,\svà)\s(?:(?:phong\strào(?:\sthi\sđua)?|cuộc\svận\sđộng)\s)?(?:{_QUOTED}"
    rf"|(?P<plain>{_DESIGNATED}{_LETTERS}{{3,120}}?){_END})",
    re.IGNORECASE,
)
_FIRST_QUOTED = re.compile(
    rf"(?:(?:thi\sđua|toàn\squốc|trong\stoàn\s\w+|cao\sđiểm|đặc\sbiệt|sau|như|sau\sđây|trọng\stâm|là|gồm"
    rf"|chuyên\sđề)[:,]?\s)*"
    rf"(?:(?:với|theo)\s(?:chủ\sđề|tên\sgọi|khẩu\shiệu):?\s)?{_QUOTED}",
    re.IGNORECASE,
)
_FIRST_PLAIN = re.compile(
    rf"(?P<plain>năm\shọc\s\d{{4}}\s?[-–]\s?\d{{4}}|(?i:{_DESIGNATED}){_LETTERS}{{3,140}}?{_END})"
)
_CAMPAIGN = re.compile(
    rf"(?P<plain>(?:(?-i:[A-ZĐ])|truyền thông|tuyên truyền|ra quân|làm sạch|mùa hè|thanh niên"
    rf"|tình nguyện|tiêm|phòng|giải tỏa|hiến){_LETTERS}{{4,120}}?){_END}"
)
_GREETING = re.compile(
    r"(?:lập\sthành\stích\s)?chào\smừng\s(?:[^.;:,()“”\"]|/(?=\d)){3,140}?(?=\s?[.;:,()“”\"]|$|\s(?:từ\sngày"
    r"|từ\stháng|do|được|nhằm|gắn"
    r"|giai\sđoạn|trong|theo|để)(?!\w))",
    re.IGNORECASE,
)
_BATTLE = re.compile(
    r"(?:Điện\sBiên|Hồ\sChí\sMinh|Biên\s[Gg]iới|Tây\sNguyên|Mậu\sThân|Mùa\s[Xx]uân|Việt\sBắc|Huế|Đường\s(?:9|14)"
    r"|Trị\s[-–])"
)
_MIN_LISTED = 3
_MAX_LIST_CHARACTERS = 2000
_SENTENCE_END = re.compile(r"\.(?:\s|$)|$")
_NOT_A_NAME = re.compile(
    r"^(?:tuần lễ|tháng)\s(?:được|này|là|từ|có|diễn|sẽ|nêu|nói|trên|như|với|đã|đó|theo)(?!\w)", re.IGNORECASE
)
_PLURAL = re.compile(r"(?:các|những|nhiều|mọi|hoạt động|tổ chức các|,)\s$", re.IGNORECASE)
_GENERAL = re.compile(
    r"^(?:thi đua|yêu nước|khác|của|do|này|đó|trong|tại|ở|văn hóa, văn nghệ|thể dục|thể thao|và|các"
    r"|cách mạng|chung|quần chúng|đã|được|hiện có|được phát động|theo|về|nói trên|trên|nêu trên)(?!\w)",
    re.IGNORECASE,
)
SCHOOL_YEAR = re.compile(r"^năm\shọc\s(?P<first>\d{4})\s?[-–]\s?(?P<last>\d{4})", re.IGNORECASE)
"""A movement that is only named by its school year."""


@dataclass(frozen=True, slots=True)
class NamedMovement:
    """A name from `start` to `end` of a text; what follows it begins at `after`.

    Attributes:
        head: where the words that announce it begin (`phong trào thi đua`).
        joined: whether it stands in one row with the name before it.
        anew: whether it is announced by words of its own all the same.
    """

    start: int
    end: int
    after: int
    head: int
    joined: bool = False
    anew: bool = False


@cache
def _known() -> dict[str, tuple[str, ...]]:
    """The known names by their first word, longest first, folded."""
    data = tomllib.loads(files("pipeline.extraction").joinpath("data", "movements.toml").read_text("utf-8"))
    by_first: dict[str, list[str]] = {}
    for name in data["names"]:
        folded = _bare(name)
        by_first.setdefault(folded.split()[0], []).append(folded)
    return {first: tuple(sorted(set(names), key=len, reverse=True)) for first, names in by_first.items()}


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold_tones(text)))


def known_name_end(text: str, start: int) -> int | None:
    """Where a known name that begins at an offset ends; None where none begins there."""
    words = [
        (start + match.start(), start + match.end(), fold_tones(match[0]))
        for match in re.finditer(r"\w+", text[start : start + 160])
    ]
    if not words or words[0][0] != start:
        return None
    folded = [word for _, _, word in words]
    for name in _known().get(folded[0], ()):
        parts = name.split()
        if folded[: len(parts)] == parts:
            return words[len(parts) - 1][1]
    return None


def named_movements(text: str) -> Iterator[NamedMovement]:
    """Every movement that a text names, in order of their kinds: announced ones, then weeks and months of action."""
    taken = 0
    for match in _HEAD.finditer(text):
        if match.start() < taken:
            continue
        for named in _announced(text, match):
            yield named
            taken = named.after
    quoted: list[tuple[int, int]] = []
    for match in _QUOTED_TIME.finditer(text):
        if match.start() >= taken:
            quoted.append(match.span())
            yield NamedMovement(*match.span("name"), match.end(), match.start())
    for match in _NAMED_TIME.finditer(text):
        if not any(start <= match.start() < end for start, end in quoted) and not _NOT_A_NAME.match(match["name"]):
            yield NamedMovement(*match.span("name"), match.end(), match.start())


def _announced(text: str, head: re.Match[str]) -> Iterator[NamedMovement]:
    listed = list(_listed(text, head))
    if listed:
        yield from listed
        return
    plural = _PLURAL.search(text[max(0, head.start() - 14) : head.start()]) is not None
    first = _first(text, head, plural=plural)
    if first is None:
        return
    start, end, after, quoted = first
    yield NamedMovement(start, end, after, head.start())
    while True:
        following = _NEXT.match(text, after)
        if following is None or not (quoted or plural):
            return
        named = "quoted" if following["quoted"] else "plain"
        again = re.search(r"phong|cuộc", following[0][:12], re.IGNORECASE)
        designated = again is not None or (named == "plain" and text[following.start("plain")].islower())
        if named == "plain" and not designated and known_name_end(text, following.start("plain")) is None:
            return
        start, end = following.span(named)
        known = known_name_end(text, start) if named == "plain" else None
        after = known or following.end()
        yield NamedMovement(start, known or end, after, head.start(), joined=True, anew=again is not None)


def _listed(text: str, head: re.Match[str]) -> Iterator[NamedMovement]:
    """The names of `các phong trào thi đua: A; B; C`, parted by semicolons."""
    if not head[0].rstrip().endswith(":") or not _PLURAL.search(text[max(0, head.start() - 14) : head.start()]):
        return
    begin = head.end()
    stop = _SENTENCE_END.search(text, begin, begin + _MAX_LIST_CHARACTERS)
    end = min(stop.start() if stop is not None else len(text), begin + _MAX_LIST_CHARACTERS)
    parts = list(re.finditer(r"[^;]+", text[begin:end]))
    if len(parts) < _MIN_LISTED:
        return
    for index, part in enumerate(parts):
        lead = len(part[0]) - len(part[0].lstrip())
        spans = [match.span("quoted") for match in re.finditer(_QUOTED, part[0])]
        if not spans and part[0][lead : lead + 1].isupper():
            spans = [(lead, len(part[0].rstrip()))]
        for start, stop_at in spans:
            offset = begin + part.start()
            yield NamedMovement(offset + start, offset + stop_at, begin + part.end(), head.start(), index > 0)


def _first(text: str, head: re.Match[str], *, plural: bool) -> tuple[int, int, int, bool] | None:
    """The name right behind the words that announce it: its start and end, what follows, and whether it is quoted."""
    begin = head.end()
    quoted = _FIRST_QUOTED.match(text, begin)
    if quoted is not None:
        return (*quoted.span("quoted"), quoted.end(), True)
    known = known_name_end(text, begin)
    if known is not None:
        return begin, known, known, False
    if _GENERAL.match(text[begin : begin + 40]):
        return None
    greeting = _GREETING.match(text, begin)
    if greeting is not None and not plural:
        return begin, greeting.end(), greeting.end(), False
    if _BATTLE.match(text, begin) and head["head"].casefold() == "chiến dịch":
        return None
    campaign = head["head"].casefold().startswith(("chiến", "cuộc")) and not plural
    plain = (_CAMPAIGN if campaign else _FIRST_PLAIN).match(text, begin)
    if plain is None or (plural and not SCHOOL_YEAR.match(plain["plain"])):
        return None
    return (*plain.span("plain"), plain.end(), False)

"""The table of movements: emulation movements and campaigns that a document launches, carries out or names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.document import Document, Passage, TracedText
from pipeline.extraction.bounds import bounded
from pipeline.extraction.deadlines import plan_period
from pipeline.extraction.task_values import inferred_value, printed_value, tidy
from pipeline.language.bodies import bodies_from
from pipeline.language.nlp import fold_tones
from pipeline.language.time_expressions import find_times
from pipeline.options import ExtractOptions
from pipeline.records import Movement, Value

__all__ = ["extract_movements", "level_of"]

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
    r"(?=\s?(?:[.;:()“”\"/]|,(?!\s(?:chống|ứng phó))|$|\s(?:gắn với|gắn liền|để|nhằm|do|tại|theo|trên|của|được|đã"
    r"|sẽ|đến|trong|ở|và các|và cuộc|và phong trào|và phát động|và tổ chức|và triển khai|từ ngày"
    r"|từ tháng|ngày \d|thi đua toàn"
    r"|về việc|với|cho|năm (?:19|20)\d\d|giai đoạn|lần thứ|khi|qua|thông qua|đồng thời|có hiệu quả|hiệu quả|là)\b))"
)
_LETTERS = r"(?:[^.;:,()“”\"]|(?<=phòng),(?=\schống)|(?<=ngừa),(?=\sứng phó))"
_HEAD = re.compile(
    r"(?P<head>phong\strào(?:\sthi\sđua)?(?:\syêu\snước)?|cuộc\svận\sđộng|chiến\sdịch"
    r"|đợt\s(?:thi\sđua|cao\sđiểm)(?:\scao\sđiểm)?(?:\sđặc\sbiệt)?)\s",
    re.IGNORECASE,
)
_NAMED_TIME = re.compile(
    r"(?<!\w)(?P<name>(?:Tuần\slễ|Tháng(?=\s(?:hành động|cao điểm|Công nhân|công nhân|Thanh niên"
    r"|thanh niên|Nhân đạo|nhân đạo|khuyến học|an toàn|An toàn"
    r"|hưởng ứng|phát động|thi đua|văn hóa|tuyên truyền|vì|Vì)))\s(?:[^.;:,()“”\"]"
    r"|(?<=ngừa),(?=\sứng phó)|(?<=phòng),(?=\schống)){4,110}?)" + _END
)
_QUOTED_TIME = re.compile(rf"{_QUOTE}\s?(?P<name>(?:Tuần\slễ|Tháng)\s[^“”\"]{{4,120}}?)\s?{_UNQUOTE}")
_NEXT = re.compile(
    rf"\s?(?:,|;|và|,\svà)\s(?:(?:phong\strào|cuộc\svận\sđộng)\s)?(?:{_QUOTED}"
    rf"|(?P<plain>{_DESIGNATED}{_LETTERS}{{3,120}}?){_END})",
    re.IGNORECASE,
)
_FIRST_QUOTED = re.compile(
    rf"(?:(?:thi\sđua|toàn\squốc|trong\stoàn\s\w+|cao\sđiểm|đặc\sbiệt)\s)*(?:với\schủ\sđề:?\s)?{_QUOTED}"
)
_FIRST_PLAIN = re.compile(
    rf"(?P<plain>năm\shọc\s\d{{4}}\s?[-–]\s?\d{{4}}|(?i:{_DESIGNATED}){_LETTERS}{{3,140}}?{_END})"
)
_CAMPAIGN = re.compile(
    rf"(?P<plain>(?:(?-i:[A-ZĐ])|truyền thông|tuyên truyền|ra quân|làm sạch|mùa hè|thanh niên"
    rf"|tình nguyện|tiêm|phòng|giải tỏa|hiến){_LETTERS}{{4,120}}?){_END}"
)
_PLURAL = re.compile(r"(?:các|những|nhiều|mọi|hoạt động|tổ chức các|,)\s$", re.IGNORECASE)
_GENERAL = re.compile(
    r"^(?:thi đua|yêu nước|khác|của|do|này|đó|trong|tại|ở|văn hóa, văn nghệ|thể dục|thể thao|và|các"
    r"|cách mạng|chung|quần chúng|đã|được|hiện có|được phát động)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"^(?:tháng|tuần lễ)\s(?:hành động|cao điểm|thi đua|hưởng ứng|phát động)$", re.IGNORECASE)
_YEARS = re.compile(
    r"^\s?,?\s?(?:(?:giai\sđoạn|từ\snăm)\s(?P<first>(?:19|20)\d\d)\s?(?:-|–|đến(?:\snăm)?)\s?(?P<last>(?:19|20)\d\d)"
    r"|năm\shọc\s(?P<first2>(?:19|20)\d\d)\s?[-–]\s?(?P<last2>(?:19|20)\d\d)|năm\s(?P<year>(?:19"
    r"|20)\d\d)|đến\snăm\s(?P<until>(?:19|20)\d\d))",
    re.IGNORECASE,
)
_SCHOOL_YEAR = re.compile(r"^năm\shọc\s(?P<first>\d{4})\s?[-–]\s?(?P<last>\d{4})", re.IGNORECASE)
_BY = re.compile(r"^[^.;]{0,80}?\bdo\s", re.IGNORECASE)
_LAUNCHES = re.compile(r"^\s?(?:phát\sđộng|khởi\sxướng|tổ\schức)", re.IGNORECASE)
_OF_ABOUT = re.compile(r"\bcủa\s(?=[^;]{2,200}\bphát\sđộng\b)", re.IGNORECASE)
_LEVELS = (
    ("central",
        r"^(?:trung ương|chính phủ|thủ tướng|bộ (?!chỉ huy|phận|môn|tư lệnh)|quốc hội|ban bí thư"
        r"|bộ chính trị|đảng và nhà nước|tổng liên đoàn)|trung ương|việt nam$"),
    ("district", r"huyện|quận|thị xã|thành phố thuộc"),
    ("commune", r"\b(?:xã|phường|thị trấn|đặc khu)\b"),
    ("sector", r"^(?:sở|ngành|tổng cục|cục|liên đoàn lao động|hội (?:nông dân|liên hiệp|cựu)|tỉnh đoàn)"),
    ("unit", r"trường|đơn vị|cơ quan|công ty|bệnh viện|trung tâm|khoa|phòng"),
    ("province", r"tỉnh|thành phố|thành ủy"),
)  # fmt: skip
_SEARCHED = ("title", "about", "grounds", "heading", "item", "paragraph", "table-row", "closing")


@dataclass(frozen=True, slots=True)
class _Mention:
    """A movement named in a passage or a cell of it, from `start` to `end` of the text, and what
    follows from `after`."""

    passage: Passage
    text: TracedText
    start: int
    end: int
    after: int


def extract_movements(document: Document, options: ExtractOptions) -> tuple[Movement, ...]:
    """One record for each movement, by its first mention; what later mentions add is added."""
    document = bounded(document)
    found: dict[str, Movement] = {}
    for passage in document.passages:
        if passage.kind not in _SEARCHED:
            continue
        parts = passage.cells if passage.kind == "table-row" and passage.cells else (passage.text,)
        for mention in (mention for part in parts for mention in _mentions(passage, part)):
            movement = _movement(document, mention)
            if movement.name is None or _ALONE.match(str(movement.name.normal)):
                continue
            key = _key(str(movement.name.normal))
            found[key] = _joined(found[key], movement) if key in found else movement
    return tuple(
        movement
        for key, movement in found.items()
        if not any(other != key and other.startswith(f"{key} ") for other in found)
    )


def level_of(body: str) -> str | None:
    """The level of a body, by its name; None where the name does not say it."""
    folded = body.casefold()
    return next((level for level, pattern in _LEVELS if re.search(pattern, folded)), None)


def _key(name: str) -> str:
    return " ".join(re.findall(r"\w+", fold_tones(name)))


def _mentions(passage: Passage, traced: TracedText) -> Iterator[_Mention]:
    text = traced.text
    taken = 0
    for match in _HEAD.finditer(text):
        if match.start() < taken:
            continue
        plural = _PLURAL.search(text[max(0, match.start() - 14) : match.start()]) is not None
        first = _FIRST_QUOTED.match(text, match.end())
        group = "quoted"
        if first is None:
            if _GENERAL.match(text[match.end() :]):
                continue
            campaign = match["head"].casefold().startswith(("chiến", "cuộc")) and not plural
            first = (_CAMPAIGN if campaign else _FIRST_PLAIN).match(text, match.end())
            group = "plain"
            if first is None or (plural and not _SCHOOL_YEAR.match(first["plain"])):
                continue
        start, end = first.span(group)
        yield _Mention(passage, traced, start, end, first.end())
        taken = first.end()
        following = _NEXT.match(text, taken) if group == "quoted" else None
        while following is not None:
            named = "quoted" if following["quoted"] else "plain"
            yield _Mention(passage, traced, *following.span(named), following.end())
            taken = following.end()
            following = _NEXT.match(text, taken)
    for pattern in (_QUOTED_TIME, _NAMED_TIME):
        for match in pattern.finditer(text):
            if match.start() >= taken or pattern is _NAMED_TIME:
                yield _Mention(passage, traced, *match.span("name"), match.end())


def _movement(document: Document, mention: _Mention) -> Movement:
    text = mention.text
    name = text.slice(mention.start, mention.end)
    fields = document.records.document
    first, last = _years(text.text, mention)
    launcher = _launcher(document, mention)
    launched = _is_launched(fields.title, name.text)
    role = "launches" if launched else "names"
    launched_by: Value | None = None
    level: str | None = None
    if launched and fields.issuer is not None:
        launched_by = fields.issuer
        level = level_of(str(fields.issuer.normal))
        period = plan_period(document)
        if period is not None:
            first, last = period
    elif launcher:
        launched_by = printed_value(launcher, tidy(launcher.text), certainty=0.75)
        level = level_of(launcher.text)
    return Movement(
        name=printed_value(name, certainty=0.9),
        role=inferred_value(role, name, certainty=0.8),
        level=inferred_value(level, launcher if launcher else name, certainty=0.7),
        launched_by=launched_by,
        start=inferred_value(first, name, certainty=0.8),
        end=inferred_value(last, name, certainty=0.8),
    )


def _years(text: str, mention: _Mention) -> tuple[str | None, str | None]:
    school = _SCHOOL_YEAR.match(text[mention.start : mention.end])
    if school is not None:
        return school["first"], school["last"]
    times = [time for time in find_times(text[mention.after : mention.after + 70]) if time.start <= 2]
    if times and times[0].unit in ("day", "days", "month") and times[0].first and times[0].last:
        return times[0].first, times[0].last
    match = _YEARS.match(text[mention.after : mention.after + 60])
    if match is None:
        return None, None
    if match["until"]:
        return None, match["until"]
    first = match["first"] or match["first2"] or match["year"]
    return first, match["last"] or match["last2"] or match["year"]


def _is_launched(title: Value | None, name: str) -> bool:
    if title is None:
        return False
    printed = _key(str(title.normal))
    if re.search(r"khen thưởng|tổng kết|sơ kết|công nhận|tặng|đề nghị xét|kết quả", str(title.normal), re.IGNORECASE):
        return False
    bare = re.sub(r"^(?:tuần lễ|tháng) ", "", _key(name))
    return len(bare.split()) >= 3 and bare in printed and (_SCHOOL_YEAR.match(name) is None or "phong trào" in printed)


def _launcher(document: Document, mention: _Mention) -> TracedText:
    """Who launched it: after `do`, in the heading over its group, or whose document about launching it is cited."""
    text = mention.text
    match = _BY.match(text.text[mention.after :])
    if match is not None:
        found = bodies_from(text.text, mention.after + match.end())
        if found is not None and _LAUNCHES.match(text.text[found.end : found.end + 20]):
            return text.slice(found.bodies[0].start, found.end)
    index = mention.passage.section
    if index is not None and 0 <= index < len(document.sections):
        heading = document.sections[index].heading
        match = re.search(r"\bdo\s", heading.text)
        found = bodies_from(heading.text, match.end()) if match is not None else None
        if found is not None and "phát động" in heading.text[found.end :].casefold():
            return heading.slice(found.bodies[0].start, found.end)
    clause = max(text.text.rfind(";", 0, mention.start) + 1, 0)
    for match in _OF_ABOUT.finditer(text.text, clause, mention.start):
        found = bodies_from(text.text, match.end())
        if found is not None and re.match(r"\svề\b", text.text[found.end : found.end + 6]):
            return text.slice(found.bodies[0].start, found.end)
    return TracedText()


def _joined(earlier: Movement, later: Movement) -> Movement:
    role = later.role if later.role is not None and later.role.normal == "launches" else earlier.role
    return Movement(
        earlier.name,
        role,
        earlier.level or later.level,
        earlier.launched_by or later.launched_by,
        earlier.start or later.start,
        earlier.end or later.end,
    )

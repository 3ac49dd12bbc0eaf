"""The table of movements: emulation movements and campaigns that a document launches, carries out or names."""

import re
from dataclasses import dataclass
from datetime import date

from pipeline.document import Document, Passage, TracedText
from pipeline.extraction.bounds import bounded
from pipeline.extraction.deadlines import plan_period
from pipeline.extraction.movement_names import SCHOOL_YEAR, NamedMovement, named_movements
from pipeline.extraction.named_bodies import bodies_at
from pipeline.extraction.task_values import inferred_value, printed_value, tidy
from pipeline.language.bodies import bodies_from
from pipeline.language.nlp import fold_tones
from pipeline.language.time_expressions import find_times
from pipeline.language.tone_marks import plain
from pipeline.options import ExtractOptions
from pipeline.records import Movement, Value

__all__ = ["extract_movements", "level_of"]

_ALONE = re.compile(
    r"^(?:tháng|tuần lễ)\s(?:hành động|cao điểm|thi đua|hưởng ứng|phát động)(?:\s(?:này|như|trên))?$", re.IGNORECASE
)
_YEARS = re.compile(
    r"^\s?,?\s?\(?(?:trong\s|đến\s(?=hết)|hết\s)?(?:(?:giai\sđoạn|từ\snăm|thời\skỳ|nhiệm\skỳ)\s(?P<first>(?:19"
    r"|20)\d\d)"
    r"\s?(?:-|–|đến(?:\snăm)?)\s?(?P<last>(?:19|20)\d\d)"
    r"|năm\shọc\s(?P<first2>(?:19|20)\d\d)\s?[-–]\s?(?P<last2>(?:19|20)\d\d)"
    r"|năm\s(?P<year>(?:19|20)\d\d)(?:\s?[-–]\s?(?P<last3>(?:19|20)\d\d))?|đến\s(?:hết\s)?năm\s(?P<until>(?:19"
    r"|20)\d\d))",
    re.IGNORECASE,
)
_SCOPE = re.compile(
    r"^,?\s?(?:(?:trên\sđịa\sbàn|trong\s(?:toàn|cán|công|học|đoàn|hội|lực|ngành|đội|các)|tỉnh|thành\sphố|huyện"
    r"|quận|xã|phường|toàn"
    r"|ngành|cấp|tại\s(?:các|tỉnh|trường|xã)|của\s(?:tỉnh|ngành|trường|xã"
    r"|huyện))(?!\w)[^.;:“”\"()]{0,90}?(?=\s\(?(?:giai\sđoạn|năm\s))"
    r"|do\s[^.;:“”\"()]{2,90}?\s(?:phát\sđộng|khởi\sxướng|tổ\schức)(?=\s\(?(?:giai\sđoạn|năm\s|trong\snăm|từ\snăm)))",
    re.IGNORECASE,
)
_BY = re.compile(r"^[^.;]{0,80}?\bdo\s", re.IGNORECASE)
_LAUNCHES = re.compile(r"^\s?(?:phát\sđộng|khởi\sxướng|tổ\schức|triển\skhai\sphát\sđộng)", re.IGNORECASE)
_LAUNCHED_BY = re.compile(r"^[^.;“”]{0,60}?\bđược\s(?=[^.;]{2,90}?\s(?:phát\sđộng|khởi\sxướng))", re.IGNORECASE)
_LAUNCHER_OF_ALL = re.compile(r"(?<!\w)do\s(?=[^.;]{2,90}\s(?:phát\sđộng|khởi\sxướng))", re.IGNORECASE)
_OF_ABOUT = re.compile(r"\bcủa\s(?=[^;]{2,200}\bphát\sđộng\b)", re.IGNORECASE)
_ABOUT_LAUNCHING = re.compile(r"\s(?:về|phát\sđộng)\b", re.IGNORECASE)
_LAUNCH_DAY = re.compile(
    r"(?:phát\sđộng|khởi\sxướng)[^.;]{0,30}?\s(?P<time>(?:từ\s)?ngày\s\d{1,2}/\d{1,2}/\d{4})", re.IGNORECASE
)
_UNTIL = re.compile(r"\sđến\s(?:hết\s)?năm\s(?P<year>20\d\d)", re.IGNORECASE)
_LOOKS_BACK = re.compile(
    r"khen thưởng|tổng kết|sơ kết|công nhận|tặng|đề nghị xét|kết quả|báo cáo|đánh giá|hướng dẫn", re.IGNORECASE
)
_LAUNCHING = re.compile(r"phat dong|tien hanh|mo dot|ra quan|^(?:ve viec |v/v )?phong trao")
_ORGANISING = re.compile(r"to chuc")
_CARRYING_OUT = re.compile(r"huong ung|trien khai|thuc hien|tiep tuc|tham gia|day manh|xay dung|phoi hop")
_ROLLS_OUT = re.compile(r"trien khai(?: to chuc| thuc hien)? (?:chien dich|dot thi dua|phong trao(?: thi dua)?)\s?$")
_GATHERING = re.compile(r"(?:ngay hoi|hoi nghi|hoi thi|cuoc thi|le phat dong|hoi thao|dai hoi)\s?$")
_LEVELS = (
    ("central",
        r"^(?:trung ương|chính phủ|thủ tướng|bộ (?!chỉ huy|phận|môn|tư lệnh)|quốc hội|ban bí thư"
        r"|bộ chính trị|đảng và nhà nước|tổng liên đoàn|chủ tịch nước)|trung ương|việt nam$"),
    ("unit",
        r"^(?:ban giám hiệu |hội đồng |công đoàn )?(?:trường|đơn vị|cơ quan|công ty|bệnh viện|trung tâm|khoa"
        r"|tập đoàn|tổng công ty"
        r"|doanh nghiệp|học viện|viện|đại học|nhà máy|xí nghiệp|phòng(?! giáo dục| nội vụ))"),
    ("district", r"huyện|quận|thị xã|thành phố thuộc"),
    ("commune", r"\b(?:(?<!hợp tác )xã(?! hội)|phường|thị trấn|đặc khu)\b"),
    ("sector", r"^(?:sở|ngành|tổng cục|cục|chi cục|kho bạc|quân khu|quân chủng|bộ tư lệnh)|\bngành\b"),
    ("province", r"tỉnh|thành phố|thành ủy|thành đoàn"),
    ("unit", r"\b(?:trường|đơn vị|cơ quan|công ty|bệnh viện|trung tâm|khoa|phòng)\b"),
)  # fmt: skip
_LAUNCH_VERB = re.compile(
    r"(?<!\w)(?:phát\sđộng|khởi\sxướng|ra\squân|mở)\s(?:và\s(?:tổ\schức\s)?(?:triển\skhai\s"
    r"|thực\shiện\s)?)?(?:tổ\schức\s)?$",
    re.IGNORECASE,
)
_SEARCHED = ("title", "about", "grounds", "heading", "item", "paragraph", "table-row", "closing")
_TIME_NAME = re.compile(r"^(?:tuần lễ|tháng)\s", re.IGNORECASE)
_MIN_NAME_WORDS = 2
_MIN_PERIOD_DAYS = 45
_TIME_LABEL = re.compile(
    r"(?:^|[.)]\s|[-+*]\s)(?:về\s)?thời gian(?:\s(?:thực hiện|tổ chức|triển khai|phát động"
    r"|thi đua))?\s?:\s?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A movement named in a passage or a cell of it, the end of the row of names that it stands in, and where the
    next one is announced."""

    passage: Passage
    text: TracedText
    named: NamedMovement
    row_end: int
    limit: int

    @property
    def name(self) -> TracedText:
        """The name as printed."""
        return self.text.slice(self.named.start, self.named.end)


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


def _mentions(passage: Passage, traced: TracedText) -> list[_Mention]:
    named = list(named_movements(traced.text))
    made: list[_Mention] = []
    for index, found in enumerate(named):
        row_end, limit = found.after, len(traced.text)
        for following in named[index + 1 :]:
            if not following.joined or following.head != found.head or (following.anew and passage.kind != "title"):
                limit = following.start if following.joined else max(following.head, row_end)
                break
            row_end = following.after
        made.append(_Mention(passage, traced, found, row_end, limit))
    return made


def _movement(document: Document, mention: _Mention) -> Movement:
    name = mention.name
    fields = document.records.document
    first, last = _years(mention)
    launcher = _launcher(document, mention)
    role = _role(document, mention, launcher)
    launched_by: Value | None = None
    level: str | None = None
    if fields.title is not None and _is_in_title(fields.title, name.text):
        own = role == "launches" or (
            _TIME_NAME.match(name.text) and not _LAUNCHING.search(plain(str(fields.title.normal)))
        )
        least = 1 if _TIME_NAME.match(name.text) else _MIN_PERIOD_DAYS
        first, last = _with_period(document, first, last, least) if own else (first, last)
    if role == "launches" and fields.issuer is not None:
        launched_by = fields.issuer
        level = level_of(str(fields.issuer.normal))
    elif launcher:
        launched_by = printed_value(launcher, tidy(launcher.text), certainty=0.82)
        level = level_of(launcher.text) if _subject(mention) != launcher else None
    return Movement(
        name=printed_value(name, certainty=0.92),
        role=inferred_value(role, name, certainty=0.85),
        level=inferred_value(level, launcher if launcher else name, certainty=0.75),
        launched_by=launched_by,
        start=inferred_value(first, name, certainty=0.85),
        end=inferred_value(last, name, certainty=0.85),
    )


def _with_period(
    document: Document, first: str | None, last: str | None, least_days: int
) -> tuple[str | None, str | None]:
    """The plan's own period, unless that is a few days of a movement, other than a week or month, with named years."""
    start, end = plan_period(document) or (None, None)
    if start is None and end is None:
        start, end = _labelled_period(document) or (None, None)
    if start is None and end is None:
        return first, last
    if first is not None and start is not None and end is not None:
        days = (date.fromisoformat(end) - date.fromisoformat(start)).days
        return (start, end) if days >= least_days else (first, last)
    return start, end


def _labelled_period(document: Document) -> tuple[str, str] | None:
    """The days of the first line `Thời gian: từ ngày … đến ngày …`."""
    for passage in document.passages:
        if passage.appendix or passage.kind not in ("heading", "item", "paragraph"):
            continue
        text = passage.text.text
        match = _TIME_LABEL.search(text, 0, 60)
        times = find_times(text[match.end() : match.end() + 100]) if match is not None else []
        if times and times[0].start <= 1 and times[0].unit in ("day", "days") and times[0].first and times[0].last:
            return times[0].first, times[0].last
    return None


def _years(mention: _Mention) -> tuple[str | None, str | None]:
    """The period that stands behind a name, behind the row of names, or behind its scope or launcher."""
    text, after = mention.text.text, mention.named.after
    school = SCHOOL_YEAR.match(mention.name.text)
    if school is not None:
        return school["first"], school["last"]
    for position in dict.fromkeys((after, mention.row_end)):
        times = [time for time in find_times(text[position : position + 70]) if time.start <= 2]
        if times and times[0].unit in ("day", "days", "month") and times[0].first and times[0].last:
            return times[0].first, times[0].last
        scope = _SCOPE.match(text[position : position + 140])
        match = _YEARS.match(text[position + (scope.end() if scope is not None else 0) :][:60])
        if match is not None:
            if match["until"]:
                return None, match["until"]
            first = match["first"] or match["first2"] or match["year"]
            return first, match["last"] or match["last2"] or match["last3"] or match["year"]
    return _launch_day(text[mention.row_end : mention.row_end + 200])


def _launch_day(after: str) -> tuple[str | None, str | None]:
    """The day on which it was launched, and the year to the end of which it runs."""
    match = _LAUNCH_DAY.match(after) or _LAUNCH_DAY.search(after)
    if match is None:
        return None, None
    times = find_times(match["time"])
    until = _UNTIL.search(after, match.end())
    return (times[0].first if times else None), (until["year"] if until is not None else None)


def _is_in_title(title: Value | None, name: str) -> bool:
    if title is None:
        return False
    printed = _key(str(title.normal))
    bare = re.sub(r"^(?:tuần lễ|tháng) ", "", _key(name))
    enough = len(bare.split()) >= _MIN_NAME_WORDS or _TIME_NAME.match(name) is not None
    return enough and bare in printed and (SCHOOL_YEAR.match(name) is None or "phong trào" in printed)


def _role(document: Document, mention: _Mention, launcher: TracedText) -> str:
    """`launches` where the title or the issuer's own sentence says so, `names` where it only carries it out."""
    fields = document.records.document
    name = mention.name.text
    if fields.title is not None and _is_in_title(fields.title, name):
        title = str(fields.title.normal)
        if _LOOKS_BACK.search(title) or launcher:
            return "names"
        bare = re.sub(r"^(?:tuần lễ|tháng) ", "", _key(name))
        before = _key(title)[: _key(title).index(bare)]
        if _launching(_key(title), before):
            return "launches"
        return "launches" if _ROLLS_OUT.search(plain(before)) and _is_own(document, mention) else "names"
    subject = _subject(mention) if fields.issuer is not None else TracedText()
    own = fields.issuer is not None and subject and _same_body(subject.text, str(fields.issuer.normal))
    return "launches" if own else "names"


def _launching(title: str, before: str) -> bool:
    """Whether the words of a title before a name launch it; the nearest verb decides."""
    bare = plain(before)
    if _GATHERING.search(bare):
        return False
    verbs = [
        (match.start(), kind)
        for kind, pattern in (("launch", _LAUNCHING), ("organise", _ORGANISING), ("carry", _CARRYING_OUT))
        for match in pattern.finditer(bare)
    ]
    if not verbs:
        return bare.strip().endswith(("phong trao thi dua", "phong trao"))
    kind = max(verbs)[1]
    return kind == "launch" or (kind == "organise" and "phat dong" not in plain(title) and "hoat dong" not in bare)


def _is_own(document: Document, mention: _Mention) -> bool:
    """Whether a movement that the title rolls out is the issuer's: quoted, and named by nothing that it is based on."""
    before = mention.text.text[max(0, mention.named.start - 2) : mention.named.start]
    if not before.strip() or before.strip()[-1] not in '“"«' or _TIME_NAME.match(mention.name.text):
        return False
    name = _key(mention.name.text)
    return not any(name in _key(passage.text.text) for passage in document.passages if passage.kind == "grounds")


def _same_body(named: str, issuer: str) -> bool:
    short, full = (
        fold_tones(named).replace("ubnd", "ủy ban nhân dân"),
        fold_tones(issuer).replace("ubnd", "ủy ban nhân dân"),
    )
    short = fold_tones(short)
    full = fold_tones(full)
    return short in full or full in short


def _launcher(document: Document, mention: _Mention) -> TracedText:
    """Who launched it: after `do`, before the verb, in the heading over its group, or in a cited document's title."""
    text = mention.text
    tail = text.text[mention.row_end : min(mention.limit, mention.row_end + 180)]
    for pattern in (_BY, _LAUNCHED_BY):
        match = pattern.match(tail)
        found = _launching_body(text, mention.row_end + match.end()) if match is not None else None
        if found is not None:
            return found
    floor = max(0, mention.named.head - 160)
    for match in _LAUNCHER_OF_ALL.finditer(text.text[floor : mention.named.head + 60]):
        offset = floor + match.end()
        found = _launching_body(text, offset) if offset < mention.named.start else None
        if found is not None and not re.search(r"[.;”]\s", text.text[offset : mention.named.start]):
            return found
    return _subject(mention) or _launcher_of_group(document, mention) or _launcher_of_cited(mention)


def _subject(mention: _Mention) -> TracedText:
    """The body that launches it as a sentence's subject (`Tỉnh Đoàn phát động đợt cao điểm …`)."""
    text, head = mention.text.text, mention.named.head
    floor = max(0, head - 60)
    verb = _LAUNCH_VERB.search(text[floor:head])
    if verb is None:
        return TracedText()
    end = floor + verb.start()
    openings = [
        0,
        mention.passage.body_start,
        *(match.end() for match in re.finditer(r"[,;:.]\s|(?<!\w)(?:[Đđ]ề nghị|[Gg]iao|[Yy]êu cầu)\s", text[:end])),
    ]
    for offset in reversed([opening for opening in openings if text.rfind(". ", opening, end) < 0]):
        found = bodies_at(mention.text, offset, end)
        if found is not None:
            return found[0]
    return TracedText()


def _launching_body(text: TracedText, offset: int) -> TracedText | None:
    """The body at an offset, where it launches something."""
    found = bodies_at(text, offset)
    return found[0] if found is not None and _LAUNCHES.match(text.text[found[1] : found[1] + 30]) else None


def _launcher_of_group(document: Document, mention: _Mention) -> TracedText:
    index = mention.passage.section
    if index is None or not 0 <= index < len(document.sections):
        return TracedText()
    heading = document.sections[index].heading
    match = re.search(r"\bdo\s", heading.text)
    found = bodies_from(heading.text, match.end()) if match is not None else None
    if found is not None and "phát động" in heading.text[found.end :].casefold():
        return heading.slice(found.bodies[0].start, found.end)
    return TracedText()


def _launcher_of_cited(mention: _Mention) -> TracedText:
    text = mention.text
    clause = max(text.text.rfind(";", 0, mention.named.start) + 1, 0)
    for match in _OF_ABOUT.finditer(text.text, clause, mention.named.start):
        found = bodies_from(text.text, match.end())
        if found is not None and _ABOUT_LAUNCHING.match(text.text[found.end : found.end + 12]):
            return text.slice(found.bodies[0].start, found.end)
    return TracedText()


def _joined(earlier: Movement, later: Movement) -> Movement:
    role = later.role if later.role is not None and later.role.normal == "launches" else earlier.role
    launched_by = earlier.launched_by or later.launched_by
    level = earlier.level or later.level
    return Movement(
        earlier.name,
        role,
        level,
        launched_by,
        earlier.start or later.start,
        earlier.end or later.end,
    )

"""The table of rewards: what is given, by whom, to whom and for what."""

import re
from collections.abc import Iterator

from pipeline.document import Document, TracedText
from pipeline.extraction.task_units import Unit
from pipeline.extraction.task_values import inferred_value, printed_value, tidy, trimmed
from pipeline.extraction.units import units_of
from pipeline.language.bodies import bodies_from
from pipeline.language.nlp import fold_tones
from pipeline.language.numerals import number_of
from pipeline.options import ExtractOptions
from pipeline.records import Reward, Value

__all__ = ["extract_rewards", "read_amount"]

_FORM = re.compile(
    r"(?<!\w)(?:(?P<count>\d{1,4}|một|hai|ba|bốn|năm|mười)\s)?(?P<form>Huân\schương(?:\s(?:Sao vàng"
    r"|Hồ Chí Minh|Độc lập|Quân công|Lao động|Bảo vệ Tổ quốc|Chiến công"
    r"|Đại đoàn kết dân tộc|Dũng cảm|Hữu nghị))?(?:\shạng\s(?:Nhất|Nhì|Ba)|\scác\shạng)?"
    r"|Huy\schương(?:\s(?:Vàng|Bạc|Đồng|Hữu nghị))?|Cờ\s(?:thi\sđua|truyền\sthống"
    r"|đơn vị)(?:\sxuất sắc)?"
    r"|Bằng\skhen|Giấy\skhen|Kỷ\sniệm\schương|Thư\skhen|Giấy\schứng\snhận"
    r"|danh\shiệu\s[“\"][^”\"]{3,80}[”\"]|danh\shiệu\s(?:Anh hùng Lao động"
    r"|Chiến sĩ thi đua(?: toàn quốc| cơ sở)?|Lao động tiên tiến|Tập thể lao động (?:xuất sắc"
    r"|tiên tiến)|Gia đình văn hóa)"
    r"|Chiến\ssĩ\sthi\sđua(?:\stoàn\squốc|\scơ\ssở)|Tập\sthể\s[Ll]ao\sđộng\s(?:xuất\ssắc|tiên\stiến)"
    r"|[Gg]iải\s(?:thưởng\s[“\"][^”\"]{3,80}[”\"]|[Nn]hất|[Nn]hì|[Bb]a(?!\s(?:giải|tháng))|[Tt]ư"
    r"|[Kk]huyến\skhích|[Đđ]ặc\sbiệt|[Tt]riển\svọng|[Tt]ập\sthể|[Tt]oàn\sđoàn|[A-C](?!\w)))(?!\w)"
)
_REWARDS = re.compile(
    r"(?P<verb>(?:biểu\sdương|khen\sthưởng|tôn\svinh|tuyên\sdương)(?:(?:,|\svà|\shoặc)\s(?:biểu\sdương"
    r"|khen\sthưởng|tôn\svinh|động\sviên|tuyên\sdương|nhân\srộng))*)\s"
    r"(?:kịp\sthời\s|cho\s|đối\svới\s|xứng\sđáng\s)*(?P<whom>(?:những|các|tập\sthể|cá\snhân|đơn\svị"
    r"|học\ssinh|giáo\sviên|cán\sbộ|thí\ssinh|lớp|tổ)\b[^.;:()]{3,400})",
    re.IGNORECASE,
)
_NOT_TO_GIVE = re.compile(
    r"(?:công tác|hình thức|quy định về|hồ sơ|tiêu chuẩn|nội dung|kế hoạch|quỹ|luật thi đua,"
    r"|hội đồng thi đua\s?[-,–]|ban thi đua\s?[-,–]|thi đua\s?[-,–])\s*$",
    re.IGNORECASE,
)
_CRITERIA = re.compile(
    r"\s(?P<criteria>(?:có\s(?:nhiều\s)?(?:thành\stích|đóng\sgóp|sáng\skiến|công\slao|kết\squả"
    r"|cách\slàm|mô\shình|bài\sviết|điểm)|đạt\s|tiêu\sbiểu|xuất\ssắc|điển\shình|hoàn\sthành"
    r"|thực\shiện\stốt|đoạt)[^.;()]*)",
    re.IGNORECASE,
)
_GRANTER_AFTER = re.compile(r"^\s(?:của|cấp)\s", re.IGNORECASE)
_TO_WHOM = re.compile(r"^(?P<between>[^.;]{0,60}?)\s(?:cho|đối\svới|tới)\s(?P<whom>[^.;:()]{3,240})", re.IGNORECASE)
_ASKED = re.compile(
    r"(?:đề\snghị|trình|báo\scáo|tham\smưu)\s(?P<body>[^.;,]{2,120}?)\s(?:xem\sxét,?\s)?(?:tặng|khen"
    r"|trao|quyết\sđịnh|ban\shành)",
    re.IGNORECASE,
)
_GIVES = re.compile(r"(?:tặng|trao|khen\sthưởng|cấp|ban\shành)\s?(?:thưởng\s)?$", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?P<number>\d{1,3}(?:[.\s]\d{3})+|\d+(?:,\d+)?)\s?(?P<unit>triệu\s(?:đồng)?|tỷ\sđồng|nghìn\sđồng"
    r"|ngàn\sđồng|đồng|vnđ|vnd|đ)(?!\w)",
    re.IGNORECASE,
)
_COUNT_AFTER = re.compile(r"^\s?[:(]\s?(?P<count>\d{1,3})\s(?:giải|suất|phần|bằng|cờ|tập thể|cá nhân)", re.IGNORECASE)
_CHECKLIST = re.compile(r"^(?:việc|công tác|kết quả|tình hình)\s", re.IGNORECASE)
_LISTS = re.compile(r"khen thưởng|giải thưởng|hình thức", re.IGNORECASE)
_SUBJECT_OF_REWARD = re.compile(
    r"tập thể|cá nhân|cụm|khối|đơn vị|học sinh|giáo viên|cán bộ|thí sinh|tác giả|đội|gia đình|lớp"
    r"|doanh nghiệp|hộ|người",
    re.IGNORECASE,
)


def extract_rewards(document: Document, options: ExtractOptions) -> tuple[Reward, ...]:
    """One record for each form and granter in the body, or for a promise of reward without a form."""
    records: list[Reward] = []
    for unit in units_of(document):
        for start, end in unit.sentences:
            sentence = trimmed(unit.text.slice(start, end))
            if unit.addressees is None and _CHECKLIST.match(sentence.text):
                continue
            forms = list(_forms(unit, sentence))
            records.extend(forms or _formless(unit, sentence))
    return tuple(_distinct(records))


def read_amount(text: str) -> int | None:
    """The first sum of money in a text, in đồng; None where there is none."""
    match = _AMOUNT.search(text)
    if match is None:
        return None
    unit = match["unit"].casefold()
    digits = match["number"]
    factor = (
        1_000_000_000
        if unit.startswith("tỷ")
        else 1_000_000
        if unit.startswith("triệu")
        else 1_000
        if unit[:2] in ("ng",)
        else 1
    )
    if "," in digits:
        whole, _, rest = digits.partition(",")
        return round(float(f"{whole}.{rest}") * factor)
    return int(re.sub(r"\D", "", digits)) * factor


def _forms(unit: Unit, sentence: TracedText) -> Iterator[Reward]:
    """Records of the forms that a sentence names, where it gives them rather than speaks of them."""
    text = sentence.text
    matches = list(_FORM.finditer(text))
    if not matches or not _is_given(unit, text, matches[0].start()):
        return
    recipients, criteria = _whom(sentence, matches[-1].end())
    granter = _subject_granter(unit, sentence, matches[0].start())
    for index, match in enumerate(matches):
        stop = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        after = text[match.end() : stop]
        own = _granter_after(sentence, match.end())
        count = number_of(match["count"]) if match["count"] else None
        counted = _COUNT_AFTER.match(after)
        if count is None and counted is not None:
            count = int(counted["count"])
        amount = read_amount(after)
        form = sentence.slice(match.start("form"), match.end("form"))
        yield Reward(
            form=printed_value(form, tidy(form.text), certainty=0.9),
            granted_by=own or granter,
            recipients=recipients,
            quantity=inferred_value(count, sentence.slice(match.start(), stop), certainty=0.8),
            amount=inferred_value(amount, sentence.slice(match.start(), stop), certainty=0.85),
            criteria=criteria,
        )


def _is_given(unit: Unit, text: str, start: int) -> bool:
    if any(section.kind == "rewards" or _LISTS.search(section.heading.text) for section in unit.chain):
        return True
    return (
        _GIVES.search(text[:start].rstrip() + " ") is not None
        or re.search(r"\b(?:tặng|trao|đề nghị)\b", text[:start], re.IGNORECASE) is not None
    )


def _granter_after(sentence: TracedText, end: int) -> Value | None:
    match = _GRANTER_AFTER.match(sentence.text[end : end + 8])
    found = bodies_from(sentence.text, end + match.end()) if match is not None else None
    if found is None:
        return None
    printed = sentence.slice(found.bodies[0].start, found.end)
    return printed_value(printed, tidy(printed.text), certainty=0.85)


def _subject_granter(unit: Unit, sentence: TracedText, start: int) -> Value | None:
    """Who gives: the body asked to, else the subject of the sentence, else the unit's addressees."""
    asked = _ASKED.search(sentence.text[: start + 12])
    found = bodies_from(sentence.text, asked.start("body")) if asked is not None else None
    if found is None:
        found = bodies_from(sentence.text, 0)
    if found is not None and found.end <= start:
        printed = sentence.slice(found.bodies[0].start, found.end)
        return printed_value(printed, tidy(printed.text), certainty=0.75)
    return _told(unit)


def _told(unit: Unit) -> Value | None:
    addressees = unit.addressees
    if addressees is None:
        return None
    printed = addressees.text if addressees.text else TracedText.join(addressees.leads, ", ")
    return printed_value(printed, tidy(printed.text), certainty=addressees.certainty * 0.9)


def _whom(sentence: TracedText, end: int) -> tuple[Value | None, Value | None]:
    match = _TO_WHOM.match(sentence.text[end:])
    if match is None or not _SUBJECT_OF_REWARD.search(match["whom"]):
        return None, None
    return _split(sentence, end + match.start("whom"), end + match.end("whom"))


def _split(sentence: TracedText, start: int, end: int) -> tuple[Value | None, Value | None]:
    """Recipients and criteria of a phrase such as `tập thể, cá nhân có thành tích xuất sắc`."""
    criteria = _CRITERIA.search(sentence.text, start, end)
    stop = criteria.start() if criteria is not None else end
    whom = trimmed(sentence.slice(start, stop))
    what = trimmed(sentence.slice(criteria.start("criteria"), end)) if criteria is not None else TracedText()
    return printed_value(whom, certainty=0.8), printed_value(what, certainty=0.8)


def _formless(unit: Unit, sentence: TracedText) -> Iterator[Reward]:
    """`khen thưởng những tập thể, cá nhân có thành tích …` without a form."""
    for match in _REWARDS.finditer(sentence.text):
        if _NOT_TO_GIVE.search(sentence.text[: match.start()]) or not _SUBJECT_OF_REWARD.search(match["whom"]):
            continue
        recipients, criteria = _split(sentence, match.start("whom"), match.end("whom"))
        if recipients is not None and len(recipients.text.split()) <= 24:
            yield Reward(granted_by=_told(unit), recipients=recipients, criteria=criteria)


def _distinct(records: list[Reward]) -> Iterator[Reward]:
    seen: set[tuple[str, ...]] = set()
    for record in records:
        values = (record.form, record.granted_by, record.recipients, record.quantity, record.amount, record.criteria)
        key = tuple(fold_tones(str(value.normal)) if value is not None else "" for value in values)
        if key not in seen:
            seen.add(key)
            yield record

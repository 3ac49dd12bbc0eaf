"""The table of rewards: what is given, by whom, to whom and for what."""

import re
from collections.abc import Iterator

from pipeline.document import Document, Passage, TracedText
from pipeline.extraction.bounds import bounded
from pipeline.extraction.reward_phrases import (
    FORM,
    Recipients,
    amounts_by_noun,
    count_of,
    names_recipients,
    read_amount,
    recipients_of,
)
from pipeline.extraction.task_units import Unit
from pipeline.extraction.task_values import inferred_value, printed_value, tidy, trimmed
from pipeline.extraction.units import units_of
from pipeline.language.bodies import bodies_from
from pipeline.language.nlp import fold_tones
from pipeline.options import ExtractOptions
from pipeline.records import Reward, Value

__all__ = ["extract_rewards"]

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
_CHECKLIST = re.compile(r"^(?:việc|công tác|kết quả|tình hình)\s", re.IGNORECASE)
_LISTS = re.compile(r"khen thưởng|giải thưởng|hình thức", re.IGNORECASE)
_SUBJECT_OF_REWARD = re.compile(
    r"tập thể|cá nhân|cụm|khối|đơn vị|học sinh|giáo viên|cán bộ|thí sinh|tác giả|đội|gia đình|lớp"
    r"|doanh nghiệp|hộ|người",
    re.IGNORECASE,
)
_GRANTER_AFTER = re.compile(r"^\s(?:của|cấp)\s", re.IGNORECASE)
_TO_WHOM = re.compile(r"^[^.;]{0,100}?(?:\s(?:cho|đối\svới|tới)\s|:\s(?=\d))", re.IGNORECASE)
_UNIT_COUNT = re.compile(r"^[^.;]{0,80}?[:(]\s?(?P<count>\d{1,3})\s(?:giải|suất|phần|bằng|cờ|giấy)", re.IGNORECASE)
_LISTS = re.compile(r"khen thưởng|giải thưởng|tôn vinh|biểu dương", re.IGNORECASE)
_LABEL = re.compile(r"^\s?:")
_AWARD = re.compile(r"(?:giải thưởng|phần thưởng|khen thưởng|trao giải|trao thưởng)", re.IGNORECASE)
_GIVE_BEFORE = re.compile(r"\b(?:tặng|trao|đề nghị)\b", re.IGNORECASE)
_COLUMNS = (
    ("form", re.compile(r"hình thức|danh hiệu|^giải|loại giải|cơ cấu", re.IGNORECASE)),
    ("granter", re.compile(r"cấp khen|cấp tặng|cơ quan|thẩm quyền|đơn vị (?:khen|tặng)", re.IGNORECASE)),
    ("amount", re.compile(r"mức|trị giá|giá trị|tiền|thành tiền", re.IGNORECASE)),
    ("count", re.compile(r"số lượng|số giải", re.IGNORECASE)),
    ("whom", re.compile(r"đối tượng|tập thể|cá nhân", re.IGNORECASE)),
)


def extract_rewards(document: Document, options: ExtractOptions) -> tuple[Reward, ...]:
    """One record for each form, granter and kind of recipient, or for a promise of reward without a form."""
    document = bounded(document)
    records: list[Reward] = []
    lead_in: Unit | None = None
    sums = dict(pair for passage in document.passages for pair in amounts_by_noun(passage.text.text))
    for unit in units_of(document):
        if lead_in is not None and lead_in.passage.section != unit.passage.section:
            lead_in = None
        if unit.lead_in:
            lead_in = unit
        for start, end in unit.sentences:
            sentence = trimmed(unit.text.slice(start, end))
            if unit.addressees is None and _CHECKLIST.match(sentence.text):
                continue
            forms = list(_forms(unit, sentence, lead_in, sums))
            records.extend(forms or _formless(unit, sentence))
    records.extend(_tables(document))
    return tuple(_distinct(records))


def _forms(unit: Unit, sentence: TracedText, lead_in: Unit | None, sums: dict[str, int]) -> Iterator[Reward]:
    """Records of the forms that a sentence names, where it gives them rather than speaks of them."""
    text = sentence.text
    matches = [match for match in FORM.finditer(text) if not _is_label(text, match)]
    if not matches or not _is_given(unit, text, matches):
        return
    shared = _whom(sentence, matches[-1].end(), len(text)) or _whom_of_lead_in(lead_in)
    granter = _subject_granter(unit, sentence, matches[0].start(), lead_in)
    for index, match in enumerate(matches):
        stop = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        after = text[match.end() : stop]
        counted = _UNIT_COUNT.match(after)
        count = count_of(match["count"]) or (int(counted["count"]) if counted is not None else None)
        amount = read_amount(after)
        form = sentence.slice(match.start("form"), match.end("form"))
        whole = sentence.slice(match.start(), stop)
        whom: list[Recipients | None] = [*(_whom(sentence, match.end(), stop) or shared)]
        for given in whom or [None]:
            quantity = count if count is not None else given.quantity if given is not None else None
            each = amount if amount is not None else sums.get(given.noun) if given is not None else None
            yield Reward(
                form=printed_value(form, certainty=0.9),
                granted_by=_granter_after(sentence, match.end()) or granter,
                recipients=printed_value(given.whom, certainty=0.8) if given is not None else None,
                quantity=inferred_value(quantity, whole, certainty=0.8),
                amount=inferred_value(each, whole, certainty=0.85),
                criteria=printed_value(given.criteria, certainty=0.8) if given is not None else None,
            )


def _is_label(text: str, match: re.Match[str]) -> bool:
    """`Giải tập thể:` heads prizes and is none."""
    if not _LABEL.match(text[match.end() :]):
        return False
    return match["form"].casefold() in ("giải tập thể", "giải cá nhân", "giải toàn đoàn")


def _is_given(unit: Unit, text: str, matches: list[re.Match[str]]) -> bool:
    start = matches[0].start()
    if any(section.kind == "rewards" or _LISTS.search(section.heading.text) for section in unit.chain):
        return True
    if _GIVE_BEFORE.search(text[:start]) is not None:
        return True
    return bool(matches[0]["count"]) and read_amount(text[start:]) is not None


def _whom(sentence: TracedText, start: int, stop: int) -> list[Recipients]:
    match = _TO_WHOM.match(sentence.text[start:stop])
    return recipients_of(sentence, start + match.end(), stop) if match is not None else []


def _whom_of_lead_in(lead_in: Unit | None) -> list[Recipients]:
    if lead_in is None:
        return []
    award = _AWARD.search(lead_in.text.text)
    return _whom(lead_in.text, award.end(), len(lead_in.text.text)) if award is not None else []


def _granter_after(sentence: TracedText, end: int) -> Value | None:
    match = _GRANTER_AFTER.match(sentence.text[end : end + 8])
    found = bodies_from(sentence.text, end + match.end()) if match is not None else None
    if found is None:
        return None
    printed = sentence.slice(found.bodies[0].start, found.end)
    return printed_value(printed, tidy(printed.text), certainty=0.85)


def _subject_granter(unit: Unit, sentence: TracedText, start: int, lead_in: Unit | None) -> Value | None:
    """Who gives: the body asked to, else the subject of the sentence or of the lead-in, else the
    unit's addressees."""
    asked = _ASKED.search(sentence.text[: start + 12])
    found = bodies_from(sentence.text, asked.start("body")) if asked is not None else None
    if found is None:
        found = bodies_from(sentence.text, 0)
    if found is not None and found.end <= start:
        printed = sentence.slice(found.bodies[0].start, found.end)
        return printed_value(printed, tidy(printed.text), certainty=0.75)
    award = _AWARD.search(lead_in.text.text) if lead_in is not None else None
    if lead_in is not None and award is not None:
        named = _granter_after(lead_in.text, award.end())
        if named is not None:
            return named
    return _told(unit)


def _told(unit: Unit) -> Value | None:
    addressees = unit.addressees
    if addressees is None:
        return None
    printed = addressees.text if addressees.text else TracedText.join(addressees.leads, ", ")
    return printed_value(printed, tidy(printed.text), certainty=addressees.certainty * 0.9)


def _formless(unit: Unit, sentence: TracedText) -> Iterator[Reward]:
    """`khen thưởng những tập thể, cá nhân có thành tích …` without a form."""
    for match in _REWARDS.finditer(sentence.text):
        if _NOT_TO_GIVE.search(sentence.text[: match.start()]) or not names_recipients(match["whom"]):
            continue
        for given in recipients_of(sentence, match.start("whom"), match.end("whom")):
            if len(given.whom.text.split()) <= 24:
                yield Reward(
                    granted_by=_told(unit),
                    recipients=printed_value(given.whom, certainty=0.8),
                    quantity=inferred_value(given.quantity, given.whom, certainty=0.8),
                    criteria=printed_value(given.criteria, certainty=0.8),
                )


def _tables(document: Document) -> Iterator[Reward]:
    """Rows of tables whose heads name a form of reward and a sum or a number."""
    columns: list[str] = []
    for passage in document.passages:
        if passage.kind == "table-head":
            columns = _columns(passage)
        elif passage.kind == "table-row" and _is_of_rewards(columns) and len(passage.cells) == len(columns):
            yield from _row(dict(zip(columns, passage.cells, strict=True)))


def _is_of_rewards(columns: list[str]) -> bool:
    return "form" in columns and bool({"amount", "count"} & set(columns))


def _columns(head: Passage) -> list[str]:
    named: list[str] = []
    for cell in head.cells:
        role = next((role for role, pattern in _COLUMNS if role not in named and pattern.search(cell.text)), "")
        named.append(role)
    return named


def _row(cells: dict[str, TracedText]) -> Iterator[Reward]:
    form = trimmed(cells["form"])
    if FORM.search(form.text) is None:
        return
    count, money = cells.get("count", TracedText()), cells.get("amount", TracedText())
    granter = trimmed(cells.get("granter", TracedText()))
    named = recipients_of(count, 0, len(count.text)) or recipients_of(cells.get("whom", TracedText()), 0, 400)
    whom: list[Recipients | None] = [*named]
    digits = re.sub(r"\D", "", money.text)
    amount = read_amount(money.text) or (int(digits) if 4 <= len(digits) <= 12 else None)
    for given in whom or [None]:
        quantity = given.quantity if given is not None and given.quantity is not None else count_of(count.text)
        yield Reward(
            form=printed_value(form, certainty=0.9),
            granted_by=printed_value(granter, tidy(granter.text), certainty=0.9),
            recipients=printed_value(given.whom, certainty=0.85) if given is not None else None,
            quantity=inferred_value(quantity, count if count else form, certainty=0.85),
            amount=inferred_value(amount, money if money else form, certainty=0.9),
            criteria=printed_value(given.criteria, certainty=0.8) if given is not None else None,
        )


def _distinct(records: list[Reward]) -> Iterator[Reward]:
    seen: set[tuple[str, ...]] = set()
    for record in records:
        values = (record.form, record.granted_by, record.recipients, record.quantity, record.amount, record.criteria)
        key = tuple(fold_tones(str(value.normal)) if value is not None else "" for value in values)
        if key not in seen:
            seen.add(key)
            yield record

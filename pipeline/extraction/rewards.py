"""The table of rewards: what is given, by whom, to whom and for what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.document import Document, Passage, TracedText, replace
from pipeline.extraction.bounds import bounded
from pipeline.extraction.named_bodies import bodies_at
from pipeline.extraction.reward_granters import PEOPLE, Gift
from pipeline.extraction.reward_phrases import (
    FORM,
    NOUN,
    Recipients,
    amounts_by_noun,
    names_recipients,
    read_amount,
    recipients_of,
)
from pipeline.extraction.reward_sentences import gifts_of
from pipeline.extraction.reward_tables import table_rewards
from pipeline.extraction.sentences import sentences_of
from pipeline.extraction.task_units import Addressees
from pipeline.extraction.task_values import inferred_value, printed_value, tidy, trimmed
from pipeline.extraction.units import units_of
from pipeline.language.bodies import bodies_from
from pipeline.language.casing import is_capitals, sentence_case
from pipeline.language.nlp import fold_tones
from pipeline.options import ExtractOptions
from pipeline.records import Reward, Value

__all__ = ["extract_rewards"]

_KINDS = ("heading", "item", "paragraph", "closing")
_ABOUT_REWARDS = re.compile(
    r"khen thưởng|giải thưởng|tôn vinh|biểu dương|cơ cấu giải|trao giải|phần thưởng|mức thưởng|khen tặng|tuyên dương",
    re.IGNORECASE,
)
_LABEL_OF_REWARDS = re.compile(
    r"^(?:về\s|cơ cấu\s|các\s|hình thức\s|mức\s)*(?:khen thưởng|giải thưởng|phần thưởng"
    r"|thưởng)[^:.;]{0,40}:",
    re.IGNORECASE,
)
_NOT_ABOUT = re.compile(
    r"kiểm tra|đánh giá|báo cáo|hồ sơ|thủ tục|quy trình|thời gian|đề xuất|nguyên tắc", re.IGNORECASE
)
_CHECKLIST = re.compile(
    r"^(?:việc|công tác|kết quả|tình hình|mẫu|trình tự|hồ sơ|thời gian trình|thành phần hồ sơ|số lượng hồ sơ"
    r"|chi(?!\s(?:bộ|đoàn|hội|nhánh|cục|ủy|đội|tổ)(?!\w))|kinh phí)\s",
    re.IGNORECASE,
)
_OF_THEM = re.compile(
    r"^(?:đối với|dành cho|cho|giải|khen thưởng|khen)?\s?"
    rf"(?P<whom>(?:các\s|những\s)?{NOUN}(?!\w)[^:.;]{{0,80}})\s?:?\s*$",
    re.IGNORECASE,
)
_CONSIDERS = re.compile(
    r"\s(?:sẽ\s)?(?:xem xét|quyết định|xét|tặng|khen|trao|tổ chức trao|biểu dương)(?!\w)", re.IGNORECASE
)
_EACH_PRIZE = re.compile(r"(?:giải thưởng|phần thưởng|khen thưởng|trao giải|trao thưởng)", re.IGNORECASE)
_TO = re.compile(r"(?<!\w)(?:cho|đối với|dành cho|tới)\s", re.IGNORECASE)
_LABELLED = re.compile(
    rf"^(?P<whom>(?:các\s|mỗi\s|\d{{1,3}}\s)?{NOUN}(?!\w)[^:;.]{{0,100}}?)\s?:\s?(?=[^:]{{0,40}}\d)", re.IGNORECASE
)


_PIECES = re.compile(r"(?<!\w)(\d{1,3})\s(?:giải|suất|phần)(?!\w)")
_ANYWHERE = -1
_SHORT_PRIZES = ("Nhất", "Nhì", "Ba", "Tư", "Khuyến khích", "Đặc biệt")


@dataclass(slots=True)
class _Frame:
    """What a heading or a lead-in says of every line under it."""

    gifts: list[Gift] = field(default_factory=list)
    whom: list[Recipients] = field(default_factory=list)
    granter: TracedText | None = None
    used: bool = False


@dataclass(slots=True)
class _Line:
    """A heading, item or paragraph with what tells how its rewards are meant."""

    passage: Passage
    text: TracedText
    about: bool
    addressees: Addressees | None
    leads: bool


def extract_rewards(document: Document, options: ExtractOptions) -> tuple[Reward, ...]:
    """One record for each form, granter and kind of recipient, or for a promise of reward without a form."""
    document = bounded(document)
    if _reports(document):
        return ()
    sums = _sums_by_section(document)
    decided = _decider(document)
    records: list[Reward] = []
    frames: dict[int, _Frame] = {}
    open_frame: tuple[_Line, _Frame] | None = None
    for line in _lines(document):
        section = line.passage.section
        if line.passage.kind == "heading" or (open_frame is not None and open_frame[0].passage.section != section):
            open_frame = None
        frame = open_frame[1] if open_frame is not None else _frame_over(document, line, frames)
        gifts = _gifts(line, frame)
        if line.leads and line.about:
            made = _frame(line, gifts, frame)
            if line.passage.kind == "heading" and section is not None:
                frames[section] = made
            else:
                open_frame = (line, made)
            if made.gifts and not any(gift.given for gift in made.gifts) and _has_lines_under(document, line):
                continue
        granter = decided if line.text.text[:12].casefold().startswith(("tặng", "khen", "truy tặng", "trao")) else None
        records.extend(
            record
            for gift in gifts
            if gift.form is None or line.about or not gift.listed or (gift.count and gift.amount)
            for record in (_record(gift, line, frame, sums, granter),)
            if record is not None
        )
    records.extend(table_rewards(document))
    return tuple(_distinct(_merged(records)))


def _reports(document: Document) -> bool:
    """Whether the document reports what was done, so that what it says of rewards was given long ago."""
    fields = document.records.document
    kind = str(fields.type.normal) if fields.type is not None else ""
    return kind == "Báo cáo" or (fields.title is not None and str(fields.title.normal).casefold().startswith("báo cáo"))


def _lines(document: Document) -> Iterator[_Line]:
    """Every heading, item and paragraph of the body; of a heading its own words too."""
    units = {unit.passage.index: unit.addressees for unit in units_of(document)}
    for passage in document.passages:
        if passage.kind not in _KINDS or passage.appendix:
            continue
        text = passage.body
        section = document.sections[passage.section] if passage.section is not None else None
        if passage.kind == "heading" and section is not None:
            text = TracedText.join((trimmed(section.heading), passage.body), ": ")
        chain = _chain(document, passage)
        about = any(_ABOUT_REWARDS.search(heading) and not _NOT_ABOUT.search(heading) for heading in chain) or (
            section is not None and section.kind == "rewards"
        )
        about = about or _LABEL_OF_REWARDS.match(text.text) is not None
        leads = passage.kind == "heading" or text.text.rstrip().endswith(":")
        yield _Line(passage, trimmed(text), about, units.get(passage.index), leads)


def _chain(document: Document, passage: Passage) -> list[str]:
    """The headings over a passage, the innermost first."""
    chain: list[str] = []
    index = passage.section
    while index is not None and 0 <= index < len(document.sections) and len(chain) < 12:
        section = document.sections[index]
        chain.append(section.heading.text)
        index = section.parent if section.parent is not None and section.parent < index else None
    return chain


def _frame_over(document: Document, line: _Line, frames: dict[int, _Frame]) -> _Frame | None:
    index = line.passage.section
    if line.passage.kind == "heading" and index is not None:
        index = document.sections[index].parent
    return frames.get(index) if index is not None else None


def _frame(line: _Line, gifts: list[Gift], over: _Frame | None) -> _Frame:
    """What a heading or lead-in says of the lines under it."""
    given = [gift for gift in gifts if gift.form is not None and gift.given is None]
    named = _OF_THEM.match(line.text.text)
    whom = recipients_of(line.text, named.start("whom"), named.end("whom")) if named is not None and not gifts else []
    award = _EACH_PRIZE.search(line.text.text)
    if award is not None and not gifts and not whom:
        towards = _TO.search(line.text.text, award.end())
        whom = recipients_of(line.text, towards.end(), len(line.text.text)) if towards is not None else []
    granter = next((gift.granter for gift in gifts if gift.granter is not None), None)
    if granter is None and not gifts:
        granter = _considering(line.text)
    if granter is None and award is not None:
        after = re.compile(r"(?<!\w)(?:của|do)\s").search(line.text.text, award.end())
        found = bodies_at(line.text, after.end()) if after is not None else None
        granter = found[0] if found is not None else None
    if over is not None:
        given = given or ([] if whom or granter is None else over.gifts)
        whom, granter = whom or over.whom, granter or over.granter
    return _Frame(given, whom, granter)


def _considering(text: TracedText) -> TracedText | None:
    """The body of a lead-in that considers or grants what the lines under it name (`Chủ tịch UBND tỉnh xem xét:`)."""
    for opening in (0, *(match.end() for match in re.finditer(r",\s", text.text[:300]))):
        found = bodies_at(text, opening)
        if found is not None and _CONSIDERS.match(text.text[found[1] :]):
            return found[0]
    return None


def _has_lines_under(document: Document, line: _Line) -> bool:
    """Whether lines follow to whom the form of a heading or lead-in can go."""
    following = document.passages[line.passage.index + 1 : line.passage.index + 4]
    for passage in following:
        if passage.kind in ("page-number", "footnote", "stamp"):
            continue
        if passage.kind not in ("item", "paragraph") or passage.section != line.passage.section:
            return False
        text = passage.body.text
        return FORM.search(text) is None and names_recipients(text[:60])
    return False


def _gifts(line: _Line, frame: _Frame | None) -> list[Gift]:
    """What a line gives; the form of the heading or lead-in over it where it names only who gets it."""
    found: list[Gift] = []
    for start, end in sentences_of(line.text.text):
        sentence = trimmed(line.text.slice(start, end))
        if line.addressees is None and _CHECKLIST.match(sentence.text):
            continue
        found.extend(gifts_of(sentence))
    if any(gift.form is not None for gift in found) or not line.about or line.leads:
        return found
    if frame is not None and frame.gifts:
        named = re.match(r"(?:(?:tặng|trao|xét)\s)*(?:cho\s)?(?:đối với\s)?", line.text.text, re.IGNORECASE)
        start = named.end() if named is not None else 0
        whom = (
            recipients_of(line.text, start, len(line.text.text))
            if names_recipients(line.text.text[start : start + 40])
            else []
        )
        if whom:
            sums, general = dict(amounts_by_noun(line.text.text)), read_amount(line.text.text)
            return [
                replace_gift(gift, line.text, given, sums.get(given.noun, general))
                for gift in frame.gifts
                for given in whom
            ]
    if not found:
        labelled = _LABELLED.match(line.text.text)
        amount = read_amount(line.text.text[labelled.end() :]) if labelled is not None else None
        if labelled is not None and amount is not None:
            whom = recipients_of(line.text, labelled.start("whom"), labelled.end("whom"))
            pieces = _PIECES.search(line.text.text, labelled.end())
            count = int(pieces[1]) if pieces is not None else None
            return [Gift(None, line.text, None, False, count, given, amount) for given in whom]
    return found


def replace_gift(gift: Gift, whole: TracedText, given: Recipients, amount: int | None) -> Gift:
    """A gift of a lead-in given to the recipients of one of its lines."""
    return Gift(gift.form, whole, gift.granter, gift.nobody, gift.count, given, amount or gift.amount, gift.listed)


def _sums_by_section(document: Document) -> dict[int | None, dict[str, int]]:
    """What each of a kind gets where a line of its section says it for all, and where one line of the document does."""
    sums: dict[int | None, dict[str, int]] = {}
    for passage in document.passages:
        if passage.kind in _KINDS and not passage.appendix and len(passage.text.text) < 2000:
            if "thưởng" not in passage.text.text.casefold():
                continue
            for noun, amount in amounts_by_noun(passage.text.text):
                sums.setdefault(passage.section, {}).setdefault(noun, amount)
    whole: dict[str, set[int]] = {}
    for amounts in sums.values():
        for noun, amount in amounts.items():
            whole.setdefault(noun, set()).add(amount)
    sums[_ANYWHERE] = {noun: min(amounts) for noun, amounts in whole.items() if len(amounts) == 1}
    return sums


def _decider(document: Document) -> TracedText | None:
    """The office in whose name a decision gives: the line in capitals over its grounds."""
    kind = document.records.document.type
    if kind is None or kind.normal != "Quyết định":
        return None
    for passage in document.passages:
        if passage.kind in ("grounds", "heading", "item"):
            break
        if passage.kind in ("paragraph", "title") and is_capitals(passage.text.text, letters=8):
            found = bodies_from(sentence_case(passage.text.text), 0)
            if found is not None:
                return passage.text
    return None


def _record(
    gift: Gift, line: _Line, frame: _Frame | None, sums: dict[int | None, dict[str, int]], decided: TracedText | None
) -> Reward | None:
    given = gift.given
    if given is None and frame is not None and frame.whom and gift.form is not None:
        given = frame.whom[0]
    if gift.form is None and given is None:
        return None
    amount = gift.amount
    if amount is None and given is not None:
        amount = sums.get(line.passage.section, {}).get(given.noun)
        if amount is None and gift.form is not None:
            amount = sums[_ANYWHERE].get(given.noun)
    quantity = gift.count if gift.count is not None else given.quantity if given is not None else None
    sure = 0.82 if not gift.listed else 0.8
    return Reward(
        form=_form(gift.form),
        granted_by=_granter(gift, line, frame, decided),
        recipients=printed_value(given.whom, certainty=sure) if given is not None else None,
        quantity=inferred_value(quantity, gift.whole, certainty=sure),
        amount=inferred_value(amount, gift.whole, certainty=sure),
        criteria=printed_value(given.criteria, certainty=0.78) if given is not None else None,
    )


def _form(printed: TracedText | None) -> Value | None:
    """The form; `Nhất` in a row of prizes is the first prize."""
    if printed is None:
        return None
    normal = f"giải {printed.text}" if printed.text in _SHORT_PRIZES else printed.text
    return printed_value(printed, normal, certainty=0.86)


def _granter(gift: Gift, line: _Line, frame: _Frame | None, decided: TracedText | None) -> Value | None:
    """Who gives: named by the sentence or by what stands over it, the one who decides, or the one who is told."""
    if gift.granter is not None:
        return printed_value(gift.granter, tidy(gift.granter.text), certainty=0.8)
    if gift.nobody:
        return None
    if frame is not None and frame.granter is not None:
        return printed_value(frame.granter, tidy(frame.granter.text), certainty=0.75)
    if decided is not None:
        return printed_value(decided, sentence_case(decided.text), certainty=0.85)
    told = line.addressees
    if told is None or line.about:
        return None
    printed = told.text if told.text else TracedText.join(told.leads, ", ")
    if PEOPLE.match(printed.text):
        return None
    return printed_value(printed, tidy(printed.text), certainty=told.certainty * 0.75)


def _merged(records: list[Reward]) -> list[Reward]:
    """Records of which one only adds a sum or a number to another of the same form."""
    kept: list[Reward] = []
    for record in records:
        bare = record.form is not None and record.recipients is None and record.criteria is None
        earlier = next((other for other in reversed(kept) if bare and _completes(record, other)), None)
        if earlier is None:
            kept.append(record)
            continue
        kept[kept.index(earlier)] = replace(
            earlier,
            amount=earlier.amount or record.amount,
            quantity=earlier.quantity or record.quantity,
            granted_by=earlier.granted_by or record.granted_by,
        )
    return kept


def _completes(record: Reward, other: Reward) -> bool:
    """Whether a record says of the same form what another left open, and nothing else."""
    if other.form is None or record.form is None:
        return False
    if fold_tones(str(record.form.normal)) != fold_tones(str(other.form.normal)):
        return False
    pairs = ((record.amount, other.amount), (record.quantity, other.quantity), (record.granted_by, other.granted_by))
    if any(ours is not None and theirs is not None and ours.normal != theirs.normal for ours, theirs in pairs):
        return False
    return any(ours is not None and theirs is None for ours, theirs in pairs[:2])


def _distinct(records: list[Reward]) -> Iterator[Reward]:
    seen: set[tuple[str, ...]] = set()
    for record in records:
        values = (record.form, record.granted_by, record.recipients, record.quantity, record.amount, record.criteria)
        key = tuple(fold_tones(str(value.normal)) if value is not None else "" for value in values)
        if key not in seen:
            seen.add(key)
            yield record

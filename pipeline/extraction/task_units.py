"""A unit of tasks, and the lines under a group of them that say who, with whom and when."""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from pipeline.document import Passage, Section, TracedText
from pipeline.extraction.roles import Role
from pipeline.extraction.task_tables import doers_of
from pipeline.extraction.task_values import trimmed
from pipeline.language.bodies import is_body_list
from pipeline.language.nlp import analyse

__all__ = ["Addressees", "Source", "Unit", "line_kind", "told_by_lines"]

Source = Literal["sentence", "heading", "lead-in", "previous", "end", "line"]

_LINE = re.compile(
    r"^(?:(?P<with>(?:đơn vị|cơ quan|bộ phận|lực lượng"
    r"|các đơn vị)?\s?(?:cùng\s)?phối hợp(?:\s(?:thực hiện|triển khai|tổ chức))?)"
    r"|(?P<lead>(?:đơn vị|cơ quan|bộ phận|người|cá nhân|lực lượng|các đơn vị|các cơ quan)\s(?:được giao\s)?(?:chủ trì"
    r"|thực hiện|phụ trách|đầu mối|tham mưu|tổ chức|chịu trách nhiệm)|chủ trì|phụ trách"
    r"|phân công(?: thực hiện)?|đầu mối(?: thực hiện)?|trách nhiệm(?: thực hiện)?|thực hiện)"
    r"|(?P<time>hoàn thành|(?:thời gian|thời hạn|tiến độ|thời điểm)(?:\s(?:thực hiện|hoàn thành|tổ chức"
    r"|triển khai|dự kiến|báo cáo|thực hiện dự kiến|bắt đầu))*))"
    r"[^:;.]{0,40}?\s?:\s?",
    re.IGNORECASE,
)


_FACT = re.compile(
    r"^(?:(?:dự kiến\s)?(?:địa điểm|thành phần|đối tượng|số lượng|quy mô|phạm vi|hình thức|phương thức"
    r"|phương pháp|kinh phí"
    r"|nguồn (?:kinh phí|lực)|sản phẩm|kết quả|đầu ra|chỉ tiêu|yêu cầu|mục (?:đích|tiêu)|ghi chú|tài liệu|trang phục"
    r"|phương tiện|khách mời|người tham (?:gia|dự)|báo cáo viên)(?:\s[^:;.]{0,40})?)\s?:",
    re.IGNORECASE,
)
_TASK_LABEL = re.compile(
    r"^(?:nội dung|nhiệm vụ|công việc|hoạt động)(?:\s(?:thực hiện|công việc|nhiệm vụ|cụ thể|chính))?\s?:\s?",
    re.IGNORECASE,
)
_ONLY_LEADS = re.compile(
    r"^(?P<lead>[^:;]{4,120}?)\s(?:chủ trì|thực hiện|phụ trách)(?:\s?[;,]\s(?P<with>[^:;]{4,160}?)\s(?:cùng )?phối hợp"
    r"(?: thực hiện)?)?[.;]?$",
    re.IGNORECASE,
)
_OF_ALL = re.compile(
    r"^(?:(?:các\s)?nội dung|(?:các\s)?nhiệm vụ|tổ chức(?: thực hiện| triển khai)?$|phân công|thời gian|kế hoạch"
    r"|chương trình|tiến độ|đối tượng|kinh phí"
    r"|công tác tổ chức|biện pháp|giải pháp|mục đích|một số)(?:\W|$)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"(?:theo|như|xem|có|tại)\s(?:phụ lục|biểu|bảng|mục|điểm|danh sách|lịch|kế hoạch kèm)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Addressees:
    """The bodies that a unit is addressed to, and where that is said.

    Attributes:
        text: their list as printed; empty where it is put together.
        verb: offset in the unit's text where what they have to do begins.
        role: where a label says it.
        partner_texts: where lines name the partners, what they say as printed.
    """

    text: TracedText
    leads: tuple[TracedText, ...]
    source: Source
    partners: tuple[TracedText, ...] = ()
    directing: bool = False
    certainty: float = 0.9
    verb: int = 0
    role: Role | None = None
    partner_texts: tuple[TracedText, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """A list item or paragraph as a task.

    Attributes:
        text: without label, run-in heading and closing mark.
        section: the section that it stands in; chain: it and those over it, the innermost first.
        lead_in: whether it ends in a colon, so that the items under it carry the tasks.
        time_line: the time that a line after its group gives it.
        under_heading: whether it is a heading that only such lines follow.
    """

    passage: Passage
    text: TracedText
    section: Section | None
    chain: tuple[Section, ...]
    addressees: Addressees | None = None
    lead_in: bool = False
    sentences: tuple[tuple[int, int], ...] = field(default=())
    time_line: TracedText | None = None
    under_heading: bool = False

    @property
    def purpose(self) -> bool:
        """Whether it stands among aims and demands."""
        return any(section.kind == "purpose" for section in self.chain)


def line_kind(text: str) -> tuple[Literal["lead", "with", "time"], int] | None:
    """Whether a text is a line that says who, with whom or when, and where its value begins."""
    match = _LINE.match(text)
    if match is None:
        return None
    if match["time"]:
        return "time", match.end()
    return ("with", match.end()) if match["with"] else ("lead", match.end())


def told_by_lines(units: list[Unit]) -> tuple[Unit, ...]:
    """Units with what the lines after their group say; the lines themselves are left out.

    A line after the items of a list speaks of each of them, but for those that name their own doer; after a heading
    alone it speaks of the heading. Beside such lines one that says what is the task, and those that say where, with
    how much or for whom are none.
    """
    told: list[Unit] = []
    group_start = 0
    open_group = False
    carded = {_home(unit) for unit in units if _telling(unit) is not None}
    for unit in units:
        telling = _telling(unit)
        if telling is None:
            if _home(unit) in carded and _FACT.match(_line_text(unit).text) and not _names_doer(unit):
                continue
            if open_group or (told and _home(told[-1]) != _home(unit)):
                group_start, open_group = len(told), False
            told.append(_without_label(unit) if _home(unit) in carded else unit)
            continue
        kind, whole, value = telling
        if told and _home(told[-1]) != _home(unit):
            group_start = len(told)
        group = [index for index in range(group_start, len(told)) if not _is_parent(told, index)]
        if not group:
            told.extend(_heading_unit(unit))
        group = group or list(range(group_start, len(told)))
        if kind == "time":
            for index in group:
                told[index] = replace(told[index], time_line=value)
        else:
            leads, partners = _doers_of_line(value)
            if not group:
                told.append(_alone(unit, whole, kind, leads or partners))
                group_start = len(told)
                continue
            for index in group:
                told[index] = _addressed(told[index], value, leads, partners, with_them=kind == "with")
        open_group = True
    return tuple(told)


def _telling(unit: Unit) -> tuple[Literal["lead", "with", "time"], TracedText, TracedText] | None:
    """The kind of a line that says who, with whom or when, its text and its value; None of any other unit."""
    whole = _line_text(unit)
    alone = _ONLY_LEADS.match(whole.text) if unit.passage.kind == "item" else None
    if alone is not None and is_body_list(alone["lead"]):
        return "lead", whole, whole
    line = line_kind(whole.text)
    value = trimmed(whole.slice(line[1])) if line is not None else TracedText()
    if line is None or not value or (line[0] == "time" and _ELSEWHERE.match(value.text)):
        return None
    if line[0] == "time" and unit.passage.section is None:
        return None
    if line[0] != "time" and 0 in analyse(value.text).marks["verbs"] and value.text[0].islower():
        return None
    return line[0], whole, value


def _doers_of_line(value: TracedText) -> tuple[tuple[TracedText, ...], tuple[TracedText, ...]]:
    """Leads and partners of a line's value, also of one that says no more than who leads and who helps."""
    match = _ONLY_LEADS.match(value.text)
    if match is None:
        return doers_of(value)
    partners = doers_of(value.slice(match.start("with"), match.end("with")))[0] if match["with"] else ()
    return doers_of(value.slice(match.start("lead"), match.end("lead")))[0], partners


def _home(unit: Unit) -> int | None:
    """The section that a unit is about: of a run-in label (`b) Cơ quan chủ trì: …`) the one over it."""
    if unit.under_heading and unit.section is not None:
        return unit.section.index
    if unit.passage.kind != "heading" or unit.section is None:
        return unit.passage.section
    heading = unit.section.heading.text + ":"
    label = line_kind(heading) is not None or _FACT.match(heading) or _TASK_LABEL.match(heading)
    return unit.section.parent if label and unit.section.parent is not None else unit.passage.section


def _names_doer(unit: Unit) -> bool:
    return unit.addressees is not None and unit.addressees.source in ("sentence", "end")


def _without_label(unit: Unit) -> Unit:
    """A unit without the `Nội dung:` before its task."""
    label = _TASK_LABEL.match(unit.text.text)
    if label is None or len(unit.text.text) <= label.end():
        return unit
    text = unit.text.slice(label.end())
    sentences = tuple(
        (max(start - label.end(), 0), end - label.end()) for start, end in unit.sentences if end > label.end()
    )
    return replace(unit, text=text, sentences=sentences)


def _is_parent(units: list[Unit], index: int) -> bool:
    """Whether a unit leads in others or deeper items follow it, so that they carry the task."""
    if units[index].lead_in:
        return True
    return index + 1 < len(units) and units[index + 1].passage.depth > units[index].passage.depth


def _line_text(unit: Unit) -> TracedText:
    """A unit's text; of a run-in heading the heading too."""
    if unit.passage.kind != "heading" or unit.section is None:
        return unit.text
    return TracedText.join((trimmed(unit.section.heading), unit.text), ": ")


def _heading_unit(unit: Unit) -> list[Unit]:
    """The heading that a line stands under, as the task."""
    chain = unit.chain
    if unit.passage.kind == "heading":
        named = len(chain) > 1 and _home(unit) == chain[1].index and not _OF_ALL.match(chain[1].heading.text)
        chain = chain[1:] if named else ()
    if not chain:
        return []
    return [Unit(unit.passage, trimmed(chain[0].heading), chain[0], chain, under_heading=True)]


def _alone(unit: Unit, whole: TracedText, kind: str, bodies: tuple[TracedText, ...]) -> Unit:
    role: Role = "coordinate" if kind == "with" else "lead"
    addressees = Addressees(TracedText(), bodies, "line", role=role, certainty=0.7) if bodies else None
    return replace(unit, text=whole, addressees=addressees, sentences=((0, len(whole.text)),))


def _addressed(
    unit: Unit, text: TracedText, leads: tuple[TracedText, ...], partners: tuple[TracedText, ...], *, with_them: bool
) -> Unit:
    before = unit.addressees
    if before is not None and before.source == "sentence":
        return unit
    if with_them:
        base = before or Addressees(TracedText(), (), "line")
        found, texts = (*base.partners, *leads, *partners), (*base.partner_texts, text)
        return replace(unit, addressees=replace(base, partners=found, partner_texts=texts))
    kept = before.partners if before is not None and before.source == "line" else ()
    texts = before.partner_texts if before is not None else ()
    addressees = Addressees(
        text, leads, "line", (*kept, *partners), role="lead", certainty=0.82, partner_texts=texts if kept else ()
    )
    return replace(unit, addressees=addressees)

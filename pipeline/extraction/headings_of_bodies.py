"""Headings that are bodies: `3. Phòng Đào tạo`, `Đề nghị Sở Y tế`, `Sở Tài chính chủ trì, phối hợp các sở, ngành`."""

import re
from dataclasses import dataclass

from pipeline.document import Section, TracedText
from pipeline.extraction.roles import coordinators
from pipeline.extraction.task_values import body_text
from pipeline.language.bodies import Body, bodies_from
from pipeline.language.nlp import analyse

__all__ = ["HeadingBodies", "bodies_of_heading"]

_OPENING = re.compile(
    r"^(?:(?:kính\s)?đề\snghị|giao(?:\scho)?|yêu\scầu|phân\scông|(?:về\s)?(?:trách\snhiệm"
    r"|nhiệm\svụ)(?:\scủa)?|đối\svới)\s",
    re.IGNORECASE,
)
_REST = re.compile(
    r"^\s?(?:$|\([^()]{0,120}\)\s?$|chỉ\sđạo|chủ\strì|phối\shợp|có\strách\snhiệm|chịu\strách\snhiệm"
    r"|thực\shiện|tổ\schức\sthực\shiện|là\s|[-–:])",
    re.IGNORECASE,
)
_DIRECTS = re.compile(r"^\s?(?:chỉ\sđạo|lãnh\sđạo)", re.IGNORECASE)
_LEADS = re.compile(r"^\s?chủ\strì", re.IGNORECASE)
_OTHER_THINGS = re.compile(
    r"^(?:chế độ|kinh phí|thời gian|địa điểm|công tác|phân công|tổ chức thực hiện|nội dung|hình thức"
    r"|mục|đối tượng|yêu cầu|báo cáo|tiến độ|nhiệm vụ(?! của)|giải pháp|lộ trình|nguồn|khen thưởng"
    r"|thành phần|cấp (?:tỉnh|huyện|xã|cơ sở|trung ương)$|điều khoản|các nội dung|các biện pháp|một số)",
    re.IGNORECASE,
)
_HELD = re.compile(r"\s?[,–-]\s(?!(?:thầy|cô|ông|bà|đồng chí)\s)\S", re.IGNORECASE)
_NOT_OF_BODIES = ("purpose", "subjects", "schedule", "funding", "rewards")
_ORGANS = re.compile(
    r"^(?:các\s)?(?:tiểu ban|tổ|đội|nhóm|cụm|khối|chi hội|chi đoàn|liên đội|phân xưởng|xí nghiệp|tiểu đoàn|đại đội"
    r"|trung đoàn|sư đoàn|lữ đoàn|quản đốc|chỉ huy|bộ phận|trạm|cấp ủy|thành viên|ủy viên|thư ký|trưởng|phó)"
    r"\s(?!giải pháp|nhiệm vụ|chức)",
    re.IGNORECASE,
)
_MAX_WORDS = 16


@dataclass(frozen=True, slots=True)
class HeadingBodies:
    """The bodies that a heading addresses.

    Attributes:
        text: the list as printed.
        leads: each of them; partners: those that they are to do it with.
        directing: whether the heading says that they direct or lead.
    """

    text: TracedText
    leads: tuple[TracedText, ...]
    partners: tuple[TracedText, ...] = ()
    directing: bool = False
    certainty: float = 0.86


def bodies_of_heading(section: Section, siblings: bool = False) -> HeadingBodies | None:
    """The bodies that a heading names, where it is nothing but them and what they are told in a word or two.

    Args:
        section: the section that it heads.
        siblings: whether most headings beside it are bodies, so that an unknown name is one too.
    """
    heading = section.heading
    text = heading.text.rstrip(" .:;")
    if _OTHER_THINGS.match(text):
        return None
    match = _OPENING.match(text)
    start = match.end() if match else 0
    found = bodies_from(text, start)
    if found is not None and _REST.match(text[found.end :]):
        if found.bodies[0].kind == "generic" and not (match or section.kind == "organization"):
            return None
        rest = text[found.end :]
        partners = [body for body in coordinators(text) if body.start >= found.end]
        directing = bool(_DIRECTS.match(rest)) or bool(_LEADS.match(rest))
        held = _office_held(heading, found.bodies, text)
        if held is not None:
            return HeadingBodies(held, (held,))
        return HeadingBodies(
            heading.slice(found.bodies[0].start, found.end),
            tuple(_part(heading, body) for body in found.bodies),
            tuple(_part(heading, body) for body in partners),
            directing,
        )
    if siblings and section.kind == "organization" and _could_be_name(text[start:]):
        whole = heading.slice(start, len(text))
        return HeadingBodies(whole, _listed(whole), certainty=0.6)
    if match is None and section.kind not in _NOT_OF_BODIES and _ORGANS.match(text) and _could_be_name(text):
        whole = heading.slice(0, len(text))
        return HeadingBodies(whole, (whole,), certainty=0.6)
    if found is not None and section.kind == "organization" and _could_be_name(text[start:]):
        whole = heading.slice(start, len(text))
        leads = (
            *(_part(heading, body) for body in found.bodies[:-1]),
            heading.slice(found.bodies[-1].start, len(text)),
        )
        return HeadingBodies(whole, leads, certainty=0.65)
    return None


def _listed(whole: TracedText) -> tuple[TracedText, ...]:
    """Unknown names parted at commas after which an office in capitals begins."""
    parts: list[TracedText] = []
    start = 0
    analysis = analyse(whole.text)
    for match in re.finditer(r",\s(?:và\s)?|\svà\s", whole.text):
        token = analysis.token_at(match.end())
        if whole.text[match.end()].isupper() and token in analysis.marks["heads"]:
            parts.append(whole.slice(start, match.start()))
            start = match.end()
    return (*parts, whole.slice(start))


def _office_held(heading: TracedText, bodies: tuple[Body, ...], text: str) -> TracedText | None:
    """A person with the office that is set after the name (`Đồng chí An - Phó Chủ tịch`), as printed."""
    person, *others = bodies
    if person.kind != "person" or any(other.kind != "position" for other in others) or len(others) > 1:
        return None
    after = text[person.end :]
    return heading.slice(person.start, len(text)) if _HELD.match(after) and " và " not in after[:4] else None


def _part(heading: TracedText, body: Body) -> TracedText:
    return body_text(heading, body)


def _could_be_name(text: str) -> bool:
    """Whether a heading of unknown words may name a body: short, no verb at its start, none of a
    plan's usual parts."""
    if not text or len(text.split()) > _MAX_WORDS:
        return False
    analysis = analyse(text)
    return 0 not in analysis.marks["verbs"] and not any(mark in text for mark in ".;:?!")

"""What stands before the colon of a task: the bodies that it is addressed to; and what says nothing but when."""

import re
from dataclasses import dataclass

from pipeline.document import TracedText
from pipeline.extraction.task_values import body_text
from pipeline.language.bodies import bodies_from
from pipeline.language.nlp import analyse
from pipeline.language.plan_dates import PlanDate
from pipeline.language.time_expressions import find_times

__all__ = ["BodyLabel", "body_label", "is_time_alone"]

_COLON = re.compile(r"\s?:(?=\s|$)")
_OPENING = re.compile(
    r"^(?:(?:(?:kính|trân\strọng)\s)?đề\snghị|giao(?:\scho)?|yêu\scầu|phân\scông|(?:trách\snhiệm|nhiệm\svụ)\scủa|đối\svới)\s",
    re.IGNORECASE,
)
_EXPLAINED = re.compile(
    r"^\s?(?:$|\([^()]{0,160}\)\s?$|[-–]\s|,\s|(?:có|chịu)\strách\snhiệm(?:\s(?:chính|chung))?$|chủ\strì$|làm\s|là\s)",
    re.IGNORECASE,
)
_NAMED_ON = re.compile(r"[.;:()\d]|\b(?:chủ\strì|phối\shợp|căn\scứ|được|tham\smưu|có\strách|các)\b")
_WEEK = re.compile(r"^tuần\s(?:thứ\s)?\d{1,2}\b", re.IGNORECASE)
_BETWEEN = re.compile(r"^[\s,;()–-]*(?:và|dự\skiến|thời\sgian|buổi|sáng|chiều|tối|từ|ngày)?[\s,;()–-]*$", re.IGNORECASE)
_MAX_LABEL = 200
_MAX_NAME_WORDS = 6


@dataclass(frozen=True, slots=True)
class BodyLabel:
    """The bodies before a colon.

    Attributes:
        text: all of them as printed; leads: one by one.
        task: offset of what they are told, the length of the text where it follows in items of its own.
        certainty: how sure it is that they are bodies.
    """

    text: TracedText
    leads: tuple[TracedText, ...]
    task: int
    certainty: float


def body_label(text: TracedText) -> BodyLabel | None:
    """The bodies that an item names before its colon (`Phòng Nội vụ: tham mưu …`), or that it is nothing but."""
    colon = _COLON.search(text.text, 0, _MAX_LABEL)
    if colon is None:
        return None
    opening = _OPENING.match(text.text)
    start = opening.end() if opening else 0
    listed = bodies_from(text.text, start)
    told = _begins_with_verb(text.text[colon.end() :].strip())
    if listed is not None and listed.end > colon.start() and not told:
        return None
    found = bodies_from(text.text[: colon.start()], start)
    task = colon.end()
    rest = text.text[task:].strip()
    if found is None or (found.bodies[0].kind == "generic" and not opening):
        return _unnamed(text, start, colon.start(), task)
    named = text.text[found.end : colon.start()]
    leads = tuple(body_text(text, body) for body in found.bodies)
    if _EXPLAINED.match(named):
        held = found.bodies[-1].kind == "person" and named.lstrip()[:1] in (",", "-", "–")
        if held:
            leads = (*leads[:-1], text.slice(found.bodies[-1].start, colon.start()))
        whole = text.slice(found.bodies[0].start, colon.start() if held else found.end)
        return BodyLabel(whole, leads, task, 0.86)
    if len(named.split()) > _MAX_NAME_WORDS or _NAMED_ON.search(named) or (rest and not _begins_with_verb(rest)):
        return None
    leads = (*leads[:-1], text.slice(found.bodies[-1].start, colon.start()))
    return BodyLabel(text.slice(found.bodies[0].start, colon.start()), leads, task, 0.7)


def _unnamed(text: TracedText, start: int, end: int, task: int) -> BodyLabel | None:
    """A head without a name of its own (`Văn phòng: …`), where a verb follows the colon."""
    analysis = analyse(text.text)
    token = analysis.token_at(start)
    known = max(analysis.marks[name].get(token, 0) for name in ("heads", "positions", "generic"))
    rest = text.text[task:].strip()
    if not known or analysis.ends[known - 1] != end or not rest or not _begins_with_verb(rest):
        return None
    if token in analysis.marks["verbs"] or not text.text[start].isupper():
        return None
    whole = text.slice(start, end)
    return BodyLabel(whole, (whole,), task, 0.75)


def is_time_alone(text: str, plan: PlanDate) -> bool:
    """Whether a text says nothing but when."""
    if _WEEK.match(text) and len(text.split()) <= _MAX_NAME_WORDS:
        return True
    found = find_times(text, plan, alone=True)
    if not found:
        return False
    position, between = 0, []
    for time in found:
        between.append(text[position : time.start])
        position = time.end
    return all(_BETWEEN.match(part) for part in (*between, text[position:]))


def _begins_with_verb(text: str) -> bool:
    analysis = analyse(text)
    return 0 in analysis.marks["verbs"] or any(analysis.words[:1] == [word] for word in ("là", "Là"))

"""Units of tasks: each list item or paragraph of the body with the bodies that it is addressed to.

A unit's addressees stand in its own sentence, in the heading over it, in a lead-in that ends in a colon, or in the
item before it whose subject runs on; they are looked for in this order.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from pipeline.document import Document, Passage, Section, TracedText
from pipeline.extraction.headings_of_bodies import HeadingBodies, bodies_of_heading
from pipeline.extraction.sentences import Doer, doer_at_end, doer_of, sentences_of
from pipeline.extraction.task_values import trimmed
from pipeline.language.nlp import analyse

__all__ = ["Addressees", "Source", "Unit", "units_of"]

Source = Literal["sentence", "heading", "lead-in", "previous", "end", "line"]

_TASK_KINDS = ("item", "paragraph", "heading", "closing")
_NO_TASK = re.compile(
    r"^(?:trên đây là|mọi (?:thông tin|chi tiết|vướng mắc)|ghi chú|lưu ý|\(|nơi nhận|phụ lục)", re.IGNORECASE
)
_DIFFICULTIES = re.compile(r"(?:khó khăn|vướng mắc|phát sinh|vấn đề)", re.IGNORECASE)
_CONTACT = re.compile(r"liên hệ", re.IGNORECASE)
_TELLING = re.compile(r"báo cáo|phản ánh|thông tin|đề nghị|kiến nghị", re.IGNORECASE)
_PERSON_LINE = re.compile(r"^(?:ông|bà|đồng chí|đ/c|thầy|cô)\s", re.IGNORECASE)
_RUNS_ON = ("organization", "schedule")


@dataclass(frozen=True, slots=True)
class Addressees:
    """The bodies that a unit is addressed to, and where that is said.

    Attributes:
        text: their list as printed; empty where it is put together.
        verb: offset in the unit's text where what they have to do begins.
    """

    text: TracedText
    leads: tuple[TracedText, ...]
    source: Source
    partners: tuple[TracedText, ...] = ()
    directing: bool = False
    certainty: float = 0.9
    verb: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """A list item or paragraph as a task.

    Attributes:
        text: without label, run-in heading and closing mark.
        section: the section that it stands in; chain: it and those over it, the innermost first.
        lead_in: whether it ends in a colon, so that the items under it carry the tasks.
    """

    passage: Passage
    text: TracedText
    section: Section | None
    chain: tuple[Section, ...]
    addressees: Addressees | None = None
    lead_in: bool = False
    sentences: tuple[tuple[int, int], ...] = field(default=())

    @property
    def purpose(self) -> bool:
        """Whether it stands among aims and demands."""
        return any(section.kind == "purpose" for section in self.chain)


def units_of(document: Document) -> tuple[Unit, ...]:
    """Every unit of the body, in order, with its addressees where somebody is told."""
    issuer = _issuer(document)
    headings = _heading_bodies(document)
    units: list[Unit] = []
    lead_ins: list[Unit] = []
    for passage in document.passages:
        if passage.kind == "heading" and not passage.appendix:
            lead_ins = []
        unit = _unit(document, passage)
        if unit is None:
            continue
        lead_ins = [lead for lead in lead_ins if _governs(lead, unit)]
        addressees = (
            _own(unit, issuer, headings)
            or _from_heading(unit, headings)
            or _from_lead_in(lead_ins)
            or _at_end(unit)
            or _running_on(unit, units)
        )
        unit = replace(unit, addressees=addressees)
        if unit.lead_in:
            lead_ins.append(unit)
        units.append(unit)
    return tuple(units)


def _issuer(document: Document) -> str:
    issuer = document.records.document.issuer
    return str(issuer.normal) if issuer is not None else ""


def _unit(document: Document, passage: Passage) -> Unit | None:
    if passage.kind not in _TASK_KINDS or passage.appendix:
        return None
    body = passage.body
    if passage.kind == "closing":
        body = _told_in_closing(body)
    if len(body.text) < 4 or _NO_TASK.match(body.text) or _PERSON_LINE.match(body.text):
        return None
    chain = _chain(document, passage)
    lead_in = body.text.rstrip().endswith(":") and passage.kind != "heading"
    text = trimmed(body)
    if not text:
        return None
    section = chain[0] if chain else None
    return Unit(passage, text, section, chain, None, lead_in, tuple(sentences_of(text.text)))


def _told_in_closing(body: TracedText) -> TracedText:
    """The sentence of a closing that says to whom difficulties are to be reported; nothing else in it is a task."""
    for start, end in sentences_of(body.text):
        sentence = body.text[start:end]
        if _DIFFICULTIES.search(sentence) and _TELLING.search(sentence) and not _CONTACT.search(sentence):
            return body.slice(start, end)
    return TracedText()


def _chain(document: Document, passage: Passage) -> tuple[Section, ...]:
    chain: list[Section] = []
    index = passage.section
    while index is not None and 0 <= index < len(document.sections) and len(chain) < 12:
        section = document.sections[index]
        chain.append(section)
        index = section.parent if section.parent is None or section.parent < index else None
    return tuple(chain)


def _heading_bodies(document: Document) -> dict[int, HeadingBodies]:
    """Bodies by the index of the section whose heading names them; siblings of bodies are bodies."""
    plain = {section.index: bodies_of_heading(section) for section in document.sections if not section.appendix}
    found = {index: bodies for index, bodies in plain.items() if bodies is not None}
    families: dict[int | None, list[Section]] = {}
    for section in document.sections:
        if not section.appendix:
            families.setdefault(section.parent, []).append(section)
    for parent, members in families.items():
        named = sum(member.index in found for member in members)
        if parent is None or named * 2 <= len(members):
            continue
        for member in members:
            if member.index not in found:
                bodies = bodies_of_heading(member, siblings=True)
                if bodies is not None:
                    found[member.index] = bodies
    return found


def _own(unit: Unit, issuer: str, headings: dict[int, HeadingBodies]) -> Addressees | None:
    """The subject of the unit's first sentence; under a heading that is a body only another's name at its start."""
    if not unit.sentences:
        return None
    start, end = unit.sentences[0]
    doer = doer_of(unit.text.text[start:end], issuer=issuer)
    if doer is None:
        return None
    if doer.bodies.bodies[0].kind == "generic" and any(section.index in headings for section in unit.chain):
        return None
    return _addressees(unit.text, doer, "sentence", start)


def _addressees(text: TracedText, doer: Doer, source: Source, offset: int = 0) -> Addressees:
    certainty = {"generic": 0.6, "collective": 0.85}.get(doer.bodies.bodies[0].kind, 0.9)
    return Addressees(
        text.slice(offset + doer.start, offset + doer.end),
        tuple(text.slice(offset + body.start, offset + body.end) for body in doer.bodies.bodies),
        source,
        certainty=certainty if doer.place != "end" else min(certainty, 0.75),
        verb=0 if doer.place == "end" else offset + doer.verb,
    )


def _from_heading(unit: Unit, headings: dict[int, HeadingBodies]) -> Addressees | None:
    for section in unit.chain:
        named = headings.get(section.index)
        if named is not None:
            return Addressees(named.text, named.leads, "heading", named.partners, named.directing, named.certainty)
    return None


def _governs(lead: Unit, unit: Unit) -> bool:
    """Whether a lead-in that ends in a colon still speaks of a later unit."""
    if lead.passage.section != unit.passage.section or unit.passage.kind in ("heading", "closing"):
        return False
    if unit.passage.depth > lead.passage.depth:
        return True
    if unit.passage.depth < lead.passage.depth:
        return False
    if lead.passage.kind == "paragraph":
        return unit.passage.kind == "item" or unit.passage.index == lead.passage.index + 1
    return not _has_children(lead, unit)


def _has_children(lead: Unit, unit: Unit) -> bool:
    """An item that has deeper items of its own ends where the next of its level begins."""
    return (
        unit.passage.label is None
        or unit.passage.index - lead.passage.index > 30
        or _bullet_kind(lead) != _bullet_kind(unit)
    )


def _bullet_kind(unit: Unit) -> str:
    label = unit.passage.label or ""
    return "number" if label[:1].isdigit() else "letter" if label[:1].isalpha() else label


def _from_lead_in(lead_ins: list[Unit]) -> Addressees | None:
    for lead in reversed(lead_ins):
        if lead.addressees is not None and lead.addressees.source != "heading":
            return replace(lead.addressees, source="lead-in", certainty=lead.addressees.certainty * 0.9, verb=0)
    return None


def _at_end(unit: Unit) -> Addressees | None:
    text = unit.text.text
    doer = doer_at_end(text)
    return _addressees(unit.text, doer, "end") if doer is not None else None


def _running_on(unit: Unit, units: list[Unit]) -> Addressees | None:
    """The addressees of the item before, where this one begins with a verb and its list is one of duties."""
    if not units or not any(section.kind in _RUNS_ON for section in unit.chain):
        return None
    before = units[-1]
    same = before.passage.section == unit.passage.section and before.passage.depth == unit.passage.depth
    if not same or before.addressees is None or before.lead_in or before.passage.kind != unit.passage.kind:
        return None
    if before.addressees.source not in ("sentence", "previous") or not _begins_with_verb(unit.text.text):
        return None
    return replace(before.addressees, source="previous", certainty=0.6, verb=0)


def _begins_with_verb(text: str) -> bool:
    analysis = analyse(text)
    for offset in (0, *(match.end() for match in list(re.finditer(r":\s", text[:80]))[:1])):
        token = analysis.token_at(offset)
        if token in analysis.marks["verbs"] or analysis.words[token : token + 1] in (["Xin"], ["Là"]):
            return True
    return False

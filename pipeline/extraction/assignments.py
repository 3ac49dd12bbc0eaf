"""The table of assignments: each body that is given a task, with its role."""

import re
from collections.abc import Iterable, Iterator

from pipeline.document import Document, TracedText
from pipeline.extraction.bounds import bounded
from pipeline.extraction.roles import Role, coordinators, reported_to, role_of
from pipeline.extraction.sentences import doer_at_end, doer_of, refers_back
from pipeline.extraction.task_tables import TaskRow, task_rows
from pipeline.extraction.task_times import TimeContext, accepted_times, plan_date
from pipeline.extraction.task_units import Addressees, Unit, line_kind
from pipeline.extraction.task_values import body_text, inferred_value, printed_value, tidy, trimmed
from pipeline.extraction.units import units_of
from pipeline.language.bodies import Body, body_id
from pipeline.language.nlp import fold_tones
from pipeline.language.plan_dates import PlanDate
from pipeline.options import ExtractOptions
from pipeline.records import Assignment, Value

__all__ = ["extract_assignments"]

_CLAUSE = re.compile(r";\s(?:đồng\sthời,?\s)?")
_MAX_CLAUSES = 12


def extract_assignments(document: Document, options: ExtractOptions) -> tuple[Assignment, ...]:
    """One record for each body and task: items, paragraphs and rows of tables; aims and demands give none."""
    document = bounded(document)
    plan = plan_date(document)
    records: list[tuple[int, Assignment]] = []
    for unit in units_of(document):
        if not unit.lead_in and not unit.purpose:
            records.extend((unit.passage.index, record) for record in _of_unit(unit, plan))
    for row in task_rows(document):
        records.extend((row.passage.index, record) for record in _of_row(row))
    return tuple(record for _, record in _distinct(sorted(records, key=lambda pair: pair[0])))


def _of_unit(unit: Unit, plan: PlanDate) -> Iterator[Assignment]:
    """The addressees with the whole unit, then the other bodies with the sentences that name them."""
    addressees = unit.addressees
    text = unit.text
    given: set[str] = set()
    others = list(_other_doers(unit, addressees))
    if addressees is not None:
        own = _without(text, [(start, end) for start, end, _ in others])
        deadline = _deadline(own, plan, unit.time_line)
        role = addressees.role or role_of(text.text, addressees.verb, directing=addressees.directing)
        for lead in addressees.leads:
            given.add(body_id(lead.text))
            yield _record(lead, role, own, deadline, addressees.certainty)
        for partner in addressees.partners:
            if body_id(partner.text) not in given:
                given.add(body_id(partner.text))
                yield _record(partner, "coordinate", own, deadline, addressees.certainty)
    for start, end, doer in others:
        sentence = trimmed(text.slice(start, end))
        for lead in doer.leads:
            if body_id(lead.text) not in given:
                given.add(body_id(lead.text))
                yield _record(
                    lead, role_of(sentence.text, doer.verb - start), sentence, _deadline(sentence, plan), 0.55
                )
    if addressees is None and not others and not any(True for _ in _clause_doers(text)):
        return
    for start, end in unit.sentences:
        sentence = trimmed(text.slice(start, end))
        when = _deadline(sentence, plan, _time_sentence(unit, sentence))
        for body, role in _clause_doers(sentence):
            if body_id(body.text) not in given:
                given.add(body_id(body.text))
                yield _record(body, role, sentence, when, 0.7)
        yield from _named(sentence, given, when)


def _time_sentence(unit: Unit, sentence: TracedText) -> TracedText | None:
    """What a sentence of its own says about when the whole unit is to be done (`Thời gian hoàn thành: …`)."""
    if unit.time_line is not None or len(unit.sentences) < 2:
        return unit.time_line
    start, end = unit.sentences[-1]
    last = trimmed(unit.text.slice(start, end))
    line = line_kind(last.text)
    return last.slice(line[1]) if line is not None and line[0] == "time" and last.text != sentence.text else None


def _named(sentence: TracedText, given: set[str], deadline: Value | None) -> Iterator[Assignment]:
    """The bodies that a sentence names as partners or as receivers of a report."""
    roles: tuple[tuple[Role, Iterable[Body]], ...] = (
        ("coordinate", coordinators(sentence.text)),
        ("report_to", reported_to(sentence.text)),
    )
    for role, bodies in roles:
        for body in bodies:
            part = body_text(sentence, body)
            if body_id(part.text) and body_id(part.text) not in given:
                given.add(body_id(part.text))
                yield _record(part, role, sentence, deadline, 0.85 if body.kind != "generic" else 0.65)


def _other_doers(unit: Unit, addressees: Addressees | None) -> Iterator[tuple[int, int, Addressees]]:
    """Sentences after the first in which another body is the doer."""
    known = {body_id(lead.text) for lead in addressees.leads} if addressees is not None else set()
    for start, end in unit.sentences[1:]:
        sentence = unit.text.text[start:end]
        doer = doer_of(sentence) or doer_at_end(sentence)
        if doer is None or doer.bodies.bodies[0].kind == "generic":
            continue
        leads = tuple(body_text(unit.text, body, start) for body in doer.bodies.bodies)
        if any(body_id(lead.text) not in known for lead in leads):
            yield start, end, Addressees(unit.text.slice(start, end), leads, "sentence", verb=start + max(doer.verb, 0))


def _clause_doers(sentence: TracedText) -> Iterator[tuple[TracedText, Role]]:
    """The bodies that later clauses are addressed to (`…; giao Văn phòng theo dõi`), each with its role."""
    first = doer_of(sentence.text)
    for match in list(_CLAUSE.finditer(sentence.text))[:_MAX_CLAUSES]:
        end = sentence.text.find(";", match.end())
        clause = sentence.text[match.end() : end if end >= 0 else len(sentence.text)]
        doer = doer_of(clause)
        if doer is None or doer.bodies.bodies[0].kind == "generic" or refers_back(clause, doer):
            continue
        if doer.place == "directive" and first is not None and first.place == "subject":
            continue
        for body in doer.bodies.bodies:
            yield body_text(sentence, body, match.end()), role_of(clause, doer.verb)


def _without(text: TracedText, parts: list[tuple[int, int]]) -> TracedText:
    """A unit less the sentences that are others' to do; all of it where nothing else would be left."""
    kept: list[TracedText] = []
    position = 0
    for start, end in parts:
        kept.append(text.slice(position, start))
        position = end
    kept.append(text.slice(position))
    own = trimmed(TracedText.join(kept))
    return own if own else text


def _deadline(text: TracedText, plan: PlanDate, line: TracedText | None = None) -> Value | None:
    times = accepted_times(text.text, TimeContext(plan))
    parts = [text.slice(time.start, time.end) for time in times]
    if line is not None:
        parts.append(line)
    return printed_value(TracedText.join(parts, "; "), certainty=0.82) if parts else None


def _of_row(row: TaskRow) -> Iterator[Assignment]:
    if not row.task:
        return
    deadline = printed_value(trimmed(row.time), certainty=0.9) if row.time else None
    given: set[str] = set()
    roles: tuple[tuple[Role, tuple[TracedText, ...]], ...] = (("lead", row.leads), ("coordinate", row.partners))
    for role, bodies in roles:
        for body in bodies:
            if body_id(body.text) not in given:
                given.add(body_id(body.text))
                yield _record(body, role, row.task, deadline, 0.9)


def _record(body: TracedText, role: Role, task: TracedText, deadline: Value | None, certainty: float) -> Assignment:
    return Assignment(
        body=printed_value(body, tidy(body.text), certainty=certainty),
        role=inferred_value(role, body, certainty=min(certainty, 0.82)),
        task=printed_value(task, certainty=min(certainty + 0.04, 0.92)),
        deadline=deadline,
    )


def _distinct(records: list[tuple[int, Assignment]]) -> Iterator[tuple[int, Assignment]]:
    """Records that differ in anything; equal ones are one."""
    seen: set[tuple[str, ...]] = set()
    for index, record in records:
        values = (record.body, record.role, record.task, record.deadline)
        key = tuple(fold_tones(str(value.normal)) if value is not None else "" for value in values)
        if record.body is not None and record.task is not None and key not in seen:
            seen.add(key)
            yield index, record

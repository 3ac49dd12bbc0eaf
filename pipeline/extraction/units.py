"""Units of tasks: each list item or paragraph of the body with the bodies that it is addressed to.

A unit's addressees stand in its own sentence, in the heading over it, in a lead-in that ends in a colon, or in the
item before it whose subject runs on; they are looked for in this order.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.document import Document, Passage, Section, TracedText
from pipeline.extraction.headings_of_bodies import HeadingBodies, bodies_of_heading
from pipeline.extraction.sentences import Doer, doer_at_end, doer_of, sentences_of
from pipeline.extraction.task_labels import body_label, is_time_alone
from pipeline.extraction.task_times import plan_date
from pipeline.extraction.task_units import Addressees, Source, Unit, line_kind, told_by_lines
from pipeline.extraction.task_values import body_text, trimmed
from pipeline.language.bodies import bodies_from, is_body_list
from pipeline.language.nlp import analyse
from pipeline.language.plan_dates import PlanDate
from pipeline.language.time_expressions import find_times

__all__ = ["units_of"]

_TASK_KINDS = ("item", "paragraph", "heading", "closing", "grounds")
_NO_TASK = re.compile(
    r"^(?:(?:quyết định|kế hoạch|quy định|quy chế|chỉ thị|nghị quyết)(?: này)? có hiệu lực|trên đây là"
    r"|mọi (?:thông tin|chi tiết|vướng mắc)|ghi chú|lưu ý|\(|nơi nhận|phụ lục)",
    re.IGNORECASE,
)
_COURTESY = re.compile(r"trân trọng đề nghị[^;:]{0,160}quan tâm[^;:]{0,40}$|trân trọng cảm ơn", re.IGNORECASE)
_DIFFICULTIES = re.compile(r"(?:khó khăn|vướng mắc|phát sinh|vấn đề)", re.IGNORECASE)
_CONTACT = re.compile(r"liên hệ", re.IGNORECASE)
_TELLING = re.compile(r"báo cáo|phản ánh|thông tin|đề nghị|kiến nghị", re.IGNORECASE)
_PERSON_LINE = re.compile(r"^(?:ông|bà|đồng chí|đ/c|thầy|cô)\s[^:]*$", re.IGNORECASE)
_FOR_WHOM = re.compile(
    r"^(?:đối tượng|thành phần|phạm vi|tiêu chuẩn|tiêu chí|địa điểm)(?!.*(?:thời gian|nội dung"
    r"|nhiệm vụ|tổ chức|phân công))",
    re.IGNORECASE,
)
_SITUATION = re.compile(
    r"^(?:khái quát|bối cảnh|sự cần thiết|(?:đánh giá |đặc điểm |khái quát |sơ lược )?(?:tình hình|thực trạng)"
    r"|kết quả (?:đạt được|thực hiện|đã|công tác|năm)|(?:những |một số )?(?:ưu điểm|tồn tại|hạn chế|thuận lợi|khó khăn)"
    r"|nguyên nhân|bài học kinh nghiệm)",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"^trên đây là", re.IGNORECASE)
_BIDS_DO = re.compile(
    r"(?:đề nghị|yêu cầu)\s[^;:]{0,160}\s(?:nghiêm túc|tích cực|khẩn trương|chủ động|phối hợp|quan tâm|kịp thời)?"
    r"[^;:]{0,60}(?:thực hiện|triển khai)[^;:]{0,40}$",
    re.IGNORECASE,
)
_ASKS_OTHERS = re.compile(r"\s(?:đề nghị|yêu cầu|giao)\s(?!ban hành)", re.IGNORECASE)
_FORMULA = re.compile(
    r"^(?:đề nghị|yêu cầu|rất mong|mong)\s[^;:.]{0,160}?\s(?:(?:nghiêm túc|tích cực|khẩn trương|chủ động|quan tâm"
    r"|tổ chức|phối hợp|triển khai|thực hiện|hưởng ứng|tham gia|nhiệt tình|tốt|có hiệu quả)[,\s]*(?:và\s)?){1,6}"
    r"(?:(?:các\s)?nội dung\s)?(?:(?:của\s)?(?:kế hoạch|chương trình|hướng dẫn|chỉ thị|công văn|văn bản)(?:\snày)?)?"
    r"(?:\s(?:nghiêm túc|có hiệu quả|đạt kết quả))?[\s./]*$",
    re.IGNORECASE,
)
_PAPER_ITSELF = re.compile(
    r"^(?:kế hoạch|chương trình|quyết định|quy chế|hướng dẫn|văn bản|chỉ thị|nghị quyết)\snày\s(?:(?:sẽ\s)?được"
    r"|có|thay)\s",
    re.IGNORECASE,
)
_HONOURED = re.compile(
    r"\s(?:sẽ\s)?được\s(?:[^.;,]{0,90}\s)?(?:biểu dương|tuyên dương|khen thưởng|tặng|tặng thưởng|trao|thưởng|tôn vinh"
    r"|vinh danh|xét khen)(?!\w)",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"\bcùng\b", re.IGNORECASE)
_OF_THEM = re.compile(r"^(?:tập thể|cá nhân)", re.IGNORECASE)
_ISSUING = re.compile(r"(?:ban hành|xây dựng|đề ra)\s[^.;]{0,400}(?:như sau|cụ thể)", re.IGNORECASE)
_BRACKETS = re.compile(r"\s?(?:\([^()]*\))?\s?:?\s*$")
_MIN_TOLD_WORDS = 5
_RUNS_ON = ("organization", "schedule")


def units_of(document: Document) -> tuple[Unit, ...]:
    """Every unit of the body, in order, with its addressees where somebody is told."""
    issuer = _issuer(document)
    headings = _heading_bodies(document)
    plan = plan_date(document)
    units: list[Unit] = []
    lead_ins: list[Unit] = []
    parents: set[int] = set()
    for passage in document.passages:
        if passage.kind == "heading" and not passage.appendix:
            lead_ins = []
        for unit in _units(document, passage, plan):
            lead_ins = [lead for lead in lead_ins if _governs(lead, unit, parents)]
            addressees = (
                unit.addressees
                or _own(unit, issuer, headings)
                or _from_heading(unit, headings)
                or _from_lead_in(lead_ins)
                or _at_end(unit)
                or _running_on(unit, units)
            )
            unit = replace(unit, addressees=addressees, lead_in=unit.lead_in or _only_names(unit, addressees))
            if unit.lead_in:
                lead_ins.append(unit)
            units.append(unit)
    return told_by_lines(units)


def _issuer(document: Document) -> str:
    issuer = document.records.document.issuer
    return str(issuer.normal) if issuer is not None else ""


def _units(document: Document, passage: Passage, plan: PlanDate) -> Iterator[Unit]:
    """A passage as a unit; what a lead-in says before its last sentence is a unit of its own."""
    if passage.kind not in _TASK_KINDS or passage.appendix:
        return
    body = passage.body
    if passage.kind == "grounds":
        body = _asked_in_grounds(body)
    if passage.kind == "closing":
        body = _told_in_closing(body)
    if passage.kind == "heading" and not body:
        body = _sentence_as_heading(document, passage)
    if (
        len(body.text) < 4
        or _NO_TASK.match(body.text)
        or _COURTESY.search(body.text[:300])
        or _PERSON_LINE.match(body.text)
        or _PAPER_ITSELF.match(body.text)
    ):
        return
    chain = _chain(document, passage)
    section = chain[0] if chain else None
    if section is not None and section.kind == "rewards" and _HONOURED.search(body.text[:400]):
        return
    if _is_about_whom(chain) or any(_SITUATION.match(section.heading.text) for section in chain):
        return
    lead_in = body.text.rstrip().endswith(":") and passage.kind != "heading"
    lead_in = lead_in or (passage.kind == "paragraph" and is_body_list(body.text) and _leads_items(document, passage))
    bounds = sentences_of(body.text) if lead_in else []
    if len(bounds) > 1:
        before = trimmed(body.slice(0, bounds[-1][0]))
        yield Unit(passage, before, section, chain, sentences=tuple(sentences_of(before.text)))
        body = body.slice(bounds[-1][0])
    labelled = body_label(body) if passage.kind in ("item", "paragraph") and not line_kind(body.text) else None
    addressees: Addressees | None = None
    if labelled is not None:
        addressees = Addressees(labelled.text, labelled.leads, "sentence", certainty=labelled.certainty)
        rest = body.slice(labelled.task)
        body, addressees = (rest, addressees) if rest.text.strip() else (body, replace(addressees, verb=len(body.text)))
    text = trimmed(body)
    if text:
        when = None if lead_in else _time_of_heading(passage, section, plan)
        yield Unit(passage, text, section, chain, addressees, lead_in, tuple(sentences_of(text.text)), when)


def _time_of_heading(passage: Passage, section: Section | None, plan: PlanDate) -> TracedText | None:
    """The time that a heading says and nothing else (`Tháng 9/2025`), for the items under it."""
    if section is None or not is_time_alone(section.heading.text, plan):
        return None
    if passage.kind == "heading":
        return trimmed(section.heading)
    if any(find_times(passage.body.text, plan)) or len(passage.body.text.split()) < _MIN_TOLD_WORDS:
        return None
    return trimmed(section.heading)


def _asked_in_grounds(body: TracedText) -> TracedText:
    """Grounds that run into whom the items under them are for (`Căn cứ …, Sở đề nghị các đơn vị:`); nothing else."""
    asks = body.text.rstrip().endswith(":") and _ASKS_OTHERS.search(body.text) and not _ISSUING.search(body.text)
    return body if asks else TracedText()


def _leads_items(document: Document, passage: Passage) -> bool:
    """Whether the items of a list follow a paragraph at once."""
    following = document.passages[passage.index + 1 : passage.index + 2]
    return bool(following) and following[0].kind == "item" and following[0].section == passage.section


def _is_about_whom(chain: tuple[Section, ...]) -> bool:
    """Whether a section says for whom, by what measure or where, so that nothing in it is a task."""
    if any(_FOR_WHOM.match(section.heading.text) for section in chain):
        return True
    return len(chain) > 1 and _OF_THEM.match(chain[0].heading.text) is not None and chain[1].kind == "subjects"


def _sentence_as_heading(document: Document, passage: Passage) -> TracedText:
    """A heading under which nothing stands, where it tells a body what to do; nothing of any other heading."""
    following = document.passages[passage.index + 1 : passage.index + 6]
    content = next((other for other in following if other.kind not in ("page-number", "footnote", "stamp")), None)
    if passage.section is None or (content is not None and content.section == passage.section):
        return TracedText()
    below = content.section if content is not None and content.kind == "heading" else None
    if below is not None and document.sections[below].parent == passage.section:
        return TracedText()
    heading = document.sections[passage.section].heading
    doer = doer_of(heading.text)
    told = doer is not None and len(heading.text[doer.verb :].split()) >= _MIN_TOLD_WORDS
    return heading if told else TracedText()


def _told_in_closing(body: TracedText) -> TracedText:
    """What a closing gives somebody to do: no word of the formula that ends a plan, no courtesy."""
    sentences = sentences_of(body.text)
    formula = False
    for index, (start, end) in enumerate(sentences):
        sentence = body.text[start:end].rstrip(" ./")
        formula = formula or _CLOSES.match(sentence) is not None
        if _FORMULA.match(sentence):
            continue
        if _DIFFICULTIES.search(sentence) and _TELLING.search(sentence) and not _CONTACT.search(sentence):
            return body.slice(start, end)
        if _CLOSES.match(sentence) or (formula and _BIDS_DO.search(sentence)) or _COURTESY.search(sentence):
            continue
        if _CONTACT.search(sentence):
            continue
        if doer_of(sentence) is not None and index == len(sentences) - 1:
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
    if not unit.sentences or (unit.lead_in and _ISSUING.search(unit.text.text)):
        return None
    start, end = unit.sentences[0]
    doer = doer_of(unit.text.text[start:end], issuer=issuer)
    if doer is None:
        return _bare_bodies(unit) if unit.lead_in else None
    if doer.bodies.bodies[0].kind == "generic" and any(section.index in headings for section in unit.chain):
        return None
    return _addressees(unit.text, doer, "sentence", start)


def _only_names(unit: Unit, addressees: Addressees | None) -> bool:
    """Whether a unit says no more than whom the next ones are addressed to (`Đề nghị Thành đoàn`)."""
    if addressees is None or addressees.source != "sentence" or unit.passage.kind == "heading":
        return False
    return not unit.text.text[addressees.verb :].strip(" .:;") and addressees.verb > 0


def _bare_bodies(unit: Unit) -> Addressees | None:
    """A lead-in that is nothing but bodies, with or without an explanation in brackets."""
    found = bodies_from(unit.text.text, 0)
    if found is None or found.bodies[0].kind == "generic" or not _BRACKETS.match(unit.text.text[found.end :]):
        return None
    return Addressees(
        unit.text.slice(0, found.end), tuple(body_text(unit.text, body) for body in found.bodies), "sentence"
    )


def _addressees(text: TracedText, doer: Doer, source: Source, offset: int = 0) -> Addressees:
    certainty = {"generic": 0.5, "collective": 0.7}.get(doer.bodies.bodies[0].kind, 0.85)
    certainty = 0.6 if doer.guessed else certainty
    bodies = doer.bodies.bodies
    count = next(
        (
            index
            for index in range(1, len(bodies))
            if _TOGETHER.search(text.text[offset + bodies[index - 1].end : offset + bodies[index].start])
        ),
        len(bodies),
    )
    return Addressees(
        text.slice(offset + doer.start, offset + (doer.end if count == len(bodies) else bodies[count - 1].end)),
        tuple(body_text(text, body, offset) for body in bodies[:count]),
        source,
        tuple(body_text(text, body, offset) for body in bodies[count:]),
        certainty=certainty if doer.place != "end" else min(certainty, 0.7),
        verb=0 if doer.place == "end" else offset + doer.verb,
    )


def _from_heading(unit: Unit, headings: dict[int, HeadingBodies]) -> Addressees | None:
    for section in unit.chain:
        named = headings.get(section.index)
        if named is not None:
            return Addressees(named.text, named.leads, "heading", named.partners, named.directing, named.certainty)
    return None


def _governs(lead: Unit, unit: Unit, parents: set[int]) -> bool:
    """Whether a lead-in that ends in a colon still speaks of a later unit; `parents` have had deeper items."""
    if lead.passage.section != unit.passage.section or unit.passage.kind in ("heading", "closing"):
        return False
    if unit.passage.depth > lead.passage.depth:
        parents.add(lead.passage.index)
        return True
    if unit.passage.depth < lead.passage.depth or lead.passage.index in parents:
        return False
    return unit.passage.kind == "item" or unit.passage.index == lead.passage.index + 1


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
    return replace(before.addressees, source="previous", certainty=0.5, verb=0)


def _begins_with_verb(text: str) -> bool:
    analysis = analyse(text)
    for offset in (0, *(match.end() for match in list(re.finditer(r":\s", text[:80]))[:1])):
        token = analysis.token_at(offset)
        if token in analysis.marks["verbs"] or analysis.words[token : token + 1] in (["Xin"], ["Là"]):
            return True
    return False

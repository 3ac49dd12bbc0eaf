"""What a body has to do with a task: lead, coordinate, advise, monitor, or be reported to."""

import re
from typing import Literal

from pipeline.extraction.subjects_of_tasks import named_subject
from pipeline.extraction.vocabulary import folded
from pipeline.language.bodies import Body, bodies_from
from pipeline.language.nlp import Analysis, analyse, fold_tones

__all__ = ["Role", "coordinators", "reported_to", "role_of"]

Role = Literal["lead", "coordinate", "advise", "monitor", "report_to"]

_LEADS = re.compile(r"chủ trì|chịu trách nhiệm", re.IGNORECASE)
_HELPS_MONITOR = re.compile(
    r"(?:chịu trách nhiệm|có trách nhiệm|trách nhiệm)\s(?:giúp|tham mưu"
    r"|quản lý và)[^.;]{0,60}?\s?(?:theo dõi|kiểm tra|đôn đốc|giám sát)",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"phối\s?hợp(?:\s(?:chặt chẽ|thường xuyên|tốt|đồng bộ|kịp thời|hiệu quả|có hiệu quả|trực tiếp"
    r"|nghiêm túc|tích cực))*"
    r"(?:\sthực hiện|\stổ chức|\striển khai)?(?P<with>\s(?:với|cùng với|cùng))?\s",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"(?:^|[;,]\s)(?:và\s)?cùng(?:\svới)?\s(?!nhau|lúc|thời|ngày|kỳ)", re.IGNORECASE)
_AT_ONCE = re.compile(
    r"^(?:\s(?:ngay|gấp|nhanh|kịp thời|đầy đủ|thường xuyên|trực tiếp|định kỳ|bằng văn bản|kết quả|tình hình"
    r"|tiến độ))*\s?$",
    re.IGNORECASE,
)
_HELP_OF = re.compile(r"sự\sphối\shợp\s(?:chặt chẽ\s)?(?:của|từ)\s", re.IGNORECASE)
_AS_NOUN = re.compile(
    r"(?:quy chế|chương trình|kế hoạch|cơ chế|công tác|sự|quan hệ|hợp đồng|văn bản|nghị quyết"
    r"|thỏa thuận|kế hoạch,?\s\w+ \w+|đơn vị|cơ quan|tinh thần|hoạt động|nội dung)"
    r"(?:\s(?:liên ngành|liên tịch))?\s$",
    re.IGNORECASE,
)
_REPORT = re.compile(
    r"(?<!\w)(?:báo cáo(?!\sviên)|phản ánh|phản hồi|thông tin(?=\s(?:về|kịp thời|cho|đến|với)\s))", re.IGNORECASE
)
_TOWARDS = re.compile(r"(?:^|\s|\()(?:gửi\s)?(?:về|cho|với|lên|đến|tới|gửi)\s$", re.IGNORECASE)
_CHANNEL = re.compile(r"(?:qua|thông qua|của|do|từ)\s$", re.IGNORECASE)
_ADVISED = re.compile(
    r"(?:tham mưu(?:\scho|\svới)?|trình|đề xuất(?:\svới)?|giúp|đề nghị|hướng dẫn|yêu cầu|đôn đốc)\s$", re.IGNORECASE
)
_FOR_DECISION = re.compile(r"^\s(?:xem xét|chỉ đạo|quyết định|cho ý kiến|biết|theo dõi|tổng hợp)", re.IGNORECASE)
_SUPPLIED = re.compile(r"cung cấp,?\s$|cung cấp(?:, chia sẻ)? thông tin", re.IGNORECASE)
_ANSWERS_FOR = re.compile(
    r"[\s,]*(?:(?:có|chịu) trách nhiệm(?: chính)?(?: (?:trong việc|về việc))?|có nhiệm vụ"
    r"|(?:là|làm) (?:(?:cơ quan|đơn vị|bộ phận) )?(?:đầu mối|thường trực)[,;]?)\s",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"cấp (?:có )?thẩm quyền|cấp trên|theo quy định", re.IGNORECASE)
_CLAUSE_END = frozenset(".;:()")
_WITHIN_NAMES = frozenset(("của", "về", "đối với"))
_AND = re.compile(r",?\s(?:và\s)?|\svà\s")
_MAX_TOKENS = 24


def role_of(text: str, start: int = 0, *, directing: bool = False) -> Role:
    """The role of the body that a task is addressed to, by the task's first operative verb.

    Args:
        text: the task as printed.
        start: where what the body has to do begins.
        directing: whether the heading already says that the body directs (`chỉ đạo`) or leads.
    """
    if directing:
        return "lead"
    if _HELPS_MONITOR.search(text, start):
        return "monitor"
    analysis = analyse(text)
    duty = _ANSWERS_FOR.match(text, start)
    verbs = _verbs(analysis, duty.end() if duty is not None else start)
    for index, (token, after, verb) in enumerate(verbs):
        if verb in folded("adverbs"):
            continue
        following = [name for _, _, name in verbs[index + 1 : index + 3]]
        if verb in folded("passed_over") and any(name in folded("advise") for name in following):
            continue
        if verb == "phối hợp":
            return _coordinating(analysis, text, token, after)
        if verb in folded("advise"):
            return "advise"
        if verb in folded("monitor") and not _is_object(analysis, token):
            return "monitor"
        return "lead"
    return "lead"


def _coordinating(analysis: Analysis, text: str, token: int, after: int) -> Role:
    words = analysis.words
    before = text[: analysis.starts[token]]
    several = after < len(words) and (
        words[after] == "," or (words[after] == "và" and after + 1 in analysis.marks["verbs"])
    )
    if _LEADS.search(text) or "chỉ đạo" in before.casefold() or several:
        return "lead"
    return "coordinate"


def _is_object(analysis: Analysis, token: int) -> bool:
    """`công tác kiểm tra` is still monitoring; `báo cáo kiểm tra` is not."""
    return token > 0 and analysis.words[token - 1].casefold() in ("cáo", "luận", "hoạch", "đoàn", "bài", "kỳ", "đề")


def _verbs(analysis: Analysis, start: int) -> list[tuple[int, int, str]]:
    """The marked verbs of the first stretch of a task: first token, token after, folded."""
    first = analysis.token_at(start)
    verbs: list[tuple[int, int, str]] = []
    token = first
    while token < min(len(analysis), first + 40) and len(verbs) < 12:
        after = analysis.marks["verbs"].get(token)
        if after is None:
            token += 1
            continue
        verbs.append((token, after, fold_tones(" ".join(analysis.words[token:after]))))
        token = after
    return verbs


def coordinators(text: str) -> list[Body]:
    """The bodies that somebody is to do the task with (`phối hợp với …`), offsets into the text."""
    found: list[Body] = []
    for match in _WITH.finditer(text):
        if _AS_NOUN.search(text[max(0, match.start() - 40) : match.start()]):
            continue
        found.extend(_bodies_after(text, match.end(), loose=match["with"] is not None))
    for match in _TOGETHER.finditer(text):
        together = bodies_from(text, match.end())
        analysis = analyse(text)
        if together is None:
            continue
        named = named_subject(text, together)
        if named is not None or analysis.token_at(together.end) in analysis.marks["verbs"]:
            found.extend((named or together).bodies)
    for match in _HELP_OF.finditer(text):
        found.extend(_bodies_after(text, match.end(), loose=False))
    return found


def _bodies_after(text: str, start: int, *, loose: bool) -> list[Body]:
    """Bodies from an offset; where only generic words name them, up to the verb or the next body that follows."""
    listed = bodies_from(text, start)
    if listed is None:
        return []
    last = listed.bodies[-1]
    if last.kind not in ("generic", "collective") or not loose:
        return list(listed.bodies)
    end = _until_verb(text, listed.end)
    if end is None or end <= last.end:
        return list(listed.bodies)
    separator = _AND.match(text, end)
    rest = _bodies_after(text, separator.end(), loose=True) if separator is not None and end > listed.end else []
    return [*listed.bodies[:-1], Body(last.start, end, last.kind), *rest]


def _until_verb(text: str, start: int) -> int | None:
    """Where the verb or the next body after a long name begins, within a clause; None where the name ends at once."""
    analysis = analyse(text)
    token = analysis.token_at(start)
    if token >= len(analysis) or token in analysis.marks["verbs"]:
        return None
    words, stops = analysis.words, analysis.marks["stops"]
    if words[token] in (",", "và") or (token in stops and words[token] not in _WITHIN_NAMES):
        return None
    for index in range(token, min(token + _MAX_TOKENS, len(words))):
        word = words[index]
        if word in _CLAUSE_END or (index in stops and word not in _WITHIN_NAMES):
            return analysis.ends[index - 1] if index > token else None
        if word in (",", "và") and index + 1 < len(words) and _begins_body(analysis, index + 1, named=word == "và"):
            return analysis.ends[index - 1]
        if index in analysis.marks["verbs"] and words[index - 1] not in (",", "tra", "về", "và", "phòng"):
            return analysis.ends[index - 1]
    return None


def _begins_body(analysis: Analysis, token: int, *, named: bool) -> bool:
    marks = analysis.marks
    if token in marks["quantifiers"] or not named:
        return token in marks["quantifiers"]
    return analysis.words[token][0].isupper() and any(
        token in marks[name] for name in ("names", "heads", "abbreviations")
    )


def reported_to(text: str) -> list[Body]:
    """The bodies that receive a report (`báo cáo X`, `gửi báo cáo về X`, `báo cáo … để X chỉ đạo`)."""
    reports = [
        match.end()
        for match in _REPORT.finditer(text)
        if not _SUPPLIED.search(text[max(0, match.start() - 24) : match.start()])
    ]
    if not reports:
        return []
    found: list[Body] = []
    analysis = analyse(text)
    position = analysis.token_at(reports[0])
    while position < len(analysis):
        listed = bodies_from(text, analysis.starts[position])
        if listed is None:
            position += 1
            continue
        start = listed.bodies[0].start
        if _receives(text, start, listed.end, reports):
            found.extend(body for body in listed.bodies if _is_definite(text, body))
        position = analysis.token_at(listed.end)
    return found


def _is_definite(text: str, body: Body) -> bool:
    """Whether a receiver is somebody: no `cấp có thẩm quyền`, no bare `cơ quan`."""
    named = text[body.start : body.end]
    return body.kind != "generic" and not _NOBODY.search(named)


def _receives(text: str, start: int, end: int, reports: list[int]) -> bool:
    before = text[max(0, start - 60) : start]
    report = max((offset for offset in reports if offset <= start), default=None)
    if report is None or (any(mark in text[report:start] for mark in (". ", "; ")) and "gửi" not in text[report:start]):
        return False
    if _CHANNEL.search(before) or _ADVISED.search(before):
        return False
    if _AT_ONCE.match(text[report:start]):
        return True
    if _TOWARDS.search(before):
        return True
    return bool(re.search(r"để\s$", before)) and bool(_FOR_DECISION.match(text[end : end + 24]))

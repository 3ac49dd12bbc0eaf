"""Rewards promised without a form: `khen thưởng các tập thể …`, `được khen thưởng`, a sum of money alone."""

import re
from collections.abc import Iterator

from pipeline.document import TracedText
from pipeline.extraction.reward_granters import (
    MAX_WHOM_WORDS,
    PASSIVE,
    Gift,
    asked_before,
    granter_in,
    subject_of,
    whom_behind,
)
from pipeline.extraction.reward_phrases import NOUN, names_recipients, phrase_start, read_amount, recipients_of
from pipeline.extraction.task_values import trimmed

__all__ = ["without_form"]

_FORMLESS = re.compile(
    r"(?P<verb>(?:biểu\sdương|khen\sthưởng|tôn\svinh|tuyên\sdương|vinh\sdanh)(?:(?:,|\svà|\shoặc)\s(?:biểu\sdương"
    r"|khen\sthưởng|tôn\svinh|động\sviên|tuyên\sdương|nhân\srộng|vinh\sdanh))*)\s"
    r"(?:kịp\sthời\s|cho\s|đối\svới\s|xứng\sđáng\s|đột\sxuất\s)*"
    rf"(?P<whom>(?:(?:những|các|mỗi|\d{{1,4}})\s(?:\w+\s){{0,2}}?)?{NOUN}(?!\w)[^.;:()]{{3,400}})",
    re.IGNORECASE,
)
_NOT_TO_GIVE = re.compile(
    r"(?:công tác|hình thức|quy định về|hồ sơ|tiêu chuẩn|nội dung|kế hoạch|quỹ|luật thi đua,"
    r"|hội đồng thi đua\s?[-,–]|ban thi đua\s?[-,–]|thi đua\s?[-,–]|thi đua,|quy chế|chế độ|chính sách|cơ chế"
    r"|biện pháp|nguyên tắc|mức|quy trình|việc|là|chi|kinh phí(?: chi)?|tiền"
    r"|căn cứ (?:để )?(?:xem xét,?\s)?(?:đánh giá,?\s)?"
    r"|cơ sở (?:để )?(?:xem xét,?\s)?(?:đánh giá,?\s)?(?:bình xét,?\s)?"
    r"|tiêu chí (?:để )?(?:xem xét,?\s)?(?:đánh giá,?\s)?|đề nghị xét,?)\s*$",
    re.IGNORECASE,
)
_MONEY_GIFT = re.compile(
    r"(?<=:\s)thưởng\s|(?<!\w)(?:được\s(?:nhà\strường\s|Ban\sTổ\schức\s)?(?:khen\s)?thưởng"
    r"|mức\s(?:tiền\s)?thưởng(?:\slà)?"
    r"|được\snhận)\s?:?\s",
    re.IGNORECASE,
)
_MONEY_ACTIVE = re.compile(r"^(?:tiền\s)?thưởng\s(?=\d)", re.IGNORECASE)


def without_form(clause: TracedText) -> Iterator[Gift]:
    """`khen thưởng các tập thể có thành tích`, `tập thể … được khen thưởng`, `được thưởng 500.000 đồng`."""
    text = clause.text
    money = _MONEY_GIFT.search(text)
    amount = read_amount(text[money.end() :]) if money is not None else None
    if money is not None and amount is not None:
        begin = phrase_start(text, 0, money.start())
        if begin is not None:
            for given in recipients_of(clause, begin, money.start()):
                yield Gift(None, clause, None, False, None, given, amount)
            return
    if _MONEY_ACTIVE.match(text):
        for given in whom_behind(clause, 0, len(text)):
            yield Gift(None, clause, None, False, None, given, read_amount(text))
        return
    active = list(_formless(clause))
    yield from active or _formless_passive(clause)


def _formless(clause: TracedText) -> Iterator[Gift]:
    text = clause.text
    for match in _FORMLESS.finditer(text):
        if _NOT_TO_GIVE.search(text[max(0, match.start() - 60) : match.start()]) or not names_recipients(match["whom"]):
            continue
        asked = asked_before(text, match.start())
        granter, nobody = granter_in(clause, asked.end(), match.start()) if asked is not None else (None, False)
        if asked is None:
            granter = subject_of(clause, match.start())
        for given in recipients_of(clause, match.start("whom"), match.end("whom")):
            if len(given.whom.text.split()) <= MAX_WHOM_WORDS:
                yield Gift(None, clause, granter, nobody, None, given, None)


def _formless_passive(clause: TracedText) -> Iterator[Gift]:
    text = clause.text
    for match in PASSIVE.finditer(text):
        if match["verb"].casefold() not in ("khen thưởng", "biểu dương", "tuyên dương", "tôn vinh", "vinh danh"):
            continue
        begin = phrase_start(text, 0, match.start())
        if begin is None:
            continue
        granter, nobody = granter_in(clause, match.start("by"), match.start("verb"))
        for given in recipients_of(clause, begin, match.start()):
            if given.criteria and len(trimmed(given.whom).text.split()) <= MAX_WHOM_WORDS:
                yield Gift(None, clause, granter, nobody, None, given, None)
        return

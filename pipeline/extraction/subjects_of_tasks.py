"""Subjects that no list of bodies knows: a noun phrase before its verb whose head can be told to do something."""

import re

from pipeline.extraction.vocabulary import folded
from pipeline.language.bodies import Body, BodyList
from pipeline.language.nlp import Analysis, analyse, fold_tones

__all__ = ["is_no_subject", "subject_by_place"]

_NO_SUBJECT = re.compile(
    r"^(?:các\s|những\s|mỗi\s|toàn\sbộ\s)?(?:trường\shợp|văn\s(?:bản|hóa|hoá|kiện|nghệ|học)|đồng\sloạt|nhóm\s(?:giải|nhiệm|chỉ|vấn|nội)|công\s(?:tác|trình|việc|văn|nghệ|dân\s(?:số))|nội\sdung|hoạt\sđộng|nhiệm\svụ|chỉ\s(?:tiêu|đạo)"
    r"|kế\shoạch|chương\strình|giải\spháp|biện\spháp|tổ\schức\s(?!đảng|chính\strị|xã\shội|công|đoàn|hội|đại\sdiện)|đại\shội|hội\s(?:nghị|thi|thảo|diễn|thao)|chi\s(?:phí|trả|tiêu|tiết)|chủ\s(?:động|trì|đề|yếu|trương)"
    r"|đảng\s(?:phí)|thành\s(?:lập|phần|tích|phố)|lực\schọn|thường\sxuyên|đơn\s(?:giá|thư)|cơ\s(?:cấu|chế|bản)|quản\slý|lực\s|thủ\stục"
    r"|học\stập|kho\s|cụm\stừ|viện\sdẫn|phân\s(?:công|loại|bổ|tích|cấp)|cấp\s(?:phát|giấy|kinh)|bộ\s(?:tiêu|chỉ|đề|câu)|báo\s(?:cáo|hiệu)|sinh\shoạt"
    r"|nhà\s(?:ở|nước\s(?:và|đã))|khối\slượng|thư\smời|đồng\sthời|khu\svực|thanh\stoán|phụ\slục|hộ\strợ|hợp\s(?:đồng|lý)|giám\ssát|kế\sthừa|trung\sbình|đội\shình)",
    re.IGNORECASE,
)
_CLOSED = frozenset((".", ";", ":", "(", ")", "“", "”", '"', "/"))
_NEVER = frozenset(
    (
        "để", "nhằm", "khi", "nếu", "được", "bị", "đã", "đang", "sẽ", "là", "từ", "đến", "theo", "tại", "trong", "do",
        "có", "không", "mà", "thì", "bởi", "như", "vì", "chưa", "về", "vào", "với", "cho", "này", "đó",
    )
)  # fmt: skip
_GOES_BY = frozenset(("theo", "căn"))
_MODALS = frozenset(("phải", "cần"))
_MAX_TOKENS = 28


def subject_by_place(text: str, start: int) -> BodyList | None:
    """A subject by where it stands and what its first word is, up to the verb that follows.

    Args:
        text: a sentence.
        start: where the subject would begin.
    Returns:
        The bodies, of the kind that is seldom sure, or None where no such phrase stands there. Not done: where two
        verbs follow each other the first is taken to end the phrase.
    """
    analysis = analyse(text)
    token = analysis.token_at(start)
    words = analysis.words
    if token >= len(words):
        return None
    head = analysis.marks["quantifiers"].get(token, token)
    if head == token and not words[token][0].isupper():
        return None
    if head >= len(words) or fold_tones(words[head]) not in folded("subject_heads") or head in analysis.marks["verbs"]:
        return None
    if is_no_subject(text, start):
        return None
    after = _phrase_end(analysis, head)
    if after is None or after - head < 2:
        return None
    parts = _parts(analysis, token, after)
    bodies = tuple(Body(analysis.starts[first], analysis.ends[last - 1], "collective") for first, last in parts)
    return BodyList(bodies, analysis.ends[after - 1])


def is_no_subject(text: str, start: int) -> bool:
    """Whether the words at an offset name a thing or a doing (`hội thi`, `công tác`), though bodies begin like them."""
    return _NO_SUBJECT.match(text[start : start + 60]) is not None


def _phrase_end(analysis: Analysis, token: int) -> int | None:
    """The token of the verb that ends a phrase; None where something else does."""
    words, verbs = analysis.words, analysis.marks["verbs"]
    quoted = False
    for index in range(token + 1, min(token + _MAX_TOKENS, len(words))):
        word = words[index]
        quoted = quoted != (word in '“”"')
        if quoted or word in '“”"':
            continue
        if word.casefold() in _GOES_BY and index > token + 1 and words[index + 1 : index + 2] != ["dõi"]:
            return index
        if word in _CLOSED or (word.casefold() in _NEVER and index not in verbs):
            return None
        if word.casefold() in _MODALS and index > token + 1:
            return index
        if any(index in analysis.marks[name] for name in ("names", "heads", "generic", "levels")):
            continue
        if (
            index in verbs
            and index > token + 1
            and not words[index][0].isupper()
            and words[index - 1] not in (",", "và", "-", "–")
        ):
            return index if verbs[index] < len(words) else None
    return None


def _parts(analysis: Analysis, token: int, after: int) -> list[tuple[int, int]]:
    """The phrase split at commas and `và` after which a head in capitals or a quantifier begins."""
    words = analysis.words
    parts: list[tuple[int, int]] = []
    first = token
    for index in range(token + 1, after - 1):
        if words[index] not in (",", "và") or words[index - 1] == ",":
            continue
        following = index + 2 if words[index + 1] == "và" else index + 1
        if following < after and _begins(analysis, following) and words[first][0].isupper():
            parts.append((first, index))
            first = following
    parts.append((first, after))
    return parts


def _begins(analysis: Analysis, token: int) -> bool:
    """Whether another subject of the list begins at a token: a quantifier, an office or its holder in capitals."""
    if token in analysis.marks["quantifiers"]:
        return True
    holder = analysis.words[token + 1 : token + 2] == ["trưởng"]
    known = any(token in analysis.marks[name] for name in ("names", "heads", "positions", "abbreviations"))
    return analysis.words[token][0].isupper() and (holder or known)

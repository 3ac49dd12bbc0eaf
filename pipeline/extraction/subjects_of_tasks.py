"""Subjects that no list of bodies knows: a noun phrase before its verb whose head can be told to do something."""

import re

from pipeline.extraction.vocabulary import folded
from pipeline.language.bodies import Body, BodyList
from pipeline.language.nlp import Analysis, analyse, fold_tones

__all__ = ["is_no_subject", "named_subject", "subject_by_place"]

_NO_SUBJECT = re.compile(
    r"^(?:các\s|những\s|mỗi\s|toàn\sbộ\s)?(?:trường\shợp|văn\s(?:bản|hóa|hoá|kiện|nghệ|học)|đồng\sloạt|nhóm\s(?:giải|nhiệm|chỉ|vấn|nội)|công\s(?:tác|trình|việc|văn|nghệ|dân\s(?:số))|nội\sdung|hoạt\sđộng|nhiệm\svụ|chỉ\s(?:tiêu|đạo)"
    r"|kế\shoạch|ngân\ssách|chương\strình|giải\spháp|biện\spháp|tổ\schức\s(?!đảng|chính\strị|xã\shội|công|đoàn|hội|đại\sdiện)|đại\shội|hội\s(?:nghị|thi|thảo|diễn|thao)|chi\s(?:phí|trả|tiêu|tiết)|chủ\s(?:động|trì|đề|yếu|trương)"
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
_NAME_MARKS = ("names", "heads", "abbreviations", "parts", "levels", "tails", "positions")
_NOT_VERBS = ("stops", "tails", "levels", "quantifiers", "person_titles", "positions")
_NO_VERB = frozenset(
    ("và", "của", "về", "này", "đó", "hay", "hoặc", "nhà", "mới", "cũ", "lớn", "nhỏ", "chung", "riêng")
)
_FEW_LOOSE = 2


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


def named_subject(text: str, found: BodyList) -> BodyList | None:
    """An office at a sentence's start that a word follows which no list knows: that word is its verb.

    Args:
        text: a sentence.
        found: the bodies that it begins with; the last name may have run on into the verb.
    Returns:
        The bodies, the last one cut back to what is surely its name; None where a known verb follows the name, or
        where what follows can be no verb. Not done: a verb of two syllables that another known verb follows.
    """
    analysis = analyse(text)
    last = found.bodies[-1]
    if last.kind != "office" or analysis.text[last.start : last.end].islower():
        return None
    first, after = analysis.token_at(last.start), analysis.token_at(last.end)
    solid = _solid_end(analysis, first, after)
    loose = after - solid
    if loose and not _ran_on(analysis, after, loose):
        return None
    if solid <= first or not _unknown_verb(analysis, solid):
        return None
    end = analysis.ends[solid - 1]
    return BodyList((*found.bodies[:-1], Body(last.start, end, last.kind)), end)


def _ran_on(analysis: Analysis, after: int, loose: int) -> bool:
    """Whether the words of no list at a name's end are rather its verb, by how many they are and what follows."""
    verb = analysis.marks["verbs"].get(after)
    if verb is not None:
        return loose != _FEW_LOOSE and verb - after == 1
    return loose != _FEW_LOOSE or after not in analysis.marks["stops"]


def _solid_end(analysis: Analysis, first: int, after: int) -> int:
    """The token after the last one that surely belongs to a name: listed words, capitals and their second syllables."""
    words, marks = analysis.words, analysis.marks
    solid = first
    for index in range(first, after):
        spans = [marks[name].get(index, 0) for name in _NAME_MARKS]
        reach = max((span for span in spans if span <= after), default=0)
        capital = words[index][0].isupper() or (words[index].isdigit() and index == solid)
        if capital:
            second = index + 1 < after and words[index + 1].islower() and not words[index].isdigit()
            placed = index > first + 1 and words[index - 1][0].isupper() and words[index - 1].isalpha()
            reach = max(reach, index + 2 if second and words[index + 1].isalpha() and not placed else index + 1)
        solid = max(solid, reach)
    return solid


def _unknown_verb(analysis: Analysis, token: int) -> bool:
    """Whether a word in small letters that is on no list stands there, with something after it to do."""
    words, marks = analysis.words, analysis.marks
    if token + 1 >= len(words) or not words[token].isalpha() or not words[token].islower():
        return False
    if words[token] in _NO_VERB or token in marks["verbs"] or any(token in marks[name] for name in _NOT_VERBS):
        return False
    return len(words) - token > _FEW_LOOSE


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

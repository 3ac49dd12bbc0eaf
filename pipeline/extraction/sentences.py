"""Who does what in a sentence: its subject, the bodies it turns to, and the doer named at its end."""

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.extraction.subjects_of_tasks import is_no_subject, named_subject, subject_by_place
from pipeline.language.bodies import Body, BodyList, bodies_from
from pipeline.language.nlp import Analysis, analyse, fold_tones

__all__ = ["Doer", "DoerPlace", "doer_at_end", "doer_of", "refers_back", "sentences_of"]

DoerPlace = Literal["subject", "directive", "end"]

_ABBREVIATION = re.compile(
    r"(?:\b(?:TP|P|Tp|tp|TS|ThS|PGS|GS|BS|TM|KT|TL|Q|No|St|Mr|Dr|đ|Đ)|\b[A-ZĐ]|(?:^|[;:(]\s?)\d{1,2})\.$"
)
_BREAK = re.compile(r"(?<=[.!?…])\s+(?=[^\W\d_a-zà-ỹ]|[“\"(]?[A-ZĐÀ-Ỹ])")
_DIRECTIVE = re.compile(
    r"^(?:(?:các\s)?(?:ông(?:,?\sbà|\s\(bà\))?|đồng\schí)\s?:|(?:(?:kính|trân\strọng)\s)?đề\snghị"
    r"|giao(?:\s(?:nhiệm\svụ|trách\snhiệm))?(?:\scho)?|yêu\scầu|phân\scông(?:\snhiệm\svụ)?(?:\scho)?|phối\shợp\sgiao|ủy\squyền(?:\scho)?"
    r"|uỷ\squyền(?:\scho)?)\s",
    re.IGNORECASE,
)
_HANDS_ON = re.compile(r"^\s?(?:giao(?:\scho)?|phân\scông|ủy\squyền(?:\scho)?)\s", re.IGNORECASE)
_ASKS = re.compile(r"^\s?(?:trân\strọng\s|kính\s)?(?:yêu\scầu|đề\snghị|kêu\sgọi|giao)\s", re.IGNORECASE)
_ADVERBIAL = re.compile(
    r"^(?:[-–+•*]\s)?(?:căn\scứ|trên\scơ\ssở|(?:giai\sđoạn|bước|đợt)\s(?:\d+|[IVX]+)|trong|khi|sau|trước|nếu|để|theo(?!\sdõi)|từ|đến|tới|định\skỳ|hằng|hàng"
    r"|(?:tháng|quý|ngày|tuần|năm)\s(?:\d+|[IVX]+)|(?:đầu|giữa|cuối)\s(?:năm|tháng|quý|tuần|giờ|mỗi|khóa"
    r"|kỳ|học)|nhằm|đối\svới|ngoài"
    r"|bên\scạnh|đồng\sthời|do|tại|với|qua|thông\squa|trường\shợp|hết|kết\sthúc|chậm\snhất|buổi|lúc"
    r"|\d{1,2}\s?(?:giờ|h|/)|tùy|tuỳ|riêng"
    r"|thời\sgian|hình\sthức|quá\strình|thực\shiện\s(?:kế\shoạch|chỉ\sthị|nghị\squyết|chương\strình"
    r"|quyết\sđịnh|công\svăn|văn\sbản|ý\skiến|chỉ\sđạo))\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"^(?:các\s|những\s)?(?:tập thể|cá nhân|cán bộ|công chức|viên chức|giáo viên|học sinh|sinh viên"
    r"|đoàn viên|hội viên|người|nhân viên"
    r"|thành viên|hộ|gia đình|đảng viên|thí sinh|giảng viên)\b",
    re.IGNORECASE,
)
_EACH = re.compile(r"(?:mỗi|từng)\s", re.IGNORECASE)
_SHARE = re.compile(r"\d{1,3}(?:,\d+)?\s?%\s(?:số\s)?")
_LABEL = re.compile(r"[^\W\d_][^:;.]{2,40}:\s")
_DIFFICULTIES = re.compile(r"khó\skhăn|vướng\smắc|phát\ssinh|vấn\sđề", re.IGNORECASE)
_CUE = re.compile(r"\s(?:chủ\strì|có\strách\snhiệm|chịu\strách\snhiệm)\b", re.IGNORECASE)
_BREAKS_NAME = re.compile(
    r"[.,;:()]|\b(?:chủ\sđộng|thường\sxuyên|tiếp\stục|căn\scứ|được|phối\shợp|và|là|giao|theo|tham\smưu|tích\scực)\b",
    re.IGNORECASE,
)
_HEADS_OF_ISSUERS = ("chủ tịch", "giám đốc", "hiệu trưởng", "ban thường vụ", "bộ trưởng")
_MUST_NOT_FOLLOW = frozenset(("của", "về", "này", "đó", "nói", "ngày", "số", "năm", "tháng"))
_END_DOER = re.compile(r"(?:^|\s)[-–—]\s(?=\S)|\bdo\s", re.IGNORECASE)
_END_VERBS = re.compile(
    r"^\s?(?:hỗ\strợ\s|trực\stiếp\s)?(?:thực\shiện|chủ\strì|phụ\strách|phân\scông|đảm\snhiệm|đảm\snhận"
    r"|chịu\strách\snhiệm|làm\sđầu\smối|triển\skhai|(?:bảo|đảm)\s(?:đảm|bảo)|trình\sbày|điều\shành|cho\sý\skiến|biên\ssoạn|chuẩn\sbị)\b",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(
    r"\((?:do\s|giao\s)?([^();]{2,90}?)(?:\s(?:thực\shiện|phụ\strách|chủ\strì))?(?:[;,]\s[^()]{0,90})?\)\s*[.;]?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Doer:
    """The bodies that a sentence gives its task to.

    Attributes:
        start, end: the list of bodies as printed, offsets into the sentence.
        verb: where what they are to do begins.
        guessed: whether they are taken for bodies by their place alone.
    """

    bodies: BodyList
    start: int
    end: int
    verb: int
    place: DoerPlace
    guessed: bool = False


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences of a text; a full stop after an abbreviation or a number ends none."""
    bounds: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        before = text[max(start, match.start() - 6) : match.start()]
        if _ABBREVIATION.search(before):
            continue
        bounds.append((start, match.start()))
        start = match.end()
    if text[start:].strip():
        bounds.append((start, len(text)))
    return bounds


def doer_of(sentence: str, *, issuer: str = "") -> Doer | None:
    """The subject that a sentence begins with, or the body that it turns to; None where it begins with its verb.

    Args:
        sentence: one sentence, without label.
        issuer: the issuing body: what it asks of others is theirs to do.
    """
    for start in _openings(sentence):
        doer = _doer_from(sentence, start, fold_tones(issuer))
        if doer is not None:
            return doer
    return None


def doer_at_end(sentence: str) -> Doer | None:
    """The doer after a dash, after `do`, or alone in brackets at the end."""
    for match in list(_END_DOER.finditer(sentence))[-6:]:
        found = bodies_from(sentence, match.end())
        if found is None or found.bodies[0].kind == "generic":
            continue
        if _END_VERBS.match(sentence[found.end : found.end + 30]):
            return Doer(found, match.end(), found.end, match.start(), "end")
    bracket = _IN_BRACKETS.search(sentence)
    if bracket:
        found = bodies_from(sentence, bracket.start(1))
        if (
            found is not None
            and found.end == bracket.end(1)
            and found.bodies[0].kind in ("office", "person", "position")
        ):
            return Doer(found, bracket.start(1), found.end, bracket.start(), "end")
    return None


def refers_back(sentence: str, doer: Doer) -> bool:
    """Whether a subject is each of those named before (`mỗi đơn vị`), and nobody new."""
    return _EACH.match(sentence[doer.start : doer.end]) is not None


def _openings(sentence: str) -> list[int]:
    """Where a subject may begin: the start, past a directive, and after the commas of an adverbial at the start."""
    openings = [0]
    label = _LABEL.match(sentence)
    if label:
        openings.append(label.end())
    if _ADVERBIAL.match(sentence):
        for match in list(re.finditer(r"[,:;]\s|\)\s|\bthì\s", sentence[:600]))[:8]:
            openings.append(match.end())
    return openings


def _doer_from(sentence: str, start: int, issuer: str) -> Doer | None:
    directive = _DIRECTIVE.match(sentence[start : start + 40])
    place: DoerPlace = "directive" if directive else "subject"
    begin = start + (directive.end() if directive else 0)
    share = _SHARE.match(sentence, begin)
    begin = share.end() if share else begin
    if is_no_subject(sentence, begin) and not directive:
        return None
    found = bodies_from(sentence, begin)
    if found is not None and not directive:
        named = named_subject(sentence, found)
        if named is not None:
            return Doer(named, named.bodies[0].start, named.end, named.end, place, guessed=True)
    if found is None or not (directive or _goes_on(analyse(sentence), found.end)) or _is_cut(sentence, found):
        placed = subject_by_place(sentence, begin)
        if placed is not None and (found is None or placed.end > found.end):
            return Doer(placed, begin, placed.end, placed.end, place, guessed=True)
    if found is None:
        return None
    found = _with_verbal_name(sentence, found)
    after = sentence[found.end : found.end + 40]
    handed = _HANDS_ON.match(after) or (_ASKS.match(after) if issuer and _is_issuer(sentence, found, issuer) else None)
    if handed:
        others = bodies_from(sentence, found.end + handed.end())
        if others is not None:
            return Doer(others, others.bodies[0].start, others.end, others.end, "directive")
    if not directive and not _goes_on(analyse(sentence), found.end):
        return None
    people = found.bodies[0].kind not in ("position", "office") and _PEOPLE.match(sentence[begin : found.end])
    if not directive and people and not _next_is_verb(sentence, found.end):
        return None
    if place == "subject" and found.bodies[0].kind == "generic":
        if len(sentence[begin : found.end].split()) < 2:
            return None
        told = start == 0 or _DIFFICULTIES.search(sentence[:start]) is not None
        if not told or not _next_is_verb(sentence, found.end):
            return None
    return Doer(found, found.bodies[0].start, found.end, found.end, place)


def _with_verbal_name(sentence: str, found: BodyList) -> BodyList:
    """A name that goes on with a verb (`Ban Hỗ trợ phụ nữ phát triển kinh tế chủ trì`): up to the cue that ends it."""
    last = found.bodies[-1]
    match = _CUE.search(sentence, found.end, found.end + 90)
    if last.kind in ("person", "position") or match is None or match.start() <= found.end + 1:
        return found
    analysis = analyse(sentence)
    if any(after == analysis.token_at(found.end) for after in analysis.marks["levels"].values()):
        return found
    between = sentence[found.end : match.start()].strip()
    most = 6 if last.kind == "office" else 12
    if not 1 <= len(between.split()) <= most or _BREAKS_NAME.search(between):
        return found
    widened = Body(last.start, found.end + len(sentence[found.end : match.start()].rstrip()), last.kind)
    return BodyList((*found.bodies[:-1], widened), widened.end)


def _is_issuer(sentence: str, found: BodyList, issuer: str) -> bool:
    named = fold_tones(sentence[found.bodies[0].start : found.end])
    for office in _HEADS_OF_ISSUERS:
        named = named.removeprefix(office + " ")
    return len(found.bodies) == 1 and (
        named in issuer or issuer in named or named.startswith(("uỷ ban nhân dân", "ubnd"))
    )


def _next_is_verb(sentence: str, end: int) -> bool:
    analysis = analyse(sentence)
    token = analysis.token_at(end)
    return token in analysis.marks["verbs"]


def _goes_on(analysis: Analysis, end: int) -> bool:
    """Whether a verb, an adverb or a clause follows that can be said of a subject."""
    token = analysis.token_at(end)
    words = analysis.words
    if token < len(words) and words[token] == "(":
        depth_end = next((index for index in range(token, min(token + 40, len(words))) if words[index] == ")"), None)
        token = depth_end + 1 if depth_end is not None else token
    token = _past_office_held(analysis, token)
    if token < len(words) and words[token] in (",", "-", "–", ":"):
        token += 1
        if words[token - 1] == ":" and token not in analysis.marks["verbs"]:
            return False
    if token >= len(words) or words[token] in _MUST_NOT_FOLLOW or _is_past(words, token):
        return False
    return token in analysis.marks["verbs"] or token in analysis.marks["stops"]


def _is_cut(sentence: str, found: BodyList) -> bool:
    """Whether a name seems to go on after what was found: a capital follows, or only one general word was found."""
    after = sentence[found.end : found.end + 2]
    alone = found.bodies[0].kind == "generic" and " " not in sentence[found.bodies[0].start : found.end]
    return alone or (after[:1] == " " and after[1:2].isupper())


def _is_past(words: list[str], token: int) -> bool:
    """Whether what follows was done already (`đã tổ chức`); what has been handed out is still to be done."""
    return words[token].casefold() == "đã" and words[token + 1 : token + 2] != ["được"]


def _past_office_held(analysis: Analysis, token: int) -> int:
    """Past the office of a person that is set after the name (`đồng chí An - Phó Giám đốc Sở`)."""
    words = analysis.words
    if token + 1 >= len(words) or words[token] not in (",", "-", "–") or token + 1 not in analysis.marks["positions"]:
        return token
    held = bodies_from(analysis.text, analysis.starts[token + 1])
    return analysis.token_at(held.end) if held is not None else analysis.marks["positions"][token + 1]

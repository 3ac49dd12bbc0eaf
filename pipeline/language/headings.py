"""What kind of part a heading announces."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct
from rapidfuzz.distance import Levenshtein

from pipeline.document import SectionKind
from pipeline.language.bodies import is_body_list
from pipeline.language.nlp import fold_tones, words_of
from pipeline.language.tone_marks import plain

__all__ = ["HeadingKind", "heading_kind", "is_day", "mend_heading"]

_MEMBER = re.compile(r"(?:[,;:/&(]|\s-|\bva\b)\s*")
_OPENER = re.compile(r"(?:(?:cac|mot so|nhung|ve|cong tac|hinh thuc|khung|he thong|du kien|co cau|ke hoach|viec)\s+)+")
_WEEKDAY_OR_DAY = re.compile(r"(?:ngay|tuan|thang|dot|quy|giai doan|buoi)\s*(?:thu\s+)?(?:\d|[ivx]+\b|mot|hai|ba|nhat)")
_BODY = re.compile(
    r"(?:de nghi |giao )?(?:cac )?(?:hoi dong thi dua|ban thi dua|so |phong |uy ban|ubnd|cong an|van phong|"
    r"truong |hoi |doan )"
)
_OF_A_BODY = re.compile(r"(?:nhiem vu|nhiem vu, quyen han|nhiem vu cu the|trach nhiem|doi voi) ?(?:cua|cho|doi voi)? ")
_ADDRESSED = re.compile(r"(?:de nghi|giao|yeu cau|doi voi) ")
_NO_BODY = re.compile(
    r"(?:to (?:chuc|khai|trinh)|hoi (?:nghi|thi|thao|dien|thu|cho|nhap)|phong,? chong|phong ngua|bo (?:tri|sung)|"
    r"doan ket|dai hoi|bao (?:cao|dam)|truong hop|ban (?:hanh|giao|ghi|do|ve)|nhom (?:nhiem|giai|tieu)|"
    r"doi (?:moi|thoai))\b"
)
_LONG_WORDS = 12
_MENDED_LENGTH = 8
_MAX_DAY = 70
_WEEKDAY = r"(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat)"
_DAY = re.compile(
    rf"(?:(?:buoi )?(?:sang|chieu|toi)[,\s]{{1,2}})?(?:ngay (?:thu )?(?:\d{{1,2}}|nhat|hai|ba)\s?[:.-]\s?)?"
    rf"(?:{_WEEKDAY}[,\s(:-]{{1,3}})?"
    rf"(?:ngay )?\d{{1,2}}(?:/\d{{1,2}}(?:/\d{{4}})?| thang \d{{1,2}}(?: nam \d{{4}})?)(?:[\s,(]{{1,3}}{_WEEKDAY})?\)?"
)


class HeadingKind(Struct, frozen=True):
    """The kind, whether the heading itself names it, and how sure that is, 0 to 1."""

    kind: SectionKind
    named: bool
    confidence: float


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("pipeline.language") / "data" / "heading_kinds.toml").read_text(encoding="utf-8"))


_KINDS: tuple[SectionKind, ...] = (
    "purpose",
    "content",
    "subjects",
    "schedule",
    "rewards",
    "funding",
    "organization",
    "other",
)


@cache
def _phrases() -> tuple[tuple[tuple[str, SectionKind], ...], tuple[tuple[str, SectionKind], ...]]:
    heads = [(plain(phrase), kind) for kind in _KINDS for phrase in _data()[kind]["phrases"]]
    anywhere = [(plain(phrase), kind) for kind in _KINDS for phrase in _data()[kind].get("anywhere", ())]
    return tuple(sorted(heads, key=lambda entry: -len(entry[0]))), tuple(anywhere)


@cache
def _openers() -> tuple[str, ...]:
    """What a task begins with: verbs, and nouns that stand for them."""
    return tuple(sorted({fold_tones(word) for word in (*_data()["tasks"]["openers"], *words_of()["verbs"])}))


def heading_kind(heading: str, parent: SectionKind | None, *, similarity: float = 0.85) -> HeadingKind:
    """The kind of part that a heading announces.

    Args:
        heading: its text, NFC, without label.
        parent: the kind of the part that it stands in, None at the top.
        similarity: how like a word of the vocabulary, without marks, a misread one must be, 0 to 1.
    Returns:
        The kind that the heading names first; else its parent's. At the top a body's name is `organization`, what
        begins as a task does is `content`, and all else `other`.
    """
    text = " ".join(plain(heading).split())
    body = _is_body(heading, text, parent)
    parts = [text, *(part.strip() for part in _MEMBER.split(text)[1:])]
    members = [member for member in (_OPENER.sub("", part, count=1) or part for part in parts) if member]
    if parent is not None and (body or len(text.split()) > _LONG_WORDS):
        members = members[:1] if not body else []
    found = _first_named(text, members, parent)
    if parent is None and body and (found is None or found.kind == "other" or _OF_A_BODY.match(text)):
        return HeadingKind("organization", False, 0.85)
    if found is not None and not (found.kind == "other" and parent is None):
        return found
    if is_day(heading):
        return HeadingKind("schedule", True, 0.85)
    if not body:
        misread = _elsewhere(text, members, parent, similarity)
        if misread is not None:
            return misread
    if parent is not None:
        return HeadingKind(parent, False, 0.9)
    if found is not None:
        return found
    marked = " ".join(fold_tones(heading).split())
    if any(_begins(marked, opener) for opener in _openers()):
        return HeadingKind("content", False, 0.7)
    return HeadingKind("other", False, 0.6)


def _is_body(heading: str, text: str, parent: SectionKind | None) -> bool:
    """Whether a heading is the name of a body, with what it is asked or charged with before it."""
    if _NO_BODY.match(text):
        return False
    if parent is not None and _BODY.match(text):
        return True
    lead = _OF_A_BODY.match(text) if parent in (None, "organization") else None
    lead = lead or _ADDRESSED.match(text)
    name = heading[lead.end() :] if lead is not None and len(text) == len(heading) else heading
    return is_body_list(name) or (name.isupper() and is_body_list(name.capitalize()))


def _first_named(text: str, members: list[str], parent: SectionKind | None) -> HeadingKind | None:
    """The first kind that a member of the heading names; `other` only where none names a kind."""
    other: HeadingKind | None = None
    for place, member in enumerate(members):
        kind = (_named(text, parent) if place == 0 else None) or _named(member, parent)
        if kind == "other" and parent is None:
            other = other or HeadingKind(kind, True, 0.9)
        elif kind is not None and _allowed(kind, parent, place):
            return HeadingKind(kind, True, 0.97)
        elif place == 0 and _WEEKDAY_OR_DAY.match(member):
            return HeadingKind("schedule", True, 0.85)
    return other


def _elsewhere(text: str, members: list[str], parent: SectionKind | None, similarity: float) -> HeadingKind | None:
    """A kind that is named in the midst of the heading, or by a misread word."""
    for phrase, kind in _phrases()[1]:
        if re.search(rf"\b{phrase}\b", text) and (parent is None or kind in ("funding", "rewards")):
            return HeadingKind(kind, True, 0.9)
    for place, member in enumerate(members):
        misread = _misread(member, similarity)
        if misread is not None and _allowed(misread.kind, parent, place):
            return misread
    return None


def is_day(text: str) -> bool:
    """Whether a line is a day and nothing else, as it heads what takes place on it: `Thứ Hai, ngày 12/5/2025`."""
    return len(text) < _MAX_DAY and text[:1].isupper() and bool(_DAY.fullmatch(plain(text).strip(" .:")))


def mend_heading(heading: str) -> str:
    """A heading with the marks of the genre's own words put right: `NỌI DUNG` as `NỘI DUNG`."""
    bare = plain(heading)
    mended = heading
    for phrase in _vocabulary():
        start = bare.find(plain(phrase))
        while start >= 0:
            end = start + len(phrase)
            whole = not bare[start - 1 : start].isalpha() and not bare[end : end + 1].isalpha()
            printed = mended[start:end]
            if whole and " " in phrase and printed.casefold() != phrase:
                mended = (
                    mended[:start] + (phrase.upper() if printed.isupper() else _cased(printed, phrase)) + mended[end:]
                )
            start = bare.find(plain(phrase), end)
    return mended


def _cased(printed: str, phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:] if printed[:1].isupper() else phrase


@cache
def _vocabulary() -> tuple[str, ...]:
    entries = [_data()[kind] for kind in _KINDS if kind != "other"]
    phrases = [phrase for entry in entries for phrase in (*entry["phrases"], *entry.get("anywhere", ()))]
    return tuple(phrase for phrase in phrases if len(phrase) >= _MENDED_LENGTH)


def _allowed(kind: SectionKind, parent: SectionKind | None, place: int) -> bool:
    """Whether a kind may be named at that place in a list: bodies under `organization` are no subjects."""
    if kind == "other":
        return parent is None and place == 0
    if kind == "organization":
        return parent is None or place == 0
    return not (kind == "subjects" and parent == "organization")


def _named(member: str, parent: SectionKind | None) -> SectionKind | None:
    for kind in _KINDS:
        if member in _plain_list(kind, "whole"):
            return kind
        if parent is None and any(_begins(member, phrase) for phrase in _plain_list(kind, "top")):
            return kind
    for phrase, kind in _phrases()[0]:
        if _begins(member, phrase):
            return kind
    return None


def _begins(text: str, phrase: str) -> bool:
    return text.startswith(phrase) and not text[len(phrase) : len(phrase) + 1].isalpha()


@cache
def _plain_list(kind: SectionKind, name: str) -> tuple[str, ...]:
    return tuple(plain(phrase) for phrase in _data()[kind].get(name, ()))


def _misread(member: str, similarity: float) -> HeadingKind | None:
    """The kind named by a word that was misread by a letter or two."""
    words = member.split()
    best: HeadingKind | None = None
    squeezed = member.replace(" ", "")
    for phrase, kind in _phrases()[0]:
        if len(phrase) < 7:
            continue
        if kind != "other" and squeezed.startswith(phrase.replace(" ", "")):
            return HeadingKind(kind, True, 0.85)
        head = " ".join(words[: phrase.count(" ") + 1])
        if abs(len(head) - len(phrase)) > 2:
            continue
        like = Levenshtein.normalized_similarity(head, phrase, score_cutoff=similarity)
        if like >= similarity and (best is None or like > best.confidence):
            best = HeadingKind(kind, True, like * 0.9)
    return best

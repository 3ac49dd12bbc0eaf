"""What kind of part a heading announces."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct
from rapidfuzz.distance import Levenshtein

from pipeline.document import SectionKind
from pipeline.language.tone_marks import plain

__all__ = ["HeadingKind", "heading_kind", "mend_heading"]

_MEMBER = re.compile(r"(?:[,;:/&(]|\s-|\bva\b)\s*")
_OPENER = re.compile(r"(?:(?:cac|mot so|nhung|ve|cong tac|hinh thuc|khung|he thong|du kien|co cau|ke hoach|viec)\s+)+")
_WEEKDAY_OR_DAY = re.compile(r"(?:ngay|tuan|thang|dot|quy|giai doan|buoi)\s*(?:thu\s+)?(?:\d|[ivx]+\b|mot|hai|ba|nhat)")
_BODY = re.compile(
    r"(?:de nghi |giao )?(?:cac )?(?:hoi dong thi dua|ban thi dua|so |phong |uy ban|ubnd|cong an|van phong|"
    r"truong |hoi |doan )"
)
_LONG_WORDS = 12


class HeadingKind(Struct, frozen=True):
    """The kind, whether the heading itself names it, and how sure that is, 0 to 1."""

    kind: SectionKind
    named: bool
    confidence: float


@cache
def _phrases() -> tuple[tuple[tuple[str, SectionKind], ...], tuple[tuple[str, SectionKind], ...]]:
    data = tomllib.loads((files("pipeline.language") / "data" / "heading_kinds.toml").read_text(encoding="utf-8"))
    kinds: dict[str, SectionKind] = {
        "purpose": "purpose",
        "content": "content",
        "subjects": "subjects",
        "schedule": "schedule",
        "rewards": "rewards",
        "funding": "funding",
        "organization": "organization",
        "other": "other",
    }
    heads = [(plain(phrase), kinds[name]) for name, entry in data.items() for phrase in entry["phrases"]]
    anywhere = [(plain(phrase), kinds[name]) for name, entry in data.items() for phrase in entry.get("anywhere", ())]
    return tuple(sorted(heads, key=lambda entry: -len(entry[0]))), tuple(anywhere)


def heading_kind(heading: str, parent: SectionKind | None, *, similarity: float = 0.85) -> HeadingKind:
    """The kind of part that a heading announces.

    Args:
        heading: its text, NFC, without label.
        parent: the kind of the part that it stands in, None at the top.
        similarity: how like a word of the vocabulary, without marks, a misread one must be, 0 to 1.
    Returns:
        The kind that the heading names first; else its parent's, or `other` at the top.
    """
    text = " ".join(plain(heading).split())
    members = [member for member in (_OPENER.sub("", part.strip(), count=1) for part in _MEMBER.split(text)) if member]
    if parent is not None and (_BODY.match(text) or len(text.split()) > _LONG_WORDS):
        members = members[:1] if not _BODY.match(text) else []
    for place, member in enumerate(members):
        kind = _named(member)
        if kind is not None and _allowed(kind, parent, place):
            return HeadingKind(kind, True, 0.97)
        if place == 0 and _WEEKDAY_OR_DAY.match(member):
            return HeadingKind("schedule", True, 0.85)
    if not _BODY.match(text):
        for phrase, kind in _phrases()[1]:
            if re.search(rf"\b{phrase}\b", text) and (parent is None or kind in ("funding", "rewards")):
                return HeadingKind(kind, True, 0.9)
        for place, member in enumerate(members):
            misread = _misread(member, similarity)
            if misread is not None and _allowed(misread.kind, parent, place):
                return misread
    if parent is not None:
        return HeadingKind(parent, False, 0.9)
    return HeadingKind("other", False, 0.75)


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
    data = tomllib.loads((files("pipeline.language") / "data" / "heading_kinds.toml").read_text(encoding="utf-8"))
    return tuple(phrase for entry in data.values() for phrase in (*entry["phrases"], *entry.get("anywhere", ())))


def _allowed(kind: SectionKind, parent: SectionKind | None, place: int) -> bool:
    """Whether a kind may be named at that place in a list: bodies under `organization` are no subjects."""
    if kind == "other":
        return parent is None and place == 0
    if kind == "organization":
        return parent is None or place == 0
    return not (kind == "subjects" and parent == "organization")


def _named(member: str) -> SectionKind | None:
    for phrase, kind in _phrases()[0]:
        if member.startswith(phrase) and not member[len(phrase) : len(phrase) + 1].isalpha():
            return kind
    return None


def _misread(member: str, similarity: float) -> HeadingKind | None:
    """The kind named by a word that was misread by a letter or two."""
    words = member.split()
    best: HeadingKind | None = None
    for phrase, kind in _phrases()[0]:
        if len(phrase) < 7:
            continue
        head = " ".join(words[: phrase.count(" ") + 1])
        if abs(len(head) - len(phrase)) > 2:
            continue
        like = Levenshtein.normalized_similarity(head, phrase, score_cutoff=similarity)
        if like >= similarity and (best is None or like > best.confidence):
            best = HeadingKind(kind, True, like * 0.9)
    return best

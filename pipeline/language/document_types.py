"""Types of documents: their names, their abbreviations in a notation, and telling one in a heading line."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct, convert
from rapidfuzz.distance import Levenshtein

from pipeline.language.casing import is_capitals
from pipeline.language.tone_marks import plain

__all__ = ["DocumentType", "HeadingType", "cited_types", "document_types", "heading_type", "types_of_abbreviation"]

# What may stand beside the name of a type on its own line without beginning the subject.
_ATTRIBUTES = frozenset(
    {"lien tich", "lien nganh", "phoi hop", "hanh dong", "cong tac", "chung", "chi tiet", "tom tat", "khan", "hoa toc"}
)
_MAX_LINE_CHARS = 140


def _without_noise(text: str) -> str:
    """A line in capitals without the marks at its ends that are no words: `A644 KẾ HOẠCH`."""
    words = text.split()
    if all(len(word) == 1 for word in words):
        return text
    while len(words) > 2 and not _is_word(words[0]):
        words.pop(0)
    while len(words) > 2 and not _is_word(words[-1]):
        words.pop()
    start = text.find(words[0]) if words else 0
    return text[start : text.rfind(words[-1]) + len(words[-1])] if words else text


def _is_word(word: str) -> bool:
    return len(word) > 1 and word.isalpha()


class DocumentType(Struct, frozen=True):
    """A type: its name in sentence case, its abbreviations; a law; one that is only ever cited so."""

    name: str
    abbreviations: tuple[str, ...]
    law: bool = False
    cited_only: bool = False


class HeadingType(Struct, frozen=True):
    """A type read in a heading line: where its name ends there, and how like it the line is, 0 to 1."""

    type: DocumentType
    end: int
    similarity: float


class _File(Struct, frozen=True):
    type: tuple[DocumentType, ...]


@cache
def cited_types() -> tuple[DocumentType, ...]:
    """Every type by which a document may be cited."""
    text = (files("pipeline.language") / "data" / "document_types.toml").read_text(encoding="utf-8")
    return convert(tomllib.loads(text), _File).type


@cache
def document_types() -> tuple[DocumentType, ...]:
    """Every type that a document may have in its heading."""
    return tuple(kind for kind in cited_types() if not kind.cited_only)


@cache
def types_of_abbreviation() -> dict[str, DocumentType]:
    """Types by abbreviation; where two share one, the first named."""
    found: dict[str, DocumentType] = {}
    for kind in cited_types():
        for abbreviation in kind.abbreviations:
            found.setdefault(abbreviation, kind)
    return found


@cache
def _plain_names() -> tuple[tuple[str, str, DocumentType], ...]:
    named = [(plain(kind.name), plain(kind.name).replace(" ", ""), kind) for kind in document_types()]
    return tuple(sorted(named, key=lambda entry: -len(entry[0])))


def heading_type(line: str, *, similarity: float = 0.85) -> HeadingType | None:
    """The type that a heading line names: alone, spaced out, with an attribute, or before the subject.

    Args:
        line: a printed line, NFC.
        similarity: how like a type's name, without marks, a misread line must be, 0 to 1.
    Returns:
        The type, or None where the line is something else; running text is never a heading line.
    """
    text = _without_noise(line.strip(" .:*-–—_\t"))
    if not text or len(text) > _MAX_LINE_CHARS or not text[0].isupper():
        return None
    bare = plain(text)
    closed = re.sub(r"\s+", "", bare)
    for name, joined, kind in _plain_names():
        if closed == joined:
            return HeadingType(kind, len(line), 1.0)
        if bare.startswith(name + " ") and bare[len(name) :].strip() in _ATTRIBUTES:
            return HeadingType(kind, len(line), 1.0)
    if not is_capitals(text):
        return None
    start = line.index(text)
    for name, joined, kind in _plain_names():
        if bare.startswith(name + " ") and len(name) > 4:
            return HeadingType(kind, start + len(name), 0.9)
        if abs(len(closed) - len(joined)) <= 2 and len(joined) >= 6:
            like = Levenshtein.normalized_similarity(closed, joined)
            if like >= similarity:
                return HeadingType(kind, len(line), like)
    return None

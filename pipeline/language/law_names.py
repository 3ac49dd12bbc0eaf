"""Laws that are cited by name: `Luật Thi đua, khen thưởng`, `Bộ luật Hình sự`, `Luật sửa đổi, bổ sung … của Luật …`."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from msgspec import Struct

from pipeline.language.tone_marks import plain

__all__ = ["LawName", "find_laws"]

_LAW = re.compile(
    r"(?<!\w)(?:(?P<code>bo luat)|(?P<law>luat)|(?P<ordinance>phap lenh)|(?P<constitution>hien phap))(?!\w)"
)
_AMENDS = re.compile(
    r" (?:sua doi|sua doi, bo sung|"
    r"bo sung)(?: mot so dieu| dieu \d+(?:(?:,"
    r"| va) (?:dieu )?\d+){0,6})?(?:,? ?(?:va )?bo sung)?(?: mot so dieu)? (?:cua )?(?:cac )?"
)
_STOP = re.compile(
    r"(?:so|ngay|nam|ve|cua|co|duoc|quy dinh|da|theo|cho|trong|tai|thi|la|va|den|tu|nay|do|nhu|ban hanh|"
    r"hien hanh|moi|tren|"
    r"khi|ma|de|voi|bang|cac|nhung|hoac|phai|khong|sua doi|doi voi|lien quan|vao|sau|truoc|gan|nham|gom)(?!\w)"
)
_SCHOOL = re.compile(
    r"\b(?:khoa|k\.|nganh|mon|bo mon|dai hoc|truong|hoc|cong ty|van phong|tap chi|vien|cu nhan|su|phap)\s$"
)
_WORD = re.compile(r"\w+|[^\w\s,]")
_MAX_WORDS = 9


class LawName(Struct, frozen=True):
    """A law in a text: its place, its kind as a type of document, and how sure its name's end is, 0 to 1."""

    start: int
    end: int
    kind: str
    confidence: float


@cache
def _names() -> dict[str, tuple[tuple[str, ...], ...]]:
    """The names' words without marks, by first word, longest first."""
    data = tomllib.loads((files("pipeline.language") / "data" / "law_names.toml").read_text(encoding="utf-8"))
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for name in (*data["codes"], *data["laws"]):
        words = tuple(re.findall(r"\w+", plain(name)))
        by_first.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(set(names), key=len, reverse=True)) for first, names in by_first.items()}


def find_laws(text: str) -> Iterator[LawName]:
    """Every law named in a text, in order; `luật` as a common noun is none.

    Args:
        text: NFC.
    """
    bare = plain(text)
    position = 0
    while (match := _LAW.search(bare, position)) is not None:
        position = match.end()
        found = _read(text, bare, match)
        if found is not None:
            yield found
            position = found.end


def _read(text: str, bare: str, match: re.Match[str]) -> LawName | None:
    start, end = match.span()
    if not text[start].isupper() or _SCHOOL.search(bare, max(0, start - 12), start):
        return None
    if match["constitution"]:
        return LawName(start, end, "Hiến pháp", 0.95)
    kind = "Bộ luật" if match["code"] else "Pháp lệnh" if match["ordinance"] else "Luật"
    amends = _AMENDS.match(bare, end)
    if amends is not None:
        inner = _LAW.match(bare, amends.end())
        named = _name_end(text, bare, inner.end() if inner else amends.end())
        return LawName(start, named[0], kind, named[1]) if named else None
    named = _name_end(text, bare, end)
    return LawName(start, named[0], kind, named[1]) if named else None


def _name_end(text: str, bare: str, start: int) -> tuple[int, float] | None:
    """Where a law's name ends: by the list of names, else by the next small word or mark."""
    words = list(_words(bare, start))
    if not words:
        return None
    for name in _names().get(words[0][0], ()):
        if tuple(word for word, _ in words[: len(name)]) == name and _is_title(text, start, name):
            return words[len(name) - 1][1], 0.96
    if not text[start : start + 20].lstrip()[:1].isupper():
        return None
    end = None
    for index, (word, stop) in enumerate(words[:_MAX_WORDS]):
        between = bare[end if end is not None else start : stop - len(word)]
        if between.strip() or (index and _STOP.match(bare, stop - len(word))):
            break
        end = stop
    return (end, 0.7) if end is not None else None


def _is_title(text: str, start: int, name: tuple[str, ...]) -> bool:
    """A name of one word must begin with a capital, so that `Luật giá trị` is no law on prices."""
    return len(name) > 1 or text[start : start + 20].lstrip()[:1].isupper()


def _words(bare: str, start: int) -> Iterator[tuple[str, int]]:
    """The words of one sentence behind an offset, with their ends; commas do not count, other marks end it."""
    for match in _WORD.finditer(bare, start, start + 160):
        if not match[0][0].isalnum():
            return
        yield match[0], match.end()

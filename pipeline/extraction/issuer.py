"""The name of the issuing body in full: its abbreviations written out and its place added, where the document does."""

import re
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files

from pipeline.document import Passage, TracedText
from pipeline.language.casing import capital_share, is_capitals, sentence_case
from pipeline.language.tone_marks import plain

__all__ = ["as_written", "full_name", "place_in"]

_UNIT = (
    r"(?:tinh|thanh pho|tp\.?|huyen|quan(?! (?:ly|su|doi|tri|the|he|nhan))|thi xa|thi tran|xa(?! hoi)|phuong|dac khu)"
)
_UNIT_AND_NAME = re.compile(rf"\b({_UNIT}) ([^\W\d_]|\d)")
_BARE_UNIT = re.compile(rf"\b{_UNIT}$")
_DEPARTMENT = re.compile(
    r"(?:so|phong|ban|chi cuc|thanh tra|van phong|cong an|hoi|lien doan|doan|trung tam|uy ban|ubnd"
    r"|hoi dong|hdnd|toa an|"
    r"vien kiem sat|kho bac|bao hiem xa hoi|hat|tram|to cong tac|bo chi huy|mat tran|ubmttq|hdnd)\b"
)
_TERRITORIAL = re.compile(r"(?:mat tran to quoc|uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd|uy ban mat tran|ubmttq)\b")
_ORGANS = frozenset(
    {"ban thuong vu", "ban chap hanh", "ban thuong truc", "doan chu tich", "thuong truc", "ban quan ly", "ban to chuc"}
)
_COMMITTEE = re.compile(r"(?:tinh|thanh|huyen|quan|thi|dang) uy\b")
_ORGAN_BELOW = re.compile(
    r"(?P<whole>(?:hoi dong nhan dan|uy ban mat tran to quoc)\s.+?)\s(?P<organ>thuong truc|ban thuong truc)$"
)
_BRANCHES = ("chi cuc ", "trung tam ", "ban quan ly ", "quy ", "tram ")
_NAME_WORDS = 4


@cache
def _abbreviations() -> dict[str, str]:
    data = tomllib.loads((files("pipeline.language") / "data" / "abbreviations.toml").read_text(encoding="utf-8"))
    return dict(data["full"])


def full_name(issuer: TracedText, parent: TracedText | None, body: list[Passage]) -> tuple[str, tuple[str, ...]]:
    """The issuing body's name in sentence case, written out, with its place.

    Args:
        issuer: as printed in the head.
        parent: the superior body as printed above it, or None.
        body: passages in which the name may be written out.
    Returns:
        The name, and the ids of further words that it was completed from.
    """
    name = _organ_first(as_written(issuer.text, body))
    name, evidence = _written_out(name, body)
    if parent is not None and _is_organ(plain(name), plain(parent.text)):
        return f"{name} {as_written(parent.text, body)}", (*evidence, *parent.evidence())
    bare = _BARE_UNIT.search(plain(name))
    if bare and parent is not None and (unit := place_in(parent)) and plain(unit[0]).startswith(f"{bare[0]} "):
        return name[: bare.start()] + unit[0], (*evidence, *unit[1])
    if _UNIT_AND_NAME.search(plain(name)) or not _DEPARTMENT.match(plain(name)):
        return name, evidence
    over = plain(parent.text) if parent is not None else ""
    placed = bool(_TERRITORIAL.match(over)) or _is_branch(plain(name), over)
    place = place_in(parent) if parent is not None and placed else None
    dated = next((plain(passage.text.text).split(",")[0] for passage in body if passage.kind == "place-date"), "")
    local = _is_branch(plain(name), over) and len(dated) > 1 and dated in plain(name)
    if place is not None and plain(place[0].split(maxsplit=1)[-1]) not in plain(name) and not local:
        if _BARE_UNIT.search(plain(name)):
            name = name[: _BARE_UNIT.search(plain(name)).start()].rstrip()  # type: ignore[union-attr]
        return f"{name} {place[0]}", (*evidence, *place[1])
    named = _named_in(name, body)
    return (named[0], (*evidence, *named[1])) if named is not None else (name, evidence)


def _organ_first(name: str) -> str:
    """`Thường trực Hội đồng nhân dân xã X`, whose organ is printed under the name."""
    organ = _ORGAN_BELOW.match(plain(name))
    if organ is None:
        return name
    whole, below = name[: organ.end("whole")], name[organ.start("organ") :]
    return f"{below[:1].upper()}{below[1:].lower()} {whole}"


def as_written(name: str, body: list[Passage]) -> str:
    """A name in capitals as the document writes it in running text; in sentence case where it does not."""
    printed = " ".join(name.split()).strip(" .,:*-_")
    if not is_capitals(printed, letters=1):
        return sentence_case(printed)
    bare = plain(printed)
    for passage in body:
        found = plain(passage.text.text).find(bare)
        written = passage.text.text[found : found + len(bare)]
        whole = not plain(passage.text.text)[found + len(bare) : found + len(bare) + 1].isalnum()
        if found >= 0 and whole and capital_share(written) < 0.5 and passage.kind not in ("recipient", "stamp"):
            return written[:1].upper() + written[1:]
    return sentence_case(printed)


def _is_organ(name: str, parent: str) -> bool:
    """Whether a body is named only with the one that it is an organ of, as a Ban Thường vụ is."""
    if name in _ORGANS or (name == "van phong" and parent.startswith(("uy ban", "ubnd", "hoi dong", "doan dai bieu"))):
        return True
    return bool(_COMMITTEE.match(parent)) and name.startswith(("ban ", "van phong", "uy ban kiem tra"))


def _is_branch(name: str, parent: str) -> bool:
    """Whether a body is a department's in its province: a centre, a sub-department under a `Sở … tỉnh X`."""
    return name.startswith(_BRANCHES) and parent.startswith(("so ", "ban "))


def place_in(text: TracedText) -> tuple[str, tuple[str, ...]] | None:
    """The administrative unit that a body's name ends with (`tỉnh Lào Cai`), and the ids of its words."""
    match = _UNIT_AND_NAME.search(plain(text.text))
    if match is None:
        return None
    printed = text.text[match.start() :].strip(" .,:*-_")
    cased = sentence_case(printed)
    return cased[:1].lower() + cased[1:], text.evidence(match.start())


def _written_out(name: str, body: list[Passage]) -> tuple[str, tuple[str, ...]]:
    """The name with abbreviations as the body writes them out; as it is where the body does not."""
    words = name.split()
    full = [_abbreviations().get(word.strip(".,").upper() if word.isupper() else word, word) for word in words]
    if full == words:
        return name, ()
    wanted = plain(" ".join(full))
    tries = [wanted]
    if plain(words[0]) != plain(full[0]) and len(words) > 1:
        tries.append(plain(" ".join(full[:2])))
    for index, phrase in enumerate(tries):
        for passage in body:
            found = plain(passage.text.text).find(phrase)
            if found < 0:
                continue
            evidence = passage.text.evidence(found, found + len(phrase))
            printed = passage.text.text[found : found + len(phrase)]
            if index == 0:
                return printed[:1].upper() + printed[1:], evidence
            return " ".join(full), evidence
    return name, ()


def _named_in(name: str, body: list[Passage]) -> tuple[str, tuple[str, ...]] | None:
    """The name with the place that most often follows it in the body."""
    head = _BARE_UNIT.sub("", plain(name)).strip()
    found: Counter[str] = Counter()
    evidence: dict[str, tuple[str, ...]] = {}
    pattern = re.compile(rf"\b{re.escape(head)} ({_UNIT}) ")
    for passage in body:
        for match in pattern.finditer(plain(passage.text.text)):
            end = _name_end(passage.text.text, match.end())
            if end is None:
                continue
            place = passage.text.text[match.start(1) : end]
            found[place] += 1
            evidence.setdefault(place, passage.text.evidence(match.start(1), end))
    if not found:
        return None
    place = found.most_common(1)[0][0]
    return f"{name[: len(head)]} {place}", evidence[place]


def _name_end(text: str, start: int) -> int | None:
    """Where a place's name ends: up to four words with capitals or figures."""
    end = None
    position = start
    for word in text[start : start + 40].split(" ")[:_NAME_WORDS]:
        bare = word.rstrip('.,;:)”"')
        if not bare or not (bare[0].isupper() or bare[0].isdigit()):
            break
        end = position + len(bare)
        position += len(word) + 1
        if bare != word:
            break
    return end

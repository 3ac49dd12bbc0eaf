"""How the name of a body is read, token by token: where it begins, what belongs to it, where it ends."""

from dataclasses import dataclass

from pipeline.language.body_names import (
    any_capital,
    is_name_syllable,
    level_end,
    member_end,
    name_end,
    place_end,
    starts_body,
    surnames,
)
from pipeline.language.body_ranks import BodyKind, Part, contains, name_of
from pipeline.language.nlp import Analysis, fold_tones

__all__ = ["BodyKind", "Listing", "Part", "body_list"]


@dataclass(slots=True)
class Listing:
    """Co-ordinated bodies from a token on.

    Attributes:
        parts: first token, token after, kind of each.
        after: the token after the list.
        prefixes: tokens that are printed once for several parts (`các Sở: Tài chính, Nội vụ`), by a part's first token.
    """

    parts: list[Part]
    after: int
    prefixes: dict[int, tuple[int, ...]]


def body_list(analysis: Analysis, token: int) -> Listing:
    """Co-ordinated bodies from a token on; no parts where none begins there."""
    listing = Listing([], token, {})
    parts = listing.parts
    position = token
    while True:
        part = _one(analysis, position)
        if part is None and parts and position > parts[-1][1]:
            part = _unknown_abbreviation(analysis, position)
        if part is None or (
            parts and part[2] == "generic" and not _narrowed(analysis, part) and parts[-1][2] != "generic"
        ):
            break
        shared = _shared_head(analysis, part)
        if shared:
            parts.extend(shared)
            prefix = _prefix(analysis, part, shared[0][0])
            listing.prefixes.update({member[0]: prefix for member in shared})
        elif parts and contains(analysis, parts[-1], part, position):
            parts[-1] = (parts[-1][0], part[1], parts[-1][2])
        else:
            parts.append(part)
        listing.after = parts[-1][1]
        position = _after_separator(analysis, listing.after)
        if position == listing.after:
            break
    return listing


def _unknown_abbreviation(analysis: Analysis, token: int) -> Part | None:
    """Three capitals or more that no list knows, among bodies that are known."""
    if token >= len(analysis) or not analysis.words[token].isupper() or len(analysis.words[token]) < 3:
        return None
    return (token, _tails(analysis, place_end(analysis, token + 1)), "office")


_SHARED_HEADS = frozenset(("sở", "phòng", "ban", "bộ", "khoa", "trường", "hội", "huyện", "xã", "phường"))


def _shared_head(analysis: Analysis, part: Part) -> list[Part]:
    """The members of `các Sở: Tài chính, Nội vụ và Y tế`, in which the head is printed once; empty elsewhere."""
    words = analysis.words
    heads = [
        index
        for index in range(part[0] + 1, part[1])
        if words[index].casefold() in _SHARED_HEADS
        and any(words[before].casefold() == "các" for before in range(part[0], index))
    ]
    if (
        not heads
        or heads[-1] + 1 >= len(words)
        or words[heads[-1] - 1] == ","
        or words[part[1] - 1].casefold() in ("ngành", "đoàn")
    ):
        return []
    head = heads[-1]
    colon = words[head + 1] == ":"
    position = head + 2 if colon else head + 1
    members: list[Part] = []
    while position < len(words):
        end = member_end(analysis, position, words[head], known=not colon)
        if end is None:
            break
        members.append((position, end, "office"))
        position = _after_separator(analysis, end)
        if position == end:
            break
    return members if len(members) > 1 or (members and colon) else []


def _prefix(analysis: Analysis, part: Part, before: int) -> tuple[int, ...]:
    return tuple(index for index in range(part[0], before) if analysis.words[index].casefold() not in ("các", ":"))


def _after_separator(analysis: Analysis, token: int) -> int:
    """The token after a comma, `và` or both; the same token where there is none."""
    after = token
    if after < len(analysis) and analysis.words[after] in ",;":
        after += 1
    if after < len(analysis) and analysis.words[after].casefold() in ("và", "cùng", "hoặc"):
        after += 1
    return after


def _narrowed(analysis: Analysis, part: Part) -> bool:
    return any(analysis.marks["tails"].get(token, 0) == part[1] for token in range(part[0] + 1, part[1]))


def _one(analysis: Analysis, token: int) -> Part | None:
    """One body that begins at a token: where it begins and ends, and its kind."""
    if token >= len(analysis):
        return None
    marks, words = analysis.marks, analysis.words
    for reader in (_titled_position, _person, _position):
        part = reader(analysis, token)
        if part is not None:
            return part
    quantified = marks["quantifiers"].get(token)
    if quantified is None and words[token].isdigit() and len(words[token]) <= 3 and token + 1 in marks["generic"]:
        quantified = token + 1
    if quantified is not None:
        return _collective(analysis, token, quantified)
    office = _office(analysis, token)
    if office is not None:
        return office
    if token in marks["generic"]:
        collective = _collective(analysis, token, token)
        if collective is not None and not _is_verb(analysis, collective):
            return (collective[0], collective[1], "generic")
    return None


def _is_verb(analysis: Analysis, part: Part) -> bool:
    """Whether a lone noun is rather the verb that is written alike (`tổ chức`)."""
    return analysis.marks["verbs"].get(part[0], 0) >= part[1]


def _titled_position(analysis: Analysis, token: int) -> Part | None:
    """`đồng chí Bí thư Chi bộ`, `các đồng chí Ủy viên Ban Thường vụ`."""
    marks = analysis.marks
    first = marks["quantifiers"].get(token, token)
    titled = marks["person_titles"].get(first)
    if titled is None or titled not in marks["positions"] or not analysis.words[titled][0].isupper():
        return None
    position = _position(analysis, titled)
    return (token, position[1], "position") if position is not None else None


def _person(analysis: Analysis, token: int) -> Part | None:
    """`Thầy Nguyễn Văn An`, `đồng chí Trần Bình`; a bare name counts only by its surname and three capitals."""
    words = analysis.words
    titled = analysis.marks["person_titles"].get(token)
    first = titled if titled is not None else token
    after = first
    while after < len(words) and after - first < 5 and is_name_syllable(words[after]):
        if after > first and not analysis.text[analysis.ends[after - 1] : analysis.starts[after]].isspace():
            break
        after += 1
    count = after - first
    if titled is not None and count >= 1 and fold_tones(words[token]) not in ("gvcn", "giáo"):
        if token in analysis.marks["names"] or (
            count == 1 and fold_tones(words[first]) not in surnames() and count < 1
        ):
            return None
        return (token, after, "person")
    if (
        titled is None
        and count >= 3
        and fold_tones(words[first]) in surnames()
        and token not in analysis.marks["heads"]
    ):
        if any(token in analysis.marks[name] for name in ("names", "abbreviations")):
            return None
        if any(word.isupper() and len(word) > 1 for word in words[first:after]):
            return None
        return (token, after, "person")
    return None


_VERBAL = frozenset(["lãnh", "đại", "giáo", "cán", "nhân", "thành", "trưởng", "phó", "công", "kế", "văn", "thư"])


def _position(analysis: Analysis, token: int) -> Part | None:
    """`Chủ tịch UBND tỉnh`, `lãnh đạo các đơn vị`, `Phó Hiệu trưởng Nguyễn Văn An`."""
    held = analysis.marks["positions"].get(token)
    if held is None:
        return None
    if analysis.marks["names"].get(token, 0) > held or analysis.marks["heads"].get(token, 0) > held:
        return None
    after = held
    while after < len(analysis):
        step = after + 1 if analysis.words[after] == "," else after
        following = analysis.marks["positions"].get(step)
        if following is None or (step > after and following - step > 1):
            break
        after = following
    verbal = fold_tones(analysis.words[token]) in _VERBAL
    person = _person(analysis, after) if after < len(analysis) else None
    if person is not None:
        return (token, person[1], "position")
    if after < len(analysis) and fold_tones(analysis.words[after - 1]) in ("phòng", "ban", "khoa", "môn"):
        named = name_end(analysis, after, after)
        if named > after and not starts_body(analysis, after):
            return (token, _tails(analysis, named), "position")
    office = _one(analysis, after) if after < len(analysis) else None
    if office is not None and office[2] != "person":
        if office[2] == "generic" and not verbal and not _narrowed(analysis, office):
            office = None
        else:
            return (token, office[1], "position")
    tail = _tails(analysis, after)
    if tail > after:
        return (token, tail, "position")
    printed = analysis.words[token]
    return None if verbal or not printed[0].isupper() else (token, after, "position")


def _collective(analysis: Analysis, token: int, first: int) -> Part | None:
    """Generic nouns joined by commas and `và` under one quantifier, with what narrows them."""
    marks, words = analysis.marks, analysis.words
    after = _collective_noun(analysis, first)
    if after is None:
        return None
    while after < len(words):
        step = after
        if words[step] in (",", "/"):
            step += 1
        if step < len(words) and words[step].casefold() in ("và", "hoặc"):
            step += 1
        if step == after or step >= len(words) or step in marks["quantifiers"]:
            break
        if words[step][0].isupper() and _office(analysis, step) is not None and not _bare_head(analysis, step):
            break
        if step in marks["verbs"] and step not in marks["generic"]:
            break
        following = _collective_noun(analysis, step)
        if following is None:
            break
        after = following
    if words[after - 1].casefold() == "viên" and after in marks["heads"]:
        after = marks["heads"][after]
    narrowed = _tails(analysis, after)
    if first > token and words[narrowed : narrowed + 1] == ["của"] and _owned(analysis, narrowed + 1):
        narrowed = _owned(analysis, narrowed + 1)
    if first > token and narrowed == after and _is_only_people(analysis, first, after):
        return None
    return (token, narrowed, "collective")


def _owned(analysis: Analysis, token: int) -> int:
    """The token after the office, in capitals, that several bodies belong to; 0 where none stands there."""
    if token >= len(analysis) or not analysis.words[token][0].isupper():
        return 0
    office = _office(analysis, token)
    return office[1] if office is not None else 0


_PEOPLE = frozenset(("học sinh", "sinh viên", "cá nhân", "tập thể", "hộ gia đình", "gia đình"))


def _is_only_people(analysis: Analysis, first: int, after: int) -> bool:
    return name_of(analysis, (first, after, "generic")) in _PEOPLE


def _bare_head(analysis: Analysis, token: int) -> bool:
    """Whether a head has no name of its own, so that it goes with the collective before it."""
    head = analysis.marks["heads"].get(token)
    office = _office(analysis, token)
    if head is None or office is None or analysis.marks["names"].get(token, 0) > head:
        return False
    return office[1] == head or (level_end(analysis, head) == 0 and _tails(analysis, head) == office[1])


def _collective_noun(analysis: Analysis, token: int) -> int | None:
    """The token after a noun of a collective: `sở`, `trường THPT`, `Khoa`."""
    marks, words = analysis.marks, analysis.words
    if token >= len(words):
        return None
    noun = max(marks["generic"].get(token, 0), marks["heads"].get(token, 0))
    named = marks["names"].get(token, 0) if words[token][0].islower() or token in marks["heads"] else 0
    noun = max(noun, named)
    if not noun:
        return None
    while (
        noun < len(words)
        and noun - token < 6
        and words[noun].isupper()
        and len(words[noun]) > 1
        and words[noun].isalpha()
    ):
        noun += 1
    return noun


def _office(analysis: Analysis, token: int) -> Part | None:
    """An office by its known name, its abbreviation, or a head with a name of its own."""
    marks, words = analysis.marks, analysis.words
    known = max(marks["names"].get(token, 0), marks["abbreviations"].get(token, 0))
    head = marks["heads"].get(token, 0)
    if known and known >= head and (words[token][0].isupper() or known - token >= 2):
        if (
            words[token][0].islower()
            and not any_capital(words[token + 1 : known])
            and not _is_definite(analysis, token, known)
        ):
            return None
        after = known
        if head and marks["abbreviations"].get(token, 0) < known:
            after = max(known, name_end(analysis, head, known))
        return (token, _tails(analysis, after), "office")
    if not head:
        return None
    after = name_end(analysis, head, head)
    if after == head:
        after = _tails(analysis, head)
        if after == head:
            return None
        return (token, after, "office") if words[token][0].isupper() else None
    if words[token][0].islower() and not any_capital(words[head:after]):
        return None
    return (token, _tails(analysis, after), "office")


def _is_definite(analysis: Analysis, token: int, after: int) -> bool:
    """Whether a name printed without capitals is still one: known names of three syllables, or narrowed by a level."""
    return after - token >= 3 or after in analysis.marks["levels"]


def _tails(analysis: Analysis, token: int) -> int:
    """The token after levels, places and what else narrows the body that ends before a token."""
    words, marks = analysis.words, analysis.marks
    after = token
    for _ in range(4):
        if after >= len(words):
            break
        level = level_end(analysis, after)
        if level:
            after = place_end(analysis, level)
            continue
        tail = marks["tails"].get(after, 0)
        if tail:
            if tail - after == 2 and words[after:tail] in (["tham", "gia"], ["phụ", "trách"]):
                break
            after = place_end(analysis, marks["levels"].get(tail, 0) or tail)
            continue
        belonging = _belonging(analysis, after)
        if belonging == after:
            break
        after = belonging
    return after


def _belonging(analysis: Analysis, token: int) -> int:
    """`thuộc UBND tỉnh`, `của Đảng`: past the body that the one before belongs to."""
    words = analysis.words
    if words[token] not in ("thuộc", "khu", "trực") or token + 1 >= len(words):
        return token
    if words[token] == "khu":
        return place_end(analysis, token + 2) if words[token + 1] == "vực" and token + 2 < len(words) else token
    if words[token] == "trực":
        if words[token + 1] != "thuộc" or token + 2 >= len(words):
            return token
        office = _one(analysis, token + 2)
        return office[1] if office is not None and office[2] in ("office", "collective") else token + 2
    office = _one(analysis, token + 1)
    if office is not None and office[2] in ("office", "collective"):
        return office[1]
    named = analysis.marks["generic"].get(token + 1, 0) if words[token + 1][0].isupper() else 0
    return named or token

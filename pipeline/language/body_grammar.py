"""How the name of a body is read, token by token: where it begins, what belongs to it, where it ends."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipeline.language.nlp import Analysis, fold_tones, word_table, words_of

__all__ = ["BodyKind", "Listing", "Part", "body_list", "surnames"]

BodyKind = Literal["office", "collective", "position", "person", "generic"]

_MAX_NAME = 16
_DASHES = frozenset("-–—")


@lru_cache(maxsize=1)
def surnames() -> frozenset[str]:
    """Family names, folded."""
    return frozenset(fold_tones(name) for name in words_of()["surnames"])


Part = tuple[int, int, BodyKind]


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
        elif parts and _contains(analysis, parts[-1], part, position):
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
    return (token, _tails(analysis, _place(analysis, token + 1)), "office")


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
        end = _member(analysis, position, words[head], known=not colon)
        if end is None:
            break
        members.append((position, end, "office"))
        position = _after_separator(analysis, end)
        if position == end:
            break
    return members if len(members) > 1 or (members and colon) else []


def _member(analysis: Analysis, token: int, head: str, *, known: bool) -> int | None:
    """The token after a name that lacks its head: one of the known offices, else, unless it must be, capitals."""
    words = analysis.words
    if not words[token][0].isupper() or _starts_body(analysis, token):
        return None
    longest = 0
    for length in range(1, min(11, len(words) - token) + 1):
        text = analysis.text[analysis.starts[token] : analysis.ends[token + length - 1]]
        if f"{fold_tones(head)} {fold_tones(text)}" in _known_names():
            longest = length
    if longest:
        return token + longest
    if known:
        return None
    after = token + 1
    while after < len(words) and after - token < 6 and words[after].isalpha():
        if not words[after][0].isupper() and (
            _stops(analysis, after)
            or words[after].casefold() == "và"
            or (words[after].islower() and words[after - 1].islower())
        ):
            break
        after += 1
    return after


@lru_cache(maxsize=1)
def _known_names() -> frozenset[str]:
    return frozenset(fold_tones(name) for name in words_of()["names"])


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


def _contains(analysis: Analysis, left: Part, right: Part, position: int) -> bool:
    """Whether the right body is the superior in a hierarchy printed from the lower to the higher unit."""
    if analysis.words[position - 1] != ",":
        return False
    lower, higher = _rank(analysis, left), _rank(analysis, right)
    return lower is not None and higher is not None and lower < higher and higher >= 2


def _rank(analysis: Analysis, part: Part) -> int | None:
    folded = fold_tones(analysis.text[analysis.starts[part[0]] : analysis.ends[part[1] - 1]])
    ranks = [
        (len(head), int(rank))
        for head, rank in word_table("ranks").items()
        if folded == fold_tones(head) or folded.startswith(fold_tones(head) + " ")
    ]
    rank = max(ranks)[1] if ranks else -1
    return rank if rank >= 0 else None


def _narrowed(analysis: Analysis, part: Part) -> bool:
    return any(analysis.marks["tails"].get(token, 0) == part[1] for token in range(part[0] + 1, part[1]))


def _one(analysis: Analysis, token: int) -> Part | None:
    """One body that begins at a token: where it begins and ends, and its kind."""
    if token >= len(analysis):
        return None
    marks, words = analysis.marks, analysis.words
    for reader in (_person, _position):
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


def _person(analysis: Analysis, token: int) -> Part | None:
    """`Thầy Nguyễn Văn An`, `đồng chí Trần Bình`; a bare name counts only by its surname and three capitals."""
    words = analysis.words
    titled = analysis.marks["person_titles"].get(token)
    first = titled if titled is not None else token
    after = first
    while after < len(words) and after - first < 5 and _is_name_syllable(words[after]):
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


def _is_name_syllable(word: str) -> bool:
    return word[0].isupper() and word.isalpha() and (len(word) == 1 or not word.isupper())


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
    verbal = fold_tones(analysis.words[token]) in (
        "lãnh",
        "đại",
        "giáo",
        "cán",
        "nhân",
        "thành",
        "trưởng",
        "phó",
        "công",
        "kế",
        "văn",
        "thư",
    )
    person = _person(analysis, after) if after < len(analysis) else None
    if person is not None:
        return (token, person[1], "position")
    if after < len(analysis) and fold_tones(analysis.words[after - 1]) in ("phòng", "ban", "khoa", "môn"):
        named = _name(analysis, after, after)
        if named > after and not _starts_body(analysis, after):
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
    if first > token and narrowed == after and _is_only_people(analysis, first, after):
        return None
    return (token, narrowed, "collective")


_PEOPLE = frozenset(("học sinh", "sinh viên", "cá nhân", "tập thể", "hộ gia đình", "gia đình"))


def _is_only_people(analysis: Analysis, first: int, after: int) -> bool:
    return fold_tones(analysis.text[analysis.starts[first] : analysis.ends[after - 1]]) in _PEOPLE


def _bare_head(analysis: Analysis, token: int) -> bool:
    """Whether a head has no name of its own, so that it goes with the collective before it."""
    head = analysis.marks["heads"].get(token)
    office = _office(analysis, token)
    if head is None or office is None or analysis.marks["names"].get(token, 0) > head:
        return False
    return office[1] == head or (_level(analysis, head) == 0 and _tails(analysis, head) == office[1])


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
            and not _any_capital(words[token + 1 : known])
            and not _is_definite(analysis, token, known)
        ):
            return None
        after = known
        if head and marks["abbreviations"].get(token, 0) < known:
            after = max(known, _name(analysis, head, known))
        return (token, _tails(analysis, after), "office")
    if not head:
        return None
    after = _name(analysis, head, head)
    if after == head:
        after = _tails(analysis, head)
        if after == head:
            return None
        return (token, after, "office") if words[token][0].isupper() else None
    if words[token][0].islower() and not _any_capital(words[head:after]):
        return None
    return (token, _tails(analysis, after), "office")


def _any_capital(words: list[str]) -> bool:
    return any(word[0].isupper() or word[0].isdigit() for word in words)


def _is_definite(analysis: Analysis, token: int, after: int) -> bool:
    """Whether a name printed without capitals is still one: known names of three syllables, or narrowed by a level."""
    return after - token >= 3 or after in analysis.marks["levels"]


def _name(analysis: Analysis, token: int, known: int) -> int:
    """The token after the name that follows a head; `known` is where a listed name ends, at least that far."""
    words = analysis.words
    after = token
    while after < len(words) and after - token < _MAX_NAME:
        if after < known:
            after += 1
            continue
        word = words[after]
        capital = word[0].isupper() or word.isdigit()
        if capital:
            if after > token and _starts_anew(analysis, after):
                break
            if after >= known > token and analysis.marks["verbs"].get(after, 0) - after > 1:
                break
            after += 1
        elif after > token and (_may_link(analysis, after) or _carries_on(analysis, token, after, known)):
            after += 1
        else:
            break
    while after > max(token, known) and (not words[after - 1][0].isalnum() or words[after - 1].casefold() in ("và",)):
        after -= 1
    return after


def _carries_on(analysis: Analysis, token: int, after: int, known: int) -> bool:
    """Whether a word in small letters belongs to a name: a capital's second syllable, or no verb and no small word."""
    word, before = analysis.words[after], analysis.words[after - 1]
    if not word.isalpha() or after <= known:
        return False
    if before[0].isupper() and not before.isupper() and _is_second(analysis, after):
        return True
    return not _stops(analysis, after) and after - token < 8


def _starts_anew(analysis: Analysis, token: int) -> bool:
    """Whether a capital after a comma or `và` begins another body."""
    before = analysis.words[token - 1].casefold()
    if before not in (",", "và"):
        return False
    marks = analysis.marks
    return any(
        token in marks[name]
        for name in ("names", "heads", "abbreviations", "positions", "person_titles", "quantifiers")
    )


def _may_link(analysis: Analysis, token: int) -> bool:
    """Whether a mark or `và` stands inside a name: between parts that both have capitals, no new body after it."""
    words = analysis.words
    if token + 1 >= len(words):
        return False
    following = words[token + 1]
    if words[token] in _DASHES or words[token] in ("&", "/", "."):
        return following[0].isupper() or following.isdigit()
    if words[token].casefold() == "và":
        return following[0].isupper() and not _starts_body(analysis, token + 1)
    if words[token] == ",":
        if not following[0].isupper() or _starts_body(analysis, token + 1):
            return False
        window = [word.casefold() for word in words[token + 1 : token + 7]]
        return "và" in window and "." not in window
    return False


def _starts_body(analysis: Analysis, token: int) -> bool:
    marks = analysis.marks
    return any(
        token in marks[name]
        for name in ("names", "heads", "abbreviations", "positions", "person_titles", "quantifiers")
    )


def _is_second(analysis: Analysis, token: int) -> bool:
    """Whether a small letter word is the second syllable of the capital before it (`Đào tạo`, `Tổ chức`)."""
    verb = analysis.marks["verbs"].get(token, 0)
    return verb - token < 2 and not (
        token in analysis.marks["stops"] and verb == 0 and analysis.words[token] in _HARD_STOPS
    )


_HARD_STOPS = frozenset(
    (
        "để",
        "về",
        "tại",
        "là",
        "và",
        "được",
        "phải",
        "sẽ",
        "đã",
        "cần",
        "theo",
        "có",
        "với",
        "từ",
        "trong",
        "do",
        "này",
        "của",
        "cho",
        "trước",
        "sau",
        "khi",
    )
)


def _stops(analysis: Analysis, token: int) -> bool:
    marks = analysis.marks
    if any(token in marks[name] for name in ("verbs", "stops", "tails", "quantifiers")):
        return True
    return _level(analysis, token) > 0


_NO_LEVELS = frozenset(
    (
        ("xã", "hội"),
        ("xã", "viên"),
        ("trường", "hợp"),
        ("trường", "học"),
        ("sở", "hữu"),
        ("sở", "dữ"),
        ("sở", "vật"),
        ("sở", "pháp"),
    )
)


_PLACES = frozenset(("tỉnh", "quận", "huyện", "xã", "phường", "thôn", "bản", "ấp", "khu", "buôn", "khóm"))
_LONG_PLACES = frozenset(
    (("thành", "phố"), ("thị", "xã"), ("thị", "trấn"), ("đặc", "khu"), ("khu", "phố"), ("tổ", "dân"))
)


def _places(analysis: Analysis, token: int) -> int:
    """The token after a list of kinds of places (`các xã, phường`, `phường, xã, đặc khu`); 0 where there is none."""
    words = analysis.words[token : token + 16]
    first = 1 if words and words[0].casefold() == "các" else 0
    position, last, count = first, 0, 0
    while position < len(words):
        if tuple(words[position : position + 2]) in _LONG_PLACES:
            position += 3 if words[position : position + 2] == ["tổ", "dân"] else 2
        elif words[position] in _PLACES and words[position + 1 : position + 2] not in (["hội"], ["vực"]):
            position += 1
        else:
            break
        last, count = position, count + 1
        while position < len(words) and words[position] in (",", "và", "/"):
            position += 1
    return token + last if last and (first or count > 1) else 0


def _level(analysis: Analysis, token: int) -> int:
    """The token after a level or a kind of place; 0 where the word only begins like one (`xã hội`)."""
    words = analysis.words
    after = max(analysis.marks["levels"].get(token, 0), _places(analysis, token))
    if after and after < len(words) and (words[after - 1].casefold(), words[after].casefold()) in _NO_LEVELS:
        return 0
    return after


def _tails(analysis: Analysis, token: int) -> int:
    """The token after levels, places and what else narrows the body that ends before a token."""
    words, marks = analysis.words, analysis.marks
    after = token
    for _ in range(4):
        if after >= len(words):
            break
        level = _level(analysis, after)
        if level:
            after = _place(analysis, level)
            continue
        tail = marks["tails"].get(after, 0)
        if tail:
            if tail - after == 2 and words[after:tail] in (["tham", "gia"], ["phụ", "trách"]):
                break
            after = _place(analysis, marks["levels"].get(tail, 0) or tail)
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
        return _place(analysis, token + 2) if words[token + 1] == "vực" and token + 2 < len(words) else token
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


def _place(analysis: Analysis, token: int) -> int:
    """Past the capitals of a place's name, with a dash between two of them."""
    words = analysis.words
    after = token
    while after < len(words) and after - token < 6:
        if (
            after in analysis.marks["verbs"]
            and words[after][0].isupper()
            and analysis.marks["verbs"][after] - after > 1
        ):
            break
        if words[after][0].isupper() or (words[after].isdigit() and after > token - 1 and len(words[after]) <= 2):
            if _starts_body(analysis, after) and after == token and after not in analysis.marks["positions"]:
                break
            after += 1
        elif words[after] in _DASHES and after > token and after + 1 < len(words) and words[after + 1][0].isupper():
            after += 1
        else:
            break
    return after

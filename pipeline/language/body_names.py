"""The parts of a body's name: where a name ends, levels and places, and what begins another body."""

from functools import lru_cache

from pipeline.language.nlp import Analysis, fold_tones, words_of

__all__ = [
    "any_capital",
    "is_name_syllable",
    "level_end",
    "member_end",
    "name_end",
    "place_end",
    "starts_body",
    "stops_name",
    "surnames",
]

_MAX_NAME = 16
_DASHES = frozenset("-–—")
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


@lru_cache(maxsize=1)
def surnames() -> frozenset[str]:
    """Family names, folded."""
    return frozenset(fold_tones(name) for name in words_of()["surnames"])


def member_end(analysis: Analysis, token: int, head: str, *, known: bool) -> int | None:
    """The token after a name that lacks its head: one of the known offices, else, unless it must be, capitals."""
    words = analysis.words
    if not words[token][0].isupper() or starts_body(analysis, token):
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
            stops_name(analysis, after)
            or words[after].casefold() == "và"
            or (words[after].islower() and words[after - 1].islower())
        ):
            break
        after += 1
    return after


@lru_cache(maxsize=1)
def _known_names() -> frozenset[str]:
    return frozenset(fold_tones(name) for name in words_of()["names"])


def is_name_syllable(word: str) -> bool:
    """Whether a word can be a syllable of a person's name."""
    return word[0].isupper() and word.isalpha() and (len(word) == 1 or not word.isupper())


def any_capital(words: list[str]) -> bool:
    """Whether a word begins with a capital or a figure."""
    return any(word[0].isupper() or word[0].isdigit() for word in words)


def name_end(analysis: Analysis, token: int, known: int) -> int:
    """The token after the name that follows a head; `known` is where a listed name ends, at least that far."""
    words = analysis.words
    after = token
    while after < len(words) and after - token < _MAX_NAME:
        if after < known:
            after += 1
            continue
        word = words[after]
        part = analysis.marks["parts"].get(after, 0)
        if part > after + 1 and not _is_otherwise(analysis, token, after, part):
            after = part
            continue
        capital = word[0].isupper() or word.isdigit()
        if capital:
            if after > token and _starts_anew(analysis, after):
                break
            if after >= known > token and analysis.marks["verbs"].get(after, 0) - after > 1:
                break
            after += 1
        elif after >= known > token and word in _DASHES and words[token - 1].casefold() == "bộ":
            break
        elif after > token and (_may_link(analysis, after) or _carries_on(analysis, token, after, known)):
            after += 1
        else:
            break
    while after > max(token, known) and (not words[after - 1][0].isalnum() or words[after - 1].casefold() in ("và",)):
        after -= 1
    return after


def _is_otherwise(analysis: Analysis, token: int, after: int, part: int) -> bool:
    """Whether what could be a part of the name begins another body, or is the verb that is written alike."""
    if after > token and _starts_anew(analysis, after):
        return True
    return analysis.words[after][0].islower() and analysis.marks["verbs"].get(after, 0) >= part


def _carries_on(analysis: Analysis, token: int, after: int, known: int) -> bool:
    """Whether a word in small letters belongs to a name: a capital's second syllable, or no verb and no small word."""
    word, before = analysis.words[after], analysis.words[after - 1]
    if not word.isalpha() or after <= known or before.isdigit():
        return False
    if before[0].isupper() and not before.isupper() and _is_second(analysis, after):
        placed = after - 2 >= token and analysis.words[after - 2][0].isupper()
        return not (placed and after in analysis.marks["verbs"])
    return not stops_name(analysis, after) and after - token < 8


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
        return following[0].isupper() and not starts_body(analysis, token + 1)
    if words[token] == ",":
        if not following[0].isupper() or starts_body(analysis, token + 1):
            return False
        window = [word.casefold() for word in words[token + 1 : token + 7]]
        return "và" in window and "." not in window
    return False


def starts_body(analysis: Analysis, token: int) -> bool:
    """Whether a token begins a phrase with which bodies begin."""
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


def stops_name(analysis: Analysis, token: int) -> bool:
    """Whether a word in small letters ends the name before it."""
    marks = analysis.marks
    if any(token in marks[name] for name in ("verbs", "stops", "tails", "quantifiers")):
        return True
    return level_end(analysis, token) > 0


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


def level_end(analysis: Analysis, token: int) -> int:
    """The token after a level or a kind of place; 0 where the word only begins like one (`xã hội`)."""
    words = analysis.words
    after = max(analysis.marks["levels"].get(token, 0), _places(analysis, token))
    if after and after < len(words) and (words[after - 1].casefold(), words[after].casefold()) in _NO_LEVELS:
        return 0
    return after


def place_end(analysis: Analysis, token: int) -> int:
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
            if starts_body(analysis, after) and after == token and after not in analysis.marks["positions"]:
                break
            after += 1
        elif words[after] in _DASHES and after > token and after + 1 < len(words) and words[after + 1][0].isupper():
            after += 1
        else:
            break
    return after

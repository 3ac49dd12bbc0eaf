"""The lines of a document's head and of its signatures, and putting small misreadings of what custom prints right."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.language.administrative_units import unit_names
from pipeline.language.casing import is_capitals
from pipeline.language.offices import mend_office, office_names
from pipeline.language.person_names import is_surname, mend_name, title_length
from pipeline.language.tone_marks import fold_officially, plain

__all__ = ["mend_issuers", "mend_national_title", "mend_signature"]

Lines = Sequence[Sequence[str]]

_TITLE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"
_LIKENESS = {_TITLE: 86.0, _MOTTO: 82.0, _PARTY: 86.0}
_DASHES = frozenset("-–—")
_SPECKS = "\"'`´‘’“”„‚«»‹›~^*|_-–—=.,:;¬•·°"
_EDGES = "\"'`´‘’“”„‚«»‹›~^*|_"
_WITHOUT_DASHES = {ord(mark): None for mark in "-–—"}
_WITHOUT_MARKS = {ord(mark): None for mark in "-–—~_.,\"'"}
_AUTHORITY = re.compile(r"(?:(KT|TM|TL|TUQ|Q)[,;:]|(KT|TM|TL|TUQ)$)")
_GLUED = re.compile(r"(?<=[^\W\d_])['’`´](?=[^\W\d_])")
_LONG_OFFICE = 16
_LONGEST_PHRASE = 7
_ALIKE = ("thủ trưởng", "phương tiện", "học viên")  # phrases that marks alone tell from others
_LOW_UNITS = frozenset(("XÃ", "PHƯỜNG", "THỊ", "QUẬN", "HUYỆN", "ĐẶC"))  # so many that their names are no evidence
_NAME_WORDS = (2, 5)


def mend_national_title(lines: Lines) -> list[list[str]]:
    """The right column of a head: the national title and its motto, or the party's name, as they are always printed.

    Args:
        lines: the words of each printed line.
    Returns:
        As many words a line; an empty one is a speck, or stands in the one before it.
    """
    return [_mend_standard(list(line)) for line in lines]


def mend_issuers(lines: Lines) -> list[list[str]]:
    """The left column of a head: names of bodies and places in capitals get the marks that they have.

    Args:
        lines: the words of each printed line.
    Returns:
        As many words a line; an empty one is a speck.
    """
    found = [list(line) for line in lines]
    for line in found:
        if is_capitals(" ".join(line)):
            _drop_specks(line, behind=_SPECKS.translate(_WITHOUT_DASHES))
            _mend_phrases(line)
    return found


def mend_signature(lines: Lines) -> list[list[str]]:
    """A signature: authority and office in capitals as custom has them, and the signer's name.

    Args:
        lines: the words of each printed line.
    Returns:
        As many words a line; an empty one is a speck, one with a space in it stands for two.
    """
    found = [list(line) for line in lines]
    for line in found:
        if is_capitals(" ".join(line)):
            _drop_specks(line)
            _mend_capitals(line)
    if len(found) > 1:
        _mend_name(found[-1])
    return found


# --- what stands in every head


def _mend_standard(line: list[str]) -> list[str]:
    said = [index for index, word in enumerate(line) if word.strip(_SPECKS) or word in _DASHES]
    text = plain("".join(line[index] for index in said)).translate(_WITHOUT_DASHES)
    for phrase, least in _LIKENESS.items():
        letters = plain(phrase).replace(" ", "").translate(_WITHOUT_MARKS)
        if abs(len(letters) - len(text)) <= 4 and fuzz.ratio(letters, text) >= least:
            return _put(line, phrase)
    return line


def _put(line: list[str], phrase: str) -> list[str]:
    """A line that says that phrase; what differs in its case or its dashes alone is kept."""
    wanted = phrase.split()
    said = [index for index, word in enumerate(line) if word.strip(_SPECKS) or word in _DASHES]
    while said and line[said[0]] in _DASHES:
        said.pop(0)
    while said and line[said[-1]] in _DASHES:
        said.pop()
    put = [""] * len(line)
    if len(said) != len(wanted):
        if said:
            put[said[0]] = phrase
        return put
    for index, word in zip(said, wanted, strict=True):
        same = fold_officially(line[index]) == fold_officially(word) or {line[index], word} <= _DASHES
        put[index] = line[index] if same else word
    return put


# --- capitals


def _drop_specks(line: list[str], behind: str = _SPECKS) -> None:
    """Marks without letters at both ends of a line, and those that cling to its first and last word.

    Args:
        behind: those that are none of the text at its end; a body's name may go on behind a dash.
    """
    said = [index for index, word in enumerate(line) if word]
    while said and not line[said[0]].strip(_SPECKS):
        line[said.pop(0)] = ""
    while said and not line[said[-1]].strip(behind):
        line[said.pop()] = ""
    text = " ".join(line)
    if said and text.count('"') != 2 and not ("“" in text and "”" in text):
        line[said[0]] = line[said[0]].lstrip(_EDGES + ".,-")
        line[said[-1]] = line[said[-1]].rstrip(_EDGES)


def _mend_capitals(line: list[str]) -> None:
    """Authority and office, the whole line where all of it is an office."""
    parts: list[tuple[int, str]] = []
    for index, word in enumerate(line):
        glued = _GLUED.search(word) and "." not in word and "/" not in word
        text = _GLUED.sub(" ", word) if glued else word if parts else _AUTHORITY.sub(_pointed, word)
        parts.extend((index, part) for part in text.split())
    words = [part for _, part in parts]
    _mend_phrases(words)
    text = " ".join(words)
    office = mend_office(text)[0]
    unlike = Levenshtein.distance(plain(office), plain(text))
    if unlike <= (1 if len(text) < _LONG_OFFICE else 2) and len(office.split()) == len(words):
        words = office.split()
    for index in range(len(line)):
        line[index] = " ".join(word for word, (owner, _) in zip(words, parts, strict=True) if owner == index)


def _pointed(authority: re.Match[str]) -> str:
    return f"{authority[1] or authority[2]}."


@cache
def _phrases() -> dict[str, tuple[str, ...]]:
    """Names of offices, bodies and places of two words and more, by their letters without marks; only what is one."""
    data = tomllib.loads((files("pipeline.language") / "data" / "casing.toml").read_text(encoding="utf-8"))
    known = [*office_names(), *data["phrases"], *unit_names(), *_ALIKE]
    spelled: dict[str, set[tuple[str, ...]]] = {}
    for phrase in known:
        words = tuple(fold_officially(phrase).upper().split())
        if 1 < len(words) <= _LONGEST_PHRASE:
            spelled.setdefault(plain(" ".join(words)), set()).add(words)
    return {letters: next(iter(found)) for letters, found in spelled.items() if len(found) == 1}


def _mend_phrases(line: list[str]) -> None:
    """Known phrases whose letters are right get their marks."""
    index = 0
    while index < len(line):
        for size in range(min(_LONGEST_PHRASE, len(line) - index), 1, -1):
            words = line[index : index + size]
            cores = [word.strip(",.;:()") for word in words]
            phrase = _phrases().get(plain(" ".join(cores)))
            if phrase is None or (phrase[0] in _LOW_UNITS and fold_officially(cores[0]) != fold_officially(phrase[0])):
                continue
            for place, (word, core, right) in enumerate(zip(words, cores, phrase, strict=True), start=index):
                if fold_officially(core) != fold_officially(right):
                    line[place] = word.replace(core, right, 1)
            index += size - 1
            break
        index += 1


# --- names


def _mend_name(line: list[str]) -> None:
    """The last line of a signature, where a name stands."""
    said = [index for index, word in enumerate(line) if word]
    titles = title_length([line[index] for index in said])
    words = [line[index] for index in said[titles:]]
    if not _NAME_WORDS[0] <= len(words) <= _NAME_WORDS[1] or any(
        character.isdigit() for word in words for character in word
    ):
        return
    capitals = sum(next((c for c in word if c.isalpha()), "a").isupper() for word in words)
    if capitals < len(words) or is_capitals(" ".join(words)):
        return
    mended = mend_name(words)
    if not any(is_surname(word) for word in (mended[0].split()[0], *mended[1:2])):
        return
    for index, word in zip(said[titles:], mended, strict=True):
        line[index] = word

"""The place of a text where it was found, in a line, with marks."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.archive.search.query import Term
from pipeline.archive.search.words import located_words, plain_words

__all__ = ["Snippet", "snippet"]

_SHOWN_WORDS = 28
_WORDS_BEFORE = 6
_MOST_PLACES = 400  # are compared; a page that has more has enough of them near its beginning
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text in one line, and what of it was found: start and end of each mark."""

    text: str
    marks: tuple[tuple[int, int], ...]


def snippet(text: str, terms: Sequence[Term], *, as_typed: bool = False) -> Snippet | None:
    """The piece of a text that has most of the terms; None where it has none.

    Args:
        as_typed: the marks of letters count where a term was typed with them.
    """
    text = unicodedata.normalize("NFC", text)
    places = list(located_words(text))
    found = _found([word for _, _, word in places], terms, as_typed)
    if not found:
        return None
    first = _best_start(found)
    start = max(0, min(first - _WORDS_BEFORE, len(places) - _SHOWN_WORDS))
    stop = min(len(places), start + _SHOWN_WORDS)
    marked = sorted({word for begin, length, _ in found for word in range(begin, begin + length)})
    spans = _spans([word for word in marked if start <= word < stop], places, text)
    begin = places[start][0] if start else 0
    end = places[stop - 1][1] if stop < len(places) else len(text)
    return _line(text, begin, end, spans)


def beginning(text: str) -> Snippet:
    """The first words of a text in one line, nothing marked."""
    places = list(located_words(text))
    end = places[_SHOWN_WORDS - 1][1] if len(places) > _SHOWN_WORDS else len(text)
    return _line(text, 0, end, [])


def _found(words: list[str], terms: Sequence[Term], as_typed: bool) -> list[tuple[int, int, int]]:
    """Where terms stand: the first word, how many words, which term."""
    bare = plain_words(words)
    found: list[tuple[int, int, int]] = []
    for index, term in enumerate(terms):
        exact = as_typed and term.is_marked
        wanted, among = (term.words, words) if exact else (term.plain, bare)
        found += [(place, len(wanted), index) for place in _places(among, wanted, term.beginning)]
    return sorted(found)


def _places(words: list[str], wanted: tuple[str, ...], beginning: bool) -> Iterator[int]:
    last = len(wanted) - 1
    for start in range(len(words) - last):
        end = words[start + last]
        fits = end.startswith(wanted[last]) if beginning else end == wanted[last]
        if fits and all(words[start + offset] == wanted[offset] for offset in range(last)):
            yield start


def _best_start(found: list[tuple[int, int, int]]) -> int:
    """The first word of the stretch with most different terms, then most places."""
    found = found[:_MOST_PLACES]
    best, best_value = found[0][0], (0, 0)
    for index, (start, _, _) in enumerate(found):
        within = [term for place, _, term in found[index:] if place < start + _SHOWN_WORDS - _WORDS_BEFORE]
        value = (len(set(within)), len(within))
        if value > best_value:
            best, best_value = start, value
    return best


def _spans(marked: list[int], places: list[tuple[int, int, str]], text: str) -> list[tuple[int, int]]:
    """Marks in the text; words that stand together share one."""
    spans: list[tuple[int, int]] = []
    for word in marked:
        start, end, _ = places[word]
        if spans and places[word - 1][1] == spans[-1][1] and not text[spans[-1][1] : start].strip():
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return spans


def _line(text: str, begin: int, end: int, spans: list[tuple[int, int]]) -> Snippet:
    """A stretch of the text with its white space made one, and the marks where they are then."""
    line = _ELLIPSIS if begin > 0 else ""
    marks: list[tuple[int, int]] = []
    at = begin
    for start, stop in spans:
        line = _joined(line, text[at:start])
        opened = len(line)
        line = _joined(line, text[start:stop])
        marks.append((opened, len(line)))
        at = stop
    line = _joined(line, text[at:end]).rstrip()
    return Snippet(line + (_ELLIPSIS if end < len(text) else ""), tuple(marks))


def _joined(line: str, more: str) -> str:
    more = re.sub(r"\s+", " ", more)
    return line + (more.lstrip() if not line or line.endswith(" ") else more)

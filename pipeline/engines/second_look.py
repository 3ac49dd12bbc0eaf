"""Read doubtful words and figures again, by Tesseract and by whoever else is there, and let the readings vote."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from models.restoration.syllables import is_syllable
from pipeline.document import Box, Reading
from pipeline.engines.crops import read_crops
from pipeline.engines.line_readers import LineReader, cut_out
from pipeline.engines.read_words import ReadWord
from pipeline.engines.tesseract import Tesseract
from pipeline.engines.voting import Opinion, aligned, vote
from pipeline.language.word_shapes import as_printed
from pipeline.stage import Pixels

__all__ = ["SecondLook"]

_LINE_HEIGHT_PX = 44.0
_NEIGHBOURS = 1
_SAME_MARK = 0.6
_SURELY_SAME = 0.8
_SAME_PLACE = 0.5
_DASHES = "-–—"
_WEIGHTS = {"trueocr": 0.45, "asterocr": 0.6}
_EDGES = " .,;:!?()[]{}\"'“”‘’-–…/*"


@dataclass(frozen=True, slots=True)
class _Span:
    """Words that stand beside each other on a line and are read again together, and the piece that is cut out."""

    words: tuple[ReadWord, ...]
    box: Box


class SecondLook:
    """What is read again on a page, and what came of it.

    Args:
        engine: reads doubtful words once more, with their neighbours, larger.
        readers: others who read the same pieces, and every figure.
        least: words below that confidence are doubtful.
    """

    def __init__(self, engine: Tesseract, readers: Sequence[LineReader], least: float) -> None:
        self._engine = engine
        self._readers = readers
        self._least = least
        self.doubtful = 0
        self.figures = 0

    def readings(
        self,
        pixels: Pixels,
        lines: Sequence[Sequence[ReadWord]],
        *,
        dpi: float,
        known: Sequence[ReadWord] = (),
    ) -> tuple[list[list[ReadWord]], dict[int, tuple[Reading, ...]]]:
        """The lines, words parted or joined where the second reading shows it, and all readings of every word.

        Readings are found by the word's identity in memory; the last one holds.

        Args:
            pixels: uint8 grey, (height, width), 0 = ink, 255 = paper.
            lines: the words of the first reading, line by line.
            dpi: the picture's resolution.
            known: words that were read once more before, at the same places.
        Raises:
            EngineError: an engine failed.
        """
        opinions: dict[int, list[Opinion]] = defaultdict(list)
        for word in (word for line in lines for word in line) if known else ():
            for again_read in known:
                if _is_same_mark(word, again_read):
                    name = f"tesseract-{self._engine.language}-column"
                    opinions[id(word)].append(Opinion(name, _written(again_read.text), again_read.confidence))
        doubtful = [span for line in lines for span in self._doubtful(line)]
        self.doubtful = len(doubtful)
        boxes = [span.box for span in doubtful]
        again = read_crops(self._engine, pixels, boxes, dpi=dpi, height_px=_LINE_HEIGHT_PX)
        instead: dict[int, list[ReadWord]] = {}
        for span, second in zip(doubtful, again, strict=True):
            instead |= self._compared(span, second, opinions)
        doubtful = [_Span(_now(span.words, instead), span.box) for span in doubtful]
        now = [list(_now(line, instead)) for line in lines]
        if self._readers:
            figures = [span for line in now for span in self._figures(line, doubtful)]
            self.figures = len(figures)
            self._ask(pixels, doubtful + figures, opinions)
        return now, {id(word): self._voted(word, opinions[id(word)]) for line in now for word in line}

    def _compared(
        self, span: _Span, second: Sequence[ReadWord], opinions: dict[int, list[Opinion]]
    ) -> dict[int, list[ReadWord]]:
        """Lead a second reading back to the words of the first; gives what takes the place of some."""
        name = f"tesseract-{self._engine.language}-line"
        instead: dict[int, list[ReadWord]] = {}
        for words, others in _same_marks(span.words, second):
            if len(words) == 1 and (len(others) == 1 or _has_figures(words)):
                if not _is_cut_off(words[0], others):
                    text = "".join(_written(_undashed(other.text, words[0], span.words)) for other in others)
                    opinions[id(words[0])].append(Opinion(name, text, min(other.confidence for other in others)))
            elif _is_better_cut(words, others):
                instead |= {id(word): [] for word in words}
                instead[id(words[0])] = [replace(other, line=words[0].line, by_line=True) for other in others]
            else:
                for word in words:
                    for other in others:
                        if _overlap(word.box, other.box) >= _SURELY_SAME:
                            opinions[id(word)].append(Opinion(name, _written(other.text), other.confidence))
        return instead

    def _ask(self, pixels: Pixels, spans: Sequence[_Span], opinions: dict[int, list[Opinion]]) -> None:
        """Let the other readers read the pieces."""
        pieces = [cut_out(pixels, span.box) for span in spans]
        for reader in self._readers:
            for span, text in zip(spans, reader.read_lines(pieces), strict=True):
                words = [_written(word.text) for word in span.words]
                for word, token in zip(span.words, aligned(words, text.split()), strict=True):
                    if token is not None:
                        known = [_written(word.text), *(one.text for one in opinions[id(word)] if not one.guest)]
                        dressed = _dressed(token, known)
                        opinions[id(word)].append(Opinion(reader.name, dressed, _WEIGHTS[reader.name], guest=True))

    def _voted(self, word: ReadWord, opinions: Sequence[Opinion]) -> tuple[Reading, ...]:
        first = Opinion(_reader(word, self._engine.language), _written(word.text), word.confidence)
        reading = Reading(first.reader, first.text, first.weight)
        if word.by_hand or word.overprinted or not opinions:
            return (reading,)
        verdict = vote((first, *opinions))
        if verdict.text == first.text:
            return (Reading(first.reader, first.text, verdict.confidence, verdict.others),)
        return (reading, Reading(verdict.reader, verdict.text, verdict.confidence, verdict.others))

    def _doubtful(self, line: Sequence[ReadWord]) -> list[_Span]:
        """The doubtful words of a line with their neighbours, which the engine reads them by; near ones together."""
        indices = [index for index, word in enumerate(line) if _is_doubtful(word, self._least)]
        spans: list[range] = []
        for index in indices:
            first, last = max(index - _NEIGHBOURS, 0), min(index + _NEIGHBOURS + 1, len(line))
            if spans and first <= spans[-1].stop + _NEIGHBOURS:
                spans[-1] = range(spans[-1].start, last)
            else:
                spans.append(range(first, last))
        return [_span(line, span) for span in spans]

    def _figures(self, line: Sequence[ReadWord], doubtful: Sequence[_Span]) -> list[_Span]:
        """The printed figures of a line that are not read again anyway."""
        known = {id(word) for span in doubtful for word in span.words}
        return [
            _span(line, range(index, index + 1))
            for index, word in enumerate(line)
            if id(word) not in known
            and not (word.by_hand or word.overprinted)
            and any(character.isdigit() for character in word.text)
        ]


def _span(line: Sequence[ReadWord], span: range) -> _Span:
    words = tuple(line[index] for index in span)
    return _Span(
        words,
        Box(
            min(word.box.left for word in words),
            min(word.box.top for word in line),
            max(word.box.right for word in words),
            max(word.box.bottom for word in line),
        ),
    )


def _is_doubtful(word: ReadWord, least: float) -> bool:
    return word.confidence < least and not word.overprinted and any(c.isalnum() for c in word.text)


def _now(words: Sequence[ReadWord], instead: Mapping[int, list[ReadWord]]) -> tuple[ReadWord, ...]:
    return tuple(now for word in words for now in instead.get(id(word), [word]))


def _same_marks(
    words: Sequence[ReadWord], second: Sequence[ReadWord]
) -> Iterator[tuple[list[ReadWord], list[ReadWord]]]:
    """Words of both readings that are the same marks on the paper: one and one, or as many as were cut otherwise."""
    left = [word for word in words if _says_something(word)]
    others = [word for word in second if _says_something(word)]
    while left:
        mine, theirs = [left.pop(0)], list[ReadWord]()
        while True:
            more = [one for one in others if any(_share_place(one, word) for word in mine)]
            others = [one for one in others if one not in more]
            theirs += more
            grown = [one for one in left if any(_share_place(one, word) for word in theirs)]
            left = [one for one in left if one not in grown]
            mine += grown
            if not grown:
                break
        if theirs and _overlap(_around(mine), _around(theirs)) >= _SAME_MARK:
            yield mine, sorted(theirs, key=lambda word: word.box.left)


def _share_place(one: ReadWord, other: ReadWord) -> bool:
    shared = min(one.box.right, other.box.right) - max(one.box.left, other.box.left)
    return shared >= _SAME_PLACE * max(min(one.box.width, other.box.width), 1.0)


def _is_better_cut(words: Sequence[ReadWord], others: Sequence[ReadWord]) -> bool:
    """Whether the second reading parts the same marks into likelier words, and surer ones."""
    if any(word.by_hand or word.overprinted for word in words):
        return False
    if len(others) == 1 and len(words) > 1:
        likelier = is_syllable(_core(others[0])) or _has_figures(others)
    else:
        likelier = len(words) == 1 and all(map(is_syllable, map(_core, others))) and not is_syllable(_core(words[0]))
    return likelier and _sureness(others) > _sureness(words)


def _is_cut_off(word: ReadWord, others: Sequence[ReadWord]) -> bool:
    """Whether a second reading left figures of a number out, and the ink that they are printed with."""
    whole, part = _core(word), "".join(map(_core, others))
    lost = len(whole) - len(part)
    if lost <= 0 or not _has_figures([word]) or not (whole.startswith(part) or whole.endswith(part)):
        return False
    return word.box.width - _around(others).width > _SAME_PLACE * lost * word.box.width / len(whole)


def _sureness(words: Sequence[ReadWord]) -> float:
    letters = [len(_core(word)) for word in words]
    return sum(word.confidence * count for word, count in zip(words, letters, strict=True)) / max(sum(letters), 1)


def _core(word: ReadWord) -> str:
    return _written(word.text).strip(_EDGES).lower()


def _says_something(word: ReadWord) -> bool:
    return any(character.isalnum() for character in word.text)


def _has_figures(words: Sequence[ReadWord]) -> bool:
    return any(character.isdigit() for word in words for character in word.text)


def _undashed(text: str, word: ReadWord, span: Sequence[ReadWord]) -> str:
    """A second reading without the dash that stands as a word of its own before the first."""
    before = next((one for one, after in pairwise(span) if after is word), None)
    if before is not None and before.text in _DASHES and not word.text.startswith(tuple(_DASHES)):
        return text.lstrip(_DASHES)
    return text


def _around(words: Sequence[ReadWord]) -> Box:
    return Box(
        min(word.box.left for word in words),
        min(word.box.top for word in words),
        max(word.box.right for word in words),
        max(word.box.bottom for word in words),
    )


def _is_same_mark(word: ReadWord, other: ReadWord) -> bool:
    """Whether the middle of a word, which may be a piece of rule wider, is where the other one stands."""
    x, y = (other.box.left + other.box.right) / 2, (other.box.top + other.box.bottom) / 2
    return word.box.left <= x <= word.box.right and word.box.top <= y <= word.box.bottom


def _overlap(one: Box, other: Box) -> float:
    """How much of the wider of two words both share, along the line, 0 to 1."""
    shared = min(one.right, other.right) - max(one.left, other.left)
    return max(shared, 0.0) / max(one.width, other.width, 1.0)


def _dressed(token: str, known: Sequence[str]) -> str:
    """A guest's token with the signs around it as Tesseract read them: guests drop some and know not all."""
    core = token.strip(_EDGES)
    for text in known:
        if text.strip(_EDGES) == core:
            return text
    own = known[0].strip(_EDGES)
    if not core or not own:
        return token
    before, _, after = known[0].partition(own)
    return before + core + after


def _reader(word: ReadWord, language: str) -> str:
    if word.by_hand:
        return "handwritten-figures"
    return f"tesseract-{language}-line" if word.overprinted or word.by_line else f"tesseract-{language}"


def _written(text: str) -> str:
    return as_printed(unicodedata.normalize("NFC", text))

"""Read doubtful words and figures again, by Tesseract and by whoever else is there, and let the readings vote."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

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
    ) -> dict[int, tuple[Reading, ...]]:
        """All readings of every word, by the word's identity in memory; the last one holds.

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
        for span, second in zip(doubtful, again, strict=True):
            for word in span.words:
                other = _at(word, second)
                if other is not None:
                    name = f"tesseract-{self._engine.language}-line"
                    opinions[id(word)].append(Opinion(name, _written(other.text), other.confidence))
        if self._readers:
            figures = [span for line in lines for span in self._figures(line, doubtful)]
            self.figures = len(figures)
            self._ask(pixels, doubtful + figures, opinions)
        return {id(word): self._voted(word, opinions[id(word)]) for line in lines for word in line}

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


def _at(word: ReadWord, second: Sequence[ReadWord]) -> ReadWord | None:
    """The word of a second reading that is the same mark."""
    other = max(second, key=lambda candidate: _overlap(word.box, candidate.box), default=None)
    return other if other is not None and _overlap(word.box, other.box) >= _SAME_MARK else None


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
    return f"tesseract-{language}-line" if word.overprinted else f"tesseract-{language}"


def _written(text: str) -> str:
    return as_printed(unicodedata.normalize("NFC", text))

"""Text whose every character knows the word that it was read from."""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from msgspec import Struct

from pipeline.page import Word

__all__ = ["Span", "TracedText"]


class Span(Struct, frozen=True, array_like=True):
    """Which characters of a text come from which word."""

    start: int
    end: int
    word_id: str
    confidence: float


def _start(span: Span) -> int:
    return span.start


def _end(span: Span) -> int:
    return span.end


class TracedText(Struct, frozen=True):
    """A text whose every character knows the word it was read from."""

    text: str = ""
    spans: tuple[Span, ...] = ()

    def __len__(self) -> int:
        return len(self.text)

    def __bool__(self) -> bool:
        return bool(self.text)

    def slice(self, start: int, end: int | None = None) -> "TracedText":
        """The part from `start` to `end`, white space at its ends left off."""
        stop = len(self.text) if end is None else min(end, len(self.text))
        start = max(start, 0)
        while start < stop and self.text[start].isspace():
            start += 1
        while stop > start and self.text[stop - 1].isspace():
            stop -= 1
        if start >= stop:
            return TracedText()
        spans = tuple(
            Span(max(span.start, start) - start, min(span.end, stop) - start, span.word_id, span.confidence)
            for span in self._between(start, stop)
        )
        return TracedText(self.text[start:stop], spans)

    def _between(self, start: int, stop: int) -> tuple[Span, ...]:
        """The spans that reach into the part from `start` to `stop`; they stand in the text's order."""
        first = bisect_right(self.spans, start, key=_end)
        return self.spans[first : bisect_left(self.spans, stop, lo=first, key=_start)]

    def evidence(self, start: int = 0, end: int | None = None) -> tuple[str, ...]:
        """Ids of the words that the part from `start` to `end` was read from, in order, each once."""
        stop = len(self.text) if end is None else end
        if start >= stop:
            return ()
        return tuple(dict.fromkeys(span.word_id for span in self._between(start, stop)))

    def confidence(self, start: int = 0, end: int | None = None) -> float:
        """Mean confidence of the characters from `start` to `end`, 0 to 1; 0 where nothing was read."""
        stop = len(self.text) if end is None else end
        total = weight = 0.0
        for span in self._between(start, stop):
            overlap = min(span.end, stop) - max(span.start, start)
            if overlap > 0:
                total += span.confidence * overlap
                weight += overlap
        return total / weight if weight else 0.0

    @staticmethod
    def join(parts: Iterable["TracedText"], separator: str = " ") -> "TracedText":
        """Parts one after the other; empty ones are left out."""
        texts: list[str] = []
        spans: list[Span] = []
        offset = 0
        for part in parts:
            if not part.text:
                continue
            if texts:
                offset += len(separator)
            spans.extend(Span(s.start + offset, s.end + offset, s.word_id, s.confidence) for s in part.spans)
            texts.append(part.text)
            offset += len(part.text)
        return TracedText(separator.join(texts), tuple(spans))

    @staticmethod
    def of_words(words: Iterable[Word]) -> "TracedText":
        """Words joined by single spaces, NFC; marks that are nothing are left out."""
        return TracedText.join(
            TracedText(text, (Span(0, len(text), word.id, word.confidence),))
            for word, text in ((word, unicodedata.normalize("NFC", word.text)) for word in words)
            if text
        )

"""Restore: what a word was printed as, given what was read."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from models.rescorer import Rescorer
from models.restoration import Regime, RestoredLine, Restorer
from models.weights import WeightsError
from pipeline.document import Block, Cell, Decision, Document, Line, Origin, Page, Reading, Word, replace
from pipeline.errors import ModelError
from pipeline.language.figures_in_context import mend_figures
from pipeline.language.frame_lines import mend_issuers, mend_national_title, mend_signature
from pipeline.language.line_labels import keeps_its_end, mend_column_of_numbers, mend_line_beginnings
from pipeline.language.recipient_lines import mend_recipients
from pipeline.legibility import needs_an_eye
from pipeline.stage import Context, Gift

__all__ = ["Restore", "load_restorer"]

# A printed page's words come with the engine's own doubts, a stranger's text comes with none.
_REGIMES: dict[Origin, Regime] = {"scan": "vie", "text": "auto"}
_NOTABLE_CONFIDENCE_CHANGE = 0.1
_LEFT_ALONE = frozenset(("clean", "foreign"))
_NO_READINGS: Mapping[str, Reading] = {}
_FRAMES: Mapping[str, Callable[[Sequence[Sequence[str]], Sequence[Sequence[str]]], list[list[str]]]] = {
    "header-left": lambda lines, _: mend_issuers(lines),
    "header-right": lambda lines, _: mend_national_title(lines),
    "foot-left": mend_recipients,
    "foot-right": lambda lines, _: mend_signature(lines),
}
_CUSTOMARY = 0.95  # confidence in what custom has where something like it was read
_COUNTED = 0.75  # and in a figure that only its list speaks for
_FIGURES = re.compile(r"\d")


@lru_cache(maxsize=1)
def load_restorer() -> Restorer:
    """The restorer with the weights of this installation, loaded once a process.

    Raises:
        ModelError: the weights are missing or are not the ones in the manifest.
    """
    try:
        return Restorer.load(judge=Rescorer.load())
    except WeightsError as error:
        raise ModelError(str(error), remedy="Install Sohoa again; its weights come with it.") from error


class Restore:
    """Adds to every doubtful or garbled word a reading with the text that was most likely printed.

    The words of a PDF's own text are left alone: nothing was misread there. Line structure and marks stay; a join
    gives the whole to the first mark and nothing to the others, a split gives one mark a text with spaces.
    """

    name = "restore"
    version = 3
    needs: frozenset[Gift] = frozenset({"words", "blocks"})
    gives: frozenset[Gift] = frozenset({"readings"})

    def document(self, document: Document, context: Context) -> Document:
        """The document with restored readings, and a doubt noted on every page that was hard to read.

        Raises:
            ModelError: the weights are missing or are not the ones in the manifest.
        """
        readings: dict[str, Reading] = {}
        decisions: list[Decision] = []
        for origin, default in _REGIMES.items():
            option = context.options.restore.regime
            regime = default if option == "auto" else option
            lines = [line for page in document.pages if page.origin == origin for line in _word_lines(page)]
            if not lines or regime == "clean":
                continue
            restored = load_restorer().restore_lines(
                [[word.text for word in line] for line in lines],
                [[word.confidence for word in line] for line in lines],
                regime=regime,
            )
            for words, line in zip(lines, restored, strict=True):
                readings.update(_readings(words, line))
            if not all(line.regime in _LEFT_ALONE for line in restored):
                readings.update(_customary(document, origin, readings))
            decisions.append(_decision(origin, restored, readings))
        pages = tuple(
            replace(
                page,
                words=tuple(word.read(readings[word.id]) if word.id in readings else word for word in page.words),
            )
            for page in document.pages
        )
        doubts = [issue for page in pages if (issue := needs_an_eye(page, self.name)) is not None]
        return replace(
            document,
            pages=pages,
            issues=(*document.issues, *doubts),
            decisions=(*document.decisions, *decisions),
        )


def _word_lines(page: Page) -> Iterator[list[Word]]:
    """The words of every printed line that say something, in reading order; a cell's lines are lines of their own."""
    words = page.words_by_id()
    for block in page.blocks:
        if block.kind == "stamp":
            continue
        for line in _lines(block):
            said = [words[word_id] for word_id in line.word_ids if words[word_id].text]
            if said:
                yield said


def _lines(block: Block) -> Iterator[Line]:
    yield from block.lines
    for cell in block.cells:
        yield from cell.lines


def _readings(words: Sequence[Word], line: RestoredLine) -> dict[str, Reading]:
    """New readings of a line's words, those left out that would say nothing new."""
    texts: dict[int, list[str]] = defaultdict(list)
    confidences: dict[int, float] = {}
    alternatives: dict[int, tuple[str, ...]] = {}
    for token in line.tokens:
        first = token.sources[0]
        texts[first].append(token.text)
        confidences[first] = min(token.confidence, confidences.get(first, 1.0))
        alternatives[first] = tuple(text for text, _ in token.alternatives) if len(texts[first]) == 1 else ()
    joined = {source for token in line.tokens for source in token.sources[1:]} - texts.keys()
    readings: dict[str, Reading] = {}
    for index, word in enumerate(words):
        if index in joined:
            readings[word.id] = Reading(Restore.name, "", word.confidence)
        elif index in texts:
            text = " ".join(texts[index])
            if text != word.text or abs(confidences[index] - word.confidence) >= _NOTABLE_CONFIDENCE_CHANGE:
                readings[word.id] = Reading(Restore.name, text, confidences[index], alternatives[index])
    return readings


def _customary(document: Document, origin: Origin, readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """Readings by what stands around: lines of heads and feet as custom prints them, numbers of lists as they count."""
    found: dict[str, Reading] = {}
    body: list[list[Word]] = []
    for page in document.pages:
        words = page.words_by_id()
        for block in page.blocks if page.origin == origin else ():
            lines = [said for line in block.lines if (said := [words[i] for i in line.word_ids if words[i].text])]
            if block.kind == "body":
                body += lines
            elif block.kind in _FRAMES:
                mend = _FRAMES[block.kind]
                _note(found, lines, _texts(lines, readings), mend(_texts(lines, readings), _texts(lines)))
            elif block.kind == "table":
                inside = [
                    [words[i] for i in line.word_ids if words[i].text] for cell in block.cells for line in cell.lines
                ]
                _note(found, inside, _texts(inside, readings), mend_figures(_texts(inside, readings)))
                first = [words[i] for cell in block.cells if cell.column == 0 for i in _only_word(cell, words)]
                cells = [" ".join(line) for line in _texts([[word] for word in first], readings)]
                counted = mend_column_of_numbers(cells)
                _note(found, [[word] for word in first], [[text] for text in cells], [[text] for text in counted])
    now = _texts(body, readings)
    mended = mend_figures(mend_line_beginnings(now, _texts(body)))
    for line, text, following in zip(body, mended, [*mended[1:], []][: len(mended)], strict=True):
        if keeps_its_end(line[-1].text, text[-1], following):
            text[-1] = line[-1].text
    _note(found, body, now, mended)
    return found


def _only_word(cell: Cell, words: Mapping[str, Word]) -> list[str]:
    """The word of a cell that has one."""
    said = [word_id for line in cell.lines for word_id in line.word_ids if words[word_id].text]
    return said if len(said) == 1 else []


def _texts(lines: Sequence[Sequence[Word]], readings: Mapping[str, Reading] = _NO_READINGS) -> list[list[str]]:
    return [[readings[word.id].text if word.id in readings else word.text for word in line] for line in lines]


def _note(
    found: dict[str, Reading], lines: Sequence[Sequence[Word]], old: list[list[str]], new: list[list[str]]
) -> None:
    """Readings of the words that say something else now."""
    for line, before, after in zip(lines, old, new, strict=True):
        for word, was, says in zip(line, before, after, strict=True):
            if was != says:
                counted = _FIGURES.findall(says) != _FIGURES.findall(was)
                found[word.id] = Reading(Restore.name, says, _COUNTED if counted else _CUSTOMARY, (was,) if was else ())


def _decision(origin: Origin, lines: Sequence[RestoredLine], readings: dict[str, Reading]) -> Decision:
    regimes: dict[str, int] = defaultdict(int)
    for line in lines:
        regimes[line.regime] += 1
    choice = max(regimes, key=lambda regime: regimes[regime])
    return Decision(
        Restore.name,
        origin,
        choice,
        "the regime of most lines",
        {"lines": float(len(lines)), "readings": float(len(readings))},
    )

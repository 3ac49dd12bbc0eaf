"""How surely a page was read: what a word's confidence is worth, and from it a line's, a page's, a document's."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from pipeline.document import Issue, Line, Page, Word

__all__ = [
    "HARD_TO_READ",
    "chance_right",
    "kind_of",
    "line_confidence",
    "mean_confidence",
    "needs_an_eye",
    "page_confidence",
    "said_words",
]

HARD_TO_READ = 0.977
_FEWEST_WORDS = 20

# Points (confidence, share right) on all samples and the development scans; `sohoa evaluate` fits them anew.
_WORTH = {
    "engine": (
        (0.0, 0.1),
        (0.5, 0.4),
        (0.8, 0.8),
        (0.856, 0.888),
        (0.915, 0.978),
        (0.927, 0.983),
        (0.944, 0.993),
        (0.961, 0.996),
        (0.966, 0.998),
        (0.97, 0.999),
    ),
    "restore": ((0.0, 0.1), (0.5, 0.5), (0.684, 0.855), (0.822, 0.916), (0.961, 0.955), (0.994, 0.964)),
}


def kind_of(word: Word) -> str:
    """Whose confidence it is: `restore`, or `engine` for all that look at the picture."""
    return "restore" if word.readings and word.readings[-1].reader == "restore" else "engine"


def chance_right(word: Word) -> float:
    """The chance, 0 to 1, that a word says exactly what is printed."""
    places, shares = zip(*_WORTH[kind_of(word)], strict=True)
    return float(np.interp(word.confidence, places, shares))


def line_confidence(words: Sequence[Word]) -> float:
    """The chance that all words of a line are right, taken as independent of each other."""
    return float(np.prod([chance_right(word) for word in words if word.text]))


def page_confidence(page: Page) -> float | None:
    """The share of a page's words that is likely to be right, stamps left out; None where it has none.

    The words of a file's own text count as right.
    """
    return mean_confidence([page])


def needs_an_eye(page: Page, stage: str) -> Issue | None:
    """The note that a person should look at a scanned page, where too many of its words are likely to be wrong.

    A page that is blank or has only a few words is not judged. What is read in the wrong order is not seen by it.
    """
    confidence = page_confidence(page)
    if page.origin != "scan" or confidence is None or confidence >= HARD_TO_READ:
        return None
    if sum(1 for _ in said_words(page)) < _FEWEST_WORDS:
        return None
    return Issue(
        stage,
        "hard-to-read",
        f"Page {page.number} was hard to read: about {100 * (1 - confidence):.0f} of 100 words may be wrong.",
        "Compare its text and records with the page, or scan it again at 300 dpi.",
        page.number,
        "doubt",
    )


def mean_confidence(pages: Iterable[Page]) -> float | None:
    """The share of the words of several pages, or of a document, that is likely to be right; None without words."""
    chances = [
        1.0 if page.origin == "text-layer" else chance_right(word) for page in pages for word in said_words(page)
    ]
    return sum(chances) / len(chances) if chances else None


def said_words(page: Page) -> Iterator[Word]:
    """The words of a page's text that say something, in reading order, stamps left out."""
    words = page.words_by_id()
    for block in page.blocks:
        if block.kind == "stamp":
            continue
        lines: list[Line] = [*block.lines, *(line for cell in block.cells for line in cell.lines)]
        yield from (words[word_id] for line in lines for word_id in line.word_ids if words[word_id].text)

"""How far restored text is from the truth."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from models.restoration.syllables import place_tone

OUT_OF_PLACE = 3
_WORD = re.compile(r"[^\W\d_]+")
_SAME = str.maketrans({"–": "-", "—": "-", "“": '"', "”": '"', "’": "'", "‘": "'"})


def comparable(text: str) -> str:
    """Return text in the form in which it is compared: one dash, one quote, one tone placement, single spaces."""
    lines = [line for line in text.split("\n") if not line.startswith("[stamp]")]
    text = unicodedata.normalize("NFC", " ".join(lines)).translate(_SAME).replace("…", "...")
    text = text.replace("[page]", " ").replace("[footnote]", " ").replace(" | ", " ")
    text = _WORD.sub(lambda found: place_tone(found.group()), text)
    return " ".join(text.split())


@dataclass(slots=True)
class Errors:
    """Edits and sizes summed over texts; ``misplaced`` are the word edits of what stands elsewhere or nowhere."""

    words: int = 0
    word_edits: int = 0
    chars: int = 0
    char_edits: int = 0
    misplaced: int = 0

    def add(self, truth: str, read: str) -> None:
        """Compare one text with its truth."""
        truth, read = comparable(truth), comparable(read)
        self.words += len(truth.split())
        self.word_edits += Levenshtein.distance(truth.split(), read.split())
        self.chars += len(truth)
        self.char_edits += Levenshtein.distance(truth, read)
        self.misplaced += misplaced_words(truth.split(), read.split())

    @property
    def wer(self) -> float:
        """Word error rate."""
        return self.word_edits / max(self.words, 1)

    @property
    def wer_in_place(self) -> float:
        """Word error rate without what stands elsewhere or nowhere: the share that a reader's letters are guilty of."""
        return (self.word_edits - self.misplaced) / max(self.words, 1)

    @property
    def cer(self) -> float:
        """Character error rate."""
        return self.char_edits / max(self.chars, 1)


def misplaced_words(truth: Sequence[str], read: Sequence[str]) -> int:
    """Return the words that one text has in a row and the other has not: blocks in another order, seals, noise.

    Where ``OUT_OF_PLACE`` words or more differ in number between two points of agreement, the surplus counts.
    """
    total = lead = 0
    for block in (*Levenshtein.opcodes(truth, read), None):
        if block is None or block.tag == "equal":
            total += abs(lead) if abs(lead) >= OUT_OF_PLACE else 0
            lead = 0
        else:
            lead += (block.src_end - block.src_start) - (block.dest_end - block.dest_start)
    return total


def right_words(truth: Sequence[str], read: Sequence[str]) -> list[bool]:
    """Return, for every read word, whether an alignment with the truth calls it right."""
    right = [False] * len(read)
    for block in Levenshtein.opcodes(truth, read):
        if block.tag == "equal":
            for k in range(block.dest_start, block.dest_end):
                right[k] = True
    return right


def mended_and_harmed(truth: str, before: str, after: str) -> tuple[int, int]:
    """Return how many words of the truth were read wrong before and right after, and the other way round."""

    def hits(read: str) -> list[bool]:
        words, found = comparable(truth).split(), comparable(read).split()
        good = [False] * len(words)
        for block in Levenshtein.opcodes(words, found):
            if block.tag == "equal":
                for k in range(block.src_start, block.src_end):
                    good[k] = True
        return good

    pairs = list(zip(hits(before), hits(after), strict=True))
    return sum(not b and a for b, a in pairs), sum(b and not a for b, a in pairs)

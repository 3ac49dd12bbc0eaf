"""What an engine says that it read."""

from dataclasses import dataclass

from pipeline.document import Box

__all__ = ["ReadWord"]


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word that was read: its box in the picture's pixels, its confidence 0 to 1, the line it stands on.

    `by_hand` tells that figures in it were written by hand, which Tesseract cannot read; `overprinted`, that the
    word was read from a line by itself, after the seal over it was taken off; `by_line`, that a second reading of its
    line cut it out otherwise than the first.
    """

    text: str
    box: Box
    confidence: float
    line: tuple[int, int, int]
    by_hand: bool = False
    overprinted: bool = False
    by_line: bool = False

"""Lines of tokens as blocks of text to be decoded, and back again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.restoration.lattice import LONGEST_TOKEN
from models.restoration.tokens import RestoredLine

BLOCK_CHARS = 4000
"""A block is closed at the first token after this many characters."""
STAND_IN = "\ufffd" * (LONGEST_TOKEN + 1)
NOT_GIVEN = -1.0
"""Stands for an engine's confidence where there is none."""

_STARTS_ANEW = re.compile(r"^(?:[-–—+*•]\s|\d{1,2}[.)]|[a-zđ]\)|[IVX]{1,5}[.,]|Đi[êềe]u \d|Di[éêe]u \d|C[ăa]n c)")
_ENDS = (".", ";", ":", "!", "?", ".”", '."')


@dataclass(frozen=True, slots=True)
class Token:
    """One token of the input.

    Args:
        text: NFC, no white space.
        line: index of its line.
        index: its index in the line.
        start, end: its span in the block; one that is too long to be a word is shown there by a stand-in.
        confidence: the engine's, or ``NOT_GIVEN``.
    """

    text: str
    line: int
    index: int
    start: int
    end: int
    confidence: float

    @property
    def stood_in(self) -> bool:
        """Whether the block shows a stand-in for this token."""
        return len(self.text) > LONGEST_TOKEN


@dataclass(frozen=True, slots=True)
class Block:
    """Tokens joined by single spaces and line breaks."""

    text: str
    tokens: tuple[Token, ...]


def cut_blocks(lines: Sequence[Sequence[str]], rows: Sequence[Sequence[float]]) -> list[Block]:
    """Cut lines into blocks of bounded length.

    Args:
        lines: tokens of each line; empty tokens are passed over.
        rows: the engine's confidence in each token.
    """
    blocks: list[Block] = []
    pieces: list[str] = []
    tokens: list[Token] = []
    at = 0
    for number, line in enumerate(lines):
        fresh = True
        for index, text in enumerate(line):
            if not text:
                continue
            if at > BLOCK_CHARS:
                blocks.append(Block("".join(pieces), tuple(tokens)))
                pieces, tokens, at = [], [], 0
            if tokens:
                pieces.append("\n" if fresh else " ")
                at += 1
            fresh = False
            shown = text if len(text) <= LONGEST_TOKEN else STAND_IN
            tokens.append(Token(text, number, index, at, at + len(shown), rows[number][index]))
            pieces.append(shown)
            at += len(shown)
    if tokens:
        blocks.append(Block("".join(pieces), tuple(tokens)))
    return blocks


def fill_confidences(lines: Sequence[Sequence[str]], given: Sequence[Sequence[float]] | None) -> list[list[float]]:
    """Return a confidence for every token, ``NOT_GIVEN`` where the engine gave none."""
    rows: list[list[float]] = []
    for index, line in enumerate(lines):
        row = given[index] if given is not None and index < len(given) else ()
        rows.append([float(row[k]) if k < len(row) else NOT_GIVEN for k in range(len(line))])
    return rows


def price_breaks(text: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return, at each line break, the cost in nats of carrying the sentence on and of starting anew."""
    carry = np.zeros(len(text), dtype=np.float32)
    anew = np.zeros(len(text), dtype=np.float32)
    at, begin = text.find("\n"), 0
    while at >= 0:
        following = text.find("\n", at + 1)
        line = text[at + 1 : following if following >= 0 else len(text)]
        share = 0.5
        if _STARTS_ANEW.match(line):
            share = 0.97
        elif line[:1].islower():
            share = 0.04
        elif text[begin:at].endswith(_ENDS):
            share = 0.9
        carry[at], anew[at] = -np.log(1 - share), -np.log(share)
        begin, at = at + 1, following
    return carry, anew


def put_back_spaces(raw: str, tokens: Sequence[str], restored: RestoredLine) -> str:
    """Return a restored line with the white space of the original where its tokens stand.

    Args:
        raw: the line as it came.
        tokens: its tokens.
        restored: what became of them.
    """
    if not restored.tokens:
        return raw
    gaps: list[str] = []
    at = 0
    for token in tokens:
        place = raw.index(token, at)
        gaps.append(raw[at:place])
        at = place + len(token)
    pieces: list[str] = []
    used = -1
    for made in restored.tokens:
        first = made.sources[0]
        pieces.append(gaps[first] if first > used else " ")
        pieces.append(made.text)
        used = max(used, made.sources[-1])
    return "".join(pieces) + raw[at:]

"""Characters as small numbers, and segments of up to three of them as one number."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

CHAR_BITS = 9
OTHER = 0
SPACE = 1
NEWLINE = 2

IS_SPACE, IS_NEWLINE, IS_LETTER, IS_DIGIT, IS_MARK = 0, 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The characters that the channel knows.

    Args:
        chars: every known character once; the first three stand for unknown, space and line break.
    """

    chars: str
    _index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the characters."""
        object.__setattr__(self, "_index", {char: index for index, char in enumerate(self.chars)})

    @classmethod
    def of(cls, known: str) -> Alphabet:
        """Make an alphabet from the characters that should be known."""
        rest = sorted(set(known) - {"\0", " ", "\n"})
        return cls("\0 \n" + "".join(rest[: (1 << CHAR_BITS) - 3]))

    def number(self, char: str) -> int:
        """Return the number of a character, 0 for an unknown one."""
        return self._index.get(char, OTHER)

    def numbers(self, text: str) -> npt.NDArray[np.int32]:
        """Return the numbers of the characters of a text."""
        index = self._index
        return np.array([index.get(char, OTHER) for char in text], dtype=np.int32)

    def code(self, segment: str) -> int:
        """Return the number of a segment of 0 to 3 characters."""
        code = 0
        for char in segment:
            code = (code << CHAR_BITS) | self.number(char)
        return code


def class_of(char: str) -> int:
    """Return what kind of character this is for the cutting of tokens."""
    if char == " ":
        return IS_SPACE
    if char == "\n":
        return IS_NEWLINE
    if char.isdigit():
        return IS_DIGIT
    if char.isalpha():
        return IS_LETTER
    return IS_MARK

"""What is said where: results on stdout, everything else on stderr; drawn for a terminal, plain for a pipe.

Names of files and texts of documents come from strangers. What would command a terminal, or turn a line around on it,
is written as what it is, `\\u001b`: JSON reads it as the same letter.
"""

import os
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.tables import TextTable

__all__ = ["console", "harmless", "is_drawn", "print_table", "tell", "write", "write_line"]

# Control characters but for tab, line break and form feed; marks of direction; breaks of lines that are none.
_COMMANDS = re.compile("[\x00-\x08\x0b\x0d-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_BREAKS = re.compile("[\t\n\f]")


def harmless(text: str, *, one_line: bool = False) -> str:
    """A text that does nothing to a terminal but stand on it.

    Args:
        one_line: tabs and line breaks are no part of it either, so that a file's name cannot forge a line.
    """
    text = _COMMANDS.sub(_spelled, text)
    return _BREAKS.sub(_spelled, text) if one_line else text


def _spelled(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def is_drawn() -> bool:
    """Whether stdout is a terminal, so that boxes and colours help."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def tell(message: str) -> None:
    """Say something beside the result, on stderr."""
    print(harmless(message), file=sys.stderr, flush=True)  # noqa: T201 - the command line's own voice


def write(text: str) -> None:
    """Write a result to stdout, with a line break."""
    sys.stdout.write(harmless(text) + "\n")


def write_line(text: str) -> None:
    """Write one line to stdout, whatever names are in it."""
    sys.stdout.write(harmless(text, one_line=True) + "\n")


def print_table(table: "TextTable") -> None:
    """A table on stdout: drawn on a terminal, tab-separated in a pipe, an empty line after it."""
    from pipeline.tables import drawn, lines

    if is_drawn() and table.rows:
        cells = tuple(tuple(harmless(cell) for cell in row) for row in table.rows)
        console().print(drawn(replace(table, rows=cells)))
        return
    for line in lines(table):
        write(line)
    write("")


def console() -> "Console":
    """Rich's console on stdout; words are shown as they are, never read as markup."""
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False)

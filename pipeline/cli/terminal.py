"""What is said where: results on stdout, everything else on stderr; drawn for a terminal, plain for a pipe."""

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.tables import TextTable

__all__ = ["console", "is_drawn", "print_table", "tell", "write"]


def is_drawn() -> bool:
    """Whether stdout is a terminal, so that boxes and colours help."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def tell(message: str) -> None:
    """Say something beside the result, on stderr."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - the command line's own voice


def write(text: str) -> None:
    """Write a result to stdout, with a line break."""
    sys.stdout.write(text + "\n")


def print_table(table: "TextTable") -> None:
    """A table on stdout: drawn on a terminal, tab-separated in a pipe, an empty line after it."""
    from pipeline.tables import drawn, lines

    if is_drawn() and table.rows:
        console().print(drawn(table))
        return
    for line in lines(table):
        write(line)
    write("")


def console() -> "Console":
    """Rich's console on stdout; words are shown as they are, never read as markup."""
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False)

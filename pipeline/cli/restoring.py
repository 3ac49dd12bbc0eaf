"""The command that restores text: restore."""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from pipeline.cli.arguments import Config, Settings, add, load
from pipeline.cli.terminal import tell
from pipeline.errors import MissingInputError

if TYPE_CHECKING:
    from models.restoration import RestoredLine, Restorer

__all__ = ["add_to"]

# Ten pages or so tell the restorer which kind of text it is, and keep memory bounded.
_LINES_AT_A_TIME = 500
_BYTES_AT_A_TIME = 1 << 18
_TOKENS_AT_A_TIME = 400
# A line without end, as a program writes it: cut between words, so that its length does not matter.
_LONG_LINE_BYTES = 1 << 16
_LONG_LINE = 30_000


def add_to(app: typer.Typer) -> None:
    """Give the program this command."""
    add(app, "restore", restore)


def restore(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Text in UTF-8; standard input by default.", show_default=False),
    ] = None,
    regime: Annotated[
        Literal["auto", "clean", "vie", "eng"] | None,
        typer.Option(
            "--regime",
            help="auto: find out; clean: change nothing; vie: mend what a Vietnamese OCR misread; eng: rebuild what an "
            "English OCR made of Vietnamese.",
            show_default="auto",
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="List every change on stderr with its confidence and its alternatives.")
    ] = False,
    config: Config = None,
    settings: Settings = None,
) -> None:
    """Restore the diacritics and the letters of Vietnamese text that an OCR program garbled.

    Line by line: as many lines come out as went in. Lines that are not UTF-8 are left as they are.
    """
    from pipeline.stages.restore import load_restorer

    options = load(config, settings)
    chosen = regime or options.restore.regime
    stream = _opened(file)
    try:
        _restore(load_restorer(), chosen, stream, explain)
    finally:
        if file is not None:
            stream.close()


def _opened(file: Path | None) -> BinaryIO:
    if file is None or str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise MissingInputError(
            f"{file} cannot be read: {error.strerror}.", remedy="Check the path and your right to read it."
        ) from error


def _restore(restorer: "Restorer", regime: str, stream: BinaryIO, explain: bool) -> None:
    number, strange, foreign, last_strange = 1, 0, 0, 0
    for group in _groups(stream):
        texts = [_decoded(raw) for raw in group]
        pieces = [_pieces(text or "") for text in texts]
        restored = iter(restorer.restore_lines([piece for found in pieces for piece in found], regime=regime))  # type: ignore[arg-type]
        for raw, text, found in zip(group, texts, pieces, strict=True):
            if text is None and last_strange != number:
                strange, last_strange = strange + 1, number
            changed = [(piece, next(restored)) for piece in found]
            foreign += any(piece and line.regime == "foreign" for piece, line in changed)
            sys.stdout.buffer.write(raw if text is None else _rewritten(text, changed))
            if explain:
                for piece, line in changed:
                    _explain(number, piece, line)
            number += raw.endswith(b"\n")
        sys.stdout.buffer.flush()
    if strange:
        tell(
            f"{strange} lines are not UTF-8 and were left as they are.\n"
            "What to do: convert them to UTF-8, for example with iconv, and run this again."
        )
    if foreign:
        tell(
            f"{foreign} lines do not look Vietnamese and were left as they are.\n"
            "What to do: where they are Vietnamese after all, name what happened to them with --regime."
        )


def _groups(stream: BinaryIO) -> Iterator[list[bytes]]:
    """Lines with their ends, many at a time; somebody who types gets an answer after each paragraph."""
    typed = stream.isatty()
    group: list[bytes] = []
    size = 0
    for line in _lines(stream):
        group.append(line)
        size += len(line)
        if len(group) >= _LINES_AT_A_TIME or size >= _BYTES_AT_A_TIME or (typed and not line.strip()):
            yield group
            group, size = [], 0
    if group:
        yield group


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines with their ends; a line that is too long for any page in pieces, cut after a space."""
    rest = b""
    while read := stream.readline(_LONG_LINE_BYTES):
        line = rest + read
        cut = len(line) if line.endswith(b"\n") else line.rfind(b" ") + 1
        rest = line[cut:]
        if cut:
            yield line[:cut]
    if rest:
        yield rest


def _decoded(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _pieces(text: str) -> list[list[str]]:
    """A line's tokens; those of a line longer than any printed one in several pieces, at least one.

    The restorer itself sees to it that a line far longer still does not take long.
    """
    tokens = text.split()
    if len(text) > _LONG_LINE:
        return [tokens]
    return [tokens[start : start + _TOKENS_AT_A_TIME] for start in range(0, max(len(tokens), 1), _TOKENS_AT_A_TIME)]


def _rewritten(text: str, pieces: Sequence[tuple[list[str], "RestoredLine"]]) -> bytes:
    """A line with its tokens restored and its white space kept, but for what stood where tokens were joined."""
    gaps = re.split(r"\S+", text)
    written = [gaps[0], ""]
    first = 0
    for read, line in pieces:
        for token, following in zip(line.tokens, (*line.tokens[1:], None), strict=False):
            last = token.sources[-1]
            split = following is not None and following.sources[0] <= last
            written += [token.text, " " if split else gaps[first + last + 1]]
        if read:
            written[-1] = gaps[first + len(read)]
        first += len(read)
    return "".join(written).encode("utf-8", errors="replace")


def _explain(number: int, read: Sequence[str], line: "RestoredLine") -> None:
    for token in line.tokens:
        before = " ".join(read[source] for source in token.sources)
        if before != token.text:
            others = ", ".join(f"{text} {chance:.2f}" for text, chance in token.alternatives)
            tell(f"{number}: {before} → {token.text}  {token.confidence:.2f} {line.regime}  {others}".rstrip())

"""The program: its commands, and the one place where errors are told to the user."""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.core import TyperGroup

from pipeline.cli import (
    browsing,
    checking,
    copying,
    correcting,
    describing,
    digitising,
    evaluating,
    restoring,
    searching,
    splitting,
    standing,
)
from pipeline.cli.terminal import harmless, is_drawn, tell
from pipeline.errors import SohoaError

__all__ = ["main"]

_INTERRUPTED_EXIT_CODE = 130
_CLOSED_PIPE_EXIT_CODE = 141
_DEBUG_VARIABLE = "SOHOA_DEBUG"

_ABOUT = """Digitise scanned Vietnamese administrative plans into records that can be trusted.

Begin with:  sohoa run SCAN.pdf   and then   sohoa show SCAN.pdf
"""


class _InOrder(TyperGroup):
    """Commands in the order in which a newcomer needs them; Ctrl-C and a closed pipe end them quietly."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError as error:
            # Whoever read us has seen enough; the interpreter must not try to flush at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(_CLOSED_PIPE_EXIT_CODE) from error
        except KeyboardInterrupt as error:
            tell("Stopped. What was finished is kept; run the same command again to go on.")
            raise typer.Exit(_INTERRUPTED_EXIT_CODE) from error


app = typer.Typer(
    name="sohoa",
    help=_ABOUT,
    cls=_InOrder,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich" if is_drawn() else None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for commands in (
    digitising,
    standing,
    browsing,
    searching,
    correcting,
    splitting,
    copying,
    restoring,
    evaluating,
    checking,
    describing,
):
    commands.add_to(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"sohoa {version('sohoa')}")
        except PackageNotFoundError:
            typer.echo("sohoa (not installed, run from its sources)")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and leave.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the whole traceback of an error; may stand anywhere.")
    ] = False,
) -> None:
    if debug:
        os.environ[_DEBUG_VARIABLE] = "1"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    Args:
        arguments: without the program's name; those of the process by default.
    """
    # The group may write where its users want that; nobody else ever.
    os.umask(os.umask(0o077) | 0o002)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = _debug_first(list(sys.argv[1:] if arguments is None else arguments))
    try:
        app(given, prog_name="sohoa")
    except SohoaError as error:
        if os.environ.get(_DEBUG_VARIABLE):
            traceback.print_exc()
        tell(harmless(error.message, one_line=True))
        tell(f"What to do: {error.remedy}")
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last place that can say something helpful
        if os.environ.get(_DEBUG_VARIABLE):
            traceback.print_exc()
        tell(
            f"Sohoa has met something that it did not foresee: {type(error).__name__}: {error}\n"
            "What to do: run the same command with --debug and report what it shows to those who maintain it."
        )
        sys.exit(1)


def _debug_first(arguments: list[str]) -> list[str]:
    """Let `--debug` stand anywhere before a bare `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    if "--debug" not in arguments[:end]:
        return arguments
    return ["--debug", *(word for word in arguments[:end] if word != "--debug"), *arguments[end:]]

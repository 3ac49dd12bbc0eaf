"""The command that describes the exports: schema."""

from typing import Annotated, Literal

import typer

from pipeline.cli.arguments import add
from pipeline.cli.terminal import write

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Give the program this command."""
    add(app, "schema", schema)


def schema(
    format_: Annotated[
        Literal["json-schema", "markdown"],
        typer.Option("--format", "-f", help="json-schema: for programs; markdown: the data dictionary, for people."),
    ] = "json-schema",
) -> None:
    """Print what the exports hold: every table and column, with its type and its meaning."""
    import json

    from pipeline.archive.dictionary import data_dictionary, json_schema

    if format_ == "markdown":
        write(data_dictionary().rstrip("\n"))
    else:
        write(json.dumps(json_schema(), ensure_ascii=False, indent=2))

"""Arguments that several commands share, each explained once."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

if TYPE_CHECKING:
    from pipeline.archive import Archive
    from pipeline.options import Options
    from pipeline.runner import Batch

__all__ = [
    "Address",
    "ArchiveFolder",
    "Catalog",
    "Config",
    "DocumentName",
    "EngineName",
    "Jobs",
    "Quality",
    "Settings",
    "add",
    "batch_of",
    "load",
    "open_archive",
]

ArchiveFolder: TypeAlias = Annotated[
    Path,
    typer.Option(
        "--archive",
        "-a",
        metavar="DIR",
        envvar="SOHOA_ARCHIVE",
        help="Folder that keeps the originals and what was read from them.",
    ),
]
Catalog: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--catalog",
        metavar="URL",
        envvar="SOHOA_CATALOG",
        help="Database of the records, for example postgresql://…; by default a SQLite file in the archive.",
        show_default=False,
    ),
]
Config: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="Options from a file like the one `sohoa config` prints."),
]
Settings: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set", "-s", metavar="TABLE.KEY=VALUE", help="One option, for example ocr.timeout_s=60; may be repeated."
    ),
]
Jobs: TypeAlias = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, metavar="N", help="Pages worked on at a time; every core by default."),
]
Quality: TypeAlias = Annotated[
    Literal["fast", "standard", "best"] | None,
    typer.Option(
        "--quality",
        help="How often doubtful words and figures are read, and by how many engines; standard by default.",
        show_default=False,
    ),
]
EngineName: TypeAlias = Annotated[
    Literal["local", "ray"],
    typer.Option("--engine", help="Who does the work: this machine, or the machines of a Ray cluster."),
]
Address: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--address",
        metavar="ADDRESS",
        help="Of the Ray cluster: auto, or ray://host:10001; without one Ray is begun on this machine.",
    ),
]
DocumentName: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="DOC", help="The document: its id, a unique beginning of it (see `sohoa list`), or the original's path."
    ),
]


def add(app: typer.Typer, name: str, command: Callable[..., None]) -> None:
    """Give the program a command; its docstring is its help, each paragraph as wide as the window."""
    paragraphs = inspect.cleandoc(command.__doc__ or "").split("\n\n")
    app.command(name, help="\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs))(command)


def load(
    config: Path | None, settings: list[str] | None, jobs: int | None = None, quality: str | None = None
) -> "Options":
    """The options of a command.

    Raises:
        UsageError: one of them is wrong.
    """
    from pipeline.options import load_options

    named = {"runner.jobs": jobs, "ocr.quality": quality}
    given = [f"{name}={value}" for name, value in named.items() if value is not None]
    return load_options(config, [*(settings or ()), *given])


def open_archive(folder: Path, catalog: str | None, *, create: bool = False) -> "Archive":
    """The archive that a command is about.

    Raises:
        ArchiveError: it is not there, or cannot be read.
    """
    from pipeline.archive import Archive

    return Archive.open(folder, url=catalog, create=create)


def batch_of(engine: Literal["local", "ray"], address: str | None) -> "Batch":
    """Who does the work.

    Raises:
        UsageError: an address is given that nobody would use.
    """
    from functools import partial

    from pipeline.errors import UsageError
    from pipeline.runner import run_batch, run_on_cluster

    if engine == "ray":
        return partial(run_on_cluster, address=address)
    if address is not None:
        raise UsageError("--address names a cluster, which only --engine ray uses.", remedy="Add --engine ray.")
    return run_batch

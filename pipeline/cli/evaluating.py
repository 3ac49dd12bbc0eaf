"""The commands that measure: evaluate, and with it ablate."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import ablating
from pipeline.cli.arguments import Config, Jobs, Settings, add, load
from pipeline.cli.terminal import print_table, tell
from pipeline.errors import NOT_ALL_DONE_EXIT_CODE, UsageError

if TYPE_CHECKING:
    from pipeline.evaluation import DocumentScore, Evaluation, GoldDocument
    from pipeline.options import Options

__all__ = ["add_to", "evaluate_folder"]


def add_to(app: typer.Typer) -> None:
    """Give the program these commands."""
    add(app, "evaluate", evaluate)
    ablating.add_to(app)


def evaluate(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="GOLD_DIR",
            help="Folder that is searched for originals (source.pdf) with page<k>.gold.txt or gold.json beside them.",
        ),
    ],
    from_text: Annotated[
        bool,
        typer.Option(
            "--from-text",
            help="Extract the records from the gold text instead of the scan, wherever there is gold text.",
        ),
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write every measure as JSON.", show_default=False)
    ] = None,
    markdown_file: Annotated[
        Path | None,
        typer.Option("--markdown", metavar="FILE", help="Write the tables as Markdown.", show_default=False),
    ] = None,
    errors_file: Annotated[
        Path | None,
        typer.Option(
            "--errors", metavar="FILE", help="Write a list of everything that was got wrong.", show_default=False
        ),
    ] = None,
    jobs: Jobs = None,
    config: Config = None,
    settings: Settings = None,
) -> None:
    """Measure how well documents are read whose truth is known.

    Digitises every document that has gold beside it, compares text and records with the gold, and prints the errors
    of the text (CER, WER), precision, recall and F1 of each table of records, and for each field how many values
    were exact, wrong, missing and invented. Nothing is kept in an archive. What cannot be read counts as missing.
    """
    from pipeline.evaluation import Evaluation, find_gold
    from pipeline.evaluation_report import json_report, markdown_report, tables
    from pipeline.mistakes import mistakes

    options = load(config, settings, jobs)
    for path in (json_file, markdown_file, errors_file):
        if path is not None and not path.absolute().parent.is_dir():
            raise UsageError(f"There is no folder for {path}.", remedy="Make the folder first.")
    evaluation = Evaluation(tuple(_scores(find_gold(folder), options, from_text)))
    for table in tables(evaluation):
        print_table(table)
    if json_file is not None:
        json_file.write_text(json_report(evaluation), encoding="utf-8")
    if markdown_file is not None:
        markdown_file.write_text(markdown_report(evaluation, _command(folder, from_text, settings)), encoding="utf-8")
    if errors_file is not None:
        errors_file.write_text("\n".join(mistakes(evaluation)) + "\n", encoding="utf-8")
    if any(found.document is None for found in evaluation.documents):
        raise typer.Exit(NOT_ALL_DONE_EXIT_CODE)


def evaluate_folder(folder: Path, options: "Options") -> "Evaluation":
    """Every document of a folder that has gold, digitised and compared with it.

    Raises:
        MissingInputError: there is no such folder, or no gold in it.
    """
    from pipeline.evaluation import Evaluation, find_gold

    return Evaluation(tuple(_scores(find_gold(folder), options, False)))


def _command(folder: Path, from_text: bool, settings: list[str] | None) -> str:
    """What to type for the same table; the folder by its own name, wherever it lies here."""
    chosen = [f"--set {setting}" for setting in settings or ()]
    return " ".join(["sohoa evaluate", folder.absolute().name, *(["--from-text"] if from_text else []), *chosen])


def _scores(golds: "list[GoldDocument]", options: "Options", from_text: bool) -> "Iterator[DocumentScore]":
    """The scores in the order of the documents, scans read side by side."""
    from pipeline.cli.progress import following
    from pipeline.evaluation import score
    from pipeline.runner import run_batch

    scans = [gold for gold in golds if not (from_text and gold.pages)]
    by_path = {gold.original: gold for gold in scans}
    found: dict[str, DocumentScore] = {}
    with following() as on_event:
        for outcome in run_batch(list(by_path), options, on_event=on_event):
            gold = by_path[outcome.path]
            if outcome.message is not None:
                tell(f"{outcome.status} {outcome.path}: {outcome.message}\nWhat to do: {outcome.remedy}")
            found[gold.name] = score(gold, outcome.document, status=outcome.status, seconds=outcome.wall_s)
    for gold in golds:
        yield found[gold.name] if gold.name in found else _from_text(gold, options)


def _from_text(gold: "GoldDocument", options: "Options") -> "DocumentScore":
    from pipeline.evaluation import score
    from pipeline.gold_text import GoldText
    from pipeline.runner import run_document
    from pipeline.stages.extract import Extract
    from pipeline.stages.segment import Segment

    start = time.monotonic()
    document = run_document(gold.original, options, stages=lambda: (GoldText(gold.pages), Segment(), Extract()))
    return score(gold, document, status=document.status, seconds=time.monotonic() - start, text=False)

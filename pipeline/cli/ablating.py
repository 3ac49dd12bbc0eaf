"""The command that says what each operation on a page's picture is worth: ablate."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import Config, Jobs, Settings, add, load
from pipeline.cli.terminal import print_table

if TYPE_CHECKING:
    from pipeline.evaluation import Evaluation

__all__ = ["add_to"]

_RESOLUTIONS_DPI = (130, 140, 160, 175, 200)
_OPERATIONS = ("perspective", "orientation", "skew", "specks", "coloured ink", "light", "border", "ghosts", "lines")
_AS_IT_IS = "as it is"
_VARIANTS = (
    *((f"without {operation}", f'clean.leave_out=["{operation}"]') for operation in _OPERATIONS),
    *((f"read at {dpi} dpi", f"clean.read_dpi={dpi}") for dpi in _RESOLUTIONS_DPI),
    ("never look twice", "ocr.second_look=0.0"),
    ("tables not taken apart", "layout.tables=false"),
    ("nothing restored", "restore.regime=clean"),
)


def add_to(app: typer.Typer) -> None:
    """Give the program this command."""
    add(app, "ablate", ablate)


def ablate(
    folder: Annotated[
        Path, typer.Argument(metavar="GOLD_DIR", help="Folder with originals and page<k>.gold.txt beside them.")
    ],
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="TEXT", help="Only the variants with this in their name; may be repeated."),
    ] = None,
    jobs: Jobs = None,
    config: Config = None,
    settings: Settings = None,
) -> None:
    """Measure what is lost when one operation is left out, or another resolution is read.

    Reads every document with gold text once as it is and once for each variant, and prints for each the characters and
    words that are wrong (CER, WER), and the words that are missing or too many whatever their order.
    """
    from pipeline.cli.evaluating import evaluate_folder
    from pipeline.tables import TextTable

    rows: list[tuple[str, ...]] = []
    for name, setting in ((_AS_IT_IS, None), *_wanted(only or ())):
        chosen = [*(settings or ()), *([setting] if setting is not None else ())]
        rows.append((name, *_cells(evaluate_folder(folder, load(config, chosen, jobs)))))
    print_table(TextTable("ablations", ("variant", "CER", "WER", "missing", "too many"), tuple(rows)))


def _wanted(only: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name, setting in _VARIANTS:
        if not only or any(part in name for part in only):
            yield name, setting


def _cells(evaluation: "Evaluation") -> tuple[str, ...]:
    text = evaluation.text
    if text is None:
        return ("", "", "", "")
    missing, extra = _unordered(evaluation)
    counts = (text.cer, text.wer, missing / max(text.words, 1), extra / max(text.words, 1))
    return tuple(f"{100 * count:.2f} %" for count in counts)


def _unordered(evaluation: "Evaluation") -> tuple[int, int]:
    """How many words of the gold pages were not read, and how many were read beyond them, their order left aside."""
    from corpus.text_metrics import normalise

    missing = extra = 0
    for found in evaluation.documents:
        read = {page.number: page.text() for page in found.document.pages} if found.document is not None else {}
        for number, gold in found.gold.pages.items():
            printed, said = (Counter(normalise(text).split()) for text in (gold, read.get(number, "")))
            missing += (printed - said).total()
            extra += (said - printed).total()
    return missing, extra

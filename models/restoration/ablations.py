"""Measure what each part of the restoration is worth: ``python -m models.restoration.ablations``.

A table in Markdown: the restorer as it is, without each of its parts, with other weights, and what others have that
can be installed and run offline, all on the same text.
"""

from __future__ import annotations

import argparse
import importlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from models.restoration import Restorer
from models.restoration.channel import Rules, pack_rules
from models.restoration.evaluate import (
    Lines,
    as_pairs,
    body_pairs,
    held_out_pages,
    plain,
    read_scans,
    sample_lines,
    syllables_right,
    texts_in,
)
from models.restoration.manners import MANNERS, Manner, hasten
from models.restoration.metrics import Errors
from models.restoration.model import Model, load_model
from models.restoration.restorer import SHIPPED
from models.restoration.smoothing import smooth
from models.restoration.syllables import strip_marks
from models.restoration.tokens import Regime

Read = Sequence[tuple[str, Lines]]
Text = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Trial:
    """Texts on which all are measured.

    Args:
        stripped: held-out lines of each source.
        rendered: rendered pages as (printed, read) by the reader's language.
        scans: bodies of scans as (printed, read) by the reader's language.
    """

    stripped: dict[str, list[str]]
    rendered: dict[str, Read]
    scans: dict[str, Read]

    def columns(self) -> list[str]:
        """Return the headings of the table."""
        names = [f"stripped {name}" for name in self.stripped]
        return names + [f"rendered {name}" for name in self.rendered] + [f"scans {name}" for name in self.scans]

    def of_restorer(self, restorer: Restorer, *, adapt: bool = False) -> list[float]:
        """Return the syllables right of stripped text and the word error rates of pages.

        Args:
            restorer: what is measured.
            adapt: learn the channel of each page from a first pass.
        """
        row = [_share(lines, restorer.restore_text) for lines in self.stripped.values()]
        for group in (self.rendered, self.scans):
            for language, pages in group.items():
                regime: Regime = "vie" if language == "vie" else "eng"
                row.append(_error_rate(pages, partial(_restored, restorer, regime=regime, adapt=adapt)))
        return row

    def of_text(self, mend: Text) -> list[float]:
        """Return the same of anything that takes and gives text."""
        row = [_share(lines, mend) for lines in self.stripped.values()]
        for group in (self.rendered, self.scans):
            row += [_error_rate(pages, lambda lines: mend(plain(lines))) for pages in group.values()]
        return row


def _share(lines: list[str], mend: Text) -> float:
    restored = mend("\n".join(strip_marks(line) for line in lines)).split("\n")
    right, total = syllables_right(lines, restored)
    return right / max(total, 1)


def _restored(restorer: Restorer, lines: Lines, *, regime: Regime, adapt: bool) -> str:
    restored = restorer.restore_lines(
        [[text for text, _ in line] for line in lines],
        [[sure for _, sure in line] for line in lines],
        regime=regime,
        adapt_to_text=adapt,
    )
    return "\n".join(" ".join(token.text for token in line.tokens) for line in restored)


def _error_rate(pages: Read, mend: Callable[[Lines], str]) -> float:
    errors = Errors()
    for truth, lines in pages:
        errors.add(truth, mend(lines))
    return errors.wer


def _weighing(**changes: float) -> dict[str, Manner]:
    """Return the manners of all regimes with some weights of the search changed."""
    return {
        name: replace(manner, weights=manner.weights._replace(**changes))  # type: ignore[arg-type]
        for name, manner in MANNERS.items()
    }


def _one_manner(found: str) -> dict[str, Manner]:
    return {**MANNERS, "eng": MANNERS[found], "vie": MANNERS[found]}


def _with_channels(model: Model, channels: dict[str, Rules]) -> Model:
    return replace(model, channels={**model.channels, **channels})


def variants(model: Model) -> Iterator[tuple[str, Restorer, dict[str, bool]]]:
    """Yield the restorer without each of its parts in turn: name, restorer, how it is called."""
    yield "as shipped", Restorer(model), {}
    yield "n-grams up to 3", Restorer(model, _weighing(order=3)), {}
    yield "n-grams up to 2 (bigram search)", Restorer(model, _weighing(order=2)), {}
    hasty = {name: hasten(manner) for name, manner in MANNERS.items()}
    yield "in haste, as a line that no printer made is read", Restorer(model, hasty), {}
    yield "without the model of case", Restorer(model, _weighing(case=0.0)), {}
    yield "with adaptation to each page", Restorer(model), {"adapt": True}
    general = pack_rules(smooth({}, Counter()), model.alphabet)
    yield (
        "no learned channel, general confusions only",
        Restorer(_with_channels(model, {"eng": general, "vie": general})),
        {},
    )
    for found in ("eng", "vie"):
        channels = {"eng": model.channels[found], "vie": model.channels[found]}
        yield (
            f"one regime, `{found}`, for every reading",
            Restorer(_with_channels(model, channels), _one_manner(found)),
            {},
        )


def others() -> Iterator[tuple[str, Text]]:
    """Yield what others have, as far as it is installed: name and a function from text to text."""
    yield "nothing", str
    for name, module, function in (
        ("underthesea: text_normalize (it has no corrector)", "underthesea", "text_normalize"),
        ("pyvi: add_accents", "pyvi.ViUtils", "add_accents"),
    ):
        try:
            call = getattr(importlib.import_module(module), function)
        except ImportError:
            print(f"{name}: not installed", flush=True)
            continue
        yield name, _line_by_line(call)


def _line_by_line(call: Text) -> Text:
    def mend(line: str) -> str:
        try:
            return call(line) if line.strip() else line
        except KeyError:
            # pyvi falls over characters that it never saw
            return line

    return lambda text: "\n".join(mend(line) for line in text.split("\n"))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, required=True, help="folder of *.txt or *.txt.xz with held-out lines")
    parser.add_argument("--pages", type=Path, required=True, help="held-out pages, drawn from --text where missing")
    parser.add_argument("--draw", type=int, default=12, help="pages that are drawn where their file is missing")
    parser.add_argument("--scans", type=Path, help="folder of scans with gold text")
    parser.add_argument("--scans-cache", type=Path, help="file that keeps what the engine read")
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="folder of weights (default: those shipped)")
    parser.add_argument(
        "--also", action="append", default=[], metavar="NAME=FOLDER", help="other weights to measure; may be repeated"
    )
    parser.add_argument("--lines", type=int, default=400, help="held-out lines of each source")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    pages = held_out_pages(args.pages, args.text, count=args.draw, seed=args.seed)
    scans = read_scans(args.scans, args.scans_cache) if args.scans else []
    trial = Trial(
        {path.name.split(".")[0]: sample_lines(path, args.lines, args.seed) for path in texts_in(args.text)},
        {language: as_pairs(pages, language) for language in ("eng", "vie")},
        {language: body_pairs(scans, language) for language in ("eng", "vie")} if scans else {},
    )
    print("| variant | " + " | ".join(trial.columns()) + " |\n|" + "---|" * (len(trial.columns()) + 1), flush=True)

    def show(name: str, row: list[float]) -> None:
        print(f"| {name} | " + " | ".join(f"{value:.4f}" for value in row) + " |", flush=True)

    for name, restorer, how in variants(load_model(args.weights)):
        show(name, trial.of_restorer(restorer, **how))
    for given in args.also:
        name, _, folder = given.partition("=")
        show(name, trial.of_restorer(Restorer.load(Path(folder))))
    for name, mend in others():
        show(name, trial.of_text(mend))


if __name__ == "__main__":
    main()

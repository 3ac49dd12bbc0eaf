"""Measure the rescorer beside the noisy channel and together with it: ``python -m models.rescorer.evaluate``.

Every set is measured in two halves: the weight of the rescorer was chosen on the first, the second decides.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from models.rescorer.rescorer import FILE, SHIPPED, Rescorer
from models.restoration import Restorer
from models.restoration.evaluate import (
    Lines,
    measure_clean,
    plain,
    read_scans,
    reliability,
    restore_page,
    sample_lines,
    syllables_right,
)
from models.restoration.metrics import Errors, mended_and_harmed
from models.restoration.model import load_model
from models.restoration.pages import load_pages
from models.restoration.restorer import SHIPPED as RESTORATION
from models.restoration.syllables import strip_marks
from models.restoration.tokens import Regime
from models.restoration.trie import FIRST_WORD
from models.restoration.units import key_of, split_units


class TimedJudge:
    """A rescorer that knows how long it was asked."""

    def __init__(self, rescorer: Rescorer) -> None:
        """Start at nothing.

        Args:
            rescorer: who judges.
        """
        self._rescorer = rescorer
        self.seconds = 0.0
        self.units = 0

    def judge(
        self, units: Sequence[str], sure: Sequence[bool], choices: Mapping[int, Sequence[str]]
    ) -> dict[int, list[float]]:
        """Judge as the rescorer does."""
        start = time.process_time()
        fits = self._rescorer.judge(units, sure, choices)
        self.seconds += time.process_time() - start
        self.units += len(units)
        return fits


def stripped_alone(rescorer: Rescorer, vocabulary: Sequence[str], lines: Sequence[str]) -> float:
    """Return the share of words right that the rescorer puts marks on with nothing but the bare text.

    Args:
        rescorer: who judges.
        vocabulary: names of the units.
        lines: right text.
    """
    members: dict[str, list[str]] = defaultdict(list)
    for name in vocabulary[FIRST_WORD:]:
        members[strip_marks(name)].append(name)
    right = total = 0
    for line in lines:
        true = [key_of(unit) for unit in split_units(line)]
        families = {k: members.get(strip_marks(name), []) for k, name in enumerate(true) if name[0].isalpha()}
        units = [families[k][0] if families.get(k) else name for k, name in enumerate(true)]
        fits = rescorer.judge(units, [False] * len(units), {k: names for k, names in families.items() if names})
        total += len(families)
        for k, row in fits.items():
            known = [-math.inf if math.isnan(fit) else fit for fit in row]
            right += families[k][known.index(max(known))] == true[k]
    return right / max(total, 1)


def _stripped(restorer: Restorer, lines: Sequence[str]) -> str:
    """Return the share of syllables right in the first half, the second half and all of some lines."""
    restored = restorer.restore_text("\n".join(strip_marks(line) for line in lines)).split("\n")
    half = len(lines) // 2
    shares = []
    for part in (slice(0, half), slice(half, None), slice(None)):
        right, total = syllables_right(lines[part], restored[part])
        shares.append(f"{right / max(total, 1):.5f}")
    return " ".join(shares)


def _pages(restorer: Restorer, pages: Sequence[tuple[str, Lines]], regime: Regime, *, confidences: bool) -> str:
    """Return WER of the odd pages, the even pages and all, then CER, words mended and words harmed."""
    odd, even, every = Errors(), Errors(), Errors()
    mended = harmed = 0
    for index, (truth, lines) in enumerate(pages):
        better = restore_page(restorer, lines, regime, confidences=confidences)
        for errors in (even if index % 2 else odd, every):
            errors.add(truth, better)
        good, bad = mended_and_harmed(truth, plain(lines), better)
        mended, harmed = mended + good, harmed + bad
    return f"{odd.wer:.4f} {even.wer:.4f} {every.wer:.4f}, {every.cer:.4f}, {mended}, {harmed}"


def measure(restorer: Restorer, args: argparse.Namespace) -> dict[str, str]:
    """Return the measures of one restorer.

    Args:
        restorer: with or without a judge.
        args: the command line.
    """
    rows: dict[str, str] = {}
    if args.text:
        for path in sorted([*args.text.glob("*.txt"), *args.text.glob("*.txt.xz")]):
            name = path.name.split(".")[0]
            lines = sample_lines(path, args.lines, args.seed)
            rows[f"stripped {name}: right"] = _stripped(restorer, lines)
            for typed in ("auto", "vie"):
                changed, total = measure_clean(restorer, lines, "auto" if typed == "auto" else "vie")
                rows[f"clean {name} as {typed}: tokens changed"] = f"{changed}/{total} = {changed / total:.5%}"
    if args.pages:
        pages = load_pages(args.pages)
        for language in ("eng", "vie"):
            pairs = [("\n".join(page.printed), page.readings[language]) for page in pages]
            regime: Regime = "eng" if language == "eng" else "vie"
            name = f"rendered {language}: WER, CER, mended, harmed"
            rows[name] = _pages(restorer, pairs, regime, confidences=language == "vie")
            bins = reliability(restorer, pairs, regime)
            rows[f"reliability {language}"] = ", ".join(f"{c:.3f} → {good:.3f} ({count})" for c, good, count in bins)
    if args.scans:
        scans = [scan for scan in read_scans(args.scans, args.scans_cache) if scan[1] != "page1"]
        for language in ("eng", "vie"):
            pairs = [(gold, page.readings[language]) for _, _, gold, page in scans]
            name = f"scans' bodies {language}: WER, CER, mended, harmed"
            rows[name] = _pages(restorer, pairs, "auto", confidences=True)
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, help="folder of *.txt or *.txt.xz with held-out lines")
    parser.add_argument("--pages", type=Path, help="held-out pages written by training of the restoration")
    parser.add_argument("--scans", type=Path, help="folder of scans with gold text")
    parser.add_argument("--scans-cache", type=Path, help="file that keeps what the engine read")
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="folder of the rescorer's weights")
    parser.add_argument("--lines", type=int, default=1500, help="held-out lines of each source")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the measures here")
    args = parser.parse_args()
    start = time.perf_counter()
    rescorer = Rescorer.load(args.weights)
    loading, size = time.perf_counter() - start, (args.weights / FILE).stat().st_size
    table: dict[str, list[str]] = {"rescorer: s to load, MB": [f"{loading:.3f}", f"{size / 1e6:.2f}"]}
    rescorer.judge(["và", "các"], [True, False], {1: ["các", "cạc"]})
    if args.text:
        vocabulary = load_model(RESTORATION).vocabulary
        for path in sorted([*args.text.glob("*.txt"), *args.text.glob("*.txt.xz")]):
            lines = sample_lines(path, args.lines, args.seed)
            name = path.name.split(".")[0]
            table[f"stripped {name}: rescorer alone"] = [f"{stripped_alone(rescorer, vocabulary, lines):.5f}"]
    timed = TimedJudge(rescorer)
    for judge in (None, timed):
        for name, value in measure(Restorer.load(judge=judge), args).items():
            table.setdefault(name, []).append(value)
    if timed.units:
        table["rescorer: CPU s for 500 units"] = [f"{timed.seconds * 500 / timed.units:.4f}"]
    for name, values in table.items():
        print(f"{name:48s} {'  |  '.join(values)}")
    if args.json:
        args.json.write_text(json.dumps(table, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

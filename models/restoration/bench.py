"""Print every measure of the restoration in one run: ``python -m models.restoration.bench``.

As shipped (with the rescorer) and without it side by side, then plain bigrams and what others have on the same text.
Held-out pages and readings of scans that are not there yet are made and kept, so the second run is quicker.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from models.rescorer import Rescorer
from models.restoration import Restorer
from models.restoration.ablations import Trial, others, variants
from models.restoration.evaluate import (
    READERS,
    Table,
    as_pairs,
    body_pairs,
    cpu_seconds,
    held_out_pages,
    measure_load,
    measure_rendered,
    measure_scans,
    measure_text,
    peak_memory_mb,
    read_scans,
    sample_lines,
    texts_in,
)
from models.restoration.model import load_model
from models.restoration.restorer import SHIPPED
from models.weights import MANIFEST, read_manifest

PAIR, ALONE = "with the rescorer (as shipped)", "without it"
BASELINES = ("n-grams up to 2 (bigram search)", "in haste, as a line that no printer made is read")


def size_mb(folder: Path) -> float:
    """Return the size of the weights in a folder, in MB."""
    return sum((folder / name).stat().st_size for name in (*read_manifest(folder), MANIFEST)) / 1e6


def main() -> None:
    """Print the table of measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, required=True, help="folder of *.txt or *.txt.xz with held-out lines")
    parser.add_argument("--pages", type=Path, required=True, help="held-out pages, drawn from --text where missing")
    parser.add_argument("--draw", type=int, default=10, help="pages that are drawn where their file is missing")
    parser.add_argument("--scans", type=Path, help="folder of scans with gold text")
    parser.add_argument("--scans-cache", type=Path, help="file that keeps what the engine read")
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="folder of weights (default: those shipped)")
    parser.add_argument("--lines", type=int, default=400, help="held-out lines of each source")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the measures here")
    args = parser.parse_args()
    table = Table((PAIR, ALONE))
    model = load_model(args.weights)
    restorers: dict[str, Restorer] = {}

    def load_pair() -> None:
        restorers[PAIR] = Restorer.load(args.weights, judge=Rescorer.load())

    loading = cpu_seconds(load_pair)
    table.add(PAIR, "loading, cpu s", f"{loading:.3f}")
    table.add(ALONE, "loading, cpu s", f"{cpu_seconds(lambda: Restorer.load(args.weights)):.3f}")
    rescorer = size_mb(Path(__file__).parents[1] / "rescorer" / "weights")
    table.add(PAIR, "files, MB", f"{size_mb(args.weights) + rescorer:.1f}")
    table.add(ALONE, "files, MB", f"{size_mb(args.weights):.1f}")
    restorers[ALONE] = Restorer(model)
    start = time.process_time()
    pages = held_out_pages(args.pages, args.text, count=args.draw, seed=args.seed)
    scans = read_scans(args.scans, args.scans_cache) if args.scans else []
    lines = {path.name.split(".")[0]: sample_lines(path, args.lines, args.seed) for path in texts_in(args.text)}
    print(f"{len(pages)} pages, {len(scans)} pages of scans ({time.process_time() - start:.0f} cpu s)", flush=True)
    for name, restorer in restorers.items():
        # compiles the inner loops where that was never done
        restorer.restore_text("Ké hoach s6 207", regime="eng")
        measure_text(table, name, restorer, lines)
        measure_rendered(table, name, restorer, pages)
        measure_scans(table, name, restorer, scans)
        measure_load(table, name, restorer)
    table.add(PAIR, "peak memory of this whole run, MB", f"{peak_memory_mb():.0f}")
    print(table.as_markdown())
    restorers |= {name: restorer for name, restorer, _ in variants(model) if name in BASELINES}
    few = {name: some[:200] for name, some in lines.items()}
    trial = Trial(
        few,
        {language: as_pairs(pages, language) for language in READERS} if pages else {},
        {language: body_pairs(scans, language) for language in READERS} if scans else {},
    )
    print("\nOthers, on 200 lines of each source (syllables right) and all pages (WER):\n")
    print("| who | " + " | ".join(trial.columns()) + " |\n|" + "---|" * (len(trial.columns()) + 1), flush=True)
    rows = {name: trial.of_restorer(restorer) for name, restorer in restorers.items()}
    rows |= {name: trial.of_text(mend) for name, mend in others()}
    for name, row in rows.items():
        print(f"| {name} | " + " | ".join(f"{value:.4f}" for value in row) + " |")
    print(f"\n{time.process_time():.0f} cpu s without the engine's", flush=True)
    if args.json:
        measured = {
            "measures": table.rows,
            "others": {name: dict(zip(trial.columns(), row, strict=True)) for name, row in rows.items()},
        }
        args.json.write_text(json.dumps(measured, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Measure the restoration: ``python -m models.restoration.evaluate``."""

from __future__ import annotations

import argparse
import itertools
import json
import random
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from rapidfuzz.distance import Levenshtein

from models.restoration import Restorer
from models.restoration.metrics import Errors, comparable, mended_and_harmed, right_words
from models.restoration.model import load_model
from models.restoration.pages import ReadPage, load_pages, read_picture
from models.restoration.restorer import SHIPPED
from models.restoration.split import read_lines
from models.restoration.syllables import strip_marks
from models.restoration.tokens import Regime
from models.restoration.units import split_units

Lines = Sequence[Sequence[tuple[str, float]]]
READERS: tuple[Literal["eng", "vie"], ...] = ("eng", "vie")
TYPED: tuple[Literal["auto", "vie"], ...] = ("auto", "vie")


def sample_lines(path: Path, count: int, seed: int) -> list[str]:
    """Return held-out lines of a text, chosen by a seed."""
    lines = [line for line in read_lines(path, held_out=True) if len(line) > 30]
    random.Random(seed).shuffle(lines)
    return lines[:count]


def syllables_right(truth: Iterable[str], restored: Iterable[str]) -> tuple[int, int]:
    """Return how many runs of letters are right after aligning each line, and how many there are."""
    right = total = 0
    for a, b in zip(truth, restored, strict=True):
        words = [u for u in split_units(comparable(a)) if u[0].isalpha()]
        others = [u for u in split_units(comparable(b)) if u[0].isalpha()]
        total += len(words)
        right += sum(right_words(words, others))
    return right, total


def measure_stripped(restorer: Restorer, lines: list[str]) -> float:
    """Return the share of syllables right after all marks were taken away and restored."""
    restored = restorer.restore_text("\n".join(strip_marks(line) for line in lines)).split("\n")
    right, total = syllables_right(lines, restored)
    return right / max(total, 1)


def measure_clean(restorer: Restorer, lines: list[str], regime: Regime) -> tuple[int, int]:
    """Return how many tokens of right text were changed, and how many there are."""
    changed = total = 0
    results = restorer.restore_lines([line.split() for line in lines], regime=regime)
    for line, restored in zip(lines, results, strict=True):
        tokens = line.split()
        total += len(tokens)
        changed += Levenshtein.distance(tokens, [token.text for token in restored.tokens])
    return changed, total


def restore_page(restorer: Restorer, lines: Lines, regime: Regime, *, confidences: bool) -> str:
    """Return the restored text of a page that an engine read."""
    restored = restorer.restore_lines(
        [[text for text, _ in line] for line in lines],
        [[sure for _, sure in line] for line in lines] if confidences else None,
        regime=regime,
    )
    return "\n".join(" ".join(token.text for token in line.tokens) for line in restored)


def plain(lines: Lines) -> str:
    """Return the text of a page as it was read."""
    return "\n".join(" ".join(text for text, _ in line) for line in lines)


def measure_pages(
    restorer: Restorer, pages: Sequence[tuple[str, Lines]], regime: Regime, *, confidences: bool
) -> tuple[Errors, Errors, int, int]:
    """Return the errors before and after restoration, and the words mended and harmed."""
    before, after, mended, harmed = Errors(), Errors(), 0, 0
    for truth, lines in pages:
        raw, better = plain(lines), restore_page(restorer, lines, regime, confidences=confidences)
        before.add(truth, raw)
        after.add(truth, better)
        good, bad = mended_and_harmed(truth, raw, better)
        mended += good
        harmed += bad
    return before, after, mended, harmed


def reliability(
    restorer: Restorer, pages: Sequence[tuple[str, Lines]], regime: Regime
) -> list[tuple[float, float, int]]:
    """Return (mean confidence, share right, tokens) for bins of confidence."""
    edges = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.01)
    bins: list[list[tuple[float, bool]]] = [[] for _ in edges[1:]]
    for truth, lines in pages:
        restored = restorer.restore_lines(
            [[t for t, _ in line] for line in lines], [[c for _, c in line] for line in lines], regime=regime
        )
        tokens = [token for line in restored for token in line.tokens]
        right = right_words(comparable(truth).split(), [comparable(token.text) for token in tokens])
        for token, good in zip(tokens, right, strict=True):
            place = next(k for k in range(len(bins)) if token.confidence < edges[k + 1])
            bins[place].append((token.confidence, good))
    return [(sum(c for c, _ in b) / len(b), sum(g for _, g in b) / len(b), len(b)) for b in bins if b]


def read_scans(folder: Path, cache: Path | None) -> list[tuple[str, str, str, ReadPage]]:
    """Read the scans that have gold text with every language.

    Args:
        folder: one folder for each document with ``source.pdf`` and ``page<k>.gold.txt``.
        cache: file that keeps the readings, made where it is missing.
    Returns:
        (document, page name, gold text, readings).
    """
    if cache is not None and cache.exists():
        raw = json.loads(cache.read_text(encoding="utf-8"))
    else:
        import pypdfium2 as pdfium

        raw = []
        for document in sorted(folder.iterdir()):
            golds = sorted(document.glob("page*.gold.txt"), key=lambda p: int(p.name[4:].split(".")[0]))
            if not golds:
                continue
            pdf = pdfium.PdfDocument(document / "source.pdf")
            for gold in golds:
                picture = pdf[int(gold.name[4:].split(".")[0]) - 1].render(scale=300 / 72).to_pil().convert("L")
                readings = {language: read_picture(picture, language, 300, 3) for language in ("eng", "vie")}
                raw.append([document.name, gold.name.split(".")[0], readings])
        if cache is not None:
            cache.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    return [
        (document, page, (folder / document / f"{page}.gold.txt").read_text(encoding="utf-8"), ReadPage((), readings))
        for document, page, readings in raw
    ]


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the processor time of a piece of work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print the table of measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, help="folder of *.txt or *.txt.xz with held-out lines")
    parser.add_argument("--pages", type=Path, help="held-out pages written by training (JSON lines)")
    parser.add_argument("--scans", type=Path, help="folder of scans with gold text")
    parser.add_argument("--scans-cache", type=Path, help="file that keeps what the engine read")
    parser.add_argument("--weights", type=Path, help="folder of weights (default: those shipped)")
    parser.add_argument("--lines", type=int, default=1500, help="held-out lines of each source")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--order", type=int, default=4, choices=(2, 3, 4), help="use the n-grams up to this order")
    parser.add_argument("--json", type=Path, help="write the measures here")
    args = parser.parse_args()
    start = time.perf_counter()
    restorer = Restorer.load(args.weights)
    loading_s = time.perf_counter() - start
    if args.order < 4:
        model = load_model(args.weights or SHIPPED)
        restorer = Restorer(replace(model, language=model.language.cut(args.order)))
    restorer.restore_text("Ké hoach s6 207", regime="eng")
    rows: dict[str, object] = {"loading_s": round(loading_s, 3)}

    def show(name: str, value: object) -> None:
        rows[name] = value
        print(f"{name:44s} {value}", flush=True)

    show("loading_s", round(loading_s, 3))
    if args.text:
        for path in sorted([*args.text.glob("*.txt"), *args.text.glob("*.txt.xz")]):
            name = path.name.split(".")[0]
            lines = sample_lines(path, args.lines, args.seed)
            show(f"stripped {name}: syllables right", round(measure_stripped(restorer, lines), 5))
            for regime in TYPED:
                changed, total = measure_clean(restorer, lines, regime)
                show(f"clean {name} as {regime}: tokens changed", f"{changed}/{total} = {changed / total:.5%}")
    if args.pages:
        pages = load_pages(args.pages)
        for language in READERS:
            pairs = [("\n".join(page.printed), page.readings[language]) for page in pages]
            before, after, mended, harmed = measure_pages(restorer, pairs, language, confidences=language == "vie")
            show(f"rendered {language}: WER, CER before", f"{before.wer:.4f} {before.cer:.4f}")
            show(f"rendered {language}: WER, CER after", f"{after.wer:.4f} {after.cer:.4f}")
            show(f"rendered {language}: mended, harmed", f"{mended} {harmed}")
            for sure, right, count in reliability(restorer, pairs, language):
                show(f"reliability {language} at {sure:.3f}", f"{right:.3f} of {count}")
        garbled = pages[0].readings["eng"]
        words = sum(len(line) for line in garbled)
        seconds = cpu_seconds(lambda: restore_page(restorer, garbled, "eng", confidences=False))
        show("cpu s for 500 tokens, garbled", round(seconds * 500 / words, 3))
        clean = [list(line.split()) for line in pages[0].printed]
        words = sum(len(line) for line in clean)
        show("cpu s for 500 tokens, clean", round(cpu_seconds(lambda: restorer.restore_lines(clean)) * 500 / words, 4))
    if args.scans:
        scans = read_scans(args.scans, args.scans_cache)
        for language in READERS:
            for kind, chosen in (("body", [s for s in scans if s[1] != "page1"]), ("all", scans)):
                before, after, mended, harmed = measure_pages(
                    restorer,
                    [(gold, page.readings[language]) for _, _, gold, page in chosen],
                    "auto",
                    confidences=True,
                )
                show(f"scans {language} {kind}: WER, CER before", f"{before.wer:.4f} {before.cer:.4f}")
                show(f"scans {language} {kind}: WER, CER after", f"{after.wer:.4f} {after.cer:.4f}")
                show(f"scans {language} {kind}: mended, harmed", f"{mended} {harmed}")
            for document, group in itertools.groupby(scans, key=lambda s: s[0]):
                before, after, mended, harmed = measure_pages(
                    restorer, [(gold, page.readings[language]) for _, _, gold, page in group], "auto", confidences=True
                )
                value = f"{before.wer:.4f} -> {after.wer:.4f}, mended {mended}, harmed {harmed}"
                show(f"  {document} {language}", value)
    show("peak memory MB", round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
    if args.json:
        args.json.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

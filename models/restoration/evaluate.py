"""How the restoration is measured: on held-out text, rendered pages and scans.

``python -m models.restoration.bench`` prints all measures in one run; ``python -m models.restoration.ablations`` what
each part of the restoration is worth.
"""

from __future__ import annotations

import itertools
import json
import random
import resource
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from rapidfuzz.distance import Levenshtein

from models.restoration import Restorer
from models.restoration.metrics import Errors, comparable, mended_and_harmed, right_words
from models.restoration.pages import ReadPage, load_pages, make_pages, read_picture
from models.restoration.split import held_out_lines
from models.restoration.syllables import strip_marks
from models.restoration.tokens import Regime, RestoredLine
from models.restoration.train import DEFAULT, endless_lines
from models.restoration.units import split_units

Lines = Sequence[Sequence[tuple[str, float]]]
Scan = tuple[str, str, str, ReadPage]
"""Document, name of the page, gold text, readings."""
READERS: tuple[Literal["eng", "vie"], ...] = ("eng", "vie")
TYPED: tuple[Literal["auto", "vie"], ...] = ("auto", "vie")


def sample_lines(path: Path, count: int, seed: int) -> list[str]:
    """Return held-out lines of a text, chosen by a seed."""
    lines = [line for line in held_out_lines(path) if len(line) > 30]
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


def pair_with_truth(truth: str, restored: Sequence[RestoredLine]) -> list[tuple[float, bool]]:
    """Return the confidence in each token of a text and whether it is right."""
    tokens = [token for line in restored for token in line.tokens]
    right = right_words(comparable(truth).split(), [comparable(token.text) for token in tokens])
    return [(token.confidence, good) for token, good in zip(tokens, right, strict=True)]


def binned(texts: Iterable[Sequence[tuple[float, bool]]]) -> list[tuple[float, float, int]]:
    """Return (mean confidence, share right, tokens) for bins of confidence.

    Args:
        texts: confidence in each token of some texts and whether it is right.
    """
    edges = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.01)
    bins: list[list[tuple[float, bool]]] = [[] for _ in edges[1:]]
    for sure, good in itertools.chain.from_iterable(texts):
        bins[next(k for k in range(len(bins)) if sure < edges[k + 1])].append((sure, good))
    return [(sum(c for c, _ in b) / len(b), sum(g for _, g in b) / len(b), len(b)) for b in bins if b]


def reliability(
    restorer: Restorer, pages: Sequence[tuple[str, Lines]], regime: Regime
) -> list[tuple[float, float, int]]:
    """Return (mean confidence, share right, tokens) for bins of confidence of pages that an engine read."""
    return binned(
        pair_with_truth(
            truth,
            restorer.restore_lines(
                [[t for t, _ in line] for line in lines], [[c for _, c in line] for line in lines], regime=regime
            ),
        )
        for truth, lines in pages
    )


def read_scans(folder: Path, cache: Path | None) -> list[Scan]:
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


def held_out_pages(path: Path, text: Path | None, *, count: int, seed: int) -> list[ReadPage]:
    """Return pages of held-out text that an engine read; where the file is missing they are drawn and kept there.

    Args:
        path: file of pages (JSON lines).
        text: folder of the text from which missing pages are drawn.
        count: pages that are drawn.
        seed: seed of everything random.
    """
    if not path.exists() and text is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        make_pages(endless_lines(texts_in(text), DEFAULT, held_out=True, seed=seed), count, seed, unfinished)
        unfinished.rename(path)
    return load_pages(path) if path.exists() else []


def texts_in(folder: Path) -> list[Path]:
    """Return the text files of a folder."""
    return sorted([*folder.glob("*.txt"), *folder.glob("*.txt.xz")])


def as_pairs(pages: Sequence[ReadPage], language: str) -> list[tuple[str, Lines]]:
    """Return what was printed on each page with what was read of it in one language."""
    return [("\n".join(page.printed), page.readings[language]) for page in pages]


def body_pairs(scans: Sequence[Scan], language: str) -> list[tuple[str, Lines]]:
    """Return the gold text of each page after a document's first with what was read of it in one language."""
    return [(gold, page.readings[language]) for _, name, gold, page in scans if name != "page1"]


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the processor time of a piece of work."""
    start = time.process_time()
    work()
    return time.process_time() - start


class Table:
    """Measures of several restorers side by side, printed as they come."""

    def __init__(self, columns: Sequence[str]) -> None:
        """Start an empty table.

        Args:
            columns: names of the restorers.
        """
        self.columns = tuple(columns)
        self.rows: dict[str, dict[str, str]] = {}

    def add(self, column: str, name: str, value: str) -> None:
        """Keep and print one measure of one restorer."""
        self.rows.setdefault(name, {})[column] = value
        print(f"{column:32s} {name:56s} {value}", flush=True)

    def as_markdown(self) -> str:
        """Return the table in Markdown, a dash where a restorer was not measured."""
        lines = ["| measure | " + " | ".join(self.columns) + " |", "|" + "---|" * (len(self.columns) + 1)]
        for name, values in self.rows.items():
            lines.append(f"| {name} | " + " | ".join(values.get(column, "–") for column in self.columns) + " |")
        return "\n".join(lines)

    def add_pages(
        self, column: str, name: str, restorer: Restorer, pages: Sequence[tuple[str, Lines]], regime: Regime
    ) -> None:
        """Measure pages with the engine's confidences; nothing is added where there are none."""
        if not pages:
            return
        before, after, mended, harmed = measure_pages(restorer, pages, regime, confidences=True)
        self.add(column, f"{name}: WER, CER before", f"{before.wer:.4f} {before.cer:.4f}")
        self.add(column, f"{name}: WER, CER after", f"{after.wer:.4f} {after.cer:.4f}")
        self.add(column, f"{name}: WER after, in place", f"{after.wer_in_place:.4f}")
        self.add(column, f"{name}: words mended, harmed", f"{mended} {harmed}")
        self.add(column, f"{name}: share of the errors gone", f"{1 - after.word_edits / max(before.word_edits, 1):.3f}")

    def add_reliability(self, column: str, name: str, bins: Sequence[tuple[float, float, int]]) -> None:
        """Add what share of the tokens is right, by their mean confidence."""
        told = ", ".join(f"{sure:.3f} → {right:.3f} ({count})" for sure, right, count in bins)
        self.add(column, f"reliability {name}: confidence → right (tokens)", told)


def measure_text(table: Table, column: str, restorer: Restorer, sources: Mapping[str, list[str]]) -> None:
    """Measure stripped and clean lines.

    Args:
        table: takes the measures.
        column: the restorer's name.
        restorer: what is measured.
        sources: right lines by the name of their source.
    """
    for name, lines in sources.items():
        table.add(column, f"stripped {name}: syllables right", f"{measure_stripped(restorer, lines):.5f}")
        for regime in TYPED:
            changed, total = measure_clean(restorer, lines, regime)
            share = changed / max(total, 1)
            table.add(column, f"clean {name} as {regime}: tokens changed", f"{changed}/{total} = {share:.5%}")
    every = [line for lines in sources.values() for line in lines]
    if every:
        clean = restorer.restore_lines([line.split() for line in every])
        table.add_reliability(
            column, "clean", binned(pair_with_truth(line, [done]) for line, done in zip(every, clean, strict=True))
        )
        bare = restorer.restore_lines([strip_marks(line).split() for line in every])
        table.add_reliability(
            column, "stripped", binned(pair_with_truth(line, [done]) for line, done in zip(every, bare, strict=True))
        )


def measure_rendered(table: Table, column: str, restorer: Restorer, pages: Sequence[ReadPage]) -> None:
    """Measure rendered pages, how far confidences can be believed, and the time that pages take."""
    if not pages:
        return
    for language in READERS:
        pairs = as_pairs(pages, language)
        table.add_pages(column, f"rendered {language}", restorer, pairs, language)
        table.add_reliability(column, f"rendered {language}", reliability(restorer, pairs, language))
    times = []
    for page in pages:
        garbled = page.readings["eng"]
        words = sum(len(line) for line in garbled)
        seconds = cpu_seconds(lambda lines=garbled: restore_page(restorer, lines, "eng", confidences=False))  # type: ignore[misc]
        times.append((seconds, words))
    whole = sum(seconds for seconds, _ in times) * 500 / max(sum(words for _, words in times), 1)
    table.add(column, "cpu s for 500 tokens, garbled, on average", f"{whole:.3f}")
    slowest = max(seconds * 500 / max(words, 1) for seconds, words in times)
    table.add(column, "cpu s for 500 tokens, garbled, slowest page", f"{slowest:.3f}")
    clean = [list(line.split()) for page in pages for line in page.printed]
    seconds = cpu_seconds(lambda: restorer.restore_lines(clean, regime="auto"))
    table.add(column, "cpu s for 500 tokens, clean", f"{seconds * 500 / max(sum(map(len, clean)), 1):.4f}")


def measure_scans(table: Table, column: str, restorer: Restorer, scans: Sequence[Scan]) -> None:
    """Measure the readings of scans: bodies, all pages, and each document."""
    for language in READERS:
        bodies = body_pairs(scans, language)
        table.add_pages(column, f"scans {language} body", restorer, bodies, "auto")
        if bodies:
            table.add_reliability(column, f"scans {language} body", reliability(restorer, bodies, "auto"))
        for document, group in itertools.groupby(scans, key=lambda scan: scan[0]):
            pairs = [(gold, page.readings[language]) for _, _, gold, page in group]
            before, after, mended, harmed = measure_pages(restorer, pairs, "auto", confidences=True)
            value = f"{before.wer:.4f} → {after.wer:.4f} ({after.wer_in_place:.4f} in place)"
            value += f", {mended} mended, {harmed} harmed"
            table.add(column, f"scan {document} {language}: WER", value)


def peak_memory_mb() -> float:
    """Return the most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_load(table: Table, column: str, restorer: Restorer) -> None:
    """Measure a long line and the memory that a long text takes."""
    garbled = "Ké hoach s6 207 cia Uy ban nhan dan tinh vé phong trao thi dua yéu nuéc. "
    right = "Kế hoạch số 207 của Ủy ban nhân dân tỉnh về phong trào thi đua yêu nước. "
    for name, line, size in (("1 MB, garbled", garbled, 1_000_000), ("1 MB, clean", right, 1_000_000)):
        text = line * (size // len(line.encode()))
        seconds = cpu_seconds(lambda text=text: restorer.restore_text(text))  # type: ignore[misc]
        table.add(column, f"cpu s for one line of {name}", f"{seconds:.2f}")
    for size_mb in (1, 8):
        before = peak_memory_mb()
        stream = itertools.repeat(right, size_mb * 1_000_000 // len(right.encode()))
        for _ in restorer.restore_stream(stream):
            pass
        table.add(column, f"memory grown by a stream of {size_mb} MB, MB", f"{peak_memory_mb() - before:.0f}")

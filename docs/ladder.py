"""Reads the degradation ladder with plain Tesseract and with Sohoa, and writes its table and curves into docs/.

.venv/bin/python -m corpus.ladder build/ladder
.venv/bin/python docs/ladder.py build/ladder docs/accuracy/ladder.md docs/ladder.svg

What was read stands in build/ladder/read.json and is not read again; building the ladder anew removes it.
"""

import math
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import matplotlib
import msgspec
import numpy as np
import pypdfium2
import pytesseract
from matplotlib import pyplot
from PIL import Image

from corpus.ladder import SPOILINGS
from corpus.text_metrics import TextScore, score_page
from pipeline.evaluation import GoldDocument, find_gold
from pipeline.options import load_options
from pipeline.runner import run_batch

COLUMNS = 5
TOP = 1.0
SHOWN = ("curl/3", "keystone-dark-table/3", "bleed-through/3", "stamps/2")
SHOWN_DPI = 36
Scores = Mapping[str, tuple[TextScore, TextScore]]


def read_plainly(gold: GoldDocument) -> TextScore:
    """What `tesseract -l vie --psm 3` makes of the pictures as they are."""
    total = TextScore()
    with pypdfium2.PdfDocument(gold.original) as pdf:
        for number, printed in gold.pages.items():
            page = pdf[number - 1]
            (picture,) = [found for found in page.get_objects() if isinstance(found, pypdfium2.PdfImage)]
            image = picture.get_bitmap().to_pil()
            dpi = round(image.width / page.get_width() * 72)
            read = pytesseract.image_to_string(image, lang="vie", config=f"--psm 3 --dpi {dpi}")
            total += score_page(read, printed)
    return total


def read_all(golds: Iterable[GoldDocument], kept: Path) -> dict[str, tuple[TextScore, TextScore]]:
    """Errors of plain Tesseract and of Sohoa, by the name of the rung; `kept` holds those that are known."""
    found: dict[str, tuple[TextScore, TextScore]] = {}
    if kept.exists():
        found = msgspec.json.decode(kept.read_bytes(), type=dict[str, tuple[TextScore, TextScore]])
    by_path = {gold.original: gold for gold in golds if gold.name not in found}
    for outcome in run_batch(list(by_path), load_options(None, ["runner.jobs=1"])):
        gold = by_path[outcome.path]
        pages = outcome.document.pages if outcome.document is not None else ()
        texts = {page.number: page.text() for page in pages}
        ours = sum((score_page(texts.get(number, ""), text) for number, text in gold.pages.items()), TextScore())
        found[gold.name] = (read_plainly(gold), ours)
        kept.write_bytes(msgspec.json.encode(found))
    return found


def write_table(scores: Scores, path: Path) -> None:
    """Rows of spoilings: strengths, and CER before and after for each."""
    lines = [
        "# The degradation ladder",
        "",
        "Made with `make ladder`: three of our own sample pages (a first page, a table, a foot with seal) at 200 dpi,",
        "unspoilt and spoilt in one way at a time. Characters wrong (CER): plain Tesseract (`-l vie --psm 3`) → Sohoa,",
        "the same pictures in the same run.",
        "",
        "![Curves of the table below](../ladder.svg)",
        "",
        "| spoiling | strengths | mild | middle | strong |",
        "| --- | --- | --- | --- | --- |",
    ]
    plain, ours = scores["none/0"]
    lines.append(f"| none | | {100 * plain.cer:.1f} → {100 * ours.cer:.1f} % | | |")
    for name, spoiling in SPOILINGS.items():
        strengths = ", ".join(f"{strength:g}" for strength in spoiling.strengths)
        cells = [scores[f"{name}/{rung}"] for rung in (1, 2, 3)]
        rates = " | ".join(f"{100 * plain.cer:.1f} → {100 * ours.cer:.1f} %" for plain, ours in cells)
        lines.append(f"| {name} | {strengths} {spoiling.unit} | {rates} |")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def draw_curves(scores: Scores, path: Path) -> None:
    """One small plot for each spoiling: CER against strength, before grey, after blue."""
    rows = math.ceil(len(SPOILINGS) / COLUMNS)
    figure, axes = pyplot.subplots(rows, COLUMNS, figsize=(2.3 * COLUMNS, 1.9 * rows), sharey=True)
    for axis, (name, spoiling) in zip(np.ravel(axes), SPOILINGS.items(), strict=False):
        rungs = [scores["none/0"], *(scores[f"{name}/{rung}"] for rung in (1, 2, 3))]
        labels = ["0", *(f"{strength:g}" for strength in spoiling.strengths)]
        axis.plot(labels, [min(plain.cer, TOP) for plain, _ in rungs], color="#8c959f", marker="o", markersize=3)
        axis.plot(labels, [min(ours.cer, TOP) for _, ours in rungs], color="#1f6feb", marker="o", markersize=3)
        axis.set_title(name, fontsize=8)
        axis.set_xlabel(spoiling.unit, fontsize=7)
        axis.tick_params(labelsize=7)
        axis.set_yscale("symlog", linthresh=0.01)
        axis.set_ylim(0, TOP)
        axis.set_yticks([0, 0.01, 0.1, 1.0], ["0", "1 %", "10 %", "100 %"])
        axis.grid(alpha=0.3)
    for axis in np.ravel(axes)[len(SPOILINGS) :]:
        axis.axis("off")
    figure.suptitle("Characters wrong: plain Tesseract (grey) and Sohoa (blue)", fontsize=9)
    figure.tight_layout()
    matplotlib.rcParams["svg.hashsalt"] = "ladder"
    figure.savefig(path, metadata={"Date": None})


def draw_pages(folder: Path, path: Path) -> None:
    """The first pages of some rungs beside each other, small."""
    pages = []
    for name in SHOWN:
        with pypdfium2.PdfDocument(folder / name / "source.pdf") as pdf:
            pages.append(pdf[0].render(scale=SHOWN_DPI / 72).to_pil().convert("L"))
    sheet = Image.new("L", (sum(page.width + 8 for page in pages), max(page.height for page in pages)), 255)
    left = 0
    for page in pages:
        sheet.paste(page, (left, 0))
        left += page.width + 8
    sheet.save(path, optimize=True)


def main() -> None:
    """Read the ladder that was built into the folder, write table and picture."""
    folder, table, picture = (Path(argument) for argument in sys.argv[1:4])
    scores = read_all(find_gold(folder), folder / "read.json")
    write_table(scores, table)
    draw_curves(scores, picture)
    draw_pages(folder, picture.with_name("ladder-pages.png"))


if __name__ == "__main__":
    main()

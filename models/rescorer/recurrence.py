"""The recurrence of the rescorer's network: running means with a gate for each number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.restoration.compiled import compiled

Floats = npt.NDArray[np.float32]


@compiled
def run_forward(mixed: Floats, x: Floats, step: int) -> tuple[Floats, Floats]:
    """Run one layer: c[t] = f c[t - step] + (1 - f) z and h = x + o (c - x), from c = 0.

    The gates are 0.5 (1 + a / (1 + |a|)), which is cheaper than the logistic function.

    Args:
        mixed: z and what the gates f and o are made of, side by side, shape (time, batch, 3 width).
        x: what the layer is given, shape (time, batch, width).
        step: 1 to run ahead, -1 to run back.
    Returns:
        h and c, shape (time, batch, width).
    Source:
        Simple recurrent units (Lei and others, 2018), with other gates.
    """
    time, batch, width = x.shape
    shown, states = np.empty_like(x), np.empty_like(x)
    one, half = np.float32(1), np.float32(0.5)
    zeros = np.zeros((batch, width), dtype=np.float32)
    for k in range(time):
        t = k if step > 0 else time - 1 - k
        before = zeros if k == 0 else states[t - step]
        for b in range(batch):
            for d in range(width):
                a = mixed[t, b, width + d]
                f = half * (one + a / (one + abs(a)))
                a = mixed[t, b, 2 * width + d]
                o = half * (one + a / (one + abs(a)))
                c = mixed[t, b, d] + f * (before[b, d] - mixed[t, b, d])
                states[t, b, d] = c
                shown[t, b, d] = x[t, b, d] + o * (c - x[t, b, d])
    return shown, states


@compiled
def run_backward(mixed: Floats, x: Floats, states: Floats, slope: Floats, step: int) -> tuple[Floats, Floats]:
    """Return the gradients of ``mixed`` and ``x`` for the gradient of what ``run_forward`` shows."""
    time, batch, width = x.shape
    d_mixed, d_x = np.empty_like(mixed), np.empty_like(x)
    one, half = np.float32(1), np.float32(0.5)
    zeros = np.zeros((batch, width), dtype=np.float32)
    carried = np.zeros((batch, width), dtype=np.float32)
    for k in range(time - 1, -1, -1):
        t = k if step > 0 else time - 1 - k
        before = zeros if k == 0 else states[t - step]
        for b in range(batch):
            for d in range(width):
                a = mixed[t, b, width + d]
                rest = one / (one + abs(a))
                f, d_f = half * (one + a * rest), half * rest * rest
                a = mixed[t, b, 2 * width + d]
                rest = one / (one + abs(a))
                o, d_o = half * (one + a * rest), half * rest * rest
                g = slope[t, b, d]
                total = g * o + carried[b, d]
                d_x[t, b, d] = g * (one - o)
                d_mixed[t, b, 2 * width + d] = g * (states[t, b, d] - x[t, b, d]) * d_o
                d_mixed[t, b, width + d] = total * (before[b, d] - mixed[t, b, d]) * d_f
                d_mixed[t, b, d] = total * (one - f)
                carried[b, d] = total * f
    return d_mixed, d_x

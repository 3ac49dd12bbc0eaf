"""Scores of a few choices for each row: too few for a matrix product."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.restoration.compiled import compiled

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@compiled
def score_choices(hidden: Floats, table: Floats, offsets: Ints, choices: Ints) -> Floats:
    """Return the products of each row of ``hidden`` with its own choice of rows of ``table``.

    Args:
        hidden: shape (rows, width).
        table: shape (words, width).
        offsets: first choice of each row, shape (rows + 1,).
        choices: row numbers of ``table``.
    """
    scores = np.empty(len(choices), dtype=np.float32)
    for row in range(len(hidden)):
        for k in range(offsets[row], offsets[row + 1]):
            scores[k] = np.dot(hidden[row], table[choices[k]])
    return scores


@compiled
def slopes_of_choices(
    hidden: Floats, table: Floats, offsets: Ints, choices: Ints, slope: Floats
) -> tuple[Floats, Floats]:
    """Return the gradients of ``hidden`` and ``table`` for the gradient of the products."""
    d_hidden, d_table = np.zeros_like(hidden), np.zeros_like(table)
    width = hidden.shape[1]
    for row in range(len(hidden)):
        for k in range(offsets[row], offsets[row + 1]):
            word, g = choices[k], slope[k]
            for d in range(width):
                d_hidden[row, d] += g * table[word, d]
                d_table[word, d] += g * hidden[row, d]
    return d_hidden, d_table

"""The units that the rescorer knows, and which of them are alike once their marks are gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.restoration.syllables import strip_marks

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Families:
    """Units grouped by their form without marks.

    Args:
        family: number of the family of each unit, shape (units,).
        offsets: first member of each family, shape (families + 1,).
        members: unit numbers, family by family, shape (units,).
    """

    family: Ints
    offsets: Ints
    members: Ints


def group_units(names: Sequence[str], first_word: int) -> Families:
    """Group units into families; a unit before the first word is a family of its own.

    Args:
        names: names of the units.
        first_word: units from this number on are words.
    """
    number: dict[str, int] = {}
    family = np.zeros(len(names), dtype=np.int64)
    for index, name in enumerate(names):
        form = strip_marks(name) if index >= first_word else f"<{index}>"
        family[index] = number.setdefault(form, len(number))
    members = np.argsort(family, kind="stable").astype(np.int64)
    offsets = np.concatenate(([0], np.cumsum(np.bincount(family, minlength=len(number))))).astype(np.int64)
    return Families(family, offsets, members)

"""The lists of words that tell tasks and subjects, from `data/words.toml`."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pipeline.language.nlp import fold_tones

__all__ = ["folded", "words"]


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, tuple[str, ...]]:
    tables: dict[str, Any] = tomllib.loads(
        files("pipeline.extraction").joinpath("data", "words.toml").read_text("utf-8")
    )
    return {name: tuple(entry) for name, entry in tables.items() if isinstance(entry, list)}


def words(name: str) -> tuple[str, ...]:
    """A list by its name, as written."""
    return _lists()[name]


@lru_cache(maxsize=16)
def folded(name: str) -> frozenset[str]:
    """A list by its name, folded for comparison."""
    return frozenset(fold_tones(word) for word in _lists()[name])

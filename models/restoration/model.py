"""The weights of the restoration as one object, written by training and mapped from disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.restoration.alphabet import Alphabet
from models.restoration.channel import Rules
from models.restoration.language_model import LanguageModel
from models.restoration.trie import Trie, find_masks
from models.weights import WeightsError, load_arrays, write_arrays, write_manifest

CASE_STEP = 0.05
"""Nats between two neighbouring levels of the stored case table."""
LANGUAGE_FILE = "language.bin"
CHANNEL_FILE = "channel.bin"
LEXICON_FILE = "lexicon.bin"
STORED = Trie._fields[:-1]
"""Fields of the tree that are not made anew when it is loaded."""
PARTS = ("unigram", "backoff", "pairs", "longer", "layout")


@dataclass(frozen=True, slots=True)
class Model:
    """Everything learned.

    Args:
        alphabet: characters of the channel.
        vocabulary: names of the units.
        language: the n-gram model.
        case_table: ln P(case | state, unit), shape (states, units, 3).
        trie: printed forms.
        channels: edits of each regime (``eng``, ``vie``, ``stripped``).
        tables: small arrays: calibration of confidences.
    """

    alphabet: Alphabet
    vocabulary: tuple[str, ...]
    language: LanguageModel
    case_table: npt.NDArray[np.float32]
    trie: Trie
    channels: dict[str, Rules]
    tables: dict[str, npt.NDArray[np.float32]]


def _text(array: npt.NDArray[np.uint8]) -> str:
    return bytes(array).decode("utf-8")


def _bytes(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), dtype=np.uint8)


def _trie_of(lexicon: Mapping[str, npt.NDArray[Any]]) -> Trie:
    stored = {field: lexicon[f"trie.{field}"] for field in STORED}
    return Trie(**stored, masks=find_masks(stored["keys"], len(stored["entry_starts"]) - 1))


def save_model(model: Model, folder: Path) -> None:
    """Write a model and its manifest into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_arrays(folder / LANGUAGE_FILE, {part: getattr(model.language, part) for part in PARTS})
    channel: dict[str, npt.NDArray[np.generic]] = {"alphabet": _bytes(model.alphabet.chars)}
    for regime, rules in model.channels.items():
        channel.update({f"{regime}.{field}": getattr(rules, field) for field in Rules._fields})
    channel.update({f"table.{name}": table for name, table in model.tables.items()})
    write_arrays(folder / CHANNEL_FILE, channel)
    levels = np.clip(np.rint(-model.case_table / CASE_STEP), 0, 255).astype(np.uint8)
    lexicon: dict[str, npt.NDArray[np.generic]] = {"vocabulary": _bytes("\n".join(model.vocabulary)), "case": levels}
    lexicon.update({f"trie.{field}": getattr(model.trie, field) for field in STORED})
    write_arrays(folder / LEXICON_FILE, lexicon)
    write_manifest(folder, (LANGUAGE_FILE, CHANNEL_FILE, LEXICON_FILE))


def load_model(folder: Path) -> Model:
    """Map a model from a folder.

    Raises:
        WeightsError: a file is missing, changed or damaged.
    """
    language = load_arrays(folder, LANGUAGE_FILE)
    channel = load_arrays(folder, CHANNEL_FILE)
    lexicon = load_arrays(folder, LEXICON_FILE)
    try:
        regimes = {name.split(".")[0] for name in channel if name.endswith(".keys")}
        return Model(
            alphabet=Alphabet(_text(channel["alphabet"])),
            vocabulary=tuple(_text(lexicon["vocabulary"]).split("\n")),
            language=LanguageModel(**{part: language[part] for part in PARTS}),
            case_table=lexicon["case"].astype(np.float32) * np.float32(-CASE_STEP),
            trie=_trie_of(lexicon),
            channels={
                regime: Rules(*(channel[f"{regime}.{field}"] for field in Rules._fields)) for regime in sorted(regimes)
            },
            tables={name[6:]: np.array(table) for name, table in channel.items() if name.startswith("table.")},
        )
    except KeyError as error:
        raise WeightsError(f"The weights in {folder} lack {error.args[0]}.") from error


def load_config(folder: Path) -> dict[str, object]:
    """Return the configuration that the weights were trained with, empty where none was kept."""
    path = folder / "config.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}

"""The rescorer's network sees all but the word itself; the second opinion changes only what is in doubt."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from models.rescorer import Rescorer
from models.rescorer.batches import Batches
from models.rescorer.choices import score_choices, slopes_of_choices
from models.rescorer.network import Network, narrow
from models.rescorer.recurrence import run_backward, run_forward
from models.rescorer.rescorer import FILE, save_rescorer
from models.rescorer.vocabulary import group_units
from models.restoration.beam import Search
from models.restoration.lattice import Edges
from models.restoration.second_opinion import reconsider
from models.restoration.trie import FIRST_WORD
from models.weights import WeightsError

NAMES = ["<s>", "<unk>", "bàn", "bán", "bạn", "cá", "ca", "đi"]
WIDTH = 6


def _weights(seed: int = 3) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    families = len(group_units(NAMES, 2).offsets) - 1

    def matrix(rows: int, columns: int) -> np.ndarray:
        return rng.normal(0, 0.5, (rows, columns)).astype(np.float32)

    weights = {"bare.weight": matrix(families, WIDTH), "full.weight": matrix(len(NAMES), WIDTH)}
    for number in range(4):
        weights[f"gates.{number}.weight"] = matrix(3 * WIDTH, (2 if number < 2 else 1) * WIDTH)
        weights[f"gates.{number}.bias"] = matrix(1, 3 * WIDTH)[0]
    for name, columns in (("join", 2 * WIDTH), ("out", WIDTH)):
        weights[f"{name}.weight"], weights[f"{name}.bias"] = matrix(WIDTH, columns), matrix(1, WIDTH)[0]
    return weights | {"bias": matrix(1, len(NAMES))[0]}


def test_vocabulary_puts_words_with_the_same_letters_into_one_family() -> None:
    families = group_units(NAMES, 2)
    own = families.family[NAMES.index("bán")]
    members = families.members[families.offsets[own] : families.offsets[own + 1]]
    assert {NAMES[index] for index in members} == {"bàn", "bán", "bạn"}
    assert families.family[0] != families.family[1]


def test_network_asks_the_same_of_a_gap_whatever_stands_in_it() -> None:
    network = Network(_weights(), group_units(NAMES, 2).family)
    units, shown = np.array([0, 2, 5, 7, 3, 6]), np.ones(6, dtype=np.float32)
    gaps = np.arange(6)
    asked = network.asked(units, shown, gaps)
    assert np.allclose(network.asked(units, shown, np.array([4, 1])), asked[[4, 1]], atol=1e-6)
    units[3], shown[3] = 4, 0
    again = network.asked(units, shown, gaps)
    assert np.allclose(asked[3], again[3], atol=1e-6)
    assert not np.allclose(asked[1], again[1], atol=1e-4)
    assert not np.allclose(asked[5], again[5], atol=1e-4)


def test_network_shows_the_marks_of_believed_neighbours_only() -> None:
    network = Network(_weights(), group_units(NAMES, 2).family)
    bare = np.zeros(3, dtype=np.float32)
    asked = [network.asked(np.array([5, other, 7]), bare, np.arange(3)) for other in (2, 3)]
    assert np.allclose(asked[0], asked[1])


def test_network_gives_probabilities_of_the_candidates() -> None:
    network = Network(_weights(), group_units(NAMES, 2).family)
    fits = network.fits(network.asked(np.array([5, 2, 7]), np.ones(3, dtype=np.float32), np.array([1]))[0], [2, 3, 4])
    assert np.exp(fits).sum() == pytest.approx(1.0, abs=1e-5)


def test_recurrence_gradients_agree_with_small_steps() -> None:
    rng = np.random.default_rng(0)
    mixed, x = rng.normal(size=(4, 1, 6)).astype(np.float32), rng.normal(size=(4, 1, 2)).astype(np.float32)
    for step in (1, -1):
        slope = rng.normal(size=x.shape).astype(np.float32)
        d_mixed, d_x = run_backward(mixed, x, run_forward(mixed, x, step)[1], slope, step)
        for array, gradient in ((mixed, d_mixed), (x, d_x)):
            for place in np.ndindex(array.shape):
                sums = []
                for move in (1e-2, -1e-2):
                    moved = array.copy()
                    moved[place] += move
                    given = (moved, x) if array is mixed else (mixed, moved)
                    sums.append(float((run_forward(*given, step)[0] * slope).sum()))
                assert gradient[place] == pytest.approx((sums[0] - sums[1]) / 2e-2, abs=2e-2)


def test_choices_gradients_agree_with_the_products() -> None:
    rng = np.random.default_rng(1)
    hidden, table = rng.normal(size=(2, 3)).astype(np.float32), rng.normal(size=(4, 3)).astype(np.float32)
    offsets, choices = np.array([0, 2, 3]), np.array([1, 3, 0])
    rows = np.array([0, 0, 1])
    assert np.allclose(
        score_choices(hidden, table, offsets, choices), (hidden[rows] * table[choices]).sum(1), atol=1e-5
    )
    slope = np.array([1.0, -2.0, 0.5], dtype=np.float32)
    d_hidden, d_table = slopes_of_choices(hidden, table, offsets, choices, slope)
    assert np.allclose(d_hidden[0], table[1] - 2 * table[3], atol=1e-5)
    assert np.allclose(d_table[0], 0.5 * hidden[1], atol=1e-5)
    assert not d_table[2].any()


def test_batches_spoil_some_words_and_keep_what_is_true() -> None:
    stream = np.tile(np.array([0, 2, 5, 7, 3, 6, 4], dtype=np.uint16), 400)
    families = group_units(NAMES, 2)
    batches = Batches([(stream, 1.0)], families, 2, seed=5)
    true, seen, shown = batches.draw(20, 200)
    following = dict(zip(stream.tolist(), stream[1:].tolist(), strict=False))
    assert all(following[a] == b for column in true.T.tolist() for a, b in itertools.pairwise(column))
    spoiled = (true != seen).mean()
    assert 0.005 < spoiled < 0.1
    assert 0.2 < 1 - shown.mean() < 0.5
    chosen, expected = batches.negatives(10)
    assert (chosen >= 2).all() and (expected <= 0).all()


def test_rescorer_survives_saving_in_8_bits(tmp_path: Path) -> None:
    weights = _weights()
    save_rescorer(tmp_path, NAMES, 2, weights)
    kept, exact = Rescorer.load(tmp_path), Rescorer(NAMES, 2, weights)
    asked = (["cá", "bàn", "đi"], [True, True, True], {1: ["bàn", "bán", "bạn"]})
    assert kept.judge(*asked)[1] == pytest.approx(exact.judge(*asked)[1], abs=0.15)
    assert exact.judge(["cá"], [True], {}) == {}
    strange, *others = exact.judge(["cá", "bạn"], [True, True], {1: ["zoom", "bán", "bạn"]})[1]
    assert math.isnan(strange)
    assert others == exact.judge(["cá", "bạn"], [True, True], {1: ["bán", "bạn"]})[1]
    assert all(array.dtype == np.int8 for array in narrow(weights).values() if array.ndim == 2)


def test_rescorer_refuses_a_file_of_something_else(tmp_path: Path) -> None:
    save_rescorer(tmp_path, NAMES, 2, _weights())
    data = bytearray((tmp_path / FILE).read_bytes())
    data[-1] ^= 1
    (tmp_path / FILE).write_bytes(bytes(data))
    with pytest.raises(WeightsError):
        Rescorer.load(tmp_path)


def test_rescorer_refuses_weights_for_other_words(tmp_path: Path) -> None:
    save_rescorer(tmp_path, [*NAMES, "bản"], 2, _weights())
    with pytest.raises(WeightsError):
        Rescorer.load(tmp_path)


@dataclass
class _Judge:
    """Prefers one word, and remembers what it was asked."""

    liked: str
    strange: str = ""
    asked: list[tuple[list[str], list[bool], dict[int, list[str]]]] = field(default_factory=list)

    def judge(
        self, units: Sequence[str], sure: Sequence[bool], choices: Mapping[int, Sequence[str]]
    ) -> dict[int, list[float]]:
        self.asked.append((list(units), list(sure), {index: list(names) for index, names in choices.items()}))
        marks = {self.liked: -0.01, self.strange: math.nan}
        return {index: [marks.get(name, -4.6) for name in names] for index, names in choices.items()}


def _found() -> tuple[Edges, Search, list[str]]:
    """A text of a sure word and a word in doubt between two readings, on two lines."""
    names = [f"<{number}>" for number in range(FIRST_WORD)] + ["thêm", "bàn", "bán"]
    edges = Edges(
        starts=np.array([0, 5, 5], dtype=np.int32),
        ends=np.array([4, 8, 8], dtype=np.int32),
        entries=np.array([0, 1, 2], dtype=np.int32),
        units=np.array([FIRST_WORD, FIRST_WORD + 1, FIRST_WORD + 2], dtype=np.int32),
        cases=np.zeros(3, dtype=np.int8),
        costs=np.zeros(3, dtype=np.float32),
        offsets=np.array([0, 1, 1, 1, 1, 1, 3, 3, 3, 3], dtype=np.int32),
    )
    posterior = np.array([1.0, 0.7, 0.3], dtype=np.float32)
    return edges, Search(np.array([0, 1], dtype=np.int32), np.zeros(2, dtype=np.int8), posterior, 0.0), names


def test_second_opinion_changes_a_word_in_doubt() -> None:
    edges, found, names = _found()
    judge = _Judge("bán")
    better = reconsider("thêm\nban.", edges, found, names, judge, 1.0)
    assert better.path.tolist() == [0, 2]
    assert better.posterior[1:].sum() == pytest.approx(1.0)
    assert better.posterior[2] > 0.9
    assert judge.asked == [(["thêm", "bàn"], [True, False], {1: ["bàn", "bán"]})]


def test_second_opinion_shows_where_a_sentence_begins() -> None:
    edges, found, names = _found()
    judge = _Judge("bán")
    reconsider("đây.\nBan.", edges, found, names, judge, 1.0)
    reconsider("thêm\nban.", edges, found, names, judge, 1.0)
    assert [asked[0] for asked in judge.asked] == [["thêm", "<0>", "bàn"], ["thêm", "bàn"]]


def test_second_opinion_keeps_what_the_search_is_surer_of() -> None:
    edges, found, names = _found()
    assert reconsider("thêm\nban.", edges, found, names, _Judge("bán"), 0.1).path.tolist() == [0, 1]
    assert reconsider("thêm\nban.", edges, found, names, _Judge("bàn"), 1.0).path.tolist() == [0, 1]


def test_second_opinion_counts_for_nothing_on_a_word_the_judge_does_not_know() -> None:
    edges, found, names = _found()
    same = reconsider("thêm\nban.", edges, found, names, _Judge("bán", strange="bàn"), 1.0)
    assert same.path.tolist() == [0, 1]
    assert same.posterior.tolist() == found.posterior.tolist()

"""Strings in, strings out: the restorer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.restoration.alphabet import IS_DIGIT, IS_LETTER, IS_MARK, IS_NEWLINE, IS_SPACE, class_of
from models.restoration.adaptation import Decoded, adapt
from models.restoration.beam import Search, Weights, search
from models.restoration.channel import Rule, Rules, pack_rules, unpack_rules
from models.restoration.lattice import COPY, MENDED_NUMBER, NUMBER, Edges, Settings, build_edges
from models.restoration.model import Model, load_model
from models.restoration.regime import Found, decide, gather
from models.restoration.syllables import is_syllable, strip_marks
from models.restoration.tokens import Regime, RestoredLine, RestoredToken
from models.restoration.trie import FIRST_WORD, FORMS
from models.restoration.units import key_of

SHIPPED = Path(__file__).parent / "weights"
BLOCK_CHARS = 4000
ADAPTATION_BLOCKS = 12
"""Blocks of a long text that its channel is learned from."""
SURE = 0.95
DIGIT_LIKE = {"l": 1, "I": 1, "|": 1, "i": 1, "O": 0, "o": 0, "S": 5, "s": 5, "B": 8, "Z": 2, "z": 2, "b": 6}
_STARTS_ANEW = re.compile(r"^(?:[-–—+*•]\s|\d{1,2}[.)]|[a-zđ]\)|[IVX]{1,5}[.,]|Điều|Dieu|Diéu|Căn cứ|Can ct)")
_ENDS = (".", ";", ":", "!", "?", ".”", '."')


@dataclass(frozen=True, slots=True)
class Manner:
    """How boldly a regime is decoded.

    Args:
        settings: weights of the candidates.
        weights: weights of the search.
        change: cost of any change, nats.
        trust: how much an engine's confidence counts, 0 for not at all.
        adapts: whether the channel is re-estimated from a first pass over the text.
    """

    settings: Settings
    weights: Weights
    change: float
    trust: float
    adapts: bool = False


def _settings(**changes: float) -> Settings:
    values: dict[str, float] = {
        "width": 9.0, "keep": 24, "window": 9.0, "join": 7.0, "split": 6.0, "doubt": 4.0, "doubt_per_char": 0.5,
        "copy": 2.0, "copy_letter": 2.6, "copy_other": 3.0, "copy_odd": 2.0, "digit": 1.6, "wrong_digit": 3.0, "longest_whole": 8,
    }
    values.update(changes)
    return Settings(
        width=values["width"], keep=int(values["keep"]), window=values["window"], join=values["join"],
        split=values["split"], doubt=values["doubt"], doubt_per_char=values["doubt_per_char"], copy=values["copy"],
        copy_letter=values["copy_letter"], copy_other=values["copy_other"],
        copy_odd=values["copy_odd"], digit=values["digit"],
        wrong_digit=values["wrong_digit"], longest_whole=int(values["longest_whole"]),
    )


MANNERS: dict[str, Manner] = {
    "eng": Manner(_settings(copy=4.0), Weights(24, 12.0, 0.9, 0.8, 6.0, 0.0, 1.5), 0.0, 0.0, adapts=False),
    "vie": Manner(
        _settings(width=8.0, keep=12, join=8.0, copy_letter=1.2, copy_other=1.5, copy=1.0),
        Weights(12, 10.0, 0.8, 0.6, 6.0, 0.0, 1.5), 2.0, 1.0,
    ),
    "stripped": Manner(_settings(width=1.0, doubt=1e6, longest_whole=99, join=99.0), Weights(24, 12.0, 1.0, 0.3, 9.0, 0.0, 1.5), 0.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    line: int
    index: int
    start: int
    confidence: float


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    tokens: tuple[_Token, ...]


class Restorer:
    """Restores Vietnamese text that a reader has wrecked, and leaves alone what is right."""

    def __init__(self, model: Model) -> None:
        """Make the look-up tables that are not stored.

        Args:
            model: the weights.
        """
        self._model = model
        words = model.vocabulary[FIRST_WORD:]
        self._vocabulary = frozenset(words)
        self._bare = frozenset(strip_marks(word) for word in words if is_syllable(word))
        chars = np.array(list(model.alphabet.chars))
        rows = chars[model.trie.chars]
        self._forms = ["".join(row[:n]) for row, n in zip(rows.tolist(), model.trie.lengths.tolist(), strict=True)]
        self._rules: dict[str, list[Rule]] = {}
        self._closing = np.zeros(len(model.vocabulary), dtype=np.int8)
        for mark in ".!?:":
            self._closing[model.vocabulary.index(mark)] = 1

    @classmethod
    def load(cls, folder: Path | None = None) -> Restorer:
        """Load the weights.

        Args:
            folder: folder with the weight files and their manifest; None for those shipped.
        Raises:
            WeightsError: a file is missing, changed or damaged.
        """
        return cls(load_model(folder or SHIPPED))

    def restore_lines(
        self, lines: Sequence[Sequence[str]], confidences: Sequence[Sequence[float]] | None = None, *,
        regime: Regime = "auto",
    ) -> list[RestoredLine]:
        """Restore lines of tokens.

        Args:
            lines: tokens of each line, cut at white space.
            confidences: the reading engine's confidence (0..1) in each token, if there is one.
            regime: what happened to the text, or ``auto``.
        Returns:
            As many lines as came in; an empty line stays empty.
        """
        clean = [[unicodedata.normalize("NFC", "".join(token.split())) for token in line] for line in lines]
        texts = [" ".join(line) for line in clean]
        found: Found = (
            decide(gather(texts, self._vocabulary, self._bare), machine_read=confidences is not None)
            if regime == "auto" else regime
        )
        manner = MANNERS.get(found)
        if manner is None:
            return [self._untouched(line, row, found) for line, row in zip(clean, _rows(clean, confidences), strict=True)]
        rules = self._model.channels[found]
        rows = _rows(clean, confidences)
        results: list[list[RestoredToken]] = [[] for _ in clean]
        blocks = _blocks(clean, rows)
        if manner.adapts:
            decoded: list[Decoded] = []
            for block in blocks[:ADAPTATION_BLOCKS]:
                edges, found_path = self._decode(block, rules, manner)
                decoded.extend(self._sure_words(block.text, edges, found_path))
            rules = pack_rules(adapt(self._unpacked(found), decoded, self._model.alphabet), self._model.alphabet)
        for block in blocks:
            edges, found_path = self._decode(block, rules, manner)
            self._emit(block, edges, found_path, results)
        return [RestoredLine(tuple(tokens), found) for tokens in results]

    def restore_text(self, text: str, *, regime: Regime = "auto") -> str:
        """Restore a text line by line; as many lines come out as went in.

        Args:
            text: lines ended by ``\\n``.
            regime: what happened to the text, or ``auto``.
        """
        raw = text.split("\n")
        lines = [line.split() for line in raw]
        restored = self.restore_lines(lines, regime=regime)
        return "\n".join(
            _respace(line, tokens, result) for line, tokens, result in zip(raw, lines, restored, strict=True)
        )

    def _untouched(self, line: Sequence[str], row: Sequence[float], regime: str) -> RestoredLine:
        tokens = []
        for index, text in enumerate(line):
            if text:
                core = text.strip(".,;:()[]\"'“”‘’-–/!?…").lower()
                known = not core or not core.isalpha() or core in self._vocabulary
                sure = min(row[index] if row[index] >= 0 else 1.0, 0.995 if known else 0.9) if regime != "foreign" else 0.5
                tokens.append(RestoredToken(text, sure, (index,)))
        return RestoredLine(tuple(tokens), regime)

    def _unpacked(self, regime: str) -> list[Rule]:
        if regime not in self._rules:
            self._rules[regime] = unpack_rules(self._model.channels[regime], self._model.alphabet)
        return self._rules[regime]

    def _sure_words(self, text: str, edges: Edges, found: Search) -> list[Decoded]:
        """Return the words of a decoded block that are nearly certain."""
        return [
            (self._forms[int(edges.entries[edge])], text[int(edges.starts[edge]) : int(edges.ends[edge])])
            for edge in found.path.tolist()
            if edges.entries[edge] >= 0 and edges.units[edge] >= FIRST_WORD and found.posterior[edge] > SURE
        ]

    def _decode(self, block: _Block, rules: Rules, manner: Manner) -> tuple[Edges, Search]:
        model = self._model
        text = block.text
        kinds = np.array([class_of(char) for char in text], dtype=np.int8)
        obs = model.alphabet.numbers(text)
        not_plain = np.array([not char.isascii() for char in text], dtype=np.int8)
        digit_like = np.array([DIGIT_LIKE.get(char, -1) for char in text], dtype=np.int8)
        change = np.zeros(len(text), dtype=np.float32)
        identity = np.zeros(len(text), dtype=np.float32)
        for token in block.tokens:
            cost, keep = _prices(manner, token.confidence)
            change[token.start : token.start + len(token.text)] = cost
            identity[token.start : token.start + len(token.text)] = keep
        edges = build_edges(
            obs, kinds, not_plain, digit_like, change, identity, rules, model.trie,
            model.language.unigram, manner.settings,
        )
        carry, anew = _breaks(text)
        found = search(
            kinds, edges, carry, anew, model.case_table, self._closing, FIRST_WORD, *model.language.tables(),
            manner.weights,
        )
        return edges, found

    def _surface(self, text: str, edges: Edges, edge: int) -> str:
        entry, start, end = int(edges.entries[edge]), int(edges.starts[edge]), int(edges.ends[edge])
        seen = text[start:end]
        if entry in (COPY, NUMBER):
            return seen
        if entry == MENDED_NUMBER:
            return "".join(char if char.isdigit() else str(DIGIT_LIKE[char]) for char in seen)
        form = self._forms[entry]
        name = self._model.vocabulary[int(edges.units[edge])]
        if name in FORMS and key_of(seen) == name:
            return seen
        return form

    def _emit(
        self, block: _Block, edges: Edges, found: Search, results: list[list[RestoredToken]]
    ) -> None:
        """Turn the path into tokens and append them to their lines."""
        text, posterior = block.text, found.posterior
        groups: list[list[int]] = []
        end = -1
        for edge, space in zip(found.path.tolist(), found.spaced.tolist(), strict=True):
            start = int(edges.starts[edge])
            if not groups or space or start != end:
                groups.append([])
            groups[-1].append(edge)
            end = int(edges.ends[edge])
        first = 0
        tokens = block.tokens
        for group in groups:
            start, end = int(edges.starts[group[0]]), int(edges.ends[group[-1]])
            while tokens[first].start + len(tokens[first].text) <= start:
                first += 1
            sources = [first]
            for later in range(first + 1, len(tokens)):
                if tokens[later].start >= end:
                    break
                sources.append(later)
            pieces = [self._surface(text, edges, edge) for edge in group]
            whole = "".join(pieces)
            confidence = float(min(float(posterior[edge]) for edge in group))
            results[tokens[first].line].append(
                RestoredToken(
                    whole, min(confidence, 1.0), tuple(tokens[k].index for k in sources),
                    self._alternatives(text, edges, group, pieces, posterior),
                )
            )

    def _alternatives(
        self, text: str, edges: Edges, group: list[int], pieces: list[str], posterior: npt.NDArray[np.float32]
    ) -> tuple[tuple[str, float], ...]:
        words = [k for k, edge in enumerate(group) if edges.units[edge] >= FIRST_WORD or edges.units[edge] == 1]
        if len(words) != 1:
            return ()
        k = words[0]
        edge = group[k]
        if posterior[edge] > 0.98:
            return ()
        start, end = int(edges.starts[edge]), int(edges.ends[edge])
        before, after = "".join(pieces[:k]), "".join(pieces[k + 1 :])
        others: dict[str, float] = {}
        for other in range(int(edges.offsets[start]), int(edges.offsets[start + 1])):
            if other != edge and int(edges.ends[other]) == end and posterior[other] > 0.01:
                form = before + self._surface(text, edges, other) + after
                if form != "".join(pieces):
                    others[form] = others.get(form, 0.0) + float(posterior[other])
        return tuple(sorted(others.items(), key=lambda pair: -pair[1])[:5])


def _rows(
    lines: Sequence[Sequence[str]], confidences: Sequence[Sequence[float]] | None
) -> list[list[float]]:
    """Return a confidence for every token, -1 where the engine gave none."""
    rows: list[list[float]] = []
    for index, line in enumerate(lines):
        given = confidences[index] if confidences is not None and index < len(confidences) else ()
        rows.append([float(given[k]) if k < len(given) else -1.0 for k in range(len(line))])
    return rows


TRUST_AT = (0.0, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.96, 0.97, 1.0)
TRUST_WRONG = (0.75, 0.6, 0.5, 0.45, 0.38, 0.3, 0.14, 0.05, 0.03, 0.01, 0.003, 0.0007)
"""Share of words that a Vietnamese reading has wrong, by the engine's confidence."""
TYPICAL_WRONG = 0.02


def _prices(manner: Manner, confidence: float) -> tuple[float, float]:
    """Return what it costs to change and to keep a token of which its reader was so sure, in nats."""
    if manner.trust == 0.0:
        return manner.change, 0.0
    wrong = float(np.interp(confidence, TRUST_AT, TRUST_WRONG)) if confidence >= 0 else TYPICAL_WRONG
    change = manner.trust * float(np.log(TYPICAL_WRONG / wrong))
    return manner.change + change, manner.trust * float(-np.log(1 - wrong))


def _blocks(lines: Sequence[Sequence[str]], rows: Sequence[Sequence[float]]) -> list[_Block]:
    """Cut lines into blocks of bounded length; the text of a block has one space between tokens."""
    blocks: list[_Block] = []
    pieces: list[str] = []
    tokens: list[_Token] = []
    at = 0

    def close() -> None:
        nonlocal pieces, tokens, at
        if tokens:
            blocks.append(_Block("".join(pieces), tuple(tokens)))
        pieces, tokens, at = [], [], 0

    for number, line in enumerate(lines):
        fresh = True
        for index, text in enumerate(line):
            if not text:
                continue
            if at > BLOCK_CHARS:
                close()
            if tokens:
                pieces.append("\n" if fresh else " ")
                at += 1
            fresh = False
            tokens.append(_Token(text, number, index, at, rows[number][index]))
            pieces.append(text)
            at += len(text)
    close()
    return blocks


def _breaks(text: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return, at each line break, the cost of carrying the sentence on and of starting anew."""
    carry = np.zeros(len(text), dtype=np.float32)
    anew = np.zeros(len(text), dtype=np.float32)
    at = text.find("\n")
    begin = 0
    while at >= 0:
        nxt = text.find("\n", at + 1)
        line = text[at + 1 : nxt if nxt >= 0 else len(text)]
        before = text[begin:at]
        share = 0.5
        if _STARTS_ANEW.match(line):
            share = 0.97
        elif line[:1].islower():
            share = 0.04
        elif before.endswith(_ENDS):
            share = 0.9
        carry[at] = -np.log(1 - share)
        anew[at] = -np.log(share)
        begin, at = at + 1, nxt
    return carry, anew


def _respace(raw: str, tokens: Sequence[str], restored: RestoredLine) -> str:
    """Return a restored line with the white space of the original where its tokens stand."""
    gaps: list[str] = []
    at = 0
    for token in tokens:
        place = raw.index(token, at)
        gaps.append(raw[at:place])
        at = place + len(token)
    tail = raw[at:]
    if not restored.tokens:
        return raw
    pieces: list[str] = []
    used = -1
    for token in restored.tokens:
        first = token.sources[0]
        pieces.append(gaps[first] if first > used else " ")
        pieces.append(token.text)
        used = max(used, token.sources[-1])
    return "".join(pieces) + tail

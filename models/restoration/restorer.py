"""Strings in, strings out: the restorer."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.restoration.abbreviations import count_bars, is_abbreviation, put_bars
from models.restoration.adaptation import Decoded, adapt
from models.restoration.alphabet import class_of
from models.restoration.beam import Search, search
from models.restoration.blocks import Block, cut_blocks, fill_confidences, price_breaks, put_back_spaces
from models.restoration.calibration import apply
from models.restoration.capitals import SURE as SURE_OF_CAPITALS
from models.restoration.capitals import find_case, run_together
from models.restoration.channel import Rule, Rules, pack_rules, unpack_rules
from models.restoration.lattice import COPY, MENDED_NUMBER, NUMBER, Edges, build_edges
from models.restoration.manners import MANNERS, Manner, hasten, prices
from models.restoration.model import Model, load_model
from models.restoration.regime import Found, decide, gather, is_foreign_line
from models.restoration.second_opinion import Judge, reconsider
from models.restoration.syllables import apply_case, is_syllable, strip_marks
from models.restoration.tokens import Regime, RestoredLine, RestoredToken
from models.restoration.trie import FIRST_WORD, FORMS
from models.restoration.units import UNKNOWN, key_of

Floats = npt.NDArray[np.float32]
SHIPPED = Path(__file__).parent / "weights"
DIGIT_LIKE = {"l": 1, "I": 1, "|": 1, "i": 1, "O": 0, "o": 0, "S": 5, "s": 5, "B": 8, "Z": 2, "z": 2}
_ABBREVIATION = re.compile(r"(?<![^\W\d_])[A-Z]{2,8}(?![^\W\d_])")
ADAPTATION_BLOCKS = 12
"""Blocks of a long text that its channel is learned from."""
RULE = "|"
"""What readers make of the upright rules of a table."""
ONE_IN = 1e8 / 25
"""An abbreviation that comes once among so many units weighs one."""
SURE_OF_BAR = 0.8
"""Most confidence in an abbreviation whose D was taken for Đ by what others have there."""
SURE = 0.6
CHUNK_LINES = 2000
"""Lines of a long text that are held in memory at a time."""
LONG_LINE = 30_000
"""A line of more characters than this comes from no printer: it is restored in haste and without a judge."""
SURE_OF_KNOWN, SURE_OF_STRANGE, SURE_OF_FOREIGN = 0.995, 0.9, 0.5
"""Confidence in a token that is left alone: a known word, another one, one of a text that is not Vietnamese."""


def curve_name(found: str, *, judged: bool) -> str:
    """Return the name of the curve from posterior to confidence of a regime, with a judge or with none."""
    return f"{'judged' if judged else 'calibration'}.{found}"


class Restorer:
    """Restores Vietnamese text that a reader has wrecked, and leaves alone what is right."""

    def __init__(self, model: Model, manners: Mapping[str, Manner] = MANNERS, *, judge: Judge | None = None) -> None:
        """Make the look-up tables that are not stored.

        Args:
            model: the weights.
            manners: how boldly each regime is decoded.
            judge: who is asked about words in doubt; None for nobody.
        """
        self._model = model
        self._judge = judge
        self._manners = manners
        words = model.vocabulary[FIRST_WORD:]
        self._vocabulary = frozenset(words)
        self._bare = frozenset(strip_marks(word) for word in words if is_syllable(word))
        chars = np.array(list(model.alphabet.chars))
        rows = chars[model.trie.chars]
        self._forms = ["".join(row[:n]) for row, n in zip(rows.tolist(), model.trie.lengths.tolist(), strict=True)]
        self._bars = count_bars(
            (word, float(np.sqrt(chance * ONE_IN)))
            for word, chance in zip(words, np.exp(model.language.unigram[FIRST_WORD:]).tolist(), strict=True)
            if is_abbreviation(word)
        )
        self._rules: dict[str, list[Rule]] = {}
        self._closing = np.zeros(len(model.vocabulary), dtype=np.int8)
        for mark in ".!?:":
            self._closing[model.vocabulary.index(mark)] = 1

    @classmethod
    def load(cls, folder: Path | None = None, *, judge: Judge | None = None) -> Restorer:
        """Load the weights.

        Args:
            folder: folder with the weight files and their manifest; None for those shipped.
            judge: who is asked about words in doubt; None for nobody.
        Raises:
            WeightsError: a file is missing, changed or damaged.
        """
        return cls(load_model(folder or SHIPPED), judge=judge)

    def restore_lines(
        self,
        lines: Sequence[Sequence[str]],
        confidences: Sequence[Sequence[float]] | None = None,
        *,
        regime: Regime = "auto",
        adapt_to_text: bool = False,
    ) -> list[RestoredLine]:
        """Restore lines of tokens.

        Args:
            lines: tokens of each line, cut at white space.
            confidences: the reading engine's confidence (0..1) in each token, if there is one.
            regime: what happened to the text, or ``auto``.
            adapt_to_text: re-estimate the channel from a first pass over the text, at several times the cost.
        Returns:
            As many lines as came in; an empty line stays empty.
        """
        clean = [[unicodedata.normalize("NFC", "".join(token.split())) for token in line] for line in lines]
        rows = fill_confidences(clean, confidences)
        found: Found = regime if regime != "auto" else self._find_regime(clean, machine_read=confidences is not None)
        manner = self._manners.get(found)
        if manner is None:
            return [self._leave(line, row, found) for line, row in zip(clean, rows, strict=True)]
        foreign = {index for index, line in enumerate(clean) if regime == "auto" and is_foreign_line(line)}
        blocks = cut_blocks([[] if index in foreign else line for index, line in enumerate(clean)], rows)
        rules = self._adapted(blocks, found, manner) if adapt_to_text else self._model.channels[found]
        curve = self._curve(found)
        results: list[list[RestoredToken]] = [[] for _ in clean]
        long = {index for index, line in enumerate(clean) if sum(map(len, line)) + len(line) > LONG_LINE + 1}
        hasty = hasten(manner)
        for block in blocks:
            in_haste = bool(long) and all(token.line in long for token in block.tokens)
            edges, best = self._decode(block, rules, hasty if in_haste else manner)
            if self._judge is not None and not in_haste:
                best = reconsider(block.text, edges, best, self._model.vocabulary, self._judge)
            self._emit(block, edges, best, curve, results, bars=found == "eng", mend_capitals=found == "vie")
        return [
            self._leave(line, row, "foreign") if index in foreign else RestoredLine(tuple(tokens), found)
            for index, (line, row, tokens) in enumerate(zip(clean, rows, results, strict=True))
        ]

    def restore_text(self, text: str, *, regime: Regime = "auto") -> str:
        """Restore a text line by line; as many lines come out as went in.

        Args:
            text: lines ended by ``\\n``.
            regime: what happened to the text, or ``auto``.
        """
        return "\n".join(self.restore_stream(text.split("\n"), regime=regime))

    def restore_stream(self, lines: Iterable[str], *, regime: Regime = "auto") -> Iterator[str]:
        """Restore lines as they come, in memory that does not grow with their number.

        Args:
            lines: lines without their ends; white space is kept where tokens are unchanged.
            regime: what happened to the text, or ``auto``: found anew for every ``CHUNK_LINES`` lines.
        Yields:
            One line for each that came in.
        """
        source = iter(lines)
        while chunk := list(itertools.islice(source, CHUNK_LINES)):
            tokens = [line.split() for line in chunk]
            restored = self.restore_lines(tokens, regime=regime)
            for raw, cut, result in zip(chunk, tokens, restored, strict=True):
                yield put_back_spaces(raw, cut, result)

    def _find_regime(self, lines: Sequence[Sequence[str]], *, machine_read: bool) -> Found:
        texts = [" ".join(line) for line in lines]
        return decide(gather(texts, self._vocabulary, self._bare), machine_read=machine_read)

    def _curve(self, found: str) -> Floats | None:
        """Return the curve from posterior to confidence; one fitted with a judge where there is a judge."""
        tables = self._model.tables
        plain = tables.get(curve_name(found, judged=False))
        return plain if self._judge is None else tables.get(curve_name(found, judged=True), plain)

    def _adapted(self, blocks: Sequence[Block], found: str, manner: Manner) -> Rules:
        """Return the channel of the regime, re-estimated from a first pass."""
        rules = self._model.channels[found]
        decoded: list[Decoded] = []
        for block in blocks[:ADAPTATION_BLOCKS]:
            edges, best = self._decode(block, rules, manner)
            decoded.extend(self._sure_words(block.text, edges, best))
        return pack_rules(adapt(self._unpacked(found), decoded, self._model.alphabet), self._model.alphabet)

    def _leave(self, line: Sequence[str], row: Sequence[float], regime: str) -> RestoredLine:
        tokens = []
        for index, text in enumerate(line):
            if text:
                core = text.strip(".,;:()[]\"'“”‘’-–/!?…").lower()
                known = not core or not core.isalpha() or core in self._vocabulary
                sure = SURE_OF_KNOWN if known else SURE_OF_STRANGE
                if regime == "foreign":
                    sure = SURE_OF_FOREIGN
                elif row[index] >= 0:
                    sure = min(sure, row[index])
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

    def _decode(self, block: Block, rules: Rules, manner: Manner) -> tuple[Edges, Search]:
        model = self._model
        text = block.text
        kinds = np.array([class_of(char) for char in text], dtype=np.int8)
        obs = model.alphabet.numbers(text)
        not_plain = np.array([not char.isascii() for char in text], dtype=np.int8)
        digit_like = np.array([DIGIT_LIKE.get(char, -1) for char in text], dtype=np.int8)
        change = np.zeros(len(text), dtype=np.float32)
        identity = np.zeros(len(text), dtype=np.float32)
        for token in block.tokens:
            cost, keep = prices(manner, token.confidence)
            change[token.start : token.end] = cost
            identity[token.start : token.end] = keep - (manner.rule if token.text == RULE else 0.0)
        edges = build_edges(
            obs,
            kinds,
            not_plain,
            digit_like,
            change,
            identity,
            rules,
            model.trie,
            model.language.unigram,
            manner.settings,
        )
        carry, anew = price_breaks(text)
        found = search(
            kinds,
            edges,
            carry,
            anew,
            model.case_table,
            self._closing,
            FIRST_WORD,
            *model.language.tables(),
            manner.weights,
        )
        return edges, found

    def _surface(self, text: str, edges: Edges, edge: int, *, bars: bool) -> str:
        entry, start, end = int(edges.entries[edge]), int(edges.starts[edge]), int(edges.ends[edge])
        seen = text[start:end]
        if entry == COPY and seen.isupper() and bars:
            return _ABBREVIATION.sub(lambda found: put_bars(found.group(), self._bars), seen)
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
        self,
        block: Block,
        edges: Edges,
        found: Search,
        curve: Floats | None,
        results: list[list[RestoredToken]],
        *,
        bars: bool,
        mend_capitals: bool,
    ) -> None:
        """Turn the path into tokens and append them to their lines."""
        text, posterior, names = block.text, found.posterior, self._model.vocabulary
        together = run_together(text, edges, found, names) if mend_capitals else []
        parted = {edge for token in together for edge in token[1:]}
        cases = find_case(text, edges, found, names, self._model.case_table) if mend_capitals else {}
        mended = cases.keys() | {edge for token in together for edge in token}
        groups: list[list[int]] = []
        end = -1
        for edge, space in zip(found.path.tolist(), found.spaced.tolist(), strict=True):
            start = int(edges.starts[edge])
            if not groups or space or start != end or edge in parted:
                groups.append([])
            groups[-1].append(edge)
            end = int(edges.ends[edge])
        first = 0
        tokens = block.tokens
        for group in groups:
            start, end = int(edges.starts[group[0]]), int(edges.ends[group[-1]])
            while tokens[first].end <= start:
                first += 1
            sources = [first]
            for later in range(first + 1, len(tokens)):
                if tokens[later].start >= end:
                    break
                sources.append(later)
            pieces = [self._surface(text, edges, edge, bars=bars) for edge in group]
            pieces = [
                apply_case(piece.lower(), cases[edge]) if edge in cases else piece
                for edge, piece in zip(group, pieces, strict=True)
            ]
            whole = tokens[first].text if tokens[first].stood_in else "".join(pieces)
            confidence = apply(curve, min(self._support(edges, edge, posterior) for edge in group))
            if any(
                edges.entries[e] == COPY and p != text[edges.starts[e] : edges.ends[e]]
                for e, p in zip(group, pieces, strict=True)
            ):
                confidence = min(confidence, SURE_OF_BAR)
            if not mended.isdisjoint(group):
                confidence = min(confidence, SURE_OF_CAPITALS)
            results[tokens[first].line].append(
                RestoredToken(
                    whole,
                    confidence,
                    tuple(tokens[k].index for k in sources),
                    self._alternatives(text, edges, group, pieces, posterior),
                )
            )

    def _support(self, edges: Edges, edge: int, posterior: Floats) -> float:
        """Return the share of all readings of a span as this unit in this case, wherever its tone stands."""
        start = int(edges.starts[edge])
        row = slice(int(edges.offsets[start]), int(edges.offsets[start + 1]))
        same = (
            (edges.ends[row] == edges.ends[edge])
            & (edges.units[row] == edges.units[edge])
            & (edges.cases[row] == edges.cases[edge])
        )
        return min(float(posterior[row][same].sum()), 1.0)

    def _alternatives(
        self, text: str, edges: Edges, group: list[int], pieces: list[str], posterior: Floats
    ) -> tuple[tuple[str, float], ...]:
        words = [k for k, edge in enumerate(group) if edges.units[edge] >= FIRST_WORD or edges.units[edge] == UNKNOWN]
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
                form = before + self._surface(text, edges, other, bars=False) + after
                if form != "".join(pieces):
                    others[form] = others.get(form, 0.0) + float(posterior[other])
        return tuple(sorted(others.items(), key=lambda pair: -pair[1])[:5])

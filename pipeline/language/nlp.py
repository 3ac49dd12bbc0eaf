"""spaCy for the grammar of records: a tokenizer that keeps offsets, and a span ruler that marks the genre's words.

The pipeline is spaCy's blank Vietnamese one with a tokenizer of our own (its default needs a package that is not
maintained, and joins syllables at offsets of its own) and one `SpanRuler` over phrases of syllables, blind to case
and to where a tone mark is set (`hoá`, `hóa`). It is built once in a process and works offline.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import spacy
from spacy.attrs import NORM  # type: ignore[import-not-found]
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.language.tone_marks import fold_tones

__all__ = ["MAX_CHARACTERS", "Analysis", "Tokenizer", "analyse", "fold_tones", "pipeline", "word_table", "words_of"]

MAX_CHARACTERS = 20_000
"""No passage of a plan is longer; what follows in a longer one is not analysed, so that no text stalls the rules."""

_TOKEN = re.compile(r"[^\W\d_]+|\d+|\s|.", re.DOTALL)
_SPANS_KEY = "marks"


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    return tomllib.loads(files("pipeline.language").joinpath("data", "bodies.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def words_of() -> Mapping[str, tuple[str, ...]]:
    """The lists of `bodies.toml` by name."""
    return {name: tuple(words) for name, words in _tables().items() if isinstance(words, list)}


def word_table(name: str) -> Mapping[str, str | int]:
    """A table of `bodies.toml`: `ranks` or `short_forms`."""
    table: dict[str, str | int] = _tables()[name]
    return table


class Tokenizer:
    """Syllables, numbers and single marks; single spaces belong to the token before them, others are tokens."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """A text as tokens whose offsets are the text's own."""
        words: list[str] = []
        spaces: list[bool] = []
        for match in _TOKEN.finditer(text):
            if match[0] == " " and words and not spaces[-1]:
                spaces[-1] = True
            else:
                words.append(match[0])
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)


@lru_cache(maxsize=1)
def pipeline() -> Language:
    """The blank pipeline with our tokenizer and the span ruler, built once."""
    nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"use_pyvi": False}}})
    vocab: Any = nlp.vocab
    vocab.lex_attr_getters[NORM] = fold_tones
    nlp.tokenizer = Tokenizer(vocab)
    nlp.max_length = MAX_CHARACTERS
    ruler: Any = nlp.add_pipe(
        "span_ruler", config={"spans_key": _SPANS_KEY, "phrase_matcher_attr": "NORM", "validate": False}
    )
    ruler.add_patterns(
        [
            {"label": label, "pattern": phrase}
            for label, words in words_of().items()
            if label != "surnames"
            for phrase in words
        ]
    )
    return nlp


class Analysis:
    """A text with its tokens and the longest marked phrase of each kind that begins at each token.

    Attributes:
        text: what was analysed.
        words: the tokens; starts, ends: their offsets.
        marks: for each list of `bodies.toml`, the token after the longest phrase by its first token.
    """

    __slots__ = ("ends", "marks", "starts", "text", "words")

    def __init__(self, text: str) -> None:
        doc = pipeline()(text[:MAX_CHARACTERS])
        self.text = doc.text
        self.words = [token.text for token in doc]
        self.starts = [token.idx for token in doc]
        self.ends = [start + len(word) for start, word in zip(self.starts, self.words, strict=True)]
        self.marks: dict[str, dict[int, int]] = {name: {} for name in words_of()}
        for span in doc.spans[_SPANS_KEY]:
            longest = self.marks[span.label_]
            if longest.get(span.start, 0) < span.end:
                longest[span.start] = span.end

    def __len__(self) -> int:
        return len(self.words)

    def token_at(self, offset: int) -> int:
        """Index of the first token that ends after an offset; the number of tokens where none does."""
        low, high = 0, len(self.ends)
        while low < high:
            middle = (low + high) // 2
            if self.ends[middle] > offset:
                high = middle
            else:
                low = middle + 1
        return low


@lru_cache(maxsize=2048)
def analyse(text: str) -> Analysis:
    """A passage's analysis, kept for the next extractor that asks."""
    return Analysis(text)

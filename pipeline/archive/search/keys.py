"""The keys that a page is found by: what is asked is looked up by them, and whether it is there is then read.

A page's keys are its words without marks; `=` before a word that has marks, with them; `^` before the beginning of a
word; two words that stand together, joined by `_`, so that a phrase of words that are on every page is found quickly;
`#` before what is in the head; `!` before what is there three times or more; `@` before a facet. A page may have all
keys of a phrase of three words and not the phrase, so what was looked up is then read.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from pipeline.archive.search.entries import Entry
from pipeline.archive.search.facets import BREAK
from pipeline.archive.search.filters import Filters
from pipeline.archive.search.query import Term
from pipeline.archive.search.tiers import Tier
from pipeline.archive.search.words import plain_words
from pipeline.language.tone_marks import plain

__all__ = ["SIGNS", "Need", "dense_needs", "filter_needs", "head_needs", "page_keys", "term_needs"]

Need: TypeAlias = tuple[str, ...]
"""Keys of which a page must have one."""
SIGNS = "_=^#!@"
"""All that is in keys beside letters and digits."""

_BEGINNINGS = (3, 4)  # letters
_DENSE = 3
_DATED = frozenset("de")


def page_keys(entry: Entry) -> list[str]:
    """All keys of a page, each once."""
    counts: Counter[str] = Counter()
    keys = set(_facet_keys(tuple(entry.facets)))
    for part in (entry.head, entry.body, entry.records):
        words = plain_words(part)
        counts.update(words)
        counts.update(_pairs(words))
        if part is entry.head:
            keys.update(f"#{key}" for key in counts)
    keys.update(counts, *map(_word_keys, {*entry.head, *entry.body, *entry.records}))
    keys.update(f"!{key}" for key, count in counts.items() if count >= _DENSE)
    return list(keys)


@lru_cache(maxsize=1 << 15)
def _word_keys(word: str) -> tuple[str, ...]:
    """What a word gives beside itself without marks."""
    bare = plain(word)
    beginnings = [f"^{bare[:letters]}" for letters in _BEGINNINGS if len(bare) >= letters]
    return tuple(beginnings if bare == word else [*beginnings, f"={word}"])


@lru_cache(maxsize=4)
def _facet_keys(facets: tuple[str, ...]) -> frozenset[str]:
    """What all pages of a document share."""
    names = " ".join(BREAK if word[0] in _DATED else word for word in facets).split(BREAK)
    pairs = [pair for name in names for pair in _pairs(name.split())]
    return frozenset(f"@{key}" for key in (*facets, *pairs) if key != BREAK)


def term_needs(tier: Tier) -> list[Need]:
    """What a page needs to have all terms of a query."""
    return _unique([key for term in tier.terms for key in _keys(term, "")] + _marked(tier))


def head_needs(tier: Tier) -> list[Need]:
    """The same in the page's head; of beginnings anywhere."""
    return _unique([key for term in tier.terms for key in _keys(term, "#")] + _marked(tier))


def dense_needs(tier: Tier) -> list[Need]:
    """The same three times or more; of beginnings once."""
    return _unique([key for term in tier.terms for key in _keys(term, "!")] + _marked(tier))


def filter_needs(filters: Filters) -> list[Need]:
    """What a page needs to meet all conditions."""
    names = [key for words in filters.phrases() for key in (_pairs(words) if len(words) > 1 else words)]
    return _unique(f"@{key}" for key in names) + [tuple(f"@{day}" for day in days) for days in filters.choices()]


def _keys(term: Term, sign: str) -> list[str]:
    words = term.plain
    whole = words[:-1] if term.beginning else words
    keys = [sign + key for key in (_pairs(whole) if len(whole) > 1 else whole)]
    return [*keys, f"^{words[-1][: _BEGINNINGS[-1]]}"] if term.beginning else keys


def _marked(tier: Tier) -> list[str]:
    words = [word for term in tier.marked for word in (term.words[:-1] if term.beginning else term.words)]
    return [f"={word}" for word in words if plain(word) != word]


def _pairs(words: Sequence[str]) -> list[str]:
    return [f"{one}_{next}" for one, next in pairwise(words)]


def _unique(keys: Iterable[str]) -> list[Need]:
    return [(key,) for key in dict.fromkeys(keys)]

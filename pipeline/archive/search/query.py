"""What is asked: words, phrases in quotation marks, beginnings of words that end in a star."""

import re
from dataclasses import dataclass

from pipeline.archive.search.words import marked_words, plain_words
from pipeline.errors import UsageError

__all__ = ["Query", "Term"]

_MOST_WORDS = 64
_LEAST_BEGINNING = 3
_QUOTES = str.maketrans(dict.fromkeys("“”„«»″", '"'))
_PART = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand one after the other, with their marks; of the last perhaps only the beginning is said."""

    words: tuple[str, ...]
    beginning: bool = False

    @property
    def plain(self) -> tuple[str, ...]:
        """The words without marks."""
        return tuple(plain_words(list(self.words)))

    @property
    def is_marked(self) -> bool:
        """Whether a word was typed with a mark."""
        return self.plain != self.words


@dataclass(frozen=True, slots=True)
class Query:
    """All that is to be found on a page."""

    terms: tuple[Term, ...]

    @classmethod
    def parse(cls, text: str) -> "Query":
        """Read what somebody typed; whatever it is, what comes of it is words.

        `thi đua` are two words, `"thi đua"` a phrase, `khen*` the beginning of a word (three letters or more); what
        has marks inside, such as `207/KH-UBND`, is a phrase. All other marks mean nothing.

        Raises:
            UsageError: it has more words than are looked for at once.
        """
        terms: list[Term] = []
        for quoted, star, bare in _PART.findall(text.translate(_QUOTES)):
            words = marked_words(quoted or bare)
            if words:
                beginning = (bool(star) or bare.endswith("*")) and len(words[-1]) >= _LEAST_BEGINNING
                terms.append(Term(tuple(words), beginning))
        if sum(len(term.words) for term in terms) > _MOST_WORDS:
            raise UsageError(
                f"The query has more than {_MOST_WORDS} words.", remedy="Ask for fewer words, or for a phrase."
            )
        return cls(tuple(terms))

    @property
    def as_phrase(self) -> Term | None:
        """All words one after the other, where there are several terms and only the last may be a beginning."""
        if len(self.terms) < 2 or any(term.beginning for term in self.terms[:-1]):
            return None
        return Term(tuple(word for term in self.terms for word in term.words), self.terms[-1].beginning)

    @property
    def is_marked(self) -> bool:
        """Whether a word was typed with a mark."""
        return any(term.is_marked for term in self.terms)

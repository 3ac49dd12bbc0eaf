"""Words with their confidence, and whether they were read right: what calibration is measured on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from corpus.calibration import Claim, Knots, apply_map, calibration_error, fit_monotone
from corpus.text_metrics import normalise
from pipeline.document import Document
from pipeline.legibility import chance_right, kind_of, said_words

__all__ = ["CalibrationCheck", "WordClaim", "check_calibration", "fitted_maps", "word_claims"]


@dataclass(frozen=True, slots=True)
class WordClaim:
    """A word that was read.

    Attributes:
        kind: whose confidence it is, `engine` or `restore`.
        confidence: as claimed; chance: what it is held to be worth; right: whether gold has the word at its place.
    """

    kind: str
    confidence: float
    chance: float
    right: bool


@dataclass(frozen=True, slots=True)
class CalibrationCheck:
    """By how much confidences miss the share right: as claimed, by the map in use, by one fitted on other documents."""

    words: int
    claimed: float
    mapped: float
    fitted_elsewhere: float


def word_claims(document: Document, gold: Mapping[int, str]) -> Iterator[WordClaim]:
    """Every word of the pages that have gold text, aligned with it as the text's measures align."""
    for page in document.pages:
        if page.number not in gold:
            continue
        printed = normalise(gold[page.number]).split()
        tokens = [(token, word) for word in said_words(page) for token in normalise(word.text).split()]
        right = [False] * len(tokens)
        for step in Levenshtein.opcodes(printed, [token for token, _ in tokens]):
            if step.tag == "equal":
                right[step.dest_start : step.dest_end] = [True] * (step.dest_end - step.dest_start)
        for (_, word), is_right in zip(tokens, right, strict=True):
            yield WordClaim(kind_of(word), word.confidence, chance_right(word), is_right)


def fitted_maps(claims: Sequence[WordClaim]) -> dict[str, Knots]:
    """The monotone map of each kind that fits the claims best."""
    kinds = sorted({claim.kind for claim in claims})
    return {kind: fit_monotone(_of_kind(claims, kind)) for kind in kinds}


def check_calibration(documents: Sequence[Sequence[WordClaim]]) -> CalibrationCheck:
    """How good the confidences are; maps are fitted on every other document and tried on the rest, both ways."""
    everything = [claim for claims in documents for claim in claims]
    worth: list[float] = []
    tried: list[bool] = []
    halves = [[claim for claims in documents[start::2] for claim in claims] for start in (0, 1)]
    for fitted_on, tried_on in (halves, halves[::-1]):
        maps = fitted_maps(fitted_on)
        for kind in sorted({claim.kind for claim in tried_on}):
            claims = _of_kind(tried_on, kind)
            worth.extend(apply_map(maps.get(kind, ()), [confidence for confidence, _ in claims]).tolist())
            tried.extend(right for _, right in claims)
    right = [claim.right for claim in everything]
    return CalibrationCheck(
        len(everything),
        calibration_error([claim.confidence for claim in everything], right),
        calibration_error([claim.chance for claim in everything], right),
        calibration_error(worth, tried),
    )


def _of_kind(claims: Sequence[WordClaim], kind: str) -> list[Claim]:
    return [(claim.confidence, claim.right) for claim in claims if claim.kind == kind]

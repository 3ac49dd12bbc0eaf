"""Values of records: what is printed, its normal form, its evidence and how sure it is."""

from pipeline.document import TracedText, replace
from pipeline.records import Value

__all__ = ["LOW_CONFIDENCE", "derived", "joined_value", "value"]

LOW_CONFIDENCE = 0.6


def value(
    text: TracedText,
    start: int = 0,
    end: int | None = None,
    *,
    normal: str | int | None = None,
    reliability: float = 1.0,
    doubt: str | None = None,
) -> Value | None:
    """A value that stands in a text from `start` to `end`, or None where nothing was read there.

    Args:
        normal: the normal form; the printed text where None.
        reliability: how sure the rule is, 0 to 1; the confidence is that of the reading times it.
        doubt: why the confidence is low.
    """
    part = text.slice(start, end)
    evidence = part.evidence()
    if not part.text or not evidence:
        return None
    read = part.confidence()
    confidence = round(min(1.0, read * reliability), 4)
    if doubt is None and confidence < LOW_CONFIDENCE:
        doubt = "read with low confidence" if read < LOW_CONFIDENCE else "found by a weak rule"
    return Value(part.text, part.text if normal is None else normal, evidence, confidence, doubt)


def joined_value(
    parts: list[TracedText], *, normal: str | int | None = None, reliability: float = 1.0, doubt: str | None = None
) -> Value | None:
    """A value that stands in several stretches, joined by single spaces."""
    return value(TracedText.join(parts), normal=normal, reliability=reliability, doubt=doubt)


def derived(source: Value, normal: str | int, *, reliability: float = 1.0, doubt: str | None = None) -> Value:
    """A value that follows from another: its text and evidence, a normal form of its own."""
    return replace(
        source, normal=normal, confidence=round(source.confidence * reliability, 4), doubt=doubt or source.doubt
    )

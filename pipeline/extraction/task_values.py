"""Values of records from traced text: what is printed, its normal form, its evidence and how sure it is."""

import re

from pipeline.document import TracedText
from pipeline.language.bodies import Body
from pipeline.records import Value

__all__ = ["body_text", "inferred_value", "printed_value", "tidy", "trimmed"]

_CLOSING = re.compile(r"(?:\s*(?:\./\.|/\.|[;,:]|(?<!\.)\.(?!\.)))+\s*$")
_LOW = 0.6


def trimmed(text: TracedText) -> TracedText:
    """Without the mark that closes it (`;`, `.`, `./.`); an ellipsis stays."""
    match = _CLOSING.search(text.text[-12:])
    return text.slice(0, len(text.text) - len(match[0])) if match else text.slice(0)


def body_text(text: TracedText, body: Body, offset: int = 0) -> TracedText:
    """A body as it is called: its own words after those that it shares with others of its list.

    Args:
        offset: where the text begins in which the body was found.
    """
    shared = [text.slice(offset + start, offset + end) for start, end in body.shared]
    return TracedText.join((*shared, text.slice(offset + body.start, offset + body.end)))


def tidy(text: str) -> str:
    """One line with its first letter a capital: the normal form of a body's name."""
    joined = " ".join(text.split())
    return joined[:1].upper() + joined[1:]


def printed_value(
    text: TracedText, normal: str | int | None = None, *, certainty: float = 1.0, doubt: str | None = None
) -> Value | None:
    """A value that stands in the text.

    Args:
        text: the part that says it, with its words.
        normal: its normal form; the text itself where None.
        certainty: how sure the rule is, 0 to 1; times how sure the reading is.
        doubt: why it is not sure.
    Returns:
        The value, or None where nothing was read.
    """
    evidence = text.evidence()
    if not text.text or not evidence:
        return None
    confidence = round(certainty * text.confidence(), 4)
    if doubt is None and confidence < _LOW:
        doubt = "the words were read with little confidence" if certainty >= _LOW else "the rule is seldom sure"
    return Value(text.text, text.text if normal is None else normal, evidence, confidence, doubt)


def inferred_value(
    normal: str | int | None, text: TracedText, *, certainty: float = 0.9, doubt: str | None = None
) -> Value | None:
    """A value that follows from a text without standing in it, such as a role or a day; None where there is none."""
    return None if normal is None else printed_value(text, normal, certainty=certainty, doubt=doubt)

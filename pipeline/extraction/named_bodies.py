"""The bodies that a sentence names at one place, as one stretch of text: who launches, who gives."""

import re

from pipeline.document import TracedText
from pipeline.language.bodies import bodies_from

__all__ = ["bodies_at"]

_ORGANISATION = re.compile(r"\s(?:Hội|Đoàn|Đảng)(?!\w)")


def bodies_at(text: TracedText, offset: int, end: int | None = None) -> tuple[TracedText, int] | None:
    """The bodies that begin at an offset, printed as one list, and where they end; `Trung ương Hội` is one name.

    Args:
        end: where they must have ended; the end of the text where None.
    """
    limit = len(text.text) if end is None else end
    found = bodies_from(text.text, offset) if offset < limit else None
    if found is None or found.end > limit:
        return None
    further = _ORGANISATION.match(text.text, found.end)
    stop = further.end() if further is not None else found.end
    return text.slice(found.bodies[0].start, stop), stop

"""Labels that a machine misread, put right from their place in the list."""

from collections import Counter

from pipeline.language.numbering import Label, numeral
from pipeline.segmentation.parts import Draft

__all__ = ["renumber"]

_MEANT = 0.6


def renumber(drafts: list[Draft]) -> None:
    """Mend figures and numerals of scanned lists: what stands between 2 and 4 is 3, whatever was read.

    A list is mended only where most of it counts on without a gap; a label at its end only where it would leave
    out more than a lost item or two.
    """
    seen: set[int] = set()
    for draft in drafts:
        if draft.siblings and id(draft.siblings) not in seen:
            seen.add(id(draft.siblings))
            _mend(draft.siblings)


def _mend(siblings: list[Draft]) -> None:
    labels = [draft.label for draft in siblings]
    if len(siblings) < 3 or not all(draft.lines[0].scanned for draft in siblings):
        return
    ordinals = [label.ordinals[-1] for label in labels if label is not None]
    if len(ordinals) != len(siblings) or labels[0] is None or not numeral(labels[0].style, 1):
        return
    offset, meant = Counter(ordinal - place for place, ordinal in enumerate(ordinals)).most_common(1)[0]
    if meant < _MEANT * len(siblings) or offset < 1:
        return
    anchors = [place for place, ordinal in enumerate(ordinals) if ordinal - place == offset]
    for place, draft in enumerate(siblings):
        between = anchors[0] < place < anchors[-1]
        behind = place == anchors[-1] + 1 and not 0 < ordinals[place] - ordinals[place - 1] <= 3
        if place not in anchors and (between or behind) and draft.label is not None:
            draft.label = _relabelled(draft.label, place + offset)


def _relabelled(label: Label, ordinal: int) -> Label:
    head = ".".join(map(str, label.ordinals[:-1]))
    text = numeral(label.style, ordinal)
    return Label(label.style, (*label.ordinals[:-1], ordinal), f"{head}.{text}" if head else text, label.end, True)

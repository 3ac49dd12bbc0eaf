"""Following numbered lists through the body: which label is one, and what it stands under."""

from dataclasses import dataclass

from pipeline.language.numbering import Label, follows, is_first, mended_numeral
from pipeline.segmentation.parts import Draft

__all__ = ["Outline", "Spot"]

_KEYWORDS = ("part", "chapter", "division", "subdivision", "article")


@dataclass(slots=True)
class _List:
    """An open list: its last label, the item under which it stands, its items, and the last of them."""

    last: Label
    owner: Draft | None
    siblings: list[Draft]
    item: Draft


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a label fits.

    Attributes:
        label: the reading of it that fits best.
        depth: how many open lists stay open above it.
        restarts: whether it begins a list, a new one or the same anew.
        fit: 1 for the next of an open list or the first of a new one, less for gaps and repeats, 0 for no fit.
    """

    label: Label
    depth: int
    restarts: bool
    fit: float


class Outline:
    """The lists that are open while the body is read from top to bottom; articles count on through chapters."""

    def __init__(self) -> None:
        self._open: list[_List] = []
        self._article: Label | None = None

    @property
    def item(self) -> Draft | None:
        """The innermost item that is open."""
        return self._open[-1].item if self._open else None

    def last_of(self, style: str) -> Label | None:
        """The last label of an open list of that style."""
        return next((entry.last for entry in reversed(self._open) if entry.last.style == style), None)

    def find(self, labels: tuple[Label, ...], *, scanned: bool = False, roman: bool = False) -> Spot | None:
        """The best fitting reading of a label; None where there is none at all.

        Args:
            labels: the ways of reading it.
            scanned: whether the page was read by a machine, so that a numeral may have lost a stroke.
            roman: whether a misread Roman numeral is likelier here than a figure.
        """
        mended = (self._mended(label) for label in labels) if scanned else ()
        spots = [self._spot(label) for label in (*labels, *filter(None, mended))]
        if roman:
            spots = [spot for spot in spots if spot.label.style == "roman" and spot.fit >= 0.9] or spots
        return max(spots, key=lambda spot: spot.fit - 0.15 * spot.label.damaged, default=None)

    def _mended(self, label: Label) -> Label | None:
        """The numeral that must stand here where the one that was read has just been used."""
        last = self.last_of(label.style)
        return mended_numeral(label) if last is not None and last.ordinals == label.ordinals else None

    def _spot(self, label: Label) -> Spot:
        for depth in range(len(self._open) - 1, -1, -1):
            last = self._open[depth].last
            if label.style == "bullet" and last.style == "bullet":
                if last.text == label.text:
                    return Spot(label, depth, False, 1.0)
                continue
            if label.style == "bullet":
                break
            if last.style != label.style:
                continue
            if follows(label, last):
                return Spot(label, depth, False, 1.0)
            if label.ordinals[:-1] == last.ordinals[:-1]:
                step = label.ordinals[-1] - last.ordinals[-1]
                if is_first(label) and not label.damaged:
                    return Spot(label, depth, True, 0.9)
                if 0 <= step <= 3:
                    return Spot(label, depth, False, 0.6 if step else 0.5)
                return Spot(label, depth, False, 0.4 if label.style in _KEYWORDS else 0.2)
            return Spot(label, depth, is_first(label), 0.95 if is_first(label) else 0.5)
        depth = self._depth_of_new(label)
        if self._article is not None and follows(label, self._article):
            return Spot(label, depth, True, 1.0)
        if is_first(label):
            return Spot(label, depth, True, 0.95)
        return Spot(label, depth, True, 0.7 if label.style in _KEYWORDS else 0.3)

    def _depth_of_new(self, label: Label) -> int:
        """A new list stands in the innermost item, but a number never in a bullet of an older number's."""
        if label.style.startswith("decimal-") and len(label.ordinals) > 1:
            for depth in range(len(self._open) - 1, -1, -1):
                if self._open[depth].last.ordinals == label.ordinals[:-1]:
                    return depth + 1
        if label.style in ("roman", "capital", *_KEYWORDS):
            rank = _rank(label)
            return next((depth for depth, entry in enumerate(self._open) if _rank(entry.last) >= rank), len(self._open))
        return len(self._open)

    def put(self, spot: Spot, item: Draft) -> None:
        """Open or carry on the list, and tell the item what it stands under and with."""
        if spot.restarts or spot.depth >= len(self._open):
            owner = self._open[spot.depth - 1].item if spot.depth else None
            entry = _List(spot.label, owner, [], item)
        else:
            entry = self._open[spot.depth]
            entry.last, entry.item = spot.label, item
        del self._open[spot.depth :]
        self._open.append(entry)
        entry.siblings.append(item)
        if spot.label.style == "article":
            self._article = spot.label
        item.owner, item.siblings = entry.owner, entry.siblings

    def clear(self) -> None:
        """Close every list."""
        self._open.clear()
        self._article = None


def _rank(label: Label) -> int:
    ranks = {"part": 0, "chapter": 1, "division": 2, "subdivision": 3, "capital": 3, "roman": 4, "article": 4}
    return ranks.get(label.style, 9)

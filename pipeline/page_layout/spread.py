"""Two pages on one sheet, copied or photographed side by side."""

from collections.abc import Sequence

from pipeline.page_layout.tokens import Token, typical_height
from pipeline.stage import Grid

__all__ = ["facing_pages"]

_WIDE = 1.15  # of the height: print wider than that may be two pages
_MIDDLE = 0.12  # of the width: how far from the middle the fold may be
_FOLD = 2.5  # heights of a word that the fold keeps free
_FEWEST_WORDS = 40  # on each page


def facing_pages(tokens: Sequence[Token], grids: Sequence[Grid]) -> list[list[Token]]:
    """The words of each page on a sheet: of one, or of the left and the right one where a fold parts them."""
    found = list(tokens)
    sure = [token for token in found if token.confidence >= 0.6 and len(token.text) > 1]
    if len(sure) < 2 * _FEWEST_WORDS:
        return [found]
    left, right = min(token.left for token in sure), max(token.right for token in sure)
    width, height = right - left, max(token.bottom for token in sure) - min(token.top for token in sure)
    if width < _WIDE * height:
        return [found]
    middle, reach = (left + right) / 2, _MIDDLE * width
    spans = [(token.left, token.right) for token in sure] + [(grid.box.left, grid.box.right) for grid in grids]
    widest, fold, edge = 0.0, middle, left
    for low, high in sorted(spans):
        if low - edge > widest and abs((low + edge) / 2 - middle) < reach:
            widest, fold = low - edge, (low + edge) / 2
        edge = max(edge, high)
    halves = [[token for token in found if token.x < fold], [token for token in found if token.x >= fold]]
    if widest < _FOLD * typical_height(found) or min(len(half) for half in halves) < _FEWEST_WORDS:
        return [found]
    return halves

"""Stamps of arrival, appearances of digital signatures, and marks that are no words."""

import re
from collections.abc import Iterable, Sequence
from statistics import median

from pipeline.document import Box
from pipeline.page_layout.rows import Row, split_at_gaps
from pipeline.page_layout.tokens import Token, folded
from pipeline.stage import Grid

__all__ = [
    "is_noise",
    "is_readable",
    "noise_in",
    "noise_in_foot",
    "rules_in",
    "signature_appearance",
    "stamp_in_frame",
    "stamp_without_frame",
]

_ARRIVAL_WORDS = frozenset({"den", "so", "ngay", "gio", "chuyen", "kyhieu", "ky", "hieu", "luu", "cv", "congvan"})
_URGENT = frozenset({"hoatoc", "hoa", "toc", "khan", "mat", "thuongkhan"})
_ARRIVAL_STARTS = ("so", "ngay", "gio", "chuyen", "luu", "congvan", "cv", "kinhchuyen")
_SIGNED = ("kyboi", "nguoiky", "coquan", "thoigianky", "ngayky", "signaturenotverified", "digitallysigned", "email")
# One syllable, or up to three whose spaces were lost.
_SYLLABLES = re.compile(
    r"(?:(?:ngh?|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?){1,3}", re.ASCII
)
_DASHES = frozenset("-–—+*•~")
_RULES = frozenset("|_¦‖\\")
_END = re.compile(r"^\.?\s?/\s?[.-]")  # closes a document
# Lines that people write into by hand: unsure as they are, they are print.
_HANDWRITTEN_INTO = re.compile(
    r"^s[ốoóôồ]\s*[:.]|/[A-ZĐ]{1,7}[-–]|/[A-ZĐ]{2,}|ng[àa]y|th[áa]ng|n[ăa]m\b", re.IGNORECASE
)
_APART = 1.5  # heights of a word: wider than a space


def is_readable(token: Token) -> bool:
    """Whether a word could be one: a syllable, a number, an abbreviation that was read surely."""
    text = folded(token.text)
    if not text:
        return False
    if text.isdigit() or _SYLLABLES.fullmatch(text):
        return True
    return token.confidence >= 0.5 and len(text) > 1


def noise_in(rows: Iterable[Row], unit: float) -> list[Token]:
    """Words of handwriting, seals and specks: what was read there is unsure and looks like nothing printed."""
    found: list[Token] = []
    for row in rows:
        pieces = split_at_gaps(row, _APART * unit)
        for index, piece in enumerate(pieces):
            if piece.text in _DASHES and _stands_in_text(pieces, index, unit):
                continue
            if is_noise(piece, unit):
                found.extend(token for token in piece.tokens if not _is_surely_read(token))
            else:
                found.extend(token for token in piece.tokens[1:] if _is_speck(token, unit))
    return found


def _stands_in_text(pieces: Sequence[Row], index: int, unit: float) -> bool:
    """Whether words follow a dash closely, as after that of a list, or stand on both sides of it."""
    reach = 4 * unit
    followed = index + 1 < len(pieces) and pieces[index + 1].left - pieces[index].right < reach
    led = index == 0 or pieces[index].left - pieces[index - 1].right < reach
    return followed and led


def _is_speck(token: Token, unit: float) -> bool:
    """Whether a small mark among words is none of the text; dashes are told too badly to be left out."""
    small = token.height < 0.5 * unit and token.confidence < 0.5
    return small and not folded(token.text) and token.text not in _DASHES


def _is_surely_read(token: Token) -> bool:
    return token.confidence >= 0.75 and is_readable(token) and len(folded(token.text)) > 1


def is_noise(piece: Row, unit: float) -> bool:
    """Whether a piece of a line that stands by itself is no print."""
    sure = piece.confidence
    letters = piece.folded
    if len(letters) <= 1 and piece.height > 2.2 * unit:
        return True
    if not letters:
        return sure < (0.5 if _END.match(piece.text) else 0.9)
    if sure >= 0.75 or _HANDWRITTEN_INTO.search(piece.text):
        return False
    readable = sum(len(folded(token.text)) for token in piece.tokens if is_readable(token)) / len(letters)
    if piece.height > 1.5 * unit:
        return sure < 0.4 or (sure < 0.65 and (readable < 0.6 or len(letters) <= 2))
    if piece.height < 0.35 * unit:
        return sure < 0.4 or len(letters) <= 2
    if len(letters) <= 2 and not letters.isdigit():
        return sure < 0.5
    return sure < 0.35 and readable < 0.5


def rules_in(tokens: Sequence[Token]) -> list[Token]:
    """Words of a table that are pieces of its rules."""
    return [token for token in tokens if _RULES.issuperset(token.text)]


def stamp_in_frame(grid: Grid, tokens: Sequence[Token], page_size: tuple[float, float]) -> bool:
    """Whether a small ruled frame with these words in it is an arrival stamp.

    Args:
        page_size: width and height of the page in the pixels of the grid.
    """
    width, height = page_size
    if grid.box.width > 0.45 * width or len(tokens) > 30:
        return False
    texts = {folded(token.text) for token in tokens}
    if len(texts & _ARRIVAL_WORDS) >= 2 or any(_is_arrival(token) for token in tokens):
        return True
    # Beside the head of a page stands no table; but an urgency or a secrecy has a frame too.
    beside_head = grid.box.right < 0.5 * width and grid.box.bottom < 0.4 * height and len(grid.cells) <= 6
    return beside_head and texts.isdisjoint(_URGENT)


def noise_in_foot(rows: Sequence[Row], unit: float) -> list[Token]:
    """Words of handwriting and seals among recipients and signatures, where every printed line has several letters."""
    found: list[Token] = []
    for row in rows:
        for piece in split_at_gaps(row, _APART * unit):
            letters = piece.folded
            few = len(letters) <= 2 and piece.confidence < 0.97 and piece.text not in _DASHES
            unsure = piece.confidence < 0.5 and (len(letters) <= 3 or piece.height < 0.5 * unit)
            if few or unsure:
                found.extend(piece.tokens)
    return found


def _is_arrival(token: Token) -> bool:
    return folded(token.text) == "den" and token.text.isupper()


def stamp_without_frame(rows: Sequence[Row], unit: float) -> list[Token]:
    """The words of an arrival stamp whose frame was not found: ĐẾN in capitals by itself and what stands around."""
    pieces = [piece for row in rows for piece in split_at_gaps(row, _APART * unit)]
    for piece in pieces:
        if not _is_arrival(piece.tokens[0]) or len(piece.tokens) > 6:
            continue
        around = Box(piece.left - 4 * unit, piece.top - 4 * unit, piece.left + 16 * unit, piece.bottom + 5 * unit)
        near = [
            other
            for other in pieces
            if other is not piece
            and around.left <= other.x <= around.right
            and around.top <= other.y <= around.bottom
            and (other.folded.startswith(_ARRIVAL_STARTS) or other.confidence < 0.6)
            and len(other.tokens) <= 6
        ]
        if any(other.folded.startswith(_ARRIVAL_STARTS) for other in near) or len(piece.tokens) > 1:
            return [token for held in (piece, *near) for token in held.tokens]
    return []


def signature_appearance(rows: Sequence[Row], unit: float) -> list[Token]:
    """The words of a digital signature's box: who signed, for whom, when."""
    pieces = [piece for row in rows for piece in split_at_gaps(row, _APART * unit)]
    lines = [piece for piece in pieces if piece.folded.startswith(_SIGNED)]
    if len(lines) < 2:
        return []
    # Its lines begin below each other; a line of the text that happens to begin so does not.
    left = median(line.left for line in lines)
    lines = [line for line in lines if abs(line.left - left) < 3 * unit]
    lines.sort(key=lambda line: line.y)
    height = median(line.height for line in lines)
    if len(lines) < 2 or lines[-1].y - lines[0].y > 12 * height:
        return []
    right = max(line.right for line in lines)
    top, bottom = lines[0].top - 0.5 * height, lines[-1].bottom + 1.5 * height
    return [
        token
        for piece in pieces
        if top <= piece.y <= bottom and left - 3 * unit <= piece.left and piece.right <= right + 3 * unit
        for token in piece.tokens
    ]

"""Read a page's picture with Tesseract; look twice where it was in doubt."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from pipeline.document import Box, Decision, Page, Word, replace
from pipeline.engines.handwriting import read_handwritten_figures
from pipeline.engines.line_readers import line_readers
from pipeline.engines.number_columns import read_number_columns
from pipeline.engines.overprinted import read_overprinted
from pipeline.engines.page_numbers import read_page_number
from pipeline.engines.second_look import SecondLook
from pipeline.engines.tesseract import ReadWord, Tesseract
from pipeline.engines.typeface import bold_words
from pipeline.engines.unread_cells import read_unread_cells
from pipeline.errors import InputError
from pipeline.stage import CleanPicture, Context, Gift, Grid, Pixels

__all__ = ["Ocr"]

_INK = 170
_NOTHING = 0.1
_RULE_IN = 0.35
_RULE_LIGHT = 0.88
_RULE_IN_SHADE = 0.65
_RULE_THICK_IN = 0.06
_RULE_PX = 8.0
_SURE_SIGN = 0.9
_STRAY_SIGNS = frozenset("|¦¬`^®©⁄†‡\\")
_STRAY_IN_TABLES = _STRAY_SIGNS | frozenset("_")


class Ocr:
    """Reads every page that has a picture but no words yet."""

    name = "ocr"
    version = 3
    needs: frozenset[Gift] = frozenset({"pages", "pictures"})
    gives: frozenset[Gift] = frozenset({"words"})

    def page(self, page: Page, context: Context) -> Page:
        """The page with its words, boxes in scan pixels.

        Cells of ruled tables that hold letters which no word covers are read again by themselves, and so are
        the signer's lines under a seal and words below the confidence `ocr.second_look`; where other engines are
        installed, they read those and every figure too. The reading with the most weight becomes the word's last one.

        Raises:
            EngineError: Tesseract is missing, ran past its time or died.
            InputError: the page is not blank but no words were read on it.
        """
        picture = context.pictures.get(page.number)
        if page.words or page.blank or picture is None:
            return page
        options = context.options.ocr
        engine = Tesseract.load(options.language, options.timeout_s, options.engine)
        bare = _without_rules(picture)
        first = engine.read(bare, dpi=picture.dpi, page_segmentation=options.page_segmentation)
        read = [word for word in first if not _is_stray(word, picture.grids)]
        if page.number == 1:
            read = read_handwritten_figures(picture.pixels, read, dpi=picture.dpi)
        else:
            read = read_page_number(engine, bare, read, dpi=picture.dpi, expected=page.number)
        read, overprinted = read_overprinted(engine, bare, read, dpi=picture.dpi)
        in_cells = _read_cells(engine, picture, bare, read)
        lines = _lines(word for word in read if not _is_nothing(word))
        least = 0.0 if options.quality == "fast" else options.second_look
        look = SecondLook(engine, line_readers(options.quality), least)
        columns = [] if options.quality == "fast" else _read_columns(engine, picture, bare, (*lines, *in_cells))
        in_cells += _lost_figures(columns, (*lines, *in_cells))
        seen, read_by = look.readings(bare, (*lines, *in_cells), dpi=picture.dpi, known=columns)
        marks = [
            (word, read_by[id(word)], _type_height(line), number) for number, line in enumerate(seen) for word in line
        ]
        bold = bold_words(
            bare,
            [word.box for word, *_ in marks],
            [readings[-1].text for _, readings, *_ in marks],
            [number for *_, number in marks],
            dpi=min(page.dpi, picture.dpi),
        )
        words = tuple(
            Word(
                f"{page.number}.{index}",
                page.number,
                picture.box_on_scan(word.box),
                readings,
                bold=bold[index],
                size_px=height * float(np.hypot(*picture.to_scan[:, 1])),
            )
            for index, (word, readings, height, _) in enumerate(marks)
        )
        if not words:
            raise InputError(
                f"No words were read on page {page.number}, which is not blank.",
                remedy="Look at the page: it may be a picture, or need a better scan.",
            )
        decision = Decision(
            "ocr",
            "second look",
            f"{look.doubtful} pieces of lines" + (f", {look.figures} figures" if look.figures else ""),
            "a word of theirs was read with doubt" + (", and no figure rests on one reader" if look.figures else ""),
            {
                "lines": float(len(lines)),
                "doubtful": float(look.doubtful),
                "figures": float(look.figures),
                "cells": float(len(in_cells)),
            },
        )
        decisions = [decision]
        if overprinted:
            decisions.append(
                Decision(
                    "ocr", "signer's lines", f"{overprinted} read again", "letters of theirs hung together with ink"
                )
            )
        return replace(page, words=words, decisions=(*page.decisions, *decisions))


# --- tables ----------------------------------------------------------------------------------------------------------


def _without_rules(picture: CleanPicture) -> Pixels:
    """The picture with the rules of its tables erased: Tesseract takes a ruled cell for a picture now and then."""
    if not picture.grids:
        return picture.pixels
    length = max(round(_RULE_IN * picture.dpi), 10)
    thick = np.ones((max(round(_RULE_THICK_IN * picture.dpi), 3),) * 2, np.uint8)
    # On grey paper or in a shaded cell a fixed level would take the ground itself for one broad rule.
    light = min(_INK + 40.0, _RULE_LIGHT * float(np.median(picture.pixels)))
    rules = np.zeros_like(picture.pixels)
    for grid in picture.grids:
        top, bottom = max(int(grid.box.top) - 4, 0), int(grid.box.bottom) + 5
        left, right = max(int(grid.box.left) - 4, 0), int(grid.box.right) + 5
        part = picture.pixels[top:bottom, left:right]
        for level in (light, _RULE_IN_SHADE * light):
            ink = np.asarray(cv2.threshold(part, level, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)
            across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
            down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
            broad = cv2.morphologyEx(ink, cv2.MORPH_OPEN, thick)
            thin = cv2.bitwise_and(cv2.bitwise_or(across, down), cv2.bitwise_not(broad))
            rules[top:bottom, left:right] |= np.asarray(cv2.dilate(thin, np.ones((3, 3), np.uint8)), np.uint8)
    return np.asarray(np.where(rules > 0, np.uint8(255), picture.pixels), np.uint8)


def _read_cells(
    engine: Tesseract, picture: CleanPicture, bare: Pixels, read: Sequence[ReadWord]
) -> list[list[ReadWord]]:
    """Lines of what was left unread in cells."""
    words = read_unread_cells(engine, bare, picture.grids, read, dpi=picture.dpi)
    return _lines(word for word in words if not _is_nothing(word) and not _is_stray(word, picture.grids))


def _read_columns(
    engine: Tesseract, picture: CleanPicture, bare: Pixels, lines: Sequence[Sequence[ReadWord]]
) -> list[ReadWord]:
    """The words of columns of figures that were read once more."""
    words = [word for line in lines for word in line]
    return read_number_columns(engine, bare, picture.grids, words, dpi=picture.dpi) if picture.grids else []


def _lost_figures(columns: Sequence[ReadWord], lines: Sequence[Sequence[ReadWord]]) -> list[list[ReadWord]]:
    """Lines of the figures that nobody had seen before and that were read alike both times."""
    seen = [word.box for line in lines for word in line]
    found: dict[Box, list[ReadWord]] = {}
    for word in columns:
        if not any(
            box.left < word.box.right
            and word.box.left < box.right
            and box.top < word.box.bottom
            and word.box.top < box.bottom
            for box in seen
        ):
            found.setdefault(word.box, []).append(word)
    return [
        both[:1] for both in found.values() if len(both) > 1 and both[0].text == both[1].text and both[0].text.isdigit()
    ]


# --- words -----------------------------------------------------------------------------------------------------------


def _lines(words: Iterable[ReadWord]) -> list[list[ReadWord]]:
    lines: dict[tuple[int, int, int], list[ReadWord]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    return list(lines.values())


def _is_stray(word: ReadWord, grids: Sequence[Grid]) -> bool:
    """Signs that no such text has by themselves: what is left of a rule, a stamp or a pen stroke."""
    if word.confidence >= _SURE_SIGN:
        return False
    if set(word.text) <= _STRAY_SIGNS:
        return True
    x, y = (word.box.left + word.box.right) / 2, (word.box.top + word.box.bottom) / 2
    return set(word.text) <= _STRAY_IN_TABLES and any(
        grid.box.left - _RULE_PX <= x <= grid.box.right + _RULE_PX
        and grid.box.top - _RULE_PX <= y <= grid.box.bottom + _RULE_PX
        for grid in grids
    )


def _is_nothing(word: ReadWord) -> bool:
    """A speck: no letter, no figure, and Tesseract itself does not believe in it."""
    return word.confidence < _NOTHING and not any(character.isalnum() for character in word.text)


def _type_height(line: Sequence[ReadWord]) -> float:
    """The height of a line's type: that of its taller words, marks and all; one tall speck does not count."""
    return float(np.percentile([word.box.height for word in line], 75))

"""PDF files by PDFium: pages as pictures, and what the file itself says about them."""

import ctypes
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.engines.pdf_text import TextLayer, read_text_layer
from pipeline.errors import (
    DamagedInputError,
    EmptyInputError,
    EncryptedInputError,
    MissingInputError,
    OversizedInputError,
)
from pipeline.stage import Raster

__all__ = ["PageFacts", "PdfFile"]

_POINTS_PER_INCH = 72.0
_MAIN_PICTURE_SHARE = 0.1
_WHITE = 250
_LARGEST_PAGELESS_BYTES = 100_000
_NO_PAGES = re.compile(rb"/Count\s+0\b[^>]*/Type\s*/Pages\b|/Type\s*/Pages\b[^>]*/Count\s+0\b")
# PDFium may not be entered by two threads at once, whatever the document.
_LOCK = threading.RLock()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page is made of.

    Attributes:
        width_pt, height_pt: its size as it is looked at, in points of 1/72 inch.
        picture_share: the part of the page that pictures cover, 0 to 1.
        picture_dpi: the highest resolution among pictures that cover a tenth of the page or more; 0 without one.
        character_count: characters in its text layer.
    """

    width_pt: float
    height_pt: float
    picture_share: float
    picture_dpi: float
    character_count: int


class PdfFile:
    """A PDF file; safe to use from several threads, which then wait for each other.

    Args:
        path: the file, only read.
        max_pages: more pages are refused.
        max_page_megapixels: a page is never rendered larger.
    Raises:
        EncryptedInputError: it needs a password.
        DamagedInputError: truncated or broken beyond reading.
        EmptyInputError: no pages.
        OversizedInputError: too many pages.
    """

    def __init__(self, path: Path, *, max_pages: int = 3000, max_page_megapixels: float = 120) -> None:
        self._name = path.name
        self._max_megapixels = max_page_megapixels
        self._document = _open(path)
        with _LOCK:
            self._count = len(self._document)
        if self._count < 1:
            self.close()
            raise EmptyInputError(f"{path.name} has no pages.", remedy="Make the PDF again from its pages.")
        if self._count > max_pages:
            self.close()
            raise OversizedInputError(
                f"{path.name} has {self._count} pages, more than {max_pages}.",
                remedy="Split it, or raise --set ingest.max_pages.",
            )

    @property
    def page_count(self) -> int:
        """How many pages there are."""
        return self._count

    def facts(self, index: int) -> PageFacts:
        """What the page is made of.

        Raises:
            DamagedInputError: the page cannot be loaded.
        """
        with _LOCK:
            page = self._page(index)
            try:
                width_pt, height_pt = page.get_size()
                share, dpi = _pictures(page, width_pt * height_pt)
                text_page = page.get_textpage()
                count = text_page.count_chars()
                text_page.close()
            except pypdfium2.PdfiumError as error:
                raise self._damaged(index) from error
            finally:
                page.close()
        return PageFacts(width_pt, height_pt, share, dpi, max(count, 0))

    def text_layer(self, index: int, *, dpi: float) -> TextLayer:
        """The words that the file says are on the page, boxes in pixels at that resolution.

        Raises:
            DamagedInputError: the page cannot be loaded.
        """
        with _LOCK:
            page = self._page(index)
            try:
                return read_text_layer(page, dpi / _POINTS_PER_INCH)
            except pypdfium2.PdfiumError as error:
                raise self._damaged(index) from error
            finally:
                page.close()

    def render(self, index: int, *, dpi: float) -> Raster:
        """The page as a colour picture at that resolution, or at the highest below it that the bound on pixels allows.

        Raises:
            DamagedInputError: the page, or the picture that fills it, cannot be decoded.
            OversizedInputError: it is past the bound on pixels even at 50 dpi.
        """
        with _LOCK:
            page = self._page(index)
            try:
                width_pt, height_pt = page.get_size()
                largest_dpi = _POINTS_PER_INCH * (self._max_megapixels * 1e6 / max(width_pt * height_pt, 1.0)) ** 0.5
                if largest_dpi < min(dpi, 50.0):
                    raise OversizedInputError(
                        f"Page {index + 1} of {self._name} is {width_pt / 72:.0f} x {height_pt / 72:.0f} inches large.",
                        remedy="Print it to a smaller page, or raise --set ingest.max_page_megapixels.",
                    )
                dpi = min(dpi, largest_dpi)
                bitmap = page.render(scale=dpi / _POINTS_PER_INCH, may_draw_forms=False, limit_image_cache=True)
                pixels = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
                bitmap.close()
                if int(pixels.min()) >= _WHITE and _has_broken_picture(page):
                    raise self._damaged(index)
            except (pypdfium2.PdfiumError, ValueError) as error:
                raise self._damaged(index) from error
            finally:
                page.close()
        return Raster(pixels, dpi)

    def close(self) -> None:
        """Let go of the file."""
        with _LOCK:
            self._document.close()

    def _page(self, index: int) -> Any:
        try:
            return self._document[index]
        except pypdfium2.PdfiumError as error:
            raise self._damaged(index) from error

    def _damaged(self, index: int) -> DamagedInputError:
        return DamagedInputError(
            f"Page {index + 1} of {self._name} is broken.",
            remedy="Copy the file again from where it came, or scan that page anew.",
        )


def _open(path: Path) -> Any:
    with _LOCK:
        # PDFium keeps the error of the last file that failed; failing on nothing makes that an error of format.
        pdfium.FPDF_LoadMemDocument(b"", 0, None)
        try:
            return pypdfium2.PdfDocument(path)
        except FileNotFoundError as error:
            raise MissingInputError(f"{path} is not there.", remedy="Check the path.") from error
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
                raise EncryptedInputError(
                    f"{path.name} needs a password.",
                    remedy="Save a copy without the password, for example with `qpdf --decrypt`.",
                ) from error
            if _says_no_pages(path):
                raise EmptyInputError(
                    f"{path.name} has no pages.", remedy="Make the PDF again from its pages."
                ) from error
            raise DamagedInputError(
                f"{path.name} is truncated or broken.", remedy="Copy it again from where it came, or scan it anew."
            ) from error


def _says_no_pages(path: Path) -> bool:
    """Whether a file that PDFium does not open is whole, but without a page; only a small one can be."""
    if path.stat().st_size > _LARGEST_PAGELESS_BYTES:
        return False
    return _NO_PAGES.search(path.read_bytes()) is not None


def _pictures(page: Any, area_pt: float) -> tuple[float, float]:
    """The share of the page that pictures cover, and the resolution of the main ones."""
    covered, dpi = 0.0, 0.0
    for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=4):
        left, bottom, right, top = item.get_bounds()
        share = max(right - left, 0.0) * max(top - bottom, 0.0) / max(area_pt, 1.0)
        covered += share
        if share < _MAIN_PICTURE_SHARE:
            continue
        width, height = ctypes.c_uint(), ctypes.c_uint()
        if pdfium.FPDFImageObj_GetImagePixelSize(item.raw, width, height):
            # A quarter turn in the placing exchanges the sides, so areas are compared.
            area_in = (right - left) * (top - bottom) / _POINTS_PER_INCH**2
            dpi = max(dpi, (width.value * height.value / area_in) ** 0.5)
    return min(covered, 1.0), dpi


def _has_broken_picture(page: Any) -> bool:
    """Whether a picture of the page cannot be decoded: PDFium then draws nothing, which looks like an empty page."""
    for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=4):
        try:
            item.get_bitmap().close()
        except pypdfium2.PdfiumError:
            return True
    return False

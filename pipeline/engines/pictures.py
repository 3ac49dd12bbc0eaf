"""Picture files: TIFF with many pages, PNG, JPEG, BMP and WebP, in any colour space, by Pillow."""

import threading
import warnings
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.errors import DamagedInputError, EmptyInputError, OversizedInputError, UnsupportedInputError
from pipeline.stage import Pixels, Raster

__all__ = ["PictureFile"]

_A4_LONG_SIDE_IN = 11.69
_A4_SHORT_SIDE_IN = 8.27
_STRIP = 5.0
_PLAUSIBLE_LONG_SIDE_IN = (4.0, 34.0)
_FORMATS = ("TIFF", "PNG", "JPEG", "BMP", "WEBP")
_MPO_PAGES = 1  # the further pictures of a phone's MPO are previews of the first


class PictureFile:
    """A file of one or more pictures, each of them a page.

    Args:
        path: the file, only read.
        max_pages: more pages are refused.
        max_page_megapixels: a larger page is refused before it is decoded.
    Raises:
        UnsupportedInputError: no kind of picture that is read.
        DamagedInputError: truncated or broken.
        OversizedInputError: too many pages.
        EmptyInputError: no page.
    """

    def __init__(self, path: Path, *, max_pages: int = 3000, max_page_megapixels: float = 120) -> None:
        self._lock = threading.Lock()
        self._max_megapixels = max_page_megapixels
        self._name = path.name
        self._cached: tuple[int, Pixels] | None = None
        try:
            # The bound that counts is ours, checked before anything is decoded.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                self._image = Image.open(path, formats=_FORMATS)
        except Image.DecompressionBombError as error:
            raise self._oversized() from error
        except UnidentifiedImageError as error:
            raise UnsupportedInputError(
                f"{path.name} is no picture that can be read.", remedy="Save it as PDF, TIFF, PNG or JPEG."
            ) from error
        except (OSError, SyntaxError, ValueError, TypeError, EOFError, KeyError) as error:
            raise self._damaged(error) from error
        try:
            count = int(getattr(self._image, "n_frames", 1))
        except (OSError, SyntaxError, ValueError, TypeError, EOFError, KeyError) as error:
            self._image.close()
            raise self._damaged(error) from error
        self._count = _MPO_PAGES if self._image.format == "MPO" else count
        if self._count > max_pages:
            self.close()
            raise OversizedInputError(
                f"{path.name} has {self._count} pages, more than {max_pages}.",
                remedy="Split it, or raise --set ingest.max_pages.",
            )
        if self._count < 1:
            self.close()
            raise EmptyInputError(f"{path.name} has no page.", remedy="Scan it again.")

    @property
    def page_count(self) -> int:
        """How many pages there are."""
        return self._count

    def size(self, index: int) -> tuple[int, int, float]:
        """Width and height in pixels as the page is to be looked at, and its resolution in dpi.

        A resolution that would make the page smaller than a postcard or larger than a poster is no resolution; the
        page is then taken for A4, and a strip for one with A4's short side.

        Raises:
            DamagedInputError, OversizedInputError: as for `render`.
        """
        with self._lock:
            self._seek(index)
            width, height = self._image.size
            try:
                turned = self._image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
                named = self._image.info.get("dpi", (0.0, 0.0))
                dpi = float(max(named))
            except (OSError, SyntaxError, ValueError, TypeError, ZeroDivisionError, KeyError):
                turned, dpi = False, 0.0
        if turned:
            width, height = height, width
        long_side = max(width, height)
        if not (dpi > 0 and _PLAUSIBLE_LONG_SIDE_IN[0] <= long_side / dpi <= _PLAUSIBLE_LONG_SIDE_IN[1]):
            short_side = min(width, height)
            # A strip of several pages side by side, or cut from a page, is as high or as wide as one.
            is_strip = long_side > _STRIP * short_side
            dpi = short_side / _A4_SHORT_SIDE_IN if is_strip else long_side / _A4_LONG_SIDE_IN
        return width, height, max(dpi, 1.0)

    def render(self, index: int, *, dpi: float) -> Raster:
        """The page as stored, in grey or colour; `dpi` below the page's own resolution makes it smaller, never larger.

        Raises:
            DamagedInputError: the page cannot be decoded.
            OversizedInputError: the page is past the bound on pixels.
        """
        _, _, own_dpi = self.size(index)
        with self._lock:
            pixels = self._decode(index)
        if dpi >= own_dpi * 0.99:
            return Raster(pixels, own_dpi)
        height, width = pixels.shape[:2]
        scale = dpi / own_dpi
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        return Raster(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8), dpi)

    def close(self) -> None:
        """Let go of the file."""
        self._cached = None
        self._image.close()

    def _seek(self, index: int) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._image.seek(index)
        except Image.DecompressionBombError as error:
            raise self._oversized() from error
        except (OSError, SyntaxError, ValueError, TypeError, EOFError, KeyError) as error:
            raise self._damaged(error) from error
        if self._image.width * self._image.height > self._max_megapixels * 1e6:
            raise self._oversized()

    def _decode(self, index: int) -> Pixels:
        if self._cached is not None and self._cached[0] == index:
            return self._cached[1]
        self._seek(index)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                pixels = _to_pixels(ImageOps.exif_transpose(self._image))
        except (OSError, SyntaxError, ValueError, TypeError, EOFError, KeyError, IndexError) as error:
            raise self._damaged(error) from error
        self._cached = (index, pixels)
        return pixels

    def _damaged(self, error: Exception) -> DamagedInputError:
        return DamagedInputError(
            f"{self._name} is truncated or broken: {error}", remedy="Copy it again from where it came, or scan it anew."
        )

    def _oversized(self) -> OversizedInputError:
        return OversizedInputError(
            f"{self._name} has a page of more than {self._max_megapixels:g} megapixels.",
            remedy="Scan at 200 to 300 dpi, or raise --set ingest.max_page_megapixels.",
        )


def _to_pixels(image: Image.Image) -> Pixels:
    """Grey (height, width) or blue-green-red (height, width, 3) on white paper, 8 bits, whatever it was stored in."""
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        values = np.asarray(image, dtype=np.float32)
        top = float(values.max(initial=0.0))
        # Integers of 32 bits hold 16-bit scans, floats may run to 1: the scale follows from what is there.
        full = 1.0 if top <= 1.0 else 255.0 if top <= 255.0 else 65535.0
        return np.asarray(np.clip(values * (255.0 / full), 0, 255), dtype=np.uint8)
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"), dtype=np.uint8)
    if image.mode in ("LA", "PA", "La", "RGBa", "RGBA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        image = Image.alpha_composite(paper, layered)
    return np.ascontiguousarray(np.asarray(image.convert("RGB"), dtype=np.uint8)[:, :, ::-1])

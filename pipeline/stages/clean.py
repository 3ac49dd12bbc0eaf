"""Make a page's picture ready for reading."""

import cv2
import numpy as np

from pipeline.document import Page
from pipeline.stage import CleanPicture, Context, Gift

__all__ = ["Clean"]


class Clean:
    """Brings a page to the resolution that reads best."""

    name = "clean"
    version = 1
    needs: frozenset[Gift] = frozenset({"pages"})
    gives: frozenset[Gift] = frozenset({"pictures"})

    def page(self, page: Page, context: Context) -> Page:
        """The page; puts its picture into `context.pictures`."""
        if page.origin == "text" or context.source is None:
            return page
        raster = context.source.render(page.number - 1, dpi=min(page.dpi, 300.0))
        grey = raster.pixels
        if grey.ndim == 3:
            grey = np.ascontiguousarray(grey[:, :, 2])
        dpi = raster.dpi
        scale = min(context.options.clean.read_dpi / dpi, 1.0)
        if scale < 1:
            grey = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        s = page.dpi / dpi / scale
        if page.origin != "text-layer":
            matrix = np.array([[s, 0, 0], [0, s, 0]], np.float64)
            context.pictures[page.number] = CleanPicture(grey, dpi * scale, matrix)
        return page

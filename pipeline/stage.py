"""What a stage is, and what it may use while it works."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.document import Box, Document, Page
from pipeline.options import Options

__all__ = [
    "CleanPicture",
    "Context",
    "DocumentStage",
    "Gift",
    "Grid",
    "GridCell",
    "PageSource",
    "PageStage",
    "Pixels",
    "Raster",
    "Stage",
]

Pixels = NDArray[np.uint8]
Gift = Literal["pages", "pictures", "words", "blocks", "readings", "passages", "records"]


@dataclass(frozen=True, slots=True)
class Raster:
    """A page as a picture.

    Attributes:
        pixels: uint8, (height, width) grey or (height, width, 3) in OpenCV's order blue, green, red; 255 = white.
        dpi: its resolution.
    """

    pixels: Pixels
    dpi: float


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell between ruled lines: indices of its row and column from 0, its box in clean pixels."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table on a clean picture: its box in clean pixels and its cells, row by row."""

    box: Box
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A page made ready for reading.

    Attributes:
        pixels: uint8 grey, (height, width), 0 = ink, 255 = paper.
        dpi: its resolution.
        to_scan: float64 (2, 3), the affine matrix from its pixels to the scan's.
        grids: the ruled tables that were found on it.
    """

    pixels: Pixels
    dpi: float
    to_scan: NDArray[np.float64]
    grids: tuple[Grid, ...] = ()


class PageSource(Protocol):
    """A file that has pages with pictures."""

    @property
    def page_count(self) -> int:
        """How many pages there are."""

    def render(self, index: int, *, dpi: float) -> Raster:
        """The page with that index as a picture at that resolution; safe to call from any thread.

        Raises:
            InputError: the page is damaged or past the bound on pixels.
        """

    def close(self) -> None:
        """Let go of the file."""


@dataclass(slots=True)
class Context:
    """A document's workplace: the stages' means, never part of the result.

    Attributes:
        path: the original, only ever read.
        workspace: folder for page pictures, or None where nobody will look at them.
        source: opened by `ingest` for files with pictures; the runner closes it.
        pictures: a page's clean picture by its number, put by `clean`, dropped by the runner after the page's stages.
        progress: told (stage, page number or None) when a stage has finished with a page or a document.
    """

    path: Path
    options: Options
    workspace: Path | None = None
    source: PageSource | None = None
    pictures: dict[int, CleanPicture] = field(default_factory=dict)
    progress: Callable[[str, int | None], None] = lambda stage, page: None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Stage(Protocol):
    """What every stage says of itself; `version` rises whenever its result can change."""

    @property
    def name(self) -> str:
        """Its name: also its file, its table in the configuration and its key for `--set`."""

    @property
    def version(self) -> int:
        """Counts from 1."""

    @property
    def needs(self) -> frozenset[Gift]:
        """What must have been given before."""

    @property
    def gives(self) -> frozenset[Gift]:
        """What it adds."""


class PageStage(Stage, Protocol):
    """A stage that works page by page; pages may be worked on in several threads."""

    def page(self, page: Page, context: Context) -> Page:
        """The page with what the stage adds."""


class DocumentStage(Stage, Protocol):
    """A stage that needs the whole document."""

    def document(self, document: Document, context: Context) -> Document:
        """The document with what the stage adds."""

"""What a stage is, and what it may use while it works."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.corrections import Correction
from pipeline.document import Box, Document, Page
from pipeline.options import Options

__all__ = [
    "CleanPicture",
    "Context",
    "DocumentStage",
    "Gift",
    "Grid",
    "GridCell",
    "Mesh",
    "PageSource",
    "PageStage",
    "Pixels",
    "Raster",
    "Stage",
]

_INVERSION_STEPS = 6
_NODE_STEP_PX = 32

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
class Mesh:
    """Where the nodes of a square net on a clean picture lie on the scan; between them it is bilinear.

    Attributes:
        nodes: float64 (rows, columns, 2), x before y, scan pixels; at least two rows and columns.
        step_px: from node to node on the clean picture, the first at (0, 0).
    """

    nodes: NDArray[np.float64]
    step_px: float

    @classmethod
    def of(cls, size: tuple[int, int], way: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> "Mesh":
        """A net over a picture of that width and height, pixels.

        Args:
            way: from points (count, 2) of the picture to the scan.
        """
        rows, columns = (max(-(-side // _NODE_STEP_PX), 1) + 1 for side in reversed(size))
        x, y = np.meshgrid(np.arange(columns) * float(_NODE_STEP_PX), np.arange(rows) * float(_NODE_STEP_PX))
        nodes = way(np.stack((x, y), axis=-1).reshape(-1, 2))
        return cls(nodes.reshape(rows, columns, 2), float(_NODE_STEP_PX))

    def nearest_affine(self) -> NDArray[np.float64]:
        """The affine matrix (2, 3) that comes nearest to it."""
        rows, columns, _ = self.nodes.shape
        x, y = np.meshgrid(np.arange(columns) * self.step_px, np.arange(rows) * self.step_px)
        places = np.stack((x.ravel(), y.ravel(), np.ones(x.size)), axis=-1)
        return np.asarray(np.linalg.lstsq(places, self.nodes.reshape(-1, 2), rcond=None)[0].T, np.float64)

    def at(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scan pixels of points (count, 2) of the clean picture; outside the net its outermost squares go on."""
        rows, columns, _ = self.nodes.shape
        places = points / self.step_px
        column = np.clip(np.floor(places[:, 0]).astype(np.int64), 0, columns - 2)
        row = np.clip(np.floor(places[:, 1]).astype(np.int64), 0, rows - 2)
        x, y = (places[:, 0] - column)[:, None], (places[:, 1] - row)[:, None]
        above = self.nodes[row, column] * (1.0 - x) + self.nodes[row, column + 1] * x
        below = self.nodes[row + 1, column] * (1.0 - x) + self.nodes[row + 1, column + 1] * x
        return np.asarray(above * (1.0 - y) + below * y, np.float64)


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A page made ready for reading.

    Attributes:
        pixels: uint8 grey, (height, width), 0 = ink, 255 = paper.
        dpi: its resolution.
        to_scan: float64 (2, 3), the affine matrix from its pixels to the scan's; of a page that was flattened the
            one that comes nearest.
        grids: the ruled tables that were found on it.
        mesh: the way to the scan of a page that was flattened, else None.
    """

    pixels: Pixels
    dpi: float
    to_scan: NDArray[np.float64]
    grids: tuple[Grid, ...] = ()
    mesh: Mesh | None = None

    def on_scan(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scan pixels of points (count, 2) of this picture."""
        if self.mesh is not None:
            return self.mesh.at(points)
        return np.asarray(points @ self.to_scan[:, :2].T + self.to_scan[:, 2], np.float64)

    def on_picture(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels of this picture of points (count, 2) of the scan."""
        back = np.linalg.inv(self.to_scan[:, :2]).T
        found = (points - self.to_scan[:, 2]) @ back
        for _ in range(_INVERSION_STEPS if self.mesh is not None else 0):
            found = found + (points - self.on_scan(found)) @ back
        return np.asarray(found, np.float64)

    def turns(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """The linear part of the way to the scan around points (count, 2) of this picture, (count, 2, 2)."""
        if self.mesh is None:
            return np.broadcast_to(self.to_scan[:, :2], (len(points), 2, 2))
        reach = self.mesh.step_px / 2
        sides = [
            (self.on_scan(points + offset) - self.on_scan(points - offset)) / (2 * reach)
            for offset in (np.array([reach, 0.0]), np.array([0.0, reach]))
        ]
        return np.stack(sides, axis=-1)

    def box_on_scan(self, box: Box) -> Box:
        """The box on the scan around a box of this picture."""
        corners = np.array([(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)])
        points = self.on_scan(corners)
        left, top = points.min(axis=0)
        right, bottom = points.max(axis=0)
        return Box(float(left), float(top), float(right), float(bottom))


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
        corrections: what a person set right in this document, in the order in which it was.
        progress: told (stage, page number or None) when a stage has finished with a page or a document.
    """

    path: Path
    options: Options
    workspace: Path | None = None
    source: PageSource | None = None
    pictures: dict[int, CleanPicture] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
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

"""Pictures of odd shapes are read or come with an issue; none is silently blank or breaks an engine's bounds."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from printed_pages import LINES, context_of, page_image

from pipeline.document import Box, Document, Source
from pipeline.engines.crops import read_crops
from pipeline.engines.pictures import PictureFile
from pipeline.engines.tesseract import ReadWord, Tesseract
from pipeline.stage import Pixels
from pipeline.stages.clean import Clean
from pipeline.stages.ingest import Ingest
from pipeline.stages.ocr import Ocr


def read(path: Path) -> str:
    context = context_of(path)
    document = Ingest().document(Document(Source(path.name, "", "", 0)), context)
    page = Ocr().page(Clean().page(document.pages[0], context), context)
    return " ".join(word.text for word in page.words)


def test_odd_pictures_a_very_wide_scan_is_read(tmp_path: Path) -> None:
    strip = Image.new("L", (20_000, 1400), 255)
    strip.paste(page_image(LINES, mode="L").crop((0, 0, 1240, 1400)), (9000, 0))
    strip.save(tmp_path / "wide.png", dpi=(150, 150))
    text = read(tmp_path / "wide.png").split()
    wanted = " ".join(LINES).split()
    assert sum(word in text for word in wanted) > 0.8 * len(wanted)


@pytest.mark.parametrize(("size", "dpi"), [((20_000, 1400), 169.3), ((300, 8000), 36.3), ((1240, 1754), 150.0)])
def test_odd_pictures_resolution_of_strips_and_pages(tmp_path: Path, size: tuple[int, int], dpi: float) -> None:
    Image.new("L", size, 255).save(tmp_path / "page.png")
    file = PictureFile(tmp_path / "page.png")
    assert file.size(0)[2] == pytest.approx(dpi, abs=0.2)
    file.close()


def test_odd_pictures_two_thousand_cells_fit_on_sheets_that_tesseract_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes: list[tuple[int, ...]] = []

    def note(self: Tesseract, pixels: Pixels, *, dpi: float, page_segmentation: int = 3) -> tuple[ReadWord, ...]:
        shapes.append(pixels.shape)
        return ()

    monkeypatch.setattr(Tesseract, "read", note)
    cells = [
        Box(60.0 * column, 16.0 * row, 55.0 + 60.0 * column, 14.0 + 16.0 * row)
        for row in range(100)
        for column in range(20)
    ]
    assert len(read_crops(Tesseract(), np.full((1700, 1240), 255, np.uint8), cells, dpi=150)) == 2000
    assert len(shapes) > 1
    assert max(max(shape) for shape in shapes) < 32_767

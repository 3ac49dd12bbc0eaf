"""Picture files of every kind that scanners and phones write."""

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.engines.pictures import PictureFile
from pipeline.errors import DamagedInputError, OversizedInputError, UnsupportedInputError

_OPEN: list[PictureFile] = []


def opened(path: Path, **bounds: float) -> PictureFile:
    _OPEN.append(PictureFile(path, **bounds))  # type: ignore[arg-type]
    return _OPEN[-1]


@pytest.fixture(autouse=True)
def _close_all() -> Iterator[None]:
    yield
    while _OPEN:
        _OPEN.pop().close()


def stripes(mode: str = "RGB", size: tuple[int, int] = (160, 240)) -> Image.Image:
    """White paper with a black bar across its upper part and a red one below."""
    image = Image.new("RGB", size, "white")
    image.paste((0, 0, 0), (0, 20, size[0], 40))
    image.paste((220, 20, 20), (0, 180, size[0], 200))
    return image.convert(mode)


@pytest.mark.parametrize(
    ("mode", "name", "options"),
    [
        ("RGB", "page.png", {}),
        ("RGB", "page.jpg", {"quality": 95}),
        ("RGB", "page.bmp", {}),
        ("RGB", "page.webp", {"lossless": True}),
        ("CMYK", "page.jpg", {"quality": 95}),
        ("CMYK", "page.tif", {}),
        ("P", "page.png", {}),
        ("RGBA", "page.png", {}),
        ("YCbCr", "page.jpg", {"quality": 95}),
        ("LAB", "page.tif", {}),
    ],
)
def test_pictures_colour_modes_become_blue_green_red(
    tmp_path: Path, mode: str, name: str, options: dict[str, object]
) -> None:
    path = tmp_path / name
    stripes("RGB" if mode == "LAB" else mode).save(path, **options)
    pixels = opened(path).render(0, dpi=600).pixels
    assert pixels.shape == (240, 160, 3)
    assert pixels.dtype == np.uint8
    assert pixels[100, 80].min() > 240
    assert pixels[30, 80].max() < 30
    blue, green, red = pixels[190, 80].tolist()
    assert red > 180 and blue < 90 and green < 90


@pytest.mark.parametrize(
    ("mode", "name"), [("1", "page.tif"), ("L", "page.png"), ("I;16", "page.png"), ("F", "page.tif")]
)
def test_pictures_without_colour_become_grey(tmp_path: Path, mode: str, name: str) -> None:
    grey = np.asarray(stripes("L"), np.uint16)
    if mode == "I;16":
        image = Image.fromarray((grey.astype(np.uint32) * 257).astype(np.uint16))
    elif mode == "F":
        image = Image.fromarray(grey.astype(np.float32) / 255)
    else:
        image = stripes(mode)
    image.save(tmp_path / name)
    pixels = opened(tmp_path / name).render(0, dpi=600).pixels
    assert pixels.shape == (240, 160)
    assert pixels[100, 80] > 250
    assert pixels[30, 80] == 0


def test_pictures_transparent_is_paper(tmp_path: Path) -> None:
    image = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (10, 10, 20, 20))
    image.save(tmp_path / "page.png")
    pixels = opened(tmp_path / "page.png").render(0, dpi=600).pixels
    assert pixels[40, 40].tolist() == [255, 255, 255]
    assert pixels[15, 15].tolist() == [0, 0, 0]


def test_pictures_camera_rotation_is_followed(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to look at it
    stripes().rotate(90, expand=True).save(tmp_path / "page.jpg", exif=exif, quality=95)
    file = opened(tmp_path / "page.jpg")
    width, height, _ = file.size(0)
    pixels = file.render(0, dpi=600).pixels
    assert (height, width) == pixels.shape[:2] == (240, 160)
    assert pixels[30, 80].max() < 60


def test_pictures_tiff_pages_are_all_there(tmp_path: Path) -> None:
    pages = [Image.new("L", (80, 100), shade) for shade in (10, 120, 240)]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])
    file = opened(tmp_path / "pages.tif")
    assert file.page_count == 3
    assert [int(file.render(index, dpi=600).pixels.mean()) for index in (2, 0, 1)] == [240, 10, 120]


@pytest.mark.parametrize(("dpi", "expected"), [(200, 200.0), (72, 102.7), (2400, 102.7), (None, 102.7)])
def test_pictures_resolution_is_believed_only_where_it_makes_a_page(
    tmp_path: Path, dpi: int | None, expected: float
) -> None:
    image = Image.new("L", (850, 1200 if dpi != 72 else 3000), 255)
    image.save(tmp_path / "page.png", **({"dpi": (dpi, dpi)} if dpi else {}))
    _, height, found = opened(tmp_path / "page.png").size(0)
    assert found == pytest.approx(expected if height == 1200 else 3000 / 11.69, rel=0.01)


def test_pictures_render_makes_smaller_but_never_larger(tmp_path: Path) -> None:
    stripes(size=(1600, 2400)).save(tmp_path / "page.png", dpi=(200, 200))
    file = opened(tmp_path / "page.png")
    small = file.render(0, dpi=100)
    assert small.pixels.shape[:2] == (1200, 800)
    assert small.dpi == 100
    large = file.render(0, dpi=400)
    assert large.pixels.shape[:2] == (2400, 1600)
    assert large.dpi == pytest.approx(200, abs=0.1)


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that claims a size and has no pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", b"")


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_pictures_bomb_is_refused_before_it_is_decoded(tmp_path: Path, side: int) -> None:
    (tmp_path / "bomb.png").write_bytes(png_header(side, side))
    with pytest.raises(OversizedInputError) as caught:
        opened(tmp_path / "bomb.png").size(0)
    assert "max_page_megapixels" in caught.value.remedy


def test_pictures_too_many_pages_are_refused(tmp_path: Path) -> None:
    page = Image.new("1", (8, 8), 1)
    page.save(tmp_path / "pages.tif", save_all=True, append_images=[page] * 4)
    with pytest.raises(OversizedInputError, match="5 pages"):
        opened(tmp_path / "pages.tif", max_pages=4)


@pytest.mark.parametrize("name", ["page.png", "page.jpg", "page.tif"])
def test_pictures_truncated_are_damaged(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, format={"png": "PNG", "jpg": "JPEG", "tif": "TIFF"}[name[-3:]])
    (tmp_path / name).write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    file = opened(tmp_path / name)
    with pytest.raises(DamagedInputError):
        file.render(0, dpi=600)


def test_pictures_broken_second_page_leaves_the_first(tmp_path: Path) -> None:
    pages = [Image.new("L", (80, 100), 200)] * 2
    buffer = io.BytesIO()
    pages[0].save(buffer, format="TIFF", save_all=True, append_images=pages[1:])
    (tmp_path / "pages.tif").write_bytes(buffer.getvalue()[:-4000])
    file = opened(tmp_path / "pages.tif")
    assert file.render(0, dpi=600).pixels.mean() == 200
    with pytest.raises(DamagedInputError):
        file.render(1, dpi=600)


def test_pictures_that_are_none_are_unsupported(tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(b"\x89PNG but no more")
    with pytest.raises(UnsupportedInputError):
        opened(tmp_path / "page.png")

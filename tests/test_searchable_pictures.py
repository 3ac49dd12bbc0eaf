"""A searchable copy of pictures has them as they were stored, lying as they are to be looked at."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Name
from PIL import Image, ImageCms, ImageDraw, ImageOps
from searchable_pages import LINES, document_of, found_text, look, overlap, page_with_lines, pictures, read_back

from pipeline.engines.pictures import PictureFile
from pipeline.searchable import write_searchable_copy

SIZE = (300, 420)
DPI = 50.0
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def drawn(mode: str = "RGB") -> Image.Image:
    """A picture that looks different whichever way it is turned."""
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 30, 120, 80), fill=(200, 30, 30))
    draw.rectangle((200, 330, 280, 400), fill=(20, 20, 160))
    draw.line((20, 400, 280, 30), fill="black", width=4)
    return image.convert(mode, dither=Image.Dither.NONE)


def saved(path: Path, image: Image.Image, **facts: Any) -> Path:
    image.save(path, **facts)
    return path


def copied(original: Path, media_type: str) -> Path:
    """The copy of a picture file of any number of pages, with lines of words on each."""
    file = PictureFile(original)
    try:
        sizes = [file.size(index) for index in range(file.page_count)]
    finally:
        file.close()
    pages = []
    for number, (width, height, dpi) in enumerate(sizes, start=1):
        page = page_with_lines(width * 10, height * 10, number=number)
        pages.append(
            type(page)(number, width * 10, height * 10, dpi * 10, "scan", words=page.words, blocks=page.blocks)
        )
    target = original.with_name("copy.pdf")
    report = write_searchable_copy(document_of(original, pages, media_type), original, target, force=True)
    assert report.archival and report.page_count == len(pages) and not report.notes
    with pikepdf.open(target) as pdf:
        assert pdf.check_pdf_syntax() == []
    return target


def as_read(original: Path, index: int = 0) -> np.ndarray:
    """What the stages saw, blue, green and red."""
    file = PictureFile(original)
    try:
        pixels = file.render(index, dpi=1000).pixels
    finally:
        file.close()
    return pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)


def looks_alike(copy: Path, original: Path, index: int = 0) -> bool:
    """Whether the copy shows what the stages saw, but for the renderer's rounding."""
    with pikepdf.open(copy) as pdf:
        width_pt = float(pdf.pages[index].mediabox[2])
    expected = as_read(original, index)
    shown = look(copy, index, dpi=72 * expected.shape[1] / width_pt)
    height, width = (min(shown.shape[axis], expected.shape[axis]) for axis in (0, 1))
    difference = np.abs(shown[:height, :width].astype(int) - expected[:height, :width].astype(int))
    return float(difference.mean()) < 2.0


@pytest.mark.parametrize("orientation", range(1, 9))
def test_copy_keeps_a_jpeg_byte_by_byte_and_turns_it_as_its_camera_said(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    original = saved(tmp_path / "photo.jpg", drawn(), exif=exif, quality=90)
    copy = copied(original, "image/jpeg")
    assert pictures(copy) == [original.read_bytes()]
    assert looks_alike(copy, original)
    width, height = ImageOps.exif_transpose(Image.open(original)).size
    with pikepdf.open(copy) as pdf:
        assert float(pdf.pages[0].mediabox[2]) / float(pdf.pages[0].mediabox[3]) == pytest.approx(width / height)


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "1", "I;16"])
def test_copy_keeps_the_rows_of_a_png(tmp_path: Path, mode: str) -> None:
    image = drawn("L").point(lambda value: value * 257, "I").convert("I;16") if mode == "I;16" else drawn(mode)
    original = saved(tmp_path / "page.png", image)
    copy = copied(original, "image/png")
    (rows,) = pictures(copy)
    assert rows in original.read_bytes()
    assert looks_alike(copy, original)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_copy_shows_a_transparent_png_on_white(tmp_path: Path, mode: str) -> None:
    image = drawn("RGBA")
    image.putalpha(drawn("L").point(lambda value: 0 if value > 250 else 200))
    original = saved(tmp_path / "page.png", image.convert(mode))
    assert looks_alike(copied(original, "image/png"), original)


def test_copy_packs_bilevel_tiff_pages_as_fax(tmp_path: Path) -> None:
    pages = [drawn("1"), ImageOps.mirror(drawn("1")), drawn("L"), drawn("RGB")]
    original = tmp_path / "fax.tif"
    pages[0].save(original, save_all=True, append_images=pages[1:])
    copy = copied(original, "image/tiff")
    for index in range(4):
        assert looks_alike(copy, original, index)
    with pikepdf.open(copy) as pdf:
        filters = [page.obj.Resources.XObject.Scan.Filter for page in pdf.pages]
    assert filters == [Name.CCITTFaxDecode, Name.CCITTFaxDecode, Name.FlateDecode, Name.FlateDecode]


def test_copy_packs_colour_without_loss(tmp_path: Path) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (60, 40, 3), dtype=np.uint8)
    original = saved(tmp_path / "noise.tif", Image.fromarray(noise))
    copy = copied(original, "image/tiff")
    with pikepdf.open(copy) as pdf:
        back = pikepdf.PdfImage(pdf.pages[0].obj.Resources.XObject.Scan).as_pil_image()
    assert np.array_equal(np.asarray(back.convert("RGB")), noise)


@pytest.mark.parametrize("kind", ["jpg", "bmp", "webp", "png"])
def test_copy_shows_other_kinds_as_they_were_read(tmp_path: Path, kind: str) -> None:
    """A JPEG in CMYK, kinds that PDF does not know, and a picture whose colour profile is broken."""
    facts: dict[str, Any] = {"webp": {"lossless": True}, "png": {"icc_profile": b"broken" * 40}}.get(kind, {})
    original = saved(tmp_path / f"page.{kind}", drawn("CMYK" if kind == "jpg" else "RGB"), **facts)
    copy = copied(original, f"image/{kind}")
    assert looks_alike(copy, original)
    with pikepdf.open(copy) as pdf:
        assert pdf.pages[0].obj.Resources.XObject.Scan.ColorSpace == Name.DeviceRGB


def test_copy_keeps_a_sound_colour_profile(tmp_path: Path) -> None:
    original = saved(tmp_path / "page.jpg", drawn(), icc_profile=SRGB)
    with pikepdf.open(copied(original, "image/jpeg")) as pdf:
        kind, profile = pdf.pages[0].obj.Resources.XObject.Scan.ColorSpace
        assert kind == Name.ICCBased and profile.read_bytes() == SRGB and profile.N == 3


def test_copy_of_pictures_has_words_at_their_places(tmp_path: Path) -> None:
    original = saved(tmp_path / "page.png", drawn(), dpi=(DPI, DPI))
    copy = copied(original, "image/png")
    words = page_with_lines(SIZE[0] * 10, SIZE[1] * 10).words
    found = read_back(copy, dpi=DPI * 10)
    assert [one.text for one in found] == " ".join(LINES).split()
    assert min(overlap(one.box, word.box) for one, word in zip(found, words, strict=True) if word.box) > 0.9


def test_copy_leaves_a_page_empty_whose_picture_is_lost(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    drawn("RGB").save(buffer, "TIFF", compression="tiff_lzw", save_all=True, append_images=[drawn("L")])
    data = bytearray(buffer.getvalue())
    with Image.open(buffer) as image:
        start = image.tag_v2[273][0]  # type: ignore[attr-defined]
    data[start : start + 400] = b"\xff" * 400
    original = tmp_path / "broken.tif"
    original.write_bytes(data)
    pages = [page_with_lines(*SIZE, number=1), page_with_lines(*SIZE, number=2)]
    report = write_searchable_copy(document_of(original, pages, "image/tiff"), original, tmp_path / "copy.pdf")
    assert report.notes == ("Page 1 cannot be shown: its picture is damaged.",)
    assert found_text(tmp_path / "copy.pdf", 1).split() == " ".join(LINES).split()

"""Pages made of pictures, each picture embedded without loss, a JPEG and most PNG byte by byte."""

import io
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from pipeline.document import Page
from pipeline.engines.pictures import PictureFile
from pipeline.errors import InputError

__all__ = ["add_picture_pages"]

_ORIENTATION = 0x0112
_ROWS_PER_STRIP, _STRIP_OFFSETS, _STRIP_BYTES, _PHOTOMETRIC = 278, 273, 279, 262
_MPO_PICTURES, _MPO_SIZE = 0xB002, "Size"
_FASTEST_PNG = [cv2.IMWRITE_PNG_COMPRESSION, 3]
_PNG_HEAD = 8
_COLOURS = {0: 1, 2: 3, 3: 1}  # of a PNG by its type: grey, colour, palette
_PROFILE_SPACES = {1: b"GRAY", 3: b"RGB "}
_A4_PT = (595.28, 841.89)
_LARGEST_MEGAPIXELS = 1e6  # the original was taken in under the bound that its owner chose
_MOST_PAGES = 1_000_000
_UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, EOFError, KeyError, UnidentifiedImageError)


@dataclass(frozen=True, slots=True)
class _Embedded:
    """A picture as a PDF keeps it.

    Attributes:
        data: encoded by the filter that `facts` name.
        colours: samples a pixel, palette indices counted as one.
        orientation: as EXIF numbers it, 1 for upright.
    """

    data: bytes
    width_px: int
    height_px: int
    colours: int
    facts: dict[str, Any]
    orientation: int = 1
    palette: bytes = b""
    profile: bytes = b""
    bits: int = field(default=8)


def add_picture_pages(pdf: pikepdf.Pdf, original: Path, pages: tuple[Page, ...]) -> list[int]:
    """Give a new file a page for each page of a picture file, of the picture's own size.

    JPEG streams and PNG of 1 to 16 bits are taken as they are; bilevel pictures are packed as fax G4; all others
    become what was read: 8 bits of grey or colour on white paper, without loss. CMYK becomes RGB, since the copy's
    colours are sRGB.

    Returns:
        Numbers of the pages whose picture cannot be decoded; they stay empty.
    Raises:
        InputError: the file cannot be read any more.
    Not done: JPEG inside TIFF is decoded and packed without loss, which is larger.
    """
    lost: list[int] = []
    file = PictureFile(original, max_pages=_MOST_PAGES, max_page_megapixels=_LARGEST_MEGAPIXELS)
    try:
        for index, page in enumerate(pages):
            try:
                picture = _as_stored(original, index) or _as_read(file, index)
            except InputError:
                lost.append(page.number)
                pdf.add_blank_page(page_size=_size_pt(page) or _A4_PT)
                continue
            _add_page(pdf, picture, _size_pt(page) or _A4_PT)
    finally:
        file.close()
    return lost


def _size_pt(page: Page) -> tuple[float, float] | None:
    if page.dpi <= 0 or not page.width_px or not page.height_px:
        return None
    return max(page.width_px / page.dpi * 72, 3.0), max(page.height_px / page.dpi * 72, 3.0)


def _add_page(pdf: pikepdf.Pdf, picture: _Embedded, size_pt: tuple[float, float]) -> None:
    image = pdf.make_stream(
        picture.data,
        {
            "/Type": Name.XObject,
            "/Subtype": Name.Image,
            "/Width": picture.width_px,
            "/Height": picture.height_px,
            "/BitsPerComponent": picture.bits,
            "/ColorSpace": _colour_space(pdf, picture),
            **picture.facts,
        },
    )
    page = pdf.add_blank_page(page_size=size_pt)
    page.obj["/Resources"] = Dictionary(XObject=Dictionary(Scan=image))
    matrix = " ".join(f"{value:.4f}" for value in _placing(picture.orientation, *size_pt))
    page.obj["/Contents"] = pdf.make_stream(f"q {matrix} cm /Scan Do Q".encode("ascii"))


def _placing(orientation: int, width_pt: float, height_pt: float) -> tuple[float, float, float, float, float, float]:
    """The matrix from the unit square to the page, so that a picture lies as its camera said."""
    w, h = width_pt, height_pt
    placings = {
        2: (-w, 0.0, 0.0, h, w, 0.0),
        3: (-w, 0.0, 0.0, -h, w, h),
        4: (w, 0.0, 0.0, -h, 0.0, h),
        5: (0.0, -h, -w, 0.0, w, h),
        6: (0.0, -h, w, 0.0, 0.0, h),
        7: (0.0, h, w, 0.0, 0.0, 0.0),
        8: (0.0, h, -w, 0.0, w, 0.0),
    }
    return placings.get(orientation, (w, 0.0, 0.0, h, 0.0, 0.0))


def _colour_space(pdf: pikepdf.Pdf, picture: _Embedded) -> Any:
    base: Any = Name.DeviceGray if picture.colours == 1 and not picture.palette else Name.DeviceRGB
    if picture.profile:
        base = Array([Name.ICCBased, pdf.make_stream(picture.profile, N=3 if picture.palette else picture.colours)])
    if picture.palette:
        last = len(picture.palette) // 3 - 1
        return Array([Name.Indexed, base, last, pikepdf.String(picture.palette)])
    return base


def _as_stored(path: Path, index: int) -> _Embedded | None:
    """The picture in the bytes that the file has, or packed as tightly; None where that cannot be."""
    try:
        with Image.open(path) as image:
            if image.format in ("JPEG", "MPO"):
                return _jpeg(path, image)
            if image.format == "PNG" and image.getexif().get(_ORIENTATION, 1) == 1:
                return _png(path.read_bytes(), _profile(image))
            image.seek(index)
            if image.mode == "1":
                return _bilevel(ImageOps.exif_transpose(image))
    except _UNREADABLE:
        # Whoever decodes it next says what is wrong with it.
        return None
    return None


def _as_read(file: PictureFile, index: int) -> _Embedded:
    """The picture as the stages read it.

    Raises:
        InputError: it cannot be decoded.
    """
    pixels = file.render(index, dpi=float("inf")).pixels
    encoded = cv2.imencode(".png", pixels, _FASTEST_PNG)[1].tobytes()
    picture = _png(encoded, b"")
    if picture is None:
        raise InputError("A picture could not be packed.", remedy="Save it as TIFF or PNG and run that.")
    return picture


def _jpeg(path: Path, image: Image.Image) -> _Embedded | None:
    if image.mode not in ("L", "RGB"):
        return None
    data = path.read_bytes()
    described = getattr(image, "mpinfo", None)
    if described is not None:
        data = data[: described[_MPO_PICTURES][0][_MPO_SIZE]]
    colours = 1 if image.mode == "L" else 3
    orientation = int(image.getexif().get(_ORIENTATION, 1))
    facts = {"/Filter": Name.DCTDecode}
    return _Embedded(data, image.width, image.height, colours, facts, orientation, profile=_profile(image))


def _png(data: bytes, profile: bytes) -> _Embedded | None:
    """A PNG's own compressed rows; PDF packs them in the same way, if they are neither interlaced nor transparent."""
    chunks: list[tuple[bytes, bytes]] = []
    place = _PNG_HEAD
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        chunks.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    if not chunks or chunks[0][0] != b"IHDR" or any(kind == b"tRNS" for kind, _ in chunks):
        return None
    width, height, bits, colour_type, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    rows = b"".join(content for kind, content in chunks if kind == b"IDAT")
    if colour_type not in _COLOURS or interlaced:
        return None
    colours = _COLOURS[colour_type]
    palette = next((content for kind, content in chunks if kind == b"PLTE"), b"") if colour_type == 3 else b""
    parameters = Dictionary(Predictor=15, Colors=colours, BitsPerComponent=bits, Columns=width)
    facts = {"/Filter": Name.FlateDecode, "/DecodeParms": parameters}
    fits = len(profile) >= 20 and profile[16:20] == (b"RGB " if palette else _PROFILE_SPACES[colours])
    return _Embedded(rows, width, height, colours, facts, 1, palette, profile if fits else b"", bits)


def _bilevel(image: Image.Image) -> _Embedded | None:
    """Black and white as fax G4, which says the same in the fewest bytes."""
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: image.height})
    with Image.open(buffer) as packed:
        tags = packed.tag_v2  # type: ignore[attr-defined]
        if len(tags[_STRIP_OFFSETS]) != 1:
            return None
        start, length = tags[_STRIP_OFFSETS][0], tags[_STRIP_BYTES][0]
        white_is_zero = tags[_PHOTOMETRIC] == 0
    parameters = Dictionary(K=-1, Columns=image.width, Rows=image.height, BlackIs1=not white_is_zero)
    facts = {"/Filter": Name.CCITTFaxDecode, "/DecodeParms": parameters}
    data = buffer.getvalue()[start : start + length]
    return _Embedded(data, image.width, image.height, 1, facts, bits=1)


def _profile(image: Image.Image) -> bytes:
    """The picture's colour profile, if it is whole and of its colours; a broken one says nothing."""
    profile = image.info.get("icc_profile") or b""
    colours = 1 if image.mode in ("1", "L", "I;16") else 3
    if len(profile) < 128 or int.from_bytes(profile[:4], "big") != len(profile) or profile[36:40] != b"acsp":
        return b""
    if profile[16:20] != _PROFILE_SPACES[colours] or profile[12:16] not in (b"scnr", b"mntr", b"prtr", b"spac"):
        return b""
    try:
        ImageCms.getOpenProfile(io.BytesIO(profile))
    except (ImageCms.PyCMSError, OSError):
        return b""
    return bytes(profile)

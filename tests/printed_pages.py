"""Pages and PDFs drawn for the tests of reading: text of our own in the corpus's fonts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.options import Options
from pipeline.stage import Context, Pixels, Raster

FONTS = Path(__file__).resolve().parents[1] / "corpus" / "fonts"
LINES = (
    "Kế hoạch tổ chức phong trào thi đua yêu nước năm học mới",
    "Căn cứ Luật Thi đua, khen thưởng ngày 15 tháng 6 năm 2022;",
    "Các đơn vị triển khai nghiêm túc, kịp thời, đúng tiến độ.",
    "Động viên cán bộ, công chức, người lao động hăng hái thi đua",
    "Phòng Nội vụ chủ trì, phối hợp với các cơ quan liên quan.",
    "Ủy ban nhân dân các xã, thị trấn tổ chức thực hiện kế hoạch.",
    "Kinh phí được bố trí từ nguồn ngân sách nhà nước hằng năm.",
    "Đề nghị các đơn vị báo cáo kết quả trước ngày quy định.",
)


def font(size_px: int, style: str = "Regular") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"Tinos-{style}.ttf"), size_px)


def page_image(lines: Sequence[str] = LINES * 3, *, dpi: float = 150.0, mode: str = "RGB") -> Image.Image:
    """An A4 page with lines of 14-point print."""
    image = Image.new("RGB", (round(8.27 * dpi), round(11.69 * dpi)), "white")
    draw = ImageDraw.Draw(image)
    size = round(14 / 72 * dpi)
    for index, line in enumerate(lines):
        draw.text((round(1.0 * dpi), round(0.9 * dpi + 1.6 * size * index)), line, fill="black", font=font(size))
    return image.convert(mode)


def page_pixels(lines: Sequence[str] = LINES * 3, *, dpi: float = 150.0) -> Pixels:
    """The same page as blue-green-red pixels."""
    return np.ascontiguousarray(np.asarray(page_image(lines, dpi=dpi), np.uint8)[:, :, ::-1])


class OnePicture:
    """A page source that holds one picture."""

    def __init__(self, pixels: Pixels, dpi: float) -> None:
        self.pixels, self.dpi = pixels, dpi
        self.page_count = 1

    def render(self, index: int, *, dpi: float) -> Raster:
        return Raster(self.pixels, self.dpi)

    def close(self) -> None:
        pass


def context_of(path: Path, options: Options | None = None, workspace: Path | None = None) -> Context:
    return Context(path, options or Options(), workspace)


def write_pdf(
    path: Path,
    pages: Sequence[Sequence[str]],
    *,
    picture: Image.Image | None = None,
    render_mode: int = 0,
    styles: Sequence[str] = ("Regular",),
    rotation: int = 0,
    size_pt: float = 14.0,
) -> Path:
    """A PDF of text lines, the styles taking turns, over a picture that fills the page where there is one."""
    for style in set(styles):
        pdfmetrics.registerFont(TTFont(f"Tinos-{style}", str(FONTS / f"Tinos-{style}.ttf")))
    canvas = Canvas(str(path), pagesize=(595, 842))
    for lines in pages:
        if picture is not None:
            canvas.drawInlineImage(picture, 0, 0, 595, 842)
        for index, line in enumerate(lines):
            text = canvas.beginText(72, 760 - 24 * index)
            text.setFont(f"Tinos-{styles[index % len(styles)]}", size_pt)
            text.setTextRenderMode(render_mode)
            text.textLine(line)
            canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    if rotation:
        with pikepdf.open(path, allow_overwriting_input=True) as document:
            for page in document.pages:
                page.Rotate = rotation
            document.save(path)
    return path

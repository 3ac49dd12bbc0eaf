"""Bad files through the real `sohoa run`: each is refused with a remedy, and none spoils the others."""

import io
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pikepdf
import pytest
from command_line import ROOT, Answer, command, environment, spawn
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

FONT = ROOT / "corpus" / "fonts" / "Tinos-Regular.ttf"
TEXT = """UBND HUYỆN AN BÌNH
PHÒNG NỘI VỤ

Số: 15/KH-PNV

An Bình, ngày 03 tháng 02 năm 2031

KẾ HOẠCH
Tổ chức phong trào thi đua năm 2031

I. MỤC ĐÍCH
Động viên cán bộ thi đua hoàn thành nhiệm vụ.

Nơi nhận:
- Như trên;
- Lưu: VT.
"""
PRINTED = ("KẾ HOẠCH", "Tổ chức phong trào thi đua", "Xong trước ngày 30 tháng 6 năm 2031")


def picture(width: int = 1240, height: int = 1754) -> Image.Image:
    """A page at 150 dpi with a few lines of print."""
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    for index, line in enumerate(PRINTED * 4):
        draw.text((80, 120 + 60 * index), line, fill=0, font=ImageFont.truetype(str(FONT), 29))
    return image


def digital_pdf(pages: int = 3) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream)
    for number in range(pages):
        canvas.drawString(72, 700, f"Plain page {number + 1} of a letter")
        canvas.drawInlineImage(picture(), 72, 100, 200, 283)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def bomb_png(side: int = 60_000) -> bytes:
    """A valid picture of a few kilobytes that opens to billions of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    row = b"\0" * (1 + side // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def encrypted_pdf() -> bytes:
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(digital_pdf(1))) as document:
        document.save(stream, encryption=pikepdf.Encryption(owner="owner", user="secret"))
    return stream.getvalue()


def pageless_pdf() -> bytes:
    stream = io.BytesIO()
    with pikepdf.new() as document:
        document.save(stream)
    return stream.getvalue()


def zip_file() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("word/document.xml", "<w:document/>")
    return stream.getvalue()


def png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", dpi=(150, 150))
    return stream.getvalue()


# Kế hoạch tổ chức … as a font of the nineties kept it, one byte a letter.
TCVN3 = (
    b"K\xd5 ho\xb9ch t\xe6 ch\xf8c phong tr\xb5o thi \xaeua n\xa8m 2001, "
    b"th\xf9c hi\xd6n nhi\xd6m v\xf4 \xae\xad\xeec giao\n"
)

# Name → content and the words of the error's code and message that must be told.
REFUSED: Mapping[str, tuple[bytes, str]] = {
    "a-empty.pdf": (b"", "is empty"),
    "b-broken.pdf": (digital_pdf()[:300], "b-broken.pdf"),
    "c-encrypted.pdf": (encrypted_pdf(), "password"),
    "d-bomb.png": (bomb_png(), "d-bomb.png"),
    "e-pageless.pdf": (pageless_pdf(), "no page"),
    "f-word.pdf": (zip_file(), "Word"),
    "g-tcvn3.txt": (TCVN3 * 20, "Unicode"),
    "h-noise.jpg": (bytes(range(256)) * 40, "h-noise.jpg"),
    "i-cut.png": (png(picture())[:2000], "i-cut.png"),
}
GOOD: Mapping[str, bytes] = {
    "k-good.txt": TEXT.encode(),
    "l-good.png": png(picture()),
    "m-picture-named.pdf": png(picture(1240, 1700)),
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """One run over all of them, with a path that is not there among the arguments."""
    place = tmp_path_factory.mktemp("bad")
    folder = place / "scans"
    folder.mkdir()
    for name, (content, _) in REFUSED.items():
        (folder / name).write_bytes(content)
    for name, content in GOOD.items():
        (folder / name).write_bytes(content)
    (folder / "page1.gold.txt").write_text("KẾ HOẠCH")
    cut = digital_pdf(3)
    (folder / "n-cut.pdf").write_bytes(cut[: len(cut) * 2 // 3])
    return place, spawn("run", folder, "nowhere.pdf", cwd=place)


def results(answer: Answer) -> dict[str, str]:
    """Each file's result by its name, from the table that the run prints."""
    rows = [line.split("\t") for line in answer.out.splitlines() if line.count("\t") == 4]
    return {Path(row[4]).name: row[0] for row in rows[1:]}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_with_a_reason_and_a_remedy(ran: tuple[Path, Answer], name: str) -> None:
    lines = ran[1].out.splitlines()
    assert results(ran[1])[name] == "refused"
    told = next(index for index, line in enumerate(lines) if line.startswith("refused ") and name in line)
    assert REFUSED[name][1].lower() in lines[told].lower()
    assert lines[told + 1].startswith("    What to do: ")
    assert len(lines[told + 1]) > 30


def test_a_missing_path_is_refused_and_the_others_go_on(ran: tuple[Path, Answer]) -> None:
    assert results(ran[1])["nowhere.pdf"] == "refused"
    assert "nowhere.pdf cannot be read" in ran[1].out


@pytest.mark.parametrize("name", GOOD)
def test_good_files_beside_bad_ones_are_done(ran: tuple[Path, Answer], name: str) -> None:
    assert results(ran[1])[name] == "done"
    read = spawn("text", ran[0] / "scans" / name, cwd=ran[0])
    assert read.code == 0
    assert "KẾ HOẠCH" in read.out


def test_a_truncated_pdf_is_never_done(ran: tuple[Path, Answer]) -> None:
    assert results(ran[1])["n-cut.pdf"] in ("partial", "refused")
    assert "What to do: Copy it again" in ran[1].out


def test_every_file_is_accounted_for_once(ran: tuple[Path, Answer]) -> None:
    names = [*REFUSED, *GOOD, "n-cut.pdf", "nowhere.pdf"]
    assert sorted(results(ran[1])) == sorted(names)
    assert f"{len(names)} files: 3 done" in ran[1].out
    assert "skipped (gold text, no document): " in ran[1].out
    assert ran[1].code == 10
    assert "Traceback" not in ran[1].err + ran[1].out


def test_only_what_was_read_is_in_the_archive(ran: tuple[Path, Answer]) -> None:
    listed = spawn("list", cwd=ran[0]).out
    assert all(name in listed for name in GOOD)
    assert not any(name in listed for name in REFUSED)


def test_a_second_run_does_only_what_is_left(ran: tuple[Path, Answer]) -> None:
    again = spawn("run", *(ran[0] / "scans" / name for name in GOOD), cwd=ran[0])
    assert set(results(again).values()) == {"already"}
    assert again.code == 0


FAKE_TESSERACT = """#!{python}
import os, signal, sys, time
picture = sys.argv[1] if len(sys.argv) > 1 else ""
if picture.endswith((".pgm", ".png", ".tif")):
    from PIL import Image
    with Image.open(picture) as image:
        short, long = sorted(image.size)
    if short > 300 and long / short > 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if short > 300 and long / short > 2:
        time.sleep(600)
os.execv("{real}", ["tesseract", *sys.argv[1:]])
"""


def test_pages_whose_tesseract_hangs_or_is_killed_cost_only_themselves(tmp_path: Path) -> None:
    real = shutil.which("tesseract")
    program = tmp_path / "bin" / "tesseract"
    program.parent.mkdir()
    program.write_text(FAKE_TESSERACT.format(python=sys.executable, real=real))
    program.chmod(0o755)
    pages = [picture(), picture(700, 1750), picture(1240, 1700), picture(520, 1820)]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:], dpi=(150, 150))
    (tmp_path / "good.png").write_bytes(png(picture(1200, 1754)))
    path = f"{program.parent}:{os.environ['PATH']}"
    settings = ("--set", "ocr.timeout_s=8", "--set", "ocr.engine=program")
    answer = spawn("run", "pages.tif", "good.png", *settings, cwd=tmp_path, PATH=path)
    assert results(answer) == {"pages.tif": "partial", "good.png": "done"}
    assert answer.code == 10
    told = [line for line in answer.out.splitlines() if line.startswith("partial pages.tif")]
    assert len(told) == 2
    assert "page 2: Tesseract ran past 8 s" in told[0]
    assert "page 4: Tesseract" in told[1]
    assert "5 pages: 3 read, 0 blank, 2 with an issue" in answer.out
    read = spawn("text", "pages.tif", "--page", "3", cwd=tmp_path)
    assert "KẾ HOẠCH" in read.out
    # With a Tesseract that is left alone, those pages are read, and the others are not read again.
    assert results(spawn("retry", *settings[2:], cwd=tmp_path)) == {"pages.tif": "done"}
    assert spawn("status", cwd=tmp_path).out.startswith("2 files = 2 done + 0 partial + 0 refused + 0 failed")


def test_a_full_disk_stops_the_run_and_keeps_what_was_done(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    with pikepdf.open(io.BytesIO(digital_pdf(1))) as heavy:
        heavy.Root.Ballast = heavy.make_stream(os.urandom(1_500_000))
        heavy.save(tmp_path / "b.pdf")
    limited = ["bash", "-c", 'ulimit -f 800; exec "$@"', "bash", *command("run", "a.txt", "b.pdf", "--jobs", "1")]
    told = subprocess.run(
        limited, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=240, check=False
    )
    assert told.returncode == 6
    assert "No space is left" in told.stderr
    assert "What to do: " in told.stderr
    assert "Traceback" not in told.stderr
    assert spawn("text", "a.txt", cwd=tmp_path).out.startswith("UBND HUYỆN AN BÌNH")
    again = spawn("run", "a.txt", cwd=tmp_path)
    assert results(again) == {"a.txt": "already"}


def test_ctrl_c_leaves_a_consistent_archive(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(4)]
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(png(picture(1240 + number, 1754)))
    with subprocess.Popen(
        command("run", *names, "--jobs", "1"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as child:
        assert child.stderr is not None
        ended = [child.stderr.readline() for _ in range(2)]
        os.killpg(child.pid, signal.SIGINT)
        _, told = child.communicate(timeout=120)
    assert [line[:10] for line in ended] == ["[1/4] done", "[2/4] done"]
    assert child.returncode == 130
    assert "Traceback" not in told
    again = spawn("run", *names, cwd=tmp_path)
    assert results(again)["0.png"] == "already"
    assert set(results(again).values()) <= {"already", "done"}
    assert len(results(again)) == len(names)
    assert len(json.loads(spawn("records", "0.png", cwd=tmp_path).out)) == 9

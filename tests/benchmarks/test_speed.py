"""Pages a second, CPU time, errors and memory, beside plain Tesseract and OCRmyPDF on the same pages in the same run.

make bench SCANS=FOLDER        any folder with PDFs; the sample scans by default
OCRMYPDF=COMMAND               where OCRmyPDF is, if not on the PATH; it is left out where it is not installed
QUALITY=fast|standard|best     of Sohoa's reading
"""

import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import pytest

from corpus.text_metrics import TextScore, score_page
from pipeline.archive import Archive
from pipeline.engines.pdf import PdfFile
from pipeline.options import load_options

ROOT = Path(__file__).parent.parent.parent
SCANS = Path(os.environ.get("SCANS", ROOT / "corpus" / "scans"))
OCRMYPDF = shutil.which(os.environ.get("OCRMYPDF", "ocrmypdf"))
QUALITY = os.environ.get("QUALITY", "standard")
JOBS = 2
ONE_THREAD = os.environ | {"OMP_THREAD_LIMIT": "1"}


def children_cpu_s() -> float:
    """CPU seconds of all ended children so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True)
class Took:
    """What some work took: seconds on the clock and of the CPU, its children's."""

    wall_s: float
    cpu_s: float


def measured(work: Callable[[], object]) -> Took:
    started, cpu_s = time.perf_counter(), children_cpu_s()
    work()
    return Took(time.perf_counter() - started, children_cpu_s() - cpu_s)


def render(pdf: Path, folder: Path) -> list[Path]:
    """The pages as grey pictures at the scan's own resolution, as a user would hand them to Tesseract."""
    file = PdfFile(pdf)
    pictures: list[Path] = []
    for index in range(file.page_count):
        dpi = file.facts(index).picture_dpi or 200.0
        pixels = file.render(index, dpi=dpi).pixels
        grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        picture = folder / f"{pdf.parent.name}-{pdf.stem}-{index}-{round(dpi)}.png"
        cv2.imwrite(str(picture), grey, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        pictures.append(picture)
    file.close()
    return pictures


def errors(pdf: Path, pages: Iterable[str]) -> TextScore:
    """Errors of the pages that have gold text beside them."""
    golds = ((pdf.parent / f"page{number}.gold.txt", text) for number, text in enumerate(pages, start=1))
    return sum((score_page(text, gold.read_text("utf-8")) for gold, text in golds if gold.exists()), TextScore())


@pytest.mark.benchmark
@pytest.mark.timeout(3600)
def test_speed_beside_plain_tesseract_and_ocrmypdf(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pdfs = sorted(path for path in SCANS.rglob("*.pdf") if "born-digital" not in path.name)
    pictures = {pdf: render(pdf, tmp_path) for pdf in pdfs}
    pages = sum(map(len, pictures.values()))

    def read(picture: Path) -> None:
        dpi = picture.stem.rpartition("-")[2]
        command = ["tesseract", picture, picture.with_suffix(""), "-l", "vie", "--dpi", dpi]
        subprocess.run(command, check=True, capture_output=True, env=ONE_THREAD)

    def read_all() -> None:
        with ThreadPoolExecutor(JOBS) as pool:
            list(pool.map(read, [picture for several in pictures.values() for picture in several]))

    def copy_all() -> None:
        for pdf in pdfs:
            command = [OCRMYPDF, "--force-ocr", "--deskew", "-l", "vie", "--jobs", str(JOBS), "--output-type", "pdf"]
            place = tmp_path / pdf.parent.name / pdf.stem
            place.mkdir(parents=True)
            command += ["--sidecar", place / "text.txt", pdf, place / "copy.pdf"]
            subprocess.run(command, check=True, capture_output=True, env=ONE_THREAD)

    rows: list[tuple[str, Took, TextScore]] = []
    plain = measured(read_all)
    score = sum(
        (errors(pdf, (p.with_suffix(".txt").read_text("utf-8") for p in pictures[pdf])) for pdf in pdfs), TextScore()
    )
    rows.append(("plain tesseract, own resolution", plain, score))
    if OCRMYPDF is not None:
        copied = measured(copy_all)
        texts = {pdf: (tmp_path / pdf.parent.name / pdf.stem / "text.txt").read_text("utf-8") for pdf in pdfs}
        rows.append(
            ("OCRmyPDF with deskew", copied, sum((errors(p, t.split("\f")) for p, t in texts.items()), TextScore()))
        )

    with Archive.open(tmp_path / "archive") as archive:
        options = load_options(settings=[f"runner.jobs={JOBS}", f"ocr.quality={QUALITY}"])
        reports = []
        own = measured(lambda: reports.append(archive.intake(pdfs, options)))
        files = {file.path: file for file in reports[0].files}
        score = TextScore()
        for pdf in pdfs:
            document_id = files[pdf].id
            if document_id is not None:
                score += errors(pdf, (page.text() for page in archive.document(document_id).pages))
        rows.append((f"sohoa run --quality {QUALITY}, records and all", own, score))

    peak_mb = max(file.peak_memory_mb for file in files.values())
    with capsys.disabled():
        print(f"\n{pages} pages of {len(pdfs)} files, {JOBS} jobs, load {os.getloadavg()[0]:.1f}")
        for name, took, found in rows:
            text = f"CER {found.cer:6.2%}  WER {found.wer:6.2%}" if found.words else ""
            print(
                f"{name:42s} {pages / took.wall_s:6.2f} pages/s {took.cpu_s / pages:6.2f} CPU-s/page "
                f"{took.cpu_s / plain.cpu_s:6.2f} of plain  {text}"
            )
        if OCRMYPDF is None:
            print("OCRmyPDF was left out: it is not installed (name it with OCRMYPDF=…/bin/ocrmypdf)")
        print(f"peak memory of a worker     {peak_mb:6.0f} MB")
    assert pages

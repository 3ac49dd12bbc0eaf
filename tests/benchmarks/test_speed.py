"""Pages a second and memory, beside plain Tesseract on the same pages in the same run.

make bench SCANS=FOLDER        any folder with PDFs; the sample scans by default
"""

import os
import resource
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdfium2
import pytest

from pipeline.archive import Archive
from pipeline.options import load_options

ROOT = Path(__file__).parent.parent.parent
SCANS = Path(os.environ.get("SCANS", ROOT / "corpus" / "scans"))
JOBS = 2


def children_cpu_s() -> float:
    """CPU seconds of all ended children so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def render(pdf: Path, folder: Path) -> list[Path]:
    """The pages as pictures at 200 dpi, as a user would hand them to Tesseract."""
    pictures: list[Path] = []
    with pypdfium2.PdfDocument(pdf) as document:
        for index, page in enumerate(document):
            picture = folder / f"{pdf.parent.name}-{pdf.stem}-{index}.png"
            page.render(scale=200 / 72).to_pil().convert("L").save(picture, compress_level=1, dpi=(200, 200))
            pictures.append(picture)
    return pictures


@pytest.mark.benchmark
@pytest.mark.timeout(3600)
def test_speed_beside_plain_tesseract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pdfs = sorted(path for path in SCANS.rglob("*.pdf") if "born-digital" not in path.name)
    pictures = [picture for pdf in pdfs for picture in render(pdf, tmp_path)]

    def read(picture: Path) -> None:
        environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
        subprocess.run(
            ["tesseract", picture, picture.with_suffix(""), "-l", "vie"],
            check=True,
            capture_output=True,
            env=environment,
        )

    started, cpu_s = time.perf_counter(), children_cpu_s()
    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(read, pictures))
    plain_s, plain_cpu_s = time.perf_counter() - started, children_cpu_s() - cpu_s

    started, cpu_s = time.perf_counter(), children_cpu_s()
    with Archive.open(tmp_path / "archive") as archive:
        report = archive.intake(pdfs, load_options(settings=[f"runner.jobs={JOBS}"]))
    own_s, own_cpu_s = time.perf_counter() - started, children_cpu_s() - cpu_s

    peak_mb = max(file.peak_memory_mb for file in report.files)
    pages = len(pictures)
    with capsys.disabled():
        print(f"\n{pages} pages of {len(pdfs)} files, {JOBS} jobs, load {os.getloadavg()[0]:.1f}")
        print(f"plain tesseract at 200 dpi  {pages / plain_s:6.2f} pages/s  {plain_cpu_s / pages:6.2f} CPU-s/page")
        print(f"sohoa run, records and all  {pages / own_s:6.2f} pages/s  {own_cpu_s / pages:6.2f} CPU-s/page")
        print(f"ratio                       {plain_s / own_s:6.2f}          {own_cpu_s / plain_cpu_s:6.2f}")
        print(f"peak memory of a worker     {peak_mb:6.0f} MB")
    assert pages

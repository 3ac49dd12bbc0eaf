"""Two thousand documents through the whole machinery: all accounted for, at what speed, in how much memory.

make bench-scale               2,000 documents with replayed readings, and real reading with one worker and with two

`SOHOA_RECORDED` names a folder where the samples' readings are kept between runs; `DOCUMENTS` and `READ` say how many
documents are replayed and how many are really read; `PLOT` names a file for the plot of the parent's memory. What two
workers do beside one is told beside what two programs do beside one that share nothing but the machine: caches, memory
and clock are shared by its cores too.
"""

import os
import resource
import subprocess
import threading
import time
from pathlib import Path

import msgspec
import psutil
import pytest
from replay_stages import RECORDED, replay_stages

from corpus.crowd import build
from pipeline.archive import Archive, IntakeReport
from pipeline.document import Document
from pipeline.options import Options, RunnerOptions, load_options
from pipeline.runner import run_document

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = int(os.environ.get("DOCUMENTS", "2000"))
READ = int(os.environ.get("READ", "96"))


def record(folder: Path) -> float:
    """Read the samples, unless that was done before; gives the seconds that reading a page took, by their trails."""
    folder.mkdir(parents=True, exist_ok=True)
    seconds, pages = 0.0, 0
    for path in sorted((ROOT / "corpus" / "scans").glob("*/source.pdf")):
        kept = folder / f"{path.parent.name}.json"
        if not kept.exists():
            kept.write_bytes(msgspec.json.encode(run_document(path, load_options())))
        document = msgspec.json.decode(kept.read_bytes(), type=Document)
        seconds += sum(step.wall_s for step in document.trail)
        pages += len(document.pages)
    return seconds / pages


class Memory:
    """What this process holds, looked at twice a second."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, float]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        process, began_s = psutil.Process(), time.monotonic()
        while not self._over.wait(0.5):
            self.seen.append((time.monotonic() - began_s, process.memory_info().rss / 2**20))

    def at(self, share: float) -> float:
        """What it held when this share of the time was over."""
        return self.seen[min(int(share * len(self.seen)), len(self.seen) - 1)][1]


def check(report: IntakeReport, archive: Archive, good: int, pages: int, files: int) -> None:
    standing = archive.standing()
    assert standing.settled
    assert standing.came_in == files
    assert standing.files.get("done", 0) + standing.files.get("partial", 0) == good
    assert standing.files.get("refused", 0) + standing.files.get("failed", 0) == files - good
    assert standing.pages == pages
    assert len(report.files) == files


def cpu_s() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


@pytest.mark.benchmark
@pytest.mark.timeout(7200)
def test_scale_of_two_thousand_documents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Path(os.environ.get(RECORDED, tmp_path / "recorded"))
    monkeypatch.setenv(RECORDED, str(recorded))
    read_s = record(recorded)
    good, pages = build(tmp_path / "in", DOCUMENTS, 0.05, seed=1)
    told, seconds = [], {}
    for jobs in (1, 2):
        began_s, began_cpu_s = time.perf_counter(), cpu_s()
        with Archive.open(tmp_path / f"archive{jobs}") as archive, Memory() as memory:
            report = archive.intake([tmp_path / "in"], Options(runner=RunnerOptions(jobs=jobs)), stages=replay_stages)
            check(report, archive, good, pages, DOCUMENTS)
        seconds[jobs] = time.perf_counter() - began_s
        used_s = cpu_s() - began_cpu_s
        told.append(
            f"{jobs} worker(s), replayed: {pages} pages of {good} documents, {DOCUMENTS - good} bad files, "
            f"{pages / seconds[jobs]:.0f} pages/s, {1000 * used_s / pages:.1f} CPU-ms a page, all accounted for; "
            f"parent at 25/50/75/100 %: "
            + "/".join(f"{memory.at(share):.0f}" for share in (0.25, 0.5, 0.75, 1))
            + " MB"
        )
    told.append(f"two workers: {seconds[1] / seconds[2]:.2f} times one worker (replayed, where the parent does most)")
    share = used_s / pages / read_s
    told.append(f"everything around reading: {100 * share:.1f} % of the {read_s:.2f} s that reading a page took")
    if "PLOT" in os.environ:
        plot(memory, Path(os.environ["PLOT"]))
    with capsys.disabled():
        print("\n" + "\n".join(told))


@pytest.mark.benchmark
@pytest.mark.timeout(7200)
def test_scale_with_workers_that_really_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ceiling = plain_ratio(tmp_path)
    good, pages = build(tmp_path / "in", READ, 0.0, seed=2)
    seconds, used_s = {}, {}
    for jobs in (1, 2):
        began_s, began_cpu_s = time.perf_counter(), cpu_s()
        with Archive.open(tmp_path / f"archive{jobs}") as archive:
            archive.intake([tmp_path / "in"], load_options(None, [f"runner.jobs={jobs}"]))
            assert archive.standing().files.get("failed", 0) == 0
            assert archive.standing().pages == pages
        seconds[jobs], used_s[jobs] = time.perf_counter() - began_s, cpu_s() - began_cpu_s
    ratio = seconds[1] / seconds[2]
    with capsys.disabled():
        print(
            f"\nreally read: {pages} pages of {good} documents; one worker {pages / seconds[1]:.2f} pages/s, "
            f"two {pages / seconds[2]:.2f}: {ratio:.2f} times as many, start-up included; "
            f"{used_s[1] / pages:.2f} and {used_s[2] / pages:.2f} CPU-s a page\n"
            f"plain Tesseract, two processes beside one: {ceiling:.2f} times as many pages; "
            f"of that two workers reach {100 * ratio / ceiling:.0f} %"
        )


def plain_ratio(folder: Path) -> float:
    """How many times as many pages two processes of plain Tesseract read that have nothing to do with each other."""
    import pypdfium2

    pages = []
    for path in sorted((ROOT / "corpus" / "scans").glob("*/source.pdf")):
        with pypdfium2.PdfDocument(path) as pdf:
            pages.append(folder / f"{path.parent.name}.png")
            pdf[0].render(scale=300 / 72, grayscale=True).to_pil().save(pages[-1])
    (folder / "pages.txt").write_text("\n".join(map(str, pages)), encoding="utf-8")

    def read(processes: int) -> float:
        began_s = time.perf_counter()
        running = [
            subprocess.Popen(
                ["tesseract", "pages.txt", f"plain{number}", "-l", "vie"],
                cwd=folder,
                env=os.environ | {"OMP_THREAD_LIMIT": "1"},
                stderr=subprocess.DEVNULL,
            )
            for number in range(processes)
        ]
        assert [process.wait() for process in running] == [0] * processes
        return time.perf_counter() - began_s

    # Whoever comes first reads the models from the disk.
    read(1)
    return 2 * min(read(1) for _ in range(2)) / min(read(2) for _ in range(2))


def plot(memory: Memory, path: Path) -> None:
    """The parent's memory over time, as a picture."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 2.6), layout="constrained")
    axes.plot(*zip(*memory.seen, strict=True), color="#1f4e79")
    axes.set(xlabel="seconds", ylabel="MB in the parent", title=f"{DOCUMENTS} documents, two workers")
    axes.set_ylim(bottom=0)
    figure.savefig(path, dpi=110)

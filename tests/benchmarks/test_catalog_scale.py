"""Search, counts and exports on a large generated catalog.

PAGES=1000000 .venv/bin/python -m pytest -m benchmark -s tests/benchmarks/test_catalog_scale.py
CATALOG=FOLDER takes an archive that was generated before (and leaves it), else one is made and thrown away.
"""

import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import quantiles

import pytest
from generated_catalog import generate
from sqlalchemy import func, select, text

from pipeline.archive import Archive
from pipeline.archive.schema import DOCUMENTS, PAGES
from pipeline.archive.search import Filters
from pipeline.archive.views import VIEWS

COUNT = int(os.environ.get("PAGES", "20000"))
COMMON = ("phong trào thi đua", "kế hoạch", "khen thưởng", "ủy ban nhân dân")
YEAR = Filters(first_date=date(2020, 1, 1), last_date=date(2020, 12, 31))
EXPORT = """
import resource, sys
from pathlib import Path
from pipeline.archive import Archive
with Archive.open(Path(sys.argv[1]), create=False) as archive:
    if sys.argv[3] == "sql":
        archive.seed(f"sqlite:///{sys.argv[2]}.db")
    else:
        archive.export(Path(sys.argv[2]), sys.argv[3])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MB")
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    kept = os.environ.get("CATALOG")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("scale") / "archive"
    if not kept:
        started = time.process_time()
        generate(folder, COUNT)
        print(f"\ngenerated in {time.process_time() - started:.0f} s of CPU")
    with Archive.open(folder) as archive:
        yield archive


def milliseconds(do: Callable[[], object]) -> float:
    """CPU time of this process: on a machine with others at work the clock tells more of them."""
    started = time.process_time()
    do()
    return (time.process_time() - started) * 1000


def questions(archive: Archive) -> list[tuple[str, str, Filters]]:
    """Queries of each kind, in equal numbers."""
    draw = random.Random(2)
    with archive.database.reading() as connection:
        last = connection.execute(select(func.max(DOCUMENTS.c.id))).scalar_one()
        chosen = [draw.randint(1, last) for _ in range(40)]
        texts = [
            connection.execute(select(PAGES.c.text).where(PAGES.c.document_id == id, PAGES.c.number == 1)).scalar_one()
            for id in chosen
        ]
    asked: list[tuple[str, str, Filters]] = []
    for words in ([word for word in page.split() if word.isalpha()] for page in texts):
        start = draw.randrange(len(words) - 6)
        some = words[start : start + 3]
        asked += [
            ("a phrase of 3", f'"{" ".join(some)}"', Filters()),
            ("3 words in a row", " ".join(some), Filters()),
            ("the same, no marks", " ".join(some).lower(), Filters()),
            ("3 words anywhere", " ".join(draw.sample(words, 3)), Filters()),
            ("1 word", draw.choice(words), Filters()),
            ("own words of a page", " ".join(words[-3:]), Filters()),
            ("a beginning", f"{draw.choice(words)[:3]}*", Filters()),
            ("a common phrase", draw.choice(COMMON), Filters()),
            ("common, in a year", "phong trao thi dua", YEAR),
            ("common, due in a month", "thi đua", Filters(due_first=date(2021, 3, 5), due_last=date(2021, 4, 4))),
            ("common, by a body", "kế hoạch", Filters(body="Sở Nội vụ", type="Quyết định")),
            ("due in a week", "", Filters(due_first=date(2019, 5, 6), due_last=date(2019, 5, 12))),
        ]
    return asked


@pytest.mark.benchmark
def test_search_by_kind_of_query(archive: Archive) -> None:
    with archive.database.reading() as connection:
        pages = connection.execute(select(func.count()).select_from(PAGES)).scalar_one()
    archive.search("nóng máy")
    times: dict[str, list[float]] = {}
    for kind, query, filters in questions(archive):
        times.setdefault(kind, []).append(milliseconds(lambda q=query, f=filters: archive.search(q, f)))
    print(f"\n{pages:,} pages; milliseconds of CPU: middle, 95 of 100, most")
    times["all"] = [value for found in times.values() for value in found]
    for kind, found in times.items():
        cuts = quantiles(found, n=20)
        print(f"{kind:24}{cuts[9]:8.1f}{cuts[18]:8.1f}{max(found):8.1f}")


@pytest.mark.benchmark
def test_counts_and_views(archive: Archive) -> None:
    print(f"\nstatus: {min(milliseconds(archive.standing) for _ in range(3)):.0f} ms")
    with archive.database.reading() as connection:
        for view in VIEWS:
            rows = connection.execute(text(f"SELECT * FROM {view} LIMIT 50"))  # noqa: S608
            print(f"first 50 of {view}: {milliseconds(rows.all):.0f} ms")
        due = text("SELECT * FROM deadlines_due WHERE due_on BETWEEN '2021-03-01' AND '2021-03-07'")
        print(f"due in a week: {milliseconds(lambda: connection.execute(due).all()):.0f} ms")


@pytest.mark.benchmark
@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet", "sql"])
def test_exports_stream(archive: Archive, tmp_path: Path, format: str) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(
        [sys.executable, "-c", EXPORT, str(archive.folder), str(tmp_path / "out"), format],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    size = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) / 1e6
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"\n{format}: {size:,.0f} MB in {cpu:.0f} s of CPU, at most {told.stdout.strip()} of memory")

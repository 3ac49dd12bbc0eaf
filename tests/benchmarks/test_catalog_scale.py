"""Search, counts and exports on a large generated catalog.

PAGES=1000000 .venv/bin/python -m pytest -m benchmark -s tests/benchmarks/test_catalog_scale.py
CATALOG=FOLDER is filled up to so many pages and kept for the next time; else one is made and thrown away.
DATABASE=postgresql copies it into a server that is thrown away, DATABASE=postgresql://… into that one if it is empty.
"""

import os
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import quantiles

import pytest
from generated_catalog import copy, generate
from postgresql_server import Server
from sqlalchemy import func, select, text

from pipeline.archive import Archive
from pipeline.archive.schema import DOCUMENTS, PAGES, RECORD_TABLES
from pipeline.archive.search import Filters
from pipeline.archive.views import VIEWS

# A large catalog takes as long as it takes.
pytestmark = pytest.mark.timeout(0)
FIELDS = RECORD_TABLES["document"]
COUNT = int(os.environ.get("PAGES", "20000"))
SERVER = "-c shared_buffers=1GB -c work_mem=16MB -c maintenance_work_mem=1GB -c max_wal_size=8GB"
COMMON = ("phong trào thi đua", "kế hoạch", "khen thưởng", "ủy ban nhân dân")
YEAR = Filters(first_date=date(2020, 1, 1), last_date=date(2020, 12, 31))
EXPORT = """
import resource, sys
from pathlib import Path
import pipeline.archive.export, pipeline.archive.seeding
from pipeline.archive import Archive
def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
loaded = most()
with Archive.open(Path(sys.argv[1]), url=dict(enumerate(sys.argv)).get(4), create=False) as archive:
    if sys.argv[3] == "sql":
        archive.seed(f"sqlite:///{sys.argv[2]}.db")
    else:
        archive.export(Path(sys.argv[2]), sys.argv[3])
print("before it begins:", loaded, "at most:", most())
"""


@pytest.fixture(scope="module")
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    kept = os.environ.get("CATALOG")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("scale") / "archive"
    url = os.environ.get("DATABASE")
    if url is None or not url.startswith("postgresql://"):
        with timed("generated"):
            generate(folder, COUNT)
        size = sum(path.stat().st_size for path in folder.glob("catalog.sqlite*"))
        print(f"{size / 1e6:,.0f} MB")
    if url == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        server.stop("fast")
        server.settings = SERVER
        server.start()
        url = server.new_database()
    with Archive.open(folder, url=url) as archive:
        if url is not None and not archive.standing().came_in:
            with timed("copied"):
                copy(folder, url, COUNT)
        yield archive


@contextmanager
def timed(what: str) -> Iterator[None]:
    started, begun = time.monotonic(), cpu_s(resource.RUSAGE_SELF) + cpu_s(resource.RUSAGE_CHILDREN)
    yield
    ended = cpu_s(resource.RUSAGE_SELF) + cpu_s(resource.RUSAGE_CHILDREN)
    print(f"\n{what} in {ended - begun:.0f} s of CPU, {time.monotonic() - started:.0f} s by the clock")


def cpu_s(whose: int) -> float:
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime


class Clock:
    """Milliseconds of CPU, of this process and of the server's that answers it, and by the clock.

    On a machine with others at work the clock tells more of them.
    """

    def __init__(self, archive: Archive) -> None:
        self.server: Path | None = None
        if not archive.database.is_sqlite:
            with archive.database.reading() as connection:
                pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            self.server = Path(f"/proc/{pid}/schedstat")

    def _cpu_ms(self) -> float:
        served = int(self.server.read_text().split()[0]) if self.server is not None and self.server.exists() else 0
        return time.process_time() * 1000 + served / 1e6

    def __call__(self, do: Callable[[], object]) -> tuple[float, float]:
        cpu, clock = self._cpu_ms(), time.monotonic()
        do()
        return self._cpu_ms() - cpu, (time.monotonic() - clock) * 1000


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
        issuers = connection.execute(
            select(FIELDS.c.issuer).where(FIELDS.c.document_id.in_(chosen)).order_by(FIELDS.c.document_id)
        ).scalars()
        issuers = [issuer for issuer in issuers if issuer]
    frequent = [word for word, _ in Counter(" ".join(texts).split()).most_common(60) if word.isalpha()]
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
            ("a phrase of common words", f'"{draw.choice(frequent)} {draw.choice(frequent)}"', Filters()),
            ("3 common words", " ".join(draw.choices(frequent, k=3)), Filters()),
            ("by an issuer", "", Filters(issuer=draw.choice(issuers))),
            ("common, by an issuer", "kế hoạch", Filters(issuer=draw.choice(issuers))),
        ]
    return asked


@pytest.mark.benchmark
def test_search_by_kind_of_query(archive: Archive) -> None:
    with archive.database.reading() as connection:
        pages = connection.execute(select(func.count()).select_from(PAGES)).scalar_one()
    clock = Clock(archive)
    archive.search("nóng máy")
    times: dict[str, list[tuple[float, float]]] = {}
    for kind, query, filters in questions(archive):
        times.setdefault(kind, []).append(clock(lambda q=query, f=filters: archive.search(q, f)))
    print(f"\n{pages:,} pages; milliseconds of CPU: middle, 95 of 100, most; by the clock: middle, 95 of 100")
    times["all"] = [value for found in times.values() for value in found]
    for kind, found in times.items():
        cpu, clocked = (quantiles(values, n=20) for values in zip(*found, strict=True))
        most = max(cpu for cpu, _ in found)
        print(f"{kind:26}{cpu[9]:8.1f}{cpu[18]:8.1f}{most:8.1f}   {clocked[9]:8.1f}{clocked[18]:8.1f}")


@pytest.mark.benchmark
def test_counts_and_views(archive: Archive) -> None:
    clock = Clock(archive)
    print("\nmilliseconds of CPU, by the clock")

    def tell(what: str, do: Callable[[], object], times: int = 3) -> None:
        print("{}: {:.0f}, {:.0f}".format(what, *min(clock(do) for _ in range(times))))

    tell("status", archive.standing)
    with archive.database.reading() as connection:
        for view in VIEWS:
            question = text(f"SELECT * FROM {view} LIMIT 50")  # noqa: S608
            tell(f"first 50 of {view}", lambda asked=question: connection.execute(asked).all(), 1)
        due = text("SELECT * FROM deadlines_due WHERE due_on BETWEEN '2021-03-01' AND '2021-03-07'")
        tell("due in a week", lambda: connection.execute(due).all())
    tell("list", archive.documents, 1)


@pytest.mark.benchmark
@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet", "sql"])
def test_exports_stream(archive: Archive, tmp_path: Path, format: str) -> None:
    before = cpu_s(resource.RUSAGE_CHILDREN)
    url = [] if archive.database.is_sqlite else [archive.database.url.render_as_string(hide_password=False)]
    told = subprocess.run(
        [sys.executable, "-c", EXPORT, str(archive.folder), str(tmp_path / "out"), format, *url],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    size = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) / 1e6
    cpu = cpu_s(resource.RUSAGE_CHILDREN) - before
    print(f"\n{format}: {size:,.0f} MB in {cpu:.0f} s of CPU; megabytes of memory {told.stdout.strip()}")

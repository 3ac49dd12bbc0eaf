"""An archive whose catalog is in PostgreSQL: the way in, two runs at once, a server that goes away."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from catalog_rows import fill, store
from command_line import ROOT, environment
from fake_stages import fake_stages
from postgresql_server import Server
from sqlalchemy import text

from pipeline.archive import Archive
from pipeline.archive.database import Database
from pipeline.errors import ArchiveError
from pipeline.options import Options, RunnerOptions

OPTIONS = Options(runner=RunnerOptions(jobs=1, document_timeout_s=60.0, page_timeout_s=30.0))
RUN = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
sys.path[:0] = [sys.argv[1]]
from fake_stages import fake_stages
from pipeline.archive import Archive
from pipeline.options import Options, RunnerOptions

if __name__ == "__main__":
    with Archive.open(Path(sys.argv[2]), url=sys.argv[3]) as archive:
        report = archive.intake([Path(sys.argv[4])], Options(runner=RunnerOptions(jobs=1)), stages=fake_stages)
    print(report.count("done"), report.count("already"), report.count("partial"))
"""


def test_intake_into_postgresql(postgresql: Server, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, said in (("a", "một\nhai\nblank"), ("b", "một\nengine"), ("c", "refuse")):
        (tmp_path / "in" / f"{name}.txt").write_text(said, encoding="utf-8")
    with Archive.open(tmp_path / "archive", url=postgresql.new_database()) as archive:
        report = archive.intake([tmp_path / "in"], OPTIONS, stages=fake_stages)
        assert [file.result for file in report.files] == ["done", "partial", "refused"]
        again = archive.intake([tmp_path / "in"], OPTIONS, stages=fake_stages)
        assert [file.result for file in again.files] == ["already", "already", "refused"]
        forced = archive.intake([tmp_path / "in" / "a.txt"], OPTIONS, force=True, stages=fake_stages)
        assert [file.result for file in forced.files] == ["done"]
        assert [(row.name, row.status, row.pages) for row in archive.documents()] == [
            ("a.txt", "done", 3),
            ("b.txt", "partial", 2),
        ]
        assert archive.document(archive.find("a.txt")).text() == "MỘT\n\nHAI"
        assert {hit.name for hit in archive.search("mot")} == {"a.txt", "b.txt"}
        assert not (archive.folder / "catalog.sqlite").exists()


@pytest.mark.slow
def test_two_runs_at_once_on_one_catalog(catalog_url: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(12):
        (tmp_path / "in" / f"{number}.txt").write_text(f"một {number}\nhai", encoding="utf-8")
    script = tmp_path / "run.py"
    script.write_text(RUN, encoding="utf-8")
    arguments = [str(Path(__file__).parent), str(tmp_path / "archive"), catalog_url, str(tmp_path / "in")]
    # Neither has a catalog to begin with: both begin it.
    runs = [
        subprocess.Popen(
            [sys.executable, str(script), *arguments],
            stdout=subprocess.PIPE,
            env=environment(),
            cwd=ROOT,
            text=True,
        )
        for _ in range(2)
    ]
    told = [run.communicate(timeout=240)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], told
    assert all(sum(map(int, line.split())) == 12 for line in told)
    with Archive.open(tmp_path / "archive", url=catalog_url) as archive:
        rows = archive.documents()
        assert sorted(row.name for row in rows) == sorted(f"{number}.txt" for number in range(12))
        assert {row.status for row in rows} == {"done"}
        assert all(archive.document(row.id).pages for row in rows)
        assert len(archive.search("mot", limit=100)) == 12
        with archive.database.reading() as connection:
            assert connection.execute(text("SELECT COUNT(*) FROM pages")).scalar() == 24


def test_one_document_stored_from_many_places_at_once(postgresql: Server, tmp_path: Path) -> None:
    url = postgresql.new_database()
    with Archive.open(tmp_path / "archive", url=url):
        pass

    def put(number: int) -> None:
        with Archive.open(tmp_path / "archive", url=url) as archive:
            for _ in range(3):
                store(archive, "plan.pdf", [f"một {number}", "hai"])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, range(4)))
    with Archive.open(tmp_path / "archive", url=url) as archive:
        assert [row.pages for row in archive.documents()] == [2]
        assert len(archive.search("hai")) == 1
        assert len(archive.search("mot")) == 1


def test_server_that_goes_away_is_told_and_found_again(postgresql: Server, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", url=postgresql.new_database()) as archive:
        fill(archive)
        postgresql.stop()
        try:
            with pytest.raises(ArchiveError) as raised:
                archive.documents()
            assert raised.value.remedy
            with pytest.raises(ArchiveError):
                archive.search("thi đua")
        finally:
            postgresql.start()
        assert len(archive.documents()) == 3


def test_password_is_told_to_nobody(tmp_path: Path) -> None:
    database = Database("postgresql://sohoa:secret@127.0.0.1:1/nowhere")
    with pytest.raises(ArchiveError) as raised, database.reading():
        pass
    assert "secret" not in raised.value.message
    database.close()

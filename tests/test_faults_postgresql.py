"""The catalog's server is restarted, or runs out of space, in the middle of a run."""

import gc
import hashlib
import socket
import struct
import threading
import time
from pathlib import Path

import pytest
from fake_stages import fake_stages
from postgresql_server import Server
from sqlalchemy import text
from test_archive_intake import OPTIONS, write
from test_faults import check, documents, start

from pipeline.archive import Archive
from pipeline.archive.database import Database
from pipeline.archive.lost_connections import done_again
from pipeline.errors import FullDiskError, LostCatalogError
from pipeline.runner import Event

FULL = """
CREATE FUNCTION full_disk() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END
$$ LANGUAGE plpgsql
"""
# The tables that a document is put into first, in the middle and last.
TABLES = ("documents", "evidence", "files")


def count(url: str, tmp_path: Path) -> int:
    with Archive.open(tmp_path / "archive", url=url) as archive:
        return archive.standing().files.get("done", 0)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_faults_postgresql_is_restarted_in_the_middle_of_a_run(postgresql: Server, tmp_path: Path) -> None:
    texts = documents(tmp_path / "in", 24, seed=5, slow=True)
    inputs, url = tmp_path / "in", postgresql.new_database()
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in inputs.iterdir()}
    (tmp_path / "strikes").mkdir()
    Archive.open(tmp_path / "archive", url=url).close()
    process = start(tmp_path, url, inputs)
    for least, mode in ((2, "immediate"), (9, "fast"), (16, "immediate")):
        deadline_s = time.monotonic() + 120
        while process.poll() is None and count(url, tmp_path) < least:
            assert time.monotonic() < deadline_s
            time.sleep(0.05)
        assert process.poll() is None, process.communicate()[1].decode()
        postgresql.stop(mode)
        time.sleep(0.3)
        postgresql.start()
    _, told = process.communicate(timeout=240)
    assert process.returncode == 0, told.decode()
    assert not told
    check(tmp_path, url, inputs, texts, hashes)


@pytest.mark.timeout(300)
def test_faults_postgresql_stays_away_and_the_next_run_completes(
    postgresql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.archive.lost_connections._WAIT_S", 1.0)
    (tmp_path / "in").mkdir()
    write(tmp_path / "in", a="một", b="hai\nslow", c="ba")
    with Archive.open(tmp_path / "archive", url=postgresql.new_database()) as archive:
        stopped: list[Event] = []

        def stop(event: Event) -> None:
            if event.page == 1 and event.path.stem == "b" and not stopped:
                stopped.append(event)
                postgresql.stop()

        try:
            with pytest.raises(LostCatalogError) as raised:
                archive.intake([tmp_path / "in"], OPTIONS, stages=fake_stages, on_event=stop)
        finally:
            postgresql.start()
        assert "server is up" in raised.value.remedy
        assert raised.value.exit_code == 6
        assert not archive.standing().settled
        assert archive.intake([tmp_path / "in"], OPTIONS, stages=fake_stages).all_done
        assert archive.standing().files == {"done": 3}
        assert sorted(archive.document(row.id).text() for row in archive.documents()) == ["BA", "HAI\n\nSLOW", "MỘT"]
        assert not [path for path in (archive.folder / "work").iterdir() if path.is_dir()]


@pytest.mark.parametrize("table", TABLES)
def test_faults_postgresql_without_space_keeps_what_was_done(postgresql: Server, tmp_path: Path, table: str) -> None:
    (tmp_path / "in").mkdir()
    first, second = write(tmp_path / "in", a="một", b="hai\nba")
    with Archive.open(tmp_path / "archive", url=postgresql.new_database()) as archive:
        archive.intake([first], OPTIONS, stages=fake_stages)
        kept = sorted(path for path in archive.folder.rglob("*") if path.is_file() and "lock" not in path.name)
        with archive.database.writing() as connection:
            connection.execute(text(FULL))
            condition = "WHEN (NEW.state IN ('done', 'partial'))" if table == "files" else ""
            event = "INSERT OR UPDATE" if table == "files" else "INSERT"
            each = f"{event} ON {table} FOR EACH ROW {condition}"
            connection.execute(text(f"CREATE TRIGGER full_disk BEFORE {each} EXECUTE FUNCTION full_disk()"))
        with pytest.raises(FullDiskError) as raised:
            archive.intake([second], OPTIONS, stages=fake_stages)
        assert "kept" in raised.value.remedy
        left = {path for path in archive.folder.rglob("*") if path.is_file() and "lock" not in path.name} - set(kept)
        assert not [path for path in left if "documents" in path.parts or path.suffix == ".tmp"]
        with archive.database.writing() as connection:
            connection.execute(text(f"DROP TRIGGER full_disk ON {table}"))
        assert archive.intake([tmp_path / "in"], OPTIONS, stages=fake_stages).all_done
        assert archive.standing().files == {"done": 2}
        assert archive.standing().pages == 3


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_server_that_hangs_up_while_it_is_called_is_told_as_lost() -> None:
    # It takes the call and ends it at once, with and without a word: so does one that is going down.
    for linger in (struct.pack("ii", 1, 0), struct.pack("ii", 0, 0)):
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def hang_up(listener: socket.socket = listener, linger: bytes = linger) -> None:
                call, _ = listener.accept()
                call.recv(1)
                call.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                call.close()

            thread = threading.Thread(target=hang_up)
            thread.start()
            database = Database(f"postgresql://sohoa@127.0.0.1:{listener.getsockname()[1]}/nowhere")
            with pytest.raises(LostCatalogError), database.reading():
                pass
            thread.join()
            database.close()
    gc.collect()  # the driver leaves its socket open


def test_done_again_gives_up_at_last_and_lets_other_errors_through(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    @done_again
    def away(times: int) -> str:
        asked.append(times)
        if len(asked) <= times:
            raise LostCatalogError("It is gone.", remedy="Wait.")
        return "there"

    monkeypatch.setattr("pipeline.archive.lost_connections._WAIT_S", 0.5)
    assert away(3) == "there"
    assert len(asked) == 4
    asked.clear()
    with pytest.raises(LostCatalogError):
        away(99)
    assert 2 <= len(asked) <= 5

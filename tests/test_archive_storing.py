"""What has gathered is stored together, whole or not at all, and what workers make ready is what the catalog says."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from catalog_rows import MOVEMENT_PAGES, MOVEMENT_RECORDS, document, fill
from sqlalchemy import event

from pipeline.archive import Archive
from pipeline.archive.catalog import Catalog, Placed
from pipeline.archive.gathering import Gathering
from pipeline.archive.ledger import Run
from pipeline.archive.prepared import Prepared, prepare, prepared, read_prepared
from pipeline.archive.search.entries import entries, page_id
from pipeline.archive.search.index import indexed
from pipeline.archive.storing import Parcel, store
from pipeline.errors import ArchiveError, FullDiskError, LostCatalogError


def test_gathering_does_together_what_came_meanwhile() -> None:
    lots: list[list[int]] = []
    first_is_on, go_on = threading.Event(), threading.Event()

    def work(items: list[int]) -> Sequence[int]:
        lots.append(items)
        first_is_on.set()
        assert go_on.wait(30)
        return [-item for item in items]

    with Gathering(work, most=8) as gathering:
        gathering.put(1)
        assert first_is_on.wait(30)
        for item in (2, 3, 4):
            gathering.put(item)
        assert list(gathering.done()) == []
        go_on.set()
        assert list(gathering.all_done()) == [-1, -2, -3, -4]
    assert lots == [[1], [2, 3, 4]]


def test_gathering_lets_who_brings_too_much_wait() -> None:
    go_on = threading.Event()
    most_seen = []

    def work(items: list[int]) -> Sequence[int]:
        assert go_on.wait(30)
        most_seen.append(len(items))
        return items

    with Gathering(work, most=3) as gathering:
        threading.Timer(0.2, go_on.set).start()
        for item in range(20):
            gathering.put(item)
        assert list(gathering.all_done()) == list(range(20))
    assert max(most_seen) <= 3


def test_gathering_raises_what_went_wrong_and_goes_on_to_the_end() -> None:
    worked: list[int] = []

    def work(items: list[int]) -> Sequence[int]:
        worked.extend(items)
        if 1 in items:
            raise ArchiveError("No.", remedy="None.")
        return items

    with pytest.raises(ArchiveError), Gathering(work, most=1) as gathering:
        for item in (1, 2, 3):
            gathering.put(item)
        list(gathering.all_done())
    assert worked == [1, 2, 3]


def test_prepared_is_what_the_catalog_itself_would_index(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive") as archive:
        ids = fill(archive)
        made = prepared(document("movement.pdf", MOVEMENT_PAGES, MOVEMENT_RECORDS))
        with archive.database.reading() as connection:
            number = connection.exec_driver_sql(
                "SELECT id FROM documents WHERE sha256 = ?", (ids["movement.pdf"],)
            ).scalar_one()
            anew = [indexed(entry) for entry in entries(connection, number)]
        assert [(page_id(number, page), keys, words) for page, keys, words in made.index] == anew


def test_prepared_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    made = document("movement.pdf", MOVEMENT_PAGES, MOVEMENT_RECORDS)
    prepare(made, tmp_path)
    assert read_prepared(tmp_path) == msgspec.msgpack.decode(msgspec.msgpack.encode(prepared(made)), type=Prepared)
    (tmp_path / "prepared").write_bytes(b"\x93\x01")
    with pytest.raises(ArchiveError, match="cannot be read"):
        read_prepared(tmp_path)


def parcel(archive: Archive, folder: Path, name: str) -> Parcel:
    """A document made ready in its workspace, and its file; its id is the hash of its name, which the file holds."""
    made = document(name, MOVEMENT_PAGES, MOVEMENT_RECORDS)
    path = folder / name
    path.write_bytes(name.encode())
    workspace = archive._files.claim(made.source.sha256, "0" * 64)
    workspace.mkdir()
    (workspace / "finished").mkdir()
    prepare(made, workspace)
    return Parcel(path, workspace, prepared(made), Run(path, made.source.sha256, "done", "k" * 64, "0"))


def test_storing_a_lot_takes_one_transaction_and_leaves_nothing_else(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive") as archive:
        parcels = [parcel(archive, tmp_path, f"d{number}.txt") for number in range(5)]
        commits: list[object] = []
        event.listen(archive.database.engine, "commit", commits.append)
        assert store(archive._files, archive._catalog, parcels, []) == {}
        assert len(commits) == 2  # what was known before is asked in one of its own
        assert [row.name for row in archive.documents()] == [f"d{number}.txt" for number in range(5)]
        for row in archive.documents():
            assert archive.original(row.id).read_bytes() == row.name.encode()
            assert archive.document(row.id).source.name == row.name
        assert [path.name for path in (archive.folder / "work").iterdir()] == ["claims.lock", "store.lock"]
        assert {path.name for path in (archive.folder / "documents").rglob("*") if path.is_file()} == {"document.json"}


def test_storing_keeps_what_can_be_kept_where_one_document_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Catalog.store

    def full(self: Catalog, placed: Sequence[Placed], runs: Sequence[Run], *begun: Any) -> None:
        if any(run.path.name == "bad.txt" for run in runs):
            raise FullDiskError("No space is left.", remedy="Free some.")
        put(self, placed, runs, *begun)

    with Archive.open(tmp_path / "archive") as archive:
        parcels = [parcel(archive, tmp_path, name) for name in ("a.txt", "b.txt", "bad.txt")]
        (tmp_path / "b.txt").write_text("changed")
        with monkeypatch.context() as patch:
            patch.setattr(Catalog, "store", full)
            with pytest.raises(FullDiskError):
                store(archive._files, archive._catalog, parcels, [])
        assert [row.name for row in archive.documents()] == ["a.txt"]
        kept = [path for name in ("originals", "documents") for path in (archive.folder / name).rglob("*")]
        assert {path.name for path in kept if path.is_file()} == {
            "document.json",
            *(f"{one.document.sha256}.txt" for one in parcels if one.path.name != "b.txt"),
        }
        # What was not stored is still where it was made ready.
        refused = store(archive._files, archive._catalog, parcels[1:], [])
        assert list(refused) == [tmp_path / "b.txt"]
        assert [row.name for row in archive.documents()] == ["a.txt", "bad.txt"]


def test_storing_leaves_what_may_have_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put = Catalog.store

    def lost(self: Catalog, placed: Sequence[Placed], runs: Sequence[Run], *begun: Any) -> None:
        put(self, placed, runs, *begun)
        raise LostCatalogError("It went away.", remedy="See that it is up.")

    with Archive.open(tmp_path / "archive") as archive:
        parcels = [parcel(archive, tmp_path, name) for name in ("a.txt", "b.txt")]
        with monkeypatch.context() as patch:
            patch.setattr(Catalog, "store", lost)
            with pytest.raises(LostCatalogError):
                store(archive._files, archive._catalog, parcels, [])
        assert [archive.document(row.id).source.name for row in archive.documents()] == ["a.txt", "b.txt"]

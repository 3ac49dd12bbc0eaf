"""Files are there whole or not at all; slots hold what they promise."""

import errno
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Page
from pipeline.errors import ArchiveError, FullDiskError
from pipeline.runner.files import write_atomically
from pipeline.runner.resume import FinishedPages
from pipeline.runner.slots import Slots


def test_files_are_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("code", "error"), [(errno.ENOSPC, FullDiskError), (errno.EDQUOT, FullDiskError), (errno.EACCES, ArchiveError)]
)
def test_files_that_cannot_be_written_leave_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, error: type[ArchiveError]
) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def fail(*args: object, **named: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[call], fail)
    with pytest.raises(error) as raised:
        write_atomically(path, b"new")
    assert raised.value.remedy
    assert type(raised.value) is error
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_finished_pages_come_back_as_they_were(tmp_path: Path) -> None:
    pages = FinishedPages(tmp_path / "finished")
    assert pages.load(1) is None
    page = Page(1, 10, 20, 300.0, "scan")
    pages.save(page)
    assert pages.load(1) == page
    assert pages.load(2) is None


@given(st.integers(1, 4), st.integers(1, 4))
def test_slots_hold_as_many_as_they_are_and_grow(first: int, later: int) -> None:
    slots = Slots(first, maximum=4)
    held = 0
    most = 0
    lock = threading.Lock()
    full = threading.Barrier(max(first, later))

    def work() -> None:
        nonlocal held, most
        with slots:
            with lock:
                held += 1
                most = max(most, held)
            full.wait(timeout=20)
            with lock:
                held -= 1

    threads = [threading.Thread(target=work) for _ in range(max(first, later))]
    for thread in threads:
        thread.start()
    slots.grow(later)
    for thread in threads:
        thread.join(timeout=20)
    assert most == max(first, later)
    assert held == 0


def test_slots_let_no_more_in() -> None:
    slots = Slots(1, maximum=4)
    entered = threading.Event()

    def work() -> None:
        with slots:
            entered.set()

    with slots:
        thread = threading.Thread(target=work)
        thread.start()
        assert not entered.wait(0.1)
    assert entered.wait(10)
    thread.join()

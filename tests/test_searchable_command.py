"""`sohoa pdf` writes the copy of a document of the archive, beside it and never over it."""

from pathlib import Path

import pytest
from command_line import call
from searchable_pages import DPI, LINES, SCAN, document_of, found_text, page_with_lines

from pipeline.archive import Archive
from pipeline.document import Document

ID = "ab12" + "0" * 60


class FakeArchive:
    def __init__(self, folder: Path, document: Document) -> None:
        self.folder, self.kept = folder, document

    def __enter__(self) -> "FakeArchive":
        return self

    def __exit__(self, *error: object) -> None: ...

    def find(self, name: str) -> str:
        assert name == "ab12"
        return ID

    def document(self, id_: str) -> Document:
        assert id_ == ID
        return self.kept

    def original(self, id_: str) -> Path:
        return self.folder / "originals" / "ab" / f"{id_}.pdf"


@pytest.fixture(autouse=True)
def archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeArchive:
    fake = FakeArchive(tmp_path / "archive", None)  # type: ignore[arg-type]
    kept = fake.original(ID)
    kept.parent.mkdir(parents=True)
    kept.write_bytes(SCAN.read_bytes())
    size = (round(595.44 * DPI / 72), round(842.04 * DPI / 72))
    fake.kept = document_of(kept, [page_with_lines(*size, number=number) for number in (1, 2, 3)])
    monkeypatch.setattr(Archive, "open", lambda folder, **options: fake)
    return fake


def test_pdf_writes_the_copy_and_says_where(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, archive: FakeArchive
) -> None:
    target = tmp_path / "new" / "copy.pdf"
    answer = call(capsys, "pdf", "ab12", target)
    assert (answer.code, answer.out, answer.err) == (0, f"{target}\n", "")
    assert found_text(target).split() == " ".join(LINES).split()
    assert archive.original(ID).read_bytes() == SCAN.read_bytes()


def test_pdf_asks_before_it_writes_over_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "copy.pdf"
    target.write_bytes(b"mine")
    refused = call(capsys, "pdf", "ab12", target)
    assert refused.code == 2 and "already there" in refused.err and "--force" in refused.err
    assert target.read_bytes() == b"mine"
    assert call(capsys, "pdf", "ab12", target, "--force").code == 0
    assert target.read_bytes().startswith(b"%PDF")


def test_pdf_does_not_write_into_the_archive(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, archive: FakeArchive
) -> None:
    for target in (archive.original(ID), archive.folder / "copy.pdf"):
        refused = call(capsys, "pdf", "ab12", target, "--force")
        assert refused.code == 2 and "lies in the archive" in refused.err
    assert archive.original(ID).read_bytes() == SCAN.read_bytes()


def test_pdf_of_a_text_tells_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, archive: FakeArchive
) -> None:
    archive.kept = document_of(archive.original(ID), archive.kept.pages, "text/plain")
    refused = call(capsys, "pdf", "ab12", tmp_path / "copy.pdf")
    assert refused.code == 3 and "no pages to show" in refused.err and "What to do" in refused.err

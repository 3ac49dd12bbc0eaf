"""`sohoa status` and `sohoa retry`."""

import json
from pathlib import Path

import pytest
from fake_stages import FakeIngest, FakeOcr, FakeRestore, fake_stages
from test_archive_intake import OPTIONS, write

from pipeline.archive import Archive
from pipeline.cli.program import main
from pipeline.document import Document, replace
from pipeline.records import DocumentFields, Records, Value
from pipeline.stage import Context, Gift, Stage


class Identify:
    """Gives the first word as number and the second as issuer."""

    name = "extract"
    version = 1
    needs: frozenset[Gift] = frozenset({"readings"})
    gives: frozenset[Gift] = frozenset({"records"})

    def document(self, document: Document, context: Context) -> Document:
        number, issuer = (Value(word.text, word.text, (word.id,), 0.9) for word in document.pages[0].words[:2])
        return replace(document, records=Records(document=DocumentFields(number=number, issuer=issuer)))


def identifying() -> tuple[Stage, ...]:
    return FakeIngest(), FakeOcr(), FakeRestore(), Identify()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inputs = tmp_path / "in"
    inputs.mkdir()
    write(inputs, a="một", b="một\nengine", c="refuse")
    with Archive.open(tmp_path / "archive") as archive:
        archive.intake([inputs], OPTIONS, stages=fake_stages)
    return tmp_path / "archive"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0), capsys.readouterr().out


def test_status_adds_up(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, told = run(capsys, "status", "--archive", folder)
    assert code == 0
    assert told.splitlines() == [
        "3 files = 1 done + 1 partial + 1 refused + 0 failed",
        "3 pages = 2 read + 0 blank + 1 with an issue",
        "1 can be tried again: sohoa retry",
        "1 need a person: sohoa status --files",
    ]


def test_status_names_files_with_what_to_do(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    _, told = run(capsys, "status", "--files", "--archive", folder)
    assert "refused" in told
    assert "c.txt is broken." in told
    assert "What to do: Scan it again." in told
    assert "a.txt" not in told


def test_status_of_a_document_names_its_stages_and_pages(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    _, told = run(capsys, "status", folder.parent / "in" / "b.txt", "--archive", folder)
    assert "partial" in told
    assert "It took too long." in told
    code, told = run(capsys, "status", folder.parent / "in" / "b.txt", "--archive", folder, "--json")
    assert code == 0
    stages = {(at["stage"], at["page"]): at["state"] for at in json.loads(told)["stages"]}
    assert stages["ocr", 1] == "done"
    assert stages["ocr", 2] == "failed"


def test_status_for_programs(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    _, told = run(capsys, "status", "--json", "--files", "--archive", folder)
    found = json.loads(told)
    assert found["came_in"] == 3
    assert found["settled"] is True
    assert found["files"] == {"done": 1, "partial": 1, "refused": 1}
    assert {file["state"] for file in found["named"]} == {"partial", "refused"}


def test_probable_duplicates_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    write(inputs, first="12/KH-UBND Huyện một", second="12/KH-UBND Huyện hai", other="12/KH-UBND Sở", draft="/KH Sở")
    write(inputs, draft2="/KH Sở nữa")
    with Archive.open(tmp_path / "archive") as archive:
        archive.intake([inputs], OPTIONS, stages=identifying)
        groups = archive.probable_duplicates()
        assert [[row.name for row in group] for group in groups] == [["first.txt", "second.txt"]]
        assert archive.probable_duplicates({groups[0][0].id}) == groups
        assert archive.probable_duplicates({"0" * 64}) == []
    _, told = run(capsys, "status", "--archive", tmp_path / "archive")
    assert "Probably the same document, 12/KH-UBND of HUYỆN" in told


def test_retry_with_nothing_to_do_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive"):
        pass
    assert run(capsys, "retry", "--archive", tmp_path / "archive") == (0, "There is nothing to try again.\n")

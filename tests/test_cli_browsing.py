"""Commands that read the archive print what is in it: drawn for people, plain for pipes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command_line import call
from conftest import BuildDocument

from pipeline.archive import Archive, DocumentRow
from pipeline.document import Document, Issue, replace
from pipeline.errors import DocumentNotFoundError
from pipeline.records import Deadline, DocumentFields, Recipient, Records, Value

ID = "ab12" + "0" * 60
TEXT = "KẾ HOẠCH\nThi đua năm 2031\n\nXong trước ngày 30/6\fNơi nhận:\n- Như trên"


@pytest.fixture
def document(document_of: BuildDocument) -> Document:
    plain = document_of(TEXT, confidence=0.9, name="plan.pdf")
    fields = DocumentFields(type=Value("KẾ HOẠCH", "Kế hoạch", ("1.0", "1.1"), 0.97))
    deadline = Deadline(
        text=Value("trước ngày 30/6", "trước ngày 30/6", ("1.7", "1.8", "1.9"), 0.9),
        end=Value("30/6", "2031-06-30", ("1.9",), 0.55, doubt="the year is the plan's"),
    )
    recipient = Recipient(Value("Như trên", "Như trên", ("2.3", "2.4"), 0.8))
    records = Records(fields, deadlines=(deadline,), recipients=(recipient,))
    return replace(plain, records=records, issues=(Issue("ocr", "engine-crash", "It died.", "Run again.", 2),))


class FakeArchive:
    def __init__(self, document: Document) -> None:
        self.kept = document

    def __enter__(self) -> "FakeArchive":
        return self

    def __exit__(self, *error: object) -> None: ...

    def documents(self) -> list[DocumentRow]:
        added = datetime(2031, 1, 2, tzinfo=UTC)
        return [DocumentRow(ID, "plan.pdf", "partial", 2, 1, added, type="Kế hoạch")]

    def find(self, name: str) -> str:
        if not (ID.startswith(name) or name == "plan.pdf"):
            raise DocumentNotFoundError(f"0 documents answer to `{name}`.", remedy="See `sohoa list`.")
        return ID

    def document(self, id_: str) -> Document:
        assert id_ == ID
        return self.kept

    def export(self, folder: Path, format_: str, *, moments: bool) -> list[Path]:
        return [folder / f"plan-{'with' if moments else 'without'}-moments.{format_}"]


@pytest.fixture(autouse=True)
def archive(monkeypatch: pytest.MonkeyPatch, document: Document) -> FakeArchive:
    fake = FakeArchive(document)
    monkeypatch.setattr(Archive, "open", lambda *_, **__: fake)
    return fake


def test_list_gives_a_line_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "list")
    lines = answer.out.splitlines()
    assert answer.code == 0
    assert lines[0] == "# documents (1)"
    assert lines[1].split("\t")[:4] == ["id", "status", "pages", "issues"]
    assert lines[2].split("\t")[:5] == ["ab1200000000", "partial", "2", "1", "Kế hoạch"]


@pytest.mark.parametrize("name", ["ab12", ID, "plan.pdf"])
def test_text_is_the_documents_text(capsys: pytest.CaptureFixture[str], document: Document, name: str) -> None:
    answer = call(capsys, "text", name)
    assert answer.out == document.text() + "\n"
    assert answer.out.startswith("KẾ HOẠCH\nThi đua năm 2031\n\nXong")


def test_text_of_one_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "text", "ab12", "--page", "2").out == "Nơi nhận:\n- Như trên\n"
    answer = call(capsys, "text", "ab12", "--page", "3")
    assert (answer.code, answer.out) == (6, "")
    assert "It has 2 pages" in answer.err


def test_records_are_the_contracts_json(capsys: pytest.CaptureFixture[str], document: Document) -> None:
    answer = call(capsys, "records", "ab12")
    assert json.loads(answer.out) == document.records.to_dict()
    assert "Kế hoạch" in answer.out


def test_show_prints_each_table_that_has_rows(capsys: pytest.CaptureFixture[str]) -> None:
    out = call(capsys, "show", "ab12").out
    assert [line for line in out.splitlines() if line.startswith("#")] == [
        "# document (1)",
        "# deadlines (1)",
        "# recipients (1)",
    ]
    assert "trước ngày 30/6\t2031-06-30\t0.55\tthe year is the plan's" in out
    assert "page 2: It died. What to do: Run again." in out


def test_show_of_one_table(capsys: pytest.CaptureFixture[str]) -> None:
    out = call(capsys, "show", "ab12", "--table", "recipients").out
    assert "# recipients (1)" in out
    assert "# deadlines" not in out


def test_show_with_evidence_names_page_and_line(capsys: pytest.CaptureFixture[str]) -> None:
    out = call(capsys, "show", "ab12", "--evidence").out
    assert "1\tend\t2031-06-30\t30/6\t0.55\tpage 1 line 3\tthe year is the plan's" in out
    assert "1\ttext\tNhư trên\tNhư trên\t0.80\tpage 2 line 2\t" in out


def test_show_all_shows_every_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "show", "--all").out == call(capsys, "show", "ab12").out


@pytest.mark.parametrize("wrong", [["show"], ["show", "ab12", "--all"], ["show", "ab12", "--table", "plans"]])
def test_show_says_what_is_wrong_with_its_arguments(capsys: pytest.CaptureFixture[str], wrong: list[str]) -> None:
    answer = call(capsys, *wrong)
    assert answer.code == 2
    assert "What to do: " in answer.err
    assert answer.out == ""


@pytest.mark.parametrize("command", ["show", "text", "records"])
def test_an_unknown_document_is_an_error_with_a_remedy(capsys: pytest.CaptureFixture[str], command: str) -> None:
    answer = call(capsys, command, "zz")
    assert (answer.code, answer.out) == (6, "")
    assert "sohoa list" in answer.err


@pytest.mark.parametrize("format_", ["json", "csv", "parquet", "xlsx"])
def test_export_prints_what_it_wrote(capsys: pytest.CaptureFixture[str], tmp_path: Path, format_: str) -> None:
    answer = call(capsys, "export", "--format", format_, tmp_path)
    assert answer.out == f"{tmp_path}/plan-with-moments.{format_}\n"
    answer = call(capsys, "export", "--reproducible", "--format", format_, tmp_path)
    assert answer.out == f"{tmp_path}/plan-without-moments.{format_}\n"


def test_export_in_an_unknown_format_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answer = call(capsys, "export", "--format", "docx", tmp_path)
    assert answer.code == 2
    assert "docx" in answer.err

"""The questions of docs/catalog.md are answered, and its tables are the catalog's."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fake_stages import FakeIngest, FakeOcr, FakeRestore

from pipeline.archive import Archive
from pipeline.archive.schema import METADATA
from pipeline.document import Document, replace
from pipeline.options import Options, RunnerOptions
from pipeline.records import Assignment, Deadline, DocumentFields, Records, Reference, Value
from pipeline.stage import Context, Gift, Stage

PAGE = (Path(__file__).parent.parent / "docs" / "catalog.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


class Extract:
    """Gives a row that answers each question."""

    name = "extract"
    version = 1
    needs: frozenset[Gift] = frozenset({"readings"})
    gives: frozenset[Gift] = frozenset({"records"})

    def document(self, document: Document, context: Context) -> Document:
        def value(normal: str) -> Value:
            return Value(normal, normal, ("1.0", "1.1"), 0.5)

        records = Records(
            document=DocumentFields(number=value("1/KH-UBND")),
            references=(Reference(kind=value("Kế hoạch"), number=value("2/KH-UBND"), role=value("basis")),),
            assignments=(Assignment(body=value("Phòng Nội vụ"), role=value("lead"), task=value("Tổ chức thực hiện")),),
            deadlines=(Deadline(text=value("trước ngày 15/02/2025"), end=value("2025-02-15")),),
        )
        return replace(document, records=records)


def stages() -> tuple[Stage, ...]:
    return FakeIngest(), FakeOcr(), FakeRestore(), Extract()


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    (folder / "plan.txt").write_text("một hai", encoding="utf-8")
    (folder / "broken.txt").write_text("refuse", encoding="utf-8")
    with Archive.open(folder / "archive") as archive:
        archive.intake(
            [folder / "plan.txt", folder / "broken.txt"], Options(runner=RunnerOptions(jobs=1)), stages=stages
        )
    return folder / "archive" / "catalog.sqlite"


def test_docs_have_questions() -> None:
    assert len(QUESTIONS) >= 5


@pytest.mark.parametrize("question", QUESTIONS)
def test_docs_questions_are_answered(catalog: Path, question: str) -> None:
    with closing(sqlite3.connect(catalog)) as connection:
        assert connection.execute(question).fetchall()


def test_docs_name_every_table() -> None:
    tables = PAGE.partition("## Tables")[2].partition("## Questions")[0]
    assert {table.name for table in METADATA.sorted_tables} <= set(re.findall(r"`(\w+)`", tables))

"""The questions of docs/catalog.md are answered, and its tables are the catalog's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_stages import FakeIngest, FakeOcr, FakeRestore
from postgresql_server import new_catalog_url
from sqlalchemy import text

from pipeline.archive import Archive
from pipeline.archive.schema import METADATA
from pipeline.archive.views import VIEWS
from pipeline.document import Document, replace
from pipeline.options import Options, RunnerOptions
from pipeline.records import Assignment, Deadline, DocumentFields, Movement, Records, Reference, Value
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

        own, other = ("1/KH-UBND", "2/KH-UBND") if document.source.name == "plan.txt" else ("2/KH-UBND", "3/KH-UBND")
        records = Records(
            document=DocumentFields(number=value(own), date=value("2025-01-02")),
            references=(Reference(kind=value("Kế hoạch"), number=value(other), role=value("basis")),),
            assignments=(Assignment(body=value("Phòng Nội vụ"), role=value("lead"), task=value("Tổ chức thực hiện")),),
            deadlines=(Deadline(text=value("trước ngày 15/02/2025"), end=value("2025-02-15")),),
            movements=(Movement(name=value("Thi đua yêu nước"), role=value("launches"), level=value("district")),),
        )
        return replace(document, records=records)


def stages() -> tuple[Stage, ...]:
    return FakeIngest(), FakeOcr(), FakeRestore(), Extract()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("docs")
    for name, said in (("plan", "một hai"), ("other", "ba bốn"), ("broken", "refuse")):
        (folder / f"{name}.txt").write_text(said, encoding="utf-8")
    with Archive.open(folder / "archive", url=new_catalog_url(request, folder)) as archive:
        archive.intake(sorted(folder.glob("*.txt")), Options(runner=RunnerOptions(jobs=1)), stages=stages)
        yield archive


def test_docs_have_questions() -> None:
    assert len(QUESTIONS) >= 5


@pytest.mark.parametrize("question", QUESTIONS)
def test_docs_questions_are_answered(archive: Archive, question: str) -> None:
    with archive.database.reading() as connection:
        assert connection.execute(text(question)).all()


def test_docs_name_every_table() -> None:
    tables = PAGE.partition("## Tables")[2].partition("## Questions")[0]
    assert {table.name for table in METADATA.sorted_tables} <= set(re.findall(r"`(\w+)`", tables))


def test_docs_name_every_view_and_what_it_gives() -> None:
    views = PAGE.partition("## Views")[2].partition("## Questions")[0]
    assert set(VIEWS) <= set(re.findall(r"`(\w+)`", views))
    assert all(re.search(rf"FROM {name}\b", " ".join(QUESTIONS)) for name in VIEWS)

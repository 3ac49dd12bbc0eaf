"""The same documents give the same files, to the byte, in whatever order and into whatever catalog they came."""

from pathlib import Path

import pandas as pd
import pytest
from command_line import call
from fake_stages import fake_stages
from sqlalchemy import create_engine, inspect, text
from test_archive_intake import write
from test_export_formats import rich_stages

from pipeline.archive import Archive
from pipeline.archive.report import ExportFormat
from pipeline.archive.schema import RECORD_TABLES
from pipeline.archive.tables import MOMENTS
from pipeline.options import Options, RunnerOptions
from pipeline.records import TABLES

FORMATS: tuple[ExportFormat, ...] = ("csv", "jsonl", "parquet")
ONE, TWO = (Options(runner=RunnerOptions(jobs=jobs)) for jobs in (1, 2))


def exported(archive: Archive, folder: Path, *, moments: bool) -> dict[str, bytes]:
    paths = [path for format in FORMATS for path in archive.export(folder / format, format, moments=moments)]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def seeded(archive: Archive, file: Path) -> dict[str, list[dict[str, object]]]:
    """What another database is filled with, but for the moments."""
    archive.seed(f"sqlite:///{file}")
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        tables = {
            name: [
                {column: value for column, value in row.items() if column not in (*MOMENTS, "archive", "fingerprint")}
                for row in connection.execute(text(f"SELECT * FROM {name} ORDER BY 1, 2, 3")).mappings()  # noqa: S608
            ]
            for name in inspect(engine).get_table_names()
        }
    engine.dispose()
    return tables


def test_export_is_the_same_whenever_and_wherever_documents_came(tmp_path: Path, catalog_url: str) -> None:
    (tmp_path / "in").mkdir()
    paths = write(tmp_path / "in", a="một hai\nblank\nengine", b="ba bốn", c="năm sáu\nbảy", d="tám chín")
    with Archive.open(tmp_path / "one") as one, Archive.open(tmp_path / "other", url=catalog_url) as other:
        one.intake([tmp_path / "in"], ONE, stages=rich_stages)
        for some in (paths[2:], paths[:2]):
            other.intake(some, ONE, stages=rich_stages)
        assert [row.id for row in one.documents()] != [row.id for row in other.documents()]
        found = exported(one, tmp_path / "out1", moments=False)
        assert found == exported(other, tmp_path / "out2", moments=False)
        assert seeded(one, tmp_path / "one.db") == seeded(other, tmp_path / "other.db")
        ids = list(pd.read_parquet(tmp_path / "out1" / "parquet" / "document.parquet")["sha256"])
        assert ids == sorted(row.id for row in one.documents())
        # When it was done is told unless it is left out, and is all that differs.
        told, told_too = (exported(archive, tmp_path / "out3", moments=True) for archive in (one, other))
        differing = {name for name, content in told.items() if content != told_too[name]}
        assert differing == {f"{format}/document.{format}" for format in FORMATS}


def test_export_names_files_in_the_order_in_which_they_were_given(tmp_path: Path) -> None:
    # The first is finished last; it has its plain name all the same.
    given = []
    for number, said in enumerate(("slow\nslow", "một", "hai")):
        (tmp_path / str(number)).mkdir()
        given += write(tmp_path / str(number), plan=said)
    with Archive.open(tmp_path / "archive") as archive:
        archive.intake(given, TWO, stages=fake_stages)
        ids = [archive.find(str(path)) for path in given]
        names = [path.name for path in archive.export(tmp_path / "out", "json")]
        assert names == ["plan.json", *(f"plan-{id_[:8]}.json" for id_ in ids[1:])]


def test_command_leaves_the_moments_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Archive.open(tmp_path / "archive") as archive:
        archive.intake(write(tmp_path, plan="một"), ONE, stages=fake_stages)
    arguments = ("export", "-f", "csv", tmp_path / "out", "--archive", tmp_path / "archive")
    assert call(capsys, *arguments).code == 0
    assert set(MOMENTS) <= set(pd.read_csv(tmp_path / "out" / "document.csv").columns)
    assert call(capsys, *arguments, "--reproducible").code == 0
    assert not set(MOMENTS) & set(pd.read_csv(tmp_path / "out" / "document.csv").columns)


def test_names_that_rows_are_ordered_by_sort_alike_everywhere() -> None:
    # Databases of other languages pass over the underscore at first; these names must not need it.
    for names in (
        [table.name for table in RECORD_TABLES.values()],
        *(kind.__struct_fields__ for kind in TABLES.values()),
    ):
        assert sorted(names) == sorted(names, key=lambda name: name.replace("_", ""))

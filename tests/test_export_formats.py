"""The way out: each format says what the catalog says, and no cell is a formula."""

import csv
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from fake_stages import FakeExtract, FakeIngest, FakeOcr, FakeRestore
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from pipeline.archive import Archive, ExportFormat
from pipeline.archive.export import neutral, write_csv, write_xlsx
from pipeline.archive.names import distinct_names, safe_stem
from pipeline.document import Document, replace
from pipeline.errors import FullDiskError
from pipeline.options import Options, RunnerOptions
from pipeline.records import LIST_TABLES, TABLES, Deadline, DocumentFields, Recipient, Records, Reward, Value
from pipeline.stage import Context, Stage

TABLE_NAMES = [*TABLES, "values", "evidence", "pages", "issues"]


def value(normal: str | int, text: str | None = None, confidence: float = 0.5) -> Value:
    return Value(text or str(normal), normal, ("1.0", "1.1"), confidence)


class RichExtract(FakeExtract):
    """Gives rows with everything that an export can stumble over."""

    def document(self, document: Document, context: Context) -> Document:
        records = Records(
            document=DocumentFields(number=value("207/KH-UBND"), title=value("=HYPERLINK(1)")),
            deadlines=(
                Deadline(text=value("trước ngày 15/12/2025"), end=value("2025-12-15", "15/12/2025")),
                Deadline(text=value("hằng tháng"), recurrence=value("monthly")),
            ),
            rewards=(Reward(form=value("Bằng khen"), quantity=value(3), amount=value(5_000_000_000)),),
            recipients=(
                Recipient(text=value(unicodedata.normalize("NFD", "Như trên"))),
                Recipient(text=value("-Lưu: VT")),
            ),
        )
        return replace(document, records=records)


def rich_stages() -> tuple[Stage, ...]:
    return FakeIngest(), FakeOcr(), FakeRestore(), RichExtract()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("export")
    for number, name in enumerate(("plan.txt", "plan.v2.txt")):
        (folder / name).write_text(f"một hai {number}\nblank\nengine", encoding="utf-8")
    (folder / "deep").mkdir()
    (folder / "deep" / "plan.txt").write_text("ba bốn", encoding="utf-8")
    with Archive.open(folder / "archive") as archive:
        options = Options(runner=RunnerOptions(jobs=1))
        archive.intake([folder / "plan.txt", folder / "plan.v2.txt", folder / "deep"], options, stages=rich_stages)
        yield archive


def test_json_is_the_contracts_object_and_the_file(archive: Archive, tmp_path: Path) -> None:
    paths = archive.export(tmp_path / "out", "json")
    second = archive.documents()[2].id
    assert [path.name for path in paths] == ["plan.json", "plan.v2.json", f"plan-{second[:8]}.json"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in paths)
    plain = json.loads(paths[0].read_text(encoding="utf-8"))
    document = archive.document(plain["sha256"])
    assert list(plain) == ["document", *LIST_TABLES, "source", "sha256", "status", "text", "pages"]
    assert {name: plain[name] for name in TABLES} == json.loads(json.dumps(document.records.to_dict()))
    assert plain["recipients"][1] == "-Lưu: VT"
    assert plain["source"] == "plan.txt"
    assert plain["status"] == "partial"
    assert plain["text"] == document.text() == "MỘT HAI 0"
    assert [(page["number"], page["blank"], page["text"]) for page in plain["pages"]] == [
        (1, False, "MỘT HAI 0"),
        (2, True, ""),
        (3, False, ""),
    ]
    assert "ộ" in paths[0].read_text(encoding="utf-8").lower()


def test_csv_has_a_file_for_each_table(archive: Archive, tmp_path: Path) -> None:
    paths = archive.export(tmp_path, "csv")
    assert [path.stem for path in paths] == TABLE_NAMES
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in paths)
    read = {path.stem: pd.read_csv(path, dtype="string", keep_default_na=False, encoding="utf-8-sig") for path in paths}
    for name in TABLES:
        fields = TABLES[name].__struct_fields__
        assert [c for c in read[name].columns if c in fields or c.removesuffix("_confidence") in fields] == [
            column for field in fields for column in (field, f"{field}_confidence")
        ]
        assert list(read[name].columns[:2]) == ["sha256", "source"]
    assert list(read["deadlines"]["end"]) == ["2025-12-15", ""] * 3
    assert list(read["rewards"]["amount"]) == ["5000000000"] * 3
    assert list(read["document"]["title"]) == ["'=HYPERLINK(1)"] * 3
    assert list(read["recipients"]["text"][:2]) == ["Như trên", "'-Lưu: VT"]
    assert set(read["values"]["record_table"]) == {"document", "deadlines", "rewards", "recipients"}
    assert set(read["evidence"]["word_id"]) == {"1.0", "1.1"}
    assert list(read["issues"]["code"]) == ["engine-timeout"] * 2


def test_parquet_keeps_types_and_texts(archive: Archive, tmp_path: Path) -> None:
    paths = archive.export(tmp_path, "parquet")
    assert [path.stem for path in paths] == TABLE_NAMES
    read = {path.stem: pd.read_parquet(path) for path in paths}
    assert str(read["rewards"]["amount"].dtype) == "Int64"
    assert str(read["sections"]["level"].dtype) == "Int64"
    assert str(read["movements"]["level"].dtype) == "string"
    assert str(read["evidence"]["left_px"].dtype) == "Float64"
    assert list(read["document"]["title"]) == ["=HYPERLINK(1)"] * 3
    assert str(read["document"]["added_at"].dtype).endswith("UTC]")


def test_jsonl_has_the_columns_of_parquet_and_its_values(archive: Archive, tmp_path: Path) -> None:
    paths = archive.export(tmp_path, "jsonl")
    archive.export(tmp_path, "parquet")
    assert [path.stem for path in paths] == TABLE_NAMES
    for path in paths:
        frame = pd.read_parquet(path.with_suffix(".parquet"))
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert len(lines) == len(frame)
        assert all(list(line) == list(frame.columns) for line in lines)
    deadlines = [json.loads(line) for line in (tmp_path / "deadlines.jsonl").read_text("utf-8").splitlines()]
    assert [(line["end"], line["recurrence"], line["end_confidence"]) for line in deadlines[:2]] == [
        ("2025-12-15", None, 0.5),
        (None, "monthly", None),
    ]
    (first, *_) = (tmp_path / "document.jsonl").read_text("utf-8").splitlines()
    assert json.loads(first)["title"] == "=HYPERLINK(1)"
    assert json.loads(first)["added_at"].endswith("+00:00")


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet", "xlsx"])
def test_export_in_pieces_is_the_export_in_one(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: ExportFormat
) -> None:
    whole = archive.export(tmp_path / "whole", format)
    monkeypatch.setattr("pipeline.archive.tables._ROWS_AT_A_TIME", 2)
    parts = archive.export(tmp_path / "parts", format)
    for one, other in zip(whole, parts, strict=True):
        match format:
            case "parquet":
                pd.testing.assert_frame_equal(pd.read_parquet(one), pd.read_parquet(other))
            case "xlsx":
                assert [list(sheet.values) for sheet in load_workbook(one)] == [
                    list(sheet.values) for sheet in load_workbook(other)
                ]
            case _:
                assert one.read_bytes() == other.read_bytes()


def test_xlsx_has_a_sheet_for_each_table(archive: Archive, tmp_path: Path) -> None:
    (path,) = archive.export(tmp_path, "xlsx")
    book = load_workbook(path)
    assert book.sheetnames == TABLE_NAMES
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    rewards = list(book["rewards"].iter_rows(values_only=True))
    assert 5_000_000_000 in rewards[1]
    assert book["document"].max_row == 4
    assert book["sections"].max_row == 1


@pytest.mark.parametrize("format", ["json", "jsonl", "csv", "parquet", "xlsx"])
def test_export_of_an_empty_archive(tmp_path: Path, format: str) -> None:
    with Archive.open(tmp_path / "archive") as archive:
        paths = archive.export(tmp_path / "out", format)  # type: ignore[arg-type]
    assert len(paths) == {"json": 0, "xlsx": 1}.get(format, len(TABLE_NAMES))


@pytest.mark.parametrize("format", ["json", "jsonl", "csv", "parquet", "xlsx"])
def test_export_to_a_full_disk_says_so(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    def no_space(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.runner.files.os.fsync", no_space)
    with pytest.raises(FullDiskError):
        archive.export(tmp_path / "out", format)  # type: ignore[arg-type]
    assert list((tmp_path / "out").iterdir()) == []


# --- cells -----------------------------------------------------------------------------------------------------------

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@given(st.one_of(CELLS, st.builds(str.__add__, st.sampled_from("=+-@\t\r\n＝＋－＠"), CELLS)))
@example("=1+1")
@example("''=1+1")
@example("ỦY BAN")
def test_neutral_texts_begin_with_no_formula_and_can_be_had_back(text: str) -> None:
    cell = neutral(text)
    assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))
    back = cell[1:] if re.match("'+[=+\\-@\t\r\n＝＋－＠]", cell) else cell
    assert back == unicodedata.normalize("NFC", text)


@given(st.lists(CELLS, min_size=1, max_size=5))
def test_csv_gives_back_what_was_written(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    frame = pd.DataFrame({"text": pd.array(texts, dtype="string"), "number": pd.array([1] * len(texts), dtype="Int64")})
    (path,) = write_csv(tmp_path_factory.mktemp("csv"), [("cells", [frame])])
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1:] == [[neutral(text), "1"] for text in texts]


def test_xlsx_leaves_out_what_no_cell_can_hold(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": pd.array(["a\x00\x07b", "x" * 40_000, None, "=1"], dtype="string")})
    path = write_xlsx(tmp_path / "cells.xlsx", [("cells", [frame])])
    cells = [row[0] for row in load_workbook(path)["cells"].iter_rows(min_row=2, values_only=True)]
    assert cells[0] == "ab"
    assert len(str(cells[1])) == 32_767
    assert str(cells[1]).endswith("…")
    assert cells[2] is None
    assert cells[3] == "'=1"


def test_xlsx_goes_on_in_a_further_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.archive.export._MOST_SHEET_ROWS", 4)
    frame = pd.DataFrame({"number": pd.array(range(7), dtype="Int64")})
    book = load_workbook(write_xlsx(tmp_path / "cells.xlsx", [("evidence", [frame[:2], frame[2:]])]))
    assert book.sheetnames == ["evidence", "evidence 2", "evidence 3"]
    assert [sheet.max_row for sheet in book] == [4, 4, 2]


# --- names -----------------------------------------------------------------------------------------------------------


@given(st.text(max_size=80))
@example("../../etc/passwd")
@example("..")
@example("CON.pdf")
@example("x" * 500)
@example("a\u202egpj.exe")
def test_safe_stem_is_a_plain_name(name: str) -> None:
    stem = safe_stem(name)
    assert stem
    assert stem not in (".", "..")
    assert not set(stem) & set('/\\\0\n:*?"<>|')
    assert len(stem.encode()) <= 200
    assert unicodedata.is_normalized("NFC", stem)
    assert Path("folder", stem).parent == Path("folder")


def test_safe_stem_keeps_what_it_can() -> None:
    assert safe_stem("Kế hoạch số 207.scan.pdf") == "Kế hoạch số 207.scan"
    assert safe_stem(unicodedata.normalize("NFD", "Kế hoạch.pdf")) == "Kế hoạch"


@given(st.lists(st.sampled_from(["a.pdf", "A.txt", "a.b.pdf", "", "á.pdf"]), max_size=12))
def test_distinct_names_are_distinct_and_lasting(names: list[str]) -> None:
    documents = [(f"{number:064x}"[::-1], name) for number, name in enumerate(names)]
    chosen = distinct_names(documents, ".json")
    assert len({name.casefold() for name in chosen.values()}) == len(documents)
    earlier = distinct_names(documents[: len(documents) // 2], ".json")
    assert earlier.items() <= chosen.items()

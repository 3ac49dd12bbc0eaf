"""`sohoa evaluate` digitises what has gold and writes the measures wherever it is asked to."""

import json
from pathlib import Path

import pytest
from command_line import Answer, call

TEXT = """UBND HUYỆN AN BÌNH
PHÒNG NỘI VỤ
Số: 15/KH-PNV

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
An Bình, ngày 03 tháng 02 năm 2031

KẾ HOẠCH
Tổ chức phong trào thi đua năm 2031

I. MỤC ĐÍCH
Động viên cán bộ hoàn thành nhiệm vụ.

Nơi nhận:
- Như trên;
- Lưu: VT.
"""
RECORDS = {
    "document": {"type": "Kế hoạch", "number": "15/KH-PNV", "date": "2031-02-03"},
    "sections": [{"label": "I", "heading": "MỤC ĐÍCH", "level": 1, "kind": "purpose"}],
    "recipients": ["Như trên", "Lưu: VT"],
}


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gold")
    for name, text in (("good", TEXT), ("misread", TEXT.replace("Như trên", "Nhu tren")), ("broken", "")):
        place = folder / "texts" / name
        place.mkdir(parents=True)
        (place / "source.txt").write_text(text, encoding="utf-8")
        (place / "page1.gold.txt").write_text(TEXT, encoding="utf-8")
        (place / "gold.json").write_text(json.dumps(RECORDS), encoding="utf-8")
    return folder


def rows(answer: Answer, table: str) -> dict[str, list[str]]:
    """A printed table's rows by their first cell."""
    after = answer.out[answer.out.index(f"# {table} (") :].split("\n\n", 1)[0].splitlines()[2:]
    return {row.split("\t")[0]: row.split("\t") for row in after}


def test_every_document_is_measured_and_written_down(
    capsys: pytest.CaptureFixture[str], gold: Path, tmp_path: Path
) -> None:
    files = {name: tmp_path / f"report.{name}" for name in ("json", "markdown", "errors")}
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    answer = call(capsys, "evaluate", gold, "--jobs", "1", "--set", "restore.regime=clean", *options)
    assert answer.code == 10
    documents = rows(answer, "documents")
    assert documents["texts/good"][1:6:2] == ["done", documents["texts/good"][3], "0.00 %"]
    assert documents["texts/broken"][1:3] == ["refused", "0"]
    assert documents["texts/broken"][4] == "100.00 %"
    assert 0 < float(documents["texts/misread"][4].split()[0]) < 5
    assert "source.txt is empty" in answer.err
    assert rows(answer, "records, all")["recipients"][1] == "6"
    report = json.loads(files["json"].read_text(encoding="utf-8"))
    assert [found["name"] for found in report["documents"]] == ["texts/broken", "texts/good", "texts/misread"]
    assert report["groups"]["all"]["records"]["identity"] == {"type": 2, "number": 2, "date": 2}
    written = files["markdown"].read_text(encoding="utf-8")
    assert f"`sohoa evaluate {gold.name} --set restore.regime=clean`" in written
    listed = files["errors"].read_text(encoding="utf-8")
    assert "[Nhu tren; ≠ Như trên;]" in listed
    assert listed.count("## text of page 1") == 2


def test_from_text_extracts_from_gold_instead_of_the_original(capsys: pytest.CaptureFixture[str], gold: Path) -> None:
    answer = call(capsys, "evaluate", gold / "texts", "--from-text")
    assert answer.code == 0
    documents = rows(answer, "documents")
    assert [documents[name][4] for name in ("broken", "good", "misread")] == [""] * 3
    assert rows(answer, "records, all")["recipients"][4:7] == ["1.000", "1.000", "1.000"]
    assert rows(answer, "records, all")["sections"][4:7] == ["1.000", "1.000", "1.000"]


def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    capsys: pytest.CaptureFixture[str], gold: Path, tmp_path: Path
) -> None:
    answer = call(capsys, "evaluate", gold, "--json", tmp_path / "nowhere" / "report.json")
    assert (answer.code, answer.out) == (2, "")
    assert "nowhere" in answer.err


def test_a_folder_without_gold_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answer = call(capsys, "evaluate", tmp_path)
    assert (answer.code, answer.out) == (3, "")
    assert "page1.gold.txt" in answer.err

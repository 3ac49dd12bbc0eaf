"""The report shows every measure once, and the list of mistakes shows every mistake."""

import json
from pathlib import Path

import pytest
from conftest import BuildDocument

from pipeline.document import Document, replace
from pipeline.evaluation import Evaluation, GoldDocument, score
from pipeline.evaluation_report import json_report, markdown_report, tables
from pipeline.mistakes import mistakes
from pipeline.records import Assignment, DocumentFields, Recipient, Records, Value

RECORDS = {
    "document": {"type": "Kế hoạch", "number": "15/KH-UBND", "date": "2031-02-03"},
    "assignments": [
        {"body": "Phòng Nội vụ", "role": "lead", "task": "Tham mưu tổng kết phong trào", "deadline": "quý IV"},
        {"body": "Văn phòng", "role": "lead", "task": "Theo dõi", "deadline": None},
    ],
    "recipients": ["Như trên"],
}


def value(normal: str) -> Value:
    return Value(normal, normal, ("1.0",), 0.9)


@pytest.fixture
def evaluation(document_of: BuildDocument) -> Evaluation:
    records = Records(
        DocumentFields(type=value("Kế hoạch"), number=value("16/KH-UBND"), place=value("Huế")),
        assignments=(
            Assignment(body=value("Phòng Nội vụ"), role=value("advise"), task=value("Tham mưu tổng kết phong trào")),
            Assignment(body=value("Sở Y tế"), task=value("Khám")),
        ),
        recipients=(Recipient(value("Như trên")),),
    )
    document: Document = replace(document_of("Kế hoạch nam 2031"), records=records)
    first = GoldDocument("scans/a", Path("a.pdf"), {1: "Kế hoạch năm 2031 | đúng"}, RECORDS)
    second = GoldDocument("plans/b", Path("b.pdf"), {1: "x"})
    return Evaluation((score(first, document, status="done", seconds=4.2), score(second, None, status="refused")))


def test_tables_show_documents_sums_records_and_fields(evaluation: Evaluation) -> None:
    made = {table.name: table for table in tables(evaluation)}
    assert all(len(row) == len(table.columns) for table in made.values() for row in table.rows)
    documents = made["documents"]
    assert [row[0] for row in documents.rows] == [
        "scans/a",
        "plans/b",
        "plans: 1 documents",
        "scans: 1 documents",
        "all: 2 documents",
    ]
    assert documents.rows[0][1:5] == ("done", "1", "4", "27.27 %")
    assert ("scans", "type, number and date right", "0 of 1 documents") in made["sums"].rows
    assert ("all", "type right", "1 of 1 documents") in made["sums"].rows
    assert ("all", "document fields invented", "1 of 3 values") in made["sums"].rows
    rows = {row[0]: row for row in made["records, all"].rows}
    assert rows["assignments"] == ("assignments", "2", "2", "1", "0.500", "0.500", "0.500", "0.500")
    assert rows["recipients"][6] == "1.000"
    fields = {(row[0], row[1]): row[2:] for row in made["fields of matched records"].rows}
    assert fields["assignments", "role"] == ("0", "1", "0", "0", "0.000")
    assert fields["assignments", "deadline"] == ("0", "0", "1", "0", "0.000")
    assert fields["document", "place"] == ("0", "0", "0", "1", "0.000")


def test_markdown_holds_the_same_tables(evaluation: Evaluation) -> None:
    written = markdown_report(evaluation, "sohoa evaluate gold")
    assert "with `sohoa evaluate gold`" in written
    for table in tables(evaluation):
        assert written.count("| " + " | ".join(table.columns) + " |") >= 1
        for row in table.rows:
            assert "| " + " | ".join(row) + " |" in written


def test_json_holds_every_measure(evaluation: Evaluation) -> None:
    report = json.loads(json_report(evaluation))
    assert set(report["groups"]) == {"plans", "scans", "all"}
    assert report["groups"]["all"]["records"]["tables"]["assignments"]["f1"] == 0.5
    assert report["groups"]["all"]["records"]["identity"] == {"type": 1, "number": 0, "date": 0}
    assert report["groups"]["scans"]["text"]["word_errors"] == 2
    assert [document["name"] for document in report["documents"]] == ["scans/a", "plans/b"]
    assert sum(band["values"] for band in report["reliability"]) == 9


def test_mistakes_lists_each_of_them(evaluation: Evaluation) -> None:
    listed = list(mistakes(evaluation))
    for line in (
        "# scans/a (done)",
        "- number: 16/KH-UBND ≠ 15/KH-UBND",
        "- date missing: 2031-02-03",
        "- place invented: Huế",
        "- missing: body=Văn phòng · role=lead · task=Theo dõi",
        "- invented: body=Sở Y tế · task=Khám",
        "- in body=Phòng Nội vụ · task=Tham mưu tổng kết phong trào:",
        "    - role: advise ≠ lead",
        "    - deadline missing: quý IV",
        "- Kế hoạch [nam ≠ năm] 2031 đúng",
        "- năm 2031 [ ≠ đúng] ",
        "# plans/b (refused)",
        "-  [ ≠ x] ",
    ):
        assert line in listed
    assert "## recipients" not in listed


def test_a_perfect_document_has_no_mistakes(document_of: BuildDocument) -> None:
    found = score(GoldDocument("a", Path("a.pdf"), {1: "Kế hoạch"}), document_of("Kế hoạch"), status="done")
    assert list(mistakes(Evaluation((found,)))) == ["# a (done)", "", "nothing wrong", ""]

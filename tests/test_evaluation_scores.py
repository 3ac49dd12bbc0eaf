"""Gold is found wherever it lies, and a document is compared with it whatever became of it."""

import json
from pathlib import Path

import pytest
from conftest import BuildDocument

from corpus.record_scores import FieldScore
from pipeline.document import Document, replace
from pipeline.errors import MissingInputError, UnsupportedInputError
from pipeline.evaluation import Evaluation, GoldDocument, document_counts, find_gold, identity, score
from pipeline.records import Deadline, DocumentFields, Recipient, Records, Value

RECORDS = {
    "document": {"type": "Kế hoạch", "number": "15/KH-UBND", "date": "2031-02-03", "place": None},
    "sections": [],
    "deadlines": [{"text": "trước ngày 30/6", "kind": "due", "start": None, "end": "2031-06-30"}],
    "recipients": ["Như trên", "Lưu: VT"],
}


def put(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        text = json.dumps(RECORDS) if name.endswith(".json") else name
        (folder / name).write_text(text, encoding="utf-8")


def test_gold_is_found_in_all_folders_below(tmp_path: Path) -> None:
    put(tmp_path / "scans" / "b", "source.pdf", "page1.gold.txt", "page2.gold.txt", "page10.gold.txt", "gold.json")
    put(tmp_path / "plans" / "a", "source.docx", "source.pdf", "gold.json")
    put(tmp_path / "none", "source.pdf")
    found = find_gold(tmp_path)
    assert [(gold.name, gold.group, gold.original.name) for gold in found] == [
        ("plans/a", "plans", "source.pdf"),
        ("scans/b", "scans", "source.pdf"),
    ]
    assert list(found[1].pages) == [1, 2, 10]
    assert found[1].pages[10] == "page10.gold.txt"
    assert found[0].records == found[1].records == RECORDS
    assert found[0].pages == {}


def test_gold_in_the_folder_itself_is_found(tmp_path: Path) -> None:
    put(tmp_path / "doc", "scan.tif", "page1.gold.txt")
    (gold,) = find_gold(tmp_path / "doc")
    assert (gold.name, gold.group, gold.original.name, gold.records) == ("doc", "", "scan.tif", None)


def test_the_source_is_preferred_among_several_originals(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", "source.png", "source.txt", "plan.gold.json")
    assert find_gold(tmp_path)[0].original.name == "source.png"


def test_a_folder_without_gold_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "source.pdf")
    with pytest.raises(MissingInputError, match="no gold"):
        find_gold(tmp_path)
    with pytest.raises(MissingInputError, match="no folder"):
        find_gold(tmp_path / "nowhere")


def test_gold_without_an_original_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "gold.json")
    with pytest.raises(MissingInputError, match="no original"):
        find_gold(tmp_path)


@pytest.mark.parametrize(("name", "content"), [("gold.json", b"[]"), ("gold.json", b"{"), ("page1.gold.txt", b"\xff")])
def test_gold_that_cannot_be_read_is_an_error(tmp_path: Path, name: str, content: bytes) -> None:
    put(tmp_path, "source.pdf")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnsupportedInputError, match=name):
        find_gold(tmp_path)


def value(normal: str, confidence: float) -> Value:
    return Value(normal, normal, ("1.0",), confidence)


@pytest.fixture
def document(document_of: BuildDocument) -> Document:
    fields = DocumentFields(type=value("Kế hoạch", 0.99), number=value("16/KH-UBND", 0.4), place=value("Huế", 0.75))
    records = Records(
        fields,
        deadlines=(Deadline(text=value("trước ngày 30/6", 0.92), end=value("2031-06-30", 0.92)),),
        recipients=(Recipient(value("Như trên", 0.85)), Recipient(value("Công báo", 0.3))),
    )
    return replace(document_of("KẾ HOẠCH\nnăm 2031\fsai", confidence=0.9), records=records)


def gold(**more: object) -> GoldDocument:
    return GoldDocument("scans/a", Path("source.pdf"), {1: "KẾ HOẠCH năm 2031", 2: "đúng"}, RECORDS, **more)  # type: ignore[arg-type]


def test_text_is_compared_page_by_page(document: Document) -> None:
    found = score(gold(), document, status="done")
    assert found.text is not None
    assert (found.text.characters, found.text.character_errors) == (17 + 4, 4)
    assert (found.text.words, found.text.word_errors) == (5, 1)
    assert found.pages == 2


def test_pages_without_gold_are_not_compared(document: Document) -> None:
    found = score(GoldDocument("a", Path("a.pdf"), {1: "KẾ HOẠCH năm 2031"}), document, status="done")
    assert found.text is not None
    assert found.text.character_errors == 0
    assert found.records is None


def test_records_are_compared(document: Document) -> None:
    records = score(gold(), document, status="done").records
    assert records is not None
    assert records.document["number"] == FieldScore(wrong=1)
    assert records.document["place"] == FieldScore(invented=1)
    assert (document_counts(records.document).gold, document_counts(records.document).predicted) == (3, 3)
    assert document_counts(records.document).matched == 1
    assert records.tables["recipients"].counts.matched == 1
    assert identity(records) == {"type": 1, "number": 0, "date": 0}


def test_a_document_that_could_not_be_read_lacks_everything() -> None:
    found = score(gold(), None, status="failed", seconds=3.0)
    assert found.text is not None
    assert found.records is not None
    assert found.text.cer == 1.0
    assert found.records.tables["recipients"].counts.recall == 0.0
    assert found.records.document["type"] == FieldScore(missing=1)
    assert (found.pages, found.seconds, found.confidences) == (0, 3.0, ())


def test_every_value_has_its_confidence_judged(document: Document) -> None:
    found = score(gold(), document, status="done")
    assert sorted(found.confidences) == [
        (0.3, False),
        (0.4, False),
        (0.75, False),
        (0.85, True),
        (0.92, True),
        (0.92, True),
        (0.99, True),
    ]


def test_groups_and_sums(document: Document) -> None:
    one = score(gold(), document, status="done")
    two = score(GoldDocument("plans/b", Path("b.pdf"), {}, RECORDS), None, status="refused")
    both = Evaluation((one, two))
    assert [(name, len(part.documents)) for name, part in both.groups()] == [("plans", 1), ("scans", 1), ("all", 2)]
    assert both.text == one.text
    assert both.records is not None
    assert both.records.document_count == 2
    assert [name for name, _ in Evaluation((one,)).groups()] == ["all"]
    assert Evaluation(()).text is None
    assert Evaluation(()).records is None


def test_reliability_counts_every_value_once(document: Document) -> None:
    bands = Evaluation((score(gold(), document, status="done"),)).reliability((0.0, 0.5, 0.9))
    assert bands == [(0.0, 2, 0.0), (0.5, 2, 0.5), (0.9, 3, 1.0)]

"""The model that flows: nothing is overwritten, and what is written is read back."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import (
    Block,
    Box,
    Cell,
    Decision,
    Document,
    Issue,
    Line,
    Page,
    Passage,
    Reading,
    Section,
    Source,
    Span,
    Step,
    TracedText,
    Word,
    block_lines,
    bounding_box,
    line_text,
)
from pipeline.records import Deadline, DocumentFields, Records, Value

SNAPSHOT = Path(__file__).parent / "snapshots" / "document_schema.json"

TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
FRACTIONS = st.floats(0, 1)
READINGS = st.builds(Reading, TEXTS, TEXTS, FRACTIONS, st.lists(TEXTS, max_size=2).map(tuple))
BOXES = st.builds(Box, *[st.floats(-1e4, 1e4)] * 4)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    pages = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        marks = tuple(
            Word(f"{number}.{i}", number, draw(st.none() | BOXES), tuple(draw(st.lists(READINGS, max_size=3))))
            for i in range(draw(st.integers(0, 6)))
        )
        ids = tuple(mark.id for mark in marks)
        blocks = (Block("body", (Line(ids[:3]), Line(ids[3:]))), Block("table", cells=(Cell(0, 0, (Line(ids),)),)))
        pages.append(Page(number, 100, 200, 150.0, "scan", words=marks, blocks=blocks, decisions=draw(DECISIONS)))
    marks = tuple(mark for page in pages for mark in page.words)
    text = TracedText.of_words(marks)
    value = Value(draw(TEXTS), draw(TEXTS | st.integers(-(2**40), 2**40)), text.evidence() or ("1.0",), draw(FRACTIONS))
    return Document(
        Source(draw(TEXTS), "0" * 64, 3, "text/plain"),
        tuple(pages),
        (Section(0, None, text, 1, "purpose"),),
        (Passage(0, "item", text, 1, label="a", cells=(text,)),),
        Records(DocumentFields(title=value), deadlines=(Deadline(text=value, end=None),)),
        tuple(draw(st.lists(st.builds(Issue, TEXTS, TEXTS, TEXTS, TEXTS, st.none() | st.integers(1, 9)), max_size=2))),
        draw(DECISIONS),
        (Step("ocr", 1, "0" * 64, 1.5, 1.25),),
    )


DECISIONS = st.lists(
    st.builds(Decision, TEXTS, TEXTS, TEXTS, TEXTS, st.dictionaries(TEXTS, FRACTIONS, max_size=2)), max_size=2
).map(tuple)


@given(documents())
@settings(max_examples=50)
def test_a_document_survives_json(document: Document) -> None:
    assert msgspec.json.decode(msgspec.json.encode(document), type=Document) == document


@given(documents())
@settings(max_examples=50)
def test_a_document_survives_messagepack(document: Document) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(document), type=Document) == document


@given(documents())
@settings(max_examples=20)
def test_a_document_with_an_issue_is_never_done(document: Document) -> None:
    losses = [issue for issue in document.issues if issue.weight == "loss"]
    assert document.status == ("partial" if losses else "done")


@given(documents())
@settings(max_examples=20)
def test_every_word_is_found_by_its_id(document: Document) -> None:
    words = document.words_by_id()
    assert len(words) == sum(len(page.words) for page in document.pages)
    assert all(words[mark.id] is mark for page in document.pages for mark in page.words)


def schema() -> str:
    """Names, types and defaults; what the docstrings say may change freely."""
    return json.dumps(without_words(msgspec.json.schema(Document)), sort_keys=True, indent=1) + "\n"


def without_words(node: object) -> object:
    if isinstance(node, dict):
        return {key: without_words(value) for key, value in node.items() if key != "description"}
    return [without_words(value) for value in node] if isinstance(node, list) else node


def test_the_schema_has_not_changed_unseen() -> None:
    # A changed schema needs a migration of the archive in the same commit as a new snapshot, which
    # `python -m tests.test_document_model` writes.
    assert schema() == SNAPSHOT.read_text(encoding="utf-8")


def test_a_reading_more_never_takes_one_away() -> None:
    mark = Word("1.0", 1, None, (Reading("ocr", "Ké", 0.5),))
    mended = mark.read(Reading("restore", "Kế", 0.9))
    assert (mark.text, mended.text, mended.confidence) == ("Ké", "Kế", 0.9)
    assert mended.readings[0] is mark.readings[0]
    assert mended.id == mark.id


def test_a_mark_that_nobody_read_says_nothing() -> None:
    mark = Word("1.0", 1, None, ())
    assert (mark.text, mark.confidence) == ("", 0.0)


def test_nothing_in_the_model_can_be_changed() -> None:
    mark = Word("1.0", 1, None, ())
    with pytest.raises(AttributeError):
        mark.page = 2  # type: ignore[misc]


def words_of(*texts: str) -> dict[str, Word]:
    return {f"1.{i}": Word(f"1.{i}", 1, None, (Reading("ocr", text, 1.0),)) for i, text in enumerate(texts)}


def test_a_line_leaves_out_marks_that_are_nothing() -> None:
    assert line_text(Line(("1.0", "1.1", "1.2")), words_of("Kế", "", "hoạch")) == "Kế hoạch"


def test_a_table_is_printed_row_by_row() -> None:
    words = words_of("STT", "Nội", "dung", "1", "Thi", "đua")
    cells = (
        Cell(1, 1, (Line(("1.4",)), Line(("1.5",)))),
        Cell(0, 0, (Line(("1.0",)),)),
        Cell(0, 1, (Line(("1.1", "1.2")),)),
        Cell(1, 0, (Line(("1.3",)),)),
        Cell(2, 0, ()),
        Cell(2, 1, ()),
    )
    assert block_lines(Block("table", cells=cells), words) == ["STT | Nội dung", "1 | Thi đua"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("body", ["Kế", "hoạch"]),
        ("stamp", ["[stamp] Kế hoạch"]),
        ("page-number", ["[page] Kế", "[page] hoạch"]),
        ("footnote", ["[footnote] Kế", "hoạch"]),
    ],
)
def test_marks_of_the_text_format_open_the_right_lines(kind: str, expected: list[str]) -> None:
    block = Block(kind, (Line(("1.0",)), Line(("1.1",))))  # type: ignore[arg-type]
    assert block_lines(block, words_of("Kế", "hoạch")) == expected
    assert block_lines(Block(kind), {}) == []  # type: ignore[arg-type]


def test_pages_and_blocks_are_parted_by_empty_lines() -> None:
    words = words_of("Kế", "hoạch")
    blocks = (Block("body", (Line(("1.0",)),)), Block("body"), Block("body", (Line(("1.1",)),)))
    page = Page(1, 0, 0, 0.0, "text", words=tuple(words.values()), blocks=blocks)
    document = Document(
        Source("a.txt", "0" * 64, 1, "text/plain"), (page, Page(2, 0, 0, 0.0, "text", blank=True), page)
    )
    assert page.text() == "Kế\n\nhoạch"
    assert document.text() == "Kế\n\nhoạch\n\nKế\n\nhoạch"


@given(st.lists(BOXES, min_size=1, max_size=5))
def test_a_box_around_boxes_holds_each_of_them(boxes: list[Box]) -> None:
    around = bounding_box(boxes)
    assert around is not None
    for box in boxes:
        assert around.left <= box.left
        assert around.top <= box.top
        assert around.right >= box.right
        assert around.bottom >= box.bottom
    assert around.width == around.right - around.left
    assert around.height == around.bottom - around.top


def test_no_boxes_no_box() -> None:
    assert bounding_box([]) is None


def test_the_body_of_a_passage_begins_after_label_and_heading() -> None:
    text = TracedText("1. Thời gian: quý I", (Span(0, 2, "1.0", 1.0), Span(14, 19, "1.3", 1.0)))
    passage = Passage(0, "heading", text, 1, label="1", body_start=13)
    assert passage.body.text == "quý I"
    assert passage.body.evidence() == ("1.3",)


if __name__ == "__main__":
    SNAPSHOT.write_text(schema(), encoding="utf-8")

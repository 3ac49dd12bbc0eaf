"""Tables for people: nothing is cut, doubtful values are marked, places are named."""

import io
import re
from pathlib import Path

import pytest
from command_line import call
from rich.console import Console
from rich.progress import Progress

from pipeline.cli import checking, progress, terminal
from pipeline.document import Block, Box, Cell, Document, Line, Page, Reading, Source, Word
from pipeline.records import Assignment, DocumentFields, Records, Reward, Value
from pipeline.runner import Event
from pipeline.tables import TextTable, drawn, evidence_table, lines, record_table

LONG = "Tham mưu Ủy ban nhân dân huyện tổ chức sơ kết, tổng kết phong trào thi đua và đề xuất khen thưởng cuối năm"


def word(number: int, box: Box | None) -> Word:
    return Word(f"1.{number}", 1, box, (Reading("ocr", "chữ", 1.0),))


@pytest.fixture
def document() -> Document:
    words = (
        word(0, Box(10, 20, 30, 40)),
        word(1, Box(35, 18, 60, 41)),
        word(2, Box(10, 50, 30, 70)),
        word(3, None),
        word(4, Box(99, 99, 100, 100)),
    )
    blocks = (
        Block("body", (Line(("1.0", "1.1")), Line(("1.2",)))),
        Block("table", cells=(Cell(0, 0, (Line(("1.3",)),)),)),
    )
    page = Page(1, 100, 100, 150.0, "scan", words=words, blocks=blocks)
    records = Records(
        DocumentFields(type=Value("KẾ HOẠCH", "Kế hoạch", ("1.0",), 0.95)),
        assignments=(
            Assignment(
                body=Value("Phòng", "Phòng Nội vụ", ("1.0", "1.1", "1.2"), 0.7),
                task=Value(LONG, LONG, ("1.3",), 0.4, "the line is faint"),
            ),
            Assignment(body=Value("Sở", "Sở Nội vụ", ("1.4",), 0.9, "another")),
        ),
        rewards=(Reward(amount=Value("1.000.000", 1000000, ("1.0",), 1.0)),),
    )
    return Document(Source("a.pdf", "0" * 64, 1, "application/pdf"), (page,), records=records)


def test_a_record_shows_its_lowest_confidence_and_its_doubts(document: Document) -> None:
    table = record_table(document, "assignments")
    assert table.columns == ("body", "task", "confidence", "doubt")
    assert table.rows == (
        ("Phòng Nội vụ", LONG, "0.40", "the line is faint"),
        ("Sở Nội vụ", "", "0.90", "another"),
    )
    assert table.confidences == ((0.7, 0.4, 0.4, None), (0.9, None, 0.9, None))


def test_the_documents_fields_stand_below_each_other(document: Document) -> None:
    assert record_table(document, "document").rows == (("type", "Kế hoạch", "0.95"),)


def test_columns_without_a_value_are_left_out(document: Document) -> None:
    assert record_table(document, "rewards").columns == ("amount", "confidence")
    assert record_table(document, "movements").rows == ()


def test_evidence_is_a_box_for_each_line(document: Document) -> None:
    places = [row[5] for row in evidence_table(document, "assignments").rows]
    assert places == ["page 1 line 1 (10,18 60,41); page 1 line 2 (10,50 30,70)", "page 1 line 3", ""]


def test_a_table_in_a_pipe_has_a_line_a_row() -> None:
    table = TextTable("t", ("a", "b"), (("one\ttwo\nthree", "x"),))
    assert list(lines(table)) == ["# t (1)", "a\tb", "one two three\tx"]
    assert list(lines(TextTable("t", ("a", "b"), ()))) == ["# t (0)"]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_drawn_table_cuts_nothing(document: Document, width: int) -> None:
    screen = io.StringIO()
    Console(file=screen, width=width).print(drawn(record_table(document, "assignments")))
    shown = screen.getvalue()
    assert max(map(len, shown.splitlines())) <= width
    assert "…" not in shown
    assert "Phân công nhiệm vụ" in shown.replace("\n", " ")
    letters = {character for character in shown if character.isalpha()}
    assert set(LONG.replace(" ", "").replace(",", "")) <= letters
    if width == 200:
        assert LONG[:60] in shown


def test_doubtful_values_are_coloured(document: Document) -> None:
    screen = io.StringIO()
    Console(file=screen, width=200, force_terminal=True, color_system="standard").print(
        drawn(record_table(document, "assignments"))
    )
    shown = screen.getvalue()
    assert "\x1b[33mPhòng Nội vụ" in shown
    assert re.search(r"\x1b\[31m *0\.40", shown)
    assert "\x1b[33mSở" not in shown
    assert "\x1b[31mSở" not in shown


def test_text_is_never_read_as_markup(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "is_drawn", lambda: True)
    terminal.print_table(TextTable("t", ("a",), (("[red]1[/red] [/] :smile:",),)))
    assert "[red]1[/red] [/] :smile:" in capsys.readouterr().out


def test_doctor_is_drawn_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(checking, "is_drawn", lambda: True)
    answer = call(capsys, "doctor", "--archive", tmp_path)
    assert "ok      Python: " in answer.out


def test_bars_follow_pages_and_leave_with_their_files() -> None:
    with Progress(console=Console(file=io.StringIO())) as bars:
        hear = progress._bars(bars)
        hear(Event(Path("a [b].pdf"), 1, 2))
        hear(Event(Path("a [b].pdf"), 1, 2, "ocr", 1, pages_done=1, pages=4))
        whole, first = bars.tasks
        assert (whole.completed, whole.total) == (1, 8)
        assert (first.description, first.completed, first.total) == ("a [b].pdf", 1, 4)
        hear(Event(Path("a [b].pdf"), 1, 2, pages_done=4, pages=4, status="done"))
        hear(Event(Path("b.pdf"), 2, 2, pages=1, status="already"))
        assert [task.description for task in bars.tasks] == ["all files"]
        assert (bars.tasks[0].completed, bars.tasks[0].total) == (5, 5)

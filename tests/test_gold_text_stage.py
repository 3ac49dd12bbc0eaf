"""Gold text becomes the document that a perfect reading would give."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from corpus.text_metrics import score_page
from pipeline.document import Document, Page, Source, line_text
from pipeline.gold_text import GoldText
from pipeline.options import Options
from pipeline.stage import Context

PAGE = """UBND HUYỆN A
PHÒNG B

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM

[stamp] ĐẾN ngày 3/2
I. MỤC ĐÍCH
STT | Nội dung | Thời gian
1 | Phát động |
2 |  | Quý II
[footnote] 1 Theo quyết định
số 5.
[page] 2
"""


def page_of(text: str) -> Page:
    document = Document(Source("a.pdf", "0" * 64, 1, "application/pdf"))
    return GoldText({1: text}).document(document, Context(Path("a.pdf"), Options())).pages[0]


def test_lines_of_a_kind_make_a_block() -> None:
    assert [(block.kind, len(block.lines), len(block.cells)) for block in page_of(PAGE).blocks] == [
        ("body", 2, 0),
        ("body", 1, 0),
        ("stamp", 1, 0),
        ("body", 1, 0),
        ("table", 0, 9),
        ("footnote", 2, 0),
        ("page-number", 1, 0),
    ]


def test_cells_know_their_row_and_column() -> None:
    page = page_of(PAGE)
    words = page.words_by_id()
    table = next(block for block in page.blocks if block.kind == "table")
    texts = {(cell.row, cell.column): " ".join(line_text(line, words) for line in cell.lines) for cell in table.cells}
    assert texts[0, 1] == "Nội dung"
    assert texts[1, 2] == texts[2, 1] == ""
    assert texts[2, 2] == "Quý II"


def test_every_word_is_sure_and_has_an_id_of_its_own() -> None:
    page = page_of(PAGE)
    assert len(page.words_by_id()) == len(page.words)
    assert {word.confidence for word in page.words} == {1.0}
    assert page.origin == "text"


def test_text_comes_out_as_it_went_in() -> None:
    assert page_of(PAGE).text().replace("\n\n", "\n").split() == PAGE.split()


@given(
    st.lists(st.sampled_from(["a b", "[stamp] c", "[page] 2", "[footnote] d", "e | f", "g |", "", "  "]), max_size=9)
)
def test_nothing_is_lost_whatever_the_order_of_lines(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert score_page(page_of(text).text(), text).character_errors == 0

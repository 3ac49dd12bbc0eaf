"""Setting type: words, lines, tables and pages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.layout import A4_PT, lay_out
from corpus.sample_document import Break, Foot, HeaderLine, SampleDocument, Table, Text, plain_text, strip_markup
from corpus.table_layout import set_table
from corpus.typeset import FONT_FOLDER, Style, fill, font_path, parse, parse_lines

WORD = st.text(st.sampled_from("aăđêhnơtưyệợ0129/."), min_size=1, max_size=12)
TEXT = st.lists(WORD, min_size=1, max_size=40).map(" ".join)


def small_document(*body: Text | Table | Break) -> SampleDocument:
    return SampleDocument(
        left=(HeaderLine("UBND XÃ HÒA BÌNH"), HeaderLine("**TRẠM Y TẾ**", rule=0.5)),
        right=(HeaderLine("**CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM**", size_pt=12.5),),
        body=body,
        foot=Foot("**Nơi nhận:**", ("- Như trên;", "- Lưu: VT."), ("TRƯỞNG TRẠM",), "Mai Văn Tý", ("UBND", "TRẠM")),
    )


def test_parse_reads_styles_across_words_and_lines() -> None:
    lines = parse_lines("**Điều 1.** Số ^^12^^/QĐ\n__kèm theo__")
    assert [[word.text for word in line] for line in lines] == [["Điều", "1.", "Số", "12/QĐ"], ["kèm", "theo"]]
    styles = [[piece.style for word in line for piece in word.pieces] for line in lines]
    assert styles == [["Bold", "Bold", "Regular", "Hand", "Regular"], ["Italic", "Italic"]]
    assert parse("**một __hai__**")[1].pieces[0].style == "BoldItalic"


def test_parse_lets_a_notation_break_after_its_hyphen() -> None:
    words = parse("Số 12/KH-UBND ngày 2024-2025")
    assert [(word.text, word.joined) for word in words] == [
        ("Số", False), ("12/KH-", False), ("UBND", True), ("ngày", False), ("2024-2025", False),
    ]  # fmt: skip
    narrow = fill(words, 14, 60)
    assert "12/KH-" in [line.text.split()[-1] for line in narrow]
    assert fill(words, 14, 500)[0].text == "Số 12/KH-UBND ngày 2024-2025"


@settings(deadline=None)
@given(TEXT, st.floats(30, 400))
def test_fill_keeps_every_word_and_the_measure(text: str, measure_pt: float) -> None:
    lines = fill(parse(text), 13, measure_pt)
    assert " ".join(line.text for line in lines).split() == text.split()
    assert all(line.width_pt <= measure_pt or len(line.words) == 1 for line in lines)
    assert [line.last for line in lines] == [False] * (len(lines) - 1) + [True]


@settings(deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_set_table_holds_every_cell_inside_its_row(cells: list[tuple[str, str]]) -> None:
    table = Table((1.0, 2.0), ("TT", "Nội dung"), tuple(cells), ("centre", "left"))
    rows = set_table(table, 450)
    assert [row.text for row in rows[1:]] == [" | ".join(row) for row in cells]
    for row in rows:
        assert sum(cell.width_pt for cell in row.cells) == pytest.approx(450)
        for cell in row.cells:
            assert all(0 < line.baseline_pt < row.height_pt for line in cell.lines)


def test_set_table_spans_a_band_across_the_columns() -> None:
    table = Table((1.0, 1.0), ("A", "B"), (("**I. Nhóm một**",), ("x", "")), ("left", "left"))
    band, row = set_table(table, 300)[1:]
    assert (len(band.cells), band.cells[0].width_pt, band.text) == (1, 300, "I. Nhóm một")
    assert row.text == "x | "


def test_lay_out_puts_blocks_in_reading_order() -> None:
    document = small_document(Text("**KẾ HOẠCH**", align="centre"), Text("Thực hiện nhiệm vụ năm học."))
    (page,) = lay_out(document)
    assert page.gold_text() == (
        "UBND XÃ HÒA BÌNH\nTRẠM Y TẾ\n\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\nKẾ HOẠCH\nThực hiện nhiệm vụ năm học.\n\n"
        "Nơi nhận:\n- Như trên;\n- Lưu: VT.\n\nTRƯỞNG TRẠM\nMai Văn Tý\n"
    )
    (place,) = page.signatures
    assert place.x_pt > A4_PT[0] / 2


@settings(deadline=None)
@given(st.integers(1, 60))
def test_lay_out_numbers_pages_and_keeps_within_them(paragraphs: int) -> None:
    pages = lay_out(small_document(*[Text("Tổ chức triển khai thực hiện kế hoạch. " * 6)] * paragraphs))
    for number, page in enumerate(pages, 1):
        assert (f"[page] {number}" in page.gold_text()) == (number > 1)
        assert all(0 < word.x_pt < page.width_pt and 0 < word.baseline_pt < page.height_pt for word in page.words)


def test_lay_out_turns_a_landscape_page() -> None:
    document = small_document(Text("Nội dung."), Break(landscape=True), Text("Phụ lục"))
    pages = lay_out(document)
    assert [page.landscape for page in pages] == [False, True]
    assert (pages[1].width_pt, pages[1].height_pt) == A4_PT[::-1]


def test_plain_text_is_the_printed_text_without_markup() -> None:
    document = small_document(Text("**I. MỤC ĐÍCH**\n__yêu cầu__"), Table((1.0,), ("TT",), (("^^1^^",),), ("left",)))
    assert plain_text(document).splitlines()[3:6] == ["I. MỤC ĐÍCH yêu cầu", "TT", "1"]
    assert strip_markup("**a** __b__ ^^c^^") == "a b c"


def test_fonts_are_in_the_repository() -> None:
    styles: tuple[Style, ...] = ("Regular", "Bold", "Italic", "BoldItalic", "Hand")
    assert all(font_path(style).is_file() for style in styles)
    assert (FONT_FOLDER / "OFL.txt").is_file()

"""Pages laid out by hand: what the layout stage makes of loose words."""

import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Box, Page, Reading, Word, replace
from pipeline.options import Options
from pipeline.stage import Context
from pipeline.stages.layout import Layout

HEIGHT = 24.0
LETTER = 11.0


def printed(lines: list[tuple[float, float, str]], *, confidence: float = 0.95) -> tuple[Word, ...]:
    """Words of lines given as (left, top, text) in pixels, each letter 11 pixels wide."""
    words: list[Word] = []
    for left, top, text in lines:
        for token in text.split(" "):
            right = left + LETTER * len(token)
            box = Box(left, top, right, top + HEIGHT)
            words.append(Word(f"w{len(words)}", 1, box, (Reading("hand", token, confidence),)))
            left = right + LETTER
    return tuple(words)


def laid_out(words: tuple[Word, ...], width: int = 1240, height: int = 1754) -> Page:
    return Layout().page(Page(1, width, height, 150.0, "scan", words=words), Context(Path("scan.png"), Options()))


def body_lines(top: float, count: int) -> list[tuple[float, float, str]]:
    text = "các đơn vị tổ chức triển khai thực hiện nghiêm túc các nội dung của kế hoạch này theo đúng tiến độ"
    return [(150.0, top + 36 * index, text) for index in range(count)]


FIRST_PAGE = [
    (160.0, 100.0, "UBND TỈNH AN BÌNH"),
    (620.0, 100.0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (170.0, 130.0, "SỞ NỘI VỤ"),
    (700.0, 130.0, "Độc lập - Tự do - Hạnh phúc"),
    (180.0, 180.0, "Số: 12/KH-SNV"),
    (680.0, 186.0, "An Bình, ngày 05 tháng 3 năm 2024"),
    (560.0, 270.0, "KẾ HOẠCH"),
    (430.0, 305.0, "Phát động phong trào thi đua năm 2024"),
    *body_lines(380.0, 12),
]
LAST_PAGE = [
    (640.0, 60.0, "2"),
    *body_lines(110.0, 6),
    (150.0, 380.0, "Nơi nhận:"),
    (760.0, 370.0, "KT. GIÁM ĐỐC"),
    (150.0, 408.0, "- Như trên;"),
    (745.0, 402.0, "PHÓ GIÁM ĐỐC"),
    (150.0, 436.0, "- Các phòng chuyên môn;"),
    (150.0, 464.0, "- Lưu: VT."),
    (765.0, 600.0, "Trần Văn Mẫu"),
]


def kinds(page: Page) -> list[str]:
    return [block.kind for block in page.blocks]


def test_layout_reads_the_left_column_of_a_header_before_the_right() -> None:
    page = laid_out(printed(FIRST_PAGE))
    assert kinds(page) == ["header-left", "header-right", "body"]
    assert page.text().splitlines()[:9] == [
        "UBND TỈNH AN BÌNH",
        "SỞ NỘI VỤ",
        "Số: 12/KH-SNV",
        "",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "An Bình, ngày 05 tháng 3 năm 2024",
        "",
        "KẾ HOẠCH",
    ]


def test_layout_reads_the_recipients_before_the_signature() -> None:
    page = laid_out(printed(LAST_PAGE))
    assert kinds(page) == ["page-number", "body", "foot-left", "foot-right"]
    assert page.text().splitlines()[-8:] == [
        "Nơi nhận:",
        "- Như trên;",
        "- Các phòng chuyên môn;",
        "- Lưu: VT.",
        "",
        "KT. GIÁM ĐỐC",
        "PHÓ GIÁM ĐỐC",
        "Trần Văn Mẫu",
    ]


def test_layout_leaves_a_page_of_text_as_it_came() -> None:
    page = Page(1, 0, 0, 0.0, "text", words=printed(FIRST_PAGE))
    assert Layout().page(page, Context(Path("plan.txt"), Options())) is page


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([FIRST_PAGE, LAST_PAGE]), st.randoms(use_true_random=False))
def test_layout_does_not_depend_on_the_order_of_the_words(
    lines: list[tuple[float, float, str]], rng: random.Random
) -> None:
    words = list(printed(lines))
    expected = laid_out(tuple(words)).blocks
    rng.shuffle(words)
    assert laid_out(tuple(words)).blocks == expected


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([FIRST_PAGE, LAST_PAGE]), st.floats(0.4, 4.0), st.floats(-300.0, 900.0), st.floats(-300.0, 900.0)
)
def test_layout_does_not_depend_on_place_and_scale(
    lines: list[tuple[float, float, str]], scale: float, right: float, down: float
) -> None:
    words = printed(lines)
    moved = tuple(replace(word, box=_moved(word.box, scale, right, down)) for word in words)
    assert laid_out(moved).text() == laid_out(words).text()


def _moved(box: Box | None, scale: float, right: float, down: float) -> Box:
    assert box is not None
    return Box(box.left * scale + right, box.top * scale + down, box.right * scale + right, box.bottom * scale + down)


@st.composite
def loose_words(draw: st.DrawFn) -> tuple[Word, ...]:
    """Boxes of any size anywhere, texts of any kind, overlapping as they like."""
    words: list[Word] = []
    for index in range(draw(st.integers(1, 40))):
        left, top = draw(st.floats(0, 1000)), draw(st.floats(0, 1500))
        box = Box(left, top, left + draw(st.floats(1, 300)), top + draw(st.floats(1, 120)))
        text = draw(st.sampled_from(["kế", "Nơi", "nhận:", "Số:", "-", "|", "12", "ĐẾN", "CỘNG", "ngày", ".", "Q"]))
        words.append(Word(f"w{index}", 1, box, (Reading("hand", text, draw(st.floats(0, 1))),)))
    return tuple(words)


@settings(max_examples=60, deadline=None)
@given(loose_words())
def test_layout_puts_every_word_in_exactly_one_line(words: tuple[Word, ...]) -> None:
    page = laid_out(words)
    lines = [line for block in page.blocks for line in block.lines]
    lines += [line for block in page.blocks for cell in block.cells for line in cell.lines]
    assert sorted(word_id for line in lines for word_id in line.word_ids) == sorted(word.id for word in words)

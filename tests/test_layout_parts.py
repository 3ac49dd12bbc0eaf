"""Parts of a page laid out by hand: stamps, signatures, notes, tables, turned and doubled pages."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.document import Block, Box, Page, Reading, Word, block_lines
from pipeline.options import Options
from pipeline.stage import CleanPicture, Context, Grid, GridCell
from pipeline.stages.layout import Layout

LETTER, HEIGHT = 11.0, 24.0
SENTENCE = "các đơn vị tổ chức triển khai thực hiện nghiêm túc các nội dung của kế hoạch này theo đúng tiến độ"
Spot = tuple[float, float, str]


def words_of(spots: list[Spot], *, scale: float = 1.0, confidence: float = 0.95, start: int = 0) -> tuple[Word, ...]:
    """Words of pieces given as (left, top, text), each letter 11 pixels wide and 24 high, times the scale."""
    words: list[Word] = []
    for left, top, text in spots:
        for token in text.split(" "):
            right = left + LETTER * scale * len(token)
            box = Box(left, top, right, top + HEIGHT * scale)
            words.append(Word(f"w{start + len(words)}", 1, box, (Reading("hand", token, confidence),)))
            left = right + LETTER * scale
    return tuple(words)


def body(top: float, count: int, left: float = 150.0, text: str = SENTENCE) -> list[Spot]:
    return [(left, top + 36 * index, text) for index in range(count)]


def laid_out(words: tuple[Word, ...], picture: CleanPicture | None = None, **page: int) -> Page:
    size = {"width_px": 1240, "height_px": 1754} | page
    context = Context(Path("scan.png"), Options())
    if picture is not None:
        context.pictures[1] = picture
    return Layout().page(Page(1, dpi=150.0, origin="scan", words=words, **size), context)


def lines_of(page: Page, kind: str) -> list[list[str]]:
    words = page.words_by_id()
    return [block_lines(block, words) for block in page.blocks if block.kind == kind]


def blank(height: int = 1754, width: int = 1240) -> np.ndarray:
    return np.full((height, width), 255, np.uint8)


def test_layout_keeps_header_columns_apart_where_the_title_was_not_read() -> None:
    words = words_of(
        [
            (150, 100, "SỞ NỘI VỤ TỈNH"),
            (620, 100, "C9NG I-IOA XA HQI CI-IU NGFIIA"),
            (160, 130, "Số: 12/KH-SNV"),
            (700, 130, "Độc lập - Tự do - Hạnh phúc"),
            *body(240, 8),
        ]
    )
    assert lines_of(laid_out(words), "header-left") == [["SỞ NỘI VỤ TỈNH", "Số: 12/KH-SNV"]]


def test_layout_reads_the_subject_of_a_letter_with_its_header() -> None:
    words = words_of(
        [
            (170, 100, "UBND TỈNH AN BÌNH"),
            (600, 100, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            (230, 130, "SỞ Y TẾ"),
            (660, 130, "Độc lập - Tự do - Hạnh phúc"),
            (200, 180, "Số: 45/SYT-VP"),
            (640, 180, "An Bình, ngày 3 tháng 4 năm 2024"),
            (165, 216, "V/v báo cáo kết quả"),
            (180, 246, "thi đua quý một"),
            (400, 310, "Kính gửi: Các bệnh viện"),
            *body(380, 8),
        ]
    )
    page = laid_out(words)
    assert lines_of(page, "header-left")[0][-2:] == ["V/v báo cáo kết quả", "thi đua quý một"]
    assert lines_of(page, "body")[0][0] == "Kính gửi: Các bệnh viện"


def test_layout_takes_a_sentence_about_the_party_for_no_header() -> None:
    text = "dưới sự lãnh đạo của ĐẢNG CỘNG SẢN VIỆT NAM nhân dân cả nước thi đua lao động sáng tạo trong sản xuất"
    page = laid_out(words_of([*body(100, 3), *body(208, 1, text=text), *body(244, 5)]))
    assert [block.kind for block in page.blocks] == ["body"]


def test_layout_reads_signatures_side_by_side_one_after_the_other() -> None:
    words = words_of(
        [
            *body(100, 5),
            (200, 330, "KT. CHỦ TỊCH"),
            (760, 330, "KT. GIÁM ĐỐC"),
            (190, 360, "PHÓ CHỦ TỊCH"),
            (750, 360, "PHÓ GIÁM ĐỐC"),
            (200, 560, "Lê Thị Mẫu"),
            (760, 560, "Trần Văn Mẫu"),
        ]
    )
    assert lines_of(laid_out(words), "foot-right") == [
        ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Lê Thị Mẫu"],
        ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Trần Văn Mẫu"],
    ]


def test_layout_finds_recipients_whose_heading_was_not_read() -> None:
    words = words_of(
        [
            *body(100, 5),
            (760, 330, "KT. GIÁM ĐỐC"),
            (150, 360, "- Như trên;"),
            (750, 360, "PHÓ GIÁM ĐỐC"),
            (150, 388, "- Lưu: VT, NV."),
            (760, 560, "Trần Văn Mẫu"),
        ]
    )
    page = laid_out(words)
    assert lines_of(page, "foot-left") == [["- Như trên;", "- Lưu: VT, NV."]]
    assert lines_of(page, "foot-right") == [["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Trần Văn Mẫu"]]


def test_layout_keeps_a_long_recipient_whole_beside_a_wide_signature() -> None:
    words = words_of(
        [
            *body(100, 5),
            (150, 330, "Nơi nhận:"),
            (640, 330, "TM. ỦY BAN NHÂN DÂN THÀNH PHỐ"),
            (150, 358, "- Như trên;"),
            (780, 360, "CHỦ TỊCH"),
            (150, 470, "- Các cơ quan chuyên môn thuộc Ủy ban nhân dân;"),
            (150, 498, "- Lưu: VT."),
            (750, 560, "Trần Văn Mẫu"),
        ]
    )
    page = laid_out(words)
    assert lines_of(page, "foot-left")[0][2] == "- Các cơ quan chuyên môn thuộc Ủy ban nhân dân;"
    assert lines_of(page, "foot-right") == [["TM. ỦY BAN NHÂN DÂN THÀNH PHỐ", "CHỦ TỊCH", "Trần Văn Mẫu"]]


def test_layout_leaves_a_seal_and_a_signature_out_of_the_foot() -> None:
    print_ = words_of(
        [
            *body(100, 5),
            (150, 330, "Nơi nhận:"),
            (760, 330, "GIÁM ĐỐC"),
            (150, 360, "- Lưu: VT."),
            (750, 560, "Trần Văn Mẫu"),
        ]
    )
    junk = words_of([(640, 430, "⁄ŸQ"), (700, 470, "“Z")], confidence=0.2, start=500)
    page = laid_out((*print_, *junk))
    assert lines_of(page, "foot-right") == [["GIÁM ĐỐC", "Trần Văn Mẫu"]]
    assert lines_of(page, "stamp") == [["[stamp] ⁄ŸQ “Z"]]


def test_layout_keeps_an_unsure_number_line() -> None:
    words = words_of([(150, 100, "SỞ NỘI VỤ"), (600, 100, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), *body(260, 8)])
    number = words_of([(150, 140, "Số:4I3)/KH-SNV")], confidence=0.2, start=500)
    assert lines_of(laid_out((*words, *number)), "header-left") == [["SỞ NỘI VỤ", "Số:4I3)/KH-SNV"]]


@pytest.mark.parametrize("framed", [True, False])
def test_layout_takes_an_arrival_stamp_out_of_the_text(framed: bool) -> None:
    words = words_of(
        [
            (760, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            (90, 210, "ĐẾN"),
            (180, 200, "Số: 88"),
            (180, 228, "Ngày: 3/4"),
            *body(330, 8),
        ]
    )
    cells = (GridCell(0, 0, 1, 1, Box(80, 190, 170, 260)), GridCell(0, 1, 1, 1, Box(170, 190, 330, 260)))
    grids = (Grid(Box(80, 190, 330, 260), cells),) if framed else ()
    picture = CleanPicture(blank(), 150.0, np.eye(2, 3), grids)
    page = laid_out(words, picture)
    (stamp,) = lines_of(page, "stamp")
    assert sorted(stamp[0].removeprefix("[stamp] ").split()) == sorted(["ĐẾN", "Số:", "88", "Ngày:", "3/4"])
    assert "table" not in {block.kind for block in page.blocks}


def test_layout_takes_the_appearance_of_a_digital_signature_out_of_the_text() -> None:
    signed = ["Ký bởi: Sở Nội vụ", "Cơ quan: Tỉnh An Bình", "Thời gian ký: 03.04.2024"]
    words = words_of([*[(900, 60 + 20 * index, text) for index, text in enumerate(signed)], *body(200, 8)])
    page = laid_out(words)
    assert lines_of(page, "stamp") == [["[stamp] " + " ".join(signed)]]


def test_layout_tells_footnotes_by_their_type_and_their_mark() -> None:
    notes = words_of(
        [(150, 1500, "1 Nghị quyết của Hội đồng nhân dân"), (150, 1524, "tỉnh về thi đua khen thưởng")], scale=0.7
    )
    words = words_of(body(200, 20), start=100)
    assert lines_of(laid_out((*words, *notes)), "footnote") == [
        ["[footnote] 1 Nghị quyết của Hội đồng nhân dân", "tỉnh về thi đua khen thưởng"]
    ]


@pytest.mark.parametrize("ruled", [True, False])
def test_layout_tells_footnotes_without_a_mark_by_the_rule_above_them(ruled: bool) -> None:
    pixels = blank()
    if ruled:
        cv2.line(pixels, (150, 1480), (450, 1480), 0, 2)
    notes = words_of([(150, 1500, "Nghị quyết của Hội đồng nhân dân tỉnh")], scale=0.7)
    page = laid_out((*words_of(body(200, 20), start=100), *notes), CleanPicture(pixels, 150.0, np.eye(2, 3)))
    assert bool(lines_of(page, "footnote")) is ruled


@pytest.mark.parametrize(
    ("spot", "expected"),
    [((615, 60, "2"), ["[page] 2"]), ((600, 1700, "- 3 -"), ["[page] - 3 -"]), ((615, 60, "§"), ["[page] §"])],
)
def test_layout_finds_the_page_number_at_the_top_or_the_bottom(spot: Spot, expected: list[str]) -> None:
    assert lines_of(laid_out(words_of([spot, *body(110, 20)])), "page-number") == [expected]


def ruled_table() -> Grid:
    cells = (
        GridCell(0, 0, 1, 1, Box(150, 400, 250, 450)),
        GridCell(0, 1, 1, 2, Box(250, 400, 1090, 450)),
        GridCell(1, 0, 1, 1, Box(150, 450, 250, 530)),
        GridCell(1, 1, 1, 1, Box(250, 450, 700, 530)),
        GridCell(1, 2, 1, 1, Box(700, 450, 1090, 530)),
    )
    return Grid(Box(150, 400, 1090, 530), cells)


TABLE: list[Spot] = [
    *body(200, 5),
    (170, 412, "TT"),
    (400, 412, "Nội dung"),
    (170, 478, "1"),
    (260, 462, "Xây dựng kế hoạch"),
    (260, 492, "thi đua"),
    (710, 478, "Phòng Nội vụ"),
    *body(560, 3),
]


def test_layout_leaves_the_page_number_below_a_table_that_fills_the_page() -> None:
    inside = [spot for spot in TABLE if 400 < spot[1] < 530]
    page = laid_out(words_of([*inside, (615, 1650, "2")]), CleanPicture(blank(), 150.0, np.eye(2, 3), (ruled_table(),)))
    assert [block.kind for block in page.blocks] == ["table", "page-number"]


def test_layout_puts_words_into_the_cells_of_a_ruled_table() -> None:
    page = laid_out(words_of(TABLE), CleanPicture(blank(), 150.0, np.eye(2, 3), (ruled_table(),)))
    assert [block.kind for block in page.blocks] == ["body", "table", "body"]
    table: Block = page.blocks[1]
    assert block_lines(table, page.words_by_id()) == ["TT | Nội dung", "1 | Xây dựng kế hoạch thi đua | Phòng Nội vụ"]
    assert [(cell.row, cell.column, cell.column_span, len(cell.lines)) for cell in table.cells] == [
        (0, 0, 1, 1),
        (0, 1, 2, 1),
        (1, 0, 1, 1),
        (1, 1, 1, 2),
        (1, 2, 1, 1),
    ]
    assert table.cells[3].box == Box(250, 450, 700, 530)


def test_layout_can_leave_tables_alone() -> None:
    context = Context(Path("scan.png"), Options(layout=type(Options().layout)(tables=False)))
    context.pictures[1] = CleanPicture(blank(), 150.0, np.eye(2, 3), (ruled_table(),))
    page = Layout().page(Page(1, 1240, 1754, 150.0, "scan", words=words_of(TABLE)), context)
    assert [block.kind for block in page.blocks] == ["body"]


def test_layout_reads_a_table_without_rules_cell_by_cell() -> None:
    words = words_of(
        [
            *body(100, 3),
            (150, 260, "STT"),
            (260, 260, "Nội dung công việc"),
            (760, 260, "Đơn vị thực hiện"),
            (260, 310, "Xây dựng kế hoạch phát động"),
            (150, 328, "1"),
            (760, 328, "Phòng Nội vụ"),
            (260, 346, "thi đua năm học mới"),
            (260, 400, "Tổng kết phong trào"),
            (150, 400, "2"),
            (760, 400, "Văn phòng"),
            *body(500, 3),
        ]
    )
    page = laid_out(words)
    assert [block.kind for block in page.blocks] == ["body", "table", "body"]
    assert lines_of(page, "table") == [
        [
            "STT | Nội dung công việc | Đơn vị thực hiện",
            "1 | Xây dựng kế hoạch phát động thi đua năm học mới | Phòng Nội vụ",
            "2 | Tổng kết phong trào | Văn phòng",
        ]
    ]


def test_layout_reads_lines_in_columns_across_where_no_table_is_clear() -> None:
    people = [("1. Ông Trần Văn Mẫu", "Trưởng phòng", "Tổ trưởng"), ("2. Bà Lê Thị Mẫu", "Chuyên viên", "Thành viên")]
    spots = [
        (left, 300 + 36 * index, text)
        for index, person in enumerate(people)
        for left, text in zip((150, 520, 860), person, strict=True)
    ]
    page = laid_out(words_of([*body(100, 5), *spots]))
    assert lines_of(page, "body")[0][-2:] == [" ".join(person) for person in people]


def test_layout_reads_facing_pages_one_after_the_other() -> None:
    text = "các đơn vị tổ chức triển khai thực hiện"
    left, right = body(100, 8, left=80, text="trái " + text), body(112, 8, left=700, text="phải " + text)
    page = laid_out(words_of([*left, *right]), width_px=1240, height_px=700)
    assert [line[0].split()[0] for line in lines_of(page, "body")] == ["trái", "phải"]


@pytest.mark.parametrize("angle_deg", [-2.0, 0.0, 1.5, 90.0, 180.0, 270.0])
def test_layout_reads_a_turned_page_by_the_matrix_of_its_picture(angle_deg: float) -> None:
    spots = [(615.0, 60.0, "2"), *body(110, 20)]
    upright = words_of(spots)
    turn = cv2.getRotationMatrix2D((620, 877), angle_deg, 1.0)
    turned = tuple(Word(word.id, 1, _turned(word.box, turn), word.readings) for word in upright if word.box is not None)
    page = laid_out(turned, CleanPicture(blank(), 150.0, np.asarray(turn, np.float64)))
    assert page.text() == laid_out(upright).text()


def _turned(box: Box, turn: np.ndarray) -> Box:
    corners = np.array([(x, y, 1.0) for x in (box.left, box.right) for y in (box.top, box.bottom)]) @ turn.T
    return Box(*(float(value) for value in (*corners.min(axis=0), *corners.max(axis=0))))


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_layout_reads_a_turned_page_without_a_picture(rotation_deg: int) -> None:
    upright = words_of(body(110, 20))
    width, height = 1240.0, 1754.0
    back = {
        90: lambda box: Box(box.top, width - box.right, box.bottom, width - box.left),
        180: lambda box: Box(width - box.right, height - box.bottom, width - box.left, height - box.top),
        270: lambda box: Box(height - box.bottom, box.left, height - box.top, box.right),
    }[rotation_deg]
    turned = tuple(Word(word.id, 1, back(word.box), word.readings) for word in upright if word.box is not None)
    size = (1754, 1240) if rotation_deg % 180 else (1240, 1754)
    page = laid_out(turned, width_px=size[0], height_px=size[1], rotation_deg=rotation_deg)
    assert page.text() == laid_out(upright).text()


def test_layout_keeps_a_raised_mark_and_a_sloppy_dash_on_their_line() -> None:
    first, *rest = words_of([(150, 100, "năm 2024 – 2025 theo kế hoạch"), *body(136, 6)])
    words = [first, *rest]
    dash = next(index for index, word in enumerate(words) if word.text == "–")
    words[dash] = Word("dash", 1, Box(235, 108, 245, 112), words[dash].readings)
    words.append(Word("note", 1, Box(474, 96, 480, 106), (Reading("hand", "¹", 0.9),)))
    assert laid_out(tuple(words)).text().splitlines()[0] == "năm 2024 – 2025 theo kế hoạch ¹"


def test_layout_of_a_page_without_words_is_empty() -> None:
    assert laid_out(()).blocks == ()


def test_layout_tells_the_header_by_its_shape_where_no_word_of_it_was_read() -> None:
    words = words_of(
        [
            (172, 100, "S0 NQI VU TINH"),
            (600, 100, "C9NG I-IOA XA HQI CI-IU NGFIIA VIBT"),
            (180, 130, "So 12ikHiSNV"),
            (640, 134, "D0c 1ap Tu d0 Hqnh ph1ic b"),
            *body(240, 8),
        ]
    )
    page = laid_out(words)
    assert lines_of(page, "header-left") == [["S0 NQI VU TINH", "So 12ikHiSNV"]]
    assert len(lines_of(page, "header-right")[0]) == 2


def test_layout_tells_the_foot_by_its_shape_where_no_word_of_it_was_read() -> None:
    words = words_of(
        [
            *body(100, 5),
            (150, 330, "Nu1 ub4n:"),
            (760, 330, "GLAM D0G XQ"),
            (150, 358, "- Nbu tr3n;"),
            (750, 362, "PH0 GLAM D0G"),
            (150, 386, "- L0u: YT."),
            (765, 560, "Tran Van M2"),
        ]
    )
    page = laid_out(words)
    assert lines_of(page, "foot-left") == [["Nu1 ub4n:", "- Nbu tr3n;", "- L0u: YT."]]
    assert lines_of(page, "foot-right") == [["GLAM D0G XQ", "PH0 GLAM D0G", "Tran Van M2"]]

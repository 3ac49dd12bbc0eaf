"""Whole documents of several kinds, written for these tests, from text to passages and records."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.document import Document
from pipeline.options import Options
from pipeline.stage import Context
from pipeline.stages.extract import Extract
from pipeline.stages.segment import Segment
from tests.office_texts import DECISION, DOCUMENTS, ENGLISH, INVOICE, LETTER, NOVEL, PARTY, SCHOOL, UNNUMBERED

BuildDocument = Callable[..., Document]


def digitised(document: Document) -> Document:
    context = Context(Path("plan.txt"), Options())
    return Extract().document(Segment().document(document, context), context)


def headings(document: Document) -> list[tuple[str | None, str, int, str]]:
    rows = digitised(document).records.to_dict()["sections"]
    return [(row["label"], row["heading"], row["level"], row["kind"]) for row in rows]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_segment_puts_every_word_in_exactly_one_passage(text: str, document_of: BuildDocument) -> None:
    document = digitised(document_of(text))
    placed = [word_id for passage in document.passages for word_id in passage.text.evidence()]
    assert sorted(placed) == sorted(document.words_by_id())
    assert [passage.index for passage in document.passages] == list(range(len(document.passages)))
    for passage in document.passages:
        assert 0 <= passage.body_start <= len(passage.text)
        assert passage.section is None or 0 <= passage.section < len(document.sections)


@pytest.mark.parametrize("text", DOCUMENTS)
def test_extract_gives_every_value_evidence_and_a_confidence(text: str, document_of: BuildDocument) -> None:
    document = digitised(document_of(text, confidence=0.5))
    words = document.words_by_id()
    for table in ("document", "references", "sections", "recipients"):
        for row in document.records.rows(table):
            for name in row.__struct_fields__:
                value = getattr(row, name)
                if value is not None:
                    assert value.evidence and all(word_id in words for word_id in value.evidence)
                    assert 0 < value.confidence <= 0.5 and value.doubt


@pytest.mark.parametrize("text", [INVOICE, NOVEL, ENGLISH, "", "\f"])
def test_extract_makes_no_records_of_other_texts(text: str, document_of: BuildDocument) -> None:
    plain = digitised(document_of(text)).records.to_dict()
    assert not any(plain["document"].values())
    assert not any(rows for table, rows in plain.items() if table != "document")


def test_segment_reads_a_decision_and_the_regulation_attached_to_it(document_of: BuildDocument) -> None:
    document = digitised(document_of(DECISION))
    assert headings(document_of(DECISION)) == [
        ("Chương I", "QUY ĐỊNH CHUNG", 1, "other"),
        ("Điều 1", "Phạm vi điều chỉnh", 2, "subjects"),
        ("Điều 2", "Nguyên tắc làm việc", 2, "other"),
        ("Chương II", "NHIỆM VỤ VÀ QUYỀN HẠN", 1, "content"),
        ("Điều 3", "Nhiệm vụ của Hội đồng", 2, "content"),
        ("Điều 4", "Kinh phí hoạt động", 2, "funding"),
    ]
    fields = document.records.to_dict()["document"]
    assert fields["type"] == "Quyết định" and fields["number"] == "1542/QĐ-UBND" and fields["date"] == "2025-03-05"
    assert fields["issuer"] == "Ủy ban nhân dân huyện Hòa Bình" and fields["parent_body"] is None
    assert fields["title"].endswith("Khen thưởng huyện Hòa Bình")
    assert fields["signer_authority"] == "TM. ỦY BAN NHÂN DÂN" and fields["signer_position"] == "CHỦ TỊCH"
    references = {row["number"] or row["title"]: row for row in document.records.to_dict()["references"]}
    assert references["98/2023/NĐ-CP"]["issuer"] == "Chính phủ"
    assert references["98/2023/NĐ-CP"]["role"] == "basis"
    assert references["45/TTr-PNV"]["issuer"] == "Trưởng phòng Nội vụ huyện"
    assert references["890/QĐ-UBND"]["role"] == "mention"
    assert references["Luật Thi đua, khen thưởng"]["date"] == "2022-06-15"
    assert "1542/QĐ-UBND" not in references


def test_segment_reads_a_letter(document_of: BuildDocument) -> None:
    document = digitised(document_of(LETTER))
    fields = document.records.to_dict()["document"]
    assert fields["type"] == "Công văn" and fields["number"] == "1207/SNV-TĐKT" and fields["urgency"] == "HỎA TỐC"
    assert fields["title"] == "hướng dẫn tổng kết công tác thi đua, khen thưởng năm 2025"
    assert fields["issuer"] == "Sở Nội vụ tỉnh Sơn Tây" and fields["parent_body"] == "UBND tỉnh Sơn Tây"
    assert fields["signer_authority"] == "KT. GIÁM ĐỐC" and fields["signer_name"] == "Lương Thị Mỹ Hạnh"
    addressee = next(passage for passage in document.passages if passage.kind == "addressee")
    assert addressee.text.text.startswith("Kính gửi") and addressee.text.text.endswith("tỉnh.")
    assert document.records.to_dict()["recipients"] == ["Như trên", "UBND tỉnh (để b/c)", "Lưu: VT, TĐKT (2b)"]


def test_segment_reads_a_school_plan_with_a_blank_number_and_letters(document_of: BuildDocument) -> None:
    fields = digitised(document_of(SCHOOL)).records.to_dict()["document"]
    assert fields["number"] == "/KH-THNP" and fields["date"] == "2024-09" and fields["signer_authority"] is None
    assert headings(document_of(SCHOOL)) == [
        ("A", "MỤC ĐÍCH - YÊU CẦU", 1, "purpose"),
        ("1", "Mục đích", 2, "purpose"),
        ("2", "Yêu cầu", 2, "purpose"),
        ("B", "NỘI DUNG", 1, "content"),
        ("I", "Thi đua dạy tốt", 2, "content"),
        ("1", "Đối với giáo viên", 3, "content"),
        ("2", "Đối với học sinh", 3, "content"),
        ("II", "Văn nghệ, thể thao", 2, "content"),
        ("C", "TỔ CHỨC THỰC HIỆN", 1, "organization"),
        ("D", "KHEN THƯỞNG", 1, "rewards"),
    ]


def test_segment_reads_unnumbered_headings_and_recipients_after_the_signature(document_of: BuildDocument) -> None:
    document = digitised(document_of(UNNUMBERED))
    assert [heading for heading in headings(document_of(UNNUMBERED)) if heading[0] is None] == [
        (None, "MỤC ĐÍCH, YÊU CẦU", 1, "purpose"),
        (None, "THỜI GIAN VÀ ĐỊA ĐIỂM", 1, "schedule"),
        (None, "NỘI DUNG", 1, "content"),
        (None, "PHÂN CÔNG NHIỆM VỤ", 1, "organization"),
    ]
    assert ("2", "Phòng Kế hoạch", 2, "organization") in headings(document_of(UNNUMBERED))
    plain = document.records.to_dict()
    assert plain["recipients"] == ["Liên minh HTX Việt Nam", "UBND tỉnh", "Lưu: VT"]
    assert plain["document"]["signer_name"] == "Lý Văn Bền"


def test_segment_reads_a_party_plan(document_of: BuildDocument) -> None:
    fields = digitised(document_of(PARTY)).records.to_dict()["document"]
    assert fields["number"] == "34-KH/ĐU" and fields["parent_body"] == "Đảng bộ tỉnh Hà Trung"
    assert fields["signer_authority"] == "T/M ĐẢNG ỦY" and fields["signer_position"] == "PHÓ BÍ THƯ THƯỜNG TRỰC"
    assert ("Phần thứ hai", "NHIỆM VỤ, GIẢI PHÁP", 1, "content") in headings(document_of(PARTY))
    assert not any(heading.startswith("Đến năm") for _, heading, _, _ in headings(document_of(PARTY)))


def test_segment_joins_text_over_page_breaks_footnotes_and_broken_numbers(document_of: BuildDocument) -> None:
    text = SCHOOL.replace(
        "- Tạo không khí thi đua sôi nổi.\n",
        "- Tạo không khí thi đua sôi nổi theo Kế hoạch số 15/KH-\nUBND ngày 01/02/2024 của Ủy ban nhân dân "
        "huyện, góp phần\n"
        "[footnote] ¹ Ghi chú.\n\f[page] 2\n\nnâng cao¹ chất lượng.\n",
    )
    document = digitised(document_of(text))
    item = next(passage for passage in document.passages if passage.text.text.startswith("- Tạo"))
    assert item.text.text.endswith("góp phần nâng cao chất lượng.")
    assert "15/KH-UBND" in item.text.text and item.page == 1
    kinds = [passage.kind for passage in document.passages]
    assert kinds.count("footnote") == 1 and kinds.count("page-number") == 1
    assert "15/KH-UBND" in [row["number"] for row in document.records.to_dict()["references"]]


def test_segment_reads_columns_that_were_printed_on_one_line(document_of: BuildDocument) -> None:
    text = (
        "UBND TỈNH SƠN TÂY CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSỞ NỘI VỤ Độc lập - Tự do - Hạnh phúc\n"
        "Số: 12/KH-SNV Sơn Tây, ngày 02 tháng 01 năm 2025\nKẾ HOẠCH\nCông tác năm 2025\nI. MỤC ĐÍCH\nLàm tốt hơn.\n"
        "Nơi nhận: KT. GIÁM ĐỐC\n- Lưu: VT. PHÓ GIÁM ĐỐC\nLương Thị Mỹ Hạnh\n"
    )
    fields = digitised(document_of(text)).records.to_dict()["document"]
    assert fields["number"] == "12/KH-SNV" and fields["date"] == "2025-01-02" and fields["place"] == "Sơn Tây"
    assert fields["issuer"] == "Sở Nội vụ tỉnh Sơn Tây"
    assert fields["signer_position"] == "PHÓ GIÁM ĐỐC" and fields["signer_name"] == "Lương Thị Mỹ Hạnh"


def test_segment_mends_misread_labels_and_headings(document_of: BuildDocument) -> None:
    text = UNNUMBERED.replace("MỤC ĐÍCH, YÊU CẦU", "I. MỤC ĐÍCH, YÊU CẦU").replace(
        "THỜI GIAN VÀ ĐỊA ĐIỂM", "I1. THỜI GIAN"
    )
    text = text.replace("\nNỘI DUNG\n", "\nII. NỌI DUNG\n").replace("PHÂN CÔNG NHIỆM VỤ", "IV.PHÂN CÔNG NHIỆM VỤ")
    top = [(label, heading) for label, heading, level, _ in headings(document_of(text)) if level == 1]
    assert top == [("I", "MỤC ĐÍCH, YÊU CẦU"), ("II", "THỜI GIAN"), ("III", "NỘI DUNG"), ("IV", "PHÂN CÔNG NHIỆM VỤ")]


def test_extract_takes_an_unreadable_number_from_the_note_of_an_attachment(document_of: BuildDocument) -> None:
    text = LETTER.replace("Số: 1207/SNV-TĐKT", "Số: zđ¿j_ /KH-SNV").replace("HỎA TỐC", "KẾ HOẠCH\nTổng kết năm")
    note = "\fPHỤ LỤC\n(Kèm theo Kế hoạch số 118/KH-SNV ngày 20/10/2025 của Sở Nội vụ)\n1. Nội dung một.\n"
    number = digitised(document_of(text + note)).records.document.number
    assert number is not None and number.normal == "118/KH-SNV" and number.doubt


def test_tables_written_as_text_keep_their_cells_over_a_page_break(document_of: BuildDocument) -> None:
    table = "STT | Nội dung | Thời gian\n1 | Phát động phong trào | 10/9/2024\n2 | Hội thi giáo viên\f[page] 2\n\n"
    text = SCHOOL.replace(
        "- Mỗi lớp làm một tập san.\n", table.replace("viên\f", "viên | 11/2024\n\f") + "3 | Tổng kết | 5/2025\n"
    )
    rows = [passage for passage in digitised(document_of(text)).passages if passage.cells]
    assert [passage.kind for passage in rows] == ["table-head", "table-row", "table-row", "table-row"]
    assert {passage.table for passage in rows} == {0}
    assert [passage.row for passage in rows] == [0, 1, 2, 3]
    assert [cell.text for cell in rows[1].cells] == ["1", "Phát động phong trào", "10/9/2024"]


@pytest.mark.parametrize(
    "body",
    [
        "a " * 50_000,
        "1." * 50_000,
        "(" * 100_000,
        "\n".join(f"{'1.' * (n % 4 + 1)} Mục {n}" for n in range(3000)),
        "Luật " * 30_000,
        "Căn cứ " + "Quyết định số 1/QĐ-UBND ngày 1/2/2024 của UBND tỉnh về việc giao; " * 2000,
    ],
)
def test_segment_and_references_are_not_stalled_by_adversarial_text(body: str, document_of: BuildDocument) -> None:
    from pipeline.extraction.references import extract_references

    head = UNNUMBERED.split("MỤC ĐÍCH, YÊU CẦU")[0]
    document = Segment().document(document_of(head + body), Context(Path("plan.txt"), Options()))
    assert document.passages
    assert len(extract_references(document, Options().extract)) <= 3

"""A plan of an office with a body of the test's own, and the tasks and times that are read from it."""

from pipeline.document import Document, replace
from pipeline.extraction.assignments import extract_assignments
from pipeline.extraction.deadlines import extract_deadlines
from pipeline.options import ExtractOptions, SegmentOptions
from pipeline.records import DocumentFields, Records, Value, plain_record
from pipeline.segmentation import segment_document
from tests.conftest import build_document

HEAD = """UBND HUYỆN MƯỜNG KHÊ
PHÒNG GIÁO DỤC VÀ ĐÀO TẠO
Số: 12/KH-PGDĐT

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Mường Khê, ngày 10 tháng 9 năm 2025

KẾ HOẠCH
{title}
Căn cứ Kế hoạch số 77/KH-UBND ngày 01/8/2025 của Ủy ban nhân dân huyện;
Phòng Giáo dục và Đào tạo ban hành kế hoạch như sau:
"""


FOOT = """
Nơi nhận:
- Như trên;
- Lưu: VT.

TRƯỞNG PHÒNG
Lò Văn Pháng
"""


OPTIONS = ExtractOptions()


def plan(body: str, title: str = "Nâng cao chất lượng thư viện trường học", foot: str = FOOT) -> Document:
    document = build_document(HEAD.format(title=title) + body.strip("\n") + "\n" + foot)
    sections, passages = segment_document(document, SegmentOptions())
    evidence = (document.pages[0].words[0].id,)

    def value(text: str) -> Value:
        return Value(text, text, evidence, 1.0)

    fields = DocumentFields(
        title=value(title), date=value("2025-09-10"), issuer=value("Phòng Giáo dục và Đào tạo huyện Mường Khê")
    )
    return replace(document, sections=sections, passages=passages, records=Records(document=fields))


def assignments(body: str) -> list[tuple[object, ...]]:
    rows = [plain_record(record) for record in extract_assignments(plan(body), OPTIONS)]
    return [(row["body"], row["role"], row["task"], row["deadline"]) for row in rows]


def deadlines(body: str, title: str = "Nâng cao chất lượng thư viện trường học") -> list[dict[str, object]]:
    return [dict(plain_record(record)) for record in extract_deadlines(plan(body, title), OPTIONS)]

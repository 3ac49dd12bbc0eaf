"""Several documents in one scan are told, parted where that is sure, and never seen where there is one."""

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pikepdf
import pytest
from command_line import ROOT, call
from PIL import Image

from pipeline import digitize
from pipeline.archive import Archive
from pipeline.document import Document, Page, Source
from pipeline.errors import UsageError
from pipeline.options import Options
from pipeline.searchable.parts import write_parts
from pipeline.segmentation.several import PageRange, doubt_several, find_documents, first_alone, sure_ranges
from pipeline.stage import Context
from pipeline.stages.extract import Extract
from pipeline.stages.segment import Segment

BuildDocument = Callable[..., Document]
SCANS = sorted((ROOT / "corpus" / "scans").iterdir())
UNNUMBERED_AND_UNDATED = "s08-union-plan"

HEAD = """\
ỦY BAN NHÂN DÂN
{issuer}
Số: {number}

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
{issuer_place}, ngày {day} tháng 4 năm 2025

{type}
"""
BODY = """\
Tổ chức phong trào thi đua xây dựng nông thôn mới năm 2025
I. MỤC ĐÍCH
Động viên cán bộ và nhân dân trong xã hăng hái thi đua lao động, sản xuất.
II. TỔ CHỨC THỰC HIỆN
Văn phòng xã theo dõi, báo cáo kết quả trước ngày 30/11/2025.

"""
FOOT = """\
Nơi nhận:
- {recipient};
- Lưu: VT.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
{signer}
"""
FORM_FOOT = """\
Nơi nhận:
- Như trên;
- Lưu: VT.

THỦ TRƯỞNG ĐƠN VỊ
(Ký tên, đóng dấu)
"""


def head(number: str = "12/KH-UBND", *, type: str = "KẾ HOẠCH", issuer: str = "XÃ TÂN HÒA", day: str = "05") -> str:
    return HEAD.format(issuer=issuer, number=number, issuer_place="Tân Hòa", day=day, type=type)


def foot(recipient: str = "Đảng ủy xã", signer: str = "Nguyễn Văn Bình") -> str:
    return FOOT.format(recipient=recipient, signer=signer)


PLAN = head() + BODY + foot()
OTHER = head("31/KH-UBND", day="22") + BODY + foot("Hội Nông dân xã", "Trần Thị Mai")


def told(found: tuple[PageRange, ...]) -> list[tuple[int, int, str]]:
    return [(part.first, part.last, part.confidence) for part in found]


def test_a_second_document_is_found_with_its_pages(document_of: BuildDocument) -> None:
    document = document_of(f"{PLAN}\fPhụ lục\nBIỂU PHÂN CÔNG\n1. Văn phòng\f{OTHER}\f\f{OTHER.replace('31/', '32/')}")
    found = find_documents(document)
    assert told(found) == [(1, 2, "sure"), (3, 4, "sure"), (5, 5, "sure")]
    assert found[1].signs >= {"foot-before", "number", "national-title", "place-date", "own-foot"}
    assert [str(part) for part in found] == ["pages 1–2", "pages 3–4", "page 5"]


@pytest.mark.parametrize(
    "page",
    [
        "Phụ lục I\nĐỀ CƯƠNG BÁO CÁO\n(Kèm theo Kế hoạch số 12/KH-UBND ngày 05/4/2025)\nI. Kết quả",
        "Mẫu số 01\n\n" + head("…/BC-…", type="BÁO CÁO", issuer="………", day="…") + BODY + FORM_FOOT,
        head("45/QĐ-UBND", type="QUY CHẾ\nPhối hợp\n(Kèm theo Kế hoạch số 12/KH-UBND)")
        + BODY
        + foot("Hội Nông dân xã"),
        HEAD.format(issuer="XÃ TÂN HÒA", number="", issuer_place="", day="", type="QUY CHẾ")
        + "Hoạt động của Ban Chỉ đạo\n(Ban hành kèm theo Kế hoạch số 12/KH-UBND ngày 05/4/2025)\nĐiều 1. Phạm vi",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\nĐƠN ĐĂNG KÝ\nKính gửi: Hội đồng xã",
        head() + "III. KHEN THƯỞNG\nTặng giấy khen cho 05 tập thể.",
        "quyết định tại văn bản\nSố: 31/KH-UBND và các văn bản khác của xã.\nIII. KINH PHÍ\nTừ ngân sách xã.",
    ],
    ids=["appendix", "labelled form", "attached head", "promulgated text", "application", "repeated head", "body"],
)
def test_what_belongs_to_the_first_document_begins_none(document_of: BuildDocument, page: str) -> None:
    assert told(find_documents(document_of(f"{PLAN}\f{page}"))) == [(1, 2, "sure")]


def test_a_document_without_number_and_day_is_sure_only_if_somebody_signed_it(document_of: BuildDocument) -> None:
    blank = head("/BC-UBND", type="BÁO CÁO", issuer="XÃ HÒA BÌNH", day="…") + BODY
    assert told(find_documents(document_of(f"{PLAN}\f{blank}{foot()}")))[1:] == [(2, 2, "sure")]
    assert told(find_documents(document_of(f"{PLAN}\f{blank}{FORM_FOOT}")))[1:] == [(2, 2, "doubtful")]
    after_appendix = f"{PLAN}\fPhụ lục\nCÁC BIỂU\n1. Biểu\f{blank}{FORM_FOOT}"
    assert told(find_documents(document_of(after_appendix))) == [(1, 3, "sure")]


def test_a_head_after_pages_without_a_foot_is_doubtful(document_of: BuildDocument) -> None:
    assert told(find_documents(document_of(f"{head()}{BODY}\f{OTHER}"))) == [(1, 1, "sure"), (2, 2, "doubtful")]


def test_a_second_copy_is_doubtful(document_of: BuildDocument) -> None:
    assert told(find_documents(document_of(f"{PLAN}\f{PLAN}"))) == [(1, 1, "sure"), (2, 2, "doubtful")]


def test_a_page_number_that_goes_on_makes_a_document_doubtful(document_of: BuildDocument) -> None:
    bound = f"{PLAN}[page] 2\f{OTHER}[page] 3"
    assert told(find_documents(document_of(bound)))[1:] == [(2, 2, "doubtful")]


def test_records_are_those_of_the_first_document_alone(document_of: BuildDocument) -> None:
    context = Context(Path(), Options())
    both = document_of(f"{PLAN}\f{OTHER}")
    segmented = Segment().document(both, context)
    alone = Extract().document(Segment().document(document_of(PLAN), context), context)
    assert Extract().document(segmented, context).records == alone.records
    assert len(alone.records.recipients) == 2
    assert segmented.pages == both.pages
    (issue,) = segmented.issues
    assert (issue.code, issue.weight, issue.page) == ("several-documents", "doubt", 2)
    assert "page 1 and page 2" in issue.message
    assert "sohoa split" in issue.remedy


def test_where_it_is_doubtful_all_pages_are_read_and_the_doubt_names_the_page(document_of: BuildDocument) -> None:
    document = document_of(f"{PLAN}\f{PLAN}\f{OTHER}")
    found = find_documents(document)
    assert told(found) == [(1, 1, "sure"), (2, 2, "doubtful"), (3, 3, "sure")]
    assert told(sure_ranges(found)) == [(1, 2, "sure"), (3, 3, "sure")]
    assert len(first_alone(document, found).pages) == 2
    assert "may begin on page 2" in doubt_several(found)[0].message
    only_doubt = found[:2]
    assert first_alone(document, only_doubt) is document
    assert "--at 2" in doubt_several(only_doubt)[0].remedy
    assert doubt_several(found[:1]) == ()


def gold_text(folder: Path) -> str:
    return "\f".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("page*.gold.txt")))


@pytest.mark.parametrize("folder", SCANS, ids=[folder.name for folder in SCANS])
def test_no_sample_is_parted(document_of: BuildDocument, folder: Path) -> None:
    assert len(find_documents(document_of(gold_text(folder)))) == 1


def test_two_samples_are_parted_where_one_ends(document_of: BuildDocument) -> None:
    texts = {folder.name: gold_text(folder) for folder in SCANS}
    for (first, text), (second, other) in permutations(texts.items(), 2):
        pages = text.count("\f") + 1
        found = find_documents(document_of(f"{text}\f{other}"))
        assert [part.first for part in found] == [1, pages + 1], (first, second)
        if second != UNNUMBERED_AND_UNDATED:
            assert found[1].confidence == "sure", (first, second)


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Document]:
    """Two samples in one PDF, and what is read from it."""
    path = tmp_path_factory.mktemp("several") / "hai văn bản.pdf"
    with pikepdf.new() as both:
        for folder in (SCANS[2], SCANS[4]):
            with pikepdf.open(folder / "born-digital.pdf") as one:
                both.pages.extend(one.pages)
        both.save(path)
    return path, digitize(path)


class FakeArchive:
    """An archive of one document."""

    def __init__(self, folder: Path, path: Path, document: Document) -> None:
        self.folder, self._path, self._document = folder, path, document

    def __enter__(self) -> "FakeArchive":
        return self

    def __exit__(self, *error: object) -> None: ...

    def find(self, name: str) -> str:
        return name

    def document(self, id_: str) -> Document:
        return self._document

    def original(self, id_: str) -> Path:
        return self._path


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scan: tuple[Path, Document]) -> FakeArchive:
    fake = FakeArchive(tmp_path / "archive", *scan)
    monkeypatch.setattr(Archive, "open", lambda folder, **options: fake)
    return fake


def test_the_first_document_of_a_pdf_is_read_as_if_it_were_alone(scan: tuple[Path, Document]) -> None:
    alone = digitize(SCANS[2] / "born-digital.pdf")
    assert scan[1].records == alone.records
    assert [issue.code for issue in scan[1].issues if issue.code == "several-documents"] == ["several-documents"]
    assert scan[1].status == "done"


@pytest.mark.usefixtures("archive")
def test_split_writes_a_pdf_of_each_document(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, scan: tuple[Path, Document]
) -> None:
    before = scan[0].read_bytes()
    answer = call(capsys, "split", "ab", tmp_path / "out")
    targets = [tmp_path / "out" / f"hai văn bản-p{pages}.pdf" for pages in ("1-2", "3-4")]
    assert (answer.code, answer.out.splitlines(), answer.err) == (0, [str(target) for target in targets], "")
    assert scan[0].read_bytes() == before
    assert sorted((tmp_path / "out").iterdir()) == targets
    second = digitize(targets[1]).records.document
    expected = digitize(SCANS[4] / "born-digital.pdf").records.document
    assert second.number is not None
    assert second == expected
    kept = [target.read_bytes() for target in targets]
    again = call(capsys, "split", "ab", tmp_path / "out")
    assert again.code == 2
    assert "--force" in again.err
    assert call(capsys, "split", "ab", tmp_path / "out", "--force").code == 0
    assert [target.read_bytes() for target in targets] == kept


@pytest.mark.usefixtures("archive")
def test_split_takes_a_persons_word_for_where(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert call(capsys, "split", "ab", tmp_path, "--at", "2, 4").code == 0
    counts = []
    for pages in ("1-1", "2-3", "4-4"):
        with pikepdf.open(tmp_path / f"hai văn bản-p{pages}.pdf") as part:
            counts.append(len(part.pages))
    assert counts == [1, 2, 1]
    for wrong in ("5", "1", "two", ","):
        answer = call(capsys, "split", "ab", tmp_path / "not", "--at", wrong)
        assert answer.code == 2
        assert "4,7" in answer.err
    assert not (tmp_path / "not").exists()


def test_split_keeps_out_of_the_archive(capsys: pytest.CaptureFixture[str], archive: FakeArchive) -> None:
    answer = call(capsys, "split", "ab", archive.folder / "parts")
    assert answer.code == 2
    assert not (archive.folder / "parts").exists()


def test_split_says_so_where_there_is_one_document(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, document_of: BuildDocument
) -> None:
    def answer(text: str, media_type: str) -> str:
        document = document_of(text)
        source = Source("plan", "0" * 64, 1, media_type)
        kept = Document(source, document.pages)
        monkeypatch.setattr(Archive, "open", lambda folder, **options: FakeArchive(tmp_path / "a", tmp_path, kept))
        told = call(capsys, "split", "ab", tmp_path / "out")
        assert told.code in (2, 3)
        return told.err

    assert "holds one document" in answer(PLAN, "application/pdf")
    assert "--at 2" in answer(f"{PLAN}\f{PLAN}", "application/pdf")
    assert "is a text" in answer(f"{PLAN}\f{OTHER}", "text/plain")
    assert not (tmp_path / "out").exists()


def test_pictures_are_parted_into_pdfs_without_loss(tmp_path: Path) -> None:
    frames = [Image.new("L", (40, 60), shade) for shade in (10, 120, 230)]
    original = tmp_path / "scan.tif"
    frames[0].save(original, save_all=True, append_images=frames[1:], dpi=(300, 300))
    pages = tuple(Page(number, 40, 60, 300.0, "scan") for number in (1, 2, 3))
    document = Document(Source("scan.tif", "0" * 64, original.stat().st_size, "image/tiff"), pages)
    report = write_parts(document, original, [(1, 2), (3, 3)], tmp_path / "out")
    assert [path.name for path in report.files] == ["scan-p1-2.pdf", "scan-p3-3.pdf"]
    with pikepdf.open(report.files[1]) as part:
        (picture,) = part.pages[0].resources["/XObject"].values()
        assert set(picture.read_bytes()) == {230}
    with pytest.raises(UsageError):
        write_parts(document, original, [(1, 3)], original)

"""A searchable copy has what PDF/A-2b asks for, lacks what it forbids, and claims no more than it keeps."""

import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String
from PIL import ImageCms, ImageFont
from searchable_pages import BORN_DIGITAL, DPI, document_of, found_text, page_as_printed, page_with_lines

from pipeline.document import Block, Line, Page, replace
from pipeline.records import DocumentFields, Records, Value
from pipeline.searchable import CopyReport, write_searchable_copy
from pipeline.searchable.font import InvisibleFont

PAPER = (595, 842)
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"


@pytest.fixture
def paper() -> pikepdf.Pdf:
    """A page with a red box on it."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=PAPER)
    pdf.pages[0].obj["/Contents"] = pdf.make_stream(b"1 0 0 rg 100 100 80 40 re f")
    return pdf


def lined_page() -> Page:
    return page_with_lines(round(PAPER[0] * DPI / 72), round(PAPER[1] * DPI / 72))


def copy_of(paper: pikepdf.Pdf, folder: Path, page: Page | None = None) -> tuple[Path, CopyReport]:
    paper.save(folder / "paper.pdf")
    original = folder / "paper.pdf"
    document = document_of(original, [page or lined_page()])
    target = folder / "copy.pdf"
    return target, write_searchable_copy(document, original, target, tool="Sohoa 9 <&>", force=True)


def xmp_of(pdf: pikepdf.Pdf) -> ElementTree.Element:
    metadata = pdf.Root.Metadata
    assert "/Filter" not in metadata and metadata.Type == Name.Metadata and metadata.Subtype == Name.XML
    return ElementTree.fromstring(metadata.read_bytes())


def test_copy_is_a_sound_file_and_declares_pdfa(paper: pikepdf.Pdf, tmp_path: Path) -> None:
    path, report = copy_of(paper, tmp_path)
    assert report.archival
    assert path.read_bytes().startswith(b"%PDF-1.7\n%")
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert not pdf.is_encrypted
        assert len(pdf.trailer["/ID"]) == 2
        assert pdf.Root.Lang == "vi" and not pdf.Root.MarkInfo.Marked
        xmp = xmp_of(pdf)
        assert xmp.findtext(f".//{PDFAID}part") == "2" and xmp.findtext(f".//{PDFAID}conformance") == "B"
        assert xmp.findtext(".//{http://ns.adobe.com/xap/1.0/}CreatorTool") == "Sohoa 9 <&>"
        assert pdf.docinfo["/Producer"] == pdf.docinfo["/Creator"] == "Sohoa 9 <&>"
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == Name.GTS_PDFA1 and intent.DestOutputProfile.N == 3
        profile = ImageCms.getOpenProfile(io.BytesIO(intent.DestOutputProfile.read_bytes()))
        assert profile.profile.xcolor_space.strip() == "RGB"


def test_copy_embeds_its_font_with_widths_that_agree(paper: pikepdf.Pdf, tmp_path: Path) -> None:
    path, _ = copy_of(paper, tmp_path)
    with pikepdf.open(path) as pdf:
        (font,) = pdf.pages[0].obj["/Resources"]["/Font"].values()
        (descendant,) = font.DescendantFonts
        first, widths = descendant.W
        program = descendant.FontDescriptor.FontFile2.read_bytes()
        mapped = font.ToUnicode.read_bytes()
        shown = pdf.pages[0].Contents
        content = b"".join(one.read_bytes() for one in (shown if isinstance(shown, Array) else [shown]))
    assert first == 1 and b"<0000> Tj" not in content and b" 3 Tr" in content
    assert b"<1EC6>" in mapped  # Ệ
    face = ImageFont.truetype(io.BytesIO(program), 1000)
    for letter, width in (("V", 720), ("i", 270), ("ạ", 440), (" ", 250), ("Đ", 720)):
        assert face.getlength(letter) == width
        assert width in [int(value) for value in widths]
    assert face.getbbox("V")[2] <= 720
    assert not np.asarray(face.getmask("VIỆT NAM")).any()


def test_copy_is_titled_by_its_records(paper: pikepdf.Pdf, tmp_path: Path) -> None:
    paper.save(tmp_path / "paper.pdf")
    fields = DocumentFields(
        type=Value("KẾ HOẠCH", "Kế hoạch", ("1.0",), 0.9),
        number=Value("27/KH-UBND", "27/KH-UBND", ("1.1",), 0.9),
        title=Value("Thi đua", "Thi đua <xanh> & sạch", ("1.2",), 0.9),
    )
    document = replace(document_of(tmp_path / "paper.pdf", [lined_page()]), records=Records(fields))
    write_searchable_copy(document, tmp_path / "paper.pdf", tmp_path / "copy.pdf")
    with pikepdf.open(tmp_path / "copy.pdf") as pdf:
        assert pdf.docinfo["/Title"] == "Kế hoạch 27/KH-UBND Thi đua <xanh> & sạch"
        assert pdf.docinfo["/Title"] == xmp_of(pdf).findtext(f".//{RDF}Alt/{RDF}li")
        assert document.source.sha256 in str(xmp_of(pdf).findtext(".//{http://purl.org/dc/elements/1.1/}source"))


def test_copy_lacks_programs_attachments_and_forbidden_keys(paper: pikepdf.Pdf, tmp_path: Path) -> None:
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    link = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(S=Name.Launch, F=String("x"))
    )
    web = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(S=Name.URI, URI=String("http://x"))
    )
    sound = Dictionary(Type=Name.Annot, Subtype=Name.Sound, Rect=Array([0, 0, 9, 9]))
    paper.Root.OpenAction = script
    paper.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))
    paper.attachments["a.txt"] = b"attached"
    page = paper.pages[0].obj
    page.AA = Dictionary(O=script)
    page.Annots = Array([paper.make_indirect(one) for one in (link, web, sound)])
    image = paper.make_stream(b"\0" * 4, Type=Name.XObject, Subtype=Name.Image, Width=2, Height=2, BitsPerComponent=8)
    image.ColorSpace, image.Interpolate = Name.DeviceGray, True
    page.Resources = Dictionary(
        XObject=Dictionary(Im=image), ExtGState=Dictionary(G=Dictionary(Type=Name.ExtGState, TR=Name.Identity))
    )
    path, report = copy_of(paper, tmp_path)
    assert report.archival and len(report.notes) == 2
    assert any("Attached files" in note for note in report.notes)
    assert any(note.startswith("1 annotations") for note in report.notes)
    with pikepdf.open(path) as pdf:
        raw = b"".join(item.unparse(resolved=True) for item in pdf.objects if isinstance(item, Dictionary))
        for word in (b"JavaScript", b"Launch", b"EmbeddedFiles", b"/AA", b"/TR", b"/Sound"):
            assert word not in raw
        assert b"/URI" in raw
        assert not pdf.pages[0].obj.Resources.XObject.Im.Interpolate
        assert all(int(one.F) & 4 for one in pdf.pages[0].obj.Annots)


def test_copy_of_a_signed_original_says_so_and_keeps_its_look(paper: pikepdf.Pdf, tmp_path: Path) -> None:
    look_of_it = paper.make_stream(
        b"0 0 1 rg 0 0 120 50 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 120, 50])
    )
    field = paper.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String("Signature1"),
            V=Dictionary(Type=Name.Sig, Contents=String("signed")),
            Rect=Array([300, 600, 420, 650]),
            AP=Dictionary(N=look_of_it),
            F=132,
        )
    )
    unseen = paper.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("s2"), Rect=Array([0, 0, 0, 0]))
    )
    paper.pages[0].obj.Annots = Array([field, unseen])
    paper.Root.AcroForm = Dictionary(Fields=Array([field, unseen]), SigFlags=3)
    path, report = copy_of(paper, tmp_path)
    assert report.archival
    assert report.notes == (
        "The digital signature is not valid in the copy, only its look is kept; the original is unchanged.",
    )
    assert np.array_equal(look_with_forms(path), look_with_forms(tmp_path / "paper.pdf"))
    with pikepdf.open(path) as pdf:
        assert "/AcroForm" not in pdf.Root
        (stamp,) = pdf.pages[0].obj.Annots
        assert stamp.Subtype == Name.Stamp and "/V" not in stamp and "/FT" not in stamp


def look_with_forms(path: Path) -> np.ndarray:
    with pypdfium2.PdfDocument(path) as pdf:
        pdf.init_forms()
        return np.array(pdf[0].render(scale=1).to_numpy())


@pytest.mark.parametrize("where", ["page", "picture", "content", "annotation"])
def test_copy_claims_nothing_that_it_does_not_keep(paper: pikepdf.Pdf, tmp_path: Path, where: str) -> None:
    page = paper.pages[0].obj
    helvetica = Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    if where == "page":
        page.Resources = Dictionary(Font=helvetica)
        page.Contents = paper.make_stream(b"BT /F1 9 Tf (seen) Tj ET")
    elif where == "picture":
        image = paper.make_stream(b"\0" * 4, Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1)
        image.BitsPerComponent, image.ColorSpace = 8, Name.DeviceCMYK
        page.Resources = Dictionary(XObject=Dictionary(Im=image))
    elif where == "content":
        page.Contents = paper.make_stream(b"0 0 0 1 k 1 1 5 5 re f")
    else:
        drawn = paper.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
        drawn.Resources = Dictionary(Font=helvetica)
        stamp = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=Array([0, 0, 9, 9]), AP=Dictionary(N=drawn))
        page.Annots = Array([paper.make_indirect(stamp)])
    path, report = copy_of(paper, tmp_path)
    assert not report.archival and report.word_count > 0
    assert any("no PDF/A" in note for note in report.notes)
    with pikepdf.open(path) as pdf:
        assert xmp_of(pdf).find(f".//{PDFAID}part") is None


@pytest.mark.parametrize(
    ("content", "archival"), [(b"0 0 0 1 k 1 1 5 5 re f ", True), (b"1 0 0 rg 1 1 5 5 re f ", False)]
)
def test_copy_keeps_the_output_intent_of_the_original(
    paper: pikepdf.Pdf, tmp_path: Path, content: bytes, archival: bool
) -> None:
    profile = paper.make_stream(bytes(16) + b"CMYK" + bytes(108), N=4)
    printing = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFX, DestOutputProfile=paper.make_stream(b"x", N=4))
    kept = Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=String("press"), DestOutputProfile=profile
    )
    paper.Root.OutputIntents = Array([printing, kept])
    paper.pages[0].obj.Contents = paper.make_stream(content)
    path, report = copy_of(paper, tmp_path)
    assert report.archival == archival
    with pikepdf.open(path) as pdf:
        (intent,) = pdf.Root.OutputIntents
        assert intent.OutputConditionIdentifier == "press"


def test_copy_minds_only_fonts_that_are_seen(paper: pikepdf.Pdf, tmp_path: Path) -> None:
    page = paper.pages[0].obj
    page.Resources = Dictionary(
        Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    )
    page.Contents = paper.make_stream(b"BT /F1 9 Tf 12 TL ET BT 3 Tr /F1 9 Tf (unseen) Tj ET")
    _, report = copy_of(paper, tmp_path)
    assert report.archival


def test_copy_of_a_born_digital_file_is_pdfa_too(tmp_path: Path) -> None:
    pages = [replace(page_as_printed(BORN_DIGITAL, index), origin="text-layer") for index in range(3)]
    report = write_searchable_copy(document_of(BORN_DIGITAL, pages), BORN_DIGITAL, tmp_path / "copy.pdf")
    assert report.archival


def test_copy_opens_what_only_its_owner_may_change(paper: pikepdf.Pdf, tmp_path: Path) -> None:
    paper.save(tmp_path / "paper.pdf", encryption=pikepdf.Encryption(owner="secret", user=""))
    document = document_of(tmp_path / "paper.pdf", [lined_page()])
    report = write_searchable_copy(document, tmp_path / "paper.pdf", tmp_path / "copy.pdf")
    assert report.archival
    with pikepdf.open(tmp_path / "copy.pdf") as pdf:
        assert not pdf.is_encrypted


LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"


def test_copy_gives_every_letter_of_vietnamese_back(paper: pikepdf.Pdf, tmp_path: Path) -> None:
    texts = [LETTERS[start : start + 12] for start in range(0, len(LETTERS), 12)]
    texts += [text.upper() for text in texts] + ["0123456789", "/&()[]%“”‘’–—…", "§№±×½²", "漢字", "αβγ"]
    page = page_with_lines(round(PAPER[0] * DPI / 72), round(PAPER[1] * DPI / 72), lines=texts)
    path, _ = copy_of(paper, tmp_path, page)
    assert found_text(path).split() == texts


WORDS = st.text(alphabet=LETTERS + LETTERS.upper() + "0123456789/().,:%&", min_size=1, max_size=14)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=8))
def test_copy_gives_any_line_of_words_back(tmp_path: Path, lines: list[str]) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=PAPER)
        path, report = copy_of(pdf, tmp_path, page_with_lines(1653, 2339, lines=lines))
    assert found_text(path).split() == " ".join(lines).split()
    assert report.word_count == len(" ".join(lines).split())


def test_copy_of_more_letters_than_a_map_section_holds(paper: pikepdf.Pdf, tmp_path: Path) -> None:
    texts = ["".join(chr(0x4E00 + 30 * row + column) for column in range(30)) for row in range(12)]
    path, _ = copy_of(paper, tmp_path, page_with_lines(1653, 2339, lines=texts))
    assert found_text(path).split() == texts


def test_font_gives_each_letter_one_code_from_1() -> None:
    font = InvisibleFont()
    assert font.encode("đội") == "000100020003"
    assert font.encode("iộđ") == "000300020001"
    assert font.width("đội") == font.width("đ") + font.width("ộ") + font.width("i")


def test_page_without_a_size_gets_no_text(paper: pikepdf.Pdf, tmp_path: Path) -> None:
    page = Page(1, 0, 0, 200.0, "scan", words=lined_page().words, blocks=(Block("body", (Line(("1.0",)),)),))
    _, report = copy_of(paper, tmp_path, page)
    assert report.word_count == 0

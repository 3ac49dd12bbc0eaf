"""Building samples: the files, their formats, and that a second build gives the same bytes."""

from pathlib import Path

import msgspec
import pypdfium2
import pytest
from PIL import Image

from corpus import build
from corpus.build import DOCUMENTS, Build, build_document, load_build, scan_pages, write_pdf, write_variants
from corpus.gold_schema import problems
from corpus.layout import lay_out
from corpus.office_marks import draw_seal, draw_signature
from corpus.render import draw_page, write_born_digital
from corpus.sample_document import load_document

SCHOOL = DOCUMENTS / "s03-school-plan"


@pytest.fixture
def low(tmp_path: Path) -> Path:
    """The school plan at a resolution at which a build takes a moment, its back blank and a page turned."""
    folder = tmp_path / "documents" / "low"
    folder.mkdir(parents=True)
    for name in ("document.json", "gold.json"):
        (folder / name).write_bytes((SCHOOL / name).read_bytes())
    recipe = msgspec.structs.replace(load_build(SCHOOL).recipe, dpi=50, turned_deg={3: 90})
    scan = msgspec.json.encode(
        Build(recipe, ("tiff", "png", "jpeg"), ("mixed", "signed", "ocr-layer"), ("Ký bởi: Trường THCS Hợp Lý",))
    )
    (folder / "scan.json").write_bytes(scan)
    return folder


def test_build_document_writes_every_part(low: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "read_wrecked", lambda picture: f"wreck {picture.width}")
    size = build_document(low, tmp_path / "out")
    made = tmp_path / "out" / "scans" / "low"
    assert sorted(path.name for path in made.iterdir()) == [
        "born-digital.pdf", "gold.json", "page1.gold.txt", "page2.gold.txt", "page3.gold.txt", "source.pdf",
        "wrecked.txt",
    ]  # fmt: skip
    assert size == (made / "source.pdf").stat().st_size
    assert (made / "page2.gold.txt").read_text() == ""
    assert (made / "wrecked.txt").read_text().count("\f") == 2
    with pypdfium2.PdfDocument(made / "source.pdf") as document:
        sizes = [page.get_size() for page in document]
    assert [width > height for width, height in sizes] == [False, False, True]
    pictures = {f"low-page{number}.{ending}" for number in (1, 2, 3) for ending in ("png", "jpg")}
    variants = {"low.tif", "low-mixed.pdf", "low-signed.pdf", "low-ocr-layer.pdf"}
    assert {path.name for path in (tmp_path / "out" / "variants").iterdir()} == variants | pictures
    with Image.open(tmp_path / "out" / "variants" / "low.tif") as tiff:
        assert tiff.n_frames == 3  # type: ignore[attr-defined]


def test_build_document_writes_text_layers_that_are_not_the_text(
    low: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "read_wrecked", lambda _: "TRUONG THCS HOP LY\nS6: 45/KH-THCSHL")
    build_document(low, tmp_path)

    def texts(kind: str) -> list[str]:
        with pypdfium2.PdfDocument(tmp_path / "variants" / f"low-{kind}.pdf") as document:
            return [page.get_textpage().get_text_range() for page in document]

    signed, layered, mixed = texts("signed"), texts("ocr-layer"), texts("mixed")
    assert [text.strip() for text in signed] == ["Ký bởi: Trường THCS Hợp Lý", "", ""]
    assert all("S6: 45/KH-THCSHL" in text for text in layered)
    assert mixed[0] == ""
    assert "VII. PHÂN CÔNG THỰC HIỆN" in mixed[1]


def test_build_document_repeats_byte_by_byte(low: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "read_wrecked", lambda _: "wreck")
    for name in ("first", "second"):
        build_document(low, tmp_path / name)
    for path in (tmp_path / "first").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "second" / path.relative_to(tmp_path / "first")).read_bytes()


@pytest.mark.parametrize("mode", ["colour", "grey", "bilevel"])
def test_write_pdf_and_variants_take_every_mode(mode: str, tmp_path: Path) -> None:
    recipe = msgspec.structs.replace(load_build(SCHOOL).recipe, dpi=40, mode=mode)
    pictures = [picture for picture, _ in scan_pages(lay_out(load_document(SCHOOL / "document.json")), recipe)]
    write_pdf(pictures, recipe, tmp_path / "scan.pdf")
    write_variants(pictures, Build(recipe, ("tiff",)), tmp_path / "variants" / "scan")
    with pypdfium2.PdfDocument(tmp_path / "scan.pdf") as document:
        width_pt, height_pt = document[0].get_size()
    assert (width_pt, height_pt) == pytest.approx((595, 842), abs=2)
    assert (tmp_path / "variants" / "scan.tif").stat().st_size > 0


def test_write_born_digital_has_a_text_layer(tmp_path: Path) -> None:
    pages = lay_out(load_document(SCHOOL / "document.json"))
    write_born_digital(pages, tmp_path / "plan.pdf")
    with pypdfium2.PdfDocument(tmp_path / "plan.pdf") as document:
        text = document[0].get_textpage().get_text_range()
    assert "Số: 45/KH-THCSHL" in text
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text


def test_draw_page_signs_and_seals_only_when_asked() -> None:
    page = lay_out(load_document(SCHOOL / "document.json"))[-1]
    signed, bare = draw_page(page, 50), draw_page(page, 50, signed=False)
    assert signed.size == bare.size == (413, 585)

    def reddish(picture: Image.Image) -> int:
        red, green, _ = picture.split()
        pairs = zip(red.tobytes(), green.tobytes(), strict=True)
        return sum(r > g + 60 for r, g in pairs)

    assert reddish(bare) == 0
    assert reddish(signed) > 100


def test_office_marks_stay_within_the_page() -> None:
    page = Image.new("RGB", (300, 300), "white")
    draw_seal(page, (280, 10), 72, "UBND XÃ", "TRẠM\nY TẾ")
    draw_signature(page, (5, 290), 72, seed=4)
    assert page.size == (300, 300)
    assert page.getcolors(100_000) != [(90_000, (255, 255, 255))]


def test_main_builds_the_named_document(
    low: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "read_wrecked", lambda _: "wreck")
    monkeypatch.setattr(build, "DOCUMENTS", low.parent)
    monkeypatch.setattr("sys.argv", ["corpus.build", str(tmp_path / "out"), "low"])
    build.main()
    assert capsys.readouterr().out.startswith("low: ")


def test_gold_schema_names_each_departure() -> None:
    gold = msgspec.json.decode((SCHOOL / "gold.json").read_bytes())
    gold["document"]["date"] = "2025-02-30"
    gold["document"]["place"] = "Trung  Chính"
    gold["sections"][0]["kind"] = "aims"
    gold["rewards"][0]["amount"] = "500000"
    gold["deadlines"][0]["end"] = "2025-01-01"
    gold["subjects"][0]["note"] = "x"
    gold["recipients"].append("")
    del gold["movements"]
    found = "\n".join(problems(gold))
    for expected in (
        "movements: missing",
        "document.date: '2025-02-30' is no day of the calendar",
        "document.place: 'Trung  Chính' has a line break or double space",
        "sections 1.kind: 'aims' is none of",
        "rewards 1.amount: '500000' is not a whole number above 0",
        "deadlines 1: starts on 2025-11-21, after its end 2025-01-01",
        "subjects 1.note: not a field of the contract",
        "recipients 5: '' is not a text",
    ):
        assert expected in found
    assert len(problems(gold)) == 8
    assert problems([]) == ["the file is not an object"]


def test_main_builds_the_documents_of_another_folder(
    low: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "read_wrecked", lambda _: "wreck")
    monkeypatch.setattr("sys.argv", ["corpus.build", str(tmp_path / "out"), "--documents", str(low.parent)])
    build.main()
    assert capsys.readouterr().out.startswith("low: ")
    assert [path.name for path in (tmp_path / "out" / "scans").iterdir()] == ["low"]

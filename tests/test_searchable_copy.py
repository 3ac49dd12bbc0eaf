"""A searchable copy says what was restored, where it stands, and looks as the original does."""

import errno
import math
import os
import time
import unicodedata
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from searchable_pages import (
    BORN_DIGITAL,
    DPI,
    LINES,
    ROOT,
    SCAN,
    document_of,
    found_text,
    judged,
    look,
    overlap,
    page_as_printed,
    page_with_lines,
    pictures,
    read_back,
)

from pipeline.document import Block, Box, Cell, Line, Page, Reading, Word, replace
from pipeline.errors import DamagedInputError, FullDiskError, UnsupportedInputError, UsageError
from pipeline.searchable import write_searchable_copy

PAPER = (595, 842)
OCR_LAYER = ROOT / "corpus" / "variants" / "s03-school-plan-ocr-layer.pdf"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Page]]:
    """A sample's scan with the words of its print, copied."""
    path = tmp_path_factory.mktemp("copied") / "copy.pdf"
    pages = [page_as_printed(BORN_DIGITAL, index) for index in range(3)]
    report = write_searchable_copy(document_of(SCAN, pages), SCAN, path)
    assert report.archival and report.page_count == 3 and not report.notes
    assert report.word_count == sum(len(page.words) for page in pages)
    return path, pages


def empty_paper(path: Path, *, rotation_deg: int = 0, box: tuple[float, ...] = (0, 0, *PAPER)) -> Path:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=PAPER)
        pdf.pages[0].obj["/MediaBox"] = Array([-50, -60, 900, 1000])
        pdf.pages[0].obj["/CropBox"] = Array(list(box))
        # The turn stands above the page, as the standard allows.
        pdf.Root.Pages["/Rotate"] = rotation_deg
        pdf.save(path)
    return path


def written_paper(path: Path, content: bytes, *, font: bytes = b"/Helvetica") -> Path:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=PAPER)
        helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name(font.decode()))
        pdf.pages[0].obj["/Resources"] = Dictionary(Font=Dictionary(F1=pdf.make_indirect(helvetica)))
        pdf.pages[0].obj["/Contents"] = pdf.make_stream(content)
        pdf.save(path)
    return path


def lined_page(number: int = 1) -> Page:
    return page_with_lines(round(PAPER[0] * DPI / 72), round(PAPER[1] * DPI / 72), number=number)


def test_copy_gives_every_word_back_in_reading_order(copied: tuple[Path, list[Page]]) -> None:
    path, pages = copied
    for index, page in enumerate(pages):
        assert [word.text for word in read_back(path, index)] == [word.text for word in page.words]
    said = {letter for page in pages for word in page.words for letter in word.text}
    assert {"ế", "ữ", "ặ", "Đ", "ư"} <= said


def test_copy_has_words_at_their_places(copied: tuple[Path, list[Page]]) -> None:
    path, pages = copied
    for index, page in enumerate(pages):
        shares = [
            overlap(found.box, word.box)
            for found, word in zip(read_back(path, index), page.words, strict=True)
            if word.box is not None and len(word.text) > 1
        ]
        assert np.mean(shares) > 0.75 and np.quantile(shares, 0.05) > 0.5


def test_copy_keeps_pictures_byte_by_byte_and_looks_the_same(copied: tuple[Path, list[Page]]) -> None:
    path, pages = copied
    assert pictures(path) == pictures(SCAN) and len(pictures(path)) == len(pages)
    for index in range(len(pages)):
        assert np.array_equal(look(path, index), look(SCAN, index))


def test_copy_grows_by_little(copied: tuple[Path, list[Page]]) -> None:
    path, pages = copied
    assert path.stat().st_size - SCAN.stat().st_size < 12_000 * len(pages)


def test_copy_is_the_same_each_time(copied: tuple[Path, list[Page]], tmp_path: Path) -> None:
    path, pages = copied
    write_searchable_copy(document_of(SCAN, pages), SCAN, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("box", [(0.0, 0.0, 595.0, 842.0), (-20.0, 30.0, 575.0, 930.0)])
def test_copy_respects_turned_and_cropped_paper(tmp_path: Path, rotation_deg: int, box: tuple[float, ...]) -> None:
    original = empty_paper(tmp_path / "paper.pdf", rotation_deg=rotation_deg, box=box)
    sides = [round((box[2] - box[0]) * DPI / 72), round((box[3] - box[1]) * DPI / 72)]
    page = page_with_lines(*(sides if rotation_deg % 180 == 0 else reversed(sides)))
    write_searchable_copy(document_of(original, [page]), original, tmp_path / "copy.pdf")
    found = read_back(tmp_path / "copy.pdf")
    assert [word.text for word in found] == " ".join(LINES).split()
    assert min(overlap(one.box, word.box) for one, word in zip(found, page.words, strict=True) if word.box) > 0.95


@pytest.mark.parametrize(("rotation_deg", "skew_deg"), [(0, 3.0), (0, -4.0), (90, 0.0), (180, 2.0), (270, -2.0)])
def test_copy_follows_pages_scanned_askew(tmp_path: Path, rotation_deg: int, skew_deg: float) -> None:
    """Words are set level and upright, then laid as `clean` and `ocr` would have found them on a leaning scan."""
    width, height = (round(side * DPI / 72) for side in PAPER)
    level = page_with_lines(*((width, height) if rotation_deg % 180 == 0 else (height, width)))
    to_scan = scan_matrix(level, rotation_deg, skew_deg)
    words = tuple(replace(word, box=moved(word.box, to_scan)) for word in level.words if word.box is not None)
    page = replace(level, width_px=width, height_px=height, words=words, rotation_deg=rotation_deg, skew_deg=skew_deg)
    original = empty_paper(tmp_path / "paper.pdf", box=(0.0, 0.0, 595.0, 842.0))
    write_searchable_copy(document_of(original, [page]), original, tmp_path / "copy.pdf")
    boxes = {word.text: word.box for word in page.words}
    with_pdfium = {word.text: word.box for word in read_back(tmp_path / "copy.pdf")}
    long_words = [text for text in boxes if len(text) > 3]
    if rotation_deg == 0:
        assert len(long_words) > 8
        assert all(overlap(with_pdfium[text], boxes[text]) > 0.85 for text in long_words)
    assert found_text(tmp_path / "copy.pdf").split() == " ".join(LINES).split()


def scan_matrix(level: Page, rotation_deg: int, skew_deg: float) -> np.ndarray:
    """From the level page to the scan: it was turned clockwise by `rotation_deg`, its lines rose by `skew_deg`."""
    width, height = level.width_px, level.height_px
    angle = math.radians(skew_deg)
    cos, sin = math.cos(angle), math.sin(angle)
    middle = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1.0]])
    lean = middle @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]]) @ np.linalg.inv(middle)
    back = {
        0: np.eye(3),
        90: np.array([[0, 1.0, 0], [-1, 0, width], [0, 0, 1]]),
        180: np.array([[-1.0, 0, width], [0, -1, height], [0, 0, 1]]),
        270: np.array([[0, -1.0, height], [1, 0, 0], [0, 0, 1]]),
    }
    return back[rotation_deg] @ lean


def moved(box: Box | None, matrix: np.ndarray) -> Box | None:
    if box is None:
        return None
    corners = [(x, y, 1.0) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    points = np.array(corners) @ matrix.T
    return Box(*points[:, :2].min(axis=0).tolist(), *points[:, :2].max(axis=0).tolist())


def test_copy_writes_split_joined_and_empty_words(tmp_path: Path) -> None:
    def word(index: int, left: float, *texts: str) -> Word:
        return Word(f"1.{index}", 1, Box(left, 100, left + 80, 140), tuple(Reading("r", text, 0.9) for text in texts))

    words = (
        word(0, 100, "Kéhoach", "Kế hoạch"),
        word(1, 300, "pho", "phong"),
        word(2, 390, "ng", ""),
        word(3, 500, "~", ""),
        word(4, 600, "trào\u0301\x07", "tra\u0300o"),
        word(5, 700, "không chỗ"),
    )
    words = (*words[:5], replace(words[5], box=None))
    page = Page(
        1, 1653, 2339, DPI, "scan", words=words, blocks=(Block("body", (Line(("1.0", "1.1", "1.2", "1.3", "1.4")),)),)
    )
    original = empty_paper(tmp_path / "paper.pdf")
    report = write_searchable_copy(document_of(original, [page]), original, tmp_path / "copy.pdf")
    assert report.word_count == 3
    found = read_back(tmp_path / "copy.pdf")
    assert [one.text for one in found] == ["Kế", "hoạch", "phong", "trào"]
    assert unicodedata.is_normalized("NFC", found[3].text)
    joined = next(one for one in found if one.text == "phong")
    assert joined.box.left == pytest.approx(300, abs=1) and joined.box.right == pytest.approx(470, abs=1)


def test_copy_reads_tables_cell_by_cell_and_loose_words_last(tmp_path: Path) -> None:
    def word(index: int, text: str, left: float, top: float) -> Word:
        return Word(f"1.{index}", 1, Box(left, top, left + 90, top + 30), (Reading("r", text, 0.9),))

    words = (
        word(0, "lẻ", 100, 700),
        word(1, "một-a", 100, 100),
        word(2, "hai-a", 500, 100),
        word(3, "một-b", 100, 140),
        word(4, "hai-b", 500, 140),
    )
    cells = (Cell(0, 1, (Line(("1.2",)), Line(("1.4",)))), Cell(0, 0, (Line(("1.1",)), Line(("1.3",)))))
    page = Page(1, 1653, 2339, DPI, "scan", words=words, blocks=(Block("table", cells=cells),))
    original = empty_paper(tmp_path / "paper.pdf")
    write_searchable_copy(document_of(original, [page]), original, tmp_path / "copy.pdf")
    assert found_text(tmp_path / "copy.pdf").split() == ["một-a", "một-b", "hai-a", "hai-b", "lẻ"]


def test_copy_drops_invisible_text_that_was_not_trusted(tmp_path: Path) -> None:
    junk = found_text(OCR_LAYER)
    assert "CONG HOA XA HOI" in junk
    pages = [lined_page(1), Page(2, 1653, 2339, DPI, "scan", blank=True), lined_page(3)]
    report = write_searchable_copy(document_of(OCR_LAYER, pages), OCR_LAYER, tmp_path / "copy.pdf")
    assert any("invisible text was left out" in note for note in report.notes)
    assert found_text(tmp_path / "copy.pdf").split() == " ".join(LINES).split()
    assert found_text(tmp_path / "copy.pdf", 1).split() == []
    assert pictures(tmp_path / "copy.pdf") == pictures(OCR_LAYER)
    for index in range(3):
        assert np.array_equal(look(tmp_path / "copy.pdf", index), look(OCR_LAYER, index))


def test_copy_drops_only_the_letters_of_invisible_text(tmp_path: Path) -> None:
    content = (
        b"BT /F1 20 Tf 30 TL 1 0 0 1 50 700 Tm 3 Tr (junk) Tj (junk) ' 5 1 (junk) \" [(ju) 20 (nk)] TJ 0 Tr "
        b"(seen) Tj ET q 3 Tr Q BT 1 0 0 1 50 500 Tm (again) Tj ET"
    )
    original = written_paper(tmp_path / "paper.pdf", content)
    page = judged(lined_page(), characters=30, odd_share=0.0)
    write_searchable_copy(document_of(original, [page]), original, tmp_path / "copy.pdf")
    text = found_text(tmp_path / "copy.pdf")
    assert "junk" not in text and "seen" in text and "again" in text
    assert np.array_equal(look(tmp_path / "copy.pdf"), look(original))


@pytest.mark.parametrize(("characters", "odd_share", "kept"), [(900, 0.0, False), (50, 0.2, False), (50, 0.0, True)])
def test_copy_silences_seen_letters_that_mislead(
    tmp_path: Path, characters: float, odd_share: float, kept: bool
) -> None:
    with pikepdf.open(
        written_paper(tmp_path / "letters.pdf", b"BT /F1 20 Tf 1 0 0 1 50 700 Tm (misread) Tj ET")
    ) as pdf:
        form = pdf.make_stream(
            b"BT /F1 20 Tf 1 0 0 1 50 600 Tm (inform) Tj ET",
            {"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": Array([0, 0, 600, 900])},
        )
        form["/Resources"] = Dictionary(Font=pdf.pages[0].obj["/Resources"]["/Font"])
        pdf.pages[0].obj["/Resources"]["/XObject"] = Dictionary(Fm=form)
        pdf.pages[0].contents_add(b"/Fm Do")
        pdf.save(tmp_path / "paper.pdf")
    original = tmp_path / "paper.pdf"
    page = judged(lined_page(), characters=characters, odd_share=odd_share)
    write_searchable_copy(document_of(original, [page]), original, tmp_path / "copy.pdf")
    text = found_text(tmp_path / "copy.pdf")
    assert ("misread" in text, "inform" in text) == (kept, kept)
    assert "NGHĨA" in text
    assert np.array_equal(look(tmp_path / "copy.pdf"), look(original))


def test_copy_leaves_pages_alone_whose_own_text_was_trusted(tmp_path: Path) -> None:
    pages = [replace(page_as_printed(BORN_DIGITAL, index), origin="text-layer") for index in range(3)]
    report = write_searchable_copy(document_of(BORN_DIGITAL, pages), BORN_DIGITAL, tmp_path / "copy.pdf")
    assert report.word_count == 0
    with pikepdf.open(BORN_DIGITAL) as before, pikepdf.open(tmp_path / "copy.pdf") as after:
        for one, other in zip(before.pages, after.pages, strict=True):
            assert one.Contents.read_bytes() == other.Contents.read_bytes()
            assert one.obj["/Resources"]["/Font"].keys() == other.obj["/Resources"]["/Font"].keys()
    for index in range(3):
        assert found_text(tmp_path / "copy.pdf", index) == found_text(BORN_DIGITAL, index)


def test_copy_of_a_copy_says_everything_once(copied: tuple[Path, list[Page]], tmp_path: Path) -> None:
    path, pages = copied
    write_searchable_copy(document_of(path, pages), path, tmp_path / "again.pdf")
    assert found_text(tmp_path / "again.pdf") == found_text(path)


def test_copy_refuses_a_text(tmp_path: Path) -> None:
    original = tmp_path / "plan.txt"
    original.write_text("KẾ HOẠCH", encoding="utf-8")
    with pytest.raises(UnsupportedInputError, match="no pages to show"):
        write_searchable_copy(document_of(original, [lined_page()], "text/plain"), original, tmp_path / "copy.pdf")
    assert not (tmp_path / "copy.pdf").exists()


def test_copy_refuses_a_file_with_other_pages(tmp_path: Path) -> None:
    original = empty_paper(tmp_path / "paper.pdf")
    with pytest.raises(DamagedInputError, match="1 or 2 pages"):
        write_searchable_copy(document_of(original, [lined_page(1), lined_page(2)]), original, tmp_path / "copy.pdf")


def test_copy_refuses_a_file_that_cannot_be_taken_apart(tmp_path: Path) -> None:
    original = tmp_path / "broken.pdf"
    original.write_bytes(b"%PDF-1.4\n" + b"nothing that can be mended" * 20)
    with pytest.raises(DamagedInputError, match="taken apart"):
        write_searchable_copy(document_of(original, [lined_page()]), original, tmp_path / "copy.pdf")


def test_copy_refuses_a_file_that_is_put_together_wrongly(tmp_path: Path) -> None:
    with pikepdf.open(empty_paper(tmp_path / "paper.pdf")) as pdf:
        pdf.pages[0].obj["/Resources"] = Dictionary(XObject=Dictionary(Fm=7), Font=3)
        pdf.save(tmp_path / "strange.pdf")
    original = tmp_path / "strange.pdf"
    with pytest.raises(DamagedInputError, match="no PDF should be") as caught:
        write_searchable_copy(document_of(original, [lined_page()]), original, tmp_path / "copy.pdf")
    assert caught.value.__cause__ is not None
    assert not (tmp_path / "copy.pdf").exists()


def test_copy_finds_invisible_text_in_forms_that_pages_share(tmp_path: Path) -> None:
    """Page 1 was read from its picture, page 2's own text was trusted; forms draw forms eight deep, ten times each."""
    with pikepdf.new() as pdf:
        inner = pdf.make_stream(
            b"BT 3 Tr /F1 12 Tf 1 0 0 1 60 400 Tm (unseen) Tj ET 0 0 1 rg 5 5 40 40 re f",
            {"/Subtype": Name.Form, "/BBox": Array([0, 0, 600, 900])},
        )
        helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        inner["/Resources"] = Dictionary(Font=Dictionary(F1=helvetica))
        for _ in range(7):
            outer = pdf.make_stream(b"/Fm Do " * 10, {"/Subtype": Name.Form, "/BBox": Array([0, 0, 600, 900])})
            outer["/Resources"] = Dictionary(XObject=Dictionary(Fm=inner))
            inner = outer
        for _ in range(2):
            pdf.add_blank_page(page_size=PAPER)
            pdf.pages[-1].obj["/Resources"] = Dictionary(XObject=Dictionary(Fm=inner))
            pdf.pages[-1].obj["/Contents"] = pdf.make_stream(b"/Fm Do /Fm Do")
        pdf.save(tmp_path / "paper.pdf")
    original = tmp_path / "paper.pdf"
    pages = [lined_page(1), replace(lined_page(2), origin="text-layer")]
    started = time.process_time()
    report = write_searchable_copy(document_of(original, pages), original, tmp_path / "copy.pdf")
    assert time.process_time() - started < 5.0
    assert report.notes == ("Another program's invisible text was left out on page 1.",)
    with pikepdf.open(tmp_path / "copy.pdf") as pdf:
        forms = [deepest_form(page.obj["/Resources"]) for page in pdf.pages]
        assert [b"unseen" in form.read_bytes() for form in forms] == [False, True]
        assert all(b"40 40 re" in form.read_bytes() for form in forms)


def deepest_form(resources: Dictionary) -> pikepdf.Stream:
    form = resources["/XObject"]["/Fm"]
    while "/XObject" in form["/Resources"]:
        form = form["/Resources"]["/XObject"]["/Fm"]
    return form


def test_copy_never_writes_over_a_file_unasked_nor_over_the_original(tmp_path: Path) -> None:
    original = empty_paper(tmp_path / "paper.pdf")
    before = original.read_bytes()
    document = document_of(original, [lined_page()])
    target = tmp_path / "copy.pdf"
    target.write_bytes(b"mine")
    with pytest.raises(UsageError, match="already there"):
        write_searchable_copy(document, original, target)
    assert target.read_bytes() == b"mine"
    write_searchable_copy(document, original, target, force=True)
    assert target.read_bytes().startswith(b"%PDF-1.7")
    twin = tmp_path / "twin.pdf"
    twin.write_bytes(before)
    for own in (original, twin):
        with pytest.raises(UsageError, match="is the original"):
            write_searchable_copy(document, original, own, force=True)
    with pytest.raises(UsageError, match="folder"):
        write_searchable_copy(document, original, tmp_path, force=True)
    assert original.read_bytes() == twin.read_bytes() == before


def test_copy_on_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = empty_paper(tmp_path / "paper.pdf")
    (tmp_path / "out").mkdir()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(FullDiskError):
        write_searchable_copy(document_of(original, [lined_page()]), original, tmp_path / "out" / "copy.pdf")
    assert list((tmp_path / "out").iterdir()) == []

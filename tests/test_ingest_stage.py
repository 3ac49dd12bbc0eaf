"""What `ingest` makes of every kind of file, and where it takes a page's text from."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from printed_pages import LINES, context_of, page_image, write_pdf

from pipeline.document import Document, Page, Source
from pipeline.errors import (
    DamagedInputError,
    EmptyInputError,
    InputError,
    LegacyEncodingError,
    MissingInputError,
    OversizedInputError,
    UnsupportedInputError,
)
from pipeline.options import IngestOptions, Options
from pipeline.stages.ingest import Ingest

TCVN3 = "KÕ ho¹ch tæ chøc phong trµo thi ®ua yªu n­íc trªn ®Þa bµn huyÖn vµ c¸c ®¬n vÞ trùc thuéc"
VNI = "Keá hoaïch toå chöùc phong traøo thi ñua yeâu nöôùc treân ñòa baøn huyeän vaø caùc ñôn vò"


def ingested(path: Path, options: Options | None = None) -> Document:
    context = context_of(path, options)
    try:
        return Ingest().document(Document(Source(path.name, "0" * 64, 0, "")), context)
    finally:
        if context.source is not None:
            context.source.close()


def written(tmp_path: Path, data: bytes | str, name: str = "plan.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return path


def page_text(page: Page) -> str:
    return " ".join(word.text for word in page.words)


# --- text


def test_ingest_text_keeps_lines_blocks_and_pages(tmp_path: Path) -> None:
    first = "UBND HUYỆN\nPHÒNG NỘI VỤ\n\nI. MỤC ĐÍCH\n[stamp] ĐẾN 12\n[stamp] SỐ 3\nThi đua\n[page] 1"
    text = first + "\f\nTrang hai\n[footnote] ¹ Chú\n\n"
    document = ingested(written(tmp_path, text))
    assert document.source.media_type == "text/plain"
    assert [page.origin for page in document.pages] == ["text", "text"]
    assert document.pages[0].text() == (
        "UBND HUYỆN\nPHÒNG NỘI VỤ\n\nI. MỤC ĐÍCH\n\n[stamp] ĐẾN 12\n\n[stamp] SỐ 3\n\nThi đua\n\n[page] 1"
    )
    assert [block.kind for block in document.pages[1].blocks] == ["body", "footnote"]
    assert document.pages[1].words[0].id == "2.0"
    assert document.pages[0].words[0].readings[0].reader == "text"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_ingest_text_in_any_unicode(tmp_path: Path, encoding: str) -> None:
    document = ingested(written(tmp_path, LINES[0].encode(encoding)))
    assert document.pages[0].text() == LINES[0]


def test_ingest_text_is_composed_and_knows_line_ends(tmp_path: Path) -> None:
    import unicodedata

    text = unicodedata.normalize("NFD", LINES[0]) + "\r\n\r\n" + LINES[1] + "\r" + LINES[2] + "\f"
    document = ingested(written(tmp_path, text))
    assert document.text() == f"{LINES[0]}\n\n{LINES[1]}\n{LINES[2]}"
    assert len(document.pages) == 1


def test_ingest_text_empty_page_in_between_is_counted_blank(tmp_path: Path) -> None:
    document = ingested(written(tmp_path, "một\f \n\fba"))
    assert [page.blank for page in document.pages] == [False, True, False]


@given(
    st.lists(
        st.lists(st.sampled_from(["Kế hoạch", "- thi đua;", "1. Đơn vị", ""]), min_size=1, max_size=6),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ingest_text_loses_no_word(tmp_path: Path, pages: list[list[str]]) -> None:
    text = "\f".join("\n".join(lines) for lines in pages)
    if not text.strip():
        return
    document = ingested(written(tmp_path, text))
    assert document.text().split() == text.split()
    ids = [word.id for page in document.pages for word in page.words]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (TCVN3.encode("latin-1"), "TCVN3"),
        (TCVN3.encode("utf-8"), "TCVN3"),
        (VNI.encode("latin-1"), "VNI"),
        (VNI.encode("utf-8"), "VNI"),
        (b"M\xf6t v\xe5n b\xe4n \xfe\xdf \xc7\xd8 kh\xf4ng ai bi\xaa\xb5t", "an old encoding"),
    ],
)
def test_ingest_legacy_text_is_named_and_refused(tmp_path: Path, data: bytes, named: str) -> None:
    with pytest.raises(LegacyEncodingError, match=named) as caught:
        ingested(written(tmp_path, data))
    assert "UTF-8" in caught.value.remedy


def test_ingest_windows_1258_is_named(tmp_path: Path) -> None:
    text = "Kê\u0301 hoa\u0323ch tô\u0309 chư\u0301c phong tra\u0300o thi đua yêu nươ\u0301c năm ho\u0323c mơ\u0301i"
    with pytest.raises(LegacyEncodingError, match="windows-1258"):
        ingested(written(tmp_path, text.encode("cp1258")))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyInputError),
        (b" \n\t\f ", EmptyInputError),
        (bytes(range(256)) * 20, UnsupportedInputError),
        (b"\x00\x01\x02\x03" * 100, UnsupportedInputError),
        (b"PK\x03\x04 and so on", UnsupportedInputError),
        (b"{\\rtf1 k}", UnsupportedInputError),
        (b"<!DOCTYPE html><html>", UnsupportedInputError),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, UnsupportedInputError),
    ],
)
@pytest.mark.parametrize("name", ["plan.txt", "plan.pdf"])
def test_ingest_what_is_no_text_is_refused(tmp_path: Path, data: bytes, error: type[InputError], name: str) -> None:
    with pytest.raises(error) as caught:
        ingested(written(tmp_path, data, name))
    assert caught.value.remedy


def test_ingest_bounds_on_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, "kế hoạch " * 200_000)
    with pytest.raises(OversizedInputError, match="MB"):
        ingested(path, Options(ingest=IngestOptions(max_size_mb=1)))
    with pytest.raises(OversizedInputError, match="text"):
        ingested(path, Options(ingest=IngestOptions(max_text_mb=1)))


# --- the path


def test_ingest_path_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError):
        ingested(tmp_path / "nowhere.pdf")
    with pytest.raises(UnsupportedInputError):
        ingested(tmp_path)
    os.mkfifo(tmp_path / "pipe.pdf")
    with pytest.raises(UnsupportedInputError):
        ingested(tmp_path / "pipe.pdf")


def test_ingest_unreadable_file_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "kế hoạch")

    def refuse(self: Path, *args: object, **kwargs: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(MissingInputError, match="Permission denied") as caught:
        ingested(path)
    assert "chmod" in caught.value.remedy


def test_ingest_wrong_ending_is_read_by_content(tmp_path: Path) -> None:
    shutil.copy(write_pdf(tmp_path / "plan.pdf", [LINES]), tmp_path / "plan.jpg")
    assert ingested(tmp_path / "plan.jpg").source.media_type == "application/pdf"
    page_image().save(tmp_path / "page.tmp", format="PNG")
    assert ingested((tmp_path / "page.tmp").rename(tmp_path / "page.pdf")).source.media_type == "image/png"
    assert ingested(written(tmp_path, LINES[0], "text.tiff")).source.media_type == "text/plain"


# --- PDF


def test_ingest_born_digital_page_brings_its_words(tmp_path: Path) -> None:
    page = ingested(write_pdf(tmp_path / "plan.pdf", [LINES], styles=("Regular", "Bold"))).pages[0]
    assert page.origin == "text-layer"
    assert page_text(page) == " ".join(LINES)
    assert (page.width_px, page.height_px, page.dpi) == (1240, 1754, 150.0)
    assert {word.bold for word in page.words} == {True, False}
    assert page.words[0].readings[0].reader == "text-layer"
    assert page.decisions[-1].choice == "text-layer"


def test_ingest_pages_are_judged_one_by_one(tmp_path: Path) -> None:
    import pikepdf

    write_pdf(tmp_path / "scan.pdf", [[]], picture=page_image(dpi=200))
    write_pdf(tmp_path / "text.pdf", [LINES])
    with pikepdf.open(tmp_path / "scan.pdf") as mixed, pikepdf.open(tmp_path / "text.pdf") as text:
        mixed.pages.extend(text.pages)
        mixed.save(tmp_path / "mixed.pdf")
    pages = ingested(tmp_path / "mixed.pdf").pages
    assert [page.origin for page in pages] == ["scan", "text-layer"]
    assert pages[0].dpi == pytest.approx(200, rel=0.01)
    assert pages[0].words == ()


@pytest.mark.parametrize(
    ("lines", "picture", "mode", "reason"),
    [
        (LINES * 2, True, 3, "invisible"),
        (("Ký bởi: PHÒNG NỘI VỤ", "Cơ quan: UBND huyện An Bình", "Thời gian ký: 03/02/2031"), True, 0, "signature"),
        (("KE HOACH t6 chirc phong trao thi dua hgc tap lam vigc theo tinh than",) * 8, True, 0, "do not make"),
        (("Kÿ hœŠch tž chžc phšng trŸo thi đua",) * 8, False, 0, "broken font"),
        ((TCVN3[:70],) * 4, False, 0, "TCVN3"),
    ],
)
def test_ingest_text_layer_that_is_not_the_page_is_refused(
    tmp_path: Path, lines: tuple[str, ...], picture: bool, mode: int, reason: str
) -> None:
    path = write_pdf(tmp_path / "plan.pdf", [lines], picture=page_image(dpi=100) if picture else None, render_mode=mode)
    page = ingested(path).pages[0]
    assert page.origin == "scan"
    assert page.words == ()
    assert reason in page.decisions[-1].reason
    assert page.decisions[-1].about == "text-layer"
    assert page.decisions[-1].measures["characters"] > 0


def test_ingest_text_over_a_background_picture_is_the_page(tmp_path: Path) -> None:
    paper = Image.new("RGB", (300, 420), (250, 245, 230))
    page = ingested(write_pdf(tmp_path / "plan.pdf", [LINES], picture=paper)).pages[0]
    assert page.origin == "text-layer"


def test_ingest_truncated_pdf_is_damaged_or_partial(tmp_path: Path) -> None:
    data = write_pdf(tmp_path / "plan.pdf", [LINES] * 4).read_bytes()
    with pytest.raises(DamagedInputError):
        ingested(written(tmp_path, data[:800], "short.pdf"))
    whole_but_for_the_end = ingested(written(tmp_path, data[: data.rindex(b"startxref")], "cut.pdf"))
    assert [issue.code for issue in whole_but_for_the_end.issues] == ["input-damaged"]
    assert whole_but_for_the_end.status == "partial"


def test_ingest_broken_page_is_counted_with_an_issue(tmp_path: Path) -> None:
    import pikepdf

    write_pdf(tmp_path / "plan.pdf", [LINES] * 2)
    with pikepdf.open(tmp_path / "plan.pdf") as document:
        kids = document.Root.Pages.Kids
        kids[1] = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Font))
        document.save(tmp_path / "broken.pdf")
    document_ = ingested(tmp_path / "broken.pdf")
    assert len(document_.pages) == 2
    assert [(issue.code, issue.page) for issue in document_.issues] == [("input-damaged", 2)]


# --- pictures


def test_ingest_pictures_become_pages(tmp_path: Path) -> None:
    pages = [page_image(dpi=100, mode="L")] * 3
    pages[0].save(tmp_path / "scan.tif", save_all=True, append_images=pages[1:], dpi=(100, 100))
    document = ingested(tmp_path / "scan.tif")
    assert document.source.media_type == "image/tiff"
    assert [(page.number, page.origin, page.width_px) for page in document.pages] == [
        (number, "scan", 827) for number in (1, 2, 3)
    ]
    assert document.pages[0].dpi == pytest.approx(100, rel=0.01)


def test_ingest_truncated_lone_picture_is_refused(tmp_path: Path) -> None:
    page_image(dpi=100).save(tmp_path / "whole.jpg")
    data = (tmp_path / "whole.jpg").read_bytes()
    with pytest.raises(DamagedInputError):
        ingested(written(tmp_path, data[: len(data) // 2], "half.jpg"))


def test_ingest_webp_and_bmp_are_known(tmp_path: Path) -> None:
    for kind in ("webp", "bmp"):
        page_image(dpi=40).save(tmp_path / f"page.{kind}")
        assert ingested(tmp_path / f"page.{kind}").source.media_type == f"image/{kind}"

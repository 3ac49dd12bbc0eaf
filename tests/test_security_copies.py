"""The searchable copy of a stranger's file carries none of its harm; docs/security.md tells where each is met."""

import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from bounds import bounded_time
from pikepdf import Array, Dictionary, Name, String
from searchable_pages import DPI, document_of, page_with_lines

from pipeline.errors import DamagedInputError
from pipeline.runner.files import write_atomically
from pipeline.searchable import CopyReport, write_searchable_copy

PAPER = (595, 842)
FORM = {"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": Array([0, 0, 600, 900])}
PRIVATE = "not-for-everybody"


@pytest.fixture
def paper() -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=PAPER)
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.pages[0].obj["/Resources"] = Dictionary(Font=Dictionary(F1=pdf.make_indirect(helvetica)))
    pdf.pages[0].obj["/Contents"] = pdf.make_stream(b"BT 3 Tr /F1 9 Tf (junk) Tj ET /Fm Do")
    return pdf


def copy_of(pdf: pikepdf.Pdf, folder: Path) -> tuple[Path, CopyReport]:
    original, target = folder / "paper.pdf", folder / "copy.pdf"
    pdf.save(original, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    page = page_with_lines(round(PAPER[0] * DPI / 72), round(PAPER[1] * DPI / 72))
    return target, write_searchable_copy(document_of(original, [page]), original, target)


def test_copy_of_a_form_that_draws_itself_ends(paper: pikepdf.Pdf, tmp_path: Path) -> None:
    form = paper.make_stream(b"BT 3 Tr /F1 9 Tf (junk) Tj ET " + b"/Fm Do " * 30, FORM)
    form["/Resources"] = Dictionary(XObject=Dictionary(Fm=form), Font=paper.pages[0].obj.Resources.Font)
    paper.pages[0].obj.Resources["/XObject"] = Dictionary(Fm=form)
    with bounded_time(10):
        target, _ = copy_of(paper, tmp_path)
    assert target.is_file()


def test_copy_of_form_fields_in_a_ring_ends(paper: pikepdf.Pdf, tmp_path: Path) -> None:
    field = paper.make_indirect(Dictionary(FT=Name.Sig, V=Dictionary(Type=Name.Sig)))
    field["/Kids"] = Array([field] * 8)
    paper.Root["/AcroForm"] = Dictionary(Fields=Array([field]))
    with bounded_time(10):
        _, report = copy_of(paper, tmp_path)
    assert any(note.startswith("The digital signature is not valid") for note in report.notes)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("size_mb", [20, 100])
def test_copy_of_a_content_bomb_is_refused(paper: pikepdf.Pdf, tmp_path: Path, times: int, size_mb: int) -> None:
    data = b"BT ET q Q " * (size_mb * 100_000)
    for _ in range(times):
        data = zlib.compress(data, 1)
    bomb = paper.make_stream(data)
    bomb["/Filter"] = Array([Name.FlateDecode] * times)
    paper.pages[0].obj["/Contents"] = bomb
    with bounded_time(10), pytest.raises(DamagedInputError) as raised:
        copy_of(paper, tmp_path)
    assert raised.value.remedy
    assert not (tmp_path / "copy.pdf").exists()
    limits = pikepdf.settings.get_qpdf_limits()
    assert limits["flate_max_memory"] == 0, "the bound is the copy's alone"


def _on_catalog(pdf: pikepdf.Pdf, action: Dictionary) -> None:
    pdf.Root["/OpenAction"] = action


def _on_outline(pdf: pikepdf.Pdf, action: Dictionary) -> None:
    entry = pdf.make_indirect(Dictionary(A=action))
    pdf.Root["/Outlines"] = pdf.make_indirect(Dictionary(First=entry, Last=entry, Count=1))


def _on_link(pdf: pikepdf.Pdf, action: Dictionary) -> None:
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
    pdf.pages[0].obj["/Annots"] = Array([pdf.make_indirect(link)])


def _before_a_link(pdf: pikepdf.Pdf, action: Dictionary) -> None:
    web = Dictionary(S=Name.URI, URI=String("https://example.org"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=web, PA=action)
    pdf.pages[0].obj["/Annots"] = Array([pdf.make_indirect(link)])


def _after_a_link(pdf: pikepdf.Pdf, action: Dictionary) -> None:
    first = Dictionary(S=Name.URI, URI=String("https://example.org"), Next=Array([action]))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=first)
    pdf.pages[0].obj["/Annots"] = Array([pdf.make_indirect(link)])


def _on_structure(pdf: pikepdf.Pdf, action: Dictionary) -> None:
    element = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, AA=Dictionary(O=action)))
    pdf.Root["/StructTreeRoot"] = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=element))


@pytest.mark.parametrize("kind", ["JavaScript", "Launch", "SubmitForm", "ImportData", "GoToE", "Rendition", "Unheard"])
@pytest.mark.parametrize(
    "place",
    [_on_catalog, _on_outline, _on_link, _before_a_link, _after_a_link, _on_structure],
    ids=lambda f: f.__name__,
)
def test_copy_carries_no_action_that_does_something(
    paper: pikepdf.Pdf, tmp_path: Path, kind: str, place: Callable[[pikepdf.Pdf, Dictionary], None]
) -> None:
    place(paper, Dictionary(S=Name("/" + kind), JS=String(PRIVATE), F=String(PRIVATE)))
    assert kind.encode() in _unparsed(paper)
    target, _ = copy_of(paper, tmp_path)
    with pikepdf.open(target) as pdf:
        assert kind.encode() not in _unparsed(pdf)
        assert PRIVATE.encode() not in _unparsed(pdf)


@pytest.mark.parametrize("place", ["catalog", "page", "form", "annotation", "structure"])
def test_copy_carries_no_file_that_is_in_the_original(paper: pikepdf.Pdf, tmp_path: Path, place: str) -> None:
    inside = paper.make_stream(PRIVATE.encode(), {"/Type": Name.EmbeddedFile})
    file = paper.make_indirect(Dictionary(Type=Name.Filespec, F=String("x.exe"), EF=Dictionary(F=inside)))
    form = paper.make_stream(b"0 0 9 9 re f", FORM)
    paper.pages[0].obj.Resources["/XObject"] = Dictionary(Fm=form)
    away = Dictionary(S=Name.GoToR, F=file, D=Array([0, Name.Fit]))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=away)
    paper.pages[0].obj["/Annots"] = Array([paper.make_indirect(link)])
    element = paper.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document))
    paper.Root["/StructTreeRoot"] = paper.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=element))
    owners = {"catalog": paper.Root, "page": paper.pages[0].obj, "form": form, "annotation": link, "structure": element}
    owners[place]["/AF"] = Array([file])
    paper.pages[0].obj["/Annots"] = Array([paper.make_indirect(link)])
    target, _ = copy_of(paper, tmp_path)
    with pikepdf.open(target) as pdf:
        assert not [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and PRIVATE.encode() in (item.read_bytes() if _is_plain(item) else b"")
        ]


def _is_plain(item: pikepdf.Stream) -> bool:
    return item.get("/Subtype") != Name.Image


def _unparsed(pdf: pikepdf.Pdf) -> bytes:
    return b"".join(
        item.unparse(resolved=True)
        for item in pdf.objects
        if isinstance(item, Dictionary) and not isinstance(item, pikepdf.Stream)
    )


@pytest.mark.parametrize("who", ["export", "copy"])
def test_a_link_in_the_place_of_a_temporary_file_is_not_followed(paper: pikepdf.Pdf, tmp_path: Path, who: str) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    name = "copy.pdf" if who == "copy" else "rows.csv"
    (tmp_path / f".{name}.{os.getpid()}.tmp").symlink_to(victim)
    if who == "copy":
        copy_of(paper, tmp_path)
    else:
        write_atomically(tmp_path / name, b"rows")
    assert victim.read_bytes() == b"mine"
    assert (tmp_path / name).is_file() and not (tmp_path / name).is_symlink()

"""What strangers send does no harm: hostile files, names, texts, folders; docs/security.md tells where each is met."""

import os
import re
import sqlite3
import stat
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_line import ROOT, call, spawn
from fake_stages import fake_stages
from hypothesis import given
from hypothesis import strategies as st

from pipeline.archive import Archive
from pipeline.archive.database import Database
from pipeline.archive.inputs import expand
from pipeline.cli.terminal import harmless
from pipeline.document import Page
from pipeline.errors import ArchiveError, UsageError
from pipeline.options import Options, RunnerOptions
from pipeline.runner import Outcome, run_batch
from pipeline.stage import Context, Gift, Stage
from pipeline.stages.ingest import Ingest

PRIVATE = "not-for-everybody"
WORLD_WRITES = 0o002
COMMANDS = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202efdp."


# --- hostile PDFs, read by the stage that reads them, in the processes that do the work ------------------------------


@dataclass
class Show:
    """Draws a page, as the stages after `ingest` do first."""

    name: str = "clean"
    version: int = 1
    needs: frozenset[Gift] = frozenset({"pages"})
    gives: frozenset[Gift] = frozenset()

    def page(self, page: Page, context: Context) -> Page:
        if context.source is not None:
            context.source.render(page.number - 1, dpi=100)
        return page


def reading_stages() -> tuple[Stage, ...]:
    return (Ingest(), Show())


def raw_pdf(*objects: bytes, end: bytes = b"") -> bytes:
    """A PDF of objects as they are, numbered from 1; the first is its catalog."""
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    last = b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        end.replace(b"HERE", b"%d" % len(data)),
        len(data),
    )
    return data + table + last


CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def page_of(content: bytes, *, resources: bytes = b"<<>>", more: bytes = b"") -> bytes:
    head = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources %s%s>>" % (resources, more)
    return raw_pdf(CATALOG, PAGES, head, content)


def stream(data: bytes, facts: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), facts, data)


def deflated(data: bytes, facts: bytes = b"") -> bytes:
    return stream(zlib.compress(data, 1), b"/Filter/FlateDecode" + facts)


def hostile_pdfs() -> dict[str, bytes]:
    box = stream(b"0 0 99 99 re f")
    drawn = b"/Im Do "
    picture = b"/Type/XObject/Subtype/Image/Width 16000/Height 16000/BitsPerComponent 8/ColorSpace/DeviceGray"
    with_picture = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</Im 5 0 R>>>>>>"
    )
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</Im %d 0 R>>>>"
    laughs = [stream(drawn * 20, form % after) for after in range(6, 36)]
    tree = [b"<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>" % (at + 1, at - 1) for at in range(3, 3000)]
    scripts = b"/OpenAction<</S/JavaScript/JS(while\\(1\\){};)>>/AA<</WC<</S/Launch/F(/bin/sh)>>>>"
    return {
        "arrays-in-arrays": page_of(box, more=b"/Junk " + b"[" * 200_000 + b"]" * 200_000),
        "pages-in-themselves": raw_pdf(CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"),
        "pages-in-pages": raw_pdf(
            CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", *tree, b"<</Type/Page/Parent 2 0 R>>"
        ),
        "a-billion-pages": raw_pdf(CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1000000000>>", b"<</Type/Page>>"),
        "table-after-itself": raw_pdf(CATALOG, PAGES, b"<</Type/Page/Parent 2 0 R>>", end=b"/Prev HERE"),
        "length-of-itself": page_of(b"<</Length 4 0 R>>\nstream\n0 0 9 9 re f\nendstream"),
        "content-bomb": page_of(deflated(b"q Q\n" * 20_000_000)),
        "picture-bomb": raw_pdf(CATALOG, PAGES, with_picture, stream(drawn), deflated(bytes(16_000 * 16_000), picture)),
        "form-in-itself": raw_pdf(
            CATALOG,
            PAGES,
            with_picture,
            stream(drawn),
            stream(drawn * 20, form % 5),
        ),
        "forms-in-forms": raw_pdf(CATALOG, PAGES, with_picture, stream(drawn), *laughs, box),
        "programs": raw_pdf(CATALOG[:-2] + scripts + b">>", PAGES, b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>", box),
        "good": page_of(box),
    }


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    folder = tmp_path_factory.mktemp("hostile")
    paths = []
    for name, data in hostile_pdfs().items():
        paths.append(folder / f"{name}.pdf")
        paths[-1].write_bytes(data)
    runner = RunnerOptions(jobs=1, document_timeout_s=60.0, page_timeout_s=15.0, memory_mb=800, attempts=1)
    outcomes = list(run_batch(paths, Options(runner=runner), stages=reading_stages))
    return {outcome.path.stem: outcome for outcome in outcomes}


def test_a_hostile_pdf_has_an_end_and_costs_itself_alone(read: dict[str, Outcome]) -> None:
    assert read["good"].status == "done"
    assert list(read)[-1] == "good", "it came after all the others"
    assert {name: outcome.error_code for name, outcome in read.items() if outcome.status != "done"} == {
        "pages-in-themselves": "input-damaged",
        "pages-in-pages": "input-damaged",
        "form-in-itself": "document-memory",
        "forms-in-forms": "document-memory",
    }
    assert all(outcome.remedy for outcome in read.values() if outcome.status != "done")


def test_what_a_hostile_pdf_says_of_its_size_is_not_believed(read: dict[str, Outcome]) -> None:
    document = read["a-billion-pages"].document
    assert document is not None and len(document.pages) == 1
    assert read["picture-bomb"].peak_memory_mb < 800
    assert read["content-bomb"].peak_memory_mb < 800


# --- names, texts, links, devices: what a folder from a stranger may hold --------------------------------------------


@dataclass(frozen=True)
class Shelf:
    """An archive, the folder that it was filled from, and what the run said."""

    archive: Archive
    inputs: Path
    told: dict[str, str]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Files that are no files, links that lead astray, names that command; stages that take any text."""
    folder = tmp_path_factory.mktemp("shelf")
    inputs, outside = folder / "in", folder / "outside.txt"
    inputs.mkdir()
    outside.write_text(PRIVATE, encoding="utf-8")
    (inputs / f"{COMMANDS}\n[9|9] done.txt").write_text(f"12/KH-{COMMANDS} xong", encoding="utf-8")
    (inputs / "'); DROP TABLE documents; --.txt").write_text("'); DROP TABLE record_values; --", encoding="utf-8")
    (inputs / "inside.txt").symlink_to(inputs / "'); DROP TABLE documents; --.txt")
    (inputs / "outside.txt").symlink_to(outside)
    (inputs / "around.txt").symlink_to(inputs / "around.txt")
    (inputs / "zero.pdf").symlink_to("/dev/zero")
    (inputs / "loop").symlink_to(inputs)
    os.mkfifo(inputs / "pipe.txt")
    runner = RunnerOptions(jobs=1, document_timeout_s=60.0)
    with Archive.open(folder / "archive") as archive:
        report = archive.intake([inputs], Options(runner=runner), stages=fake_stages)
        told = {file.path.name: file.result for file in report.files}
        told |= {skipped.path.name: skipped.reason for skipped in report.skipped}
        yield Shelf(archive, inputs, told)


def test_run_waits_for_no_pipe_and_follows_no_link_out_of_the_folder(shelf: Shelf) -> None:
    outside = "a link to a file outside the folder"
    assert {name: said for name, said in shelf.told.items() if "done.txt" not in name} == {
        "'); DROP TABLE documents; --.txt": "done",
        "inside.txt": "already",
        "pipe.txt": "refused",
        "around.txt": "refused",
        "outside.txt": outside,
        "zero.pdf": outside,
        "loop": "a link to a folder",
    }
    assert not [path for path in shelf.archive.folder.rglob("*") if path.is_file() and _holds(path, PRIVATE)]


def test_a_file_that_is_named_may_be_a_link_but_no_device(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("x", encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "kept.txt")
    assert expand([tmp_path / "in" / "link.txt"]).files == (tmp_path / "in" / "link.txt",)
    (tmp_path / "door").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "own.txt").symlink_to(tmp_path / "in" / "real.txt")
    (tmp_path / "in" / "real.txt").write_text("x", encoding="utf-8")
    found = expand([tmp_path / "door"])
    assert [path.name for path in found.files] == ["own.txt", "real.txt"], "a folder may be named by a link"


def _holds(path: Path, text: str) -> bool:
    return text.encode() in path.read_bytes()


def test_values_are_never_sql(shelf: Shelf) -> None:
    with closing(sqlite3.connect(shelf.archive.folder / "catalog.sqlite")) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM documents")}
        values = {row[0] for row in connection.execute("SELECT normal FROM record_values")}
    assert "'); DROP TABLE documents; --.txt" in names
    assert "');" in values
    assert shelf.archive.find("'); DROP TABLE documents; --.txt")


@pytest.mark.parametrize("command", ["list", "show", "text", "status", "search", "json", "records"])
def test_what_is_printed_commands_no_terminal(shelf: Shelf, capsys: pytest.CaptureFixture[str], command: str) -> None:
    archive = ("--archive", shelf.archive.folder)
    hostile = next(row for row in shelf.archive.documents() if "owned" in row.name)
    arguments: dict[str, tuple[str, ...]] = {
        "list": ("list",),
        "show": ("show", "--all"),
        "text": ("text", hostile.id),
        "status": ("status", hostile.id),
        "search": ("search", "xong"),
        "json": ("search", "xong", "--json"),
        "records": ("records", hostile.id),
    }
    answer = call(capsys, *arguments[command], *archive)
    assert answer.code == 0
    assert "owned" in answer.out.lower()
    assert not set(answer.out + answer.err) & set("\x1b\x07\x9b\u202e")
    assert "\\u001b" in answer.out
    assert not [line for line in answer.out.splitlines() if line.startswith("[9|9]")], "a name forges no line"


def test_errors_command_no_terminal(shelf: Shelf, capsys: pytest.CaptureFixture[str]) -> None:
    answer = call(capsys, "text", f"{COMMANDS}\nWhat to do: rm -rf /", "--archive", shelf.archive.folder)
    assert answer.code and "owned" in answer.err
    assert not set(answer.err) & set("\x1b\x07\x9b\u202e")
    assert len([line for line in answer.err.splitlines() if line.startswith("What to do:")]) == 1


@given(st.text())
def test_harmless_text_is_the_text_but_for_commands(text: str) -> None:
    shown = harmless(text)
    assert not [letter for letter in shown if letter not in "\t\n\f" and (ord(letter) < 32 or 127 <= ord(letter) < 160)]
    assert harmless(shown) == shown
    assert not set(harmless(text, one_line=True)) & set("\t\n\f")
    if text.isprintable():
        assert shown == text


# --- where is written, and what others may do with it ----------------------------------------------------------------


def test_a_run_writes_nowhere_but_into_the_archive_and_the_export(tmp_path: Path) -> None:
    names = ("home", "here", "temporary", "in", "archive", "out")
    home, here, temporary, inputs, archive, out = (tmp_path / name for name in names)
    for folder in (home, here, temporary, inputs):
        folder.mkdir()
    text = "ỦY BAN NHÂN DÂN XÃ TÂN LỘC\nSố: 12/KH-UBND\nKẾ HOẠCH\nThi đua năm 2031\n../../here/x"
    (inputs / "a..%2f..%2fplan.txt").write_text(text, encoding="utf-8")
    before = tree(tmp_path)
    environment = {"HOME": str(home), "TMPDIR": str(temporary)}
    mask = os.umask(0)
    try:
        ran = spawn("run", inputs, "--archive", archive, "-j", "1", cwd=here, **environment)
        exported = spawn("export", out, "--format", "json", "--archive", archive, cwd=here, **environment)
    finally:
        os.umask(mask)
    assert (ran.code, exported.code) == (0, 0), ran.out + ran.err + exported.err
    after = tree(tmp_path)
    assert {path: mark for path, mark in after.items() if path.parts[0] not in ("archive", "out")} == before
    assert [path for path in after if path.parts[0] == "out"]
    for folder in (archive, out):
        for path in (folder, *folder.rglob("*")):
            assert not stat.S_IMODE(path.lstat().st_mode) & WORLD_WRITES, path
    (original,) = (path for path in (archive / "originals").rglob("*") if path.is_file())
    assert stat.S_IMODE(original.stat().st_mode) == 0o444


def tree(folder: Path) -> dict[Path, bytes | None]:
    """All that is under a folder, with what is in it."""
    # Where coverage is measured, the programs leave what they saw.
    found = sorted(path for path in folder.rglob("*") if not path.name.startswith(".coverage"))
    return {path.relative_to(folder): path.read_bytes() if path.is_file() else None for path in found}


def test_originals_are_no_more_open_than_their_owner_wants(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text("mật", encoding="utf-8")
    mask = os.umask(0o077)
    try:
        with Archive.open(tmp_path / "archive") as archive:
            archive.intake([path], Options(runner=RunnerOptions(jobs=1)), stages=fake_stages)
    finally:
        os.umask(mask)
    (original,) = (path for path in (tmp_path / "archive" / "originals").rglob("*") if path.is_file())
    assert stat.S_IMODE(original.stat().st_mode) == 0o400
    assert not [path for path in (tmp_path / "archive").rglob("*") if stat.S_IMODE(path.lstat().st_mode) & 0o077]


# --- passwords -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://sohoa:{PRIVATE}@127.0.0.1:1/plans",
        f"postgresql://sohoa@127.0.0.1:1/plans?password={PRIVATE}",
        f"postgresql://sohoa@127.0.0.1:{PRIVATE}/plans",
        f"postgresql://sohoa:a:{PRIVATE}",
        f"nothing://sohoa:{PRIVATE}@127.0.0.1/plans",
        PRIVATE,
    ],
)
def test_a_catalogs_password_is_told_to_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str) -> None:
    with pytest.raises((ArchiveError, UsageError)) as raised, closing(Database(url)) as database, database.reading():
        pass
    assert PRIVATE not in raised.value.message + raised.value.remedy
    (tmp_path / "archive").mkdir()
    answer = call(capsys, "list", "--archive", tmp_path / "archive", "--catalog", url)
    assert answer.code
    assert PRIVATE not in answer.out + answer.err


# --- the page that tells of all this ---------------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_the_page_names_code_and_tests_that_are_there() -> None:
    named = re.findall(r"`(test_\w+\.py)(?:::(test_\w+))?`", PAGE)
    assert len(named) > 20
    for file, test in named:
        assert f"def {test}" in (ROOT / "tests" / file).read_text(encoding="utf-8"), (file, test)
    for path in set(re.findall(r"`(pipeline/[\w/.]+)`", PAGE)):
        assert (ROOT / path).is_file(), path

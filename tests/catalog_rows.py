"""Documents put into a catalog without being read from a file."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from conftest import build_document

from pipeline.archive import Archive
from pipeline.archive.catalog import Placed
from pipeline.archive.ledger import Run
from pipeline.archive.prepared import prepared
from pipeline.document import Document, Source, replace
from pipeline.records import Assignment, Deadline, DocumentFields, Movement, Records, Reference, Value

MOVEMENT_PAGES = (
    "ỦY BAN NHÂN DÂN HUYỆN AN LÃO\nSố: 45/KH-UBND\nKế hoạch tổ chức phong trào thi đua yêu nước và khen thưởng",
    "Các đơn vị hưởng ứng phong trào thi đua và gửi danh sách khen thưởng về Phòng Nội vụ trước ngày 15/12",
)
FLOOD_PAGES = ("Kế hoạch phòng chống lụt bão và bảo đảm hoà bình.\nThi công kè. Cuộc đua thuyền và hội làng",)
GARBLED_PAGES = ("Ke hoach to chuc phong trao thi dua yeu nuoc",)


def value(normal: str | int, word: str = "1.0", printed: str | None = None) -> Value:
    """A value that was read from one word."""
    return Value(printed or str(normal), normal, (word,), 0.9)


MOVEMENT_RECORDS = Records(
    document=DocumentFields(
        type=value("Kế hoạch"),
        number=value("45/KH-UBND"),
        issuer=value("Ủy ban nhân dân (UBND) huyện An Lão"),
        date=value("2024-10-16"),
        title=value("Tổ chức phong trào thi đua yêu nước"),
    ),
    references=(
        Reference(kind=value("Kế hoạch"), number=value("12/KH-UBND"), date=value("2025"), role=value("basis")),
        Reference(kind=value("Luật"), title=value("Luật Thi đua, khen thưởng"), role=value("mention")),
    ),
    assignments=(
        Assignment(body=value("Phòng Nội vụ", "2.1"), role=value("lead", "2.1"), task=value("Tổng hợp", "2.2")),
        Assignment(body=value("Phòng Y tế", "2.1"), role=value("coordinate", "2.1"), task=value("Phối hợp", "2.2")),
    ),
    deadlines=(
        Deadline(
            text=value("trước ngày 15/12", "2.3"),
            end=value("2025-12-15", "2.3", "15/12"),
            body=value("Phòng Nội vụ", "2.1"),
            what=value("gửi danh sách", "2.2"),
        ),
        Deadline(text=value("hằng tháng", "2.3"), recurrence=value("monthly", "2.3")),
    ),
    movements=(
        Movement(name=value("Thi đua yêu nước"), role=value("launches"), level=value("district")),
        Movement(name=value("Cả nước chung sức"), role=value("names"), level=value("central"), start=value("2021")),
    ),
)
FLOOD_RECORDS = Records(
    document=DocumentFields(
        type=value("Kế hoạch"),
        number=value("12/KH-UBND"),
        issuer=value("Ủy ban nhân dân tỉnh Bình Định"),
        date=value("2025-03"),
        title=value("Phòng chống lụt bão"),
    ),
    assignments=(Assignment(body=value("Phòng Nội vụ tỉnh"), role=value("lead"), task=value("Chủ trì")),),
)


def document(name: str, pages: Sequence[str], records: Records | None = None) -> Document:
    """A document of these pages; its id is made of its name."""
    made = build_document("\f".join(pages), name=name)
    source = Source(name, hashlib.sha256(name.encode()).hexdigest(), 10, "text/plain")
    return replace(made, source=source, records=records or Records())


def store(archive: Archive, name: str, pages: Sequence[str], records: Records | None = None) -> str:
    """Put a document into the catalog, in the place of the one of that name; gives its id."""
    made = document(name, pages, records)
    sha256 = made.source.sha256
    run = Run(Path("/in", name), sha256, "done", "k" * 64, "0")
    placed = Placed(prepared(made), PurePosixPath("originals", name), PurePosixPath("documents", name), run.work_key)
    archive._catalog.store([placed], [run])
    return sha256


def fill(archive: Archive) -> Mapping[str, str]:
    """Three documents: a movement, a flood, and one that another OCR garbled."""
    return {
        "movement.pdf": store(archive, "movement.pdf", MOVEMENT_PAGES, MOVEMENT_RECORDS),
        "flood.pdf": store(archive, "flood.pdf", FLOOD_PAGES, FLOOD_RECORDS),
        "garbled.txt": store(archive, "garbled.txt", GARBLED_PAGES),
    }

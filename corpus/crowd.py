"""A crowd: thousands of documents of 1 to 4 scanned pages, put together from the samples, with bad files among them.

    python -m corpus.crowd FOLDER --documents 2000 --bad 0.05 --seed 1

Every document is another file with other bytes. Its pages are those of the samples as they were scanned; which ones
stands in the file itself (`origins`), so that recorded readings of the samples can be replayed for it. Bad files come
in `BAD_KINDS`; which they are follows from their names.
"""

import argparse
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pikepdf

__all__ = ["BAD_KINDS", "build", "origins", "sample_pages"]

_KEYWORDS = "/Keywords"
_MOST_PAGES = 4
_SCANS = Path(__file__).parent / "scans"


def sample_pages(scans: Path = _SCANS) -> list[tuple[Path, int]]:
    """Every page of the sample scans: its file, and its number counted from 1."""
    pages: list[tuple[Path, int]] = []
    for path in sorted(scans.glob("*/source.pdf")):
        with pikepdf.open(path) as document:
            pages += [(path, number) for number in range(1, len(document.pages) + 1)]
    return pages


def origins(path: Path) -> list[tuple[str, int]]:
    """Which sample each page of a document of the crowd is: the sample's name and the page's number."""
    with pikepdf.open(path) as document:
        words = str(document.docinfo[_KEYWORDS]).split()
    return [(name, int(number)) for name, _, number in (word.rpartition(":") for word in words)]


def build(folder: Path, documents: int, bad: float, seed: int) -> tuple[int, int]:
    """Write a crowd.

    Args:
        folder: is made; files are spread over folders of a hundred.
        documents: how many files there are to be.
        bad: the share of them that are bad, 0 to 1.
    Returns:
        How many good files there are, and how many pages these have.
    """
    choose = random.Random(seed)
    pages = sample_pages()
    opened = {path: pikepdf.open(path) for path, _ in pages}
    good = written = 0
    every = round(1 / bad) if bad else 0
    kinds = sorted(BAD_KINDS)
    for number in range(1, documents + 1):
        place = folder / f"{number // 100:03}"
        place.mkdir(parents=True, exist_ok=True)
        if every and number % every == 0:
            kind = kinds[number // every % len(kinds)]
            ending, make = BAD_KINDS[kind]
            (place / f"{number:06}-{kind}{ending}").write_bytes(make(number))
            continue
        chosen = [choose.choice(pages) for _ in range(choose.randint(1, _MOST_PAGES))]
        with pikepdf.new() as document:
            for path, at in chosen:
                document.pages.append(opened[path].pages[at - 1])
            document.docinfo[_KEYWORDS] = " ".join(f"{path.parent.name}:{at}" for path, at in chosen)
            document.docinfo["/Title"] = f"{number}"
            document.save(place / f"{number:06}.pdf")
        good += 1
        written += len(chosen)
    for source in opened.values():
        source.close()
    return good, written


def _pdf(number: int, pages: int = 1) -> bytes:
    stream = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        document.docinfo["/Title"] = f"{number}"
        document.save(stream)
    return stream.getvalue()


def _encrypted(number: int) -> bytes:
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(_pdf(number))) as document:
        document.save(stream, encryption=pikepdf.Encryption(owner=f"{number}", user="secret"))
    return stream.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, rows: int, number: int) -> bytes:
    """A bilevel picture that says it is so large and has so many rows."""
    row = b"\0" * (1 + (width + 7) // 8)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + _chunk(b"tEXt", b"Title\0" + str(number).encode())
        + _chunk(b"IDAT", zlib.compress(row * rows, 9))
        + _chunk(b"IEND", b"")
    )


def _word(number: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("word/document.xml", f"<w:document>{number}</w:document>")
    return stream.getvalue()


def _noise(number: int) -> bytes:
    return random.Random(number).randbytes(5000)


_TCVN3 = b"K\xd5 ho\xb9ch t\xe6 ch\xf8c phong tr\xb5o thi \xaeua, th\xf9c hi\xd6n nhi\xd6m v\xf4 \xae\xad\xeec giao "

# Kind → ending, and what makes the file of a number.
BAD_KINDS: Mapping[str, tuple[str, Callable[[int], bytes]]] = {
    "bomb": (".png", lambda number: _png(50_000, 50_000, 5_000, number)),
    "cut-pdf": (".pdf", lambda number: _pdf(number)[:150] + str(number).encode()),
    "cut-png": (".png", lambda number: _png(1000, 1400, 1400, number)[:120]),
    "empty": (".pdf", lambda number: b""),
    "encrypted": (".pdf", _encrypted),
    "html": (".pdf", lambda number: f"<html><body>{number} not found</body></html>".encode()),
    "legacy": (".txt", lambda number: _TCVN3 * 20 + str(number).encode()),
    "noise-jpg": (".jpg", _noise),
    "noise-pdf": (".pdf", lambda number: b"%PDF-1.7\n" + _noise(number)),
    "noise-tif": (".tif", lambda number: b"II*\0\x08\0\0\0" + _noise(number)),
    "pageless": (".pdf", lambda number: _pdf(number, pages=0)),
    "word": (".pdf", _word),
}


def main() -> None:
    """Write a crowd from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--bad", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    good, pages = build(chosen.folder, chosen.documents, chosen.bad, chosen.seed)
    print(f"{chosen.documents} files: {good} good ones with {pages} pages, {chosen.documents - good} bad ones")


if __name__ == "__main__":
    main()

"""Open a file and decide, page by page, where the text comes from."""

import codecs
import re
import stat
import unicodedata
from collections.abc import Iterator

from pipeline.document import Block, BlockKind, Decision, Document, Issue, Line, Page, Reading, Word, replace
from pipeline.engines.pdf import PageFacts, PdfFile
from pipeline.engines.pdf_text import TextLayer
from pipeline.engines.pictures import PictureFile
from pipeline.errors import (
    EmptyInputError,
    InputError,
    LegacyEncodingError,
    MissingInputError,
    OversizedInputError,
    UnsupportedInputError,
)
from pipeline.language.encoding import TextMeasures, legacy_encoding, measure_text
from pipeline.stage import Context, Gift

__all__ = ["Ingest"]

_TEXT_LAYER_DPI = 150.0
_DEFAULT_SCAN_DPI = 200.0
_LARGEST_SCAN_DPI = 600.0
_FULL_PAGE = 0.8
_HALF_PAGE = 0.25
_FEW_CHARACTERS = 300  # the appearance of a digital signature has 80 to 190
_MOST_ODD_LETTERS = 0.03
_LEAST_SYLLABLES = 0.45
_HEAD_BYTES = 4096
_TAIL_BYTES = 4096
_PREFIXES: dict[str, BlockKind] = {"[stamp] ": "stamp", "[page] ": "page-number", "[footnote] ": "footnote"}
_PICTURE_SIGNATURES: dict[bytes, str] = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"II+\x00": "image/tiff",
    b"MM\x00+": "image/tiff",
    b"BM": "image/bmp",
}
_FOREIGN_SIGNATURES: dict[bytes, str] = {
    b"PK\x03\x04": "a Word, Excel or ZIP file",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel file",
    b"{\\rtf": "an RTF file",
    b"GIF8": "a GIF picture",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"%!PS": "a PostScript file",
}
_MARKUP = re.compile(r"\s*<(?:!doctype\s+html|html|\?xml)\b", re.IGNORECASE)


class Ingest:
    """Opens any input: PDF and pictures get pages, text and trusted text layers get words as well."""

    name = "ingest"
    version = 1
    needs: frozenset[Gift] = frozenset()
    gives: frozenset[Gift] = frozenset({"pages"})

    def document(self, document: Document, context: Context) -> Document:
        """The document with its pages; opens `context.source` where they have pictures.

        Raises:
            InputError: the file cannot be digitised as it is.
        """
        head = _head(context)
        source = document.source
        if b"%PDF-" in head[:1024]:
            pages, issues = _pdf_pages(context)
            source = replace(source, media_type="application/pdf")
            return replace(document, source=source, pages=pages, issues=(*document.issues, *issues))
        media_type = _picture_type(head)
        if media_type is not None:
            source = replace(source, media_type=media_type)
            return replace(document, source=source, pages=_picture_pages(context))
        for signature, kind in _FOREIGN_SIGNATURES.items():
            if head.startswith(signature):
                raise UnsupportedInputError(
                    f"{context.path.name} is {kind}.", remedy="Print or save it as PDF and run that."
                )
        text = _decode(context)
        source = replace(source, media_type="text/plain")
        return replace(document, source=source, pages=_text_pages(text))


def _head(context: Context) -> bytes:
    path, options = context.path, context.options.ingest
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise UnsupportedInputError(f"{path} is no file.", remedy="Give a file, or a folder of files.")
        if facts.st_size > options.max_size_mb * 2**20:
            raise OversizedInputError(
                f"{path.name} has {facts.st_size / 2**20:.0f} MB, more than {options.max_size_mb}.",
                remedy="Split it, or raise --set ingest.max_size_mb.",
            )
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError as error:
        raise MissingInputError(f"{path} is not there.", remedy="Check the path.") from error
    except OSError as error:
        raise MissingInputError(
            f"{path} cannot be read: {error.strerror}.", remedy="Give yourself the right to read it (chmod u+r)."
        ) from error
    if not head:
        raise EmptyInputError(f"{path.name} is empty.", remedy="Copy it again from where it came.")
    return head


def _picture_type(head: bytes) -> str | None:
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for signature, kind in _PICTURE_SIGNATURES.items() if head.startswith(signature)), None)


# --- PDF -------------------------------------------------------------------------------------------------------------


def _pdf_pages(context: Context) -> tuple[tuple[Page, ...], tuple[Issue, ...]]:
    options = context.options.ingest
    file = PdfFile(context.path, max_pages=options.max_pages, max_page_megapixels=options.max_page_megapixels)
    context.source = file
    issues: list[Issue] = []
    if not _is_whole_pdf(context):
        issues.append(
            Issue(
                "ingest",
                "input-damaged",
                f"{context.path.name} ends too early; pages may be missing.",
                "Copy it again from where it came, or scan it anew.",
            )
        )
    pages: list[Page] = []
    for index in range(file.page_count):
        try:
            pages.append(_pdf_page(file, index))
        except InputError as error:
            # A page that cannot be opened stays in the count, as an empty one with an issue.
            pages.append(Page(index + 1, 0, 0, _DEFAULT_SCAN_DPI, "scan"))
            issues.append(Issue("ingest", error.code, error.message, error.remedy, index + 1))
        context.progress("ingest", index + 1)
    return tuple(pages), tuple(issues)


def _is_whole_pdf(context: Context) -> bool:
    with context.path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - _TAIL_BYTES, 0))
        return b"%%EOF" in file.read()


def _pdf_page(file: PdfFile, index: int) -> Page:
    facts = file.facts(index)
    layer = file.text_layer(index, dpi=_TEXT_LAYER_DPI) if facts.character_count else TextLayer(())
    decision = _judge_text_layer(facts, layer)
    trusted = decision.choice == "text-layer"
    if trusted:
        dpi = _TEXT_LAYER_DPI
    else:
        dpi = min(facts.picture_dpi, _LARGEST_SCAN_DPI) if facts.picture_dpi else _DEFAULT_SCAN_DPI
    number = index + 1
    words = tuple(
        Word(
            f"{number}.{place}",
            number,
            word.box,
            (Reading("text-layer", word.text, 1.0),),
            bold=word.bold,
            italic=word.italic,
            size_px=word.size_px,
        )
        for place, word in enumerate(layer.words)
    )
    return Page(
        number,
        round(facts.width_pt * dpi / 72),
        round(facts.height_pt * dpi / 72),
        dpi,
        "text-layer" if trusted else "scan",
        words=words if trusted else (),
        decisions=(decision,),
    )


def _judge_text_layer(facts: PageFacts, layer: TextLayer) -> Decision:
    """Whether the letters that a PDF page brings are the letters that are printed on it."""
    text = layer.text
    measures = measure_text(text)
    choice, reason = "text-layer", "the page is set from text"
    if not text:
        choice, reason = "scan", "the page has no text of its own"
    elif layer.invisible_share > 0.5:
        choice, reason = "scan", "its text is invisible: another program's OCR"
    elif facts.picture_share >= _FULL_PAGE and len(text) < _FEW_CHARACTERS:
        choice, reason = "scan", "little text over a picture of the page, like the appearance of a signature"
    elif facts.picture_share >= _FULL_PAGE and not _is_vietnamese(measures):
        choice, reason = "scan", "text over a picture of the page whose letters do not make words"
    elif facts.picture_share >= _HALF_PAGE and len(text) < _FEW_CHARACTERS:
        choice, reason = "scan", "most of the page is a picture"
    elif legacy := legacy_encoding(text):
        choice, reason = "scan", f"letters of a font in {legacy}"
    elif measures.odd_share > _MOST_ODD_LETTERS:
        choice, reason = "scan", "letters of a broken font"
    return Decision(
        "ingest",
        "text-layer",
        choice,
        reason,
        {
            "characters": float(len(text)),
            "picture_share": round(facts.picture_share, 3),
            "invisible_share": round(layer.invisible_share, 3),
            "syllable_share": round(measures.syllable_share, 3),
            "marked_share": round(measures.marked_share, 3),
            "odd_share": round(measures.odd_share, 3),
        },
    )


def _is_vietnamese(measures: TextMeasures) -> bool:
    return measures.syllable_share >= _LEAST_SYLLABLES and measures.marked_share >= 0.35


# --- pictures --------------------------------------------------------------------------------------------------------


def _picture_pages(context: Context) -> tuple[Page, ...]:
    options = context.options.ingest
    file = PictureFile(context.path, max_pages=options.max_pages, max_page_megapixels=options.max_page_megapixels)
    context.source = file
    if file.page_count == 1:
        # A lone picture that cannot be decoded is a file that cannot be read; of many pages the others are.
        file.render(0, dpi=_LARGEST_SCAN_DPI)
    pages: list[Page] = []
    for index in range(file.page_count):
        width, height, dpi = file.size(index)
        decision = Decision("ingest", "text-layer", "scan", "a picture")
        pages.append(Page(index + 1, width, height, dpi, "scan", decisions=(decision,)))
        context.progress("ingest", index + 1)
    return tuple(pages)


# --- text ------------------------------------------------------------------------------------------------------------


def _decode(context: Context) -> str:
    path, options = context.path, context.options.ingest
    if path.stat().st_size > options.max_text_mb * 2**20:
        raise OversizedInputError(
            f"{path.name} is a text of more than {options.max_text_mb} MB.",
            remedy="Split it, or raise --set ingest.max_text_mb.",
        )
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_unicode(path.name, data) from error
    controls = sum(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f\x0b" for c in text[:100_000])
    if controls > 0.01 * min(len(text), 100_000):
        raise UnsupportedInputError(
            f"{path.name} is neither a picture nor a text.", remedy="Save it as PDF, TIFF, PNG, JPEG or UTF-8 text."
        )
    if _MARKUP.match(text):
        raise UnsupportedInputError(
            f"{path.name} is a web page or XML.", remedy="Open it in a browser and print it to PDF."
        )
    if not text.strip():
        raise EmptyInputError(f"{path.name} has no text.", remedy="Copy it again from where it came.")
    legacy = legacy_encoding(text[:100_000])
    if legacy:
        raise _legacy(path.name, legacy)
    return unicodedata.normalize("NFC", text)


def _not_unicode(name: str, data: bytes) -> InputError:
    head = data[:100_000]
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x0b" for byte in head)
    if controls > 0.01 * len(head):
        return UnsupportedInputError(
            f"{name} is neither a picture nor a text.", remedy="Save it as PDF, TIFF, PNG, JPEG or UTF-8 text."
        )
    found = legacy_encoding(head.decode("latin-1"))
    if found is None:
        read = measure_text(head.decode("cp1258", "replace"))
        found = "windows-1258" if read.syllable_share > 0.7 and read.odd_share < 0.02 else None
    return _legacy(name, found or "an old encoding")


def _legacy(name: str, encoding: str) -> LegacyEncodingError:
    return LegacyEncodingError(
        f"{name} is written in {encoding}, not in Unicode.",
        remedy="Convert it to UTF-8 first, for example with the toolkit of UniKey, and run the result.",
    )


def _text_pages(text: str) -> tuple[Page, ...]:
    pages = text.replace("\r\n", "\n").replace("\r", "\n").split("\f")
    if len(pages) > 1 and not pages[-1].strip():
        pages.pop()  # a form feed ends a page; nothing begins after the last
    return tuple(_text_page(number, page) for number, page in enumerate(pages, start=1))


def _text_page(number: int, text: str) -> Page:
    words: list[Word] = []
    blocks: list[Block] = []
    for kind, lines in _blocks(text):
        printed: list[Line] = []
        for line in lines:
            made = [
                Word(f"{number}.{len(words) + place}", number, None, (Reading("text", token, 1.0),))
                for place, token in enumerate(line.split())
            ]
            words.extend(made)
            printed.append(Line(tuple(word.id for word in made)))
        blocks.append(Block(kind, tuple(printed)))
    return Page(number, 0, 0, 0.0, "text", blank=not words, words=tuple(words), blocks=tuple(blocks))


def _blocks(text: str) -> Iterator[tuple[BlockKind, list[str]]]:
    kind: BlockKind = "body"
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        marked = next((prefix for prefix in _PREFIXES if line.startswith(prefix)), None)
        of_kind = _PREFIXES[marked] if marked else "body"
        if lines and (not line.strip() or of_kind != kind or kind == "stamp"):
            yield kind, lines
            lines = []
        if line.strip():
            kind = of_kind
            stripped = line.removeprefix(marked) if marked else line
            if stripped.strip():
                lines.append(stripped)

"""What several test modules share: documents built by hand from text."""

import signal
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from pipeline.document import Block, BlockKind, Document, Line, Page, Reading, Source, Word

pytest_plugins = ["postgresql_server"]

# A shell that runs the tests in the background lets every process under it ignore Ctrl-C, which some tests send.
signal.signal(signal.SIGINT, signal.default_int_handler)
# How long an example takes says more of the machine than of the program.
settings.register_profile("sohoa", deadline=None)
settings.load_profile("sohoa")

BuildDocument = Callable[..., Document]
_PREFIXES: dict[str, BlockKind] = {"[stamp] ": "stamp", "[page] ": "page-number", "[footnote] ": "footnote"}


def build_document(text: str, *, confidence: float = 1.0, name: str = "plan.txt") -> Document:
    """A document as `ingest` and `layout` would give it: pages parted by form feeds, blocks by empty lines."""
    pages = tuple(_page(number, page, confidence) for number, page in enumerate(text.split("\f"), start=1))
    return Document(Source(name, "0" * 64, len(text.encode()), "text/plain"), pages)


def _page(number: int, text: str, confidence: float) -> Page:
    words: list[Word] = []
    blocks: list[Block] = []
    for kind, lines in _blocks(text):
        printed: list[Line] = []
        for line in lines:
            made = [
                Word(f"{number}.{len(words) + index}", number, None, (Reading("text", token, confidence),))
                for index, token in enumerate(line.split())
            ]
            words.extend(made)
            printed.append(Line(tuple(word.id for word in made)))
        blocks.append(Block(kind, tuple(printed)))
    return Page(number, 0, 0, 0.0, "text", words=tuple(words), blocks=tuple(blocks))


def _blocks(text: str) -> Iterator[tuple[BlockKind, list[str]]]:
    for block in text.split("\n\n"):
        body: list[str] = []
        for line in block.splitlines():
            prefix = next((prefix for prefix in _PREFIXES if line.startswith(prefix)), None)
            if prefix is None:
                if line.strip():
                    body.append(line)
                continue
            if body:
                yield "body", body
                body = []
            yield _PREFIXES[prefix], [line.removeprefix(prefix)]
        if body:
            yield "body", body


@pytest.fixture(scope="session")
def document_of() -> BuildDocument:
    """The builder of documents from text."""
    return build_document

"""Headings of documents of many kinds of issuers, in plain print and with reading errors: how many are found.

`passages/sections.txt` holds bodies of documents, each under `== name | type`. A line `@level kind label | text` is a
heading, `¦` ends a run-in one, `@+ ` carries it on, `**` marks bold. `passages/heading_kinds.txt` has headings by kind.
"""

import random
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from corpus.record_metrics import match_records, records_of
from corpus.record_scores import Counts
from pipeline.document import Document, replace
from pipeline.language.headings import heading_kind
from pipeline.options import Options
from pipeline.stage import Context
from pipeline.stages.extract import Extract
from pipeline.stages.segment import Segment

BuildDocument = Callable[..., Document]
FOLDER = Path(__file__).parent / "passages"
HEAD = """\
ỦY BAN NHÂN DÂN
TỈNH BẮC HÀ
Số: 15/XX-UBND

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Bắc Hà, ngày 05 tháng 3 năm 2025

"""
FOOT = """

Nơi nhận:
- Như trên;
- Lưu: VT.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Đinh Thế Vinh
"""
LABEL = re.compile(
    r"(?i)(?:(?:Phần|Chương|Mục|Điều)\s+(?:thứ\s+\w+|[\dIVXLAB]+)|\(?[\w|!]{1,5}(?:\.\d+){0,3}\)?)\s?(?:[.)/:]|[-–])?\s*"
)


@dataclass
class Passage:
    """A document's body with the headings that it should give."""

    name: str
    type: str
    lines: list[str] = field(default_factory=list)
    bold: set[str] = field(default_factory=set)
    gold: list[dict[str, str | int | None]] = field(default_factory=list)

    def text(self, lines: list[str]) -> str:
        head = f"{self.type.upper()}\nVề việc triển khai công tác năm 2025\n\n"
        if self.type == "Công văn":
            head = "V/v triển khai công tác năm 2025\n\nKính gửi: Các sở, ban, ngành.\n"
        return HEAD + head + "\n".join(lines) + FOOT

    def add(self, line: str) -> None:
        """A line of the file."""
        if line.startswith("@+ "):
            self.lines.append(line[3:])
            self.gold[-1]["heading"] = f"{self.gold[-1]['heading']} {line[3:]}".strip()
            return
        text = line
        if line.startswith("@"):
            marks, text = line[1:].split(" | ", 1)
            level, kind, label = marks.split(" ", 2)
            heading = text.split("¦")[0].replace("**", "")
            start = LABEL.match(heading) if label != "-" else None
            heading = heading[start.end() :] if start else heading
            self.gold.append(
                {"label": label, "heading": heading.rstrip(" .:;-–"), "level": int(level), "kind": kind}
                | ({"label": None} if label == "-" else {})
            )
        bare = text.replace("¦", "").replace("**", "")
        self.lines.append(bare)
        if "**" in text:
            self.bold.add(bare)


def passages() -> Iterator[Passage]:
    passage: Passage | None = None
    for line in (FOLDER / "sections.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            if passage is not None:
                yield passage
            passage = Passage(*line[3:].split(" | "))
        elif passage is not None:
            passage.add(line)
    if passage is not None:
        yield passage


def embolden(document: Document, lines: set[str]) -> Document:
    """The document with the words of some lines in bold, the others not."""
    if not lines:
        return document
    pages = []
    for page in document.pages:
        words = page.words_by_id()
        printed = [line.word_ids for block in page.blocks for line in block.lines]
        bold = {key for keys in printed for key in keys if " ".join(words[key].text for key in keys) in lines}
        pages.append(replace(page, words=tuple(replace(word, bold=word.id in bold) for word in page.words)))
    return replace(document, pages=tuple(pages))


def misread(line: str, chance: random.Random, share: float) -> str:
    """A line as a scan might be read: marks lost, strokes of numerals changed, spaces lost."""
    read = []
    for index, char in enumerate(line):
        bare = unicodedata.normalize("NFD", char)[0]
        if chance.random() >= share:
            read.append(char)
        elif char in "IVX" and index < 5:
            read.append(chance.choice({"I": "1l|", "V": "Vv", "X": "XK"}[char]))
        elif char in ".: ":
            read.append({".": ",", ":": ";", " ": "" if index < 8 else " "}[char])
        else:
            read.append(bare)
    return "".join(read)


def found(document: Document) -> list[dict[str, str | int | None]]:
    context = Context(Path("source.txt"), Options())
    records = Extract().document(Segment().document(document, context), context).records
    return [dict(row) for row in records_of(records.to_dict(), "sections")]


def folded(rows: list[dict[str, str | int | None]]) -> list[dict[str, str | int | None]]:
    """Rows with headings in small letters without marks, for what was misread is still the heading."""
    bare = [unicodedata.normalize("NFD", str(row["heading"]).casefold().replace("đ", "d")) for row in rows]
    return [
        row | {"heading": "".join(char for char in text if char.isalnum())}
        for row, text in zip(rows, bare, strict=True)
    ]


def test_passages_give_their_headings(document_of: BuildDocument) -> None:
    total, kinds, levels = Counts(), 0, 0
    for passage in passages():
        rows = found(embolden(document_of(passage.text(passage.lines)), passage.bold))
        pairs = match_records("sections", rows, passage.gold)
        total += Counts(len(passage.gold), len(rows), len(pairs))
        kinds += sum(rows[row]["kind"] == passage.gold[column]["kind"] for row, column in pairs)
        levels += sum(rows[row]["level"] == passage.gold[column]["level"] for row, column in pairs)
    assert total.precision > 0.98 and total.recall > 0.98
    assert kinds / total.matched > 0.97 and levels / total.matched > 0.98


def test_passages_give_their_headings_when_misread(document_of: BuildDocument) -> None:
    total, kinds = Counts(), 0
    for passage in passages():
        chance = random.Random(passage.name)
        lines = [misread(line, chance, 0.05) for line in passage.lines]
        rows, gold = folded(found(document_of(passage.text(lines)))), folded(passage.gold)
        pairs = match_records("sections", rows, gold)
        total += Counts(len(gold), len(rows), len(pairs))
        kinds += sum(rows[row]["kind"] == gold[column]["kind"] for row, column in pairs)
    assert total.precision > 0.94 and total.recall > 0.92
    assert kinds / total.matched > 0.94


@pytest.mark.parametrize(
    ("kind", "headings"),
    [line.split("\t") for line in (FOLDER / "heading_kinds.txt").read_text(encoding="utf-8").splitlines()],
)
def test_headings_at_the_top_have_their_kind(kind: str, headings: str) -> None:
    assert [name for name in headings.split("; ") if heading_kind(name, None).kind != kind] == []


def test_segmentation_takes_time_in_proportion(document_of: BuildDocument) -> None:
    """10,000 nested numbers, and a text of four times the length in four times the time, not sixteen."""
    lines = [f"{a}.{b}.{c}. Nội dung số {c}" for a in range(1, 11) for b in range(1, 33) for c in range(1, 33)]
    spent = []
    for share in (4, 1):
        document = document_of("\n".join(lines[: len(lines) // share]))
        begun = time.process_time()
        Segment().document(document, Context(Path("source.txt"), Options()))
        spent.append(time.process_time() - begun)
    assert spent[1] < 10 * spent[0] + 1

"""Drafts of passages, and the marks by which the fixed parts of a document are told."""

import re
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from pipeline.document import PassageKind, TracedText
from pipeline.language.casing import is_capitals
from pipeline.language.numbering import Label
from pipeline.segmentation.lines import PrintedLine

__all__ = [
    "Draft",
    "ends_paragraph",
    "goes_on",
    "is_addressee",
    "is_authority",
    "is_national",
    "is_noise",
    "is_position",
    "is_recipients_head",
    "place_date",
]

_NATIONAL = (
    "cong hoa xa hoi chu nghia viet nam",
    "doc lap - tu do - hanh phuc",
    "dang cong san viet nam",
)
_AUTHORITY = re.compile(
    r"(?:t\s?\.?\s?m|k\s?\.?\s?t|t\s?\.?\s?l|t\s?\.?\s?u\s?\.?\s?q|q)\s?[./,]\s?[^\W\d_]|(?:t/m|k/t|t/l|tu/q|tm|kt|tl|tuq)\s?\.?\s"
)
_POSITION = re.compile(
    r"(?:quyen |q\. ?|p\. ?|pho |nguyen )?(?:tong )?(?:chu tich|giam doc|hieu truong|bi thu|truong (?:phong|ban|"
    r"khoa|cong an|doan|tram|bo mon|vung|tieu|chi|van|dai)|chanh [a-z]|bo truong|thu truong|"
    r"cuc truong|chi cuc truong|vu truong|thu tuong|vien truong|tong kiem toan|thong doc|chu nhiem|chi huy truong|"
    r"chinh uy|tu lenh|tong thu ky|thu ky|to truong|doi truong|khoa truong|tong bien tap|quan doc|thu truong|"
    r"kiem sat vien|chanh an|ke toan|nguoi lap|uy vien|thuong truc|dai dien|van phong|pho [a-z]|tong cuc truong|"
    r"thuyen truong|tram truong|hat truong|benh vien truong|hoi truong|phat ngon|cong doan|truong ban|"
    r"chinh tri vien|tong phu trach|kiem soat vien|giao vien|to pho)"
)
_CHIEF = re.compile(r"(?:\w+ ){0,4}(?:TRƯỞNG|CHÁNH)\b")
_GOES_ON = re.compile(
    r"(?:[,–-]|(?<!\w)(?:tại|của|và|cho|với|về|trong|các|những|do|để|là|được|từ|bằng|theo|hoặc|cùng|vào|trên|đến"
    r"|trước|(?:chậm|muộn)\snhất|(?:trước|từ|đến|hết|vào|nhất|sáng|chiều|là)\sngày|đến\shết))\s*$"
)
_PLACE_DATE = re.compile(
    r"(?:^|(?<=\s))(?P<place>[^\d,.:;/]{1,40}?(?:\d{1,2}|\.[^\d,.:;/]{1,30})?)?\s{0,4}[,.]?\s{0,4}ngay\s{0,12}"
    r"(?:m[ou]ng\s)?(?P<day>[^\s]{0,8}?)[\s.…_]{0,24}thang\s{0,12}(?P<month>[^\s]{0,8}?)[\s.…_]{0,24}nam\s{0,6}(?P<year>\d[\d\s.]{0,6}|[^\s]{0,6})"
)

_SHORT_PLACE_DATE = re.compile(
    r"(?P<place>[^\W\d_][^\d,.:;/()]{1,38})\s{0,3}[,.]\s{0,3}(?:ngay\s{0,3})?"
    r"(?P<day>\d{1,2})\s?[/.-]\s?(?P<month>\d{1,2})\s?[/.-]\s?(?P<year>\d{4})"
)


@dataclass(slots=True, eq=False)
class Draft:
    """A passage in the making.

    Attributes:
        owner: the draft that it stands under, by its label or its place.
        table, cells: for a row of a table, which table, and its cells.
        siblings: every draft of the list that it is in, in order; empty where it has no label.
    """

    kind: PassageKind
    lines: list[PrintedLine] = field(default_factory=list)
    label: Label | None = None
    owner: "Draft | None" = None
    siblings: "list[Draft]" = field(default_factory=list)
    appendix: bool = False
    table: int | None = None
    cells: tuple[TracedText, ...] = ()


def is_national(text: str) -> int | None:
    """Where the national title, its motto or the party's name begins in a text without marks, or None."""
    for motto in _NATIONAL:
        found = text.find(motto[:12])
        if found >= 0 and _like(text[found:].strip(" .-*_"), motto) >= 0.75:
            return found
        squeezed = re.sub(r"[^a-z]", "", text)
        if found < 0 and _like(squeezed, re.sub(r"[^a-z]", "", motto)) >= 0.75:
            return 0
    return None


def _like(first: str, second: str) -> float:
    return Levenshtein.normalized_similarity(first[:60], second)


def place_date(text: str) -> re.Match[str] | None:
    """A place-and-date line, or the part of a line that is one, in a text without marks."""
    if len(text) > 200:
        return None
    if "thang" not in text:
        return _SHORT_PLACE_DATE.fullmatch(text.strip(" .*_-"))
    return _PLACE_DATE.search(text)


def is_recipients_head(text: str) -> bool:
    """Whether a line without marks begins the recipients."""
    head = text.lstrip(" -.*'\"_")[:12]
    return head.startswith(("noi nhan", "noinhan")) or Levenshtein.distance(head[:9], "noi nhan:") <= 2


def is_addressee(text: str) -> bool:
    """Whether a line without marks begins with `Kính gửi`."""
    return bool(re.match(r"[-*\s]{0,3}kinh\s?gui\b", text))


def is_authority(line: PrintedLine) -> bool:
    """Whether a line says in whose place somebody signs: TM., KT., TL., TUQ., Q."""
    return (
        bool(_AUTHORITY.match(_clean(line.plain))) and is_capitals(line.string, share=0.75) and len(line.string) <= 90
    )


def is_position(line: PrintedLine) -> bool:
    """Whether a line in capitals is a signer's office."""
    named = bool(_POSITION.match(_clean(line.plain))) or _CHIEF.match(line.string.lstrip(" .,-*_")) is not None
    return named and is_capitals(line.string) and len(line.string) <= 90


def _clean(text: str) -> str:
    """A line without marks, and without what stands before its first letter."""
    return re.sub(r"^[^a-z]{1,6}", "", text)


def is_noise(line: PrintedLine) -> bool:
    """Whether a line is scraps of a seal or a signature: no word of three letters, or hardly any letters."""
    if line.hint == "foot-right" and len(line.string.strip(" .,-_")) <= 4:
        return True
    letters = sum(char.isalpha() for char in line.string)
    longest = max((len(word) for word in re.findall(r"[^\W\d_]+", line.string)), default=0)
    return longest < 3 or letters * 2 < len(line.string.replace(" ", "")) or len(set(line.plain)) <= 2


def ends_paragraph(text: str) -> bool:
    """Whether a line's last character closes a sentence, an item or a lead-in."""
    return text.rstrip(" \"'”’)]»")[-1:] in ".;:!?…" if text else True


def goes_on(text: str) -> bool:
    """Whether a line cannot be a paragraph's last: it ends in a comma, a dash or a small word."""
    return bool(_GOES_ON.search(text))

"""The end of a document: recipients, and who signs."""

import re
from dataclasses import dataclass

from pipeline.language.casing import is_capitals
from pipeline.language.numbering import read_labels
from pipeline.language.person_names import is_surname, title_length
from pipeline.segmentation.lines import PrintedLine
from pipeline.segmentation.parts import Draft, is_authority, is_national, is_noise, is_position, is_recipients_head

__all__ = ["Ending", "is_name", "read_ending"]

_MAX_LINES = 90
_APPENDIX = re.compile(
    r"[-*\s]{0,3}(?:phu luc|phu bieu|bieu mau|mau so|bieu so|bieu \d|danh sach|bang phan cong|de cuong|"
    r"noi dung|phan cong|"
    r"lich |chuong trinh|bang |quy che|quy dinh|ke hoach|quy trinh|dieu le|huong dan|phuong an|de an|bao cao|tieu chi)"
)
_KEPT = re.compile(r"[-–—+*•·~_\s]{1,4}luu\s?[:;.]?\s?(?:vt|vp|van thu|van phong|ho so|hs)\b")
_ITEM = re.compile(r"\s{0,3}[-–—+*•·~_]")
_PLACE_START = re.compile(r"(?:tinh|thanh pho|tp\b|huyen|quan|thi xa|xa|phuong|thi tran|dac khu)\b")
_OFFICE = re.compile(
    r"(?:và|phó|pho|chủ tịch|giám đốc|hiệu trưởng|trưởng|bộ trưởng|thứ trưởng|ủy ban|uỷ ban|ubnd|thị xã|"
    r"thành phố|nơi nhận|hội đồng|tổng phụ trách|tổng giám đốc|tổng biên tập)\b"
)
_BODY = re.compile(
    r"(?:bo|so|uy ban|ubnd|toa an|vien kiem sat|ban|hoi|cong an|tong cuc|cuc|chi cuc|truong|tinh|huyen|"
    r"thanh pho|lien doan|doan)\b"
)
_NAME = re.compile(r"[^\W\d_]+(?:[.\s-]+[^\W\d_]+){1,8}\.?")


@dataclass(slots=True)
class Ending:
    """Where the end begins among the lines, its drafts, and where what comes after it begins."""

    start: int
    drafts: list[Draft]
    end: int


def read_ending(lines: list[PrintedLine], start: int) -> Ending:
    """Find and read the end of the document's main body.

    Args:
        lines: the document's lines without page numbers, stamps and footnotes.
        start: where the body begins.
    Returns:
        The end; it begins past the last line where the document has none.
    """
    for index in range(start, len(lines)):
        line = lines[index]
        if line.table is not None:
            continue
        if is_recipients_head(line.plain) or line.hint == "foot-left" or _begins_signature(lines, index):
            return _read(lines, _headless(lines, index, start))
    return Ending(len(lines), [], len(lines))


def _headless(lines: list[PrintedLine], index: int, start: int) -> int:
    """Where recipients begin whose head was not read: the list right above the signature that ends with Lưu."""
    above = index - 1
    while above >= start and not _KEPT.match(lines[above].plain) and index - above < 4:
        above -= 1
    if above < start or not _KEPT.match(lines[above].plain):
        return index
    while above > start and _ITEM.match(lines[above - 1].string) and lines[above - 1].page == lines[above].page:
        above -= 1
    return above


def _begins_signature(lines: list[PrintedLine], index: int) -> bool:
    """Whether a signature stands here: an authority or an office in capitals with a name or recipients under it."""
    line = lines[index]
    if not (is_authority(line) or is_position(line)):
        return False
    if read_labels(line.string) and not is_authority(line):
        return False
    following = lines[index + 1 : index + 14]
    if is_position(line) and line.hint != "foot-right":
        following = lines[index + 1 : index + 6]
    for after in following:
        if is_recipients_head(after.plain):
            return True
        if after.table is not None or len(after.string) > 100:
            return False
        if is_name(after.string):
            return True
        if not is_capitals(after.string) and not after.string.startswith("("):
            return False
    return False


def is_name(text: str) -> bool:
    """Whether a line looks like a person's name: two to six words with a capital each, a rank before them allowed."""
    bare = text.strip(" .,-_'`\"")
    if not _NAME.fullmatch(bare):
        return False
    words = bare.replace(".", ". ").split()
    words = words[title_length(words) :]
    if not words or _OFFICE.match(bare.lower()) or (bare.isupper() and not is_surname(words[0])):
        return False
    if sum(len(word.strip(".")) < 2 for word in words) > 1:
        return False
    return 2 <= len(words) <= 6 and all(word[0].isupper() for word in words) and max(map(len, words)) <= 9


def _read(lines: list[PrintedLine], start: int) -> Ending:
    drafts: list[Draft] = []
    state = "recipients" if _ITEM.match(lines[start].string) else "signer"
    named = False
    index = start
    while index < len(lines) and index - start < _MAX_LINES:
        line = lines[index]
        if index > start and _leaves(line, lines[index - 1], state, named):
            break
        for part in _columns(line):
            state, named = _place(part, drafts, state, named)
        index += 1
    return Ending(start, drafts, index)


def _leaves(line: PrintedLine, before: PrintedLine, state: str, named: bool) -> bool:
    """Whether a line no longer belongs to the end."""
    if line.table is not None or len(line.string) > 220:
        return True
    if line.page != before.page and is_national(line.plain) is not None:
        return True
    if is_recipients_head(line.plain) or line.hint in ("foot-left", "foot-right"):
        return False
    if _APPENDIX.match(line.plain) and is_capitals(line.string.split("(")[0], share=0.7):
        return True
    if re.match(r"phu luc\b", line.plain):
        return True
    new_page = line.page != before.page
    if state == "recipients":
        if _ITEM.match(line.string) or is_authority(line) or is_position(line) or is_name(line.string):
            return False
        return new_page and is_capitals(line.string)
    if named:
        return not (_ITEM.match(line.string) and not new_page) and not is_name(line.string) and not is_position(line)
    return new_page and not (is_name(line.string) or is_position(line) or is_authority(line))


def _columns(line: PrintedLine) -> list[PrintedLine]:
    """A line that runs over recipients and signature, parted."""
    if line.hint in ("foot-left", "foot-right") or not (is_recipients_head(line.plain) or _ITEM.match(line.string)):
        return [line]
    for match in re.finditer(r"\s(?=\S{0,4}?[^\W\d_]+[.\s/])", line.string[:120]):
        rest = line.part(match.end())
        if (is_authority(rest) or is_position(rest)) and len(rest.string) >= 7:
            before = line.part(0, match.start())
            if not is_capitals(before.string, share=0.9) or is_recipients_head(before.plain):
                return [before, rest]
    return [line]


def _place(line: PrintedLine, drafts: list[Draft], state: str, named: bool) -> tuple[str, bool]:
    """Put a line into its passage; what kind of lines to expect next, and whether the signer's name was read."""
    if line.hint == "foot-right" and is_noise(line):
        drafts.append(Draft("stamp", [line]))
        return state, named
    if is_recipients_head(line.plain):
        colon = line.string.find(":")
        if 0 < colon < len(line.string.rstrip()) - 1:
            drafts += [Draft("recipients-head", [line.part(0, colon + 1)]), Draft("recipient", [line.part(colon + 1)])]
        else:
            drafts.append(Draft("recipients-head", [line]))
        return "recipients", named
    if line.hint == "foot-left" or (
        state == "recipients" and line.hint != "foot-right" and not _is_signer(line, drafts)
    ):
        _add_recipient(line, drafts)
        return "recipients", named
    if (
        line.hint != "foot-right"
        and _ITEM.match(line.string)
        and any(draft.kind == "recipients-head" for draft in drafts)
    ):
        _add_recipient(line, drafts)
        return "recipients", named
    return "signer", _add_signer(line, drafts) or named


def _is_signer(line: PrintedLine, drafts: list[Draft]) -> bool:
    if is_authority(line) or is_position(line):
        return True
    last = drafts[-1] if drafts else None
    if last is None or last.kind != "recipient":
        return False
    closed = last.lines[-1].string.rstrip()[-1:] in ".)" or "luu" in last.lines[0].plain[:8]
    return closed and is_name(line.string) and is_surname(line.string.split()[0]) and not _ITEM.match(line.string)


def _add_recipient(line: PrintedLine, drafts: list[Draft]) -> None:
    """A line of the recipients: one more, or the rest of the one above it; scraps are a stamp's."""
    labels = [label for label in read_labels(line.string) if label.style == "bullet"]
    above = [draft for draft in drafts if draft.kind == "recipient"]
    last = above[-1] if above else None
    if not labels and is_noise(line):
        drafts.append(Draft("stamp", [line]))
    elif (not labels and last is not None and line.string.startswith("(") and len(line.string) < 12) or (
        not labels and last is not None and (last.label is not None or not _closed(last)) and not _closed(last)
    ):
        last.lines.append(line)
    else:
        drafts.append(Draft("recipient", [line], label=labels[0] if labels else None))


def _closed(draft: Draft) -> bool:
    return draft.lines[-1].string.rstrip()[-1:] in ";."


def _add_signer(line: PrintedLine, drafts: list[Draft]) -> bool:
    """A line of the signature; whether it is the signer's name."""
    signed = [draft for draft in drafts if draft.kind.startswith("signer-")]
    last = signed[-1] if signed else None
    if is_authority(line):
        drafts.append(Draft("signer-authority", [line]))
        return False
    if (
        last is not None
        and last.kind == "signer-position"
        and line.plain.startswith("va ")
        and is_capitals(line.string)
    ):
        last.lines.append(line)
        return False
    continues = last is not None and last.kind == "signer-authority" and is_capitals(line.string)
    named = _PLACE_START.match(line.plain) or (_BODY.match(line.plain) and not is_position(line))
    if continues and last is not None and (named or (_open_ended(last) and not is_position(line))):
        last.lines.append(line)
        return False
    if line.hint == "foot-right" and last is not None and last.kind == "signer-position" and _is_misread_name(line):
        drafts.append(Draft("signer-name", [line]))
        return True
    shown = not is_capitals(line.string, share=0.95) or (not is_position(line) and is_surname(line.string.split()[0]))
    if is_name(line.string) and shown:
        drafts.append(Draft("signer-name", [line]))
        return True
    if is_capitals(line.string, share=0.6) and (is_position(line) or last is not None):
        drafts.append(Draft("signer-position", [line]))
    else:
        drafts.append(Draft("signer-position" if is_position(line) else "paragraph", [line]))
    return False


def _is_misread_name(line: PrintedLine) -> bool:
    """Two to five words with capitals, not in capitals, hardly anything but letters."""
    words = line.string.strip(" .,-_'`\"").split()
    letters = sum(char.isalpha() for char in line.string)
    shaped = 2 <= len(words) <= 5 and all(word[0].isupper() for word in words) and max(map(len, words)) <= 9
    return shaped and not is_capitals(line.string) and letters * 10 >= 8 * len(line.string.replace(" ", ""))


def _open_ended(draft: Draft) -> bool:
    """An authority that names a body and not an office goes on over its line."""
    text = draft.lines[-1].plain
    whole = re.search(r"(?:nhan dan|thuong vu|chap hanh|chi dao|hoi dong)$", text)
    return text.startswith(("tm", "t.m", "t/m", "t m")) and not whole and len(text) < 16

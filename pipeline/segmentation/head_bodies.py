"""The bodies in a document's head: lines of one name joined, the superior told from the one that issues."""

import re

from pipeline.segmentation.lines import PrintedLine
from pipeline.segmentation.parts import Draft

__all__ = ["tell_bodies"]

_BODY_START = re.compile(
    r"(?:uy ban|ubnd|hdnd|hoi dong|bo|so|phong|ban|cuc|tong cuc|chi cuc|vu|vien|truong|trung tam|hoc vien|"
    r"dai hoc|benh vien|bao|dai|tap chi|hoc vien|thue|hai quan|"
    r"cong an|cong ty|tong cong ty|tap doan|ngan hang|bao hiem|thanh tra|toa an|kiem toan|van phong|dang bo|dang doan|"
    r"ban can su|dang uy|chi bo|chi uy|xi nghiep|hop tac xa|htx|phan xuong|buu dien|dien luc|hiep hoi|cum thi dua|"
    r"tinh uy|thanh uy|huyen uy|quan uy|thi uy|doan|tinh doan|thanh doan|huyen doan|quan doan|thi doan|xa doan|"
    r"phuong doan|chi doan|lien doi|chi hoi|lien chi|hoi|lien doan|lien hiep|lien minh|"
    r"cong doan|cdcs|cd|mat tran|chu tich|thu tuong|chinh phu|quoc hoi|to cong tac|to|khoa|kho bac|hat|tram|"
    r"quan khu|quan chung|binh doan|su doan|lu doan|trung doan|tieu doan|dai doi|hai doan|hai doi|don bien phong|"
    r"binh chung|bch|btv|bcd|ubmttq|lien so|he thong|nha|ubkt|du an|quy|vung (?:canh sat|\d)|cang vu|"
    r"cang hang khong|vuon quoc gia|khu bao ton|thon|lang|khu pho|to dan pho|bao tang|thu vien|nha may|co quan|doi|"
    r"vien kiem sat|chi cuc|thi hanh an|ldld|bv|bvdk|bhxh|tand|vksnd|thpt|thcs)\b"
)
_PLACE_START = re.compile(
    r"(?:tinh|thanh pho|tp\b|huyen|quan|thi xa|xa|phuong|thi tran|dac khu|khu vuc|mien|viet nam)\b"
)
_PLACE_WORD_BODY = re.compile(
    r"(?:tinh|thanh|huyen|quan|thi|xa|phuong) (?:uy|doan|doi)\b|quan (?:khu|chung|doan|y vien)\b"
)
_CONNECTOR = re.compile(r"(?:\b(?:va|cua|ve|trong|tai|voi|cho|cac|nhung|den|tu|theo|so|-|,))\s*$|[,–-]$")
# What names no body by itself: the one printed under it belongs to its name.
_BARE = re.compile(
    r"(?:van phong|co quan|thanh tra|ban chap hanh|bch|ban thuong vu|btv|ban thuong truc|uy ban kiem tra|thuong truc|"
    r"dang uy|dang bo|chi bo|cong doan(?: co so)?|cdcs|doan thanh nien|doan tncs(?: ho chi minh)?|chi doan|lien doi|"
    r"ban chi dao|ban to chuc|ban quan ly(?: cac)?(?: du an)?|hoi dong|hoi|hoi dong truong|uy ban|truong|so|bo|phong|"
    r"cuc|chi cuc|tong cuc|trung tam|vien|benh vien|khoa|to|ban|lien doan|tong cong ty|tap doan|"
    r"cong ty(?: co phan| cp| tnhh| tnhh mtv| trach nhiem huu han(?: mot thanh vien)?)?)"
)
_COMMITTEE = re.compile(
    r"(?:ban chi dao|hoi dong (?:thi dua|sang kien|khoa hoc|tu van)|ban to chuc (?:hoi|giai|le|cuoc|ngay)|to cong tac)"
    r"\b"
)
_OF_COMMITTEE = re.compile(r"(?:ban|to|tieu ban|hoi dong|van phong|to giup viec|to thu ky)\b")
_BRANCH = re.compile(r"chi nhanh (?:tinh|thanh pho|tp|huyen|quan|thi xa|khu vuc|so)\b")
_PEERS = re.compile(r"(?P<head>so|bo(?! (?:tu lenh|chi huy))|phong)\b")
_JOINT = re.compile(
    r"[/-]\s?(?:kh|ct|nq|hd|tb|bb|qc|ctr)?\s?-?(?:lt|ln|ptph|lnph|khlt|khln|ctlt|ctph|khph|hdlt|hdln|qcph|nqlt)\b"
)


def tell_bodies(drafts: list[Draft]) -> list[Draft]:
    """Join the lines of the bodies' names and tell the superior body from the one that issues.

    Args:
        drafts: of the head; those of kind `issuer` have one line each.
    Returns:
        The same list: the last body of the head issues, those over it are superior bodies; bodies that issue
        jointly are one.
    """
    numbers = [draft for draft in drafts if draft.kind == "number-line"]
    for draft in numbers[:-1]:
        if draft.lines[0].string.startswith("SỐ "):
            draft.kind = "issuer"
    bodies: list[Draft] = []
    for draft in [draft for draft in drafts if draft.kind == "issuer"]:
        if bodies and not _begins_body(draft.lines[0], bodies[-1]):
            _join(bodies[-1], draft, drafts)
        else:
            bodies.append(draft)
    joint = any(_JOINT.search(line.plain) for draft in numbers for line in draft.lines)
    if len(bodies) > 1 and ((joint and " - " not in _bare(bodies[-1].lines[0])) or _are_peers(bodies[-2], bodies[-1])):
        _join(bodies[-2], bodies.pop(), drafts)
    for body in bodies[:-1]:
        body.kind = "parent-body"
    return drafts


def _join(body: Draft, rest: Draft, drafts: list[Draft]) -> None:
    body.lines += rest.lines
    drafts.remove(rest)


def _are_peers(first: Draft, second: Draft) -> bool:
    """Whether two bodies are of one rank, so that neither is over the other: two departments, two ministries."""
    heads = [_PEERS.match(_bare(draft.lines[0])) for draft in (first, second)]
    return heads[0] is not None and heads[1] is not None and heads[0]["head"] == heads[1]["head"]


def _bare(line: PrintedLine) -> str:
    return line.plain.strip(" -*.:_")


def _begins_body(line: PrintedLine, before: Draft) -> bool:
    """Whether a line of the head begins a body's name rather than carrying on the one above it."""
    text = _bare(line)
    above = before.lines[-1].plain.rstrip()
    above = above if " - " in above else above.rstrip(" -_.")
    if not text or (text.startswith("so ") and text[3:4].isdigit()) or _CONNECTOR.search(above):
        return False
    if _PLACE_START.match(text) and not _PLACE_WORD_BODY.match(text):
        return False
    name = " ".join(_bare(part) for part in before.lines)
    if _BARE.fullmatch(name) or _BRANCH.match(text):
        return False
    if _COMMITTEE.match(name) and not _OF_COMMITTEE.match(text):
        return False
    if line.bold and before.lines[-1].bold is False:
        return True
    return bool(_BODY_START.match(text))

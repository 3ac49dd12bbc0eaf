"""The bodies that a sentence names at one place, as one stretch of text: who launches, who gives."""

import re

from pipeline.document import TracedText
from pipeline.language.bodies import bodies_from

__all__ = ["bodies_at", "capitals_at"]

_ORGANISATION = re.compile(r"\s(?:Hội|Đoàn|Đảng)(?!\w)")
_OFFICE = re.compile(
    r"(?:giám đốc|trưởng|chủ tịch|bí thư|tư lệnh|thống đốc|chủ nhiệm|thủ trưởng|ban giám hiệu"
    r"|hội đồng|thành viên|quản trị)$",
    re.IGNORECASE,
)
_GATHERING = re.compile(
    r"hội\s(?:thi|nghị|thảo|diễn|thao|chợ|trại|xuân|họp|giảng|vật|đua|khỏe|khoẻ|làng)(?!\w)", re.IGNORECASE
)
_SUM = re.compile(r"(?:,|\s(?:và|cùng|kèm))\s\d[\d.]*$")
_HOUSE = re.compile(
    r"\s(?:Bệnh viện|Sở|Trường|Công ty|Trung tâm|Tổng cục|Cục|Chi cục|Viện|Học viện|Tổng [Cc]ông ty|Tập đoàn|Bộ"
    r"|Binh đoàn|Quân khu"
    r"|Lữ đoàn|Sư đoàn|Trung đoàn|Nhà máy|Huyện ủy|Tỉnh ủy|Công đoàn)(?!\w)"
)
_BY_CAPITAL = re.compile(
    r"[A-ZĐ][^\W\d_]+(?:\s[^\W\d_]+){0,7}?(?=\s?[,;:.()]|$|\s(?:cho|đối|kèm|và|theo|tặng|với|trị|để|trong|khi)(?!\w))"
)


def bodies_at(text: TracedText, offset: int, end: int | None = None) -> tuple[TracedText, int] | None:
    """The bodies that begin at an offset, printed as one list, and where they end; `Trung ương Hội` is one name.

    Args:
        end: where they must have ended; the end of the text where None.
    """
    limit = len(text.text) if end is None else end
    found = bodies_from(text.text, offset) if offset < limit else None
    if found is None or found.end > limit or _GATHERING.match(text.text, found.bodies[0].start):
        return None
    office = _OFFICE.search(text.text[max(0, found.end - 16) : found.end])
    further = _ORGANISATION.match(text.text, found.end) or (_HOUSE.match(text.text, found.end) if office else None)
    inner = bodies_from(text.text, further.start() + 1) if further is not None else None
    stop = inner.end if inner is not None else further.end() if further is not None else found.end
    sum_of_money = _SUM.search(text.text, found.bodies[0].start, stop)
    stop = sum_of_money.start() if sum_of_money is not None else stop
    return text.slice(found.bodies[0].start, stop), stop


def capitals_at(text: TracedText, offset: int) -> tuple[TracedText, int] | None:
    """A name that only its capital tells (`Lữ đoàn trưởng`), up to the next small word or mark, and where it ends."""
    match = _BY_CAPITAL.match(text.text, offset)
    return (text.slice(*match.span()), match.end()) if match is not None else None

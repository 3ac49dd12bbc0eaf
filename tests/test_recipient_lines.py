"""What a list of recipients says where it was read with small errors, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.recipient_lines import mend_recipients

LISTS = st.lists(st.lists(st.text(st.characters(categories=("L", "N", "P")), max_size=8), max_size=6))
PRINTED = """Nơi nhận:
- Như Điều 3 (để t/h);
- TT. Huyện ủy, HĐND huyện (để báo
cáo);
- Các phòng, ban: Nội vụ, Tài chính;
- Các đơn vị sau:
+ Trạm Y tế;
- Lưu: VT, TCHC (02b)."""


def mended(*lines: str, heard: tuple[str, ...] | None = None) -> list[str]:
    voices = None if heard is None else [line.split() for line in heard]
    found = mend_recipients([line.split() for line in lines], voices)
    return [" ".join(word for word in line if word) for line in found]


def test_recipient_lines_that_are_right_stay() -> None:
    assert mended(*PRINTED.splitlines()) == PRINTED.splitlines()
    party = ["Nơi nhận:", "- Các huyện ủy, thị ủy,", "- Lưu Văn phòng Tỉnh ủy."]
    assert mended(*party) == party


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        (("Xới nhận.", "- Như trên;"), ("Nơi nhận:", "- Như trên;")),
        (("Nơi nhận:", "~ Như trên:", "_ Lưu. VT, TH."), ("Nơi nhận:", "- Như trên;", "- Lưu: VT, TH.")),
        (("- Ban A;", "- Ban B;", "~Lưu: VI, BB."), ("- Ban A;", "- Ban B;", "- Lưu: VT, BB.")),
        (("- Ban A (đề bíc);", "- Ban B (đê Uh);"), ("- Ban A (để b/c);", "- Ban B (để t/h);")),
        (("- Ban A (B/€):", "- Ban B (để p1h thực hiện);"), ("- Ban A (B/c);", "- Ban B (để p/h thực hiện);")),
        (("- Lưu: VT, P5 (1000).",), ("- Lưu: VT, P5 (100b).",)),
        (("- Lưu: VT, P5 (020).",), ("- Lưu: VT, P5 (02b).",)),
        (("- Lưu: VT, P5 (50).",), ("- Lưu: VT, P5 (50).",)),
        (("- Ban A gồm:", "+ Tổ 1:", "- Ban B; ."), ("- Ban A gồm:", "+ Tổ 1;", "- Ban B;")),
    ],
)
def test_recipient_lines_read_with_small_errors_are_put_right(read: tuple[str, ...], printed: tuple[str, ...]) -> None:
    assert mended(*read) == list(printed)


def test_recipient_lines_short_forms_of_the_engine_win_over_likelier_ones() -> None:
    assert mended("- Cổng TTĐT (để t/h),", heard=("- Cổng TTĐT (để t/b),",)) == ["- Cổng TTĐT (để t/b),"]
    assert mended("- Văn phòng (để b/c);", heard=("- Văn phòng (để b/e);",)) == ["- Văn phòng (để b/c);"]
    assert mended("- Văn phòng (để b/e);") == ["- Văn phòng (để b/c);"]


@given(LISTS)
def test_recipient_lines_keep_their_words(lines: list[list[str]]) -> None:
    found = mend_recipients(lines)
    assert [len(line) for line in found] == [len(line) for line in lines]
    assert mend_recipients(found) == mend_recipients(mend_recipients(found))

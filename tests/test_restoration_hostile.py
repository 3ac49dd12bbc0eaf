"""The restorer as shipped on what no page ever says: broken encodings, other scripts, lines without end."""

import io
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rescorer import Rescorer
from models.restoration import Restorer, restorer
from pipeline.cli import restoring

WRECKED = "Cac don vi gi bao cdo vé Phong Gido duc va Dao tao trudc ngay 15 thang 5"
MENDED = "Các đơn vị gửi báo cáo về Phòng Giáo dục và Đào tạo trước ngày 15 tháng 5"
RIGHT = "Kế hoạch tổ chức phong trào thi đua của Ủy ban nhân dân huyện trong năm học mới"
ODD = (
    "Kế hoạch".encode().decode("latin-1"),
    unicodedata.normalize("NFD", "Ủy"),
    "Kế\u200bhoạch",
    "\ufeffSố",
    "\u202eđua\u202c",
    "e\u0301\u0302\u0323\u0301",
    "\x00",
    "\x1b[31m",
    "\ud83d",
    "\udcff",
    "\ufffd\ufffd",
    "👩\u200d🏫",
    "计划",
    "план",
    "x" * 39,
    "é6" * 200,
    "Ké",
    "hoach",
    "s6",
    "ngay16",
)
ENGLISH = [
    "the",
    "committee",
    "shall",
    "publish",
    "reports",
    "within",
    "thirty",
    "working",
    "days",
    "after",
    "each",
    "quarter",
    "ends",
    "because",
    "members",
    "would",
    "otherwise",
    "never",
    "receive",
    "their",
    "official",
    "records",
]


@cache
def shipped() -> Restorer:
    return Restorer.load(judge=Rescorer.load())


@settings(max_examples=30, deadline=None)
@given(
    lines=st.lists(
        st.lists(st.sampled_from(ODD) | st.text("aếđ6\u0301\u200d\ud800.", max_size=9), max_size=9), max_size=4
    ),
    regime=st.sampled_from(["auto", "clean", "vie", "eng"]),
)
def test_restorer_survives_broken_encodings_and_other_scripts(lines: list[list[str]], regime: str) -> None:
    restored = shipped().restore_lines(lines, regime=regime)  # type: ignore[arg-type]
    for line, result in zip(lines, restored, strict=True):
        assert {k for token in result.tokens for k in token.sources} == {
            k for k, text in enumerate(line) if text.split()
        }
        assert all(0.0 <= token.confidence <= 1.0 for token in result.tokens)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(ENGLISH) | st.sampled_from(("计划", "🎉", "42", "план", "\x07")), min_size=12, max_size=40)
)
def test_restorer_leaves_words_of_other_languages_alone(words: list[str]) -> None:
    text = " ".join(["the", "committee", "shall", "have", "their", *words])
    assert shipped().restore_text(text) == text


@pytest.mark.parametrize("regime", ["auto", "vie"])
def test_restorer_composes_letters_and_changes_nothing_else(regime: str) -> None:
    text = unicodedata.normalize("NFD", RIGHT)
    assert shipped().restore_text(text, regime=regime) == RIGHT  # type: ignore[arg-type]


def test_restorer_mends_around_what_is_odd() -> None:
    words = WRECKED.split()
    words[5:5] = ["👩\u200d🏫", "\ud83d"]
    mended = MENDED.split()
    mended[5:5] = ["👩\u200d🏫", "\ud83d"]
    assert shipped().restore_text(" ".join(words), regime="eng").split() == mended


class Asked:
    """A judge that is only asked."""

    def __init__(self) -> None:
        self.times = 0

    def judge(
        self, units: Sequence[str], sure: Sequence[bool], choices: Mapping[int, Sequence[str]]
    ) -> dict[int, list[float]]:
        self.times += 1
        return {}


def test_restorer_takes_less_trouble_with_a_line_that_no_printer_made(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Asked()
    asking = Restorer.load(judge=judge)
    assert asking.restore_text(WRECKED, regime="eng") == MENDED
    assert judge.times == 1
    monkeypatch.setattr(restorer, "LONG_LINE", len(WRECKED))
    assert asking.restore_text(WRECKED, regime="eng") == MENDED
    assert judge.times == 2
    long = f"{WRECKED} {WRECKED}"
    assert asking.restore_text(long, regime="eng") == f"{MENDED} {MENDED}"
    assert judge.times == 2
    assert asking.restore_text(f"{WRECKED}\n{long}", regime="eng").startswith(MENDED)
    assert judge.times == 3


@given(st.lists(st.sampled_from([b"a", b"kh\xc3\xb4ng", b" ", b"\n", b"\r\n", b"\xff", b"x" * 40]), max_size=40))
def test_long_lines_are_cut_after_spaces_only(parts: list[bytes]) -> None:
    data = b"".join(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(restoring, "_LONG_LINE_BYTES", 16)
        pieces = list(restoring._lines(io.BytesIO(data)))
    assert b"".join(pieces) == data
    assert all(piece.endswith((b" ", b"\n")) for piece in pieces[:-1])
    assert all(b"\n" not in piece[:-1] for piece in pieces)

"""`sohoa correct`, `sohoa corrections` and `sohoa withdraw`, on a real document."""

from pathlib import Path

import pytest
from test_cli_standing import run

TEXT = """UBND HUYỆN AN BÌNH
PHÒNG NỘI VỤ

Số: 15/KH-PNV

An Bình, ngày 03 tháng 02 năm 2031

KẾ HOẠCH
Tổ chức phong trào thi đua năm 2031

I. MỤC ĐÍCH
Động viên cán bộ thi đua hoàn thành nhiệm vụ.
"""


def test_correct_sets_a_value_and_a_word_right_and_withdraw_takes_it_back(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text(TEXT, encoding="utf-8")
    place = ("--archive", tmp_path / "archive")
    assert run(capsys, "run", plan, *place)[0] == 0
    code, told = run(capsys, "correct", plan, "document.number", "16/KH-PNV", "--by", "Lan", *place)
    assert (code, "Correction 1 is kept." in told) == (0, True)
    assert "16/KH-PNV" in run(capsys, "records", plan, *place)[1]
    assert run(capsys, "correct", plan, "1:MỤC", "MỤC-ĐÍCH", "--by", "Lan", *place)[0] == 0
    assert "MỤC-ĐÍCH" in run(capsys, "text", plan, *place)[1]
    listed = run(capsys, "corrections", plan, *place)[1]
    assert "document.number" in listed
    assert "15/KH-PNV" in listed
    assert run(capsys, "withdraw", 1, *place)[0] == 0
    assert "15/KH-PNV" in run(capsys, "records", plan, *place)[1]


@pytest.mark.parametrize(
    ("what", "row"), [("deadlines.nothing", 1), ("nothing.end", 1), ("deadlines.end", 7), ("1:nowhere", 1), ("9.9", 1)]
)
def test_correct_says_what_there_is(capsys: pytest.CaptureFixture[str], tmp_path: Path, what: str, row: int) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text(TEXT, encoding="utf-8")
    place = ("--archive", tmp_path / "archive")
    run(capsys, "run", plan, *place)
    assert run(capsys, "correct", plan, what, "x", "--row", row, *place)[0] == 2

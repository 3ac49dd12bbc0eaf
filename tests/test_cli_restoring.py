"""`sohoa restore` streams: as many lines out as in, white space and what nobody can read kept."""

import io
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from command_line import call, command, environment
from hypothesis import given, settings
from hypothesis import strategies as st

from models.restoration import RestoredLine, RestoredToken
from pipeline.cli import restoring
from pipeline.cli.restoring import _rewritten
from pipeline.stages import restore as restore_stage


class Upper:
    """Puts every token in capitals, joins `a b` to `AB`, splits `c-d` and drops `x`."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.regimes: set[str] = set()

    def restore_lines(
        self, lines: Sequence[Sequence[str]], confidences: object = None, *, regime: str = "auto"
    ) -> list[RestoredLine]:
        self.sizes.append(len(lines))
        self.regimes.add(regime)
        return [RestoredLine(tuple(self.tokens(line)), "eng") for line in lines]

    def tokens(self, line: Sequence[str]) -> list[RestoredToken]:
        made: list[RestoredToken] = []
        for index, text in enumerate(line):
            if text == "b" and index and line[index - 1] == "a":
                made[-1] = RestoredToken("AB", 0.5, (index - 1, index), (("ab", 0.25),))
            elif "-" in text:
                made += [RestoredToken(part.upper() or "-", 0.5, (index,)) for part in text.split("-")]
            elif text != "x":
                made.append(RestoredToken(text.upper(), 1.0, (index,)))
        return made


@pytest.fixture
def upper(monkeypatch: pytest.MonkeyPatch) -> Upper:
    fake = Upper()
    monkeypatch.setattr(restore_stage, "load_restorer", lambda: fake)
    return fake


def restored(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], text: bytes, *arguments: str
) -> tuple[bytes, str]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    answer = call(capsysbinary, "restore", *arguments)  # type: ignore[arg-type]
    assert answer.code == 0
    return bytes(answer.out), bytes(answer.err).decode()  # type: ignore[arg-type, call-overload]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", b""),
        (b"\n\n\n", b"\n\n\n"),
        (b"ab c\nde", b"AB C\nDE"),
        (b"  ab \t c  \r\n", b"  AB \t C  \r\n"),
        ("kế\u00a0hoạch\n".encode(), "KẾ\u00a0HOẠCH\n".encode()),
        (b" a  b  c\n", b" AB  C\n"),
        (b"c-d  e\n", b"C D  E\n"),
        (b"a x\n", b"A\n"),
        (b"x\n", b"\n"),
        (b"e\xff\xfe f\ng\n", b"e\xff\xfe f\nG\n"),
        (b"\xef\xbb\xbfe\n", b"\xef\xbb\xbfE\n"),
    ],
)
def test_white_space_and_line_ends_stay(
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
    upper: Upper,
    text: bytes,
    expected: bytes,
) -> None:
    assert restored(monkeypatch, capsysbinary, text)[0] == expected


def test_lines_that_are_not_utf8_are_counted(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], upper: Upper
) -> None:
    told = restored(monkeypatch, capsysbinary, b"\xff\ne\n\xfe\n")[1]
    assert "2 lines are not UTF-8" in told
    assert "iconv" in told


def test_explain_lists_changes_by_line(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], upper: Upper
) -> None:
    told = restored(monkeypatch, capsysbinary, b"E\n\na b C\n", "--explain")[1]
    assert told == "3: a b → AB  0.50 eng  ab 0.25\n"


def test_the_regime_is_handed_on(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], upper: Upper
) -> None:
    restored(monkeypatch, capsysbinary, b"e\n", "--regime", "vie")
    restored(monkeypatch, capsysbinary, b"e\n", "--set", "restore.regime=eng")
    restored(monkeypatch, capsysbinary, b"e\n")
    assert upper.regimes == {"vie", "eng", "auto"}


def test_long_input_is_worked_on_in_bounded_pieces(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], upper: Upper
) -> None:
    text = b"e f\n" * 1000 + b"g " * 5000 + b"\n"
    out, _ = restored(monkeypatch, capsysbinary, text)
    assert out == text.upper()
    assert max(upper.sizes) <= 500 + 13


def test_a_missing_file_is_an_error_with_a_remedy(capsys: pytest.CaptureFixture[str], upper: Upper) -> None:
    answer = call(capsys, "restore", "nowhere.txt")
    assert (answer.code, answer.out) == (3, "")
    assert "nowhere.txt" in answer.err


def test_a_file_is_read(capsys: pytest.CaptureFixture[str], upper: Upper, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("e f\n")
    assert call(capsys, "restore", tmp_path / "a.txt").out == "E F\n"


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_nothing_changes_where_no_token_does(text: str) -> None:
    text = text.replace("\n", " ").encode("utf-8", "replace").decode()
    pieces = restoring._pieces(text)
    same = [
        (piece, RestoredLine(tuple(RestoredToken(t, 1.0, (i,)) for i, t in enumerate(piece)), "vie"))
        for piece in pieces
    ]
    assert _rewritten(text, same).decode() == text


@given(st.text(alphabet="ab cx-\t", max_size=60))
def test_every_token_is_written_once_between_the_lines_ends(text: str) -> None:
    fake = Upper()
    changed = [(piece, RestoredLine(tuple(fake.tokens(piece)), "eng")) for piece in restoring._pieces(text)]
    written = _rewritten(text, changed).decode()
    assert written.split() == [token.text for _, line in changed for token in line.tokens]
    assert re.match(r"\s*", written)[0].startswith(re.match(r"\s*", text)[0])  # type: ignore[index]


def test_lines_are_answered_while_more_may_come(tmp_path: Path) -> None:
    """Somebody at the other end of a pipe sees the first pages before the last are there; Ctrl-C ends the wait."""
    with subprocess.Popen(
        command("restore", "--regime", "eng"),
        env=environment(),
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write("Ké hoach s6 15/KH-UBND\n".encode() * 600)
        child.stdin.flush()
        first = child.stdout.readline().decode()
        child.send_signal(2)
        _, told = child.communicate(timeout=60)
    assert first == "Kế hoạch số 15/KH-UBND\n"
    assert child.returncode == 130
    assert b"Traceback" not in told

"""The house's own rules, checked on its files."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path
    for folder in ("pipeline", "models", "corpus")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
IDS = [str(path.relative_to(ROOT)) for path in SOURCES]


def test_sources_are_found() -> None:
    assert len(SOURCES) > 20


@pytest.mark.parametrize("path", SOURCES, ids=IDS)
def test_a_file_stays_within_400_lines(path: Path) -> None:
    count = len(path.read_text(encoding="utf-8").splitlines())
    assert count <= 400, f"{count} lines ask to be two files"


@pytest.mark.parametrize("path", SOURCES, ids=IDS)
def test_a_module_is_named_after_what_it_does(path: Path) -> None:
    assert not {part.removesuffix(".py") for part in path.relative_to(ROOT).parts} & FORBIDDEN_NAMES


@pytest.mark.parametrize("path", SOURCES, ids=IDS)
def test_no_assert_and_no_bare_except_outside_tests(path: Path) -> None:
    found = list(offences(ast.parse(path.read_text(encoding="utf-8"))))
    assert not found


def offences(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            yield f"line {node.lineno}: assert"
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield f"line {node.lineno}: bare except"


@pytest.mark.parametrize("path", SOURCES, ids=IDS)
def test_sources_do_not_reach_out_of_the_project(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "../shared" not in text
    assert "/home/" not in text


def test_offences_are_recognised() -> None:
    bad = "def f():\n    assert 1\n    try:\n        pass\n    except:\n        pass\n"
    assert list(offences(ast.parse(bad))) == ["line 2: assert", "line 5: bare except"]

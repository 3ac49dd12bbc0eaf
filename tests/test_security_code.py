"""No text becomes a program, and none makes a pattern stall; docs/security.md tells where each is met."""

import ast
from collections.abc import Callable
from contextlib import suppress

import pytest
from bounds import bounded_time
from command_line import ROOT

from pipeline.archive.export import neutral
from pipeline.archive.names import safe_stem
from pipeline.archive.search.query import Query
from pipeline.cli.terminal import harmless
from pipeline.errors import UsageError

SOURCES = sorted(path for folder in ("pipeline", "models", "corpus") for path in (ROOT / folder).rglob("*.py"))
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "yaml"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_METHODS = {("os", "system"), ("os", "popen"), ("torch", "load"), ("tempfile", "mktemp")}
FORBIDDEN_ARGUMENTS = {"shell", "allow_pickle"}


def dangers(source: str) -> list[str]:
    """What would let a file or a text become a program."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [alias.name for alias in names if alias.name.partition(".")[0] in FORBIDDEN_MODULES]
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in FORBIDDEN_MODULES:
                found.append(module)
            case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_CALLS:
                found.append(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)) if (
                owner,
                name,
            ) in FORBIDDEN_METHODS:
                found.append(f"{owner}.{name}")
        if isinstance(node, ast.Call):
            found += [
                key.arg
                for key in node.keywords
                if key.arg in FORBIDDEN_ARGUMENTS and not (isinstance(key.value, ast.Constant) and not key.value.value)
            ]
    return found


def test_no_text_becomes_a_program() -> None:
    assert len(SOURCES) > 100
    assert {str(path.relative_to(ROOT)): dangers(path.read_text(encoding="utf-8")) for path in SOURCES} == {
        str(path.relative_to(ROOT)): [] for path in SOURCES
    }


def test_dangers_are_recognised() -> None:
    assert dangers("import pickle\nfrom yaml import load\neval('1')\nos.system('x')") == [
        "pickle",
        "yaml",
        "eval",
        "os.system",
    ]
    assert dangers("run(x, shell=True)\nnp.load(p, allow_pickle=flag)\nrun(x, shell=False)\nnetwork.eval()") == [
        "shell",
        "allow_pickle",
    ]


def asked(text: str) -> None:
    with suppress(UsageError):
        Query.parse(text)


@pytest.mark.parametrize("letter", ["a", " ", '"', "'", "1 ", "\x1b"])
@pytest.mark.parametrize("function", [harmless, neutral, safe_stem, asked], ids=lambda f: f.__name__)
def test_a_line_of_a_million_letters_does_not_stall(letter: str, function: Callable[[str], object]) -> None:
    with bounded_time(10):
        function((letter * 1_000_000)[:1_000_000])

"""Every error carries an exit code and a remedy, and the drawn tree is the tree in the code."""

import pickle
import re

import pytest

from pipeline import errors
from pipeline.errors import NOT_ALL_DONE_EXIT_CODE, SohoaError


def subclasses(kind: type[SohoaError]) -> list[type[SohoaError]]:
    found: list[type[SohoaError]] = []
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            found += [child, *subclasses(child)]
    return found


EVERY_KIND = [SohoaError, *subclasses(SohoaError)]


def drawn() -> dict[str, tuple[int, int | None]]:
    """Name → depth in the drawing and the exit code written beside it."""
    tree: dict[str, tuple[int, int | None]] = {}
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"^    ([│├└─ ]*)([A-Z]\w+Error)\s+(\d+)?", line)
        if match:
            code = int(match[3]) if match[3] else None
            tree[match[2]] = (len(match[1]) // 4, code)
    return tree


def test_every_kind_is_drawn_and_exported() -> None:
    names = {kind.__name__ for kind in EVERY_KIND}
    assert set(drawn()) == names
    assert names <= set(errors.__all__)


@pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: kind.__name__)
def test_drawing_agrees_with_the_code(kind: type[SohoaError]) -> None:
    depth, code = drawn()[kind.__name__]
    assert depth == len(kind.__mro__) - len(SohoaError.__mro__)
    if code is None:
        assert kind.exit_code == kind.__bases__[0].exit_code  # type: ignore[attr-defined]
    else:
        assert kind.exit_code == code


def test_codes_tell_every_kind_apart() -> None:
    codes = [kind.code for kind in EVERY_KIND]
    assert len(set(codes)) == len(codes)
    branches = [kind.exit_code for kind in EVERY_KIND if kind.__bases__[0] in (SohoaError, Exception)]
    assert len({*branches, NOT_ALL_DONE_EXIT_CODE}) == len(branches) + 1
    assert all(0 < code < 126 for code in branches)


@pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: kind.__name__)
def test_errors_survive_the_way_between_processes(kind: type[SohoaError]) -> None:
    error = pickle.loads(pickle.dumps(kind("It broke.", remedy="Mend it.")))  # noqa: S301 - our own bytes
    assert type(error) is kind
    assert (error.message, error.remedy, str(error)) == ("It broke.", "Mend it.", "It broke.")


def test_an_error_without_a_remedy_cannot_be_made() -> None:
    with pytest.raises(TypeError):
        SohoaError("It broke.")  # type: ignore[call-arg]

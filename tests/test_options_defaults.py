"""The configuration file and the code say the same, and options are read without surprises."""

import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline.errors import UsageError
from pipeline.options import Options, load_options, options_sha256

DEFAULTS = Path(pipeline.__file__).parent / "default.toml"


def test_default_file_equals_the_defaults_in_the_code() -> None:
    in_file = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    in_code = msgspec.to_builtins(Options())
    assert in_file == in_code
    assert list(in_file) == list(in_code)
    assert [list(table) for table in in_file.values()] == [list(table) for table in in_code.values()]


def test_default_file_is_read_as_the_defaults() -> None:
    assert load_options(DEFAULTS) == load_options() == Options()


def test_default_file_shows_values_of_the_types_in_the_code() -> None:
    in_file = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    for table, values in msgspec.to_builtins(Options()).items():
        for key, value in values.items():
            assert type(in_file[table][key]) is type(value), f"{table}.{key}"


def test_settings_win_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "sohoa.toml"
    file.write_text("[ocr]\ntimeout_s = 30.0\nlanguage = 'eng'\n", encoding="utf-8")
    options = load_options(file, ["ocr.timeout_s=45", "restore.regime=clean"])
    assert options.ocr.timeout_s == 45.0
    assert options.ocr.language == "eng"
    assert options.restore.regime == "clean"
    assert options.clean == Options().clean


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("ocr.timeout=1", "timeout"),
        ("ocrs.timeout_s=1", "ocrs"),
        ("ocr.timeout_s", "no setting"),
        ("timeout_s=1", "no setting"),
        ("=1", "no setting"),
        ("ocr.timeout_s=soon", "timeout_s"),
        ("restore.regime=bold", "regime"),
        ("runner.jobs=1.5", "jobs"),
        ("layout.tables=3", "tables"),
    ],
)
def test_wrong_settings_are_refused_by_name(setting: str, named: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_options(settings=[setting])
    assert named in caught.value.message
    assert caught.value.remedy


def test_a_setting_inside_what_is_no_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "sohoa.toml"
    file.write_text("ocr = 3\n", encoding="utf-8")
    with pytest.raises(UsageError, match="ocr"):
        load_options(file, ["ocr.timeout_s=3"])


@pytest.mark.parametrize("content", [b"[ocr", b"\xff\xfe[ocr]", b"[ocr]\nnobody = 1\n"])
def test_a_broken_configuration_is_refused_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "sohoa.toml"
    file.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        load_options(file)
    assert "sohoa config" in caught.value.remedy


def test_a_missing_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.toml"):
        load_options(tmp_path / "nowhere.toml")


@given(timeout=st.floats(min_value=0.1, max_value=1e6), jobs=st.integers(0, 512))
def test_equal_options_have_equal_keys(timeout: float, jobs: int) -> None:
    settings = [f"ocr.timeout_s={timeout!r}", f"runner.jobs={jobs}"]
    first, second = load_options(settings=settings), load_options(settings=reversed(settings))
    assert options_sha256(first) == options_sha256(second)
    assert (options_sha256(first) == options_sha256(Options())) == (first == Options())


def test_options_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Options().ocr.language = "eng"  # type: ignore[misc]

"""Weight files: what is written comes back, and what was changed is refused."""

from pathlib import Path

import numpy as np
import pytest

from models.weights import MANIFEST, WeightsError, load_arrays, write_arrays, write_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_arrays(
        tmp_path / "a.bin",
        {
            "bytes": np.arange(7, dtype=np.uint8),
            "table": np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3),
            "none": np.zeros((0, 4), dtype=np.int32),
        },
    )
    write_manifest(tmp_path, ["a.bin"])
    return tmp_path


def test_weights_come_back_as_written(folder: Path) -> None:
    arrays = load_arrays(folder, "a.bin")
    assert list(arrays) == ["bytes", "table", "none"]
    assert arrays["bytes"].tolist() == list(range(7))
    assert arrays["table"].dtype == np.float32 and arrays["table"].shape == (2, 3)
    assert arrays["none"].shape == (0, 4)
    assert not arrays["table"].flags.writeable


def test_weights_refuse_a_changed_byte(folder: Path) -> None:
    raw = bytearray((folder / "a.bin").read_bytes())
    raw[-1] ^= 1
    (folder / "a.bin").write_bytes(raw)
    with pytest.raises(WeightsError, match="SHA-256"):
        load_arrays(folder, "a.bin")


def test_weights_refuse_a_file_without_manifest_entry(folder: Path) -> None:
    (folder / "b.bin").write_bytes((folder / "a.bin").read_bytes())
    with pytest.raises(WeightsError, match="not in the manifest"):
        load_arrays(folder, "b.bin")


@pytest.mark.parametrize("content", ["", "[]", '{"files": 3}', '{"files": {"a.bin": {}}}'])
def test_weights_refuse_a_broken_manifest(folder: Path, content: str) -> None:
    (folder / MANIFEST).write_text(content)
    with pytest.raises(WeightsError):
        load_arrays(folder, "a.bin")


def test_weights_refuse_a_missing_file(folder: Path) -> None:
    (folder / "a.bin").unlink()
    with pytest.raises(WeightsError, match=r"a\.bin"):
        load_arrays(folder, "a.bin")


@pytest.mark.parametrize("content", [b"", b"short", b"SOHOAW01" + b"\xff" * 40, b"x" * 500])
def test_weights_refuse_what_is_no_weight_file(folder: Path, content: bytes) -> None:
    (folder / "a.bin").write_bytes(content)
    write_manifest(folder, ["a.bin"])
    with pytest.raises(WeightsError):
        load_arrays(folder, "a.bin")


def test_weights_hold_numbers_only(folder: Path) -> None:
    raw = (folder / "a.bin").read_bytes()
    (folder / "a.bin").write_bytes(raw.replace(b'"|u1"', b'"|O8"'))
    write_manifest(folder, ["a.bin"])
    with pytest.raises(WeightsError):
        load_arrays(folder, "a.bin")


def test_weights_written_again_leave_what_is_mapped_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_arrays(path, {"a": np.zeros(100_000, dtype=np.int32)})
    write_manifest(tmp_path, ("a.bin",))
    mapped = load_arrays(tmp_path, "a.bin")["a"]
    write_arrays(path, {"a": np.ones(10, dtype=np.int32)})
    assert not mapped.any()
    assert [child.name for child in tmp_path.iterdir() if child.suffix == ".part"] == []

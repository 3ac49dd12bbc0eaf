"""The choice between fast, standard and best: how it is asked for, and that the doctor names what it gains by."""

import importlib.metadata

import pytest

from pipeline import doctor
from pipeline.cli.arguments import load
from pipeline.errors import UsageError


def test_quality_on_the_command_line_wins_over_settings() -> None:
    assert load(None, ["ocr.quality=fast"], None, "best").ocr.quality == "best"
    assert load(None, ["ocr.quality=fast"]).ocr.quality == "fast"
    assert load(None, None, 3).ocr.quality == "standard"
    with pytest.raises(UsageError, match="quality"):
        load(None, ["ocr.quality=finest"])


def test_doctor_names_extra_engines_but_misses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "trueocr":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.2.3"

    monkeypatch.setattr(doctor.importlib.metadata, "version", version)
    found = {finding.part: finding for finding in doctor._more_readers()}
    assert "sohoa[engines]" in found["extra engine trueocr"].found
    assert found["extra engine asterocr"].found == "1.2.3"
    assert {finding.state for finding in found.values()} == {"ok"}

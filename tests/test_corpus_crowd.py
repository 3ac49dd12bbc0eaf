"""The crowd for load tests: every file another one, the bad ones refused for what they are."""

import hashlib
from pathlib import Path

from corpus.crowd import BAD_KINDS, build, origins, sample_pages
from pipeline.archive import Archive
from pipeline.options import Options, RunnerOptions


def files(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.*")}


def test_crowd_is_made_of_sample_pages_and_no_two_files_are_alike(tmp_path: Path) -> None:
    good, pages = build(tmp_path / "one", 40, 0.25, seed=5)
    assert good == 30
    known = {(path.parent.name, number) for path, number in sample_pages()}
    found = [origin for path in (tmp_path / "one").rglob("0000??.pdf") for origin in origins(path)]
    assert len(found) == pages
    assert set(found) <= known
    made = files(tmp_path / "one")
    assert len(made) == 40
    assert len(set(made.values())) == 40
    build(tmp_path / "two", 40, 0.25, seed=5)
    again = files(tmp_path / "two")
    assert {name for name in made if name[6:] == ".pdf"} == {name for name in again if name[6:] == ".pdf"}


def test_crowd_every_bad_kind_is_refused_with_a_remedy(tmp_path: Path) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    for number, (kind, (ending, make)) in enumerate(sorted(BAD_KINDS.items())):
        (folder / f"{number}-{kind}{ending}").write_bytes(make(number))
    with Archive.open(tmp_path / "archive") as archive:
        report = archive.intake([folder], Options(runner=RunnerOptions(jobs=1)))
        assert len(report.files) == len(BAD_KINDS) == 12
        assert {file.path.name: file.result for file in report.files if file.result != "refused"} == {}
        assert all(file.remedy for file in report.files)
        assert archive.standing().settled

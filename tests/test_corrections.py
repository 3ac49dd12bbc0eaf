"""What a person set right: applied, kept through every re-run, found again by its place, and never lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_stages import FakeExtract, FakeIngest, FakeOcr, FakeRestore
from test_archive_intake import OPTIONS, write

from pipeline.archive import Archive
from pipeline.corrections import Correction, Mark, find_mark, mark_of
from pipeline.document import Box, Page, Reading, Word
from pipeline.errors import UsageError
from pipeline.stage import Stage
from pipeline.stages.confirm import Confirm
from pipeline.stages.correct import Correct


def correcting() -> tuple[Stage, ...]:
    return FakeIngest(), FakeOcr(), FakeRestore(), Correct(), FakeExtract(), Confirm()


def later() -> tuple[Stage, ...]:
    """The same with another restoration."""
    return FakeIngest(), FakeOcr(), FakeRestore(version=2), Correct(), FakeExtract(), Confirm()


@pytest.fixture
def archive(tmp_path: Path, catalog_url: str) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive", url=catalog_url) as archive:
        yield archive


@pytest.fixture
def plan(tmp_path: Path, archive: Archive) -> str:
    """The id of a document that says `pai hội`, twice read."""
    (path,) = write(tmp_path, plan="pai hội\nđảng các cấp")
    report = archive.intake([path], OPTIONS, stages=correcting)
    return report.files[0].id or ""


def word_correction(archive: Archive, id_: str, after: str) -> Correction:
    word = archive.document(id_).words_by_id()["1.0"]
    return Correction("word", (mark_of(word),), word.text, after, "Lan")


def test_a_corrected_word_is_read_anew_by_what_follows(archive: Archive, plan: str) -> None:
    assert archive.document(plan).records.document.number.normal == "PAI"  # type: ignore[union-attr]
    archive.correct(plan, word_correction(archive, plan, "Đại"))
    report = archive.refresh(plan, OPTIONS, stages=correcting)
    assert [file.result for file in report.files] == ["done"]
    document = archive.document(plan)
    assert document.text() == "Đại HỘI\n\nĐẢNG CÁC CẤP"
    assert document.records.document.number is not None
    assert document.records.document.number.normal == "Đại"
    word = document.words_by_id()["1.0"]
    assert [(reading.reader, reading.text) for reading in word.readings] == [
        ("ocr", "pai"),
        ("restore", "PAI"),
        ("correct", "Đại"),
    ]
    assert archive.documents()[0].name == "plan.txt"


def test_corrections_survive_other_stages_force_and_the_same_file_again(
    tmp_path: Path, archive: Archive, plan: str
) -> None:
    archive.correct(plan, word_correction(archive, plan, "Đại"))
    for more in ({"stages": later}, {"stages": later, "force": True}, {"stages": correcting}):
        report = archive.intake([tmp_path / "plan.txt"], OPTIONS, **more)  # type: ignore[arg-type]
        assert report.files[0].result == "done"
        assert archive.document(plan).text().startswith("Đại")
    assert archive.intake([tmp_path / "plan.txt"], OPTIONS, stages=correcting).files[0].result == "already"


def test_a_corrected_value_stands_with_its_evidence(archive: Archive, plan: str) -> None:
    value = archive.document(plan).records.document.number
    assert value is not None
    mark = mark_of(archive.document(plan).words_by_id()[value.evidence[0]])
    archive.correct(plan, Correction("value", (mark,), "PAI", "15/KH-UBND", "Lan", "document", "number"))
    archive.refresh(plan, OPTIONS, stages=correcting)
    found = archive.document(plan).records.document.number
    assert found is not None
    assert (found.normal, found.text, found.confidence, found.evidence) == ("15/KH-UBND", "PAI", 1.0, value.evidence)
    assert archive.documents()[0].number == "15/KH-UBND"
    # A field that nobody had read, and one that says nothing.
    archive.correct(plan, Correction("value", (mark,), "", "Kế hoạch", "Lan", "document", "type"))
    archive.correct(plan, Correction("value", (mark,), "15/KH-UBND", "", "Lan", "document", "number"))
    archive.refresh(plan, OPTIONS, stages=correcting)
    fields = archive.document(plan).records.document
    assert fields.number is None
    assert fields.type is not None
    assert (fields.type.normal, fields.type.evidence) == ("Kế hoạch", (mark.word_id,))


def test_a_withdrawn_correction_lets_what_was_read_stand_again(archive: Archive, plan: str) -> None:
    number = archive.correct(plan, word_correction(archive, plan, "Đại"))
    archive.refresh(plan, OPTIONS, stages=correcting)
    assert archive.withdraw(number) == plan
    archive.refresh(plan, OPTIONS, stages=correcting)
    assert archive.document(plan).text().startswith("PAI HỘI")
    (stored,) = archive.corrections(plan)
    assert stored.withdrawn_at is not None
    with pytest.raises(UsageError):
        archive.withdraw(number)


def test_a_correction_that_finds_nothing_is_told_and_costs_nothing(archive: Archive, plan: str) -> None:
    gone = Mark(9, "9.9", None, "gone")
    archive.correct(plan, Correction("word", (gone,), "a", "b", "Lan"))
    archive.correct(plan, Correction("value", (gone,), "a", "b", "Lan", "deadlines", "end"))
    report = archive.refresh(plan, OPTIONS, stages=correcting)
    assert report.files[0].result == "done"
    issues = archive.document(plan).issues
    assert [(issue.code, issue.weight, issue.stage) for issue in issues] == [
        ("correction-lost", "doubt", "correct"),
        ("correction-lost", "doubt", "confirm"),
    ]
    assert archive.standing().needs_person == 1


def test_corrections_outlive_the_catalog(tmp_path: Path, archive: Archive, plan: str) -> None:
    archive.correct(plan, word_correction(archive, plan, "Đại"))
    archive.refresh(plan, OPTIONS, stages=correcting)
    with Archive.open(archive.folder, url=f"sqlite:///{tmp_path / 'anew.sqlite'}") as anew:
        assert anew.rebuild() == 1
        assert [stored.correction.after for stored in anew.corrections()] == ["Đại"]
        report = anew.intake([tmp_path / "plan.txt"], OPTIONS, stages=correcting)
        assert report.files[0].result == "already"
        assert anew.document(plan).text().startswith("Đại")


def test_marks_are_found_by_place_before_id() -> None:
    def word(id_: str, left: float, text: str = "a") -> Word:
        return Word(id_, 1, Box(left, 0, left + 10, 10), (Reading("ocr", text, 0.5),))

    page = Page(1, 100, 100, 100.0, "scan", words=(word("1.0", 0), word("1.1", 50, "b")))
    assert find_mark([page], Mark(1, "1.0", Box(51, 0, 61, 10), "a")) is page.words[1]
    assert find_mark([page], Mark(1, "1.0", Box(56, 0, 66, 10), "a")) is None
    assert find_mark([page], Mark(2, "1.0", Box(0, 0, 10, 10), "a")) is None
    assert find_mark([page], Mark(1, "1.1", None, "b")) is page.words[1]
    assert find_mark([page], Mark(1, "1.1", None, "other")) is None
    assert find_mark([], mark_of(page.words[0])) is None

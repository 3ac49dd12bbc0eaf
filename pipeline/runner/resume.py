"""What need not be done again: stages whose version and options are the same, pages that an attempt finished."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline.corrections import Correction
from pipeline.document import Document, Page, Source, replace
from pipeline.options import Options
from pipeline.records import Records
from pipeline.runner.files import write_atomically
from pipeline.runner.order import is_page_stage, stage_options_sha256
from pipeline.stage import Stage

__all__ = ["FinishedPages", "keep_good_pages", "read_document", "take_up"]


@dataclass(frozen=True, slots=True)
class FinishedPages:
    """A folder of pages that are done, so that a worker's death costs one page and not the hours before it.

    Pages that had an issue are not kept: another attempt may read them.
    """

    folder: Path

    def load(self, number: int) -> Page | None:
        """A page that is done, or None."""
        try:
            return msgspec.json.decode(self._file(number).read_bytes(), type=Page)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def save(self, page: Page) -> None:
        """Keep a page that is done."""
        write_atomically(self._file(page.number), msgspec.json.encode(page), lasting=False)

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:06d}.json"


def read_document(path: Path) -> Document | None:
    """An earlier result, or None where it is gone or was written by a version with another model."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Document)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def take_up(
    known: Document | None,
    source: Source,
    order: Sequence[Stage],
    options: Options,
    corrections: Sequence[Correction] = (),
) -> tuple[Document, int, set[str]]:
    """Where to begin.

    A document is taken up after the stages that work page by page, or begun anew: what those need beside the
    document (pixels, lines between cells) is not kept.

    Returns:
        The document as it was before the first stage that is to be done, that stage's index, and what the stages
        before it gave.
    """
    fresh: tuple[Document, int, set[str]] = Document(source), 0, set()
    if known is None or known.source.sha256 != source.sha256:
        return fresh
    same = _same_stages(known, order, options, corrections)
    if same == len(order) == len(known.trail):
        return known, same, set()
    # Records are made anew by whoever makes them, for what is changed in them afterwards does not say what they were.
    records_from = next((index for index, stage in enumerate(order) if "records" in stage.gives), same)
    same = min(same, records_from)
    if same < _first_after_pages(order):
        return fresh
    redone = {step.stage for step in known.trail[same:]}
    pages = tuple(_without_readings(page, redone) for page in known.pages)
    document = Document(
        known.source,
        pages,
        records=Records(),
        issues=tuple(issue for issue in known.issues if issue.stage not in redone),
        decisions=tuple(decision for decision in known.decisions if decision.stage not in redone),
        trail=known.trail[:same],
    )
    kept_stages = order[:same]
    if any(stage.gives & {"passages", "records"} for stage in kept_stages):
        document = replace(document, sections=known.sections, passages=known.passages)
    return document, same, {gift for stage in kept_stages for gift in stage.gives}


def keep_good_pages(
    known: Document, source: Source, order: Sequence[Stage], options: Options, finished: FinishedPages
) -> None:
    """Leave an earlier result's pages that nothing happened to where an attempt looks for finished ones.

    They are kept only if the stages up to the last that works page by page would do the same again.
    """
    after = _first_after_pages(order)
    if known.source.sha256 != source.sha256 or _same_stages(known, order[:after], options) < after:
        return
    later = {step.stage for step in known.trail[after:]}
    lost = known.lost_pages
    for page in known.pages:
        if page.number not in lost and finished.load(page.number) is None:
            finished.save(_without_readings(page, later))


def _same_stages(
    known: Document, order: Sequence[Stage], options: Options, corrections: Sequence[Correction] = ()
) -> int:
    """How many stages, from the first on, did what they would do again and lost nothing of the whole document."""
    same = 0
    failed = {issue.stage for issue in known.losses if issue.page is None}
    for stage, step in zip(order, known.trail, strict=False):
        if stage.name in failed and "pages" not in stage.gives:
            break
        if (stage.name, stage.version, stage_options_sha256(stage, options, corrections)) != (
            step.stage,
            step.version,
            step.options_sha256,
        ):
            break
        same += 1
    return same


def _first_after_pages(order: Sequence[Stage]) -> int:
    """The index after the last stage that works page by page."""
    return max((index + 1 for index, stage in enumerate(order) if is_page_stage(stage)), default=1)


def _without_readings(page: Page, readers: set[str]) -> Page:
    return replace(
        page,
        words=tuple(
            replace(word, readings=tuple(reading for reading in word.readings if reading.reader not in readers))
            for word in page.words
        ),
    )

"""One document through all stages, in this process."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from itertools import groupby
from pathlib import Path

from pipeline.corrections import Correction
from pipeline.document import Document, Issue, Page, replace
from pipeline.errors import ArchiveError, MissingEngineError, ModelError, SohoaError, StageError, UsageError
from pipeline.options import Options
from pipeline.runner.order import StageFactory, check_order, is_document_stage, is_page_stage, stages
from pipeline.runner.resume import FinishedPages, keep_good_pages, take_up
from pipeline.runner.slots import Slots
from pipeline.runner.source import identify, printable
from pipeline.runner.trail import Trail, Watch
from pipeline.stage import Context, PageStage, Stage

__all__ = ["run_document", "walk"]

# These say that the installation or the command is at fault, so the next page or document would fail as well.
_FATAL = (ArchiveError, MissingEngineError, ModelError, StageError, UsageError)


class _Progress:
    """Tells a plain function when a stage has finished."""

    def __init__(self, progress: Callable[[str, int | None], None]) -> None:
        self._progress = progress

    def begun(self, stage: str, page: int | None) -> None:
        """Nobody asked."""

    def ended(self, stage: str, page: int | None, wall_s: float = 0.0) -> None:
        """Pass it on."""
        self._progress(stage, page)

    def broke(self, stage: str, page: int | None, error: BaseException) -> None:
        """The error itself tells."""

    def counted(self, pages: int) -> None:
        """Nobody asked."""

    def page_done(self, page: int) -> None:
        """Nobody asked."""


def run_document(
    path: Path,
    options: Options,
    *,
    workspace: Path | None = None,
    progress: Callable[[str, int | None], None] | None = None,
    threads: int = 1,
    known: Document | None = None,
    stages: StageFactory = stages,
) -> Document:
    """Take one document through all stages in this process.

    An error that a stage foresaw costs one page, or one stage's gifts, and becomes an issue of the document.

    Args:
        path: the original, only ever read.
        workspace: folder for the pages' pictures, made if need be; without one none are kept.
        progress: told (stage, page number or None) when a stage has finished, from any thread.
        threads: how many pages may be worked on at a time.
        known: the result of an earlier run on the same content; stages that would do the same again are left out.
        stages: gives the stages, in order.
    Returns:
        The document with its trail.
    Raises:
        InputError: the file cannot be digitised as it is.
        MissingEngineError: a program that reads is not installed.
        ModelError: weights are missing or are not the ones in the manifest.
        StageError: a stage is given less than it needs.
    """
    watch = _Progress(progress or (lambda stage, page: None))
    return walk(path, options, stages(), watch, Slots(threads), workspace=workspace, known=known)


def walk(
    path: Path,
    options: Options,
    order: Sequence[Stage],
    watch: Watch,
    slots: Slots,
    *,
    workspace: Path | None = None,
    known: Document | None = None,
    skips: Iterable[Issue] = (),
    finished: FinishedPages | None = None,
    again: bool = False,
    corrections: tuple[Correction, ...] = (),
) -> Document:
    """`run_document` with somebody who looks on.

    Args:
        skips: pages and stages that are left out because they ended an earlier attempt, as the issues to note.
        finished: what an earlier attempt left, and where this one leaves the pages that are done.
        corrections: what a person set right in this document.
        again: try again what the earlier result lost; its good pages are kept where `finished` is given.
    """
    check_order(order)
    trail = Trail(watch)
    source = identify(path)
    if again and known is not None and finished is not None:
        keep_good_pages(known, source, order, options, finished)
        known = None
    document, first, given = take_up(known, source, order, options, corrections)
    context = Context(path, options, workspace, corrections=corrections, progress=watch.ended)
    if workspace is not None:
        workspace.mkdir(parents=True, exist_ok=True)
    if document.pages:
        watch.counted(len(document.pages))
    left_out = {(issue.stage, issue.page): issue for issue in skips}
    try:
        for by_page, group in groupby(order[first:], is_page_stage):
            if by_page:
                page_stages = [stage for stage in group if is_page_stage(stage)]
                document = _pages(document, page_stages, context, trail, slots, left_out, finished)
                given.update(*(stage.gives for stage in page_stages))
                continue
            for stage in group:
                document = _whole(document, stage, context, trail, left_out, given)
                if "pages" in stage.gives:
                    watch.counted(len(document.pages))
    finally:
        if context.source is not None:
            context.source.close()
    kept = document.trail[:first]
    issues = tuple(replace(issue, message=printable(issue.message)) for issue in document.issues)
    return replace(document, issues=issues, trail=(*kept, *trail.steps(order[first:], options, corrections)))


def _whole(
    document: Document,
    stage: Stage,
    context: Context,
    trail: Trail,
    left_out: dict[tuple[str, int | None], Issue],
    given: set[str],
) -> Document:
    """The document after a stage that needs all of it, or with an issue that says why it could not."""
    if not is_document_stage(stage):  # pragma: no cover - check_order has seen to it
        raise TypeError(stage.name)
    issue = left_out.get((stage.name, None))
    missing = sorted(stage.needs - given)
    if issue is None and missing:
        issue = Issue(
            stage.name,
            "stage-left-out",
            f"The stage `{stage.name}` was left out, for {', '.join(missing)} could not be made.",
            "See the document's other issues.",
        )
    if issue is None:
        try:
            with trail.at(stage.name, None):
                document = stage.document(document, context)
        except _FATAL:
            raise
        except SohoaError as error:
            if "pages" in stage.gives:
                raise
            issue = _issue(stage.name, None, error)
    if issue is not None:
        return replace(document, issues=(*document.issues, issue))
    given.update(stage.gives)
    return document


def _pages(
    document: Document,
    page_stages: Sequence[PageStage],
    context: Context,
    trail: Trail,
    slots: Slots,
    left_out: dict[tuple[str, int | None], Issue],
    finished: FinishedPages | None,
) -> Document:
    """The document with every page taken through stages that work page by page, one page at a time in each slot."""
    skips = {page: issue for (_, page), issue in left_out.items() if page is not None}
    broken = document.lost_pages

    def work(page: Page) -> tuple[Page, tuple[Issue, ...]]:
        result: tuple[Page, tuple[Issue, ...]]
        with slots:
            kept = finished.load(page.number) if finished is not None else None
            if kept is not None:
                result = kept, ()
            elif page.number in broken:
                result = page, ()
            elif page.number in skips:
                result = page, (skips[page.number],)
            else:
                result = _page(page, page_stages, context, trail)
                if finished is not None and not result[1]:
                    finished.save(result[0])
        trail.watch.page_done(page.number)
        return result

    if slots.maximum == 1 or len(document.pages) == 1:
        results = [work(page) for page in document.pages]
    else:
        with ThreadPoolExecutor(slots.maximum, thread_name_prefix="page") as executor:
            futures = [executor.submit(work, page) for page in document.pages]
            wait(futures, return_when=FIRST_EXCEPTION)
            executor.shutdown(wait=True, cancel_futures=True)
            failed = next((future for future in futures if not future.cancelled() and future.exception()), None)
            results = [future.result() for future in ([failed] if failed else futures)]
    issues = (issue for _, found in results for issue in found)
    return replace(document, pages=tuple(page for page, _ in results), issues=(*document.issues, *issues))


def _page(
    page: Page, page_stages: Sequence[PageStage], context: Context, trail: Trail
) -> tuple[Page, tuple[Issue, ...]]:
    """A page after its stages, or as far as it got, with the issue that stopped it."""
    try:
        for stage in page_stages:
            try:
                with trail.at(stage.name, page.number):
                    page = stage.page(page, context)
            except _FATAL:
                raise
            except SohoaError as error:
                return page, (_issue(stage.name, page.number, error),)
    finally:
        with context.lock:
            context.pictures.pop(page.number, None)
    return page, ()


def _issue(stage: str, page: int | None, error: SohoaError) -> Issue:
    return Issue(stage, error.code, error.message, error.remedy, page)

"""The way in: files are digitised, and what came of them is kept."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath

from msgspec.structs import replace

from pipeline.archive.catalog import Catalog, Stored
from pipeline.archive.files import DOCUMENT_FILE, ArchiveFiles
from pipeline.archive.inputs import expand
from pipeline.archive.ledger import Ledger, Run
from pipeline.archive.names import source_path
from pipeline.archive.report import FileReport, IntakeReport
from pipeline.corrections import Correction
from pipeline.document import Document
from pipeline.errors import FullDiskError, InputError
from pipeline.options import Options
from pipeline.runner import Batch, Event, Outcome, run_batch, work_key
from pipeline.runner.order import StageFactory
from pipeline.runner.source import identify, printable

__all__ = ["Intake"]


class Intake:
    """One run over files: what is known is left, what is new is digitised and stored, every file accounted for.

    With `again`, what an earlier run lost of a document is tried again. `stand_ins` are files in the place of others
    that are no longer there: what becomes of them is noted of those.
    """

    def __init__(
        self,
        files: ArchiveFiles,
        catalog: Catalog,
        ledger: Ledger,
        options: Options,
        *,
        on_event: Callable[[Event], None],
        force: bool,
        stages: StageFactory,
        batch: Batch = run_batch,
        corrections: Mapping[str, tuple[Correction, ...]] | None = None,
        again: bool = False,
        stand_ins: Mapping[Path, Path] | None = None,
    ) -> None:
        self._files = files
        self._catalog = catalog
        self._ledger = ledger
        self._again = again
        self._batch = batch
        self._corrections = corrections or {}
        self._stand_ins = stand_ins or {}
        self._options = options
        self._on_event = on_event
        self._force = force
        self._stages = stages
        self._order = tuple(stages())
        self._key = work_key(self._order, options)
        self._version = _program_version()
        self._paths: tuple[Path, ...] = ()
        self._numbers: dict[Path, int] = {}
        self._ids: dict[Path, str] = {}
        self._reports: dict[Path, FileReport] = {}

    def run(self, inputs: Sequence[Path]) -> IntakeReport:
        """Take in files and the files of folders.

        Raises:
            FullDiskError: no space is left; what was finished before is kept.
            ArchiveError: the archive cannot be read or written.
        """
        start_s = time.monotonic()
        self._files.sweep(self._folder_of)
        expanded = expand(inputs, besides=self._files.folder)
        self._paths = expanded.files
        self._numbers = {path: number for number, path in enumerate(self._paths, start=1)}
        todo: dict[str, Path] = {}
        for path in self._paths:
            sha256 = self._identify(path)
            if sha256 is None:
                continue
            stored = None if self._force else self._catalog.stored(sha256)
            if (
                stored is None
                or stored.work_key != self._key_of(sha256)
                or (self._again and stored.status == "partial")
            ):
                todo.setdefault(sha256, path)
            else:
                self._reports[path] = self._already(path, stored)
        self._ledger.expect((self._listed(path), self._ids[path]) for path in self._paths if path not in self._reports)
        self._ledger.settle(self._unsettled())
        outcomes = self._batch(
            list(todo.values()),
            self._options,
            workspace_for=self._workspace,
            known_for=self._known,
            corrections_for=lambda path: self._corrections.get(self._ids[path], ()),
            on_event=self._pass_on,
            again=self._again,
            stages=self._stages,
        )
        with closing(outcomes):
            for outcome in outcomes:
                self._reports[outcome.path] = self._keep(outcome)
                self._end(outcome.path, self._reports[outcome.path])
        same = [path for path in self._paths if path not in self._reports]
        for path in same:
            self._reports[path] = self._same_as(path, self._reports[todo[self._ids[path]]])
        self._ledger.settle([self._settled(self._reports[path]) for path in same])
        reports = tuple(self._reports[path] for path in self._paths)
        return IntakeReport(reports, expanded.skipped, time.monotonic() - start_s)

    def _key_of(self, sha256: str | None) -> str:
        """The key of the work on a content: with the corrections that a person made in it, if any."""
        corrections = self._corrections.get(sha256 or "", ())
        return work_key(self._order, self._options, corrections) if corrections else self._key

    def _folder_of(self, sha256: str) -> PurePosixPath | None:
        stored = self._catalog.stored(sha256)
        return stored.folder if stored is not None else None

    def _identify(self, path: Path) -> str | None:
        """The SHA-256 of a file; where it cannot be read that is reported."""
        try:
            self._ids[path] = identify(path).sha256
        except InputError as error:
            outcome = Outcome(path, "refused", None, error.code, error.message, error.remedy)
            self._reports[path] = self._keep(outcome)
            self._end(path, self._reports[path])
            return None
        return self._ids[path]

    def _already(self, path: Path, stored: Stored) -> FileReport:
        self._catalog.remember_source(stored.sha256, source_path(path))
        issues = self._files.document(stored.folder).losses if stored.status == "partial" else ()
        report = FileReport(
            path,
            "already",
            stored.status,
            stored.sha256,
            stored.pages,
            stored.blank_pages,
            stored.failed_pages,
            issues,
        )
        self._end(path, report)
        return report

    def _same_as(self, path: Path, first: FileReport) -> FileReport:
        """The report on a file with the same content as another of this run."""
        if first.id is not None and first.status in ("done", "partial"):
            self._catalog.remember_source(first.id, source_path(path))
            report = replace(first, path=path, result="already", wall_s=0.0, peak_memory_mb=0.0)
        else:
            report = replace(first, path=path, wall_s=0.0, peak_memory_mb=0.0)
        self._end(path, report)
        return report

    def _unsettled(self) -> list[Run]:
        """Files that were there before, of which the ledger does not know it."""
        already = [self._reports[path] for path in self._paths if path in self._reports]
        already = [report for report in already if report.result == "already"]
        known = self._ledger.settled(self._listed(report.path) for report in already)
        return [
            self._settled(report)
            for report in already
            if known.get(self._listed(report.path)) != (report.id, report.status)
        ]

    def _settled(self, report: FileReport) -> Run:
        """What the ledger notes of a file that needed no work of its own."""
        losses = tuple(issue for issue in report.issues if issue.weight == "loss")
        return Run(
            self._listed(report.path),
            report.id,
            report.status,
            self._key_of(report.id),
            self._version,
            report.error_code,
            report.message,
            report.remedy,
            report.pages,
            report.blank_pages,
            report.failed_pages,
            losses=losses,
            doubtful=len(losses) < len(report.issues),
            most_attempts=self._options.runner.attempts,
        )

    def _listed(self, path: Path) -> Path:
        """The path under which the ledger knows a file."""
        return self._stand_ins.get(path, path)

    def _workspace(self, path: Path) -> Path:
        self._ledger.begin(self._listed(path))
        workspace = self._files.claim(self._ids[path], self._key)
        if self._force:
            shutil.rmtree(workspace, ignore_errors=True)
        return workspace

    def _known(self, path: Path) -> Path | None:
        """The earlier result on the same content, made by other versions or options."""
        stored = None if self._force else self._catalog.stored(self._ids[path])
        if stored is None:
            return None
        file = self._files.folder / stored.folder / DOCUMENT_FILE
        return file if file.exists() else None

    def _keep(self, outcome: Outcome) -> FileReport:
        """Store what came of a file, and report it."""
        if outcome.error_code == FullDiskError.code:
            raise FullDiskError(outcome.message or "No space is left.", remedy=outcome.remedy or "Free some space.")
        document = outcome.document
        if document is not None and outcome.path in self._stand_ins:
            source = replace(document.source, name=printable(self._stand_ins[outcome.path].name))
            document = replace(document, source=source)
        sha256 = document.source.sha256 if document is not None else self._ids.get(outcome.path)
        if document is not None and outcome.status in ("done", "partial"):
            try:
                self._store(document, outcome)
            except InputError as error:
                outcome = Outcome(
                    outcome.path, "refused", None, error.code, error.message, error.remedy, outcome.wall_s
                )
        if outcome.status in ("refused", "failed"):
            self._catalog.remember_run(self._run(outcome, sha256))
        if outcome.status == "refused" and outcome.path in self._ids:
            self._files.forget_work(self._ids[outcome.path])
        if outcome.path in self._ids:
            self._files.release(self._ids[outcome.path])
        pages = outcome.document.pages if outcome.document is not None else ()
        issues = outcome.document.issues if outcome.document is not None else ()
        return FileReport(
            outcome.path,
            outcome.status,
            outcome.status,
            sha256,
            len(pages),
            sum(page.blank for page in pages),
            len(outcome.document.lost_pages) if outcome.document is not None else 0,
            issues,
            outcome.error_code,
            outcome.message,
            outcome.remedy,
            outcome.wall_s,
            outcome.peak_memory_mb,
        )

    def _store(self, document: Document, outcome: Outcome) -> None:
        """Put original, folder and catalog rows in place; until the last of them counts, nothing has changed."""
        sha256 = document.source.sha256
        workspace = self._files.workspace(self._ids[outcome.path], self._key)
        with self._files.storing(sha256):
            before = self._catalog.stored(sha256)
            original = self._files.keep_original(outcome.path, sha256)
            folder = self._files.place(document, workspace, before.folder if before is not None else None)
            registered = False
            try:
                self._catalog.store(document, original, folder, self._run(outcome, sha256))
                registered = True
            finally:
                if not registered:
                    self._files.remove(folder)
            self._files.forget_others(folder)
        self._files.forget_work(sha256)

    def _run(self, outcome: Outcome, sha256: str | None) -> Run:
        document = outcome.document
        return Run(
            self._listed(outcome.path),
            sha256,
            outcome.status,
            self._key_of(sha256),
            self._version,
            outcome.error_code,
            outcome.message,
            outcome.remedy,
            len(document.pages) if document is not None else 0,
            sum(page.blank for page in document.pages) if document is not None else 0,
            len(document.lost_pages) if document is not None else 0,
            outcome.wall_s,
            outcome.peak_memory_mb,
            document.losses if document is not None else (),
            document is not None and len(document.losses) < len(document.issues),
            outcome.stages,
            self._options.runner.attempts,
        )

    def _pass_on(self, event: Event) -> None:
        """A batch's event, numbered among all files; an end is told only when it is kept."""
        if event.status is None:
            self._on_event(replace(event, number=self._numbers[event.path], documents=len(self._paths)))

    def _end(self, path: Path, report: FileReport) -> None:
        """Tell the end of a file."""
        number = self._numbers[path]
        status = "already" if report.result == "already" else report.status
        self._on_event(Event(path, number, len(self._paths), "", None, report.pages, report.pages or None, status))


def _program_version() -> str:
    try:
        return version("sohoa")
    except PackageNotFoundError:
        return "unknown"

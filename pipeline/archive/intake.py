"""The way in: files are digitised, and what came of them is kept."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath

from msgspec.structs import replace

from pipeline.archive.catalog import Catalog, Stored
from pipeline.archive.files import ArchiveFiles
from pipeline.archive.gathering import Gathering
from pipeline.archive.inputs import expand
from pipeline.archive.ledger import Ledger, Run
from pipeline.archive.names import source_path
from pipeline.archive.prepared import DOCUMENT_FILE, Prepared, discard, prepare, read_prepared
from pipeline.archive.report import FileReport, IntakeReport
from pipeline.archive.storing import Parcel, store
from pipeline.corrections import Correction
from pipeline.errors import FullDiskError, InputError
from pipeline.options import Options
from pipeline.runner import Batch, Event, Outcome, run_batch, work_key
from pipeline.runner.order import StageFactory
from pipeline.runner.resume import read_document
from pipeline.runner.source import identify, printable

__all__ = ["Intake"]

# More than finish while one lot is stored, and few enough to be held.
_MOST_GATHERED = 32


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
        self._gathering: Gathering[Path | Outcome, tuple[Path, FileReport]] | None = None

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
        with Gathering(self._keep_all, most=_MOST_GATHERED) as gathering:
            self._gathering = gathering
            self._work(list(todo.values()))
            for path, report in gathering.all_done():
                self._note(path, report)
        same = [path for path in self._paths if path not in self._reports]
        for path in same:
            self._reports[path] = self._same_as(path, self._reports[todo[self._ids[path]]])
        self._ledger.settle([self._settled(self._reports[path]) for path in same])
        reports = tuple(self._reports[path] for path in self._paths)
        return IntakeReport(reports, expanded.skipped, time.monotonic() - start_s)

    def _work(self, paths: Sequence[Path]) -> None:
        """Let files be digitised, and what comes of them be stored meanwhile."""
        outcomes = self._batch(
            paths,
            self._options,
            workspace_for=self._workspace,
            known_for=self._known,
            corrections_for=lambda path: self._corrections.get(self._ids[path], ()),
            on_event=self._pass_on,
            again=self._again,
            stages=self._stages,
            prepare=prepare,
        )
        with closing(outcomes):
            for outcome in outcomes:
                if outcome.error_code == FullDiskError.code:
                    raise FullDiskError(
                        outcome.message or "No space is left.", remedy=outcome.remedy or "Free some space."
                    )
                self._bring(outcome)

    def _bring(self, item: "Path | Outcome") -> None:
        """Let it be noted that a file's turn has come, or what came of it; hear what was kept meanwhile."""
        if self._gathering is not None:
            self._gathering.put(item)
            self._hear()

    def _hear(self) -> None:
        """Note what was kept meanwhile."""
        if self._gathering is not None:
            for path, report in self._gathering.done():
                self._note(path, report)

    def _note(self, path: Path, report: FileReport) -> None:
        self._reports[path] = report
        self._end(path, report)

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
            for _, report in self._keep_all([outcome]):
                self._note(path, report)
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
        self._bring(path)
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

    def _keep_all(self, items: Sequence[Path | Outcome]) -> list[tuple[Path, FileReport]]:
        """Note files whose turn has come, and keep what came of others."""
        begun = [self._listed(item) for item in items if isinstance(item, Path)]
        outcomes = [item for item in items if not isinstance(item, Path)]
        made = {outcome.path: self._made(outcome) for outcome in outcomes}
        parcels: list[Parcel] = []
        runs: list[Run] = []
        for outcome in outcomes:
            document = made[outcome.path]
            run = self._run(outcome, document)
            if outcome.folder is not None and document is not None and outcome.status in ("done", "partial"):
                parcels.append(Parcel(outcome.path, outcome.folder, document, run))
            else:
                runs.append(run)
        refused = store(self._files, self._catalog, parcels, runs, begun)
        if refused:
            outcomes = [
                _refused(outcome, refused[outcome.path]) if outcome.path in refused else outcome for outcome in outcomes
            ]
            store(self._files, self._catalog, [], [self._run(one, None) for one in outcomes if one.path in refused])
            made |= dict.fromkeys(refused)
        return [(outcome.path, self._kept(outcome, made[outcome.path])) for outcome in outcomes]

    def _made(self, outcome: Outcome) -> Prepared | None:
        """What a worker made of a file; under the name of the file that it is of."""
        if outcome.folder is None:
            return None
        if outcome.path not in self._stand_ins:
            return read_prepared(outcome.folder)
        document = read_document(outcome.folder / DOCUMENT_FILE)
        if document is None:
            return read_prepared(outcome.folder)
        source = replace(document.source, name=printable(self._stand_ins[outcome.path].name))
        prepare(replace(document, source=source), outcome.folder)
        return read_prepared(outcome.folder)

    def _kept(self, outcome: Outcome, document: Prepared | None) -> FileReport:
        """Clear away what only the work on a file needed, and report it."""
        if outcome.path in self._ids:
            if outcome.status == "refused":
                self._files.forget_work(self._ids[outcome.path])
            elif outcome.status == "failed" and outcome.folder is not None:
                discard(outcome.folder)
            self._files.release(self._ids[outcome.path])
        return FileReport(
            outcome.path,
            outcome.status,
            outcome.status,
            document.sha256 if document is not None else self._ids.get(outcome.path),
            document.pages if document is not None else 0,
            document.blank_pages if document is not None else 0,
            document.lost_pages if document is not None else 0,
            document.issues if document is not None else (),
            outcome.error_code,
            outcome.message,
            outcome.remedy,
            outcome.wall_s,
            outcome.peak_memory_mb,
        )

    def _run(self, outcome: Outcome, document: Prepared | None) -> Run:
        sha256 = document.sha256 if document is not None else self._ids.get(outcome.path)
        losses = tuple(issue for issue in document.issues if issue.weight == "loss") if document is not None else ()
        return Run(
            self._listed(outcome.path),
            sha256,
            outcome.status,
            self._key_of(sha256),
            self._version,
            outcome.error_code,
            outcome.message,
            outcome.remedy,
            document.pages if document is not None else 0,
            document.blank_pages if document is not None else 0,
            document.lost_pages if document is not None else 0,
            outcome.wall_s,
            outcome.peak_memory_mb,
            losses,
            document is not None and len(losses) < len(document.issues),
            outcome.stages,
            self._options.runner.attempts,
        )

    def _pass_on(self, event: Event) -> None:
        """A batch's event, numbered among all files; an end is told only when it is kept."""
        self._hear()
        if event.status is None:
            self._on_event(replace(event, number=self._numbers[event.path], documents=len(self._paths)))

    def _end(self, path: Path, report: FileReport) -> None:
        """Tell the end of a file."""
        number = self._numbers[path]
        status = "already" if report.result == "already" else report.status
        self._on_event(Event(path, number, len(self._paths), "", None, report.pages, report.pages or None, status))


def _refused(outcome: Outcome, error: InputError) -> Outcome:
    """The end of a file that is no longer what was digitised."""
    return Outcome(outcome.path, "refused", None, error.code, error.message, error.remedy, outcome.wall_s)


def _program_version() -> str:
    try:
        return version("sohoa")
    except PackageNotFoundError:
        return "unknown"

"""The archive: one folder, and the ways in and out of it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from pipeline.archive.catalog import Catalog, Stored
from pipeline.archive.corrections import CorrectionLayer, StoredCorrection
from pipeline.archive.database import Database
from pipeline.archive.files import ArchiveFiles
from pipeline.archive.identity import archive_id
from pipeline.archive.intake import Intake
from pipeline.archive.ledger import FileStanding, FileState, Ledger, Standing
from pipeline.archive.lookup import find_document
from pipeline.archive.migrations import prepare
from pipeline.archive.names import distinct_names
from pipeline.archive.report import DocumentRow, ExportFormat, IntakeReport
from pipeline.archive.search import Filters, Hit, search
from pipeline.corrections import Correction
from pipeline.document import Document
from pipeline.errors import ArchiveError, DocumentNotFoundError, InputError, SohoaError
from pipeline.options import Options
from pipeline.runner import Batch, Event, run_batch
from pipeline.runner.order import StageFactory, stages, trail_key
from pipeline.runner.source import identify
from pipeline.runner.stage_log import StageState

if TYPE_CHECKING:
    from pipeline.archive.seeding import SeedReport

__all__ = ["Archive"]


class Archive:
    """A folder with originals, page pictures, documents and a SQL catalog; use it in a `with` statement."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        self._files = ArchiveFiles(folder)
        self._catalog = Catalog(database)
        self._ledger = Ledger(database)
        self._corrections = CorrectionLayer(database)

    @classmethod
    def open(cls, folder: Path, *, url: str | None = None, create: bool = True) -> "Archive":
        """Open an archive, or begin one.

        Args:
            folder: where originals, pictures and documents are kept.
            url: the catalog's database as SQLAlchemy writes it; by default `catalog.sqlite` in the folder.
            create: begin a new one where there is none.
        Raises:
            ArchiveError: it is not there, or cannot be read or written.
            SchemaVersionError: it was made by a newer version.
        """
        if not create and not folder.is_dir():
            raise ArchiveError(
                f"There is no archive at {folder}.",
                remedy="Name its folder with --archive, or begin one with `sohoa run`.",
            )
        files = ArchiveFiles(folder)
        if create:
            files.prepare()
        database = Database.in_folder(folder) if url is None else Database(url)
        if not create and url is None and not (folder / "catalog.sqlite").exists():
            raise ArchiveError(
                f"{folder} is no archive: it has no catalog.",
                remedy="Name an archive's folder with --archive, or begin one with `sohoa run`.",
            )
        try:
            prepare(database)
        except SohoaError:
            database.close()
            raise
        return cls(folder, database)

    def close(self) -> None:
        """Let go of the catalog and of what is held against other processes."""
        self._files.close()
        self.database.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def intake(
        self,
        inputs: Sequence[Path],
        options: Options,
        *,
        on_event: Callable[[Event], None] = lambda event: None,
        force: bool = False,
        batch: Batch = run_batch,
        stages: StageFactory = stages,
    ) -> IntakeReport:
        """Digitise files, and the files of folders, into the archive.

        Args:
            inputs: files and folders; a folder's files are tried in sorted order, folders in it included.
            on_event: told what happens on the way.
            force: do again what has been done before.
            batch: who does the work: this machine, or a cluster.
        Returns:
            What became of every file.
        Raises:
            FullDiskError: no space is left; what was finished before is kept.
        """
        return self._intake(options, on_event, batch, stages, force=force).run(inputs)

    def retry(
        self,
        options: Options,
        *,
        on_event: Callable[[Event], None] = lambda event: None,
        batch: Batch = run_batch,
        stages: StageFactory = stages,
    ) -> IntakeReport:
        """Take up what can be tried again: files of runs that were stopped, and what failed in a way that may pass.

        The pages of a partial document that were read well are kept. Where a file is no longer where it was, the
        archive's own copy of it is taken.

        Returns:
            What became of each of them.
        Raises:
            FullDiskError: no space is left; what was finished before is kept.
        """
        stand_ins: dict[Path, Path] = {}
        paths: list[Path] = []
        for file in self._ledger.to_retry():
            stored = self._catalog.stored(file.sha256) if file.sha256 is not None else None
            kept = self.folder / stored.original if stored is not None else None
            if kept is not None and kept.is_file() and not _has_content(file.path, file.sha256):
                stand_ins.setdefault(kept, file.path)
                paths.append(kept)
            else:
                paths.append(file.path)
        return self._intake(options, on_event, batch, stages, again=True, stand_ins=stand_ins).run(paths)

    def correct(self, id: str, correction: Correction) -> int:
        """Keep what a person set right in a document; `refresh` applies it, and so does every later run.

        Returns:
            The correction's number.
        Raises:
            DocumentNotFoundError: there is no such document.
        """
        self._stored(id)
        number = self._corrections.add(id, correction)
        self._files.keep_corrections(id, self._corrections.stored(id))
        return number

    def withdraw(self, number: int) -> str:
        """Let a correction no longer be applied; gives the document's id.

        Raises:
            UsageError: there is none of that number.
        """
        id_ = self._corrections.withdraw(number)
        self._files.keep_corrections(id_, self._corrections.stored(id_))
        return id_

    def corrections(self, id: str | None = None) -> list[StoredCorrection]:
        """What persons set right, in one document or in all, in the order in which they did."""
        return self._corrections.stored(id)

    def refresh(
        self,
        id: str,
        options: Options,
        *,
        on_event: Callable[[Event], None] = lambda event: None,
        batch: Batch = run_batch,
        stages: StageFactory = stages,
    ) -> IntakeReport:
        """Do again what has changed since a document was digitised: corrections, options, versions of stages.

        Raises:
            DocumentNotFoundError: there is no such document.
            FullDiskError: no space is left.
        """
        stored = self._stored(id)
        original = self.folder / stored.original
        files, _ = self._ledger.of_document(id)
        came_as = files[0].path if files else original.with_name(stored.name)
        return self._intake(options, on_event, batch, stages, stand_ins={original: came_as}).run([original])

    def _intake(
        self,
        options: Options,
        on_event: Callable[[Event], None],
        batch: Batch,
        stages: StageFactory,
        *,
        force: bool = False,
        again: bool = False,
        stand_ins: Mapping[Path, Path] | None = None,
    ) -> Intake:
        return Intake(
            self._files,
            self._catalog,
            self._ledger,
            options,
            on_event=on_event,
            force=force,
            batch=batch,
            stages=stages,
            corrections=self._corrections.applied(),
            again=again,
            stand_ins=stand_ins,
        )

    def rebuild(self, tell: Callable[[str], None] = lambda problem: None) -> int:
        """Enter into the catalog whatever the archive keeps and the catalog does not know, without reading it again.

        Where files came from and what became of those that were refused is not kept beside the catalog; running them
        again notes it anew.

        Args:
            tell: told of what is kept and cannot be read.
        Returns:
            How many documents were entered.
        Raises:
            ArchiveError: the catalog cannot be written.
        """
        entered = 0
        for sha256, original, folder in self._files.kept():
            if self._catalog.stored(sha256) is not None:
                continue
            try:
                document = self._files.document(folder)
            except ArchiveError as error:
                tell(error.message)
                continue
            self._catalog.put_back(document, original, folder, trail_key(document.trail))
            if not self._corrections.stored(sha256):
                self._corrections.put_back(self._files.kept_corrections(sha256))
            entered += 1
        return entered

    def standing(self) -> Standing:
        """How all files that ever came in stand, in numbers."""
        return self._ledger.standing()

    def files(self, *states: FileState) -> list[FileStanding]:
        """Files that came in, with how they stand; all of them, or those in some states."""
        return self._ledger.files(*states)

    def unfinished(self) -> Iterator[FileStanding]:
        """Files that are not done, or that a person should look at, one at a time, however many there are."""
        return self._ledger.unfinished()

    def stages_of(self, id: str) -> tuple[list[FileStanding], list[StageState]]:
        """The files with a content, and what each stage did with each of its pages."""
        return self._ledger.of_document(id)

    def documents(self) -> list[DocumentRow]:
        """All documents, in the order they came."""
        return self._catalog.documents()

    def probable_duplicates(self, ids: Collection[str] | None = None) -> list[list[DocumentRow]]:
        """Documents of other content but one number, notation and issuer, in groups; those that one of `ids` is in."""
        return self._catalog.probable_duplicates(ids)

    def search(
        self, query: str, filters: Filters | None = None, *, as_typed: bool = False, limit: int = 20
    ) -> list[Hit]:
        """Pages with all words of a query, best first; see `pipeline.archive.search.search`.

        Raises:
            UsageError: neither words nor filters were given, or too many words.
        """
        with self.database.reading() as connection:
            return search(connection, query, filters, as_typed=as_typed, limit=limit)

    def find(self, name: str) -> str:
        """The id of the document that answers to a name.

        Args:
            name: an id (SHA-256), a unique beginning of one, or a path of the original: of a file with its content,
                or else a path or file name that it came under.
        Raises:
            DocumentNotFoundError: none answers to it, or several do.
        """
        return find_document(self._catalog, name)

    def document(self, id: str) -> Document:
        """A document by its id, with everything that the stages gave it.

        Raises:
            DocumentNotFoundError: there is none.
            ArchiveError: what is kept of it cannot be read.
        """
        return self._files.document(self._stored(id).folder)

    def original(self, id: str) -> Path:
        """The untouched original of a document.

        Raises:
            DocumentNotFoundError: there is none.
        """
        return self.folder / self._stored(id).original

    def picture(self, id: str, page: int) -> Path | None:
        """The picture of a page, by its number; None where there is none.

        Raises:
            DocumentNotFoundError: there is no such document.
        """
        folder = self._stored(id).folder
        name = next((one.picture for one in self._files.document(folder).pages if one.number == page), None)
        path = self.folder / folder / name if name is not None else None
        return path if path is not None and path.is_file() else None

    def export(self, folder: Path, format: ExportFormat, *, moments: bool = True) -> list[Path]:
        """Write all documents' records into a folder, which is made if need be.

        Documents are written in the order of their ids, so that archives with the same documents write the same.

        Args:
            format: `json` writes a file for each document, `csv`, `jsonl` and `parquet` one for each table, `xlsx`
                one file with a sheet for each table.
            moments: whether tables tell when a document came into this archive and when it was stored last. Without
                them, and but for `xlsx`, what is written is the same to the byte wherever the work was done.
        Returns:
            The files that were written.
        Raises:
            FullDiskError: no space is left.
            ArchiveError: a file cannot be written.
        """
        if format == "json":
            came = self._ledger.came()
            rows = sorted(self.documents(), key=lambda row: came.get(row.id, 0))
            names = distinct_names(((row.id, row.name) for row in rows), ".json")
            # Pandas takes longer to import than all the rest, and only this needs it.
            from pipeline.archive.export import write_json

            return [write_json(folder / names[row.id], self.document(row.id)) for row in rows]
        from pipeline.archive.export import write_tables
        from pipeline.archive.tables import MOMENTS, export_tables, frames

        without = () if moments else MOMENTS
        with self.database.reading(lasting=True) as connection:
            tables = ((table.name, frames(connection, table, without)) for table in export_tables())
            return write_tables(folder, format, tables)

    def seed(self, url: str) -> "SeedReport":
        """Bring the tables of another system's database in step with the catalog; see `pipeline.archive.seeding`.

        Raises:
            UsageError: the URL leads nowhere, or to a kind of database that cannot be kept in step.
            ArchiveError: the database cannot be written.
        """
        from pipeline.archive.seeding import seed

        with self.database.reading(lasting=True) as connection:
            return seed(connection, url, archive_id(self.folder))

    def _stored(self, id: str) -> Stored:
        stored = self._catalog.stored(id)
        if stored is None:
            raise DocumentNotFoundError(
                f"There is no document with the id {id}.", remedy="See `sohoa list` for the documents and their ids."
            )
        return stored


def _has_content(path: Path, sha256: str | None) -> bool:
    """Whether a file is there and is what it was."""
    try:
        return identify(path).sha256 == sha256
    except InputError:
        return False

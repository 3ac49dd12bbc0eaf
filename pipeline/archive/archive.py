"""The archive: one folder, and the ways in and out of it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import msgspec

from pipeline.archive.report import DocumentRow, ExportFormat, FileReport, IntakeReport
from pipeline.document import Document
from pipeline.errors import ArchiveError, DocumentNotFoundError
from pipeline.options import Options
from pipeline.runner import Event, run_batch
from pipeline.runner.files import write_atomically
from pipeline.runner.order import StageFactory, stages

__all__ = ["Archive"]


class Archive:
    """A folder with originals, page pictures, documents and a SQL catalog; use it in a `with` statement."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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
                f"There is no archive at {folder}.", remedy="Give its folder with --archive, or begin one: sohoa run."
            )
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder)

    def close(self) -> None:
        """Let go of the catalog."""

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
        stages: StageFactory = stages,
    ) -> IntakeReport:
        """Digitise files, and the files of folders, into the archive.

        Args:
            inputs: files and folders; a folder's files are tried in sorted order, folders in it included.
            on_event: told what happens on the way.
            force: do again what has been done before.
        Returns:
            What became of every file.
        Raises:
            FullDiskError: no space is left; what was finished before is kept.
        """
        files = [file for path in inputs for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
        reports: list[FileReport] = []
        for outcome in run_batch(
            [file for file in files if not file.is_dir()], options, on_event=on_event, stages=stages
        ):
            document = outcome.document
            if document is not None:
                write_atomically(self._file(document.source.sha256), msgspec.json.encode(document))
            reports.append(
                FileReport(
                    outcome.path,
                    outcome.status,
                    outcome.status,
                    document.source.sha256 if document else None,
                    len(document.pages) if document else 0,
                    issues=document.issues if document else (),
                    error_code=outcome.error_code,
                    message=outcome.message,
                    remedy=outcome.remedy,
                    wall_s=outcome.wall_s,
                )
            )
        return IntakeReport(tuple(reports))

    def documents(self) -> list[DocumentRow]:
        """All documents, in the order they came."""
        rows: list[DocumentRow] = []
        for file in sorted((self.folder / "documents").glob("*.json")):
            document = self.document(file.stem)
            fields = document.records.document
            plain = {name: getattr(fields, name) for name in ("type", "number", "date", "issuer", "title")}
            rows.append(
                DocumentRow(
                    file.stem,
                    document.source.name,
                    document.status,
                    len(document.pages),
                    len(document.issues),
                    datetime.fromtimestamp(file.stat().st_mtime, UTC),
                    **{name: str(value.normal) if value else None for name, value in plain.items()},
                )
            )
        return rows

    def find(self, name: str) -> str:
        """The id of the document that answers to a name.

        Args:
            name: an id (SHA-256), a unique beginning of one, or a path of the original.
        Raises:
            DocumentNotFoundError: none answers to it, or several do.
        """
        found = [row.id for row in self.documents() if row.id.startswith(name) or row.name == Path(name).name]
        if len(found) != 1:
            raise DocumentNotFoundError(
                f"{len(found)} documents answer to `{name}`.", remedy="See `sohoa list` for the documents' ids."
            )
        return found[0]

    def document(self, id: str) -> Document:
        """A document by its id, with everything that the stages gave it.

        Raises:
            DocumentNotFoundError: there is none.
        """
        return msgspec.json.decode(self._file(id).read_bytes(), type=Document)

    def export(self, folder: Path, format: ExportFormat) -> list[Path]:
        """Write all documents' records into a folder.

        Args:
            format: `json` writes a file for each document, `csv` and `parquet` one for each table, `xlsx` one file
                with a sheet for each table.
        Returns:
            The files that were written.
        """
        return []

    def _file(self, id: str) -> Path:
        return self.folder / "documents" / f"{id}.json"

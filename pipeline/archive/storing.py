"""Storing documents that workers made ready: several at a time, so that the disk is waited for once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.archive.catalog import Catalog, Placed
from pipeline.archive.files import ArchiveFiles
from pipeline.archive.ledger import Run
from pipeline.archive.prepared import Prepared
from pipeline.errors import ArchiveError, InputError, LostCatalogError

__all__ = ["Parcel", "store"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A document to be stored: the file that it came from, and the workspace where it was made ready."""

    path: Path
    workspace: Path
    document: Prepared
    run: Run


def store(
    files: ArchiveFiles,
    catalog: Catalog,
    parcels: Sequence[Parcel],
    runs: Sequence[Run],
    begun: Sequence[Path] = (),
) -> dict[Path, InputError]:
    """Put originals, folders and catalog rows in place; until the last of them counts, nothing has changed.

    Where that cannot be done for all together it is tried for each by itself, so that what can be kept is.

    Args:
        runs: of files of which nothing is to be stored.
        begun: files whose turn has come.
    Returns:
        Why those were not stored of which the original is no longer what was digitised.
    Raises:
        FullDiskError: no space is left.
        ArchiveError: the archive cannot be written.
    """
    try:
        return _store(files, catalog, parcels, runs, begun)
    except LostCatalogError:
        raise
    except ArchiveError:
        if len(parcels) + len(runs) + bool(begun) < 2:
            raise
    if begun:
        catalog.store([], [], begun)
    refused: dict[Path, InputError] = {}
    for parcel in parcels:
        refused |= _store(files, catalog, [parcel], [], [])
    for run in runs:
        catalog.store([], [run])
    return refused


def _store(
    files: ArchiveFiles,
    catalog: Catalog,
    parcels: Sequence[Parcel],
    runs: Sequence[Run],
    begun: Sequence[Path],
) -> dict[Path, InputError]:
    if not parcels:
        if runs or begun:
            catalog.store([], runs, begun)
        return {}
    refused: dict[Path, InputError] = {}
    with files.storing([parcel.document.sha256 for parcel in parcels]):
        shelves = _Shelves(files)
        before = catalog.stored_of([parcel.document.sha256 for parcel in parcels])
        stays = False
        try:
            for parcel in parcels:
                stored = before.get(parcel.document.sha256)
                try:
                    shelves.bring(parcel, stored.folder if stored is not None else None)
                except InputError as error:
                    refused[parcel.path] = error
            placed = shelves.place()
            catalog.store(placed, [*(parcel.run for parcel in parcels if parcel.path not in refused), *runs], begun)
            stays = True
        except LostCatalogError:
            # Nobody knows whether it counted. The marks stay too, and the next run looks what the catalog says.
            stays = True
            raise
        finally:
            if not stays:
                shelves.take_back()
        for one in placed:
            files.forget_others(one.folder)
    for one in placed:
        files.forget_work(one.document.sha256)
    return refused


class _Shelves:
    """Files of documents on their way to where they are kept."""

    def __init__(self, files: ArchiveFiles) -> None:
        self._files = files
        self._brought: list[tuple[Parcel, PurePosixPath, PurePosixPath | None]] = []
        self._placed: list[tuple[Parcel, PurePosixPath]] = []
        self._unsecured: list[Path] = []

    def bring(self, parcel: Parcel, before: PurePosixPath | None) -> None:
        """Copy the original, and leave nothing in the workspace that is not to be kept."""
        original = self._files.keep_original(parcel.path, parcel.document.sha256)
        self._brought.append((parcel, original, before))
        self._unsecured += self._files.clear(parcel.document, parcel.workspace, before)

    def place(self) -> list[Placed]:
        """Let everything reach the disk, first by other names, then by those that it is kept under."""
        self._files.secure([*self._unsecured, *self._files.copies(original for _, original, _ in self._brought)])
        found: list[Placed] = []
        for parcel, original, before in self._brought:
            folder = self._files.place(parcel.document.sha256, parcel.workspace, original, before)
            self._placed.append((parcel, folder))
            found.append(Placed(parcel.document, original, folder, parcel.run.work_key))
        self._files.secure_names(path for one in found for path in (one.original, one.folder))
        return found

    def take_back(self) -> None:
        """Make everything as it was; an original that has its name keeps it."""
        for parcel, folder in self._placed:
            self._files.take_back(folder, parcel.workspace)
        for _, original, _ in self._brought:
            self._files.drop_copy(original)

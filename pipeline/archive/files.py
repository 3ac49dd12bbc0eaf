"""The archive's folders: originals under their SHA-256, each document's own folder, work in hand."""

import fcntl
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TextIO

import msgspec

from pipeline.archive.corrections import StoredCorrection
from pipeline.archive.owners import is_gone, own_mark
from pipeline.archive.prepared import DOCUMENT_FILE, Prepared
from pipeline.document import Document
from pipeline.errors import ArchiveError, DamagedInputError, MissingInputError
from pipeline.runner import files
from pipeline.runner.files import translate_write_errors, write_atomically
from pipeline.runner.source import printable

__all__ = ["ArchiveFiles"]

_LONGEST_ENDING = 8
_BLOCK_BYTES = 1 << 20
_KEY_LETTERS = 16
_STORING = "storing-"
_OFFSET_LETTERS = 15  # of a SHA-256, so that it fits in a file's offset


class ArchiveFiles:
    """Where things are kept under an archive's folder; every way is relative to it and made of hashes only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._claims: TextIO | None = None
        self._workspaces: dict[str, Path] = {}

    def prepare(self) -> None:
        """Make the folders.

        Raises:
            FullDiskError: no space is left.
            ArchiveError: they cannot be made.
        """
        for name in ("originals", "documents", "work"):
            with translate_write_errors(self.folder / name):
                (self.folder / name).mkdir(parents=True, exist_ok=True)

    def original(self, sha256: str, name: str) -> PurePosixPath:
        """Where an original is kept."""
        return PurePosixPath("originals", sha256[:2], sha256 + _ending(name))

    def keep_original(self, path: Path, sha256: str) -> PurePosixPath:
        """Copy a file to where its original is kept, unless it is there; it has its name once `place` gave it that.

        Raises:
            DamagedInputError: it is no longer what was digitised.
            MissingInputError: it can no longer be read.
            FullDiskError: no space is left.
            ArchiveError: it cannot be written.
        """
        relative = self.original(sha256, path.name)
        target = self.folder / relative
        if target.exists():
            return relative
        temporary = _temporary(target)
        with translate_write_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        kept = False
        try:
            digest = _copy(path, temporary)
            if digest != sha256:
                raise DamagedInputError(
                    f"{printable(path.name)} was changed while it was read.",
                    remedy="Run it again when nobody writes to it.",
                )
            with translate_write_errors(target):
                temporary.chmod(stat.S_IMODE(temporary.stat().st_mode) & 0o444)
            kept = True
        finally:
            if not kept:
                with suppress(OSError):
                    temporary.unlink()
        return relative

    def workspace(self, sha256: str, work_key: str) -> Path:
        """The folder for a document in work by this process."""
        return self._workspaces.get(sha256) or self.folder / "work" / f"{sha256}-{work_key[:_KEY_LETTERS]}"

    def claim(self, sha256: str, work_key: str) -> Path:
        """The folder for a document in work, held against other processes until it is released.

        What a run that was stopped left in it can be taken up. Where another process works on the same content,
        it is a folder beside it that nobody shares.

        Raises:
            ArchiveError: the lock cannot be written.
        """
        workspace = self.workspace(sha256, work_key)
        lock = self.folder / "work" / "claims.lock"
        with translate_write_errors(lock):
            if self._claims is None:
                self._claims = lock.open("a")
            try:
                fcntl.lockf(self._claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _offset(sha256))
            except BlockingIOError:
                workspace = workspace.with_name(workspace.name + _own_ending())
        self._workspaces[sha256] = workspace
        return workspace

    def release(self, sha256: str) -> None:
        """Let other processes work on a document."""
        self._workspaces.pop(sha256, None)
        if self._claims is not None:
            fcntl.lockf(self._claims, fcntl.LOCK_UN, 1, _offset(sha256))

    def close(self) -> None:
        """Release everything."""
        if self._claims is not None:
            self._claims.close()
            self._claims = None

    @contextmanager
    def storing(self, sha256s: Collection[str]) -> Iterator[None]:
        """Let one process at a time change what is stored; marks say of what until that is done.

        Raises:
            ArchiveError: the lock or a mark cannot be written.
        """
        marks = [self.folder / "work" / f"{_STORING}{sha256}" for sha256 in sha256s]
        with self._alone():
            for mark in marks:
                with translate_write_errors(mark):
                    mark.touch()
            yield
            for mark in marks:
                mark.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = self.folder / "work" / "store.lock"
        with translate_write_errors(lock):
            handle = lock.open("a")
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def sweep(self, folder_of: Callable[[str], PurePosixPath | None]) -> None:
        """Clear away what processes that were ended in the middle of storing left, and their own folders of work.

        Args:
            folder_of: the folder in which the catalog has a document, by its SHA-256.
        Raises:
            ArchiveError: it cannot be read or written.
        """
        work = self.folder / "work"
        for mark in work.glob(f"{_STORING}*"):
            with self._alone():
                if not mark.exists():
                    continue  # whoever was storing has finished
                sha256 = mark.name.removeprefix(_STORING)
                kept = folder_of(sha256)
                for folder in (self.folder / "documents" / sha256[:2] / sha256).glob("*"):
                    if kept is None or folder.name != kept.name:
                        shutil.rmtree(folder, ignore_errors=True)
                for temporary in (self.folder / "originals" / sha256[:2]).glob(f".{sha256}*.tmp"):
                    temporary.unlink(missing_ok=True)
                mark.unlink(missing_ok=True)
        for folder in work.glob("*-*-*.*"):
            if is_gone(folder.name.split("-", 2)[2]):
                shutil.rmtree(folder, ignore_errors=True)

    def keep_corrections(self, sha256: str, corrections: Sequence[StoredCorrection]) -> None:
        """Keep a copy of a document's corrections, for work of persons must not be lost with a catalog.

        Raises:
            FullDiskError: no space is left.
            ArchiveError: it cannot be written.
        """
        write_atomically(self._corrections(sha256), msgspec.json.encode(corrections))

    def kept_corrections(self, sha256: str) -> list[StoredCorrection]:
        """The copy of a document's corrections; empty where there are none.

        Raises:
            ArchiveError: it is damaged.
        """
        path = self._corrections(sha256)
        try:
            return msgspec.json.decode(path.read_bytes(), type=list[StoredCorrection])
        except FileNotFoundError:
            return []
        except (OSError, msgspec.DecodeError) as error:
            raise ArchiveError(f"{path} cannot be read: {error}.", remedy="Put back a copy of the archive.") from error

    def _corrections(self, sha256: str) -> Path:
        return self.folder / "corrections" / sha256[:2] / f"{sha256}.json"

    def kept(self) -> Iterator[tuple[str, PurePosixPath, PurePosixPath]]:
        """Everything that is stored: SHA-256, original and newest folder of each document, in sorted order."""
        originals = {path.stem: path for path in (self.folder / "originals").glob("??/[0-9a-f]*")}
        for folder in sorted((self.folder / "documents").glob("??/*")):
            results = sorted(folder.glob(f"*/{DOCUMENT_FILE}"), key=lambda path: int(path.parent.name, 16))
            if results and folder.name in originals:
                original = originals[folder.name].relative_to(self.folder)
                newest = results[-1].parent.relative_to(self.folder)
                yield folder.name, PurePosixPath(original), PurePosixPath(newest)

    def clear(self, document: Prepared, workspace: Path, before: PurePosixPath | None) -> list[Path]:
        """Leave in a workspace the document, the pictures of its pages and nothing else.

        Args:
            before: the document's folder until now, from which the pictures come that were not made anew.
        Returns:
            The files and folders of the workspace, of which nothing has reached the disk yet.
        Raises:
            FullDiskError: no space is left.
            ArchiveError: it cannot be written.
        """
        with translate_write_errors(workspace):
            pictures = {picture for picture in document.pictures if _stays_inside(picture)}
            for picture in pictures:
                if before is not None and not (workspace / picture).exists():
                    (workspace / picture).parent.mkdir(parents=True, exist_ok=True)
                    with suppress(FileNotFoundError):
                        shutil.copy2(self.folder / before / picture, workspace / picture)
            return _keep_only(workspace, pictures | {DOCUMENT_FILE})

    def place(
        self, sha256: str, workspace: Path, original: PurePosixPath, before: PurePosixPath | None
    ) -> PurePosixPath:
        """Give a workspace that was cleared, and an original that was kept, the names that they are kept under.

        Returns:
            The document's folder.
        Raises:
            FullDiskError: no space is left.
            ArchiveError: it cannot be written.
        """
        relative = PurePosixPath("documents", sha256[:2], sha256, _next_name(before))
        target = self.folder / relative
        with translate_write_errors(target):
            with suppress(FileNotFoundError):
                _temporary(self.folder / original).replace(self.folder / original)
            target.parent.mkdir(parents=True, exist_ok=True)
            workspace.rename(target)
        return relative

    def secure(self, paths: Iterable[Path]) -> None:
        """Wait until files and folders have reached the disk.

        Raises:
            FullDiskError: no space is left.
            ArchiveError: one of them cannot be written.
        """
        with translate_write_errors(self.folder):
            files.sync(paths)

    def secure_names(self, kept: Iterable[PurePosixPath]) -> None:
        """Wait until the names of files and folders have reached the disk, and those of the folders that they are in.

        Raises:
            FullDiskError: no space is left.
            ArchiveError: one of them cannot be written.
        """
        self.secure({self.folder / parent for path in kept for parent in path.parents[:-1]})

    def take_back(self, folder: PurePosixPath, workspace: Path) -> None:
        """Make a document's folder the workspace again that it was."""
        with translate_write_errors(workspace):
            (self.folder / folder).rename(workspace)

    def copies(self, originals: Iterable[PurePosixPath]) -> list[Path]:
        """The copies of originals that have not been given their names."""
        temporary = [_temporary(self.folder / original) for original in originals]
        return [path for path in temporary if path.exists()]

    def drop_copy(self, original: PurePosixPath) -> None:
        """Remove the copy of an original that was not given its name."""
        with suppress(OSError):
            _temporary(self.folder / original).unlink()

    def document(self, folder: PurePosixPath) -> Document:
        """The document in its folder.

        Raises:
            ArchiveError: it is not there or is damaged.
        """
        path = self.folder / folder / DOCUMENT_FILE
        try:
            return msgspec.json.decode(path.read_bytes(), type=Document)
        except (OSError, msgspec.DecodeError) as error:
            raise ArchiveError(
                f"{path} cannot be read: {error}.",
                remedy="Put back a copy of the archive, or run the original again with --force.",
            ) from error

    def forget_others(self, folder: PurePosixPath) -> None:
        """Remove a document's folders but for this one: results that were replaced, or never registered."""
        for other in (self.folder / folder).parent.iterdir():
            if other.name != folder.name:
                shutil.rmtree(other, ignore_errors=True)

    def forget_work(self, sha256: str) -> None:
        """Remove what runs left of a document; what another process holds stays, and only this one's own goes."""
        own = self._workspaces.get(sha256)
        if own is not None and own.name.endswith(_own_ending()):
            shutil.rmtree(own, ignore_errors=True)
            return
        letters = "[0-9a-f]" * _KEY_LETTERS
        for left in (self.folder / "work").glob(f"{sha256}-{letters}"):
            shutil.rmtree(left, ignore_errors=True)

    def remove(self, folder: PurePosixPath) -> None:
        """Remove one of a document's folders."""
        shutil.rmtree(self.folder / folder, ignore_errors=True)


def _next_name(before: PurePosixPath | None) -> str:
    """A name that sorts after the one before, also where the clock was set back."""
    return f"{max(time.time_ns(), int(before.name, 16) + 1 if before is not None else 0):x}"


def _own_ending() -> str:
    """What marks a folder of work as this process's own."""
    return f"-{own_mark()}"


def _offset(sha256: str) -> int:
    """The byte of the file of claims that stands for a document."""
    return int(sha256[:_OFFSET_LETTERS], 16)


def _ending(name: str) -> str:
    """A file's ending, if it is one that cannot do harm."""
    ending = Path(name).suffix.lower()
    return ending if ending[1:].isascii() and ending[1:].isalnum() and len(ending) <= _LONGEST_ENDING else ""


def _stays_inside(name: str) -> bool:
    """Whether a relative way leads nowhere but down."""
    return not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts


def _keep_only(folder: Path, names: set[str]) -> list[Path]:
    """Remove all but these files of a folder, with the folders that are left empty; gives what is left, and itself."""
    left = [folder]
    for entry in sorted(folder.rglob("*"), reverse=True):
        if entry.is_dir() and not entry.is_symlink():
            if any(entry.iterdir()):
                left.append(entry)
            else:
                entry.rmdir()
        elif entry.relative_to(folder).as_posix() in names:
            left.append(entry)
        else:
            entry.unlink()
    return left


def _temporary(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.tmp")


def _copy(path: Path, target: Path) -> str:
    """Copy a file and give the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    try:
        source = path.open("rb")
    except OSError as error:
        raise MissingInputError(
            f"{printable(str(path))} can no longer be read: {error.strerror}.", remedy="Run it again when it is there."
        ) from error
    with source, translate_write_errors(target), files.new_file(target) as copy:
        while block := source.read(_BLOCK_BYTES):
            digest.update(block)
            copy.write(block)
    return digest.hexdigest()

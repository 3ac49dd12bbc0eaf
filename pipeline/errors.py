"""The drawn tree of errors.

    SohoaError                  1
    ├── UsageError              2   the command or an option is wrong
    ├── InputError              3   this file cannot be digitised as it is
    │   ├── MissingInputError       not there, or not readable by this user
    │   ├── EmptyInputError         no bytes, or no pages
    │   ├── UnsupportedInputError   not a kind of file that is read
    │   ├── DamagedInputError       truncated or broken
    │   ├── EncryptedInputError     needs a password
    │   ├── OversizedInputError     past a bound on pixels, pages or bytes
    │   └── LegacyEncodingError     text in TCVN3, VNI or another old encoding
    ├── EngineError             4   an outside program failed
    │   ├── MissingEngineError      it is not installed
    │   ├── EngineTimeoutError      it ran past its time
    │   └── EngineCrashError        it died or answered nonsense
    ├── ModelError              5   weights are missing or are not the ones in the manifest
    ├── ArchiveError            6   the archive cannot be read or written
    │   ├── FullDiskError           no space left
    │   ├── LostCatalogError        the server that keeps the catalog went away
    │   ├── SchemaVersionError      made by another version
    │   └── DocumentNotFoundError   no document, or several, by that name
    ├── StageError              7   a stage was given less than it needs
    └── ClusterError            8   the machines that share the work cannot be reached

A command that ran but left documents partial, refused or failed exits with 10.
"""

from typing import ClassVar

__all__ = [
    "ArchiveError",
    "ClusterError",
    "DamagedInputError",
    "DocumentNotFoundError",
    "EmptyInputError",
    "EncryptedInputError",
    "EngineCrashError",
    "EngineError",
    "EngineTimeoutError",
    "FullDiskError",
    "InputError",
    "LegacyEncodingError",
    "LostCatalogError",
    "MissingEngineError",
    "MissingInputError",
    "ModelError",
    "NOT_ALL_DONE_EXIT_CODE",
    "OversizedInputError",
    "SchemaVersionError",
    "SohoaError",
    "StageError",
    "UnsupportedInputError",
    "UsageError",
]

NOT_ALL_DONE_EXIT_CODE = 10


class SohoaError(Exception):
    """Any failure that Sohoa foresees.

    Args:
        message: what happened, one sentence, for the person at the keyboard.
        remedy: what that person can do about it, one sentence.
    """

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "sohoa"

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between processes with the remedy."""
        return (_rebuild, (type(self), self.message, self.remedy))


def _rebuild(kind: type[SohoaError], message: str, remedy: str) -> SohoaError:
    return kind(message, remedy=remedy)


class UsageError(SohoaError):
    """The command line or an option is wrong."""

    exit_code = 2
    code = "usage"


class InputError(SohoaError):
    """A file cannot be digitised as it is."""

    exit_code = 3
    code = "input"


class MissingInputError(InputError):
    """The path is not there or cannot be read by this user."""

    code = "input-missing"


class EmptyInputError(InputError):
    """The file has no bytes, or no pages."""

    code = "input-empty"


class UnsupportedInputError(InputError):
    """The file is of no kind that is read, or its content is not what its ending says."""

    code = "input-unsupported"


class DamagedInputError(InputError):
    """The file is truncated or broken."""

    code = "input-damaged"


class EncryptedInputError(InputError):
    """The file needs a password."""

    code = "input-encrypted"


class OversizedInputError(InputError):
    """The file passes a bound on pixels, pages or bytes."""

    code = "input-oversized"


class LegacyEncodingError(InputError):
    """The text is in an encoding from before Unicode."""

    code = "input-legacy-encoding"


class EngineError(SohoaError):
    """An outside program failed."""

    exit_code = 4
    code = "engine"


class MissingEngineError(EngineError):
    """An outside program or its language data is not installed."""

    code = "engine-missing"


class EngineTimeoutError(EngineError):
    """An outside program ran past its time and was stopped."""

    code = "engine-timeout"


class EngineCrashError(EngineError):
    """An outside program died or answered what cannot be read."""

    code = "engine-crash"


class ModelError(SohoaError):
    """Weights are missing or are not the ones in the manifest."""

    exit_code = 5
    code = "model"


class ArchiveError(SohoaError):
    """The archive cannot be read or written."""

    exit_code = 6
    code = "archive"


class FullDiskError(ArchiveError):
    """No space is left where the archive stands."""

    code = "archive-full"


class LostCatalogError(ArchiveError):
    """The server that keeps the catalog is down, is being restarted, or cannot be reached."""

    code = "archive-lost"


class SchemaVersionError(ArchiveError):
    """The archive was made by another version of the schema."""

    code = "archive-schema"


class DocumentNotFoundError(ArchiveError):
    """No document, or more than one, answers to that name."""

    code = "archive-document"


class StageError(SohoaError):
    """A stage was given less than it needs."""

    exit_code = 7
    code = "stage"


class ClusterError(SohoaError):
    """The machines that share the work cannot be reached, or were lost."""

    exit_code = 8
    code = "cluster"

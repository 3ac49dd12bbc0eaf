"""What the death of a worker means for its document."""

from typing import Literal, TypeAlias

from msgspec import Struct

from pipeline.document import Issue
from pipeline.errors import FullDiskError

__all__ = ["Cause", "Failure", "failure", "lost"]

Cause: TypeAlias = Literal["crash", "timeout", "memory", "disk"]

_WHAT: dict[Cause, str] = {
    "crash": "the worker died",
    "timeout": "the time allowed ran out",
    "memory": "the memory allowed ran out",
    "disk": "no space was left on the disk",
}
# What is stored as partial is tried again by `sohoa retry` alone.
_PAGE_REMEDY: dict[Cause, str] = {
    "crash": "Try it again with `sohoa retry`; if it fails again, scan the page again, or print it to a new PDF.",
    "timeout": "Try it again with `sohoa retry --set runner.page_timeout_s=900`, or scan the page at 300 dpi or less.",
    "memory": "Try it again with `sohoa retry --set runner.memory_mb=8192`, or scan the page at 300 dpi or less.",
    "disk": "Free some space, then try it again with `sohoa retry`.",
}
_STAGE_REMEDY: dict[Cause, str] = {
    "crash": "Try it again with `sohoa retry`; if it fails again, report the message with the file.",
    "timeout": "Try it again with `sohoa retry --set runner.document_timeout_s=14400`, or split the file.",
    "memory": "Try it again with `sohoa retry --set runner.memory_mb=8192`, or split the file.",
    "disk": "Free some space, then try it again with `sohoa retry`.",
}
_DOCUMENT_REMEDY: dict[Cause, str] = {
    "crash": "Try it again with `sohoa retry`; if it fails again, print it to a new PDF and run that.",
    "timeout": "Run it again with --set runner.document_timeout_s=14400, or split the file; finished pages are kept.",
    "memory": "Run it again with --set runner.memory_mb=8192, or split the file.",
    "disk": "Free some space, then run the same command again: what is done is kept.",
}


class Failure(Struct, frozen=True):
    """Why a document could not be digitised."""

    code: str
    message: str
    remedy: str


def failure(name: str, cause: Cause, where: str, detail: str) -> Failure:
    """The whole document is lost.

    Args:
        name: the file's name.
        where: stage in which it happened, or empty.
        detail: what is known of it, or empty.
    """
    code = FullDiskError.code if cause == "disk" else f"document-{cause}"
    return Failure(code, f"{name} was given up: {_sentence(cause, where, detail)}.", _DOCUMENT_REMEDY[cause])


def lost(stage: str, page: int | None, cause: Cause, detail: str) -> Issue:
    """One page is lost, or what one stage gives."""
    sentence = _sentence(cause, stage, detail)
    if page is None:
        return Issue(stage, f"stage-{cause}", f"The stage was given up: {sentence}.", _STAGE_REMEDY[cause])
    return Issue(stage, f"page-{cause}", f"Page {page} was given up: {sentence}.", _PAGE_REMEDY[cause], page)


def _sentence(cause: Cause, where: str, detail: str) -> str:
    return _WHAT[cause] + (f" in `{where}`" if where else "") + (f" ({detail})" if detail else "")

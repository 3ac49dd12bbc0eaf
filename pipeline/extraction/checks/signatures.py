"""Checks on who signs."""

import re
from collections.abc import Iterator

from pipeline.document import Document
from pipeline.extraction.checks.finding import Finding, Place
from pipeline.language.tone_marks import plain

__all__ = ["deputy_who_is_none"]

_IN_PLACE_OF = re.compile(r"(?:^|\s)kt\s?\.")
_DEPUTY = re.compile(r"(?<!\w)(?:pho|thu truong|quyen|uy vien|truong ban|cap pho|thuong truc)(?!\w)")


def deputy_who_is_none(document: Document) -> Iterator[Finding]:
    """Somebody signs in the place of a head (`KT.`) and is no deputy."""
    fields = document.records.document
    authority, position = fields.signer_authority, fields.signer_position
    if authority is None or position is None or not _IN_PLACE_OF.search(plain(str(authority.normal))):
        return
    if _DEPUTY.search(plain(str(position.normal))):
        return
    message = f"{authority.normal} is signed for by {position.normal}, who is no deputy."
    yield Finding("signer-deputy", message, (Place("document", 0, "signer_position"),), 0.8)

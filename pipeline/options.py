"""Every option with its default: frozen, one table for each stage, unknown keys fail.

`pipeline/default.toml` shows them all; a test compares the two.
"""

import hashlib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from pipeline.errors import UsageError

__all__ = [
    "CleanOperation",
    "CleanOptions",
    "ExtractOptions",
    "IngestOptions",
    "LayoutOptions",
    "OcrOptions",
    "Options",
    "RestoreOptions",
    "RunnerOptions",
    "SegmentOptions",
    "load_options",
    "options_sha256",
]


class IngestOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Opening files and deciding where a page's text comes from."""

    max_size_mb: int = 1024
    max_pages: int = 3000
    max_page_megapixels: int = 120
    max_text_mb: int = 64


CleanOperation = Literal[
    "perspective", "orientation", "skew", "specks", "coloured ink", "light", "border", "ghosts", "lines"
]


class CleanOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """The page's picture; `leave_out` names operations that are done on no page, to measure what they are worth."""

    read_dpi: int = 150
    max_skew_deg: float = 5.0
    picture_dpi: int = 110
    leave_out: list[CleanOperation] = []


class OcrOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Reading with Tesseract."""

    quality: Literal["fast", "standard", "best"] = "standard"
    engine: Literal["auto", "library", "program"] = "auto"
    language: str = "vie"
    page_segmentation: int = 3
    second_look: float = 0.85
    timeout_s: float = 120.0


class LayoutOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines, blocks and their reading order."""

    tables: bool = True


class RestoreOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Diacritics and garbled letters."""

    regime: Literal["auto", "clean", "vie", "eng"] = "auto"


class SegmentOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Headings and the parts of a document."""

    heading_similarity: float = 0.85


class ExtractOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Records."""

    checks: bool = True


class RunnerOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Who does the work, and within what bounds; `jobs` 0 takes every core.

    After `attempts` attempts what failed is no longer taken up again of itself.
    """

    jobs: int = 0
    document_timeout_s: float = 3600.0
    page_timeout_s: float = 300.0
    memory_mb: int = 4096
    attempts: int = 3


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """All options, a table for each stage and one for the runner."""

    ingest: IngestOptions = IngestOptions()
    clean: CleanOptions = CleanOptions()
    ocr: OcrOptions = OcrOptions()
    layout: LayoutOptions = LayoutOptions()
    restore: RestoreOptions = RestoreOptions()
    segment: SegmentOptions = SegmentOptions()
    extract: ExtractOptions = ExtractOptions()
    runner: RunnerOptions = RunnerOptions()


def load_options(file: Path | None = None, settings: Iterable[str] = ()) -> Options:
    """Options from a configuration file and `table.key=value` settings, the settings winning.

    Raises:
        UsageError: the file cannot be read, a key is unknown or a value does not fit.
    """
    tables: dict[str, Any] = {}
    if file is not None:
        try:
            tables = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise UsageError(
                f"The configuration {file} cannot be read: {error}.",
                remedy="Write it like the file that `sohoa config` prints.",
            ) from error
    for setting in settings:
        name, separator, text = setting.partition("=")
        table, dot, key = name.strip().partition(".")
        if not (separator and dot and table and key):
            raise UsageError(
                f"`{setting}` is no setting.",
                remedy="Write --set table.key=value, for example --set ocr.timeout_s=60.",
            )
        target = tables.setdefault(table, {})
        if not isinstance(target, dict):
            raise UsageError(f"`{table}` is no table.", remedy="See `sohoa config` for the tables and keys.")
        target[key] = _literal(text.strip())
    try:
        return msgspec.convert(tables, Options, strict=True)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"An option is wrong: {error}.", remedy="See `sohoa config` for the tables and keys."
        ) from error


def _literal(text: str) -> object:
    """A TOML value, or the bare text where it is none, so that quotes are not needed on a command line."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def options_sha256(options: Struct) -> str:
    """A key for a set of options: equal options, equal key."""
    return hashlib.sha256(msgspec.json.encode(options, order="deterministic")).hexdigest()

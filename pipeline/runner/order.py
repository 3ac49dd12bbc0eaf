"""The pipeline as a list that can be read, and the check that it can work."""

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias, TypeGuard

import msgspec
from msgspec import Struct

from pipeline.corrections import Correction, CorrectionKind, corrections_sha256
from pipeline.document import Document, Step
from pipeline.errors import StageError
from pipeline.options import Options, options_sha256
from pipeline.stage import DocumentStage, PageStage, Stage

__all__ = [
    "StageFactory",
    "check_order",
    "is_document_stage",
    "is_page_stage",
    "stage_options_sha256",
    "stages",
    "trail_key",
    "work_key",
]

StageFactory: TypeAlias = Callable[[], Sequence[Stage]]


class _NoOptions(Struct, frozen=True):
    """Stands for the options of a stage that has none."""


def stages() -> tuple[Stage, ...]:
    """The stages in the order in which a document goes through them."""
    from pipeline.stages.clean import Clean
    from pipeline.stages.confirm import Confirm
    from pipeline.stages.correct import Correct
    from pipeline.stages.extract import Extract
    from pipeline.stages.ingest import Ingest
    from pipeline.stages.layout import Layout
    from pipeline.stages.ocr import Ocr
    from pipeline.stages.restore import Restore
    from pipeline.stages.segment import Segment

    return (Ingest(), Clean(), Ocr(), Layout(), Restore(), Correct(), Segment(), Extract(), Confirm())


def is_page_stage(stage: Stage) -> TypeGuard[PageStage]:
    """Whether it works page by page."""
    return hasattr(stage, "page")


def is_document_stage(stage: Stage) -> TypeGuard[DocumentStage]:
    """Whether it needs the whole document."""
    return hasattr(stage, "document")


def check_order(order: Sequence[Stage]) -> None:
    """See that every stage is given what it needs by those before it.

    Raises:
        StageError: a stage is given less than it needs, works neither on pages nor on documents, or comes twice.
    """
    given: set[str] = set()
    names: set[str] = set()
    for stage in order:
        if is_page_stage(stage) == is_document_stage(stage):
            raise StageError(
                f"The stage `{stage.name}` must work either on pages or on documents.",
                remedy="Give it a method `page` or a method `document`.",
            )
        if stage.name in names:
            raise StageError(f"The stage `{stage.name}` comes twice.", remedy="Name every stage once.")
        missing = sorted(stage.needs - given)
        if missing:
            raise StageError(
                f"The stage `{stage.name}` needs {', '.join(missing)}, which no stage before it gives.",
                remedy="Put the stage that gives it earlier in the list.",
            )
        names.add(stage.name)
        given |= stage.gives


def stage_options_sha256(stage: Stage, options: Options, corrections: Sequence[Correction] = ()) -> str:
    """The key of the options of one stage; of one that applies corrections, the key of these."""
    kind: CorrectionKind | None = getattr(stage, "applies", None)
    applied = corrections_sha256(corrections, kind) if kind is not None else None
    return applied or options_sha256(getattr(options, stage.name, _NoOptions()))


def work_key(order: Sequence[Stage], options: Options, corrections: Sequence[Correction] = ()) -> str:
    """A key for the work of these stages with these options and corrections: the same content and key, the same result.

    The shape of the document is in it too, for a result of another shape cannot be read.
    """
    return _key([(stage.name, stage.version, stage_options_sha256(stage, options, corrections)) for stage in order])


def trail_key(trail: Sequence[Step]) -> str:
    """The key of the work that a document went through."""
    return _key([(step.stage, step.version, step.options_sha256) for step in trail])


def _key(work: list[tuple[str, int, str]]) -> str:
    return hashlib.sha256(msgspec.json.encode((_model_shape(), work))).hexdigest()


@lru_cache(maxsize=1)
def _model_shape() -> str:
    return hashlib.sha256(msgspec.json.encode(_undescribed(msgspec.json.schema(Document)))).hexdigest()


def _undescribed(schema: object) -> object:
    """A schema without the texts that only explain it."""
    if isinstance(schema, dict):
        return {key: _undescribed(value) for key, value in schema.items() if key != "description"}
    if isinstance(schema, list):
        return [_undescribed(value) for value in schema]
    return schema

"""An engine that replays recorded readings, so that what is measured is everything around the reading."""

import os
from functools import lru_cache
from pathlib import Path

import msgspec

from corpus.crowd import origins
from pipeline.document import Document, Page, replace
from pipeline.stage import Context, Gift, Stage
from pipeline.stages.ingest import Ingest

RECORDED = "SOHOA_RECORDED"
NOTHING: frozenset[Gift] = frozenset()


@lru_cache(maxsize=64)
def recorded(name: str) -> Document:
    """What a sample was read as."""
    return msgspec.json.decode((Path(os.environ[RECORDED]) / f"{name}.json").read_bytes(), type=Document)


@lru_cache(maxsize=4)
def _origins(path: Path) -> list[tuple[str, int]]:
    return origins(path)


class ReplayPages:
    """Gives each page the words and the layout of the sample's page that it is."""

    name = "ocr"
    version = 1
    needs: frozenset[Gift] = frozenset({"pages"})
    gives: frozenset[Gift] = frozenset({"words", "blocks"})

    def page(self, page: Page, context: Context) -> Page:
        name, number = _origins(context.path)[page.number - 1]
        found = recorded(name).pages[number - 1]
        # Ids of words begin with the page's number.
        names = {word.id: f"{page.number}.{word.id.partition('.')[2]}" for word in found.words}
        words = tuple(replace(word, id=names[word.id], page=page.number) for word in found.words)
        blocks = tuple(
            replace(
                block,
                lines=tuple(
                    replace(line, word_ids=tuple(names[one] for one in line.word_ids if one in names))
                    for line in block.lines
                ),
                cells=(),
            )
            for block in found.blocks
        )
        return replace(found, number=page.number, words=words, blocks=blocks, picture=None)


class ReplayRecords:
    """Gives the records of the first page's sample, with the words that this document has."""

    name = "extract"
    version = 1
    needs: frozenset[Gift] = frozenset({"words"})
    gives: frozenset[Gift] = frozenset({"records"})

    def document(self, document: Document, context: Context) -> Document:
        name, number = _origins(context.path)[0]
        known = document.words_by_id()
        prefix = f"{number}."
        records = recorded(name).records
        rows = {}
        for table in records.__struct_fields__:
            given = getattr(records, table)
            many = given if isinstance(given, tuple) else (given,)
            kept = []
            for record in many:
                fields = {}
                for field in getattr(record, "__struct_fields__", ()):
                    value = getattr(record, field)
                    if value is not None:
                        evidence = tuple(
                            f"1.{word.removeprefix(prefix)}" for word in value.evidence if word.startswith(prefix)
                        )
                        fields[field] = replace(value, evidence=tuple(word for word in evidence if word in known))
                kept.append(replace(record, **fields) if fields else record)
            rows[table] = tuple(kept) if isinstance(given, tuple) else kept[0]
        return replace(document, records=type(records)(**rows))


def replay_stages() -> tuple[Stage, ...]:
    return Ingest(), ReplayPages(), ReplayRecords()

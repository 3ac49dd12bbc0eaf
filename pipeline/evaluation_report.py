"""An evaluation as tables, as Markdown, as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from corpus.header_fields import HEADER_FIELDS, NOT_SCORED, score_header
from corpus.page_measures import PageScore
from corpus.record_scores import Counts, FieldScore, RecordScores, add_fields
from corpus.text_metrics import TextScore
from pipeline.evaluation import DocumentScore, Evaluation, document_counts, identity
from pipeline.tables import TextTable
from pipeline.word_claims import fitted_maps

__all__ = ["json_report", "markdown_report", "tables"]

_NONE = ""


def tables(evaluation: Evaluation) -> Iterator[TextTable]:
    """The measures for each document, for each group and in sum."""
    yield _documents_table(evaluation)
    yield _totals_table(evaluation)
    for group, part in evaluation.groups():
        if part.records is not None:
            yield _records_table(group, part.records)
    if evaluation.layout is not None:
        yield _layout_table(evaluation)
        yield _words_table(evaluation)
    if evaluation.records is not None:
        yield _fields_table(evaluation.records)
        yield _header_table(evaluation)
        yield _reliability_table(evaluation)


def markdown_report(evaluation: Evaluation, command: str = "") -> str:
    """The tables as Markdown, headed by the program's version and the command that made them."""
    try:
        program = f"sohoa {version('sohoa')}"
    except PackageNotFoundError:
        program = "sohoa"
    made = f"Made by {program}" + (f" with `{command}`." if command else ".")
    parts = [made, *(_markdown(table) for table in tables(evaluation))]
    return "\n\n".join(parts) + "\n"


def json_report(evaluation: Evaluation) -> str:
    """Every measure: the sums under `groups`, the documents under `documents`."""
    check = evaluation.calibration()
    claims = [claim for found in evaluation.documents for claim in found.words]
    report = {
        "groups": {
            name: _sums(part.text, part.layout, part.records, part.documents) for name, part in evaluation.groups()
        },
        "reliability": [
            {"from": edge, "values": count, "right": right} for edge, count, right in evaluation.reliability()
        ],
        "words": {**(asdict(check) if check is not None else {}), "fitted_maps": fitted_maps(claims)},
        "documents": [
            {
                "name": found.gold.name,
                "status": found.status,
                "pages": found.pages,
                "seconds": round(found.seconds, 2),
                **_sums(found.text, found.layout, found.records, [found]),
            }
            for found in evaluation.documents
        ],
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _sums(
    text: TextScore | None, layout: PageScore | None, records: RecordScores | None, found: Sequence[DocumentScore]
) -> dict[str, Any]:
    sums: dict[str, Any] = {"documents": len(found)}
    if text is not None:
        sums["text"] = text.to_dict()
    if layout is not None:
        sums["layout"] = layout.to_dict()
    if records is not None:
        fields = document_counts(records.document)
        sums["records"] = {
            **records.to_dict(),
            "document_fields": {"precision": fields.precision, "recall": fields.recall, "f1": fields.f1},
            "identity": identity(records),
        }
    return sums


def _documents_table(evaluation: Evaluation) -> TextTable:
    first = next((found.records for found in evaluation.documents if found.records is not None), None)
    names = ("document", "missions", *first.tables) if first is not None else ()
    rows = [
        (
            found.gold.name,
            found.status,
            str(found.pages),
            f"{found.seconds:.0f}",
            *_text_cells(found.text),
            *(_f1_cells(found.records) if found.records is not None else (_NONE,) * len(names)),
        )
        for found in evaluation.documents
    ]
    for group, part in evaluation.groups():
        records = part.records
        rows.append(
            (
                f"{group}: {len(part.documents)} documents",
                _NONE,
                str(sum(found.pages for found in part.documents)),
                f"{sum(found.seconds for found in part.documents):.0f}",
                *_text_cells(part.text),
                *(_f1_cells(records) if records is not None else (_NONE,) * len(names)),
            )
        )
    columns = ("document", "status", "pages", "seconds", "CER", "WER", *(f"{name} F1" for name in names))
    return TextTable("documents", columns, tuple(rows))


def _layout_table(evaluation: Evaluation) -> TextTable:
    rows = [(found.gold.name, *_layout_cells(found.layout)) for found in evaluation.documents if found.layout]
    columns = (
        "document",
        "numbers exact",
        "head and foot exact",
        "words on nothing",
        "foreign words",
        "cell F1",
        "TEDS",
    )
    return TextTable("text beyond its letters", columns, tuple(rows))


def _layout_cells(found: PageScore) -> tuple[str, ...]:
    return (
        f"{found.numbers_right} of {found.numbers}",
        f"{found.lines_right} of {found.lines}",
        str(found.invented),
        str(found.foreign),
        f"{found.cell_f1:.3f}" if found.tables else _NONE,
        f"{found.table_likeness / found.tables:.3f}" if found.tables else _NONE,
    )


def _words_table(evaluation: Evaluation) -> TextTable:
    bands = evaluation.word_reliability()
    uppers = [f"{edge:.2f}" for edge, *_ in bands[1:]] + ["1.00"]
    rows = [
        (f"{lower:.2f} to {upper}", str(count), f"{right:.3f}", f"{worth:.3f}")
        for (lower, count, right, worth), upper in zip(bands, uppers, strict=True)
        if count
    ]
    check = evaluation.calibration()
    if check is not None:
        for name, missed in (
            ("mean miss, as claimed", check.claimed),
            ("mean miss, by the map in use", check.mapped),
            ("mean miss, by a map fitted on the other half of the documents", check.fitted_elsewhere),
        ):
            rows.append((name, str(check.words), f"{missed:.4f}", _NONE))
    return TextTable("reliability of words", ("confidence", "words", "share right", "held to be worth"), tuple(rows))


def _text_cells(text: TextScore | None) -> tuple[str, str]:
    return (f"{100 * text.cer:.2f} %", f"{100 * text.wer:.2f} %") if text is not None else (_NONE, _NONE)


def _f1_cells(records: RecordScores) -> tuple[str, ...]:
    """F1 of the document's fields, of the mission sections and of each table, empty where neither side has any."""
    counts = [document_counts(records.document), records.mission_sections.counts]
    counts += [table.counts for table in records.tables.values()]
    return tuple(f"{count.f1:.3f}" if count.gold or count.predicted else _NONE for count in counts)


def _totals_table(evaluation: Evaluation) -> TextTable:
    rows: list[tuple[str, str, str]] = []
    for group, part in evaluation.groups():
        if part.text is not None:
            rows.append((group, "characters wrong (CER)", f"{100 * part.text.cer:.2f} % of {part.text.characters}"))
            rows.append((group, "words wrong (WER)", f"{100 * part.text.wer:.2f} % of {part.text.words}"))
        rows += [(group, *row) for row in _layout_rows(part)]
        if part.records is not None:
            count = part.records.document_count
            for name, right in identity(part.records).items():
                rows.append((group, f"{name} right", f"{right} of {count} documents"))
            rows.append((group, "type, number and date right", f"{part.records.identified} of {count} documents"))
            invented = sum(found.invented for found in part.records.document.values())
            predicted = document_counts(part.records.document).predicted
            rows.append((group, "document fields invented", f"{invented} of {predicted} values"))
    return TextTable("sums", ("group", "measure", "found"), tuple(rows))


def _layout_rows(part: Evaluation) -> Iterator[tuple[str, str]]:
    """What the text's errors alone do not tell."""
    found, worst = part.layout, part.worst_text
    if found is None:
        return
    if worst is not None and worst.text is not None:
        rates = f"CER {100 * worst.text.cer:.2f} %, WER {100 * worst.text.wer:.2f} %"
        yield "worst document", f"{rates}: {worst.gold.name}"
    yield "numbers exact", _share(found.numbers_right, found.numbers)
    yield "lines of head and foot exact", _share(found.lines_right, found.lines)
    yield "words where nothing is printed", f"{found.invented / max(found.pages, 1):.2f} a page"
    yield "words that no gold page has", f"{found.foreign / max(found.pages, 1):.2f} a page"
    if found.tables:
        exact = f"F1 {found.cell_f1:.3f} of {found.cells}"
        yield "cells of tables exact", exact
        yield "tables alike (TEDS)", f"{found.table_likeness / found.tables:.3f} of {found.tables}"


def _share(right: int, total: int) -> str:
    return f"{100 * right / max(total, 1):.2f} % of {total}"


def _records_table(group: str, records: RecordScores) -> TextTable:
    fields = document_counts(records.document)
    rows = [("document fields", *_count_cells(fields), _NONE)]
    scores = {"mission sections": records.mission_sections, **records.tables}
    rows += [(name, *_count_cells(found.counts), f"{found.macro_f1:.3f}") for name, found in scores.items()]
    columns = ("table", "gold", "read", "matched", "precision", "recall", "F1", "F1 by document")
    return TextTable(f"records, {group}", columns, tuple(rows))


def _count_cells(counts: Counts) -> tuple[str, ...]:
    rates = (counts.precision, counts.recall, counts.f1)
    return (str(counts.gold), str(counts.predicted), str(counts.matched), *(f"{rate:.3f}" for rate in rates))


def _fields_table(records: RecordScores) -> TextTable:
    tables = {"document": records.document, **{name: found.fields for name, found in records.tables.items()}}
    rows = [
        (table, name, *_field_cells(found))
        for table, fields in tables.items()
        for name, found in fields.items()
        if found.exact + found.wrong + found.missing + found.invented
    ]
    columns = ("table", "field", "exact", "wrong", "missing", "invented", "share exact")
    return TextTable("fields of matched records", columns, tuple(rows))


def _header_table(evaluation: Evaluation) -> TextTable:
    """The header fields under the names by which other systems report them."""
    total: dict[str, FieldScore] = {}
    for found in evaluation.documents:
        if found.gold.records is not None:
            plain = found.document.records.to_dict() if found.document is not None else {}
            total = add_fields(total, score_header(plain, found.gold.records))
    rows = [
        (name, *_field_cells(total[name]), f"{document_counts({name: total[name]}).f1:.3f}") for name in HEADER_FIELDS
    ]
    rows += [(name, *(_NONE,) * 6) for name in NOT_SCORED]
    columns = ("field", "exact", "wrong", "missing", "invented", "share exact", "F1")
    return TextTable("header fields as others name them", columns, tuple(rows))


def _field_cells(found: FieldScore) -> tuple[str, ...]:
    counts = (found.exact, found.wrong, found.missing, found.invented)
    return (*map(str, counts), f"{found.accuracy:.3f}")


def _reliability_table(evaluation: Evaluation) -> TextTable:
    bands = evaluation.reliability()
    uppers = [edge for edge, _, _ in bands[1:]] + [1.0]
    rows = tuple(
        (f"{lower:.2f} to {upper:.2f}", str(count), f"{right:.3f}" if count else _NONE)
        for (lower, count, right), upper in zip(bands, uppers, strict=True)
    )
    return TextTable("reliability of confidences", ("confidence", "values", "share right"), rows)


def _markdown(table: TextTable) -> str:
    lines = [f"### {table.name.capitalize()}", "", _markdown_row(table.columns)]
    lines.append(_markdown_row(["---"] * len(table.columns)))
    lines += [_markdown_row(row) for row in table.rows]
    return "\n".join(lines)


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

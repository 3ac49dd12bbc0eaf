"""What the exports hold is written down: a page and a JSON Schema, made from the code, and true of what is exported."""

import json
from pathlib import Path

import pytest
from catalog_rows import MOVEMENT_PAGES, MOVEMENT_RECORDS, document, fill
from command_line import call
from jsonschema import Draft202012Validator

from pipeline.archive import Archive
from pipeline.archive.column_meanings import CODES, COLUMNS, TABLE_MEANINGS
from pipeline.archive.dictionary import column_meaning, data_dictionary, json_schema
from pipeline.archive.export import plain_document
from pipeline.archive.tables import export_tables

PAGE = Path(__file__).parent.parent / "docs" / "data-dictionary.md"


def test_dictionary_is_the_page_in_the_docs() -> None:
    # Write it anew with: sohoa schema --format markdown > docs/data-dictionary.md
    assert PAGE.read_text(encoding="utf-8").rstrip("\n") == data_dictionary().rstrip("\n")


def test_dictionary_knows_every_column_and_no_other() -> None:
    columns = {table.name: {column.name for column in table.columns} for table in export_tables()}
    assert set(TABLE_MEANINGS) == set(COLUMNS) == set(columns)
    for table, names in columns.items():
        assert all(column_meaning(table, name).endswith((".", "1.")) for name in names)
        assert set(COLUMNS[table]) <= names
    assert all(column in columns[table] for table, column in CODES)


def test_schema_is_true_of_the_exports(tmp_path: Path) -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    whole = Draft202012Validator(schema)
    plain = json.loads(json.dumps(plain_document(document("a.pdf", MOVEMENT_PAGES, MOVEMENT_RECORDS))))
    whole.validate(plain)
    assert not whole.is_valid(plain | {"more": 1})
    assert not whole.is_valid(plain | {"assignments": [{"body": "Sở Y tế"}]})
    with Archive.open(tmp_path / "archive") as archive:
        fill(archive)
        paths = archive.export(tmp_path / "out", "jsonl")
    for path in paths:
        row = Draft202012Validator(schema["$defs"][path.stem])
        for line in path.read_text(encoding="utf-8").splitlines():
            row.validate(json.loads(line))
        assert not row.is_valid({})


@pytest.mark.parametrize(("format", "begins"), [("json-schema", "{"), ("markdown", "# Data dictionary")])
def test_command_prints_it(capsys: pytest.CaptureFixture[str], format: str, begins: str) -> None:
    answer = call(capsys, "schema", "--format", format)
    assert answer.code == 0
    assert answer.out.startswith(begins)

"""The sample scans, through everything, come out as their gold says, within the tolerances named here."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from command_line import ROOT, spawn

SCANS = ROOT / "corpus" / "scans"

MOST_CHARACTERS_WRONG = 0.04
MOST_CHARACTERS_WRONG_IN_ALL = 0.02
MOST_WRONG_HEADER_FIELDS = 1
LEAST_F1 = {"sections": 0.85, "references": 0.85, "recipients": 0.9, "deadlines": 0.85, "assignments": 0.85}
LEAST_MISSION_F1 = 0.85
HEADER_FIELDS = ("type", "number", "date", "issuer", "place", "title")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The measures of all samples, digitised once."""
    place = tmp_path_factory.mktemp("golden")
    jobs = str(min(os.cpu_count() or 1, 2))
    answer = spawn("evaluate", SCANS, "--json", "measures.json", "--jobs", jobs, cwd=place, timeout_s=600)
    assert answer.code == 0, answer.err
    report: dict[str, Any] = json.loads((place / "measures.json").read_text(encoding="utf-8"))
    return report


@pytest.mark.slow
@pytest.mark.timeout(700)
def test_golden_samples_are_read_within_tolerances(measured: dict[str, Any]) -> None:
    # One test, so that the samples are digitised once however the tests are shared out.
    assert len(measured["documents"]) >= 6
    complaints = [complaint for document in measured["documents"] for complaint in complaints_about(document)]
    whole = measured["groups"]["all"]
    if whole["text"]["cer"] > MOST_CHARACTERS_WRONG_IN_ALL:
        complaints.append(f"in all: CER {whole['text']['cer']:.4f}")
    if whole["records"]["mission_sections"]["f1"] < LEAST_MISSION_F1:
        complaints.append(f"in all: mission sections {whole['records']['mission_sections']['f1']:.3f}")
    for table, least in LEAST_F1.items():
        if whole["records"]["tables"][table]["f1"] < least:
            complaints.append(f"in all: {table} {whole['records']['tables'][table]['f1']:.3f} < {least}")
    assert complaints == []


def complaints_about(document: dict[str, Any]) -> list[str]:
    name, records = document["name"], document["records"]
    found = [f"{name}: {document['status']}"] if document["status"] != "done" else []
    if document["text"]["cer"] > MOST_CHARACTERS_WRONG:
        found.append(f"{name}: CER {document['text']['cer']:.4f}")
    fields = records["document"]
    wrong = [
        field
        for field in HEADER_FIELDS
        if fields[field]["wrong"] + fields[field]["missing"] + fields[field]["invented"]
    ]
    if len(wrong) > MOST_WRONG_HEADER_FIELDS:
        found.append(f"{name}: header fields {', '.join(wrong)}")
    for table, scores in records["tables"].items():
        if scores["gold"] and not scores["predicted"]:
            found.append(f"{name}: no {table}, {scores['gold']} in gold")
    return found


def test_golden_samples_cover_every_table() -> None:
    golds = [json.loads(path.read_text(encoding="utf-8")) for path in Path(SCANS).glob("*/gold.json")]
    assert len(golds) >= 6
    for table in (
        "references",
        "sections",
        "assignments",
        "deadlines",
        "movements",
        "rewards",
        "subjects",
        "recipients",
    ):
        assert any(gold[table] for gold in golds), table

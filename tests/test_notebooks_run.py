"""The notebooks answer: on a small archive made here, and as they are committed, on the samples."""

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

from pipeline.archive import Archive
from pipeline.options import Options, RunnerOptions

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "notebooks" / "01-what-is-due-and-who-does-it.ipynb"
SAMPLES = [ROOT / "corpus" / "scans" / name for name in ("s01-launching-plan", "s02-province-plan")]
MOST_BYTES = 300_000
TABLES = ("archive", "due", "recurring", "bodies", "movements", "citations", "rewards", "confidence", "eye")
ANSWERS = ("archive", "due", "bodies", "movements", "citations", "rewards", "confidence", "eye")
PICTURES = (
    "due-plot",
    "line-plot",
    "bodies-plot",
    "movements-plot",
    "citations-plot",
    "rewards-plot",
    "confidence-plot",
    "eye-crops",
)

Outputs = dict[str, list[dict[str, Any]]]


def outputs_of(notebook: nbformat.NotebookNode) -> Outputs:
    """What each cell of code shows, by the cell's id."""
    return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def shown(outputs: Outputs, cell: str, kind: str) -> str:
    return "\n".join(output["data"][kind] for output in outputs[cell] if kind in output.get("data", {}))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """The outputs on two born-digital plans, one of them also as a text: neither needs OCR."""
    place = tmp_path_factory.mktemp("notebook")
    again = place / "plan.txt"
    pages = [page.read_text(encoding="utf-8") for page in sorted(SAMPLES[0].glob("page*.gold.txt"))]
    again.write_text("\f".join(pages), encoding="utf-8")
    with Archive.open(place / "archive") as archive:
        archive.intake(
            [*(sample / "born-digital.pdf" for sample in SAMPLES), again], Options(runner=RunnerOptions(jobs=1))
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOHOA_ARCHIVE", str(place / "archive"))
        patch.delenv("SOHOA_CATALOG", raising=False)
        # A kernel left to itself takes a thread for each core.
        patch.setenv("OMP_NUM_THREADS", "1")
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        for cell in notebook.cells:
            cell.pop("outputs", None)
            if cell.cell_type == "code":
                cell.outputs = []
        resources = {"metadata": {"path": str(place)}}
        NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    return outputs_of(notebook)


@pytest.fixture(scope="module")
def committed() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


def check_that_all_is_answered(outputs: Outputs) -> None:
    assert not [output for made in outputs.values() for output in made if output["output_type"] in ("error", "stream")]
    for name in TABLES:
        assert "<td>" in shown(outputs, f"{name}-table", "text/html"), name
    for name in ANSWERS:
        assert re.search(r"\d", shown(outputs, f"{name}-answer", "text/markdown")), name
    for cell in PICTURES:
        encoded = shown(outputs, cell, "image/png") or shown(outputs, cell, "image/jpeg")
        with Image.open(io.BytesIO(base64.b64decode(encoded))) as picture:
            assert picture.width > 200 and len(picture.convert("L").getcolors(256) or ()) > 2, cell


@pytest.mark.slow
def test_notebooks_answer_on_another_archive(small: Outputs) -> None:
    # One test, so that the archive is made once however the tests are shared out.
    check_that_all_is_answered(small)

    archive = shown(small, "archive-answer", "text/markdown")
    assert "3 documents" in archive and "2 plans" in archive, "two forms of a plan are one plan"
    plans = shown(small, "archive-table", "text/html")
    assert plans.count("<tr") == 1 + 2 and "text, text-layer" in plans

    gold = [json.loads((sample / "gold.json").read_text(encoding="utf-8")) for sample in SAMPLES]
    for document in gold:
        assert document["document"]["number"] in plans
    promised = sum(len(document["rewards"]) for document in gold)
    assert f"promise {promised} rewards" in shown(small, "rewards-answer", "text/markdown")
    due = shown(small, "due-table", "text/html")
    quarter, year = re.findall(r"quarter (\d) of (\d{4})", shown(small, "due-answer", "text/markdown"))[0]
    ends = re.findall(r"<td>(\d{4})-(\d\d)-\d\d</td>", due)
    assert ends and {(year, (int(month) + 2) // 3) for year, month in ends} == {(year, int(quarter))}


def test_notebooks_are_committed_with_answers(committed: nbformat.NotebookNode) -> None:
    check_that_all_is_answered(outputs_of(committed))
    code = [cell for cell in committed.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert committed.metadata.kernelspec.name == "python3"


def test_notebooks_are_small() -> None:
    assert sum(path.stat().st_size for path in NOTEBOOK.parent.glob("*.ipynb")) <= MOST_BYTES


def test_notebooks_name_no_place_of_the_one_who_ran_them(committed: nbformat.NotebookNode) -> None:
    texts = [
        text
        for made in outputs_of(committed).values()
        for output in made
        for kind, text in output.get("data", {}).items()
        if kind.startswith("text/")
    ]
    assert texts
    assert not [found for text in texts for found in re.findall(r"(?<![\w.<])/\w+/\w+|\b[A-Z]:\\\w+", text)]

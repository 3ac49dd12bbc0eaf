"""Bodies and signers found by underthesea's named entities and by the grammar here, in one run on the same sentences.

make bench
"""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from corpus.text_metrics import normalise
from pipeline.language.bodies import find_bodies
from pipeline.language.person_names import is_surname, title_length

ROOT = Path(__file__).parent.parent.parent


def golds() -> list[dict[str, Any]]:
    """The gold records of all our documents."""
    paths = sorted((ROOT / "corpus").glob("**/documents/*/gold.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def entities(text: str, kinds: set[str]) -> list[str]:
    """The named entities of some kinds that underthesea finds."""
    from underthesea import ner

    found: list[str] = []
    for token, _, _, tag in ner(text):
        if tag[:2] == "B-" and tag[2:] in kinds:
            found.append(token)
        elif tag[:2] == "I-" and tag[2:] in kinds and found:
            found[-1] += f" {token}"
    return found


@pytest.mark.benchmark
def test_bodies_beside_underthesea(capsys: pytest.CaptureFixture[str]) -> None:
    """A body counts as found when one of the names found in its task, or in the body itself, is just its name."""
    asked = sorted({(row["body"], row["task"]) for gold in golds() for row in gold["assignments"]})
    texts = {body: f"{body}: {task}" for body, task in asked}
    results = {}
    for name, find in (
        ("grammar", lambda text: [text[body.start : body.end] for found in find_bodies(text) for body in found.bodies]),
        ("underthesea", lambda text: entities(text, {"ORG", "LOC", "PER"})),
    ):
        started = time.process_time()
        hits = sum(
            normalise(body).lower() in {normalise(f).lower() for f in find(text)} for body, text in texts.items()
        )
        results[name] = (hits, time.process_time() - started)
    with capsys.disabled():
        for name, (hits, cpu_s) in results.items():
            print(f"\nbodies  {name:12} {hits:4} of {len(texts)} exact  {cpu_s:6.2f} CPU-s", end="")
        print()
    assert texts


@pytest.mark.benchmark
def test_signers_beside_underthesea(capsys: pytest.CaptureFixture[str]) -> None:
    """The name under a position: the last line that begins with a surname, its title left off."""
    blocks: list[tuple[str, list[str]]] = []
    for gold in golds():
        fields = gold["document"]
        if fields["signer_name"]:
            blocks.append((fields["signer_name"], [fields["signer_position"] or "", fields["signer_name"]]))

    def own(lines: list[str]) -> str:
        words = lines[-1].split()
        name = words[title_length(words) :]
        return " ".join(name) if name and is_surname(name[0]) else ""

    grammar = sum(own(lines) == name for name, lines in blocks)
    theirs = sum(name in entities("\n".join(lines), {"PER"}) for name, lines in blocks)
    with capsys.disabled():
        print(f"\nsigners grammar      {grammar:4} of {len(blocks)}\nsigners underthesea  {theirs:4} of {len(blocks)}")
    assert blocks

"""Bodies at the beginning of sentences, as plans of many kinds of issuers name them: how many are read whole.

`passages/body_lists.txt`: names joined by ` + `, then `||` and how the sentence goes on.
"""

from pathlib import Path

from pipeline.language.bodies import bodies_from

LINES = (Path(__file__).parent / "passages" / "body_lists.txt").read_text(encoding="utf-8").splitlines()


def test_bodies_are_read_whole_and_apart() -> None:
    wrong = []
    for line in LINES:
        printed, rest = line.split("||")
        names = printed.split(" + ")
        text = ", ".join(names) if len(names) > 2 else " và ".join(names)
        if rest.startswith(";"):
            names.append(rest[1:].strip())
        sentence = f"{text}{'' if rest.startswith(';') else ' '}{rest}"
        found = bodies_from(sentence)
        read = [sentence[body.start : body.end] for body in found.bodies] if found else []
        if [name.casefold() for name in read] != [name.casefold() for name in names]:
            wrong.append((names, read))
    assert len(wrong) <= 0.12 * len(LINES), wrong

"""The ledger: every file that ever came in, how it stands, and what each stage did with it."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, bindparam, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.archive.database import Database
from pipeline.archive.ledger_schema import FILES, STAGE_STATES
from pipeline.archive.lost_connections import done_again
from pipeline.archive.owners import lives, this_process
from pipeline.archive.rows import put_rows
from pipeline.archive.schema import DOCUMENTS, ISSUES
from pipeline.archive.standing import FileStanding, FileState, Run, Standing
from pipeline.errors import MissingInputError
from pipeline.runner.source import printable
from pipeline.runner.stage_log import StageState

__all__ = ["FileStanding", "FileState", "Ledger", "Run", "Standing", "note_begun", "note_ends"]

_CHUNK = 500
_FIXED = {"path", "path_bytes", "registered_at"}
# Another attempt may end better: time, memory, a crash, a program, the disk, a file that was not there.
_PASSING = ("crash", "timeout", "memory", "disk", "engine-", "model", "archive-full", MissingInputError.code)


class Ledger:
    """Questions and answers about files on their way in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def expect(self, files: Iterable[tuple[Path, str]]) -> None:
        """Note files that this process is going to work on, with the SHA-256 of their content."""
        now = datetime.now(UTC)
        rows = [
            {
                "path": _key(path),
                "path_bytes": _bytes(path),
                "sha256": sha256,
                "state": "waiting",
                "owner": this_process(),
                "registered_at": now,
                "changed_at": now,
            }
            for path, sha256 in files
        ]
        for start in range(0, len(rows), _CHUNK):
            self._expect(rows[start : start + _CHUNK])

    @done_again
    def _expect(self, rows: Sequence[Mapping[str, Any]]) -> None:
        with self._database.writing() as connection:
            connection.execute(_upsert(connection, ("sha256", "state", "owner", "changed_at")), rows)

    @done_again
    def settle(self, runs: Sequence[Run]) -> None:
        """Note files that needed no work of their own."""
        for start in range(0, len(runs), _CHUNK):
            with self._database.writing() as connection:
                note_ends(connection, runs[start : start + _CHUNK])

    def settled(self, paths: Iterable[Path]) -> dict[Path, tuple[str | None, FileState]]:
        """What is noted of files: the SHA-256 of their content, and their state."""
        keys = {_key(path): path for path in paths}
        known: dict[Path, tuple[str | None, FileState]] = {}
        names = list(keys)
        for start in range(0, len(names), _CHUNK):
            for name, sha256, state in self._settled(names[start : start + _CHUNK]):
                known[keys[name]] = sha256, state
        return known

    @done_again
    def _settled(self, names: Sequence[str]) -> list[tuple[str, str | None, FileState]]:
        question = select(FILES.c.path, FILES.c.sha256, FILES.c.state).where(FILES.c.path.in_(names))
        with self._database.reading() as connection:
            return [(row.path, row.sha256, row.state) for row in connection.execute(question)]

    def standing(self) -> Standing:
        """How all files stand, in numbers."""
        question = select(
            FILES.c.state,
            FILES.c.owner,
            func.count(),
            func.sum(FILES.c.page_count),
            func.sum(FILES.c.blank_page_count),
            func.sum(FILES.c.failed_page_count),
            func.sum(case((_retriable(), 1), else_=0)),
            func.sum(case((FILES.c.needs_person, 1), else_=0)),
        ).group_by(FILES.c.state, FILES.c.owner)
        files: dict[FileState, int] = {}
        sums = [0, 0, 0, 0, 0]
        with self._database.reading() as connection:
            for state, owner, count, *others in connection.execute(question):
                found = _state(state, owner)
                files[found] = files.get(found, 0) + count
                sums = [total + int(other or 0) for total, other in zip(sums, others, strict=True)]
                if found == "interrupted":
                    sums[3] += count
        return Standing(files, *sums)

    def files(self, *states: FileState) -> list[FileStanding]:
        """Files with how they stand, in the order in which they came: all, or those in some states."""
        if not states:
            return list(self._files())
        # Whether a run is gone is known by its process, not by the database.
        asked = {*states, "waiting", "working"} if "interrupted" in states else set(states)
        return [file for file in self._files(FILES.c.state.in_(asked)) if file.state in states]

    def unfinished(self) -> Iterator[FileStanding]:
        """Files that are not done, or that a person should look at, one at a time, in the order in which they came."""
        return self._files((FILES.c.state != "done") | FILES.c.needs_person)

    def _files(self, condition: ColumnElement[bool] | None = None) -> Iterator[FileStanding]:
        question = select(FILES).order_by(FILES.c.id).execution_options(yield_per=_CHUNK)
        with self._database.reading() as connection:
            for row in connection.execute(question if condition is None else question.where(condition)):
                yield _standing(row)

    def came(self) -> dict[str, int]:
        """The contents that came in, by SHA-256, with numbers that grow in the order in which runs were given them."""
        question = select(FILES.c.sha256, func.min(FILES.c.id)).where(FILES.c.sha256.is_not(None))
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(question.group_by(FILES.c.sha256))}

    def to_retry(self) -> list[FileStanding]:
        """Files that can be taken up again: not ended by a run that is gone, or ended in a way that may pass."""
        begun = self._files(FILES.c.state.in_(("waiting", "working")) | _retriable())
        return [file for file in begun if file.state == "interrupted" or file.may_retry]

    def of_document(self, sha256: str) -> tuple[list[FileStanding], list[StageState]]:
        """The files with a content, and what each stage did with it."""
        question = select(STAGE_STATES).where(STAGE_STATES.c.sha256 == sha256).order_by(STAGE_STATES.c.position)
        with self._database.reading() as connection:
            rows = connection.execute(question).all()
        states = [
            StageState(
                row.stage,
                row.page or None,
                row.state,
                row.attempts,
                row.wall_s,
                row.peak_memory_mb,
                row.error_code,
                row.message,
                row.remedy,
            )
            for row in rows
        ]
        return list(self._files(FILES.c.sha256 == sha256)), states


def note_begun(connection: Connection, paths: Sequence[Path]) -> None:
    """Note in a transaction that files' turn has come; of those that wait, so that twice is once."""
    changed = update(FILES).where(FILES.c.path == bindparam("of_path"), FILES.c.state == "waiting")
    if paths:
        connection.execute(
            changed.values(state="working", attempts=FILES.c.attempts + 1, changed_at=datetime.now(UTC)),
            [{"of_path": _key(path)} for path in sorted(paths)],
        )


def note_ends(connection: Connection, runs: Sequence[Run]) -> None:
    """Note in a transaction how files ended, so that each is settled in the moment in which its document is stored."""
    # In one order for all writers, so that none waits for another that waits for it.
    by_key = dict(sorted(((_key(run.path), run) for run in runs), key=lambda pair: pair[0]))
    known = select(FILES.c.path, FILES.c.attempts).where(FILES.c.path.in_(list(by_key)))
    attempts = {row.path: row.attempts for row in connection.execute(known)}
    now = datetime.now(UTC)
    doubted = _doubted(connection, [run.sha256 for run in runs if run.sha256 is not None and not run.stages])
    rows = [_end_row(key, run, attempts.get(key, 0), now, run.sha256 in doubted) for key, run in by_key.items()]
    if rows:
        connection.execute(_upsert(connection, [name for name in rows[0] if name not in _FIXED]), rows)
    _settle_others(connection, [row for row in rows if by_key[row["path"]].stages])
    _note_stages(connection, {run.sha256: run.stages for run in runs if run.stages and run.sha256 is not None})


def _doubted(connection: Connection, sha256s: Sequence[str]) -> set[str]:
    """Contents of which what is stored should be looked at: a file that brings one again needs a person too."""
    question = select(DOCUMENTS.c.sha256).join_from(DOCUMENTS, ISSUES).where(ISSUES.c.weight == "doubt").distinct()
    return set(connection.execute(question.where(DOCUMENTS.c.sha256.in_(sha256s))).scalars()) if sha256s else set()


def _settle_others(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Let all files with a content stand as the one that was just read, but for those that a run is still at."""
    by_content = {row["sha256"]: row for row in rows if row["state"] in ("done", "partial")}
    if not by_content:
        return
    others = select(FILES.c.path, FILES.c.sha256, FILES.c.state, FILES.c.owner).where(
        FILES.c.sha256.in_(list(by_content)), FILES.c.path.not_in([row["path"] for row in rows])
    )
    for path, sha256, state, owner in connection.execute(others.order_by(FILES.c.path)).all():
        if _state(state, owner) not in ("waiting", "working"):
            values = {name: value for name, value in by_content[sha256].items() if name not in _FIXED}
            connection.execute(update(FILES).where(FILES.c.path == path).values(values))


def _end_row(key: str, run: Run, attempts: int, now: datetime, doubted: bool) -> dict[str, Any]:
    """How a file ended, as a row."""
    may_retry = _may_pass(run) and attempts < run.most_attempts
    return {
        "path": key,
        "path_bytes": _bytes(run.path),
        "sha256": run.sha256,
        "state": run.status,
        "may_retry": may_retry,
        "needs_person": run.doubtful or doubted or (run.status != "done" and not may_retry),
        "error_code": run.error_code or next((loss.code for loss in run.losses), None),
        "message": run.message or next((loss.message for loss in run.losses), None),
        "remedy": run.remedy or next((loss.remedy for loss in run.losses), None),
        "page_count": run.pages,
        "blank_page_count": run.blank_pages,
        "failed_page_count": run.failed_pages,
        "wall_s": run.wall_s,
        "peak_memory_mb": run.peak_memory_mb,
        "work_key": run.work_key,
        "owner": None,
        "registered_at": now,
        "changed_at": now,
    }


def _note_stages(connection: Connection, of_contents: Mapping[str, Sequence[StageState]]) -> None:
    """Put the stages of this run in the place of what was known of them; those that were not begun stay.

    Args:
        of_contents: by the SHA-256 of the content.
    """
    place = STAGE_STATES.c
    last = select(place.sha256, func.max(place.position)).where(place.sha256.in_(list(of_contents)))
    known = {sha256: int(position) for sha256, position in connection.execute(last.group_by(place.sha256))}
    before = [
        {"of_content": sha256, "of_stage": at.stage, "of_page": at.page or 0}
        for sha256 in known
        for at in of_contents[sha256]
    ]
    if before:
        of_same = place.sha256 == bindparam("of_content"), place.stage == bindparam("of_stage")
        connection.execute(delete(STAGE_STATES).where(*of_same, place.page == bindparam("of_page")), before)
    put_rows(
        connection,
        STAGE_STATES,
        [
            (
                sha256,
                at.stage,
                at.page or 0,
                position,
                at.state,
                at.attempts,
                at.wall_s,
                at.peak_memory_mb,
                at.error_code,
                at.message,
                at.remedy,
            )
            for sha256, stages in of_contents.items()
            for position, at in enumerate(stages, start=known.get(sha256, 0) + 1)
        ],
    )


def _may_pass(run: Run) -> bool:
    """Whether another attempt, with nothing else changed, could end better."""
    codes = [run.error_code] if run.error_code is not None else [loss.code for loss in run.losses]
    return run.status != "done" and any(code.startswith(_PASSING) or code.endswith(_PASSING) for code in codes)


def _retriable() -> ColumnElement[bool]:
    return FILES.c.may_retry & FILES.c.state.in_(("failed", "partial", "refused"))


def _standing(row: Any) -> FileStanding:
    path = Path(os.fsdecode(row.path_bytes)) if row.path_bytes is not None else Path(row.path)
    changed_at = row.changed_at if row.changed_at.tzinfo is not None else row.changed_at.replace(tzinfo=UTC)
    return FileStanding(
        path,
        row.sha256,
        _state(row.state, row.owner),
        row.attempts,
        row.may_retry,
        row.needs_person,
        row.error_code,
        row.message,
        row.remedy,
        row.page_count,
        row.failed_page_count,
        row.wall_s,
        row.peak_memory_mb,
        changed_at,
    )


def _state(state: FileState, owner: str | None) -> FileState:
    return "interrupted" if state in ("waiting", "working") and not lives(owner) else state


def _key(path: Path) -> str:
    """A path as the ledger knows it: text, and another one for every other path."""
    text = str(path.absolute())
    shown = printable(text)
    return shown if shown == text else f"{shown} #{hashlib.sha256(os.fsencode(text)).hexdigest()[:12]}"


def _bytes(path: Path) -> bytes | None:
    """The path itself where it is no text."""
    text = str(path.absolute())
    return os.fsencode(text) if printable(text) != text else None


def _upsert(connection: Connection, changed: Iterable[str]) -> Insert:
    """Insert a file, or change these columns of it."""
    maker = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = maker(FILES)
    values: dict[str, Any] = {name: statement.excluded[name] for name in changed}
    # Other content under the same path, or other work on it, begins to be counted anew.
    values["attempts"] = case((FILES.c.sha256 == statement.excluded.sha256, FILES.c.attempts), else_=0)
    return statement.on_conflict_do_update(index_elements=[FILES.c.path], set_=values)

"""A catalog of any size in SQLite or PostgreSQL, filled with rows like real ones without a scan being read.

Sentences are those of the sample documents and others made of syllables in a natural distribution, so that some words
are on every page and many on few. Left out for want of disk, in numbers for a real page: 20 of 23 rows of
`record_values`, all 330 of `evidence`; neither is asked by a search, a count or a view.
"""

import csv
import hashlib
import random
import re
import sqlite3
import unicodedata
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from io import BytesIO, StringIO
from itertools import accumulate, count
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import text

from pipeline.archive.database import Database
from pipeline.archive.migrations import prepare
from pipeline.archive.schema import METADATA
from pipeline.archive.search.entries import Entry, head_text, page_id
from pipeline.archive.search.facets import date_words, name_words
from pipeline.archive.search.keys import page_keys
from pipeline.archive.search.on_postgresql import hashed_keys
from pipeline.archive.search.packing import pack, unpack
from pipeline.archive.search.words import marked_words

ROOT = Path(__file__).parent.parent.parent
_ONSETS = re.findall(r"\w+", "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")
_RIMES = re.findall(
    r"\w+",
    "a ai am an ang anh ao ap at au ay ăm ăn ăng ăt âm ân âng ât âu ây e em en eo êm ên ênh êt êu i ia iêm iên iêng "
    "iêu im in inh it iu o oa oai oan oang oi om on ong ô ôi ôm ôn ông ôt ơ ơi ơm ơn u ua ui um un ung uôi uôn uông "
    "ư ưa ưng ươi ươm ươn ương ưu uy uyên",
)
_TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
_BODIES = ["Sở Nội vụ", "Sở Tài chính", "Sở Y tế", "Phòng Giáo dục và Đào tạo", "Phòng Nội vụ", "Công an", "Văn phòng"]
_TYPES = ["Kế hoạch"] * 8 + ["Quyết định", "Công văn", "Báo cáo"]
_LEVELS = ["central", "province", "district", "commune", "sector", "unit", None]
BATCH = 200


class Words:
    """Sentences with their words, drawn in a natural distribution."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        syllables = [
            unicodedata.normalize("NFC", onset + rime[:1] + tone + rime[1:])
            for onset in _ONSETS
            for rime in _RIMES
            for tone in _TONES
        ]
        self.random.shuffle(syllables)
        self.syllables = syllables
        self._weights = list(accumulate(1 / (rank + 20) for rank in range(len(syllables))))
        printed = [
            line.strip()
            for path in sorted((ROOT / "corpus" / "scans").glob("*/*.gold.txt"))
            for line in path.read_text(encoding="utf-8").splitlines()
            if len(line.split()) > 6
        ]
        made = [" ".join(self._draw(self.random.randint(8, 24))).capitalize() + "." for _ in range(30_000)]
        self.common = [(text, marked_words(text)) for text in printed]
        self.rare = [(text, marked_words(text)) for text in made]
        self.places = [" ".join(word.capitalize() for word in self._draw(2)) for _ in range(3000)]

    def _draw(self, count: int) -> list[str]:
        return self.random.choices(self.syllables, cum_weights=self._weights, k=count)

    def page(self) -> tuple[str, list[str]]:
        """A page's text and its words: half of it what many plans say, half what few do."""
        chosen = self.random.choices(self.common, k=8) + self.random.choices(self.rare, k=8)
        # What is on this page and perhaps on no other.
        own = " ".join(self.random.choices(self.syllables, k=3))
        self.random.shuffle(chosen)
        words = [word for _, sentence in chosen for word in sentence]
        return "\n".join([text for text, _ in chosen] + [own]), words + marked_words(own)


Rows: TypeAlias = dict[str, list[dict[str, Any]]]
_words: Words


def generate(folder: Path, pages: int, *, seed: int = 1) -> None:
    """Fill an archive's catalog up to so many pages or a few more, three or so in a document; what is there stays.

    Args:
        folder: of the archive, which is made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with closing(Database.in_folder(folder)) as database:
        prepare(database)
    with closing(sqlite3.connect(folder / "catalog.sqlite", isolation_level=None, timeout=600)) as connection:
        for pragma in ("synchronous=OFF", "cache_size=-400000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        # Fewer and larger pieces of the index to merge.
        connection.execute("INSERT INTO search_index (search_index, rank) VALUES ('hashsize', 8388608)")
        last, there = connection.execute("SELECT MAX(id), SUM(page_count) FROM documents").fetchone()
        for rows in batches((last or 0) // BATCH, pages - (there or 0), seed=seed):
            connection.execute("BEGIN")
            for table, values in rows.items():
                names, marks = ", ".join(f'"{n}"' for n in values[0]), ", ".join("?" * len(values[0]))
                if table == "search_index":
                    names = names.replace('"id"', "rowid")
                connection.executemany(
                    f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608
                    [tuple(value.values()) for value in values],
                )
            connection.execute("COMMIT")
        connection.execute("ANALYZE")


def copy(folder: Path, url: str, pages: int) -> None:
    """Copy a generated catalog, up to about so many pages, into an empty one in PostgreSQL.

    As in `rebuild`, the index of keys is made last.
    """
    with closing(Database(url)) as database:
        prepare(database)
        with (
            database.writing() as target,
            closing(sqlite3.connect(folder / "catalog.sqlite")) as source,
            closing(target.connection.cursor()) as cursor,
        ):
            # Others may be adding to it.
            source.execute("BEGIN")
            last, there = source.execute("SELECT MAX(id), SUM(page_count) FROM documents").fetchone()
            last = min(last, last * pages // there)
            # Nothing of it is checked again.
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET maintenance_work_mem = '1GB'")
            cursor.execute("DROP INDEX ix_search_pages_keys")
            for table in (*METADATA.sorted_tables, None):
                columns = [column.name for column in table.columns] if table is not None else ["id", "words", "keys"]
                name = table.name if table is not None else "search_pages"
                asked = ", ".join(f'"{column}"' for column in columns if column != "keys")
                key = next((column for column in columns if column in ("document_id", "id")), last)
                where = f"{key} <= {page_id(last + 1, -1) if table is None else last}"
                rows = source.execute(f"SELECT {asked} FROM {name} WHERE {where}")  # noqa: S608
                asked = ", ".join(f'"{column}"' for column in columns)
                while some := rows.fetchmany(5000):
                    made = [_with_keys(*row) for row in some] if table is None else some
                    cursor.execute(f"COPY {name} ({asked}) FROM STDIN WITH (FORMAT csv)", stream=_as_csv(made))
            cursor.execute("CREATE INDEX ix_search_pages_keys ON search_pages USING GIN (keys)")
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _with_keys(id: int, words: bytes) -> tuple[int, str, str]:
    keys = hashed_keys(id, page_keys(unpack(id, words)))
    return id, f"\\x{words.hex()}", f"{{{','.join(map(str, keys))}}}"


def _as_csv(rows: Iterable[Sequence[object]]) -> BytesIO:
    made = StringIO()
    csv.writer(made).writerows(rows)
    return BytesIO(made.getvalue().encode())


def batches(first: int, pages: int, *, seed: int = 1) -> Iterator[Rows]:
    """Rows of so many pages or a few more, some hundred documents at a time, each made in a process of its own.

    Args:
        first: index of the first batch; each has the same documents however many there are.
    """
    numbers = count(first)
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin, initargs=(seed,)) as pool:
        coming = deque(pool.submit(_batch, next(numbers), seed) for _ in range(3))
        while pages > 0:
            rows = coming.popleft().result()
            coming.append(pool.submit(_batch, next(numbers), seed))
            yield rows
            pages -= len(rows["pages"])
        for waiting in coming:
            waiting.cancel()


def _begin(seed: int) -> None:
    global _words
    _words = Words(seed)


def _batch(number: int, seed: int) -> Rows:
    _words.random = random.Random(f"{seed} {number}")
    rows: Rows = defaultdict(list)
    for id in range(number * BATCH + 1, (number + 1) * BATCH + 1):
        for table, values in _document(_words, id, _words.random.choice((1, 2, 3, 4, 7))).items():
            rows[table] += values
    return dict(rows)


def _document(words: Words, id: int, pages: int) -> Rows:
    draw = words.random
    place = draw.choice(words.places)
    day = date(2010, 1, 1) + timedelta(days=draw.randrange(5800))
    issuer, type_ = f"Ủy ban nhân dân huyện {place}", draw.choice(_TYPES)
    number, title = f"{draw.randrange(1, 900)}/KH-UBND", draw.choice(words.rare)[0]
    due = day + timedelta(days=draw.randrange(400))
    key = {"document_id": id}
    bodies = [f"{draw.choice(_BODIES)} huyện {draw.choice(words.places)}" for _ in range(3 * pages)]
    facets = name_words("b", bodies) + date_words("e", due.isoformat())
    facets += name_words("i", [issuer]) + name_words("t", [type_]) + date_words("d", day.isoformat())
    head = marked_words(head_text(type_, number, title, issuer))
    time = "2025-01-01 00:00:00"
    rows: Rows = {
        "documents": [
            {
                "id": id,
                "sha256": hashlib.sha256(str(id).encode()).hexdigest(),
                "name": f"{id}.pdf",
                "media_type": "application/pdf",
                "size_bytes": 100_000,
                "original": "o",
                "folder": "f",
                "status": "done",
                "work_key": "k" * 64,
                "page_count": pages,
                "blank_page_count": 0,
                "failed_page_count": 0,
                "issue_count": 0,
                "added_at": time,
                "changed_at": time,
            }
        ],
        "pages": [],
        "search_index": [],
        "search_pages": [],
    }
    for page in range(1, pages + 1):
        text, body = words.page()
        rows["pages"].append(
            {
                **key,
                "number": page,
                "width_px": 1654,
                "height_px": 2339,
                "dpi": 200.0,
                "origin": "scan",
                "blank": 0,
                "rotation_deg": 0,
                "skew_deg": 0.1,
                "picture": f"pages/{page:04}.jpg",
                "word_count": len(body),
                "confidence": 0.9,
                "text": text,
            }
        )
        entry = Entry(page_id(id, page), head if page == 1 else [], body, [day.isoformat()], facets)
        rows["search_index"].append({"id": entry.id, "keys": " ".join(page_keys(entry))})
        rows["search_pages"].append({"id": entry.id, "words": pack(entry)})
    one = key | {"record_number": 1}
    rows["document_fields"] = [
        one | {"type": type_, "number": number, "issuer": issuer, "date": day.isoformat(), "title": title}
    ]
    rows["assignments"] = [
        key | {"record_number": count, "body": body, "role": "lead", "task": draw.choice(words.rare)[0]}
        for count, body in enumerate(bodies, start=1)
    ]
    rows["deadlines"] = [
        one | {"text": f"trước ngày {due:%d/%m/%Y}", "kind": "due", "end": due.isoformat(), "body": bodies[0]}
    ]
    rows["document_references"] = [
        key | {"record_number": count, "kind": "Kế hoạch", "number": f"{draw.randrange(1, 900)}/KH-UBND"}
        for count in range(1, pages + 1)
    ]
    rows["movements"] = [one | {"name": title[:40], "role": "names", "level": draw.choice(_LEVELS)}]
    rows["sections"] = [
        key | {"record_number": count, "label": str(count), "heading": title, "level": 1}
        for count in range(1, pages + 1)
    ]
    rows["record_values"] = [
        key
        | {"record_table": "assignments", "record_number": count, "field": "body", "text": body, "normal": body}
        | {"confidence": 0.9}
        for count, body in enumerate(bodies, start=1)
    ]
    rows["files"] = [
        {
            "path": f"/in/{id}.pdf",
            "sha256": rows["documents"][0]["sha256"],
            "state": "done",
            "attempts": 1,
            "page_count": pages,
            "registered_at": time,
            "changed_at": time,
        }
    ]
    return rows

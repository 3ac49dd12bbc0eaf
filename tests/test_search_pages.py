"""Search: the same pages are found in SQLite and PostgreSQL, with marks and without, whatever is asked."""

import json
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from catalog_rows import fill, store, value
from command_line import call
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgresql_server import new_catalog_url
from sqlalchemy import text

from pipeline.archive import Archive
from pipeline.archive.search import Filters, Query, rebuild
from pipeline.archive.search.facets import date_words, range_words
from pipeline.archive.search.snippets import snippet
from pipeline.archive.search.words import located_words, marked_words, pattern, plain_words
from pipeline.errors import ArchiveError, UsageError
from pipeline.records import DocumentFields, Records


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("search")
    with Archive.open(folder / "archive", url=new_catalog_url(request, folder)) as archive:
        fill(archive)
        yield archive


def found(archive: Archive, query: str, **filters: object) -> list[tuple[str, int]]:
    as_typed = bool(filters.pop("as_typed", False))
    hits = archive.search(query, Filters(**filters), as_typed=as_typed)  # type: ignore[arg-type]
    return [(hit.name, hit.page) for hit in hits]


MOVEMENT = [("movement.pdf", 1), ("movement.pdf", 2), ("garbled.txt", 1)]


@pytest.mark.parametrize(
    "query",
    ["phong trào thi đua", "phong trao thi dua", "PHONG TRÀO Thi Đua", '"phong trào thi đua"', "“phong trao” thi dua"],
)
def test_search_finds_with_marks_and_without(archive: Archive, query: str) -> None:
    assert set(found(archive, query)) == set(MOVEMENT)


def test_search_puts_what_was_typed_first(archive: Archive) -> None:
    assert found(archive, "phong trào thi đua")[-1] == ("garbled.txt", 1)
    assert set(found(archive, "phong trào thi đua", as_typed=True)) == set(MOVEMENT[:2])
    hits = archive.search("thi đua")
    assert [hit.match for hit in hits] == sorted(
        (hit.match for hit in hits), key=["phrase as typed", "phrase", "words as typed", "words"].index
    )
    # On the page of the flood the two words stand apart.
    assert (hits[-1].name, hits[-1].page) == ("flood.pdf", 1)


def test_search_knows_one_word_by_both_places_of_its_tone(archive: Archive) -> None:
    assert found(archive, "hòa bình", as_typed=True) == found(archive, "hoà bình", as_typed=True) == [("flood.pdf", 1)]


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ('"đua thi"', []),
        ('"phòng lụt" bão', []),
        ('"phòng chống lụt bão"', [("flood.pdf", 1)]),
        ("chống* lụt", [("flood.pdf", 1)]),
        ("khenth*", []),
        ("danh* khen* thưở*", [("movement.pdf", 2)]),
        ("45/KH-UBND", [("movement.pdf", 1)]),
        ("45/KH-UBND lụt", []),
        ("2025-12-15", [("movement.pdf", 2)]),
        ("zzz", []),
        ("đua thuyền", [("flood.pdf", 1)]),
        ("dua thuyen", [("flood.pdf", 1)]),
        ('"lụt bão" hội', [("flood.pdf", 1)]),
        ("thuyề*", [("flood.pdf", 1)]),
        ("thuyềnn*", []),
        ('"đua thuy"*', [("flood.pdf", 1)]),
        ('"thi thuy"*', []),
    ],
)
def test_search_phrases_beginnings_numbers_and_values(
    archive: Archive, query: str, pages: list[tuple[str, int]]
) -> None:
    assert found(archive, query) == pages


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"issuer": "ubnd huyen an lao"}, {"movement.pdf"}),
        ({"issuer": "An Lão"}, {"movement.pdf"}),
        ({"issuer": "Lão An"}, set()),
        ({"type": "ke hoach"}, {"movement.pdf", "flood.pdf"}),
        ({"type": "Kế hoạch", "issuer": "tỉnh"}, {"flood.pdf"}),
        ({"body": "phòng nội vụ"}, {"movement.pdf", "flood.pdf"}),
        ({"body": "Nội vụ tỉnh"}, {"flood.pdf"}),
        ({"body": "nội vụ phòng y tế"}, set()),
        ({"first_date": date(2024, 10, 16)}, {"movement.pdf", "flood.pdf"}),
        ({"first_date": date(2024, 10, 17), "last_date": date(2025, 3, 30)}, {"flood.pdf"}),
        ({"last_date": date(2024, 10, 16)}, {"movement.pdf"}),
        ({"due_first": date(2025, 12, 15), "due_last": date(2025, 12, 15)}, {"movement.pdf"}),
        ({"due_first": date(2025, 12, 16)}, set()),
        ({"due_first": date(2026, 1, 1), "due_last": date(2025, 1, 1)}, set()),
        ({"issuer": "!!!"}, set()),
    ],
)
def test_search_filters(archive: Archive, filters: dict[str, object], names: set[str]) -> None:
    assert {name for name, _ in found(archive, "", **filters)} == names
    assert {name for name, _ in found(archive, "và", **filters)} == names


def test_search_shows_the_place(archive: Archive) -> None:
    (hit,) = archive.search('"phong chong lut bao"')
    assert hit.place == "text"
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["phòng chống lụt bão"]
    assert "\n" not in hit.snippet
    assert (hit.number, hit.type, hit.date) == ("12/KH-UBND", "Kế hoạch", "2025-03")
    (value,) = archive.search("2025-12-15")
    assert (value.page, value.place) == (2, "records")


@pytest.mark.parametrize("query", ["", " ", '"" * -- ()'])
def test_search_for_nothing_is_refused(archive: Archive, query: str) -> None:
    with pytest.raises(UsageError) as raised:
        archive.search(query)
    assert raised.value.remedy


HOSTILE = [
    "'; DROP TABLE documents; --",
    '" OR 1=1 --',
    "phong AND OR NOT NEAR(",
    "NEAR(thi đua, 3)",
    "head:thi ^đua {body} : x",
    "thi & | ! <-> :* đua",
    "\\' \\\" %s :name ?1 $1",
    '"""',
    "*",
    "a* b* *c",
    "\x00\x01thi\x00đua",
    "thi\ud800đua",
    "ẞßİıſ𝔸Ａ１②½",
    "e\u0301 o\u0302\u0301",
    "x" * 5000,
    "0x0 0x1 ikh",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_search_takes_whatever_is_typed(archive: Archive, query: str) -> None:
    for filters in (Filters(), Filters(issuer=query, type=query, body=query)):
        try:
            archive.search(query, filters)
        except UsageError as error:
            assert error.remedy


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("thi đuaÐđ\"'*()^:-+&|!<>\\%?{}[]~0\x00\n "), max_size=30) | st.text(max_size=20))
def test_search_takes_any_text(archive: Archive, query: str) -> None:
    try:
        archive.search(query, limit=3)
    except UsageError as error:
        assert error.remedy


def test_search_asks_for_no_more_words_than_it_can() -> None:
    assert len(Query.parse("a " * 64).terms) == 64
    with pytest.raises(UsageError):
        Query.parse("a " * 65)


# --- the index -------------------------------------------------------------------------------------------------------


QUERIES = ("thi đua", "phong trao", "lụt", "khen thưởng", "2025-12-15", "và")


def snapshot(archive: Archive) -> dict[str, list[tuple[str, int]]]:
    return {query: found(archive, query) for query in QUERIES}


def test_index_follows_what_is_stored(catalog_url: str, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", url=catalog_url) as archive:
        fill(archive)
        before = snapshot(archive)
        store(archive, "flood.pdf", ["Thay đổi cả"])
        assert found(archive, "lụt") == []
        assert found(archive, "thay doi") == [("flood.pdf", 1)]
        fill(archive)
        assert snapshot(archive) == before
        with archive.database.writing() as connection:
            rebuild(connection)
        assert snapshot(archive) == before
        if archive.database.is_sqlite:
            with archive.database.writing() as connection:
                connection.execute(text("INSERT INTO search_index (search_index) VALUES ('integrity-check')"))


def test_index_of_another_version_is_made_anew(catalog_url: str, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", url=catalog_url) as archive:
        fill(archive)
        before = snapshot(archive)
        with archive.database.writing() as connection:
            connection.execute(text("DELETE FROM search_pages"))
            connection.execute(text("UPDATE search_state SET version = 0"))
    with Archive.open(tmp_path / "archive", url=catalog_url) as archive:
        assert snapshot(archive) == before


def test_index_changes_with_its_rows_or_not_at_all(
    catalog_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(tmp_path / "archive", url=catalog_url) as archive:
        fill(archive)
        before = snapshot(archive)
        for statement in ("_KEEP", "_KEEP_WITH_KEYS"):
            monkeypatch.setattr(f"pipeline.archive.search.index.{statement}", text("INSERT INTO nowhere VALUES (:id)"))
        with pytest.raises(ArchiveError, match="nowhere"):
            store(archive, "flood.pdf", ["Thay đổi cả"])
        assert snapshot(archive) == before


RANKED = {
    "title.pdf": (
        ["Một trang dài nói về nhiều việc khác, rồi về mô hình dân vận khéo " + "và việc khác " * 30],
        "Mô hình dân vận khéo",
    ),
    "often.pdf": (["dân vận khéo ở xã, dân vận khéo ở thôn, dân vận khéo ở tổ, dân vận khéo ở trường"], None),
    "once-short.pdf": (["việc dân vận khéo ở xã"], None),
    "once-long.pdf": (["việc dân vận khéo ở xã " + "và nhiều việc khác nữa " * 60], None),
    "other-marks.pdf": (["dân vân khẻo"], None),
    "apart.pdf": (["khéo tay, dân làng vận chuyển"], None),
    "apart-other-marks.pdf": (["kheo tay, dan lang van chuyen"], None),
}


def rank(archive: Archive) -> list[str]:
    return [hit.name for hit in archive.search("dân vận khéo")]


def test_search_ranks_by_sense_then_by_head_and_how_often(
    catalog_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(tmp_path / "archive", url=catalog_url) as archive:
        # The best come first, so that what is newest would be worst.
        for name, (pages, title) in RANKED.items():
            fields = DocumentFields(title=value(title)) if title else DocumentFields()
            store(archive, name, pages, Records(document=fields))
        names = rank(archive)
        assert names[:2] in (["often.pdf", "title.pdf"], ["title.pdf", "often.pdf"])
        assert names[2:] == list(RANKED)[2:]
        # Of many, what has it in the head or often is among those that are ranked, however old.
        monkeypatch.setattr("pipeline.archive.search.candidates._READ", 2)
        assert [hit.name for hit in archive.search("dân vận khéo", limit=2)] == names[:2]
        assert set(rank(archive)) == set(RANKED)


def test_search_goes_through_many_pages_to_the_end(
    catalog_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.archive.search.candidates._READ", 3)
    monkeypatch.setattr("pipeline.archive.search.on_postgresql._WINDOW_BITS", (1, 2))
    with Archive.open(tmp_path / "archive", url=catalog_url) as archive:
        store(archive, "oldest.pdf", ["tổ chức phong trào thi đua thuyền"])
        for number in range(20):
            # These have all pairs of the phrase, but not the phrase.
            store(archive, f"{number}.pdf", ["phong trào thi, trào thi đua, phong trào", "trang sau thi đua"])
        assert [hit.name for hit in archive.search('"phong trào thi đua"')] == ["oldest.pdf"]
        assert [hit.name for hit in archive.search('"phong trào thi đu*"')] == []
        assert [hit.name for hit in archive.search('"phong trao thi dua thuy"*')] == ["oldest.pdf"]
        every = {(hit.name, hit.page) for hit in archive.search("thi dua", limit=100)}
        assert len(every) == 41
        assert [hit.name for hit in archive.search('"trang sau"', limit=5)] == [f"{n}.pdf" for n in range(19, 14, -1)]


# --- its parts -------------------------------------------------------------------------------------------------------


@given(st.dates(date(1990, 1, 1), date(2035, 12, 31)), st.dates(), st.dates())
def test_ranges_have_the_days_between(day: date, first: date, last: date) -> None:
    words = set(range_words("d", first, last))
    assert bool(words & set(date_words("d", day.isoformat()))) == (first <= day <= last)
    month = day.isoformat()[:7]
    overlaps = first.isoformat()[:7] <= month <= last.isoformat()[:7] and first <= last
    assert bool(words & set(date_words("d", month))) == overlaps


@given(
    st.text(st.sampled_from("thi đua dủa THỊ ðα"), max_size=60), st.sampled_from(["thi", "thi dua", "du", "dua dua"])
)
def test_patterns_find_what_is_there_without_marks(words: str, asked: str) -> None:
    said = marked_words(words)
    bare, wanted = plain_words(said), asked.split()
    places = [start for start in range(len(bare)) if bare[start : start + len(wanted)] == wanted]
    line = f" {' '.join(said)} "
    found = pattern(tuple(wanted), beginning=False).findall(line)
    assert bool(found) == bool(places)
    assert all(plain_words(match.split()) == wanted for match in found)
    begun = pattern(tuple(wanted), beginning=True).search(line)
    assert bool(begun) == (f" {asked}" in f" {' '.join(bare)} ")


@given(st.text(max_size=60))
def test_located_words_are_those_that_are_indexed(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    located = list(located_words(text))
    assert all(0 <= start < end <= len(text) for start, end, _ in located)
    if len(text.casefold()) == len(text):
        assert [word for _, _, word in located] == marked_words(text)


@given(st.text(st.sampled_from("thi đua Thì ĐUA\n.,"), max_size=200))
def test_snippet_marks_what_was_found(words: str) -> None:
    query = Query.parse("thi")
    found = snippet(words, query.terms)
    if found is None:
        assert "thi" not in words.lower().replace("ì", "i").split()
        return
    assert found.marks
    assert all(found.text[start:end].lower().replace("ì", "i").split()[0] == "thi" for start, end in found.marks)


def test_command_prints_a_table_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "archive"
    with Archive.open(folder) as archive:
        fill(archive)
    answer = call(capsys, "search", "phong", "trao", "--issuer", "an lao", "--archive", folder)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[1].split("\t")[:3] == ["id", "page", "number"]
    assert "«Phong trào»" in answer.out or "«phong trào»" in answer.out
    answer = call(capsys, "search", "--due-from", "2025-12-01", "--due-to", "2025-12-31", "--json", "-a", folder)
    (first, _) = json.loads(answer.out)
    assert first["number"] == "45/KH-UBND"
    answer = call(capsys, "search", "zzz", "-a", folder)
    assert (answer.code, "Nothing" in answer.err) == (0, True)
    assert call(capsys, "search", "-a", folder).code == UsageError.exit_code
    assert call(capsys, "search", "x", "--from", "31.12.2025", "-a", folder).code == 2

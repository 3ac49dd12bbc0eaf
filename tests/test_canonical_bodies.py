"""One identity for a body: pairs of names that mean the same or not, what is over it, and what stalls nothing."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.canonical_bodies import CanonicalBody, Surroundings, canonical_body

LINES = (Path(__file__).parent / "passages" / "body_pairs.txt").read_text(encoding="utf-8").splitlines()
PAIRS = [line.split(" | ") for line in LINES if line and not line.startswith("#")]


def meant(text: str) -> CanonicalBody | None:
    name, around = text.split("@")
    issuer, parent, date = (part.strip() or None for part in around.split(";"))
    return canonical_body(name.strip(), Surroundings(issuer, parent, date))


@pytest.mark.parametrize(("verdict", "first", "second"), PAIRS)
def test_canonical_bodies_are_told_apart_and_together(verdict: str, first: str, second: str) -> None:
    left, right = meant(first), meant(second)
    assert left is not None and right is not None
    assert (left.body_id == right.body_id) == (verdict == "same"), (left.body_id, right.body_id)


@pytest.mark.parametrize("name", ["ông Hà Văn Nghị", "Cô Hiền", "đơn vị", "sáng kiến", "", "   ", "12/5"])
def test_canonical_bodies_are_none_for_what_is_no_body(name: str) -> None:
    assert canonical_body(name, Surroundings("UBND tỉnh Nghệ An")) is None


def test_canonical_bodies_know_what_is_over_them_and_when_they_ended() -> None:
    office = canonical_body("Phòng Nội vụ", Surroundings("UBND huyện Đô Lương", "UBND tỉnh Nghệ An", "2024-03-01"))
    assert office is not None
    assert (office.name, office.kind, office.level) == ("Phòng Nội vụ huyện Đô Lương", "department", "district")
    assert (office.place, office.valid_to) == ("huyện Đô Lương", "2025-06-30")
    chain = []
    over: CanonicalBody | None = office
    while over is not None:
        chain.append(over.name)
        over = over.superior
    assert chain[1:] == ["Ủy ban nhân dân huyện Đô Lương", "Ủy ban nhân dân tỉnh Nghệ An", "Chính phủ"]


def test_canonical_bodies_of_a_commune_lie_in_the_only_province_that_has_it() -> None:
    commune = canonical_body("UBND xã Ia Grai", Surroundings(date="2025-09-01"))
    assert commune is not None and commune.superior is not None
    assert commune.superior.name == "Ủy ban nhân dân tỉnh Gia Lai"


def test_canonical_bodies_mend_a_name_only_where_it_was_read_badly() -> None:
    around = Surroundings("UBND tỉnh Nghệ An")
    right = canonical_body("Sở Tài nguyên và Môi trường", around)
    mended = canonical_body("Sở Tải nguyen vả Môi trương", around, misread=True)
    other = canonical_body("Sở Tái nguyên và Mới", around)
    assert right is not None and mended is not None and other is not None
    assert mended.body_id == right.body_id
    assert mended.name == right.name
    assert other.body_id != right.body_id


@given(st.text(alphabet="UBND xã ủy Sở-,các ", max_size=60), st.text(alphabet="UBND xã tỉnh Phòng ", max_size=40))
def test_canonical_bodies_take_any_text(name: str, issuer: str) -> None:
    body = canonical_body(name, Surroundings(issuer))
    assert body is None or body.body_id


def test_canonical_bodies_stall_on_no_text() -> None:
    begun = time.process_time()
    for text in ("các xã " * 50_000, "Phòng của " * 50_000, "UBND-" * 100_000):
        canonical_body(text, Surroundings(text))
    assert time.process_time() - begun < 5

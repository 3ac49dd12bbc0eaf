"""Confidences that mean something: fitted, applied, and used to send a person to the page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.calibration import apply_map, calibration_error, fit_monotone
from pipeline.document import Block, Box, Document, Line, Page, Reading, Source, Word
from pipeline.legibility import chance_right, line_confidence, mean_confidence, needs_an_eye, page_confidence
from pipeline.word_claims import check_calibration, word_claims

CLAIMS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=300)


def word(index: int, text: str, confidence: float, reader: str = "tesseract-vie") -> Word:
    return Word(f"1.{index}", 1, Box(0, 0, 1, 1), (Reading(reader, text, confidence),))


def page(confidence: float, text: str = "kế hoạch " * 15) -> Page:
    words = tuple(word(index, token, confidence) for index, token in enumerate(text.split()))
    return Page(1, 10, 10, 200.0, "scan", words=words, blocks=(Block("body", (Line(tuple(w.id for w in words)),)),))


@given(CLAIMS)
def test_fit_monotone_never_falls(claims: list[tuple[float, bool]]) -> None:
    places, shares = zip(*fit_monotone(claims), strict=True)
    assert list(places) == sorted(places)
    assert list(shares) == sorted(shares)
    assert all(0 < share < 1 for share in shares)


def test_fit_monotone_finds_what_claims_are_worth() -> None:
    claims = [(0.9, index % 2 == 0) for index in range(400)] + [(0.99, index % 20 > 0) for index in range(400)]
    fitted = fit_monotone(claims)
    assert apply_map(fitted, [0.9, 0.99]) == pytest.approx([0.5, 0.95], abs=0.01)
    given_, right = zip(*claims, strict=True)
    assert calibration_error(given_, right) > 0.2
    assert calibration_error(apply_map(fitted, given_), right) < 0.02


def test_chance_right_rises_with_confidence() -> None:
    for reader in ("tesseract-vie", "restore"):
        chances = [chance_right(word(0, "kế", confidence / 50, reader)) for confidence in range(51)]
        assert chances == sorted(chances)
        assert 0 < chances[0] < chances[-1] < 1


def test_confidence_of_lines_pages_and_documents() -> None:
    good, bad = page(0.97), page(0.6)
    assert line_confidence(good.words[:2]) == pytest.approx(chance_right(good.words[0]) ** 2)
    assert page_confidence(good) == pytest.approx(chance_right(good.words[0]))
    assert mean_confidence([good, bad]) == pytest.approx((page_confidence(good) + page_confidence(bad)) / 2)  # type: ignore[operator]
    assert page_confidence(Page(1, 10, 10, 200.0, "scan", blank=True)) is None


def test_needs_an_eye_names_pages_that_were_hard_to_read() -> None:
    issue = needs_an_eye(page(0.6), "restore")
    assert issue is not None
    assert (issue.code, issue.page, issue.weight) == ("hard-to-read", 1, "doubt")
    assert needs_an_eye(page(0.97), "restore") is None
    assert needs_an_eye(page(0.6, "Phụ lục"), "restore") is None


def test_word_claims_are_aligned_with_the_gold() -> None:
    document = Document(Source("a.pdf", "0", 1, "application/pdf"), (page(0.9, "kế hoach năm 2025"),))
    claims = list(word_claims(document, {1: "Kế hoạch\nkế hoạch năm 2025"}))
    assert [claim.right for claim in claims] == [True, False, True, True]
    check = check_calibration([claims * 40, claims * 40])
    assert check.words == 320
    assert check.fitted_elsewhere < check.claimed

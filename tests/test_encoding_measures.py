"""Vietnamese in Unicode told from what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.encoding import legacy_encoding, measure_text, tcvn3_to_unicode, vni_to_unicode

PLAIN = "Kế hoạch tổ chức phong trào thi đua yêu nước trên địa bàn huyện, được ký đúng quy định"
TCVN3 = "KÕ ho¹ch tæ chøc phong trµo thi ®ua yªu n­íc trªn ®Þa bµn huyÖn, ®\u00adîc ký ®óng quy ®Þnh"
VNI = "Keá hoaïch toå chöùc phong traøo thi ñua yeâu nöôùc treân ñòa baøn huyeän, ñöôïc kyù ñuùng quy ñònh"
ENGLISH_OCR = "Ké hoach té chirc phong trao thi dua yéu nuéc trén dia ban huyén, duge ky ding quy dinh"


def test_encoding_measures_of_vietnamese_are_high() -> None:
    measures = measure_text(PLAIN)
    assert measures.syllable_share == 1.0
    assert measures.marked_share > 0.6
    assert measures.odd_share == 0.0


def test_encoding_measures_do_not_depend_on_composition() -> None:
    import unicodedata

    assert measure_text(unicodedata.normalize("NFD", PLAIN)) == measure_text(PLAIN)


def test_encoding_two_tones_make_no_syllable() -> None:
    assert measure_text("hóạn toàn").syllable_share == 0.5


@pytest.mark.parametrize("text", ["\ue001\ue002\ue003", "Ӣ Ѭ Ӝ Ӫ", "\x13\x18\x13\x12"])
def test_encoding_odd_letters_are_counted(text: str) -> None:
    assert measure_text(text).odd_share > 0.7


def test_encoding_names_tcvn3_and_reads_it() -> None:
    assert legacy_encoding(TCVN3) == "TCVN3"
    assert tcvn3_to_unicode(TCVN3) == PLAIN


def test_encoding_names_vni_and_reads_it() -> None:
    assert legacy_encoding(VNI) == "VNI"
    assert vni_to_unicode(VNI) == PLAIN


@pytest.mark.parametrize("text", [PLAIN, ENGLISH_OCR, "Annual report of the office for the year", "", "VT."])
def test_encoding_leaves_other_text_alone(text: str) -> None:
    assert legacy_encoding(text) is None


@given(st.text())
def test_encoding_measures_are_shares(text: str) -> None:
    measures = measure_text(text)
    assert 0 <= measures.syllable_share <= 1
    assert 0 <= measures.marked_share <= 1
    assert 0 <= measures.odd_share <= 1
    legacy_encoding(text)

"""A text keeps knowing its words, whatever is cut out of it or put together."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Reading, Span, TracedText, Word

LETTERS = st.text(alphabet="aăâbcdđeêơưạệộỷ0123456789/-.,()", min_size=1, max_size=8)
CONFIDENCES = st.floats(0, 1)


@st.composite
def words(draw: st.DrawFn) -> list[Word]:
    texts = draw(st.lists(st.one_of(LETTERS, st.just(""), st.just("hai chữ")), max_size=12))
    return [Word(f"1.{i}", 1, None, (Reading("ocr", text, draw(CONFIDENCES)),)) for i, text in enumerate(texts)]


def origins(text: TracedText) -> list[set[str]]:
    """For each character the words that it was read from."""
    marked: list[set[str]] = [set() for _ in text.text]
    for span in text.spans:
        for index in range(span.start, span.end):
            marked[index].add(span.word_id)
    return marked


@given(words())
def test_words_are_joined_by_single_spaces_and_empty_ones_left_out(marks: list[Word]) -> None:
    text = TracedText.of_words(marks)
    assert text.text == " ".join(mark.text for mark in marks if mark.text)
    assert text.evidence() == tuple(mark.id for mark in marks if mark.text)
    assert bool(text) == bool(text.text) == (len(text) > 0)


@given(words())
def test_every_character_but_the_spaces_between_knows_its_word(marks: list[Word]) -> None:
    text = TracedText.of_words(marks)
    by_id = {mark.id: unicodedata.normalize("NFC", mark.text) for mark in marks}
    for span in text.spans:
        assert text.text[span.start : span.end] == by_id[span.word_id]
    covered = {index for span in text.spans for index in range(span.start, span.end)}
    assert all(text.text[index] == " " for index in range(len(text)) if index not in covered)


@given(words(), st.integers(-5, 80), st.integers(-5, 80))
def test_a_slice_is_the_stripped_text_with_the_same_origins(marks: list[Word], start: int, end: int) -> None:
    text = TracedText.of_words(marks)
    part = text.slice(start, max(end, 0))
    whole = text.text[max(start, 0) : max(end, 0)]
    assert part.text == whole.strip()
    if part:
        offset = max(start, 0) + len(whole) - len(whole.lstrip())
        assert origins(part) == origins(text)[offset : offset + len(part)]
    assert all(0 <= span.start < span.end <= len(part) for span in part.spans)


@given(words(), st.integers(0, 80))
def test_a_slice_without_an_end_goes_to_the_end(marks: list[Word], start: int) -> None:
    text = TracedText.of_words(marks)
    assert text.slice(start) == text.slice(start, len(text) + 10)
    assert text.slice(0) == text.slice(0, len(text))


@given(words(), words(), words())
def test_joining_is_associative_and_keeps_order(first: list[Word], second: list[Word], third: list[Word]) -> None:
    a, b, c = (TracedText.of_words(marks) for marks in (first, second, third))
    assert TracedText.join([a, b, c]) == TracedText.join([TracedText.join([a, b]), c])
    assert TracedText.join([a, b, c]) == TracedText.join([a, TracedText.join([b, c])])
    assert TracedText.join([a, b, c]).text == " ".join(part.text for part in (a, b, c) if part)


@given(words())
def test_joining_with_nothing_changes_nothing(marks: list[Word]) -> None:
    text = TracedText.of_words(marks)
    assert TracedText.join([TracedText(), text, TracedText()]) == text
    assert TracedText.join([]) == TracedText()


@given(words(), words())
def test_cutting_what_was_joined_gives_the_parts_back(first: list[Word], second: list[Word]) -> None:
    a, b = (TracedText.of_words(marks).slice(0) for marks in (first, second))
    joined = TracedText.join([a, b], separator=" | ")
    assert joined.slice(0, len(a)) == a
    assert joined.slice(len(joined) - len(b)) == b


@given(words())
def test_confidence_lies_between_those_of_its_words(marks: list[Word]) -> None:
    text = TracedText.of_words(marks)
    read = [mark.confidence for mark in marks if mark.text]
    if read:
        assert min(read) - 1e-9 <= text.confidence() <= max(read) + 1e-9
    else:
        assert text.confidence() == 0.0


def test_confidence_of_a_part_looks_at_that_part_alone() -> None:
    text = TracedText("Kế hoạch", (Span(0, 2, "1.0", 0.2), Span(3, 8, "1.1", 0.8)))
    assert text.confidence(0, 2) == 0.2
    assert text.confidence(3) == 0.8
    assert text.confidence() == (2 * 0.2 + 5 * 0.8) / 7
    assert text.confidence(2, 3) == 0.0
    assert text.evidence(0, 2) == ("1.0",)
    assert text.evidence(2, 3) == ()


def test_decomposed_letters_are_composed() -> None:
    mark = Word("1.0", 1, None, (Reading("ocr", unicodedata.normalize("NFD", "Ủy"), 0.9),))
    assert TracedText.of_words([mark]).text == "Ủy"


def test_an_empty_part_was_read_from_nothing() -> None:
    text = TracedText("Kế hoạch", (Span(0, 2, "1.0", 0.2), Span(3, 8, "1.1", 0.8)))
    assert text.slice(1, 1) == text.slice(2, 3) == text.slice(5, 4) == TracedText()
    assert text.evidence(1, 1) == text.evidence(5, 4) == ()

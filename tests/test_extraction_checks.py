"""Checks doubt what contradicts itself or the rules, say why, and change nothing."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document, Passage, Source, Span, TracedText, replace
from pipeline.extraction.checks import CHECKS, checked
from pipeline.records import (
    LIST_TABLES,
    Deadline,
    DocumentFields,
    Movement,
    Record,
    Records,
    Reference,
    Reward,
    Subject,
    Value,
)

SOURCE = Source("a.txt", "0" * 64, 1, "text/plain")
DAYS = st.dates().map(lambda day: day.isoformat()) | st.sampled_from(["2026", "2026-03"])


def said(normal: str | int, *words: str) -> Value:
    return Value(str(normal), normal, words or ("1.0",), 0.9)


def traced(text: str, word: str) -> TracedText:
    return TracedText(text, (Span(0, len(text), word, 1.0),)) if text else TracedText()


def table(*rows: tuple[str, ...]) -> tuple[Passage, ...]:
    return tuple(
        Passage(
            index,
            "table-head" if index == 0 else "table-row",
            traced(" ".join(row), f"1.{index}"),
            1,
            table=0,
            row=index,
            cells=tuple(traced(cell, f"1.{index}") for cell in row),
        )
        for index, row in enumerate(rows)
    )


def document(passages: tuple[Passage, ...] = (), **tables: object) -> Document:
    return Document(SOURCE, passages=passages, records=Records(**tables))  # type: ignore[arg-type]


def fields(**values: str) -> DocumentFields:
    return DocumentFields(**{name: said(value, name) for name, value in values.items()})


def reference(**values: str) -> Reference:
    return Reference(**{name: said(value) for name, value in values.items()})


@dataclass(frozen=True)
class Case:
    wrong: Document
    right: Document
    words: tuple[str, ...]
    doubted: tuple[str, int, str]


HEAD = ("Hình thức", "Số lượng", "Mức thưởng", "Thành tiền")
PRIZE = Reward(form=said("giải Nhất", "1.1"), quantity=said(2, "1.1"), amount=said(500_000, "1.1"))
SECOND = Reward(form=said("giải Nhì", "1.2"), quantity=said(3, "1.2"), amount=said(300_000, "1.2"))
LAUNCHED = Movement(
    name=said("Sạch từ nhà ra ngõ"), role=said("launches"), start=said("2026-03-01"), end=said("2026-11-30")
)
GROUNDS = (
    reference(kind="Luật", title="Luật Thi đua, khen thưởng", date="2022-06-15", role="basis"),
    reference(kind="Quyết định", number="11/QĐ-UBND", date="2026-01-05", role="basis"),
)
CASES = {
    "number-type": Case(
        document(document=fields(number="12/QĐ-UBND", type="Kế hoạch")),
        document(document=fields(number="12/KH-UBND", type="Kế hoạch")),
        ("12/QĐ-UBND", "Kế hoạch"),
        ("document", 0, "number"),
    ),
    "number-issuer": Case(
        document(document=fields(number="12/KH-SYT", issuer="Sở Giáo dục và Đào tạo tỉnh Hà Nam")),
        document(document=fields(number="12/KH-SGDĐT", issuer="Sở Giáo dục và Đào tạo tỉnh Hà Nam")),
        ("12/KH-SYT",),
        ("document", 0, "issuer"),
    ),
    "number-party": Case(
        document(document=fields(number="12/KH-TU", issuer="Tỉnh ủy Hà Nam")),
        document(document=fields(number="12-KH/TU", issuer="Tỉnh ủy Hà Nam")),
        ("12/KH-TU",),
        ("document", 0, "number"),
    ),
    "number-zero": Case(
        document(document=fields(number="5/KH-UBND")),
        document(document=fields(number="05/KH-UBND")),
        ("5/KH-UBND",),
        ("document", 0, "number"),
    ),
    "number-year": Case(
        document(references=(reference(number="98/NĐ-CP", date="2023-12-31"),)),
        document(references=(reference(number="98/NĐ-CP", date="1993-12-31"),)),
        ("98/NĐ-CP",),
        ("references", 0, "number"),
    ),
    "number-date": Case(
        document(references=(reference(number="98/2023/NĐ-CP", date="2028-12-31"),)),
        document(references=(reference(number="98/2023/NĐ-CP", date="2023-12-31"),)),
        ("2023", "2028-12-31"),
        ("references", 0, "date"),
    ),
    "reference-later": Case(
        document(document=fields(date="2026-03-12"), references=(reference(number="7/KH-SYT", date="2026-04-01"),)),
        document(document=fields(date="2026-03"), references=(reference(number="7/KH-SYT", date="2026-03-30"),)),
        ("7/KH-SYT", "2026-03-12"),
        ("references", 0, "date"),
    ),
    "deadline-earlier": Case(
        document(
            document=fields(date="2026-03-12"), deadlines=(Deadline(text=said("trước 15/2"), end=said("2026-02-15")),)
        ),
        document(
            document=fields(date="2026-03-12"), deadlines=(Deadline(text=said("trước 15/4"), end=said("2026-04-15")),)
        ),
        ("trước 15/2", "2026-02-15"),
        ("deadlines", 0, "end"),
    ),
    "period-order": Case(
        document(movements=(Movement(start=said("2026"), end=said("2025")),)),
        document(movements=(Movement(start=said("2025"), end=said("2026-05")),)),
        ("2026", "2025"),
        ("movements", 0, "end"),
    ),
    "weekday": Case(
        document(
            deadlines=(Deadline(text=said("thứ Ba, ngày 24/8/2026"), start=said("2026-08-24"), end=said("2026-08-24")),)
        ),
        document(
            deadlines=(
                Deadline(text=said("thứ Hai, ngày 24/8/2026"), start=said("2026-08-24"), end=said("2026-08-24")),
            )
        ),
        ("thứ hai", "thứ ba"),
        ("deadlines", 0, "start"),
    ),
    "title-year": Case(
        document(document=fields(date="2016-03-12", title="Kiểm tra năm 2026")),
        document(document=fields(date="2025-12-30", title="Kiểm tra năm 2026")),
        ("2026", "2016-03-12"),
        ("document", 0, "date"),
    ),
    "row-product": Case(
        document(table(HEAD, ("giải Nhất", "2", "500.000", "1.500.000")), rewards=(PRIZE,)),
        document(table(HEAD, ("giải Nhất", "2", "500.000", "1.000.000")), rewards=(PRIZE,)),
        ("500000", "1000000"),
        ("rewards", 0, "amount"),
    ),
    "column-total": Case(
        document(
            table(
                HEAD,
                ("giải Nhất", "2", "", "1.000.000"),
                ("giải Nhì", "3", "", "900.000"),
                ("Tổng cộng", "", "", "2.000.000"),
            ),
            rewards=(PRIZE,),
        ),
        document(
            table(
                HEAD,
                ("giải Nhất", "2", "", "1.000.000"),
                ("giải Nhì", "3", "", "900.000"),
                ("Tổng cộng", "", "", "1.900.000"),
            ),
            rewards=(PRIZE,),
        ),
        ("2000000", "1900000"),
        ("rewards", 0, "quantity"),
    ),
    "reward-total": Case(
        document(
            (Passage(0, "paragraph", traced("Tổng giá trị giải thưởng: 2.000.000 đồng", "1.3"), 1),),
            rewards=(PRIZE, SECOND),
        ),
        document(
            (Passage(0, "paragraph", traced("Tổng giá trị giải thưởng: 1.900.000 đồng", "1.3"), 1),),
            rewards=(PRIZE, SECOND),
        ),
        ("2000000", "1900000"),
        ("rewards", 1, "amount"),
    ),
    "movement-incomplete": Case(
        document(movements=(LAUNCHED,), subjects=(Subject(text=said("Các thôn")),), rewards=(PRIZE,)),
        document(
            movements=(LAUNCHED,), subjects=(Subject(text=said("Các thôn")),), rewards=(PRIZE,), references=GROUNDS
        ),
        ("Sạch từ nhà ra ngõ", "two grounds"),
        ("movements", 0, "role"),
    ),
    "movement-files": Case(
        document(
            movements=(LAUNCHED,),
            deadlines=(Deadline(text=said("15/12"), end=said("2026-12-15"), what=said("gửi hồ sơ khen thưởng")),),
        ),
        document(
            movements=(LAUNCHED,),
            deadlines=(Deadline(text=said("15/11"), end=said("2026-11-15"), what=said("gửi hồ sơ khen thưởng")),),
        ),
        ("2026-12-15", "2026-11-30"),
        ("deadlines", 0, "end"),
    ),
    "signer-deputy": Case(
        document(document=fields(signer_authority="KT. CHỦ TỊCH", signer_position="CHỦ TỊCH")),
        document(document=fields(signer_authority="KT. CHỦ TỊCH", signer_position="PHÓ CHỦ TỊCH")),
        ("KT. CHỦ TỊCH",),
        ("document", 0, "signer_position"),
    ),
}


def at(found: Document, place: tuple[str, int, str]) -> Value:
    value = getattr(found.records.rows(place[0])[place[1]], place[2])
    assert isinstance(value, Value)
    return value


def test_checks_are_all_tried() -> None:
    assert set(CASES) == set(CHECKS)


@pytest.mark.parametrize("name", CASES)
def test_checks_doubt_what_is_wrong_and_say_why(name: str) -> None:
    case = CASES[name]
    found = checked(case.wrong)
    issues = [issue for issue in found.issues if issue.code == f"check-{name}"]
    assert len(issues) == 1
    assert issues[0].weight == "doubt"
    assert found.status == "done"
    assert all(word in issues[0].message for word in case.words)
    value = at(found, case.doubted)
    assert value.confidence < at(case.wrong, case.doubted).confidence
    assert value.doubt


@pytest.mark.parametrize("name", CASES)
def test_checks_leave_what_is_right_alone(name: str) -> None:
    found = checked(CASES[name].right)
    assert not [issue for issue in found.issues if issue.code == f"check-{name}"]


@pytest.mark.parametrize("name", CASES)
def test_checks_can_be_left_out(name: str) -> None:
    wrong = CASES[name].wrong
    assert not [issue for issue in checked(wrong, skip=(name,)).issues if issue.code == f"check-{name}"]
    assert checked(wrong, skip=tuple(CHECKS)) == wrong


def test_checks_keep_the_first_reason_of_a_doubt() -> None:
    wrong = document(document=DocumentFields(number=replace(said("5/KH-UBND"), doubt="a figure was put right")))
    found = checked(wrong)
    assert found.records == wrong.records
    assert [issue.code for issue in found.issues] == ["check-number-zero"]


VALUES = st.sampled_from(
    ["12/KH-UBND", "5/QĐ-TTg", "9-KH/TU", "98/2023/NĐ-CP", "98/NĐ-CP", "Kế hoạch", "Tỉnh ủy Hà Nam", "KT. CHỦ TỊCH",
     "CHỦ TỊCH", "Sở Y tế", "launches", "basis", "thứ Ba", "hồ sơ khen thưởng", "Kiểm tra năm 2020"]
)  # fmt: skip


def records_of(kind: type[Record]) -> st.SearchStrategy[Record]:
    days, numbers = ("date", "start", "end"), ("quantity", "amount", "level")
    return st.fixed_dictionaries(
        {
            name: st.none() | (DAYS if name in days else st.integers(1, 9) if name in numbers else VALUES).map(said)
            for name in kind.__struct_fields__
        }
    ).map(lambda values: kind(**values))


@settings(max_examples=60, deadline=None)
@given(
    records_of(DocumentFields),
    st.lists(records_of(Reference), max_size=3),
    st.lists(records_of(Deadline), max_size=3),
    st.lists(records_of(Movement), max_size=2),
    st.lists(records_of(Reward), max_size=3),
)
def test_checks_never_change_a_value(
    own: DocumentFields,
    references: list[Reference],
    deadlines: list[Deadline],
    movements: list[Movement],
    rewards: list[Reward],
) -> None:
    before = document(
        document=own,
        references=tuple(references),
        deadlines=tuple(deadlines),
        movements=tuple(movements),
        rewards=tuple(rewards),
    )
    after = checked(before)
    assert after.records.to_dict() == before.records.to_dict()
    for name in ("document", *LIST_TABLES):
        for old, new in zip(before.records.rows(name), after.records.rows(name), strict=True):
            for field in old.__struct_fields__:
                was, now = getattr(old, field), getattr(new, field)
                assert (was is None) == (now is None)
                if was is not None:
                    assert (now.text, now.normal, now.evidence) == (was.text, was.normal, was.evidence)
                    assert now.confidence <= was.confidence
                    assert now.confidence == was.confidence or now.doubt is not None

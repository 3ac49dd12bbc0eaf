"""The tables of records are the contract's tables: names, order, normal forms."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import (
    LIST_TABLES,
    TABLES,
    Assignment,
    Deadline,
    DocumentFields,
    Recipient,
    Records,
    Reference,
    Reward,
    Value,
    plain_record,
)

CONTRACT = {
    "document": [
        "type",
        "number",
        "issuer",
        "parent_body",
        "place",
        "date",
        "title",
        "signer_authority",
        "signer_position",
        "signer_name",
        "urgency",
        "secrecy",
    ],
    "references": ["kind", "number", "date", "issuer", "title", "role"],
    "sections": ["label", "heading", "level", "kind"],
    "assignments": ["body", "role", "task", "deadline"],
    "deadlines": ["text", "kind", "start", "end", "recurrence", "what", "body"],
    "movements": ["name", "role", "level", "launched_by", "start", "end"],
    "rewards": ["form", "granted_by", "recipients", "quantity", "amount", "criteria"],
    "subjects": ["kind", "text"],
    "recipients": ["text"],
}


def test_tables_and_columns_are_those_of_the_contract() -> None:
    assert {name: list(kind.__struct_fields__) for name, kind in TABLES.items()} == CONTRACT
    assert list(TABLES) == list(CONTRACT)
    assert list(LIST_TABLES) == list(CONTRACT)[1:]


def test_an_empty_document_has_every_key() -> None:
    plain = Records().to_dict()
    assert list(plain) == list(CONTRACT)
    assert plain["document"] == dict.fromkeys(CONTRACT["document"])
    assert all(plain[table] == [] for table in LIST_TABLES)


VALUES = st.none() | st.builds(
    Value, st.text(max_size=5), st.text(max_size=5) | st.integers(0, 10**12), st.just(("1.0",)), st.floats(0, 1)
)


@given(st.lists(st.builds(Deadline, *[VALUES] * 7), max_size=4), st.builds(DocumentFields, *[VALUES] * 12))
def test_the_plain_form_holds_the_normal_forms_in_order(rows: list[Deadline], fields: DocumentFields) -> None:
    plain = Records(fields, deadlines=tuple(rows)).to_dict()
    for row, found in zip(rows, plain["deadlines"], strict=True):
        assert list(found) == CONTRACT["deadlines"]
        for name, normal in found.items():
            value = getattr(row, name)
            assert normal == (value.normal if value else None)
    assert plain["document"]["title"] == (fields.title.normal if fields.title else None)


def value(normal: str | int) -> Value:
    return Value(str(normal), normal, ("1.0",), 0.9)


def test_recipients_are_a_list_of_texts() -> None:
    records = Records(recipients=(Recipient(value("Như trên")), Recipient(value("Lưu: VT"))))
    assert records.to_dict()["recipients"] == ["Như trên", "Lưu: VT"]


def test_numbers_stay_numbers() -> None:
    reward = Reward(form=value("Giải Nhất"), amount=value(1_000_000), quantity=value(2))
    assert plain_record(reward) == {
        "form": "Giải Nhất",
        "granted_by": None,
        "recipients": None,
        "quantity": 2,
        "amount": 1_000_000,
        "criteria": None,
    }


def test_rows_are_reached_by_the_name_of_the_table() -> None:
    reference, assignment = Reference(kind=value("Luật")), Assignment(body=value("Phòng Nội vụ"))
    records = Records(references=(reference,), assignments=(assignment,))
    assert records.rows("references") == (reference,)
    assert records.rows("assignments") == (assignment,)
    assert records.rows("document") == (records.document,)
    assert records.rows("rewards") == ()

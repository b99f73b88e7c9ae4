"""The JSON Schema of a procedure's answers: made from its definition, and what programs are held to."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override
from jsonschema import Draft202012Validator

from services import estimators, procedures
from services.procedures.definition import Field, Group, Kind, Paper, Procedure, when
from services.procedures.schemas import schema_of
from services.reads import known_of_nobody
from services.rules.answers import AnswersInvalid
from services.rules.json_answers import read_json

EXAMPLE = Procedure(
    code="example",
    name="Ví dụ",
    summary="",
    legal_basis="Luật Ví Dụ",
    fields=(
        Field("how", "How", Kind.CHOICE, choices=(("post", "By post"), ("counter", "At the counter"))),
        Field("street", "Street", only=when("how", "post")),
        Field("amount", "Amount", Kind.MONEY, least=1000, most=5000, required=False),
        Field("since", "Since", Kind.MONTH, required=False),
        Group("members", "Members", (Field("name", "Name", Kind.NAME), Field("born", "Born", Kind.DATE)), most=2),
    ),
    papers=(Paper("picture", "Picture"),),
)
MEMBER = {"name": "NGUYỄN VĂN VÍ DỤ", "born": "1985-02-09"}
GOOD = {"how": "counter", "members": [MEMBER]}


class Nowhere:
    """A register that knows no place."""

    def province(self, code: str) -> bool:
        return False

    def ward(self, code: str, province: str) -> bool:
        return False

    def facility(self, code: str) -> bool:
        return False


@pytest.fixture
def answer(db):
    known = known_of_nobody(date(2026, 11, 22))
    return lambda given: read_json(EXAMPLE, given, known=known, register=Nowhere())


def refused(answer, given):
    with pytest.raises(AnswersInvalid) as raised, override("en"):
        answer(given)
    return set(raised.value.errors)


@pytest.mark.parametrize(
    "procedure", [*procedures.every().values(), *estimators.ESTIMATORS], ids=lambda procedure: procedure.key
)
def test_every_definition_makes_a_valid_schema(procedure):
    Draft202012Validator.check_schema(schema_of(procedure))
    Draft202012Validator.check_schema(schema_of(procedure, words=False))


def test_a_schema_says_names_bounds_choices_and_conditions():
    schema = schema_of(EXAMPLE)

    assert schema["properties"]["amount"] == {"title": "Amount", "type": "integer", "minimum": 1000, "maximum": 5000}
    assert schema["properties"]["how"]["oneOf"][0] == {"const": "post", "title": "By post"}
    assert schema["properties"]["members"]["maxItems"] == 2
    assert schema["required"] == ["how", "members"]
    holds = Draft202012Validator(schema)
    assert holds.is_valid(GOOD)
    assert not holds.is_valid({**GOOD, "how": "post"})
    assert holds.is_valid({**GOOD, "how": "post", "street": "Số 1, đường Ví Dụ"})
    assert not holds.is_valid({**GOOD, "amount": 5001})
    assert not holds.is_valid({**GOOD, "more": 1})


def test_good_answers_are_read_as_from_a_page(answer):
    assert answer({**GOOD, "amount": 2000, "since": "2026-08"}) == {**GOOD, "amount": 2000, "since": "2026-08"}


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ([], {"answers"}),
        ("text", {"answers"}),
        (None, {"answers"}),
        ({}, {"how", "members"}),
        ({**GOOD, "status": "approved"}, {"status"}),
        ({**GOOD, "amount": "2000"}, {"amount"}),
        ({**GOOD, "amount": 2000.5}, {"amount"}),
        ({**GOOD, "amount": True}, {"amount"}),
        ({**GOOD, "amount": 999}, {"amount"}),
        ({**GOOD, "since": "08/2026"}, {"since"}),
        ({**GOOD, "how": "pigeon"}, {"how"}),
        ({**GOOD, "how": {"$gt": ""}}, {"how"}),
        ({**GOOD, "how": "post"}, {"street"}),
        ({**GOOD, "members": {}}, {"members"}),
        ({**GOOD, "members": []}, {"members"}),
        ({**GOOD, "members": [MEMBER] * 3}, {"members"}),
        ({**GOOD, "members": [{**MEMBER, "role": "head"}]}, {"members.0.role"}),
        ({**GOOD, "members": [MEMBER, {**MEMBER, "born": "9 February"}]}, {"members.1.born"}),
        ({**GOOD, "members": [{**MEMBER, "born": "2026-02-30"}]}, {"members.0.born"}),
    ],
)
def test_answers_of_another_form_are_refused_by_field(answer, given, fields):
    assert refused(answer, given) == fields

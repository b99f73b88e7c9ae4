"""Public services are data: every definition holds, draws a form without a fault, and takes no input that breaks it."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insurance.rules.contributions import month_number
from insurance.rules.estimates.counting import Paid
from services import procedures
from services.forms.procedures import ProcedureForm, initial_of, typed_of
from services.procedures.definition import DefinitionInvalid, Field, Group, Kind, Procedure, validate, when
from services.procedures.known import Known, KnownCard
from services.procedures.refusals import COMMON
from services.rules.answers import AnswersInvalid, read

KNOWN = Known(
    at=date(2026, 11, 22),
    person_id=1,
    bhxh_code="0199000199",
    full_name="NGUYỄN THỊ THỬ NGHIỆM",
    date_of_birth=date(1985, 2, 9),
    gender="female",
    citizen_id="001185000199",
    phone="+84912345678",
    address="Số 0, ngõ Ví Dụ",
    card=KnownCard("GD4010199000199", date(2027, 12, 31), True, "01999", "Phòng khám Ví Dụ"),
    monthly_benefit=True,
    base_salary=2_530_000,
    reference=2_530_000,
)
ALL = [pytest.param(procedure, id=procedure.code) for procedure in procedures.offered()]


class Anywhere:
    """A register that knows every place."""

    def province(self, code):
        return True

    def ward(self, code, province):
        return True

    def facility(self, code):
        return True


def answers_of(typed, procedure):
    return read(procedure, typed, known=KNOWN, register=Anywhere())


def test_the_services_of_the_original_and_the_later_ones_are_offered():
    assert {procedure.code for procedure in procedures.offered()} >= {
        "authorisation",
        "benefit-move",
        "book-changed",
        "book-reissue",
        "card-reissue",
        "feedback",
        "household-card",
        "lump-sum",
        "payee-change",
        "record-change",
        "voluntary-payment",
    }
    assert [service.code for service in procedures.elsewhere()] == ["child-account"]


@pytest.mark.parametrize("procedure", ALL)
def test_every_service_speaks_both_languages(procedure):
    texts = [procedure.name, procedure.summary, procedure.result, *(item.label for item in procedure.fields)]
    with translation.override("vi"):
        vietnamese = [str(text) for text in texts]
    with translation.override("en"):
        assert not set(vietnamese) & {str(text) for text in texts if text}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ((Field("a", "A"), Field("a", "A")), "twice"),
        ((Field("a", "A", only=when("b", "x")),), "depends on nothing"),
        ((Field("a", "A", Kind.CHOICE),), "no choices"),
        ((Field("A b", "A"),), "no name of a field"),
        ((Group("g", "G", (Field("a", "A"),), least=3, most=2),), "wrong way round"),
    ],
)
def test_a_definition_that_contradicts_itself_is_named(fields, reason):
    with pytest.raises(DefinitionInvalid, match=f"odd@1: .*{reason}"):
        validate(Procedure(code="odd", name="Odd", summary="", legal_basis="none", fields=fields))


def test_a_request_keeps_the_version_it_was_filed_under():
    newest = procedures.get("feedback")
    assert procedures.get("feedback", newest.version) is newest
    with pytest.raises(procedures.UnknownProcedure):
        procedures.get("feedback", newest.version + 1)


def test_what_is_not_asked_is_left_out_whatever_was_typed():
    typed = {"reason": "lost", "delivery": "digital", "post_address": "x" * 500, "why_paper": "no such"}
    assert answers_of(typed, procedures.get("card-reissue")) == {"reason": "lost", "delivery": "digital"}


def test_every_wrong_answer_is_named_at_once():
    with pytest.raises(AnswersInvalid) as refused:
        answers_of({"method": "account", "account": "12", "holder": "7"}, procedures.get("payee-change"))
    assert refused.value.errors.keys() == {"bank", "account", "holder"}


def test_money_goes_to_an_account_of_ones_own():
    typed = {"method": "account", "bank": "Ngân hàng Ví Dụ", "account": "0123 456 789", "holder": "TRẦN VĂN KHÁC"}
    with pytest.raises(AnswersInvalid) as refused:
        answers_of(typed, procedures.get("payee-change"))
    assert refused.value.errors.keys() == {"holder"}
    own = answers_of({**typed, "holder": "nguyễn thị thử nghiệm"}, procedures.get("payee-change"))
    assert own["account"] == "0123456789"


def test_the_members_of_a_household_are_lines_and_the_amount_is_worked_out():
    service = procedures.get("household-card")
    members = [
        {"member_name": "Nguyễn Văn Một", "member_code": "0199000111", "relation": "head"},
        {"member_name": "", "member_code": "", "relation": ""},
        {"member_name": "Nguyễn Thị Hai", "member_code": "0199000112", "relation": "spouse"},
    ]
    answers = answers_of({"months": "12", "members": members, "facility": "01999"}, service)
    assert len(answers["members"]) == 2
    assert service.estimate(answers, KNOWN).total == 12 * (113_850 + 79_695)


def test_a_wrong_line_of_a_group_is_named_with_its_place():
    members = [{"member_name": "Nguyễn Văn Một", "member_code": "12", "relation": "head"}]
    with pytest.raises(AnswersInvalid) as refused:
        answers_of({"months": "3", "members": members, "facility": "01999"}, procedures.get("household-card"))
    assert refused.value.errors.keys() == {"members.0.member_code"}


def test_a_new_name_opens_the_reissue_of_the_book_by_itself():
    service = procedures.get("record-change")
    answers = answers_of({"change": "name", "new_name": "Nguyễn Thị Thử Mới"}, service)
    code, prepared = service.opens(answers, KNOWN)
    assert (code, prepared["new_name"]) == ("book-changed", "NGUYỄN THỊ THỬ MỚI")
    assert answers_of(prepared, procedures.get(code)) == prepared
    assert service.opens({"change": "address"}, KNOWN) is None


@pytest.mark.parametrize("procedure", ALL)
def test_every_refusal_says_in_both_languages_why_what_to_do_and_by_which_law(procedure):
    reasons = {**COMMON, **procedure.refusals}
    for reason in reasons.values():
        texts = (reason.title, reason.remedy)
        with translation.override("vi"):
            vietnamese = [str(text) for text in texts]
        with translation.override("en"):
            assert not set(vietnamese) & {str(text) for text in texts}
        assert reason.basis.startswith(("Luật", "NĐ", "BLDS"))


@pytest.mark.parametrize("month", ["06/2026", "12/2027", "10/2026"])
def test_voluntary_months_that_are_past_far_off_or_paid_already_are_refused(month):
    paid = Paid(month_number(date(2026, 10, 1)), month_number(date(2026, 10, 1)), 5_000_000)
    typed = {"income": "2000000", "months": "3", "first_month": month, "group": "other"}
    with pytest.raises(AnswersInvalid) as refused:
        read(procedures.get("voluntary-payment"), typed, known=replace(KNOWN, paid=(paid,)), register=Anywhere())
    assert refused.value.errors.keys() == {"first_month"}


def test_a_lump_sum_that_comes_too_early_is_told_before_it_is_filed(english):
    now = month_number(KNOWN.at)
    known = replace(KNOWN, paid=(Paid(now - 60, now - 6, 5_000_000),), coefficients=dict.fromkeys(range(2020, 2027), 1))
    found = procedures.get("lump-sum").estimate({"case": "dd"}, known)
    assert found.total
    assert "Twelve months without contributions must have passed." in [str(note) for note in found.notes]


def test_the_states_share_of_voluntary_months_is_said_where_the_record_does_not_hold_it(english):
    paid = (Paid(month_number(date(2020, 1, 1)), month_number(date(2024, 12, 1)), 2_000_000),)
    known = replace(KNOWN, paid=paid, coefficients=dict.fromkeys(range(2020, 2027), 1), supported=True)
    for case, said in (("b", True), ("c", False)):
        found = procedures.get("lump-sum").estimate({"case": case}, known)
        assert any("the record does not say how much" in str(note) for note in found.notes) is said


def test_a_digital_card_needs_no_officer():
    service = procedures.get("card-reissue")
    assert service.automatic({"reason": "lost", "delivery": "digital"}, KNOWN)
    assert not service.automatic({"reason": "lost", "delivery": "post"}, KNOWN)


@pytest.mark.django_db
@pytest.mark.parametrize("procedure", ALL)
def test_answers_can_be_shown_and_changed_again(procedure):
    form = ProcedureForm(procedure, KNOWN, initial=initial_of(procedure, KNOWN))
    assert form.sections()
    again = ProcedureForm(procedure, KNOWN, data=typed_of(procedure, {}))
    assert not again.is_valid() or not procedure.fields


TYPED = st.one_of(st.text(max_size=40), st.sampled_from(["1", "01/2026", "2026-02-30", "on", "0912345678", "\0", "٣"]))


@pytest.mark.django_db
@pytest.mark.parametrize("procedure", ALL)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_input_breaks_a_form(procedure, data):
    typed = {}
    for item in procedure.fields:
        if isinstance(item, Group):
            for index in range(data.draw(st.integers(0, 3))):
                for part in item.fields:
                    typed[f"{item.name}-{index}-{part.name}"] = data.draw(TYPED)
        else:
            choices = [value for value, _label in item.choices] or ["x"]
            typed[item.name] = data.draw(st.one_of(TYPED, st.sampled_from(choices)))
    form = ProcedureForm(procedure, KNOWN, data=typed)
    if form.is_valid():
        assert answers_of(form.typed(), procedure) == form.answers
    else:
        assert all(str(words) for errors in form.errors.values() for words in errors)

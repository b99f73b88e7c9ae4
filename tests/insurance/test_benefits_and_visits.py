"""What people received and where they were treated: the database refuses nonsense, reads stay one SELECT."""

from datetime import date

import pytest
from django.db import IntegrityError, connection

from insurance.models import Benefit, BenefitAdjustment, MedicalPaper, Visit, VisitLine
from insurance.reads.benefits import benefits_of
from insurance.reads.visits import papers_of, visit_lines_of, visits_of
from tests.insurance import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("factory", "wrong", "name"),
    [
        (make.BenefitFactory, {"amount": -1}, "benefit_amount_is_not_negative"),
        (make.BenefitFactory, {"regime": "pension"}, "benefit_regime_fits_kind"),
        (make.BenefitFactory, {"monthly": True}, "benefit_monthly_fits_kind"),
        (make.BenefitFactory, {"months": 3}, "benefit_months_are_of_unemployment"),
        (make.BenefitFactory, {"kind": 6}, "benefit_"),
        (make.SicknessFactory, {"to_date": date(2026, 2, 1)}, "benefit_dates_are_in_order"),
        (make.SicknessFactory, {"from_date": None}, "benefit_stretch_has_a_beginning"),
        (make.SicknessFactory, {"regime": "pension"}, "benefit_regime_fits_kind"),
        (make.AccidentFactory, {"capacity_loss": None}, "benefit_loss_is_of_accidents"),
        (make.PensionFactory, {"monthly": False}, "benefit_monthly_fits_kind"),
        (make.UnemploymentFactory, {"months": None}, "benefit_months_are_of_unemployment"),
        (make.UnemploymentFactory, {"months": 13}, "benefit_months_are_of_unemployment"),
        (make.AdjustmentFactory, {"amount": -1}, "adjustment_amount_is_not_negative"),
        (make.VisitFactory, {"discharged_on": date(2026, 3, 13)}, "visit_dates_are_in_order"),
        (make.VisitFactory, {"fund": 399_999}, "visit_total_is_its_parts"),
        (make.VisitFactory, {"fund": -1, "copayment": 500_001}, "visit_amounts_are_not_negative"),
        (make.VisitFactory, {"disease_code": "cold"}, "visit_disease_code_is_well_formed"),
        (make.VisitLineFactory, {"self_paid": 1}, "visit_line_total_is_its_parts"),
        (make.VisitLineFactory, {"percent": 101}, "visit_line_percent_is_0_to_100"),
        (make.VisitLineFactory, {"quantity": -1}, "visit_line_price_is_not_negative"),
        (make.VisitLineFactory, {"line": 0}, "visit_line_counts_from_1"),
    ],
)
def test_a_record_that_cannot_be_is_refused(factory, wrong, name):
    with pytest.raises(IntegrityError, match=name):
        factory(**wrong)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (make.BenefitFactory, {"number": "1/QĐ"}),
        (make.VisitFactory, {"source_key": "v-1"}),
        (make.PaperFactory, {"serial": "s-1"}),
    ],
)
def test_the_same_record_is_there_once(person, first, second):
    first(person=person, **second)

    with pytest.raises(IntegrityError):
        first(person=person, **second)


def test_bank_accounts_do_not_lie_open_in_the_database(person):
    make.BenefitFactory(person=person, account="00123456789")

    with connection.cursor() as cursor:
        cursor.execute("SELECT account FROM insurance_benefit")
        assert b"123456" not in bytes(cursor.fetchone()[0])
    assert benefits_of(person.pk)[0].account == "6789"


def test_benefits_are_read_by_kind_with_their_adjustments_in_one_select(person, django_assert_num_queries):
    pension = make.PensionFactory(person=person)
    make.AdjustmentFactory(benefit=pension, from_date=date(2026, 7, 1), amount=5_400_000)
    make.AdjustmentFactory(benefit=pension, from_date=date(2024, 7, 1), amount=5_000_000)
    make.UnemploymentFactory(person=person)
    make.SicknessFactory(person=person)
    make.BenefitFactory()

    with django_assert_num_queries(1):
        rows = benefits_of(person.pk)

    assert [row.kind for row in rows] == [Benefit.Kind.SHORT_TERM, Benefit.Kind.MONTHLY, Benefit.Kind.UNEMPLOYMENT]
    assert [change[:2] for change in rows[1].adjustments] == [
        (date(2024, 7, 1), 5_000_000),
        (date(2026, 7, 1), 5_400_000),
    ]


def test_visits_bills_and_papers_are_one_select_each_and_nobody_elses(person, django_assert_num_queries):
    visit = make.VisitFactory(person=person)
    make.VisitLineFactory(visit=visit, line=1)
    stranger = make.VisitLineFactory().visit
    make.PaperFactory(person=person)
    make.PaperFactory()

    with django_assert_num_queries(3):
        (row,), (line,), (paper,) = visits_of(person.pk), visit_lines_of(person.pk, visit.pk), papers_of(person.pk)

    assert (row.id, row.facility_code, row.total) == (visit.pk, "01000", 500_000)
    assert line.total == line.fund + line.copayment
    assert paper.kind == MedicalPaper.Kind.SICK_LEAVE
    assert visit_lines_of(person.pk, stranger.pk) == []


def test_records_go_with_their_person(person):
    make.AdjustmentFactory(benefit=make.PensionFactory(person=person))
    make.VisitLineFactory(visit=make.VisitFactory(person=person))

    person.delete()

    assert not any(model.objects.exists() for model in (Benefit, BenefitAdjustment, Visit, VisitLine))

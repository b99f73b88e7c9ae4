"""The dated tables: complete, loaded again without harm, read for a day, silent where nothing is known."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import User
from insurance import parameters
from insurance.actions.reference import TABLES, load_reference
from insurance.models import ContributionRate, FormerProvince, MinimumWage, Office, Province

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(db):
    return load_reference()


def test_every_row_of_every_table_says_where_it_comes_from(loaded):
    assert loaded["minimum_wages"] == MinimumWage.objects.count()
    for _name, model, _key in TABLES:
        named = "legal_basis" if hasattr(model, "legal_basis") else "source"
        assert not model.objects.filter(**{named: ""}).exists(), model
        assert not model.objects.filter(confidence="").exists(), model
    assert FormerProvince.objects.exclude(province=None).count() == 63
    assert not FormerProvince.objects.exclude(province=None).filter(valid_to=None).exists()


def test_what_staff_wrote_outlives_the_next_loading(loaded):
    wage = MinimumWage.objects.get(region="I", valid_from=date(2026, 1, 1))
    wage.monthly = 5_400_000
    wage._history_user = User.objects.create(username="quantri")
    wage.save()
    Province.objects.filter(code="01").update(name="Khác")

    load_reference()

    wage.refresh_from_db()
    assert wage.monthly == 5_400_000
    assert Province.objects.get(code="01").name == "Thành phố Hà Nội"
    assert Office.objects.get(code="00101").confidence


@pytest.mark.parametrize(
    ("on", "base", "reference", "wage", "employer_tnld"),
    [
        (date(2013, 6, 30), None, None, None, set()),
        (date(2016, 12, 31), 1_210_000, None, 3_500_000, {Decimal(1)}),
        (date(2025, 6, 30), 2_340_000, None, 4_960_000, {Decimal("0.5"), Decimal("0.3")}),
        (date(2026, 6, 30), 2_340_000, 2_340_000, 5_310_000, {Decimal("0.5"), Decimal("0.3")}),
        (date(2026, 11, 22), 2_530_000, 2_530_000, 5_310_000, {Decimal("0.5"), Decimal("0.3")}),
    ],
)
def test_what_holds_on_a_day(loaded, on, base, reference, wage, employer_tnld, django_assert_num_queries):
    with django_assert_num_queries(3):
        found = parameters.at(on)

    assert (found.base_salary, found.reference, found.minimum_wages.get("I")) == (base, reference, wage)
    assert {rate.percent for rate in found.rates if rate.scheme == "tnld"} == employer_tnld


def test_coefficients_and_ages_are_tables_of_a_year(loaded):
    table = parameters.coefficients(2026)

    assert (table[1994], table[1995], table[2026]) == (Decimal("5.81"), Decimal("4.91"), Decimal(1))
    assert min(parameters.coefficients(2026, voluntary=True)) == 2008
    assert parameters.coefficients(2019) == {}
    assert parameters.retirement_ages()[2026] == (61 * 12 + 6, 57 * 12)


def test_a_rate_that_cannot_be_is_refused(db):
    with pytest.raises(Exception, match="rate_percent_is_0_to_100"):
        ContributionRate.objects.create(scheme="bhxh", payer="self", part="x", percent=101)

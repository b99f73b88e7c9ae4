"""What citizens see of benefits, medical visits and papers."""

from datetime import date

import pytest

from insurance.models import BaseSalary, BenefitLevel, Visit
from insurance.rules.benefits import Entitlement, yearly_sums
from insurance.rules.visits import Split, counted_copayment, shares
from tests.insurance import factories as make
from tests.insurance.test_pages import text_of

BENEFITS, VISITS = "/thong-tin-huong/", "/so-kham-chua-benh/"


@pytest.mark.parametrize(
    ("factory", "facts", "kind", "words"),
    [
        (make.BenefitFactory, {"number": "00012/QĐ-BHXH"}, "lump_sum",
         ("00012/QĐ-BHXH", "02/03/2026", "48.500.000 ₫", "BHXH cơ sở Ví Dụ", "•••• 6789", "Ngân hàng Mẫu", "chi trả")),
        (make.SicknessFactory, {}, "short_term", ("Ốm đau", "02/02/2026 – 04/02/2026", "Công ty Mẫu", "750.000 ₫")),
        (make.AccidentFactory, {}, "accident", ("12%", "một lần", "21.060.000 ₫")),
        (make.PensionFactory, {}, "monthly",
         ("Lương hưu", "từ 01/02/2024", "5.400.000 ₫ mỗi tháng", "Bưu điện phường Ví Dụ")),
        (make.UnemploymentFactory, {}, "unemployment",
         ("12/05/2025 – 11/09/2025", "Số tháng bảo lưu 7", "4.200.000 ₫ mỗi tháng", "2025 16.800.000 ₫")),
    ],
)  # fmt: skip
def test_each_kind_has_its_fields(citizen, person, factory, facts, kind, words):
    factory(person=person, **facts)

    text = text_of(citizen.get(BENEFITS, {"kind": kind}))

    assert [word for word in words if word not in text] == []
    assert "00123456789" not in text


def test_a_pension_tells_its_adjustments(citizen, person):
    pension = make.PensionFactory(person=person, amount=5_400_000)
    make.AdjustmentFactory(benefit=pension, from_date=date(2024, 2, 1), amount=5_000_000, legal_basis="QĐ Mẫu")
    make.AdjustmentFactory(benefit=pension, from_date=date(2026, 7, 1), amount=5_400_000)

    text = text_of(citizen.get(BENEFITS, {"kind": "monthly"}))

    assert "Phiếu điều chỉnh" in text
    assert "01/07/2026 NĐ 162/2026/NĐ-CP 5.400.000 ₫" in text
    assert "2025 60.000.000 ₫" in text
    assert "2026 62.400.000 ₫" in text  # six months of each amount


def test_nothing_received_is_told_with_what_comes(citizen):
    assert "chưa ghi nhận khoản nào" in text_of(citizen.get(BENEFITS, {"kind": "unemployment"}))
    assert citizen.get(BENEFITS, {"kind": "gold"}).status_code == 200


def test_sums_of_years_say_when_an_amount_is_not_known():
    pension = Entitlement(date(2024, 11, 1), 9, monthly=True, steps=((date(2025, 3, 1), 10), (date(2026, 1, 1), 20)))

    assert yearly_sums([pension, Entitlement(date(2026, 5, 5), 7)], date(2026, 2, 15)) == {
        2026: 47,
        2025: None,
        2024: None,
    }


def test_months_of_unemployment_benefit_count_where_they_begin():
    """TT 28/2015/TT-BLĐTBXH: months from the 11th of March are those of 11 March, April and May."""
    benefit = Entitlement(date(2015, 11, 11), 100, monthly=True, last=date(2016, 2, 10), months=3)

    assert yearly_sums([benefit], date(2020, 1, 1)) == {2016: 100, 2015: 200}


@pytest.fixture
def co_payer(person, db):
    """Her card is of the level that pays 80 %; five years are full in April 2027."""
    BenefitLevel.objects.create(level=4, pays_percent=80, ratio_limits_apply=True, meaning="80%")
    BaseSalary.objects.create(from_date=date(2026, 7, 1), amount=2_530_000, legal_basis="NĐ 161/2026/NĐ-CP")
    make.CardFactory(person=person)
    return person


def test_visits_of_a_year_show_who_paid_and_what_counts_towards_the_ceiling(citizen, co_payer):
    make.VisitFactory(person=co_payer)
    make.VisitFactory(person=co_payer, right_level=False, total=100_000, fund=40_000, copayment=60_000)
    make.VisitFactory(person=co_payer, admitted_on=date(2025, 1, 2), discharged_on=None, paid_on=None)

    text = text_of(citizen.get(VISITS))

    assert "14/03/2026" in text
    assert "02/01/2025" not in text
    assert "Quỹ BHYT 440.000 ₫ Bạn cùng chi trả 160.000 ₫ Tổng cộng 600.000 ₫" in text
    assert "100.000 ₫ trên 15.180.000 ₫" in text
    assert "đã được 4 năm 8 tháng, đủ vào 01/04/2027" in text


def test_who_passed_the_ceiling_after_five_years_pays_no_more(citizen, co_payer):
    co_payer.cards.update(five_years_from=date(2020, 1, 1))
    make.VisitFactory(person=co_payer, total=80_000_000, fund=64_000_000, copayment=16_000_000)

    assert "đến hết ngày 31/12 quỹ trả toàn bộ" in text_of(citizen.get(VISITS))


def test_a_long_break_since_the_recorded_day_counts_here_as_on_the_card(citizen, co_payer):
    co_payer.cards.update(five_years_from=date(2025, 1, 1))
    make.CardFactory(person=co_payer, source_key="old", valid_from=date(2020, 1, 1), valid_to=date(2025, 8, 31))
    begun = co_payer.cards.exclude(source_key="old").get().valid_from

    assert f"đủ vào {begun:%d/%m}/{begun.year + 5}" in text_of(citizen.get(VISITS))
    assert f"{begun:%d/%m}/{begun.year + 5}" in text_of(citizen.get("/the-bhyt/"))


def test_a_year_without_visits_says_so(citizen, person):
    make.VisitFactory(person=person, admitted_on=date(2024, 1, 2))

    assert "Năm 2026 chưa có lần khám nào dùng thẻ BHYT." in text_of(citizen.get(VISITS))
    assert "02/01/2024" in text_of(citizen.get(VISITS, {"year": "2024"}))
    assert citizen.get(VISITS, {"year": "9" * 40}).status_code == 200


def test_a_visit_has_its_bill_and_a_way_to_say_it_was_not_mine(citizen, person):
    visit = make.VisitFactory(person=person)
    make.VisitLineFactory(visit=visit)

    text = text_of(citizen.get(f"{VISITS}{visit.pk}/"))

    assert "J06.9" in text
    assert "10 viên × 50.000 ₫ · mức hưởng 80%" in text
    assert "Đây không phải lần khám của bạn?" in text


def test_another_persons_visit_is_not_there(citizen):
    assert citizen.get(f"{VISITS}{make.VisitFactory().pk}/").status_code == 404
    assert Visit.objects.count() == 1


def test_papers_are_told_with_their_serial_and_state(citizen, person):
    make.PaperFactory(person=person, serial="01000.2026.00001", status="cancelled")

    text = text_of(citizen.get(VISITS, {"kind": "papers"}))

    assert "01000.2026.00001" in text
    assert "Đã hủy" in text


@pytest.mark.parametrize("address", [BENEFITS, VISITS, f"{VISITS}?kind=papers"])
def test_a_page_asks_the_database_four_times_at_most(citizen, co_payer, address, django_assert_max_num_queries):
    for _ in range(5):
        make.VisitFactory(person=co_payer)
        make.BenefitFactory(person=co_payer)
        make.PaperFactory(person=co_payer)
    citizen.get(address)

    with django_assert_max_num_queries(5 if "papers" in address else 4):
        assert citizen.get(address).status_code == 200


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        (Split(), (0, 0, 0, 0)),
        (Split(80, 0, 20, 0), (240, 0, 60, 0)),
        (Split(1_000_000, 0, 1, 1), (298, 0, 1, 1)),
    ],
)
def test_the_bar_is_filled_and_no_part_is_lost(split, expected):
    assert shares(split, 300) == expected


def test_only_the_right_level_and_this_year_count():
    visits = [(2026, True, 5), (2026, False, 7), (2025, True, 11)]

    assert counted_copayment(visits, 2026) == 5

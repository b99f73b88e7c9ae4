"""What citizens see of their records."""

import gzip
import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import User
from insurance.actions.reference import load_reference
from insurance.models import BaseSalary, BenefitLevel, CardObject, ContributionPeriod, FormerProvince, Province
from tests.harness.stage import text_of
from tests.insurance.factories import CardFactory, EmployerFactory, FacilityFactory, PersonFactory, add_periods

HOME, CARD, CODE, HISTORY = "/ca-nhan/", "/the-bhyt/", "/the-bhyt/ma/", "/qua-trinh-tham-gia/"


@pytest.fixture
def tariffs(db):
    Province.objects.get_or_create(code="01", defaults={"name": "Thành phố Ví Dụ"})
    BenefitLevel.objects.create(level=4, pays_percent=80, ratio_limits_apply=True, meaning="80%")
    CardObject.objects.create(code="DN", level=4, payer_group="employer_and_employee", name="Người lao động")
    FormerProvince.objects.create(code2="01", cccd_code3="001", name="Hà Nội", province_id="01")
    BaseSalary.objects.create(from_date=date(2026, 7, 1), amount=2_530_000, legal_basis="NĐ 161/2026/NĐ-CP")


@pytest.mark.parametrize("address", [HOME, CARD, CODE, "/the-bhyt/ma.svg", HISTORY])
def test_strangers_are_sent_to_the_login(client, db, address):
    response = client.get(address)

    assert response.status_code == 302
    assert response.url.startswith("/dang-nhap/")


def test_my_page_shows_who_i_am_with_numbers_masked(citizen, person):
    text = text_of(citizen.get(HOME))

    assert "NGUYỄN THỊ THỬ NGHIỆM" in text
    assert "0099 000 107" in text
    assert "09/02/1985" in text
    assert "Số 0, ngõ Ví Dụ, Phường Mẫu, Thành phố Ví Dụ" in text
    assert person.citizen_id not in text
    assert person.phone not in text
    assert "•••• 0107" in text


def test_my_page_says_what_needs_me(citizen, person):
    CardFactory(person=person, valid_to=date(2026, 12, 31))
    add_periods(person, ("2011-03", "2021-06", "paid"), ("2022-04", "2026-08", "paid"), ("2026-09", "2026-11", "owed"))

    text = text_of(citizen.get(HOME))

    assert "Cần chú ý (3)" in text
    assert "Thẻ BHYT của bạn còn 26 ngày" in text
    assert "Chậm đóng 3 tháng" in text
    assert "Thiếu 9 tháng tại một đơn vị" in text
    assert "14 năm 9 tháng" in text


def test_my_page_is_quiet_when_all_is_well(citizen, person):
    CardFactory(person=person)
    add_periods(person, ("2020-01", "2026-11", "paid"))

    text = text_of(citizen.get(HOME))

    assert "Không có gì cần chú ý" in text
    assert "Còn hạn đến 31/12/2027" in text


def test_a_renewed_card_is_no_worry(citizen, person):
    CardFactory(person=person, valid_to=date(2026, 12, 31))
    CardFactory(person=person, valid_from=date(2027, 1, 1), valid_to=date(2027, 12, 31))

    assert "Không có gì cần chú ý" in text_of(citizen.get(HOME))
    assert "gia hạn đến hết ngày 31/12/2027" in text_of(citizen.get(CARD))


def test_the_card_says_what_it_gives(citizen, person, tariffs):
    CardFactory(person=person)

    text = text_of(citizen.get(CARD))

    assert "DN 4 01 0099 000 107" in text
    assert "Còn giá trị" in text
    assert "Trạm Y tế phường Ví Dụ (01000)" in text
    assert "Quỹ BHYT trả 80% chi phí" in text
    assert "dưới 379.500 ₫" in text
    assert "4 năm 8 tháng . Đủ 5 năm vào 01/04/2027" in text
    assert "15.180.000 ₫" in text
    assert "Nơi phát hành thẻ Hà Nội" in text
    assert "Dùng được đến 09:45" in text


@pytest.mark.parametrize(
    ("valid_to", "words"),
    [
        (date(2027, 1, 5), "Còn giá trị"),
        (date(2027, 1, 4), "Sắp hết hạn, còn 30 ngày"),
        (date(2026, 12, 5), "Hết hạn sau hôm nay"),
        (date(2026, 12, 4), "Hết hạn từ 05/12/2026"),
    ],
)
def test_the_card_says_how_long_it_holds(citizen, person, valid_to, words):
    CardFactory(person=person, valid_to=valid_to)

    assert words in text_of(citizen.get(CARD))


def test_an_expired_card_has_no_code(citizen, person):
    CardFactory(person=person, valid_to=date(2026, 12, 4))

    page = citizen.get(CARD)

    assert "/the-bhyt/ma" not in page.content.decode()
    assert citizen.get(CODE).url == CARD
    assert citizen.get("/the-bhyt/ma.svg").status_code == 404


def test_without_a_card_the_page_says_so(citizen):
    assert "Chưa thấy thẻ BHYT nào của bạn." in text_of(citizen.get(CARD))


def test_a_revoked_card_is_not_shown(citizen, person, django_user_model):
    CardFactory(person=person, revoked_at="2026-11-01T00:00:00+07:00")

    assert "Chưa thấy thẻ" in text_of(citizen.get(CARD))


def test_the_code_page_shows_the_code_and_its_end(citizen, person):
    CardFactory(person=person)

    page = citizen.get(CODE)

    assert "Dùng được đến 09:45" in text_of(page)
    assert 'role="img"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_the_code_picture_is_an_svg_nobody_keeps(citizen, person):
    CardFactory(person=person)

    picture = citizen.get("/the-bhyt/ma.svg")

    assert picture["Content-Type"] == "image/svg+xml"
    assert 'xmlns="http://www.w3.org/2000/svg"' in picture.content.decode()
    assert "no-store" in picture["Cache-Control"]


def test_long_names_are_whole(citizen, person):
    person.full_name = "CÔNG TẰNG TÔN NỮ THỬ NGHIỆM DIỄM QUỲNH"
    person.save()
    facility = FacilityFactory(code="01001", name="Bệnh viện Đa khoa Trình Diễn – Cơ sở 2 phường Mẫu")
    CardFactory(person=person, facility=facility)

    text = text_of(citizen.get(CARD))

    assert person.full_name in text
    assert facility.name in text


def test_who_knows_only_a_year_of_birth_sees_only_a_year(citizen, person):
    person.date_of_birth, person.birth_year_only = date(1955, 1, 1), True
    person.save()
    CardFactory(person=person)

    assert "Ngày sinh 1955 Giới tính" in text_of(citizen.get(CARD))


def test_the_history_tells_totals_gaps_and_stages(citizen, person):
    sewing = EmployerFactory(name="Công ty TNHH May Mẫu")
    farm = EmployerFactory(name="Công ty CP Nông sản Ví Dụ & <Con>")
    add_periods(person, ("2011-03", "2016-06", "paid"), ("2016-07", "2021-06", "paid"), employer=sewing)
    add_periods(person, ("2022-04", "2026-08", "paid"), ("2026-09", "2026-11", "owed"), employer=farm)

    page = citizen.get(HISTORY)
    text = text_of(page)

    assert "Tổng thời gian tham gia 14 năm 9 tháng" in text
    assert "Chậm đóng 3 tháng" in text
    assert "07/2021 – 03/2022" in text
    assert "8.000.000 ₫" in text
    assert "03/2011 06/2021 Công ty TNHH May Mẫu" in text  # two salaries, one stage
    assert "<Con>" not in page.content.decode()


def test_the_grid_is_told_in_words_and_as_a_table(citizen, person):
    add_periods(person, ("2021-01", "2021-06", "paid"), ("2021-09", "2021-10", "owed"), ("2021-11", "2022-02", "paid"))

    text = text_of(citizen.get(HISTORY))

    assert "10 tháng đã đóng; 2 tháng chậm đóng: 09/2021 – 10/2021; 2 tháng chưa ghi nhận: 07/2021 – 08/2021." in text
    assert "2021 8 2 (tháng 9–10) 2 (tháng 7–8)" in text
    assert "2022 2 0 0" in text


@pytest.mark.parametrize("address", [f"{HISTORY}?kind=bhtn", f"{HISTORY}?kind=bhyt"])
def test_a_fund_without_months_says_so(citizen, person, address):
    add_periods(person, ("2021-01", "2021-06", "paid"))

    assert "Chưa ghi nhận tháng đóng" in text_of(citizen.get(address))


@pytest.mark.parametrize("kind", ["", "gold", "bhxh'--", "1"])
def test_an_unknown_fund_shows_the_first(citizen, person, kind):
    add_periods(person, ("2021-01", "2021-06", "paid"))

    assert "6 tháng" in text_of(citizen.get(HISTORY, {"kind": kind}))


def test_fifty_years_in_four_hundred_periods_stay_light(citizen, person):
    employers = [EmployerFactory() for _ in range(8)]
    months = [date(1976 + number // 8, number % 8 + 1, 1) for number in range(400)]
    ContributionPeriod.objects.bulk_create(
        ContributionPeriod(
            person=person,
            kind=1,
            employer=employers[number // 50],
            salary=1_000_000 + number,
            status=1,
            from_month=month,
            to_month=month,
        )
        for number, month in enumerate(months)
    )

    page = citizen.get(HISTORY)

    assert "33 năm 4 tháng" in text_of(page)
    grid = page.content.decode().partition('class="months"')[2].partition("</svg>")[0]
    assert grid.count("<path") < 20
    assert len(gzip.compress(page.content)) < 20_000


def test_everybody_sees_only_their_own(citizen, person, client):
    other = PersonFactory(bhxh_code="0099000115", full_name="TRẦN BẢN MẪU")
    CardFactory(person=other)
    add_periods(other, ("2001-01", "2026-11", "paid"))

    for address in (HOME, CARD, HISTORY):
        text = text_of(citizen.get(address))
        assert "TRẦN BẢN MẪU" not in text
        assert "0099 000 115" not in text
        assert "2001" not in text


@pytest.mark.parametrize("address", [HOME, CARD, HISTORY])
def test_pages_read_in_english_too(citizen, person, address):
    CardFactory(person=person)
    add_periods(person, ("2021-01", "2026-11", "paid"))
    citizen.cookies["language"] = "en"

    page = citizen.get(address)

    assert '<html lang="en"' in page.content.decode()
    assert not re.search(r"\b(tháng|thẻ của bạn|Hết hạn)\b", text_of(page))


@pytest.mark.parametrize(("address", "most"), [(HOME, 5), (CARD, 3), (HISTORY, 3), (HISTORY + "?kind=bhyt", 4)])
def test_a_page_asks_the_database_seldom(citizen, person, address, most, django_assert_max_num_queries):
    """Session (from the cache, once it is there), user with person, and one SELECT a record."""
    CardFactory(person=person)
    add_periods(person, ("2001-01", "2010-11", "paid"), ("2012-01", "2026-08", "paid"), ("2026-09", "2026-11", "owed"))
    add_periods(person, ("2024-01", "2026-08", "paid"), kind=ContributionPeriod.Kind.BHYT)
    citizen.get(address)

    with django_assert_max_num_queries(most):
        citizen.get(address)


def test_months_of_health_insurance_name_where_one_was_registered_for_care(citizen, person):
    first, then = (
        FacilityFactory(code="01991", name="Trạm y tế Mẫu"),
        FacilityFactory(code="01992", name="Bệnh viện Ví Dụ"),
    )
    CardFactory(person=person, facility=first, valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31))
    CardFactory(person=person, facility=then, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31))
    bhyt = {"kind": ContributionPeriod.Kind.BHYT}
    add_periods(person, ("2019-01", "2020-12", "paid"), employer=EmployerFactory(name="Đơn vị Cũ"), **bhyt)
    add_periods(person, ("2025-01", "2026-08", "paid"), employer=EmployerFactory(name="Đơn vị Mới"), **bhyt)

    text = text_of(citizen.get(HISTORY + "?kind=bhyt"))

    assert "Trạm y tế Mẫu (01991); Bệnh viện Ví Dụ (01992)" in text
    assert ": không có thẻ nào được ghi" in text
    assert "Trạm y tế Mẫu" not in text_of(citizen.get(HISTORY))


def test_the_public_key_is_public(client, db):
    answer = client.get("/.well-known/jwks.json")

    (key,) = answer.json()["keys"]
    assert key["alg"] == "ES256"
    assert "d" not in key


def test_staff_can_look_up_places_but_not_change_them(client, db):
    load_reference()
    client.force_login(User.objects.create_superuser("staff-test", "x", full_name="Kiểm Thử"))

    for model in ("province", "ward", "office", "facility", "employer"):
        listed = client.get(reverse(f"admin:insurance_{model}_changelist"), {"q": "ba dinh"}, follow=True)
        assert listed.status_code == 200

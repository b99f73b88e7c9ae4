"""The person's own page: tiles with living facts, what needs attention, new notices, children under the account."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from accounts.models import Guardianship, User
from tests.harness.stage import text_of
from tests.insurance.factories import (
    NOW,
    BenefitFactory,
    CardFactory,
    EmployerFactory,
    PersonFactory,
    VisitFactory,
    add_periods,
)
from vssid.notices import posting
from vssid.notices.kinds import Kind

HOME = "/ca-nhan/"


def tell(person, at: datetime, key: str = "a") -> None:
    posting.post(person_id=person.pk, kind=Kind.SECURITY_PASSWORD_CHANGED, dedupe_key=key, at=at)


@pytest.fixture
def child(citizen, person):
    """A child under the citizen's account, with a card that ends in 20 days."""
    child = PersonFactory(bhxh_code="0099000116", full_name="TRẦN BẢN MẪU", date_of_birth=date(2016, 6, 1))
    CardFactory(person=child, valid_to=NOW.date() + timedelta(days=20))
    parent = User.objects.get(person=person)
    Guardianship.objects.create(
        parent=parent, child=child, relation="mother", since=NOW, ends_on=NOW.date() + timedelta(days=3000)
    )
    return child


def test_four_tiles_each_with_a_fact(citizen, person):
    CardFactory(person=person)
    add_periods(person, ("2020-01", "2026-11", "paid"))
    BenefitFactory(person=person, decided_on=date(2024, 5, 6))
    VisitFactory(person=person, admitted_on=date(2026, 3, 1))
    VisitFactory(person=person, admitted_on=date(2025, 3, 1))

    text = text_of(citizen.get(HOME))

    assert "Thẻ bảo hiểm y tế Còn hạn đến 31/12/2027" in text
    assert "Quá trình tham gia 6 năm 11 tháng" in text
    assert "Thông tin hưởng Gần nhất 06/05/2024" in text
    assert "Sổ khám chữa bệnh 1 lần khám năm nay" in text


def test_an_empty_record_has_tiles_without_zeros(citizen):
    text = text_of(citizen.get(HOME))

    assert "Thông tin hưởng Chưa có" in text
    assert "Sổ khám chữa bệnh Năm nay chưa khám" in text


def test_new_notices_are_told_and_read_ones_are_not(citizen, person):
    assert "Thông báo mới" not in text_of(citizen.get(HOME))
    for number in range(5):
        tell(person, NOW - timedelta(days=number), str(number))

    page = citizen.get(HOME)

    assert "Thông báo mới" in text_of(page)
    assert page.content.decode().count("Mật khẩu") <= 8, "three at most, each with its sentence"
    assert "/thong-bao/" in page.content.decode()


def test_at_most_three_things_ask_for_attention_at_once(citizen, person):
    for number in range(5):
        year = 2010 + 3 * number
        add_periods(person, (f"{year}-01", f"{year}-12", "paid"), employer=EmployerFactory())

    page = citizen.get(HOME)

    assert page.content.decode().partition("<main")[2].count('class="note') == 3
    assert "mục trong quá trình" in text_of(page)


def test_a_childs_card_that_ends_soon_is_told_to_the_parent(citizen, child):
    assert "Thẻ BHYT của TRẦN BẢN MẪU sắp hết hạn" in text_of(citizen.get(HOME))

    child.cards.update(valid_to=NOW.date() - timedelta(days=1))
    assert "Thẻ BHYT của TRẦN BẢN MẪU đã hết hạn" in text_of(citizen.get(HOME))

    child.cards.update(valid_to=NOW.date() + timedelta(days=31))
    assert "Thẻ BHYT của TRẦN BẢN MẪU" not in text_of(citizen.get(HOME))


def test_everything_new_costs_no_more_queries(citizen, person, django_assert_max_num_queries):
    CardFactory(person=person)
    add_periods(person, ("2001-01", "2010-11", "paid"), ("2012-01", "2026-08", "paid"), ("2026-09", "2026-11", "owed"))
    BenefitFactory(person=person)
    tell(person, NOW)
    citizen.get(HOME)

    with django_assert_max_num_queries(5):
        citizen.get(HOME)


def test_a_family_costs_one_query_more(citizen, child, django_assert_max_num_queries):
    citizen.get(HOME)

    with django_assert_max_num_queries(6):
        citizen.get(HOME)


def test_a_child_that_is_looked_at_has_its_own_page(citizen, person, child):
    tell(person, NOW)
    citizen.post(f"/tai-khoan/thanh-vien/{child.pk}/")

    text = text_of(citizen.get(HOME))

    assert "TRẦN BẢN MẪU" in text
    assert "Thẻ BHYT của bạn còn 20 ngày" in text
    assert "Thông báo mới" not in text

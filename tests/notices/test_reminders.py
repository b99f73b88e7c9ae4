"""Reminders of what ends: whom, when, once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actions import reminders
from accounts.models import Guardianship, User
from accounts.tasks import remind
from insurance.models import ContributionPeriod
from tests.insurance.factories import CardFactory, EmployerFactory, PersonFactory
from tests.notices.conftest import NOON, account
from vssid.notices.models import Notice

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOON)


def days(count: int) -> date:
    return TODAY + timedelta(days=count)


def card(user: User, until: date, **facts: object) -> None:
    CardFactory(person=user.person, valid_from=until - timedelta(days=300), valid_to=until, **facts)


def voluntary(user: User, until: date, **facts: object) -> None:
    ContributionPeriod.objects.create(
        person=user.person, employer=EmployerFactory(), kind=ContributionPeriod.Kind.BHXH,
        from_month=date(2026, 1, 1), to_month=until, salary=1_500_000,
        **{"status": ContributionPeriod.Status.PAID, "voluntary": True, **facts},
    )  # fmt: skip


def told() -> set[tuple[int, str]]:
    return set(Notice.objects.values_list("person_id", "kind"))


@pytest.mark.parametrize(("left", "reminded"), [(31, False), (30, True), (0, True), (-1, False)])
def test_a_card_that_ends_within_thirty_days_is_told(left: int, reminded: bool) -> None:
    user = account("0099000421")
    card(user, days(left))
    reminders.remind_some(after=0, at=NOON)
    assert told() == ({(user.person_id, "reminder.card")} if reminded else set())


def test_what_was_renewed_revoked_or_belongs_to_nobody_with_an_account_is_not() -> None:
    renewed, revoked = account("0099000422"), account("0099000423")
    card(renewed, days(10))
    CardFactory(person=renewed.person, valid_from=days(11), valid_to=days(375))
    card(revoked, days(10), revoked_at=NOON)
    CardFactory(person=PersonFactory(), valid_from=days(-300), valid_to=days(10))
    reminders.remind_some(after=0, at=NOON)
    assert told() == set()


def test_each_end_is_told_once_however_often_it_runs() -> None:
    user = account("0099000424")
    card(user, days(20), number="GD4010099000424")
    for day in (0, 0, 1, 19):
        reminders.remind_some(after=0, at=NOON + timedelta(days=day))
    notice = Notice.objects.get()
    assert (notice.kind, notice.facts) == ("reminder.household", {"last_on": days(20).isoformat()})
    CardFactory(person=user.person, valid_from=days(21), valid_to=days(50))
    reminders.remind_some(after=0, at=NOON + timedelta(days=25))
    assert Notice.objects.count() == 2


def test_voluntary_insurance_that_is_paid_until_soon_is_told() -> None:
    soon, later, employed, owing = (account(f"00990004{number}") for number in (25, 26, 27, 28))
    voluntary(soon, date(2026, 11, 1))
    voluntary(later, date(2026, 12, 1))
    voluntary(employed, date(2026, 11, 1), voluntary=False)
    voluntary(owing, date(2026, 11, 1), status=ContributionPeriod.Status.OWED)
    reminders.remind_some(after=0, at=NOON)
    assert told() == {(soon.person_id, "reminder.voluntary")}
    assert "11/2026" in Notice.objects.get().title


def test_a_child_about_to_come_of_age_and_its_card_are_told_to_the_family_once() -> None:
    parent, other, child = account("0099000429"), account("0099000430"), PersonFactory()
    for one in (parent, other):
        Guardianship.objects.create(parent=one, child=child, relation="mother", since=NOON, ends_on=days(30))
    CardFactory(person=child, valid_from=days(-300), valid_to=days(5))
    for _run in range(2):
        reminders.remind_of_age(at=NOON)
        reminders.remind_some(after=0, at=NOON)
    assert told() == {(child.pk, "reminder.of_age"), (child.pk, "reminder.card")}
    assert Notice.objects.of_family(parent.person_id, [child.pk]).count() == 2


def test_many_people_cost_as_many_queries_as_one(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = [account(f"00990004{number}") for number in range(31, 51)]
    for user in users:
        card(user, days(9))
    monkeypatch.setattr(reminders, "PEOPLE_AT_ONCE", 15)
    with django_assert_num_queries(7):  # a savepoint, three readings, notices, deliveries
        reached = reminders.remind_some(after=0, at=NOON)
    assert reached == users[14].person_id
    assert Notice.objects.count() == 15
    assert reminders.remind_some(after=reached, at=NOON) is None
    assert Notice.objects.count() == 20


def test_the_daily_task_may_run_twice() -> None:
    user = account("0099000451")
    card(user, timezone.localdate() + timedelta(days=3))
    remind()
    remind()
    assert told() == {(user.person_id, "reminder.card")}

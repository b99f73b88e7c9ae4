"""A new phone for somebody who lost theirs: two officers, a code to the new phone, and nobody else sees it."""

import re

import pytest
from django.core.cache import cache

from accounts.models import OfficeRecovery, User
from tests.admin.conftest import CITY, CODE, FAR, PHONE, logged_in, make_staff, told
from tests.admin.test_freezing import OWN, citizen, page_of  # noqa: F401
from tests.harness.stage import new_browser, words
from vssid.audit.models import AuditEvent
from vssid.sms.models import Message

NEW_PHONE = "+84900000999"
PASSWORD = "con song chay qua ba ngon doi"


@pytest.fixture
def first(places, clock):
    return logged_in(make_staff("phutrach", "supervisor", CITY))


@pytest.fixture
def second(places, clock):
    return logged_in(make_staff("phutrach2", "supervisor", CITY))


def ask(client, user, phone="0900 000 999"):
    return client.post(page_of(user), {"action": "recover", "phone": phone, "document": "cccd"})


def confirm(client, user):
    recovery = OfficeRecovery.objects.latest("pk")
    return client.post(page_of(user), {"action": "confirm_recovery", "recovery": recovery.pk})


def message_to(phone: str, purpose: str) -> str:
    return next(m.body or "" for m in Message.objects.filter(purpose=purpose).order_by("-pk") if m.to == phone)


def recovery_code() -> str:
    found = re.search(r"[A-Z2-9]{12}", message_to(NEW_PHONE, "credentials"))
    assert found
    return found.group()


def set_anew(code, **changes):
    facts = {"username": CODE, "id_last6": "000107", "code": code, "new_password": PASSWORD, "new_password2": PASSWORD}
    return new_browser().post("/mat-khau/khoi-phuc/", {**facts, **changes})


def test_two_officers_give_a_citizen_a_new_phone_and_see_no_code(first, second, citizen):  # noqa: F811
    inside = new_browser()
    inside.force_login(citizen)
    page = told(first, ask(first, citizen))
    assert "Another officer must confirm" in page
    assert not [m for m in Message.objects.all() if m.to == NEW_PHONE]
    page = told(second, confirm(second, citizen))
    code = recovery_code()
    assert code not in page
    assert code not in words(first.get(page_of(citizen)))
    assert "khoi phuc" in message_to(PHONE, "notice")
    for wrong in ({"id_last6": "000000"}, {"username": "0099999999"}, {"code": "A" * 12}):
        assert set_anew(**{"code": code, **wrong}).status_code == 400
    assert set_anew(code.lower()).url == "/dang-nhap/"
    citizen.refresh_from_db()
    assert citizen.phone == NEW_PHONE
    assert citizen.check_password(PASSWORD)
    assert inside.get("/ca-nhan/").status_code == 302
    assert set_anew(code).status_code == 400
    events = list(AuditEvent.objects.filter(event__startswith="recovery.").values_list("event", "actor"))
    assert [event for event, _actor in events] == ["recovery.asked", "recovery.confirmed"]
    assert len({actor for _event, actor in events}) == 2
    assert AuditEvent.objects.get(event="account.recovered").facts["way"] == "office"


def test_nobody_confirms_what_they_asked_for_and_nobody_else_of_another_office(first, citizen):  # noqa: F811
    ask(first, citizen)
    assert "Another officer must confirm" in told(first, confirm(first, citizen))
    far = logged_in(make_staff("xa", "supervisor", FAR))
    assert confirm(far, citizen).status_code == 404
    assert OfficeRecovery.objects.get().confirmed_at is None


def test_a_request_waits_eight_hours_and_a_code_a_day(first, second, citizen, clock):  # noqa: F811
    ask(first, citizen)
    clock.shift(8 * 3600)
    first, second = (logged_in(User.objects.get(username=name)) for name in ("phutrach", "phutrach2"))
    told(second, confirm(second, citizen))
    assert OfficeRecovery.objects.get().confirmed_at is None
    told(first, ask(first, citizen))
    told(second, confirm(second, citizen))
    code = recovery_code()
    clock.shift(86_400)
    assert set_anew(code).status_code == 400
    assert User.objects.get(pk=citizen.pk).check_password(OWN)


def test_three_requests_a_day_and_five_tries_a_code(first, second, citizen):  # noqa: F811
    for _time in range(3):
        ask(first, citizen)
    assert "3 times within 24 hours" in told(first, ask(first, citizen))
    told(second, confirm(second, citizen))
    code = recovery_code()
    for _try in range(5):
        set_anew("A" * 12)
    cache.clear()  # not the limit of the address, the code's own
    assert set_anew(code).status_code == 400
    assert User.objects.get(pk=citizen.pk).check_password(OWN)

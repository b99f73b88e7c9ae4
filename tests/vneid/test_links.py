"""The link as its owner changes it, what needs level 2, and what other pages get from VNeID."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.actions import vneid_claims
from accounts.actions.vneid_claims import Purpose
from accounts.models import Passkey, User, VNeIDLink
from accounts.stepup import requires_level2
from insurance.models import InsuredPerson
from tests.vneid.phone import LINK, Phone, link, text
from tests.vneid.standin import StandIn
from vssid.audit.events import Event
from vssid.audit.models import AuditEvent
from vssid.notices.models import Notice
from vssid.sms.models import Message
from vssid.sms.models import Purpose as SmsPurpose

pytestmark = pytest.mark.django_db

OWN = "/tai-khoan/vneid/"


@pytest.fixture
def inside(phone: Phone, account: User) -> Phone:
    """A phone logged in by password, with a proof just given."""
    phone.client.force_login(account)
    prove(phone)
    return phone


def prove(phone: Phone, method: str = "otp") -> None:
    session = phone.client.session
    session["auth_methods"], session["proved_at"] = [method], int(timezone.now().timestamp())
    session.save()


def press_link(phone: Phone, username: str = "thu.nghiem") -> HttpResponse:
    """Press the button on the account's page, log in at VNeID, come back."""
    page = text(phone.client.post(OWN, {"action": "link"}))
    address = page.split('http-equiv="refresh" content="0;url=')[1].split('"')[0].replace("&amp;", "&")
    return phone.client.get(phone.standin.log_in(address, username))


def test_the_owner_links_from_the_account_page(inside: Phone, account: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(account)

    answer = press_link(inside)

    assert answer.headers["Location"] == "/tai-khoan/"
    known = VNeIDLink.objects.get(user=account)
    assert (known.subject, known.certified_at is not None, known.name_certified) == ("subject-of-level-2", True, True)
    assert "certified them at" in text(inside.client.get(OWN))
    assert elsewhere.get("/ca-nhan/").status_code == 302
    assert Message.objects.filter(purpose=SmsPurpose.NOTICE).count() == 1
    assert Notice.objects.filter(kind="security.vneid_linked").count() == 1
    assert AuditEvent.objects.get(event=Event.VNEID_LINKED).facts == {"proof": "session"}


def test_the_page_asks_for_a_fresh_proof_first(phone: Phone, account: User) -> None:
    phone.client.force_login(account)

    assert phone.client.get(OWN).headers["Location"].startswith("/tai-khoan/xac-nhan/")
    assert phone.client.post(OWN, {"action": "link"}).status_code == 403


def test_a_link_in_a_mail_links_nothing(inside: Phone) -> None:
    answer = inside.client.get("/dang-nhap/vneid/?purpose=link")

    back = inside.standin.log_in(answer.headers["Location"])
    inside.client.get(back)

    assert not VNeIDLink.objects.exists()


def test_an_identity_of_somebody_else_is_not_linked(inside: Phone, person: InsuredPerson) -> None:
    person.set_citizen_id("001190000999")
    person.save()

    answer = press_link(inside)

    assert answer.status_code == 403
    assert "not yours" in text(answer)
    assert 'href="/tai-khoan/"' in text(answer)
    assert not VNeIDLink.objects.exists()


def test_whoever_logs_out_meanwhile_links_nothing(inside: Phone) -> None:
    page = text(inside.client.post(OWN, {"action": "link"}))
    address = page.split('http-equiv="refresh" content="0;url=')[1].split('"')[0].replace("&amp;", "&")
    back = inside.standin.log_in(address)
    inside.client.logout()

    assert inside.client.get(back).status_code == 400
    assert not VNeIDLink.objects.exists()


def test_unlinking_ends_what_vneid_opened_and_the_old_identity_must_be_confirmed_again(
    inside: Phone, account: User, standin: StandIn
) -> None:
    link(account, standin)
    by_vneid = Phone(standin)
    by_vneid.log_in()
    assert by_vneid.client.get("/ca-nhan/").status_code == 200

    answer = inside.client.post(OWN, {"action": "unlink"})

    assert answer.headers["Location"] == "/tai-khoan/"
    assert not VNeIDLink.objects.exists()
    assert by_vneid.client.get("/ca-nhan/").status_code == 302
    assert inside.client.get("/ca-nhan/").status_code == 200
    assert "huy lien ket VNeID" in (Message.objects.get(purpose=SmsPurpose.NOTICE).body or "")
    assert Notice.objects.filter(kind="security.vneid_unlinked").count() == 1
    assert AuditEvent.objects.filter(event=Event.VNEID_UNLINKED, actor=account.actor).count() == 1
    assert Phone(standin).log_in().headers["Location"] == LINK


@pytest.mark.parametrize("state", [{"must_change_password": True}, {"password": "!unusable"}])
def test_the_last_way_in_stays(inside: Phone, account: User, standin: StandIn, state: dict[str, Any]) -> None:
    link(account, standin)
    User.objects.filter(pk=account.pk).update(**state)
    account.refresh_from_db()
    inside.client.force_login(account)
    prove(inside, "vneid")
    session = inside.client.session
    session["method"] = "vneid"
    session.save()

    assert "only way to log in" in text(inside.client.get(OWN))
    assert inside.client.post(OWN, {"action": "unlink"}).status_code == 409
    assert VNeIDLink.objects.exists()


def test_a_passkey_is_another_way_in(inside: Phone, account: User, standin: StandIn) -> None:
    link(account, standin)
    Passkey.objects.create(
        user=account,
        name="Điện thoại",
        credential_id=b"1",
        public_key=b"2",
        user_handle=b"3",
        created_at=timezone.now(),
    )
    account.set_unusable_password()
    account.save()
    inside.client.force_login(account)
    prove(inside)

    assert inside.client.post(OWN, {"action": "unlink"}).headers["Location"] == "/tai-khoan/"
    assert not VNeIDLink.objects.exists()


def test_what_vneid_spells_otherwise_is_not_called_certified(inside: Phone, person: InsuredPerson) -> None:
    person.full_name = "NGUYỄN THỊ KHÁC HẲN"
    person.save()

    press_link(inside)

    assert not VNeIDLink.objects.get().name_certified
    assert "written differently" in text(inside.client.get(OWN))


# Level 2.


def test_what_needs_level_2_sends_a_password_session_to_vneid_and_back(
    inside: Phone, account: User, standin: StandIn
) -> None:
    @requires_level2
    def guarded(request: HttpRequest) -> HttpResponse:
        return HttpResponse("inside")

    link(account, standin)
    request = RequestFactory().get("/the-bhyt/")
    request.session = inside.client.session  # type: ignore[attr-defined]
    before = inside.client.session.session_key

    asked = guarded(request).headers["Location"]
    answer = inside.log_in(start=asked)

    assert answer.headers["Location"] == "/the-bhyt/"
    assert inside.client.session.session_key != before
    request.session = inside.client.session  # type: ignore[attr-defined]
    assert guarded(request).content == b"inside"
    assert AuditEvent.objects.filter(event=Event.VNEID_STEPPED_UP, actor=account.actor).count() == 1


def test_level_2_is_proved_by_ones_own_identity_only(inside: Phone, account: User, standin: StandIn) -> None:
    link(account, standin, subject="somebody-else")

    answer = inside.log_in(start="/dang-nhap/vneid/?purpose=step_up&next=/the-bhyt/")

    assert answer.status_code == 403
    assert inside.client.session["auth_methods"] == ["otp"]


def test_level_2_wants_a_login_of_now(inside: Phone, account: User, standin: StandIn) -> None:
    link(account, standin)
    standin.arm("auth_time_old")

    assert inside.log_in(start="/dang-nhap/vneid/?purpose=step_up").status_code == 400


# What other pages get.


def test_a_page_gets_what_vneid_says_for_its_purpose(phone: Phone, account: User) -> None:
    answer = phone.log_in(start="/dang-nhap/vneid/?purpose=recover&next=/mat-khau/quen/")

    assert answer.headers["Location"] == "/mat-khau/quen/"
    assert phone.user_id is None
    now = timezone.now()
    brought = vneid_claims.brought(phone.client.session, purpose=Purpose.RECOVER, at=now)
    assert brought is not None
    assert brought[0].birth_date == date(1990, 4, 12)
    late = now + vneid_claims.LIFE + timedelta(seconds=1)
    assert vneid_claims.brought(phone.client.session, purpose=Purpose.RECOVER, at=late) is None
    assert vneid_claims.brought(phone.client.session, purpose=Purpose.REGISTER, at=now) is None
    assert "001190000107" not in str(dict(phone.client.session.items()))


def test_registration_goes_on_with_what_vneid_said(phone: Phone, person: InsuredPerson) -> None:
    answer = phone.log_in(start="/dang-nhap/vneid/?purpose=register")

    assert answer.headers["Location"] == "/dang-ky/vneid/"


def test_the_login_page_says_that_vneid_is_away(phone: Phone, standin: StandIn) -> None:
    assert "does not answer" not in text(phone.client.get("/dang-nhap/"))
    standin.arm("discovery_500", times=3)
    for _ in range(3):
        assert phone.client.get("/dang-nhap/vneid/").status_code == 503

    page = text(phone.client.get("/dang-nhap/"))

    assert "VNeID is not answering right now" in page
    assert 'name="password"' in page

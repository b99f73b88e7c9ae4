"""The second dialect: answers encrypted for us and signed by nobody, with the controls that make up for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import override_settings
from joserfc.jwk import RSAKey
from pytest_django import Settings

from accounts.models import User, VNeIDLink
from accounts.vneid import client, metadata
from accounts.vneid.errors import LevelTooLow, LoginExpired, VNeIDError, VNeIDRefused
from tests.vneid.citizen import Citizen
from tests.vneid.phone import LINK, PASSWORD, Phone, link, text
from tests.vneid.standin import StandIn
from vssid.ops import checks
from vssid.sms.models import Message, Purpose

KEY = RSAKey.generate_key(2048)
NAMES = {
    "VNEID_CLAIM_CITIZEN_ID": "citizenPid",
    "VNEID_CLAIM_NAME": "fullName",
    "VNEID_CLAIM_BIRTHDATE": "birthDate",
}


@pytest.fixture(scope="module")
def running_wrapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    public = KEY.as_pem(private=False).decode()
    folder = Path(tmp_path_factory.mktemp("wrapped"))
    running = StandIn(folder, VNEID_DIALECT="wrapped", VNEID_CLIENT_KEY=public, **NAMES)
    yield running
    running.stop()


@pytest.fixture
def wrapped(running_wrapped: StandIn, standin: StandIn, settings: Settings) -> StandIn:
    """The provider in its second dialect, and a portal that is set to it."""
    running_wrapped.reset()
    settings.VNEID_ISSUER, settings.VNEID_DIALECT = running_wrapped.issuer, "wrapped"
    settings.VNEID_CLIENT_KEY = KEY.as_pem(private=True).decode()
    settings.VNEID_ACR_LEVEL2, settings.VNEID_SCOPES = ["2"], "openid"
    for name, value in NAMES.items():
        setattr(settings, name, value)
    return running_wrapped


def test_it_is_off_unless_asked_for(settings: Settings) -> None:
    assert settings.VNEID_DIALECT == "oidc"
    assert not client.needs_second_factor()


def test_the_wrapped_answers_tell_who_logged_in(wrapped: StandIn) -> None:
    claims = Citizen(wrapped).log_in()

    assert (claims.subject, claims.citizen_id, claims.level) == ("subject-of-level-2", "001190000107", 2)
    assert claims.birth_date.isoformat() == "1990-04-12"
    assert wrapped.log() == ["discovery", "authorize", "authorize", "token", "userinfo"]


def test_state_and_pkce_are_always_there_and_no_nonce(wrapped: StandIn) -> None:
    asked = parse_qs(urlsplit(Citizen(wrapped).begin()).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 40
    assert "nonce" not in asked


def test_a_birth_date_as_vietnam_writes_it_is_read(wrapped: StandIn) -> None:
    wrapped.arm("person_birthdate_local")

    assert Citizen(wrapped).log_in().birth_date.isoformat() == "1990-04-12"


@pytest.mark.parametrize(
    ("fault", "cause", "last"),
    [
        ("wrapped_plain", "wrapping", "token"),
        ("wrapped_other_key", "wrapping", "token"),
        ("wrapped_cut", "wrapping", "token"),
        ("access_token_missing", "access_token", "token"),
        ("token_type_wrong", "token_type", "token"),
        ("token_html", "answer_form", "token"),
        ("response_iss_wrong", "response_iss", "authorize"),
        ("person_sub_missing", "sub", "userinfo"),
    ],
)
def test_an_answer_that_does_not_open_is_refused(wrapped: StandIn, fault: str, cause: str, last: str) -> None:
    wrapped.arm(fault)

    with pytest.raises(VNeIDRefused) as refused:
        Citizen(wrapped).log_in()

    assert refused.value.cause == cause
    assert wrapped.log()[-1] == last


@pytest.mark.parametrize("fault", ["person_level_missing", "person_level_1"])
def test_the_level_must_be_told_and_be_2(wrapped: StandIn, fault: str) -> None:
    wrapped.arm(fault)

    with pytest.raises(LevelTooLow):
        Citizen(wrapped).log_in()


def test_a_level_1_account_is_refused_here_too(wrapped: StandIn) -> None:
    with pytest.raises(LevelTooLow):
        Citizen(wrapped).log_in("ban.mau")


def test_a_wrong_secret_is_refused_by_name(wrapped: StandIn, settings: Settings) -> None:
    settings.VNEID_CLIENT_SECRET = "another"

    with pytest.raises(VNeIDRefused) as refused:
        Citizen(wrapped).log_in()

    assert refused.value.cause == "token_invalid_client"


def test_another_state_is_no_log_in_of_ours(wrapped: StandIn) -> None:
    wrapped.arm("response_state_wrong")

    with pytest.raises(LoginExpired):
        Citizen(wrapped).log_in()


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://id.example/token", True),
        ("https://id.example:8443/token", True),
        ("https://login.id.example/token", False),
        ("https://other.example/token", False),
    ],
)
def test_every_address_is_on_the_pinned_host(address: str, allowed: bool) -> None:
    known = metadata.Provider("https://id.example", pinned=True)

    if allowed:
        assert known._address(address) == address
    else:
        with pytest.raises(VNeIDError):
            known._address(address)


@pytest.mark.django_db
def test_a_first_link_needs_a_code_and_no_password_will_do(wrapped: StandIn, account: User) -> None:
    phone = Phone(wrapped)
    assert phone.log_in().headers["Location"] == LINK
    assert "with your password instead" not in text(phone.client.get(LINK))

    assert phone.confirm(password=PASSWORD).status_code == 400
    assert not VNeIDLink.objects.exists()

    assert phone.confirm(otp=phone.code()).headers["Location"] == "/ca-nhan/"
    assert VNeIDLink.objects.get().user == account


@pytest.mark.django_db
def test_each_later_login_needs_a_code_as_well(wrapped: StandIn, account: User) -> None:
    known = link(account, wrapped)
    phone = Phone(wrapped)

    assert phone.log_in().headers["Location"] == LINK
    assert "needed at each login" in text(phone.client.get(LINK))
    assert phone.user_id is None
    assert phone.confirm(password=PASSWORD).status_code == 400

    assert phone.confirm(otp=phone.code()).headers["Location"] == "/ca-nhan/"
    assert phone.user_id == account.pk
    known.refresh_from_db()
    assert known.last_login_at is not None
    assert not Message.objects.filter(purpose=Purpose.NOTICE).exists()


@pytest.mark.django_db
def test_an_account_without_a_phone_stays_closed(wrapped: StandIn, account: User) -> None:
    account.set_phone(None)
    account.save()
    phone = Phone(wrapped)
    phone.log_in()

    answer = phone.client.get(LINK)

    assert answer.status_code == 400
    assert "code to your phone" in text(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", ["recover", "register"])
def test_a_word_that_nobody_signed_recovers_and_registers_nothing(
    wrapped: StandIn, person: object, purpose: str
) -> None:
    phone = Phone(wrapped)

    answer = phone.log_in(start=f"/dang-nhap/vneid/?purpose={purpose}&next=/mat-khau/quen/")

    assert answer.status_code in {400, 403}
    assert not [key for key in phone.client.session.keys() if key.startswith("vneid_said")]  # noqa: SIM118


@pytest.mark.django_db
def test_a_word_that_nobody_signed_gives_no_new_phone_and_password(wrapped: StandIn, account: User) -> None:
    """Neither while the code to the phone on file is waited for, nor afterwards."""
    page, new = "/mat-khau/khoi-phuc/vneid/", {"phone": "0900 000 999", "action": "send_otp"}
    link(account, wrapped)
    phone = Phone(wrapped)
    assert phone.log_in(start=f"/dang-nhap/vneid/?next={page}").headers["Location"] == LINK
    assert phone.client.get(page).headers["Location"] == "/mat-khau/khoi-phuc/"
    assert phone.client.post(page, new).status_code == 302
    phone.confirm(otp=phone.code())
    assert phone.user_id == account.pk
    assert phone.client.post(page, new).status_code == 302
    assert Message.objects.filter(purpose=Purpose.OTP).count() == 1, "none to the other phone"
    assert "With a code from an office" in text(Phone(None).client.get("/mat-khau/khoi-phuc/"))
    assert "At once, with VNeID" not in text(Phone(None).client.get("/mat-khau/khoi-phuc/"))


@override_settings(VNEID_DIALECT="wrapped")
def test_check_deploy_warns_of_it() -> None:
    assert "vssid.W019" in {problem.id for problem in checks.production()}

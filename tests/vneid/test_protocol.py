"""The relying party against the stand-in as a real process: what the cases of test_certification.py leave out.

Judged as they judge: after a bad token the provider's log shows no further request.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc.jwk import ECKey, RSAKey
from pytest_django import Settings

from accounts.vneid import attempts, client, metadata
from accounts.vneid.errors import (
    ClocksApart,
    LevelTooLow,
    LoginCancelled,
    LoginExpired,
    VNeIDError,
    VNeIDRefused,
    VNeIDUnavailable,
)
from tests.vneid.citizen import Citizen
from tests.vneid.standin import StandIn

BAD_TOKENS = {
    "sub_empty": "sub",
    "aud_wrong_azp_us": "aud",
    "azp_wrong": "azp",
    "exp_far": "life",
    "iat_old": "iat",
    "iat_future": "iat",
    "nbf_future": "iat",
    "auth_time_missing": "auth_time",
    "auth_time_old": "auth_time",
    "kid_unknown": "key",
    "jwk_header": "signature",
    "crit_header": "id_token",
    "id_token_garbage": "id_token",
    "id_token_missing": "id_token_missing",
    "token_type_wrong": "token_type",
    "access_token_missing": "access_token",
}


def test_vneid_tells_who_logged_in(citizen: Citizen) -> None:
    claims = citizen.log_in()

    assert claims.subject == "subject-of-level-2"
    assert claims.citizen_id == "001190000107"
    assert claims.full_name == "NGUYỄN THỊ THỬ NGHIỆM"
    assert claims.birth_date.isoformat() == "1990-04-12"
    assert (claims.phone, claims.level) == ("+84900000107", 2)
    assert claims.citizen_id not in repr(claims)


def test_the_browser_is_sent_with_state_nonce_pkce_and_level(citizen: Citizen, settings: Settings) -> None:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(citizen.begin()).query).items()}

    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == "http://localhost/dang-nhap/vneid/callback/"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 40 <= len(asked["nonce"])
    assert asked["acr_values"] == "urn:vneid:loa:2"
    assert (asked["max_age"], asked["ui_locales"]) == ("300", "vi")
    assert asked["scope"] == settings.VNEID_SCOPES


@pytest.mark.parametrize("fault", BAD_TOKENS)
def test_a_bad_token_is_refused_and_nothing_more_is_asked(citizen: Citizen, fault: str) -> None:
    citizen.standin.arm(fault)

    with pytest.raises(VNeIDRefused) as refused:
        citizen.log_in()

    assert refused.value.cause == BAD_TOKENS[fault]
    assert "userinfo" not in citizen.standin.log()


@pytest.mark.parametrize("fault", ["acr_missing", "acr_low", "acr_list", "acr_lookalike"])
def test_an_identity_below_level_2_is_refused(citizen: Citizen, fault: str) -> None:
    citizen.standin.arm(fault)

    with pytest.raises(LevelTooLow):
        citizen.log_in()

    assert "userinfo" not in citizen.standin.log()


def test_a_level_1_account_is_refused(citizen: Citizen) -> None:
    with pytest.raises(LevelTooLow):
        citizen.log_in("ban.mau")


@pytest.mark.parametrize("variation", ["alg_es256", "at_hash_missing", "kid_missing"])
def test_what_the_standard_leaves_open_is_accepted(citizen: Citizen, variation: str) -> None:
    citizen.standin.arm(variation)

    assert citizen.log_in().subject == "subject-of-level-2"


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("userinfo_sub_missing", "userinfo_sub"),
        ("citizen_id_malformed", "citizen_id"),
        ("citizen_id_missing", "citizen_id"),
        ("birthdate_malformed", "birthdate"),
        ("userinfo_html", "answer_form"),
        ("userinfo_huge", "answer_form"),
        ("userinfo_redirect", "answer_form"),
        ("token_html", "answer_form"),
        ("token_huge", "answer_form"),
        ("token_redirect", "answer_form"),
        ("jwks_html", "answer_form"),
    ],
)
def test_an_answer_of_the_wrong_form_is_refused(citizen: Citizen, fault: str, cause: str) -> None:
    citizen.standin.arm(fault)

    with pytest.raises(VNeIDRefused) as refused:
        citizen.log_in()

    assert refused.value.cause == cause


def test_an_answer_brought_by_another_browser_is_refused(citizen: Citizen, standin: StandIn) -> None:
    address = standin.log_in(citizen.begin())

    with pytest.raises(LoginExpired):
        Citizen(standin).finish(address)

    assert "token" not in standin.log()


def test_an_answer_works_once(citizen: Citizen, standin: StandIn) -> None:
    address = standin.log_in(citizen.begin())
    citizen.finish(address)

    with pytest.raises(LoginExpired):
        citizen.finish(address)

    assert standin.log().count("token") == 1


def test_an_attempt_lives_ten_minutes(citizen: Citizen, standin: StandIn) -> None:
    address = standin.log_in(citizen.begin())

    citizen.at += timedelta(seconds=601)

    with pytest.raises(LoginExpired):
        citizen.finish(address)


def test_three_attempts_live_side_by_side_and_the_oldest_gives_way(citizen: Citizen, standin: StandIn) -> None:
    addresses = []
    for _ in range(4):
        citizen.at += timedelta(milliseconds=1)
        addresses.append(standin.log_in(citizen.begin()))

    with pytest.raises(LoginExpired):
        citizen.finish(addresses[0])
    for address in addresses[1:]:
        citizen.finish(address)


def test_cancelling_is_no_error(citizen: Citizen, standin: StandIn) -> None:
    with pytest.raises(LoginCancelled):
        citizen.finish(standin.cancel(citizen.begin()))

    assert "token" not in standin.log()


def test_a_providers_error_is_its_outage(citizen: Citizen) -> None:
    citizen.standin.arm("response_server_error")

    with pytest.raises(VNeIDUnavailable):
        citizen.log_in()


@pytest.mark.parametrize("key", [RSAKey.generate_key(2048), ECKey.generate_key("P-256")], ids=["rsa", "ec"])
def test_the_client_proves_itself_by_private_key(
    settings: Settings, standin: StandIn, tmp_path: Path, key: RSAKey | ECKey
) -> None:
    settings.VNEID_CLIENT_AUTH = "private_key_jwt"
    settings.VNEID_CLIENT_KEY = key.as_pem(private=True).decode()
    keyed = StandIn(tmp_path, VNEID_CLIENT_SECRET="", VNEID_CLIENT_KEY=key.as_pem(private=False).decode())
    settings.VNEID_ISSUER = keyed.issuer

    try:
        assert Citizen(keyed).log_in().level == 2
    finally:
        keyed.stop()


def test_a_wrong_secret_is_refused(citizen: Citizen, settings: Settings) -> None:
    settings.VNEID_CLIENT_SECRET = "another"

    with pytest.raises(VNeIDRefused) as refused:
        citizen.log_in()

    assert refused.value.cause == "token_invalid_client"


# Metadata and keys.


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("metadata_plain_http", "metadata_endpoint"),
        ("metadata_token_endpoint_missing", "metadata_endpoint"),
        ("discovery_html", "answer_form"),
        ("discovery_redirect", "answer_form"),
        ("discovery_huge", "answer_form"),
    ],
)
def test_metadata_that_cannot_be_trusted_starts_no_log_in(citizen: Citizen, fault: str, cause: str) -> None:
    citizen.standin.arm(fault)

    with pytest.raises(VNeIDRefused) as refused:
        citizen.begin()

    assert refused.value.cause == cause


@pytest.mark.parametrize(
    ("issuer", "address", "allowed"),
    [
        ("https://id.example", "https://id.example/token", True),
        ("https://id.example", "https://login.id.example/token", True),
        ("https://id.example", "http://id.example/token", False),
        ("https://id.example", "https://127.0.0.1/token", False),
        ("https://id.example", "https://10.0.0.8/token", False),
        ("https://id.example", "https://localhost/token", False),
        ("https://id.example", "https://redis/token", False),
        ("https://id.example", "https://user@id.example/token", False),
        ("http://127.0.0.1:8100", "http://127.0.0.1:8100/token", True),
        ("http://vneid.localhost:8080", "http://vneid.localhost:8080/token", True),
        ("http://127.0.0.1:8100", "http://192.168.1.4/token", False),
    ],
)
def test_endpoints_inside_our_network_are_not_called(issuer: str, address: str, allowed: bool) -> None:
    known = metadata.Provider(issuer)

    if allowed:
        assert known._address(address) == address
    else:
        with pytest.raises(VNeIDRefused):
            known._address(address)


def test_metadata_and_keys_are_fetched_once(citizen: Citizen, standin: StandIn) -> None:
    citizen.log_in()
    citizen.log_in()

    assert standin.log().count("discovery") == 1
    assert standin.log().count("jwks") == 1


@pytest.mark.parametrize("same_kid", [False, True])
def test_changed_keys_cost_one_fetch(citizen: Citizen, standin: StandIn, same_kid: bool) -> None:
    citizen.log_in()
    standin.rotate(same_kid=same_kid)

    assert citizen.log_in().level == 2
    assert standin.log().count("jwks") == 2


def test_a_flood_of_unknown_keys_costs_one_fetch(citizen: Citizen, standin: StandIn) -> None:
    citizen.log_in()
    standin.arm("kid_unknown", times=5)

    for _ in range(5):
        with pytest.raises(VNeIDRefused):
            citizen.log_in()

    assert standin.log().count("jwks") == 2
    citizen.log_in()


def test_a_removed_key_is_forgotten_after_ten_minutes(citizen: Citizen, standin: StandIn) -> None:
    citizen.log_in()
    known = client.issuer()
    old = known.keys.get(citizen.at)
    standin.rotate()

    assert known.keys.get(citizen.at + timedelta(seconds=599)) == old
    assert known.keys.get(citizen.at + timedelta(seconds=600)) != old


def test_known_keys_carry_log_ins_over_a_day_without_the_key_address(citizen: Citizen, standin: StandIn) -> None:
    citizen.log_in()
    known = client.issuer()
    standin.arm("jwks_500", "discovery_500", times=100)

    later = citizen.at + timedelta(hours=23)
    assert known.keys.get(later)
    assert known.metadata.get(later)
    with pytest.raises(VNeIDUnavailable):
        known.keys.get(citizen.at + timedelta(hours=25))


# A provider that is away.


@pytest.mark.parametrize("fault", ["token_500", "token_drop", "userinfo_500", "userinfo_drop", "jwks_500"])
def test_a_provider_out_of_order_is_named_so(citizen: Citizen, fault: str) -> None:
    citizen.standin.arm(fault)

    with pytest.raises(VNeIDUnavailable):
        citizen.log_in()

    assert citizen.log_in().level == 2


def test_a_slow_answer_is_waited_for_and_a_hanging_one_is_not(
    citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen.standin.arm("token_slow")
    assert citizen.log_in().level == 2

    monkeypatch.setattr(metadata, "READ_SECONDS", 0.5)
    citizen.standin.arm("token_hang")
    with pytest.raises(VNeIDUnavailable):
        citizen.log_in()


def test_after_three_failures_nobody_waits_for_half_a_minute(citizen: Citizen, settings: Settings) -> None:
    citizen.standin.arm("discovery_500", times=4)
    for _ in range(3):
        with pytest.raises(VNeIDUnavailable):
            citizen.begin()

    with pytest.raises(VNeIDUnavailable) as refused:
        citizen.begin()

    assert refused.value.cause == "breaker"
    assert citizen.standin.log().count("discovery") == 3
    citizen.at += timedelta(seconds=30)
    with pytest.raises(VNeIDUnavailable):
        citizen.begin()
    citizen.at += timedelta(seconds=30)
    assert citizen.begin()


def test_an_outage_on_the_way_back_may_be_tried_once_more(citizen: Citizen, standin: StandIn) -> None:
    address = standin.log_in(citizen.begin())
    standin.arm("token_500")

    with pytest.raises(VNeIDUnavailable):
        citizen.finish(address)
    assert citizen.finish(address).level == 2
    with pytest.raises(LoginExpired):
        citizen.finish(address)


def test_an_outage_is_not_tried_for_ever(citizen: Citizen, standin: StandIn) -> None:
    address = standin.log_in(citizen.begin())
    standin.arm("token_500", times=2)

    for _ in range(2):
        with pytest.raises(VNeIDUnavailable):
            citizen.finish(address)
    with pytest.raises(LoginExpired):
        citizen.finish(address)


# Clocks that differ.


@pytest.mark.parametrize("fault", ["clock_29_ahead", "expired_29_ago"])
def test_clocks_may_differ_by_half_a_minute(citizen: Citizen, caplog: pytest.LogCaptureFixture, fault: str) -> None:
    citizen.standin.arm(fault)

    with caplog.at_level("WARNING"):
        assert citizen.log_in().level == 2

    assert ("clock is" in caplog.text) == (fault == "clock_29_ahead")


@pytest.mark.parametrize("fault", ["clock_32_ahead", "expired"])
def test_clocks_that_differ_more_are_named(citizen: Citizen, fault: str) -> None:
    citizen.standin.arm(fault)

    with pytest.raises(ClocksApart) as refused:
        citizen.log_in()

    assert refused.value.code == "vneid_clock"
    assert "userinfo" not in citizen.standin.log()


def test_nobody_listens(citizen: Citizen, settings: Settings) -> None:
    settings.VNEID_ISSUER = "http://127.0.0.1:9"

    with pytest.raises(VNeIDUnavailable):
        citizen.begin()


# The stand-in as a provider.


def test_the_stand_in_gives_a_code_once(citizen: Citizen, standin: StandIn) -> None:
    address = citizen.begin()
    code = parse_qs(urlsplit(standin.log_in(address)).query)["code"][0]
    attempt = next(iter(citizen.session[attempts.ATTEMPTS].values()))
    form = {
        "grant_type": "authorization_code", "code": code, "code_verifier": attempt["verifier"],
        "redirect_uri": "http://localhost/dang-nhap/vneid/callback/",
        "client_id": "vssid-portal", "client_secret": "a secret: with %25 & +signs",
    }  # fmt: skip

    first = requests.post(f"{standin.issuer}/token", data=form, timeout=5)
    second = requests.post(f"{standin.issuer}/token", data=form, timeout=5)

    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "no-store"
    assert second.json()["error"] == "invalid_grant"
    bearer = {"Authorization": f"Bearer {first.json()['access_token']}"}
    assert requests.get(f"{standin.issuer}/userinfo", headers=bearer, timeout=5).status_code == 401


def test_the_stand_in_sends_nobody_to_a_foreign_address(citizen: Citizen, standin: StandIn) -> None:
    address = citizen.begin().replace("localhost", "evil.example")

    answer = requests.get(address, timeout=5, allow_redirects=False)

    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_the_stand_in_knows_a_browser_again(citizen: Citizen, standin: StandIn) -> None:
    someone = requests.Session()
    citizen.finish(standin.log_in(citizen.begin(), browser=someone))

    silent = someone.get(f"{citizen.begin()}&prompt=none", timeout=5, allow_redirects=False)
    unknown = requests.get(f"{citizen.begin()}&prompt=none", timeout=5, allow_redirects=False)

    assert citizen.finish(silent.headers["Location"]).level == 2
    with pytest.raises(VNeIDError):
        citizen.finish(unknown.headers["Location"])

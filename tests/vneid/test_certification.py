"""The cases of the OpenID Foundation's conformance suite for relying parties, by the suite's names.

Basic, Config and further modules of `oidcc-client-…`, and the FAPI 2.0 Security Profile's client plan as far as it
applies without sender-constrained tokens. A bad answer is judged as the suite judges it: by what the provider is asked
afterwards, which must be nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
from pytest_django import Settings

from accounts.vneid.errors import VNeIDError
from tests.vneid.citizen import Citizen

OIDCC, FAPI = "oidcc-client-test", "fapi2-security-profile-final-client-test"


class Case(NamedTuple):
    """What the provider does wrong, the cause we name (empty: it is accepted), and the last thing it was asked."""

    faults: tuple[str, ...] = ()
    cause: str = ""
    last: str = "token"


CASES = {
    # Basic
    OIDCC: Case(),
    f"{OIDCC}-invalid-iss": Case(("iss_wrong",), "iss"),
    f"{OIDCC}-missing-sub": Case(("sub_missing",), "sub"),
    f"{OIDCC}-invalid-aud": Case(("aud_wrong",), "aud"),
    f"{OIDCC}-missing-iat": Case(("iat_missing",), "iat"),
    f"{OIDCC}-kid-absent-single-jwks": Case(("kid_missing", "jwks_one_key")),
    f"{OIDCC}-kid-absent-multiple-jwks": Case(("kid_missing", "jwks_two_of_a_kind"), "key"),
    f"{OIDCC}-idtoken-sig-rs256": Case(),
    f"{OIDCC}-idtoken-sig-none": Case(("alg_none",), "alg"),
    f"{OIDCC}-invalid-sig-rs256": Case(("sig_wrong",), "signature"),
    f"{OIDCC}-userinfo-invalid-sub": Case(("userinfo_sub_wrong",), "userinfo_sub", "userinfo"),
    f"{OIDCC}-nonce-invalid": Case(("nonce_wrong",), "nonce"),
    # Config; the other cases of that plan are functions below
    f"config-{OIDCC}-idtoken-sig-none": Case(("metadata_offers_none", "alg_none"), "alg"),
    # further modules
    f"{OIDCC}-missing-aud": Case(("aud_missing",), "aud"),
    f"{OIDCC}-invalid-athash": Case(("at_hash_wrong",), "at_hash"),
    f"{OIDCC}-missing-athash": Case(("at_hash_missing",)),
    f"{OIDCC}-invalid-sig-es256": Case(("alg_es256", "sig_wrong"), "signature"),
    f"{OIDCC}-invalid-sig-hs256": Case(("alg_hs256",), "alg"),
    f"{OIDCC}-unparseable-key-in-jwks": Case(("jwks_unreadable_key",)),
    # FAPI 2.0
    f"{FAPI}-happy-path": Case(),
    f"{FAPI}-invalid-iss": Case(("iss_wrong",), "iss"),
    f"{FAPI}-invalid-aud": Case(("aud_wrong",), "aud"),
    f"{FAPI}-invalid-secondary-aud": Case(("aud_second",), "aud"),
    f"{FAPI}-valid-aud-as-array": Case(("aud_list",)),
    f"{FAPI}-invalid-null-alg": Case(("alg_none",), "alg"),
    f"{FAPI}-invalid-alternate-alg": Case(("alg_hs256",), "alg"),
    f"{FAPI}-invalid-expired-exp": Case(("expired",), "exp"),
    f"{FAPI}-invalid-missing-exp": Case(("exp_missing",), "exp"),
    f"{FAPI}-invalid-missing-aud": Case(("aud_missing",), "aud"),
    f"{FAPI}-invalid-missing-iss": Case(("iss_missing",), "iss"),
    f"{FAPI}-invalid-nonce": Case(("nonce_wrong",), "nonce"),
    f"{FAPI}-invalid-missing-nonce": Case(("nonce_missing",), "nonce"),
    f"{FAPI}-invalid-authorization-response-iss": Case(("response_iss_wrong",), "response_iss", "authorize"),
    f"{FAPI}-remove-authorization-response-iss": Case(("response_iss_missing",), "response_iss", "authorize"),
    f"{FAPI}-ensure-authorization-response-with-invalid-state-fails": Case(
        ("response_state_wrong",), "state", "authorize"
    ),
    f"{FAPI}-ensure-authorization-response-with-invalid-missing-state-fails": Case(
        ("response_state_missing",), "state", "authorize"
    ),
    f"{FAPI}-token-endpoint-response-without-expires_in": Case(("expires_in_missing",)),
    f"{FAPI}-token-type-case-insensitivity": Case(("token_type_other_case",)),
}


@pytest.mark.parametrize("name", CASES)
def test_a_case_of_the_certifiers(citizen: Citizen, name: str) -> None:
    case = CASES[name]
    if case.faults:
        citizen.standin.arm(*case.faults, times=2)  # the keys may be asked for again

    if not case.cause:
        assert citizen.log_in().subject == "subject-of-level-2"
        assert citizen.standin.log()[-1] == "userinfo"
        return
    with pytest.raises(VNeIDError) as refused:
        citizen.log_in()

    assert refused.value.cause == case.cause
    asked = [endpoint for endpoint in citizen.standin.log() if endpoint != "jwks"]
    assert asked[-1] == case.last


def test_oidcc_client_test_scope_userinfo_claims(citizen: Citizen) -> None:
    claims = citizen.log_in()

    assert (claims.full_name, claims.citizen_id, claims.phone) == (
        "NGUYỄN THỊ THỬ NGHIỆM", "001190000107", "+84900000107",
    )  # fmt: skip


@pytest.mark.parametrize("auth", ["client_secret_basic", "client_secret_post"])
def test_oidcc_client_test_client_secret_basic(citizen: Citizen, settings: Settings, auth: str) -> None:
    settings.VNEID_CLIENT_AUTH = auth

    assert citizen.log_in().level == 2


def test_oidcc_client_test_discovery_openid_config(citizen: Citizen) -> None:
    address = citizen.begin()

    assert citizen.standin.log() == ["discovery"]
    assert address.startswith(f"{citizen.standin.issuer}/authorize?")


def test_oidcc_client_test_discovery_jwks_uri_keys(citizen: Citizen) -> None:
    citizen.log_in()

    assert citizen.standin.log() == ["discovery", "authorize", "authorize", "token", "jwks", "userinfo"]


def test_oidcc_client_test_discovery_issuer_mismatch(citizen: Citizen) -> None:
    citizen.standin.arm("metadata_issuer_wrong")

    with pytest.raises(VNeIDError) as refused:
        citizen.begin()

    assert refused.value.cause == "metadata_issuer"
    assert citizen.standin.log() == ["discovery"]


def test_oidcc_client_test_signing_key_rotation_just_before_signing(citizen: Citizen) -> None:
    citizen.log_in()
    address = citizen.standin.log_in(citizen.begin())
    citizen.standin.rotate()

    assert citizen.finish(address).level == 2


def test_oidcc_client_test_signing_key_rotation(citizen: Citizen) -> None:
    citizen.log_in()
    citizen.standin.rotate()

    assert citizen.log_in().level == 2
    assert citizen.standin.log().count("jwks") == 2

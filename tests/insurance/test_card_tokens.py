"""The signed code on a card's QR: what it says, how long it holds, and that nothing in it can be changed."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from insurance import card_tokens
from insurance.card_tokens import Checked, Statement
from tests.insurance.factories import NOW
from vssid.documents.qr import qr_svg

CARD = Statement(7, "DN4010099000107", "NGUYỄN THỊ THỬ NGHIỆM", 1985, "01000", date(2026, 12, 31))
VECTORS = json.loads((Path(__file__).parent / "vectors" / "card_codes.json").read_text())
CODES = [pytest.param(code["token"], code["status"], id=code["name"]) for code in VECTORS["codes"]]


def new_pem() -> str:
    return ECKey.generate_key("P-256").as_pem(private=True).decode()


@pytest.fixture
def token():
    return card_tokens.sign(CARD, NOW)[0]


@pytest.fixture
def paper():
    return card_tokens.sign_for_paper(CARD, NOW)


@pytest.fixture
def keys_of_the_vectors(settings):
    public = [ECKey.import_key(key).as_pem(private=False).decode() for key in VECTORS["keys"]["keys"]]
    settings.CARD_RETIRED_KEYS = "".join(public)


def test_a_fresh_code_is_valid_and_says_what_a_clinic_compares(token):
    assert card_tokens.verify(token, NOW) == Checked("valid", CARD, int(NOW.timestamp()))


def test_it_says_nothing_else(token, paper):
    said = jwt.decode(token, options={"verify_signature": False})
    printed = jwt.decode(paper, options={"verify_signature": False})

    assert said.keys() == {"n", "h", "y", "f", "e", "c", "iat", "exp"}
    assert printed.keys() == said.keys() - {"exp"}


def test_a_code_on_the_screen_lives_five_minutes(token):
    assert card_tokens.verify(token, NOW + timedelta(minutes=4, seconds=59)).status == "valid"
    assert card_tokens.verify(token, NOW + timedelta(minutes=5)).status == "ended"


def test_a_printed_code_lives_as_long_as_the_card(paper):
    last_moment = datetime(2026, 12, 31, 23, 59, 59, tzinfo=NOW.tzinfo)

    assert card_tokens.verify(paper, last_moment).status == "valid"
    assert card_tokens.verify(paper, last_moment + timedelta(seconds=1)).status == "ended"


def test_a_code_on_the_screen_ends_with_the_card():
    yesterday = replace(CARD, valid_to=NOW.date() - timedelta(days=1))

    assert card_tokens.verify(card_tokens.sign(yesterday, NOW)[0], NOW).status == "ended"


def test_a_code_of_another_key_is_told_apart(settings, token):
    settings.CARD_SIGNING_KEY = new_pem()

    assert card_tokens.verify(token, NOW) == Checked("unknown_key")


def test_codes_printed_under_a_retired_key_stay_good(settings, paper):
    old = ECKey.import_key(settings.CARD_SIGNING_KEY)
    older = ECKey.generate_key("P-256")
    settings.CARD_SIGNING_KEY = new_pem()
    settings.CARD_RETIRED_KEYS = "".join(key.as_pem(private=False).decode() for key in (older, old))

    assert card_tokens.verify(paper, NOW).status == "valid"
    fresh, *retired = card_tokens.public_keys()["keys"]
    assert {key["kid"] for key in retired} == {older.thumbprint()[:8], old.thumbprint()[:8]}
    assert fresh["kid"] == ECKey.import_key(settings.CARD_SIGNING_KEY).thumbprint()[:8]
    assert all("d" not in key for key in (fresh, *retired))


@pytest.mark.parametrize("form", ["token", "paper"])
def test_every_single_altered_byte_is_refused(form, request):
    code = request.getfixturevalue(form)

    taken = [
        changed
        for place in range(len(code))
        for sign in ("A", "_", ".", chr(ord(code[place]) ^ 1))
        if (changed := code[:place] + sign + code[place + 1 :]) != code
        and card_tokens.verify(changed, NOW).status not in {"invalid", "unknown_key"}
    ]

    assert taken == []


def test_every_writing_of_the_last_sign_but_one_is_refused(token):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="
    good = [sign for sign in alphabet if card_tokens.verify(token[:-1] + sign, NOW).status == "valid"]

    assert good == [token[-1]]


@pytest.mark.parametrize("changed", ["{}\n", " {}", "{}=", "{}.", "{0}{0}", "{}A"])
def test_a_code_has_one_writing(token, changed):
    assert card_tokens.verify(changed.format(token), NOW).status == "invalid"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES384"])
def test_another_algorithm_is_no_code(token, algorithm):
    kid = jwt.get_unverified_header(token)["kid"]
    head = {"alg": algorithm, "typ": "bhyt", "kid": kid}
    forged = base64.urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=").decode()

    for signature in (token.split(".")[2], ""):
        assert card_tokens.verify(f"{forged}.{token.split('.')[1]}.{signature}", NOW).status == "invalid"


@given(st.text(max_size=200))
def test_whatever_somebody_sends_is_answered(text):
    assert card_tokens.verify(text, NOW).status in {"invalid", "unknown_key"}


@pytest.mark.parametrize(("token", "status"), CODES)
def test_the_vectors_get_their_answers(token, status, keys_of_the_vectors):
    at = datetime.fromtimestamp(VECTORS["at"], UTC)

    # Revocation is the list's affair: the signature of a revoked code is good.
    assert card_tokens.verify(token, at).status == ("valid" if status == "revoked" else status)


@pytest.mark.parametrize(("token", "status"), CODES)
def test_another_library_agrees_on_the_vectors(token, status):
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(VECTORS["keys"]).keys}
    at = datetime.fromtimestamp(VECTORS["at"], UTC)

    def genuine() -> bool:
        try:
            head = jwt.get_unverified_header(token)
            options = {"verify_exp": False, "verify_iat": False, "require": ["iat", "n", "h", "y", "f", "e", "c"]}
            said = jwt.decode(token, keys[head["kid"]], ["ES256"], options=options)
        except (jwt.InvalidTokenError, KeyError):
            return False
        assert head["typ"] == "bhyt"
        return said["iat"] <= at.timestamp()

    assert genuine() is (status in {"valid", "ended", "revoked"})


def test_another_library_reads_the_list():
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(VECTORS["keys"]).keys}
    listed = VECTORS["list"]
    token = f"{listed['protected']}.{listed['payload']}.{listed['signature']}"

    key = keys[jwt.get_unverified_header(token)["kid"]]
    said = jwt.decode(token, key, ["ES256"], options={"verify_exp": False, "verify_iat": False})

    assert [card for card, _until in said["r"]] == [102, 103]
    assert said["exp"] - said["iat"] == 3 * 86400


def test_the_picture_stays_coarse_enough_for_a_cheap_phone():
    """A long name, 89 modules a side with the quiet zone at most: half a millimetre each on the printed card's back."""
    long = replace(CARD, card=31_999_999, holder="NGUYỄN HOÀNG PHƯƠNG KHUÊ THƯỢNG UYỂN")
    picture = qr_svg(card_tokens.sign(long, NOW)[0], label="x")

    side = int(picture.split('viewBox="0 0 ')[1].split()[0])
    assert side <= 89
